package places

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/web"
)

// The settings as a form: plain fields with fixed rows, so that it needs no
// script. Names of fields are those that Check uses, as far as it has them.

const (
	urgentRows     = 6                            // at least; more where more are kept
	holidaysMost   = maxHolidays * (maxName + 20) // characters
	lineErrorsMost = 5
)

// week is the order in which people read the days.
var week = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}

func dayField(d time.Weekday, end string) string { return fmt.Sprintf("hours.%d.%s", d, end) }

func urgentField(row int, part string) string { return fmt.Sprintf("urgent.%d.%s", row, part) }

func dayName(ctx context.Context, d time.Weekday) string {
	return i18n.T(ctx, "i18n.weekday."+strconv.Itoa(int(d)))
}

// partOf tells in which part of the form a field stands.
func partOf(field string) string {
	group, _, _ := strings.Cut(field, ".")
	switch group {
	case "hours", "holidays":
		return "hours"
	case "answerHours", "urgentHours":
		return "promise"
	case "urgent":
		return "help"
	}
	return "front"
}

// hoursNow says the office hours in one line; days that follow each other with
// the same hours go together.
func hoursNow(ctx context.Context, s Settings) string {
	var list []string
	for i := 0; i < len(week); {
		first, h := week[i], s.Hours[week[i]]
		last := first
		for i++; i < len(week) && s.Hours[week[i]] == h; i++ {
			last = week[i]
		}
		if !h.Open() {
			continue
		}
		days := dayName(ctx, first)
		if last != first {
			days = i18n.T(ctx, "places.now.days", "first", days, "last", dayName(ctx, last))
		}
		list = append(list, i18n.T(ctx, "places.now.hours", "days", days, "from", h.From.String(), "until", h.Until.String()))
	}
	if len(list) == 0 {
		return i18n.T(ctx, "places.now.closed")
	}
	return strings.Join(list, ", ")
}

// helpNow names the numbers to ring in one line.
func helpNow(ctx context.Context, s Settings) string {
	if len(s.Urgent) == 0 {
		return i18n.T(ctx, "places.now.nohelp")
	}
	labels := make([]string, len(s.Urgent))
	for i, u := range s.Urgent {
		labels[i] = u.Label
	}
	return strings.Join(labels, ", ")
}

// formOf shows settings in the fields.
func formOf(s Settings) *web.Form {
	pairs := []string{"portal", s.Portal, "greeting", s.Greeting,
		"answerHours", strconv.Itoa(s.AnswerHours), "urgentHours", strconv.Itoa(s.UrgentHours)}
	for _, d := range week {
		if h := s.Hours[d]; h.Open() {
			pairs = append(pairs, dayField(d, "from"), h.From.String(), dayField(d, "until"), h.Until.String())
		}
	}
	if s.NationalHolidays {
		pairs = append(pairs, "national", "ja")
	}
	var days strings.Builder
	for _, h := range s.Holidays {
		days.WriteString(strings.TrimSpace(h.Date+" "+h.Name) + "\n")
	}
	pairs = append(pairs, "holidays", days.String())
	for i, u := range s.Urgent {
		pairs = append(pairs, urgentField(i, "label"), u.Label, urgentField(i, "number"), u.Number, urgentField(i, "text"), u.Text)
	}
	return web.NewForm(pairs...)
}

// settingsOf reads what was typed; what is wrong stands in f.
func settingsOf(ctx context.Context, f *web.Form) Settings {
	s := Settings{Portal: f.Line("portal", maxName), Greeting: f.Line("greeting", maxSentence), NationalHolidays: f.Bool("national")}
	hoursFit := true
	for _, d := range week {
		h, ok := readHours(ctx, f, d)
		s.Hours[d], hoursFit = h, hoursFit && ok
	}
	s.Holidays = readHolidays(f, f.Text("holidays", holidaysMost))
	s.AnswerHours, _ = strconv.Atoi(f.Line("answerHours", 10)) // what is no number is 0, which Check refuses
	s.UrgentHours, _ = strconv.Atoi(f.Line("urgentHours", 10))
	var rows []int
	for row := range maxUrgent {
		u := UrgentHelp{Label: f.Line(urgentField(row, "label"), maxName), Number: f.Line(urgentField(row, "number"), maxName),
			Text: f.Line(urgentField(row, "text"), maxSentence)}
		if u != (UrgentHelp{}) {
			s.Urgent, rows = append(s.Urgent, u), append(rows, row)
		}
	}
	for _, wrong := range fault.FieldsOf(s.Check()) {
		group, rest, _ := strings.Cut(wrong.Name, ".")
		switch group {
		case "hours":
			if !hoursFit {
				continue // said already, by the day
			}
			wrong.Name = dayField(time.Monday, "from")
		case "holidays":
			wrong.Name = "holidays" // where the line says it already, Take adds nothing
		case "urgent":
			at, part, _ := strings.Cut(rest, ".")
			i, err := strconv.Atoi(at)
			if err != nil || i >= len(rows) {
				continue
			}
			wrong = named(ctx, i18n.T(ctx, "places.form.help.row", "row", rows[i]+1), wrong)
			wrong.Name = urgentField(rows[i], part)
		case "portal":
			wrong = named(ctx, i18n.T(ctx, "places.field.portal"), wrong)
		}
		f.Take(fault.Invalid(wrong))
	}
	return s
}

// named puts the name of the field before what is wrong, for the list on top of
// the page.
func named(ctx context.Context, field string, wrong fault.Field) fault.Field {
	return fault.Field{Name: wrong.Name, Key: "places.error.named", Args: []any{"field", field, "problem", i18n.T(ctx, wrong.Key, wrong.Args...)}}
}

// inOrder sorts what is wrong as the fields stand on the page.
func inOrder(wrong []fault.Field) []fault.Field {
	order := []string{"portal", "greeting"}
	for _, d := range week {
		order = append(order, dayField(d, "from"), dayField(d, "until"))
	}
	order = append(order, "holidays", "answerHours", "urgentHours")
	place := func(f fault.Field) int {
		if i := slices.Index(order, f.Name); i >= 0 {
			return i
		}
		return len(order) // numbers to ring come last, and are found in their order
	}
	return slices.SortedStableFunc(slices.Values(wrong), func(a, b fault.Field) int { return place(a) - place(b) })
}

// readHours reads the office hours of one day; two empty fields mean closed.
func readHours(ctx context.Context, f *web.Form, d time.Weekday) (h Hours, ok bool) {
	ok = true
	say := func(end, key string) {
		ok = false
		f.Fail(dayField(d, end), key, "day", dayName(ctx, d))
	}
	from, until := f.Line(dayField(d, "from"), 20), f.Line(dayField(d, "until"), 20)
	if from == "" && until == "" {
		return Hours{}, ok
	}
	for _, end := range []struct {
		name, text string
		into       *Minute
	}{{"from", from, &h.From}, {"until", until, &h.Until}} {
		if end.text == "" {
			say(end.name, "places.error.half")
		} else if m, fits := readMinute(end.text); fits {
			*end.into = m
		} else {
			say(end.name, "places.error.time")
		}
	}
	if ok && !h.Open() {
		say("until", "places.error.order")
	}
	if !ok {
		return Hours{}, false
	}
	return h, true
}

// readMinute reads a time of day as people type it: 9, 9:00, 09.30, 24:00.
func readMinute(text string) (Minute, bool) {
	number := func(s string) (int, bool) {
		if s == "" || len(s) > 2 || strings.Trim(s, "0123456789") != "" {
			return 0, false
		}
		n, err := strconv.Atoi(s)
		return n, err == nil
	}
	hour, minute, split := strings.Cut(strings.Replace(text, ".", ":", 1), ":")
	if !split {
		minute = "00"
	}
	h, ok1 := number(hour)
	m, ok2 := number(minute)
	if !ok1 || !ok2 || len(minute) != 2 || m > 59 || h*60+m > 24*60 {
		return 0, false
	}
	return Minute(h*60 + m), true
}

// readHolidays reads a day and its name from each line, and says which line is
// wrong.
func readHolidays(f *web.Form, text string) []Holiday {
	var list []Holiday
	seen := map[string]bool{}
	wrong := 0
	line := 0
	for raw := range strings.Lines(text) {
		line++
		date, name, _ := strings.Cut(strings.Join(strings.Fields(raw), " "), " ")
		if date == "" {
			continue
		}
		say := func(key string, args ...any) {
			if wrong++; wrong <= lineErrorsMost {
				f.Fail("holidays", key, append([]any{"line", line}, args...)...)
			}
		}
		day, ok := readDate(date)
		switch {
		case !ok:
			say("places.error.line.date", "text", shortened(date))
		case seen[day]:
			say("places.error.line.twice", "text", day)
		case utf8.RuneCountInString(name) > maxName:
			say("places.error.line.long", "max", maxName)
		}
		seen[day] = ok
		list = append(list, Holiday{Date: day, Name: name})
	}
	return list
}

// readDate takes 2026-12-24, and 24-12-2026 as people write it.
func readDate(text string) (string, bool) {
	for _, form := range []string{time.DateOnly, "2-1-2006"} {
		if t, err := time.Parse(form, text); err == nil {
			return t.Format(time.DateOnly), true
		}
	}
	return "", false
}

func shortened(s string) string {
	if r := []rune(s); len(r) > 30 {
		return string(r[:30]) + "…"
	}
	return s
}

// rowsOf is how many rows of urgent help a form has.
func rowsOf(f *web.Form) int {
	rows := urgentRows
	for row := urgentRows; row < maxUrgent; row++ {
		if f.Value(urgentField(row, "label"))+f.Value(urgentField(row, "number"))+f.Value(urgentField(row, "text")) != "" {
			rows = row + 1
		}
	}
	return rows
}

// promises says what a question that is asked now would be promised.
func promises(ctx context.Context, now time.Time, s Settings) []string {
	plain, urgent := Due(now, false, s), Due(now, true, s)
	if plain.IsZero() || urgent.IsZero() {
		return []string{i18n.T(ctx, "places.promise.never")}
	}
	return []string{
		i18n.T(ctx, "places.promise.plain", "date", i18n.By(ctx, now, plain)),
		i18n.T(ctx, "places.promise.urgent", "date", i18n.By(ctx, now, urgent)),
	}
}
