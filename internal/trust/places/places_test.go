package places

import (
	"slices"
	"testing"

	"wijkbaak.nl/internal/base/fault"
)

func TestParsePostcode(t *testing.T) {
	for in, want := range map[string]string{"1234": "1234", "1234 AB": "1234", " 1234ab ": "1234", "9999\u00a0": "9999", "1234  xy": "1234"} {
		if got, err := ParsePostcode(in); got != want || err != nil {
			t.Errorf("%q gives %q, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "123", "0123", "12345", "1234 A", "1234 ABC", "AB 1234", "1234SS", "1234 sa", "1234-AB", "١٢٣٤", "1234 AB 1234 AB 1234 AB 1234 AB 1234 AB 12"} {
		got, err := ParsePostcode(in)
		if got != "" || fault.KindOf(err) != fault.KindInvalid || fault.FieldsOf(err)[0].Name != "postcode" {
			t.Errorf("%q gives %q, %v", in, got, err)
		}
	}
}

func FuzzParsePostcode(f *testing.F) {
	f.Add("1234 AB")
	f.Add("\xff1234")
	f.Fuzz(func(t *testing.T, text string) {
		if got, err := ParsePostcode(text); err == nil && (len(got) != 4 || got < "1000" || got > "9999") {
			t.Fatalf("%q gives %q", text, got)
		}
	})
}

func TestPaths(t *testing.T) {
	for in, want := range map[string]string{"0363": "/0363", "GM0363": "/0363", "WK036301": "/0363/WK036301", "WK0363AA": "/0363/WK0363AA", "BU03630101": "/0363/WK036301/BU03630101"} {
		code, path, kind, ok := ParseCode(in)
		if !ok || path != want || len(code) < 6 || len(Ancestors(path)) != map[Kind]int{Municipality: 1, District: 2, Neighbourhood: 3}[kind] {
			t.Errorf("%s gives %s %s %s %v", in, code, path, kind, ok)
		}
	}
	for _, in := range []string{"", "363", "GM36", "WK0363", "WK0363-1", "BU036301", "XX0363", "GM0363 1"} {
		if _, _, _, ok := ParseCode(in); ok {
			t.Errorf("%q is taken as a code", in)
		}
	}
	if got := Ancestors("/0363/WK036301/BU03630101"); !slices.Equal(got, []string{"/0363", "/0363/WK036301", "/0363/WK036301/BU03630101"}) {
		t.Error(got)
	}
	if Ancestors("") != nil {
		t.Error("the country has ancestors")
	}
	if !Covers("/0363", "/0363/WK036301") || !Covers("/0363", "/0363") || !Covers("", "/0363") || Covers("/036", "/0363") || Covers("/0363/WK036301", "/0363") {
		t.Error("Covers does not follow the path")
	}
}

func TestSortKey(t *testing.T) {
	if got := sortKey("Súdwest-Fryslân"); got != "sudwest-fryslan" {
		t.Error(got)
	}
	names := []string{"Súdwest-Fryslân", "'s-Gravenhage", "Utrecht", "Gouda", "Steenwijkerland"}
	slices.SortFunc(names, func(a, b string) int {
		if sortKey(a) < sortKey(b) {
			return -1
		}
		return 1
	})
	if want := []string{"Gouda", "'s-Gravenhage", "Steenwijkerland", "Súdwest-Fryslân", "Utrecht"}; !slices.Equal(names, want) {
		t.Error(names)
	}
}

func TestSettingsCheck(t *testing.T) {
	if err := DefaultSettings().Check(); err != nil {
		t.Fatal("the defaults are wrong:", err)
	}
	for field, change := range map[string]func(*Settings){
		"portal":          func(s *Settings) { s.Portal = " " },
		"greeting":        func(s *Settings) { s.Greeting = string(make([]byte, 301)) },
		"hours":           func(s *Settings) { s.Hours = [7]Hours{} },
		"hours.2":         func(s *Settings) { s.Hours[2] = Hours{600, 500} },
		"hours.3":         func(s *Settings) { s.Hours[3] = Hours{0, 1441} },
		"answerHours":     func(s *Settings) { s.AnswerHours = 401 },
		"urgentHours":     func(s *Settings) { s.UrgentHours = 17 },
		"holidays":        func(s *Settings) { s.Holidays = make([]Holiday, 101) },
		"holidays.0.date": func(s *Settings) { s.Holidays = []Holiday{{"2026-02-30", ""}} },
		"urgent":          func(s *Settings) { s.Urgent = make([]UrgentHelp, 11) },
		"urgent.1.label":  func(s *Settings) { s.Urgent[1].Label = "" },
		"urgent.0.number": func(s *Settings) { s.Urgent[0].Number = "bel mij" },
	} {
		s := DefaultSettings()
		change(&s)
		fields := fault.FieldsOf(s.Check())
		if !slices.ContainsFunc(fields, func(f fault.Field) bool { return f.Name == field }) {
			t.Errorf("%s: %v", field, fields)
		}
	}
}

func TestMinute(t *testing.T) {
	for _, in := range []string{"00:00", "09:05", "24:00"} {
		var m Minute
		if err := m.UnmarshalText([]byte(in)); err != nil || m.String() != in {
			t.Errorf("%s comes back as %s, %v", in, m, err)
		}
	}
	for _, in := range []string{"", "9", "24:01", "09:60", "negen uur"} {
		if new(Minute).UnmarshalText([]byte(in)) == nil {
			t.Errorf("%q is taken as a time of day", in)
		}
	}
}
