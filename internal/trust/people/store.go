package people

import (
	"context"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/trust/access"
)

const (
	insertPerson = `INSERT INTO person (id, name, sort_key, email, phone, language, state, demo, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`
	updatePerson = `UPDATE person SET name = $2, sort_key = $3, email = $4, phone = $5, language = $6 WHERE id = $1`
	updateState  = `UPDATE person SET state = $2 WHERE id = $1`
	deletePerson = `DELETE FROM person WHERE id = $1`

	personColumns = `p.id, p.name, p.email, p.phone, p.language, p.state, p.demo, p.created_at`

	selectPerson        = `SELECT ` + personColumns + ` FROM person p WHERE p.id = $1`
	selectPersonByEmail = `SELECT ` + personColumns + ` FROM person p WHERE p.email = $1`
	selectDemo          = `SELECT ` + personColumns + ` FROM person p WHERE p.demo ORDER BY p.id`
	selectNames         = `SELECT p.id, p.name FROM person p WHERE p.id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
		$11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`
	selectPage = `SELECT ` + personColumns + ` FROM person p
		WHERE p.sort_key >= $1 AND (p.sort_key > $1 OR p.id > $2) AND p.sort_key < $3 ORDER BY p.sort_key, p.id LIMIT $4`

	// selectStaff lists who has a role in a range of places, or will have it.
	selectStaff = `SELECT ` + personColumns + ` FROM role_grant g JOIN person p ON p.id = g.person
		WHERE g.role = $1 AND g.place >= $2 AND g.place < $3 AND (g.until_at IS NULL OR g.until_at > $4)
		ORDER BY g.place, g.from_at, g.id`

	insertOrganisation  = `INSERT INTO organisation (id, name, sort_key, kind, place, created_at) VALUES ($1, $2, $3, $4, $5, $6)`
	selectOrganisation  = `SELECT id, name, kind, place FROM organisation WHERE id = $1`
	selectOrganisations = `SELECT id, name, kind, place FROM organisation ORDER BY sort_key, id`

	insertGrant = `INSERT INTO role_grant (id, person, role, organisation, place, on_duty, from_at, until_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	endGrant   = `UPDATE role_grant SET until_at = $2, on_duty = FALSE WHERE id = $1 AND (until_at IS NULL OR until_at > $2)`
	setOnDuty  = `UPDATE role_grant SET on_duty = $2 WHERE id = $1`
	dutyNobody = `UPDATE role_grant SET on_duty = FALSE WHERE person = $1`

	grantColumns  = `g.id, g.person, g.role, g.organisation, o.name, o.kind, g.place, g.on_duty, g.from_at, g.until_at`
	memberColumns = personColumns + `, ` + grantColumns

	selectGrant  = `SELECT ` + grantColumns + ` FROM role_grant g JOIN organisation o ON o.id = g.organisation WHERE g.id = $1`
	selectGrants = `SELECT ` + grantColumns + ` FROM role_grant g JOIN organisation o ON o.id = g.organisation
		WHERE g.person = $1 ORDER BY g.id`
	selectOnDuty = `SELECT ` + memberColumns + `
		FROM role_grant g JOIN person p ON p.id = g.person JOIN organisation o ON o.id = g.organisation
		WHERE g.role = $1 AND g.place = $2 AND g.on_duty AND g.from_at <= $3 AND (g.until_at IS NULL OR g.until_at > $3)
		AND p.state = 'active' ORDER BY g.from_at, g.id LIMIT 1`
	selectMembersAt = `SELECT ` + memberColumns + `
		FROM role_grant g JOIN person p ON p.id = g.person JOIN organisation o ON o.id = g.organisation
		WHERE g.role = $1 AND g.place >= $2 AND g.place < $3 AND g.from_at <= $4 AND (g.until_at IS NULL OR g.until_at > $4)
		AND p.state = 'active' ORDER BY g.place, g.from_at, g.id LIMIT 500`

	// selectMembersOf lists who works for an organisation.
	selectMembersOf = `SELECT ` + memberColumns + `
		FROM role_grant g JOIN person p ON p.id = g.person JOIN organisation o ON o.id = g.organisation
		WHERE g.organisation = $1 AND g.from_at <= $2 AND (g.until_at IS NULL OR g.until_at > $2)
		AND p.state = 'active' ORDER BY g.from_at, g.id LIMIT 200`
	// selectStaffNames lists the names of who has or had a role.
	selectStaffNames = `SELECT p.name FROM person p WHERE p.id IN (SELECT person FROM role_grant) LIMIT $1`

	insertSession = `INSERT INTO session (id, hash, person, complete, second_factor, method, device, created_at, seen_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)`
	// selectEnter is the one query of every request that brings a cookie.
	selectEnter = `SELECT s.id, s.person, s.complete, s.second_factor, s.seen_at, p.name, g.role, g.organisation, g.place
		FROM session s JOIN person p ON p.id = s.person
		LEFT JOIN role_grant g ON g.person = s.person AND g.from_at <= $2 AND (g.until_at IS NULL OR g.until_at > $2)
		WHERE s.hash = $1 AND s.expires_at > $2 AND p.state = 'active'`
	selectSessions = `SELECT id, complete, second_factor, method, device, created_at, seen_at, expires_at
		FROM session WHERE person = $1 AND expires_at > $2 ORDER BY id`
	updateSeen     = `UPDATE session SET seen_at = $2 WHERE id = $1`
	raiseSession   = `UPDATE session SET hash = $2, complete = TRUE, second_factor = TRUE, expires_at = $3 WHERE id = $1 AND person = $4`
	deleteSession  = `DELETE FROM session WHERE hash = $1`
	deleteOne      = `DELETE FROM session WHERE id = $1 AND person = $2`
	deleteSessions = `DELETE FROM session WHERE person = $1`
	deleteOldOnes  = `DELETE FROM session WHERE expires_at <= $1`
	deleteOthers   = `DELETE FROM session WHERE person = $1 AND id <> $2`

	insertToken = `INSERT INTO api_token (id, hash, name, organisation, scopes, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`
	selectToken = `SELECT t.id, t.organisation, o.name, t.scopes FROM api_token t JOIN organisation o ON o.id = t.organisation
		WHERE t.hash = $1 AND t.expires_at > $2`
	selectTokens = `SELECT t.id, t.name, t.organisation, o.name, o.place, t.scopes, t.created_at, t.expires_at
		FROM api_token t JOIN organisation o ON o.id = t.organisation ORDER BY t.id`
	deleteToken = `DELETE FROM api_token WHERE id = $1`
)

// namesAtOnce is the number of places in selectNames.
const namesAtOnce = 20

func scanPerson(s db.Scanner) (Person, error) {
	var p Person
	return p, s.Scan(personInto(&p)...)
}

func personInto(p *Person) []any {
	return []any{&p.ID, &p.Name, (*db.Null)(&p.Email), (*db.Null)(&p.Phone), &p.Language, &p.State, &p.Demo, moment{&p.Created}}
}

func scanGrant(s db.Scanner) (Grant, error) {
	var g Grant
	return g, s.Scan(grantInto(&g)...)
}

func grantInto(g *Grant) []any {
	return []any{&g.ID, &g.Person, &g.Role, &g.Organisation, &g.OrganisationName, &g.OrganisationKind, &g.Place, &g.OnDuty, moment{&g.From}, moment{&g.Until}}
}

func scanMember(s db.Scanner) (Member, error) {
	var m Member
	return m, s.Scan(append(personInto(&m.Person), grantInto(&m.Grant)...)...)
}

func scanOrganisation(s db.Scanner) (Organisation, error) {
	var o Organisation
	return o, s.Scan(&o.ID, &o.Name, &o.Kind, &o.Place)
}

// moment reads a db.Time into a time.Time.
type moment struct{ t *time.Time }

// Scan implements sql.Scanner.
func (m moment) Scan(src any) error {
	var t db.Time
	err := t.Scan(src)
	*m.t = t.Time
	return err
}

func membersAt(ctx context.Context, r db.Reader, role access.Role, from, before string, now time.Time) ([]Member, error) {
	return db.All(ctx, r, scanMember, selectMembersAt, string(role), from, before, db.At(now))
}
