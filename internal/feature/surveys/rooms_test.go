package surveys

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/search"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/protocol/fhir"
	"wijkbaak.nl/internal/trust/access"
)

// small is a questionnaire with most kinds of questions.
func small(version string, more ...string) []byte {
	return []byte(`{"resourceType":"Questionnaire","url":"urn:test:small","version":"` + version + `","name":"Small","title":"Kleine lijst ` + version + `","status":"draft","item":[
	{"linkId":"alone","type":"boolean","text":"Woont u alleen?","required":true},
	{"linkId":"who","type":"string","text":"Wie woont er bij u?","enableWhen":[{"question":"alone","operator":"=","answerBoolean":false}]},
	{"linkId":"born","type":"date","text":"Wanneer bent u geboren?"},
	{"linkId":"weight","type":"quantity","text":"Hoe zwaar bent u?","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-unit","valueCoding":{"system":"http://unitsofmeasure.org","code":"kg","display":"kilo"}},{"url":"http://hl7.org/fhir/StructureDefinition/minValue","valueQuantity":{"value":20}}]},
	{"linkId":"drink","type":"open-choice","text":"Wat drinkt u?","repeats":true,"answerOption":[{"valueCoding":{"system":"s","code":"koffie","display":"Koffie"}},{"valueCoding":{"system":"s","code":"thee","display":"Thee"}}]},
	{"linkId":"say","type":"text","text":"Vertel eens","maxLength":10}` + strings.Join(more, "") + `]}`)
}

const smallPlan = `{"resourceType":"PlanDefinition","url":"urn:test:small:plan","version":"1","status":"draft","relatedArtifact":[{"type":"depends-on","resource":"urn:test:small"}],
	"action":[{"title":"Koffie","textEquivalent":"u alleen woont","code":[{"coding":[{"system":"urn:wijkbaak:theme","code":"eenzaamheid"},{"system":"urn:wijkbaak:word","code":"koffie"}]}],
	"condition":[{"kind":"applicability","expression":{"language":"text/fhirpath","expression":"%resource.item.where(linkId='alone').answer.value = true"}}]}]}`

// published makes a version and publishes it.
func (d *desk) published(data []byte) string {
	d.t.Helper()
	id, err := d.Import(d.as(editor), "/0153", data, []byte(smallPlan))
	d.must(err)
	d.must(d.Publish(d.as(editor), id))
	return id
}

func TestEveryKindOfAnswerOnOnePage(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.published(small("1"))
		f := d.fill(nobody, d.post(nobody, base+"/lijst/small/invullen", "hoe", "alles"))
		if strings.Contains(f.page.text, "Wie woont er bij u?") {
			t.Error("what is not asked is shown")
		}
		v := func(link string) string { return d.field("small", link) }
		d.has(f.press("verder", v("alone"), "false", v("born"), "31-02-1948", v("weight"), "tachtig", v("say"), "veel te lang verhaal"), 422,
			"Deze datum bestaat niet", "Vul een getal in", "Dit is te lang")
		if f.fields[v("born")][0] != "31-02-1948" || f.fields[v("weight")][0] != "tachtig" {
			t.Error("what was typed is lost", f.fields)
		}
		d.has(f.press("verder", v("born"), "2-3-1948", v("weight"), "12", v("say"), "kort"), 422, "20 of meer")
		d.has(f.press("verder", v("weight"), "71,5", v("drink"), "0", v("drink")+behindOther, "Karnemelk"), 200, "Klopt dit zo?", "Geen antwoord")
		d.has(f.press("naar:1"), 200, "Wie woont er bij u?")
		p := d.has(f.press("verder", v("who"), "Mijn zus"), 200, "Klopt dit zo?", "Mijn zus", "02-03-1948", "71,5 kilo", "Koffie; Karnemelk", "kort")
		g := d.fill(nobody, d.post(nobody, base+"/lijst/small/invullen", "hoe", "alles"))
		d.has(g.press("verder", v("alone"), "false"), 200, "vragen bijgekomen", "Wie woont er bij u?")
		// A summary after a change of mind leaves out what is no longer asked.
		d.has(f.press("naar:0"), 200)
		d.has(f.press("verder", v("alone"), "true"), 200, "Klopt dit zo?")
		if strings.Contains(f.page.text, "Mijn zus") {
			t.Error("an answer that is no longer asked is shown: ", p.text)
		}
		d.has(f.press("stuur"), 200, "Omdat u zei dat u alleen woont", "Koffie")
		if !strings.Contains(f.page.body, "/zoeken?vraag=koffie") {
			t.Error(f.page.body)
		}
	})
}

func TestWhoBeganWithAnOldVersionFinishesIt(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		one := d.published(small("1"))
		f := d.fill(nobody, d.post(nobody, base+"/lijst/small/invullen", "hoe", "alles"))
		two := d.published(small("2", `,{"linkId":"extra","type":"boolean","text":"Een nieuwe vraag?","required":true}`))
		d.has(f.press("verder", "v0", "true"), 200, "Klopt dit zo?")
		if strings.Contains(f.page.text, "nieuwe vraag") {
			t.Error("the old version asks what the new one does")
		}
		d.has(f.press("bewaar"), 303)
		path := f.page.to
		d.has(d.get(nobody, path), 200, "Nog niet klaar", "Kleine lijst 1")
		g := d.fill(nobody, d.post(nobody, strings.TrimSuffix(path, "?nieuw=1")+"/verder"))
		d.has(g.press("kijk"), 200, "Klopt dit zo?")
		d.has(g.press("stuur"), 303)
		d.has(d.get(nobody, g.page.to), 200, "Ingevuld", "Omdat u zei dat u alleen woont")
		if n := d.count("SELECT COUNT(*) FROM survey_response WHERE survey = $1 AND state = 'completed'", one); n != 1 {
			t.Error("not kept as the old version")
		}
		v1, err := d.Version(d.as(nobody), one)
		d.must(err)
		v2, err := d.Version(d.as(nobody), two)
		d.must(err)
		if v1.Status != Retired || v2.Status != Published {
			t.Error(v1.Status, v2.Status)
		}
		d.has(d.get(nobody, Path("small")), 200, "Versie 2")
		d.has(d.post(nobody, g.page.to+"/opnieuw"), 200, "Woont u alleen?")
		d.has(d.post(nobody, g.page.to+"/weg"), 303)
		d.has(d.get(nobody, g.page.to), 404)
		if d.post(nobody, base+"/lijst/small/invullen", "staat", "niets").status != 422 {
			t.Error("a state that is not ours is taken")
		}
	})
}

func TestPaperIsTypedInByAHelper(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.published(small("1"))
		p := d.has(d.get(nobody, base+"/lijst/small/papier"), 200, "Wie woont er bij u?", "Alleen als u bij", "Koffie", "Voor uzelf")
		code := p.text[strings.Index(p.text, "Uw code: ")+len("Uw code: "):]
		code = strings.Join(strings.Fields(code)[:12], "-")
		enter := base + "/lijst/small/invoeren?code=" + code
		d.has(d.get(nobody, enter), 403)
		d.has(d.get(nobody, base+"/terug/"+code+"?lijst=small"), 404)
		if to := d.get(coach, base+"/terug/"+code+"?lijst=small").to; to != enter {
			t.Error(to)
		}
		d.has(d.get(coach, base+"/lijst/small/invoeren"), 200, "Papieren lijst intypen")
		f := d.fill(coach, d.get(coach, enter))
		d.has(f.page, 200, "U typt een papieren lijst in")
		d.has(f.press("verder", "v0", "true"), 200, "Klopt dit zo?")
		// The mark of the helper cannot be carried off by somebody else.
		thief := *f
		thief.actor = nobody
		d.has(thief.press("stuur"), 403)
		d.has(f.press("stuur"), 303)
		d.has(d.get(nobody, base+"/terug/"+code), 200, "van papier overgenomen", "Omdat u zei dat u alleen woont")
		if n := d.count("SELECT COUNT(*) FROM survey_response WHERE channel = 'paper' AND entered_by = 'coach' AND person = ''"); n != 1 {
			t.Error("not marked as typed in")
		}
		g := d.fill(coach, d.get(coach, enter))
		d.has(g.press("verder", "v0", "false", "v5", "anders"), 200)
		d.has(g.press("verder"), 200, "Klopt dit zo?")
		d.has(g.press("stuur"), 422, "al een andere ingevulde lijst")
	})
}

func TestTheAccountKeepsARowAndThePictureInTime(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.must(d.demo(d.as(access.Actor{Channel: access.Shell})))
		start := base + "/lijst/zes-gebieden/invullen"
		var path string
		for n, how := range []string{"nooit", "vaak"} {
			f := d.fill(neighbour, d.post(neighbour, start))
			if n > 0 {
				f = d.fill(neighbour, d.post(neighbour, path+"/opnieuw"))
			}
			f.sixAreas(how)
			f.press("stuur", "telt", "ja")
			twice := *f
			d.has(f.press("bewaar"), 303)
			path, _, _ = strings.Cut(f.page.to, "?")
			if twice.press("bewaar"); twice.page.to != f.page.to {
				t.Error("pressed twice, kept twice", twice.page.to, f.page.to)
			}
			d.clock.Advance(40 * 24 * time.Hour)
		}
		d.has(d.get(neighbour, base+"/mijn"), 200, "Mijn lijsten", "Hoe gaat het met mij?")
		d.has(d.get(neighbour, path), 200, "Wat het niet kan zeggen", "22 november 2026")
		if n := d.count("SELECT COUNT(*) FROM survey_response"); n != 2 {
			t.Errorf("%d rows", n)
		}
		d.has(d.get(other, path), 404)
		d.has(d.post(other, path+"/weg"), 404)
		d.has(d.get(nobody, base+"/mijn"), 403)
		if n := d.count("SELECT CAST(SUM(n) AS BIGINT) FROM survey_tally WHERE score = 'lichaam'"); n != 2 {
			t.Errorf("counted %d times", n)
		}
		d.must(d.DB.Read(d.as(nobody), func(ctx context.Context, r db.Reader) error {
			part, err := personal{}.Export(ctx, r, "neighbour")
			text, _ := json.Marshal(part)
			if err != nil || strings.Count(string(text), "QuestionnaireResponse") != 2 {
				t.Error(err, string(text))
			}
			if part, err := (personal{}).Export(ctx, r, "other"); err != nil || part.Data != nil {
				t.Error(part, err)
			}
			return nil
		}))
		d.must(d.DB.Write(d.as(nobody), func(ctx context.Context, tx *db.Tx) error { return personal{}.Erase(ctx, tx, "neighbour") }))
		if n := d.count("SELECT COUNT(*) FROM survey_response"); n != 0 {
			t.Error("something stays of who was erased")
		}
	})
}

func TestACodeCanMoveToAnAccountAndEnds(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.published(small("1"))
		f := d.fill(nobody, d.post(nobody, base+"/lijst/small/invullen"))
		d.has(f.press("bewaar", "v0", "true"), 303)
		path, _, _ := strings.Cut(f.page.to, "?")
		d.has(d.post(nobody, base+"/terug", "code", "dit is geen code"), 422, "Deze code klopt niet")
		if to := d.post(nobody, base+"/terug", "code", strings.TrimPrefix(path, base+"/terug/")).to; to != path {
			t.Error(to)
		}
		d.has(d.post(neighbour, path+"/mijn"), 303)
		d.has(d.get(nobody, path), 404)
		list, err := d.Mine(d.as(neighbour))
		d.must(err)
		if len(list) != 1 || len(list[0].Answers["alone"]) != 1 {
			t.Error(list)
		}
		// What goes on saves itself, page by page.
		g := d.fill(neighbour, d.post(neighbour, base+"/mijn/"+list[0].Response.ID+"/verder"))
		d.has(g.press("verder", "v2", "1-2-1950"), 200)
		list, err = d.Mine(d.as(neighbour))
		d.must(err)
		if len(list[0].Answers["born"]) != 1 {
			t.Error("not saved on the way")
		}
		d.clock.Advance(BusyTerm + CompleteTerm)
		d.must(d.Forget(d.as(nobody)))
		if n := d.count("SELECT COUNT(*) FROM survey_response"); n != 1 {
			t.Error("what is in an account was forgotten")
		}
	})
}

func TestFewerThanTenAreNeverShown(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.must(d.demo(d.as(access.Actor{Channel: access.Shell})))
		p, err := d.Current(d.as(nobody), "mantelzorg")
		d.must(err)
		count := func(n int) {
			d.must(d.DB.Write(d.as(nobody), func(ctx context.Context, tx *db.Tx) error {
				for k := range n {
					if err := d.count2(ctx, tx, p, float64(k)); err != nil {
						return err
					}
				}
				return nil
			}))
		}
		means := func() []Mean {
			list, err := d.Means(d.as(nobody), d.DB, p.URL, d.clock.Now().AddDate(0, -1, 0), time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC))
			d.must(err)
			return list
		}
		count(9)
		if list := means(); list != nil {
			t.Error(list)
		}
		count(11)
		if list := means(); list != nil {
			t.Error("a month that still runs is shown, and grows by one", list)
		}
		d.clock.Advance(10 * 24 * time.Hour) // december
		if list := means(); len(list) != 1 || list[0].N != 20 || list[0].Score != "last" {
			t.Error(list)
		}
		// One more in the next month: no period tells what that one said.
		count(1)
		d.clock.Advance(31 * 24 * time.Hour)
		list, err := d.Means(d.as(nobody), d.DB, p.URL, d.clock.Now().AddDate(0, -3, 0), d.clock.Now())
		if err != nil || len(list) != 1 || list[0].N != 20 {
			t.Error(list, err)
		}
	})
}

// count2 counts a score under a key of its own.
func (d *desk) count2(ctx context.Context, tx *db.Tx, p *Parsed, v float64) error {
	return d.Service.count(ctx, tx, p, []fhir.Score{{Item: p.Form.Item("last"), Value: v}}, newKey())
}

func TestEditorsImportAndOthersDoNot(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		_, err := d.Import(d.as(stranger), "/0153", small("1"), nil)
		d.is(err, fault.KindDenied)
		to := base + "/beheer/inlezen"
		d.has(d.post(coach, to, "json", "{}"), 403)
		d.has(d.post(editor, to), 422, "Plak hier een vragenlijst")
		d.has(d.post(editor, to, "json", string(small("1", `,{"linkId":"x","type":"time","enableWhen":[{"question":"y","operator":"=","answerBoolean":true}]}`))), 422,
			"Questionnaire.item[6].type : het soort time kennen wij niet", "Questionnaire.item[6].enableWhen[0].question : er is geen vraag y")
		d.has(d.post(editor, to, "json", string(small("1")), "plan", strings.ReplaceAll(smallPlan, "urn:test:small\"", "urn:test:large\"")), 422, "horen bij een andere vragenlijst")
		d.has(d.post(editor, to, "json", string(small("1")), "plan", strings.ReplaceAll(smallPlan, "%resource", "%resource.(")), 422, "deze formule kan niet")
		p := d.has(d.post(editor, to, "json", string(small("1")), "plan", smallPlan), 200, "De lijst is goed. Hij heeft 6 vragen.", "Bewaar als concept")
		if d.count("SELECT COUNT(*) FROM survey") != 0 {
			t.Error("a check keeps something: ", p.text)
		}
		p = d.post(editor, to, "json", string(small("1")), "plan", smallPlan, "doe", "bewaar")
		path, _, _ := strings.Cut(p.to, "?")
		d.has(d.get(editor, path), 200, "Concept", "Zet online")
		d.has(d.get(stranger, path), 404)
		d.has(d.get(nobody, Path("small")), 404)
		f := d.fill(editor, d.get(editor, path+"/invullen"))
		d.has(f.page, 200, "Er wordt niets bewaard")
		thief := *f
		thief.actor = nobody
		if p := thief.press("verder", "v0", "true"); p.status != 404 {
			t.Error("a draft is filled in by somebody else", p.status)
		}
		d.has(d.post(stranger, path+"/publiceren"), 404)
		d.has(d.post(editor, path+"/publiceren"), 303)
		d.has(d.get(nobody, Path("small")), 200, "Kleine lijst 1")
		d.has(d.post(editor, path+"/weg"), 409)
		d.has(d.post(editor, to, "json", string(small("1"))), 422, "versie 1 is er al")
		body := d.get(editor, path+"/bestand/vragenlijst").body
		if !strings.Contains(body, `"status":"active"`) {
			t.Error(body)
		}
		d.has(d.post(editor, path+"/stoppen"), 303)
		d.has(d.get(nobody, Path("small")), 404)
		// Another questionnaire cannot take the address.
		d.has(d.post(editor, to, "json", strings.ReplaceAll(string(small("9")), "urn:test:small", "urn:test:thief")), 422, "heeft het adres small al")
	})
}

func TestTheAPIWorksOutAnswersAndKeepsNone(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		id := d.published(small("1"))
		send := func(path, body string) (int, map[string]any) {
			r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
			r.Header.Set("Content-Type", "application/fhir+json")
			p := d.ask(nobody, r)
			var v map[string]any
			if err := json.Unmarshal([]byte(p.body), &v); err != nil {
				t.Fatal(err, p.body)
			}
			return p.status, v
		}
		at := web.APIPath + "/questionnaire-responses"
		good := `{"resourceType":"QuestionnaireResponse","questionnaire":"urn:test:small|1","status":"completed","item":[{"linkId":"alone","answer":[{"valueBoolean":true}]}]}`
		status, v := send(at, good)
		if status != 200 || len(v["advice"].([]any)) != 1 || v["returnCode"] != nil || d.count("SELECT COUNT(*) FROM survey_response") != 0 {
			t.Error(status, v)
		}
		status, v = send(at+"?keep=true", good)
		if code, _ := v["returnCode"].(string); status != 200 || d.get(nobody, base+"/terug/"+code).status != 200 {
			t.Error(status, v)
		}
		for body, want := range map[string]string{
			`{}`: "resourceType", `[]`: "body",
			strings.Replace(good, "true", `"ja"`, 1):                          "QuestionnaireResponse.item[0].answer[0].valueBoolean",
			strings.Replace(good, `"alone"`, `"x"`, 1):                        "QuestionnaireResponse.item[0].linkId",
			strings.Replace(good, `,"answer":[{"valueBoolean":true}]`, "", 1): "alone",
		} {
			status, v := send(at, body)
			if text := fmt.Sprint(v); status != 400 && status != 422 || !strings.Contains(text, "name:"+want) {
				t.Error(body, status, v)
			}
		}
		if status, _ := send(at, strings.Replace(good, "small|1", "small|7", 1)); status != 404 {
			t.Error(status)
		}
		p := d.get(nobody, web.APIPath+"/questionnaires/"+id)
		if p.status != 200 || !strings.Contains(p.body, `"resourceType":"Questionnaire"`) {
			t.Error(p)
		}
		d.has(d.get(nobody, web.APIPath+"/plan-definitions/"+id), 200)
		d.has(d.get(nobody, apiSurveys), 200, "urn:test:small")
	})
}

func TestAStateThatWasChangedIsRefused(t *testing.T) {
	d := &Service{Options: Options{Key: []byte("k")}}
	st := state{Survey: "s", Key: "k", Channel: Screen, Answers: map[string][]string{"a": {"=ja"}}}
	text, ok := d.pack(st)
	if back, good := d.unpack(text); !ok || !good || back.Answers["a"][0] != "=ja" {
		t.Fatal(back)
	}
	changed := []byte(text)
	changed[len(changed)/2] ^= 1
	for _, s := range []string{string(changed), text[1:], "", "x", strings.Repeat("A", packedMost*3)} {
		if _, ok := d.unpack(s); ok {
			t.Errorf("%.20q is taken", s)
		}
	}
	st.Answers["a"] = []string{strings.Repeat("=0123456789", unpackedMost/10)}
	if _, ok := d.pack(st); ok {
		t.Error("a state without bound")
	}
}

func FuzzUnpack(f *testing.F) {
	d := &Service{Options: Options{Key: []byte("k")}}
	text, _ := d.pack(state{Survey: "s"})
	f.Add(text)
	f.Fuzz(func(_ *testing.T, s string) { d.unpack(s) })
}

// TestEveryBuiltInLeadsSomewhere fills in each of our questionnaires at both ends. It
// leaves what comes out in the folder that WIJKBAAK_FHIR_OUT names, for validators.
func TestEveryBuiltInLeadsSomewhere(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.must(d.demo(d.as(access.Actor{Channel: access.Shell})))
		list, err := d.List(d.as(nobody))
		d.must(err)
		if len(list) != 6 {
			t.Fatal(len(list))
		}
		for _, v := range list {
			p, err := d.Current(d.as(nobody), v.Slug)
			d.must(err)
			if len(p.Form.Notes)+len(p.Next.Notes) > 0 {
				t.Error(v.Slug, p.Form.Notes, p.Next.Notes)
			}
			advised, scores := map[string]bool{}, 0
			for kind, name := range map[string]string{"vragenlijst": "questionnaire-", "advies": "plan-"} {
				text, err := p.resource(kind)
				d.must(err)
				leave(t, name+v.Slug+".json", text)
			}
			for k, pick := range []func(n int) int{func(int) int { return 0 }, func(n int) int { return n - 1 }, func(n int) int { return n / 2 }} {
				a := fhir.Answers{}
				for _, i := range p.Form.All {
					if !i.Asked() {
						continue
					}
					switch {
					case len(i.Options) > 0:
						a[i.LinkID] = []fhir.Value{i.Options[pick(len(i.Options))].Value}
						if i.Repeats && pick(9) == 4 {
							for _, o := range i.Options {
								a[i.LinkID] = append(a[i.LinkID], o.Value)
							}
							a[i.LinkID] = a[i.LinkID][1:]
						}
					case i.Type == "boolean":
						a[i.LinkID] = []fhir.Value{{Kind: fhir.Boolean, Text: []string{"true", "false"}[pick(2)]}}
					case i.Type == "integer":
						a[i.LinkID] = []fhir.Value{{Kind: fhir.Integer, Text: "70"}}
					}
				}
				res, err := d.result(d.as(nobody), p, a)
				d.must(err)
				if faults := res.Filled.Check(); len(faults) > 0 || len(res.Filled.Wrong) > 0 {
					t.Error(v.Slug, faults[0].Item.LinkID, faults[0].Code, res.Filled.Wrong)
				}
				scores += len(res.Scores)
				text, err := write(&res.Filled, Response{ID: "r1", State: Complete, Channel: Screen, Changed: d.clock.Now()})
				d.must(err)
				leave(t, fmt.Sprintf("response-%s-%d.json", v.Slug, k), text)
				_, wrong, err := p.Next.Holding(d.as(nobody), &res.Filled, d.read.evaluate(d.clock.Now(), p))
				if err != nil || len(wrong) > 0 {
					t.Error(v.Slug, err, wrong)
				}
				wants, err := d.Wants(d.as(nobody), p, &res.Filled)
				d.must(err)
				for _, w := range wants {
					advised[w.Title] = true
					if w.Reason == "" || w.Step == "" || len(w.Themes)+len(w.Named)+len(w.Kinds) == 0 {
						t.Error(v.Slug, w)
					}
				}
				if len(res.Advice) > AdviceMost || slices.ContainsFunc(res.Advice, func(a Advice) bool { return a.Path == "" || a.Title == "" }) {
					t.Error(res.Advice)
				}
			}
			if scores == 0 {
				t.Error(v.Slug, "no score")
			}
			if len(advised) < len(p.Next.Actions)/2 {
				t.Errorf("%s: only %d of %d advices are ever given", v.Slug, len(advised), len(p.Next.Actions))
			}
		}
	})
}

// asked holds what somebody filled in against what stands in the address.
func TestNoAnswerStandsInAnAddress(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.published(small("1"))
		f := d.fill(nobody, d.post(nobody, base+"/lijst/small/invullen"))
		d.has(f.press("bewaar", "v0", "true"), 303)
		if u, err := url.Parse(f.page.to); err != nil || u.RawQuery != "nieuw=1" {
			t.Error(f.page.to)
		}
	})
}

type advisor struct{ got Need }

func (a *advisor) Advise(_ context.Context, n Need) ([][]Advice, error) {
	a.got = n
	out := make([][]Advice, len(n.Wants))
	for k := range 9 {
		out[0] = append(out[0], Advice{Title: "Koffiekamer", Path: fmt.Sprint("/aanbod/koffiekamer-", k/2), Reason: n.Wants[0].Reason})
	}
	return out, nil
}

// People find the published version by its words, whatever happens to the others.
func TestThePublishedVersionIsFound(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		found := func() string {
			title, err := db.One(t.Context(), d.DB, db.Value[string], "SELECT title FROM search_doc WHERE id = $1", "survey/small")
			if fault.KindOf(err) == fault.KindNotFound {
				return ""
			}
			d.must(err)
			return title
		}
		one := d.published(small("1"))
		if got := found(); got != "Kleine lijst 1" {
			t.Errorf("first %q is found", got)
		}
		two := d.published(small("2"))
		d.must(d.Retire(d.as(editor), one)) // it was retired already
		if got := found(); got != "Kleine lijst 2" {
			t.Errorf("then %q is found", got)
		}
		d.must(d.Retire(d.as(editor), two))
		if got := found(); got != "" {
			t.Errorf("at the end %q is found", got)
		}
	})
}

func TestTheAdvisorGetsNoAnswers(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.published(small("1"))
		a := &advisor{}
		d.Advisor = a
		f := d.fill(nobody, d.post(nobody, base+"/lijst/small/invullen", "hoe", "alles"))
		f.press("verder", "v0", "true", "v5", "geheim")
		d.has(f.press("stuur"), 200, "Koffiekamer")
		for k := range AdviceMost + 1 { // each once, and no more than five
			if n := strings.Count(f.page.body, fmt.Sprint("/aanbod/koffiekamer-", k)); k < AdviceMost && n != 1 || k >= AdviceMost && n != 0 {
				t.Errorf("koffiekamer-%d stands there %d times", k, n)
			}
		}
		if text := fmt.Sprint(a.got); strings.Contains(text, "geheim") || !strings.Contains(text, "eenzaamheid") || a.got.Survey != "urn:test:small" || a.got.Place != "/0153" {
			t.Error(text)
		}
	})
}

func TestQueriesUseTheirIndexes(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		for _, p := range d.Room().Plans {
			if err := d.DB.CheckPlan(d.as(nobody), p); err != nil {
				t.Error(err)
			}
		}
	})
}

func leave(t *testing.T, name string, text []byte) {
	t.Helper()
	if dir := os.Getenv("WIJKBAAK_FHIR_OUT"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// Whoever typed in a paper form has its code. What the person filled in later, under
// a code of their own, does not show with it.
func TestAnEarlierCodeDoesNotShowWhatCameLater(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.must(d.demo(d.as(access.Actor{Channel: access.Shell})))
		keep := func(p page) string {
			f := d.fill(nobody, p)
			f.sixAreas("nooit")
			f.press("stuur")
			d.has(f.press("bewaar"), 303)
			path, _, _ := strings.Cut(f.page.to, "?")
			d.clock.Advance(40 * 24 * time.Hour)
			return path
		}
		first := keep(d.post(nobody, base+"/lijst/zes-gebieden/invullen"))
		second := keep(d.post(nobody, first+"/opnieuw"))
		earlier := func(path string) int {
			k, _, err := d.ByCode(d.as(nobody), strings.TrimPrefix(path, base+"/terug/"))
			d.must(err)
			list, err := d.earlier(d.as(nobody), k.Response)
			d.must(err)
			return len(list)
		}
		if n := earlier(second); n != 1 {
			t.Errorf("%d earlier ones", n)
		}
		if n := earlier(keep(d.post(nobody, second+"/opnieuw"))); n != 2 {
			t.Errorf("%d earlier ones of the third", n)
		}
		if n := earlier(keep(d.post(nobody, first+"/opnieuw"))); n != 1 {
			t.Errorf("the first code shows %d others", n)
		}
		d.has(d.post(neighbour, first+"/mijn"), 303)
		if n := earlier(second); n != 0 {
			t.Error("what is in an account shows under a code")
		}
	})
}

// After a start nothing has been read yet.
func TestAFreshProgramListsWhatIsThere(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.must(d.demo(d.as(access.Actor{Channel: access.Shell})))
		fresh := newDesk(t, d.DB)
		if list, err := fresh.Rated(d.as(nobody), d.DB); err != nil || len(list) == 0 {
			t.Error(list, err)
		}
		fresh = newDesk(t, d.DB)
		n := 0
		if err := fresh.docs(d.as(nobody), d.DB, func(search.Doc) error { n++; return nil }); err != nil || n == 0 {
			t.Error(n, err)
		}
	})
}
