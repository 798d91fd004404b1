package places

import (
	"context"

	"wijkbaak.nl/internal/base/db"
)

const (
	columns = `path, kind, code, name, parent, province, note, lat, lon, inhabitants, demonstration`

	selectPlace    = `SELECT ` + columns + ` FROM place WHERE path = $1`
	selectChildren = `SELECT ` + columns + ` FROM place WHERE parent = $1 ORDER BY sort_key, path`
	// Places are few (18,000 for the whole country): an import compares with all.
	selectBelow = `SELECT ` + columns + ` FROM place WHERE path >= $1 ORDER BY path`

	selectByPostcode = `SELECT p.path, p.kind, p.code, p.name, p.parent, p.province, p.note, p.lat, p.lon, p.inhabitants, p.demonstration
		FROM place_postcode c JOIN place p ON p.path = c.place WHERE c.pc4 = $1`

	// What a file does not say (a centre, a note) stays as it was.
	upsertPlace = `INSERT INTO place (path, kind, code, name, sort_key, parent, province, note, lat, lon, inhabitants, demonstration)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (path) DO UPDATE SET name = excluded.name, sort_key = excluded.sort_key, province = excluded.province,
			note = excluded.note, lat = excluded.lat, lon = excluded.lon, inhabitants = excluded.inhabitants,
			demonstration = excluded.demonstration`

	selectPostcodes = `SELECT pc4, place, lat, lon, inhabitants, km2 FROM place_postcode WHERE pc4 >= $1 ORDER BY pc4`
	selectIn        = `SELECT pc4, place, lat, lon, inhabitants, km2 FROM place_postcode WHERE place = $1 ORDER BY pc4`
	upsertPostcode  = `INSERT INTO place_postcode (pc4, place, lat, lon, inhabitants, km2) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (pc4) DO UPDATE SET place = excluded.place, lat = excluded.lat, lon = excluded.lon,
			inhabitants = excluded.inhabitants, km2 = excluded.km2`

	figuresColumns = `f.place, f.inhabitants, f.density, f.addresses, f.urbanity, f.age_0, f.age_15, f.age_25, f.age_45, f.age_65, f.age_75, f.demonstration`
	selectFigures  = `SELECT ` + figuresColumns + ` FROM place p JOIN place_figures f ON f.place = p.path
		WHERE p.parent = $1 ORDER BY p.sort_key, p.path`
	selectFiguresOf    = `SELECT ` + figuresColumns + ` FROM place_figures f WHERE f.place = $1`
	selectFiguresBelow = `SELECT ` + figuresColumns + ` FROM place_figures f WHERE f.place >= $1 ORDER BY f.place`
	upsertFigures      = `INSERT INTO place_figures (place, inhabitants, density, addresses, urbanity, age_0, age_15, age_25, age_45, age_65, age_75, demonstration)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (place) DO UPDATE SET inhabitants = excluded.inhabitants, density = excluded.density, addresses = excluded.addresses,
			urbanity = excluded.urbanity, age_0 = excluded.age_0, age_15 = excluded.age_15, age_25 = excluded.age_25, age_45 = excluded.age_45,
			age_65 = excluded.age_65, age_75 = excluded.age_75, demonstration = excluded.demonstration`
	// The postcodes of a place together; a real place only.
	selectCrowds = `SELECT c.place, CAST(SUM(c.inhabitants) AS BIGINT), CAST(SUM(c.km2) AS DOUBLE PRECISION),
			CAST(SUM(c.inhabitants / c.km2 * c.inhabitants) AS DOUBLE PRECISION)
		FROM place_postcode c JOIN place p ON p.path = c.place
		WHERE c.place >= $1 AND c.place < $2 AND c.km2 > 0 AND NOT p.demonstration GROUP BY c.place`

	selectOutlines = `SELECT path, rings FROM place_outline WHERE parent = $1 ORDER BY path`
	upsertOutline  = `INSERT INTO place_outline (path, parent, rings) VALUES ($1, $2, $3)
		ON CONFLICT (path) DO UPDATE SET rings = excluded.rings`

	selectSettings = `SELECT path, settings FROM place_settings WHERE path IN ($1, $2, $3)`
	selectManaged  = `SELECT p.path, p.kind, p.code, p.name, p.parent, p.province, p.note, p.lat, p.lon, p.inhabitants, p.demonstration,
			s.settings, s.updated_at
		FROM place_settings s JOIN place p ON p.path = s.path WHERE s.path >= $1 ORDER BY s.path`
	upsertSettings = `INSERT INTO place_settings (path, settings, updated_at) VALUES ($1, $2, $3)
		ON CONFLICT (path) DO UPDATE SET settings = excluded.settings, updated_at = excluded.updated_at`
)

func scanPlace(s db.Scanner) (Place, error) {
	var p Place
	err := s.Scan(&p.Path, &p.Kind, &p.Code, &p.Name, &p.Parent, &p.Province, &p.Note, &p.Lat, &p.Lon, &p.Inhabitants, &p.Demonstration)
	return p, err
}

func scanManaged(s db.Scanner) (Managed, error) {
	var m Managed
	var settings db.JSON[Settings]
	var saved db.Time
	p := &m.Place
	err := s.Scan(&p.Path, &p.Kind, &p.Code, &p.Name, &p.Parent, &p.Province, &p.Note, &p.Lat, &p.Lon, &p.Inhabitants, &p.Demonstration, &settings, &saved)
	m.Settings, m.From, m.Saved = settings.V, m.Place, saved.Time
	return m, err
}

func scanPostcode(s db.Scanner) (Postcode, error) {
	var p Postcode
	err := s.Scan(&p.Code, &p.Place, &p.Lat, &p.Lon, &p.Inhabitants, &p.Area)
	return p, err
}

func savePlace(ctx context.Context, tx *db.Tx, p Place) error {
	_, err := tx.Exec(ctx, upsertPlace, p.Path, p.Kind, p.Code, p.Name, sortKey(p.Name), p.Parent, p.Province, p.Note, p.Lat, p.Lon, p.Inhabitants, p.Demonstration)
	return err
}

func savePostcode(ctx context.Context, tx *db.Tx, p Postcode) error {
	_, err := tx.Exec(ctx, upsertPostcode, p.Code, p.Place, p.Lat, p.Lon, p.Inhabitants, p.Area)
	return err
}

func scanFigures(s db.Scanner) (Figures, error) {
	var f Figures
	a := &f.Ages
	err := s.Scan(&f.Place, &f.Inhabitants, &f.Density, &f.Addresses, &f.Urbanity, &a[0], &a[1], &a[2], &a[3], &a[4], &f.Over75, &f.Demonstration)
	return f, err
}

func saveFigures(ctx context.Context, tx *db.Tx, f Figures) error {
	a := f.Ages
	_, err := tx.Exec(ctx, upsertFigures, f.Place, f.Inhabitants, f.Density, f.Addresses, f.Urbanity, a[0], a[1], a[2], a[3], a[4], f.Over75, f.Demonstration)
	return err
}

func saveOutline(ctx context.Context, tx *db.Tx, o Outline) error {
	_, err := tx.Exec(ctx, upsertOutline, o.Path, parentOf(o.Path), o.text())
	return err
}
