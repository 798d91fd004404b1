package db

import (
	"context"
	"fmt"
	"regexp"
	"strings"
)

// Plan names a list query and arguments that are like the real ones, so that a
// test can look at how the engine runs it.
type Plan struct {
	Name string
	SQL  string
	Args []any
}

var (
	sqliteBad   = regexp.MustCompile(`^(SCAN \w+$|USE TEMP B-TREE.*)`)
	postgresBad = regexp.MustCompile(`(Seq Scan on \w+|(Incremental )?Sort\b)`)
)

// CheckPlan fails when a query reads a whole table or sorts in memory. On
// PostgreSQL it forbids both first, so that a small test table tells the same.
func (d *DB) CheckPlan(ctx context.Context, p Plan) error {
	if d.Engine() == SQLite {
		lines, err := All(ctx, d, func(s Scanner) (string, error) {
			var id, parent, unused int
			var detail string
			err := s.Scan(&id, &parent, &unused, &detail)
			return detail, err
		}, "EXPLAIN QUERY PLAN "+p.SQL, p.Args...)
		if err != nil {
			return fmt.Errorf("%s: %w", p.Name, err)
		}
		for _, line := range lines {
			if sqliteBad.MatchString(line) {
				return fmt.Errorf("%s: the plan has %q; all of it:\n%s", p.Name, line, strings.Join(lines, "\n"))
			}
		}
		return nil
	}
	return d.Write(ctx, func(ctx context.Context, tx *Tx) error {
		for _, off := range []string{"SET LOCAL enable_seqscan = off", "SET LOCAL enable_sort = off", "SET LOCAL enable_bitmapscan = off"} {
			if _, err := tx.Exec(ctx, off); err != nil {
				return err
			}
		}
		lines, err := All(ctx, tx, Value[string], "EXPLAIN "+p.SQL, p.Args...)
		if err != nil {
			return fmt.Errorf("%s: %w", p.Name, err)
		}
		for _, line := range lines {
			if postgresBad.MatchString(line) {
				return fmt.Errorf("%s: the plan has %q; all of it:\n%s", p.Name, strings.TrimSpace(line), strings.Join(lines, "\n"))
			}
		}
		return nil
	})
}
