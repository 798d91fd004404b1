package app

import (
	"context"
	"slices"
	"strings"

	"wijkbaak.nl/internal/base/search"
	"wijkbaak.nl/internal/feature/advice"
	"wijkbaak.nl/internal/feature/assessments"
	"wijkbaak.nl/internal/feature/home"
	"wijkbaak.nl/internal/feature/offers"
	"wijkbaak.nl/internal/feature/practices"
	"wijkbaak.nl/internal/feature/surveys"
)

// The advice ranks what the rooms have; here is who hands it what, and who shows it.

// advise makes the engine. The names of its sources are the kinds of text in the
// search index. Barriers are no answer to a resident.
func (a *App) advise() {
	a.Advice = advice.New(advice.Options{Clock: a.Clock, Finder: a.Search, Sources: map[string]advice.Source{
		"offer": offered(a.Fits.Offers, a.Fits.Assessments), "question": advice.Found, "story": advice.Found, "initiative": advice.Found,
	}})
	a.Fits.Surveys.Advisor = wanted{a.Advice}
	a.Practices.Shelves = []practices.Shelf{shelf{"surveys", a.Fits.Surveys}, shelf{"offers", a.Fits.Offers}}
}

// offered are the candidates of the catalogue, with what testers found of them.
func offered(o *offers.Service, tests *assessments.Service) advice.Source {
	return func(ctx context.Context, n advice.Need, found map[string]search.Hit) ([]advice.Candidate, error) {
		need := offers.Need{Not: n.Not, Where: n.Where, Free: n.Free, At: (*offers.Point)(n.At)}
		for _, w := range n.Wishes {
			switch w.Aspect {
			case advice.Theme:
				need.Themes = append(need.Themes, w.Code)
			case advice.Area:
				need.Areas = append(need.Areas, w.Code)
			case advice.Audience:
				need.Audience = append(need.Audience, w.Code)
			case advice.Kind:
				need.Kinds = append(need.Kinds, w.Code)
			case advice.Thing:
				if slug, ok := strings.CutPrefix(w.Code, offers.Path("")); ok {
					need.Things = append(need.Things, slug)
				}
			}
		}
		for id := range found {
			need.Found = append(need.Found, id)
		}
		slices.Sort(need.Found)
		list, err := o.Candidates(ctx, need)
		if err != nil {
			return nil, err
		}
		slugs := make([]string, len(list))
		for i, c := range list {
			slugs[i] = c.Slug
		}
		verdicts, err := tests.Verdict(ctx, slugs)
		out := make([]advice.Candidate, len(list))
		for i, c := range list {
			out[i] = advice.Candidate{ID: c.ID, Kind: c.Kind, Title: c.Name, Text: c.Summary, Path: offers.Path(c.Slug), By: c.Organisation, Themes: c.Themes, Areas: c.Areas,
				Audience: c.Audience, Where: c.Where, Cost: advice.Cost(c.Cost), Checked: c.Checked, Verdict: advice.Verdict(verdicts[c.Slug])}
			for _, p := range c.Points {
				out[i].Points = append(out[i].Points, advice.Point(p))
			}
		}
		return out, err
	}
}

// wanted is surveys.Advisor by the advice.
type wanted struct{ *advice.Service }

// kinds in a plan that the catalogue calls otherwise.
var planKinds = map[string]string{"try": "place", "volunteers": "group"}

func (v wanted) Advise(ctx context.Context, n surveys.Need) ([][]surveys.Advice, error) {
	out := make([][]surveys.Advice, len(n.Wants))
	for i, w := range n.Wants {
		need := advice.Need{Words: strings.Join(w.Words, " ")}
		for aspect, codes := range map[advice.Aspect][]string{advice.Theme: w.Themes, advice.Area: w.Areas, advice.Kind: w.Kinds, advice.Thing: w.Named} {
			for _, code := range codes {
				if aspect == advice.Kind && planKinds[code] != "" {
					code = planKinds[code]
				}
				need.Wishes = append(need.Wishes, advice.Wish{Aspect: aspect, Code: code})
			}
		}
		list, err := v.Service.Advise(ctx, need)
		if err != nil {
			return nil, err
		}
		for _, a := range list {
			out[i] = append(out[i], surveys.Advice{Title: a.Title, Summary: a.Text, Kind: a.Kind, Path: a.Path, Reason: w.Reason})
		}
	}
	return out, nil
}

// bests is home.Advisor by the advice.
type bests struct{ *advice.Service }

func (b bests) Best(ctx context.Context, words string) ([]home.Best, error) {
	list, err := b.Advise(ctx, advice.Need{Words: words})
	var out []home.Best
	for _, a := range list {
		if a.Hit.URL != "" {
			out = append(out, home.Best{Hit: a.Hit, Why: a.Why(ctx)})
		}
	}
	return out, err
}
