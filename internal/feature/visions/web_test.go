package visions

import (
	"net/http"
	"strings"
	"testing"
)

func TestAVisionByItsPages(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		w.page("nobody", "/visies", 200, "Er is nu geen visie waarop u kunt reageren", "Er is nog geen visie gepubliceerd")
		w.page("nobody", "/visies/nieuw", 403)
		w.page("stranger", "/visies/nieuw", 200, "U kunt nu geen visie beginnen")
		w.page("convener", "/visies", 200, "Begin een visie")
		w.page("convener", "/visies/nieuw?coalitie=c-1", 200, "Samen Digitaal", "Vraag 3")
		if body := w.post("convener", "/visies", 422, "van", "c:c-1", "titel", "A", "tekst", "Een <b>tekst</b> die blijft staan", "vraag2", "Wat mist u?"); !strings.Contains(body, "Een &lt;b&gt;tekst&lt;/b&gt;") || !strings.Contains(body, `value="Wat mist u?"`) || !strings.Contains(body, "Vul dit in.") {
			t.Error("what was typed is lost")
		}
		w.post("stranger", "/visies", 422, "van", "c:c-1", "titel", "Van een ander", "tekst", text)
		to := w.post("convener", "/visies", 303, "van", "c:c-1", "titel", "Samen <i>oud</i>", "inleiding", "Over oud worden.", "tekst", text+"\n\n<img src=x>", "vraag1", "Wat mist u?")
		own, _, _ := strings.Cut(to, "?")
		id := strings.TrimPrefix(own, "/visies/")
		w.page("convener", to, 200, "De visie is bewaard", "Samen &lt;i&gt;oud", "&lt;img src=x&gt;", "Begin een ronde", `<li>buren</li>`, "Gooi weg")
		w.page("member", own, 200, "Schrijf mee")
		w.page("observer", own, 200, "Concept")
		for _, path := range []string{"", "/meedoen", "/reageren", "/papier", "/reacties"} {
			w.page("nobody", own+path, 404)
		}
		for _, path := range []string{"/bewerken", "/versies", "/ronde", "/besluit", "/invoeren"} {
			w.page("nobody", own+path, 403)
			w.page("stranger", own+path, 404)
		}
		w.page("observer", own+"/bewerken", 403)
		w.page("member", own+"/ronde", 403)

		w.page("convener", own+"/ronde", 200, `value="2026-06-01"`, `value="2026-06-22"`, "Zonder bezwaar")
		if body := w.post("convener", own+"/ronde", 422, "soort", "orienting", "van", "1-6-2026", "tot", "31-6-2026"); !strings.Contains(body, "Dit is geen datum") || !strings.Contains(body, `value="31-6-2026"`) {
			t.Error("a wrong day")
		}
		w.post("convener", own+"/ronde", 422, "soort", "deciding", "van", "1-6-2026", "tot", "30-6-2026", "manier", "votes", "meerderheid", "half")
		w.post("member", own+"/ronde", 403, "soort", "orienting", "van", "1-6-2026", "tot", "30-6-2026")
		w.post("convener", own+"/ronde", 303, "soort", "orienting", "van", "2026-06-01", "tot", "20-6-2026", "iedereen", "ja")

		w.page("nobody", "/visies", 200, "Samen &lt;i&gt;oud", "tot en met 20 juni 2026")
		w.page("nobody", own, 200, "Doe mee", "reageren?over=p2", "Doe mee op papier")
		w.page("nobody", own+"/reageren?over=p9", 404)
		w.page("nobody", own+"/reageren?over=p2", 200, "Ouderen wonen langer thuis", "Wij lezen uw reactie eerst", "Naam")
		if body := w.post("nobody", own+"/reageren", 422, "over", "p2", "soort", "suggestion", "tekst", "", "naam", "Buur"); !strings.Contains(body, `value="Buur"`) {
			t.Error("the name is lost")
		}
		w.page("nobody", w.post("nobody", own+"/reageren", 303, "over", "p2", "soort", "suggestion", "tekst", "Ook zonder <b>auto</b>", "naam", "Buur"), 200, "Wij hebben uw reactie")
		w.page("nobody", own+"/meedoen", 200, "Wat mist u?", "Over oud worden", "Samen Digitaal wil graag weten", "20 juni 2026")
		w.post("nobody", own+"/meedoen", 422, "antwoord1", "", "rest", " ")
		w.page("nobody", w.post("nobody", own+"/meedoen", 303, "antwoord1", "Een bankje"), 200, "Wij hebben uw antwoorden")
		w.page("nobody", own+"/papier", 200, "Wat mist u?", "wijkbaak.example/visies/", "20 juni 2026", "<svg")
		w.page("nobody", own+"/reacties", 200, "Hier staan geen reacties")
		w.page("observer", own+"/invoeren", 403)
		w.page("member", own+"/invoeren", 200, "Voer een papieren formulier in")
		w.page("member", w.post("member", own+"/invoeren", 303, "antwoord1", "De bus", "naam", "Opa"), 200, "Het formulier is ingevoerd")
		w.page("member", w.post("member", own+"/reageren", 303, "over", "", "soort", "question", "tekst", "Wie betaalt dit?"), 200, "Wie betaalt dit?", "Uw reactie staat erbij", "Mevrouw member")
		w.page("nobody", own+"/reacties", 200, "Opa, op papier", "Een deelnemer")
		if body := w.page("nobody", own+"/reacties?toon=wacht", 200); strings.Contains(body, "zonder") || strings.Contains(body, "Mevrouw") {
			t.Error("a stranger reads what waits, or a name")
		}

		w.page("convener", own, 200, "Lees wat er binnenkwam")
		body := w.page("convener", own+"/reacties?toon=wacht", 200, "Ook zonder &lt;b&gt;auto", "Een bankje", "Lees en beslis")
		_, rest, _ := strings.Cut(body, own+"/reacties/")
		one, _, _ := strings.Cut(rest, `"`)
		at := own + "/reacties/" + one
		w.page("member", at, 403)
		w.page("stranger", at, 403)
		w.page("convener", at, 200, "Laat zien aan iedereen", "Verberg")
		w.post("convener", at+"/stand", 422, "stand", "hidden", "reden", "")
		w.post("convener", at+"/stand", 303, "stand", "shown")
		w.page("convener", at, 200, "Uw antwoord")
		if body := w.post("convener", at+"/antwoord", 422, "antwoord", "not", "uitleg", ""); !strings.Contains(body, "Vul dit in.") {
			t.Error("no without why")
		}
		w.page("convener", w.post("convener", at+"/antwoord", 303, "antwoord", "taken", "uitleg", "Dat staat er nu bij."), 200, "Uw antwoord is bewaard")
		w.page("nobody", own+"/reacties?toon=over&plek=p2", 200, "Ook zonder", "Overgenomen", "Dat staat er nu bij.")

		// Two edit at once: who is second sees both and loses nothing.
		w.page("convener", own+"/bewerken", 200, "Er loopt een ronde over versie 1", "- vrijwilligers")
		w.post("member", own+"/bewerken", 303, "versie", "1", "titel", "Samen oud", "tekst", text+"\n\nOok zonder auto.", "waarom", "Na een reactie", "vraag1", "Wat mist u?")
		body = w.post("convener", own+"/bewerken", 409, "versie", "1", "titel", "Samen oud", "tekst", text+"\n\nMet de fiets.")
		for _, want := range []string{"Iemand anders heeft dit intussen veranderd", "Met de fiets.", "<del>", "<ins>", `name="versie" value="2"`} {
			if !strings.Contains(body, want) {
				t.Errorf("the conflict lacks %q", want)
			}
		}
		w.page("convener", own+"/versies", 200, "Na een reactie", "Versie 1 naast versie 2", "<ins>")
		w.page("convener", own+"/versies?oud=2&nieuw=1", 200, "Versie 1 naast versie 2")
		w.page("convener", own+"/versies?oud=77&nieuw=x", 200)
		w.page("convener", own, 200, "Leg versie 2 voor")
		w.page("convener", w.post("convener", own+"/ronde/tekst", 303), 200, "De nieuwe versie ligt voor")
		w.post("member", own+"/ronde/sluiten", 403)
		w.page("convener", own+"/ronde", 200, "Sluit de ronde nu")
		w.page("convener", w.post("convener", own+"/ronde/sluiten", 303), 200, "De ronde is gesloten")
		w.page("nobody", own, 200, "Dank voor alle reacties")
		w.page("nobody", own+"/meedoen", 200, "De ronde is gesloten")
		if body := w.post("nobody", own+"/meedoen", 409, "antwoord1", "Net te laat getypt"); !strings.Contains(body, "Net te laat getypt") {
			t.Error("what was typed too late is lost")
		}
		if body := w.post("nobody", own+"/reageren", 409, "soort", "question", "tekst", "Net te laat getypt"); !strings.Contains(body, "Net te laat getypt") {
			t.Error("what was typed too late is lost")
		}

		w.page("convener", own+"/besluit", 200, "Er is geen besluitronde")
		w.page("convener", own+"/ronde", 200, `value="deciding" checked`)
		w.post("convener", own+"/ronde", 303, "soort", "deciding", "van", "2026-06-01", "tot", "2026-06-10", "manier", "consent", "meerderheid", "half")
		w.page("member", own, 200, "Geef uw stem")
		w.page("observer", own+"/besluit", 200, "0 van de 3 deelnemers hebben gestemd")
		w.page("nobody", own+"/besluit", 403)
		if body := w.post("member", own+"/besluit/stem", 422, "stem", "objection", "bezwaar", ""); !strings.Contains(body, "f-bezwaar-error") {
			t.Error("the fault is not at its field")
		}
		w.page("member", w.post("member", own+"/besluit/stem", 303, "stem", "objection", "bezwaar", "Te duur voor ons."), 200, "Verander uw stem", "1 van de 3 deelnemers heeft gestemd")
		w.page("convener", w.post("convener", own+"/besluit/stem", 303, "stem", "consent"), 200, "Te duur voor ons.", "1 bezwaar staat nog open")
		w.days(12)
		w.page("convener", own, 200, "Lees wat er binnenkwam")
		w.page("convener", own+"/besluit", 200, "Er is 1 bezwaar dat nog openstaat", `value="Samen Digitaal"`)
		if body := w.post("convener", own+"/besluit", 409, "reden", "Zo doen wij het", "wie", "Allen", "datum", "13-6-2026"); !strings.Contains(body, "Er staat nog 1 bezwaar open") || !strings.Contains(body, "Zo doen wij het") {
			t.Error("an open objection does not block, or the reason is lost")
		}
		w.post("convener", own+"/besluit/bezwaar", 303, "nummer", "0", "lid", "member", "bezwaar-toen", "Te duur voor ons.", "opgelost1", "De regio betaalt mee.")
		w.page("convener", own+"/besluit", 200, "De visie is volgens deze regel aangenomen", "De regio betaalt mee.")
		w.post("convener", own+"/besluit", 422, "reden", "", "wie", "Allen", "datum", "morgen")
		w.page("convener", w.post("convener", own+"/besluit", 303, "reden", "Zo doen wij het", "wie", "De stuurgroep", "datum", "13-6-2026"), 200, "Het besluit is vastgelegd")
		w.page("convener", own+"/besluit", 200, "De stuurgroep")
		w.page("nobody", w.post("convener", own+"/publiceren", 303), 200, "Gepubliceerd", "De stuurgroep", "13 juni 2026", "Wat is er met de reacties gebeurd?", "1 overgenomen", "Ook zonder auto.")
		w.page("nobody", "/en"+own, 200, "What happened with the comments?", "Decided by")
		w.page("nobody", "/visies", 200, "Gepubliceerd op 13 juni 2026")
		w.page("nobody", "/visies.atom", 200, "<title>Samen oud</title>", "https://wijkbaak.example/visies/"+id)
		w.post("convener", own+"/weg", 409)
		w.post("convener", at+"/antwoord", 409, "antwoord", "not", "uitleg", "Toch niet")
	})
}

func TestTooManyCommentsKeepWhatWasTyped(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		id := w.draft()
		w.begun(id, Round{Kind: Orienting, Everybody: true})
		for range 8 {
			w.post("nobody", Path(id)+"/reageren", http.StatusSeeOther, "soort", "question", "tekst", "Nog een vraag")
		}
		if body := w.post("nobody", Path(id)+"/reageren", http.StatusTooManyRequests, "soort", "question", "tekst", "De negende vraag"); !strings.Contains(body, "De negende vraag") {
			t.Error("what was typed is lost")
		}
	})
}
