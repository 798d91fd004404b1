package questions

import (
	"context"
	"slices"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
)

// Counts are what this room can count of a place and a period.
//
// keys: questions.count.*
var Counts = []string{"asked", "answered", "in_time"}

// Count gives how many questions of a place, and of what lies in it, were asked,
// answered, or answered in time, of those asked from up to before. It gives the
// number itself: who shows it hides the small ones.
func (s *Service) Count(ctx context.Context, r db.Reader, what, place string, from, before time.Time) (int, error) {
	k := slices.Index(Counts, what)
	if k < 0 {
		return 0, fault.NotFound()
	}
	return db.One(ctx, r, func(row db.Scanner) (int, error) {
		n := make([]int, len(Counts))
		err := row.Scan(&n[0], &n[1], &n[2])
		return n[k], err
	}, selectCounts, db.At(from), db.At(before), place)
}
