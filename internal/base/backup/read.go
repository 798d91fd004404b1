package backup

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"filippo.io/age"

	"wijkbaak.nl/internal/base/db"
)

// tailMost is more than an archive is padded with at its end.
const tailMost = 64 << 10

// Check reads a whole backup and tells what it is. Nothing is written.
func Check(path string, keys Keys) (Report, error) {
	var r Report
	err := walk(path, keys, func(h Header) error { r.Header = h; return nil }, func(name string, from io.Reader) error {
		if strings.HasPrefix(name, filePrefix) {
			r.Files++
			_, err := io.Copy(io.Discard, from)
			return err
		}
		table, _ := tableOf(name)
		return lines(from, func(line []byte) error {
			row, err := decodeRow(line)
			if err != nil {
				return err
			}
			if i := slices.IndexFunc(r.Header.Tables, func(t db.Table) bool { return t.Name == table }); len(row) != len(r.Header.Tables[i].Columns) {
				return fmt.Errorf("a row of %s has %d values", table, len(row))
			}
			r.Rows++
			return nil
		})
	})
	return r, err
}

// walk opens a backup, gives the header and then each part of a table or file,
// and checks names, sums and the numbers of rows to the very end.
func walk(path string, keys Keys, header func(Header) error, each func(name string, from io.Reader) error) error {
	f, err := os.Open(path) //nolint:gosec // the operator names the file
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // it was only read
	open, err := age.Decrypt(f, keys.Identities...)
	if err != nil {
		if _, is := errors.AsType[*age.NoIdentityMatchError](err); is {
			return ErrKey
		}
		return fmt.Errorf("%w (%w)", ErrForeign, err)
	}
	return walkOpen(open, header, each)
}

// faultOf marks what the caller's functions say apart from what is wrong with
// the file.
type faultOf struct{ error }

func (f faultOf) Unwrap() error { return f.error }

func walkOpen(open io.Reader, header func(Header) error, each func(name string, from io.Reader) error) error {
	err := walkPlain(open, header, each)
	if own, is := errors.AsType[faultOf](err); is {
		return own.error
	}
	if err != nil && !errors.Is(err, ErrForeign) {
		return damaged(err)
	}
	return err
}

func walkPlain(open io.Reader, header func(Header) error, each func(name string, from io.Reader) error) error {
	z, err := gzip.NewReader(open)
	if err != nil {
		return err
	}
	z.Multistream(false)
	t := tar.NewReader(z)
	s := &seen{sums: map[string]part{}, rows: map[string]int64{}}
	h, err := s.header(t)
	if err != nil {
		return err
	}
	if err := header(h); err != nil {
		return faultOf{err}
	}
	for {
		e, err := t.Next()
		if err != nil {
			return noEnd(err)
		}
		if e.Name == manifestName {
			if err := s.compare(t, e.Size, h); err != nil {
				return err
			}
			break
		}
		if err := s.allowed(e, h); err != nil {
			return err
		}
		if err := s.part(t, e.Name, each); err != nil {
			return err
		}
	}
	if _, err := t.Next(); err != io.EOF {
		return errors.New("something follows the manifest")
	}
	if n, err := io.CopyN(io.Discard, z, tailMost+1); err != io.EOF {
		return errors.Join(err, fmt.Errorf("%d bytes and more follow the end", n))
	}
	_, err = io.Copy(io.Discard, open) // to the seal of the last block
	return err
}

func noEnd(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// seen is what was read so far.
type seen struct {
	sums map[string]part
	rows map[string]int64
}

func (s *seen) header(t *tar.Reader) (Header, error) {
	e, err := t.Next()
	if err != nil {
		return Header{}, noEnd(err)
	}
	if e.Name != headerName || e.Size > headerMost {
		return Header{}, ErrForeign
	}
	b, err := io.ReadAll(t)
	if err != nil {
		return Header{}, err
	}
	s.note(headerName, b)
	var h Header
	if err := json.Unmarshal(b, &h); err != nil {
		return Header{}, fmt.Errorf("%w (%w)", ErrForeign, err)
	}
	if h.Format != format {
		return Header{}, fmt.Errorf("%w: it has layout %d and this program reads %d", ErrForeign, h.Format, format)
	}
	for _, t := range h.Tables {
		for _, name := range append([]string{t.Name}, t.Columns...) {
			if !db.GoodName(name) {
				return Header{}, fmt.Errorf("%q is no name of a table or column", name)
			}
		}
		if _, twice := s.rows[t.Name]; twice || t.Name == db.MigrationTable {
			return Header{}, fmt.Errorf("table %s may not be in it", t.Name)
		}
		s.rows[t.Name] = 0
	}
	return h, nil
}

func (s *seen) note(name string, b []byte) {
	sum := sha256.Sum256(b)
	s.sums[name] = part{name, int64(len(b)), hex.EncodeToString(sum[:])}
}

// allowed refuses a part that is not a part of a table of the header or a file
// that stays inside the data folder.
func (s *seen) allowed(e *tar.Header, h Header) error {
	if e.Typeflag != tar.TypeReg || e.Size < 0 || len(s.sums) >= partsMost {
		return fmt.Errorf("part %q may not be in it", e.Name)
	}
	if _, twice := s.sums[e.Name]; twice {
		return fmt.Errorf("part %q is in it twice", e.Name)
	}
	if table, ok := tableOf(e.Name); ok {
		if _, known := s.rows[table]; known && e.Size <= chunkMost {
			return nil
		}
		return fmt.Errorf("part %q may not be in it", e.Name)
	}
	rel, ok := strings.CutPrefix(e.Name, filePrefix)
	if !ok || strings.ContainsAny(rel, "\\\x00") || !filepath.IsLocal(rel) || filepath.ToSlash(filepath.Clean(rel)) != rel || leftOut(rel) {
		return fmt.Errorf("part %q may not be in it", e.Name)
	}
	return nil
}

func tableOf(name string) (string, bool) {
	rest, ok := strings.CutPrefix(name, tablePrefix)
	table, _, ok2 := strings.Cut(rest, "/")
	return table, ok && ok2
}

func (s *seen) part(from io.Reader, name string, each func(name string, from io.Reader) error) error {
	sum := sha256.New()
	c := &counter{r: io.TeeReader(from, sum)}
	if table, ok := tableOf(name); ok {
		c.lines = func(n int64) { s.rows[table] += n }
	}
	if err := each(name, c); err != nil {
		if c.err != nil { // the file is to blame, not who read it
			return c.err
		}
		return faultOf{err}
	}
	if _, err := io.Copy(io.Discard, c); err != nil {
		return err
	}
	s.sums[name] = part{name, c.n, hex.EncodeToString(sum.Sum(nil))}
	return nil
}

// counter counts what is read, and remembers the error of the file itself.
type counter struct {
	r     io.Reader
	n     int64
	lines func(int64)
	err   error
}

// Read implements io.Reader.
func (c *counter) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += int64(n)
	if c.lines != nil {
		c.lines(int64(bytes.Count(b[:n], []byte{'\n'})))
	}
	if err != nil && err != io.EOF {
		c.err = err
	}
	return n, err
}

func (s *seen) compare(from io.Reader, size int64, h Header) error {
	if size > listMost {
		return errors.New("the manifest is too long")
	}
	var m manifest
	if err := json.NewDecoder(from).Decode(&m); err != nil {
		return err
	}
	if len(m.Parts) != len(s.sums) {
		return fmt.Errorf("it has %d parts and should have %d", len(s.sums), len(m.Parts))
	}
	for _, p := range m.Parts {
		if s.sums[p.Name] != p {
			return fmt.Errorf("part %q is not what was written", p.Name)
		}
	}
	for _, t := range h.Tables {
		if m.Rows[t.Name] != s.rows[t.Name] {
			return fmt.Errorf("table %s has %d rows and should have %d", t.Name, s.rows[t.Name], m.Rows[t.Name])
		}
	}
	return nil
}

// lines gives each line of a part of a table.
func lines(from io.Reader, each func(line []byte) error) error {
	r := bufio.NewReaderSize(from, 1<<16)
	for {
		line, err := r.ReadBytes('\n')
		if len(line) > 0 {
			if e := each(line); e != nil {
				return e
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
