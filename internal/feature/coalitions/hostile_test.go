package coalitions

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
)

// TestAnInvitationIsForOnePerson: a letter that was passed on or intercepted lets
// nobody else in, and is not used up by who tries.
func TestAnInvitationIsForOnePerson(t *testing.T) {
	each(t, func(t *testing.T, d *table) {
		id := d.begun(false)
		d.must(d.Invite(d.as(fatma), id, Invite{Email: "Joost@Test.example", Organisation: "heuvelrijk", Role: Convener}))
		token := d.letter("joost@test.example")
		_, err := d.Accept(d.as(stranger), token)
		d.is(err, fault.KindDenied)
		if status, body := d.send(stranger, invitationPath+token); status != http.StatusForbidden || strings.Contains(body, "joost") || strings.Contains(body, "coalitions.") {
			t.Errorf("somebody else gets %d: %s", status, body)
		}
		d.has(stranger, Path(id), http.StatusNotFound)
		_, err = d.Accept(d.as(joost), token)
		d.must(err)
		_, err = d.Accept(d.as(joost), token)
		d.is(err, fault.KindNotFound)
	})
}

// TestTheHistoryForgetsWhoseRoleChanged: of somebody who was erased no name stays
// in what others did.
func TestTheHistoryForgetsWhoseRoleChanged(t *testing.T) {
	each(t, func(t *testing.T, d *table) {
		id := d.three(false)
		d.must(d.SetRole(d.as(fatma), id, "joost", Observer))
		d.has(fatma, Path(id)+"/historie", http.StatusOK, "Naam van joost")
		kept := func() (list []string) {
			t.Helper()
			list, err := db.All(t.Context(), d.DB, db.Value[string], `SELECT subject FROM coalition_change WHERE kind = 'role'`)
			d.must(err)
			return list
		}
		if strings.Contains(strings.Join(kept(), " "), "Naam van") {
			t.Errorf("the name is kept: %q", kept())
		}
		d.must(d.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return personal{d.near}.Erase(ctx, tx, "joost") }))
		if s := strings.Join(kept(), ""); s != "" {
			t.Errorf("after erasing: %q", s)
		}
		if body := d.has(fatma, Path(id)+"/historie", http.StatusOK); strings.Contains(body, "joost") {
			t.Error("the history still tells of joost")
		}
	})
}

// TestAnOrganisationSaysYesItself: to be asked is not to take part. Until somebody
// with a role in it says yes, nobody outside reads its name, and it has no rights.
func TestAnOrganisationSaysYesItself(t *testing.T) {
	each(t, func(t *testing.T, d *table) {
		id := d.begun(true)
		d.must(d.AddCity(d.as(fatma), id, "heuvelrijk", "GM0153"))
		apart := func() {
			t.Helper()
			for _, path := range []string{Path(id), base, apiPath, apiPath + "/" + id} {
				if body := d.has(nobody, path, http.StatusOK); strings.Contains(body, "Heuvelrijk") {
					t.Errorf("%s names an organisation that was only asked", path)
				}
			}
			public, err := d.Public(d.as(nobody), d.DB)
			d.must(err)
			cities, err := d.Cities(d.as(fatma), d.DB, id)
			d.must(err)
			if len(public[0].Cities) != 1 || len(cities) != 1 {
				t.Errorf("%+v, %+v take part", public[0].Cities, cities)
			}
		}
		apart()
		d.has(fatma, Path(id)+"/mensen", http.StatusOK, "Gemeente Heuvelrijk", "uitgenodigd", "Trek de uitnodiging aan Gemeente Heuvelrijk in")
		d.is(d.AddCity(d.as(fatma), id, "heuvelrijk", "GM0153"), fault.KindInvalid, "coalitions.wrong.asked")
		// Who has no role there does not answer, nor does a role without the second factor.
		half := joost
		half.SecondFactor = false
		for _, who := range []access.Actor{fatma, els, stranger, nobody, half} {
			d.is(d.AnswerFor(d.as(who), id, "heuvelrijk", true), fault.KindNotFound)
		}
		d.has(els, Path(id)+"/mensen", http.StatusForbidden)
		if body := d.has(els, base, http.StatusOK); strings.Contains(body, "Uw organisatie is uitgenodigd") {
			t.Error("somebody else is asked")
		}
		// A letter to a friend, on behalf of an organisation where the friend has no role.
		d.invited(id, Participant, stranger, "heuvelrijk")
		apart()
		members, err := d.Members(d.as(fatma), d.DB, id)
		d.must(err)
		for _, m := range members {
			if m.Person == "stranger" && m.Organisation != "" {
				t.Errorf("%s takes part on behalf of %s", m.Person, m.OrganisationName)
			}
		}
		// No, asked again, and yes.
		d.has(joost, base, http.StatusOK, "Uw organisatie is uitgenodigd", "Naam van fatma nodigt Gemeente Heuvelrijk uit")
		d.posts(joost, Path(id)+"/gemeente/antwoord", "organisatie", "heuvelrijk", "antwoord", "nee")
		apart()
		d.is(d.AnswerFor(d.as(joost), id, "heuvelrijk", true), fault.KindNotFound)
		d.posts(fatma, Path(id)+"/gemeente", "organisatie", "heuvelrijk", "gemeente", "GM0153")
		d.posts(joost, Path(id)+"/gemeente/antwoord", "organisatie", "heuvelrijk", "antwoord", "ja")
		d.has(nobody, Path(id), http.StatusOK, "Gemeente Heuvelrijk")
		d.has(fatma, Path(id)+"/historie", http.StatusOK, "Organisatie uitgenodigd: Gemeente Heuvelrijk", "Gemeente Heuvelrijk doet niet mee", "Gemeente erbij: Gemeente Heuvelrijk")
		// What is taken back, or never answered, is gone.
		d.must(d.AddCity(d.as(fatma), id, "vier", "GM0153"))
		d.must(d.RemoveCity(d.as(fatma), id, "vier"))
		d.is(d.AnswerFor(d.as(lead("van-vier", "vier")), id, "vier", true), fault.KindNotFound)
		d.must(d.AddCity(d.as(fatma), id, "vijf", "GM0153"))
		d.clock.Advance(keepAsked + time.Hour)
		d.must(d.Night(t.Context()))
		d.is(d.AnswerFor(d.as(lead("van-vijf", "vijf")), id, "vijf", true), fault.KindNotFound)
	})
}

// TestANameOfAGuestGoes: ninety days after the end of the link it is a guest, on
// every page, and with the coalition all goes.
func TestANameOfAGuestGoes(t *testing.T) {
	each(t, func(t *testing.T, d *table) {
		id := d.three(false)
		talk := func(name string, days int) {
			t.Helper()
			token, err := d.AddGuest(d.as(fatma), id, NewGuest{Name: name, MayComment: true, Days: days})
			d.must(err)
			d.must(d.CommentAsGuest(d.as(nobody), token, "Gezegd door "+strings.ToLower(name)))
		}
		talk("Kwispelwoord", 7)
		talk("Trompetwoord", 90)
		crowd, err := d.Crowd(d.as(fatma), id)
		d.must(err)
		night := func(kwispel, trompet bool) {
			t.Helper()
			d.must(d.Night(t.Context()))
			for _, path := range []string{"", "/historie", "/mensen"} {
				body := d.has(fatma, Path(id)+path, http.StatusOK)
				if strings.Contains(body, "Kwispelwoord") != kwispel || strings.Contains(body, "Trompetwoord") != trompet {
					t.Errorf("%s after %v: %v %v", path, d.clock.Now(), strings.Contains(body, "Kwispelwoord"), strings.Contains(body, "Trompetwoord"))
				}
			}
		}
		d.clock.Advance((7 + 89) * 24 * time.Hour)
		night(true, true)
		d.clock.Advance(2 * 24 * time.Hour)
		night(false, true)
		d.has(fatma, Path(id), http.StatusOK, "Gezegd door kwispelwoord", "<strong>gast</strong>")
		for _, g := range crowd.Guests { // a link taken back counts from that day
			if g.Name == "Trompetwoord" {
				d.must(d.Revoke(d.as(fatma), id, g.ID))
			}
		}
		d.clock.Advance(91 * 24 * time.Hour)
		night(false, false)
		d.must(d.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `DELETE FROM coalition WHERE id = $1`, id)
			return err
		}))
		for _, table := range []string{"coalition_guest", "coalition_comment", "coalition_change", "coalition_asked"} {
			if n, err := db.One(t.Context(), d.DB, db.Value[int], `SELECT COUNT(*) FROM `+table+` WHERE coalition = $1`, id); err != nil || n != 0 {
				t.Errorf("%s keeps %d rows, %v", table, n, err)
			}
		}
	})
}

// TestADraftIsNotInAChoice: of an initiative that is no longer to be seen, what
// everybody reads of the coalition holds neither name nor address.
func TestADraftIsNotInAChoice(t *testing.T) {
	each(t, func(t *testing.T, d *table) {
		id := d.scoring(true)
		d.scores(fatma, id, map[string]int{"beeldzorg": 5, "buurtapp": 1, "valtraining": 3})
		d.scores(joost, id, map[string]int{"beeldzorg": 5, "buurtapp": 1, "valtraining": 3})
		d.must(d.Reveal(d.as(fatma), id))
		b, err := d.Board(d.as(fatma), id)
		d.must(err)
		d.must(d.Choose(d.as(fatma), id, b.Choice.Version, "beeldzorg", "Omdat beeldzorg het beste is"))
		for _, path := range []string{Path(id), apiPath, apiPath + "/" + id} {
			d.has(nobody, path, http.StatusOK, "beeldzorg")
		}
		d.near.draft = "beeldzorg"
		token, err := d.AddGuest(d.as(fatma), id, NewGuest{Name: "Adviseur"})
		d.must(err)
		for _, path := range []string{Path(id), base, apiPath, apiPath + "/" + id, guestPath + token} {
			if body := d.has(nobody, path, http.StatusOK); strings.Contains(body, "beeldzorg") {
				t.Errorf("%s tells of a draft", path)
			}
		}
		if slug, err := d.Chosen(d.as(nobody), d.DB, id); slug != "" || err != nil {
			t.Errorf("chosen is %q, %v", slug, err)
		}
		d.has(els, Path(id), http.StatusOK, "een initiatief dat u niet kunt zien")
		if body := d.has(els, Path(id)+"/kiezen/uitslag", http.StatusOK); strings.Contains(body, "Project beeldzorg") {
			t.Error("a member reads the name")
		}
	})
}
