package scaling

import (
	"context"

	"wijkbaak.nl/internal/base/db"
)

const (
	planColumns = `id, title, goals, initiative, coalition, organisation, start_on, person, version, demonstration, created_at, changed_at`
	insertPlan  = `INSERT INTO scaling_plan (` + planColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`
	// The version in the WHERE is the one the editor saw.
	updatePlan = `UPDATE scaling_plan SET title = $2, goals = $3, initiative = $4, start_on = $5, version = version + 1, changed_at = $6
		WHERE id = $1 AND version = $7`
	touchPlan  = `UPDATE scaling_plan SET changed_at = $2 WHERE id = $1`
	deletePlan = `DELETE FROM scaling_plan WHERE id = $1`
	selectPlan = `SELECT ` + planColumns + ` FROM scaling_plan WHERE id = $1`

	ofCoalition = `SELECT ` + planColumns + ` FROM scaling_plan WHERE coalition = $1 AND id < $2 ORDER BY coalition DESC, id DESC LIMIT $3`
	ofPerson    = `SELECT ` + planColumns + ` FROM scaling_plan WHERE person = $1 AND id < $2 ORDER BY person DESC, id DESC LIMIT $3`
	forgetMaker = `UPDATE scaling_plan SET person = '' WHERE person = $1`

	// What a list counts of each plan; $4 is today.
	countColumns = `, (SELECT COUNT(*) FROM scaling_step s WHERE s.plan = scaling_plan.id AND s.state = 'done'),
		(SELECT COUNT(*) FROM scaling_step s WHERE s.plan = scaling_plan.id AND s.state IN ('todo', 'doing')),
		(SELECT COUNT(*) FROM scaling_step s WHERE s.plan = scaling_plan.id AND s.state IN ('todo', 'doing') AND s.due_on > '' AND s.due_on < $4)`
	listCoalition = `SELECT ` + planColumns + countColumns + ` FROM scaling_plan WHERE coalition = $1 AND id < $2
		ORDER BY coalition DESC, id DESC LIMIT $3`
	listOrganisation = `SELECT ` + planColumns + countColumns + ` FROM scaling_plan WHERE organisation = $1 AND id < $2
		ORDER BY organisation DESC, id DESC LIMIT $3`
	listInitiative = `SELECT ` + planColumns + countColumns + ` FROM scaling_plan WHERE initiative = $1 AND id < $2
		ORDER BY initiative DESC, id DESC LIMIT $3`
	// What the region counts: no order, as it is added up.
	stepsOfCoalition = `SELECT p.id, p.initiative, s.track, s.state, s.due_on FROM scaling_plan p JOIN scaling_step s ON s.plan = p.id
		WHERE p.coalition = $1 LIMIT $2`
	stepsOfOrganisation = `SELECT p.id, p.initiative, s.track, s.state, s.due_on FROM scaling_plan p JOIN scaling_step s ON s.plan = p.id
		WHERE p.organisation = $1 LIMIT $2`
	tracksOfCoalition = `SELECT t.id, t.plan, t.name, t.code, t.organisation, t.conditions, t.barriers, t.version
		FROM scaling_plan p JOIN scaling_track t ON t.plan = p.id WHERE p.coalition = $1 LIMIT $2`
	tracksOfOrganisation = `SELECT t.id, t.plan, t.name, t.code, t.organisation, t.conditions, t.barriers, t.version
		FROM scaling_plan p JOIN scaling_track t ON t.plan = p.id WHERE p.organisation = $1 LIMIT $2`

	trackColumns = `id, plan, name, code, organisation, conditions, barriers, version`
	insertTrack  = `INSERT INTO scaling_track (` + trackColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	updateTrack  = `UPDATE scaling_track SET name = $3, conditions = $4, barriers = $5, version = version + 1
		WHERE id = $1 AND plan = $2 AND version = $6`
	deleteTrack  = `DELETE FROM scaling_track WHERE id = $1 AND plan = $2`
	selectTracks = `SELECT ` + trackColumns + ` FROM scaling_track WHERE plan = $1 ORDER BY plan, id LIMIT $2`

	stepColumns = `id, plan, track, title, what, person, organisation, start_on, due_on, done_on, state, budget, waits, version, changed_at`
	insertStep  = `INSERT INTO scaling_step (` + stepColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`
	updateStep  = `UPDATE scaling_step SET track = $3, title = $4, what = $5, person = $6, organisation = $7, start_on = $8, due_on = $9,
		done_on = $10, state = $11, budget = $12, waits = $13, version = version + 1, changed_at = $14 WHERE id = $1 AND plan = $2 AND version = $15`
	deleteStep  = `DELETE FROM scaling_step WHERE id = $1 AND plan = $2`
	selectSteps = `SELECT ` + stepColumns + ` FROM scaling_step WHERE plan = $1 ORDER BY plan, id LIMIT $2`
	selectStep  = `SELECT ` + stepColumns + ` FROM scaling_step WHERE id = $1 AND plan = $2`
	ownedSteps  = `SELECT ` + stepColumns + ` FROM scaling_step WHERE person = $1 AND id > $2 ORDER BY person, id LIMIT $3`
	forgetOwner = `UPDATE scaling_step SET person = '' WHERE person = $1`
	// What is open of one plan and has a day in between.
	dueSteps = `SELECT ` + stepColumns + ` FROM scaling_step WHERE plan = $1 AND state = $2 AND due_on >= $3 AND due_on < $4
		ORDER BY plan, state, due_on LIMIT $5`

	templateColumns = `id, initiative, organisation, person, title, model, created_at`
	insertTemplate  = `INSERT INTO scaling_template (` + templateColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7)`
	selectTemplate  = `SELECT ` + templateColumns + ` FROM scaling_template WHERE id = $1`
	deleteTemplate  = `DELETE FROM scaling_template WHERE id = $1`
	dropTemplates   = `DELETE FROM scaling_template WHERE initiative = $1 AND initiative <> ''`
	// The newest first.
	templatesOf      = `SELECT ` + templateColumns + ` FROM scaling_template WHERE organisation = $1 AND id < $2 ORDER BY organisation DESC, id DESC LIMIT $3`
	templatesWith    = `SELECT ` + templateColumns + ` FROM scaling_template WHERE initiative = $1 AND id < $2 ORDER BY initiative DESC, id DESC LIMIT $3`
	templatesBy      = `SELECT ` + templateColumns + ` FROM scaling_template WHERE person = $1 AND id < $2 ORDER BY person DESC, id DESC LIMIT $3`
	forgetTemplateOf = `UPDATE scaling_template SET person = '' WHERE person = $1`
	insertKey        = `INSERT INTO scaling_key (plan, person, hash, created_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (plan, person) DO UPDATE SET hash = excluded.hash, created_at = excluded.created_at`
	keyColumns = `plan, person, created_at`
	selectKey  = `SELECT ` + keyColumns + ` FROM scaling_key WHERE hash = $1`
	ownKey     = `SELECT ` + keyColumns + ` FROM scaling_key WHERE plan = $1 AND person = $2`
	keysOf     = `SELECT ` + keyColumns + ` FROM scaling_key WHERE person = $1 AND plan > $2 ORDER BY person, plan LIMIT $3`
	deleteKey  = `DELETE FROM scaling_key WHERE plan = $1 AND person = $2`
	deleteKeys = `DELETE FROM scaling_key WHERE person = $1`

	changeColumns  = `id, plan, at, person, kind, subject, why, detail`
	insertChange   = `INSERT INTO scaling_change (` + changeColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	selectChanges  = `SELECT ` + changeColumns + ` FROM scaling_change WHERE plan = $1 AND id < $2 ORDER BY plan DESC, id DESC LIMIT $3`
	selectChangeBy = `SELECT ` + changeColumns + ` FROM scaling_change WHERE person = $1 AND id > $2 ORDER BY person, id LIMIT $3`
	forgetChange   = `UPDATE scaling_change SET person = '', why = '' WHERE person = $1`
)

// last is above every id.
const last = "~"

func scanPlan(s db.Scanner) (p Plan, err error) {
	var created, changed db.Time
	err = s.Scan(&p.ID, &p.Title, &p.Goals, &p.Initiative, &p.Coalition, &p.Organisation, &p.Start, &p.Person, &p.Version, &p.Demonstration, &created, &changed)
	p.Created, p.Changed = created.Time, changed.Time
	return p, err
}

func addPlan(ctx context.Context, tx *db.Tx, p Plan) error {
	_, err := tx.Exec(ctx, insertPlan, p.ID, p.Title, p.Goals, p.Initiative, p.Coalition, p.Organisation, string(p.Start), p.Person, p.Version,
		p.Demonstration, db.At(p.Created), db.At(p.Changed))
	return err
}

func scanTrack(s db.Scanner) (t Track, err error) {
	var conditions db.JSON[[]Condition]
	var barriers db.JSON[[]string]
	err = s.Scan(&t.ID, &t.Plan, &t.Name, &t.Code, &t.Organisation, &conditions, &barriers, &t.Version)
	t.Conditions, t.Barriers = conditions.V, barriers.V
	return t, err
}

func addTrack(ctx context.Context, tx *db.Tx, t Track) error {
	_, err := tx.Exec(ctx, insertTrack, t.ID, t.Plan, t.Name, t.Code, t.Organisation, db.JSON[[]Condition]{V: t.Conditions},
		db.JSON[[]string]{V: t.Barriers}, t.Version)
	return err
}

func scanStep(s db.Scanner) (p Step, err error) {
	var waits db.JSON[[]string]
	var changed db.Time
	err = s.Scan(&p.ID, &p.Plan, &p.Track, &p.Title, &p.What, &p.Person, &p.Organisation, &p.Start, &p.Due, &p.Done, &p.State, &p.Budget,
		&waits, &p.Version, &changed)
	p.Waits, p.Changed = waits.V, changed.Time
	return p, err
}

func addStep(ctx context.Context, tx *db.Tx, p Step) error {
	_, err := tx.Exec(ctx, insertStep, p.ID, p.Plan, p.Track, p.Title, p.What, p.Person, p.Organisation, string(p.Start), string(p.Due),
		string(p.Done), string(p.State), p.Budget, db.JSON[[]string]{V: p.Waits}, p.Version, db.At(p.Changed))
	return err
}

func scanTemplate(s db.Scanner) (t Saved, err error) {
	var model db.JSON[Template]
	var created db.Time
	err = s.Scan(&t.ID, &t.Initiative, &t.Organisation, &t.Person, &t.Title, &model, &created)
	t.Model, t.Created = model.V, created.Time
	return t, err
}

func addTemplate(ctx context.Context, tx *db.Tx, t Saved) error {
	_, err := tx.Exec(ctx, insertTemplate, t.ID, t.Initiative, t.Organisation, t.Person, t.Title, db.JSON[Template]{V: t.Model}, db.At(t.Created))
	return err
}

func scanKey(s db.Scanner) (k Key, err error) {
	var created db.Time
	err = s.Scan(&k.Plan, &k.Person, &created)
	k.Created = created.Time
	return k, err
}

func scanChange(s db.Scanner) (c Change, err error) {
	var at db.Time
	var detail db.JSON[[]Was]
	err = s.Scan(&c.ID, &c.Plan, &at, &c.Person, &c.Kind, &c.Subject, &c.Why, &detail)
	c.At, c.Detail = at.Time, detail.V
	return c, err
}

func addChange(ctx context.Context, tx *db.Tx, c Change) error {
	_, err := tx.Exec(ctx, insertChange, c.ID, c.Plan, db.At(c.At), c.Person, c.Kind, c.Subject, c.Why, db.JSON[[]Was]{V: c.Detail})
	return err
}

func scanListed(s db.Scanner) (l Listed, err error) {
	var created, changed db.Time
	p := &l.Plan
	var open int
	err = s.Scan(&p.ID, &p.Title, &p.Goals, &p.Initiative, &p.Coalition, &p.Organisation, &p.Start, &p.Person, &p.Version, &p.Demonstration,
		&created, &changed, &l.Tally.Done, &open, &l.Tally.Late)
	p.Created, p.Changed, l.Tally.Total = created.Time, changed.Time, l.Tally.Done+open
	return l, err
}

// counted is a step as the region counts it.
type counted struct {
	Plan, Initiative, Track string
	State                   State
	Due                     Day
}

func scanCounted(s db.Scanner) (c counted, err error) {
	err = s.Scan(&c.Plan, &c.Initiative, &c.Track, &c.State, &c.Due)
	return c, err
}
