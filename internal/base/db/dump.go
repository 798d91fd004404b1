package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Table is one table of the data with its columns, in their order.
type Table struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"`
}

// MigrationTable is the table of what has run; a dump tells it apart.
const MigrationTable = "migration"

// Dump is one unchanging view of all tables, to copy them elsewhere. Its values
// are nil, int64, float64, string, []byte and bool, the same from both engines.
type Dump struct {
	Tables []Table
	// Applied are the migrations that the data has had.
	Applied []AppliedStep
	rows    func(ctx context.Context, query string) (*sql.Rows, error)
}

// AppliedStep is one migration that has run.
type AppliedStep struct {
	Room     string `json:"room"`
	Number   int    `json:"number"`
	Name     string `json:"name"`
	Checksum string `json:"checksum"`
}

// WithDump gives fn a view of everything, while others go on reading and
// writing. SQLite is copied into a file in the folder work and checked first.
func (d *DB) WithDump(ctx context.Context, work string, fn func(context.Context, *Dump) error) error {
	if d.Engine() == SQLite {
		return d.dumpSQLite(ctx, work, fn)
	}
	t, err := d.engine.pool().BeginTx(ctx, d.engine.readOptions())
	if err != nil {
		return translate(err)
	}
	defer t.Rollback() //nolint:errcheck // nothing was written
	// A dump takes as long as it takes.
	if _, err := t.ExecContext(ctx, "SET LOCAL statement_timeout = 0"); err != nil {
		return translate(err)
	}
	if _, err := t.ExecContext(ctx, "SET LOCAL idle_in_transaction_session_timeout = 0"); err != nil {
		return translate(err)
	}
	query := func(ctx context.Context, q string) (*sql.Rows, error) { return t.QueryContext(ctx, q) }
	return dump(ctx, query, tablesPostgres, fn)
}

func (d *DB) dumpSQLite(ctx context.Context, work string, fn func(context.Context, *Dump) error) error {
	dir, err := os.MkdirTemp(work, "copy-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a folder of our own
	s := d.engine.(*sqliteEngine)
	path := filepath.Join(dir, "copy.db")
	// The source connection only reads, but query_only forbids the copy too.
	source, err := sql.Open("sqlite", fileDSN(s.path, "busy_timeout(10000)"))
	if err != nil {
		return err
	}
	defer source.Close() //nolint:errcheck // it only read
	if _, err := source.ExecContext(ctx, "VACUUM INTO ?", path); err != nil {
		return translate(fmt.Errorf("copy the database: %w", err))
	}
	c, err := sql.Open("sqlite", fileDSN(path, "query_only(1)"))
	if err != nil {
		return err
	}
	defer c.Close() //nolint:errcheck // it only read
	if err := checkSQLite(ctx, c); err != nil {
		return err
	}
	return dump(ctx, func(ctx context.Context, q string) (*sql.Rows, error) { return c.QueryContext(ctx, q) }, tablesSQLite, fn)
}

// checkSQLite has SQLite look through the whole file.
func checkSQLite(ctx context.Context, c *sql.DB) error {
	said, err := texts(ctx, c, "PRAGMA integrity_check(5)")
	if err != nil {
		return translate(err)
	}
	if !slices.Equal(said, []string{"ok"}) {
		return fmt.Errorf("%w: %s", ErrDamaged, strings.Join(said, "; "))
	}
	rows, err := c.QueryContext(ctx, "PRAGMA foreign_key_check")
	if err != nil {
		return translate(err)
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	if rows.Next() {
		return fmt.Errorf("%w: a row points to one that is not there", ErrDamaged)
	}
	return translate(rows.Err())
}

// ErrDamaged says that the database file is damaged.
var ErrDamaged = errors.New("the database is damaged; keep the file as evidence and restore the last backup")

const (
	tablesSQLite = `SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, c.cid`
	tablesPostgres = `SELECT t.table_name, c.column_name FROM information_schema.tables t
		JOIN information_schema.columns c ON c.table_schema = t.table_schema AND c.table_name = t.table_name
		WHERE t.table_schema = current_schema() AND t.table_type = 'BASE TABLE' ORDER BY t.table_name, c.ordinal_position`
)

type querier = func(ctx context.Context, q string) (*sql.Rows, error)

func dump(ctx context.Context, query querier, tables string, fn func(context.Context, *Dump) error) error {
	d := &Dump{rows: query}
	var err error
	if d.Tables, err = readTables(ctx, query, tables); err != nil {
		return translate(err)
	}
	i := slices.IndexFunc(d.Tables, func(t Table) bool { return t.Name == MigrationTable })
	if i < 0 {
		return errors.New("the database is empty: there is nothing to copy")
	}
	d.Tables = slices.Delete(d.Tables, i, i+1)
	if d.Applied, err = readApplied(ctx, query); err != nil {
		return translate(err)
	}
	return fn(ctx, d)
}

func readTables(ctx context.Context, query querier, tables string) ([]Table, error) {
	rows, err := query(ctx, tables)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	var list []Table
	for rows.Next() {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			return nil, err
		}
		if len(list) == 0 || list[len(list)-1].Name != table {
			list = append(list, Table{Name: table})
		}
		last := &list[len(list)-1]
		last.Columns = append(last.Columns, column)
	}
	return list, rows.Err()
}

func readApplied(ctx context.Context, query querier) ([]AppliedStep, error) {
	rows, err := query(ctx, selectMigrations)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	var list []AppliedStep
	for rows.Next() {
		var s AppliedStep
		if err := rows.Scan(&s.Room, &s.Number, &s.Name, &s.Checksum); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, rows.Err()
}

// Rows gives every row of a table, in no order. The slice is used again.
func (d *Dump) Rows(ctx context.Context, t Table, yield func([]any) error) error {
	rows, err := d.rows(ctx, "SELECT "+columnList(t.Columns)+" FROM "+quoteName(t.Name))
	if err != nil {
		return translate(err)
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	values := make([]any, len(t.Columns))
	into := make([]any, len(values))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if err := yield(values); err != nil {
			return err
		}
	}
	return translate(rows.Err())
}

var plainName = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,62}$`)

// GoodName tells whether s can be the name of a table or column of ours.
func GoodName(s string) bool { return plainName.MatchString(s) }

func quoteName(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

func columnList(columns []string) string {
	quoted := make([]string, len(columns))
	for i, c := range columns {
		quoted[i] = quoteName(c)
	}
	return strings.Join(quoted, ", ")
}

func texts(ctx context.Context, c *sql.DB, query string) ([]string, error) {
	rows, err := c.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	var list []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, rows.Err()
}
