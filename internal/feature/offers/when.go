package offers

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/clock"
)

// slot is a Slot as it is asked whether something is open: days as bits, times as
// minutes, dates as days since 1970.
type slot struct {
	days         uint8 // by time.Weekday
	every        uint8
	nth          int8
	from, to     int16 // minutes; to is -1 where it is not known
	starts, ends int32 // 0 is no bound
	dates        []int32
}

func slotOf(s Slot) slot {
	o := slot{days: uint8(bitsOf(Weekdays, s.Days)), every: uint8(max(s.Every, 1)), nth: int8(s.Nth), from: minutes(s.From), to: minutes(s.To), //nolint:gosec // checked to be small
		starts: dateDay(s.Starts), ends: dateDay(s.Ends)}
	for _, d := range s.Dates {
		o.dates = append(o.dates, dateDay(d))
	}
	return o
}

func minutes(s string) int16 {
	h, m, ok := strings.Cut(s, ":")
	if !ok {
		return -1
	}
	a, _ := strconv.Atoi(h) // checked before
	b, _ := strconv.Atoi(m)
	return int16(a*60 + b) //nolint:gosec // a time of day
}

func dateDay(s string) int32 {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0
	}
	return int32(t.Unix() / 86400) //nolint:gosec // days fit
}

// moment is an instant as a slot asks it.
type moment struct {
	day     int32
	weekday time.Weekday
	ofMonth int // day of the month
	last    int // last day of the month
	minute  int16
}

func instant(t time.Time) moment {
	t = t.In(clock.Amsterdam)
	y, m, d := t.Date()
	return moment{dayOf(t), t.Weekday(), d, time.Date(y, m+1, 0, 0, 0, 0, 0, time.UTC).Day(), int16(t.Hour()*60 + t.Minute())} //nolint:gosec // a time of day
}

// on tells whether there is something on the day of m.
func (s slot) on(m moment) bool {
	if s.starts != 0 && m.day < s.starts || s.ends != 0 && m.day > s.ends {
		return false
	}
	if slices.Contains(s.dates, m.day) {
		return true
	}
	if s.days&(1<<m.weekday) == 0 {
		return false
	}
	switch {
	case s.nth > 0 && (m.ofMonth-1)/7+1 != int(s.nth):
		return false
	case s.nth < 0 && m.ofMonth+7 <= m.last:
		return false
	}
	if s.every > 1 && s.starts != 0 {
		// Weeks count from the Monday of the week in which it starts.
		monday := s.starts - (s.starts+3)%7
		return (m.day-monday)/7%int32(s.every) == 0
	}
	return true
}

// open tells whether an offer is open at a moment. Without times it is not said.
func (i *item) open(m moment) bool {
	for _, s := range i.slots {
		if s.from >= 0 && s.from <= m.minute && (s.to < 0 && m.minute < s.from+60 || m.minute < s.to) && s.on(m) {
			return true
		}
	}
	return false
}

// nextWithin is how many days ahead Next looks.
const nextWithin = 200

// next gives the first time at or after t that something of the slot begins.
func (s slot) next(t time.Time) (time.Time, bool) {
	t = t.In(clock.Amsterdam)
	for ahead := range nextWithin {
		y, m, d := t.AddDate(0, 0, ahead).Date()
		begin := time.Date(y, m, d, int(max(s.from, 0))/60, int(max(s.from, 0))%60, 0, 0, clock.Amsterdam)
		end := begin
		if s.from < 0 {
			end = time.Date(y, m, d, 23, 59, 0, 0, clock.Amsterdam)
		}
		if !end.Before(t) && s.on(instant(begin)) {
			return begin, true
		}
	}
	return time.Time{}, false
}
