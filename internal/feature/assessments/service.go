package assessments

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/id"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

// Audit takes the log lines of this room.
type Audit interface {
	Record(ctx context.Context, tx *db.Tx, e audit.Event) error
}

// Options are what the room is made of.
type Options struct {
	DB           *db.DB
	Clock        clock.Clock
	IDs          id.Source
	Audit        Audit
	Applications Applications
	People       People
	Root         string // path of the place of this instance
	BaseURL      string // how people reach us
	Name         string // of this instance, as the origin of its verdicts
}

// Service is what this room can do.
type Service struct {
	Options
	seen    atomic.Pointer[snapshot]
	reading sync.Mutex
}

// New makes the service.
func New(o Options) *Service { return &Service{Options: o} }

// View is a test with what the actor may see of it.
type View struct {
	Assessment
	Seats   []Seat // without scores that are not for the actor
	Stances []Stance
	Outcome outcome // once all have handed in
	Own     int     // the seat of the actor, or -1
	Editor  bool
	Now     time.Time
}

// Handed tells whether all testers are done.
func (v *View) Handed() bool { return allHanded(v.Seats) }

func allHanded(seats []Seat) bool {
	return len(seats) > 0 && !slices.ContainsFunc(seats, func(s Seat) bool { return s.Handed.IsZero() })
}

// read gives a test whole, to those who may see it.
func (s *Service) read(ctx context.Context, r db.Reader, id string) (v View, err error) {
	if v.Assessment, err = db.One(ctx, r, scanAssessment, selectAssessment, id); err != nil {
		return v, err
	}
	if v.Seats, err = db.All(ctx, r, scanSeat, selectSeats, id); err != nil {
		return v, err
	}
	a := access.Of(ctx)
	if !maySee(a, v.Seats, s.Root) {
		return View{}, fault.NotFound()
	}
	v.Own, v.Editor, v.Now = ownSeat(a, v.Seats), isEditor(a, s.Root), s.Clock.Now()
	v.Stances, err = db.All(ctx, r, scanStance, selectStances, id)
	if v.Handed() {
		v.Outcome = settle(v.Seats, v.Stances)
	}
	return v, err
}

// Test gives a test to those who work on it. Until all have handed in, the scores
// of a seat are only for who sits there.
func (s *Service) Test(ctx context.Context, id string) (v View, err error) {
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		v, err = s.read(ctx, r, id)
		return err
	})
	if !v.Handed() {
		for k := range v.Seats {
			if k != v.Own {
				v.Seats[k].Marks = nil
			}
		}
	}
	return v, err
}

// Request asks organisations to test an application.
type Request struct {
	Slug, Version string
	Organisations []string
}

// Ask begins a test, for the editor of the place.
func (s *Service) Ask(ctx context.Context, q Request) (id string, err error) {
	if !isEditor(access.Of(ctx), s.Root) {
		return "", fault.Denied()
	}
	var wrong fault.List
	app, err := s.judgeable(ctx, q.Slug, &wrong)
	if err != nil {
		return "", err
	}
	q.Version = strings.TrimSpace(q.Version)
	checkVersion(&wrong, q.Version)
	if n := len(q.Organisations); n < seatsLeast || n > seatsMost {
		wrong.Add("organisaties", "assessments.wrong.seats", "least", seatsLeast, "most", seatsMost)
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		wrong := slices.Clone(wrong) // this may run more than once
		if err := s.free(ctx, tx, q.Slug, &wrong); err != nil {
			return err
		}
		seats, letters, err := s.seats(ctx, tx, q.Organisations, app, &wrong)
		if err != nil {
			return err
		}
		if err := wrong.Err(); err != nil {
			return err
		}
		a := s.begin(ctx, app, q.Version)
		id = a.ID
		if err := addAssessment(ctx, tx, &a); err != nil {
			return err
		}
		for _, seat := range seats {
			seat.ID, seat.Assessment = s.IDs(), a.ID
			if err := addSeat(ctx, tx, &seat); err != nil {
				return err
			}
		}
		if err := s.tell(ctx, tx, letters, "assessments.mail.asked", testPath(a.ID), "name", a.Name, "version", a.Version); err != nil {
			return err
		}
		return s.log(ctx, tx, "asked", audit.Create, &a, "")
	})
	return id, err
}

func checkVersion(wrong *fault.List, version string) {
	if n := utf8.RuneCountInString(version); n == 0 || n > versionMost || version != web.Clean(version) {
		wrong.Add("versie", "assessments.wrong.version", "most", versionMost)
	}
}

// judgeable gives an application that can be tested; what is wrong with it goes on
// the list.
func (s *Service) judgeable(ctx context.Context, slug string, wrong *fault.List) (Application, error) {
	app, err := s.Applications.One(ctx, slug)
	switch {
	case err != nil && fault.KindOf(err) == fault.KindNotFound:
		wrong.Add("toepassing", "assessments.wrong.application")
		return app, nil
	case err == nil && app.Medical:
		wrong.Add("toepassing", "assessments.wrong.medical")
	}
	return app, err
}

// free looks whether no test of an application is open.
func (s *Service) free(ctx context.Context, r db.Reader, slug string, wrong *fault.List) error {
	n, err := db.One(ctx, r, db.Value[int], countOpen, slug)
	if n > 0 {
		wrong.Add("toepassing", "assessments.wrong.open")
	}
	return err
}

// seats makes those of the organisations, with the addresses of who can test.
// Nobody tests what it makes itself.
func (s *Service) seats(ctx context.Context, r db.Reader, organisations []string, app Application, wrong *fault.List) (seats []Seat, letters []string, err error) {
	known, err := s.People.Organisations(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	for n, o := range organisations {
		k := slices.IndexFunc(known, func(l Link) bool { return l.ID == o })
		if k < 0 || slices.Contains(organisations[:n], o) {
			wrong.Add("organisaties", "assessments.wrong.organisation")
			continue
		}
		if app.Vendor != "" && strings.EqualFold(known[k].Name, app.Vendor) {
			wrong.Add("organisaties", "assessments.wrong.vendor", "name", known[k].Name)
			continue
		}
		to, err := s.People.Testers(ctx, r, o)
		if err != nil {
			return nil, nil, err
		}
		if len(to) == 0 {
			wrong.Add("organisaties", "assessments.wrong.nobody", "name", known[k].Name)
		}
		letters = append(letters, to...)
		seats = append(seats, Seat{Organisation: o, Name: known[k].Name, Edit: 1})
	}
	return seats, letters, nil
}

func (s *Service) begin(ctx context.Context, app Application, version string) Assessment {
	return Assessment{ID: s.IDs(), Slug: app.Slug, Name: app.Name, Version: version, Status: Scoring, Person: access.Of(ctx).Person, Made: s.Clock.Now(),
		Body: Body{Vendor: app.Vendor, Platforms: app.Platforms, Themes: app.Themes}}
}

func (s *Service) log(ctx context.Context, tx *db.Tx, what string, action audit.Action, a *Assessment, organisation string) error {
	return s.Audit.Record(ctx, tx, audit.Event{Kind: "assessments." + what, Action: action, ObjectType: "assessment", ObjectID: a.ID, Organisation: organisation})
}

// change lets f change a test that the actor may see, and keeps it.
func (s *Service) change(ctx context.Context, id, what string, f func(ctx context.Context, tx *db.Tx, v *View) (organisation string, err error)) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		v, err := s.read(ctx, tx, id)
		if err != nil {
			return err
		}
		organisation, err := f(ctx, tx, &v)
		if err != nil {
			return err
		}
		if err := keepAssessment(ctx, tx, &v.Assessment); err != nil {
			return err
		}
		return s.log(ctx, tx, what, audit.Update, &v.Assessment, organisation)
	})
}

// Save keeps the scores of a tester, to go on later.
func (s *Service) Save(ctx context.Context, id string, edit int, marks []Mark) error {
	return s.score(ctx, id, "scored", edit, marks, false)
}

// HandIn ends the scoring of a tester. When the last one is done, all see what the
// others found.
func (s *Service) HandIn(ctx context.Context, id string, edit int, marks []Mark) error {
	return s.score(ctx, id, "handed", edit, marks, true)
}

func (s *Service) score(ctx context.Context, id, what string, edit int, marks []Mark, done bool) error {
	return s.change(ctx, id, what, func(ctx context.Context, tx *db.Tx, v *View) (string, error) {
		if v.Own < 0 {
			return "", fault.Denied()
		}
		seat := &v.Seats[v.Own]
		if v.Status != Scoring || !seat.Handed.IsZero() {
			return "", fault.Conflict("assessments.conflict.done")
		}
		if seat.Edit != edit {
			return "", fault.Conflict("assessments.conflict")
		}
		if err := checkMarks(marks, done); err != nil {
			return "", err
		}
		seat.Person, seat.Marks = access.Of(ctx).Person, marks
		if done {
			seat.Handed = s.Clock.Now()
		}
		ok, err := keepSeat(ctx, tx, seat)
		if err == nil && !ok {
			err = fault.Conflict("assessments.conflict")
		}
		if err != nil || !done {
			return seat.Organisation, err
		}
		return seat.Organisation, s.advance(ctx, tx, v)
	})
}

// checkMarks tells what is wrong with scores. While somebody is at it a score or a
// reason may be missing.
func checkMarks(marks []Mark, whole bool) error {
	var wrong fault.List
	for n, m := range marks {
		if !slices.Contains(Criteria, m.Criterion) || slices.ContainsFunc(marks[:n], func(o Mark) bool { return o.Criterion == m.Criterion }) ||
			m.Score != "" && !slices.Contains(Scores, m.Score) {
			return fault.Invalid()
		}
	}
	for _, c := range Criteria {
		k := slices.IndexFunc(marks, func(m Mark) bool { return m.Criterion == c })
		switch {
		case k < 0 || marks[k].Score == "":
			if whole {
				wrong.Add("oordeel-"+c, "assessments.wrong.score")
			}
		case whole || utf8.RuneCountInString(marks[k].Reason) > reasonMost:
			checkReason(&wrong, "reden-"+c, marks[k].Reason)
		}
	}
	return wrong.Err()
}

func checkReason(wrong *fault.List, field, reason string) {
	if n := utf8.RuneCountInString(reason); n < reasonLeast || n > reasonMost {
		wrong.Add(field, "assessments.wrong.reason", "least", reasonLeast, "most", reasonMost)
	}
}

// advance brings a test on when all have handed in.
func (s *Service) advance(ctx context.Context, tx *db.Tx, v *View) error {
	if !v.Handed() {
		return nil
	}
	before := v.Status
	v.take(settle(v.Seats, v.Stances))
	if before != Scoring || v.Status != Settling {
		return nil
	}
	for _, seat := range v.Seats {
		to, err := s.People.Testers(ctx, tx, seat.Organisation)
		if err != nil {
			return err
		}
		if err := s.tell(ctx, tx, to, "assessments.mail.differ", testPath(v.ID), "name", v.Name); err != nil {
			return err
		}
	}
	return nil
}

// take keeps what the seats come to in the assessment.
func (v *View) take(o outcome) {
	v.Outcome = o
	v.Body.By, v.Tested = nil, time.Time{}
	for _, seat := range v.Seats {
		v.Body.By = append(v.Body.By, seat.Name)
		if seat.Handed.After(v.Tested) {
			v.Tested = seat.Handed
		}
	}
	if len(o.Open) > 0 {
		v.Status, v.Verdict, v.Body.Results, v.Body.Rule, v.Body.Lowered = Settling, "", nil, "", nil
		return
	}
	v.Status, v.Verdict, v.Body.Results, v.Body.Rule, v.Body.Lowered = Ready, o.Verdict, o.Results, o.Rule, o.Lowered
}

// speaks gives the seat for which the actor settles: its own, or the first one of an
// organisation it tests for, unless it scored for another.
func speaks(a access.Actor, seats []Seat) int {
	if k := ownSeat(a, seats); k >= 0 {
		return k
	}
	if slices.ContainsFunc(seats, func(s Seat) bool { return s.Person == a.Person && a.Person != "" }) {
		return -1
	}
	return slices.IndexFunc(seats, func(s Seat) bool { return testsFor(a, s.Organisation) })
}

// differ lists the criteria on which the seats differed when they handed in.
func differ(seats []Seat) (list []string) {
	for _, c := range Criteria {
		for k := range seats {
			a, _ := seats[0].mark(c)
			if b, _ := seats[k].mark(c); a.Score != b.Score {
				list = append(list, c)
				break
			}
		}
	}
	return list
}

// Settle says for the organisation of the actor what a criterion on which the
// testers differ should be, and why. When all of them say the same it is settled.
// With the criterion overall it lowers the verdict.
func (s *Service) Settle(ctx context.Context, id, criterion, score, reason string) error {
	return s.change(ctx, id, "settled", func(ctx context.Context, tx *db.Tx, v *View) (string, error) {
		k := speaks(access.Of(ctx), v.Seats)
		if k < 0 {
			return "", fault.Denied()
		}
		if v.Status != Settling && v.Status != Ready {
			return "", fault.Conflict("assessments.conflict.done")
		}
		var wrong fault.List
		var may []string
		switch {
		case criterion == overall && v.Outcome.Rule != "":
			ruled, _ := Judge(v.Outcome.Results)
			for _, o := range notAbove(ruled) {
				may = append(may, string(o))
			}
		case slices.Contains(differ(v.Seats), criterion):
			for _, o := range Scores {
				may = append(may, string(o))
			}
		default:
			return "", fault.Conflict("assessments.conflict.done")
		}
		if !slices.Contains(may, score) {
			wrong.Add("oordeel-"+criterion, "assessments.wrong.score")
		}
		checkReason(&wrong, "reden-"+criterion, reason)
		if err := wrong.Err(); err != nil {
			return "", err
		}
		seat := v.Seats[k]
		stance := Stance{Assessment: v.ID, Criterion: criterion, Seat: seat.ID, Score: score, Reason: reason, Person: access.Of(ctx).Person, At: s.Clock.Now()}
		if err := addStance(ctx, tx, &stance); err != nil {
			return "", err
		}
		v.Stances = slices.DeleteFunc(v.Stances, func(o Stance) bool { return o.Criterion == criterion && o.Seat == seat.ID })
		v.Stances = append(v.Stances, stance)
		v.take(settle(v.Seats, v.Stances))
		return seat.Organisation, nil
	})
}

// Free empties the seat of who cannot go on, for the editor.
func (s *Service) Free(ctx context.Context, id, seat string) error {
	return s.change(ctx, id, "freed", func(ctx context.Context, tx *db.Tx, v *View) (string, error) {
		k := slices.IndexFunc(v.Seats, func(o Seat) bool { return o.ID == seat })
		switch {
		case !v.Editor:
			return "", fault.Denied()
		case k < 0:
			return "", fault.NotFound()
		case v.Status != Scoring || !v.Seats[k].Handed.IsZero():
			return "", fault.Conflict("assessments.conflict.done")
		}
		o := &v.Seats[k]
		o.Person, o.Marks = "", nil
		_, err := keepSeat(ctx, tx, o)
		return o.Organisation, err
	})
}
