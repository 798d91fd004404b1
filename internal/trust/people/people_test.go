package people

import (
	"strings"
	"testing"
)

func TestNormalEmail(t *testing.T) {
	for _, c := range []struct {
		in, want string
		ok       bool
	}{
		{" Ans.Bakker@Voorbeeld.NL ", "ans.bakker@voorbeeld.nl", true},
		{"ａｎｓ@voorbeeld.nl", "ans@voorbeeld.nl", true},
		{"ans+wijk@voorbeeld.nl", "ans+wijk@voorbeeld.nl", true},
		{"ans@münchen.example", "ans@xn--mnchen-3ya.example", true},
		{"José@voorbeeld.nl", "josé@voorbeeld.nl", true},
		{"", "", false},
		{"ans", "", false},
		{"ans@voorbeeld", "", false},
		{"ans@@voorbeeld.nl", "", false},
		{"Ans <ans@voorbeeld.nl>", "", false},
		{"ans@voorbeeld.nl\r\nBcc: x@y.nl", "", false},
		{"ans@voorbeeld.nl, jan@voorbeeld.nl", "", false},
		{`"a b"@voorbeeld.nl`, "", false},
		{"ans@[127.0.0.1]", "", false},
		{strings.Repeat("a", 250) + "@voorbeeld.nl", "", false},
	} {
		got, ok := NormalEmail(c.in)
		if got != c.want || ok != c.ok {
			t.Errorf("%q: %q %v, want %q %v", c.in, got, ok, c.want, c.ok)
		}
	}
}

func TestNormalPhone(t *testing.T) {
	for _, c := range []struct {
		in, want string
		ok       bool
	}{
		{"", "", true},
		{"06 - 12 34 56 78", "+31612345678", true},
		{"0031 6 12345678", "+31612345678", true},
		{"+31 (0)6 12345678", "+31612345678", true},
		{"+32 2 123 45 67", "+3221234567", true},
		{"112", "", false},
		{"bel mij", "", false},
		{"06123456789012345", "", false},
		{"06+12345678", "", false},
	} {
		got, ok := NormalPhone(c.in)
		if got != c.want || ok != c.ok {
			t.Errorf("%q: %q %v, want %q %v", c.in, got, ok, c.want, c.ok)
		}
	}
}

func FuzzNormalEmail(f *testing.F) {
	for _, s := range []string{"ans@voorbeeld.nl", "a@b.c", "José@münchen.example", "a\x00@b.nl", "<a@b.nl>", "a@b.nl\r\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := NormalEmail(s)
		if !ok {
			if got != "" {
				t.Errorf("%q is refused but gives %q", s, got)
			}
			return
		}
		again, ok := NormalEmail(got)
		if !ok || again != got {
			t.Errorf("%q gives %q, which gives %q %v", s, got, again, ok)
		}
		if strings.ContainsAny(got, " \r\n\t<>,;\"\x00") || len(got) > emailMost {
			t.Errorf("%q gives %q", s, got)
		}
	})
}

func FuzzNormalPhone(f *testing.F) {
	for _, s := range []string{"06 12345678", "+31612345678", "0031", "+310", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := NormalPhone(s)
		if ok && got != "" && (!strings.HasPrefix(got, "+") || len(got) > phoneMost || strings.Trim(got[1:], "0123456789") != "") {
			t.Errorf("%q gives %q", s, got)
		}
	})
}

func TestSortKey(t *testing.T) {
	if got := SortKey("  Éva  van Öz "); got != "eva van oz" {
		t.Errorf("got %q", got)
	}
}

func TestUpward(t *testing.T) {
	for in, want := range map[string]string{
		"/0153/WK01/BU02": "/0153/WK01/BU02 /0153/WK01 /0153 /",
		"/":               "/",
		"":                "/",
		"x":               "x /",
	} {
		if got := strings.Join(upward(in), " "); got != want {
			t.Errorf("%q: %s", in, got)
		}
	}
}
