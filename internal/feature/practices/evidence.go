package practices

import (
	"cmp"
	"context"
	"slices"

	"wijkbaak.nl/internal/base/db"
)

// Evidence is the results of one indicator, from everywhere.
type Evidence struct {
	Indicator, Name, Unit string
	Before                bool // the studies are differences with before
	Pooled
	Told []Told // what is not summed up
}

// Told is a study in the name of a sender whose key we never saw ourselves.
type Told struct {
	Study
	Via string // address of who tells it
}

// group is what can be summed up together.
type group struct {
	indicator, unit string
	before          bool
}

func groupOf(r Result) group { return group{r.Indicator, r.Unit, r.Baseline != nil} }

// newest gives each result of messages, the newest first, once for each sender.
func newest(messages []Received, use func(m Received, r Result)) {
	seen := map[string]bool{}
	for _, m := range messages {
		for _, v := range m.Results {
			if id := m.Key + "\n" + v.Indicator; !seen[id] {
				seen[id] = true
				use(m, v)
			}
		}
	}
}

// Evidence sums up what is known of a practice of an origin, "" for here: what was
// measured here for the initiatives, and the newest message of each sender. What an
// origin tells in the name of others stands apart.
func (s *Service) Evidence(ctx context.Context, r db.Reader, origin, name string, initiatives ...string) ([]Evidence, error) {
	studies, told, names := map[group][]Study{}, map[group][]Told{}, map[group]string{}
	add := func(v Result, from, path string) {
		g := groupOf(v)
		studies[g] = append(studies[g], studyOf(v, from, path))
		if names[g] == "" {
			names[g] = v.Name
		}
	}
	for _, i := range initiatives {
		figures, err := s.Sendable(ctx, r, i)
		if err != nil {
			return nil, err
		}
		for _, f := range figures {
			add(f.result(), s.Name+" · "+f.PilotName, f.Path)
		}
	}
	messages, err := db.All(ctx, r, scanReceived, selectReceived, origin, name, StateAccepted)
	if err != nil {
		return nil, err
	}
	newest(messages, func(m Received, v Result) { add(v, m.Name, m.Sender) })
	if messages, err = db.All(ctx, r, scanReceived, selectReceived, origin, name, StateTold); err != nil {
		return nil, err
	}
	newest(messages, func(m Received, v Result) {
		g := groupOf(v)
		told[g] = append(told[g], Told{studyOf(v, m.Name, ""), m.Via})
		if names[g] == "" {
			names[g] = v.Name
		}
	})
	var out []Evidence
	for g := range names {
		out = append(out, Evidence{g.indicator, names[g], g.unit, g.before, Pool(studies[g]), told[g]})
	}
	slices.SortFunc(out, func(a, b Evidence) int {
		return cmp.Or(cmp.Compare(b.Used, a.Used), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Unit, b.Unit), cmp.Compare(len(a.Studies), len(b.Studies)))
	})
	return out, nil
}

// Takers gives who told that they took over a practice that is offered here, with
// the newest version that each named.
func (s *Service) Takers(ctx context.Context, r db.Reader, name string) ([]Received, error) {
	messages, err := db.All(ctx, r, scanReceived, selectReceived, "", name, StateAccepted)
	seen := map[string]bool{}
	return slices.DeleteFunc(messages, func(m Received) bool {
		old := seen[m.Key]
		seen[m.Key] = true
		return old
	}), err
}
