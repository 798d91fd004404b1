package places

import (
	"time"

	"wijkbaak.nl/internal/base/clock"
)

// horizon bounds how many days Due looks ahead.
const horizon = 3 * 366

// Due tells by when an answer is promised: so many working hours after asked,
// counted in the office hours of Europe/Amsterdam and not on holidays. It gives
// the zero time if the office never opens; then nothing is promised.
func Due(asked time.Time, urgent bool, s Settings) time.Time {
	hours := s.AnswerHours
	if urgent {
		hours = s.UrgentHours
	}
	need := time.Duration(hours) * time.Hour
	closed := make(map[string]bool, len(s.Holidays))
	for _, h := range s.Holidays {
		closed[h.Date] = true
	}
	local := asked.In(clock.Amsterdam)
	year, month, first := local.Date()
	for ahead := range horizon {
		// Noon names the day in every time zone and on each side of a clock change.
		day := time.Date(year, month, first+ahead, 12, 0, 0, 0, clock.Amsterdam)
		office := s.Hours[day.Weekday()]
		if !office.Open() || closed[day.Format(time.DateOnly)] || s.NationalHolidays && publicHoliday(day) {
			continue
		}
		from, until := at(day, office.From), at(day, office.Until)
		if from.Before(asked) {
			from = asked
		}
		if !from.Before(until) {
			continue
		}
		if left := until.Sub(from); need > left {
			need -= left
			continue
		}
		return from.Add(need).UTC()
	}
	return time.Time{}
}

// at is a time of day on a day. Counting from the clock and not from midnight
// keeps nine o'clock at nine when the clock changes.
func at(day time.Time, m Minute) time.Time {
	y, mo, d := day.Date()
	return time.Date(y, mo, d, int(m)/60, int(m)%60, 0, 0, clock.Amsterdam)
}

// publicHoliday tells whether offices are closed in the Netherlands: the days
// of the Algemene termijnenwet less Good Friday, with Liberation Day in lustrum
// years only.
func publicHoliday(day time.Time) bool {
	y, m, d := day.Date()
	switch {
	case m == time.January && d == 1, m == time.December && (d == 25 || d == 26), m == time.May && d == 5 && y%5 == 0:
		return true
	case m == time.April && (d == 27 || d == 26): // King's Day: the 27th, the day before if that is a Sunday
		sunday := time.Date(y, m, 27, 12, 0, 0, 0, clock.Amsterdam).Weekday() == time.Sunday
		return (d == 26) == sunday
	}
	easter := easterSunday(y)
	for _, after := range []int{0, 1, 39, 49, 50} { // Easter, Ascension Day, Whitsun
		if e := easter.AddDate(0, 0, after); e.Month() == m && e.Day() == d {
			return true
		}
	}
	return false
}

// easterSunday follows the anonymous Gregorian rule (Meeus, Jones, Butcher).
func easterSunday(y int) time.Time {
	a, b, c := y%19, y/100, y%100
	d, e := b/4, b%4
	g := (8*b + 13) / 25
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 19*l) / 433
	month := (h + l - 7*m + 90) / 25
	day := (h + l - 7*m + 33*month + 19) % 32
	return time.Date(y, time.Month(month), day, 12, 0, 0, 0, clock.Amsterdam)
}
