package scaling

import (
	"context"

	"wijkbaak.nl/internal/base/db"
)

// moves bring what stands beside one initiative to another.
var moves = []string{
	`UPDATE scaling_plan SET initiative = $2 WHERE initiative = $1`,
	`UPDATE scaling_template SET initiative = $2 WHERE initiative = $1`,
}

// Moved follows an initiative that has become part of another.
func (s *Service) Moved(ctx context.Context, tx *db.Tx, from, into string) error {
	return tx.ExecEach(ctx, moves, from, into)
}
