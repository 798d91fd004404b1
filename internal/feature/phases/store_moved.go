package phases

import (
	"context"

	"wijkbaak.nl/internal/base/db"
)

// moves bring what stands beside one initiative to another. What the
// other has an answer to already keeps the answer of the other.
var moves = []string{
	`UPDATE phases_record SET initiative = $2 WHERE initiative = $1 AND NOT EXISTS (SELECT 1 FROM phases_record WHERE initiative = $2)`,
	`UPDATE phases_mark SET initiative = $2 WHERE initiative = $1 AND code NOT IN (SELECT code FROM phases_mark WHERE initiative = $2)`,
	`UPDATE phases_decision SET initiative = $2 WHERE initiative = $1`,
	`UPDATE phases_condition SET initiative = $2 WHERE initiative = $1`,
	`UPDATE phases_fit SET initiative = $2 WHERE initiative = $1 AND organisation NOT IN (SELECT organisation FROM phases_fit WHERE initiative = $2)`,
	`UPDATE phases_action SET initiative = $2 WHERE initiative = $1`,
}

// Moved follows an initiative that has become part of another.
func (s *Service) Moved(ctx context.Context, tx *db.Tx, from, into string) error {
	return tx.ExecEach(ctx, moves, from, into)
}
