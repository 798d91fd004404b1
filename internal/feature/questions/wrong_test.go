package questions

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"wijkbaak.nl/internal/base/web"
)

func TestAllThatIsWrongIsSaidAtOnceAndByName(t *testing.T) {
	values := url.Values{"vraag": {"?"}, "wie": {"neighbourhood"}, "uitleg": {strings.Repeat("a", BodyMost+1)}, "naam": {strings.Repeat("b", NameMost+1)},
		"email": {"geen adres"}, "telefoon": {"nee"}, "postcode": {"99"}, "onderwerp": {"onzin"}}
	r := httptest.NewRequest(http.MethodPost, "/vragen", strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	form, err := web.ReadForm(httptest.NewRecorder(), r)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (&Service{}).askFrom(t.Context(), form, readAsk(form)); err == nil || !form.Take(err) {
		t.Fatal(err)
	}
	said := map[string]string{}
	for _, p := range problems(context.Background(), form) { // without a catalogue a text is its key
		said[p.Name] = p.Text
	}
	for _, name := range []string{"vraag", "uitleg", "naam", "email", "telefoon", "postcode", "onderwerp"} {
		if said[name] == "" {
			t.Errorf("nothing about %s: %v", name, said)
		}
	}
	if said["uitleg"] != "questions.ask.body: web.form.toolong" {
		t.Errorf("the field is not named: %q", said["uitleg"])
	}
}

func TestThePromiseHasAFirstNameAndARole(t *testing.T) {
	for name, want := range map[string]string{"Ans de Vries": "Ans", " Jan-Willem van 't Hof ": "Jan-Willem", "Coach": "Coach", "": ""} {
		if got := firstName(name); got != want {
			t.Errorf("%q: %q", name, got)
		}
	}
	if got := who(t.Context(), Helper{Name: "Ans de Vries"}); got != "Ans" {
		t.Error(got)
	}
}
