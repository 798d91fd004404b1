package audit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"golang.org/x/mod/sumdb/note"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
)

// VerifyOptions say against what the log is checked.
type VerifyOptions struct {
	Keys   []string // public keys, best from where the database is not
	Places []Place
	Clock  clock.Clock
}

// Finding is one thing that is wrong: a locale key and what to fill in.
type Finding struct {
	Key  string
	Args []any
}

// Text says it in words.
func (f Finding) Text(ctx context.Context) string { return i18n.T(ctx, f.Key, f.Args...) }

// Report is what Verify saw.
type Report struct {
	Events      int64 // leaves that a checkpoint covers
	Purged      int64 // of which the content was removed after its term
	Waiting     int   // not yet in the tree
	Checkpoints int
	Findings    []Finding
	More        int // findings beyond those listed
}

// OK tells whether nothing is wrong.
func (r Report) OK() bool { return len(r.Findings) == 0 }

const (
	findingsMost = 100
	// what may wait that long and no longer
	waitMost = time.Minute
	// how far the time of an event may lie outside its checkpoints
	timeSlack = time.Hour
)

// Verify checks the whole log against its checkpoints and their copies, at one
// moment, while the program runs.
func Verify(ctx context.Context, d *db.DB, o VerifyOptions) (Report, error) {
	// The copies are opened first: what they have, the database must have.
	w, err := newWalk(ctx, o)
	if err != nil {
		return Report{}, err
	}
	defer w.close()
	err = d.Read(ctx, func(ctx context.Context, r db.Reader) error { return w.run(ctx, r) })
	return w.Report, err
}

func newWalk(ctx context.Context, o VerifyOptions) (*walk, error) {
	keys, err := verifiers(o.Keys)
	if err != nil {
		return nil, err
	}
	if o.Clock == nil {
		o.Clock = clock.System
	}
	w := &walk{now: o.Clock.Now(), own: &ownReader{keys: keys}}
	for _, p := range o.Places {
		f, err := p.Open(ctx)
		if err != nil {
			w.close()
			return nil, fmt.Errorf("read %s: %w", p.Name(), err)
		}
		w.places = append(w.places, &placeReader{name: p.Name(), file: f, list: newCopies(f, keys)})
	}
	return w, nil
}

func (w *walk) close() {
	for _, p := range w.places {
		p.file.Close() //nolint:errcheck,gosec // it was only read
	}
}

func (w *walk) find(key string, args ...any) {
	if len(w.Findings) < findingsMost {
		w.Findings = append(w.Findings, Finding{"audit.finding." + key, args})
	} else {
		w.More++
	}
}

// ownReader reads the checkpoints of the database, by growing size.
type ownReader struct {
	keys []note.Verifier
	list *cursor[storedCheckpoint]
	head *checkpoint
	size int64 // of the last one passed
}

// fill looks up the next checkpoint that can be trusted.
func (o *ownReader) fill(w *walk) error {
	for o.head == nil {
		s, err := o.list.peek()
		if err != nil || s == nil {
			return err
		}
		o.list.skip()
		c, err := openCheckpoint(s.note, o.keys)
		_, unknown := errors.AsType[*note.UnverifiedNoteError](err)
		switch {
		case unknown:
			w.find("checkpoint.key", "size", s.size)
		case err != nil || c.size != s.size || !c.at.Equal(s.at.Time):
			w.find("checkpoint.changed", "size", s.size)
		default:
			o.head = &c
		}
	}
	return nil
}

// placeReader reads the checkpoints of a second place, by growing size.
type placeReader struct {
	name string
	file io.ReadCloser
	list *copies
	head *checkpoint
	size int64 // of the last one passed
	end  bool

	missing        int // checkpoints of the database that it lacks
	missFrom, miss int64
}

func (p *placeReader) fill(ctx context.Context, r db.Reader, w *walk) error {
	for p.head == nil && !p.end {
		c, err := p.list.next()
		switch {
		case errors.Is(err, io.EOF):
			p.end = true
		case errors.Is(err, errBadCopy):
			w.find("copy.changed", "place", p.name, "size", p.size)
		case err != nil:
			return fmt.Errorf("read %s: %w", p.name, err)
		case c.size <= p.size:
			// Nodes that share a place may each write the same one.
			s, err := db.One(ctx, r, scanCheckpoint, selectCheckpoints, c.size-1, 1)
			if err != nil && fault.KindOf(err) != fault.KindNotFound {
				return err
			}
			if s.note != c.text {
				w.find("copy.order", "place", p.name, "size", c.size)
			}
		default:
			p.head = &c
		}
	}
	return nil
}
