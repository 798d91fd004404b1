package audit

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/db/dbtest"
)

// vandal can do everything with the database and the copy, but has no key.
type vandal struct {
	*rapid.T
	ctx   context.Context
	tx    *db.Tx
	b     *bench
	shelf string // the copy, damaged in its turn
	size  int    // events in the tree
}

func (v *vandal) exec(query string, args ...any) {
	if n, err := v.tx.Exec(v.ctx, query, args...); err != nil {
		v.Fatalf("%s: %v", query, err)
	} else if n == 0 {
		v.Fatalf("%s %v changed nothing", query, args)
	}
}

func (v *vandal) leaf(label string) int { return rapid.IntRange(0, v.size-1).Draw(v.T, label) }

func (v *vandal) points() []storedCheckpoint {
	list, err := db.All(v.ctx, v.tx, scanCheckpoint, selectCheckpoints, 0, 1000)
	if err != nil {
		v.Fatal(err)
	}
	return list
}

func (v *vandal) point() storedCheckpoint {
	return rapid.SampledFrom(v.points()).Draw(v.T, "checkpoint")
}

// flip changes one character into another.
func (v *vandal) flip(s string) string {
	i := rapid.IntRange(0, len(s)-1).Draw(v.T, "place")
	c := byte(rapid.IntRange(33, 126).Draw(v.T, "character"))
	if c == s[i] {
		c = 33 + (c-33+1)%94
	}
	return s[:i] + string(c) + s[i+1:]
}

var textColumns = []string{"id", "kind", "action", "outcome", "person", "role", "organisation", "requester", "purpose", "channel",
	"node", "object_type", "object_id", "subject", "life_cycle", "ground", "source"}

func (v *vandal) editEvent() int {
	leaf := v.leaf("leaf")
	column := rapid.SampledFrom(append([]string{"at"}, textColumns...)).Draw(v.T, "column")
	if column == "at" {
		by := rapid.Int64Range(1, 1<<50).Draw(v.T, "by") * rapid.SampledFrom([]int64{1, -1}).Draw(v.T, "sign")
		v.exec("UPDATE audit_event SET at = at + $2 WHERE leaf = $1", leaf, by)
		return leaf
	}
	old, err := db.One(v.ctx, v.tx, db.Value[string], "SELECT "+column+" FROM audit_event WHERE leaf = $1", leaf)
	if err != nil {
		v.Fatal(err)
	}
	now := rapid.OneOf(rapid.SampledFrom([]string{"", old + "x", " " + old, strings.ToUpper(old)}), rapid.StringMatching(`[a-z0-9-]{1,12}`)).
		Filter(func(s string) bool { return s != old }).Draw(v.T, "value")
	v.exec("UPDATE audit_event SET "+column+" = $2 WHERE leaf = $1", leaf, now)
	return leaf
}

// forge makes all hashes anew from the events as they are, and all checkpoints too if there is a key.
func (v *vandal) forge(k *Key) {
	t := &tree{}
	points := v.points()
	for list := leaves(v.ctx, v.tx); ; list.skip() {
		e, err := list.peek()
		if err != nil {
			v.Fatal(err)
		}
		if e == nil {
			return
		}
		leaf := t.size
		v.exec("UPDATE audit_event SET leaf = $2 WHERE id = $1", e.ID, leaf)
		v.exec("UPDATE audit_hash SET hashes = $2 WHERE leaf = $1", leaf, join(t.add(e.hash())))
		for _, p := range points {
			if k != nil && p.size == t.size {
				c, err := k.sign(t.size, t.root(), p.at.Time)
				if err != nil {
					v.Fatal(err)
				}
				v.exec("UPDATE audit_checkpoint SET note = $2 WHERE size = $1", p.size, c.text)
			}
		}
	}
}

var damages = map[string]func(v *vandal){
	"edit an event":                         func(v *vandal) { v.editEvent() },
	"edit an event and make the hashes fit": func(v *vandal) { v.editEvent(); v.forge(nil) },
	"the same, sealed with another key": func(v *vandal) {
		v.editEvent()
		k := newKey(v.b.testing)
		v.forge(&k)
		if rapid.Bool().Draw(v.T, "copy too") {
			v.shelf = ""
			for _, p := range v.points() {
				v.shelf += "\n" + p.note
			}
		}
	},
	"move an event": func(v *vandal) {
		v.exec("UPDATE audit_event SET leaf = $2 WHERE leaf = $1", v.leaf("leaf"), rapid.SampledFrom([]int{-1, v.size, v.size + 5, 1 << 40}).Draw(v.T, "to"))
	},
	"move an event to where another is": func(v *vandal) {
		from := v.leaf("leaf")
		v.exec("UPDATE audit_event SET leaf = $2 WHERE leaf = $1", from, (from+rapid.IntRange(1, v.size-1).Draw(v.T, "by"))%v.size)
	},
	"take an event out of the tree": func(v *vandal) { v.exec("UPDATE audit_event SET leaf = NULL WHERE leaf = $1", v.leaf("leaf")) },
	"delete an event":               func(v *vandal) { v.exec("DELETE FROM audit_event WHERE leaf = $1", v.leaf("leaf")) },
	"delete an event and its hash": func(v *vandal) {
		leaf := v.leaf("leaf")
		v.exec("DELETE FROM audit_event WHERE leaf = $1", leaf)
		v.exec("DELETE FROM audit_hash WHERE leaf = $1", leaf)
	},
	"delete the first events": func(v *vandal) { v.exec("DELETE FROM audit_event WHERE leaf <= $1", v.leaf("leaf")) },
	"delete all": func(v *vandal) {
		v.exec("DELETE FROM audit_event")
		v.exec("DELETE FROM audit_hash")
		v.exec("DELETE FROM audit_checkpoint")
	},
	"swap two events": func(v *vandal) {
		a, b := v.leaf("a"), v.leaf("b")
		if a == b {
			b = (a + 1) % v.size
		}
		v.exec("UPDATE audit_event SET leaf = $2 WHERE leaf = $1", a, -7)
		v.exec("UPDATE audit_event SET leaf = $2 WHERE leaf = $1", b, a)
		v.exec("UPDATE audit_event SET leaf = $2 WHERE leaf = $1", -7, b)
		if rapid.Bool().Draw(v.T, "hashes fit") {
			v.forge(nil)
		}
	},
	"put an event in": func(v *vandal) {
		e := Event{ID: "00000000-0000-7000-8000-000000000000", At: start, Kind: "questions.read", Action: Read, Outcome: Done, ObjectType: "question", ObjectID: "q1"}
		if err := insert(v.ctx, v.tx, &e); err != nil {
			v.Fatal(err)
		}
		v.exec("UPDATE audit_event SET leaf = $2 WHERE id = $1", e.ID, v.size)
		if rapid.Bool().Draw(v.T, "with hash") {
			v.exec("INSERT INTO audit_hash (leaf, hashes) VALUES ($1, $2)", v.size, join((&tree{}).add(e.hash())))
		}
	},
	"cut the end": func(v *vandal) {
		points := v.points()
		to := points[rapid.IntRange(0, len(points)-2).Draw(v.T, "to")].size
		v.exec("DELETE FROM audit_event WHERE leaf >= $1", to)
		v.exec("DELETE FROM audit_hash WHERE leaf >= $1", to)
		v.exec("DELETE FROM audit_checkpoint WHERE size > $1", to)
	},
	"edit hashes": func(v *vandal) {
		leaf := v.leaf("leaf")
		blob, err := db.One(v.ctx, v.tx, db.Value[[]byte], selectHash, leaf)
		if err != nil {
			v.Fatal(err)
		}
		blob = slices.Clone(blob)
		switch rapid.IntRange(0, 2).Draw(v.T, "how") {
		case 0:
			blob[rapid.IntRange(0, len(blob)-1).Draw(v.T, "byte")] ^= byte(rapid.IntRange(1, 255).Draw(v.T, "bits"))
		case 1:
			blob = blob[:rapid.IntRange(0, len(blob)-1).Draw(v.T, "short")]
		case 2:
			blob = append(blob, make([]byte, rapid.SampledFrom([]int{1, 32}).Draw(v.T, "long"))...)
		}
		v.exec("UPDATE audit_hash SET hashes = $2 WHERE leaf = $1", leaf, blob)
	},
	"delete a hash": func(v *vandal) { v.exec("DELETE FROM audit_hash WHERE leaf = $1", v.leaf("leaf")) },
	"put a hash in": func(v *vandal) {
		v.exec("INSERT INTO audit_hash (leaf, hashes) VALUES ($1, $2)", rapid.SampledFrom([]int{-1, v.size, 1 << 40}).Draw(v.T, "leaf"), make([]byte, 32))
	},
	"edit a checkpoint": func(v *vandal) {
		p := v.point()
		switch rapid.IntRange(0, 2).Draw(v.T, "how") {
		case 0:
			v.exec("UPDATE audit_checkpoint SET note = $2 WHERE size = $1", p.size, v.flip(p.note))
		case 1:
			v.exec("UPDATE audit_checkpoint SET at = at + $2 WHERE size = $1", p.size, rapid.Int64Range(1, 1<<50).Draw(v.T, "by"))
		case 2:
			v.exec("UPDATE audit_checkpoint SET size = $2 WHERE size = $1", p.size, p.size+1000)
		}
	},
	"delete a checkpoint": func(v *vandal) { v.exec("DELETE FROM audit_checkpoint WHERE size = $1", v.point().size) },
	"put a checkpoint in": func(v *vandal) {
		v.exec("INSERT INTO audit_checkpoint (size, at, note) VALUES ($1, $2, $3)", v.size+1, 1, v.point().note)
	},
	"edit the copy": func(v *vandal) { v.shelf = v.flip(v.shelf) },
	"cut the copy": func(v *vandal) {
		whole := strings.TrimRight(v.shelf, "\n")
		v.shelf = whole[:rapid.IntRange(0, len(whole)-1).Draw(v.T, "to")]
	},
	"take one out of the copy": func(v *vandal) { v.shelf = strings.Replace(v.shelf, "\n"+v.point().note, "", 1) },
	"reorder the copy": func(v *vandal) {
		points := v.points()
		i := rapid.IntRange(0, len(points)-2).Draw(v.T, "i")
		pair := "\n" + points[i].note + "\n" + points[i+1].note
		swapped := "\n" + points[i+1].note + "\n" + points[i].note
		v.shelf = strings.Replace(v.shelf, pair, swapped, 1)
	},
	"say that old events were purged": func(v *vandal) {
		// Our own sealer is fooled into taking the vandal's words in.
		p := v.point()
		e := Event{ID: "7fffffff-0000-7000-8000-000000000000", At: v.b.clock.Now(), Kind: purgeKind, Action: Delete, Outcome: Done, ObjectType: logObject, ObjectID: fmt.Sprint(p.size)}
		if err := insert(v.ctx, v.tx, &e); err != nil {
			v.Fatal(err)
		}
		t, err := v.b.lastTree(v.ctx, v.tx)
		if err != nil {
			v.Fatal(err)
		}
		leaf := t.size
		v.exec("UPDATE audit_event SET leaf = $2 WHERE id = $1", e.ID, leaf)
		v.exec(insertHash, leaf, join(t.add(e.hash())))
		c, err := v.b.o.Key.sign(t.size, t.root(), v.b.clock.Now())
		if err != nil {
			v.Fatal(err)
		}
		v.exec(insertCheckpoint, c.size, db.At(c.at), c.text)
		v.shelf += "\n" + c.text
		v.exec("DELETE FROM audit_event WHERE leaf < $1", p.size)
	},
}

var errTakeBack = errors.New("take it back")

// TestAnyDamageIsFound does a thousand different things to a log, each on the
// whole log, and sees each of them found and told in words.
func TestAnyDamageIsFound(t *testing.T) {
	const times = 1000
	if err := flag.Set("rapid.checks", fmt.Sprint(times)); err != nil {
		t.Fatal(err)
	}
	names := make([]string, 0, len(damages))
	for name := range damages {
		names = append(names, name)
	}
	slices.Sort(names)
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		b := newLog(t, d)
		size := 0
		for _, n := range []int{1, 3, 2, 7, 4, 1, 9} {
			b.write(t, n)
			b.seal(t)
			b.clock.Advance(10 * time.Minute)
			size += n
		}
		b.testing = t
		if r := b.verify(t); !r.OK() {
			t.Fatal(told(r))
		}
		found, done := 0, map[string]int{}
		rapid.Check(t, func(rt *rapid.T) {
			name := rapid.SampledFrom(names).Draw(rt, "damage")
			var r Report
			err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				v := &vandal{T: rt, ctx: ctx, tx: tx, b: b, shelf: b.shelf.text, size: size}
				damages[name](v)
				o := b.options()
				o.Places = []Place{&shelf{text: v.shelf}}
				var err error
				if r, err = check(ctx, tx, o); err != nil {
					return err
				}
				return errTakeBack
			})
			if !errors.Is(err, errTakeBack) {
				rt.Fatal(err)
			}
			if r.OK() {
				rt.Fatalf("%s was not found", name)
			}
			if words := told(r); strings.Contains(words, "audit.finding") || strings.ContainsAny(words, "{}") {
				rt.Fatalf("not said in words: %s", words)
			}
			found++
			done[name]++
		})
		t.Logf("%d of %d found, of %d kinds: %v", found, times, len(done), done)
		if r := b.verify(t); !r.OK() {
			t.Errorf("the log itself was damaged by the test: %s", told(r))
		}
	})
}

// TestWhatIsSaidIsRight looks at the words for the plainest damages.
func TestWhatIsSaidIsRight(t *testing.T) {
	for _, c := range []struct{ damage, want string }{
		{"UPDATE audit_event SET outcome = 'refused' WHERE leaf = 4", "Event 019c"},
		{"UPDATE audit_event SET outcome = 'refused' WHERE leaf = 4", "(place 4) was changed after it was recorded."},
		{"DELETE FROM audit_event WHERE leaf = 4", "An event was removed: place 4."},
		{"DELETE FROM audit_event WHERE leaf >= 4 AND leaf < 7", "3 events were removed: places 4 to 6."},
		{"UPDATE audit_hash SET hashes = (SELECT hashes FROM audit_hash WHERE leaf = 0) WHERE leaf = 4", "The hash of place 4 was changed."},
		{"DELETE FROM audit_checkpoint WHERE size = 5", "The seal over 5 events was removed. The copy still has it."},
		{"DELETE FROM audit_checkpoint WHERE size = 10", "The end of the log is gone. It ends after 5 events. the shelf has a seal over 10 events."},
		{"UPDATE audit_event SET at = at - 7200000000 WHERE leaf = 8", "does not fit the moment at which it was recorded."},
	} {
		t.Run(c.damage, func(t *testing.T) {
			dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
				b := newLog(t, d)
				for range 2 {
					b.write(t, 5)
					b.seal(t)
				}
				exec(t, d, c.damage)
				if words := told(b.verify(t)); !strings.Contains(words, c.want) {
					t.Errorf("it says:\n%s", words)
				}
			})
		})
	}
}
