package app_test

import (
	"regexp"
	"strings"
	"testing"

	"wijkbaak.nl/internal/apptest"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/feature/coalitions"
	"wijkbaak.nl/internal/trust/access"
)

// A guest of a coalition follows the link from its page to its plan, says something
// there, and is told when the link has ended.
func TestAGuestReadsThePlanOfTheCoalition(t *testing.T) {
	apptest.Each(t, apptest.Options{}, func(t *testing.T, w *apptest.World) {
		id := one(t, w, `SELECT coalition FROM scaling_plan WHERE coalition <> '' ORDER BY id LIMIT 1`)
		convener := one(t, w, `SELECT person FROM coalition_member WHERE coalition = $1 AND role = 'convener' ORDER BY person LIMIT 1`, id)
		ctx := i18n.With(access.With(t.Context(), access.Actor{Person: convener, SecondFactor: true}), w.App.Words, i18n.Reference)
		token, err := w.App.Coalitions.AddGuest(ctx, id, coalitions.NewGuest{Name: "Verzekeraar", MayComment: true, Days: 7})
		if err != nil {
			t.Fatal(err)
		}
		guest := w.Client()
		link := regexp.MustCompile(`href="(/gast/[^"]+/opschalingsplan/[^"]+)"`).FindStringSubmatch(ok(t, guest.Get("/gast/"+token)).Body)
		if link == nil {
			t.Fatal("the page of the guest leads to no plan")
		}
		ok(t, guest.Get(link[1]+"?weergave=tijdlijn"))
		ok(t, guest.Get(link[1]+"/blad"))
		if p := ok(t, guest.Post(link[1]+"/opmerking", "bericht", "Wie betaalt de training?")); !strings.Contains(p.Text(), "Verzekeraar (gast)") {
			t.Errorf("the comment is not on %s", p.Path)
		}
		gone := one(t, w, `SELECT id FROM coalition_guest WHERE coalition = $1 AND name = 'Verzekeraar'`, id)
		if err := w.App.Coalitions.Revoke(ctx, id, gone); err != nil {
			t.Fatal(err)
		}
		if p := guest.Get(link[1]); p.Status != 410 || !strings.Contains(p.Text(), "Deze link werkt niet meer") {
			t.Errorf("an ended link answers %d: %.200s", p.Status, p.Text())
		}
	})
}
