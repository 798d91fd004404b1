package scaling

import (
	"context"
	"errors"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/i18n"
)

// Day is a date without an hour, such as 2026-11-21; empty is no day. Days sort
// as text.
type Day string

// DayOf is the day in the Netherlands.
func DayOf(t time.Time) Day {
	if t.IsZero() {
		return ""
	}
	return Day(t.In(clock.Amsterdam).Format(time.DateOnly))
}

// The first and the last day that a plan takes: what lies outside is a typing
// mistake.
const (
	firstDay Day = "2000-01-01"
	lastDay  Day = "2100-12-31"
)

var errDay = errors.New("not a day")

// ParseDay reads a day as a browser sends it or as people write it: 2026-11-21,
// 21-11-2026, 21/11/2026 or 21.11.2026.
func ParseDay(text string) (Day, error) {
	text = strings.NewReplacer("/", "-", ".", "-", " ", "").Replace(text)
	if text == "" {
		return "", nil
	}
	for _, layout := range []string{"2006-1-2", "2-1-2006", "2-1-06"} {
		if t, err := time.Parse(layout, text); err == nil {
			d := Day(t.Format(time.DateOnly))
			if d < firstDay || d > lastDay {
				return "", errDay
			}
			return d, nil
		}
	}
	return "", errDay
}

// Time is the midnight in UTC at which the day begins; the zero time for no day.
func (d Day) Time() time.Time {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return time.Time{}
	}
	return t
}

// Add goes on by a number of days.
func (d Day) Add(days int) Day {
	if d == "" {
		return ""
	}
	return Day(d.Time().AddDate(0, 0, days).Format(time.DateOnly))
}

// until counts the days to another day.
func (d Day) until(o Day) int { return int(o.Time().Sub(d.Time()) / (24 * time.Hour)) }

// noon is a moment that is the same day in every zone near us.
func (d Day) noon() time.Time { return d.Time().Add(12 * time.Hour) }

// Text writes the day as people say it; empty for no day.
func (d Day) Text(ctx context.Context) string {
	if d == "" {
		return ""
	}
	return i18n.Date(ctx, d.noon())
}

// earliest is the first of the days that are there.
func earliest(days ...Day) (first Day) {
	for _, d := range days {
		if d != "" && (first == "" || d < first) {
			first = d
		}
	}
	return first
}
