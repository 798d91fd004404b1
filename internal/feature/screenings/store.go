package screenings

import (
	"context"

	"wijkbaak.nl/internal/base/db"
)

const (
	roundColumns = `id, title, place, place_name, survey, survey_title, starts_on, ends_on, ages, organisation, organisation_name, screener,
		screener_name, invitation, contact, locations, measures, keep_days, remind_days, reminders, state, numbers, figures, version, person,
		demonstration, created_at, changed_at`
	insertRound = `INSERT INTO screening_round (` + roundColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
		$18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28)`
	// The version in the WHERE is the one the editor saw.
	updateRound = `UPDATE screening_round SET title = $2, survey = $3, survey_title = $4, starts_on = $5, ends_on = $6, ages = $7, screener = $8,
		screener_name = $9, invitation = $10, contact = $11, locations = $12, measures = $13, keep_days = $14, remind_days = $15, reminders = $16,
		version = version + 1, changed_at = $17 WHERE id = $1 AND version = $18`
	updateState   = `UPDATE screening_round SET state = $2, changed_at = $3, version = version + 1 WHERE id = $1`
	updateNumbers = `UPDATE screening_round SET numbers = numbers + $2 WHERE id = $1`
	updateFigures = `UPDATE screening_round SET figures = $2, state = 'closed' WHERE id = $1`
	deleteRound   = `DELETE FROM screening_round WHERE id = $1 AND state = 'draft'`
	selectRound   = `SELECT ` + roundColumns + ` FROM screening_round WHERE id = $1`
	listState     = `SELECT ` + roundColumns + ` FROM screening_round WHERE state = $1 AND id < $2 ORDER BY state DESC, id DESC LIMIT $3`
	listRun       = `SELECT ` + roundColumns + ` FROM screening_round WHERE organisation = $1 AND id < $2 ORDER BY organisation DESC, id DESC LIMIT $3`
	listTreat     = `SELECT ` + roundColumns + ` FROM screening_round WHERE screener = $1 AND id < $2 ORDER BY screener DESC, id DESC LIMIT $3`
	listPerson    = `SELECT ` + roundColumns + ` FROM screening_round WHERE person = $1 AND id < $2 ORDER BY person DESC, id DESC LIMIT $3`
	forgetRounds  = `UPDATE screening_round SET person = '' WHERE person = $1`

	batchColumns  = `id, round, form, channel, district, district_name, codes, withdrawn, person, at`
	insertBatch   = `INSERT INTO screening_batch (` + batchColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (round, form, district) DO NOTHING`
	selectBatches = `SELECT ` + batchColumns + ` FROM screening_batch WHERE round = $1 AND id > $2 ORDER BY round, id LIMIT $3`
	selectBatch   = `SELECT ` + batchColumns + ` FROM screening_batch WHERE id = $1`
	withdrawBatch = `UPDATE screening_batch SET withdrawn = TRUE WHERE id = $1 AND round = $2 AND NOT withdrawn`
	updateBatch   = `UPDATE screening_batch SET codes = $2 WHERE id = $1`
	batchesBy     = `SELECT ` + batchColumns + ` FROM screening_batch WHERE person = $1 AND id > $2 ORDER BY person, id LIMIT $3`
	forgetBatches = `UPDATE screening_batch SET person = '' WHERE person = $1`
	deleteBatches = `DELETE FROM screening_batch WHERE round = $1`

	inviteColumns = `id, round, batch, number, district, channel, email, quiet, reminded, state, shares, risk, visit, made_at, answered_at`
	insertInvite  = `INSERT INTO screening_invite (` + inviteColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
		ON CONFLICT (round, email) WHERE email <> '' DO NOTHING`
	selectInvite = `SELECT ` + inviteColumns + ` FROM screening_invite WHERE id = $1`
	selectByCode = `SELECT i.id, i.round, i.batch, i.number, i.district, i.channel, i.email, i.quiet, i.reminded, i.state, i.shares, i.risk, i.visit,
		i.made_at, i.answered_at FROM screening_code c JOIN screening_invite i ON i.id = c.invite WHERE c.hash = $1`
	updateAnswer = `UPDATE screening_invite SET state = 'answered', shares = $2, risk = $3, answered_at = $4 WHERE id = $1`
	updateVisit  = `UPDATE screening_invite SET visit = $2 WHERE id = $1`
	quietInvite  = `UPDATE screening_invite SET quiet = TRUE, email = '' WHERE id = $1 AND NOT quiet`
	tellInvite   = `UPDATE screening_invite SET reminded = $3 WHERE id = $1 AND reminded = $2`
	eraseInvite  = `UPDATE screening_invite SET state = 'gone', batch = '', email = '', quiet = TRUE, shares = '', risk = '', visit = '', answered_at = NULL WHERE id = $1`
	selectRemind = `SELECT ` + inviteColumns + ` FROM screening_invite WHERE round = $1 AND channel = 'mail' AND state = 'asked' AND reminded = $2
		AND made_at <= $3 AND NOT quiet ORDER BY round, channel, state, reminded, made_at, id LIMIT $4`
	// Those of paper who did not answer.
	selectSilent = `SELECT number, district FROM screening_invite WHERE round = $1 AND channel = $2 AND state = 'asked' AND reminded = 0 AND made_at <= $3
		AND NOT quiet ORDER BY round, channel, state, reminded, made_at, id LIMIT $4`
	selectTally = `SELECT district, state, risk, visit, COUNT(*) FROM screening_invite WHERE round = $1 GROUP BY district, state, risk, visit
		ORDER BY district, state, risk, visit`
	// Those of a pile that was withdrawn, of whom nobody answered.
	batchCodes      = `DELETE FROM screening_code WHERE invite IN (SELECT id FROM screening_invite WHERE batch = $1 AND state = 'asked')`
	deleteUnasked   = `DELETE FROM screening_invite WHERE batch = $1 AND state = 'asked'`
	selectUnasked   = `SELECT id FROM screening_invite WHERE batch = $1 AND state = 'asked' ORDER BY id`
	forgetEmails    = `UPDATE screening_invite SET email = '' WHERE round = $1 AND email <> ''`
	deleteInvites   = `DELETE FROM screening_invite WHERE round = $1`
	deleteAllCodes  = `DELETE FROM screening_code WHERE invite IN (SELECT id FROM screening_invite WHERE round = $1)`
	deleteConsents  = `DELETE FROM screening_consent WHERE invite IN (SELECT id FROM screening_invite WHERE round = $1)`
	deleteAllVisits = `DELETE FROM screening_appointment WHERE round = $1`
	deleteResults   = `DELETE FROM screening_result WHERE round = $1`
	deleteSlots     = `DELETE FROM screening_slot WHERE round = $1`

	insertCode  = `INSERT INTO screening_code (hash, invite, at) VALUES ($1, $2, $3)`
	deleteCodes = `DELETE FROM screening_code WHERE invite = $1`

	consentColumns  = `id, invite, kind, lang, body, given_at, withdrawn_at`
	insertConsent   = `INSERT INTO screening_consent (` + consentColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7)`
	selectConsents  = `SELECT ` + consentColumns + ` FROM screening_consent WHERE invite = $1 ORDER BY invite, id LIMIT $2`
	withdrawConsent = `UPDATE screening_consent SET withdrawn_at = $2 WHERE invite = $1 AND withdrawn_at IS NULL`
	deleteConsent   = `DELETE FROM screening_consent WHERE invite = $1`

	slotColumns = `id, round, starts_at, minutes, location, seats, taken`
	insertSlot  = `INSERT INTO screening_slot (` + slotColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (round, starts_at, location) DO NOTHING`
	selectSlot  = `SELECT ` + slotColumns + ` FROM screening_slot WHERE id = $1 AND round = $2`
	selectSlots = `SELECT ` + slotColumns + ` FROM screening_slot WHERE round = $1 AND starts_at >= $2 AND starts_at < $3 ORDER BY round, starts_at, id LIMIT $4`
	// Nobody gets a seat that is not there, or is past.
	takeSlot   = `UPDATE screening_slot SET taken = taken + 1 WHERE id = $1 AND round = $2 AND taken < seats AND starts_at > $3`
	freeSlot   = `UPDATE screening_slot SET taken = taken - 1 WHERE id = $1 AND taken > 0`
	deleteSlot = `DELETE FROM screening_slot WHERE id = $1 AND round = $2 AND taken = 0`

	visitColumns = `invite, round, slot, starts_at, email, booked_at`
	insertVisit  = `INSERT INTO screening_appointment (invite, round, slot, starts_at, email, booked_at, told) VALUES ($1, $2, $3, $4, $5, $6, FALSE)`
	deleteVisit  = `DELETE FROM screening_appointment WHERE invite = $1`
	selectVisit  = `SELECT ` + visitColumns + ` FROM screening_appointment WHERE invite = $1`
	selectDay    = `SELECT a.invite, a.slot, i.number, i.visit, CASE WHEN r.invite IS NULL THEN FALSE ELSE TRUE END
		FROM screening_appointment a JOIN screening_invite i ON i.id = a.invite LEFT JOIN screening_result r ON r.invite = a.invite
		WHERE a.round = $1 AND a.starts_at >= $2 AND a.starts_at < $3 ORDER BY a.round, a.starts_at, a.invite LIMIT $4`
	selectTell  = `SELECT ` + visitColumns + ` FROM screening_appointment WHERE told = FALSE AND starts_at > $1 AND starts_at < $2 ORDER BY told, starts_at, invite LIMIT $3`
	tellVisit   = `UPDATE screening_appointment SET told = TRUE, email = '' WHERE invite = $1 AND told = FALSE`
	forgetPast  = `UPDATE screening_appointment SET told = TRUE, email = '' WHERE told = FALSE AND starts_at < $1`
	stopLetters = `UPDATE screening_appointment SET email = '' WHERE invite = $1`

	resultColumns = `invite, round, readings, outcome, advice, version, entered_by, entered_at, changed_at`
	insertResult  = `INSERT INTO screening_result (` + resultColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (invite) DO NOTHING`
	updateResult  = `UPDATE screening_result SET readings = $2, outcome = $3, advice = $4, version = version + 1, entered_by = $5, changed_at = $6
		WHERE invite = $1 AND version = $7`
	selectResult  = `SELECT ` + resultColumns + ` FROM screening_result WHERE invite = $1`
	deleteResult  = `DELETE FROM screening_result WHERE invite = $1`
	resultsBy     = `SELECT invite FROM screening_result WHERE entered_by = $1 AND invite > $2 ORDER BY entered_by, invite LIMIT $3`
	forgetResults = `UPDATE screening_result SET entered_by = '' WHERE entered_by = $1`
)

// last is above every id.
const last = "~"

// batchesMost bounds the piles of one round that are listed.
const batchesMost = 1000

// plans are the list queries of the room.
var plans = []db.Plan{
	{Name: "rounds by state", SQL: listState, Args: []any{string(Open), last, 20}},
	{Name: "rounds of an organisation", SQL: listRun, Args: []any{"o", last, 20}},
	{Name: "rounds that an organisation measures in", SQL: listTreat, Args: []any{"o", last, 20}},
	{Name: "rounds by a person", SQL: listPerson, Args: []any{"p", last, 20}},
	{Name: "piles of a round", SQL: selectBatches, Args: []any{"r", "", 20}},
	{Name: "piles by a person", SQL: batchesBy, Args: []any{"p", "", 20}},
	{Name: "by code", SQL: selectByCode, Args: []any{[]byte{1}}},
	{Name: "to remind", SQL: selectRemind, Args: []any{"r", 0, 0, 20}},
	{Name: "silent", SQL: selectSilent, Args: []any{"r", ByFile, 0, 20}},
	{Name: "tally", SQL: selectTally, Args: []any{"r"}},
	{Name: "consents", SQL: selectConsents, Args: []any{"i", 20}},
	{Name: "slots", SQL: selectSlots, Args: []any{"r", 0, 1, 20}},
	{Name: "the day", SQL: selectDay, Args: []any{"r", 0, 1, 20}},
	{Name: "appointments to tell", SQL: selectTell, Args: []any{0, 1, 20}},
	{Name: "results by a person", SQL: resultsBy, Args: []any{"p", "", 20}},
}

func scanRound(s db.Scanner) (r Round, err error) {
	var locations db.JSON[[]string]
	var measures db.JSON[[]Measure]
	var figures db.JSON[*Figures]
	var created, changed db.Time
	err = s.Scan(&r.ID, &r.Title, &r.Place, &r.PlaceName, &r.Survey, &r.SurveyTitle, &r.Starts, &r.Ends, &r.Ages, &r.Organisation, &r.OrganisedBy,
		&r.Screener, &r.ScreenedBy, &r.Invitation, &r.Contact, &locations, &measures, &r.KeepDays, &r.RemindDays, &r.Times, &r.State, &r.Numbers,
		&figures, &r.Version, &r.Person, &r.Demonstration, &created, &changed)
	r.Locations, r.Measures, r.Figures, r.Created, r.Changed = locations.V, measures.V, figures.V, created.Time, changed.Time
	return r, err
}

func addRound(ctx context.Context, tx *db.Tx, r Round) error {
	_, err := tx.Exec(ctx, insertRound, r.ID, r.Title, r.Place, r.PlaceName, r.Survey, r.SurveyTitle, string(r.Starts), string(r.Ends), r.Ages,
		r.Organisation, r.OrganisedBy, r.Screener, r.ScreenedBy, r.Invitation, r.Contact, db.JSON[[]string]{V: r.Locations},
		db.JSON[[]Measure]{V: r.Measures}, r.KeepDays, r.RemindDays, r.Times, string(r.State), r.Numbers, db.JSON[*Figures]{V: r.Figures}, r.Version,
		r.Person, r.Demonstration, db.At(r.Created), db.At(r.Changed))
	return err
}

func saveRound(ctx context.Context, tx *db.Tx, r Round, saw int64) (bool, error) {
	n, err := tx.Exec(ctx, updateRound, r.ID, r.Title, r.Survey, r.SurveyTitle, string(r.Starts), string(r.Ends), r.Ages, r.Screener, r.ScreenedBy,
		r.Invitation, r.Contact, db.JSON[[]string]{V: r.Locations}, db.JSON[[]Measure]{V: r.Measures}, r.KeepDays, r.RemindDays, r.Times,
		db.At(r.Changed), saw)
	return n > 0, err
}

func scanBatch(s db.Scanner) (b Batch, err error) {
	var at db.Time
	err = s.Scan(&b.ID, &b.Round, &b.Form, &b.Channel, &b.District, &b.DistrictName, &b.Codes, &b.Withdrawn, &b.Person, &at)
	b.At = at.Time
	return b, err
}

func addBatch(ctx context.Context, tx *db.Tx, b Batch) (added bool, err error) {
	n, err := tx.Exec(ctx, insertBatch, b.ID, b.Round, b.Form, b.Channel, b.District, b.DistrictName, b.Codes, b.Withdrawn, b.Person, db.At(b.At))
	return n > 0, err
}

func scanInvite(s db.Scanner) (v Invite, err error) {
	var made, when db.Time
	err = s.Scan(&v.ID, &v.Round, &v.Batch, &v.Number, &v.District, &v.Channel, &v.Email, &v.Quiet, &v.Reminded, &v.State, &v.Shares, &v.Risk, &v.Visit,
		&made, &when)
	v.Made, v.Answered = made.Time, when.Time
	return v, err
}

func addInvite(ctx context.Context, tx *db.Tx, v Invite) (added bool, err error) {
	n, err := tx.Exec(ctx, insertInvite, v.ID, v.Round, v.Batch, v.Number, v.District, v.Channel, v.Email, v.Quiet, v.Reminded, v.State, v.Shares,
		string(v.Risk), v.Visit, db.At(v.Made), db.At(v.Answered))
	return n > 0, err
}

func scanTally(s db.Scanner) (t tally, err error) {
	err = s.Scan(&t.district, &t.state, &t.risk, &t.visit, &t.n)
	return t, err
}

func scanConsent(s db.Scanner) (c Consent, err error) {
	var given, withdrawn db.Time
	err = s.Scan(&c.ID, &c.Invite, &c.Kind, &c.Lang, &c.Text, &given, &withdrawn)
	c.Given, c.Withdrawn = given.Time, withdrawn.Time
	return c, err
}

func addConsent(ctx context.Context, tx *db.Tx, c Consent) error {
	_, err := tx.Exec(ctx, insertConsent, c.ID, c.Invite, c.Kind, c.Lang, c.Text, db.At(c.Given), db.At(c.Withdrawn))
	return err
}

func scanSlot(s db.Scanner) (v Slot, err error) {
	var starts db.Time
	err = s.Scan(&v.ID, &v.Round, &starts, &v.Minutes, &v.Location, &v.Seats, &v.Taken)
	v.Starts = starts.Time
	return v, err
}

func addSlot(ctx context.Context, tx *db.Tx, v Slot) (added bool, err error) {
	n, err := tx.Exec(ctx, insertSlot, v.ID, v.Round, db.At(v.Starts), v.Minutes, v.Location, v.Seats, v.Taken)
	return n > 0, err
}

func scanVisit(s db.Scanner) (a Appointment, err error) {
	var starts, at db.Time
	err = s.Scan(&a.Invite, &a.Round, &a.Slot, &starts, &a.Email, &at)
	a.Starts, a.Booked = starts.Time, at.Time
	return a, err
}

func addVisit(ctx context.Context, tx *db.Tx, a Appointment) error {
	_, err := tx.Exec(ctx, insertVisit, a.Invite, a.Round, a.Slot, db.At(a.Starts), a.Email, db.At(a.Booked))
	return err
}

// Expected is somebody on the list of a day.
type Expected struct {
	Invite, Slot string
	Number       int
	Visit        string
	Entered      bool // the result
}

func scanExpected(s db.Scanner) (e Expected, err error) {
	err = s.Scan(&e.Invite, &e.Slot, &e.Number, &e.Visit, &e.Entered)
	return e, err
}

func scanResult(s db.Scanner) (v Result, err error) {
	var readings db.JSON[[]Reading]
	var entered, changed db.Time
	err = s.Scan(&v.Invite, &v.Round, &readings, &v.Outcome, &v.Advice, &v.Version, &v.EnteredBy, &entered, &changed)
	v.Readings, v.Entered, v.Changed = readings.V, entered.Time, changed.Time
	return v, err
}

func addResult(ctx context.Context, tx *db.Tx, v Result) (added bool, err error) {
	n, err := tx.Exec(ctx, insertResult, v.Invite, v.Round, db.JSON[[]Reading]{V: v.Readings}, v.Outcome, v.Advice, v.Version, v.EnteredBy,
		db.At(v.Entered), db.At(v.Changed))
	return n > 0, err
}

// silent is a letter on paper that nobody answered.
type silent struct {
	number   int
	district string
}

func scanSilent(s db.Scanner) (v silent, err error) {
	err = s.Scan(&v.number, &v.district)
	return v, err
}
