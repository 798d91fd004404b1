package audit

import (
	"context"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/db/dbtest"
	"wijkbaak.nl/internal/base/id"
)

func TestACopyThatFailedIsCaughtUpWith(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		b := newLog(t, d)
		b.write(t, 2)
		b.seal(t)
		b.write(t, 3)
		b.shelf.full = true // and half of the text is torn off
		if n, err := b.Seal(t.Context()); n != 3 || err == nil {
			t.Errorf("%d, %v", n, err)
		}
		b.clock.Advance(2 * waitMost)
		if r := b.verify(t); !strings.Contains(told(r), "the shelf lacks the seal over 5 events") {
			t.Errorf("it says: %s", told(r))
		}
		b.shelf.full = false
		b.write(t, 1)
		b.seal(t)
		if r := b.verify(t); !r.OK() || r.Events != 6 {
			t.Errorf("%+v\n%s\n%s", r, told(r), b.shelf.text)
		}
		before := b.shelf.text
		if _, err := b.node(t, d, b.o.Key).Seal(t.Context()); err != nil || b.shelf.text != before {
			t.Errorf("a new start copied again: %v", err)
		}
	})
}

// TestATornCopyIsBorneAtEachPlace tears the last checkpoint of the copy anywhere.
func TestATornCopyIsBorneAtEachPlace(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		b := newLog(t, d)
		b.write(t, 2)
		b.seal(t)
		whole := b.shelf.text
		b.write(t, 1)
		b.seal(t)
		full := b.shelf.text
		for cut := len(whole); cut <= len(full); cut++ {
			b.shelf.text = full[:cut]
			if _, err := b.node(t, d, b.o.Key).Seal(t.Context()); err != nil {
				t.Fatal(err)
			}
			if r := b.verify(t); !r.OK() {
				t.Fatalf("torn at %d: %s\n%q", cut, told(r), b.shelf.text)
			}
		}
	})
}

func TestFolder(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		b := newLog(t, d)
		dir := t.TempDir()
		l, err := New(Options{DB: d, Clock: b.clock, IDs: id.New(b.clock), Key: b.o.Key, Places: []Place{Folder(dir)}})
		if err != nil {
			t.Fatal(err)
		}
		b.Log = l
		for range 3 {
			b.write(t, 2)
			b.seal(t)
		}
		o := VerifyOptions{Keys: b.Keys(), Places: []Place{Folder(dir)}, Clock: b.clock}
		if r, err := Verify(t.Context(), d, o); err != nil || !r.OK() || r.Events != 6 {
			t.Errorf("%+v %s, %v", r, told(r), err)
		}
		file := filepath.Join(dir, PlaceFile)
		info, err := os.Stat(file)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info, err)
		}
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		b.clock.Advance(2 * waitMost)
		if r, err := Verify(t.Context(), d, o); err != nil || !strings.Contains(told(r), "lacks 3 seals, from 2 to 6 events") {
			t.Errorf("%s, %v", told(r), err)
		}
	})
}

// TestTwoLogsWithOneKey is what happens when an old backup is put back and the
// program seals on with an empty second place.
func TestTwoLogsWithOneKey(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		b := newLog(t, d)
		b.write(t, 2)
		b.seal(t)
		b.write(t, 2)
		b.seal(t)
		for _, s := range []string{"DELETE FROM audit_event WHERE leaf >= 2", "DELETE FROM audit_hash WHERE leaf >= 2", "DELETE FROM audit_checkpoint WHERE size > 2"} {
			exec(t, d, s)
		}
		b.write(t, 1)
		_, err := b.node(t, d, b.o.Key).Seal(t.Context())
		if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "the shelf has a checkpoint of 4 events, the log of 2") {
			t.Errorf("it sealed on: %v", err)
		}
		old := b.shelf.text
		b.shelf.text = ""
		b.write(t, 3)
		if _, err := b.node(t, d, b.o.Key).Seal(t.Context()); err != nil {
			t.Fatal(err)
		}
		if r := b.verify(t); !r.OK() {
			t.Errorf("the log with its new copy: %s", told(r))
		}
		b.shelf.text = old
		if r := b.verify(t); r.OK() {
			t.Error("nothing was found against the old copy")
		}
	})
}

func TestASignatureHasOneSpelling(t *testing.T) {
	k := newKey(t)
	tr := &tree{}
	tr.add((&Event{}).hash())
	c, err := k.sign(1, tr.root(), start)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := verifiers([]string{k.Public()})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := openCheckpoint(c.text, keys); err != nil || got != c {
		t.Fatalf("%+v, %v", got, err)
	}
	text := strings.TrimSuffix(c.text, "=\n")
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	last := strings.IndexByte(alphabet, text[len(text)-1])
	twin := text[:len(text)-1] + string(alphabet[last^1]) + "=\n"
	sig := strings.TrimSpace(twin[strings.LastIndex(twin, " "):])
	if _, err := base64.StdEncoding.DecodeString(sig); err != nil {
		t.Fatal(err)
	}
	if _, err := openCheckpoint(twin, keys); err == nil {
		t.Error("another spelling of the signature was taken")
	}
}

func FuzzOpenCheckpoint(f *testing.F) {
	k := newKey(f)
	c, err := k.sign(7, (&Event{}).hash(), start)
	if err != nil {
		f.Fatal(err)
	}
	keys, err := verifiers([]string{k.Public()})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(c.text)
	f.Add("\n" + c.text + "\n" + c.text)
	f.Fuzz(func(t *testing.T, text string) {
		if got, err := openCheckpoint(text, keys); err == nil && got != c {
			t.Errorf("%q is a checkpoint", text)
		}
		list := newCopies(strings.NewReader(text), keys)
		for range len(text) + 2 {
			got, err := list.next()
			if err == nil && got != c {
				t.Errorf("%q is in the copy %q", got.text, text)
			}
			if err != nil && err != errBadCopy {
				return
			}
		}
		t.Errorf("%q has no end", text)
	})
}

func TestPurge(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		b := newLog(t, d)
		b.write(t, 5)
		b.seal(t)
		b.write(t, 3)
		b.seal(t)
		b.clock.Advance(KeepAtLeast)
		b.write(t, 4)
		b.seal(t)
		now := b.clock.Now()
		if _, err := b.Purge(t.Context(), now.Add(-KeepAtLeast+time.Second)); err == nil {
			t.Error("it purged what is younger than five years")
		}
		n, err := b.Purge(t.Context(), now.Add(-KeepAtLeast))
		if err != nil || n != 8 {
			t.Errorf("%d purged, %v", n, err)
		}
		r := b.verify(t)
		if !r.OK() || r.Purged != 8 || r.Events != 13 {
			t.Errorf("%+v\n%s", r, told(r))
		}
		if n, err := b.Purge(t.Context(), now.Add(-KeepAtLeast)); err != nil || n != 0 {
			t.Errorf("the second time: %d, %v", n, err)
		}
		b.write(t, 2)
		b.seal(t)
		if r := b.verify(t); !r.OK() || r.Events != 15 {
			t.Errorf("afterwards: %+v\n%s", r, told(r))
		}
		exec(t, d, "DELETE FROM audit_event WHERE leaf = 9")
		if r := b.verify(t); !strings.Contains(told(r), "An event was removed: place 9.") {
			t.Errorf("it says %s", told(r))
		}
	})
}

func TestVerifyOfNothing(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		b := newLog(t, d)
		if r := b.verify(t); !r.OK() || r.Events != 0 {
			t.Errorf("%+v", r)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := Verify(ctx, d, b.options()); err == nil {
			t.Error("it verified with an ended context")
		}
	})
}
