package questions

import (
	"slices"
	"strings"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
)

const here, there = "/0995/WK0995ZZ", "/0363/WK036300"

func withRole(person string, role access.Role, place string) access.Actor {
	return access.Actor{Person: person, SecondFactor: true, Grants: []access.Grant{{Role: role, Place: place}}}
}

func TestAskCheck(t *testing.T) {
	good := Ask{Title: "Wie helpt mij?", Audience: Neighbourhood}
	for _, c := range []struct {
		name   string
		change func(*Ask)
		wrong  string // the field; empty means that it is right
	}{
		{"good", func(*Ask) {}, ""},
		{"five letters", func(a *Ask) { a.Title = "Hulp?" }, ""},
		{"four letters", func(a *Ask) { a.Title = "Hulp" }, "vraag"},
		{"nothing to read", func(a *Ask) { a.Title = strings.Repeat("\u200b", 20) }, "vraag"},
		{"only marks", func(a *Ask) { a.Title = "?????" }, "vraag"},
		{"other letters", func(a *Ask) { a.Title = "من يساعدني" }, ""},
		{"longest title", func(a *Ask) { a.Title = strings.Repeat("é", TitleMost) }, ""},
		{"title too long", func(a *Ask) { a.Title = strings.Repeat("é", TitleMost+1) }, "vraag"},
		{"longest body", func(a *Ask) { a.Body = strings.Repeat("é", BodyMost) }, ""},
		{"body too long", func(a *Ask) { a.Body = strings.Repeat("é", BodyMost+1) }, "uitleg"},
		{"name too long", func(a *Ask) { a.Name = strings.Repeat("n", NameMost+1) }, "naam"},
		{"theme", func(a *Ask) { a.Theme = "vervoer" }, ""},
		{"unknown theme", func(a *Ask) { a.Theme = "voetbal" }, "onderwerp"},
		{"no audience", func(a *Ask) { a.Audience = "" }, "wie"},
		{"unknown audience", func(a *Ask) { a.Audience = "world" }, "wie"},
		{"wrong address", func(a *Ask) { a.Contact.Email = "ans@" }, "email"},
		{"wrong number", func(a *Ask) { a.Contact.Phone = "bel mij" }, "telefoon"},
	} {
		a := good
		c.change(&a)
		err := a.Check()
		fields := fault.FieldsOf(err)
		if c.wrong == "" && err != nil || c.wrong != "" && (len(fields) != 1 || fields[0].Name != c.wrong) {
			t.Errorf("%s: %v, wrong should be %q", c.name, err, c.wrong)
		}
	}
	all := Ask{Title: "a", Body: strings.Repeat("b", BodyMost+1), Theme: "x", Contact: Contact{Email: "x", Phone: "x"}}
	if n := len(fault.FieldsOf(all.Check())); n != 6 {
		t.Errorf("%d things are wrong, want all 6 told at once", n)
	}
}

func TestIsEmail(t *testing.T) {
	for s, want := range map[string]bool{
		"ans@voorbeeld.nl": true, "a.b+c@x.example": true, "o'neil@x.nl": true,
		"": false, "ans": false, "@x.nl": false, "ans@nl": false, "a b@x.nl": false, "ans@x.nl, tom@x.nl": false,
		"Ans <ans@x.nl>": false, "ans@x.nl\r\nBcc: x@y.nl": false, "ans@x..nl": false, "a\x00b@x.nl": false,
		"a..b@x.nl": false, ".a@x.nl": false, "a@x.nl.": false, "ans@x.nl\v": false,
		strings.Repeat("a", 65) + "@x.nl": false, strings.Repeat("a", 60) + "@" + strings.Repeat("b", 190) + ".nl": false,
	} {
		if IsEmail(s) != want {
			t.Errorf("IsEmail(%q) is %v", s, !want)
		}
	}
}

func TestIsPhone(t *testing.T) {
	for s, want := range map[string]bool{
		"0612345678": true, "+31 6 1234 5678": true, "(030) 123 45 67": true, "06-12345678": true,
		"": false, "112": false, "zes twaalf": false, "0612345678; DROP": false, "1-------": false, "0        1": false,
		"06123456789012345678": false, "06\n12345678": false, "٠٦١٢٣٤٥٦٧٨": false,
	} {
		if IsPhone(s) != want {
			t.Errorf("IsPhone(%q) is %v", s, !want)
		}
	}
}

func TestSuspect(t *testing.T) {
	for s, want := range map[string]string{
		"Wie kan mij helpen met mijn lamp?":                                 "",
		"Kijk op https://a.nl en https://b.nl":                              "",
		"https://a.nl www.b.nl HTTP://c.nl":                                 "links",
		"Win in ons CASINO":                                                 "words",
		"Win in ons ca\u200bsi\u00adno":                                     "words", // hidden marks inside a word
		"Win in ons ｃａｓｉｎｏ":                                                 "words", // wide letters
		"klik   hier voor geld":                                             "words",
		"Mijn lamp flikkert. De flikkerende lamp maakt mij bang.":           "",
		"Ze blijven mij negeren. Hoera, zij doen mee aan het cryptogram.":   "",
		"Ik heb kanker op mijn longen. Wie rijdt mij naar het ziekenhuis?":  "",
		"Ik zoek de sleutels van mijn Escort uit 1984 (Ford Escort-clubje)": "words", // held, and shown after a look
		strings.Repeat("HELP MIJ NU ", 5):                                   "capitals",
		strings.Repeat("Help mij nu ", 5):                                   "",
		"NS GGZ WMO":                                                        "", // short texts may be all capitals
		"Mijn nummer is 123456789":                                          "number",
		"Mijn nummer is １２３４５６７８９":                                          "number",
		"Mijn nummer is 1112.22.333":                                        "number", // passes the check of a citizen service number
		"Mijn nummer is 111 222 333":                                        "number",
		"Mijn nummer is 111 222 334":                                        "", // does not
		"Bel 0612345678":                                                    "",
		"Bel 06 12 34 56 78":                                                "",
	} {
		if got := Suspect(s); got != want {
			t.Errorf("Suspect(%q) is %q, want %q", s, got, want)
		}
	}
	if Suspect("www.a.nl", "www.b.nl www.c.nl") != "links" {
		t.Error("links in several texts are not counted together")
	}
}

func TestListedAndLate(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for _, audience := range []Audience{Neighbourhood, Team} {
		for _, moderation := range []Moderation{Shown, Held, Hidden} {
			for _, status := range []Status{Open, Answered, Closed, Merged} {
				q := Question{Audience: audience, Moderation: moderation, Status: status}
				if want := audience == Neighbourhood && moderation == Shown && status != Merged; q.Listed() != want {
					t.Errorf("Listed of %s %s %s is %v", audience, moderation, status, !want)
				}
			}
		}
	}
	for _, c := range []struct {
		q    Question
		want bool
	}{
		{Question{Status: Open, DueAt: now}, false},
		{Question{Status: Open, DueAt: now.Add(-time.Second)}, true},
		{Question{Status: Open, DueAt: now.Add(-time.Second), WaitsForAsker: true}, false},
		{Question{Status: Answered, DueAt: now.Add(-time.Second)}, false},
		{Question{Status: Closed, DueAt: now.Add(-time.Second)}, false},
	} {
		if c.q.Late(now) != c.want {
			t.Errorf("Late of %+v is %v", c.q, !c.want)
		}
	}
}

// readers are everybody who may ask for a question.
var readers = map[string]access.Actor{
	"nobody":              {},
	"asker":               {Person: "asker"},
	"resident":            {Person: "other"},
	"coach":               withRole("coach", access.Coach, here),
	"coach above":         withRole("coach", access.Coach, "/0995"),
	"coach elsewhere":     withRole("coach", access.Coach, there),
	"coach, half":         {Person: "coach", Grants: []access.Grant{{Role: access.Coach, Place: here}}},
	"moderator":           withRole("moderator", access.Moderator, here),
	"moderator elsewhere": withRole("moderator", access.Moderator, there),
	"editor":              withRole("editor", access.Editor, here),
	"operator":            withRole("operator", access.Operator, "/"),
	"token":               {Organisation: "org", Channel: access.API, Scopes: []string{ScopeAnswer}},
}

func TestMayRead(t *testing.T) {
	team := []string{"asker", "coach", "coach above"}
	for _, c := range []struct {
		name string
		q    Question
		may  []string // nil means everybody
	}{
		{"public", Question{Audience: Neighbourhood, Moderation: Shown, Status: Open}, nil},
		{"merged", Question{Audience: Neighbourhood, Moderation: Shown, Status: Merged}, nil},
		{"closed", Question{Audience: Neighbourhood, Moderation: Shown, Status: Closed}, nil},
		{"held", Question{Audience: Neighbourhood, Moderation: Held, Status: Open}, append([]string{"moderator"}, team...)},
		{"hidden and merged", Question{Audience: Neighbourhood, Moderation: Hidden, Status: Merged}, append([]string{"moderator"}, team...)},
		{"private", Question{Audience: Team, Moderation: Shown, Status: Open}, team},
		{"private and hidden", Question{Audience: Team, Moderation: Hidden, Status: Answered}, team},
	} {
		c.q.Place, c.q.Asker = here, "asker"
		for name, a := range readers {
			if want := c.may == nil || slices.Contains(c.may, name); MayRead(a, c.q) != want {
				t.Errorf("%s: %s may read is %v", c.name, name, !want)
			}
		}
	}
	if MayRead(access.Actor{}, Question{Audience: Team, Place: here}) {
		t.Error("nobody is taken for the asker of a question without one")
	}
}

func TestMayAnswer(t *testing.T) {
	signedIn := []string{"asker", "resident", "coach", "coach above", "coach elsewhere", "coach, half", "moderator", "moderator elsewhere", "editor", "operator", "token"}
	for _, c := range []struct {
		name string
		q    Question
		may  []string
	}{
		{"public", Question{Audience: Neighbourhood, Moderation: Shown, Status: Open}, signedIn},
		{"answered", Question{Audience: Neighbourhood, Moderation: Shown, Status: Answered}, signedIn},
		{"closed", Question{Audience: Neighbourhood, Moderation: Shown, Status: Closed}, nil},
		{"merged", Question{Audience: Neighbourhood, Moderation: Shown, Status: Merged}, nil},
		{"held", Question{Audience: Neighbourhood, Moderation: Held, Status: Open}, []string{"coach", "coach above"}},
		{"private", Question{Audience: Team, Moderation: Shown, Status: Open}, []string{"coach", "coach above"}},
	} {
		c.q.Place, c.q.Asker = here, "asker"
		for name, a := range readers {
			if want := slices.Contains(c.may, name); MayAnswer(a, c.q) != want {
				t.Errorf("%s: %s may answer is %v", c.name, name, !want)
			}
		}
	}
}

func TestSeesAnswer(t *testing.T) {
	q := Question{Audience: Neighbourhood, Place: here, Asker: "asker"}
	for _, m := range []Moderation{Held, Hidden} {
		for name, a := range readers {
			want := slices.Contains([]string{"coach", "coach above", "moderator", "resident"}, name)
			if w := (Answer{Person: "other", Moderation: m}); SeesAnswer(a, q, w) != want {
				t.Errorf("%s: %s sees the answer is %v", m, name, !want)
			}
		}
		if SeesAnswer(access.Actor{}, q, Answer{Moderation: m}) {
			t.Errorf("%s: nobody is taken for the writer of an answer without one", m)
		}
	}
	for name, a := range readers {
		if !SeesAnswer(a, q, Answer{Person: "x", Moderation: Shown}) {
			t.Errorf("%s does not see a shown answer", name)
		}
		if want := name == "resident"; MayEditAnswer(a, Answer{Person: "other"}) != want {
			t.Errorf("%s may change the answer is %v", name, !want)
		}
	}
}

func TestOnTimeShare(t *testing.T) {
	for _, c := range []struct {
		f    Figures
		want int
		ok   bool
	}{
		{Figures{}, 0, false},
		{Figures{Asked: 5}, 0, false},
		{Figures{Answered: 3, OnTime: 3}, 100, true},
		{Figures{Answered: 3, OnTime: 2}, 67, true},
		{Figures{Late: 2}, 0, true},
		{Figures{Answered: 1, OnTime: 1, Late: 1}, 50, true},
	} {
		if got, ok := c.f.OnTimeShare(); got != c.want || ok != c.ok {
			t.Errorf("%+v: %d %v, want %d %v", c.f, got, ok, c.want, c.ok)
		}
	}
}

func TestReplyCheck(t *testing.T) {
	ok := "https://x.nl/a"
	for _, c := range []struct {
		name  string
		p     Reply
		wrong string
	}{
		{"good", Reply{Body: "Ja", Sources: []Source{{"Bron", ok}}}, ""},
		{"empty", Reply{Body: "J"}, "antwoord"},
		{"too long", Reply{Body: strings.Repeat("é", BodyMost+1)}, "antwoord"},
		{"script", Reply{Body: "Ja", Sources: []Source{{"", "javascript:alert(1)"}}}, "bron"},
		{"script in capitals", Reply{Body: "Ja", Sources: []Source{{"", "JaVaScRiPt://x.nl/%0aalert(1)"}}}, "bron"},
		{"data", Reply{Body: "Ja", Sources: []Source{{"", "data:text/html,x"}}}, "bron"},
		{"no scheme", Reply{Body: "Ja", Sources: []Source{{"", "//x.nl"}}}, "bron"},
		{"no host", Reply{Body: "Ja", Sources: []Source{{"", "https:///a"}}}, "bron"},
		{"line break", Reply{Body: "Ja", Sources: []Source{{"", "https://x.nl/\njavascript:"}}}, "bron"},
		{"somebody's name before the host", Reply{Body: "Ja", Sources: []Source{{"", "https://bank.nl@x.example/"}}}, "bron"},
		{"six sources", Reply{Body: "Ja", Sources: slices.Repeat([]Source{{"", ok}}, 6)}, "bron"},
		{"six initiatives", Reply{Body: "Ja", Initiatives: slices.Repeat([]string{"a"}, 6)}, "initiatief"},
	} {
		fields := fault.FieldsOf(c.p.check())
		if c.wrong == "" && fields != nil || c.wrong != "" && (len(fields) != 1 || fields[0].Name != c.wrong) {
			t.Errorf("%s: %v, wrong should be %q", c.name, fields, c.wrong)
		}
	}
}
