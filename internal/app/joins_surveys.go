package app

import (
	"context"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/feature/pilots"
)

// rated is pilots.Source by the surveys: the mean of a score. Sums are kept by
// month, so there is nothing to tell of a week.
type rated struct{ *Fits }

func (rated) Name() string { return "surveys" }

func (f rated) Kinds(ctx context.Context, r db.Reader) ([]pilots.Counter, error) {
	list, err := f.Surveys.Rated(ctx, r)
	var out []pilots.Counter
	for _, v := range list {
		out = append(out, pilots.Counter{Kind: v.Slug + "/" + v.Code, Name: v.Name, Gives: pilots.Score})
	}
	return out, err
}

func (f rated) Read(ctx context.Context, r db.Reader, kind string, a pilots.About) (pilots.Reading, bool, error) {
	if a.From.Day() != 1 || a.Before.Day() != 1 {
		return pilots.Reading{}, false, nil
	}
	list, err := f.Surveys.Rated(ctx, r)
	if err != nil {
		return pilots.Reading{}, false, err
	}
	for _, v := range list {
		if v.Slug+"/"+v.Code != kind {
			continue
		}
		means, err := f.Surveys.Means(ctx, r, v.URL, a.From, a.Before.AddDate(0, 0, -1))
		for _, m := range means {
			if m.Score == v.Code {
				return pilots.Reading{Value: m.Mean, N: m.N}, true, nil
			}
		}
		return pilots.Reading{}, false, err
	}
	return pilots.Reading{}, false, nil
}
