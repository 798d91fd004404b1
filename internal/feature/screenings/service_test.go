package screenings

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
)

// TestAWholeRound walks from a draft to a result that is read, taken along and erased.
func TestAWholeRound(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		nobody, lead, tom := w.as("nobody"), w.as("lead"), w.as("tom")
		id := w.opened()
		codes := w.codes(id, "f1", 3)
		if n := w.count(`SELECT COUNT(*) FROM screening_code`); n != 3 {
			t.Fatal(n)
		}
		code := codes[0]
		w.page("nobody", codeBase+"/"+code, http.StatusOK, "Naar de vragenlijst", `value="`+codeBase+"/"+code+`/uitkomst"`)

		// The outcome is shown, and nothing of it is kept before the person says so.
		w.post("nobody", codeBase+"/"+code+"/uitkomst", http.StatusOK, "uitkomst", "high")
		if c := w.card(code); c.Invite.State != asked || c.Invite.Risk != NoRisk {
			t.Fatal("something is kept that nobody agreed to")
		}
		w.post("nobody", codeBase+"/"+code+"/keuze", http.StatusUnprocessableEntity, "uitkomst", "high")
		w.post("nobody", codeBase+"/"+code+"/keuze", http.StatusSeeOther, "uitkomst", "high", "delen", ShareRisk)
		c := w.card(code)
		if c.Invite.Risk != High || len(c.Consents) != 1 || !strings.Contains(c.Consents[0].Text, "hoog") || !strings.Contains(c.Consents[0].Text, "Praktijk B") {
			t.Fatalf("%+v %+v", c.Invite, c.Consents)
		}

		// A time, another time, and a reminder the day before.
		w.page("nobody", codeBase+"/"+code+"/afspraak", http.StatusOK, "woensdag 10 juni 2026 om 09:00")
		w.post("nobody", codeBase+"/"+code+"/afspraak", http.StatusUnprocessableEntity, "email", "x")
		w.must(w.Book(nobody, code, w.slot(0), "ans@example.nl"))
		w.must(w.Book(nobody, code, w.slot(1), "ans@example.nl"))
		if n := w.count(`SELECT CAST(SUM(taken) AS BIGINT) FROM screening_slot`); n != 1 {
			t.Fatalf("%d seats are taken", n)
		}
		w.page("nobody", codeBase+"/"+code, http.StatusOK, "09:20", "Wijkcentrum", "Uw afspraak")
		if body := w.ask("nobody", http.MethodGet, codeBase+"/"+code+"/agenda", "").Body.String(); !strings.Contains(body, "DTSTART:20260610T072000Z") || strings.Contains(body, "ezondheid") {
			t.Error(body)
		}
		w.must(w.Letters(nobody))
		if l := w.letters(); len(l) != 0 {
			t.Fatal("too early", l)
		}
		w.clock.Set(time.Date(2026, 6, 9, 8, 0, 0, 0, time.UTC))
		w.must(w.Letters(nobody))
		w.must(w.Letters(nobody))
		if l := w.letters(); len(l) != 1 || !strings.Contains(l[0], "ans@example.nl") || !strings.Contains(l[0], "10 juni 2026 om 09:20") {
			t.Fatal(l)
		}
		if c := w.card(code); c.Visit.Email != "" {
			t.Error("the address is still there")
		}

		// Who runs the round sees no appointment; who measures sees numbers.
		c = w.card(code)
		who := c.Invite.ID
		for _, other := range []string{"lead", "coach"} {
			_, _, err := w.OnDay(w.as(other), id, "2026-06-10")
			w.is(err, fault.KindNotFound, "")
			_, err = w.Patient(w.as(other), id, who)
			w.is(err, fault.KindNotFound, "")
			w.is(w.Enter(w.as(other), id, who, Found{}), fault.KindNotFound, "")
		}
		w.page("lead", visitBase+"/"+id, http.StatusForbidden)
		w.page("tom", visitBase+"/"+id+"?dag=2026-06-10", http.StatusOK, "Nummer 1", "09:20")
		body := w.page("tom", visitBase+"/"+id+"/"+who, http.StatusOK, "Bovendruk (mmHg)", "hoog")
		if strings.Contains(body, "ans@") {
			t.Error("an address is shown")
		}
		other := w.card(codes[1])
		_, err := w.Patient(tom, id, other.Invite.ID)
		w.is(err, fault.KindNotFound, "") // no appointment, nobody's business

		path := visitBase + "/" + id + "/" + who
		w.post("tom", path, http.StatusUnprocessableEntity, "m0", "300", "uitkomst", "gp", "advies", "x", "versie", "0")
		w.post("tom", path, http.StatusSeeOther, "m0", "141,5", "uitkomst", "gp", "advies", "Ga eens langs.", "versie", "0")
		w.is(w.Enter(tom, id, who, Found{Values: map[int]string{0: "140"}, Outcome: "gp", Advice: "x"}), fault.KindConflict, "screenings.wrong.version")
		w.is(w.Came(tom, id, who, missed), fault.KindConflict, "")
		w.page("nobody", codeBase+"/"+code, http.StatusOK, "Ga eens langs.", "141,5 mmHg", "Praat met uw huisarts")
		for _, kind := range []string{"screening.day", "screening.look", "screening.result", "screening.answer", "screening.book"} {
			if w.count(`SELECT COUNT(*) FROM audit_event WHERE kind = $1`, kind) == 0 {
				t.Errorf("no line about %s", kind)
			}
		}

		// Taken back, and it is gone for the professional at the next look.
		w.must(w.Unshare(nobody, code))
		if c, err := w.Patient(tom, id, who); err != nil || c.Invite.Risk != NoRisk {
			t.Error("the class is still there", err)
		}
		if c := w.card(code); c.Consents[0].Withdrawn.IsZero() {
			t.Error("the consent stands")
		}
		var held Held
		w.must(json.Unmarshal(w.ask("nobody", http.MethodGet, codeBase+"/"+code+"/gegevens", "").Body.Bytes(), &held))
		if held.Number != 1 || held.Result == nil || held.Result.Readings[0].Value != 141.5 || len(held.Consents) != 1 || held.Visit == nil {
			t.Errorf("%+v", held)
		}

		w.page("nobody", codeBase+"/"+code+"/wissen", http.StatusOK, "Alles wissen")
		w.post("nobody", codeBase+"/"+code+"/doe/wissen", http.StatusSeeOther)
		w.page("nobody", codeBase+"/"+code, http.StatusNotFound, "Deze code kennen wij niet")
		for _, table := range []string{"screening_result", "screening_appointment", "screening_consent"} {
			if n := w.count(`SELECT COUNT(*) FROM ` + table); n != 0 {
				t.Errorf("%d in %s", n, table)
			}
		}
		if n := w.count(`SELECT COUNT(*) FROM screening_invite`); n != 3 {
			t.Error("the letter was sent all the same")
		}
		_ = lead
	})
}

func TestWhatIsNotShared(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		nobody := w.as("nobody")
		id := w.opened()
		codes := w.codes(id, "f1", 4)
		w.is(w.Answer(nobody, codes[0], "low", ShareVisit), fault.KindInvalid, "screenings.wrong.share")
		w.is(w.Answer(nobody, codes[0], "anything", ShareRisk), fault.KindInvalid, "")
		w.must(w.Answer(nobody, codes[0], "low", ShareRisk))
		w.page("nobody", codeBase+"/"+codes[0], http.StatusOK, "Uw kans op problemen is laag")
		w.is(w.Book(nobody, codes[0], w.slot(0), ""), fault.KindConflict, "screenings.wrong.nobook")
		w.must(w.Answer(nobody, codes[1], "high", ShareNone))
		w.is(w.Book(nobody, codes[1], w.slot(0), ""), fault.KindConflict, "screenings.wrong.nobook")
		w.must(w.Answer(nobody, codes[2], "medium", ShareVisit))
		w.must(w.Book(nobody, codes[2], w.slot(0), ""))
		c, err := w.Patient(w.as("tom"), id, w.card(codes[2]).Invite.ID)
		if err != nil || c.Invite.Risk != NoRisk {
			t.Error("a class that was not shared is kept", err)
		}
		w.is(w.Answer(nobody, codes[2], "medium", ShareRisk), fault.KindConflict, "screenings.wrong.booked")
		w.must(w.Cancel(nobody, codes[2]))
		w.must(w.Cancel(nobody, codes[2]))
		if n := w.count(`SELECT CAST(SUM(taken) AS BIGINT) FROM screening_slot`); n != 0 {
			t.Errorf("%d seats are taken", n)
		}
	})
}

func TestTheLastSeatIsGivenOnce(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		id := w.opened()
		codes := w.codes(id, "f1", 8)
		for _, c := range codes {
			w.must(w.Answer(w.as("nobody"), c, "high", ShareVisit))
		}
		var wg sync.WaitGroup
		got := make([]error, len(codes))
		for k, c := range codes {
			wg.Go(func() { got[k] = w.Book(w.as("nobody"), c, w.slot(0), "") })
		}
		wg.Wait()
		won := 0
		for _, err := range got {
			if err == nil {
				won++
			} else {
				w.is(err, fault.KindInvalid, "screenings.wrong.full")
			}
		}
		if won != 1 || w.count(`SELECT COUNT(*) FROM screening_appointment`) != 1 {
			t.Fatalf("%d have the seat", won)
		}
		w.is(w.DropSlot(w.as("lead"), id, w.slot(0)), fault.KindConflict, "screenings.wrong.taken")
		w.must(w.DropSlot(w.as("lead"), id, w.slot(2)))
	})
}

func TestCodesThatOpenNothing(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		id := w.opened()
		codes := w.codes(id, "f1", 2)
		w.post("nobody", codeBase, http.StatusUnprocessableEntity, "code", "zomaar wat")
		if to := w.post("nobody", codeBase, http.StatusSeeOther, "code", strings.ReplaceAll(codes[0], "-", " ")); to != codeBase+"/"+codes[0] {
			t.Error(to)
		}
		// The same form again makes no second pile.
		_, _, _, err := w.Invite(w.as("lead"), id, Asked{Form: "f1", Channel: ByFile, Districts: []Wish{{"1234", 2}}})
		w.is(err, fault.KindConflict, "screenings.wrong.form")

		w.must(w.Answer(w.as("nobody"), codes[0], "low", ShareRisk))
		v, err := w.Get(w.as("lead"), id)
		w.must(err)
		w.is(w.Withdraw(w.as("tom"), id, v.Batches[0].ID), fault.KindNotFound, "")
		w.must(w.Withdraw(w.as("lead"), id, v.Batches[0].ID))
		w.card(codes[0]) // who answered keeps the code
		_, err = w.ByCode(w.as("nobody"), codes[1])
		w.is(err, fault.KindInvalid, "screenings.wrong.code")

		// A round that is over says so, and shows what there is.
		w.clock.Advance(80 * 24 * time.Hour)
		w.page("nobody", codeBase+"/"+codes[0], http.StatusOK, "Deze ronde is voorbij")
		w.is(w.Answer(w.as("nobody"), codes[0], "high", ShareRisk), fault.KindConflict, "screenings.wrong.over")

		for range 20 {
			if _, err = w.ByCode(w.as("nobody"), codes[1]); fault.KindOf(err) == fault.KindTooMany {
				break
			}
		}
		w.is(err, fault.KindTooMany, "")
		_, err = w.ByCode(w.as("nobody"), codes[0])
		w.is(err, fault.KindTooMany, "") // nobody learns here which code is right
	})
}

var stopLink = regexp.MustCompile(`https://wijkbaak\.example(/gezondheidscheck/stop/[\w.-]+)`)
var codeLink = regexp.MustCompile(`https://wijkbaak\.example/gezondheidscheck/code/([a-z-]+)`)

func TestLettersByMail(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		id := w.opened()
		q := Asked{Form: "m1", Channel: ByMail, District: "5678", Addresses: []string{"ans@example.nl", "ben@example.nl", "cor@example.nl"}}
		_, list, skipped, err := w.Invite(w.as("lead"), id, q)
		w.must(err)
		if len(list) != 3 || skipped != 0 {
			t.Fatal(list, skipped)
		}
		first := w.letters()
		q.Form = "m2"
		q.Addresses = append(q.Addresses, "dirk@example.nl")
		_, list, skipped, err = w.Invite(w.as("lead"), id, q)
		w.must(err)
		if len(first) != 3 || len(list) != 1 || skipped != 3 || len(w.letters()) != 1 {
			t.Fatal("somebody was written to twice")
		}
		ans := codeLink.FindStringSubmatch(first[0])[1]
		w.must(w.Answer(w.as("nobody"), ans, "low", ShareNone))
		stop := stopLink.FindStringSubmatch(first[1])[1]
		w.page("nobody", stop, http.StatusOK, "Stuur mij niets meer")
		w.page("nobody", stop[:len(stop)-2]+"xx", http.StatusNotFound)
		w.post("nobody", stop, http.StatusSeeOther)
		w.page("nobody", stop, http.StatusOK, "Uw e-mailadres is gewist")

		w.clock.Advance(15 * 24 * time.Hour)
		w.must(w.Letters(w.as("nobody")))
		w.must(w.Letters(w.as("nobody")))
		again := w.letters()
		if len(again) != 2 || !strings.Contains(again[0]+again[1], "cor@") || !strings.Contains(again[0]+again[1], "dirk@") {
			t.Fatal(again)
		}
		// A reminder has a code of its own, and both open the same.
		cor := again[0]
		if !strings.Contains(cor, "cor@") {
			cor = again[1]
		}
		if a, b := w.card(codeLink.FindStringSubmatch(first[2])[1]), w.card(codeLink.FindStringSubmatch(cor)[1]); a.Invite.ID != b.Invite.ID || a.code == b.code {
			t.Error("the reminder opens something else")
		}
		w.clock.Advance(15 * 24 * time.Hour)
		w.must(w.Letters(w.as("nobody")))
		w.clock.Advance(15 * 24 * time.Hour)
		w.must(w.Letters(w.as("nobody")))
		if n := len(w.letters()); n != 2 {
			t.Fatalf("%d letters in the second turn and after", n)
		}
	})
}

func TestWhatTimeRemoves(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		id := w.opened()
		_, list, _, err := w.Invite(w.as("lead"), id, Asked{Form: "m1", Channel: ByMail, District: "1234", Addresses: []string{"ans@example.nl", "ben@example.nl"}})
		w.must(err)
		codes := w.codes(id, "f1", 40)
		for _, c := range codes[:25] {
			w.must(w.Answer(w.as("nobody"), c, "low", ShareRisk))
			w.clock.Advance(time.Minute)
		}
		w.must(w.Answer(w.as("nobody"), list[0].Code, "high", ShareRisk))
		w.must(w.Book(w.as("nobody"), list[0].Code, w.slot(0), "ans@example.nl"))
		emails := func() int {
			return w.count(`SELECT COUNT(*) FROM screening_invite WHERE email <> ''`) + w.count(`SELECT COUNT(*) FROM screening_appointment WHERE email <> ''`)
		}
		w.must(w.Forget(w.as("nobody")))
		if emails() != 3 {
			t.Fatal("gone too early")
		}
		w.clock.Advance(60 * 24 * time.Hour)
		w.must(w.Forget(w.as("nobody")))
		if emails() != 2 {
			t.Fatal("the address of a past appointment stays")
		}
		w.clock.Advance(31 * 24 * time.Hour)
		w.must(w.Forget(w.as("nobody")))
		if emails() != 0 {
			t.Fatal("addresses stay")
		}
		w.card(codes[0])
		_, before, err := w.Figures(w.as("nobody"), id)
		w.must(err)
		w.clock.Advance(336 * 24 * time.Hour)
		w.must(w.Forget(w.as("nobody")))
		w.must(w.Forget(w.as("nobody")))
		for _, table := range []string{"screening_invite", "screening_code", "screening_consent", "screening_appointment", "screening_result", "screening_slot", "screening_batch"} {
			if n := w.count(`SELECT COUNT(*) FROM ` + table); n != 0 {
				t.Errorf("%d in %s", n, table)
			}
		}
		_, after, err := w.Figures(w.as("nobody"), id)
		w.must(err)
		if *after.Total.Cells[colInvited] != *before.Total.Cells[colInvited] || after.Total.Cells[colHigh] != nil {
			t.Error("the figures changed")
		}
		if text, err := db.One(t.Context(), w.DB, db.Value[string], `SELECT figures FROM screening_round`); err != nil || strings.Contains(text, ":1,") {
			t.Error(text, err)
		}
	})
}

func TestPagesOfWhoRunsTheRound(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		w.page("lead", deskBase, http.StatusOK, "Er is nog geen ronde")
		w.page("tom", deskBase+"/nieuw", http.StatusForbidden)
		form := []string{"titel", "Ronde <1>", "lijst", "gezond", "meter", "org-b", "begin", "2026-06-01", "einde", "1-8-2026", "uitnodiging", "Kom", "plekken", "Zaal\nHal",
			"metingen", "Gewicht; kg; 30 tot 250", "bewaren", "365", "herinneren", "14", "keer", "1"}
		w.page("lead", deskBase+"/nieuw", http.StatusOK, "Voorbeeld: bovendruk", "korte vragenlijst")
		body := w.post("lead", deskBase, http.StatusUnprocessableEntity, append(form[2:], "titel", "")...)
		if !strings.Contains(body, "Geef de ronde een naam.") || !strings.Contains(body, "Gewicht; kg; 30 tot 250") {
			t.Error("what was typed is lost")
		}
		to := w.post("lead", deskBase, http.StatusSeeOther, form...)
		path, _, _ := strings.Cut(to, "?")
		id := path[strings.LastIndex(path, "/")+1:]
		w.page("nobody", figuresPath(id), http.StatusNotFound) // a draft
		w.page("lead", to, http.StatusOK, "Concept", "De ronde openen", "Ronde &lt;1&gt;")
		w.page("coach", path, http.StatusNotFound)
		w.page("lead", path+"/uitnodigen", http.StatusOK)
		w.post("lead", path+"/uitnodigen", http.StatusConflict, "formulier", "x", "wijken", "1234 3")
		w.post("lead", path+"/stand", http.StatusSeeOther, "stand", "open")
		w.page("lead", path+"/bewerken", http.StatusOK, "1-8-2026"[:0], "Zaal\nHal")
		w.post("lead", path+"/bewerken", http.StatusConflict, append(form, "versie", "1")...)
		w.post("lead", path+"/bewerken", http.StatusSeeOther, append(form, "versie", "2")...)
		w.post("lead", path+"/tijden", http.StatusUnprocessableEntity, "dag", "2027-01-01", "van", "9", "tot", "x", "minuten", "a", "plaatsen", "0", "plek", "Zaal")
		w.post("lead", path+"/tijden", http.StatusSeeOther, "dag", "10-6-2026", "van", "9:00", "tot", "12:00", "minuten", "20", "plaatsen", "2", "plek", "Zaal")
		w.page("lead", path+"/tijden", http.StatusOK, "0 van 2", "Weghalen")
		letters := w.post("lead", path+"/uitnodigen", http.StatusOK, "formulier", "k1", "hoe", BySheet, "wijken", "1234 2")
		if strings.Count(letters, "<svg") < 2 || !strings.Contains(letters, "Nummer 2, 1234") || !strings.Contains(letters, "Aan de bewoner") {
			t.Error("letters lack something")
		}
		file := w.post("lead", path+"/uitnodigen", http.StatusOK, "formulier", "k2", "hoe", ByFile, "wijken", "1234 2\n5678 1")
		if lines := strings.Split(strings.TrimSpace(file), "\r\n"); len(lines) != 4 || !strings.HasPrefix(lines[3], "5;5678;") || !strings.Contains(lines[1], "https://wijkbaak.example/gezondheidscheck/code/") {
			t.Error(file)
		}
		to = w.post("lead", path+"/uitnodigen", http.StatusSeeOther, "formulier", "k3", "hoe", ByMail, "wijk", "5678", "adressen", "ans@example.nl")
		w.page("lead", to, http.StatusOK, "één uitnodiging verstuurd", "Noord", "Hier geprint", "Bestand voor brieven")
		w.post("lead", path+"/uitnodigen", http.StatusUnprocessableEntity, "formulier", "k4", "hoe", BySheet, "wijken", "1234 61")
		w.clock.Advance(15 * 24 * time.Hour)
		silent := w.post("lead", path+"/herinneren", http.StatusOK)
		if lines := strings.Split(strings.TrimSpace(silent), "\r\n"); len(lines) != 6 {
			t.Error(silent)
		}
		w.post("lead", path+"/stand", http.StatusSeeOther, "stand", "dicht")
		w.page("nobody", figuresPath(id), http.StatusOK, "te weinig")
		w.page("nobody", base, http.StatusOK, "Er loopt nu geen gezondheidscheck.")
		w.post("lead", path+"/stand", http.StatusConflict, "stand", "open")
	})
}

func TestTheDemonstrationIsHalfWay(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		ctx := access.With(w.as("nobody"), access.Actor{Channel: access.Shell})
		w.must(w.demo(ctx))
		w.must(w.demo(ctx))
		list, err := w.Public(ctx)
		w.must(err)
		if len(list) != 1 || !list[0].Demonstration {
			t.Fatal(list)
		}
		_, f, err := w.Figures(ctx, list[0].ID)
		w.must(err)
		if p, ok := f.Percent(); !ok || p < 40 || p > 80 || f.Total.Cells[colLow] != nil || f.Total.Cells[colHigh] != nil || f.Total.Cells[colBooked] != nil {
			t.Errorf("while people answer: %+v", f.Total)
		}
		w.page("nobody", figuresPath(list[0].ID), http.StatusOK, "Samen", "niet getoond", "Dit is een voorbeeld")
		w.page("nobody", figuresPath(list[0].ID)+"/tabel", http.StatusOK, ";")
		w.page("nobody", base, http.StatusOK, list[0].Title)
		for k, want := range []string{"Naar de vragenlijst", "Uw afspraak", "De uitkomst"} {
			w.page("nobody", codeBase+"/"+demoCodes()[k], http.StatusOK, want)
		}
		for _, who := range []string{"lead", "tom"} {
			w.page(who, Path(list[0].ID), http.StatusOK, "Codes om te proberen")
			w.page(who, deskBase, http.StatusOK, list[0].Title)
		}
		if n := w.count(`SELECT COUNT(*) FROM screening_slot s WHERE taken <> (SELECT COUNT(*) FROM screening_appointment a WHERE a.slot = s.id) OR taken > seats`); n != 0 {
			t.Errorf("%d times do not add up", n)
		}
		out, err := personal{}.Export(ctx, w.DB, "els")
		if err != nil || out.Data == nil {
			t.Error(out, err)
		}
		w.must(w.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return personal{}.Erase(ctx, tx, "els") }))
		if out, err = (personal{}).Export(ctx, w.DB, "els"); err != nil || out.Data != nil {
			t.Error(out, err)
		}
		for _, p := range plans {
			if err := w.DB.CheckPlan(ctx, p); err != nil {
				t.Error(p.Name, err)
			}
		}
	})
}

// People agreed to one organisation and one term: once they can, who runs the round
// changes neither.
func TestAnOpenRoundKeepsWhoMeasures(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		lead, id := w.as("lead"), w.opened()
		code := w.codes(id, "f1", 1)[0]
		w.must(w.Answer(w.as("nobody"), code, "high", ShareRisk))
		w.must(w.Book(w.as("nobody"), code, w.slot(0), ""))
		v, err := w.Get(lead, id)
		w.must(err)
		terms := w.terms()
		terms.Version, terms.Screener = v.Version, "org-a"
		w.must(w.Save(lead, id, terms))
		if v, err = w.Get(lead, id); err != nil || v.Screener != "org-b" {
			t.Error("others measure now", v.Screener, err)
		}
		if _, err := w.Patient(w.as("coach"), id, w.card(code).Invite.ID); err == nil {
			t.Error("who nobody agreed to sees the class")
		}
		terms.Version, terms.KeepDays = v.Version, v.KeepDays+1
		w.is(w.Save(lead, id, terms), fault.KindInvalid, "screenings.wrong.longer")
	})
}
