package i18n

import (
	"context"
	"strconv"
	"time"

	"wijkbaak.nl/internal/base/clock"
)

// calendar is a day in the Netherlands.
type calendar struct {
	year  int
	month time.Month
	day   int
}

func calendarOf(t time.Time) (c calendar) {
	c.year, c.month, c.day = t.In(clock.Amsterdam).Date()
	return c
}

// until counts the midnights to the other day.
func (c calendar) until(to calendar) int {
	midnight := func(c calendar) time.Time { return time.Date(c.year, c.month, c.day, 0, 0, 0, 0, time.UTC) }
	return int(midnight(to).Sub(midnight(c)) / (24 * time.Hour))
}

func (c calendar) long(ctx context.Context) string {
	return T(ctx, "i18n.date", "day", strconv.Itoa(c.day), "month", month(ctx, c.month), "year", strconv.Itoa(c.year))
}

func (c calendar) short(ctx context.Context) string {
	return T(ctx, "i18n.date.short", "day", strconv.Itoa(c.day), "month", month(ctx, c.month))
}

// Date writes the day: 21 november 2026.
func Date(ctx context.Context, t time.Time) string { return calendarOf(t).long(ctx) }

// DateTime writes day and time: 21 november 2026 om 14:05.
func DateTime(ctx context.Context, t time.Time) string {
	return T(ctx, "i18n.datetime", "date", Date(ctx, t), "time", Clock(ctx, t))
}

// Clock writes the time of day: 14:05.
func Clock(_ context.Context, t time.Time) string { return t.In(clock.Amsterdam).Format("15:04") }

// Day writes the day as people say it, seen from now: vandaag, gisteren, morgen,
// dinsdag (this week or the next six days), 3 december, 3 januari 2025.
func Day(ctx context.Context, now, t time.Time) string {
	said, _ := day(ctx, now, t)
	return said
}

// day tells too how many days t lies ahead.
func day(ctx context.Context, now, t time.Time) (said string, ahead int) {
	from, to := calendarOf(now), calendarOf(t)
	ahead = from.until(to)
	switch {
	case ahead == 0:
		return T(ctx, "i18n.today"), ahead
	case ahead == -1:
		return T(ctx, "i18n.yesterday"), ahead
	case ahead == 1:
		return T(ctx, "i18n.tomorrow"), ahead
	case ahead > 1 && ahead < 7:
		return weekday(ctx, t), ahead
	case to.year == from.year || ahead > 0 && ahead < 180:
		return to.short(ctx), ahead
	}
	return to.long(ctx), ahead
}

// Ago writes when something was, as people say it: vandaag om 14:05, gisteren
// om 9:10, 3 november.
func Ago(ctx context.Context, now, t time.Time) string {
	said, ahead := day(ctx, now, t)
	if ahead < -1 {
		return said
	}
	return T(ctx, "i18n.datetime", "date", said, "time", Clock(ctx, t))
}

// By writes until when: morgen om 12:00, dinsdag 24 november om 17:00.
func By(ctx context.Context, now, t time.Time) string {
	said, ahead := day(ctx, now, t)
	if ahead > 1 {
		said = weekday(ctx, t) + " " + calendarOf(t).short(ctx)
	}
	return T(ctx, "i18n.datetime", "date", said, "time", Clock(ctx, t))
}

var monthKeys = [...]string{"", "i18n.month.1", "i18n.month.2", "i18n.month.3", "i18n.month.4", "i18n.month.5", "i18n.month.6",
	"i18n.month.7", "i18n.month.8", "i18n.month.9", "i18n.month.10", "i18n.month.11", "i18n.month.12"}

func month(ctx context.Context, m time.Month) string { return T(ctx, monthKeys[m]) }

var weekdayKeys = [...]string{"i18n.weekday.0", "i18n.weekday.1", "i18n.weekday.2", "i18n.weekday.3", "i18n.weekday.4",
	"i18n.weekday.5", "i18n.weekday.6"}

func weekday(ctx context.Context, t time.Time) string {
	return T(ctx, weekdayKeys[t.In(clock.Amsterdam).Weekday()])
}
