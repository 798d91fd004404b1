package offers

import (
	"time"

	"wijkbaak.nl/internal/base/db"
)

const (
	sourceColumns = `feed, foreign_id, offer, hash, base, kept, run`
	selectSource  = `SELECT ` + sourceColumns + ` FROM offer_source WHERE feed = $1 AND foreign_id = $2`
	selectSources = `SELECT ` + sourceColumns + ` FROM offer_source WHERE offer = $1 ORDER BY feed, foreign_id`
	selectFeed    = `SELECT ` + sourceColumns + ` FROM offer_source WHERE feed = $1 AND foreign_id > $2 ORDER BY foreign_id LIMIT $3`
	upsertSource  = `INSERT INTO offer_source (` + sourceColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (feed, foreign_id) DO UPDATE SET offer = excluded.offer, hash = excluded.hash, base = excluded.base, kept = excluded.kept, run = excluded.run`
	markSource   = `UPDATE offer_source SET run = $3 WHERE feed = $1 AND foreign_id = $2`
	deleteSource = `DELETE FROM offer_source WHERE feed = $1 AND foreign_id = $2`

	runColumns = `id, feed, file, digest, position, counts, began_at, ended_at`
	insertRun  = `INSERT INTO offer_run (id, feed, file, digest, dry, position, counts, began_at, ended_at) VALUES ($1, $2, $3, $4, FALSE, 0, '{}', $5, NULL)`
	selectRun  = `SELECT ` + runColumns + ` FROM offer_run WHERE feed = $1 AND digest = $2 AND ended_at IS NULL ORDER BY id DESC LIMIT 1`
	moveRun    = `UPDATE offer_run SET position = $2, counts = $3 WHERE id = $1`
	endRun     = `UPDATE offer_run SET counts = $2, ended_at = $3 WHERE id = $1`

	insertStage = `INSERT INTO offer_stage (run, part, parent, n, body) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (run, part, parent, n) DO NOTHING`
	selectStage = `SELECT body FROM offer_stage WHERE run = $1 AND part = $2 AND parent = $3 ORDER BY n LIMIT 500`
	stageKeys   = `SELECT parent FROM offer_stage WHERE run = $1 AND part = $2 AND parent > $3 ORDER BY parent LIMIT $4`
	stagedOnce  = `SELECT COUNT(n) FROM offer_stage WHERE run = $1 AND part = $2 AND parent = $3`
	clearStage  = `DELETE FROM offer_stage WHERE run = $1`
)

// source is what a feed brought of an entry.
type source struct {
	feed, id, offer, hash string
	base                  Offer
	by                    string // organisation, as it was read
	kept                  string
	run                   string
}

// sourceBase is how a service was read, as it is kept.
type sourceBase struct {
	Offer
	By string `json:"by"`
}

func scanSource(s db.Scanner) (v source, err error) {
	var base db.JSON[sourceBase]
	err = s.Scan(&v.feed, &v.id, &v.offer, &v.hash, &base, &v.kept, &v.run)
	v.base, v.by = base.V.Offer, base.V.By
	return v, err
}

// run is an import that is under way, or done.
type run struct {
	id, feed, file, digest string
	position               int
	counts                 Counts
	began, ended           time.Time
}

func scanRun(s db.Scanner) (v run, err error) {
	var counts db.JSON[Counts]
	var began, ended db.Time
	err = s.Scan(&v.id, &v.feed, &v.file, &v.digest, &v.position, &counts, &began, &ended)
	v.counts, v.began, v.ended = counts.V, began.Time, ended.Time
	return v, err
}

// feedPlans are the list queries of imports.
func feedPlans() []db.Plan {
	return []db.Plan{
		{Name: "sources of an offer", SQL: selectSources, Args: []any{"x"}},
		{Name: "offers of a feed", SQL: selectFeed, Args: []any{"f", "", 200}},
		{Name: "imports under way", SQL: selectRun, Args: []any{"f", "d"}},
		{Name: "rows of loose tables", SQL: selectStage, Args: []any{"r", "phones", "service_id:1"}},
		{Name: "keys of loose tables", SQL: stageKeys, Args: []any{"r", "phones", "", 200}},
	}
}
