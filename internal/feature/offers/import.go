package offers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/protocol/hsds"
	"wijkbaak.nl/internal/trust/access"
)

// State is what an import does, or would do, with one service of a feed.
type State string

// The states.
const (
	IsNew    State = "new"
	IsOther  State = "changed"
	IsSame   State = "same"
	IsMerged State = "merged" // it was here already, by another feed or by hand
	IsGone   State = "gone"
	IsKept   State = "kept" // the feed says other, and we keep what people here wrote
	IsWrong  State = "refused"
	IsNote   State = "note" // it was taken in, but something was left out or repaired
)

// Counts is how many services are in each state.
type Counts map[State]int

// Line is one thing that a report tells.
type Line struct {
	State  State
	Name   string
	Where  string // file and line
	Reason string
	Fields []string // that become other
}

// Report tells what an import did, or would do. Lines are at most linesMost.
type Report struct {
	Counts
	Lines   []Line
	Resumed int // services that were taken in by an earlier try
}

const linesMost = 500

func (r *Report) tell(l Line) {
	r.Counts[l.State]++
	if l.State != IsSame && len(r.Lines) < linesMost {
		r.Lines = append(r.Lines, l)
	}
}

// Feed is what is imported.
type Feed struct {
	Name     string // of where it comes from: the same for the next delivery
	Files    []hsds.File
	Part     bool // not all of it: what is not there is not gone
	Progress func(services int)
}

// feedMost bounds the name of a feed.
const feedMost = 60

// importAtOnce is how many services share a transaction.
const importAtOnce = 200

// Import takes in a feed as HSDS, or with dry only tells what it would do. It can be
// stopped at any moment and run again with the same files: then it goes on where it
// was. It is for the operator's shell and an editor of this instance.
func (s *Service) Import(ctx context.Context, f Feed, dry bool) (Report, error) {
	a := access.Of(ctx)
	if !program(a) && !a.Can(access.Editor, s.o.Root) {
		return Report{}, fault.Denied()
	}
	if f.Name = short(f.Name, feedMost); f.Name == "" {
		return Report{}, fault.Invalid(fault.Field{Name: "bron", Key: "offers.wrong.empty"})
	}
	i := &importer{s: s, f: f, dry: dry, rep: Report{Counts: Counts{}}, seen: map[uint64]bool{}}
	return i.do(ctx)
}

// importer is one import.
type importer struct {
	s    *Service
	f    Feed
	dry  bool
	rep  Report
	run  run
	n    int             // services read
	seen map[uint64]bool // hashes of their ids: eight bytes a service
	pile []piece
	// loose tells that rows of tables were staged; their services are put together last.
	loose bool
	rows  int64
	stage []staged
}

// piece is a service to be taken in.
type piece struct {
	body     hsds.Object
	where    string
	dangling []string
	hash     string
}

type staged struct {
	part, key, body string
	n               int64
}

func (i *importer) do(ctx context.Context) (Report, error) {
	if err := i.begin(ctx); err != nil {
		return i.rep, err
	}
	err := hsds.Read(i.f.Files, func(r hsds.Record) error { return i.take(ctx, r) })
	broken := error(nil)
	if err != nil { // a file that is damaged halfway: what came before is right
		if i.n+int(i.rows) == 0 || errors.Is(err, context.Canceled) || fault.KindOf(err) != fault.KindInternal {
			return i.rep, errors.Join(err, i.clear(ctx))
		}
		broken = err
		i.rep.tell(Line{State: IsWrong, Reason: err.Error()})
	}
	if i.loose {
		if err := i.assemble(ctx); err != nil {
			return i.rep, err
		}
	}
	if err := i.flush(ctx); err != nil {
		return i.rep, err
	}
	if broken == nil && !i.f.Part {
		if err := i.gone(ctx); err != nil {
			return i.rep, err
		}
	}
	return i.rep, errors.Join(i.clear(ctx), i.end(ctx))
}

// begin finds an import of the same files that was stopped halfway.
func (i *importer) begin(ctx context.Context) error {
	i.run.id = i.s.o.IDs()
	if i.dry {
		return nil
	}
	sum := sha256.New()
	for _, f := range i.f.Files {
		if err := digest(sum, f); err != nil {
			return err
		}
	}
	i.run.digest = hex.EncodeToString(sum.Sum(nil))
	var names []string
	for _, f := range i.f.Files {
		names = append(names, f.Name)
	}
	return i.s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		old, err := db.One(ctx, tx, scanRun, selectRun, i.f.Name, i.run.digest)
		if err == nil {
			i.run = old
			if old.counts != nil {
				i.rep.Counts = old.counts
			}
			i.rep.Resumed = old.position
			return nil
		}
		if fault.KindOf(err) != fault.KindNotFound {
			return err
		}
		_, err = tx.Exec(ctx, insertRun, i.run.id, i.f.Name, strings.Join(names, ", "), i.run.digest, db.At(i.s.clock.Now()))
		return err
	})
}

// dayText reads a day as HSDS has it.
func dayText(s string) (time.Time, bool) {
	t, err := time.Parse(time.DateOnly, s)
	return t, err == nil
}

func digest(sum hash.Hash, f hsds.File) error {
	_, err := io.Copy(sum, io.NewSectionReader(f.Data, 0, f.Size))
	return err
}

func (i *importer) end(ctx context.Context) error {
	if i.dry {
		return nil
	}
	return i.s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, endRun, i.run.id, db.JSON[Counts]{V: i.rep.Counts}, db.At(i.s.clock.Now()))
		return err
	})
}

func (i *importer) clear(ctx context.Context) error {
	if !i.loose {
		return nil
	}
	return i.s.db.Write(context.WithoutCancel(ctx), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, clearStage, i.run.id)
		return err
	})
}

// add checks a service and puts it on the pile.
func (i *importer) add(ctx context.Context, p piece) error {
	i.n++
	name := p.body.Text("name")
	faults, notes := hsds.Check(i.f.Name, p.body)
	if i.n <= i.run.position { // taken in before
		i.seen[idHash(p.body.Text("id"))] = true
		return nil
	}
	if len(faults) > 0 {
		var reasons []string
		for _, f := range faults {
			reasons = append(reasons, f.Error())
		}
		i.rep.tell(Line{State: IsWrong, Name: name, Where: p.where, Reason: strings.Join(reasons, "; ")})
		// What is refused now is not gone.
		if id := p.body.Text("id"); id != "" {
			i.seen[idHash(id)] = true
		}
		return i.room(ctx)
	}
	for _, n := range notes {
		i.rep.tell(Line{State: IsNote, Name: name, Where: p.where, Reason: n.Error()})
	}
	for _, d := range p.dangling {
		i.rep.tell(Line{State: IsNote, Name: name, Where: p.where, Reason: d + " is not in this feed; it was left out"})
	}
	id := idHash(p.body.Text("id"))
	if i.seen[id] {
		i.rep.tell(Line{State: IsWrong, Name: name, Where: p.where, Reason: "its id stands in the feed twice"})
		return i.room(ctx)
	}
	i.seen[id] = true
	body, err := json.Marshal(p.body)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	p.hash = hex.EncodeToString(sum[:16])
	i.pile = append(i.pile, p)
	return i.room(ctx)
}

// room writes the pile when it is high.
func (i *importer) room(ctx context.Context) error {
	if len(i.pile) < importAtOnce {
		return nil
	}
	return i.flush(ctx)
}

// idHash is eight bytes of an id, to know which of a feed were seen.
func idHash(id string) uint64 {
	sum := sha256.Sum256([]byte(id))
	var n uint64
	for _, b := range sum[:8] {
		n = n<<8 | uint64(b)
	}
	return n
}

// flush takes in the pile, all of it or nothing, with how far the import is.
func (i *importer) flush(ctx context.Context) error {
	pile := i.pile
	i.pile = nil
	if i.n == i.run.position && len(pile) == 0 {
		return nil
	}
	var lines []Line
	work := func(ctx context.Context, r db.Reader, tx *db.Tx) error {
		lines = nil // a transaction may run more than once
		for _, p := range pile {
			l, err := i.one(ctx, r, tx, p)
			if err != nil {
				return fmt.Errorf("%s: %w", p.where, err)
			}
			lines = append(lines, l...)
		}
		return nil
	}
	var err error
	if i.dry {
		err = i.s.db.Read(ctx, func(ctx context.Context, r db.Reader) error { return work(ctx, r, nil) })
	} else {
		err = i.s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			if err := work(ctx, tx, tx); err != nil {
				return err
			}
			counts := Counts{}
			for s, n := range i.rep.Counts {
				counts[s] = n
			}
			for _, l := range lines {
				counts[l.State]++
			}
			_, err := tx.Exec(ctx, moveRun, i.run.id, i.n, db.JSON[Counts]{V: counts})
			return err
		})
	}
	if err != nil {
		return err
	}
	for _, l := range lines {
		i.rep.tell(l)
	}
	if i.f.Progress != nil {
		i.f.Progress(i.n)
	}
	return nil
}
