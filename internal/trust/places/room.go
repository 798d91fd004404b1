package places

import (
	"context"
	"embed"
	"slices"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/room"
)

//go:embed migrations
var migrations embed.FS

//go:embed locales
var locales embed.FS

// Room is the manifest. It exports and erases nothing: no table holds anything
// of a person; who works where stands in trust/people.
func (s *Places) Room() room.Room {
	return room.New("places", room.NothingPersonal{}, room.Parts{
		Routes:     s.routes(),
		Migrations: migrations,
		Locales:    locales,
		Demo:       s.Demo,
		Plans:      plans(),
	})
}

// plans are the list queries, for the test that reads how they run.
func plans() []db.Plan {
	return []db.Plan{
		{Name: "children", SQL: selectChildren, Args: []any{"/0995"}},
		{Name: "by postcode", SQL: selectByPostcode, Args: []any{"8247"}},
		{Name: "postcodes of a place", SQL: selectIn, Args: []any{"/0995"}},
		{Name: "outlines", SQL: selectOutlines, Args: []any{""}},
		{Name: "settings", SQL: selectSettings, Args: []any{"/0995", "", ""}},
		{Name: "places with settings", SQL: selectManaged, Args: []any{""}},
		{Name: "all places", SQL: selectBelow, Args: []any{""}},
		{Name: "figures of the municipalities", SQL: selectFigures, Args: []any{""}},
		{Name: "figures of a place", SQL: selectFiguresOf, Args: []any{"/0995"}},
		{Name: "all figures", SQL: selectFiguresBelow, Args: []any{""}},
		{Name: "postcodes together", SQL: selectCrowds, Args: []any{"/0995", "/09950"}},
		{Name: "all postcodes", SQL: selectPostcodes, Args: []any{""}},
	}
}

// DemoPlace is the district in which the demonstration takes place.
const DemoPlace = "/0995/WK0995ZZ"

// Demo adds a made-up district, marked as such, to a real municipality, with
// postcodes that nobody has.
func (s *Places) Demo(ctx context.Context) error {
	if err := s.Install(ctx); err != nil {
		return err
	}
	const note = "Verzonnen plek, om Wijkbaak te laten zien. Deze wijk bestaat niet echt."
	demo := []Place{
		{Path: DemoPlace, Name: "Waterkwartier (voorbeeldwijk)", Lat: 52.5050, Lon: 5.4700, Inhabitants: 6240},
		{Path: DemoPlace + "/BU0995ZZ01", Name: "Havenbuurt (voorbeeld)", Lat: 52.5080, Lon: 5.4620, Inhabitants: 2310},
		{Path: DemoPlace + "/BU0995ZZ02", Name: "Sluisbuurt (voorbeeld)", Lat: 52.5040, Lon: 5.4720, Inhabitants: 2180},
		{Path: DemoPlace + "/BU0995ZZ03", Name: "Rietbuurt (voorbeeld)", Lat: 52.5020, Lon: 5.4800, Inhabitants: 1750},
	}
	settings := DefaultSettings()
	settings.Portal = "Wijkbaak Waterkwartier"
	settings.Greeting = "Voor en door het Waterkwartier (een voorbeeldwijk). Stel uw vraag, buren en het wijkteam denken mee."
	settings.Urgent = slices.Insert(settings.Urgent, 2, UrgentHelp{"Huisartsenpost (voorbeeld)", "088 - 000 00 00",
		"'s Avonds, 's nachts en in het weekend. Dit is een demo: het nummer is verzonnen."})
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for i, p := range demo {
			code := p.Path[len(parentOf(p.Path))+1:]
			p.Code, p.Path, p.Kind, _ = ParseCode(code)
			p.Parent, p.Note, p.Demonstration = parentOf(p.Path), note, true
			if err := savePlace(ctx, tx, p); err != nil {
				return err
			}
			if i == 0 {
				continue
			}
			if err := savePostcode(ctx, tx, Postcode{Code: []string{"", "8247", "8248", "8249"}[i], Place: p.Path, Lat: p.Lat, Lon: p.Lon, Inhabitants: p.Inhabitants, Area: 0.6}); err != nil {
				return err
			}
		}
		if err := demoFigures(ctx, tx); err != nil {
			return err
		}
		return s.SaveSettings(ctx, tx, DemoPlace, settings)
	})
}
