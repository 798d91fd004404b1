package impact

import (
	"context"

	"wijkbaak.nl/internal/base/db"
)

const columns = `id, title, initiative, organisation, person, status, model, assumptions, held, refuted, version, demonstration, created_at, changed_at`

// rowColumns are what a list shows.
const rowColumns = `id, title, initiative, organisation, person, status, '', assumptions, held, refuted, version, demonstration, created_at, changed_at`

const (
	insertPathway = `INSERT INTO impact (` + columns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`
	// The version in the WHERE is the one the editor saw.
	updatePathway = `UPDATE impact SET title = $2, initiative = $3, status = $4, model = $5, assumptions = $6, held = $7, refuted = $8,
		version = version + 1, changed_at = $9 WHERE id = $1 AND version = $10`
	deletePathway = `DELETE FROM impact WHERE id = $1`
	selectPathway = `SELECT ` + columns + ` FROM impact WHERE id = $1`

	selectPublished = `SELECT ` + rowColumns + ` FROM impact WHERE status = 'published' AND id < $1 ORDER BY id DESC LIMIT $2`
	selectDrafts    = `SELECT ` + rowColumns + ` FROM impact WHERE status = 'draft' AND organisation = $1 AND id < $2
		ORDER BY organisation, id DESC LIMIT $3`
	selectOwn = `SELECT ` + rowColumns + ` FROM impact WHERE person = $1 AND id < $2 ORDER BY person, id DESC LIMIT $3`
	selectOf  = `SELECT ` + columns + ` FROM impact WHERE initiative = $1 AND id > $2 ORDER BY initiative, id LIMIT $3`

	changeColumns  = `id, impact, at, person, kind, subject, was`
	insertChange   = `INSERT INTO impact_change (` + changeColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7)`
	selectChanges  = `SELECT ` + changeColumns + ` FROM impact_change WHERE impact = $1 AND id < $2 ORDER BY impact, id DESC LIMIT $3`
	selectChangeBy = `SELECT ` + changeColumns + ` FROM impact_change WHERE person = $1 AND id > $2 ORDER BY person, id LIMIT $3`

	forgetMaker  = `UPDATE impact SET person = '' WHERE person = $1`
	forgetChange = `UPDATE impact_change SET person = '' WHERE person = $1`
)

// last is above every id.
const last = "~"

func scanPathway(s db.Scanner) (p Pathway, err error) {
	var model db.JSON[Model]
	var created, changed db.Time
	err = s.Scan(&p.ID, &p.Title, &p.Initiative, &p.Organisation, &p.Person, &p.Stand, &model, &p.Counted.All, &p.Counted.Held,
		&p.Counted.Refuted, &p.Version, &p.Demonstration, &created, &changed)
	p.Model, p.Created, p.Changed = model.V, created.Time, changed.Time
	return p, err
}

func scanChange(s db.Scanner) (c Change, err error) {
	var at db.Time
	err = s.Scan(&c.ID, &c.Pathway, &at, &c.Person, &c.Kind, &c.Subject, &c.Was)
	c.At = at.Time
	return c, err
}

func addPathway(ctx context.Context, tx *db.Tx, p Pathway) error {
	_, err := tx.Exec(ctx, insertPathway, p.ID, p.Title, p.Initiative, p.Organisation, p.Person, string(p.Stand), db.JSON[Model]{V: p.Model},
		p.Counted.All, p.Counted.Held, p.Counted.Refuted, p.Version, p.Demonstration, db.At(p.Created), db.At(p.Changed))
	return err
}

func addChange(ctx context.Context, tx *db.Tx, c Change) error {
	_, err := tx.Exec(ctx, insertChange, c.ID, c.Pathway, db.At(c.At), c.Person, c.Kind, c.Subject, c.Was)
	return err
}
