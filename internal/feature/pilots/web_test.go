package pilots

import (
	"bytes"
	"context"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

// router serves the room as the program does, for one actor.
func (w world) router(who string) http.Handler {
	w.t.Helper()
	rt := web.NewRouter(web.Options{Catalog: w.words, Clock: w.clock, Enter: func(_ http.ResponseWriter, r *http.Request) (*http.Request, error) {
		ctx := access.With(r.Context(), access.Of(w.as(who)))
		return r.WithContext(ui.WithShell(ctx, ui.Shell{Lang: i18n.Lang(ctx), PlaceName: "Wijkbaak", Path: r.URL.RequestURI()})), nil
	}})
	rt.Handle(append(w.routes(), w.apiRoutes()...)...)
	return rt
}

func (w world) ask(who, method, path, kind, body string) *httptest.ResponseRecorder {
	w.t.Helper()
	rec := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(context.Background(), method, path, strings.NewReader(body))
	if kind != "" {
		r.Header.Set("Content-Type", kind)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	w.router(who).ServeHTTP(rec, r)
	return rec
}

func (w world) post(who, path string, pairs ...string) *httptest.ResponseRecorder {
	w.t.Helper()
	form := url.Values{}
	for k := 0; k+1 < len(pairs); k += 2 {
		form.Add(pairs[k], pairs[k+1])
	}
	return w.ask(who, http.MethodPost, path, "application/x-www-form-urlencoded", form.Encode())
}

var (
	leftover = regexp.MustCompile(`pilots\.[a-z_.]+[a-z]|\{[a-z]+\}|%!`)
	inline   = regexp.MustCompile(` style=| on[a-z]+=|<script>`)
)

func (w world) page(who, path string, status int, wants ...string) string {
	w.t.Helper()
	rec := w.ask(who, http.MethodGet, path, "", "")
	return w.holds(rec, path, status, wants...)
}

func (w world) holds(rec *httptest.ResponseRecorder, path string, status int, wants ...string) string {
	w.t.Helper()
	body := rec.Body.String()
	if rec.Code != status {
		w.t.Fatalf("%s: %d, want %d\n%s", path, rec.Code, status, body)
	}
	for _, want := range wants {
		if !strings.Contains(body, want) {
			w.t.Errorf("%s lacks %q", path, want)
		}
	}
	if rec.Header().Get("Content-Type") == "text/html; charset=utf-8" {
		if bad := leftover.FindString(strings.ReplaceAll(body, "/pilots.csv", "")); bad != "" {
			w.t.Errorf("%s shows %q", path, bad)
		}
		if bad := inline.FindString(body); bad != "" {
			w.t.Errorf("%s has%s", path, bad)
		}
	}
	return body
}

func TestAProjectLeaderFillsInAPilot(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		w.page("nobody", "/pilots", 200, "Er zijn nog geen pilots")
		w.page("lead", "/pilots/nieuw?initiatief=elders", 200, `value="elders" selected`, "Begin een pilot")
		w.holds(w.post("lead", "/pilots", "initiatief", "beweegcoach", "naam", "A", "van", "31-31-2026", "mensen", "veel"), "/pilots", 422,
			"Dit is geen datum", "Dit is geen getal", `value="31-31-2026"`)
		rec := w.post("lead", "/pilots", "initiatief", "beweegcoach", "naam", "Samen wandelen", "gemeente", "Zeist", "van", "2-3-2026", "tot", "2026-08-31", "mensen", "40", "opzet", "before_after", "doel", "Meer buiten.")
		to := rec.Header().Get("Location")
		if rec.Code != 303 || !strings.HasSuffix(to, "/bewerken/indicatoren?gedaan=made") {
			t.Fatalf("%d %s", rec.Code, to)
		}
		base, _, _ := strings.Cut(to, "/bewerken")
		w.page("lead", to, 200, "De pilot staat klaar", "Nieuwe indicator", "Gestelde vragen")
		w.page("nobody", base, 404)
		w.page("nobody", base+"/bewerken", 403)
		w.page("other", base+"/bewerken", 404)
		version := func() string { return versionText(w.get("lead", strings.TrimPrefix(base, "/pilots/")).Version) }
		add := base + "/bewerken/indicatoren"
		w.holds(w.post("lead", add, "versie", version(), "naam", "Deelnemers per week", "soort", "count", "eenheid", "mensen", "beter", "up", "vaak", "week", "doel", "30"), add, 303)
		w.holds(w.post("lead", add, "versie", version(), "naam", "Tevreden", "soort", "share", "beter", "up", "vaak", "month", "nul", "60 %", "doel", "150"), add, 422, "Een percentage ligt tussen 0 en 100", `value="60 %"`)
		w.holds(w.post("lead", add, "versie", version(), "naam", "Tevreden", "soort", "share", "beter", "up", "vaak", "month", "nul", "60 %", "doel", "75"), add, 303)
		w.page("lead", add+"?code=tevreden", 200, `value="75"`, "Haal deze indicator weg")

		rules := base + "/bewerken/regels"
		// A rule behind an empty line: what is wrong stands beside the line it was typed on.
		w.holds(w.post("lead", rules, "versie", version(), "soort.2", "stop", "indicator.2", "deelnemers-per-week", "vergelijk.2", "below", "waarde.2", "31", "week.2", "8"), rules, 422,
			"Met deze regel stopt u als het doel van Deelnemers per week gehaald is", `id="f-waarde.2-error"`)
		old := version()
		w.holds(w.post("lead", rules, "versie", old, "soort.0", "stop", "indicator.0", "deelnemers-per-week", "vergelijk.0", "below", "waarde.0", "15", "week.0", "8"), rules, 303)
		body := w.holds(w.post("lead", rules, "versie", old, "soort.0", "stop", "indicator.0", "deelnemers-per-week", "vergelijk.0", "below", "waarde.0", "12", "week.0", "8"), rules, 409,
			"Iemand anders heeft deze pilot intussen veranderd", `value="12"`, "onder 15 mensen")
		if !strings.Contains(body, `name="versie" value="`+version()+`"`) {
			t.Error("who saves again is refused again")
		}
		costs := base + "/bewerken/kosten"
		w.holds(w.post("lead", costs, "versie", version(), "post.0", "Ruimte", "begroot.0", "€ 1.250,50", "echt.0", "duur"), costs, 422, "Vul een bedrag in", `value="duur"`)
		w.holds(w.post("lead", costs, "versie", version(), "post.0", "Ruimte", "begroot.0", "€ 1.250,50", "post.3", "Koffie", "begroot.3", "100", "echt.3", "80"), costs, 303)
		w.page("lead", costs, 200, `value="1250,50"`)
		risks := base + "/bewerken/risicos"
		w.holds(w.post("lead", risks, "versie", version(), "risico.0", "Regen", "zwaarte.0", "high", "antwoord.0", "Binnen wandelen"), risks, 303)
		basis := base + "/bewerken/basis"
		w.page("lead", basis, 200, `value="Samen wandelen"`, `value="2026-03-02"`, "Bas")
		w.page("lead", base+"/bewerken/anders", 404)
		w.page("lead", base, 200, "Start de pilot")
		w.holds(w.post("lead", base+"/start", "versie", "1"), base, 409, "Iemand anders heeft deze pilot")
		w.holds(w.post("lead", base+"/start", "versie", version()), base, 303)
		w.page("lead", base+"?gedaan=started", 200, "De pilot loopt", "Er is nog niets gemeten", "Wat zegt de stopregel vandaag?", "Vul metingen in", "1.350,50")

		day := base + "/meten"
		w.page("lead", day+"?dag=2026-05-04", 200, `value="2026-05-04"`, `name="w.tevreden"`)
		w.holds(w.post("lead", day, "dag", "2026-05-04", "w.deelnemers-per-week", "12,5", "w.tevreden", "x", "n.tevreden", "20"), day, 422, "Dit is geen getal", `value="12,5"`, `value="20"`)
		w.holds(w.post("lead", day, "dag", "2026-05-04", "w.deelnemers-per-week", "12", "w.tevreden", "72,5 %", "n.tevreden", "20"), day, 303)
		w.page("lead", day+"?dag=4-5-2026", 200, "Van deze dag is al iets bewaard", `value="72,5"`)
		w.page("nobody", base, 200, "Nu is een besluit nodig", "72,5\u00a0%", "De regel zegt: stop", `viewBox="0 0 340 184"`, "Er is pas 1 meting")
		w.page("nobody", "/pilots?stand=nu&gemeente=zeist", 200, "Samen wandelen", "Besluit nodig")
		w.page("nobody", "/pilots?gemeente=Lutjebroek", 200, "Wij kennen geen gemeente die Lutjebroek heet")
		w.page("nobody", "/pilots?stand=klaar", 200, "Hier past geen pilot bij")
		w.page("nobody", "/pilots.csv", 200, "Samen wandelen;beweegcoach;Zeist;Gemeente A;Besluit nodig")
		w.page("nobody", base+"/blad", 200, "Besluit van vandaag", "Overdragen")

		decide := base + "/besluit"
		w.page("lead", decide, 200, "Wat is het besluit?", "De pilot raakt een stopregel")
		w.holds(w.post("lead", decide, "versie", version(), "besluit", "stop", "wie", "boss", "reden", "x", "dag", "2026-06-01"), decide, 422, "Schrijf op waarom", `value="boss" checked`)
		w.holds(w.post("lead", decide, "versie", version(), "besluit", "stop", "wie", "boss", "reden", "Te weinig mensen.", "dag", "2026-06-01"), decide, 303)
		w.page("nobody", base, 200, "Gestopt", "1 persoon, Gemeente A", "Te weinig mensen.", "staat als bewijs bij het initiatief")
		note := base + "/logboek"
		w.page("lead", note, 200, "Deze persoon vindt goed dat")
		w.holds(w.post("lead", note, "dag", "2026-05-04", "citaat", "Fijn!"), note, 422, "Een citaat bewaren wij alleen als")
		w.holds(w.post("lead", note, "dag", "2026-05-04", "citaat", "Fijn!", "rol", "deelnemer", "akkoord", "ja"), note, 303)
		w.page("nobody", "/en"+base, 200, "Fijn!", "Stopped")
	})
}

func TestATableIsShownBeforeItIsKept(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		p := w.running()
		at := Path(p.ID) + "/inlezen"
		w.page("lead", at, 200, "Kijk wat erin staat", "datum;deelnemers;klachten")
		table := "datum;deelnemers\n4-5-2026;20\nmorgen;3\n11-5-2026;21\n1-7-2026;22\n"
		var b bytes.Buffer
		m := multipart.NewWriter(&b)
		f, err := m.CreateFormFile("bestand", "meting.csv")
		w.must(err)
		_, err = f.Write([]byte("\ufeff" + table))
		w.must(err)
		w.must(m.Close())
		w.holds(w.ask("lead", http.MethodPost, at, m.FormDataContentType(), b.String()), at, 200,
			"2 metingen zijn goed gelezen", "Regel 3: Dit is geen datum", "(morgen)", "Regel 5: Deze dag moet nog komen", "Bewaar deze 2 metingen", "4-5-2026;20")
		if n := w.count(`SELECT COUNT(*) FROM pilot_measurement`); n != 0 {
			t.Fatalf("looking kept %d", n)
		}
		body := w.holds(w.post("lead", at, "tabel", table, "bewaar", "ja"), at, 200, "2 metingen zijn bewaard", "morgen;3")
		if strings.Contains(body, "4-5-2026;20") {
			t.Error("what is kept is still in the field")
		}
		w.holds(w.post("lead", at, "tabel", "datum;deelnemers\n4-5-2026;20\n18-5-2026;24\n", "bewaar", "ja"), at, 303)
		w.holds(w.post("lead", at, "tabel", "  "), at, 422, "Kies een bestand of plak uw cijfers")
		w.holds(w.post("lead", at, "tabel", "a;b\n1;2"), at, 422, "Er is geen kolom met de naam datum", "a;b")
		w.holds(w.post("other", at, "tabel", table), at, 403)
		// What goes out comes in again.
		csv := w.page("nobody", Path(p.ID)+"/metingen.csv", 200, "\ufeffdatum;indicator;waarde;aantal mensen;spreiding;opmerking", "2026-05-18;deelnemers;24;;;")
		w.holds(w.post("lead", at, "tabel", csv, "bewaar", "ja"), at, 303)
		if n := w.count(`SELECT COUNT(*) FROM pilot_measurement_old`); n != 0 {
			t.Errorf("the same figures made %d corrections", n)
		}
	})
}

func TestAPI(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		p, draft := w.running(), w.draft()
		to := "/api/v1/pilots/" + p.ID + "/measurements"
		send := func(who, path, body string, status int, wants ...string) {
			t.Helper()
			w.holds(w.ask(who, http.MethodPost, path, "application/json", body), path, status, wants...)
		}
		good := `{"measurements":[{"indicator":"klachten","day":"2026-05-04","value":5.5,"people":12,"spread":1.5},{"indicator":"klachten","day":"2026-05-11","value":5,"people":4},{"indicator":"deelnemers","day":"2026-05-11","value":20}]}`
		send("nobody", to, good, 401)
		send("program-b", to, good, 401)
		send("program-b", "/api/v1/pilots/"+draft.ID+"/measurements", good, 404)
		send("program", to, good, 200, `{"added":3,"corrected":0,"unchanged":0}`)
		send("program", to, good, 200, `{"added":0,"corrected":0,"unchanged":3}`)
		send("program", to, `{"measurements":[{"indicator":"klachten","day":"2026-05-04","value":6,"people":12}]}`, 200, `"corrected":1`)
		send("program", to, `{"measurements":[{"indicator":"x","day":"2026-05-04","value":6}]}`, 400, `"name":"measurements[0]"`)
		send("program", to, `{"measurements":[{"indicator":"deelnemers","day":"gisteren","value":6}]}`, 400, `measurements[0].day`)
		send("program", to, `{"measurements":[]}`, 400)
		send("program", to, `{"measurements":[{"indicator":"klachten","day":"2026-05-04","value":6,"colour":"red"}]}`, 400)
		body := w.page("nobody", to+"?indicator=klachten&limit=1", 200, `"items":[]`, `cursor=2026-05-11`)
		if strings.Contains(body, `"value":5`) {
			t.Error("four people are told to all")
		}
		w.page("nobody", to+"?indicator=klachten&limit=1&cursor=2026-05-11", 200, `"value":6,"people":12`)
		w.page("nobody", to, 400, "indicator")
		w.page("nobody", "/api/v1/pilots/"+draft.ID, 404)
		w.page("nobody", "/api/v1/pilots?cursor=x", 400)
		w.page("nobody", "/api/v1/pilots?municipality=Ede", 200, `"items":[]`)
		var v apiPilot
		w.must(json.Unmarshal([]byte(w.page("nobody", "/api/v1/pilots/"+p.ID, 200)), &v))
		if v.Status != Running || len(v.Indicators) != 2 || v.Indicators[1].Value == nil || *v.Indicators[1].Value != 6 || v.Rules[0].Verdict != Passes {
			t.Errorf("%+v", v)
		}
		w.page("nobody", "/api/v1/pilots?state=running", 200, `"status":"running"`)
	})
}
