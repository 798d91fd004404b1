package places

import (
	"context"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
)

// Figures of the demonstration. All of them are made up and say so, those beside
// a real municipality too: there they only stand where nothing was imported.
var demoFigureList = []Figures{
	{Place: DemoPlace, Inhabitants: 6240, Density: 1240, Addresses: 620, Urbanity: 4, Ages: [5]float64{16, 10, 23, 27, 24}, Over75: 11},
	{Place: DemoPlace + "/BU0995ZZ01", Inhabitants: 2310, Density: 2100, Addresses: 980, Urbanity: 4, Ages: [5]float64{13, 10, 27, 27, 23}, Over75: 10},
	{Place: DemoPlace + "/BU0995ZZ02", Inhabitants: 2180, Density: 1350, Addresses: 640, Urbanity: 4, Ages: [5]float64{20, 12, 25, 26, 17}, Over75: 6},
	{Place: DemoPlace + "/BU0995ZZ03", Inhabitants: 1750, Density: 740, Addresses: 210, Urbanity: 5, Ages: [5]float64{14, 8, 16, 28, 34}, Over75: 18},
	{Place: "/0995", Inhabitants: 80_000, Density: 350, Addresses: 1300, Urbanity: 3, Ages: [5]float64{18, 12, 26, 26, 18}, Over75: 7},
	{Place: "/0355", Inhabitants: 65_000, Density: 1350, Addresses: 1600, Urbanity: 2, Ages: [5]float64{17, 11, 24, 27, 21}, Over75: 11},
	{Place: "/0228", Inhabitants: 120_000, Density: 380, Addresses: 1250, Urbanity: 3, Ages: [5]float64{18, 13, 26, 25, 18}, Over75: 8},
	{Place: "/0153", Inhabitants: 160_000, Density: 1150, Addresses: 1800, Urbanity: 2, Ages: [5]float64{15, 15, 26, 25, 19}, Over75: 9},
	{Place: "/0177", Inhabitants: 38_000, Density: 220, Addresses: 700, Urbanity: 4, Ages: [5]float64{16, 11, 21, 28, 24}, Over75: 12},
	{Place: "/0090", Inhabitants: 56_000, Density: 320, Addresses: 850, Urbanity: 4, Ages: [5]float64{16, 12, 22, 27, 23}, Over75: 10},
}

func demoFigures(ctx context.Context, tx *db.Tx) error {
	for _, f := range demoFigureList {
		_, err := db.One(ctx, tx, scanFigures, selectFiguresOf, f.Place)
		if err == nil {
			continue
		}
		if fault.KindOf(err) != fault.KindNotFound {
			return err
		}
		f.Demonstration = true
		if err := saveFigures(ctx, tx, f); err != nil {
			return err
		}
	}
	return nil
}
