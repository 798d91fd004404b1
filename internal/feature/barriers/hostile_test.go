package barriers

import (
	"context"
	"encoding/json"
	"testing"

	"wijkbaak.nl/internal/base/db"
)

// TestAnUpgradeWipesNoWork: a newer package leaves alone what somebody here took up
// of an older one.
func TestAnUpgradeWipesNoWork(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		adopt := func(list ...packed) {
			t.Helper()
			data, err := json.Marshal(part{list})
			d.must(err)
			d.must(d.DB.Write(d.as(fatma), func(ctx context.Context, tx *db.Tx) error { return d.Adopt(ctx, tx, "geheim", data) }))
		}
		one := packed{Title: "De koppeling ontbreekt", Category: Categories[0], Lifter: "self", Worked: "Samen inkopen"}
		two := packed{Title: "Niemand heeft tijd", Category: Categories[0], Lifter: "self"}
		adopt(one, two)
		list, _, err := d.List(d.as(fatma), Filter{Initiative: "geheim"}, "", 20)
		d.must(err)
		var e Entry
		for _, x := range list {
			if x.Title == one.Title {
				e = x
			}
		}
		e.OwnerBody, e.Due, e.Status = "waterstad", d.clock.Now().AddDate(0, 1, 0), InHand
		d.must(d.Save(d.as(fatma), e, "wij pakken dit op"))
		one.Worked = "Samen inkopen, met drie gemeenten"
		adopt(one, two)
		v, err := d.Get(d.as(fatma), e.ID)
		d.must(err)
		if v.Status != InHand || v.OwnerBody != "waterstad" || v.Due.IsZero() {
			t.Errorf("what was taken up is %+v", v.Entry)
		}
	})
}
