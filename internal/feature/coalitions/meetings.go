package coalitions

import (
	"context"
	"slices"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/trust/audit"
)

// Meeting is a meeting of a coalition: before it an agenda, afterwards what was
// said and decided.
type Meeting struct {
	ID, Coalition, Title string
	At                   time.Time
	Minutes              int // how long it takes
	Place                string
	Agenda               []string
	Notes                string
	Decisions            []string
	Person               string // who called it
	Version              int
	Changed              time.Time
}

// Path is the page of a meeting.
func (m Meeting) Path() string { return Path(m.Coalition) + "/overleg/" + m.ID }

// Action is who does what by when.
type Action struct {
	ID, Coalition, Meeting, Title, Person string
	Due                                   time.Time
	Planned                               bool // the plan has it too
	Done                                  time.Time
}

// Late tells whether the day has passed.
func (a Action) Late(today time.Time) bool { return a.Done.IsZero() && a.Due.Before(today) }

const (
	titleMost    = 120
	placeMost    = 160
	notesMost    = 10_000
	linesMost    = 40
	lineMost     = 300
	actionMost   = 200
	meetingsMost = 50
	toDoMost     = 50
	actionsMost  = 100
	longest      = 600 // minutes
)

// today is the midnight with which the day began here.
func (s *Service) today() time.Time {
	y, m, d := s.Clock.Now().In(clock.Amsterdam).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, clock.Amsterdam).UTC()
}

// list checks a text of which each line is one thing.
func (w *faults) list(name string, list []string) {
	if len(list) > linesMost {
		w.Add(name, "coalitions.wrong.lines", "most", linesMost)
	}
	for _, l := range list {
		w.text(name, l, 0, lineMost)
	}
}

func (m Meeting) faults() error {
	var w faults
	w.text("titel", m.Title, 2, titleMost)
	w.text("plek", m.Place, 0, placeMost)
	w.text("verslag", m.Notes, 0, notesMost)
	if m.At.IsZero() {
		w.Add("dag", "coalitions.wrong.date")
	}
	if m.Minutes < 5 || m.Minutes > longest {
		w.Add("duur", "coalitions.wrong.minutes", "most", longest)
	}
	w.list("agenda", m.Agenda)
	w.list("besluiten", m.Decisions)
	return w.Err()
}

// Agenda gives what a next meeting should talk about: what the plan has open, the
// actions of earlier meetings, and where the choice is.
//
// keys: coalitions.agenda.*
func (s *Service) Agenda(ctx context.Context, coalition string) (c Coalition, list []string, err error) {
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		if c, _, err = s.inside(ctx, r, coalition, deciders...); err != nil {
			return err
		}
		list = []string{i18n.T(ctx, "coalitions.agenda.welcome")}
		add := func(line string) {
			if runes := []rune(line); len(runes) > lineMost {
				line = string(runes[:lineMost])
			}
			if len(list) < linesMost-1 && !slices.Contains(list, line) {
				list = append(list, line)
			}
		}
		h, err := db.One(ctx, r, scanChoice, selectChoice, coalition)
		if err != nil {
			return err
		}
		if h.Stage != Decided {
			add(i18n.T(ctx, "coalitions.agenda."+string(h.Stage)))
		}
		toDo, err := db.All(ctx, r, scanAction, selectToDo, coalition, toDoMost)
		if err != nil {
			return err
		}
		for _, a := range toDo {
			if !a.Planned || s.Plan == nil {
				add(a.Title)
			}
		}
		if s.Plan != nil {
			points, err := s.Plan.OpenPoints(ctx, r, coalition)
			if err != nil {
				return err
			}
			for _, p := range points {
				add(p.Title)
			}
		}
		add(i18n.T(ctx, "coalitions.agenda.next"))
		return nil
	})
	return c, list, err
}

// Call plans a meeting.
func (s *Service) Call(ctx context.Context, m Meeting) (string, error) {
	if err := m.faults(); err != nil {
		return "", err
	}
	err := s.write(ctx, m.Coalition, deciders, func(ctx context.Context, tx *db.Tx, _ Coalition, self Member) error {
		m.ID, m.Person, m.Version, m.Changed = s.IDs(), self.Person, 1, s.Clock.Now()
		if err := addMeeting(ctx, tx, m); err != nil {
			return err
		}
		return s.told(ctx, tx, m.Coalition, changeMeeting, audit.Create, m.Title, "")
	})
	return m.ID, err
}

// meeting reads a meeting of a coalition.
func (s *Service) meeting(ctx context.Context, r db.Reader, coalition, meeting string) (Meeting, error) {
	m, err := db.One(ctx, r, scanMeeting, selectMeeting, meeting)
	if err == nil && m.Coalition != coalition {
		return Meeting{}, fault.NotFound()
	}
	return m, err
}

// Record keeps what was planned, said and decided at a meeting, made of the
// version in m; attended are the members who were there.
func (s *Service) Record(ctx context.Context, m Meeting, attended []string) error {
	if err := m.faults(); err != nil {
		return err
	}
	return s.write(ctx, m.Coalition, deciders, func(ctx context.Context, tx *db.Tx, _ Coalition, _ Member) error {
		now, err := s.meeting(ctx, tx, m.Coalition, m.ID)
		if err != nil {
			return err
		}
		if now.Version != m.Version {
			return fault.Conflict("coalitions.conflict")
		}
		if err := putMeeting(ctx, tx, m, s.Clock.Now()); err != nil {
			return err
		}
		if err := s.attend(ctx, tx, m, attended); err != nil {
			return err
		}
		return s.told(ctx, tx, m.Coalition, changeMinutes, audit.Update, m.Title, "")
	})
}

// attend keeps which members were there; who was there and left since stays.
func (s *Service) attend(ctx context.Context, tx *db.Tx, m Meeting, attended []string) error {
	members, err := db.All(ctx, tx, scanMember, selectMembers, m.Coalition, membersMost)
	if err != nil {
		return err
	}
	before, err := db.All(ctx, tx, db.Value[string], selectAttended, m.ID, membersMost)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, clearAttended, m.ID); err != nil {
		return err
	}
	ids := persons(members)
	for _, p := range slices.Concat(ids, before) {
		if slices.Contains(ids, p) && !slices.Contains(attended, p) {
			continue
		}
		if _, err := tx.Exec(ctx, insertAttended, m.ID, p); err != nil {
			return err
		}
	}
	return nil
}

// Cancel takes a meeting away that was not held: nothing was written or decided.
func (s *Service) Cancel(ctx context.Context, coalition, meeting string) error {
	return s.write(ctx, coalition, deciders, func(ctx context.Context, tx *db.Tx, _ Coalition, _ Member) error {
		m, err := s.meeting(ctx, tx, coalition, meeting)
		if err != nil {
			return err
		}
		actions, err := db.All(ctx, tx, scanAction, selectActions, meeting, 1)
		if err != nil {
			return err
		}
		if m.Notes != "" || len(m.Decisions) > 0 || len(actions) > 0 {
			return fault.Conflict("coalitions.wrong.held")
		}
		if _, err := tx.Exec(ctx, deleteMeeting, meeting); err != nil {
			return err
		}
		return s.told(ctx, tx, coalition, changeMeeting, audit.Delete, m.Title, "")
	})
}

// Act adds an action of a meeting, and puts it into the plan if there is one.
func (s *Service) Act(ctx context.Context, a Action) error {
	var w faults
	w.text("actie", a.Title, 3, actionMost)
	if a.Due.IsZero() {
		w.Add("voor", "coalitions.wrong.date")
	}
	if err := w.Err(); err != nil {
		return err
	}
	return s.write(ctx, a.Coalition, deciders, func(ctx context.Context, tx *db.Tx, _ Coalition, _ Member) error {
		if _, err := s.meeting(ctx, tx, a.Coalition, a.Meeting); err != nil {
			return err
		}
		if _, err := db.One(ctx, tx, scanMember, selectMember, a.Coalition, a.Person); err != nil {
			if fault.KindOf(err) == fault.KindNotFound {
				return fault.Invalid(fault.Field{Name: "wie", Key: "coalitions.wrong.owner"})
			}
			return err
		}
		there, err := db.All(ctx, tx, scanAction, selectActions, a.Meeting, actionsMost)
		if err != nil {
			return err
		}
		if len(there) >= actionsMost {
			return fault.Invalid(fault.Field{Name: "actie", Key: "coalitions.wrong.lines", Args: []any{"most", actionsMost}})
		}
		if a.Planned = s.Plan != nil; a.Planned {
			if err := s.Plan.AddStep(ctx, tx, a.Coalition, a.Title, a.Person, a.Due); err != nil {
				return err
			}
		}
		a.ID = s.IDs()
		if err := addAction(ctx, tx, a); err != nil {
			return err
		}
		return s.told(ctx, tx, a.Coalition, changeAction, audit.Create, a.Title, "")
	})
}

// Finish says that an action is done.
func (s *Service) Finish(ctx context.Context, coalition, action string) error {
	return s.write(ctx, coalition, deciders, func(ctx context.Context, tx *db.Tx, _ Coalition, _ Member) error {
		a, err := db.One(ctx, tx, scanAction, selectAction, action)
		if err != nil {
			return err
		}
		if a.Coalition != coalition {
			return fault.NotFound()
		}
		if _, err := tx.Exec(ctx, doneAction, action, db.At(s.Clock.Now())); err != nil {
			return err
		}
		return s.told(ctx, tx, coalition, changeDone, audit.Update, "", "")
	})
}

// Minutes is a meeting as its page shows it.
type Minutes struct {
	Coalition
	Meeting  Meeting
	Self     Member
	Members  []Member
	Attended []string
	Actions  []Action
	Names    map[string]string
}

// Minutes gives a meeting to who is inside.
func (s *Service) Minutes(ctx context.Context, coalition, meeting string) (v Minutes, err error) {
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		v = Minutes{}
		if v.Coalition, v.Self, err = s.inside(ctx, r, coalition, roles...); err != nil {
			return err
		}
		if v.Meeting, err = s.meeting(ctx, r, coalition, meeting); err != nil {
			return err
		}
		if v.Members, err = s.members(ctx, r, coalition); err != nil {
			return err
		}
		if v.Attended, err = db.All(ctx, r, db.Value[string], selectAttended, meeting, membersMost); err != nil {
			return err
		}
		if v.Actions, err = db.All(ctx, r, scanAction, selectActions, meeting, actionsMost); err != nil {
			return err
		}
		who := slices.Clone(v.Attended)
		for _, a := range v.Actions {
			who = append(who, a.Person)
		}
		v.Names, err = s.People.Names(ctx, r, who)
		return err
	})
	return v, err
}

// Meetings gives the meetings of a coalition, the latest first.
func (s *Service) Meetings(ctx context.Context, coalition string) (c Coalition, self Member, list []Meeting, err error) {
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		if c, self, err = s.inside(ctx, r, coalition, roles...); err != nil {
			return err
		}
		list, err = db.All(ctx, r, scanMeeting, selectMeetings, coalition, db.At(farAway), meetingsMost)
		return err
	})
	return c, self, list, err
}

// farAway is later than any meeting.
var farAway = time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC)

// lines cuts text into lines that say something.
func lines(text string) []string {
	var list []string
	for l := range strings.Lines(text) {
		if l = strings.TrimSpace(l); l != "" {
			list = append(list, l)
		}
	}
	return list
}

// Calendar gives a meeting, or all of a coalition, as iCalendar.
func (s *Service) Calendar(ctx context.Context, coalition, meeting string) (string, error) {
	if meeting != "" {
		v, err := s.Minutes(ctx, coalition, meeting)
		if err != nil {
			return "", err
		}
		return s.calendar(ctx, v.Coalition, []Meeting{v.Meeting}), nil
	}
	c, _, list, err := s.Meetings(ctx, coalition)
	if err != nil {
		return "", err
	}
	return s.calendar(ctx, c, list), nil
}
