package pilots

import (
	"context"
	"slices"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/id"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

// Options are what the room is built from.
type Options struct {
	DB          *db.DB
	Clock       clock.Clock
	IDs         id.Source
	Audit       *audit.Log
	Initiatives Initiatives
	Evidence    Evidence
	People      People
	Places      Places
	Sources     []Source // what the program measures itself
	Root        string   // path of the place of this instance
	BaseURL     string   // for links in mails
}

// Service holds the use cases of the room.
type Service struct{ Options }

// New makes the service.
func New(o Options) *Service { return &Service{o} }

// Path is the address of a pilot.
func Path(pilot string) string { return "/pilots/" + pilot }

// Filter chooses pilots of the list.
type Filter struct {
	Initiative string // slug
	Place      string // code of a municipality
	State      string // loopt, klaar or nu (a decision is due); empty is all
	Before     string // id of the last one of the page before
	Limit      int
}

// States are what a list can be narrowed to.
var States = []string{"loopt", "klaar", "nu"}

// eventPrefix begins the kind of what the log is told.
const eventPrefix = "pilots."

const limitMost = 100

// List gives one page of the pilots that everybody may see, the newest first, and
// whether there is more.
func (s *Service) List(ctx context.Context, f Filter) ([]Pilot, bool, error) {
	list, _, more, err := s.list(ctx, f)
	return list, more, err
}

// list is List with the links of the initiatives that the actor may see.
func (s *Service) list(ctx context.Context, f Filter) (list []Pilot, links map[string]Link, more bool, err error) {
	if f.Limit <= 0 || f.Limit > limitMost {
		f.Limit = 20
	}
	four, ok := lists[f.State]
	if !ok {
		four = lists[""]
	}
	if f.Initiative != "" {
		links, err := s.shown(ctx, s.DB, []string{f.Initiative})
		if _, ok := links[f.Initiative]; err != nil || !ok {
			return nil, nil, false, err
		}
	}
	before := f.Before
	if !idForm.MatchString(before) {
		before = last
	}
	args, k := []any{before, f.Limit + 1}, 0
	if f.Initiative != "" {
		args, k = append(args, f.Initiative), k+1
	}
	if f.Place != "" {
		args, k = append(args, f.Place), k+2
	}
	if list, err = db.All(ctx, s.DB, scanPilot, four[k], args...); err != nil {
		return nil, nil, false, err
	}
	more = len(list) > f.Limit
	list = list[:min(len(list), f.Limit)]
	links, err = s.hide(ctx, s.DB, list)
	return list, links, more, err
}

// linksAtOnce is how many initiatives are asked for at a time.
const linksAtOnce = 50

// shown gives the links of initiatives that the actor may see, by the slug asked.
func (s *Service) shown(ctx context.Context, r db.Reader, slugs []string) (map[string]Link, error) {
	slices.Sort(slugs)
	slugs = slices.Compact(slugs)
	seen := map[string]Link{}
	for part := range slices.Chunk(slugs, linksAtOnce) {
		links, err := s.Initiatives.Links(ctx, r, part)
		if err != nil {
			return nil, err
		}
		for _, l := range links {
			seen[l.ID] = l
		}
	}
	for _, slug := range slugs { // one that became part of another is shown under its name
		if _, ok := seen[slug]; ok {
			continue
		}
		links, err := s.Initiatives.Links(ctx, r, []string{slug})
		if err != nil {
			return nil, err
		}
		if len(links) > 0 {
			seen[slug] = links[0]
		}
	}
	return seen, nil
}

// hide takes the initiatives that the actor may not see off pilots that all may
// see, not even the address of a draft is there, and gives the links of the others.
func (s *Service) hide(ctx context.Context, r db.Reader, list []Pilot) (map[string]Link, error) {
	var slugs []string
	for _, p := range list {
		slugs = append(slugs, p.Initiative)
	}
	seen, err := s.shown(ctx, r, slugs)
	for k := range list {
		if _, ok := seen[list[k].Initiative]; !ok {
			list[k].Initiative = ""
		}
	}
	return seen, err
}

// Latest gives the newest pilots that everybody may see. It counts nothing.
func (s *Service) Latest(ctx context.Context, r db.Reader, n int) ([]Pilot, error) {
	list, err := db.All(ctx, r, scanPilot, selectPublic, last, min(max(n, 1), limitMost))
	if err == nil {
		_, err = s.hide(ctx, r, list)
	}
	return list, err
}

// Drafts gives the drafts of the organisations that the actor works for.
func (s *Service) Drafts(ctx context.Context) ([]Pilot, error) {
	actor := access.Of(ctx)
	var all []Pilot
	seen := map[string]bool{}
	for _, g := range actor.Grants {
		if seen[g.Organisation] || !Member(actor, g.Organisation) {
			continue
		}
		seen[g.Organisation] = true
		list, err := db.All(ctx, s.DB, scanPilot, selectDrafts, g.Organisation)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	return all, nil
}

// Series is an indicator with what was measured.
type Series struct {
	Indicator
	Run    Run
	Months []Month // before the points of Run, the newest first
	Old    []Old   // what was corrected
	Hidden int     // points that are about too few people to show
	Low    *float64
	High   *float64
	Result Result
}

// View is a pilot as one reader may see it.
type View struct {
	Pilot
	Case      Link
	Series    []Series
	Rules     []Judged
	Costs     []Cost
	Risks     []Risk
	Notes     []Note
	Decisions []Decision
	Changes   []Change // for who may edit
	Names     map[string]string
	Named     bool // the reader may know who leads and who decided
	MayEdit   bool
}

// Get gives a pilot to whoever may see it; what may not be seen is not found.
func (s *Service) Get(ctx context.Context, id string) (v View, err error) {
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		v, err = s.view(ctx, r, id)
		return err
	})
	return v, err
}

// pointsMost is how many points of an indicator a page shows: over a year of
// weeks. Older ones stand in the table by month. With 200 a page of five indicators
// took three times as long, and nobody can tell the points apart.
const pointsMost = 60

func (s *Service) view(ctx context.Context, r db.Reader, id string) (View, error) {
	p, err := s.see(ctx, r, id)
	if err != nil {
		return View{}, err
	}
	actor := access.Of(ctx)
	v := View{Pilot: p, MayEdit: MayEdit(actor, p, s.Root)}
	inside := v.MayEdit || Member(actor, p.Lead)
	indicators, err := db.All(ctx, r, scanIndicator, selectIndicators, id)
	if err != nil {
		return v, err
	}
	old, err := db.All(ctx, r, scanOld, selectOld, id)
	if err != nil {
		return v, err
	}
	for _, i := range indicators {
		series, err := s.series(ctx, r, p, i, inside)
		if err != nil {
			return v, err
		}
		for _, o := range old {
			if o.Indicator == i.ID && (inside || !o.few(i.Kind)) {
				series.Old = append(series.Old, o)
			}
		}
		v.Series = append(v.Series, series)
	}
	if err := s.parts(ctx, r, &v, indicators); err != nil {
		return v, err
	}
	links, err := s.Initiatives.Links(ctx, r, []string{p.Initiative})
	if err != nil {
		return v, err
	}
	if len(links) > 0 {
		v.Case = links[0]
	} else if !v.MayEdit { // what may not be seen is not there
		v.Initiative = ""
	}
	if v.Named, err = s.mayName(ctx, r, p); err != nil || !v.Named {
		v.LeadPerson = ""
		return v, err
	}
	persons := []string{p.LeadPerson}
	for _, d := range v.Decisions {
		persons = append(persons, d.People...)
	}
	for _, c := range v.Changes {
		persons = append(persons, c.Person)
	}
	slices.Sort(persons)
	persons = slices.DeleteFunc(slices.Compact(persons), func(p string) bool { return p == "" })
	if len(persons) > 0 {
		v.Names, err = s.People.Names(ctx, r, persons)
	}
	return v, err
}

// see reads a pilot that the actor may see.
func (s *Service) see(ctx context.Context, r db.Reader, id string) (Pilot, error) {
	p, err := db.One(ctx, r, scanPilot, selectPilot, id)
	if err == nil && !MaySee(access.Of(ctx), p, s.Root) {
		return Pilot{}, fault.NotFound()
	}
	return p, err
}

// endOfTime is a day after all others.
var endOfTime = db.At(time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC))

func (s *Service) series(ctx context.Context, r db.Reader, p Pilot, i Indicator, inside bool) (Series, error) {
	list, err := db.All(ctx, r, scanMeasurement, selectMeasurements, i.ID, endOfTime, pointsMost+1)
	if err != nil {
		return Series{}, err
	}
	out := Series{Indicator: i, Result: Unsure}
	if len(list) > pointsMost {
		list = list[:pointsMost]
		from, _ := monthOf(list[pointsMost-1].Day)
		if out.Months, err = db.All(ctx, r, scanMonth, selectMonths, i.ID, db.At(from)); err != nil {
			return out, err
		}
		if !inside {
			if err := hideMonths(ctx, r, &out, from); err != nil {
				return out, err
			}
		}
	}
	slices.Reverse(list)
	if !inside {
		out.Hidden = len(list)
		list = slices.DeleteFunc(list, func(m Measurement) bool { return m.few(i.Kind) })
		out.Hidden -= len(list)
		if i.Last.few(i.Kind) {
			out.Last = Measurement{}
		}
	}
	out.Run = Chart(list, i.Better)
	if len(list) > 0 {
		newest := list[len(list)-1]
		if !newest.Day.Before(p.Starts) {
			out.Low, out.High = Interval(i.Kind, newest)
			out.Result = result(i, newest, out.Run, out.Low, out.High)
		}
	}
	return out, nil
}

// hideMonths leaves out the months with a day that is about too few people: the
// least and the most of a month would tell the value of that day.
func hideMonths(ctx context.Context, r db.Reader, out *Series, before time.Time) error {
	if !(Measurement{N: 1}).few(out.Kind) || len(out.Months) == 0 {
		return nil
	}
	days, err := db.All(ctx, r, db.Value[db.Time], selectFew, out.ID, db.At(before), fewest, fewDaysMost)
	if err != nil {
		return err
	}
	hidden := map[time.Time]bool{}
	for _, d := range days {
		from, _ := monthOf(d.Time)
		hidden[from] = true
	}
	out.Months = slices.DeleteFunc(out.Months, func(m Month) bool {
		// With so many days unread, what came before them is not known to be safe.
		return hidden[m.Month] || len(days) == fewDaysMost && m.Month.Before(days[fewDaysMost-1].Time)
	})
	return nil
}

// fewDaysMost is how many days with too few people are read for one indicator.
const fewDaysMost = 2000

// parts reads what stands beside the figures.
func (s *Service) parts(ctx context.Context, r db.Reader, v *View, indicators []Indicator) error {
	rules, err := db.All(ctx, r, scanRule, selectRules, v.ID)
	if err != nil {
		return err
	}
	seen := slices.Clone(indicators)
	for k := range seen { // what may not be shown is not judged aloud either
		seen[k].Last = v.Series[k].Last
	}
	v.Rules = v.Judge(rules, seen, s.Clock.Now())
	if v.Costs, err = db.All(ctx, r, scanCost, selectCosts, v.ID); err != nil {
		return err
	}
	if v.Risks, err = db.All(ctx, r, scanRisk, selectRisks, v.ID); err != nil {
		return err
	}
	if v.Notes, err = db.All(ctx, r, scanNote, selectNotes, v.ID); err != nil {
		return err
	}
	if v.Decisions, err = db.All(ctx, r, scanDecision, selectDecisions, v.ID); err != nil {
		return err
	}
	deciders, err := db.All(ctx, r, func(s db.Scanner) (d [2]string, err error) {
		err = s.Scan(&d[0], &d[1])
		return d, err
	}, selectDeciders, v.ID)
	if err != nil {
		return err
	}
	for k := range v.Decisions {
		for _, d := range deciders {
			if d[0] == v.Decisions[k].ID {
				v.Decisions[k].People = append(v.Decisions[k].People, d[1])
			}
		}
	}
	if v.MayEdit {
		v.Changes, err = db.All(ctx, r, scanChange, selectChanges, v.ID)
	}
	return err
}

// change is the one door for writes to a pilot: it reads it inside the transaction,
// checks who and which version, lets fn change it, and keeps log and history. A
// version of 0 asks for none.
func (s *Service) change(ctx context.Context, id string, version int64, part, why string, fn func(ctx context.Context, tx *db.Tx, p *Pilot) error) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, err := s.see(ctx, tx, id)
		if err != nil {
			return err
		}
		if !MayEdit(access.Of(ctx), p, s.Root) {
			return fault.Denied()
		}
		if version != 0 && version != p.Version {
			return fault.Conflict("pilots.conflict")
		}
		if err := fn(ctx, tx, &p); err != nil {
			return err
		}
		p.Version++
		p.ChangedAt = s.Clock.Now()
		if err := keep(ctx, tx, p); err != nil {
			return err
		}
		return s.noted(ctx, tx, p.ID, part, why, audit.Update)
	})
}

func keep(ctx context.Context, tx *db.Tx, p Pilot) error {
	_, err := tx.Exec(ctx, updatePilot, p.columns()...)
	return err
}

// noted keeps who changed what and why, in the history and in the log.
func (s *Service) noted(ctx context.Context, tx *db.Tx, pilot, part, why string, action audit.Action) error {
	if _, err := tx.Exec(ctx, insertChange, s.IDs(), pilot, db.At(s.Clock.Now()), db.Null(access.Of(ctx).Person), part, why); err != nil {
		return err
	}
	return s.Audit.Record(ctx, tx, audit.Event{Kind: eventPrefix + part, Action: action, ObjectType: "pilot", ObjectID: pilot})
}

// municipality finds a place by name or code; nothing typed is nowhere.
func (s *Service) municipality(ctx context.Context, typed string) (Municipality, bool, error) {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return Municipality{}, true, nil
	}
	list, err := s.Places.Municipalities(ctx)
	for _, m := range list {
		if strings.EqualFold(m.Name, typed) || m.Code == typed {
			return m, true, err
		}
	}
	return Municipality{}, false, err
}
