package practices

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/protocol/openapi"
	"wijkbaak.nl/internal/protocol/practice"
)

func pointer(v float64) *float64 { return &v }

func TestAPracticeGoesToAnotherTownAndItsResultsComeBack(t *testing.T) {
	two(t, func(t *testing.T, a, b *town) {
		a.initiative("beeldzorg", example)
		a.offers("beeldzorg", anOffer("1.0.0"), Upload{Name: "brief.md", Data: []byte("Beste inwoner van {{gemeente}}\n")})
		slug := b.takes(a.Address+"/estafette/waterstad.beeldzorg", "Beeldzorg bij ons")
		if got := b.part(slug); got.Name != "Beeldzorg bij ons" || got.Title != "Beeldzorg in Heuvelrijk" || got.Steps[0].Text != "Bel de inwoner van Heuvelrijk" {
			t.Fatalf("%+v", got)
		}
		adopted, err := b.AdoptedOf(b.ctx(), slug)
		b.must(err)
		if adopted.Version != "1.0.0" || adopted.Key != a.Key.Public() || adopted.Address != a.Address {
			t.Errorf("%+v", adopted)
		}
		if status, text := b.page("GET", AdoptedPath(slug)+"/bestand/brief.md"); status != 200 || text != "Beste inwoner van Heuvelrijk\n" {
			t.Errorf("%d %q", status, text)
		}

		// The notice is of a stranger, and waits.
		b.settle()
		held, err := a.Held(a.ctx(), a.DB)
		a.must(err)
		if len(held) != 1 || held[0].Name != "Gemeente heuvelrijk" || held[0].Sender != b.Address {
			t.Fatalf("%+v", held)
		}
		a.must(a.Judge(a.ctx(), held[0].Key, held[0].ID, true))

		// Both towns measure; the other one sends.
		a.shelf.figures["beeldzorg"] = []Figure{{Pilot: "p", PilotName: "Pilot", Indicator: "zelf", Name: "Redt zichzelf", Unit: "%", Value: pointer(60), Baseline: pointer(50), N: 100}}
		b.shelf.figures[slug] = []Figure{
			{Pilot: "q", PilotName: "Proef", Indicator: "zelf", Name: "Redt zichzelf", Unit: "%", Value: pointer(70), Baseline: pointer(50), N: 80},
			{Pilot: "q", Indicator: "klein", Name: "Klein", Unit: "%", Value: pointer(10), N: 9},
			{Pilot: "q", Indicator: "uren", Name: "Uren", Unit: "uur", Value: pointer(3), N: 40},
		}
		b.is(b.Send(b.ctx(), slug, []Pick{{"q", "klein", ""}}), "cijfers", "wrong.nothing")
		b.is(b.Send(b.ctx(), slug, []Pick{{"q", "uren", "veel"}}), "spreiding-q-uren", "wrong.sd")
		a.down = true
		b.must(b.Send(b.ctx(), slug, []Pick{{"q", "zelf", ""}, {"q", "uren", "1,5"}}))
		if err := b.queue.Drain(t.Context()); err == nil {
			t.Error("it went out while nobody was there")
		}
		if _, text := b.page("GET", AdoptedPath(slug)); !strings.Contains(text, "wacht op verbinding") {
			t.Error("the page does not say that a message waits")
		}
		for range 14 { // four days without a connection
			b.clock.Advance(7 * time.Hour)
			b.must(b.Tend(b.ctx(), nil))
			_ = b.queue.Drain(t.Context()) // it cannot go out
		}
		a.down = false
		b.must(b.Tend(b.ctx(), nil))
		b.clock.Advance(7 * time.Hour)
		b.settle()
		list, err := a.Evidence(a.ctx(), a.DB, "", "waterstad.beeldzorg", "beeldzorg")
		a.must(err)
		if len(list) != 2 || list[0].Used != 2 || list[0].Effect < 10 || list[0].Effect > 20 || list[1].Studies[0].SE == 0 {
			t.Errorf("%+v", list)
		}
		if _, text := b.page("GET", AdoptedPath(slug)); !strings.Contains(text, "aangekomen") {
			t.Error("the page does not say that it arrived")
		}

		// A third message of the same is no news; siblings read it with its signature.
		signed := asked(t, a, "/results")
		if len(signed) != 2 {
			t.Fatalf("%d messages", len(signed))
		}
		for _, s := range signed {
			if state, err := a.Receive(a.ctx(), "waterstad.beeldzorg", s); err != nil || state != StateAccepted {
				t.Errorf("%s, %v", state, err)
			}
		}
		if again := asked(t, a, "/results"); len(again) != 2 {
			t.Errorf("%d messages", len(again))
		}
		b.must(b.Tend(b.ctx(), nil))
		if status, text := a.page("GET", "/estafette/waterstad.beeldzorg"); status != 200 || !strings.Contains(text, "Gemeente heuvelrijk") || !strings.Contains(text, "<polygon") || !strings.Contains(text, "<polyline") {
			t.Errorf("%d the page of the practice lacks the results or the tree", status)
		}
	})
}

// asked gives the signed messages that an instance tells.
func asked(t *testing.T, w *town, rest string) []string {
	t.Helper()
	var list apiMessages
	if err := w.askJSON(w.ctx(), api(w.Address, "/waterstad.beeldzorg"+rest), &list); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, m := range list.Messages {
		out = append(out, m.Signed)
	}
	return out
}

func TestUpgradeKeepsOwnChanges(t *testing.T) {
	two(t, func(t *testing.T, a, b *town) {
		a.initiative("beeldzorg", example)
		a.offers("beeldzorg", anOffer("1.0.0"))
		slug := b.takes(a.Address+"/estafette/waterstad.beeldzorg", "Beeldzorg")
		// Here somebody changes step b and adds one; there step b and a change, and a question is new.
		b.initiative(slug, story{Name: "Onze beeldzorg", Title: "Beeldzorg in Heuvelrijk", Steps: []step{{"a", "Bel de inwoner van Heuvelrijk"}, {"b", "Ons scherm"}, {"own", "Koffie"}}})
		a.initiative("beeldzorg", story{Name: "Beeldzorg", Title: "Beeldzorg in {{gemeente}}", Steps: []step{{"a", "Schrijf naar {{adres}}"}, {"b", "Een groot scherm"}, {"c", "Oefen"}}})
		o := anOffer("1.1.0")
		o.Parameters = append(o.Parameters, practice.Parameter{Key: "adres", Question: "Welke straat?", Default: "de Markt"})
		a.offers("beeldzorg", o)
		_, err := b.Fetch(b.ctx(), a.Address+Path("waterstad.beeldzorg"), "1.0.0", slug)
		b.is(err, "pakket", "wrong.same")
		in, err := b.Fetch(b.ctx(), a.Address+Path("waterstad.beeldzorg"), "", slug)
		b.must(err)
		v, err := b.Look(b.ctx(), in)
		b.must(err)
		if len(v.Conflicts) != 1 || v.Conflicts[0].ID() != "initiatives/steps/b/text" || len(v.Parameters) != 1 || len(v.Differences) == 0 {
			t.Fatalf("%+v %+v %+v", v.Conflicts, v.Parameters, v.Differences)
		}
		if status, text := b.page("GET", incomingPath(in)); status != 200 || !strings.Contains(text, "Een groot scherm") || !strings.Contains(text, "Ons scherm") {
			t.Errorf("%d: the choice is not on the page", status)
		}
		status, _ := b.page("POST", incomingPath(in), "keuze-initiatives/steps/b/text", "nieuw")
		if status != http.StatusUnprocessableEntity {
			t.Errorf("without an answer to the new question: %d", status)
		}
		if status, _ = b.page("POST", incomingPath(in), "keuze-initiatives/steps/b/text", "eigen", "vraag-adres", "de Brink"); status != 200 {
			t.Errorf("%d", status)
		}
		got := b.part(slug)
		want := story{Name: "Onze beeldzorg", Title: "Beeldzorg in Heuvelrijk", Steps: []step{{"a", "Schrijf naar de Brink"}, {"b", "Ons scherm"}, {"c", "Oefen"}, {"own", "Koffie"}}}
		if x, y := mustJSON(t, got), mustJSON(t, want); x != y {
			t.Errorf("%s\nwant %s", x, y)
		}
		// Handed on again it knows where it came from.
		other := anOffer("1.0.0")
		other.Name = "heuvelrijk.beeldzorg"
		p := b.offers(slug, other)
		if len(p.Lineage) != 1 || p.Lineage[0].Version != "1.1.0" || p.Lineage[0].Instance != a.Address {
			t.Errorf("%+v", p.Lineage)
		}
		_, err = a.Meet(a.ctx(), b.Address)
		a.must(err)
		if _, text := a.page("GET", "/estafette/waterstad.beeldzorg"); !strings.Contains(text, "heuvelrijk.beeldzorg") {
			t.Error("the child is not in the family tree")
		}
	})
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestWhatIsNotRightIsRefused(t *testing.T) {
	two(t, func(t *testing.T, a, b *town) {
		a.initiative("beeldzorg", example)
		a.offers("beeldzorg", anOffer("1.0.0"))
		where := a.Address + Path("waterstad.beeldzorg")
		fetch := func() error { _, err := b.Fetch(b.ctx(), where, "", ""); return err }
		b.must(fetch()) // the key is seen, and kept

		a.tamper = func(path string, body []byte) []byte {
			if strings.HasSuffix(path, ".tgz") {
				body[len(body)-5] ^= 1
			}
			return body
		}
		b.is(fetch(), "adres", "bad.changed")
		a.tamper = nil

		if status, text := b.page("POST", "/beheer/estafette/logboek", "adres", a.Address); status != 200 || !strings.Contains(text, "Het logboek klopt: 1 regel.") {
			t.Errorf("%d: the log is not said to be right", status)
		}

		// Somebody else signs at the same address.
		key := a.Key
		other, _, err := practice.NewKey("waterstad.test")
		b.must(err)
		a.Key = other
		b.is(fetch(), "adres", "bad.otherkey")
		a.Key = key

		// The log is rewritten: another content under the number that was there.
		a.must(a.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			log, err := practice.NewLog(practice.Leaf{Name: "x.y", Version: "1.0.0", SHA256: strings.Repeat("0", 64)},
				practice.Leaf{Name: "waterstad.beeldzorg", Version: "1.0.0", SHA256: version(t, a, "1.0.0").SHA256})
			if err != nil {
				return err
			}
			note, err := log.Checkpoint(a.Key)
			if err != nil {
				return err
			}
			a.Service.log = log
			_, err = tx.Exec(ctx, insertCheckpoint, 2, note, db.At(start))
			return err
		}))
		b.is(fetch(), "adres", "bad.log")
		_, err = b.CheckLog(b.ctx(), a.Address)
		b.is(err, "adres", "bad.log")
		a.down = true
		b.is(fetch(), "adres", "wrong.unreachable")
		a.down = false

		for where, key := range map[string]string{"": "wrong.address", "ftp://x": "wrong.address", a.Address: "wrong.which",
			a.Address + "/estafette/geen.ding": "wrong.nothere", b.Address + "/estafette/a.b": "wrong.self"} {
			_, err := b.Fetch(b.ctx(), where, "", "")
			b.is(err, "adres", key)
		}
		// Inside our own network nothing is fetched, unless the operator says so.
		strict := New(b.Options)
		strict.AllowPrivate = false
		strict.client = newClient(false)
		_, err = strict.Fetch(b.ctx(), where, "", "")
		b.is(err, "adres", "wrong.https")
		_, err = strict.Fetch(b.ctx(), strings.Replace(where, "http://", "https://", 1), "", "")
		b.is(err, "adres", "wrong.private")
	})
}

func version(t *testing.T, w *town, number string) Version {
	t.Helper()
	_, versions, err := w.Get(w.ctx(), w.DB, "waterstad.beeldzorg")
	w.must(err)
	for _, v := range versions {
		if v.Version == number {
			return v
		}
	}
	t.Fatalf("no version %s", number)
	return Version{}
}

func TestByFileOnAStick(t *testing.T) {
	two(t, func(t *testing.T, a, b *town) {
		a.initiative("beeldzorg", example)
		a.offers("beeldzorg", anOffer("1.0.0"))
		a.offers("beeldzorg", anOffer("1.1.0"))
		file := func(version, end string) []byte {
			t.Helper()
			status, body := a.page("GET", "/estafette/waterstad.beeldzorg/bestand/waterstad.beeldzorg-"+version+end)
			if status != 200 {
				t.Fatalf("%d", status)
			}
			return []byte(body)
		}
		tgz, sig := file("1.1.0", ".tgz"), file("1.1.0", ".tgz.sig")
		a.down = true // there is no connection
		if status, text := b.upload("/overnemen/bestand", nil, map[string][]byte{"pakket:x.tgz": tgz}); status != 422 || !strings.Contains(text, "Kies ook de handtekening") {
			t.Errorf("%d", status)
		}
		if status, text := b.upload("/overnemen/bestand", nil, map[string][]byte{"pakket:x.tgz": tgz[:100], "handtekening:x.sig": sig}); status != 422 || !strings.Contains(text, "veranderd nadat") {
			t.Errorf("%d", status)
		}
		status, text := b.upload("/overnemen/bestand", nil, map[string][]byte{"pakket:x.tgz": tgz, "handtekening:x.sig": []byte(strings.ReplaceAll(string(sig), "\n", "\r\n"))})
		if status != 200 || !strings.Contains(text, practice.Fingerprint(a.Key.Public())) || !strings.Contains(text, "Hoe heet uw gemeente?") {
			t.Fatalf("%d", status)
		}
		id, err := b.TakeFile(b.ctx(), tgz, string(sig), "")
		b.must(err)
		yes := Yes{Name: "Beeldzorg", Organisation: "org", Answers: map[string]string{"gemeente": "Heuvelrijk"}}
		if _, err := b.Look(b.t.Context(), id); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("somebody else sees what came in: %v", err)
		}
		_, err = b.Adopt(b.ctx(), id, yes)
		b.is(err, "vertrouwen", "wrong.trust")
		yes.Trust, yes.Organisation = true, "other"
		_, err = b.Adopt(b.ctx(), id, yes)
		b.is(err, "organisatie", "wrong.organisation")
		yes.Organisation = "org"
		slug, err := b.Adopt(b.ctx(), id, yes)
		b.must(err)
		_, err = b.TakeFile(b.ctx(), file2(t, a, "1.0.0"), signature(t, a, "1.0.0"), slug)
		b.is(err, "pakket", "bad.older")
	})
}

func file2(t *testing.T, w *town, version string) []byte {
	t.Helper()
	data, err := w.Package(w.ctx(), w.DB, "waterstad.beeldzorg", version)
	w.must(err)
	return data
}

func signature(t *testing.T, w *town, version string) string {
	t.Helper()
	_, about, err := w.Version(w.ctx(), w.DB, "waterstad.beeldzorg", version)
	w.must(err)
	return about.Signature
}

func TestOfferByPages(t *testing.T) {
	two(t, func(t *testing.T, a, _ *town) {
		a.initiative("beeldzorg", example)
		fields := map[string]string{"bewerking": "0", "naam": "waterstad.beeldzorg", "versie": "1.0.0", "titel": "Beeldzorg", "omschrijving": "Bel 06-12345678 voor meer.",
			"nieuw": "Eerste", "licentie": "CC-BY-4.0", "organisatie": "Gemeente", "vragen": "gemeente | Hoe heet uw gemeente? | Waterstad", "onderdelen": "initiatives"}
		if status, text := a.page("GET", "/aanbieden/beeldzorg"); status != 200 || !strings.Contains(text, "1.0.0") {
			t.Fatalf("%d", status)
		}
		status, text := a.upload("/aanbieden/beeldzorg", fields, map[string][]byte{"bestand:Mijn Boek.pdf": []byte("%PDF-1.7")})
		if status != 200 || !strings.Contains(text, "Er staat een telefoonnummer: 06-12345678") || !strings.Contains(text, "mijn-boek.pdf") {
			t.Fatalf("%d %s", status, text)
		}
		if status, text := a.page("POST", "/aanbieden/beeldzorg/tekenen", "bewerking", "1"); status != 422 || !strings.Contains(text, "Er staan nog gegevens van mensen in") {
			t.Errorf("%d", status)
		}
		fields["omschrijving"], fields["bewerking"] = "Zorg op afstand.", "1"
		if status, text := a.upload("/aanbieden/beeldzorg", fields, nil); status != 200 || strings.Contains(text, "tekenen") {
			t.Errorf("%d: a file that nobody looked at can be signed", status)
		}
		if status, text := a.upload("/aanbieden/beeldzorg", fields, nil); status != 409 || !strings.Contains(text, "intussen veranderd") {
			t.Errorf("two at once: %d", status)
		}
		v, err := a.Offering(a.ctx(), "beeldzorg")
		a.must(err)
		fields["bewerking"], fields["gezien"] = "2", v.Findings[0].ID()
		if status, text := a.upload("/aanbieden/beeldzorg", fields, nil); status != 200 || !strings.Contains(text, "Teken en bied versie 1.0.0 aan") {
			t.Errorf("%d", status)
		}
		if status, text := a.page("POST", "/aanbieden/beeldzorg/tekenen", "bewerking", "3"); status != 200 || !strings.Contains(text, "mijn-boek.pdf") {
			t.Errorf("%d", status)
		}
		empty := anOffer("2")
		empty.Name, empty.Title, empty.Summary, empty.Note = "Waterstad", "", "", ""
		wrong := fault.FieldsOf(a.SaveOffer(a.ctx(), "beeldzorg", empty, nil, ""))
		if len(wrong) != 5 {
			t.Errorf("%+v", wrong)
		}
		a.is(a.SaveOffer(a.ctx(), "beeldzorg", anOffer("2.0.0"), []Upload{{Name: "virus.exe"}}, ""), "bestand", "wrong.file")
		bad := anOffer("2.0.0")
		bad.Licence = "CC-BY-NC-4.0"
		a.is(a.SaveOffer(a.ctx(), "beeldzorg", bad, nil, ""), "licentie", "bad.noselling")
		a.must(a.SaveOffer(a.ctx(), "beeldzorg", anOffer("0.9.0"), nil, "mijn-boek.pdf"))
		_, err = a.Publish(a.ctx(), "beeldzorg", 1)
		a.is(err, "versie", "wrong.older")

		if status, _ := a.page("POST", "/estafette/waterstad.beeldzorg/intrekken", "reden", ""); status != 422 {
			t.Errorf("%d", status)
		}
		if status, text := a.page("POST", "/estafette/waterstad.beeldzorg/intrekken", "reden", "Het werkte niet."); status != 200 || !strings.Contains(text, "Het werkte niet.") {
			t.Errorf("%d", status)
		}
		if status, _ := a.page("GET", "/api/v1/practices/waterstad.beeldzorg/1.0.0"); status != 404 {
			t.Errorf("a withdrawn practice is handed out: %d", status)
		}
		if status, text := a.page("GET", "/api/v1/practices/log"); status != 200 || !strings.Contains(text, "waterstad.beeldzorg 1.0.0 ") {
			t.Errorf("%d: the log forgot", status)
		}
		for _, path := range []string{"/estafette", "/overnemen", "/beheer/estafette", "/api/v1/practices"} {
			if status, _ := a.page("GET", path); status != 200 {
				t.Errorf("%s: %d", path, status)
			}
		}
	})
}

func TestMessagesOfStrangers(t *testing.T) {
	two(t, func(t *testing.T, a, b *town) {
		a.initiative("beeldzorg", example)
		a.offers("beeldzorg", anOffer("1.0.0"))
		m := Message{ID: "0190-message", Practice: "waterstad.beeldzorg", Version: "1.0.0", Sender: b.Address, Name: "Heuvelrijk", At: start,
			Results: []Result{{Indicator: "x", Name: "X", Unit: "%", N: 50, Value: 40}}}
		send := func(change func(*Message)) (string, error) {
			c := m
			c.Results = append([]Result{}, m.Results...)
			change(&c)
			signed, err := b.Key.Sign(resultKind, mustJSON(t, c))
			b.must(err)
			return a.Receive(t.Context(), "waterstad.beeldzorg", signed)
		}
		for name, change := range map[string]func(*Message){
			"nine people": func(m *Message) { m.Results[0].N = 9 }, "101 %": func(m *Message) { m.Results[0].Value = 101 },
			"no address": func(m *Message) { m.Sender = "x" }, "no name": func(m *Message) { m.Name = "" },
		} {
			_, err := send(change)
			t.Log(name)
			a.is(err, "signed", "bad.broken")
		}
		_, err := send(func(m *Message) { m.Practice = "other.practice" })
		a.is(err, "signed", "wrong.message")
		if _, err := send(func(m *Message) { m.Version = "9.0.0" }); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("a version that never was: %v", err)
		}
		_, err = a.Receive(t.Context(), "waterstad.beeldzorg", "wijkbaak practice result v1\nx\n")
		a.is(err, "signed", "bad.unsigned")
		same := func(*Message) {}
		for range 2 {
			if state, err := send(same); err != nil || state != StateHeld {
				t.Errorf("%s, %v", state, err)
			}
		}
		held, err := a.Held(a.ctx(), a.DB)
		a.must(err)
		if len(held) != 1 {
			t.Fatalf("%d are held", len(held))
		}
		if status, text := a.page("GET", "/beheer/estafette"); status != 200 || !strings.Contains(text, practice.Fingerprint(b.Key.Public())) {
			t.Errorf("%d", status)
		}
		if status, _ := a.page("POST", "/beheer/estafette/oordeel", "sleutel", held[0].Key, "bericht", held[0].ID, "oordeel", "nee"); status != 200 {
			t.Errorf("%d", status)
		}
		if list, err := a.Evidence(a.ctx(), a.DB, "", "waterstad.beeldzorg"); err != nil || len(list) != 0 {
			t.Errorf("%+v, %v", list, err)
		}
		// Known under another key it is refused outright.
		_, err = a.Meet(a.ctx(), b.Address)
		a.must(err)
		b.Key, _, err = practice.NewKey("heuvelrijk.test")
		b.must(err)
		_, err = send(same)
		a.is(err, "signed", "bad.otherkey")
	})
}

func TestWhoMayNotDoesNot(t *testing.T) {
	two(t, func(t *testing.T, a, _ *town) {
		a.initiative("beeldzorg", example)
		a.offers("beeldzorg", anOffer("1.0.0"))
		a.shelf.owner["beeldzorg"] = "0190-other"
		for name, err := range map[string]error{
			"save":     a.SaveOffer(a.ctx(), "beeldzorg", anOffer("1.1.0"), nil, ""),
			"withdraw": a.Withdraw(a.ctx(), "waterstad.beeldzorg", "x"),
			"send":     a.Send(a.ctx(), "beeldzorg", nil),
		} {
			if fault.KindOf(err) != fault.KindDenied {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := a.Offering(a.ctx(), "beeldzorg"); fault.KindOf(err) != fault.KindDenied {
			t.Error(err)
		}
	})
}

func TestExportAndErase(t *testing.T) {
	two(t, func(t *testing.T, a, b *town) {
		a.initiative("beeldzorg", example)
		a.offers("beeldzorg", anOffer("1.0.0"))
		b.takes(a.Address+"/estafette/waterstad.beeldzorg", "Beeldzorg")
		// One more offer in the making, and one package that waits for a yes.
		a.must(a.SaveOffer(a.ctx(), "beeldzorg", anOffer("1.1.0"), nil, ""))
		_, err := b.Fetch(b.ctx(), a.Address+Path("waterstad.beeldzorg"), "", "")
		b.must(err)
		for _, w := range []*town{a, b} {
			part, err := personal{}.Export(t.Context(), w.DB, lead.Person)
			w.must(err)
			if h, ok := part.Data.(held); !ok || w == a && len(h.Drafts) != 1 || w == b && len(h.Incoming) != 1 {
				t.Errorf("the export has %+v", part.Data)
			}
			w.must(w.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return personal{}.Erase(ctx, tx, lead.Person) }))
			if part, err = (personal{}).Export(t.Context(), w.DB, lead.Person); err != nil || part.Data != nil {
				t.Errorf("%+v, %v", part, err)
			}
		}
	})
}

func TestTheAPIIsDescribed(t *testing.T) {
	two(t, func(t *testing.T, a, _ *town) {
		var all []web.Route
		router := web.NewRouter(web.Options{})
		doc := openapi.New(openapi.Options{Routes: func() []web.Route { return all }, BaseURL: a.Address}).Room()
		all = append(a.Room().Routes, doc.Routes...)
		router.Handle(all...)
		w := httptest.NewRecorder()
		router.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/v1/openapi.json", nil))
		for _, path := range []string{"/practices", "/practices/log", "/practices/{name}/{version}", "/practices/{name}/results"} {
			if w.Code != 200 || !strings.Contains(w.Body.String(), path) {
				t.Errorf("%d: %s is not described", w.Code, path)
			}
		}
	})
}

func TestPlans(t *testing.T) {
	two(t, func(t *testing.T, a, _ *town) {
		for _, p := range a.Room().Plans {
			if err := a.DB.CheckPlan(t.Context(), p); err != nil {
				t.Error(err)
			}
		}
	})
}

func FuzzSplitAddress(f *testing.F) {
	f.Add("https://a.example/estafette/a.b/x?y#z")
	f.Add("http://[::1]:80/en/estafette/../a.b")
	f.Fuzz(func(t *testing.T, s string) {
		address, name, err := splitAddress(s)
		if err != nil {
			return
		}
		if again, err := cleanAddress(address); err != nil || again != address {
			t.Errorf("%q became %q, and that %q, %v", s, address, again, err)
		}
		if name != "" && !practice.IsName(name) {
			t.Errorf("%q is no name", name)
		}
	})
}

func FuzzMessage(f *testing.F) {
	k, _, err := practice.NewKey("a.example")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(`{"id":"0190-message","practice":"a.b","version":"1.0.0","sender":"https://a.example","name":"A","at":"2026-03-02T09:00:00Z","results":[{"indicator":"x","name":"X","unit":"%","n":50,"value":40}]}`)
	f.Fuzz(func(t *testing.T, line string) {
		signed, err := k.Sign(resultKind, line)
		if err != nil {
			return
		}
		if m, _, err := openMessage(signed); err == nil {
			for _, r := range m.Results {
				if r.N < CountLeast {
					t.Errorf("%d people", r.N)
				}
			}
		}
	})
}
