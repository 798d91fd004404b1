package offers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/limit"
	"wijkbaak.nl/internal/trust/access"
)

// Use is how many people say that they use something. Below ten it says nothing.
type Use struct {
	N     int // people in the last year; 0 for too few to tell
	Helps int // how many of ten say that it helps; -1 for too few to tell
}

// usesLeast is the smallest number of people that is shown.
const usesLeast = 10

func (s *Service) used(ctx context.Context, r db.Reader, offer string) (Use, error) {
	u := Use{Helps: -1}
	type sums struct{ used, helps, not int }
	n, err := db.One(ctx, r, func(s db.Scanner) (v sums, err error) {
		err = s.Scan(&v.used, &v.helps, &v.not)
		return
	}, selectUse, offer, s.today(-365))
	if n.used >= usesLeast {
		u.N = n.used
	}
	if asked := n.helps + n.not; asked >= usesLeast {
		u.Helps = (n.helps*10 + asked/2) / asked // of ten: no small group can be told from it
	}
	return u, err
}

func (s *Service) today(days int) string {
	return s.clock.Now().In(clock.Amsterdam).AddDate(0, 0, days).Format(time.DateOnly)
}

// What somebody can press.
const (
	pressUse   = ""
	pressHelps = "ja"
	pressNot   = "nee"
)

// Press counts that somebody uses an offer, and whether it helps. Who it was is kept
// nowhere: a network address counts once a day for each offer, in memory, under a
// name that cannot be read back.
func (s *Service) Press(ctx context.Context, slug, what string) error {
	v, err := s.snapshot(ctx)
	if err != nil {
		return err
	}
	i := v.bySlug[slug]
	if i == nil {
		return fault.NotFound()
	}
	sum := sha256.Sum256([]byte(s.secret + "\x00" + limit.Network(access.Of(ctx).Address) + "\x00" + i.id))
	if wait := s.uses.Take(hex.EncodeToString(sum[:12])); wait > 0 {
		return nil // counted today
	}
	helps, not := 0, 0
	switch what {
	case pressHelps:
		helps = 1
	case pressNot:
		not = 1
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, addUse, i.id, s.today(0), helps, not)
		return err
	})
}
