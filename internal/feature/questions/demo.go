package questions

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/goccy/go-yaml"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/id"
	"wijkbaak.nl/internal/base/returncode"
	"wijkbaak.nl/internal/trust/places"
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

// demo fills an empty database with the made-up questions, at times before now.
func (s *Service) demo(ctx context.Context) error {
	raw, err := files.ReadFile("demo/questions.yaml")
	if err != nil {
		return err
	}
	var f demoFile
	if err := yaml.NewDecoder(bytes.NewReader(raw), yaml.Strict()).Decode(&f); err != nil {
		return fmt.Errorf("demo/questions.yaml: %w", err)
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
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, d := range f.Questions {
			q, answers, err := d.question(now, f.Place, ids, settings)
			if err != nil {
				return err
			}
			if _, err := addQuestion(ctx, tx, q, returncode.New(rand.Reader).Hash(s.CodeKey)); err != nil {
				return err
			}
			for _, w := range answers {
				if _, err := tx.Exec(ctx, insertAnswer, w.columns()...); err != nil {
					return err
				}
			}
			if err := s.index(ctx, tx, q, answers); err != nil {
				return err
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

func (d demoQuestion) question(now time.Time, place string, ids map[string]string, settings places.Settings) (Question, []Answer, error) {
	at := daysBefore(now, d.AskedDaysAgo)
	q := Question{ID: ids[d.ID], Title: d.Title, Body: d.Body, Theme: d.Theme, Audience: d.Audience, Place: place,
		Postcode: d.Postcode, Urgent: d.Urgent, Name: d.Name, Channel: Screen, Status: Open, Moderation: Shown,
		Demonstration: true, AskedAt: at, DueAt: places.Due(at, d.Urgent, settings), ChangedAt: at}
	if d.Theme != "" && !IsTheme(d.Theme) {
		return q, nil, fmt.Errorf("question %s: there is no theme %q", d.ID, d.Theme)
	}
	var answers []Answer
	for _, a := range d.Answers {
		w := Answer{ID: idAt(daysBefore(now, a.DaysAgo)), Question: q.ID, Name: a.Name, Professional: a.By == "professional",
			Role: a.Role, Organisation: a.Organisation, Body: a.Body, Initiatives: a.Initiatives, Moderation: Shown,
			Helped: a.Helped, Thanks: a.Thanks, At: daysBefore(now, a.DaysAgo)}
		for _, src := range a.Sources {
			w.Sources = append(w.Sources, Source(src))
		}
		if w.Helped && q.Accepted == "" {
			q.Accepted = w.ID
		}
		q.answered(w.At)
		q.Answers++
		answers = append(answers, w)
	}
	switch d.Status {
	case "closed":
		q.Status, q.CloseReason, q.ClosedAt = Closed, "solved", now
	case "merged":
		if ids[d.MergeInto] == "" {
			return q, nil, fmt.Errorf("question %s: there is no question %q to merge into", d.ID, d.MergeInto)
		}
		q.Status, q.MergedInto = Merged, ids[d.MergeInto]
	}
	return q, answers, nil
}

func daysBefore(now time.Time, days float64) time.Time {
	return now.Add(-time.Duration(days * float64(24*time.Hour)))
}

// idAt makes an id as it would have been made then, so that lists are in order.
func idAt(t time.Time) string { return id.New(clock.NewFake(t))() }
