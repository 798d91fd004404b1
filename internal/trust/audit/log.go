package audit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/id"
	"wijkbaak.nl/internal/trust/access"
)

// Options are what the log needs from the program.
type Options struct {
	DB    *db.DB
	Clock clock.Clock
	IDs   id.Source
	Log   *slog.Logger
	// Source names the instance, Node the process.
	Source, Node string
	Key          Key
	// Trusted are public keys that signed before Key did.
	Trusted []string
	// Places are where checkpoints are copied to.
	Places []Place
	// Staff lists who has a role in the places of the operator of ctx: whose acts
	// that operator reads. Nil is nobody. An operator of / reads all.
	Staff func(ctx context.Context, r db.Reader) ([]string, error)
}

// Log records events and seals them. Make it with New.
type Log struct {
	o    Options
	keys []note.Verifier

	mu     sync.Mutex // one Seal at a time
	copied []int64    // per place, the size of the last copy; -1 when it has to be looked up

	broken atomic.Bool // the last sealing of Run failed
}

// New makes the log.
func New(o Options) (*Log, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if !codeLike.MatchString(o.Source+o.Node) || len(o.Source) > fieldMost || len(o.Node) > fieldMost {
		return nil, fmt.Errorf("the log cannot write the name of the instance (%s) or of the node (%s)", o.Source, o.Node)
	}
	l := &Log{o: o, copied: slices.Repeat([]int64{-1}, len(o.Places))}
	var err error
	l.keys, err = verifiers(l.Keys())
	return l, err
}

// Keys lists the public keys of the log, the one that signs now first.
func (l *Log) Keys() []string { return append([]string{l.o.Key.Public()}, l.o.Trusted...) }

// Record writes an event in the transaction of the act. It fails for what is
// neither an id nor a code, and for an event that does not say what was done.
func (l *Log) Record(ctx context.Context, tx *db.Tx, e Event) error {
	a := access.Of(ctx)
	e.ID, e.At = l.o.IDs(), l.o.Clock.Now().UTC().Truncate(time.Microsecond)
	e.Source, e.Node = l.o.Source, l.o.Node
	if e.Outcome == "" {
		e.Outcome = Done
	}
	if e.Person == "" {
		e.Person = a.Person
		if e.Role == "" {
			e.Role = roles(a)
		}
	}
	if e.Organisation == "" {
		e.Organisation = a.Organisation
	}
	if e.Channel == "" {
		e.Channel = string(a.Channel)
	}
	if err := e.check(); err != nil {
		return err
	}
	return insert(ctx, tx, &e)
}

// roles tells in which roles somebody may have acted, where the act does not say.
func roles(a access.Actor) string {
	var list []string
	for _, g := range a.Grants {
		if a.SecondFactor && !slices.Contains(list, string(g.Role)) {
			list = append(list, string(g.Role))
		}
	}
	if len(list) == 0 && a.SignedIn() {
		return "resident"
	}
	return strings.Join(list, ",")
}

const (
	sealEvery = time.Second
	// sealAtOnce bounds how long a sealing transaction keeps other writes waiting.
	sealAtOnce = 256
	sealTries  = 5
)

// Run seals each second until ctx ends, and once more then. That the last one
// fails is told and no reason to end badly: what waits is sealed at the next start.
func (l *Log) Run(ctx context.Context) error {
	tick := time.NewTicker(sealEvery)
	defer tick.Stop()
	var told string
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
			defer cancel()
			if _, err := l.Seal(last); err != nil {
				l.o.Log.Error("sealing the audit log failed at the end", "error", err)
			}
			return nil
		case <-tick.C:
			_, err := l.Seal(ctx)
			l.broken.Store(err != nil && ctx.Err() == nil)
			switch {
			case err == nil:
				told = ""
			case ctx.Err() == nil && err.Error() != told: // once, not each second
				told = err.Error()
				l.o.Log.Error("sealing the audit log failed", "error", err)
			}
		}
	}
}

// Errors of Seal that need an operator.
var (
	ErrDamaged = errors.New("the audit log does not fit its last checkpoint; nothing is sealed until it is verified")
	ErrKey     = errors.New("the last checkpoint of the audit log was signed with another key; give this node the same key, or trust the earlier one")
	errRace    = errors.New("another node seals")
)

// Seal gives all waiting events their place in the tree, signs checkpoints and
// copies them. It tells how many events it sealed.
func (l *Log) Seal(ctx context.Context) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, p := range l.o.Places {
		if l.copied[i] < 0 {
			// A place that cannot be reached does not stop the sealing; copyAll tells.
			if size, err := l.lastCopy(ctx, p); err == nil {
				l.copied[i] = size
			}
		}
	}
	total, tries := 0, 0
	for {
		n, err := l.sealSome(ctx)
		total += n
		switch {
		case errors.Is(err, errRace) && tries < sealTries:
			tries++
			continue
		case errors.Is(err, errRace):
			return total, nil // the other one does the work
		case err != nil:
			return total, err
		}
		if n < sealAtOnce {
			break
		}
	}
	return total, l.copyAll(ctx)
}

func (l *Log) sealSome(ctx context.Context) (int, error) {
	// Looked up outside the transaction, so that on PostgreSQL the people who
	// write events do not lose races against the sealing.
	waiting, err := db.All(ctx, l.o.DB, scanEvent, selectWaiting, sealAtOnce)
	if err != nil || len(waiting) == 0 {
		return 0, err
	}
	err = l.o.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		t, err := l.lastTree(ctx, tx)
		if err != nil {
			return err
		}
		for i := range waiting {
			e := &waiting[i]
			leaf := t.size
			n, err := tx.Exec(ctx, setLeaf, e.ID, leaf)
			if err != nil {
				return err
			}
			if n != 1 {
				return errRace
			}
			if _, err := tx.Exec(ctx, insertHash, leaf, join(t.add(e.hash()))); err != nil {
				return err
			}
		}
		c, err := l.o.Key.sign(t.size, t.root(), l.o.Clock.Now())
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, insertCheckpoint, c.size, db.At(c.at), c.text)
		return err
	})
	if err != nil {
		return 0, err
	}
	return len(waiting), nil
}

// lastTree reads the tree as it is kept, and makes sure that it is the one that
// was signed: what was damaged is not signed anew.
func (l *Log) lastTree(ctx context.Context, r db.Reader) (*tree, error) {
	last, err := db.One(ctx, r, scanCheckpoint, lastCheckpoint)
	if fault.KindOf(err) == fault.KindNotFound {
		last, err = storedCheckpoint{}, nil
	}
	if err != nil {
		return nil, err
	}
	var root tlog.Hash
	if last.size > 0 {
		c, err := openCheckpoint(last.note, l.keys)
		var unknown *note.UnverifiedNoteError
		switch {
		case errors.As(err, &unknown):
			return nil, ErrKey
		case err != nil || c.size != last.size:
			return nil, ErrDamaged
		}
		root = c.root
	}
	for i := range l.o.Places {
		if l.copied[i] > last.size {
			return nil, fmt.Errorf("%w: %s has a checkpoint of %d events, the log of %d", ErrDamaged, l.o.Places[i].Name(), l.copied[i], last.size)
		}
	}
	t, err := loadTree(ctx, r, last.size)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if t.size > 0 && t.root() != root {
		return nil, ErrDamaged
	}
	return t, nil
}

func join(list []tlog.Hash) []byte {
	b := make([]byte, 0, len(list)*tlog.HashSize)
	for _, h := range list {
		b = append(b, h[:]...)
	}
	return b
}

// copyAll brings each second place up to date. What failed is done next time.
func (l *Log) copyAll(ctx context.Context) error {
	var errs []error
	for i, p := range l.o.Places {
		if err := l.copyTo(ctx, i, p); err != nil {
			l.copied[i] = -1
			errs = append(errs, fmt.Errorf("copy checkpoints to %s: %w", p.Name(), err))
		}
	}
	return errors.Join(errs...)
}

func (l *Log) copyTo(ctx context.Context, i int, p Place) error {
	if l.copied[i] < 0 {
		size, err := l.lastCopy(ctx, p)
		if err != nil {
			return err
		}
		l.copied[i] = size
	}
	for list := checkpoints(ctx, l.o.DB, l.copied[i]); ; {
		c, err := list.peek()
		if err != nil || c == nil {
			return err
		}
		var b strings.Builder
		last := l.copied[i]
		for range list.rows {
			c, _ := list.peek() // there is one
			if _, err := openCheckpoint(c.note, l.keys); err != nil {
				return fmt.Errorf("checkpoint of %d events: %w", c.size, err)
			}
			b.WriteString("\n" + c.note)
			last = c.size
			list.skip()
		}
		if err := p.Append(ctx, b.String()); err != nil {
			return err
		}
		l.copied[i] = last
	}
}

// lastCopy looks up how far a second place is.
func (l *Log) lastCopy(ctx context.Context, p Place) (size int64, err error) {
	f, err := p.Open(ctx)
	if err != nil {
		return 0, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	for list := newCopies(f, l.keys); ; {
		c, err := list.next()
		switch {
		case errors.Is(err, io.EOF):
			return size, nil
		case errors.Is(err, errBadCopy): // Verify tells
		case err != nil:
			return 0, err
		default:
			size = max(size, c.size)
		}
	}
}

// State is how the sealing goes, for the health page.
type State struct {
	Waiting int
	Oldest  time.Time // of the waiting events
	Size    int64     // events in the tree
	Sealed  time.Time // the last checkpoint
	Broken  bool      // sealing, or copying to a second place, fails on this node
}

// State tells how the sealing goes.
func (l *Log) State(ctx context.Context) (State, error) {
	s := State{Broken: l.broken.Load()}
	err := l.o.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		var oldest int64
		if err := r.QueryRow(ctx, countWaiting).Scan(&s.Waiting, &oldest); err != nil {
			return err
		}
		if s.Waiting > 0 {
			s.Oldest = time.UnixMicro(oldest).UTC()
		}
		last, err := db.One(ctx, r, scanCheckpoint, lastCheckpoint)
		if fault.KindOf(err) == fault.KindNotFound {
			return nil
		}
		s.Size, s.Sealed = last.size, last.at.Time
		return err
	})
	return s, err
}

// KeepAtLeast is the shortest time that events are kept.
const KeepAtLeast = 5 * 365 * 24 * time.Hour

// purgeKind is the event that tells up to which leaf content may be gone.
const (
	purgeKind   = "audit.purge"
	logObject   = "audit.log"
	purgeAtOnce = 2000
)

// Purge removes events of before a time and keeps their hashes, so that the rest
// can be verified. It goes as far as the last checkpoint of before that time, and
// says so in an event. It refuses to remove what is not KeepAtLeast old.
func (l *Log) Purge(ctx context.Context, before time.Time) (int, error) {
	if now := l.o.Clock.Now(); before.After(now.Add(-KeepAtLeast)) {
		return 0, fmt.Errorf("events are kept for at least five years, until %s they stay", before.Add(KeepAtLeast).Format(time.DateOnly))
	}
	last, err := db.One(ctx, l.o.DB, scanCheckpoint, checkpointBefore, db.At(before))
	if fault.KindOf(err) == fault.KindNotFound {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	first, err := db.One(ctx, l.o.DB, db.Value[int64], firstLeaf)
	if fault.KindOf(err) == fault.KindNotFound || err == nil && first >= last.size {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	// First it is said, and sealed; only then done.
	err = l.o.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return l.Record(ctx, tx, Event{Kind: purgeKind, Action: Delete, ObjectType: logObject, ObjectID: fmt.Sprint(last.size), LifeCycle: "destroyed"})
	})
	if err != nil {
		return 0, err
	}
	if _, err := l.Seal(ctx); err != nil {
		return 0, err
	}
	total := 0
	for from := first; from < last.size; from += purgeAtOnce {
		to := min(from+purgeAtOnce, last.size)
		var n int64
		err := l.o.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			n, err = tx.Exec(ctx, deleteLeaves, from, to)
			return err
		})
		if total += int(min(n, math.MaxInt32)); err != nil {
			return total, err
		}
	}
	return total, nil
}
