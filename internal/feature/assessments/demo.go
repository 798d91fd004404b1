package assessments

import (
	"context"
	"fmt"
	"time"

	"github.com/goccy/go-yaml"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

// demoFile holds invented tests of the invented applications of the catalogue.
type demoFile struct {
	Usual map[string]map[Score][]string `yaml:"usual"` // reasons by criterion and score, one a tester
	Tests []demoTest                    `yaml:"tests"`
}

type demoTest struct {
	Slug    string              `yaml:"slug"`
	Version string              `yaml:"version"`
	Days    int                 `yaml:"tested_days_ago"`
	Months  int                 `yaml:"months"`
	By      []string            `yaml:"by"`
	Scores  map[string]Score    `yaml:"scores"` // what is not good
	Second  map[string]Score    `yaml:"second"` // where the second tester differs
	Reasons map[string][]string `yaml:"reasons"`
	Settled map[string]Score    `yaml:"settled"`
	Waits   bool                `yaml:"waits"` // for the second tester
	Newer   string              `yaml:"newer"`
	Origin  *demoOrigin         `yaml:"origin"`
	Verdict Verdict             `yaml:"verdict"` // what it must come to; a test sees to it
}

type demoOrigin struct {
	Name  string `yaml:"name"`
	URL   string `yaml:"url"`
	Taken int    `yaml:"taken_days_ago"`
}

func readDemo() (f demoFile, err error) {
	text, err := files.ReadFile("demo/assessments.yaml")
	if err == nil {
		err = yaml.UnmarshalWithOptions(text, &f, yaml.Strict())
	}
	return f, err
}

// marks are the scores of one tester.
func (f *demoFile) marks(t *demoTest, tester int) (list []Mark) {
	for _, c := range Criteria {
		score := ScoreGood
		if o, ok := t.Scores[c]; ok {
			score = o
		}
		if o, ok := t.Second[c]; ok && tester > 0 {
			score = o
		}
		reasons := t.Reasons[c]
		if len(reasons) == 0 {
			reasons = f.Usual[c][score]
		}
		reason := ""
		if len(reasons) > 0 {
			reason = reasons[min(tester, len(reasons)-1)]
		}
		list = append(list, Mark{c, score, reason})
	}
	return list
}

// demo makes the tests of the demonstration, each once, where its application and its
// testers are.
func (s *Service) demo(ctx context.Context) error {
	f, err := readDemo()
	if err != nil {
		return err
	}
	ctx = access.With(ctx, access.Actor{Channel: access.Shell})
	known, err := s.People.Organisations(ctx, s.DB)
	if err != nil {
		return err
	}
	ids := map[string]string{}
	for _, o := range known {
		ids[o.Name] = o.ID
	}
	for k := range f.Tests {
		t := &f.Tests[k]
		app, err := s.Applications.One(ctx, t.Slug)
		if err != nil && fault.KindOf(err) == fault.KindNotFound {
			continue
		}
		if err != nil {
			return err
		}
		err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			have, err := db.One(ctx, tx, db.Value[int], countOf, t.Slug)
			if err != nil || have > 0 {
				return err
			}
			return s.show(ctx, tx, &f, t, app, ids)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// show keeps one test of the demonstration.
func (s *Service) show(ctx context.Context, tx *db.Tx, f *demoFile, t *demoTest, app Application, ids map[string]string) error {
	now := s.Clock.Now()
	tested := now.AddDate(0, 0, -t.Days)
	v := View{Assessment: s.begin(ctx, app, t.Version)}
	v.Demonstration, v.Made = true, tested.AddDate(0, 0, -21)
	for k, name := range t.By {
		id := ids[name]
		if id == "" && t.Origin == nil {
			return nil // the demo of the people has it not
		}
		seat := Seat{ID: s.IDs(), Assessment: v.ID, Organisation: id, Name: name, Marks: f.marks(t, k), Handed: tested, Edit: 1}
		if t.Waits && k > 0 {
			seat.Marks, seat.Handed = nil, time.Time{}
		}
		v.Seats = append(v.Seats, seat)
	}
	for c, score := range t.Settled {
		for k := range v.Seats {
			reasons := f.Usual[c][score]
			if len(reasons) == 0 {
				return fmt.Errorf("%s: %s has no usual reason for %s", t.Slug, c, score)
			}
			v.Stances = append(v.Stances, Stance{Assessment: v.ID, Criterion: c, Seat: v.Seats[k].ID, Score: string(score), Reason: reasons[min(k, len(reasons)-1)], At: tested})
		}
	}
	if v.Handed() {
		v.take(settle(v.Seats, v.Stances))
	}
	if v.Status == Ready {
		v.Status, v.Published, v.Lapses = Published, tested.AddDate(0, 0, 3), tested.AddDate(0, t.Months, 0)
		v.Lapsed = !v.Lapses.After(now)
	}
	if t.Newer != "" {
		v.Newer, v.NewerAt = t.Newer, now.AddDate(0, 0, -10)
	}
	if o := t.Origin; o != nil {
		v.Body.Origin = &Origin{o.Name, o.URL, now.AddDate(0, 0, -o.Taken)}
	}
	if err := addAssessment(ctx, tx, &v.Assessment); err != nil {
		return err
	}
	if t.Origin == nil { // the testers of what was taken over are elsewhere
		for k := range v.Seats {
			if err := addSeat(ctx, tx, &v.Seats[k]); err != nil {
				return err
			}
		}
		for k := range v.Stances {
			if err := addStance(ctx, tx, &v.Stances[k]); err != nil {
				return err
			}
		}
	}
	if err := raise(ctx, tx); err != nil {
		return err
	}
	return s.log(ctx, tx, "asked", audit.Create, &v.Assessment, "")
}
