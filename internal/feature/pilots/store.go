package pilots

import (
	"context"
	"time"

	"wijkbaak.nl/internal/base/db"
)

const pilotColumns = `id, initiative, name, place, place_name, place_path, lead, lead_name, lead_person, starts, ends, people, goal,
	design, compared, status, outcome, adopted, demonstration, version, decide_on, due_at, due_why, due_told, decided_at,
	created_at, changed_at`

// The list has a statement for each way to narrow it, so that each has its index.
const (
	listFrom     = `SELECT ` + pilotColumns + ` FROM pilot WHERE `
	listPublic   = listFrom + `status <> 'draft' AND id < $1`
	listRunning  = listFrom + `status = 'running' AND id < $1`
	listEnded    = listFrom + `status = 'ended' AND id < $1`
	listDue      = listFrom + `due_at IS NOT NULL AND status = 'running' AND id < $1`
	listOf       = ` AND initiative = $3`
	listIn       = ` AND place = $3`
	listOfIn     = ` AND initiative = $3 AND place = $4`
	listEnd      = ` ORDER BY id DESC LIMIT $2`
	selectPublic = listPublic + listEnd
)

// lists are the statements by what is asked for: state, then initiative and place.
var lists = map[string][4]string{
	"":      {selectPublic, listPublic + listOf + listEnd, listPublic + listIn + listEnd, listPublic + listOfIn + listEnd},
	"loopt": {listRunning + listEnd, listRunning + listOf + listEnd, listRunning + listIn + listEnd, listRunning + listOfIn + listEnd},
	"klaar": {listEnded + listEnd, listEnded + listOf + listEnd, listEnded + listIn + listEnd, listEnded + listOfIn + listEnd},
	"nu":    {listDue + listEnd, listDue + listOf + listEnd, listDue + listIn + listEnd, listDue + listOfIn + listEnd},
}

const (
	insertPilot = `INSERT INTO pilot (` + pilotColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
		$17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27)`
	updatePilot = `UPDATE pilot SET initiative = $2, name = $3, place = $4, place_name = $5, place_path = $6, lead = $7, lead_name = $8,
		lead_person = $9, starts = $10, ends = $11, people = $12, goal = $13, design = $14, compared = $15, status = $16, outcome = $17,
		adopted = $18, demonstration = $19, version = $20, decide_on = $21, due_at = $22, due_why = $23, due_told = $24, decided_at = $25,
		created_at = $26, changed_at = $27 WHERE id = $1`
	selectPilot   = `SELECT ` + pilotColumns + ` FROM pilot WHERE id = $1`
	deletePilot   = `DELETE FROM pilot WHERE id = $1 AND status = 'draft'`
	selectOf      = `SELECT ` + pilotColumns + ` FROM pilot WHERE initiative = $1 ORDER BY id DESC LIMIT 50`
	selectDrafts  = `SELECT ` + pilotColumns + ` FROM pilot WHERE lead = $1 AND status = 'draft' ORDER BY id DESC LIMIT 50`
	selectAdopted = `SELECT ` + pilotColumns + ` FROM pilot WHERE initiative = $1 AND adopted AND status = 'draft' ORDER BY id DESC LIMIT 50`
	selectPacked  = `SELECT ` + pilotColumns + ` FROM pilot WHERE initiative = $1 AND (status <> 'draft' OR adopted) ORDER BY id DESC LIMIT 1`
	selectRunning = `SELECT ` + pilotColumns + ` FROM pilot WHERE status = 'running' AND id > $1 ORDER BY id LIMIT $2`
	selectOnMap   = `SELECT id, initiative, name, place FROM pilot WHERE status = 'running' AND id > $1 ORDER BY id LIMIT $2`
	selectDecide  = `SELECT ` + pilotColumns + ` FROM pilot WHERE status = 'running' AND decide_on >= $1 AND decide_on < $2
		ORDER BY decide_on, id LIMIT 500`
	selectLedBy = `SELECT id, name FROM pilot WHERE lead_person = $1 ORDER BY lead_person LIMIT 1000`

	indicatorColumns = `id, pilot, code, position, name, definition, unit, kind, better, baseline, target, source, every, counter,
	last_day, last_value, last_n, last_spread, last_at`
	insertIndicator = `INSERT INTO pilot_indicator (` + indicatorColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
		$15, $16, $17, $18, $19)`
	updateIndicator = `UPDATE pilot_indicator SET name = $2, definition = $3, unit = $4, kind = $5, better = $6, baseline = $7, target = $8,
		source = $9, every = $10, counter = $11 WHERE id = $1`
	deleteIndicator  = `DELETE FROM pilot_indicator WHERE id = $1`
	selectIndicators = `SELECT ` + indicatorColumns + ` FROM pilot_indicator WHERE pilot = $1 ORDER BY position, id LIMIT 40`
	selectCounting   = `SELECT ` + indicatorColumns + ` FROM pilot_indicator WHERE counter <> '' AND id > $1 ORDER BY id LIMIT $2`
	updateLast       = `UPDATE pilot_indicator SET last_day = $2, last_value = $3, last_n = $4, last_spread = $5, last_at = $6 WHERE id = $1`

	measurementColumns = `indicator, day, value, n, spread, note, source, person, at`
	insertMeasurement  = `INSERT INTO pilot_measurement (` + measurementColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
	changeMeasurement  = `UPDATE pilot_measurement SET value = $3, n = $4, spread = $5, note = $6, source = $7, person = $8, at = $9
		WHERE indicator = $1 AND day = $2`
	deleteMeasurement  = `DELETE FROM pilot_measurement WHERE indicator = $1 AND day = $2`
	selectMeasurement  = `SELECT ` + measurementColumns + ` FROM pilot_measurement WHERE indicator = $1 AND day = $2`
	selectMeasurements = `SELECT ` + measurementColumns + ` FROM pilot_measurement WHERE indicator = $1 AND day < $2 ORDER BY day DESC LIMIT $3`

	oldColumns = `id, indicator, day, value, n, source, person, at, replaced_at, replaced_by`
	insertOld  = `INSERT INTO pilot_measurement_old (id, indicator, day, value, n, source, person, at, replaced_at, replaced_by, pilot)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`
	selectOld = `SELECT ` + oldColumns + ` FROM pilot_measurement_old WHERE pilot = $1 ORDER BY id DESC LIMIT 200`

	// A month is summed up anew when one of its days changes.
	deleteMonth = `DELETE FROM pilot_month WHERE indicator = $1 AND month = $2`
	insertMonth = `INSERT INTO pilot_month (indicator, month, times, mean, least, most)
		SELECT indicator, CAST($2 AS BIGINT), COUNT(value), AVG(value), MIN(value), MAX(value) FROM pilot_measurement
		WHERE indicator = $1 AND day >= $2 AND day < $3 GROUP BY indicator`
	selectFew    = `SELECT day FROM pilot_measurement WHERE indicator = $1 AND day < $2 AND n > 0 AND n < $3 ORDER BY day DESC LIMIT $4`
	selectMonths = `SELECT month, times, mean, least, most FROM pilot_month WHERE indicator = $1 AND month < $2 ORDER BY month DESC LIMIT 120`

	insertRule  = `INSERT INTO pilot_rule (id, pilot, position, kind, indicator, comparison, value, week) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	deleteRules = `DELETE FROM pilot_rule WHERE pilot = $1`
	selectRules = `SELECT id, kind, indicator, comparison, value, week FROM pilot_rule WHERE pilot = $1 ORDER BY position, id LIMIT 40`
	insertCost  = `INSERT INTO pilot_cost (id, pilot, position, label, planned, spent) VALUES ($1, $2, $3, $4, $5, $6)`
	deleteCosts = `DELETE FROM pilot_cost WHERE pilot = $1`
	selectCosts = `SELECT id, label, planned, spent FROM pilot_cost WHERE pilot = $1 ORDER BY position, id LIMIT 80`
	insertRisk  = `INSERT INTO pilot_risk (id, pilot, position, label, weight, answer) VALUES ($1, $2, $3, $4, $5, $6)`
	deleteRisks = `DELETE FROM pilot_risk WHERE pilot = $1`
	selectRisks = `SELECT id, label, weight, answer FROM pilot_risk WHERE pilot = $1 ORDER BY position, id LIMIT 80`
	insertNote  = `INSERT INTO pilot_note (id, pilot, day, body, quote, said_by, consent, consent_at, person, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
	deleteNote     = `DELETE FROM pilot_note WHERE id = $1 AND pilot = $2`
	noteColumns    = `id, day, body, quote, said_by, consent, consent_at, person, at`
	selectNotes    = `SELECT ` + noteColumns + ` FROM pilot_note WHERE pilot = $1 ORDER BY id DESC LIMIT 50`
	insertDecision = `INSERT INTO pilot_decision (id, pilot, day, outcome, others, reason, conditions, next, why, person, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`
	insertDecider   = `INSERT INTO pilot_decider (decision, person) VALUES ($1, $2) ON CONFLICT (person, decision) DO NOTHING`
	selectDecisions = `SELECT id, day, outcome, others, reason, conditions, next, why, person, at FROM pilot_decision
		WHERE pilot = $1 ORDER BY id DESC LIMIT 50`
	selectDeciders = `SELECT t.decision, t.person FROM pilot_decision d JOIN pilot_decider t ON t.decision = d.id WHERE d.pilot = $1`
	insertChange   = `INSERT INTO pilot_change (id, pilot, at, person, part, why) VALUES ($1, $2, $3, $4, $5, $6)`
	selectChanges  = `SELECT at, person, part, why FROM pilot_change WHERE pilot = $1 ORDER BY id DESC LIMIT 50`

	selectFigures = `SELECT ` + indicatorColumns + ` FROM pilot_indicator WHERE pilot = $1 AND last_day IS NOT NULL ORDER BY position, id LIMIT 40`

	// What one person left here.
	forgetLead     = `UPDATE pilot SET lead_person = NULL WHERE lead_person = $1`
	forgetMeasured = `UPDATE pilot_measurement SET person = NULL WHERE person = $1`
	forgetOld      = `UPDATE pilot_measurement_old SET person = NULL WHERE person = $1`
	forgetReplaced = `UPDATE pilot_measurement_old SET replaced_by = NULL WHERE replaced_by = $1`
	forgetNotes    = `UPDATE pilot_note SET person = NULL WHERE person = $1`
	forgetDecided  = `UPDATE pilot_decision SET person = NULL WHERE person = $1`
	forgetDecider  = `DELETE FROM pilot_decider WHERE person = $1`
	forgetChanges  = `UPDATE pilot_change SET person = NULL, why = '' WHERE person = $1`

	exportNotes     = `SELECT ` + noteColumns + ` FROM pilot_note WHERE person = $1 ORDER BY person LIMIT 1000`
	exportDecisions = `SELECT d.id, d.day, d.outcome, d.others, d.reason, d.conditions, d.next, d.why, d.person, d.at
		FROM pilot_decider t JOIN pilot_decision d ON d.id = t.decision WHERE t.person = $1 LIMIT 1000`
	exportMeasured = `SELECT ` + measurementColumns + ` FROM pilot_measurement WHERE person = $1 ORDER BY person, indicator, day LIMIT 5000`
	exportChanges  = `SELECT at, person, part, why FROM pilot_change WHERE person = $1 ORDER BY person LIMIT 1000`
)

// last is an id after all others, where a list by descending id begins.
const last = "~"

func scanPilot(s db.Scanner) (Pilot, error) {
	var p Pilot
	var person db.Null
	var starts, ends, decide, due, decided, created, changed db.Time
	err := s.Scan(&p.ID, &p.Initiative, &p.Name, &p.Place, &p.PlaceName, &p.PlacePath, &p.Lead, &p.LeadName, &person, &starts, &ends,
		&p.People, &p.Goal, &p.Design, &p.Compared, &p.Status, &p.Outcome, &p.Adopted, &p.Demonstration, &p.Version, &decide, &due,
		&p.DueWhy, &p.DueTold, &decided, &created, &changed)
	p.LeadPerson, p.Starts, p.Ends, p.DecideOn = string(person), starts.Time, ends.Time, decide.Time
	p.DueAt, p.DecidedAt, p.CreatedAt, p.ChangedAt = due.Time, decided.Time, created.Time, changed.Time
	return p, err
}

func (p Pilot) columns() []any {
	return []any{p.ID, p.Initiative, p.Name, p.Place, p.PlaceName, p.PlacePath, p.Lead, p.LeadName, db.Null(p.LeadPerson), db.At(p.Starts),
		db.At(p.Ends), p.People, p.Goal, p.Design, p.Compared, p.Status, p.Outcome, p.Adopted, p.Demonstration, p.Version,
		db.At(p.DecideOn), db.At(p.DueAt), p.DueWhy, p.DueTold, db.At(p.DecidedAt), db.At(p.CreatedAt), db.At(p.ChangedAt)}
}

func scanIndicator(s db.Scanner) (Indicator, error) {
	var i Indicator
	var lastDay, lastAt db.Time
	var value *float64
	err := s.Scan(&i.ID, &i.Pilot, &i.Code, &i.Position, &i.Name, &i.Definition, &i.Unit, &i.Kind, &i.Better, &i.Baseline, &i.Target,
		&i.Source, &i.Every, &i.Counter, &lastDay, &value, &i.Last.N, &i.Last.Spread, &lastAt)
	i.Last.Day, i.Last.At = lastDay.Time, lastAt.Time
	if value != nil {
		i.Last.Value = *value
	}
	return i, err
}

func (i Indicator) columns() []any {
	return append([]any{i.ID, i.Pilot, i.Code, i.Position, i.Name, i.Definition, i.Unit, i.Kind, i.Better, i.Baseline, i.Target, i.Source,
		i.Every, i.Counter}, i.Last.last()...)
}

// last are the columns that repeat the newest measurement.
func (m Measurement) last() []any {
	if m.Day.IsZero() {
		return []any{nil, nil, 0, nil, nil}
	}
	return []any{db.At(m.Day), m.Value, m.N, m.Spread, db.At(m.At)}
}

func scanMeasurement(s db.Scanner) (Measurement, error) {
	var m Measurement
	var on, at db.Time
	var person db.Null
	err := s.Scan(&m.Indicator, &on, &m.Value, &m.N, &m.Spread, &m.Note, &m.Source, &person, &at)
	m.Day, m.At, m.Person = on.Time, at.Time, string(person)
	return m, err
}

func (m Measurement) columns() []any {
	return []any{m.Indicator, db.At(m.Day), m.Value, m.N, m.Spread, m.Note, m.Source, db.Null(m.Person), db.At(m.At)}
}

func scanOld(s db.Scanner) (Old, error) {
	var o Old
	var on, at, replaced db.Time
	var person, by db.Null
	err := s.Scan(&o.ID, &o.Indicator, &on, &o.Value, &o.N, &o.Source, &person, &at, &replaced, &by)
	o.Day, o.At, o.ReplacedAt, o.Person, o.ReplacedBy = on.Time, at.Time, replaced.Time, string(person), string(by)
	return o, err
}

func scanMonth(s db.Scanner) (Month, error) {
	var m Month
	var month db.Time
	err := s.Scan(&month, &m.Times, &m.Mean, &m.Least, &m.Most)
	m.Month = month.Time
	return m, err
}

func scanRule(s db.Scanner) (Rule, error) {
	var r Rule
	err := s.Scan(&r.ID, &r.Kind, &r.Indicator, &r.Comparison, &r.Value, &r.Week)
	return r, err
}

func scanCost(s db.Scanner) (Cost, error) {
	var c Cost
	err := s.Scan(&c.ID, &c.Label, &c.Planned, &c.Spent)
	return c, err
}

func scanRisk(s db.Scanner) (Risk, error) {
	var r Risk
	err := s.Scan(&r.ID, &r.Label, &r.Weight, &r.Answer)
	return r, err
}

func scanNote(s db.Scanner) (Note, error) {
	var n Note
	var on, consent, at db.Time
	var person db.Null
	err := s.Scan(&n.ID, &on, &n.Body, &n.Quote, &n.SaidBy, &n.Consent, &consent, &person, &at)
	n.Day, n.ConsentAt, n.At, n.Person = on.Time, consent.Time, at.Time, string(person)
	return n, err
}

func scanDecision(s db.Scanner) (Decision, error) {
	var d Decision
	var on, next, at db.Time
	var person db.Null
	err := s.Scan(&d.ID, &on, &d.Outcome, &d.Others, &d.Reason, &d.Conditions, &next, &d.Why, &person, &at)
	d.Day, d.Next, d.At, d.Person = on.Time, next.Time, at.Time, string(person)
	return d, err
}

func scanChange(s db.Scanner) (Change, error) {
	var c Change
	var at db.Time
	var person db.Null
	err := s.Scan(&at, &person, &c.Part, &c.Why)
	c.At, c.Person = at.Time, string(person)
	return c, err
}

// monthOf is the first day of the month of a day, and of the next.
func monthOf(t time.Time) (from, to time.Time) {
	from = time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
	return from, from.AddDate(0, 1, 0)
}

// sumMonth keeps the sum of a month in step with its days.
func sumMonth(ctx context.Context, tx *db.Tx, indicator string, on time.Time) error {
	from, to := monthOf(on)
	if _, err := tx.Exec(ctx, deleteMonth, indicator, db.At(from)); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, insertMonth, indicator, db.At(from), db.At(to))
	return err
}
