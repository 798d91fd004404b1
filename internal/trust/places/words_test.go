package places_test

import (
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/room"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/places"
)

// TestStandardWordsInTheLanguageOfThePage: what a team left as it was is English
// on an English page, what it wrote is not touched, and the form has what is kept.
func TestStandardWordsInTheLanguageOfThePage(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		words, err := i18n.New(room.Words([]room.Room{w.Room()})...)
		if err != nil {
			t.Fatal(err)
		}
		nl, en := i18n.With(t.Context(), words, "nl"), i18n.With(t.Context(), words, "en")
		v := places.DefaultSettings()
		v.Urgent[0].Text = "Bel 112, altijd."
		v.Urgent[1].Label = "Dokter Vos"
		w.who = actor(access.Operator, "/")
		if err := w.ChangeSettings(access.With(t.Context(), w.who), own, v, ""); err != nil {
			t.Fatal(err)
		}
		if got, _, err := w.Settings(nl, own); err != nil || !reflect.DeepEqual(got, v) {
			t.Errorf("%+v %v", got, err)
		}
		got, _, err := w.Settings(en, own)
		if err != nil {
			t.Fatal(err)
		}
		if got.Urgent[0].Label != "Danger to life" || got.Urgent[0].Text != v.Urgent[0].Text || got.Urgent[1].Label != "Dokter Vos" ||
			!strings.Contains(got.Urgent[1].Text, "huisartsenpost") || strings.Contains(got.Urgent[1].Text, "wachten") ||
			got.Urgent[2].Label != "Thoughts of suicide" || got.Urgent[2].Number != "0800-0113" || !strings.HasPrefix(got.Greeting, "Ask your question") {
			t.Errorf("%+v", got)
		}
		is(t, w.send("GET", "/en"+form+own), 200, `value="Levensgevaar"`)

		// The Dutch words of the page are those that a form begins with.
		for key, want := range map[string]string{
			"greeting": v.Greeting, "danger.label": "Levensgevaar", "danger.text": places.DefaultSettings().Urgent[0].Text,
			"doctor.label": places.DefaultSettings().Urgent[1].Label, "doctor.text": v.Urgent[1].Text, "suicide.label": v.Urgent[2].Label,
			"suicide.text": v.Urgent[2].Text, "violence.label": v.Urgent[3].Label, "violence.text": v.Urgent[3].Text,
		} {
			if got := i18n.T(nl, "places.standard."+key); got != want {
				t.Errorf("%s is %q, not %q", key, got, want)
			}
		}
	})
}

// TestFormInParts: closed parts with a line of what holds; what is wrong is open.
func TestFormInParts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.who = actor(access.Editor, own)
		open := func(res *httptest.ResponseRecorder) string {
			var list []string
			for _, part := range []string{"front", "hours", "promise", "help"} {
				switch body := res.Body.String(); {
				case strings.Contains(body, `<details id="`+part+`" open>`):
					list = append(list, part)
				case !strings.Contains(body, `<details id="`+part+`">`):
					t.Errorf("no part %s", part)
				}
			}
			return strings.Join(list, " ")
		}
		res := w.send("GET", form+own)
		is(t, res, 200, "<p>maandag tot en met vrijdag 09:00–17:00</p>", "<p>Werkuren: 16 voor een gewone vraag, 4 met spoed.</p>",
			"<p>Levensgevaar, Dokter nodig, Huisartsenpost (voorbeeld), Gedachten aan zelfdoding, Geweld of onveilig thuis</p>", "<p>Wijkbaak Waterkwartier</p>")
		if got := open(res); got != "" {
			t.Errorf("open: %s", got)
		}
		for want, res := range map[string]*httptest.ResponseRecorder{
			"front":         w.send("GET", form+own+"/BU0995ZZ01"), // nothing of its own yet
			"hours":         w.send("POST", form+own, filled("hours.3.from", "vroeg")...),
			"promise":       w.send("POST", form+own, filled("answerHours", "0")...),
			"front promise": w.send("POST", form+own, filled("portal", "", "answerHours", "x")...),
			"help":          w.send("POST", form+own, filled("urgent.2.number", "112")...),
		} {
			if got := open(res); got != want {
				t.Errorf("open: %q, want %q", got, want)
			}
		}
		is(t, w.send("POST", form+own, filled("kijk", "ja", "hours.3.from", "10", "hours.3.until", "11")...), 200, "<p>maandag 09:00–12:00, woensdag 10:00–11:00</p>", "<p>Er staan nog geen nummers.</p>")
	})
}
