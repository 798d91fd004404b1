package practices

import (
	"context"

	"wijkbaak.nl/internal/base/db"
)

// moves bring what stands beside one initiative to another. What the
// other has taken over already stays as it is.
var moves = []string{
	`UPDATE practice SET initiative = $2 WHERE initiative = $1`,
	`UPDATE practice_incoming SET initiative = $2 WHERE initiative = $1`,
	`UPDATE practice_sent SET initiative = $2 WHERE initiative = $1`,
	`UPDATE practice_adopted SET initiative = $2 WHERE initiative = $1 AND NOT EXISTS (SELECT 1 FROM practice_adopted WHERE initiative = $2)`,
	`UPDATE practice_draft_file SET initiative = $2 WHERE initiative = $1 AND NOT EXISTS
		(SELECT 1 FROM practice_draft_file o WHERE o.initiative = $2 AND o.path = practice_draft_file.path)`,
	`UPDATE practice_made SET initiative = $2 WHERE initiative = $1 AND NOT EXISTS
		(SELECT 1 FROM practice_made o WHERE o.initiative = $2 AND o.part = practice_made.part AND o.thing_key = practice_made.thing_key)`,
}

// Moved follows an initiative that has become part of another.
func (s *Service) Moved(ctx context.Context, tx *db.Tx, from, into string) error {
	return tx.ExecEach(ctx, moves, from, into)
}
