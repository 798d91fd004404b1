package screenings

import (
	"context"
	"slices"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/id"
	"wijkbaak.nl/internal/base/limit"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

// Options are what the room is made of.
type Options struct {
	DB      *db.DB
	Clock   clock.Clock
	IDs     id.Source
	Audit   Audit
	Surveys Surveys
	People  People
	Places  Places
	Root    string // path of the place of the instance
	BaseURL string
	Key     []byte // of codes and links
	Rate    float64
}

// Service is what this room can do.
type Service struct {
	Options
	guesses *limit.Limit // wrong codes per network
	acts    *limit.Limit // with a code, per network
}

// New makes the service.
func New(o Options) *Service {
	return &Service{Options: o, guesses: limit.New(o.Clock, 10, time.Minute, 1), // guarding secrets is not lifted
		acts: limit.New(o.Clock, 60, 5*time.Second, o.Rate)}
}

func (s *Service) today() Day { return DayOf(s.Clock.Now()) }

// record writes a log line about an object of this room.
func (s *Service) record(ctx context.Context, tx *db.Tx, kind string, action audit.Action, object, id, organisation string) error {
	return s.Audit.Record(ctx, tx, audit.Event{Kind: kind, Action: action, ObjectType: object, ObjectID: id, Organisation: organisation})
}

func (s *Service) round(ctx context.Context, r db.Reader, id string) (Round, error) {
	return db.One(ctx, r, scanRound, selectRound, id)
}

// run gives a round to who runs it.
func (s *Service) run(ctx context.Context, r db.Reader, id string) (Round, error) {
	v, err := s.round(ctx, r, id)
	if err == nil && !MayRun(access.Of(ctx), v.Organisation) {
		err = fault.NotFound()
	}
	return v, err
}

const listMost = 200

// Public lists the rounds that go on, the newest first.
func (s *Service) Public(ctx context.Context) ([]Round, error) {
	list, err := db.All(ctx, s.DB, scanRound, listState, string(Open), last, listMost)
	today := s.today()
	return slices.DeleteFunc(list, func(r Round) bool { return today > r.Ends }), err
}

// Own lists the rounds that the actor runs or measures in, the newest first.
func (s *Service) Own(ctx context.Context) ([]Round, error) {
	a := access.Of(ctx)
	var all []Round
	add := func(query string, organisations []string) error {
		for _, o := range organisations {
			list, err := db.All(ctx, s.DB, scanRound, query, o, last, listMost)
			if err != nil {
				return err
			}
			for _, r := range list {
				if !slices.ContainsFunc(all, func(o Round) bool { return o.ID == r.ID }) {
					all = append(all, r)
				}
			}
		}
		return nil
	}
	if err := add(listRun, a.Organisations(access.Lead)); err != nil {
		return nil, err
	}
	err := add(listTreat, a.Organisations(access.Coach))
	slices.SortFunc(all, func(a, b Round) int { return strings.Compare(b.ID, a.ID) })
	return all, err
}

// View is a round for who runs it or measures in it.
type View struct {
	Round
	MayRun, MayTreat bool
	Batches          []Batch
	Slots            []Slot // from today
}

// Get gives a round to who runs it or measures in it.
func (s *Service) Get(ctx context.Context, id string) (View, error) {
	v := View{}
	var err error
	if v.Round, err = s.round(ctx, s.DB, id); err != nil {
		return v, err
	}
	a := access.Of(ctx)
	v.MayRun, v.MayTreat = MayRun(a, v.Organisation), MayTreat(a, v.Round)
	if !v.MayRun && !v.MayTreat {
		return v, fault.NotFound()
	}
	if v.Batches, err = db.All(ctx, s.DB, scanBatch, selectBatches, id, "", batchesMost); err != nil {
		return v, err
	}
	v.Slots, err = s.slots(ctx, s.DB, id, s.today().start(), far)
	return v, err
}

// far is behind every slot.
var far = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)

const roundSlotsMost = 5000

func (s *Service) slots(ctx context.Context, r db.Reader, round string, from, until time.Time) ([]Slot, error) {
	return db.All(ctx, r, scanSlot, selectSlots, round, db.At(from), db.At(until), roundSlotsMost)
}

// Terms are what an organisation decides about a round.
type Terms struct {
	Title, Survey, Ages, Screener string
	Starts, Ends                  Day
	Invitation, Contact           string
	Locations                     []string
	Measures                      []Measure
	KeepDays, RemindDays, Times   int
	Organisation                  string // of a new round
	Version                       int64
}

// Organisations gives those for which the actor may begin a round, and all.
func (s *Service) Organisations(ctx context.Context) (own, all []Link, err error) {
	all, err = s.People.Organisations(ctx, s.DB)
	a := access.Of(ctx)
	for _, o := range all {
		if MayRun(a, o.ID) {
			own = append(own, o)
		}
	}
	return own, all, err
}

// check fills a round with terms, or says what is wrong with them.
func (s *Service) check(ctx context.Context, r Round, t Terms) (Round, error) {
	var wrong fault.List
	surveys, err := s.Surveys.Choices(ctx)
	if err != nil {
		return r, err
	}
	_, all, err := s.Organisations(ctx)
	if err != nil {
		return r, err
	}
	named := func(list []Link, id string) (string, bool) {
		k := slices.IndexFunc(list, func(l Link) bool { return l.ID == id })
		if k < 0 {
			return "", false
		}
		return list[k].Name, true
	}
	if t.Title == "" {
		wrong.Add("titel", "screenings.wrong.title")
	}
	var ok bool
	r.Survey = t.Survey
	if name, known := named(surveys, t.Survey); known {
		r.SurveyTitle = name
	} else {
		wrong.Add("lijst", "screenings.wrong.survey")
	}
	if t.Screener == "" {
		t.Screener = r.Organisation
	}
	if r.ScreenedBy, ok = named(all, t.Screener); !ok {
		wrong.Add("meter", "screenings.wrong.screener")
	}
	switch {
	case t.Starts == "":
		wrong.Add("begin", "screenings.wrong.day")
	case t.Ends == "":
		wrong.Add("einde", "screenings.wrong.day")
	case t.Ends < t.Starts:
		wrong.Add("einde", "screenings.wrong.order")
	case t.Ends > t.Starts.Add(yearsMost*365):
		wrong.Add("einde", "screenings.wrong.long", "years", yearsMost)
	}
	if t.Invitation == "" {
		wrong.Add("uitnodiging", "screenings.wrong.invitation")
	}
	if len(t.Locations) == 0 {
		wrong.Add("plekken", "screenings.wrong.location")
	}
	if len(t.Measures) == 0 {
		wrong.Add("metingen", "screenings.wrong.nomeasure")
	}
	if t.KeepDays < keepLeast || t.KeepDays > keepMost {
		wrong.Add("bewaren", "screenings.wrong.keep", "least", keepLeast, "most", keepMost)
	}
	if t.Times < 0 || t.Times > 2 {
		wrong.Add("keer", "screenings.wrong.times")
	}
	if t.RemindDays < 3 || t.RemindDays > 90 {
		wrong.Add("herinneren", "screenings.wrong.remind")
	}
	r.Title, r.Starts, r.Ends, r.Ages, r.Screener, r.Invitation, r.Contact = t.Title, t.Starts, t.Ends, t.Ages, t.Screener, t.Invitation, t.Contact
	r.Locations, r.Measures, r.KeepDays, r.RemindDays, r.Times = t.Locations, t.Measures, t.KeepDays, t.RemindDays, t.Times
	return r, wrong.Err()
}

// Create makes a draft of a round.
func (s *Service) Create(ctx context.Context, t Terms) (string, error) {
	a, now := access.Of(ctx), s.Clock.Now()
	own, _, err := s.Organisations(ctx)
	if err != nil {
		return "", err
	}
	if t.Organisation == "" && len(own) == 1 {
		t.Organisation = own[0].ID
	}
	k := slices.IndexFunc(own, func(l Link) bool { return l.ID == t.Organisation })
	if k < 0 {
		return "", fault.Denied()
	}
	r := Round{ID: s.IDs(), Organisation: own[k].ID, OrganisedBy: own[k].Name, State: Draft, Version: 1, Person: a.Person, Created: now, Changed: now, Place: s.Root}
	for _, g := range a.Grants {
		if g.Role == access.Lead && g.Organisation == r.Organisation {
			r.Place = g.Place
		}
	}
	if r, err = s.check(ctx, r, t); err != nil {
		return "", err
	}
	if r.PlaceName, err = s.Places.Name(ctx, r.Place); err != nil {
		return "", err
	}
	return r.ID, s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := addRound(ctx, tx, r); err != nil {
			return err
		}
		return s.record(ctx, tx, "screening.round.create", audit.Create, "screening-round", r.ID, r.Organisation)
	})
}

// Save changes a round that has not ended. The questionnaire of a round that is open
// stays what it is: what people brought back belongs to it. So does who measures, and
// nothing is kept for longer: people agreed to that organisation and that time.
func (s *Service) Save(ctx context.Context, id string, t Terms) error {
	old, err := s.run(ctx, s.DB, id)
	if err != nil {
		return err
	}
	if old.State != Draft {
		t.Survey, t.Screener = old.Survey, old.Screener
		if t.KeepDays > old.KeepDays {
			return fault.Invalid(fault.Field{Name: "bewaren", Key: "screenings.wrong.longer", Args: []any{"most", old.KeepDays}})
		}
	}
	r, err := s.check(ctx, old, t)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		now, err := s.run(ctx, tx, id)
		if err != nil {
			return err
		}
		if now.State == Closed {
			return fault.Conflict("screenings.wrong.closed")
		}
		if now.State != old.State { // opened meanwhile: more is settled now
			return fault.Conflict("screenings.wrong.version")
		}
		r.Changed = s.Clock.Now()
		saved, err := saveRound(ctx, tx, r, t.Version)
		if err == nil && !saved {
			err = fault.Conflict("screenings.wrong.version")
		}
		if err != nil {
			return err
		}
		return s.record(ctx, tx, "screening.round.change", audit.Update, "screening-round", id, r.Organisation)
	})
}

// Turn opens a round, or closes it for good.
func (s *Service) Turn(ctx context.Context, id string, to State) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := s.run(ctx, tx, id)
		if err != nil {
			return err
		}
		if r.State == Closed || to == Draft || to == r.State {
			return fault.Conflict("screenings.wrong.state")
		}
		if _, err := tx.Exec(ctx, updateState, id, string(to), db.At(s.Clock.Now())); err != nil {
			return err
		}
		return s.record(ctx, tx, "screening.round."+string(to), audit.Update, "screening-round", id, r.Organisation)
	})
}

// Remove takes away a draft, of which nobody was invited.
func (s *Service) Remove(ctx context.Context, id string) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := s.run(ctx, tx, id)
		if err != nil {
			return err
		}
		if r.State != Draft || r.Numbers > 0 {
			return fault.Conflict("screenings.wrong.state")
		}
		if _, err := tx.Exec(ctx, deleteSlots, id); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, deleteRound, id); err != nil {
			return err
		}
		return s.record(ctx, tx, "screening.round.remove", audit.Delete, "screening-round", id, r.Organisation)
	})
}

// AddSlots adds the times of a series; those that are there stay. It tells how many
// were added.
func (s *Service) AddSlots(ctx context.Context, id string, v Series) (added int, err error) {
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		added = 0
		r, err := s.run(ctx, tx, id)
		if err != nil {
			return err
		}
		if r.State == Closed {
			return fault.Conflict("screenings.wrong.closed")
		}
		if !slices.Contains(r.Locations, v.Location) {
			return fault.Invalid(fault.Field{Name: "plek", Key: "screenings.wrong.location"})
		}
		list, err := v.Slots(r)
		if err != nil {
			return err
		}
		for _, slot := range list {
			slot.ID = s.IDs()
			ok, err := addSlot(ctx, tx, slot)
			if err != nil {
				return err
			}
			if ok {
				added++
			}
		}
		return s.record(ctx, tx, "screening.slots", audit.Update, "screening-round", id, r.Organisation)
	})
	return added, err
}

// DropSlot takes away a time that nobody chose.
func (s *Service) DropSlot(ctx context.Context, id, slot string) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := s.run(ctx, tx, id)
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, deleteSlot, slot, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.Conflict("screenings.wrong.taken")
		}
		return s.record(ctx, tx, "screening.slots", audit.Update, "screening-round", id, r.Organisation)
	})
}
