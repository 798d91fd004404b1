package assessments

import (
	"context"

	"wijkbaak.nl/internal/base/db"
)

const (
	columns = `id, slug, name, version, status, verdict, body, tested_at, published_at, lapses_at, lapsed, newer, newer_at, demonstration, person, made_at`

	insertAssessment = `INSERT INTO assessment (` + columns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`
	updateAssessment = `UPDATE assessment SET name = $2, status = $3, verdict = $4, body = $5, tested_at = $6, published_at = $7, lapses_at = $8, lapsed = $9,
		newer = $10, newer_at = $11 WHERE id = $1`
	selectAssessment = `SELECT ` + columns + ` FROM assessment WHERE id = $1`
	selectPublished  = `SELECT ` + columns + ` FROM assessment WHERE status = 'published' AND slug > $1 ORDER BY slug LIMIT $2`
	selectOpen       = `SELECT ` + columns + ` FROM assessment WHERE status IN ('scoring', 'settling', 'ready') AND slug > $1 ORDER BY slug LIMIT $2`
	countOpen        = `SELECT COUNT(id) FROM assessment WHERE slug = $1 AND status IN ('scoring', 'settling', 'ready')`
	countOf          = `SELECT COUNT(id) FROM assessment WHERE slug = $1`
	selectOpenOf     = `SELECT a.id, a.slug, a.name, a.version, a.status, a.verdict, a.body, a.tested_at, a.published_at, a.lapses_at, a.lapsed, a.newer, a.newer_at,
		a.demonstration, a.person, a.made_at FROM assessment_seat s JOIN assessment a ON a.id = s.assessment
		WHERE s.organisation = $1 AND s.assessment < $2 AND a.status IN ('scoring', 'settling', 'ready') ORDER BY s.organisation, s.assessment DESC LIMIT $3`
	selectHistory = `SELECT ` + columns + ` FROM assessment WHERE slug = $1 AND id < $2 ORDER BY slug, id DESC LIMIT $3`
	selectMade    = `SELECT ` + columns + ` FROM assessment WHERE person = $1 AND id > $2 ORDER BY person, id LIMIT $3`
	selectLapsing = `SELECT ` + columns + ` FROM assessment WHERE status = 'published' AND NOT lapsed AND lapses_at <= $1 ORDER BY lapses_at, id LIMIT $2`
	selectToWarn  = `SELECT ` + columns + ` FROM assessment WHERE status = 'published' AND NOT lapsed AND lapses_at <= $1 AND warned_at IS NULL
		ORDER BY lapses_at, id LIMIT $2`
	setWarned      = `UPDATE assessment SET warned_at = $2 WHERE id = $1`
	replaceCurrent = `UPDATE assessment SET status = 'replaced' WHERE slug = $1 AND status = 'published'`

	seatColumns = `id, assessment, organisation, name, person, marks, handed_at, edit`
	insertSeat  = `INSERT INTO assessment_seat (` + seatColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	// The edit in the WHERE is the one the tester saw.
	updateSeat    = `UPDATE assessment_seat SET person = $2, marks = $3, handed_at = $4, edit = edit + 1 WHERE id = $1 AND edit = $5`
	selectSeats   = `SELECT ` + seatColumns + ` FROM assessment_seat WHERE assessment = $1 ORDER BY assessment, organisation`
	selectSeatsBy = `SELECT ` + seatColumns + ` FROM assessment_seat WHERE person = $1 AND id > $2 ORDER BY person, id LIMIT $3`

	stanceColumns = `assessment, criterion, seat, score, reason, person, at`
	keepStance    = `INSERT INTO assessment_stance (` + stanceColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (assessment, criterion, seat)
		DO UPDATE SET score = excluded.score, reason = excluded.reason, person = excluded.person, at = excluded.at`
	selectStances   = `SELECT ` + stanceColumns + ` FROM assessment_stance WHERE assessment = $1 ORDER BY assessment, criterion, seat`
	selectStancesBy = `SELECT ` + stanceColumns + ` FROM assessment_stance WHERE person = $1 AND assessment > $2 ORDER BY person, assessment, criterion LIMIT $3`

	selectRevision = `SELECT n FROM assessment_revision WHERE id = 1`
	raiseRevision  = `UPDATE assessment_revision SET n = n + 1 WHERE id = 1`

	forgetMaker  = `UPDATE assessment SET person = '' WHERE person = $1`
	forgetMarks  = `UPDATE assessment_seat SET marks = '[]', edit = edit + 1 WHERE person = $1 AND handed_at IS NULL`
	forgetSeat   = `UPDATE assessment_seat SET person = '' WHERE person = $1`
	forgetStance = `UPDATE assessment_stance SET person = '' WHERE person = $1`
)

// last is above every id.
const last = "~"

func plans() []db.Plan {
	return []db.Plan{
		{Name: "assessments that are published", SQL: selectPublished, Args: []any{"", 200}},
		{Name: "assessments under way", SQL: selectOpen, Args: []any{"", 200}},
		{Name: "assessments under way of an organisation", SQL: selectOpenOf, Args: []any{"o", last, 50}},
		{Name: "assessments of an application", SQL: selectHistory, Args: []any{"s", last, 20}},
		{Name: "assessments by a person", SQL: selectMade, Args: []any{"p", "", 200}},
		{Name: "assessments that lapse", SQL: selectLapsing, Args: []any{1, 50}},
		{Name: "assessments to warn about", SQL: selectToWarn, Args: []any{1, 50}},
		{Name: "seats of an assessment", SQL: selectSeats, Args: []any{"a"}},
		{Name: "seats of a person", SQL: selectSeatsBy, Args: []any{"p", "", 200}},
		{Name: "stances of an assessment", SQL: selectStances, Args: []any{"a"}},
		{Name: "stances of a person", SQL: selectStancesBy, Args: []any{"p", "", 200}},
	}
}

func scanAssessment(s db.Scanner) (a Assessment, err error) {
	var body db.JSON[Body]
	var tested, published, lapses, newer, made db.Time
	err = s.Scan(&a.ID, &a.Slug, &a.Name, &a.Version, &a.Status, &a.Verdict, &body, &tested, &published, &lapses, &a.Lapsed, &a.Newer, &newer,
		&a.Demonstration, &a.Person, &made)
	a.Body, a.Tested, a.Published, a.Lapses, a.NewerAt, a.Made = body.V, tested.Time, published.Time, lapses.Time, newer.Time, made.Time
	return a, err
}

func scanSeat(s db.Scanner) (o Seat, err error) {
	var marks db.JSON[[]Mark]
	var handed db.Time
	err = s.Scan(&o.ID, &o.Assessment, &o.Organisation, &o.Name, &o.Person, &marks, &handed, &o.Edit)
	o.Marks, o.Handed = marks.V, handed.Time
	return o, err
}

func scanStance(s db.Scanner) (o Stance, err error) {
	var at db.Time
	err = s.Scan(&o.Assessment, &o.Criterion, &o.Seat, &o.Score, &o.Reason, &o.Person, &at)
	o.At = at.Time
	return o, err
}

func addAssessment(ctx context.Context, tx *db.Tx, a *Assessment) error {
	_, err := tx.Exec(ctx, insertAssessment, a.ID, a.Slug, a.Name, a.Version, string(a.Status), string(a.Verdict), db.JSON[Body]{V: a.Body}, db.At(a.Tested),
		db.At(a.Published), db.At(a.Lapses), a.Lapsed, a.Newer, db.At(a.NewerAt), a.Demonstration, a.Person, db.At(a.Made))
	return err
}

func keepAssessment(ctx context.Context, tx *db.Tx, a *Assessment) error {
	_, err := tx.Exec(ctx, updateAssessment, a.ID, a.Name, string(a.Status), string(a.Verdict), db.JSON[Body]{V: a.Body}, db.At(a.Tested), db.At(a.Published),
		db.At(a.Lapses), a.Lapsed, a.Newer, db.At(a.NewerAt))
	return err
}

func addSeat(ctx context.Context, tx *db.Tx, s *Seat) error {
	_, err := tx.Exec(ctx, insertSeat, s.ID, s.Assessment, s.Organisation, s.Name, s.Person, db.JSON[[]Mark]{V: s.Marks}, db.At(s.Handed), s.Edit)
	return err
}

// keepSeat tells whether nobody else kept it since.
func keepSeat(ctx context.Context, tx *db.Tx, s *Seat) (bool, error) {
	n, err := tx.Exec(ctx, updateSeat, s.ID, s.Person, db.JSON[[]Mark]{V: s.Marks}, db.At(s.Handed), s.Edit)
	return n > 0, err
}

func addStance(ctx context.Context, tx *db.Tx, s *Stance) error {
	_, err := tx.Exec(ctx, keepStance, s.Assessment, s.Criterion, s.Seat, s.Score, s.Reason, s.Person, db.At(s.At))
	return err
}

func raise(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, raiseRevision)
	return err
}
