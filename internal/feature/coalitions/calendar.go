package coalitions

import (
	"context"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"wijkbaak.nl/internal/base/i18n"
)

// calendar writes meetings as iCalendar (RFC 5545). It names no person and no
// notes: a calendar travels further than a page.
func (s *Service) calendar(ctx context.Context, c Coalition, list []Meeting) string {
	cal := ics.NewCalendarFor("Wijkbaak")
	cal.SetMethod(ics.MethodPublish)
	cal.SetName(c.Name)
	for _, m := range list {
		e := cal.AddEvent(m.ID + "@wijkbaak")
		e.SetDtStampTime(m.Changed)
		e.SetStartAt(m.At)
		e.SetEndAt(m.At.Add(time.Duration(m.Minutes) * time.Minute))
		e.SetSummary(i18n.T(ctx, "coalitions.calendar.summary", "title", m.Title, "name", c.Name))
		if m.Place != "" {
			e.SetLocation(m.Place)
		}
		if len(m.Agenda) > 0 {
			e.SetDescription(strings.Join(m.Agenda, "\n"))
		}
		e.SetURL(s.BaseURL + m.Path())
		e.SetSequence(m.Version)
	}
	return cal.Serialize(ics.WithNewLineWindows)
}
