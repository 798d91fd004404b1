package surveys

import (
	"context"

	"wijkbaak.nl/internal/base/db"
)

const (
	surveyColumns = `id, url, version, slug, place, title, status, questionnaire, plan, items, person, demonstration, created_at, changed_at, published_at`
	rowColumns    = `id, url, version, slug, place, title, status, '', '', items, person, demonstration, created_at, changed_at, published_at`
	insertSurvey  = `INSERT INTO survey (` + surveyColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
		ON CONFLICT (url, version) DO NOTHING`
	updateSurvey = `UPDATE survey SET title = $2, status = $3, questionnaire = $4, plan = $5, items = $6, changed_at = $7, published_at = $8 WHERE id = $1`
	deleteSurvey = `DELETE FROM survey WHERE id = $1 AND status = 'draft'`
	selectSurvey = `SELECT ` + surveyColumns + ` FROM survey WHERE id = $1`
	selectExact  = `SELECT ` + surveyColumns + ` FROM survey WHERE url = $1 AND version = $2`
	selectOfURL  = `SELECT ` + rowColumns + ` FROM survey WHERE url = $1 ORDER BY url, version LIMIT $2`

	selectPublished = `SELECT ` + rowColumns + ` FROM survey WHERE status = 'published' AND slug > $1 ORDER BY slug LIMIT $2`
	selectCurrent   = `SELECT ` + surveyColumns + ` FROM survey WHERE status = 'published' AND slug = $1 ORDER BY slug LIMIT 1`
	selectOfSlug    = `SELECT ` + rowColumns + ` FROM survey WHERE slug = $1 AND id < $2 ORDER BY slug, id DESC LIMIT $3`
	selectAll       = `SELECT ` + rowColumns + ` FROM survey WHERE id < $1 ORDER BY id DESC LIMIT $2`
	selectDemoURL   = `SELECT id FROM survey WHERE url = $1 LIMIT 1`

	responseColumns = `id, survey, url, slug, series, person, state, channel, entered_by, answers, started_at, changed_at, completed_at`
	insertResponse  = `INSERT INTO survey_response (` + responseColumns + `, code_hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
		ON CONFLICT (code_hash) DO NOTHING`
	updateResponse = `UPDATE survey_response SET state = $2, answers = $3, changed_at = $4, completed_at = $5 WHERE id = $1 AND state = 'in-progress'`
	claimResponse  = `UPDATE survey_response SET person = $2, code_hash = NULL WHERE id = $1 AND person = ''`
	deleteResponse = `DELETE FROM survey_response WHERE id = $1`
	selectResponse = `SELECT ` + responseColumns + ` FROM survey_response WHERE id = $1`
	selectByCode   = `SELECT ` + responseColumns + ` FROM survey_response WHERE code_hash = $1`
	selectOwn      = `SELECT ` + responseColumns + ` FROM survey_response WHERE person = $1 AND id < $2 ORDER BY person, id DESC LIMIT $3`

	addTally = `INSERT INTO survey_tally (url, score, month, n, total) VALUES ($1, $2, $3, 1, $4)
		ON CONFLICT (url, score, month) DO UPDATE SET n = survey_tally.n + 1, total = survey_tally.total + excluded.total`
	selectTally   = `SELECT score, month, n, total FROM survey_tally WHERE url = $1 ORDER BY url, score, month LIMIT $2`
	insertCounted = `INSERT INTO survey_counted (key_hash, at) VALUES ($1, $2) ON CONFLICT (key_hash) DO NOTHING`

	// What is kept for a term (Forget).
	deleteOldBusy     = `DELETE FROM survey_response WHERE state = 'in-progress' AND person = '' AND changed_at < $1`
	deleteOldComplete = `DELETE FROM survey_response WHERE state = 'completed' AND person = '' AND changed_at < $1`
	deleteOldCounted  = `DELETE FROM survey_counted WHERE at < $1`

	// What goes with a person (Erase).
	forgetResponses = `DELETE FROM survey_response WHERE person = $1`
	forgetEntered   = `UPDATE survey_response SET entered_by = '' WHERE entered_by = $1`
	forgetImported  = `UPDATE survey SET person = '' WHERE person = $1`
	exportEntered   = `SELECT id FROM survey_response WHERE entered_by = $1 AND id > $2 ORDER BY entered_by, id LIMIT $3`
	exportImported  = `SELECT ` + rowColumns + ` FROM survey WHERE person = $1 LIMIT 1000`
)

// last is above every id.
const last = "~"

func scanSurvey(s db.Scanner) (v Survey, err error) {
	var created, changed, published db.Time
	var questionnaire, plan string
	err = s.Scan(&v.ID, &v.URL, &v.Version, &v.Slug, &v.Place, &v.Title, &v.Status, &questionnaire, &plan, &v.Items, &v.Person, &v.Demonstration,
		&created, &changed, &published)
	v.Questionnaire, v.Created, v.Changed, v.PublishedAt = []byte(questionnaire), created.Time, changed.Time, published.Time
	if plan != "" {
		v.Plan = []byte(plan)
	}
	return v, err
}

func addSurvey(ctx context.Context, tx *db.Tx, v Survey) (added bool, err error) {
	n, err := tx.Exec(ctx, insertSurvey, v.ID, v.URL, v.Version, v.Slug, v.Place, v.Title, string(v.Status), string(v.Questionnaire), string(v.Plan),
		v.Items, v.Person, v.Demonstration, db.At(v.Created), db.At(v.Changed), db.At(v.PublishedAt))
	return n > 0, err
}

func saveSurvey(ctx context.Context, tx *db.Tx, v Survey) error {
	_, err := tx.Exec(ctx, updateSurvey, v.ID, v.Title, string(v.Status), string(v.Questionnaire), string(v.Plan), v.Items, db.At(v.Changed), db.At(v.PublishedAt))
	return err
}

func scanResponse(s db.Scanner) (v Response, err error) {
	var started, changed, completed db.Time
	var answers string
	err = s.Scan(&v.ID, &v.Survey, &v.URL, &v.Slug, &v.Series, &v.Person, &v.State, &v.Channel, &v.EnteredBy, &answers, &started, &changed, &completed)
	v.Answers, v.Started, v.Changed, v.Completed = []byte(answers), started.Time, changed.Time, completed.Time
	return v, err
}

// addResponse keeps a new response; code is nil for one in an account. It tells
// false where another one has the code.
func addResponse(ctx context.Context, tx *db.Tx, v Response, code []byte) (added bool, err error) {
	var hash any
	if code != nil {
		hash = code
	}
	n, err := tx.Exec(ctx, insertResponse, v.ID, v.Survey, v.URL, v.Slug, v.Series, v.Person, string(v.State), string(v.Channel), v.EnteredBy,
		string(v.Answers), db.At(v.Started), db.At(v.Changed), db.At(v.Completed), hash)
	return n > 0, err
}

// sum is a score of a month, added up.
type sum struct {
	score string
	month string
	n     int
	total float64
}

func scanSum(s db.Scanner) (v sum, err error) {
	err = s.Scan(&v.score, &v.month, &v.n, &v.total)
	return v, err
}
