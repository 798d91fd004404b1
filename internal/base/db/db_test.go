package db_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/db/dbtest"
	"wijkbaak.nl/internal/base/fault"
)

func files(pairs ...string) fstest.MapFS {
	m := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		m["migrations/"+pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return m
}

var counterRoom = []db.Migrations{{Room: "counter", FS: files("0001_start.sql", `
	-- a note; with a semicolon
	CREATE TABLE counter (name TEXT PRIMARY KEY, n BIGINT NOT NULL CHECK (n >= 0), on_ BOOLEAN NOT NULL DEFAULT FALSE, at BIGINT, raw BYTEA) STRICT;
	CREATE INDEX counter_by_n ON counter (n);
	INSERT INTO counter (name, n) VALUES ('a', 0);`)}}

func count(t *testing.T, r db.Reader) int {
	t.Helper()
	n, err := db.One(t.Context(), r, db.Value[int], "SELECT n FROM counter WHERE name = $1", "a")
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func increment(ctx context.Context, tx *db.Tx) error {
	n, err := db.One(ctx, tx, db.Value[int], "SELECT n FROM counter WHERE name = $1", "a")
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "UPDATE counter SET n = $2 WHERE name = $1", "a", n+1)
	return err
}

func TestManyWritersLoseNothing(t *testing.T) {
	dbtest.Each(t, counterRoom, func(t *testing.T, d *db.DB) {
		var wg sync.WaitGroup
		var after sync.Map
		broken := errors.New("this one fails")
		const writers = 24
		for w := range writers {
			wg.Go(func() {
				for i := range 10 {
					err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
						if err := increment(ctx, tx); err != nil {
							return err
						}
						tx.AfterCommit(func() { after.Store([2]int{w, i}, true) })
						if i == 5 {
							return broken
						}
						return nil
					})
					if i == 5 && !errors.Is(err, broken) || i != 5 && err != nil {
						t.Errorf("writer %d, %d: %v", w, i, err)
					}
				}
			})
		}
		wg.Wait()
		if n := count(t, d); n != writers*9 {
			t.Errorf("%d counted, %d were acknowledged", n, writers*9)
		}
		ran := 0
		after.Range(func(any, any) bool { ran++; return true })
		if ran != writers*9 {
			t.Errorf("%d after-commit functions ran, want %d", ran, writers*9)
		}
	})
}

// A slow writer that loses from a quick one each time it tries still gets its turn.
func TestASlowWriterGetsItsTurn(t *testing.T) {
	dbtest.Each(t, counterRoom, func(t *testing.T, d *db.DB) {
		stop := make(chan struct{})
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					if err := d.Write(t.Context(), increment); err != nil {
						t.Errorf("the quick one: %v", err)
						return
					}
				}
			})
		}
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			n, err := db.One(ctx, tx, db.Value[int], "SELECT n FROM counter WHERE name = $1", "a")
			if err != nil {
				return err
			}
			time.Sleep(30 * time.Millisecond) // long enough to lose from who does not
			_, err = tx.Exec(ctx, "UPDATE counter SET n = $2 WHERE name = $1", "a", n+1)
			return err
		})
		close(stop)
		wg.Wait()
		if err != nil {
			t.Errorf("the slow one: %v", err)
		}
	})
}

func TestAFailedOrPanickingWriteLeavesNothing(t *testing.T) {
	dbtest.Each(t, counterRoom, func(t *testing.T, d *db.DB) {
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			if err := increment(ctx, tx); err != nil {
				return err
			}
			panic("oops")
		})
		if err == nil || !strings.Contains(err.Error(), "oops") {
			t.Errorf("the panic gave %v", err)
		}
		err = d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, "UPDATE counter SET n = $1", -1)
			return err
		})
		if err == nil || fault.KindOf(err) != fault.KindInternal {
			t.Errorf("a broken constraint gave %v", err)
		}
		if n := count(t, d); n != 0 {
			t.Errorf("counter stands at %d", n)
		}
	})
}

func TestReadersCannotWriteAndSeeOneMoment(t *testing.T) {
	dbtest.Each(t, counterRoom, func(t *testing.T, d *db.DB) {
		err := d.Read(t.Context(), func(ctx context.Context, r db.Reader) error {
			if n := count(t, r); n != 0 {
				t.Errorf("before: %d", n)
			}
			if err := d.Write(t.Context(), increment); err != nil {
				return err
			}
			if n := count(t, r); n != 0 {
				t.Errorf("the view moved to %d", n)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := count(t, d); n != 1 {
			t.Errorf("after: %d", n)
		}
		if d.Engine() == db.SQLite {
			rows, err := d.Query(t.Context(), "UPDATE counter SET n = 9 RETURNING n")
			if err == nil {
				for rows.Next() { //nolint:revive // walking it is what runs it
				}
				err = rows.Err()
				rows.Close() //nolint:errcheck // read only
			}
			if err == nil {
				t.Error("a reading connection wrote")
			}
		}
	})
}

func TestVersionChangesWithTheDataOnly(t *testing.T) {
	dbtest.Each(t, counterRoom, func(t *testing.T, d *db.DB) {
		version := func() string {
			v, err := d.Version(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		// On PostgreSQL another database of the server may move it meanwhile.
		first, still := version(), false
		for range 100 {
			count(t, d)
			again := version()
			if still = again == first; still {
				break
			}
			first = again
		}
		if !still {
			t.Error("reading moves the version")
		}
		if err := d.Write(t.Context(), increment); err != nil {
			t.Fatal(err)
		}
		if after := version(); after == first {
			t.Error("a commit did not move the version")
		}
	})
}

func TestTypesComeBack(t *testing.T) {
	dbtest.Each(t, counterRoom, func(t *testing.T, d *db.DB) {
		at := time.Date(2026, 11, 21, 9, 30, 0, 123456000, time.UTC)
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, "INSERT INTO counter (name, n, on_, at, raw) VALUES ($1, $2, $3, $4, $5)", "é", 2, true, db.At(at), []byte{0, 255})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		type row struct {
			on  bool
			at  db.Time
			raw []byte
		}
		scan := func(s db.Scanner) (row, error) {
			var v row
			err := s.Scan(&v.on, &v.at, &v.raw)
			return v, err
		}
		got, err := db.One(t.Context(), d, scan, "SELECT on_, at, raw FROM counter WHERE name = $1 AND on_", "é")
		if err != nil || !got.on || !got.at.Equal(at) || string(got.raw) != "\x00\xff" {
			t.Errorf("came back as %+v, %v", got, err)
		}
		got, err = db.One(t.Context(), d, scan, "SELECT on_, at, raw FROM counter WHERE name = $1", "a")
		if err != nil || got.on || !got.at.IsZero() || got.raw != nil {
			t.Errorf("NULLs came back as %+v, %v", got, err)
		}
		if _, err = db.One(t.Context(), d, scan, "SELECT on_, at, raw FROM counter WHERE name = $1", "x"); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("no row gave %v", err)
		}
	})
}

func TestRowsReadIntoTheSamePlaces(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		var n int64
		var word string
		var got []string
		err := db.Into(t.Context(), d, []any{&n, &word}, func() { got = append(got, strconv.FormatInt(n, 10)+word) },
			"SELECT 1 AS n, 'a' AS word UNION ALL SELECT CAST($1 AS BIGINT), 'b' ORDER BY n", 2)
		if want := []string{"1a", "2b"}; err != nil || !slices.Equal(got, want) {
			t.Errorf("got %v, %v", got, err)
		}
		if err := db.Into(t.Context(), d, []any{&n}, func() {}, "SELECT 1, 2"); err == nil {
			t.Error("two columns went into one place")
		}
		if err := db.Into(t.Context(), d, nil, func() {}, "SELECT nothing"); err == nil {
			t.Error("a query that fails says nothing")
		}
	})
}

func TestMigrationsRefuseWhatDoesNotFit(t *testing.T) {
	good := files("0001_start.sql", "CREATE TABLE a (id TEXT PRIMARY KEY) STRICT")
	more := files("0001_start.sql", "CREATE TABLE a (id TEXT PRIMARY KEY) STRICT", "0002_more.sql", "CREATE TABLE b (id TEXT PRIMARY KEY) STRICT")
	cases := []struct {
		name          string
		first, second fstest.MapFS
		say           string
	}{
		{"again", good, good, ""},
		{"next step", good, more, ""},
		{"newer data", more, good, "newer version"},
		{"changed", good, files("0001_start.sql", "CREATE TABLE c (id TEXT PRIMARY KEY) STRICT"), "was changed after it ran"},
		{"twice", files("0001_a.sql", "SELECT 1", "0001_b.sql", "SELECT 1"), nil, "have the same number"},
		{"name", files("1.sql", "SELECT 1"), nil, "must be like"},
		{"wrong", files("0001_start.sql", "CREATE TABEL a"), nil, "migration r/0001_start.sql"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
				_, err := d.Migrate(t.Context(), []db.Migrations{{Room: "r", FS: c.first}})
				if c.second != nil && err == nil {
					_, err = d.Migrate(t.Context(), []db.Migrations{{Room: "r", FS: c.second}})
				}
				if c.say == "" && err != nil || c.say != "" && (err == nil || !strings.Contains(err.Error(), c.say)) {
					t.Errorf("got %v, want %q", err, c.say)
				}
			})
		})
	}
}

func TestNodesThatStartTogetherMigrateOnce(t *testing.T) {
	dbtest.EachOptions(t, func(t *testing.T, o db.Options) {
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				d, err := db.Open(t.Context(), o)
				if err != nil {
					t.Error(err)
					return
				}
				defer d.Close() //nolint:errcheck // read only
				if _, err := d.Migrate(t.Context(), counterRoom); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	})
}

func TestCheckPlanFindsScansAndSorts(t *testing.T) {
	dbtest.Each(t, counterRoom, func(t *testing.T, d *db.DB) {
		cases := []struct {
			sql string
			ok  bool
		}{
			{"SELECT name FROM counter WHERE name = $1", true},
			{"SELECT name FROM counter WHERE n > $1 ORDER BY n LIMIT 20", true},
			{"SELECT name FROM counter WHERE at > $1 LIMIT 20", false},
			{"SELECT name FROM counter WHERE n > $1 ORDER BY at LIMIT 20", false},
		}
		for _, c := range cases {
			arg := any(1)
			if strings.Contains(c.sql, "name = ") {
				arg = "a"
			}
			if err := d.CheckPlan(t.Context(), db.Plan{Name: "q", SQL: c.sql, Args: []any{arg}}); (err == nil) != c.ok {
				t.Errorf("%s: %v", c.sql, err)
			}
		}
	})
}

func BenchmarkWrite(b *testing.B) {
	d, err := db.Open(b.Context(), db.Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close() //nolint:errcheck // the benchmark is over
	if _, err := d.Migrate(b.Context(), counterRoom); err != nil {
		b.Fatal(err)
	}
	for _, par := range []int{1, 32} {
		b.Run("parallel", func(b *testing.B) {
			b.SetParallelism(par)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if err := d.Write(b.Context(), increment); err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
}

func TestAQueryInsideATransactionThatGoesRoundItIsRefused(t *testing.T) {
	dbtest.Each(t, counterRoom, func(t *testing.T, d *db.DB) {
		around := func(ctx context.Context) {
			t.Helper()
			if _, err := db.One(ctx, d, db.Value[int], "SELECT n FROM counter"); err == nil {
				t.Error("one row went round the transaction")
			}
			if _, err := db.All(ctx, d, db.Value[int], "SELECT n FROM counter"); err == nil {
				t.Error("a list went round the transaction")
			}
			if err := d.Write(ctx, increment); err == nil {
				t.Error("a write went round the transaction")
			}
			if err := d.Read(ctx, func(context.Context, db.Reader) error { return nil }); err == nil {
				t.Error("a view went round the transaction")
			}
		}
		err := d.Write(t.Context(), func(ctx context.Context, _ *db.Tx) error { around(ctx); return nil })
		if err != nil {
			t.Error(err)
		}
		err = d.Read(t.Context(), func(ctx context.Context, _ db.Reader) error { around(ctx); return nil })
		if err != nil {
			t.Error(err)
		}
	})
}

func TestAfterTheEnd(t *testing.T) {
	dbtest.Each(t, counterRoom, func(t *testing.T, d *db.DB) {
		var kept *db.Tx
		if err := d.Write(t.Context(), func(_ context.Context, tx *db.Tx) error { kept = tx; return nil }); err != nil {
			t.Fatal(err)
		}
		if _, err := kept.Exec(t.Context(), "UPDATE counter SET n = 7"); err == nil {
			t.Error("a transaction that is over still writes")
		}
		gone, stop := context.WithCancel(t.Context())
		stop()
		if err := d.Write(gone, increment); !errors.Is(err, context.Canceled) {
			t.Errorf("a write nobody waits for gave %v", err)
		}
		if n := count(t, d); n != 0 {
			t.Errorf("the counter stands at %d", n)
		}
		if _, err := db.One(t.Context(), d, db.Value[int], "SELECT n FROM counter WHERE name = $1", "a\x00"); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("a NUL gave %v", err)
		}
		for range 2 {
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		}
		if err := d.Write(t.Context(), increment); err == nil {
			t.Error("a closed database took a write")
		}
	})
}

func TestManyReadersOfAStatementThatIsNewDoNotWaitForEachOther(t *testing.T) {
	dbtest.Each(t, counterRoom, func(t *testing.T, d *db.DB) {
		ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
		defer stop()
		var wg, begun sync.WaitGroup
		const readers = 8 // as many as there are connections on PostgreSQL here
		begun.Add(min(readers, 4))
		for i := range readers {
			wg.Go(func() {
				err := d.Read(ctx, func(ctx context.Context, r db.Reader) error {
					if i < 4 { // hold all connections of SQLite at once
						begun.Done()
						begun.Wait()
					}
					_, err := db.All(ctx, r, db.Value[int], "SELECT n + 0 FROM counter WHERE name = $1", "a")
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	})
}
