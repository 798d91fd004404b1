package backup

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/db/dbtest"
	"wijkbaak.nl/internal/base/jobs"
)

var steps = []db.Migrations{jobs.Migrations, {Room: "street", FS: fstest.MapFS{
	"migrations/0001_houses.sql": {Data: []byte(`
		CREATE TABLE house (id TEXT PRIMARY KEY, next_to TEXT REFERENCES house (id), number BIGINT NOT NULL,
			lived_in BOOLEAN NOT NULL, seal BYTEA, metres DOUBLE PRECISION, seen BIGINT) STRICT;
		CREATE TABLE street_count (one BIGINT PRIMARY KEY, n BIGINT NOT NULL) STRICT;
		INSERT INTO street_count (one, n) VALUES (1, 0)`)},
}}}

var later = append(steps[:len(steps):len(steps)], db.Migrations{Room: "later", FS: fstest.MapFS{
	"migrations/0001_later.sql": {Data: []byte(`CREATE TABLE later (id TEXT PRIMARY KEY) STRICT`)},
}})

var now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

const houses = 3000

// street opens a database with rows of every type, and a folder of files.
func street(t *testing.T, o db.Options) (*db.DB, string) {
	t.Helper()
	dir := o.Dir
	if dir == "" {
		dir = t.TempDir()
	}
	for name, text := range map[string]string{"audit.key": "secret", "blobs/ab/cdef": strings.Repeat("picture", 1000), "half.part": "no"} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d := open(t, o)
	if _, err := d.Migrate(t.Context(), steps); err != nil {
		t.Fatal(err)
	}
	err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		for i := range houses {
			var next, seal, metres, seen any
			if i > 0 {
				next = house(i - 1)
			}
			if i%2 == 0 {
				seal, metres = []byte{0, 255, byte(i)}, float64(i)/3
			}
			if i%3 == 0 {
				seen = int64(math.MaxInt64) - int64(i)
			}
			if _, err := tx.Exec(ctx, `INSERT INTO house (id, next_to, number, lived_in, seal, metres, seen) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
				house(i), next, int64(i), i%5 == 0, seal, metres, seen); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `UPDATE street_count SET n = $1`, int64(houses))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return d, dir
}

func house(i int) string { return fmt.Sprintf("huis %05d “é\n<\u2028", i) }

func open(t *testing.T, o db.Options) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() }) //nolint:errcheck // the test is over
	return d
}

// picture is everything in the tables, as one text.
func picture(t *testing.T, d *db.DB) string {
	t.Helper()
	list, err := db.All(t.Context(), d, func(s db.Scanner) (string, error) {
		var id string
		var next db.Null
		var number int64
		var lived bool
		var seal []byte
		var metres *float64
		var seen *int64
		err := s.Scan(&id, &next, &number, &lived, &seal, &metres, &seen)
		text := fmt.Sprint(id, next, number, lived, seal)
		if metres != nil {
			text += fmt.Sprint(*metres)
		}
		if seen != nil {
			text += fmt.Sprint(*seen)
		}
		return text, err
	}, `SELECT id, next_to, number, lived_in, seal, metres, seen FROM house ORDER BY id`)
	if err != nil {
		t.Fatal(err)
	}
	n, err := db.One(t.Context(), d, db.Value[int64], `SELECT n FROM street_count WHERE one = 1`)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(list, "\n") + fmt.Sprint(n)
}

func keys(t *testing.T) Keys {
	t.Helper()
	k, made, err := LoadKey(filepath.Join(t.TempDir(), "elsewhere", "backup.key"))
	if err != nil || !made {
		t.Fatal(made, err)
	}
	return k
}

// made makes a backup of a street.
func made(t *testing.T, o db.Options, k Keys) (file, want string) {
	t.Helper()
	d, dir := street(t, o)
	file = filepath.Join(t.TempDir(), "backup.age")
	r, err := Make(t.Context(), MakeOptions{DB: d, Data: dir, To: file, Keys: k, Version: "test", Now: now})
	if err != nil {
		t.Fatal(err)
	}
	if r.Rows != houses+1 || r.Files != 2 || r.Bytes == 0 || r.Header.Engine != d.Engine() {
		t.Fatalf("the report says %+v", r)
	}
	return file, picture(t, d)
}

// TestRestoreDrill takes a backup of each engine and puts it back in each.
func TestRestoreDrill(t *testing.T) {
	dbtest.EachOptions(t, func(t *testing.T, from db.Options) {
		k := keys(t)
		file, want := made(t, from, k)
		t.Run("into", func(t *testing.T) {
			dbtest.EachOptions(t, func(t *testing.T, to db.Options) {
				dir := to.Dir
				if dir == "" {
					dir = t.TempDir()
				}
				o := RestoreOptions{From: file, Keys: k, Data: dir, Database: to.URL, Steps: later, Now: now}
				if _, err := Restore(t.Context(), o); err != nil {
					t.Fatal(err)
				}
				d, err := db.Open(t.Context(), to)
				if err != nil {
					t.Fatal(err)
				}
				if got := picture(t, d); got != want {
					t.Error("the rows are not the same")
				}
				// The program goes on from where the backup was.
				if _, err := d.Migrate(t.Context(), later); err != nil {
					t.Error(err)
				}
				if err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
					_, err := tx.Exec(ctx, `INSERT INTO house (id, next_to, number, lived_in) VALUES ('x', 'nowhere', 1, TRUE)`)
					return err
				}); err == nil {
					t.Error("the foreign keys are gone")
				}
				b, err := os.ReadFile(filepath.Join(dir, "blobs", "ab", "cdef"))
				if err != nil || len(b) != 7000 {
					t.Error(len(b), err)
				}
				if info, err := os.Stat(filepath.Join(dir, "audit.key")); err != nil || info.Mode().Perm() != 0o600 {
					t.Error(info, err)
				}
				if _, err := os.Stat(filepath.Join(dir, "half.part")); err == nil {
					t.Error("a half written file came along")
				}
				if err := d.Close(); err != nil {
					t.Fatal(err)
				}
				t.Run("not over data", func(t *testing.T) {
					if _, err := Restore(t.Context(), o); !errors.Is(err, ErrFull) {
						t.Errorf("restored over data: %v", err)
					}
					o.Data = t.TempDir()
					if _, err := Restore(t.Context(), o); to.URL != "" && !errors.Is(err, ErrFull) {
						t.Errorf("restored over tables: %v", err)
					}
				})
				t.Run("force", func(t *testing.T) {
					o.Data, o.Force = dir, true
					r, err := Restore(t.Context(), o)
					if err != nil {
						t.Fatal(err)
					}
					if _, err := os.Stat(filepath.Join(r.Aside, "audit.key")); err != nil {
						t.Error(err)
					}
					if got := picture(t, open(t, to)); got != want {
						t.Error("the rows are not the same")
					}
				})
			})
		})
	})
}

func TestBackupWhileWriting(t *testing.T) {
	dbtest.EachOptions(t, func(t *testing.T, o db.Options) {
		d, dir := street(t, o)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { // keeps two rows in step
			for i := int64(1); ; i++ {
				err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
					if _, err := tx.Exec(ctx, `UPDATE street_count SET n = $1`, houses+i); err != nil {
						return err
					}
					_, err := tx.Exec(ctx, `INSERT INTO house (id, number, lived_in) VALUES ($1, $2, TRUE)`, fmt.Sprint("new", i), i)
					return err
				})
				if ctx.Err() != nil {
					err = nil
				}
				if err != nil || ctx.Err() != nil {
					done <- err
					return
				}
			}
		}()
		k, file := keys(t), filepath.Join(t.TempDir(), "b.age")
		_, err := Make(t.Context(), MakeOptions{DB: d, Data: dir, To: file, Keys: k, Now: now})
		stop()
		if werr := <-done; err != nil || werr != nil {
			t.Fatal(err, werr)
		}
		back := t.TempDir()
		if _, err := Restore(t.Context(), RestoreOptions{From: file, Keys: k, Data: back, Steps: steps, Now: now}); err != nil {
			t.Fatal(err)
		}
		e := open(t, db.Options{Dir: back})
		count, err := db.One(t.Context(), e, db.Value[int64], `SELECT COUNT(*) FROM house`)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := db.One(t.Context(), e, db.Value[int64], `SELECT n FROM street_count`); n != count || err != nil {
			t.Errorf("the backup is of two moments: %d rows, counted %d, %v", count, n, err)
		}
	})
}

func TestDamageIsFound(t *testing.T) {
	k := keys(t)
	file, _ := made(t, db.Options{Dir: t.TempDir()}, k)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	other := keys(t)
	for name, c := range map[string]struct {
		b    []byte
		keys Keys
		want error
	}{
		"cut short":         {whole[:len(whole)/2], k, ErrDamaged},
		"cut at the end":    {whole[:len(whole)-1], k, ErrDamaged},
		"longer":            {append(bytes.Clone(whole), 'x'), k, ErrDamaged},
		"a byte in between": {flip(whole, len(whole)/2), k, ErrDamaged},
		"a byte near end":   {flip(whole, len(whole)-5), k, ErrDamaged},
		"the first byte":    {flip(whole, 0), k, ErrForeign},
		"empty":             {nil, k, ErrForeign},
		"a text":            {[]byte("Beste bewoner"), k, ErrForeign},
		"another key":       {whole, other, ErrKey},
	} {
		t.Run(name, func(t *testing.T) {
			path, dir := filepath.Join(t.TempDir(), "b.age"), t.TempDir()
			if err := os.WriteFile(path, c.b, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Restore(t.Context(), RestoreOptions{From: path, Keys: c.keys, Data: dir, Steps: steps, Now: now})
			if !errors.Is(err, c.want) {
				t.Errorf("it says %v", err)
			}
			if left, _ := os.ReadDir(dir); len(left) > 0 {
				t.Errorf("something was changed: %v", left)
			}
		})
	}
}

func flip(b []byte, i int) []byte {
	b = bytes.Clone(b)
	b[i] ^= 0x40
	return b
}

func TestOlderProgramRefuses(t *testing.T) {
	k, d := keys(t), open(t, db.Options{Dir: t.TempDir()})
	if _, err := d.Migrate(t.Context(), later); err != nil {
		t.Fatal(err)
	}
	file, dir := filepath.Join(t.TempDir(), "b.age"), t.TempDir()
	if _, err := Make(t.Context(), MakeOptions{DB: d, Data: t.TempDir(), To: file, Keys: k, Now: now}); err != nil {
		t.Fatal(err)
	}
	_, err := Restore(t.Context(), RestoreOptions{From: file, Keys: k, Data: dir, Steps: steps, Now: now})
	if !errors.Is(err, db.ErrNewer) {
		t.Errorf("it says %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("something was changed: %v", left)
	}
}

func TestOtherMigrationsAreRefused(t *testing.T) {
	k := keys(t)
	file, _ := ofSQLite(t, k)
	other := []db.Migrations{jobs.Migrations, {Room: "street", FS: fstest.MapFS{"migrations/0001_houses.sql": {Data: []byte(`CREATE TABLE house (id TEXT PRIMARY KEY) STRICT`)}}}}
	_, err := Restore(t.Context(), RestoreOptions{From: file, Keys: k, Data: t.TempDir(), Steps: other, Now: now})
	if err == nil || !strings.Contains(err.Error(), "another one in this program") {
		t.Errorf("it says %v", err)
	}
}

func TestRestoreRefusesAFolderInUse(t *testing.T) {
	k := keys(t)
	file, _ := made(t, db.Options{Dir: t.TempDir()}, k)
	dir := t.TempDir()
	held, free, err := Lock(dir)
	if err != nil || !free {
		t.Fatal(free, err)
	}
	o := RestoreOptions{From: file, Keys: k, Data: dir, Steps: steps, Now: now}
	if _, err := Restore(t.Context(), o); !errors.Is(err, ErrInUse) {
		t.Errorf("it says %v", err)
	}
	if err := held.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(t.Context(), o); err != nil {
		t.Error(err)
	}
}

func TestBackupKeepsAnother(t *testing.T) {
	k := keys(t)
	d, dir := street(t, db.Options{Dir: t.TempDir()})
	file := filepath.Join(t.TempDir(), "b.age")
	if err := os.WriteFile(file, []byte("the only one"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, to := range []string{file, filepath.Join(dir, "b.age")} {
		if _, err := Make(t.Context(), MakeOptions{DB: d, Data: dir, To: to, Keys: k, Now: now}); err == nil {
			t.Errorf("it wrote %s", to)
		}
	}
	if b, err := os.ReadFile(file); string(b) != "the only one" || err != nil {
		t.Error("it was overwritten", err)
	}
}

func TestKeys(t *testing.T) {
	path := filepath.Join(t.TempDir(), "k", "backup.key")
	a, made, err := LoadKey(path)
	if err != nil || !made {
		t.Fatal(made, err)
	}
	b, made, err := LoadKey(path)
	if err != nil || made || fmt.Sprint(a.Recipients) != fmt.Sprint(b.Recipients) {
		t.Error("the key is another one", made, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info, err)
	}
	lock, err := Public([]string{fmt.Sprint(a.Recipients[0])})
	if err != nil || len(lock.Identities) != 0 {
		t.Fatal(err)
	}
	file, _ := ofSQLite(t, lock)
	if _, err := Check(file, b); err != nil {
		t.Error(err)
	}
	if _, err := Public([]string{"age1nonsense"}); err == nil {
		t.Error("took nonsense for a key")
	}
	phrase := filepath.Join(t.TempDir(), "phrase")
	for text, ok := range map[string]bool{"short\n": false, "paard batterij nietje\n": true} {
		if err := os.WriteFile(phrase, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Passphrase(phrase); (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func ofSQLite(t *testing.T, k Keys) (string, string) {
	t.Helper()
	return made(t, db.Options{Dir: t.TempDir()}, k)
}

func zipped(b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	z.Write(b) //nolint:errcheck,gosec // into memory
	z.Close()  //nolint:errcheck,gosec // into memory
	return out.Bytes()
}

// TestInsideIsChecked reads archives that somebody with the key made: the
// encryption does not tell that they are wrong.
func TestInsideIsChecked(t *testing.T) {
	head := Header{Format: format, Tables: []db.Table{{Name: "a", Columns: []string{"b"}}}}
	type archive struct {
		header Header
		parts  map[string]string // in no order
		forge  func(m *manifest)
		rest   string
	}
	for name, c := range map[string]struct {
		archive
		want error
	}{
		"whole":            {archive{header: head, parts: map[string]string{"tables/a/1": "[1]\n[2]\n", "files/x/y": "z"}}, nil},
		"other layout":     {archive{header: Header{Format: 99}}, ErrForeign},
		"a table too many": {archive{header: head, parts: map[string]string{"tables/c/1": "[1]\n"}}, ErrDamaged},
		"a strange name":   {archive{header: Header{Format: format, Tables: []db.Table{{Name: "a; DROP", Columns: []string{"b"}}}}}, ErrDamaged},
		"migrations":       {archive{header: Header{Format: format, Tables: []db.Table{{Name: "migration"}}}}, ErrDamaged},
		"upwards":          {archive{header: head, parts: map[string]string{"files/../x": "z"}}, ErrDamaged},
		"from the root":    {archive{header: head, parts: map[string]string{"files//etc/x": "z"}}, ErrDamaged},
		"the database":     {archive{header: head, parts: map[string]string{"files/wijkbaak.db": "z"}}, ErrDamaged},
		"elsewhere":        {archive{header: head, parts: map[string]string{"x": "z"}}, ErrDamaged},
		"a sum":            {archive{header: head, parts: map[string]string{"files/x": "z"}, forge: func(m *manifest) { m.Parts[1].SHA256 = strings.Repeat("0", 64) }}, ErrDamaged},
		"a row too few":    {archive{header: head, parts: map[string]string{"tables/a/1": "[1]\n"}, forge: func(m *manifest) { m.Rows["a"] = 2 }}, ErrDamaged},
		"a part too few":   {archive{header: head, forge: func(m *manifest) { m.Parts = append(m.Parts, part{Name: "files/gone"}) }}, ErrDamaged},
		"a part untold":    {archive{header: head, parts: map[string]string{"files/x": "z"}, forge: func(m *manifest) { m.Parts = m.Parts[:1] }}, ErrDamaged},
		"no manifest":      {archive{header: head, forge: func(m *manifest) { m.Parts = nil; m.Rows = nil }, rest: "none"}, ErrDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			w := &writer{o: MakeOptions{Now: now}, rows: map[string]int64{}, tar: tar.NewWriter(&b)}
			if err := w.json(headerName, c.header); err != nil {
				t.Fatal(err)
			}
			for name, text := range c.parts {
				if err := w.add(name, int64(len(text)), strings.NewReader(text)); err != nil {
					t.Fatal(err)
				}
				if table, ok := tableOf(name); ok {
					w.rows[table] += int64(strings.Count(text, "\n"))
				}
			}
			m := manifest{w.parts, w.rows}
			if c.forge != nil {
				c.forge(&m)
			}
			if c.rest == "" {
				if err := w.json(manifestName, m); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.tar.Close(); err != nil {
				t.Fatal(err)
			}
			err := walkOpen(bytes.NewReader(zipped(b.Bytes())), func(Header) error { return nil }, func(_ string, from io.Reader) error {
				_, err := io.Copy(io.Discard, from)
				return err
			})
			if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
				t.Errorf("it says %v", err)
			}
		})
	}
}

// FuzzRow reads one line of a table.
func FuzzRow(f *testing.F) {
	for _, s := range []string{`[1,null,"a",true,{"f":1.5},{"b":"AAE="}]`, `[]`, `[[1]]`, `[{}]`, `[1e999]`, `{`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		row, err := decodeRow(line)
		if err != nil {
			return
		}
		again, err := encodeRow(row)
		if err != nil {
			t.Fatal(err)
		}
		back, err := decodeRow(again)
		if err != nil || fmt.Sprint(back) != fmt.Sprint(row) {
			t.Errorf("%s became %s: %v", line, again, err)
		}
	})
}

// FuzzWalk reads what is inside the encryption: it is foreign when somebody
// hands over a backup with its key.
func FuzzWalk(f *testing.F) {
	var whole bytes.Buffer
	w := &writer{o: MakeOptions{Now: now}, rows: map[string]int64{"a": 1}, tar: tar.NewWriter(&whole)}
	for _, step := range []func() error{
		func() error {
			return w.json(headerName, Header{Format: format, Tables: []db.Table{{Name: "a", Columns: []string{"b"}}}})
		},
		func() error { return w.add("tables/a/1", 4, strings.NewReader("[1]\n")) },
		func() error { return w.add("files/x", 1, strings.NewReader("x")) },
		func() error { return w.json(manifestName, manifest{w.parts, w.rows}) },
		func() error { return w.tar.Close() },
	} {
		if err := step(); err != nil {
			f.Fatal(err)
		}
	}
	f.Add(zipped(whole.Bytes()))
	f.Add(zipped([]byte("no tar")))
	f.Add([]byte("no gzip"))
	f.Fuzz(func(t *testing.T, b []byte) {
		err := walkOpen(bytes.NewReader(b), func(Header) error { return nil }, func(name string, _ io.Reader) error {
			if rel, ok := strings.CutPrefix(name, filePrefix); ok && !filepath.IsLocal(rel) {
				t.Errorf("%q leaves the folder", name)
			}
			return nil
		})
		if err != nil && !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrForeign) {
			t.Error(err)
		}
	})
}
