package coalitions

import (
	"strings"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/fault"
)

// What a plan and a vision ask here: whose link it is, what an organisation is, and
// who gets a letter.
func TestWhatOtherRoomsAsk(t *testing.T) {
	each(t, func(t *testing.T, d *table) {
		d.Plan = d.near
		id := d.three(false)
		token, err := d.AddGuest(d.as(fatma), id, NewGuest{Name: "Verzekeraar", Days: 7})
		d.must(err)
		d.has(nobody, guestPath+token, 200, "Het opschalingsplan", `href="/gast/`+token+`/opschalingsplan/plan-van-`+id)
		g, name, over, err := d.GuestOf(d.as(nobody), d.DB, token)
		if err != nil || over || g.Coalition != id || g.Name != "Verzekeraar" || name != "Samen thuis" {
			t.Errorf("%+v %q %v %v", g, name, over, err)
		}
		d.clock.Advance(8 * 24 * time.Hour)
		if g, name, over, err = d.GuestOf(d.as(nobody), d.DB, token); err != nil || !over || g != (Guest{}) || name != "" {
			t.Errorf("an ended link tells %+v %q %v %v", g, name, over, err)
		}
		_, _, _, err = d.GuestOf(d.as(nobody), d.DB, "verzonnen")
		d.is(err, fault.KindNotFound)

		list, err := d.Members(d.as(fatma), d.DB, id)
		d.must(err)
		for _, m := range list {
			role, err := d.OrganisationRole(d.as(nobody), d.DB, id, m.Organisation)
			if err != nil || m.Organisation != "" && role == Outside {
				t.Errorf("%s is %q: %v", m.Organisation, role, err)
			}
		}
		for _, organisation := range []string{"", "elders"} {
			if role, err := d.OrganisationRole(d.as(nobody), d.DB, id, organisation); err != nil || role != Outside {
				t.Errorf("%q is %q: %v", organisation, role, err)
			}
		}
		all, err := d.Everybody(d.as(nobody), d.DB, id)
		if err != nil || len(all) != len(list) || len(all) == 0 || strings.TrimSpace(all[0].Name) == "" {
			t.Errorf("%v %v", all, err)
		}
		d.must(d.End(d.as(fatma), id, "Het is af"))
		for _, c := range []string{id, "geen"} {
			if all, err = d.Everybody(d.as(nobody), d.DB, c); err != nil || all != nil {
				t.Errorf("%s still has %v, %v", c, all, err)
			}
		}
	})
}
