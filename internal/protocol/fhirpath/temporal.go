package fhirpath

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// precision of a date or time: how far it was filled in.
type precision int

const (
	toYear precision = 1 + iota
	toMonth
	toDay
	toHour
	toMinute
	toSecond
)

type temporalKind int

const (
	kindDate temporalKind = iota
	kindDateTime
	kindTime
)

// Temporal is a date, a moment or a time of day, filled in as far as it was.
type Temporal struct {
	kind   temporalKind
	prec   precision
	at     time.Time // the parts as written, in UTC
	frac   int       // digits of the second that were written
	zone   bool      // whether it tells its distance to UTC
	offset int       // that distance in minutes
}

// parts cuts s as pattern says: 0 is a digit, the rest stands for itself.
func parts(s, pattern string) bool {
	if len(s) != len(pattern) {
		return false
	}
	for i := range len(s) {
		if pattern[i] == '0' && !digit(rune(s[i])) || pattern[i] != '0' && s[i] != pattern[i] {
			return false
		}
	}
	return true
}

func number(s string) int {
	n, _ := strconv.Atoi(s) // digits only
	return n
}

// parseDate reads YYYY, YYYY-MM or YYYY-MM-DD of a day that exists.
func parseDate(s string) (Temporal, bool) {
	year, month, day := 0, 1, 1
	t := Temporal{prec: toYear}
	switch {
	case parts(s, "0000"):
	case parts(s, "0000-00"):
		t.prec, month = toMonth, number(s[5:])
	case parts(s, "0000-00-00"):
		t.prec, month, day = toDay, number(s[5:7]), number(s[8:])
	default:
		return t, false
	}
	year = number(s[:4])
	t.at = time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	return t, year > 0 && t.at.Year() == year && int(t.at.Month()) == month && t.at.Day() == day
}

// parseTime reads hh, hh:mm or hh:mm:ss with a fraction.
func parseTime(s string) (Temporal, bool) {
	t := Temporal{kind: kindTime}
	clock, fraction, point := strings.Cut(s, ".")
	hour, minute, second := 0, 0, 0
	switch {
	case parts(clock, "00"):
		t.prec = toHour
	case parts(clock, "00:00"):
		t.prec, minute = toMinute, number(clock[3:])
	case parts(clock, "00:00:00"):
		t.prec, minute, second = toSecond, number(clock[3:5]), number(clock[6:])
	default:
		return t, false
	}
	hour = number(clock[:2])
	nano := 0
	if point {
		if t.prec != toSecond || fraction == "" || len(fraction) > 18 || !parts(fraction, strings.Repeat("0", len(fraction))) {
			return t, false
		}
		t.frac = min(len(fraction), 9)
		nano = number((fraction + "000000000")[:9])
	}
	t.at = time.Date(1, 1, 1, hour, minute, second, nano, time.UTC)
	return t, hour < 24 && minute < 60 && second < 60
}

// parseDateTime reads a date, or a whole date with a time and perhaps its
// distance to UTC.
func parseDateTime(s string) (Temporal, bool) {
	day, clock, has := strings.Cut(s, "T")
	t, ok := parseDate(day)
	t.kind = kindDateTime
	if !ok || !has {
		return t, ok
	}
	if t.prec != toDay {
		return t, false
	}
	zone, offset := false, 0
	if cut, ok := strings.CutSuffix(clock, "Z"); ok {
		clock, zone = cut, true
	} else if i := strings.LastIndexAny(clock, "+-"); i >= 0 {
		z := clock[i+1:]
		if !parts(z, "00:00") || number(z[:2]) > 14 || number(z[3:]) > 59 {
			return t, false
		}
		offset, zone = number(z[:2])*60+number(z[3:]), true
		if clock[i] == '-' {
			offset = -offset
		}
		clock = clock[:i]
	}
	c, ok := parseTime(clock)
	if !ok {
		return t, false
	}
	t.at = t.at.Add(c.at.Sub(time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)))
	t.prec, t.frac, t.zone, t.offset = c.prec, c.frac, zone, offset
	return t, true
}

// moment makes a value of a time of the caller.
func moment(now time.Time) Temporal {
	_, seconds := now.Zone()
	local := time.Date(now.Year(), now.Month(), now.Day(), now.Hour(), now.Minute(), now.Second(), now.Nanosecond()/1e6*1e6, time.UTC)
	return Temporal{kind: kindDateTime, prec: toSecond, at: local, frac: 3, zone: true, offset: seconds / 60}
}

// as gives the date or the time of day of a moment.
func (t Temporal) as(kind temporalKind) Temporal {
	switch kind {
	case kindDate:
		return Temporal{prec: min(t.prec, toDay), at: t.at.Truncate(24 * time.Hour)}
	case kindTime:
		clock := t.at.Sub(t.at.Truncate(24 * time.Hour))
		return Temporal{kind: kindTime, prec: t.prec, frac: t.frac, at: time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).Add(clock)}
	}
	t.kind = kindDateTime
	return t
}

// String writes it as FHIR does.
func (t Temporal) String() string {
	var b strings.Builder
	if t.kind != kindTime {
		b.WriteString(t.at.Format([]string{"", "2006", "2006-01", "2006-01-02"}[min(t.prec, toDay)]))
		if t.prec < toHour {
			return b.String()
		}
		b.WriteByte('T')
	}
	b.WriteString(t.at.Format([]string{"15", "15:04", "15:04:05"}[max(t.prec, toHour)-toHour]))
	if t.frac > 0 {
		b.WriteString("." + fmt.Sprintf("%09d", t.at.Nanosecond())[:t.frac])
	}
	switch {
	case t.zone && t.offset == 0:
		b.WriteByte('Z')
	case t.zone:
		sign, m := '+', t.offset
		if m < 0 {
			sign, m = '-', -m
		}
		fmt.Fprintf(&b, "%c%02d:%02d", sign, m/60, m%60)
	}
	return b.String()
}

// compare tells which is earlier; false when that hangs on what was not filled
// in. Both are times of day, or neither is.
func (t Temporal) compare(o Temporal) (int, bool) {
	if t.prec >= toHour && o.prec >= toHour {
		switch {
		case t.zone && o.zone:
			t.at, o.at = t.utc(t.offset), o.utc(o.offset)
		case t.zone != o.zone && t.kind == kindDateTime && o.kind == kindDateTime:
			return t.anywhere(o)
		}
	}
	prec := min(t.prec, o.prec)
	c := t.cut(prec).Compare(o.cut(prec))
	return c, c != 0 || t.prec == o.prec
}

func (t Temporal) utc(offset int) time.Time { return t.at.Add(-time.Duration(offset) * time.Minute) }

// anywhere compares when one of both does not tell its zone: it is known only
// when it is the same from the first zone to the last.
func (t Temporal) anywhere(o Temporal) (int, bool) {
	answer := 0
	for i, offset := range []int{14 * 60, -12 * 60} {
		a, b := t, o
		if !a.zone {
			a.zone, a.offset = true, offset
		}
		if !b.zone {
			b.zone, b.offset = true, offset
		}
		c, known := a.compare(b)
		if !known || i > 0 && c != answer {
			return 0, false
		}
		answer = c
	}
	return answer, answer != 0
}

// The lengths of calendar units that do not vary here.
var clockUnits = map[string]time.Duration{
	"week": 7 * 24 * time.Hour, "day": 24 * time.Hour, "hour": time.Hour, "minute": time.Minute,
	"second": time.Second, "millisecond": time.Millisecond,
}

// clockCodes are the units of UCUM that may be added to a date; years and
// months of UCUM may not, they are not those of the calendar.
var clockCodes = map[string]string{"wk": "week", "d": "day", "h": "hour", "min": "minute", "s": "second", "ms": "millisecond"}

type sum int

const (
	sumFits    sum = iota
	sumTooFar      // beyond the year 9999
	sumNoSense     // not a unit of time, or of days added to a clock
)

// add moves it by a quantity of time; what is finer than its own precision
// counts for whole units only.
func (t Temporal) add(q Quantity, sign int) (Temporal, sum) {
	unit := q.calendar()
	if unit == "" {
		unit = clockCodes[q.Unit]
	}
	whole, ok := q.Value.round(0, towardZero).Whole()
	if !ok || whole > 1e15 || whole < -1e15 {
		return t, sumTooFar
	}
	whole *= int64(sign)
	switch {
	case unit == "year" && t.kind != kindTime:
		return t.addMonths(12 * whole)
	case unit == "month" && t.kind != kindTime:
		return t.addMonths(whole)
	case clockUnits[unit] == 0, t.kind == kindTime && clockUnits[unit] > time.Hour:
		return t, sumNoSense
	}
	length := clockUnits[unit]
	if unit == "second" { // a second alone has a fraction that counts
		nano, ok := q.Value.mul(Whole(1e9)).round(0, towardZero).Whole()
		if !ok {
			return t, sumTooFar
		}
		whole, length = nano*int64(sign), 1
	}
	if most := int64(1<<62) / int64(length); whole > most || whole < -most {
		return t, sumTooFar
	}
	move := time.Duration(whole) * length
	const day = 24 * time.Hour
	switch t.prec {
	case toYear:
		return t.addMonths(int64(move/day) / 365 * 12)
	case toMonth:
		return t.addMonths(int64(move/day) / 30)
	case toDay:
		move = move / day * day
	case toHour:
		move = move / time.Hour * time.Hour
	case toMinute:
		move = move / time.Minute * time.Minute
	}
	t.at = t.at.Add(move)
	if t.kind == kindTime {
		clock := t.at.Sub(t.at.Truncate(day))
		t.at = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).Add(clock)
	} else if y := t.at.Year(); y < 1 || y > 9999 {
		return t, sumTooFar
	}
	for t.frac < 9 && t.at.Nanosecond()%pow10(9-t.frac) != 0 {
		t.frac = min(9, t.frac+3)
	}
	return t, sumFits
}

func pow10(n int) int {
	p := 1
	for range n {
		p *= 10
	}
	return p
}

// addMonths keeps the day, or takes the last one of the month.
func (t Temporal) addMonths(n int64) (Temporal, sum) {
	if t.prec == toYear {
		n = n / 12 * 12
	}
	if n > 12*9999 || n < -12*9999 {
		return t, sumTooFar
	}
	year, month, day := t.at.Date()
	first := time.Date(year, month+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	if first.Year() < 1 || first.Year() > 9999 {
		return t, sumTooFar
	}
	last := first.AddDate(0, 1, -1).Day()
	t.at = first.AddDate(0, 0, min(day, last)-1).Add(t.at.Sub(t.at.Truncate(24 * time.Hour)))
	return t, sumFits
}

// digitsOf tells how many digits were filled in, as precision() counts them.
func (t Temporal) digitsOf() int {
	n := []int{0, 4, 6, 8, 10, 12, 14}[t.prec]
	if t.prec == toSecond && t.frac > 0 {
		n += 3
	}
	if t.kind == kindTime {
		n -= 8
	}
	return n
}

// boundary fills in what is not filled in, as early or as late as can be, and
// gives so many digits; false when there is no such precision.
func (t Temporal) boundary(digits int, late bool) (Temporal, bool) {
	most := map[temporalKind]int{kindDate: 8, kindDateTime: 17, kindTime: 9}[t.kind]
	if digits < 0 {
		digits = most
	}
	whole := digits
	if t.kind == kindTime {
		whole += 8
	}
	prec := map[int]precision{4: toYear, 6: toMonth, 8: toDay, 10: toHour, 12: toMinute, 14: toSecond, 17: toSecond}[whole]
	if digits > most || prec == 0 {
		return t, false
	}
	if late {
		switch t.prec {
		case toYear:
			t.at = t.at.AddDate(1, 0, 0)
		case toMonth:
			t.at = t.at.AddDate(0, 1, 0)
		case toDay:
			t.at = t.at.AddDate(0, 0, 1)
		case toHour:
			t.at = t.at.Add(time.Hour)
		case toMinute:
			t.at = t.at.Add(time.Minute)
		case toSecond:
			t.at = t.at.Add(time.Second / time.Duration(pow10(t.frac)))
		}
		t.at = t.at.Add(-1)
	}
	t.prec, t.frac = prec, 0
	if whole == 17 {
		t.frac = 3
	}
	if t.kind == kindDateTime && prec >= toHour && !t.zone {
		t.zone, t.offset = true, 14*60
		if late {
			t.offset = -12 * 60
		}
	}
	if prec < toHour {
		t.zone, t.offset = false, 0
	}
	t.at = t.cut(prec)
	if prec == toSecond {
		t.at = t.at.Truncate(time.Second / time.Duration(pow10(t.frac)))
	}
	return t, true
}

// cut drops what lies below a precision; seconds and their fraction are one.
func (t Temporal) cut(p precision) time.Time {
	y, m, d := t.at.Date()
	switch p {
	case toYear:
		return time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC)
	case toMonth:
		return time.Date(y, m, 1, 0, 0, 0, 0, time.UTC)
	case toDay:
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	case toHour:
		return t.at.Truncate(time.Hour)
	case toMinute:
		return t.at.Truncate(time.Minute)
	}
	return t.at
}
