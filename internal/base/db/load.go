package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// Until narrows the migrations to those that applied names, so that an older
// dump gets the tables it was made from; the newer steps run afterwards. It
// refuses a dump from a newer program, and one made by other migrations.
func Until(all []Migrations, applied []AppliedStep, e Engine) ([]Migrations, error) {
	want := map[stepKey]AppliedStep{}
	for _, a := range applied {
		want[stepKey{a.Room, a.Number}] = a
	}
	var out []Migrations
	for _, m := range all {
		steps, err := readSteps(m, e)
		if err != nil {
			return nil, err
		}
		keep := map[string]bool{}
		for _, s := range steps {
			a, ok := want[stepKey{s.room, s.number}]
			if !ok {
				continue
			}
			delete(want, stepKey{s.room, s.number})
			if a.Name == s.name && a.Checksum != s.sum {
				return nil, fmt.Errorf("migration %s/%s is another one in this program (checksum %s, now %s)", s.room, s.name, short(a.Checksum), short(s.sum))
			}
			keep["migrations/"+s.name] = true
		}
		if len(keep) > 0 {
			out = append(out, Migrations{Room: m.Room, FS: someFiles{m.FS, keep}})
		}
	}
	for key, a := range want {
		if strings.HasSuffix(a.Name, ".sqlite.sql") || strings.HasSuffix(a.Name, ".postgres.sql") {
			continue // of the other engine
		}
		return nil, fmt.Errorf("%w: it has migration %s/%s (%d), which this program does not know", ErrNewer, key.room, a.Name, key.number)
	}
	return out, nil
}

func short(s string) string { return s[:min(12, len(s))] }

// someFiles shows only some files of a folder.
type someFiles struct {
	fs.FS
	keep map[string]bool
}

// Glob lists the files that are kept.
func (f someFiles) Glob(pattern string) ([]string, error) {
	list, err := fs.Glob(f.FS, pattern)
	return slices.DeleteFunc(list, func(s string) bool { return !f.keep[s] }), err
}

// Empty tells whether there is no table at all.
func (d *DB) Empty(ctx context.Context) (bool, error) {
	list, err := readTables(ctx, d.direct(), d.tablesQuery())
	return len(list) == 0, translate(err)
}

func (d *DB) tablesQuery() string {
	if d.Engine() == SQLite {
		return tablesSQLite
	}
	return tablesPostgres
}

func (d *DB) direct() querier {
	return func(ctx context.Context, q string) (*sql.Rows, error) { return d.engine.pool().QueryContext(ctx, q) }
}

// Load takes the place of all rows of a migrated database that serves nobody
// yet, in one transaction, and checks what points to what. Each table comes
// with a function that gives its rows until it gives nil.
func (d *DB) Load(ctx context.Context, fn func(ctx context.Context, l *Loader) error) error {
	have, err := readTables(ctx, d.direct(), d.tablesQuery())
	if err != nil {
		return translate(err)
	}
	l := &Loader{columns: map[string]map[string]string{}}
	for _, t := range have {
		if t.Name != MigrationTable {
			l.columns[t.Name] = map[string]string{}
		}
	}
	if d.Engine() == SQLite {
		return translate(d.loadSQLite(ctx, l, fn))
	}
	return translate(d.loadPostgres(ctx, l, fn))
}

// Loader fills tables.
type Loader struct {
	columns map[string]map[string]string // table → column → type
	put     func(ctx context.Context, t Table, next func() ([]any, error)) (int64, error)
}

// Table fills one table with the rows that next gives until nil, and tells how
// many there were.
func (l *Loader) Table(ctx context.Context, t Table, next func() ([]any, error)) (int64, error) {
	types, ok := l.columns[t.Name]
	if !ok {
		return 0, fmt.Errorf("there is no table %q", t.Name)
	}
	kinds := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		if kinds[i], ok = types[c]; !ok {
			return 0, fmt.Errorf("table %s has no column %q", t.Name, c)
		}
	}
	return l.put(ctx, t, func() ([]any, error) {
		row, err := next()
		if err != nil || row == nil {
			return nil, err
		}
		if len(row) != len(kinds) {
			return nil, fmt.Errorf("a row of table %s has %d values, not %d", t.Name, len(row), len(kinds))
		}
		for i := range row {
			if row[i], err = fit(row[i], kinds[i]); err != nil {
				return nil, fmt.Errorf("table %s, column %s: %w", t.Name, t.Columns[i], err)
			}
		}
		return row, nil
	})
}

// fit makes of a value what a column of this type takes: SQLite keeps a
// BOOLEAN as a number.
func fit(v any, kind string) (any, error) {
	n, isInt := v.(int64)
	b, isBool := v.(bool)
	ok := true
	switch kind {
	case "boolean":
		if isInt {
			return n != 0, nil
		}
		ok = isBool
	case "INTEGER":
		if isBool {
			if b {
				return int64(1), nil
			}
			return int64(0), nil
		}
		ok = isInt
	case "bigint":
		ok = isInt
	case "REAL", "double precision":
		if isInt {
			return float64(n), nil
		}
		_, ok = v.(float64)
	case "TEXT", "text":
		_, ok = v.(string)
	case "BLOB", "bytea":
		_, ok = v.([]byte)
	}
	if v != nil && !ok {
		return nil, fmt.Errorf("%T does not fit the type %s", v, kind)
	}
	return v, nil
}

func (l *Loader) types(rows *sql.Rows, err error) error {
	if err != nil {
		return err
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	for rows.Next() {
		var table, column, kind string
		if err := rows.Scan(&table, &column, &kind); err != nil {
			return err
		}
		if m := l.columns[table]; m != nil {
			m[column] = kind
		}
	}
	return rows.Err()
}

const typesSQLite = `SELECT m.name, c.name, c.type FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'`

func (d *DB) loadSQLite(ctx context.Context, l *Loader, fn func(context.Context, *Loader) error) error {
	s := d.engine.(*sqliteEngine)
	c, err := sql.Open("sqlite", fileDSN(s.path, "foreign_keys(0)", "busy_timeout(10000)", "synchronous(FULL)"))
	if err != nil {
		return err
	}
	defer c.Close() //nolint:errcheck // the commit tells
	c.SetMaxOpenConns(1)
	if err := l.types(c.QueryContext(ctx, typesSQLite)); err != nil {
		return err
	}
	t, err := c.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer t.Rollback() //nolint:errcheck // after a commit it does nothing
	for name := range l.columns {
		if _, err := t.ExecContext(ctx, "DELETE FROM "+quoteName(name)); err != nil { //nolint:gosec // a name of our own schema, quoted
			return err
		}
	}
	l.put = func(ctx context.Context, tb Table, next func() ([]any, error)) (int64, error) {
		marks := make([]string, len(tb.Columns))
		for i := range marks {
			marks[i] = "$" + strconv.Itoa(i+1)
		}
		st, err := t.PrepareContext(ctx, "INSERT INTO "+quoteName(tb.Name)+" ("+columnList(tb.Columns)+") VALUES ("+strings.Join(marks, ", ")+")") //nolint:gosec // names of our own schema, quoted
		if err != nil {
			return 0, err
		}
		defer st.Close() //nolint:errcheck // it wrote what it wrote
		var n int64
		for ; ; n++ {
			row, err := next()
			if err != nil || row == nil {
				return n, err
			}
			if _, err := st.ExecContext(ctx, row...); err != nil {
				return n, err
			}
		}
	}
	if err := fn(ctx, l); err != nil {
		return err
	}
	if err := t.Commit(); err != nil {
		return err
	}
	return checkSQLite(ctx, c)
}

const (
	typesPostgres = `SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = current_schema()`
	foreignKeys   = `SELECT quote_ident(c.relname), quote_ident(k.conname), pg_get_constraintdef(k.oid)
		FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE k.contype = 'f' AND n.nspname = current_schema()`
)

func (d *DB) loadPostgres(ctx context.Context, l *Loader, fn func(context.Context, *Loader) error) error {
	if err := l.types(d.engine.pool().QueryContext(ctx, typesPostgres)); err != nil {
		return err
	}
	pooled, err := d.engine.pool().Conn(ctx)
	if err != nil {
		return err
	}
	defer pooled.Close() //nolint:errcheck // it goes back to the pool
	return pooled.Raw(func(driver any) error {
		conn := driver.(*stdlib.Conn).Conn()
		t, err := conn.Begin(ctx)
		if err != nil {
			return err
		}
		defer t.Rollback(context.WithoutCancel(ctx)) //nolint:errcheck // after a commit it does nothing
		if _, err := t.Exec(ctx, "SET LOCAL statement_timeout = 0"); err != nil {
			return err
		}
		// What points to what is put back, and so checked, when all is there.
		rows, err := t.Query(ctx, foreignKeys)
		if err != nil {
			return err
		}
		keys, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) ([3]string, error) {
			var k [3]string
			return k, r.Scan(&k[0], &k[1], &k[2])
		})
		if err != nil {
			return err
		}
		for _, k := range keys {
			if _, err := t.Exec(ctx, "ALTER TABLE "+k[0]+" DROP CONSTRAINT "+k[1]); err != nil {
				return err
			}
		}
		for name := range l.columns {
			if _, err := t.Exec(ctx, "TRUNCATE "+quoteName(name)); err != nil {
				return err
			}
		}
		l.put = func(ctx context.Context, tb Table, next func() ([]any, error)) (int64, error) {
			return t.CopyFrom(ctx, pgx.Identifier{tb.Name}, tb.Columns, pgx.CopyFromFunc(next))
		}
		if err := fn(ctx, l); err != nil {
			return err
		}
		for _, k := range keys {
			if _, err := t.Exec(ctx, "ALTER TABLE "+k[0]+" ADD CONSTRAINT "+k[1]+" "+k[2]); err != nil {
				return fmt.Errorf("%w: a row points to one that is not there: %w", ErrDamaged, err)
			}
		}
		return t.Commit(ctx)
	})
}

// MoveAside puts all tables of a PostgreSQL database out of the way, in a schema
// of their own, whose name it gives.
func (d *DB) MoveAside(ctx context.Context, at time.Time) (string, error) {
	if d.Engine() != Postgres {
		return "", errors.New("only the tables of PostgreSQL are moved aside; of SQLite it is the file")
	}
	name := "before_restore_" + at.UTC().Format("20060102t150405")
	t, err := d.engine.pool().BeginTx(ctx, nil)
	if err != nil {
		return "", translate(err)
	}
	defer t.Rollback() //nolint:errcheck // after a commit it does nothing
	var schema string
	if err := t.QueryRowContext(ctx, "SELECT current_schema()").Scan(&schema); err != nil {
		return "", translate(err)
	}
	for _, q := range []string{"ALTER SCHEMA " + quoteName(schema) + " RENAME TO " + name, "CREATE SCHEMA " + quoteName(schema)} {
		if _, err := t.ExecContext(ctx, q); err != nil {
			return "", translate(err)
		}
	}
	return name, translate(t.Commit())
}

// MoveBack undoes MoveAside: what stands in its place is dropped.
func (d *DB) MoveBack(ctx context.Context, name string) error {
	t, err := d.engine.pool().BeginTx(ctx, nil)
	if err != nil {
		return translate(err)
	}
	defer t.Rollback() //nolint:errcheck // after a commit it does nothing
	var schema string
	if err := t.QueryRowContext(ctx, "SELECT current_schema()").Scan(&schema); err != nil {
		return translate(err)
	}
	for _, q := range []string{"DROP SCHEMA " + quoteName(schema) + " CASCADE", "ALTER SCHEMA " + quoteName(name) + " RENAME TO " + quoteName(schema)} {
		if _, err := t.ExecContext(ctx, q); err != nil {
			return translate(err)
		}
	}
	return translate(t.Commit())
}
