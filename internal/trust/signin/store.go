package signin

import (
	"context"
	"encoding/json"
	"time"

	"wijkbaak.nl/internal/base/db"
)

const (
	insertCode = `INSERT INTO signin_code (id, email, step_hash, code_hash, link_hash, person, goal, tries, used, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 0, FALSE, $8, $9)`
	selectCodeTimes  = `SELECT created_at FROM signin_code WHERE email = $1 AND created_at > $2 ORDER BY created_at`
	selectCodeByStep = `SELECT id, email, code_hash, person, goal, tries, used, expires_at FROM signin_code WHERE step_hash = $1`
	selectCodeByLink = `SELECT id, email, code_hash, person, goal, tries, used, expires_at FROM signin_code WHERE link_hash = $1`
	countTry         = `UPDATE signin_code SET tries = tries + 1 WHERE id = $1`
	useCodesOf       = `UPDATE signin_code SET used = TRUE WHERE email = $1`
	deleteOldCodes   = `DELETE FROM signin_code WHERE created_at <= $1`
	deleteCodesOf    = `DELETE FROM signin_code WHERE email = $1 OR person = $2`

	insertFlow     = `INSERT INTO signin_flow (hash, kind, person, browser, data, expires_at) VALUES ($1, $2, $3, $4, $5, $6)`
	selectFlow     = `SELECT person, browser, data FROM signin_flow WHERE hash = $1 AND kind = $2 AND expires_at > $3`
	deleteFlow     = `DELETE FROM signin_flow WHERE hash = $1`
	deleteOldFlows = `DELETE FROM signin_flow WHERE expires_at <= $1`
	deleteFlowsOf  = `DELETE FROM signin_flow WHERE person = $1`

	upsertTOTP = `INSERT INTO totp (person, secret, confirmed, last_step, fails, locked_until, created_at)
		VALUES ($1, $2, FALSE, 0, 0, NULL, $3)
		ON CONFLICT (person) DO UPDATE SET secret = excluded.secret, last_step = 0, created_at = excluded.created_at
		WHERE NOT totp.confirmed`
	selectTOTP  = `SELECT secret, confirmed, last_step, fails, locked_until, created_at FROM totp WHERE person = $1`
	confirmTOTP = `UPDATE totp SET confirmed = TRUE, last_step = $2, fails = 0, locked_until = NULL WHERE person = $1 AND last_step < $2`
	failTOTP    = `UPDATE totp SET fails = $2, locked_until = $3 WHERE person = $1`
	deleteTOTP  = `DELETE FROM totp WHERE person = $1`

	insertPasskey = `INSERT INTO passkey (id, person, credential, data, name, created_at, seen_at)
		VALUES ($1, $2, $3, $4, $5, $6, NULL) ON CONFLICT DO NOTHING`
	selectPasskeys   = `SELECT id, person, data, name, created_at, seen_at FROM passkey WHERE person = $1 ORDER BY id`
	updatePasskey    = `UPDATE passkey SET data = $3, seen_at = $4 WHERE person = $1 AND credential = $2`
	deletePasskey    = `DELETE FROM passkey WHERE id = $1 AND person = $2`
	deletePasskeysOf = `DELETE FROM passkey WHERE person = $1`

	insertIdentity     = `INSERT INTO identity (issuer, subject, person, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`
	selectIdentity     = `SELECT person FROM identity WHERE issuer = $1 AND subject = $2`
	selectIdentities   = `SELECT issuer FROM identity WHERE person = $1 ORDER BY issuer`
	deleteIdentitiesOf = `DELETE FROM identity WHERE person = $1`
)

// moment reads a db.Time into a time.Time.
type moment struct{ t *time.Time }

// Scan implements sql.Scanner.
func (m moment) Scan(src any) error {
	var t db.Time
	err := t.Scan(src)
	*m.t = t.Time
	return err
}

// text writes the moment for a machine; "" for none.
func (m moment) text() string {
	if m.t.IsZero() {
		return ""
	}
	return m.t.UTC().Format(time.RFC3339)
}

// flow is a step that waits for an answer of the browser.
type flow struct {
	person  string
	browser []byte // hash of what only the browser that began it holds
	data    string
}

func scanFlow(s db.Scanner) (flow, error) {
	var f flow
	return f, s.Scan((*db.Null)(&f.person), &f.browser, &f.data)
}

// keepFlow keeps what a step needs to go on, under the hash of its secret.
func keepFlow(ctx context.Context, tx *db.Tx, hash []byte, kind, person string, browser []byte, data any, now time.Time) error {
	text, err := json.Marshal(data)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, deleteOldFlows, db.At(now)); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, insertFlow, hash, kind, db.Null(person), browser, string(text), db.At(now.Add(flowLasts)))
	return err
}

// takeFlow gives what was kept, once.
func takeFlow(ctx context.Context, tx *db.Tx, hash []byte, kind string, data any, now time.Time) (flow, error) {
	f, err := db.One(ctx, tx, scanFlow, selectFlow, hash, kind, db.At(now))
	if err != nil {
		return f, err
	}
	if _, err := tx.Exec(ctx, deleteFlow, hash); err != nil {
		return f, err
	}
	return f, json.Unmarshal([]byte(f.data), data)
}
