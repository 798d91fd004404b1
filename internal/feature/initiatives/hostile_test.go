package initiatives

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
)

// TestAPartnerCannotTakeOver: who leads at a partner puts neither the lead nor
// another partner out, and does not take the lead.
func TestAPartnerCannotTakeOver(t *testing.T) {
	desked(t, func(t *testing.T, d *desk) {
		a, b, c := Owner{Organisation: "org-a", Role: RoleLead}, Owner{Organisation: "org-b", Role: RolePartner}, Owner{Organisation: "org-c", Role: RolePartner}
		d.owned(fitknip, a, b, c)
		taken := func(o Owner) Owner { o.Role = RoleLead; return o }
		demoted := func(o Owner) Owner { o.Role = RolePartner; return o }
		for name, list := range map[string][]Owner{
			"alone":          {taken(b)},
			"without lead":   {taken(b), c},
			"lead taken":     {demoted(a), taken(b), c},
			"partner out":    {a, b},
			"lead to others": {demoted(a), b, taken(c)},
		} {
			if err := d.SetOwners(d.as(leadOf("org-b")), fitknip, list, "x"); fault.KindOf(err) != fault.KindInvalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		d.must(d.SetOwners(d.as(leadOf("org-a")), fitknip, []Owner{a, b}, "de kartrekker mag dit"))
		d.must(d.SetOwners(d.as(leadOf("org-b")), fitknip, []Owner{a, b, c}, "een partner nodigt een ander uit"))
		if list, err := d.Owners(t.Context(), d.db, fitknip); err != nil || len(list) != 3 || list[0].Organisation != "org-a" || list[0].Role != RoleLead {
			t.Errorf("%v %+v", err, list)
		}
	})
}

// TestTheHistoryNamesNobodyToResidents: an account, which everybody can make, is no
// key to the names of who works at a municipality, or of who proposed something.
func TestTheHistoryNamesNobodyToResidents(t *testing.T) {
	desked(t, func(t *testing.T, d *desk) {
		a := Owner{Organisation: "org-a", Role: RoleLead}
		d.owned(fitknip, a)
		lead, name, path := leadOf("org-a"), "Joost", "/initiatieven/"+fitknip+"/geschiedenis"
		d.must(d.SetOwners(d.as(lead), fitknip, []Owner{a, {Organisation: "org-b", Role: RolePartner}}, "x"))
		d.gives(editor, http.MethodGet, path, http.StatusOK, name)
		if body := d.gives(resident, http.MethodGet, path, http.StatusOK, ""); strings.Contains(body, name) {
			t.Error("a resident reads who it was")
		}
	})
}

// TestNobodyBeginsScaled: what an organisation owns is called scaled by the proofs
// at its gate, also when it was just made.
func TestNobodyBeginsScaled(t *testing.T) {
	desked(t, func(t *testing.T, d *desk) {
		form := []string{"naam", "Buurtbus Noord", "samenvatting", "Een bus die langs alle buurten rijdt.", "soort", "place", "waarom", "begin", "anders", "ja", "organisatie", "org-a"}
		d.gives(leadOf("org-a"), http.MethodPost, "/initiatieven/nieuw", http.StatusUnprocessableEntity, "", append(form, "fase", "scaled")...)
		d.gives(leadOf("org-a"), http.MethodPost, "/initiatieven/nieuw", http.StatusSeeOther, "", append(form, "fase", "pilot")...)
	})
}

// TestErasedPeopleLeaveNoWords: why somebody proposed or changed something is in
// their own words, which go with them.
func TestErasedPeopleLeaveNoWords(t *testing.T) {
	desked(t, func(t *testing.T, d *desk) {
		a := Owner{Organisation: "org-a", Role: RoleLead}
		d.owned(fitknip, a)
		d.must(d.SetOwners(d.as(leadOf("org-a")), fitknip, []Owner{a, {Organisation: "org-b", Role: RolePartner}}, "ik, Joost van de zwartkoffer, wil dit"))
		path := "/initiatieven/" + fitknip + "/geschiedenis"
		d.gives(anonymous, http.MethodGet, path, http.StatusOK, "zwartkoffer")
		d.must(d.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return personal{d.Service}.Erase(ctx, tx, "joost") }))
		if body := d.gives(anonymous, http.MethodGet, path, http.StatusOK, "Gemeente B"); strings.Contains(body, "zwartkoffer") {
			t.Error("the words are still there")
		}
	})
}
