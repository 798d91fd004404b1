package surveys

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/protocol/fhir"
	"wijkbaak.nl/internal/trust/themes"
)

// Result is what comes out of a filled in questionnaire.
type Result struct {
	*Parsed
	Filled fhir.Filled
	Scores []fhir.Score
	Areas  map[string]float64 // of the six areas, those that were scored, from 0 to 10
	Advice []Advice
	// Earlier are the same questionnaire filled in before, the newest first.
	Earlier []Round
}

// Round is one time that the areas were scored.
type Round struct {
	At    time.Time
	Areas map[string]float64
}

// earlierMost is how many earlier rounds a picture shows: more lines say less.
const earlierMost = 3

// result works out scores and advice.
func (s *Service) result(ctx context.Context, p *Parsed, a fhir.Answers) (Result, error) {
	r := Result{Parsed: p}
	var err error
	if r.Filled, err = s.fill(ctx, p, a, true); err != nil {
		return r, err
	}
	r.Scores = r.Filled.Scores()
	r.Areas = areas(r.Scores)
	r.Advice, err = s.advise(ctx, p, &r.Filled)
	return r, err
}

// areas puts the scores of areas of life on one scale, from 0 to 10.
func areas(list []fhir.Score) map[string]float64 {
	out := map[string]float64{}
	for _, sc := range list {
		area := areaOf(sc.Item)
		if area == "" {
			continue
		}
		low, high := span(sc.Item)
		out[area] = min(10, max(0, (sc.Value-low)/(high-low)*10))
	}
	return out
}

// span is the lowest and highest a score can be: what the item says, or 0 to 10.
func span(i *fhir.Item) (low, high float64) {
	high = 10
	if i.Min != nil {
		low, _ = i.Min.Number()
	}
	if i.Max != nil {
		high, _ = i.Max.Number()
	}
	if high <= low {
		high = low + 1
	}
	return low, high
}

// Wants gives what the plan says that a filled in questionnaire asks for.
func (s *Service) Wants(ctx context.Context, p *Parsed, f *fhir.Filled) ([]Want, error) {
	if p.Next == nil {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, timeMost)
	defer cancel()
	held, _, err := p.Next.Holding(ctx, f, s.read.evaluate(s.Clock.Now(), p))
	if errors.Is(err, context.DeadlineExceeded) {
		err = fault.Unavailable("surveys.wrong.slow", err)
	}
	if err != nil {
		return nil, err
	}
	lang := i18n.Lang(ctx)
	var list []Want
	for _, a := range held {
		w := Want{Title: a.Title.For(lang), Reason: a.Reason.For(lang), Step: a.Description.For(lang), Urgent: a.Priority == "urgent" || a.Priority == "asap" || a.Priority == "stat"}
		for _, c := range a.Codes {
			switch c.System {
			case SystemTheme:
				if themes.Known(c.Code) {
					w.Themes = append(w.Themes, c.Code)
				}
			case SystemArea:
				if themes.KnownArea(c.Code) {
					w.Areas = append(w.Areas, c.Code)
				}
			case SystemWord:
				w.Words = append(w.Words, c.Code)
			case SystemKind:
				w.Kinds = append(w.Kinds, c.Code)
			case SystemNamed:
				w.Named = append(w.Named, c.Code)
			}
		}
		for _, named := range []string{a.URI, a.Canonical} {
			if named != "" {
				w.Named = append(w.Named, named)
			}
		}
		list = append(list, w)
	}
	slices.SortStableFunc(list, func(a, b Want) int {
		switch {
		case a.Urgent == b.Urgent:
			return 0
		case a.Urgent:
			return -1
		}
		return 1
	})
	return list, nil
}

// advise gives an answer to each want, the most urgent first, and then second ones.
// What the plan itself settles (a call, another questionnaire) needs no advisor; what
// the advisor knows nothing for falls back on what the plan says.
func (s *Service) advise(ctx context.Context, p *Parsed, f *fhir.Filled) ([]Advice, error) {
	wants, err := s.Wants(ctx, p, f)
	if err != nil || len(wants) == 0 {
		return nil, err
	}
	found := make([][]Advice, len(wants))
	if s.Advisor != nil {
		if found, err = s.Advisor.Advise(ctx, Need{Survey: p.URL, Place: p.Place, Wants: wants}); err != nil {
			return nil, err
		}
	}
	var list []Advice
	add := func(a Advice) bool {
		if a.Path == "" || len(list) == AdviceMost || slices.ContainsFunc(list, func(o Advice) bool { return o.Path == a.Path }) {
			return false
		}
		list = append(list, a)
		return true
	}
	for i, w := range wants {
		own, err := s.own(ctx, p, w)
		if err != nil {
			return nil, err
		}
		if own.Settled && add(own) {
			continue
		}
		if !slices.ContainsFunc(found[i], add) {
			add(own)
		}
	}
	for _, more := range found {
		for _, a := range more {
			add(a)
		}
	}
	return list, nil
}

// askTeam is where somebody asks to speak to a person.
const askTeam = "/vragen/nieuw?wie=team"

// own makes an advice of a want alone: what it names, or a search for its words.
func (s *Service) own(ctx context.Context, p *Parsed, w Want) (Advice, error) {
	a := Advice{Title: w.Title, Reason: w.Reason, Step: w.Step}
	if len(w.Kinds) > 0 {
		a.Kind = w.Kinds[0]
	}
	for _, named := range w.Named {
		if strings.HasPrefix(named, "/") && !strings.HasPrefix(named, "//") {
			a.Path = named
			return a, nil
		}
		address, _, _ := strings.Cut(named, "|")
		slug, title, err := s.Find(ctx, s.DB, address)
		if err != nil {
			return a, err
		}
		if slug != "" && address != p.URL {
			a.Path, a.Kind = Path(slug), "survey"
			if a.Title == "" {
				a.Title = title
			}
			a.Settled = true
			return a, nil
		}
	}
	switch {
	case slices.Contains(w.Kinds, "call"):
		a.Path, a.Settled = askTeam, true
	case len(w.Words) > 0:
		a.Path = "/zoeken?vraag=" + url.QueryEscape(strings.Join(w.Words, " "))
	case len(w.Themes) > 0:
		a.Path = "/zoeken?vraag=" + url.QueryEscape(themes.Name(ctx, w.Themes[0]))
	}
	return a, nil
}

// Find gives the address and title of the published survey with this url (without
// version); empty where there is none.
func (s *Service) Find(ctx context.Context, r db.Reader, url string) (slug, title string, err error) {
	list, err := db.All(ctx, r, scanSurvey, selectOfURL, url, listMost)
	for _, v := range list {
		if v.Status == Published {
			return v.Slug, v.Title, err
		}
	}
	return "", "", err
}

// earlier gives the rounds before a response: of its account, or else those that it
// was begun from. What somebody else began from an earlier code is not among them:
// whoever typed in a paper form still has that code.
func (s *Service) earlier(ctx context.Context, v Response) ([]Round, error) {
	if v.Person != "" {
		before := v.ID
		if before == "" {
			before = last
		}
		rows, err := db.All(ctx, s.DB, scanResponse, selectOwn, v.Person, before, ownMost)
		return s.rounds(ctx, v, rows, err)
	}
	var rows []Response
	id := v.Series
	for len(rows) < earlierMost && id != v.ID {
		row, err := db.One(ctx, s.DB, scanResponse, selectResponse, id)
		if fault.KindOf(err) == fault.KindNotFound && err != nil || err == nil && row.Person != "" {
			break // removed, or moved to an account
		}
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
		if id = row.Series; id == row.ID {
			break
		}
	}
	return s.rounds(ctx, v, rows, nil)
}

// rounds are those of rows that were sent of the questionnaire of v.
func (s *Service) rounds(ctx context.Context, v Response, rows []Response, err error) (out []Round, _ error) {
	for _, row := range rows {
		if row.URL != v.URL || row.State != Complete || len(out) == earlierMost {
			continue
		}
		k, err := s.kept(ctx, row)
		if err != nil {
			return nil, err
		}
		// The scores as they were worked out then.
		f := fhir.Filled{Questionnaire: k.Form, Answers: k.Answers, Enabled: make([]bool, len(k.Form.All))}
		for i := range f.Enabled {
			f.Enabled[i] = true
		}
		if a := areas(f.Scores()); len(a) > 0 {
			out = append(out, Round{At: row.Completed, Areas: a})
		}
	}
	return out, err
}

// fewest is how many people stand behind a mean that is shown.
const fewest = 10

// Mean is a score of a survey over a period, of those who agreed to be counted.
type Mean struct {
	Score string // linkId
	Name  string
	Mean  float64
	N     int
}

// Means gives the mean scores of a survey by its url, over the whole months from the
// month of from up to the day to. Months are taken together, from the first that was
// counted on, until there are ten people; only such blocks are shown, and whole. So
// no two periods, and no two looks at one, differ by fewer than ten.
func (s *Service) Means(ctx context.Context, r db.Reader, url string, from, to time.Time) ([]Mean, error) {
	rows, err := db.All(ctx, r, scanSum, selectTally, url, talliesMost)
	first, end, running := month(from), month(to.AddDate(0, 0, 1)), month(s.Clock.Now())
	var out []Mean
	var block sum
	for _, v := range rows {
		if v.score != block.score || block.n == 0 {
			block = sum{score: v.score, month: v.month}
		}
		if v.month == running {
			continue
		}
		if block.n, block.total = block.n+v.n, block.total+v.total; block.n < fewest {
			continue
		}
		if block.month >= first && v.month < end {
			if len(out) == 0 || out[len(out)-1].Score != v.score {
				out = append(out, Mean{Score: v.score, Name: v.score})
			}
			m := &out[len(out)-1]
			m.Mean = (m.Mean*float64(m.N) + block.total) / float64(m.N+block.n)
			m.N += block.n
		}
		block = sum{}
	}
	return out, err
}

// talliesMost bounds the months of all scores of one survey.
const talliesMost = 20_000

// Rated is a score that a published survey calculates.
type Rated struct {
	Slug, URL string // of the survey
	Code      string // of the score within it
	Name      string // as people read it
}

// Rated lists the scores of the published surveys.
func (s *Service) Rated(ctx context.Context, r db.Reader) ([]Rated, error) {
	list, err := db.All(ctx, r, scanSurvey, selectPublished, "", listMost)
	if err != nil {
		return nil, err
	}
	var out []Rated
	for _, v := range list {
		p, err := s.whole(ctx, r, v)
		if err != nil {
			return nil, err
		}
		for _, i := range p.Form.All {
			if i.Calculated.Text != "" {
				out = append(out, Rated{v.Slug, v.URL, i.LinkID, v.Title + ": " + i.Text.For(i18n.Lang(ctx))})
			}
		}
	}
	return out, nil
}

func month(t time.Time) string { return t.UTC().Format("2006-01") }

// count adds the scores of a form to the sums, once.
func (s *Service) count(ctx context.Context, tx *db.Tx, p *Parsed, scores []fhir.Score, key string) error {
	h := hmac.New(sha256.New, s.Key)
	h.Write([]byte("wijkbaak survey counted 1\x00" + key)) //nolint:errcheck // a hash never fails
	now := s.Clock.Now()
	n, err := tx.Exec(ctx, insertCounted, h.Sum(nil), db.At(now))
	if err != nil || n == 0 {
		return err
	}
	for _, sc := range scores {
		if _, err := tx.Exec(ctx, addTally, p.URL, sc.Item.LinkID, month(now), sc.Value); err != nil {
			return err
		}
	}
	return nil
}
