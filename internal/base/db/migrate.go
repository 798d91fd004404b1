package db

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"time"
)

// Migrations are the steps of one room: files migrations/NNNN_name.sql, forward
// only. A file that ends in .sqlite.sql or .postgres.sql is for one engine.
type Migrations struct {
	Room string
	FS   fs.FS
}

// Step is one migration and whether the database has it.
type Step struct {
	Room, Name string
	Number     int
	Applied    bool
}

const (
	createMigrationTable = `CREATE TABLE IF NOT EXISTS migration (
		room TEXT NOT NULL, number BIGINT NOT NULL, name TEXT NOT NULL,
		checksum TEXT NOT NULL, applied_at BIGINT NOT NULL, PRIMARY KEY (room, number)) STRICT`
	selectMigrations = `SELECT room, number, name, checksum FROM migration ORDER BY room, number`
	insertMigration  = `INSERT INTO migration (room, number, name, checksum, applied_at) VALUES ($1, $2, $3, $4, $5)`
)

type step struct {
	room, name, sql, sum string
	number               int
}

// Migrate brings the database up to date, all or nothing, under a lock, and
// tells what it did. A step that is in the database but not in the program
// (a newer version wrote it), or that was changed after it ran, is refused.
func (d *DB) Migrate(ctx context.Context, all []Migrations) ([]Step, error) {
	return d.migrate(ctx, all, true)
}

// Pending tells all steps and whether they have run, and changes nothing else
// than making the table of steps.
func (d *DB) Pending(ctx context.Context, all []Migrations) ([]Step, error) {
	return d.migrate(ctx, all, false)
}

func (d *DB) migrate(ctx context.Context, all []Migrations, apply bool) ([]Step, error) {
	var steps []step
	for _, m := range all {
		s, err := readSteps(m, d.Engine())
		if err != nil {
			return nil, err
		}
		steps = append(steps, s...)
	}
	unlock, err := d.engine.lock(ctx)
	if err != nil {
		return nil, translate(err)
	}
	defer unlock()
	var report []Step
	err = d.Write(ctx, func(ctx context.Context, tx *Tx) error {
		report = report[:0]
		if _, err := tx.Exec(ctx, dialect(createMigrationTable, d.Engine())); err != nil {
			return err
		}
		applied, err := appliedSteps(ctx, tx)
		if err != nil {
			return err
		}
		for _, s := range steps {
			key := stepKey{s.room, s.number}
			had, ok := applied[key]
			delete(applied, key)
			if ok && had.sum != s.sum {
				return fmt.Errorf("migration %s/%s was changed after it ran in this database (checksum %s, now %s): restore the file of the release that ran it", s.room, s.name, had.sum[:min(12, len(had.sum))], s.sum[:12])
			}
			report = append(report, Step{Room: s.room, Number: s.number, Name: s.name, Applied: ok})
			if ok || !apply {
				continue
			}
			for _, one := range splitSQL(dialect(s.sql, d.Engine())) {
				if _, err := tx.Exec(ctx, one); err != nil {
					return fmt.Errorf("migration %s/%s: %w", s.room, s.name, err)
				}
			}
			if _, err := tx.Exec(ctx, insertMigration, s.room, s.number, s.name, s.sum, At(time.Now())); err != nil {
				return err
			}
		}
		for key, s := range applied {
			return fmt.Errorf("%w: it has migration %s/%s (%d), which this program does not know", ErrNewer, key.room, s.name, key.number)
		}
		return nil
	})
	return report, err
}

// ErrNewer says that the data were written by a newer version of the program.
var ErrNewer = errors.New("the data come from a newer version of Wijkbaak; install that version, or restore a backup of before the upgrade")

type stepKey struct {
	room   string
	number int
}

func appliedSteps(ctx context.Context, r Reader) (map[stepKey]step, error) {
	list, err := All(ctx, r, func(s Scanner) (step, error) {
		var v step
		err := s.Scan(&v.room, &v.number, &v.name, &v.sum)
		return v, err
	}, selectMigrations)
	applied := map[stepKey]step{}
	for _, s := range list {
		applied[stepKey{s.room, s.number}] = s
	}
	return applied, err
}

var stepName = regexp.MustCompile(`^(\d{4})_([a-z0-9_]+)(\.sqlite|\.postgres)?\.sql$`)

func readSteps(m Migrations, e Engine) ([]step, error) {
	files, err := fs.Glob(m.FS, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("room %s names migrations but has none", m.Room)
	}
	sort.Strings(files)
	var steps []step
	seen := map[int]string{}
	for _, file := range files {
		name := strings.TrimPrefix(file, "migrations/")
		part := stepName.FindStringSubmatch(name)
		if part == nil {
			return nil, fmt.Errorf("migration %s/%s: the name must be like 0001_words.sql", m.Room, name)
		}
		if part[3] != "" && part[3] != "."+string(e) {
			continue
		}
		n, _ := strconv.Atoi(part[1]) // four digits
		if other, twice := seen[n]; twice {
			return nil, fmt.Errorf("migrations %s/%s and %s/%s have the same number", m.Room, other, m.Room, name)
		}
		seen[n] = name
		text, err := fs.ReadFile(m.FS, file)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(text)
		steps = append(steps, step{room: m.Room, number: n, name: name, sql: string(text), sum: hex.EncodeToString(sum[:])})
	}
	return steps, nil
}

// words of DDL that the engines say differently; the source has PostgreSQL's
// types and SQLite's STRICT.
var (
	sqliteWords  = regexp.MustCompile(`\b(BIGINT|BOOLEAN|BYTEA|DOUBLE PRECISION)\b`)
	sqliteTypes  = map[string]string{"BIGINT": "INTEGER", "BOOLEAN": "INTEGER", "BYTEA": "BLOB", "DOUBLE PRECISION": "REAL"}
	strictAtEnd  = regexp.MustCompile(`\)\s*STRICT\b`)
	sqlLineNotes = regexp.MustCompile(`(?m)--.*$`)
)

func dialect(text string, e Engine) string {
	if e == SQLite {
		return sqliteWords.ReplaceAllStringFunc(text, func(w string) string { return sqliteTypes[w] })
	}
	return strictAtEnd.ReplaceAllString(text, ")")
}

// splitSQL cuts a migration into statements. A migration holds no semicolon
// inside a text.
func splitSQL(text string) []string {
	var list []string
	for one := range strings.SplitSeq(sqlLineNotes.ReplaceAllString(text, ""), ";") {
		if strings.TrimSpace(one) != "" {
			list = append(list, one)
		}
	}
	return list
}
