package visions

import "wijkbaak.nl/internal/base/db"

const (
	// The rounds that are open and of which the members were told no more than $1;
	// those that close no later than $4.
	selectToTell = `SELECT ` + roundColumns + ` FROM vision_round WHERE told = $1 AND closes_on >= $2 AND closes_on <= $4 AND opens_on <= $3
		AND ended_at IS NULL ORDER BY told, closes_on, id LIMIT $5`
	// The told in the WHERE keeps two who run this at once from writing twice.
	tellRound  = `UPDATE vision_round SET told = $3 WHERE id = $1 AND told = $2`
	tellAnswer = `UPDATE vision_comment SET answer_told = TRUE WHERE id = $1 AND vision = $2 AND NOT answer_told`

	saidInRound = `SELECT COUNT(*) FROM vision_comment WHERE person = $1 AND round = $2`
	selectQuiet = `SELECT person FROM vision_quiet WHERE person = $1`
	insertQuiet = `INSERT INTO vision_quiet (person, at) VALUES ($1, $2) ON CONFLICT (person) DO NOTHING`
	deleteQuiet = `DELETE FROM vision_quiet WHERE person = $1`
)

// letterPlans are the list queries of the letters.
var letterPlans = []db.Plan{
	{Name: "rounds to write about", SQL: selectToTell, Args: []any{"", "2026-11-21", "2026-11-21", "9999-12-31", 20}},
	{Name: "comments by a person in a round, counted", SQL: saidInRound, Args: []any{"p", "r"}},
}
