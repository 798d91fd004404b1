package offers

import (
	"context"
	"fmt"
	"math/rand/v2"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/trust/themes"
)

// Generate adds n offers that look like real ones, the same for the same seed, to
// measure the program with. What a seed has made before is left as it is.
func (s *Service) Generate(ctx context.Context, seed uint64, n int, progress func(int)) error {
	areas, err := s.o.Places.Areas(ctx)
	if err != nil {
		return err
	}
	g := generator{rand.New(rand.NewPCG(seed, 0x0ff3)), seed, areas} //nolint:gosec // must be repeatable
	const atOnce = 500
	for from := 0; from < n; from += atOnce {
		var batch []loaded
		for k := from; k < min(from+atOnce, n); k++ {
			batch = append(batch, g.offer(k))
		}
		if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.put(ctx, tx, batch) }); err != nil {
			return err
		}
		if progress != nil {
			progress(from + len(batch))
		}
	}
	return nil
}

type generator struct {
	*rand.Rand
	seed  uint64
	areas []Area
}

func pick[T any](g generator, list []T) T { return list[g.IntN(len(list))] }

// some takes one to most of a list, each once.
func some(g generator, list []string, most int) []string {
	var out []string
	for range 1 + g.IntN(most) {
		out = append(out, pick(g, list))
	}
	return unique(out)
}

var (
	madeWhat = map[string][]string{
		"activity":    {"Koffie", "Samen eten", "Wandelen", "Breien", "Schilderen", "Bingo", "Zingen", "Stoelgym", "Taalcafé", "Voorlezen"},
		"service":     {"Maaltijden aan huis", "Hulp bij geld", "Klussendienst", "Wijkverpleging", "Vervoer op maat", "Maatschappelijk werk", "Huishoudelijke hulp"},
		"application": {"Slaapdagboek", "Pillenwekker", "Beweegmaatje", "Geheugenspel", "Buurtapp", "Ademcoach"}, "device": {"Rollator", "Personenalarm", "Leesloep", "Robotkat", "Tillift"},
		"training": {"Valtraining", "Cursus computer", "Omgaan met geld", "Mindfulness", "Cursus mantelzorg"}, "place": {"Proefwoning", "Uitleenpunt", "Buurttuin", "Huiskamer"},
		"group": {"Maatjes", "Buurthulp", "Bezoekgroep", "Klusgroep"}}
	madeWho  = []string{"ouderen", "mantelzorgers", "buurtgenoten", "jongeren", "gezinnen", "nieuwkomers"}
	madeHuis = []string{"Buurthuis", "Wijkcentrum", "Bibliotheek", "Stichting", "Zorggroep", "Kerk", "Sporthal"}
)

func (g generator) offer(k int) loaded {
	kind := pick(g, Kinds)
	what, who := pick(g, madeWhat[kind]), pick(g, madeWho)
	area := Area{Code: "GM0995", Name: "Lelystad", Lat: 52.51, Lon: 5.47}
	if len(g.areas) > 0 {
		area = pick(g, g.areas)
	}
	house := fmt.Sprintf("%s %s %d", pick(g, madeHuis), area.Name, g.IntN(40))
	l := loaded{by: house, checked: g.IntN(260), Offer: Offer{
		Slug: fmt.Sprintf("gemaakt-%d-%d", g.seed, k), Kind: kind, Name: fmt.Sprintf("%s %d", what, k+1),
		Summary:     fmt.Sprintf("%s voor %s in %s. Dit is een verzonnen voorbeeld.", what, who, area.Name),
		Description: fmt.Sprintf("Elke week is er %s. Iedereen die wil, doet mee. U hoeft niets mee te nemen.\n\nVragen? Bel %s. Dit is een verzonnen voorbeeld.", what, house),
		Gives:       "Gezelligheid en hulp.", For: "Voor " + who + ".", Audience: some(g, Audiences, 3), Themes: some(g, themes.All, 3), Areas: some(g, themes.Areas, 2),
		Languages: append([]string{"nl"}, some(g, Languages[1:8], 1)[:g.IntN(2)]...), Accessible: some(g, Accessibly, 3), Where: some(g, Wheres, 2),
		Join: Join{Text: "Bel of kom langs.", Phone: "088 - 000 00 00"}, Also: []string{who + "hulp"}}}
	if kind != "application" {
		l.Places = []string{area.Code}
		l.Locations = []Location{{Name: house, Street: fmt.Sprintf("Voorbeeldstraat %d", 1+g.IntN(99)), Postcode: fmt.Sprintf("%d AA", 1000+g.IntN(8999)), Town: area.Name,
			Lat: area.Lat + (g.Float64()-.5)*.05, Lon: area.Lon + (g.Float64()-.5)*.08, Access: some(g, Accessibly[:2], 2)}}
		from := 8 + g.IntN(10)
		l.Schedule = []Slot{{Days: []string{pick(g, Weekdays)}, From: fmt.Sprintf("%02d:00", from), To: fmt.Sprintf("%02d:30", from+2)}}
	}
	if l.Cost.Kind = pick(g, Costs); l.Cost.Kind == "paid" {
		l.Cost.Cents, l.Cost.Per = int64(50+g.IntN(40)*50), pick(g, Periods)
	}
	return l
}
