package questions

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/themes"
)

// Whatever is sent as a form: what comes out can be kept and shown.
func FuzzForms(f *testing.F) {
	for _, s := range []string{"vraag=Wie+helpt+mij%3F&wie=team", "vraag=%00%ff%e2%80%ae&uitleg=%0d%0a", "vraag=a&vraag=b&spoed=ja", "a=%zz", "&&&=;", "antwoord=x&bron=javascript:alert(1)&initiatief=/a/b/",
		"email=a%00b@x.nl&telefoon=%0b06", strings.Repeat("vraag=x&", 200)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		r := httptest.NewRequest(http.MethodPost, "/vragen", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		form, err := web.ReadForm(httptest.NewRecorder(), r)
		if err != nil {
			return
		}
		a, p := readAsk(form), readReply(form)
		clean := func(name, s string, lines bool) {
			if !utf8.ValidString(s) || strings.ContainsFunc(s, func(c rune) bool {
				return unicode.IsControl(c) && (!lines || c != '\n' && c != '\t') || unicode.Is(unicode.Bidi_Control, c)
			}) {
				t.Errorf("%s keeps %q", name, s)
			}
		}
		clean("title", a.Title, false)
		clean("body", a.Body, true)
		clean("name", a.Name, false)
		clean("answer", p.Body, true)
		if a.Channel != Screen || a.Code != "" {
			t.Errorf("a form chooses the channel %q, the code %q", a.Channel, a.Code)
		}
		if form.Err() == nil && a.Check() == nil {
			for _, s := range []string{a.Postcode, a.Theme, a.Contact.Email, a.Contact.Phone} {
				clean("a short field", s, false)
			}
		}
		if p.check() == nil {
			for _, s := range p.Sources {
				clean("source", s.URL, false)
				if !strings.HasPrefix(strings.ToLower(s.URL), "http") {
					t.Errorf("a source leads to %q", s.URL)
				}
			}
		}
		Suspect(a.Title, a.Body, p.Body)
	})
}

// Whatever stands in the file: it is refused with words, or what it says holds.
func FuzzDemo(f *testing.F) {
	raw, err := files.ReadFile("demo/questions.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw[:2000])
	for _, s := range []string{"", "questions: [{id: a, audience: team}]", "questions: [{id: a, audience: team}, {id: a, audience: team}]", "questions: [{id: a, audience: x}]", "questions: [{id: a, audience: team, colour: red}]",
		"questions: [{id: a, audience: team, status: merged, merge_into: a}]", "questions: &a [*a]", "a: &a [1]\nb: [*a, *a]"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) > 1<<16 {
			return
		}
		d, err := readDemo(raw)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "demo/questions.yaml: ") {
				t.Errorf("the error does not name the file: %v", err)
			}
			return
		}
		seen := map[string]bool{}
		for _, q := range d.Questions {
			if seen[q.ID] || q.Audience != Neighbourhood && q.Audience != Team || q.Theme != "" && !themes.Known(q.Theme) {
				t.Errorf("taken: %+v", q)
			}
			seen[q.ID] = true
		}
	})
}
