package audit

import (
	"context"
	"math"
	"strconv"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
)

// walk goes along the leaves with two trees: kept is built from the kept hashes
// of the leaves, made from the events themselves. Where they differ, the next
// checkpoint tells which of the two was changed. It goes as far as the largest
// signed size, which nobody without the key can make up.
type walk struct {
	Report
	now    time.Time
	own    *ownReader
	places []*placeReader
	events *cursor[row]
	stored *cursor[storedHash]

	kept, made tree
	broken     bool // an event and its hash are both gone: roots are unknown from here on
	unfit      int  // checkpoints that do not fit
	suspects   []suspect
	gaps       []span
	purges     []purge
	good       int64     // size of the last checkpoint that fits
	since      time.Time // its time
	latest     suspect   // the event with the latest time since then
	latestAt   time.Time
}

// suspect is an event that does not have its kept hash.
type suspect struct {
	leaf int64
	id   string
}

// span is a row of leaves without event; to is the first one behind it.
type span struct{ from, to int64 }

// purge is an event that says up to which leaf content was removed.
type purge struct {
	size int64
	at   time.Time
}

func (w *walk) run(ctx context.Context, r db.Reader) error {
	w.events, w.stored, w.own.list = leaves(ctx, r), hashes(ctx, r), checkpoints(ctx, r, math.MinInt64)
	if err := w.extra(0); err != nil { // leaves below zero
		return err
	}
	for n := int64(0); ; n++ {
		more, err := w.compare(ctx, r, n)
		if err != nil {
			return err
		}
		if !more {
			break
		}
		if err := w.leaf(n); err != nil {
			return err
		}
	}
	w.Events = w.kept.size
	if err := w.extra(behindAll); err != nil {
		return err
	}
	return w.finish(ctx, r)
}

// compare holds the trees, now of n leaves, against the checkpoints of that
// size, and tells whether there are larger ones.
func (w *walk) compare(ctx context.Context, r db.Reader, n int64) (more bool, err error) {
	if err := w.own.fill(w); err != nil {
		return false, err
	}
	var here *checkpoint
	mine := w.own.head != nil && w.own.head.size == n
	if mine {
		here, w.own.head, w.own.size = w.own.head, nil, n
		w.Checkpoints++
		if err := w.own.fill(w); err != nil {
			return false, err
		}
	}
	more = w.own.head != nil
	removed := false
	for _, p := range w.places {
		if err := p.fill(ctx, r, w); err != nil {
			return false, err
		}
		theirs := p.head
		if theirs != nil && theirs.size == n {
			p.head, p.size = nil, n
			if err := p.fill(ctx, r, w); err != nil {
				return false, err
			}
			switch {
			case here == nil:
				here = theirs
				removed = !mine
			case here.root != theirs.root:
				w.find("fork", "size", n, "place", p.name)
			case here.text != theirs.text:
				w.find("copy.differs", "size", n, "place", p.name)
			}
		} else if mine && here.at.Before(w.now.Add(-waitMost)) {
			if p.missing++; p.missing == 1 {
				p.missFrom = n
			}
			p.miss = n
		}
		more = more || p.head != nil
	}
	if removed && w.own.head != nil { // else the end is gone, which finish tells
		w.find("checkpoint.removed", "size", n)
	}
	if here != nil {
		w.judge(here)
	}
	return more, nil
}

// judge tells what was changed since the last checkpoint, now that the root is known.
func (w *walk) judge(c *checkpoint) {
	if c.at.Before(w.since.Add(-timeSlack)) {
		w.find("checkpoint.time", "size", c.size)
	}
	if w.latestAt.After(c.at.Add(timeSlack)) {
		w.find("event.time", "leaf", w.latest.leaf, "id", w.latest.id)
	}
	w.since, w.latestAt = c.at, time.Time{}
	if w.broken {
		return
	}
	keptFits, madeFits := w.kept.root() == c.root, w.made.root() == c.root
	what := "event.unclear"
	switch {
	case keptFits:
		what = "event.changed"
		w.made.copyFrom(&w.kept)
	case madeFits:
		what = "hash.changed"
		w.kept.copyFrom(&w.made)
	}
	for _, s := range w.suspects {
		w.find(what, "leaf", s.leaf, "id", s.id)
	}
	w.suspects = nil
	if keptFits || madeFits {
		w.good = c.size
		return
	}
	if w.unfit++; w.unfit == 1 {
		w.find("unfit", "from", w.good, "to", c.size)
	}
}

// leaf adds leaf n to both trees.
func (w *walk) leaf(n int64) error {
	if err := w.extra(n); err != nil {
		return err
	}
	e, err := w.events.peek()
	if err != nil {
		return err
	}
	s, err := w.stored.peek()
	if err != nil {
		return err
	}
	var event *row
	if e != nil && e.leaf == n {
		copied := *e
		event = &copied
		w.events.skip()
		w.look(event)
	} else if last := len(w.gaps) - 1; last >= 0 && w.gaps[last].to == n {
		w.gaps[last].to++
	} else {
		w.gaps = append(w.gaps, span{n, n + 1})
	}
	var blob []byte
	if s != nil && s.leaf == n {
		blob = s.blob
		w.stored.skip()
		if len(blob) != kept(n)*tlog.HashSize {
			w.find("hash.changed", "leaf", n, "id", "")
			blob = nil
		}
	} else {
		w.find("hash.removed", "leaf", n)
	}
	w.add(n, event, blob)
	return nil
}

func (w *walk) add(n int64, event *row, blob []byte) {
	var keptHash, madeHash tlog.Hash
	switch {
	case event == nil && blob == nil:
		w.broken = true
	case event == nil:
		copy(keptHash[:], blob)
		madeHash = keptHash
	case blob == nil:
		keptHash = event.hash()
		madeHash = keptHash
	default:
		copy(keptHash[:], blob)
		madeHash = event.hash()
		if keptHash != madeHash {
			w.suspects = append(w.suspects, suspect{n, event.ID})
		}
	}
	above, made := w.kept.add(keptHash), w.made.add(madeHash)
	if w.broken || blob == nil {
		return
	}
	for i := 1; i < len(above); i++ {
		var h tlog.Hash
		copy(h[:], blob[i*tlog.HashSize:])
		if h != above[i] && h != made[i] {
			w.find("hash.changed", "leaf", n, "id", "")
		}
	}
}

// look reads what an event itself tells about the log.
func (w *walk) look(e *row) {
	if e.At.Before(w.since.Add(-timeSlack)) {
		w.find("event.time", "leaf", e.leaf, "id", e.ID)
	}
	if e.At.After(w.latestAt) {
		w.latest, w.latestAt = suspect{e.leaf, e.ID}, e.At
	}
	if e.Kind == purgeKind && e.ObjectType == logObject {
		if size, err := strconv.ParseInt(e.ObjectID, 10, 64); err == nil {
			w.purges = append(w.purges, purge{size, e.At})
		}
	}
}

const behindAll = math.MaxInt64

// extra passes over rows that stand before leaf n, where the walk has been, or
// over all that is left.
func (w *walk) extra(n int64) error {
	for {
		e, err := w.events.peek()
		if err != nil {
			return err
		}
		if e == nil || e.leaf >= n && n < behindAll {
			break
		}
		w.find("event.added", "leaf", e.leaf, "id", e.ID)
		w.events.skip()
	}
	for {
		s, err := w.stored.peek()
		if err != nil {
			return err
		}
		if s == nil || s.leaf >= n && n < behindAll {
			return nil
		}
		w.find("hash.added", "leaf", s.leaf)
		w.stored.skip()
	}
}

// finish judges what can only be judged at the end.
func (w *walk) finish(ctx context.Context, r db.Reader) error {
	if w.unfit > 1 {
		w.find("unfit.more", "n", w.unfit-1)
	}
	for _, p := range w.places {
		if p.size > w.own.size {
			w.find("truncated", "size", w.own.size, "more", p.size, "place", p.name)
		}
		if p.missing > 0 {
			w.find("copy.missing", "n", p.missing, "from", p.missFrom, "to", p.miss, "place", p.name)
		}
	}
	purged, err := w.purgedTo(ctx, r)
	if err != nil {
		return err
	}
	for _, g := range w.gaps {
		if g.from < purged {
			w.Purged += min(g.to, purged) - g.from
		}
		if from := max(g.from, purged); from < g.to {
			w.find("event.removed", "n", int(g.to-from), "from", from, "to", g.to-1)
		}
	}
	var oldest int64
	if err := r.QueryRow(ctx, countWaiting).Scan(&w.Waiting, &oldest); err != nil {
		return err
	}
	if w.Waiting > 0 && time.UnixMicro(oldest).Before(w.now.Add(-waitMost)) {
		w.find("waiting", "n", w.Waiting)
	}
	return nil
}

// purgedTo tells up to which leaf content may be gone: as far as an event of the
// log says so, and the checkpoint of that size was old enough then.
func (w *walk) purgedTo(ctx context.Context, r db.Reader) (int64, error) {
	var to int64
	for _, p := range w.purges {
		s, err := db.One(ctx, r, scanCheckpoint, selectCheckpoints, p.size-1, 1)
		if err != nil && fault.KindOf(err) != fault.KindNotFound {
			return 0, err
		}
		c, bad := openCheckpoint(s.note, w.own.keys)
		if err != nil || bad != nil || c.size != p.size || c.at.After(p.at.Add(-KeepAtLeast)) {
			w.find("purge", "size", p.size)
			continue
		}
		to = max(to, p.size)
	}
	return to, nil
}
