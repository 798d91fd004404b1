package surveys

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/id"
	"wijkbaak.nl/internal/protocol/fhir"
)

const (
	generateAtOnce = 1000 // generated responses that share a transaction
	generateForms  = 64   // filled in forms of one survey that responses are copies of
	generateDays   = 365  // over which they were filled in
	generateBusy   = 80   // days in which the half filled in ones were
)

// Generate adds made-up surveys, after those that come with the program, and what
// was filled in, the same for the same seed on the same day, to measure the program
// with. done is told how many responses there are.
func (s *Service) Generate(ctx context.Context, seed uint64, surveys, responses int, done func(int)) error {
	pairs, err := builtIn()
	if err != nil {
		return err
	}
	today := s.Clock.Now().UTC().Truncate(24 * time.Hour)
	at := clock.NewFake(today.AddDate(0, 0, -generateDays))
	g := generator{Rand: rand.New(rand.NewPCG(seed, 0x5ce7)), s: s, seed: seed, clock: at, today: today, ids: id.Seeded(at, seed), sums: map[summed]sum{}} //nolint:gosec // must be repeatable
	for k := range surveys {
		pair, err := variant(pairs[k%len(pairs)], seed, k)
		if err != nil {
			return err
		}
		key, err := s.keep(ctx, s.Root, pair[0], pair[1], Published, true)
		if err != nil {
			return err
		}
		if err := g.fill(ctx, key); err != nil {
			return err
		}
	}
	for from := 0; from < responses; from += generateAtOnce {
		until := min(from+generateAtOnce, responses)
		if err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return g.keep(ctx, tx, from, until, responses) }); err != nil {
			return err
		}
		done(until)
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for k, v := range g.sums {
			if _, err := tx.Exec(ctx, insertMade, k.url, k.score, k.month, v.n, v.total); err != nil {
				return err
			}
		}
		return nil
	})
}

type generator struct {
	*rand.Rand
	s     *Service
	seed  uint64
	clock *clock.Fake
	today time.Time
	ids   id.Source
	made  []madeSurvey
	sums  map[summed]sum
}

type madeSurvey struct {
	*Parsed
	forms []madeForm
	last  string // series of the one filled in last
}

type madeForm struct {
	fhir.Filled
	scores []fhir.Score
}

// summed is what sums are kept by.
type summed struct{ url, score, month string }

// variant is a survey of the program under a name of its own.
func variant(pair [2][]byte, seed uint64, k int) (out [2][]byte, err error) {
	var q, plan map[string]any
	if err = json.Unmarshal(pair[0], &q); err != nil {
		return out, err
	}
	if err = json.Unmarshal(pair[1], &plan); err != nil {
		return out, err
	}
	n := fmt.Sprintf("%d-%d", seed, k+1)
	url, version := fmt.Sprint(q["url"])+":"+n, fmt.Sprint(q["version"])
	q["url"], q["name"] = url, fmt.Sprintf("Voorbeeld%v%s", q["name"], n)
	q["title"] = fmt.Sprintf("%v %d", q["title"], k+1)
	plan["url"], plan["name"] = url+":advice", fmt.Sprintf("%vAdvies", q["name"])
	plan["relatedArtifact"] = []any{map[string]any{"type": "depends-on", "resource": fhir.Canonical(url, version)}}
	if out[0], err = json.Marshal(q); err != nil {
		return out, err
	}
	out[1], err = json.Marshal(plan)
	return out, err
}

// fill makes the forms of a survey.
func (g *generator) fill(ctx context.Context, key string) error {
	v, err := db.One(ctx, g.s.DB, scanSurvey, selectSurvey, key)
	if err != nil {
		return err
	}
	m := madeSurvey{}
	if m.Parsed, err = g.s.open(v); err != nil {
		return err
	}
	for range generateForms {
		a := fhir.Answers{}
		for _, i := range m.Form.All {
			if i.Asked() && (i.Required || g.IntN(4) > 0) {
				a[i.LinkID] = g.answer(i)
			}
		}
		f, err := g.s.fill(ctx, m.Parsed, a, true)
		if err != nil {
			return err
		}
		m.forms = append(m.forms, madeForm{f, f.Scores()})
	}
	g.made = append(g.made, m)
	return nil
}

func (g *generator) answer(i *fhir.Item) []fhir.Value {
	if n := len(i.Options); n > 0 {
		return []fhir.Value{i.Options[g.IntN(n)].Value}
	}
	low, high := span(i)
	number := strconv.Itoa(int(low) + g.IntN(int(high-low)+1))
	switch i.Type {
	case "boolean":
		return []fhir.Value{{Kind: fhir.Boolean, Text: strconv.FormatBool(g.IntN(3) == 0)}}
	case "integer":
		return []fhir.Value{{Kind: fhir.Integer, Text: number}}
	case "decimal":
		return []fhir.Value{{Kind: fhir.Decimal, Text: number}}
	case "quantity":
		v := fhir.Value{Kind: fhir.Quantity, Text: number}
		if len(i.Units) > 0 {
			v.Unit, v.System, v.Code = i.Units[0].Display, i.Units[0].System, i.Units[0].Code
		}
		return []fhir.Value{v}
	case "date":
		return []fhir.Value{{Kind: fhir.Date, Text: g.today.AddDate(0, 0, -g.IntN(20_000)).Format(time.DateOnly)}}
	}
	return []fhir.Value{{Kind: fhir.String, Text: "Dit is een verzonnen voorbeeld."}}
}

// keep adds the responses from one number up to another, in the order of time.
func (g *generator) keep(ctx context.Context, tx *db.Tx, from, until, all int) error {
	for k := from; k < until; k++ {
		m := &g.made[g.IntN(len(g.made))]
		f := &m.forms[g.IntN(len(m.forms))]
		length := time.Duration(generateDays) * 24 * time.Hour / time.Duration(all)
		g.clock.Advance(length)
		now := g.clock.Now()
		v := Response{ID: g.ids(), Survey: m.ID, URL: m.URL, Slug: m.Slug, State: Complete, Channel: Screen, Started: now.Add(-10 * time.Minute), Changed: now, Completed: now}
		v.Series = v.ID
		if m.last != "" && g.IntN(4) == 0 {
			v.Series = m.last
		}
		m.last = v.ID
		switch {
		case g.IntN(8) == 0:
			v.Channel = Paper
		case g.IntN(8) == 0 && g.today.Sub(now) < generateBusy*24*time.Hour:
			v.State, v.Completed = Busy, time.Time{}
		}
		var err error
		if v.Answers, err = write(&f.Filled, v); err != nil {
			return err
		}
		// Nobody knows a code of which this is the hash.
		code := sha256.Sum256([]byte(v.ID))
		if _, err := addResponse(ctx, tx, v, code[:]); err != nil {
			return err
		}
		if v.State != Complete || g.IntN(2) == 0 {
			continue // the others agreed to be counted
		}
		for _, sc := range f.scores {
			key := summed{m.URL, sc.Item.LinkID, month(now)}
			old := g.sums[key]
			g.sums[key] = sum{n: old.n + 1, total: old.total + sc.Value}
		}
	}
	return nil
}
