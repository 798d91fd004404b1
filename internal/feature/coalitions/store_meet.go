package coalitions

import (
	"context"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
)

const (
	choiceColumns = `coalition, stage, criteria, terms, listed, version, revealed_at, why, person, chosen_at`
	insertChoice  = `INSERT INTO coalition_choice (` + choiceColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
	selectChoice  = `SELECT ` + choiceColumns + ` FROM coalition_choice WHERE coalition = $1`
	updateChoice  = `UPDATE coalition_choice SET stage = $2, criteria = $3, terms = $4, listed = $5, revealed_at = $6, why = $7, person = $8,
		chosen_at = $9, version = version + 1 WHERE coalition = $1 AND version = $10`
	forgetChooser = `UPDATE coalition_choice SET person = '' WHERE person = $1`

	putAgreed    = `INSERT INTO coalition_agreed (coalition, person, terms) VALUES ($1, $2, $3) ON CONFLICT (coalition, person) DO UPDATE SET terms = EXCLUDED.terms`
	selectAgreed = `SELECT person FROM coalition_agreed WHERE coalition = $1 AND terms = $2`
	deleteAgreed = `DELETE FROM coalition_agreed WHERE coalition = $1 AND person = $2`
	forgetAgreed = `DELETE FROM coalition_agreed WHERE person = $1`

	cardColumns  = `id, coalition, person, scores, done, at`
	insertCard   = `INSERT INTO coalition_score (` + cardColumns + `) VALUES ($1, $2, $3, $4, $5, $6)`
	updateCard   = `UPDATE coalition_score SET scores = $2, done = $3, at = $4 WHERE id = $1`
	selectCard   = `SELECT ` + cardColumns + ` FROM coalition_score WHERE person = $1 AND coalition = $2 AND person <> ''`
	selectCards  = `SELECT ` + cardColumns + ` FROM coalition_score WHERE coalition = $1 ORDER BY coalition, id LIMIT $2`
	selectDone   = `SELECT person FROM coalition_score WHERE coalition = $1 AND done ORDER BY coalition, id LIMIT $2`
	selectCardBy = `SELECT ` + cardColumns + ` FROM coalition_score WHERE person = $1 AND person <> '' AND coalition > $2 ORDER BY person, coalition LIMIT $3`
	deleteCards  = `DELETE FROM coalition_score WHERE coalition = $1`
	leaveCard    = `UPDATE coalition_score SET person = '' WHERE coalition = $1 AND person = $2`
	forgetCards  = `UPDATE coalition_score SET person = '' WHERE person = $1`

	meetingColumns = `id, coalition, title, at, minutes, place, agenda, notes, decisions, person, version, changed_at`
	insertMeeting  = `INSERT INTO coalition_meeting (` + meetingColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`
	updateMeeting  = `UPDATE coalition_meeting SET title = $2, at = $3, minutes = $4, place = $5, agenda = $6, notes = $7, decisions = $8,
		changed_at = $9, version = version + 1 WHERE id = $1 AND version = $10`
	selectMeeting  = `SELECT ` + meetingColumns + ` FROM coalition_meeting WHERE id = $1`
	selectMeetings = `SELECT ` + meetingColumns + ` FROM coalition_meeting WHERE coalition = $1 AND at < $2 ORDER BY coalition DESC, at DESC, id DESC LIMIT $3`
	selectComing   = `SELECT ` + meetingColumns + ` FROM coalition_meeting WHERE coalition = $1 AND at >= $2 ORDER BY coalition, at, id LIMIT $3`
	deleteMeeting  = `DELETE FROM coalition_meeting WHERE id = $1`
	forgetMeeting  = `UPDATE coalition_meeting SET person = '' WHERE person = $1`

	clearAttended   = `DELETE FROM coalition_attendance WHERE meeting = $1`
	insertAttended  = `INSERT INTO coalition_attendance (meeting, person) VALUES ($1, $2) ON CONFLICT (meeting, person) DO NOTHING`
	selectAttended  = `SELECT person FROM coalition_attendance WHERE meeting = $1 ORDER BY meeting, person LIMIT $2`
	selectAttendsBy = `SELECT meeting FROM coalition_attendance WHERE person = $1 AND meeting > $2 ORDER BY person, meeting LIMIT $3`
	forgetAttended  = `DELETE FROM coalition_attendance WHERE person = $1`

	actionColumns  = `id, coalition, meeting, title, person, due, planned, done_at`
	insertAction   = `INSERT INTO coalition_action (` + actionColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	selectAction   = `SELECT ` + actionColumns + ` FROM coalition_action WHERE id = $1`
	selectActions  = `SELECT ` + actionColumns + ` FROM coalition_action WHERE meeting = $1 ORDER BY meeting, id LIMIT $2`
	selectToDo     = `SELECT ` + actionColumns + ` FROM coalition_action WHERE coalition = $1 AND done_at IS NULL ORDER BY coalition, due, id LIMIT $2`
	doneAction     = `UPDATE coalition_action SET done_at = $2 WHERE id = $1 AND done_at IS NULL`
	selectActionBy = `SELECT ` + actionColumns + ` FROM coalition_action WHERE person = $1 AND id > $2 ORDER BY person, id LIMIT $3`
	forgetAction   = `UPDATE coalition_action SET person = '' WHERE person = $1`
)

func scanChoice(s db.Scanner) (c Choice, err error) {
	var criteria db.JSON[[]Criterion]
	var listed db.JSON[[]string]
	var revealed, chosen db.Time
	err = s.Scan(&c.Coalition, &c.Stage, &criteria, &c.Terms, &listed, &c.Version, &revealed, &c.Why, &c.Person, &chosen)
	c.Criteria, c.Listed, c.Revealed, c.ChosenAt = criteria.V, listed.V, revealed.Time, chosen.Time
	return c, err
}

func addChoice(ctx context.Context, tx *db.Tx, c Choice) error {
	_, err := tx.Exec(ctx, insertChoice, c.Coalition, string(c.Stage), db.JSON[[]Criterion]{V: c.Criteria}, c.Terms, db.JSON[[]string]{V: c.Listed},
		c.Version, db.At(c.Revealed), c.Why, c.Person, db.At(c.ChosenAt))
	return err
}

// putChoice keeps a choice as it was changed, unless somebody was first.
func putChoice(ctx context.Context, tx *db.Tx, c Choice) error {
	n, err := tx.Exec(ctx, updateChoice, c.Coalition, string(c.Stage), db.JSON[[]Criterion]{V: c.Criteria}, c.Terms, db.JSON[[]string]{V: c.Listed},
		db.At(c.Revealed), c.Why, c.Person, db.At(c.ChosenAt), c.Version)
	if err == nil && n == 0 {
		err = fault.Conflict("coalitions.conflict")
	}
	return err
}

func scanCard(s db.Scanner) (c Card, err error) {
	var scores db.JSON[Scores]
	var at db.Time
	err = s.Scan(&c.ID, &c.Coalition, &c.Person, &scores, &c.Done, &at)
	c.Scores, c.At = scores.V, at.Time
	return c, err
}

func addCard(ctx context.Context, tx *db.Tx, c Card) error {
	_, err := tx.Exec(ctx, insertCard, c.ID, c.Coalition, c.Person, db.JSON[Scores]{V: c.Scores}, c.Done, db.At(c.At))
	return err
}

func scanMeeting(s db.Scanner) (m Meeting, err error) {
	var agenda, decisions db.JSON[[]string]
	var at, changed db.Time
	err = s.Scan(&m.ID, &m.Coalition, &m.Title, &at, &m.Minutes, &m.Place, &agenda, &m.Notes, &decisions, &m.Person, &m.Version, &changed)
	m.At, m.Agenda, m.Decisions, m.Changed = at.Time, agenda.V, decisions.V, changed.Time
	return m, err
}

func addMeeting(ctx context.Context, tx *db.Tx, m Meeting) error {
	_, err := tx.Exec(ctx, insertMeeting, m.ID, m.Coalition, m.Title, db.At(m.At), m.Minutes, m.Place, db.JSON[[]string]{V: m.Agenda}, m.Notes,
		db.JSON[[]string]{V: m.Decisions}, m.Person, m.Version, db.At(m.Changed))
	return err
}

func putMeeting(ctx context.Context, tx *db.Tx, m Meeting, now time.Time) error {
	n, err := tx.Exec(ctx, updateMeeting, m.ID, m.Title, db.At(m.At), m.Minutes, m.Place, db.JSON[[]string]{V: m.Agenda}, m.Notes,
		db.JSON[[]string]{V: m.Decisions}, db.At(now), m.Version)
	if err == nil && n == 0 {
		err = fault.Conflict("coalitions.conflict")
	}
	return err
}

func scanAction(s db.Scanner) (a Action, err error) {
	var due, done db.Time
	err = s.Scan(&a.ID, &a.Coalition, &a.Meeting, &a.Title, &a.Person, &due, &a.Planned, &done)
	a.Due, a.Done = due.Time, done.Time
	return a, err
}

func addAction(ctx context.Context, tx *db.Tx, a Action) error {
	_, err := tx.Exec(ctx, insertAction, a.ID, a.Coalition, a.Meeting, a.Title, a.Person, db.At(a.Due), a.Planned, db.At(a.Done))
	return err
}
