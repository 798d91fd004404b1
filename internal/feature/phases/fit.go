package phases

import (
	"context"
	"slices"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
)

// FitPath is the page that tells whether an initiative fits elsewhere.
func FitPath(slug string) string { return "/initiatieven/" + slug + "/past" }

// The answers to a precondition.
const (
	Yes     = "yes"
	No      = "no"
	NotSure = "unsure"
)

// Verdicts lists them.
var Verdicts = []string{Yes, No, NotSure}

// Answer is what an organisation says of one precondition.
type Answer struct {
	Precondition string `json:"precondition"`
	Verdict      string `json:"verdict"`
	Note         string `json:"note,omitempty"`
}

// Fit is what an organisation found out for its own municipality.
type Fit struct {
	Initiative, Organisation string
	Municipality             string // code
	Answers                  []Answer
	Person                   string
	Version                  int64
	At                       time.Time
}

// Action is an open point that somebody took up.
type Action struct {
	ID, Initiative, Organisation string
	Title                        string
	Owner                        string
	Due, Done                    time.Time
	Step                         string // path into the scaling plan
}

// Late tells that it should have been done.
func (a Action) Late(now time.Time) bool { return a.Done.IsZero() && now.After(a.Due.AddDate(0, 0, 1)) }

// Fitting is what the page of a fit shows.
type Fitting struct {
	Slug string
	Facts
	Comparison
	Municipalities []Municipality
	Organisation   Link   // of the reader; empty for who leads for none
	Others         []Link // all organisations the reader leads for
	Fit            Fit
	Answers        []Answer // one for each precondition
	Actions        []Action
	Colleagues     []Person
	Names          map[string]string
	Plan           bool // steps can go into a scaling plan
}

// Fitting gives what is known of an initiative beside the reader's municipality,
// and what the reader's organisation found out.
func (s *Service) Fitting(ctx context.Context, slug, organisation, code string) (f Fitting, err error) {
	all, err := s.Places.Municipalities(ctx)
	if err != nil {
		return f, err
	}
	f.Slug, f.Municipalities, f.Plan = slug, all, s.Plan != nil
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		if f.Facts, err = s.Initiatives.Facts(ctx, r, slug); err != nil {
			return err
		}
		return s.ownFit(ctx, r, &f, organisation)
	})
	if err != nil {
		return f, err
	}
	if code == "" {
		code = f.Fit.Municipality
	}
	if code == "" {
		code = home(all, s.Root)
	}
	f.Comparison = compare(all, f.Facts.Municipalities, code)
	f.Fit.Municipality = code
	return f, nil
}

// home is the place that this instance serves, or else the one it lies in.
func home(all []Municipality, root string) string {
	code, best := "", 0
	for _, m := range all {
		if access.Within(root, m.Path) && len(m.Path) > best {
			code, best = m.Code, len(m.Path)
		}
	}
	return code
}

func (s *Service) ownFit(ctx context.Context, r db.Reader, f *Fitting, organisation string) error {
	f.Answers, f.Others = answersTo(f.Preconditions, nil), nil
	own := Organisations(access.Of(ctx))
	if len(own) == 0 {
		return nil
	}
	bodies, err := s.People.Organisations(ctx, r)
	if err != nil {
		return err
	}
	for _, o := range own {
		l := Link{ID: o, Name: nameOf(bodies, o)}
		f.Others = append(f.Others, l)
		if o == organisation || f.Organisation.ID == "" {
			f.Organisation = l
		}
	}
	fits, err := db.All(ctx, r, scanFit, selectFit, f.Slug, f.Organisation.ID)
	if err != nil {
		return err
	}
	if len(fits) > 0 {
		f.Fit = fits[0]
		f.Answers = answersTo(f.Preconditions, f.Fit.Answers)
	}
	if f.Actions, err = db.All(ctx, r, scanAction, selectActions, f.Slug, f.Organisation.ID); err != nil {
		return err
	}
	if f.Colleagues, err = s.People.Colleagues(ctx, r); err != nil {
		return err
	}
	var ids []string
	for _, a := range f.Actions {
		if a.Owner != "" && !slices.Contains(ids, a.Owner) {
			ids = append(ids, a.Owner)
		}
	}
	f.Names, err = s.People.Names(ctx, r, ids)
	return err
}

// answersTo puts answers with the preconditions as they read today.
func answersTo(preconditions []string, given []Answer) []Answer {
	list := make([]Answer, len(preconditions))
	for k, p := range preconditions {
		list[k].Precondition = p
		for _, a := range given {
			if a.Precondition == p {
				list[k] = a
			}
		}
	}
	return list
}

// Count tells how many preconditions got a verdict; "" counts those without.
func (f Fitting) Count(verdict string) int {
	n := 0
	for _, a := range f.Answers {
		if a.Verdict == verdict {
			n++
		}
	}
	return n
}

// OpenPoints are the preconditions that are not there, or of which nobody is sure,
// and that no action is about.
func (f Fitting) OpenPoints() []string {
	var list []string
	for _, a := range f.Answers {
		if (a.Verdict == No || a.Verdict == NotSure) && !f.taken(a.Precondition) {
			list = append(list, a.Precondition)
		}
	}
	return list
}

// SaveFit keeps what an organisation says of the preconditions.
func (s *Service) SaveFit(ctx context.Context, f Fit) error {
	all, err := s.Places.Municipalities(ctx)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		facts, err := s.Initiatives.Facts(ctx, tx, f.Initiative)
		if err != nil {
			return err
		}
		if !slices.Contains(Organisations(access.Of(ctx)), f.Organisation) {
			return fault.Denied()
		}
		old, err := db.All(ctx, tx, scanFit, selectFit, f.Initiative, f.Organisation)
		if err != nil {
			return err
		}
		if len(old) > 0 && old[0].Version != f.Version || len(old) == 0 && f.Version != 0 {
			return fault.Conflict("phases.conflict")
		}
		var w faults
		if f.Municipality != "" && !slices.ContainsFunc(all, func(m Municipality) bool { return m.Code == f.Municipality }) {
			w.Add("gemeente", "phases.wrong.choice")
		}
		for _, a := range f.Answers {
			if !slices.Contains(facts.Preconditions, a.Precondition) {
				return fault.Conflict("phases.conflict") // it was edited meanwhile
			}
			if !slices.Contains(Verdicts, a.Verdict) {
				w.Add("antwoord", "phases.wrong.choice")
			}
			w.text("uitleg", a.Note, 0, noteMost)
		}
		if w.List != nil {
			return w.Err()
		}
		if _, err := tx.Exec(ctx, putFit, f.Initiative, f.Organisation, f.Municipality, db.JSON[[]Answer]{V: f.Answers},
			access.Of(ctx).Person, f.Version+1, db.At(s.Clock.Now())); err != nil {
			return err
		}
		return s.told(ctx, tx, f.Initiative, kindFit, f.Organisation)
	})
}

// AddAction makes an action of an open point; with plan it goes into the scaling
// plan too.
func (s *Service) AddAction(ctx context.Context, a Action, plan bool) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := s.Initiatives.Facts(ctx, tx, a.Initiative); err != nil {
			return err
		}
		if !slices.Contains(Organisations(access.Of(ctx)), a.Organisation) {
			return fault.Denied()
		}
		var w faults
		a.Title = short(a.Title, textMost)
		w.text("punt", a.Title, 3, textMost)
		colleagues, err := s.People.Colleagues(ctx, tx)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(colleagues, func(p Person) bool { return p.ID == a.Owner }) {
			w.Add("eigenaar", "phases.wrong.owner")
		}
		if a.Due.IsZero() {
			w.Add("datum", "phases.wrong.day")
		}
		if w.List != nil {
			return w.Err()
		}
		a.ID = s.IDs()
		if plan && s.Plan != nil {
			if a.Step, err = s.Plan.AddStep(ctx, tx, a.Initiative, a.Organisation, a.Title, a.Owner, a.Due); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, insertAction, a.ID, a.Initiative, a.Organisation, a.Title, a.Owner, db.At(a.Due), db.At(time.Time{}), a.Step); err != nil {
			return err
		}
		return s.told(ctx, tx, a.Initiative, kindAction, a.ID)
	})
}

// TickAction says that an action was done, or was not after all.
func (s *Service) TickAction(ctx context.Context, slug, id string, done bool) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		a, err := db.One(ctx, tx, scanAction, selectAction, id)
		if err != nil {
			return err
		}
		if a.Initiative != slug || !slices.Contains(Organisations(access.Of(ctx)), a.Organisation) {
			return fault.NotFound()
		}
		at := time.Time{}
		if done {
			at = s.Clock.Now()
		}
		if _, err := tx.Exec(ctx, tickAction, id, db.At(at)); err != nil {
			return err
		}
		return s.told(ctx, tx, slug, kindAction, id)
	})
}
