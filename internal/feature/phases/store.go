package phases

import (
	"context"
	"time"

	"wijkbaak.nl/internal/base/db"
)

const (
	selectList = `SELECT items, version FROM phases_list WHERE owner = $1`
	putList    = `INSERT INTO phases_list (owner, items, version, changed_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (owner) DO UPDATE SET items = excluded.items, version = excluded.version, changed_at = excluded.changed_at`

	selectVersion = `SELECT version FROM phases_record WHERE initiative = $1`
	putVersion    = `INSERT INTO phases_record (initiative, version, changed_at) VALUES ($1, $2, $3)
		ON CONFLICT (initiative) DO UPDATE SET version = excluded.version, changed_at = excluded.changed_at`

	markColumns = `code, state, note, link, person, at`
	selectMarks = `SELECT ` + markColumns + ` FROM phases_mark WHERE initiative = $1 ORDER BY initiative, code LIMIT 500`
	putMark     = `INSERT INTO phases_mark (initiative, ` + markColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (initiative, code) DO UPDATE SET state = excluded.state, note = excluded.note, link = excluded.link,
		person = excluded.person, at = excluded.at`

	decisionColumns = `id, initiative, kind, from_phase, to_phase, day, reason, lesson, open_why, left_open, proofs, roles, organisation, person, at, demonstration`
	insertDecision  = `INSERT INTO phases_decision (` + decisionColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`
	selectDecisions = `SELECT ` + decisionColumns + ` FROM phases_decision WHERE initiative = $1 ORDER BY initiative, id DESC LIMIT 100`
	selectDeciders  = `SELECT d.decision, d.person FROM phases_decision x JOIN phases_decider d ON d.decision = x.id
		WHERE x.initiative = $1 ORDER BY x.initiative, x.id DESC LIMIT 2000`
	insertDecider = `INSERT INTO phases_decider (decision, person) VALUES ($1, $2) ON CONFLICT (decision, person) DO NOTHING`

	conditionColumns = `id, decision, initiative, body, owner, organisation, due, done_at, done_by`
	insertCondition  = `INSERT INTO phases_condition (` + conditionColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
	selectConditions = `SELECT ` + conditionColumns + ` FROM phases_condition WHERE initiative = $1 ORDER BY initiative, id LIMIT 1000`
	selectCondition  = `SELECT ` + conditionColumns + ` FROM phases_condition WHERE id = $1`
	tickCondition    = `UPDATE phases_condition SET done_at = $2, done_by = $3 WHERE id = $1`
	selectDue        = `SELECT ` + conditionColumns + ` FROM phases_condition WHERE done_at IS NULL AND due >= $1 AND due < $2 ORDER BY due, id LIMIT 200`

	fitColumns = `initiative, organisation, municipality, answers, person, version, changed_at`
	selectFit  = `SELECT ` + fitColumns + ` FROM phases_fit WHERE initiative = $1 AND organisation = $2`
	putFit     = `INSERT INTO phases_fit (` + fitColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (initiative, organisation) DO UPDATE SET municipality = excluded.municipality, answers = excluded.answers,
		person = excluded.person, version = excluded.version, changed_at = excluded.changed_at`

	actionColumns   = `id, initiative, organisation, title, owner, due, done_at, step`
	insertAction    = `INSERT INTO phases_action (` + actionColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	selectActions   = `SELECT ` + actionColumns + ` FROM phases_action WHERE initiative = $1 AND organisation = $2 ORDER BY initiative, organisation, id LIMIT 200`
	selectAction    = `SELECT ` + actionColumns + ` FROM phases_action WHERE id = $1`
	tickAction      = `UPDATE phases_action SET done_at = $2 WHERE id = $1`
	selectActionDue = `SELECT ` + actionColumns + ` FROM phases_action WHERE organisation = $1 AND done_at IS NULL AND due >= $2 AND due < $3
		ORDER BY organisation, due, id LIMIT 200`

	insertChange = `INSERT INTO phases_change (id, subject, at, person, kind, detail) VALUES ($1, $2, $3, $4, $5, $6)`

	exportMarks     = `SELECT initiative, code, state, note, at FROM phases_mark WHERE person = $1 ORDER BY person, initiative, code`
	exportDecisions = `SELECT ` + decisionColumns + ` FROM phases_decision WHERE person = $1 ORDER BY person, id`
	exportDecided   = `SELECT x.initiative, x.kind, x.to_phase, x.day FROM phases_decider d JOIN phases_decision x ON x.id = d.decision
		WHERE d.person = $1 ORDER BY d.person, d.decision`
	exportConditions = `SELECT ` + conditionColumns + ` FROM phases_condition WHERE owner = $1 ORDER BY owner, id`
	exportTicked     = `SELECT ` + conditionColumns + ` FROM phases_condition WHERE done_by = $1 ORDER BY done_by, id`
	exportFits       = `SELECT ` + fitColumns + ` FROM phases_fit WHERE person = $1 ORDER BY person, initiative, organisation`
	exportActions    = `SELECT ` + actionColumns + ` FROM phases_action WHERE owner = $1 ORDER BY owner, id`
	exportChanges    = `SELECT subject, at, kind FROM phases_change WHERE person = $1 ORDER BY person, id`

	forgetMarks      = `UPDATE phases_mark SET person = '' WHERE person = $1`
	forgetDecisions  = `UPDATE phases_decision SET person = '' WHERE person = $1`
	forgetDeciders   = `DELETE FROM phases_decider WHERE person = $1`
	forgetConditions = `UPDATE phases_condition SET owner = '' WHERE owner = $1`
	forgetTicked     = `UPDATE phases_condition SET done_by = '' WHERE done_by = $1`
	forgetFits       = `UPDATE phases_fit SET person = '' WHERE person = $1`
	forgetActions    = `UPDATE phases_action SET owner = '' WHERE owner = $1`
	forgetChanges    = `UPDATE phases_change SET person = '' WHERE person = $1`
)

// listRow is a checklist as it is kept.
type listRow struct {
	items   []Item
	version int64
}

func scanList(s db.Scanner) (l listRow, err error) {
	var items db.JSON[[]Item]
	err = s.Scan(&items, &l.version)
	l.items = items.V
	return l, err
}

func scanMark(s db.Scanner) (m Mark, err error) {
	var at db.Time
	err = s.Scan(&m.Code, &m.State, &m.Note, &m.Link, &m.Person, &at)
	m.At = at.Time
	return m, err
}

func scanDecision(s db.Scanner) (d Decision, err error) {
	var day, at db.Time
	var left, roles db.JSON[[]string]
	var proofs db.JSON[[]Proof]
	err = s.Scan(&d.ID, &d.Initiative, &d.Kind, &d.From, &d.To, &day, &d.Reason, &d.Lesson, &d.OpenWhy, &left, &proofs, &roles,
		&d.Organisation, &d.Person, &at, &d.Demonstration)
	d.Day, d.At, d.Left, d.Roles, d.Proofs = day.Time, at.Time, left.V, roles.V, proofs.V
	return d, err
}

func scanCondition(s db.Scanner) (c Condition, err error) {
	var due, done db.Time
	err = s.Scan(&c.ID, &c.Decision, &c.Initiative, &c.Text, &c.Owner, &c.Organisation, &due, &done, &c.DoneBy)
	c.Due, c.Done = due.Time, done.Time
	return c, err
}

func scanFit(s db.Scanner) (f Fit, err error) {
	var answers db.JSON[[]Answer]
	var at db.Time
	err = s.Scan(&f.Initiative, &f.Organisation, &f.Municipality, &answers, &f.Person, &f.Version, &at)
	f.Answers, f.At = answers.V, at.Time
	return f, err
}

func scanAction(s db.Scanner) (a Action, err error) {
	var due, done db.Time
	err = s.Scan(&a.ID, &a.Initiative, &a.Organisation, &a.Title, &a.Owner, &due, &done, &a.Step)
	a.Due, a.Done = due.Time, done.Time
	return a, err
}

func scanPair(s db.Scanner) (p [2]string, err error) {
	err = s.Scan(&p[0], &p[1])
	return p, err
}

func addDecision(ctx context.Context, tx *db.Tx, d Decision) error {
	_, err := tx.Exec(ctx, insertDecision, d.ID, d.Initiative, d.Kind, d.From, d.To, db.At(d.Day), d.Reason, d.Lesson, d.OpenWhy,
		db.JSON[[]string]{V: d.Left}, db.JSON[[]Proof]{V: d.Proofs}, db.JSON[[]string]{V: d.Roles}, d.Organisation, d.Person, db.At(d.At), d.Demonstration)
	if err != nil {
		return err
	}
	for _, p := range d.People {
		if _, err := tx.Exec(ctx, insertDecider, d.ID, p); err != nil {
			return err
		}
	}
	for _, c := range d.Conditions {
		if _, err := tx.Exec(ctx, insertCondition, c.ID, d.ID, d.Initiative, c.Text, c.Owner, c.Organisation, db.At(c.Due), db.At(c.Done), c.DoneBy); err != nil {
			return err
		}
	}
	return nil
}

// version of the record of an initiative; 0 where there is none yet.
func version(ctx context.Context, r db.Reader, initiative string) (int64, error) {
	list, err := db.All(ctx, r, db.Value[int64], selectVersion, initiative)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	return list[0], nil
}

func raise(ctx context.Context, tx *db.Tx, initiative string, from int64, now time.Time) error {
	_, err := tx.Exec(ctx, putVersion, initiative, from+1, db.At(now))
	return err
}
