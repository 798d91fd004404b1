package app_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"wijkbaak.nl/internal/app"
	"wijkbaak.nl/internal/apptest"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/feature/offers"
	"wijkbaak.nl/internal/feature/practices"
	"wijkbaak.nl/internal/feature/surveys"
	"wijkbaak.nl/internal/protocol/practice"
	"wijkbaak.nl/internal/trust/access"
)

// sender makes packages that come on a stick.
type sender struct {
	t   *testing.T
	key practice.Key
	app *app.App
}

// sign packs with the schemas of the rooms, twice: the bytes are the same.
func (s sender) sign(p practice.Package) (tgz []byte, signature string) {
	s.t.Helper()
	p.Schemas = map[string][]byte{}
	for name, schema := range map[string][]byte{"initiatives": s.app.Initiatives.PartSchema(), "pilots": s.app.Pilots.PartSchema(),
		"surveys": s.app.Fits.Surveys.PartSchema(), "offers": s.app.Fits.Offers.PartSchema()} {
		if _, ok := p.Parts[name]; ok {
			p.Schemas[name] = schema
		}
	}
	schema, err := os.ReadFile("../feature/practices/schemas/material.json")
	if err != nil {
		s.t.Fatal(err)
	}
	if _, ok := p.Parts["material"]; ok {
		p.Schemas["material"] = schema
	}
	tgz, err = practice.Pack(p)
	if err != nil {
		s.t.Fatal(err)
	}
	again, err := practice.Pack(p)
	if err != nil || practice.Hash(again) != practice.Hash(tgz) {
		s.t.Fatalf("packed twice it is not the same: %v", err)
	}
	signature, err = s.key.SignPackage(p.Manifest.Name, p.Manifest.Version, tgz)
	if err != nil {
		s.t.Fatal(err)
	}
	return tgz, signature
}

func stroll(t *testing.T) practice.Package {
	t.Helper()
	p, err := practice.ReadFolder(os.DirFS("../feature/practices/demo/ommetje"), practice.Usual)
	if err != nil {
		t.Fatal(err)
	}
	p.Manifest.Name, p.Manifest.URL = "elders.ommetje", "https://elders.example/estafette/elders.ommetje"
	p.Resources = maps.Clone(p.Resources)
	for name, data := range p.Resources { // another one than the demonstration took over
		p.Resources[name] = []byte(strings.ReplaceAll(string(data), "rivierdal.example", "elders.example"))
	}
	return p
}

// TestSurveysOffersAndLettersComeAlong: they come in as drafts and proposals, are
// accepted and changed here, and an upgrade keeps what was changed here.
func TestSurveysOffersAndLettersComeAlong(t *testing.T) {
	apptest.Each(t, apptest.Options{}, func(t *testing.T, w *apptest.World) {
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatalf("%v", err)
			}
		}
		a := w.App
		ctx := i18n.With(context.WithoutCancel(t.Context()), a.Words, i18n.Reference)
		who, found, err := a.Practices.People.DemoLead(ctx, a.DB, "Els")
		if err != nil || !found {
			t.Fatal(found, err)
		}
		actor, err := a.Practices.People.Actor(ctx, a.DB, who.ID)
		must(err)
		lead := access.With(ctx, actor)
		editor := access.With(ctx, access.Actor{Person: who.ID, SecondFactor: true, Channel: access.Page, Grants: []access.Grant{{Role: access.Editor, Place: "/"}}})
		key, _, err := practice.NewKey("elders.example")
		must(err)
		from := sender{t, key, a}

		one := stroll(t)
		tgz, signature := from.sign(one)
		id, err := a.Practices.TakeFile(lead, tgz, signature, "")
		must(err)
		v, err := a.Practices.Look(lead, id)
		must(err)
		if strings.Join(v.Pieces, " ") != "initiatives pilots surveys offers material" {
			t.Errorf("the order is %v", v.Pieces)
		}
		answers := map[string]string{"plek": "de kade", "aanbieder": "Wandelclub (voorbeeld)", "prijs_lunch": "6,50"}
		slug, err := a.Practices.Adopt(lead, id, practices.Yes{Name: "Ommetje elders", Organisation: who.Organisation, Answers: answers, Trust: true})
		must(err)

		// Two proposals, of which nothing is in the catalogue yet.
		proposals := func() map[string]offers.Proposal {
			t.Helper()
			list, err := a.Fits.Offers.Proposals(editor, a.DB)
			must(err)
			m := map[string]offers.Proposal{}
			for _, p := range list {
				if p.Body.Initiative == slug {
					m[p.Name] = p
				}
			}
			return m
		}
		list := proposals()
		lunch := list["Wandelen met lunch (voorbeeld)"]
		if len(list) != 2 || lunch.By != "Wandelclub (voorbeeld)" || lunch.Body.Cost.Cents != 650 || lunch.Body.Cost.Per != "visit" || lunch.Why != "Ommetje elders" {
			t.Fatalf("%+v", list)
		}
		if l, err := a.Fits.Offers.List(editor, offers.Page{Filter: offers.Filter{}, Limit: 100}); err != nil || slices.ContainsFunc(l.Cards, func(c offers.Card) bool { return strings.HasPrefix(c.Name, "Wandelen met lunch") }) {
			t.Errorf("an offer was published by itself: %v", err)
		}
		// One draft of a survey, which nobody can fill in.
		survey := func() surveys.Survey {
			t.Helper()
			desk, err := a.Fits.Surveys.Desk(editor)
			must(err)
			i := slices.IndexFunc(desk, func(s surveys.Survey) bool { return strings.HasPrefix(s.URL, "https://elders.example/") })
			if i < 0 {
				t.Fatal("no survey came in")
			}
			return desk[i]
		}
		draft := survey()
		if draft.Status != surveys.Draft || draft.Version != "1.0.0" {
			t.Errorf("%+v", draft)
		}
		if _, err := a.Fits.Surveys.Current(ctx, draft.Slug); err == nil {
			t.Error("the survey was published by itself")
		}

		// Here the editor accepts one offer and makes it our own, and changes a question.
		made, err := a.Fits.Offers.Decide(editor, lunch.ID, true, "", 0)
		must(err)
		got, err := a.Fits.Offers.Get(editor, made)
		must(err)
		mine := got.Offer
		mine.Summary, mine.Places = "Bij ons elke laatste vrijdag.", nil
		mine.Join.Phone = "088 - 000 00 99"
		must(a.Fits.Offers.Edit(editor, made, mine, got.Version, "tijd"))
		parsed, err := a.Fits.Surveys.Version(editor, draft.ID)
		must(err)
		_, err = a.Fits.Surveys.Import(editor, draft.Place, []byte(strings.Replace(string(parsed.Questionnaire), "Wat kan er beter?", "Wat kan bij ons beter?", 1)), parsed.Plan)
		must(err)

		// The newer package changes other things, and one that was changed here too.
		two := stroll(t)
		two.Manifest.Version = "1.1.0"
		two.Parts["offers"] = []byte(strings.NewReplacer("Daarna eten wij samen soep en brood.", "Daarna eten wij samen.", "in uw eigen tempo", "zo snel als u wilt").Replace(string(two.Parts["offers"])))
		questionnaire := string(two.Resources["Questionnaire-ommetje.json"])
		two.Resources["Questionnaire-ommetje.json"] = []byte(strings.NewReplacer(`"version": "1.0.0"`, `"version": "1.1.0"`, "Hoe vaak liep u mee?", "Hoe vaak hebt u meegelopen?", "Wat kan er beter?", "Wat mist u?").Replace(questionnaire))
		two.Files = map[string][]byte{"uitnodiging.md": []byte("# Kom ook!\n\nWij beginnen bij {{plek}}.\n")}
		tgz, signature = from.sign(two)
		id, err = a.Practices.TakeFile(lead, tgz, signature, slug)
		must(err)
		v, err = a.Practices.Look(lead, id)
		must(err)
		var where []string
		for _, d := range v.Differences {
			where = append(where, d.Part+" "+d.At)
		}
		want := "offers /offers/ommetje/description; offers /offers/wandellunch/description; Questionnaire-ommetje.json /item/beter/text; Questionnaire-ommetje.json /item/vaak/text; Questionnaire-ommetje.json /version; files uitnodiging.md"
		slices.Sort(where)
		wanted := strings.Split(want, "; ")
		slices.Sort(wanted)
		if !slices.Equal(where, wanted) {
			t.Errorf("it differs at %q", where)
		}
		if len(v.Conflicts) != 1 || v.Conflicts[0].ID() != "Questionnaire-ommetje.json/item/beter/text" {
			t.Errorf("%+v", v.Conflicts)
		}
		_, err = a.Practices.Upgrade(lead, id, nil, nil)
		must(err)
		list = proposals()
		lunch = list["Wandelen met lunch (voorbeeld)"]
		if len(list) != 2 || lunch.Offer == "" || !strings.HasSuffix(lunch.Body.Description, "Daarna eten wij samen.") || lunch.Body.Summary != "Bij ons elke laatste vrijdag." || lunch.Body.Join.Phone == "" ||
			!strings.Contains(list["Ommetje met de buurt (voorbeeld)"].Body.Description, "zo snel") {
			t.Errorf("%+v", list)
		}
		if got, err = a.Fits.Offers.Get(editor, made); err != nil || !strings.Contains(got.Description, "soep") {
			t.Errorf("the entry changed without the editor: %v %q", err, got.Description)
		}
		draft = survey()
		parsed, err = a.Fits.Surveys.Version(editor, draft.ID)
		must(err)
		for _, text := range []string{"Hoe vaak hebt u meegelopen?", "Wat kan bij ons beter?"} {
			if draft.Version != "1.1.0" || !strings.Contains(string(parsed.Questionnaire), text) {
				t.Errorf("version %s lacks %q", draft.Version, text)
			}
		}
		page := w.As(apptest.Editor).Get("/overgenomen/" + slug + "/bestand/uitnodiging.md")
		if page.Status != 200 || !strings.Contains(page.Body, "bij de kade") {
			t.Errorf("%d %s", page.Status, page.Body)
		}

		// What came along goes on to the next: with the keys of its origin, and the price asked.
		must(a.Fits.Surveys.Publish(editor, draft.ID))
		p, err := a.Practices.Offering(lead, slug)
		must(err)
		if strings.Join(p.Chosen["offers"], " ") != made || len(p.Chosen["surveys"]) != 1 || len(p.Files) != 1 || p.Files[0].Title != "Uitnodiging voor het ommetje" {
			t.Errorf("%+v %+v", p.Chosen, p.Files)
		}
		asked := map[string]string{}
		for _, q := range p.Asked {
			asked[q.Key] = q.Default
		}
		if len(asked) != 2 || asked["prijs_wandellunch"] != "6,50" {
			t.Errorf("%+v", p.Asked)
		}
		o := p.Offer
		o.Summary, o.Note = "Wandelen in de buurt.", "Eerste versie."
		must(a.Practices.OfferDemo(lead, slug, o))
		data, err := a.Practices.Package(lead, a.DB, o.Name, o.Version)
		must(err)
		out, err := practice.Read(strings.NewReader(string(data)), practice.Usual)
		must(err)
		part := string(out.Parts["offers"])
		for _, never := range []string{"088", "Wandelclub", "6,50", "Sluisplein"} {
			if strings.Contains(part, never) {
				t.Errorf("%q went along: %s", never, part)
			}
		}
		if !strings.Contains(part, `"id": "wandellunch"`) || !strings.Contains(part, "{{prijs_wandellunch}}") || out.Resources["Questionnaire-ommetje.json"] == nil || out.Resources["PlanDefinition-ommetje.json"] == nil {
			t.Errorf("%s %v", part, slices.Collect(maps.Keys(out.Resources)))
		}
	})
}

// TestBadThingsInAPackageAreRefused: beside the package, in a sentence, and nothing
// is made of it.
func TestBadThingsInAPackageAreRefused(t *testing.T) {
	w := apptest.SQLite(t, apptest.Options{})
	a := w.App
	ctx := i18n.With(context.WithoutCancel(t.Context()), a.Words, i18n.Reference)
	editor := access.With(ctx, access.Actor{Person: w.Person(apptest.Editor), SecondFactor: true, Channel: access.Page, Grants: []access.Grant{{Role: access.Editor, Place: "/"}}})
	key, _, err := practice.NewKey("elders.example")
	if err != nil {
		t.Fatal(err)
	}
	from := sender{t, key, a}
	form, offer := "Questionnaire-ommetje.json", "offers"
	for name, c := range map[string]struct {
		change func(p *practice.Package)
		at     string
	}{
		"a question of no type": {func(p *practice.Package) {
			p.Resources[form] = []byte(strings.Replace(string(p.Resources[form]), `"type": "text"`, `"type": "attachment"`, 1))
		}, form},
		"a questionnaire without a title": {func(p *practice.Package) {
			p.Resources[form] = []byte(strings.Replace(string(p.Resources[form]), `"title": "Hoe bevalt`, `"purpose": "Hoe bevalt`, 1))
		}, form},
		"a plan of another": {func(p *practice.Package) {
			p.Resources["PlanDefinition-ommetje.json"] = []byte(strings.Replace(string(p.Resources["PlanDefinition-ommetje.json"]), "Questionnaire/ommetje", "Questionnaire/anders", 1))
		}, "PlanDefinition-ommetje.json"},
		"a plan that is not there": {func(p *practice.Package) { delete(p.Resources, "PlanDefinition-ommetje.json") }, "PlanDefinition-ommetje.json"},
		"a product elsewhere": {func(p *practice.Package) {
			p.Parts[offer] = []byte(strings.Replace(string(p.Parts[offer]), `"kind": "activity",`, `"kind": "activity", "upl": "http://standaarden.overheid.nl/owms/terms/x",`, 1))
			p.Parts[offer] = []byte(strings.Replace(string(p.Parts[offer]), `"eenzaamheid"`, `"onbekend"`, 1))
		}, "parts/offers.json"},
		"two of one name": {func(p *practice.Package) {
			p.Parts[offer] = []byte(strings.Replace(string(p.Parts[offer]), `"id": "wandellunch"`, `"id": "ommetje"`, 1))
		}, "parts/offers.json"},
		"a file that is not there": {func(p *practice.Package) { p.Files = map[string][]byte{} }, "parts/material.json"},
		"a file that may not be changed": {func(p *practice.Package) {
			p.Parts["material"] = []byte(strings.Replace(string(p.Parts["material"]), "CC-BY-4.0", "CC-BY-ND-4.0", 1))
		}, "files/uitnodiging.md"},
	} {
		p := stroll(t)
		c.change(&p)
		tgz, signature := from.sign(p)
		id, err := a.Practices.TakeFile(editor, tgz, signature, "")
		if err != nil {
			t.Fatal(name, err)
		}
		_, err = a.Practices.Look(editor, id)
		at := fmt.Sprint(fault.FieldsOf(err))
		if err == nil || !strings.Contains(at, c.at) {
			t.Errorf("%s: %v at %s", name, err, at)
		}
		if err := a.Practices.Drop(editor, id); err != nil {
			t.Fatal(err)
		}
	}
	for name, change := range map[string]func(s string) string{
		"a way to join": func(s string) string {
			return strings.Replace(s, `"kind": "activity",`, `"kind": "activity", "join": {"url": "https://elders.example"},`, 1)
		},
		"a product outside": func(s string) string {
			return strings.Replace(s, `"kind": "activity",`, `"kind": "activity", "upl": "https://elders.example/x",`, 1)
		},
		"an id that climbs": func(s string) string { return strings.Replace(s, `"id": "ommetje"`, `"id": "../../ommetje"`, 1) },
	} {
		if err := practice.CheckPart(offer, a.Fits.Offers.PartSchema(), []byte(change(string(stroll(t).Parts[offer])))); practice.KindOf(err) != practice.BadPart {
			t.Errorf("%s: %v", name, err)
		}
	}
}
