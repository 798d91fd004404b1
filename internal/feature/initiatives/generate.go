package initiatives

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/search"
	"wijkbaak.nl/internal/trust/themes"
)

// generateAtOnce is how many generated initiatives share a transaction.
const generateAtOnce = 500

// Generate adds n initiatives that look like real ones, the same for the same seed,
// to measure the program with. What a seed has made before is left as it is.
func (s *Service) Generate(ctx context.Context, seed uint64, n int) error {
	towns, err := s.places.Centres(ctx)
	if err != nil {
		return err
	}
	barriers, err := s.Barriers(ctx)
	if err != nil {
		return err
	}
	g := newGenerator(seed, towns, barriers)
	for from := 0; from < n; from += generateAtOnce {
		var batch []Initiative
		for k := from; k < min(from+generateAtOnce, n); k++ {
			batch = append(batch, g.initiative(k))
		}
		if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.add(ctx, tx, batch) }); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) add(ctx context.Context, tx *db.Tx, batch []Initiative) error {
	w := newWriter(tx, s.clock.Now())
	for _, i := range batch {
		there, err := s.Exists(ctx, tx, i.Slug)
		if err != nil {
			return err
		}
		if there {
			continue
		}
		if err := w.put(ctx, i, checksum(i), true); err != nil {
			return err
		}
		if err := search.Put(ctx, tx, doc(i, w.now)); err != nil {
			return err
		}
	}
	return w.finish(ctx)
}

type generator struct {
	*rand.Rand
	seed     uint64
	towns    []Centre
	barriers []Entry
}

func newGenerator(seed uint64, towns []Centre, barriers []Entry) generator {
	return generator{rand.New(rand.NewPCG(seed, 0x1717)), seed, towns, barriers} //nolint:gosec // must be repeatable
}

func pick[T any](g generator, list []T) T { return list[g.IntN(len(list))] }

var (
	madeWhat = []string{"Buurtkamer", "Beweegcoach", "Maatjesproject", "Wijktafel", "Sensoren thuis", "Beeldbellen", "Medicijndispenser",
		"Digicafé", "Vervoersdienst", "Klussendienst", "Valtraining", "Leefstijlloket", "Mantelzorgsteunpunt", "Buurtapp", "Eettafel"}
	madeFor   = []string{"mantelzorgers", "thuiswonende ouderen", "wijkbewoners", "mensen met dementie", "jongeren", "vrijwilligers", "medewerkers in de zorg"}
	madeTowns = []string{"Zeist", "Almelo", "Venlo", "Breda", "Assen", "Hoorn", "Zwolle", "Tilburg", "Leiden", "Emmen"}
	madeDo    = []string{"brengt buren bij elkaar die anders weinig mensen zien", "helpt mensen om langer thuis te wonen", "laat mensen elke week samen bewegen",
		"geeft rust aan wie voor een ander zorgt", "maakt een afspraak met de wijkverpleging makkelijk"}
	madeParties  = []string{"gemeente", "welzijnsorganisatie", "zorgorganisatie", "huisartsen", "bibliotheek", "woningcorporatie", "zorgverzekeraar"}
	madeMetrics  = []string{"deelnemers die zich minder eenzaam voelen", "deelnemers die doorgaan", "tevreden deelnemers", "deelnemers die vaker buiten komen"}
	madePeriods  = []string{"na 6 maanden", "2023", "voorjaar 2024", "eerste jaar"}
	madeDemands  = []string{"Een vaste coördinator.", "Een plek in de wijk waar iedereen binnen kan lopen.", "Geld voor ten minste drie jaar."}
	generateFrom = 2012
)

func (g generator) town() string {
	if len(g.towns) > 0 {
		return pick(g, g.towns).Name
	}
	return pick(g, madeTowns)
}

func (g generator) initiative(k int) Initiative {
	town, what, target := g.town(), pick(g, madeWhat), pick(g, madeFor)
	i := Initiative{
		Slug: fmt.Sprintf("voorbeeld-%d-%d", g.seed, k), Name: fmt.Sprintf("%s %s %d", what, town, k+1), Kind: pick(g, Kinds),
		Summary:        fmt.Sprintf("%s in %s is er voor %s. Het %s. Dit is een verzonnen voorbeeld.", what, town, target, pick(g, madeDo)),
		Region:         town,
		Phase:          Phase{Status: pick(g, Phases), Year: generateFrom + g.IntN(14)},
		Municipalities: []Municipality{{Name: town}},
		TargetGroups:   []string{target},
		Preconditions:  []string{pick(g, madeDemands)},
		Sources:        []Source{{ID: "s1", Title: "Verzonnen bron bij een voorbeeld"}},
	}
	for range 1 + g.IntN(3) {
		if t := pick(g, themes.All); !strings.Contains(strings.Join(i.Themes, " "), t) {
			i.Themes = append(i.Themes, t)
		}
	}
	for range 1 + g.IntN(3) {
		i.Parties = append(i.Parties, Party{pick(g, madeParties) + " " + town, pick(g, []string{"initiatiefnemer", "partner", "betaalt mee"})})
	}
	for range g.IntN(4) {
		v := float64(20 + g.IntN(75))
		i.Evidence = append(i.Evidence, Evidence{Type: pick(g, EvidenceTypes), Metric: pick(g, madeMetrics), Value: &v, Unit: "procent",
			N: 10 + g.IntN(400), Period: pick(g, madePeriods), Strength: pick(g, Strengths), Source: "s1"})
	}
	if g.IntN(3) == 0 {
		i.Costs = []Cost{{Item: "kosten per jaar", Cents: int64(1+g.IntN(200)) * 100_000, Period: fmt.Sprint(i.Phase.Year), Source: "s1"}}
	}
	if g.IntN(4) == 0 {
		size := 1.0
		for y := range 3 {
			size += float64(g.IntN(20))
			i.Growth = append(i.Growth, Point{Period: fmt.Sprint(i.Phase.Year - 3 + y), Value: size, Unit: "wijken", Source: "s1"})
		}
	}
	for range g.IntN(3) {
		if len(g.barriers) > 0 {
			i.Barriers = append(i.Barriers, Met{Barrier: pick(g, g.barriers).Slug, Source: "s1"})
		}
	}
	return i
}
