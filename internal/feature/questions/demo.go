package questions

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"time"

	"github.com/goccy/go-yaml"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/id"
	"wijkbaak.nl/internal/base/returncode"
	"wijkbaak.nl/internal/trust/places"
	"wijkbaak.nl/internal/trust/themes"
)

// demoFile is the made-up content of demo/questions.yaml.
type demoFile struct {
	Demonstration bool           `yaml:"demonstration"`
	SchemaVersion int            `yaml:"schema_version"`
	Language      string         `yaml:"language"`
	Place         string         `yaml:"place"`
	Questions     []demoQuestion `yaml:"questions"`
	Stories       []demoStory    `yaml:"stories"`
}

type demoQuestion struct {
	ID           string       `yaml:"id"`
	Title        string       `yaml:"title"`
	Body         string       `yaml:"body"`
	Theme        string       `yaml:"theme"`
	Postcode     string       `yaml:"postcode"`
	Audience     Audience     `yaml:"audience"`
	Urgent       bool         `yaml:"urgent"`
	AskedDaysAgo float64      `yaml:"asked_days_ago"`
	Name         string       `yaml:"name"`
	Answers      []demoAnswer `yaml:"answers"`
	Status       string       `yaml:"status"`
	MergeInto    string       `yaml:"merge_into"`
}

type demoAnswer struct {
	By           string       `yaml:"by"`
	Name         string       `yaml:"name"`
	Role         string       `yaml:"role"`
	Organisation string       `yaml:"organisation"`
	Body         string       `yaml:"body"`
	Initiatives  []string     `yaml:"initiatives"`
	Sources      []demoSource `yaml:"sources"`
	Helped       bool         `yaml:"helped"`
	Thanks       int          `yaml:"thanks"`
	DaysAgo      float64      `yaml:"days_ago"`
}

type demoSource struct {
	Title string `yaml:"title"`
	URL   string `yaml:"url"`
}

type demoStory struct {
	ID          string   `yaml:"id"`
	Title       string   `yaml:"title"`
	Body        string   `yaml:"body"`
	Theme       string   `yaml:"theme"`
	Name        string   `yaml:"name"`
	Initiatives []string `yaml:"initiatives"`
	DaysAgo     float64  `yaml:"days_ago"`
	Consent     string   `yaml:"consent_text"`
}

// readDemo reads the made-up content and says in which line or question it is wrong.
func readDemo(raw []byte) (demoFile, error) {
	var f demoFile
	if err := yaml.NewDecoder(bytes.NewReader(raw), yaml.Strict()).Decode(&f); err != nil {
		return f, fmt.Errorf("demo/questions.yaml: %w", err)
	}
	known := map[string]bool{}
	for _, d := range f.Questions {
		var wrong string
		switch {
		case known[d.ID]:
			wrong = "its id is there twice"
		case d.Theme != "" && !themes.Known(d.Theme):
			wrong = fmt.Sprintf("there is no theme %q", d.Theme)
		case d.Audience != Neighbourhood && d.Audience != Team:
			wrong = fmt.Sprintf("there is no audience %q", d.Audience)
		case d.Status == "merged" && (d.MergeInto == d.ID || !slices.ContainsFunc(f.Questions, func(o demoQuestion) bool { return o.ID == d.MergeInto && o.Status != "merged" })):
			wrong = fmt.Sprintf("there is no question %q to merge into", d.MergeInto)
		}
		if wrong != "" {
			return f, fmt.Errorf("demo/questions.yaml: question %s: %s", d.ID, wrong)
		}
		known[d.ID] = true
	}
	return f, nil
}

// demo fills an empty database with the made-up questions, at times before now.
func (s *Service) demo(ctx context.Context) error {
	raw, err := files.ReadFile("demo/questions.yaml")
	if err != nil {
		return err
	}
	f, err := readDemo(raw)
	if err != nil {
		return err
	}
	some, _, err := s.List(ctx, Filter{Limit: 1})
	if err != nil || len(some) > 0 {
		return err
	}
	settings, err := s.Help(ctx, f.Place)
	if err != nil {
		return err
	}
	now := s.Clock.Now()
	ids := map[string]string{}
	for _, d := range f.Questions {
		ids[d.ID] = idAt(daysBefore(now, d.AskedDaysAgo))
	}
	var asked []Question
	answers := map[string][]Answer{} // by question
	for _, d := range f.Questions {
		q, given := d.question(now, f.Place, ids, settings)
		asked = append(asked, q)
		read := q.ID
		if q.Status == Merged {
			read = q.MergedInto // answers come along
		}
		for _, w := range given {
			w.Question = read
			answers[read] = append(answers[read], w)
		}
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, q := range asked {
			slices.SortFunc(answers[q.ID], func(a, b Answer) int { return cmp.Compare(a.ID, b.ID) })
			q.count(len(answers[q.ID])) // all are shown
			if _, err := addQuestion(ctx, tx, q, returncode.New(rand.Reader).Hash(s.CodeKey)); err != nil {
				return err
			}
			if err := s.index(ctx, tx, q, answers[q.ID]); err != nil {
				return err
			}
		}
		for _, list := range answers {
			for _, w := range list {
				if _, err := tx.Exec(ctx, insertAnswer, w.columns()...); err != nil {
					return err
				}
			}
		}
		for _, d := range f.Stories {
			at := daysBefore(now, d.DaysAgo)
			t := Story{ID: idAt(at), Title: d.Title, Body: d.Body, Name: d.Name, Theme: d.Theme, Place: f.Place,
				Initiatives: d.Initiatives, Consent: d.Consent, ConsentAt: at, Moderation: Shown, Demonstration: true, At: at}
			if _, err := tx.Exec(ctx, insertStory, append(t.columns(), returncode.New(rand.Reader).Hash(s.CodeKey))...); err != nil {
				return err
			}
			if err := s.indexStory(ctx, tx, t); err != nil {
				return err
			}
		}
		return nil
	})
}

func (d demoQuestion) question(now time.Time, place string, ids map[string]string, settings places.Settings) (Question, []Answer) {
	at := daysBefore(now, d.AskedDaysAgo)
	q := Question{ID: ids[d.ID], Title: d.Title, Body: d.Body, Theme: d.Theme, Audience: d.Audience, Place: place,
		Postcode: d.Postcode, Urgent: d.Urgent, Name: d.Name, Channel: Screen, Status: Open, Moderation: Shown,
		Demonstration: true, AskedAt: at, DueAt: places.Due(at, d.Urgent, settings), ChangedAt: at}
	var answers []Answer
	for i, a := range d.Answers {
		// A minute apart, so that they stay in the order of the file.
		at := daysBefore(now, a.DaysAgo).Add(time.Duration(i) * time.Minute)
		w := Answer{ID: idAt(at), Question: q.ID, Name: a.Name, Professional: a.By == "professional",
			Role: a.Role, Organisation: a.Organisation, Body: a.Body, Initiatives: a.Initiatives, Moderation: Shown,
			Helped: a.Helped, Thanks: a.Thanks, At: at}
		for _, src := range a.Sources {
			w.Sources = append(w.Sources, Source(src))
		}
		if w.Helped && q.Accepted == "" {
			q.Accepted = w.ID
		}
		q.answered(w.At)
		answers = append(answers, w)
	}
	switch d.Status {
	case "closed":
		q.Status, q.CloseReason, q.ClosedAt = Closed, "solved", now
	case "merged":
		q.Status, q.MergedInto, q.Accepted = Merged, ids[d.MergeInto], ""
	}
	return q, answers
}

func daysBefore(now time.Time, days float64) time.Time {
	return now.Add(-time.Duration(days * float64(24*time.Hour)))
}

// idAt makes an id as it would have been made then, so that lists are in order.
func idAt(t time.Time) string { return id.New(clock.NewFake(t))() }
