package assessments

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/web"
)

// The form in which a verdict travels; the API answers in it too.
const (
	documentKind   = "wijkbaak-verdict"
	documentFormat = 1
	documentMost   = 128 << 10
)

// Day is a date such as 2026-11-22.
type Day string

func dayOf(t time.Time) Day {
	if t.IsZero() {
		return ""
	}
	return Day(t.Format(time.DateOnly))
}

// Time is the beginning of the day; the zero time for what is none.
func (d Day) Time() time.Time {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return time.Time{}
	}
	return t
}

// Document is a verdict on its way to another place.
type Document struct {
	Kind          string        `json:"kind"`
	Format        int           `json:"format"`
	Application   apiTested     `json:"application"`
	Version       string        `json:"version"`
	Newer         string        `json:"newerVersion,omitempty"`
	Verdict       Verdict       `json:"verdict"`
	Tested        Day           `json:"tested"`
	Lapses        Day           `json:"lapses"`
	Lapsed        bool          `json:"lapsed"`
	Criteria      []apiFinding  `json:"criteria"`
	Lowered       []string      `json:"lowered,omitempty"`
	Testers       []string      `json:"testers"`
	Origin        apiOriginated `json:"origin"`
	Demonstration bool          `json:"demonstration"`
}

type apiTested struct {
	Slug      string   `json:"slug"`
	Name      string   `json:"name"`
	Vendor    string   `json:"vendor,omitempty"`
	Platforms []string `json:"platforms,omitempty"`
	Themes    []string `json:"themes,omitempty"`
}

type apiFinding struct {
	Criterion string   `json:"criterion"`
	Score     Score    `json:"score"`
	Reasons   []string `json:"reasons,omitempty"`
	Settled   bool     `json:"settled,omitempty"`
}

// apiOriginated is where a verdict was made. Taken is when this place took it over.
type apiOriginated struct {
	Name  string `json:"name"`
	URL   string `json:"url,omitempty"`
	Taken Day    `json:"taken,omitempty"`
}

// document writes a published verdict. One that was taken over keeps its origin.
func (s *Service) document(a *Assessment) Document {
	b := &a.Body
	d := Document{Kind: documentKind, Format: documentFormat, Version: a.Version, Newer: a.Newer, Verdict: a.Verdict, Tested: dayOf(a.Tested), Lapses: dayOf(a.Lapses),
		Lapsed: a.Over(s.Clock.Now()), Criteria: []apiFinding{}, Lowered: b.Lowered, Testers: b.By, Demonstration: a.Demonstration,
		Application: apiTested{Slug: a.Slug, Name: a.Name, Vendor: b.Vendor, Platforms: b.Platforms, Themes: b.Themes},
		Origin:      apiOriginated{Name: s.Name, URL: s.BaseURL + Path(a.Slug)}}
	for _, r := range b.Results {
		d.Criteria = append(d.Criteria, apiFinding(r))
	}
	if o := b.Origin; o != nil {
		d.Origin = apiOriginated{o.Name, o.URL, dayOf(o.Taken)}
	}
	return d
}

// ReadDocument reads a verdict of another place. What is wrong stands at the field
// bestand, with the place in the file.
func ReadDocument(file []byte) (d Document, err error) {
	var wrong fault.List
	say := func(reason string) { wrong.Add("bestand", "assessments.wrong.document", "reason", reason) }
	switch {
	case len(file) == 0:
		wrong.Add("bestand", "assessments.wrong.nofile")
		return d, wrong.Err()
	case len(file) > documentMost:
		wrong.Add("bestand", "assessments.wrong.large", "most", documentMost>>10)
		return d, wrong.Err()
	case !utf8.Valid(file):
		say("UTF-8")
		return d, wrong.Err()
	}
	in := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(file, []byte("\ufeff"))))
	if err := in.Decode(&d); err != nil || in.More() {
		say("JSON")
		return d, wrong.Err()
	}
	if d.Kind != documentKind || d.Format != documentFormat {
		wrong.Add("bestand", "assessments.wrong.kind")
		return d, wrong.Err()
	}
	line := func(at, text string, least, most int) string {
		text = strings.Join(strings.Fields(web.Clean(text)), " ")
		if n := utf8.RuneCountInString(text); n < least || n > most {
			say(at)
		}
		return text
	}
	d.Version = line("version", d.Version, 1, versionMost)
	d.Newer = line("newerVersion", d.Newer, 0, versionMost)
	d.Origin.Name = line("origin.name", d.Origin.Name, 1, nameMost)
	if u, err := url.Parse(d.Origin.URL); d.Origin.URL != "" && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || len(d.Origin.URL) > 500) {
		say("origin.url")
	}
	if !slices.Contains(Verdicts, d.Verdict) {
		say("verdict")
	}
	tested, lapses := d.Tested.Time(), d.Lapses.Time()
	if tested.IsZero() || !lapses.After(tested) || lapses.After(tested.AddDate(0, slices.Max(terms), 1)) {
		say("tested, lapses")
	}
	if n := len(d.Testers); n < seatsLeast || n > 2*seatsMost {
		say("testers")
	}
	for k, by := range d.Testers {
		d.Testers[k] = line("testers", by, 1, nameMost)
		if slices.Contains(d.Testers[:k], d.Testers[k]) {
			say("testers: " + d.Testers[k])
		}
	}
	reasons := func(at string, list []string) {
		if len(list) > 2*seatsMost {
			say(at)
		}
		for k, r := range list {
			list[k] = line(at, r, 1, reasonMost)
		}
	}
	reasons("lowered", d.Lowered)
	if len(d.Criteria) != len(Criteria) {
		say("criteria")
	}
	for k := range d.Criteria[:min(len(d.Criteria), len(Criteria))] {
		c := &d.Criteria[k]
		if !slices.Contains(Criteria, c.Criterion) || slices.ContainsFunc(d.Criteria[:k], func(o apiFinding) bool { return o.Criterion == c.Criterion }) ||
			!slices.Contains(Scores, c.Score) {
			say("criteria." + c.Criterion)
		}
		reasons("criteria."+c.Criterion, c.Reasons)
	}
	slices.SortStableFunc(d.Criteria, func(a, b apiFinding) int {
		return slices.Index(Criteria, a.Criterion) - slices.Index(Criteria, b.Criterion)
	})
	return d, wrong.Err()
}
