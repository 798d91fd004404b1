package initiatives

import (
	"context"

	"wijkbaak.nl/internal/base/i18n"
)

// Fact is something known about an initiative, in words for people.
type Fact struct{ Name, Value string }

// InShort tells of initiatives, by slug, what helps to choose between them: how far
// they are, how sure it is that they help, and whether the cost is known.
func (s *Service) InShort(ctx context.Context, slugs []string) (map[string][]Fact, error) {
	cards, err := s.some(ctx, s.db, slugs)
	facts := map[string][]Fact{}
	for _, c := range cards {
		strength, cost := "initiatives.facts.unsure", "initiatives.facts.nocost" // keys: initiatives.facts.unsure initiatives.facts.nocost initiatives.facts.cost
		if c.HasCost {
			cost = "initiatives.facts.cost"
		}
		list := []Fact{
			{i18n.T(ctx, "initiatives.compare.phase"), word(ctx, "phase", c.Phase.Status)},
			{i18n.T(ctx, "initiatives.compare.strength"), i18n.T(ctx, strength)},
			{i18n.T(ctx, "initiatives.compare.costs"), i18n.T(ctx, cost)},
		}
		if c.Strength != "" {
			list[1].Value = word(ctx, "strength", c.Strength)
		}
		facts[c.Slug] = list
	}
	return facts, err
}
