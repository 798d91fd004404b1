package questions

import (
	"context"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/ui"
)

// The list that everybody sees is the busiest page. A card needs a third of what
// is kept of a question, and reading the rest cost more than writing the page.
const (
	cardColumns = `id, title, theme, urgent, status, demonstration, asked_at, due_at, waits_for_asker, answers`

	selectCards          = `SELECT ` + cardColumns + ` FROM question WHERE listed AND id < $1 ORDER BY id DESC LIMIT $2`
	selectCardsTheme     = `SELECT ` + cardColumns + ` FROM question WHERE listed AND theme = $3 AND id < $1 ORDER BY id DESC LIMIT $2`
	selectCardsOpen      = `SELECT ` + cardColumns + ` FROM question WHERE listed AND status = 'open' AND id < $1 ORDER BY id DESC LIMIT $2`
	selectCardsThemeOpen = `SELECT ` + cardColumns + ` FROM question WHERE listed AND status = 'open' AND theme = $3 AND id < $1 ORDER BY id DESC LIMIT $2`
)

// cards gives one page of what everybody may see as cards, newest first, and the
// id of the last one where there is more.
func (s *Service) cards(ctx context.Context, now time.Time, f Filter) (list []ui.CardProps, next string, err error) {
	q := Question{Audience: Neighbourhood, Moderation: Shown}
	var status, before string
	var asked, due db.Time
	var answers int64
	places := []any{&q.ID, &q.Title, &q.Theme, &q.Urgent, &status, &q.Demonstration, &asked, &due, &q.WaitsForAsker, &answers}
	row := func() {
		if len(list) == f.Limit {
			next = before
			return
		}
		if list == nil {
			list = make([]ui.CardProps, 0, f.Limit)
		}
		q.Status, q.AskedAt, q.DueAt, q.Answers = Status(status), asked.Time, due.Time, int(answers)
		list = append(list, card(ctx, now, q))
		before = q.ID
	}
	from, most := cursor(f.Before), f.Limit+1
	switch {
	case f.Theme != "" && f.Unanswered:
		err = db.Into(ctx, s.DB, places, row, selectCardsThemeOpen, from, most, f.Theme)
	case f.Theme != "":
		err = db.Into(ctx, s.DB, places, row, selectCardsTheme, from, most, f.Theme)
	case f.Unanswered:
		err = db.Into(ctx, s.DB, places, row, selectCardsOpen, from, most)
	default:
		err = db.Into(ctx, s.DB, places, row, selectCards, from, most)
	}
	return list, next, err
}
