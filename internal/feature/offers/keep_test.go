package offers

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/mail"
	"wijkbaak.nl/internal/trust/access"
)

type ctxT = context.Context

func mustJSON(t testing.TB, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// formOfOffer gives all fields of the form of an entry, filled in as they are.
func formOfOffer(d *desk, slug string, other ...string) []string {
	d.t.Helper()
	v := d.get(slug)
	p := &sheet{}
	p.fillIn(&v.Offer, v.By.Name)
	p.values["versie"] = strconv.FormatInt(v.Version, 10)
	p.values["waarom"] = "Zo klopt het"
	for k := 0; k+1 < len(other); k += 2 {
		p.values[other[k]] = other[k+1]
	}
	var pairs []string
	for name, value := range p.values {
		pairs = append(pairs, name, value)
	}
	for name, list := range p.lists {
		for _, v := range list {
			pairs = append(pairs, name, v)
		}
	}
	return pairs
}

func TestTheFormKeepsAllOfAnEntry(t *testing.T) {
	filled(t, func(t *testing.T, d *desk) {
		for _, slug := range []string{"koffie", "maaltijden", "slaapdagboek", "taalcafe"} {
			before := d.get(slug)
			d.gives(editor, http.MethodPost, "/aanbod/"+slug+"/wijzigen", http.StatusSeeOther, "gedaan=saved", formOfOffer(d, slug, "name", before.Name+" nieuw")...)
			after := d.get(slug)
			if changed := diffs(&before.Offer, &after.Offer); len(changed) != 1 || changed[0].Field != "name" {
				t.Errorf("%s: %s", slug, mustJSON(t, changed))
			}
			if after.CheckedAs != asEditor || after.Version != before.Version+1 {
				t.Errorf("%s: version %d, looked at as %s", slug, after.Version, after.CheckedAs)
			}
		}
		d.found("slaapdagboek", "slaapdagboek")
	})
}

func TestWrongFormStaysAsTyped(t *testing.T) {
	filled(t, func(t *testing.T, d *desk) {
		body := d.gives(keeper, http.MethodPost, "/aanbod/koffie/wijzigen", http.StatusUnprocessableEntity, "Dit is geen e-mailadres",
			formOfOffer(d, "koffie", "join.email", "geen adres", "schedule[0].from", "25:00", "cost.cents", "veel", "gives", "Veel <b>plezier</b>")...)
		for _, want := range []string{"Veel &lt;b&gt;plezier", "geen adres", "25:00", "Vul een bedrag in"} {
			if !strings.Contains(body, want) {
				t.Errorf("the form lacks %q", want)
			}
		}
		d.gives(keeper, http.MethodPost, "/aanbod/koffie/wijzigen", http.StatusUnprocessableEntity, "Schrijf kort waarom", formOfOffer(d, "koffie", "waarom", "")...)
		d.gives(keeper, http.MethodPost, "/aanbod/koffie/wijzigen", http.StatusConflict, "veranderde dit net", formOfOffer(d, "koffie", "versie", "7", "name", "x")...)
	})
}

func TestProposalsAreDecidedByTheEditorOfThePlace(t *testing.T) {
	filled(t, func(t *testing.T, d *desk) {
		d.gives(resident, http.MethodGet, "/aanbod/koffie/wijzigen", http.StatusOK, "U doet een voorstel")
		d.gives(resident, http.MethodPost, "/aanbod/koffie/wijzigen", http.StatusUnprocessableEntity, "U hebt niets veranderd", formOfOffer(d, "koffie")...)
		d.gives(resident, http.MethodPost, "/aanbod/koffie/wijzigen", http.StatusSeeOther, "gedaan=proposed", formOfOffer(d, "koffie", "summary", "Koffie op donderdag.")...)
		if d.get("koffie").Summary != "Elke woensdag koffie met buren." {
			t.Fatal("a proposal changed the entry")
		}
		// The editor of another municipality does not see it.
		if body := d.gives(elsewhere, http.MethodGet, "/beheer/aanbod", http.StatusOK, "Er wacht niets"); strings.Contains(body, "/voorstel/") {
			t.Error("an editor elsewhere sees it")
		}
		body := d.gives(editor, http.MethodGet, "/beheer/aanbod", http.StatusOK, "/beheer/aanbod/voorstel/")
		path := regexp.MustCompile(`/beheer/aanbod/voorstel/[0-9a-f-]+`).FindString(body)
		d.gives(elsewhere, http.MethodGet, path, http.StatusNotFound, "")
		d.gives(elsewhere, http.MethodPost, path, http.StatusNotFound, "", "besluit", "ja", "versie", "1")
		d.gives(editor, http.MethodGet, path, http.StatusOK, "Koffie op donderdag.")
		d.gives(editor, http.MethodPost, path, http.StatusUnprocessableEntity, "Schrijf kort waarom", "besluit", "nee", "versie", "1")
		d.gives(editor, http.MethodPost, path, http.StatusConflict, "", "besluit", "ja", "versie", "4")
		d.gives(editor, http.MethodPost, path, http.StatusSeeOther, "gedaan=accepted", "besluit", "ja", "versie", "1", "reden", "Dank")
		if d.get("koffie").Summary != "Koffie op donderdag." {
			t.Error("it was not taken over")
		}
		d.gives(editor, http.MethodPost, path, http.StatusConflict, "", "besluit", "ja", "versie", "2")
		if list := d.letters(jobTellDecided); len(list) != 1 {
			t.Fatalf("jobs %v", list)
		}
		var job decided
		d.must(json.Unmarshal([]byte(d.letters(jobTellDecided)[0]), &job))
		d.must(d.tellDecided(d.as(access.Actor{Channel: access.Job}), job))
		if list := d.letters(mail.Job); len(list) != 1 || !strings.Contains(list[0], "ans@voorbeeld.example") || !strings.Contains(list[0], "Dank") {
			t.Errorf("letters %v", list)
		}
		// A new one, by somebody who is no editor and by the editor.
		d.gives(resident, http.MethodPost, "/aanbod/nieuw", http.StatusUnprocessableEntity, "Vul dit in", "name", "Breien")
		form := []string{"organisatie", "Breiclub (voorbeeld)", "kind", "activity", "name", "Breien", "summary", "Samen breien.", "places", "BU0995ZZ02", "where", "nearby"}
		d.gives(resident, http.MethodPost, "/aanbod/nieuw", http.StatusSeeOther, "gedaan=proposed", form...)
		d.gives(editor, http.MethodPost, "/aanbod/nieuw", http.StatusSeeOther, "/aanbod/breien?gedaan=made", form...)
		d.gives(editor, http.MethodPost, "/aanbod/nieuw", http.StatusSeeOther, "/aanbod/breien-2?gedaan=made", form...)
		if d.get("breien").Organisation != d.get("breien-2").Organisation {
			t.Error("one organisation became two")
		}
	})
}

func TestKeepersAreAskedOnceAndAnswerWithOnePress(t *testing.T) {
	filled(t, func(t *testing.T, d *desk) {
		job := d.as(access.Actor{Channel: access.Job})
		d.must(d.AskKeepers(job, nil))
		d.must(d.AskKeepers(job, nil))
		list := d.letters(mail.Job)
		if len(list) != 1 || !strings.Contains(list[0], "tafeltje@voorbeeld.example") {
			t.Fatalf("letters: %v", list)
		}
		link := func(s string) string { return regexp.MustCompile(`/aanbod-controle/[A-Za-z0-9_-]+`).FindString(s) }
		path := link(list[0])
		body := d.gives(anonymous, http.MethodGet, path, http.StatusOK, "Klopt dit nog?")
		if !strings.Contains(body, `value="klopt"`) || !strings.Contains(body, `value="stop"`) {
			t.Error("the page has no buttons")
		}
		if d.get("maaltijden").CheckedAs == asLetter {
			t.Error("looking at the page is an answer")
		}
		d.gives(anonymous, http.MethodPost, path, http.StatusUnprocessableEntity, "")
		d.gives(anonymous, http.MethodPost, path, http.StatusOK, "Dank u wel", "antwoord", "klopt")
		v := d.get("maaltijden")
		if v.CheckedAs != asLetter || !v.CheckBy.After(d.clock.Now().AddDate(0, 5, 0)) {
			t.Errorf("%s %v", v.CheckedAs, v.CheckBy)
		}
		d.gives(anonymous, http.MethodGet, path, http.StatusNotFound, "") // used
		l, err := d.List(d.as(anonymous), Page{})
		d.must(err)
		if slices.ContainsFunc(l.Cards, func(c Card) bool { return c.Old }) {
			t.Error("it still counts as old")
		}
		// Half a year on, everybody is asked; one stops, one says what is other.
		d.clock.Advance(170 * 24 * time.Hour)
		d.must(d.AskKeepers(job, nil))
		paths := map[string]string{}
		for _, letter := range d.letters(mail.Job)[1:] {
			for _, name := range []string{"Koffie", "Maaltijden"} {
				if strings.Contains(letter, name) {
					paths[name] = link(letter)
				}
			}
		}
		d.gives(anonymous, http.MethodGet, paths["Koffie"]+"/wijzigen", http.StatusOK, "Elke woensdag koffie met buren.")
		d.gives(anonymous, http.MethodPost, paths["Koffie"]+"/wijzigen", http.StatusOK, "De redacteur kijkt", formOfOffer(d, "koffie", "summary", "Nu op vrijdag.")...)
		if d.get("koffie").Summary != "Elke woensdag koffie met buren." {
			t.Error("a link in a letter changed the entry without an editor")
		}
		d.gives(editor, http.MethodGet, "/beheer/aanbod", http.StatusOK, "Koffie in de kantine")
		d.gives(anonymous, http.MethodPost, paths["Maaltijden"], http.StatusOK, "niet meer in de lijst", "antwoord", "stop")
		d.gives(anonymous, http.MethodGet, "/aanbod/maaltijden", http.StatusNotFound, "")
		// A link that nobody used for long leads nowhere.
		d.clock.Advance(200 * 24 * time.Hour)
		d.gives(anonymous, http.MethodGet, paths["Koffie"], http.StatusNotFound, "")
	})
}

func TestShareOfWhatWasChecked(t *testing.T) {
	filled(t, func(t *testing.T, d *desk) {
		d.gives(editor, http.MethodGet, "/beheer/aanbod", http.StatusOK, "75% van 4")
		d.gives(elsewhere, http.MethodGet, "/beheer/aanbod", http.StatusOK, "0% van 0")
		d.must(d.StillRight(d.as(editor), "maaltijden"))
		d.gives(editor, http.MethodGet, "/beheer/aanbod", http.StatusOK, "100% van 4")
		d.is(d.StillRight(d.as(elsewhere), "maaltijden"), fault.KindDenied)
		d.is(d.StillRight(d.as(resident), "maaltijden"), fault.KindDenied)
	})
}

// verdict is offers.Verdicts.
type verdict struct{}

func (verdict) Badges(_ context.Context, slugs []string) (map[string]Badge, error) {
	if slices.Contains(slugs, "slaapdagboek") {
		return map[string]Badge{"slaapdagboek": {Text: "Getest", Href: "/toepassingen/slaapdagboek"}}, nil
	}
	return nil, nil
}

func TestVerdictsStandOnTheCard(t *testing.T) {
	filled(t, func(t *testing.T, d *desk) {
		d.o.Verdicts = verdict{}
		d.gives(anonymous, http.MethodGet, "/aanbod", http.StatusOK, "Getest")
		d.gives(anonymous, http.MethodGet, "/aanbod/slaapdagboek", http.StatusOK, `href="/toepassingen/slaapdagboek"`)
	})
}

func TestCandidates(t *testing.T) {
	filled(t, func(t *testing.T, d *desk) {
		for _, c := range []struct {
			n    Need
			want []string
		}{
			{Need{}, nil},
			{Need{Themes: []string{"eenzaamheid"}}, []string{"koffie"}},
			{Need{Areas: []string{"meedoen"}, At: &Point{52.53, 5.46}}, []string{"taalcafe", "koffie"}},
			{Need{Areas: []string{"meedoen"}, At: &Point{52.504, 5.472}}, []string{"koffie", "taalcafe"}},
			{Need{Areas: []string{"meedoen"}, Free: true, Not: []string{"activity"}}, nil},
			{Need{Things: []string{"slaapdagboek", "geen"}}, []string{"slaapdagboek"}},
			{Need{Found: []string{docID(d.get("maaltijden").ID)}, Where: []string{"home"}}, []string{"maaltijden"}},
			{Need{Areas: []string{"meedoen"}, Most: 1, Audience: []string{"newcomers"}}, []string{"taalcafe"}},
		} {
			list, err := d.Candidates(d.as(anonymous), c.n)
			d.must(err)
			var got []string
			for _, v := range list {
				got = append(got, v.Slug)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%+v: %v, want %v", c.n, got, c.want)
			}
		}
	})
}
