package coalitions

import (
	"context"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
)

// last is above every id.
const last = "~"

const coalitionColumns = `id, name, goal, product, process, open, demonstration, cities, chosen, person, version, created_at, changed_at, ended_at, end_why`

const (
	insertCoalition = `INSERT INTO coalition (` + coalitionColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`
	// The version in the WHERE is the one the editor saw.
	updateCoalition = `UPDATE coalition SET name = $2, goal = $3, product = $4, process = $5, open = $6, cities = $7, chosen = $8,
		ended_at = $9, end_why = $10, changed_at = $11, version = version + 1 WHERE id = $1 AND version = $12`
	selectCoalition = `SELECT ` + coalitionColumns + ` FROM coalition WHERE id = $1`
	selectOpen      = `SELECT ` + coalitionColumns + ` FROM coalition WHERE open AND ended_at IS NULL AND id < $1 ORDER BY id DESC LIMIT $2`
	selectOfPerson  = `SELECT c.id, c.name, c.goal, c.product, c.process, c.open, c.demonstration, c.cities, c.chosen, c.person, c.version,
		c.created_at, c.changed_at, c.ended_at, c.end_why
		FROM coalition_member m JOIN coalition c ON c.id = m.coalition WHERE m.person = $1 AND m.coalition < $2
		ORDER BY m.person DESC, m.coalition DESC LIMIT $3`
	selectBegun = `SELECT ` + coalitionColumns + ` FROM coalition WHERE person = $1 AND id < $2 ORDER BY person DESC, id DESC LIMIT $3`

	memberColumns = `person, organisation, role, joined_at`
	insertMember  = `INSERT INTO coalition_member (coalition, ` + memberColumns + `) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (coalition, person) DO NOTHING`
	selectMembers = `SELECT ` + memberColumns + ` FROM coalition_member WHERE coalition = $1 ORDER BY coalition, person LIMIT $2`
	selectMember  = `SELECT ` + memberColumns + ` FROM coalition_member WHERE coalition = $1 AND person = $2`
	updateRole    = `UPDATE coalition_member SET role = $3 WHERE coalition = $1 AND person = $2`
	deleteMember  = `DELETE FROM coalition_member WHERE coalition = $1 AND person = $2`
	selectPlaces  = `SELECT coalition, organisation, role, joined_at FROM coalition_member WHERE person = $1 AND coalition > $2 ORDER BY person, coalition LIMIT $3`

	invitationColumns  = `id, coalition, email, organisation, role, person, created_at, expires_at`
	insertInvitation   = `INSERT INTO coalition_invitation (` + invitationColumns + `, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
	selectInvitation   = `SELECT ` + invitationColumns + ` FROM coalition_invitation WHERE hash = $1`
	selectInvitations  = `SELECT ` + invitationColumns + ` FROM coalition_invitation WHERE coalition = $1 ORDER BY coalition, id LIMIT $2`
	deleteInvitation   = `DELETE FROM coalition_invitation WHERE id = $1 AND coalition = $2`
	oldInvitations     = `DELETE FROM coalition_invitation WHERE expires_at < $1`
	selectInvitationTo = `SELECT ` + invitationColumns + ` FROM coalition_invitation WHERE email = $1 ORDER BY email LIMIT $2`
	forgetInvitedTo    = `DELETE FROM coalition_invitation WHERE email = $1`
	forgetInviter      = `UPDATE coalition_invitation SET person = '' WHERE person = $1`

	askedColumns  = `coalition, organisation, name, place, code, person, at`
	insertAsked   = `INSERT INTO coalition_asked (` + askedColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (coalition, organisation) DO NOTHING`
	selectAsked   = `SELECT ` + askedColumns + ` FROM coalition_asked WHERE coalition = $1 ORDER BY coalition, organisation LIMIT $2`
	selectAskedOf = `SELECT ` + askedColumns + ` FROM coalition_asked WHERE organisation = $1 ORDER BY organisation, coalition LIMIT $2`
	deleteAsked   = `DELETE FROM coalition_asked WHERE coalition = $1 AND organisation = $2`
	oldAsked      = `DELETE FROM coalition_asked WHERE at < $1`
	forgetAsker   = `UPDATE coalition_asked SET person = '' WHERE person = $1`

	requestColumns  = `coalition, person, organisation, why, at`
	insertRequest   = `INSERT INTO coalition_request (` + requestColumns + `) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (coalition, person) DO NOTHING`
	selectRequest   = `SELECT ` + requestColumns + ` FROM coalition_request WHERE coalition = $1 AND person = $2`
	selectRequests  = `SELECT ` + requestColumns + ` FROM coalition_request WHERE coalition = $1 ORDER BY coalition, person LIMIT $2`
	deleteRequest   = `DELETE FROM coalition_request WHERE coalition = $1 AND person = $2`
	selectRequestBy = `SELECT ` + requestColumns + ` FROM coalition_request WHERE person = $1 AND coalition > $2 ORDER BY person, coalition LIMIT $3`
	forgetRequests  = `DELETE FROM coalition_request WHERE person = $1`

	guestColumns = `id, coalition, name, may_comment, person, created_at, expires_at, revoked_at`
	insertGuest  = `INSERT INTO coalition_guest (` + guestColumns + `, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
	selectGuest  = `SELECT ` + guestColumns + ` FROM coalition_guest WHERE hash = $1`
	selectGuests = `SELECT ` + guestColumns + ` FROM coalition_guest WHERE coalition = $1 AND id < $2 ORDER BY coalition DESC, id DESC LIMIT $3`
	revokeGuest  = `UPDATE coalition_guest SET revoked_at = $3 WHERE id = $1 AND coalition = $2 AND revoked_at IS NULL`
	// A name goes from what a guest said when the link has long ended, and with it the
	// link.
	forgetGuestNames = `UPDATE coalition_comment SET name = '' WHERE guest <> '' AND name <> '' AND guest IN
		(SELECT id FROM coalition_guest WHERE expires_at < $1 OR revoked_at < $1)`
	selectGuestID   = `SELECT COUNT(*) FROM coalition_guest WHERE id = $1`
	oldGuests       = `DELETE FROM coalition_guest WHERE expires_at < $1 OR revoked_at < $1`
	forgetGuestFrom = `UPDATE coalition_guest SET person = '' WHERE person = $1`

	commentColumns  = `id, coalition, person, name, body, at, guest`
	insertComment   = `INSERT INTO coalition_comment (` + commentColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7)`
	selectComments  = `SELECT ` + commentColumns + ` FROM coalition_comment WHERE coalition = $1 AND id < $2 ORDER BY coalition DESC, id DESC LIMIT $3`
	selectComment   = `SELECT ` + commentColumns + ` FROM coalition_comment WHERE id = $1`
	deleteComment   = `DELETE FROM coalition_comment WHERE id = $1`
	selectCommentBy = `SELECT ` + commentColumns + ` FROM coalition_comment WHERE person = $1 AND id > $2 ORDER BY person, id LIMIT $3`
	forgetComments  = `DELETE FROM coalition_comment WHERE person = $1`

	changeColumns  = `id, coalition, at, person, kind, subject, why`
	insertChange   = `INSERT INTO coalition_change (` + changeColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7)`
	selectChanges  = `SELECT ` + changeColumns + ` FROM coalition_change WHERE coalition = $1 AND id < $2 ORDER BY coalition DESC, id DESC LIMIT $3`
	selectChangeBy = `SELECT ` + changeColumns + ` FROM coalition_change WHERE person = $1 AND id > $2 ORDER BY person, id LIMIT $3`

	forgetBeginner = `UPDATE coalition SET person = '' WHERE person = $1`
	forgetSubject  = `UPDATE coalition_change SET subject = '' WHERE kind = '` + changeRole + `' AND subject = $1`
	forgetChanges  = `UPDATE coalition_change SET person = '', why = '' WHERE person = $1`
)

func scanCoalition(s db.Scanner) (c Coalition, err error) {
	var cities db.JSON[[]City]
	var created, changed, ended db.Time
	err = s.Scan(&c.ID, &c.Name, &c.Goal, &c.Product, &c.Process, &c.Open, &c.Demonstration, &cities, &c.Chosen, &c.Person, &c.Version,
		&created, &changed, &ended, &c.EndWhy)
	c.Cities, c.Created, c.Changed, c.Ended = cities.V, created.Time, changed.Time, ended.Time
	return c, err
}

func addCoalition(ctx context.Context, tx *db.Tx, c Coalition) error {
	_, err := tx.Exec(ctx, insertCoalition, c.ID, c.Name, c.Goal, c.Product, c.Process, c.Open, c.Demonstration, db.JSON[[]City]{V: c.Cities},
		c.Chosen, c.Person, c.Version, db.At(c.Created), db.At(c.Changed), db.At(c.Ended), c.EndWhy)
	return err
}

// putCoalition keeps a coalition as it was changed, unless somebody was first.
func putCoalition(ctx context.Context, tx *db.Tx, c Coalition, now time.Time) error {
	n, err := tx.Exec(ctx, updateCoalition, c.ID, c.Name, c.Goal, c.Product, c.Process, c.Open, db.JSON[[]City]{V: c.Cities}, c.Chosen,
		db.At(c.Ended), c.EndWhy, db.At(now), c.Version)
	if err == nil && n == 0 {
		err = fault.Conflict("coalitions.conflict")
	}
	return err
}

func scanMember(s db.Scanner) (m Member, err error) {
	var joined db.Time
	err = s.Scan(&m.Person, &m.Organisation, &m.Role, &joined)
	m.Joined = joined.Time
	return m, err
}

// place is where somebody is a member.
type place struct {
	Coalition, Organisation string
	Role                    Role
	Joined                  time.Time
}

func scanPlace(s db.Scanner) (p place, err error) {
	var joined db.Time
	err = s.Scan(&p.Coalition, &p.Organisation, &p.Role, &joined)
	p.Joined = joined.Time
	return p, err
}

func scanInvitation(s db.Scanner) (i Invitation, err error) {
	var created, expires db.Time
	err = s.Scan(&i.ID, &i.Coalition, &i.Email, &i.Organisation, &i.Role, &i.Person, &created, &expires)
	i.Created, i.Expires = created.Time, expires.Time
	return i, err
}

func scanAsked(s db.Scanner) (a Asked, err error) {
	var at db.Time
	err = s.Scan(&a.Coalition, &a.Organisation, &a.Name, &a.Place, &a.Code, &a.Person, &at)
	a.At = at.Time
	return a, err
}

func scanRequest(s db.Scanner) (q Request, err error) {
	var at db.Time
	err = s.Scan(&q.Coalition, &q.Person, &q.Organisation, &q.Why, &at)
	q.At = at.Time
	return q, err
}

func scanGuest(s db.Scanner) (g Guest, err error) {
	var created, expires, revoked db.Time
	err = s.Scan(&g.ID, &g.Coalition, &g.Name, &g.MayComment, &g.Person, &created, &expires, &revoked)
	g.Created, g.Expires, g.Revoked = created.Time, expires.Time, revoked.Time
	return g, err
}

func scanComment(s db.Scanner) (c Comment, err error) {
	var at db.Time
	err = s.Scan(&c.ID, &c.Coalition, &c.Person, &c.Name, &c.Body, &at, &c.Guest)
	c.At = at.Time
	return c, err
}

func scanChange(s db.Scanner) (c Change, err error) {
	var at db.Time
	err = s.Scan(&c.ID, &c.Coalition, &at, &c.Person, &c.Kind, &c.Subject, &c.Why)
	c.At = at.Time
	return c, err
}

func addChange(ctx context.Context, tx *db.Tx, c Change) error {
	_, err := tx.Exec(ctx, insertChange, c.ID, c.Coalition, db.At(c.At), c.Person, c.Kind, c.Subject, c.Why)
	return err
}
