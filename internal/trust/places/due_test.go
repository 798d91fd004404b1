package places

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"wijkbaak.nl/internal/base/clock"
)

func ams(t testing.TB, s string) time.Time {
	t.Helper()
	v, err := time.ParseInLocation("2006-01-02 15:04", s, clock.Amsterdam)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestDue(t *testing.T) {
	office := DefaultSettings() // Monday to Friday 9 to 17; 16 hours, urgent 4
	closed := office
	closed.Holidays = []Holiday{{"2026-11-24", "studiedag"}}
	always := office
	for i := range always.Hours {
		always.Hours[i] = Hours{0, 24 * 60}
	}
	always.NationalHolidays = false
	never := office
	never.Hours = [7]Hours{}
	saturday := office
	saturday.Hours = [7]Hours{6: {10 * 60, 12 * 60}}

	for _, c := range []struct {
		name   string
		s      Settings
		asked  string
		urgent bool
		want   string
	}{
		{"in the morning", office, "2026-11-23 10:00", false, "2026-11-25 10:00"},
		{"before opening", office, "2026-11-23 06:00", false, "2026-11-24 17:00"},
		{"after closing", office, "2026-11-23 20:00", false, "2026-11-25 17:00"},
		{"at the minute of closing", office, "2026-11-23 17:00", true, "2026-11-24 13:00"},
		{"urgent, same day", office, "2026-11-23 09:30", true, "2026-11-23 13:30"},
		{"urgent, over the night", office, "2026-11-23 15:00", true, "2026-11-24 11:00"},
		{"over the weekend", office, "2026-11-20 16:00", false, "2026-11-24 16:00"},
		{"on Saturday", office, "2026-11-21 12:00", true, "2026-11-23 13:00"},
		{"own holiday", closed, "2026-11-23 10:00", false, "2026-11-26 10:00"},
		{"Christmas on Friday and Saturday", office, "2026-12-24 12:00", false, "2026-12-29 12:00"},
		{"New Year", office, "2026-12-31 16:00", true, "2027-01-04 12:00"},
		{"Easter Monday", office, "2026-04-03 16:00", true, "2026-04-07 12:00"},
		{"King's Day on Monday", office, "2026-04-24 16:00", true, "2026-04-28 12:00"},
		{"Ascension Day", office, "2026-05-13 16:00", true, "2026-05-15 12:00"},
		{"Whit Monday", office, "2026-05-22 16:00", true, "2026-05-26 12:00"},
		{"Liberation Day, no lustrum", office, "2026-05-04 16:00", true, "2026-05-05 12:00"},
		{"Liberation Day, lustrum", office, "2025-05-02 16:00", true, "2025-05-06 12:00"},
		{"clock forward in the weekend", office, "2026-03-27 16:00", true, "2026-03-30 12:00"},
		{"clock back in the weekend", office, "2026-10-23 16:00", true, "2026-10-26 12:00"},
		{"clock forward, always open: four real hours", always, "2026-03-29 00:00", true, "2026-03-29 05:00"},
		{"clock back, always open: four real hours", always, "2026-10-25 00:00", true, "2026-10-25 03:00"},
		{"two hours a week", saturday, "2026-11-21 11:00", true, "2026-12-05 11:00"},
	} {
		if got, want := Due(ams(t, c.asked), c.urgent, c.s), ams(t, c.want); !got.Equal(want) {
			t.Errorf("%s: %v, want %v", c.name, got.In(clock.Amsterdam), want)
		}
	}
	if got := Due(ams(t, "2026-11-23 10:00"), false, never); !got.IsZero() {
		t.Errorf("an office that never opens promises %v", got)
	}
}

// Whoever asks later is never promised an earlier answer, and every promise
// falls in office hours.
func TestDueLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := DefaultSettings()
		s.AnswerHours = rapid.IntRange(1, 60).Draw(t, "hours")
		asked := time.Unix(rapid.Int64Range(1_767_225_600, 1_893_456_000).Draw(t, "asked"), 0)
		later := asked.Add(time.Duration(rapid.Int64Range(0, 1_000_000).Draw(t, "later")) * time.Second)
		first, second := Due(asked, false, s), Due(later, false, s)
		if second.Before(first) {
			t.Fatalf("asked %v: %v; later %v: %v", asked, first, later, second)
		}
		if first.Sub(asked) < time.Duration(s.AnswerHours)*time.Hour {
			t.Fatalf("promised too soon: %v after %v", first, asked)
		}
		local := first.In(clock.Amsterdam)
		minute := Minute(local.Hour()*60 + local.Minute())
		if h := s.Hours[local.Weekday()]; !h.Open() || minute < h.From || minute > h.Until {
			t.Fatalf("promised outside office hours: %v", local)
		}
	})
}

func TestEaster(t *testing.T) {
	for _, want := range []string{"2024-03-31", "2025-04-20", "2026-04-05", "2027-03-28", "2028-04-16", "2038-04-25"} {
		y := ams(t, want+" 12:00").Year()
		if got := easterSunday(y).Format(time.DateOnly); got != want {
			t.Errorf("%d: %s, want %s", y, got, want)
		}
	}
}
