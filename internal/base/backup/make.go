package backup

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"filippo.io/age"

	"wijkbaak.nl/internal/base/db"
)

// MakeOptions say what to copy and where to.
type MakeOptions struct {
	DB      *db.DB
	Data    string // the folder of files
	To      string
	Keys    Keys
	Version string
	Now     time.Time
	// Progress is told of each table and of the files; nil tells nobody.
	Progress func(what string)
}

// Make writes a backup. It appears under its name only when it is whole; where
// the keys can open it, it is read back and checked first.
func Make(ctx context.Context, o MakeOptions) (Report, error) {
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	if _, err := os.Lstat(o.To); err == nil {
		return Report{}, fmt.Errorf("%s exists; a backup never takes the place of another one. Put the date in the name", o.To)
	}
	if inside(o.Data, o.To) {
		return Report{}, fmt.Errorf("%s lies in the data folder; a backup belongs in another place", o.To)
	}
	part := o.To + ".part"
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600) //nolint:gosec // where the operator asked for it
	if err != nil {
		return Report{}, err
	}
	defer os.Remove(part) //nolint:errcheck // it is there only when something failed
	w := &writer{o: o, rows: map[string]int64{}}
	err = o.DB.WithDump(ctx, o.Data, func(ctx context.Context, d *db.Dump) error { return w.all(ctx, f, d) })
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return Report{}, err
	}
	r := w.report
	if len(o.Keys.Identities) > 0 {
		o.Progress("check")
		if r, err = Check(part, o.Keys); err != nil {
			return Report{}, fmt.Errorf("the backup was written but cannot be read back: %w", err)
		}
	}
	info, err := os.Stat(part)
	if err != nil {
		return Report{}, err
	}
	r.Bytes = info.Size()
	return r, os.Rename(part, o.To)
}

func inside(dir, path string) bool {
	a, err1 := filepath.Abs(dir)
	b, err2 := filepath.Abs(path)
	if err1 != nil || err2 != nil {
		return false
	}
	rel, err := filepath.Rel(a, b)
	return err == nil && filepath.IsLocal(rel)
}

type writer struct {
	o      MakeOptions
	tar    *tar.Writer
	parts  []part
	rows   map[string]int64
	report Report
}

func (w *writer) all(ctx context.Context, f io.Writer, d *db.Dump) error {
	locked, err := age.Encrypt(f, w.o.Keys.Recipients...)
	if err != nil {
		return err
	}
	z, err := gzip.NewWriterLevel(locked, gzip.BestSpeed)
	if err != nil {
		return err
	}
	w.tar = tar.NewWriter(z)
	w.report.Header = Header{Format: format, Made: w.o.Now.UTC(), Program: w.o.Version, Engine: w.o.DB.Engine(), Tables: d.Tables, Applied: d.Applied}
	if err := w.json(headerName, w.report.Header); err != nil {
		return err
	}
	for _, t := range d.Tables {
		w.o.Progress(t.Name)
		if err := w.table(ctx, d, t); err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
	}
	w.o.Progress("files")
	if err := w.files(ctx); err != nil {
		return err
	}
	if err := w.json(manifestName, manifest{w.parts, w.rows}); err != nil {
		return err
	}
	return errors.Join(w.tar.Close(), z.Close(), locked.Close())
}

func (w *writer) json(name string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return w.add(name, int64(len(b)), bytes.NewReader(b))
}

func (w *writer) add(name string, size int64, from io.Reader) error {
	if err := w.tar.WriteHeader(&tar.Header{Name: name, Size: size, Mode: 0o600, ModTime: w.o.Now, Format: tar.FormatPAX}); err != nil {
		return err
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(w.tar, sum), io.LimitReader(from, size))
	if err != nil {
		return err
	}
	if n != size {
		return fmt.Errorf("%s became shorter while it was copied", name)
	}
	w.parts = append(w.parts, part{name, size, hex.EncodeToString(sum.Sum(nil))})
	return nil
}

func (w *writer) table(ctx context.Context, d *db.Dump, t db.Table) error {
	var chunk bytes.Buffer
	chunks := 0
	flush := func() error {
		chunks++
		name := tablePrefix + t.Name + "/" + strconv.Itoa(chunks)
		err := w.add(name, int64(chunk.Len()), &chunk)
		chunk.Reset()
		return err
	}
	w.rows[t.Name] = 0
	err := d.Rows(ctx, t, func(values []any) error {
		line, err := encodeRow(values)
		if err != nil {
			return err
		}
		chunk.Write(line)
		w.rows[t.Name]++
		w.report.Rows++
		if chunk.Len() >= chunkSize {
			return flush()
		}
		return nil
	})
	if err != nil || chunk.Len() == 0 {
		return err
	}
	return flush()
}

// leftOut are the names of files that are no part of what is kept: the database
// itself (its tables are copied), what is half written, and what a restore put
// aside.
func leftOut(rel string) bool {
	top, _, _ := strings.Cut(filepath.ToSlash(rel), "/")
	for _, prefix := range []string{db.FileName, LockName, "copy-", stagePrefix, asidePrefix} {
		if strings.HasPrefix(top, prefix) {
			return true
		}
	}
	return strings.HasSuffix(rel, ".part")
}

func (w *writer) files(ctx context.Context) error {
	err := filepath.WalkDir(w.o.Data, func(path string, e fs.DirEntry, err error) error {
		if err != nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		rel, err := filepath.Rel(w.o.Data, path)
		if err != nil || rel == "." {
			return err
		}
		if leftOut(rel) {
			if e.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if !e.Type().IsRegular() {
			return nil
		}
		return w.file(path, rel)
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil // PostgreSQL without a folder
	}
	return err
}

func (w *writer) file(path, rel string) error {
	f, err := os.Open(path) //nolint:gosec // a file of the data folder
	if errors.Is(err, fs.ErrNotExist) {
		return nil // removed meanwhile
	}
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // it was only read
	info, err := f.Stat()
	if err != nil {
		return err
	}
	w.report.Files++
	return w.add(filePrefix+filepath.ToSlash(rel), info.Size(), f)
}
