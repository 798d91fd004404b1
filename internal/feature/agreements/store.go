package agreements

import (
	"context"
	"slices"

	"wijkbaak.nl/internal/base/db"
)

const columns = `id, title, initiative, organisation, person, status, model, version, demonstration, created_at, changed_at`

const (
	insertAgreement = `INSERT INTO agreement (` + columns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`
	// The version in the WHERE is the one the editor saw.
	updateAgreement = `UPDATE agreement SET title = $2, initiative = $3, status = $4, model = $5, version = version + 1, changed_at = $6
		WHERE id = $1 AND version = $7`
	deleteAgreement = `DELETE FROM agreement WHERE id = $1`
	selectAgreement = `SELECT ` + columns + ` FROM agreement WHERE id = $1`
	selectPublished = `SELECT ` + columns + ` FROM agreement WHERE status = 'published' AND id < $1 ORDER BY id DESC LIMIT $2`
	selectOwn       = `SELECT ` + columns + ` FROM agreement WHERE person = $1 AND id < $2 ORDER BY person, id DESC LIMIT $3`
	selectOf        = `SELECT ` + columns + ` FROM agreement WHERE initiative = $1 AND id > $2 ORDER BY initiative, id LIMIT $3`
	selectDrafts    = `SELECT a.id, a.title, a.initiative, a.organisation, a.person, a.status, a.model, a.version, a.demonstration, a.created_at, a.changed_at
		FROM agreement_party p JOIN agreement a ON a.id = p.agreement WHERE p.organisation = $1 AND p.agreement < $2 AND a.status = 'draft'
		ORDER BY p.organisation, p.agreement DESC LIMIT $3`

	insertParty   = `INSERT INTO agreement_party (organisation, agreement) VALUES ($1, $2) ON CONFLICT (organisation, agreement) DO NOTHING`
	deleteParties = `DELETE FROM agreement_party WHERE agreement = $1`

	checkColumns = `id, agreement, due, settled, settled_at, person, cents, source, steps`
	insertCheck  = `INSERT INTO agreement_check (id, agreement, due, public, settled, settled_at, person, cents, source, steps)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
	deleteCheck  = `DELETE FROM agreement_check WHERE id = $1 AND NOT settled`
	updateCheck  = `UPDATE agreement_check SET settled = $2, settled_at = $3, person = $4, cents = $5, source = $6, steps = $7 WHERE id = $1`
	showChecks   = `UPDATE agreement_check SET public = $2 WHERE agreement = $1`
	selectChecks = `SELECT ` + checkColumns + ` FROM agreement_check WHERE agreement = $1 ORDER BY agreement, due LIMIT 100`
	selectBy     = `SELECT ` + checkColumns + ` FROM agreement_check WHERE person = $1 AND id > $2 ORDER BY person, id LIMIT $3`
	selectDue    = `SELECT c.id, c.agreement, c.due, a.title FROM agreement_check c JOIN agreement a ON a.id = c.agreement
		WHERE c.public AND NOT c.settled AND c.due >= $1 AND c.due < $2 ORDER BY c.due, c.id LIMIT $3`
	selectDueOf = `SELECT c.id, c.agreement, c.due, a.title FROM agreement_party p JOIN agreement a ON a.id = p.agreement
		JOIN agreement_check c ON c.agreement = p.agreement WHERE p.organisation = $1 AND c.due >= $2 AND c.due < $3 AND NOT c.settled LIMIT $4`

	changeColumns  = `id, agreement, at, person, kind, subject, why`
	insertChange   = `INSERT INTO agreement_change (` + changeColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7)`
	selectChanges  = `SELECT ` + changeColumns + ` FROM agreement_change WHERE agreement = $1 AND id < $2 ORDER BY agreement, id DESC LIMIT $3`
	selectChangeBy = `SELECT ` + changeColumns + ` FROM agreement_change WHERE person = $1 AND id > $2 ORDER BY person, id LIMIT $3`

	forgetMaker  = `UPDATE agreement SET person = '' WHERE person = $1`
	forgetCheck  = `UPDATE agreement_check SET person = '' WHERE person = $1`
	forgetChange = `UPDATE agreement_change SET person = '', why = '' WHERE person = $1`
)

// last is above every id.
const last = "~"

func scanAgreement(s db.Scanner) (g Agreement, err error) {
	var model db.JSON[Model]
	var created, changed db.Time
	err = s.Scan(&g.ID, &g.Title, &g.Initiative, &g.Organisation, &g.Person, &g.Stand, &model, &g.Version, &g.Demonstration, &created, &changed)
	g.Model, g.Created, g.Changed = model.V, created.Time, changed.Time
	return g, err
}

func scanCheck(s db.Scanner) (c Check, err error) {
	var due, at db.Time
	var steps db.JSON[[]Step]
	err = s.Scan(&c.ID, &c.Agreement, &due, &c.Settled, &at, &c.Person, &c.Cents, &c.Source, &steps)
	c.Due, c.At, c.Steps = due.Time, at.Time, steps.V
	return c, err
}

// dueRow is a day that comes, with the title of its agreement.
type dueRow struct {
	Check
	Title string
}

func scanDue(s db.Scanner) (d dueRow, err error) {
	var due db.Time
	err = s.Scan(&d.ID, &d.Agreement, &due, &d.Title)
	d.Due = due.Time
	return d, err
}

func scanChange(s db.Scanner) (c Change, err error) {
	var at db.Time
	err = s.Scan(&c.ID, &c.Agreement, &at, &c.Person, &c.Kind, &c.Subject, &c.Why)
	c.At = at.Time
	return c, err
}

func addAgreement(ctx context.Context, tx *db.Tx, g Agreement) error {
	_, err := tx.Exec(ctx, insertAgreement, g.ID, g.Title, g.Initiative, g.Organisation, g.Person, string(g.Stand), db.JSON[Model]{V: g.Model},
		g.Version, g.Demonstration, db.At(g.Created), db.At(g.Changed))
	return err
}

// keepParties notes which organisations may read it.
func keepParties(ctx context.Context, tx *db.Tx, g Agreement) error {
	if _, err := tx.Exec(ctx, deleteParties, g.ID); err != nil {
		return err
	}
	list := []string{g.Organisation}
	for _, p := range g.Model.Parties {
		list = append(list, p.Organisation)
	}
	slices.Sort(list)
	for _, o := range slices.Compact(list) {
		if o == "" {
			continue
		}
		if _, err := tx.Exec(ctx, insertParty, o, g.ID); err != nil {
			return err
		}
	}
	return nil
}

func addCheck(ctx context.Context, tx *db.Tx, g Agreement, c Check) error {
	_, err := tx.Exec(ctx, insertCheck, c.ID, g.ID, db.At(c.Due), g.Stand == Public, c.Settled, db.At(c.At), c.Person, c.Cents, c.Source, db.JSON[[]Step]{V: c.Steps})
	return err
}

func keepCheck(ctx context.Context, tx *db.Tx, c Check) error {
	_, err := tx.Exec(ctx, updateCheck, c.ID, c.Settled, db.At(c.At), c.Person, c.Cents, c.Source, db.JSON[[]Step]{V: c.Steps})
	return err
}

func addChange(ctx context.Context, tx *db.Tx, c Change) error {
	_, err := tx.Exec(ctx, insertChange, c.ID, c.Agreement, db.At(c.At), c.Person, c.Kind, c.Subject, c.Why)
	return err
}
