package barriers

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/i18n"
)

// Ranked is how others got past the same, with what makes their situation alike.
type Ranked struct {
	Title, Note, Tried string
	Path               string // of the entry, or of the published case
	From               string // initiative, where, or a published case
	Published          bool
	Package            bool
	Score              int
	Alike              []Alike
}

// Alike is one thing that two situations share; Value tells which.
type Alike struct{ Key, Value string }

// What makes a situation alike, and how much it weighs. The same barrier says most;
// then who can lift it, as that decides what can be done at all.
const (
	alikeBarrier  = "barrier"
	alikeCategory = "category"
	alikeLifter   = "lifter"
	alikeTheme    = "theme"
	alikeKind     = "kind"
	alikeSize     = "size"
)

var weights = map[string]int{alikeBarrier: 40, alikeCategory: 10, alikeLifter: 20, alikeTheme: 15, alikeKind: 10, alikeSize: 15}

// situation is what is compared.
type situation struct {
	barrier, category, lifter, kind string
	themes                          []string
	inhabitants                     int64
}

// alike tells what two situations share, the weightiest first, and the score.
func alike(a, b situation) (list []Alike, score int) {
	add := func(key, value string) {
		list = append(list, Alike{key, value})
		score += weights[key]
	}
	if a.barrier != "" && a.barrier == b.barrier {
		add(alikeBarrier, "")
	} else if a.category == b.category && a.category != "" {
		add(alikeCategory, a.category)
	}
	if a.lifter != "" && a.lifter == b.lifter && a.lifter != "other" {
		add(alikeLifter, a.lifter)
	}
	for _, t := range a.themes {
		if slices.Contains(b.themes, t) {
			add(alikeTheme, t)
			break // one shared theme is enough: long lists would win else
		}
	}
	if a.inhabitants > 0 && b.inhabitants > 0 && a.inhabitants <= 2*b.inhabitants && b.inhabitants <= 2*a.inhabitants {
		add(alikeSize, "")
	}
	if a.kind != "" && a.kind == b.kind {
		add(alikeKind, a.kind)
	}
	return list, score
}

// waysMost is how many ways a page shows.
const waysMost = 12

// ways ranks how others got past what e is about.
func (s *Service) ways(ctx context.Context, r db.Reader, e Entry, about About, towns []Municipality) ([]Ranked, error) {
	size := func(code string) int64 {
		for _, t := range towns {
			if t.Code == code && code != "" {
				return t.Inhabitants
			}
		}
		return 0
	}
	here := situation{e.Barrier, e.Category, e.Lifter, about.Kind, about.Themes, size(e.Municipality)}
	others, err := s.others(ctx, r, e)
	if err != nil {
		return nil, err
	}
	var slugs []string
	for _, o := range others {
		if o.Initiative != "" && !slices.Contains(slugs, o.Initiative) {
			slugs = append(slugs, o.Initiative)
		}
	}
	known, err := s.aboutAll(ctx, r, slugs)
	if err != nil {
		return nil, err
	}
	var list []Ranked
	for _, o := range others {
		x := known[o.Initiative]
		shared, score := alike(here, situation{o.Barrier, o.Category, o.Lifter, x.Kind, x.Themes, size(o.Municipality)})
		from := x.Name
		if town := townName(towns, o.Municipality); town != "" && from != "" {
			from += ", " + town
		} else if town != "" {
			from = town
		}
		list = append(list, Ranked{Title: o.Title, Note: o.Worked, Tried: o.Tried, Path: Path(o.ID), From: from, Package: o.Origin == fromPackage, Score: score, Alike: shared})
	}
	if e.Barrier != "" {
		published, err := s.Catalogue.Ways(ctx, r, e.Barrier)
		if err != nil {
			return nil, err
		}
		for _, p := range published {
			if p.Initiative == e.Initiative && p.Initiative != "" {
				continue
			}
			shared, score := alike(here, situation{barrier: e.Barrier, kind: p.Kind, themes: p.Themes})
			list = append(list, Ranked{Title: p.Name, Note: p.Note, Path: p.Path, Published: true, Score: score, Alike: shared})
		}
	}
	slices.SortStableFunc(list, func(a, b Ranked) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Title, b.Title))
	})
	return list[:min(len(list), waysMost)], nil
}

// others are entries of the same barrier or category that say what worked.
func (s *Service) others(ctx context.Context, r db.Reader, e Entry) ([]Entry, error) {
	list, err := db.All(ctx, r, scanEntry, selectWaysCategory, e.Category)
	if err != nil {
		return nil, err
	}
	if e.Barrier != "" {
		same, err := db.All(ctx, r, scanEntry, selectWays, e.Barrier)
		if err != nil {
			return nil, err
		}
		list = append(same, list...)
	}
	seen := map[string]bool{e.ID: true}
	list = slices.DeleteFunc(list, func(o Entry) bool {
		was := seen[o.ID]
		seen[o.ID] = true
		return was
	})
	return s.visible(ctx, r, list)
}

// words says what makes a situation alike.
func (x Ranked) words(ctx context.Context) string {
	// keys: barriers.alike.*
	text := ""
	for k, a := range x.Alike {
		value := a.Value
		switch a.Key {
		case alikeCategory:
			value = word(ctx, "category", a.Value)
		case alikeLifter:
			value = word(ctx, "lifter", a.Value)
		case alikeTheme:
			value = strings.ReplaceAll(a.Value, "-", " ")
		}
		if k > 0 {
			text += " · "
		}
		text += i18n.T(ctx, "barriers.alike."+a.Key, "value", value)
	}
	return text
}
