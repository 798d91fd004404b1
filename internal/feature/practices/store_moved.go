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
}

// Moved follows an initiative that has become part of another.
func (s *Service) Moved(ctx context.Context, tx *db.Tx, from, into string) error {
	for _, move := range moves {
		if _, err := tx.Exec(ctx, move, from, into); err != nil {
			return err
		}
	}
	return nil
}
