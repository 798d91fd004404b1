package businesscase

import (
	"context"

	"wijkbaak.nl/internal/base/db"
)

const caseColumns = `id, title, initiative, organisation, person, status, model, net, version, demonstration, created_at, changed_at`

// rowColumns are what a list shows.
const rowColumns = `id, title, initiative, organisation, person, status, '', net, version, demonstration, created_at, changed_at`

const (
	insertCase = `INSERT INTO businesscase (` + caseColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`
	// The version in the WHERE is the one the editor saw.
	updateCase = `UPDATE businesscase SET title = $2, initiative = $3, organisation = $4, status = $5, model = $6, net = $7,
		version = version + 1, changed_at = $8 WHERE id = $1 AND version = $9`
	deleteCase = `DELETE FROM businesscase WHERE id = $1`
	selectCase = `SELECT ` + caseColumns + ` FROM businesscase WHERE id = $1`

	selectPublished = `SELECT ` + rowColumns + ` FROM businesscase WHERE status = 'published' AND id < $1 ORDER BY id DESC LIMIT $2`
	selectDrafts    = `SELECT ` + rowColumns + ` FROM businesscase WHERE status = 'draft' AND organisation = $1 AND id < $2
		ORDER BY organisation, id DESC LIMIT $3`
	selectOwn = `SELECT ` + rowColumns + ` FROM businesscase WHERE person = $1 AND id < $2 ORDER BY person, id DESC LIMIT $3`
	selectOf  = `SELECT ` + caseColumns + ` FROM businesscase WHERE initiative = $1 AND id > $2 ORDER BY initiative, id LIMIT $3`

	changeColumns  = `id, businesscase, at, person, kind, subject, why, detail`
	insertChange   = `INSERT INTO businesscase_change (` + changeColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	selectChanges  = `SELECT ` + changeColumns + ` FROM businesscase_change WHERE businesscase = $1 AND id < $2 ORDER BY businesscase, id DESC LIMIT $3`
	selectChangeBy = `SELECT ` + changeColumns + ` FROM businesscase_change WHERE person = $1 AND id > $2 ORDER BY person, id LIMIT $3`

	forgetMaker  = `UPDATE businesscase SET person = '' WHERE person = $1`
	forgetChange = `UPDATE businesscase_change SET person = '', why = '' WHERE person = $1`
)

// last is above every id.
const last = "~"

func scanCase(s db.Scanner) (c Case, err error) {
	var model db.JSON[Model]
	var created, changed db.Time
	err = s.Scan(&c.ID, &c.Title, &c.Initiative, &c.Organisation, &c.Person, &c.Stand, &model, &c.Net, &c.Version,
		&c.Demonstration, &created, &changed)
	c.Model, c.Created, c.Changed = model.V, created.Time, changed.Time
	return c, err
}

func scanChange(s db.Scanner) (c Change, err error) {
	var at db.Time
	var detail db.JSON[[]Was]
	err = s.Scan(&c.ID, &c.Case, &at, &c.Person, &c.Kind, &c.Subject, &c.Why, &detail)
	c.At, c.Detail = at.Time, detail.V
	return c, err
}

func addCase(ctx context.Context, tx *db.Tx, c Case) error {
	_, err := tx.Exec(ctx, insertCase, c.ID, c.Title, c.Initiative, c.Organisation, c.Person, string(c.Stand),
		db.JSON[Model]{V: c.Model}, c.Net, c.Version, c.Demonstration, db.At(c.Created), db.At(c.Changed))
	return err
}

func addChange(ctx context.Context, tx *db.Tx, c Change) error {
	_, err := tx.Exec(ctx, insertChange, c.ID, c.Case, db.At(c.At), c.Person, c.Kind, c.Subject, c.Why, db.JSON[[]Was]{V: c.Detail})
	return err
}
