package assessments

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/trust/access"
)

// snapshot is all that is published, which is little and read often. Nobody changes
// one that was given out.
type snapshot struct {
	revision int64
	items    []*Assessment // by name
	bySlug   map[string]*Assessment
}

const readAtOnce = 500

func (s *Service) snapshot(ctx context.Context) (*snapshot, error) {
	revision, err := db.One(ctx, s.DB, db.Value[int64], selectRevision)
	if err != nil {
		return nil, err
	}
	if v := s.seen.Load(); v != nil && v.revision == revision {
		return v, nil
	}
	s.reading.Lock() // one reads, the others wait for it
	defer s.reading.Unlock()
	if v := s.seen.Load(); v != nil && v.revision >= revision {
		return v, nil
	}
	v := &snapshot{bySlug: map[string]*Assessment{}}
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) (err error) {
		v.items = nil
		if v.revision, err = db.One(ctx, r, db.Value[int64], selectRevision); err != nil {
			return err
		}
		return pages(func(after string) (int, string, error) {
			list, err := db.All(ctx, r, scanAssessment, selectPublished, after, readAtOnce)
			for k := range list {
				v.items, after = append(v.items, &list[k]), list[k].Slug
			}
			return len(list), after, err
		})
	})
	if err != nil {
		return nil, err
	}
	for _, a := range v.items {
		v.bySlug[a.Slug] = a
	}
	slices.SortFunc(v.items, func(a, b *Assessment) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.Slug, b.Slug))
	})
	s.seen.Store(v)
	return v, nil
}

// pages reads on while a page is full.
func pages(next func(after string) (n int, last string, err error)) error {
	for after := ""; ; {
		n, last, err := next(after)
		if err != nil || n < readAtOnce {
			return err
		}
		after = last
	}
}

// Filter narrows the list of verdicts.
type Filter struct {
	Verdict Verdict
	Theme   string
}

func (f Filter) fits(a *Assessment) bool {
	return (f.Verdict == "" || a.Verdict == f.Verdict) && (f.Theme == "" || slices.Contains(a.Body.Themes, f.Theme))
}

// Listing is a part of the list of verdicts.
type Listing struct {
	Items    []Assessment
	Total    int
	Next     string // slug to go on after
	Verdicts map[Verdict]int
	Themes   map[string]int
}

// List gives published verdicts by name, those that still hold first; refused ones
// to testers only.
func (s *Service) List(ctx context.Context, f Filter, after string, limit int) (l Listing, known bool, err error) {
	v, err := s.snapshot(ctx)
	if err != nil {
		return l, false, err
	}
	l.Verdicts, l.Themes = map[Verdict]int{}, map[string]int{}
	now, tester := s.Clock.Now(), isTester(access.Of(ctx))
	var holds, over []*Assessment
	for _, a := range v.items {
		if a.Verdict == Refused && !tester {
			continue
		}
		if (Filter{Theme: f.Theme}).fits(a) {
			l.Verdicts[a.Verdict]++
		}
		if (Filter{Verdict: f.Verdict}).fits(a) {
			for _, t := range a.Body.Themes {
				l.Themes[t]++
			}
		}
		switch {
		case !f.fits(a):
		case a.Over(now):
			over = append(over, a)
		default:
			holds = append(holds, a)
		}
	}
	all := append(holds, over...)
	from := slices.IndexFunc(all, func(a *Assessment) bool { return a.Slug == after }) + 1
	end := min(from+limit, len(all))
	for _, a := range all[from:end] {
		l.Items = append(l.Items, *a)
	}
	l.Total = len(all)
	if end < len(all) {
		l.Next = all[end-1].Slug
	}
	return l, after == "" || from > 0, nil
}

// Badge is a verdict in a few words, in the language of ctx, and where it is told in
// full. A lapsed one was right once.
type Badge struct {
	Text, Href string
	Lapsed     bool
}

// Badges gives a badge for each of the slugs that has one that the actor may see.
func (s *Service) Badges(ctx context.Context, slugs []string) (map[string]Badge, error) {
	v, err := s.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	badges := map[string]Badge{}
	now, tester := s.Clock.Now(), isTester(access.Of(ctx))
	for _, slug := range slugs {
		if a := v.bySlug[slug]; a != nil && (a.Verdict != Refused || tester) {
			badges[slug] = Badge{Text: a.badge(ctx, now), Href: Path(slug), Lapsed: a.Over(now)}
		}
	}
	return badges, nil
}

// badge is the verdict in a few words.
//
// keys: assessments.badge.good assessments.badge.mixed assessments.badge.refused
func (a *Assessment) badge(ctx context.Context, now time.Time) string {
	if a.Over(now) {
		return i18n.T(ctx, "assessments.badge.lapsed")
	}
	return i18n.T(ctx, "assessments.badge."+string(a.Verdict))
}

// Verdict gives what testers found of each of the slugs, for advice: good, mixed or
// refused. What has lapsed says nothing any more, unless it was refused. It goes to
// no reader as it is: refused is for testers.
func (s *Service) Verdict(ctx context.Context, slugs []string) (map[string]Verdict, error) {
	v, err := s.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	found, now := map[string]Verdict{}, s.Clock.Now()
	for _, slug := range slugs {
		if a := v.bySlug[slug]; a != nil && (a.Verdict == Refused || !a.Over(now)) {
			found[slug] = a.Verdict
		}
	}
	return found, nil
}
