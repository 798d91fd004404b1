package questions

import (
	"context"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/id"
	"wijkbaak.nl/internal/base/returncode"
	"wijkbaak.nl/internal/trust/places"
)

// generateAtOnce is how many questions one transaction of Generate writes.
const generateAtOnce = 400

// generateUntil is the day of the last generated question: the same at each run.
var generateUntil = time.Date(2026, time.March, 1, 20, 0, 0, 0, time.UTC)

// Generate fills empty data with made-up questions and answers that read like
// real ones: the same for the same seed. It is for trying out and measuring.
// done is told how many questions there are.
func (s *Service) Generate(ctx context.Context, seed uint64, questions, answers int, done func(int)) error {
	towns, err := s.Places.Children(ctx, "")
	if err != nil {
		return err
	}
	now := clock.NewFake(generateUntil)
	var key [32]byte
	copy(key[:], strconv.FormatUint(seed, 10))
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 0x77)), towns: towns, clock: now, //nolint:gosec // made up, and the same each time
		ids: id.Seeded(now, seed), codes: rand.NewChaCha8(key), settings: places.DefaultSettings()}
	counts := g.spread(questions, answers)
	step := 2 * 365 * 24 * time.Hour / time.Duration(max(1, questions))
	for from := 0; from < questions; from += generateAtOnce {
		until := min(from+generateAtOnce, questions)
		batch := make([]generated, 0, until-from)
		for k := from; k < until; k++ {
			at := generateUntil.Add(-step * time.Duration(questions-k))
			batch = append(batch, g.question(at.Add(g.chance(step)), counts[k]))
		}
		if err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.keep(ctx, tx, batch) }); err != nil {
			return err
		}
		done(until)
	}
	return nil
}

func (s *Service) keep(ctx context.Context, tx *db.Tx, batch []generated) error {
	for _, m := range batch {
		if _, err := addQuestion(ctx, tx, m.q, m.code.Hash(s.CodeKey)); err != nil {
			return err
		}
		for _, w := range m.answers {
			if _, err := tx.Exec(ctx, insertAnswer, w.columns()...); err != nil {
				return err
			}
		}
		if !m.q.Listed() {
			continue // never public, so nothing to take out of the search
		}
		if err := s.index(ctx, tx, m.q, m.answers); err != nil {
			return err
		}
	}
	return nil
}

type generated struct {
	q       Question
	answers []Answer
	code    returncode.Code
}

type generator struct {
	*rand.Rand
	towns    []places.Place
	clock    *clock.Fake
	ids      id.Source
	codes    *rand.ChaCha8
	settings places.Settings
}

// spread deals the answers out: the newest questions and one in six of the
// others wait for a first one.
func (g *generator) spread(questions, answers int) []int {
	counts := make([]int, questions)
	var may []int
	for k := range questions {
		if g.IntN(6) > 0 && k < questions-questions/50 {
			may = append(may, k)
		}
	}
	if len(may) == 0 {
		may = []int{0}
	}
	for range answers {
		if questions > 0 {
			counts[may[g.IntN(len(may))]]++
		}
	}
	return counts
}

func (g *generator) one(list []string) string { return list[g.IntN(len(list))] }

func (g *generator) chance(most time.Duration) time.Duration {
	return time.Duration(g.Int64N(int64(max(1, most))))
}

// fill puts a choice in each place of a sentence: {w} a thing of the theme, {p}
// a person, {t} a time, {b} a place nearby.
func (g *generator) fill(s string, theme generateTheme, who string) string {
	r := strings.NewReplacer("{w}", g.one(theme.things), "{p}", who, "{t}", g.one(generateTimes), "{b}", g.one(generateNear))
	s = r.Replace(s)
	return strings.ToUpper(s[:1]) + s[1:]
}

// text joins n different sentences.
func (g *generator) text(from []string, n int, theme generateTheme, who string) string {
	var b strings.Builder
	for i, k := range g.Perm(len(from))[:min(n, len(from))] {
		if i > 0 {
			b.WriteString([]string{" ", " ", "\n\n"}[g.IntN(3)])
		}
		b.WriteString(g.fill(from[k], theme, who))
	}
	return b.String()
}

func (g *generator) question(at time.Time, answers int) generated {
	theme := generateThemes[g.IntN(len(generateThemes))]
	who := g.one(generateWho)
	g.clock.Set(at)
	q := Question{ID: g.ids(), Theme: theme.name, Audience: Neighbourhood, Place: "/", Channel: Screen, Status: Open, Moderation: Shown,
		Demonstration: true, AskedAt: at, ChangedAt: at, Urgent: g.IntN(25) == 0}
	q.Title = g.fill(g.one(append(generateTitles, theme.titles...)), theme, who)
	q.Body = g.text(append(generateBodies, theme.bodies...), 2+g.IntN(4), theme, who)
	if len(g.towns) > 0 {
		q.Place = g.towns[g.IntN(len(g.towns))].Path
	}
	if g.IntN(3) == 0 {
		q.Name = g.one(generateNames)
	}
	switch g.IntN(20) {
	case 0:
		q.Audience = Team
	case 1:
		q.Channel = Paper
	case 2:
		q.Channel = Telephone
	}
	q.DueAt = places.Due(at, q.Urgent, g.settings)
	m := generated{code: returncode.New(g.codes)}
	for range answers {
		at = at.Add(time.Hour + g.chance(60*time.Hour))
		m.answers = append(m.answers, g.answer(q, theme, who, at))
		q.answered(at)
		q.Answers++
		q.ChangedAt = at
	}
	if len(m.answers) > 0 && g.IntN(3) == 0 {
		k := g.IntN(len(m.answers))
		m.answers[k].Helped, q.Accepted = true, m.answers[k].ID
	}
	if len(m.answers) > 0 && g.IntN(6) == 0 {
		q.Status, q.ClosedAt, q.CloseReason = Closed, at.Add(time.Hour), "solved"
	}
	m.q = q
	return m
}

func (g *generator) answer(q Question, theme generateTheme, who string, at time.Time) Answer {
	g.clock.Set(at)
	w := Answer{ID: g.ids(), Question: q.ID, Name: g.one(generateNames), Moderation: Shown, At: at, Thanks: g.IntN(9) * g.IntN(3)}
	w.Body = g.text(append(generateAnswers, theme.answers...), 2+g.IntN(4), theme, who)
	if g.IntN(5) < 2 {
		w.Professional, w.Role, w.Organisation = true, g.one(generateRoles), g.one(generateTeams)
	}
	if g.IntN(4) == 0 {
		w.Sources = []Source{{Title: "Meer over " + g.one(theme.things), URL: "https://voorbeeld.example/" + theme.name}}
	}
	return w
}
