package screenings

import (
	"context"
	"errors"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/i18n"
)

// Day is a date in the Netherlands, such as 2026-11-21; empty is no day. Days
// sort as text.
type Day string

// DayOf is the day in the Netherlands.
func DayOf(t time.Time) Day {
	if t.IsZero() {
		return ""
	}
	return Day(t.In(clock.Amsterdam).Format(time.DateOnly))
}

var errDay = errors.New("not a day")

// ParseDay reads a day as a browser sends it or as people write it: 2026-11-21,
// 21-11-2026, 21/11/2026 or 21.11.2026. Empty is no day.
func ParseDay(text string) (Day, error) {
	text = strings.NewReplacer("/", "-", ".", "-", " ", "").Replace(text)
	if text == "" {
		return "", nil
	}
	for _, form := range []string{time.DateOnly, "2-1-2006"} {
		if t, err := time.Parse(form, text); err == nil && t.Year() >= 2000 && t.Year() <= 2100 {
			return Day(t.Format(time.DateOnly)), nil
		}
	}
	return "", errDay
}

// Add goes on by a number of days.
func (d Day) Add(days int) Day {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return ""
	}
	return Day(t.AddDate(0, 0, days).Format(time.DateOnly))
}

// noon is a moment that is the same day in every zone near us.
func (d Day) noon() time.Time {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return time.Time{}
	}
	return t.Add(12 * time.Hour)
}

// Text writes the day as people say it; empty for no day.
func (d Day) Text(ctx context.Context) string {
	if d == "" {
		return ""
	}
	return i18n.Date(ctx, d.noon())
}

// start is the moment at which the day begins in the Netherlands.
func (d Day) start() time.Time {
	t, err := time.ParseInLocation(time.DateOnly, string(d), clock.Amsterdam)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}
