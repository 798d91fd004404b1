package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/db"
)

const (
	stagePrefix = "restoring-"
	asidePrefix = "before-restore-"
)

// RestoreOptions say what to put back and where.
type RestoreOptions struct {
	From     string
	Keys     Keys
	Data     string // the folder of files, and of SQLite
	Database string // a PostgreSQL URL; empty means SQLite
	Steps    []db.Migrations
	Force    bool // move what is there aside
	Now      time.Time
	Progress func(what string)
}

// Restore puts a backup back, in an empty place. It reads the whole file first,
// and makes everything ready beside what is there before anything takes its
// place.
func Restore(ctx context.Context, o RestoreOptions) (Report, error) {
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	o.Progress("check")
	r, err := Check(o.From, o.Keys)
	if err != nil {
		return r, err
	}
	engine := db.SQLite
	if o.Database != "" {
		engine = db.Postgres
	}
	steps, err := db.Until(o.Steps, r.Header.Applied, engine)
	if err != nil {
		return r, fmt.Errorf("%w; nothing was changed", err)
	}
	old, err := existing(o.Data)
	if err != nil {
		return r, err
	}
	if len(old) > 0 && !o.Force {
		return r, fmt.Errorf("%w (%s holds %s)", ErrFull, o.Data, old[0])
	}
	if err := os.MkdirAll(o.Data, 0o700); err != nil {
		return r, err
	}
	lock, free, err := Lock(o.Data)
	if err != nil {
		return r, err
	}
	if !free {
		return r, ErrInUse
	}
	defer lock.Close() //nolint:errcheck // the process lets go of it anyway
	stage, err := os.MkdirTemp(o.Data, stagePrefix)
	if err != nil {
		return r, err
	}
	defer os.RemoveAll(stage) //nolint:errcheck // a folder of our own
	if err := o.fill(ctx, stage, steps, r.Header); err != nil {
		return r, err
	}
	r.Aside, err = o.replace(stage, old)
	return r, err
}

// existing lists what stands in the data folder, but for the lock.
func existing(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var names []string
	for _, e := range entries {
		if n := e.Name(); n != LockName && n != "lost+found" && !strings.HasPrefix(n, stagePrefix) && !strings.HasPrefix(n, asidePrefix) {
			names = append(names, n)
		}
	}
	return names, err
}

// fill makes the database and the files ready in the folder stage; PostgreSQL
// is filled in place, in one transaction.
func (o RestoreOptions) fill(ctx context.Context, stage string, steps []db.Migrations, h Header) (err error) {
	d, err := db.Open(ctx, db.Options{URL: o.Database, Dir: stage, Read: 2})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	empty, err := d.Empty(ctx)
	if err != nil {
		return err
	}
	if !empty && !o.Force {
		return fmt.Errorf("%w (the PostgreSQL database has tables)", ErrFull)
	}
	if !empty {
		name, err := d.MoveAside(ctx, o.Now)
		if err != nil {
			return err
		}
		o.Progress("tables that were there are now in the schema " + name)
		defer func() {
			if err != nil {
				err = errors.Join(err, d.MoveBack(context.WithoutCancel(ctx), name))
			}
		}()
	}
	if _, err := d.Migrate(ctx, steps); err != nil {
		return err
	}
	return d.Load(ctx, func(ctx context.Context, l *db.Loader) error {
		return walk(o.From, o.Keys, func(Header) error { return nil }, func(name string, from io.Reader) error {
			if rel, ok := strings.CutPrefix(name, filePrefix); ok {
				return writeFile(filepath.Join(stage, filepath.FromSlash(rel)), from)
			}
			table, _ := tableOf(name)
			i := slices.IndexFunc(h.Tables, func(t db.Table) bool { return t.Name == table })
			if i < 0 {
				return fmt.Errorf("%w: table %s", ErrDamaged, table)
			}
			if strings.HasSuffix(name, "/1") {
				o.Progress(table)
			}
			next, stop := pull(from)
			defer stop()
			_, err := l.Table(ctx, h.Tables[i], next)
			return err
		})
	})
}

// pull turns the lines of a part into rows, one at a time.
func pull(from io.Reader) (next func() ([]any, error), stop func()) {
	type result struct {
		row []any
		err error
	}
	rows, quit := make(chan result), make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer close(rows)
		stopped := errors.New("stopped")
		err := lines(from, func(line []byte) error {
			row, err := decodeRow(line)
			if err != nil {
				return err
			}
			select {
			case rows <- result{row: row}:
				return nil
			case <-quit:
				return stopped
			}
		})
		if err != nil && err != stopped {
			select {
			case rows <- result{err: err}:
			case <-quit:
			}
		}
	}()
	return func() ([]any, error) {
		r := <-rows // closed at the end: no row
		return r.row, r.err
	}, func() { close(quit); <-done }
}

func writeFile(path string, from io.Reader) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the name was checked to stay inside
	if err != nil {
		return err
	}
	_, err = io.Copy(f, from)
	return errors.Join(err, f.Sync(), f.Close())
}

// replace moves what is there aside and what is ready in its place, the
// database last: until then the program does not take the folder for complete.
func (o RestoreOptions) replace(stage string, old []string) (aside string, err error) {
	if len(old) > 0 {
		aside = filepath.Join(o.Data, asidePrefix+o.Now.UTC().Format("20060102T150405Z"))
		if err := os.Mkdir(aside, 0o700); err != nil {
			return "", err
		}
		for _, name := range old {
			if err := os.Rename(filepath.Join(o.Data, name), filepath.Join(aside, name)); err != nil {
				return aside, err
			}
		}
	}
	entries, err := os.ReadDir(stage)
	if err != nil {
		return aside, err
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int {
		return strings.Compare(last(a.Name()), last(b.Name()))
	})
	for _, e := range entries {
		if err := os.Rename(filepath.Join(stage, e.Name()), filepath.Join(o.Data, e.Name())); err != nil {
			return aside, err
		}
	}
	dir, err := os.Open(o.Data)
	if err != nil {
		return aside, err
	}
	return aside, errors.Join(dir.Sync(), dir.Close())
}

func last(name string) string {
	if strings.HasPrefix(name, db.FileName) {
		return "1" + name
	}
	return "0" + name
}
