package barriers

import (
	"context"

	"wijkbaak.nl/internal/base/db"
)

const (
	entryColumns = `id, barrier, title, category, initiative, thing_kind, thing, municipality, status, owner, owner_body, due, tried, worked,
		lifter, organisation, person, public, origin, demonstration, met_at, closed_at, changed_at, version`
	insertEntry = `INSERT INTO barriers_entry (` + entryColumns + `) VALUES
		($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)`
	// The version in the WHERE is the one the editor saw.
	updateEntry = `UPDATE barriers_entry SET barrier = $2, title = $3, category = $4, initiative = $5, thing_kind = $6, thing = $7,
		municipality = $8, status = $9, owner = $10, owner_body = $11, due = $12, tried = $13, worked = $14, lifter = $15, public = $16,
		met_at = $17, closed_at = $18, changed_at = $19, version = version + 1 WHERE id = $1 AND version = $20`
	deleteEntry = `DELETE FROM barriers_entry WHERE id = $1`
	selectEntry = `SELECT ` + entryColumns + ` FROM barriers_entry WHERE id = $1`

	// A list runs by the narrowest filter; the others are looked at row by row.
	selectAll          = `SELECT ` + entryColumns + ` FROM barriers_entry WHERE id < $1 ORDER BY id DESC LIMIT $2`
	selectStatus       = `SELECT ` + entryColumns + ` FROM barriers_entry WHERE status = $1 AND id < $2 ORDER BY status, id DESC LIMIT $3`
	selectActive       = `SELECT ` + entryColumns + ` FROM barriers_entry WHERE closed_at IS NULL AND id < $1 ORDER BY id DESC LIMIT $2`
	selectCategory     = `SELECT ` + entryColumns + ` FROM barriers_entry WHERE category = $1 AND id < $2 ORDER BY category, id DESC LIMIT $3`
	selectBarrier      = `SELECT ` + entryColumns + ` FROM barriers_entry WHERE barrier = $1 AND id < $2 ORDER BY barrier, id DESC LIMIT $3`
	selectInitiative   = `SELECT ` + entryColumns + ` FROM barriers_entry WHERE initiative = $1 AND id < $2 ORDER BY initiative, id DESC LIMIT $3`
	selectMunicipality = `SELECT ` + entryColumns + ` FROM barriers_entry WHERE municipality = $1 AND id < $2 ORDER BY municipality, id DESC LIMIT $3`
	selectOwner        = `SELECT ` + entryColumns + ` FROM barriers_entry WHERE owner = $1 AND id < $2 ORDER BY owner, id DESC LIMIT $3`
	selectPerson       = `SELECT ` + entryColumns + ` FROM barriers_entry WHERE person = $1 AND id < $2 ORDER BY person, id DESC LIMIT $3`

	selectWays         = `SELECT ` + entryColumns + ` FROM barriers_entry WHERE worked <> '' AND barrier = $1 ORDER BY barrier, id DESC LIMIT 200`
	selectWaysCategory = `SELECT ` + entryColumns + ` FROM barriers_entry WHERE worked <> '' AND category = $1 ORDER BY category, id DESC LIMIT 200`
	selectDue          = `SELECT ` + entryColumns + ` FROM barriers_entry WHERE closed_at IS NULL AND due >= $1 AND due < $2
		ORDER BY due, id LIMIT 200`

	changeColumns  = `id, entry, at, person, kind, why, detail`
	insertChange   = `INSERT INTO barriers_change (` + changeColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7)`
	selectChanges  = `SELECT ` + changeColumns + ` FROM barriers_change WHERE entry = $1 ORDER BY entry, id DESC LIMIT 100`
	selectChangeBy = `SELECT ` + changeColumns + ` FROM barriers_change WHERE person = $1 AND id < $2 ORDER BY person, id DESC LIMIT $3`

	forgetOwner  = `UPDATE barriers_entry SET owner = '' WHERE owner = $1`
	forgetPerson = `UPDATE barriers_entry SET person = '' WHERE person = $1`
	forgetChange = `UPDATE barriers_change SET person = '', why = '' WHERE person = $1`
)

// last is above every id.
const last = "~"

func scanEntry(s db.Scanner) (e Entry, err error) {
	var due, met, closed, changed db.Time
	err = s.Scan(&e.ID, &e.Barrier, &e.Title, &e.Category, &e.Initiative, &e.ThingKind, &e.Thing, &e.Municipality, &e.Status, &e.Owner, &e.OwnerBody,
		&due, &e.Tried, &e.Worked, &e.Lifter, &e.Organisation, &e.Person, &e.Public, &e.Origin, &e.Demonstration, &met, &closed, &changed, &e.Version)
	e.Due, e.Met, e.Closed, e.Changed = due.Time, met.Time, closed.Time, changed.Time
	return e, err
}

func scanChange(s db.Scanner) (c Change, err error) {
	var at db.Time
	var detail db.JSON[[]Was]
	err = s.Scan(&c.ID, &c.Entry, &at, &c.Person, &c.Kind, &c.Why, &detail)
	c.At, c.Detail = at.Time, detail.V
	return c, err
}

func addEntry(ctx context.Context, tx *db.Tx, e Entry) error {
	_, err := tx.Exec(ctx, insertEntry, e.ID, e.Barrier, e.Title, e.Category, e.Initiative, e.ThingKind, e.Thing, e.Municipality, e.Status, e.Owner,
		e.OwnerBody, db.At(e.Due), e.Tried, e.Worked, e.Lifter, e.Organisation, e.Person, e.Public, e.Origin, e.Demonstration, db.At(e.Met),
		db.At(e.Closed), db.At(e.Changed), e.Version)
	return err
}

// putEntry replaces an entry that is still at a version; 0 rows means that it is not.
func putEntry(ctx context.Context, tx *db.Tx, e Entry, at int64) (int64, error) {
	return tx.Exec(ctx, updateEntry, e.ID, e.Barrier, e.Title, e.Category, e.Initiative, e.ThingKind, e.Thing, e.Municipality, e.Status, e.Owner,
		e.OwnerBody, db.At(e.Due), e.Tried, e.Worked, e.Lifter, e.Public, db.At(e.Met), db.At(e.Closed), db.At(e.Changed), at)
}
