package places

import (
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/web"
)

func TestFormKeepsSettings(t *testing.T) {
	s := DefaultSettings()
	s.Hours[0] = Hours{0, 24 * 60}
	s.Holidays = []Holiday{{"2026-12-24", "Kerstavond"}, {"2026-12-31", ""}}
	for len(s.Urgent) < maxUrgent {
		s.Urgent = append(s.Urgent, UrgentHelp{"Hulp " + strconv.Itoa(len(s.Urgent)), "", "Bel."})
	}
	f := formOf(s)
	if got := settingsOf(t.Context(), f); f.Err() != nil || !reflect.DeepEqual(got, s) {
		t.Errorf("%v\n%+v\n%+v", f.Err(), got, s)
	}
	if rowsOf(f) != maxUrgent || rowsOf(formOf(Settings{})) != urgentRows {
		t.Error("a form hides numbers that are kept")
	}
}

func TestFormSaysWhere(t *testing.T) {
	const good, more = "2026-12-24 Kerstavond\n", "x"
	for _, c := range []struct {
		name  string
		pairs []string
		field string
		key   string
		more  int // problems besides
	}{
		{"no name", []string{"portal", " "}, "portal", "places.error.named", 0},
		{"half a day", []string{"hours.1.until", ""}, "hours.1.until", "places.error.half", 0},
		{"no time", []string{"hours.2.from", "half negen"}, "hours.2.from", "places.error.time", 0},
		{"wrong order", []string{"hours.2.from", "17:00", "hours.2.until", "9"}, "hours.2.until", "places.error.order", 0},
		{"an empty day by typing it", []string{"hours.2.from", "9", "hours.2.until", "9:00"}, "hours.2.until", "places.error.order", 0},
		{"line without a date", []string{"holidays", good + "\n25 december\n"}, "holidays", "places.error.line.date", 0},
		{"the same day twice", []string{"holidays", good + "24-12-2026 nog eens"}, "holidays", "places.error.line.twice", 0},
		{"a long name", []string{"holidays", good + "2026-12-25 " + strings.Repeat(more, maxName+1)}, "holidays", "places.error.line.long", 0},
		{"many wrong lines", []string{"holidays", strings.Repeat("geen\n", 50)}, "holidays", "places.error.line.date", lineErrorsMost - 1},
		{"many days", []string{"holidays", manyDays(maxHolidays + 1)}, "holidays", "places.error.many", 0},
		{"no hours to answer in", []string{"answerHours", "morgen", "urgentHours", "1"}, "answerHours", "places.error.promise", 1},
		{"slower when urgent", []string{"urgentHours", "17"}, "urgentHours", "places.error.urgent", 0},
		{"help without words", []string{"urgent.5.number", "0800-1"}, "urgent.5.label", "places.error.named", 1},
		{"no number", []string{"urgent.0.number", "bel ons"}, "urgent.0.number", "places.error.named", 0},
		{"wrong bytes", []string{"greeting", "\xff"}, "greeting", "web.form.encoding", 0},
	} {
		f := changed(c.pairs...)
		settingsOf(t.Context(), f)
		wrong := f.Problems()
		if len(wrong) != 1+c.more || wrong[0].Name != c.field || wrong[0].Key != c.key {
			t.Errorf("%s: %+v", c.name, wrong)
		}
	}
	f := changed("holidays", good+"\n25 december\n")
	settingsOf(t.Context(), f)
	if args := f.Problems()[0].Args; !reflect.DeepEqual(args, []any{"line", 3, "text", "25"}) {
		t.Errorf("%v", args)
	}
	var shut []string
	for _, d := range week {
		shut = append(shut, dayField(d, "from"), "", dayField(d, "until"), "")
	}
	f = changed(shut...)
	settingsOf(t.Context(), f)
	if wrong := f.Problems(); len(wrong) != 1 || wrong[0].Name != "hours.1.from" || wrong[0].Key != "places.error.closed" {
		t.Errorf("never open: %+v", wrong)
	}
	f = changed(append([]string{"hours.2.from", "vroeg", "hours.2.until", "12"}, shut...)...)
	settingsOf(t.Context(), f)
	if wrong := f.Problems(); len(wrong) != 1 || wrong[0].Key != "places.error.time" {
		t.Errorf("one day, and that is wrong: %+v", wrong)
	}
}

func TestReadMinute(t *testing.T) {
	for text, want := range map[string]string{"9": "09:00", "9:30": "09:30", "09.30": "09:30", "0": "00:00", "23:59": "23:59", "24": "24:00", "24:00": "24:00",
		"": "", "9:": "", "9:5": "", "9:60": "", "24:01": "", "25": "", "-1": "", "+9": "", "9:00:00": "", "900": "", "٩": "", "9 uur": ""} {
		m, ok := readMinute(text)
		if ok != (want != "") || ok && m.String() != want {
			t.Errorf("%q: %s %v, want %q", text, m, ok, want)
		}
	}
}

// changed is the form of the defaults with other values in some fields.
func changed(pairs ...string) *web.Form {
	now := formOf(DefaultSettings())
	names := []string{"portal", "greeting", "answerHours", "urgentHours", "national", "holidays"}
	for _, d := range week {
		names = append(names, dayField(d, "from"), dayField(d, "until"))
	}
	for row := range maxUrgent {
		names = append(names, urgentField(row, "label"), urgentField(row, "number"), urgentField(row, "text"))
	}
	all := append([]string{}, pairs...) // the first of a name counts
	for _, n := range names {
		all = append(all, n, now.Value(n))
	}
	return web.NewForm(all...)
}

func manyDays(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(time.Date(2026, 1, 1+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly) + "\n")
	}
	return b.String()
}

func FuzzReadMinute(f *testing.F) {
	for _, s := range []string{"9", "9:00", "09.30", "24:00", "24:01", "9:0", ":", "-1:00", "9:00:00", "٩:00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m, ok := readMinute(s)
		if !ok {
			return
		}
		if again, ok := readMinute(m.String()); !ok || again != m || m < 0 || m > 24*60 {
			t.Errorf("%q is %s", s, m)
		}
	})
}

func FuzzReadHolidays(f *testing.F) {
	for _, s := range []string{"2026-12-24 Kerstavond", "24-12-2026\n\n1-1-2027 x", "morgen", "2026-02-30", "\x00\xff", strings.Repeat("a\n", 200)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		form := web.NewForm("holidays", s)
		list := readHolidays(form, form.Text("holidays", holidaysMost))
		if form.Err() != nil {
			return
		}
		again := web.NewForm()
		back := readHolidays(again, formOf(Settings{Holidays: list}).Value("holidays"))
		if again.Err() != nil || !reflect.DeepEqual(back, list) {
			t.Errorf("%q: %v, and then %v: %v", s, list, back, again.Err())
		}
	})
}
