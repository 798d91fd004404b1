package i18n

import (
	"context"
	"strconv"
	"time"

	"wijkbaak.nl/internal/base/clock"
)

// Date writes the day: 21 november 2026.
func Date(ctx context.Context, t time.Time) string {
	t = t.In(clock.Amsterdam)
	return T(ctx, "i18n.date", "day", strconv.Itoa(t.Day()), "month", month(ctx, t), "year", strconv.Itoa(t.Year()))
}

// DateTime writes day and time: 21 november 2026 om 14:05.
func DateTime(ctx context.Context, t time.Time) string {
	return T(ctx, "i18n.datetime", "date", Date(ctx, t), "time", Clock(ctx, t))
}

// Clock writes the time of day: 14:05.
func Clock(_ context.Context, t time.Time) string { return t.In(clock.Amsterdam).Format("15:04") }

// Day writes the day as people say it, seen from now: vandaag, gisteren, morgen,
// dinsdag (this week or the next six days), 3 december, 3 januari 2025.
func Day(ctx context.Context, now, t time.Time) string {
	now, t = now.In(clock.Amsterdam), t.In(clock.Amsterdam)
	switch days := daysBetween(now, t); {
	case days == 0:
		return T(ctx, "i18n.today")
	case days == -1:
		return T(ctx, "i18n.yesterday")
	case days == 1:
		return T(ctx, "i18n.tomorrow")
	case days > 1 && days < 7:
		return weekday(ctx, t)
	case t.Year() == now.Year() || days > 0 && days < 180:
		return T(ctx, "i18n.date.short", "day", strconv.Itoa(t.Day()), "month", month(ctx, t))
	}
	return Date(ctx, t)
}

// Ago writes when something was, as people say it: vandaag om 14:05, gisteren
// om 9:10, 3 november.
func Ago(ctx context.Context, now, t time.Time) string {
	day := Day(ctx, now, t)
	if days := daysBetween(now.In(clock.Amsterdam), t.In(clock.Amsterdam)); days < -1 {
		return day
	}
	return T(ctx, "i18n.datetime", "date", day, "time", Clock(ctx, t))
}

// By writes until when: morgen om 12:00, dinsdag 24 november om 17:00.
func By(ctx context.Context, now, t time.Time) string {
	day := Day(ctx, now, t)
	if days := daysBetween(now.In(clock.Amsterdam), t.In(clock.Amsterdam)); days > 1 {
		t := t.In(clock.Amsterdam)
		day = weekday(ctx, t) + " " + T(ctx, "i18n.date.short", "day", strconv.Itoa(t.Day()), "month", month(ctx, t))
	}
	return T(ctx, "i18n.datetime", "date", day, "time", Clock(ctx, t))
}

func daysBetween(a, b time.Time) int {
	midnight := func(t time.Time) time.Time {
		return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	}
	return int(midnight(b).Sub(midnight(a)) / (24 * time.Hour))
}

func month(ctx context.Context, t time.Time) string {
	return T(ctx, "i18n.month."+strconv.Itoa(int(t.Month())))
}

func weekday(ctx context.Context, t time.Time) string {
	return T(ctx, "i18n.weekday."+strconv.Itoa(int(t.Weekday())))
}
