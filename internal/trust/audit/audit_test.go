package audit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/db/dbtest"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/id"
	"wijkbaak.nl/internal/trust/access"
)

var tables = []db.Migrations{Migrations}

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// shelf is a second place in memory.
type shelf struct {
	mu   sync.Mutex
	text string
	full bool
}

func (s *shelf) Name() string { return "the shelf" }

func (s *shelf) Append(_ context.Context, text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.full {
		s.text += text[:len(text)/2]
		return errors.New("the shelf is full")
	}
	s.text += text
	return nil
}

func (s *shelf) Open(context.Context) (io.ReadCloser, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return io.NopCloser(strings.NewReader(s.text)), nil
}

type bench struct {
	testing testing.TB
	*Log
	clock *clock.Fake
	shelf *shelf
}

func newKey(t testing.TB) Key {
	t.Helper()
	k, err := LoadKey(t.TempDir(), "wijkbaak.test/audit")
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func newLog(t testing.TB, d *db.DB) *bench {
	t.Helper()
	b := &bench{clock: clock.NewFake(start), shelf: &shelf{}}
	b.Log = b.node(t, d, newKey(t))
	return b
}

func (b *bench) node(t testing.TB, d *db.DB, k Key, trusted ...string) *Log {
	t.Helper()
	l, err := New(Options{DB: d, Clock: b.clock, IDs: id.New(b.clock), Source: "wijkbaak.test", Node: "n1", Key: k,
		Trusted: trusted, Places: []Place{b.shelf}})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func (b *bench) options() VerifyOptions {
	return VerifyOptions{Keys: b.Keys(), Places: []Place{b.shelf}, Clock: b.clock}
}

var coach = access.Actor{Person: "0190-coach", Organisation: "0190-org", SecondFactor: true, Channel: access.Page,
	Grants: []access.Grant{{Role: access.Coach, Place: "/0153"}, {Role: access.Coach, Place: "/0363"}}}

// write records n events, one transaction each.
func (b *bench) write(t testing.TB, n int) {
	t.Helper()
	for i := range n {
		e := Event{Kind: "questions.read", Action: Read, Purpose: "care", ObjectType: "question", ObjectID: fmt.Sprint("q", i%3), Subject: fmt.Sprint("p", i%2)}
		b.record(t, access.With(t.Context(), coach), e)
		b.clock.Advance(time.Millisecond)
	}
}

func (b *bench) record(t testing.TB, ctx context.Context, e Event) {
	t.Helper()
	if err := b.o.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return b.Record(ctx, tx, e) }); err != nil {
		t.Fatal(err)
	}
}

func (b *bench) seal(t testing.TB) int {
	t.Helper()
	n, err := b.Seal(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// check verifies inside a transaction, so that a test can take its damage back.
func check(ctx context.Context, r db.Reader, o VerifyOptions) (Report, error) {
	w, err := newWalk(ctx, o)
	if err != nil {
		return Report{}, err
	}
	defer w.close()
	err = w.run(ctx, r)
	return w.Report, err
}

func (b *bench) verify(t testing.TB) Report {
	t.Helper()
	r, err := Verify(t.Context(), b.o.DB, b.options())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var words = func() context.Context {
	c, err := i18n.New(i18n.Source{Room: "audit", FS: files})
	if err != nil {
		panic(err)
	}
	return i18n.With(context.Background(), c, "en")
}()

func told(r Report) string {
	var list []string
	for _, f := range r.Findings {
		list = append(list, f.Text(words))
	}
	return strings.Join(list, "\n")
}

func exec(t testing.TB, d *db.DB, query string, args ...any) {
	t.Helper()
	err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestRecordFillsInWhoAndWhen(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		b := newLog(t, d)
		b.record(t, access.With(t.Context(), coach), Event{Kind: "questions.answer", Action: Create, ObjectType: "question", ObjectID: "q1"})
		b.record(t, t.Context(), Event{Kind: "questions.read", Action: Read, Outcome: Refused, ObjectType: "question", ObjectID: "q1"})
		b.record(t, access.With(t.Context(), access.Actor{Person: "0190-resident", Channel: access.API}),
			Event{Kind: "circles.read", Action: Read, ObjectType: "circle", ObjectID: "c1", Subject: "p1", Requester: "p1", Ground: "consent/1"})
		p, err := For(t.Context(), d, "question", "q1", "", 0)
		if err != nil || len(p.Events) != 2 || p.Next != "" {
			t.Fatalf("%+v, %v", p, err)
		}
		got := p.Events[1]
		if got.ID == "" {
			t.Error("no id")
		}
		got.ID = ""
		want := Event{At: start, Kind: "questions.answer", Action: Create, Outcome: Done, Person: "0190-coach", Role: "coach",
			Organisation: "0190-org", Channel: "page", Node: "n1", ObjectType: "question", ObjectID: "q1", Source: "wijkbaak.test"}
		if got != want {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
		if e := p.Events[0]; e.Person != "" || e.Role != "" || e.Outcome != Refused {
			t.Errorf("somebody unknown became %+v", e)
		}
		p, err = ByPerson(t.Context(), d, "p1", "", 0)
		if err != nil || len(p.Events) != 1 || p.Events[0].Role != "resident" || p.Events[0].Requester != "p1" {
			t.Errorf("about p1: %+v, %v", p, err)
		}
	})
}

func TestRecordTakesIdsOnlyAndGoesWithItsTransaction(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		b := newLog(t, d)
		good := Event{Kind: "k", Action: Read, ObjectType: "t", ObjectID: "1"}
		for name, change := range map[string]func(*Event){
			"a name":     func(e *Event) { e.Subject = "Jan de Vries" },
			"an address": func(e *Event) { e.ObjectID = "jan@example.nl" },
			"a sentence": func(e *Event) { e.Purpose = "hij vroeg het" },
			"too long":   func(e *Event) { e.ObjectID = strings.Repeat("x", fieldMost+1) },
			"a letter":   func(e *Event) { e.Ground = "André" },
			"no action":  func(e *Event) { e.Action = "" },
			"other":      func(e *Event) { e.Action = "X" },
			"no object":  func(e *Event) { e.ObjectType = "" },
			"no kind":    func(e *Event) { e.Kind = "" },
			"outcome":    func(e *Event) { e.Outcome = "ok" },
		} {
			e := good
			change(&e)
			if err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return b.Record(ctx, tx, e) }); err == nil {
				t.Errorf("%s was recorded", name)
			} else if e.Subject != "" && strings.Contains(err.Error(), e.Subject) {
				t.Errorf("the error repeats it: %v", err)
			}
		}
		oops := errors.New("oops")
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			return errors.Join(b.Record(ctx, tx, good), oops)
		})
		if !errors.Is(err, oops) {
			t.Fatal(err)
		}
		if s, err := b.State(t.Context()); err != nil || s.Waiting != 0 {
			t.Errorf("%+v, %v", s, err)
		}
	})
}

// TestEncoding holds the encoding still: another one makes every kept log false.
func TestEncoding(t *testing.T) {
	e := Event{ID: "i", At: start, Kind: "k", Action: Read, Outcome: Done, Person: "p", Role: "r", Organisation: "o", Requester: "q",
		Purpose: "u", Channel: "c", Node: "n", ObjectType: "t", ObjectID: "b", Subject: "s", LifeCycle: "l", Ground: "g", Source: "x"}
	const want = "sf24l483lPdFwaOpk8DydUO5/qeXDsNYScZ5+80kOEw="
	if got := e.hash().String(); got != want {
		t.Errorf("the hash became %s", got)
	}
}

func TestSealMakesTheTreeOfTlog(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		b := newLog(t, d)
		if n := b.seal(t); n != 0 {
			t.Errorf("%d of nothing", n)
		}
		total := 0
		for _, n := range []int{1, 2, 3, 1, 25, sealAtOnce + 4} {
			b.write(t, n)
			if s := b.seal(t); s != n {
				t.Errorf("sealed %d of %d", s, n)
			}
			total += n
		}
		r := b.verify(t)
		if !r.OK() || r.Events != int64(total) || r.Checkpoints != 7 || r.Waiting != 0 {
			t.Errorf("%+v\n%s", r, told(r))
		}
		last, err := db.One(t.Context(), d, scanCheckpoint, lastCheckpoint)
		if err != nil {
			t.Fatal(err)
		}
		c, err := openCheckpoint(last.note, b.keys)
		if err != nil {
			t.Fatal(err)
		}
		reader := storedHashes{t.Context(), d}
		root, err := tlog.TreeHash(int64(total), reader)
		if err != nil || root != c.root {
			t.Errorf("tlog has root %v (%v), the checkpoint %v", root, err, c.root)
		}
		e, err := db.One(t.Context(), d, scanEvent, selectLeaves, 5, "", 1)
		if err != nil {
			t.Fatal(err)
		}
		proof, err := tlog.ProveRecord(int64(total), 5, reader)
		if err != nil || tlog.CheckRecord(proof, int64(total), c.root, 5, e.hash()) != nil {
			t.Errorf("event 5 cannot be proved: %v", err)
		}
		s, err := b.State(t.Context())
		if err != nil || s.Size != int64(total) || !s.Sealed.Equal(b.clock.Now()) || s.Waiting != 0 {
			t.Errorf("%+v, %v", s, err)
		}
	})
}

func TestWaitingEventsAreToldAfterAMinute(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		b := newLog(t, d)
		b.write(t, 2)
		if r := b.verify(t); !r.OK() || r.Waiting != 2 {
			t.Errorf("%+v", r)
		}
		b.clock.Advance(waitMost)
		if r := b.verify(t); !strings.Contains(told(r), "2 events wait") {
			t.Errorf("%s", told(r))
		}
	})
}

func TestManyNodesSealWhileManyWrite(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		b := newLog(t, d)
		other := b.node(t, d, b.o.Key)
		ctx, stop := context.WithCancel(t.Context())
		var nodes, writers sync.WaitGroup
		for _, l := range []*Log{b.Log, other} {
			nodes.Go(func() {
				for ctx.Err() == nil {
					if _, err := l.Seal(context.WithoutCancel(ctx)); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		for range 8 {
			writers.Go(func() { b.write(t, 20) })
		}
		writers.Wait()
		stop()
		nodes.Wait()
		b.seal(t)
		if r := b.verify(t); !r.OK() || r.Events != 160 {
			t.Errorf("%+v\n%s", r, told(r))
		}
	})
}

func TestRunSealsAtStop(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		b := newLog(t, d)
		b.write(t, 3)
		ctx, stop := context.WithCancel(t.Context())
		stop()
		if err := b.Run(ctx); err != nil {
			t.Fatal(err)
		}
		if r := b.verify(t); !r.OK() || r.Events != 3 {
			t.Errorf("%+v\n%s", r, told(r))
		}
	})
}

func TestKey(t *testing.T) {
	dir := t.TempDir()
	k, err := LoadKey(dir, "zeist.test/audit")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, KeyFile)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	again, err := LoadKey(dir, "other")
	if err != nil || again.Public() != k.Public() || !strings.HasPrefix(k.Public(), "zeist.test/audit+") {
		t.Errorf("%q and %q, %v", k.Public(), again.Public(), err)
	}
	if err := os.Chmod(path, 0o640); err != nil { //nolint:gosec // that is the fault
		t.Fatal(err)
	}
	if _, err := LoadKey(dir, "other"); err == nil || !strings.Contains(err.Error(), "0600") && !strings.Contains(err.Error(), "600") {
		t.Errorf("a key that others may read gave %v", err)
	}
	for _, bad := range []string{"", "PRIVATE+KEY+x+00000000+AQID", k.Public()} {
		if _, err := ParseKey(bad); err == nil {
			t.Errorf("%q is a key", bad)
		}
	}
	if _, err := LoadKey(t.TempDir(), "a b"); err == nil {
		t.Error("a name with a space")
	}
}

func TestANameThatNoEventCanHoldIsRefusedAtOnce(t *testing.T) {
	for _, o := range []Options{{Source: "[::1]:8080"}, {Source: "a", Node: "b c"}, {Source: strings.Repeat("x", fieldMost+1)}} {
		o.Key = newKey(t)
		if _, err := New(o); err == nil {
			t.Errorf("%q and %q were taken", o.Source, o.Node)
		}
	}
}

func TestAnotherKeyDoesNotSealOn(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		b := newLog(t, d)
		b.write(t, 3)
		b.seal(t)
		b.write(t, 1)
		k := newKey(t)
		if _, err := b.node(t, d, k).Seal(t.Context()); !errors.Is(err, ErrKey) {
			t.Errorf("another key gave %v", err)
		}
		next := b.node(t, d, k, b.o.Key.Public())
		if _, err := next.Seal(t.Context()); err != nil {
			t.Fatal(err)
		}
		b.Log = next
		if r := b.verify(t); !r.OK() || r.Events != 4 {
			t.Errorf("after a change of keys: %+v\n%s", r, told(r))
		}
	})
}

func TestSealDoesNotCoverDamage(t *testing.T) {
	for name, damage := range map[string]string{
		"a hash":              "UPDATE audit_hash SET hashes = (SELECT hashes FROM audit_hash WHERE leaf = 0) WHERE leaf = 2",
		"a hash gone":         "DELETE FROM audit_hash WHERE leaf = 1",
		"the last checkpoint": "DELETE FROM audit_checkpoint WHERE size = 3",
		"its text":            "UPDATE audit_checkpoint SET note = 'x'",
		"its size":            "UPDATE audit_checkpoint SET size = 2",
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
				b := newLog(t, d)
				b.write(t, 3)
				b.seal(t)
				exec(t, d, damage)
				b.write(t, 1)
				if _, err := b.Seal(t.Context()); !errors.Is(err, ErrDamaged) {
					t.Errorf("sealed on: %v", err)
				}
				if r := b.verify(t); r.OK() {
					t.Error("and nothing was found")
				}
			})
		})
	}
}
