package coalitions

import (
	"testing"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
)

// What a member scored is found nowhere before it is revealed.
func TestScoresAreHidden(t *testing.T) {
	each(t, func(t *testing.T, d *table) {
		id := d.scoring(true)
		d.scores(joost, id, map[string]int{"beeldzorg": 5, "buurtapp": 1, "valtraining": 3})
		token, err := d.AddGuest(d.as(fatma), id, NewGuest{Name: "Gast"})
		d.must(err)
		for _, who := range []access.Actor{fatma, els, alderman} {
			b, err := d.Board(d.as(who), id)
			d.must(err)
			if len(b.Own) != 0 || len(b.Done) != 1 || b.Done[0] != "joost" {
				t.Errorf("%s: own %v, done %v", who.Person, b.Own, b.Done)
			}
			_, err = d.Result(d.as(who), id, nil)
			d.is(err, fault.KindConflict, "coalitions.wrong.stage.scoring")
		}
		b, err := d.Board(d.as(joost), id)
		d.must(err)
		if b.Own["beeldzorg"]["need"] != 5 {
			t.Errorf("joost does not see his own: %v", b.Own)
		}
		// With other scores every page of somebody else is the same to the byte.
		pages := func() (all string) {
			for _, who := range []access.Actor{fatma, alderman, nobody} {
				for _, path := range []string{Path(id), Path(id) + "/kiezen", Path(id) + "/kiezen/uitslag", Path(id) + "/historie", Path(id) + "/kiezen/scoren/beeldzorg",
					apiPath, apiPath + "/" + id, guestPath + token} {
					_, body := d.get(who, path)
					all += body
				}
			}
			return all
		}
		before := pages()
		d.scores(joost, id, map[string]int{"beeldzorg": 2, "buurtapp": 4})
		if after := pages(); after != before {
			t.Error("a page of somebody else changes with the scores of joost")
		}
		d.is(d.Reveal(d.as(fatma), id), fault.KindConflict, "coalitions.wrong.toofew")
		_, err = d.Score(d.as(alderman), id, "beeldzorg", nil)
		d.is(err, fault.KindDenied)
		_, err = d.Score(d.as(els), id, "beeldzorg", map[string]int{"need": 6})
		d.is(err, fault.KindInvalid, "score-need", "score-cost")
		_, err = d.Score(d.as(els), id, "elders", nil)
		d.is(err, fault.KindNotFound)
		d.scores(els, id, map[string]int{"beeldzorg": 4, "buurtapp": 1})
		d.is(d.Reveal(d.as(fatma), id), fault.KindConflict, "coalitions.wrong.toofew") // els is not done
		d.scores(els, id, map[string]int{"valtraining": 3})
		d.is(d.Reveal(d.as(joost), id), fault.KindDenied)
		d.must(d.Reveal(d.as(fatma), id))
		_, err = d.Score(d.as(els), id, "beeldzorg", map[string]int{"need": 1})
		d.is(err, fault.KindConflict, "coalitions.wrong.stage.revealed")
		v, err := d.Result(d.as(alderman), id, nil)
		d.must(err)
		if v.Cards != 2 || v.Outcomes[0].Slug != "beeldzorg" || v.Outcomes[0].Mean != 3 || v.Outcomes[0].Spread == 0 {
			t.Errorf("result %+v", v.Outcomes)
		}
	})
}

func TestChoosingGoesInStages(t *testing.T) {
	each(t, func(t *testing.T, d *table) {
		id := d.three(true)
		d.is(d.Open(d.as(fatma), id), fault.KindConflict, "coalitions.wrong.short")
		d.is(d.Put(d.as(alderman), id, "beeldzorg", true), fault.KindDenied)
		d.is(d.Put(d.as(joost), id, "verzonnen", true), fault.KindInvalid, "initiatief")
		d.must(d.Put(d.as(joost), id, "beeldzorg", true))
		d.is(d.Put(d.as(els), id, "beeldzorg", true), fault.KindInvalid, "coalitions.wrong.listed")
		d.must(d.Put(d.as(els), id, "buurtapp", true))
		d.must(d.Agree(d.as(joost), id, 1))
		d.is(d.Open(d.as(fatma), id), fault.KindConflict, "coalitions.wrong.agreement") // one of three
		d.must(d.Agree(d.as(els), id, 1))
		b, err := d.Board(d.as(fatma), id)
		d.must(err)
		// Other criteria ask for agreement anew.
		list := b.Choice.Criteria[:2]
		list[0].Weight = 9
		d.must(d.SaveCriteria(d.as(fatma), id, b.Choice.Version, list))
		d.is(d.SaveCriteria(d.as(fatma), id, b.Choice.Version, list), fault.KindConflict, "coalitions.conflict")
		d.is(d.SaveCriteria(d.as(joost), id, b.Choice.Version+1, list), fault.KindDenied)
		d.is(d.Agree(d.as(joost), id, 1), fault.KindConflict, "coalitions.wrong.terms")
		d.is(d.Open(d.as(fatma), id), fault.KindConflict, "coalitions.wrong.agreement")
		d.must(d.Agree(d.as(joost), id, 2))
		d.must(d.Agree(d.as(els), id, 2))
		d.must(d.Open(d.as(fatma), id))
		d.is(d.Put(d.as(joost), id, "valtraining", true), fault.KindConflict, "coalitions.wrong.stage.scoring")
		for _, who := range []access.Actor{fatma, joost} {
			for _, slug := range []string{"beeldzorg", "buurtapp"} {
				done, err := d.Score(d.as(who), id, slug, map[string]int{"need": 3, "evidence": 0})
				d.must(err)
				if done != (slug == "buurtapp") {
					t.Errorf("%s after %s: done %v", who.Person, slug, done)
				}
			}
		}
		d.must(d.Reveal(d.as(fatma), id))
		b, err = d.Board(d.as(fatma), id)
		d.must(err)
		d.is(d.Choose(d.as(fatma), id, b.Choice.Version, "beeldzorg", "kort"), fault.KindInvalid, "waarom")
		d.is(d.Choose(d.as(fatma), id, b.Choice.Version, "valtraining", "Dit is het beste"), fault.KindInvalid, "initiatief")
		d.is(d.Choose(d.as(joost), id, b.Choice.Version, "beeldzorg", "Dit is het beste"), fault.KindDenied)
		d.must(d.Choose(d.as(fatma), id, b.Choice.Version, "beeldzorg", "Dit is het beste"))
		d.is(d.Choose(d.as(fatma), id, b.Choice.Version, "buurtapp", "Toch dit andere"), fault.KindConflict, "coalitions.conflict")
		if slug, err := d.Chosen(d.as(nobody), d.DB, id); slug != "beeldzorg" || err != nil {
			t.Errorf("chosen %s, %v", slug, err)
		}
		v, err := d.Get(d.as(joost), id, "")
		if err != nil || v.Chosen.Name != "Project beeldzorg" || v.ChosenBy != "Naam van fatma" || v.Choice.Why != "Dit is het beste" {
			t.Errorf("view %+v, %v", v.Chosen, err)
		}
		d.must(d.Again(d.as(fatma), id, "Er is iets veranderd"))
		if slug, _ := d.Chosen(d.as(nobody), d.DB, id); slug != "" {
			t.Errorf("still chosen: %s", slug)
		}
		if b, err = d.Board(d.as(joost), id); err != nil || len(b.Own) != 0 || b.Choice.Stage != Listing || len(b.Choice.Listed) != 2 {
			t.Errorf("again: %+v, %v", b.Choice, err)
		}
	})
}

func TestWeightsTriedOutAreKeptNowhere(t *testing.T) {
	each(t, func(t *testing.T, d *table) {
		id := d.scoring(true)
		give := func(who access.Actor, slug string, need, rest int) {
			all := map[string]int{}
			for _, u := range usual {
				all[u.id] = rest
			}
			all["need"] = need
			_, err := d.Score(d.as(who), id, slug, all)
			d.must(err)
		}
		for _, who := range []access.Actor{fatma, joost} {
			give(who, "beeldzorg", 5, 2)
			give(who, "buurtapp", 1, 4)
			give(who, "valtraining", 2, 2)
		}
		d.must(d.Reveal(d.as(fatma), id))
		v, err := d.Result(d.as(joost), id, nil)
		d.must(err)
		if v.Tried || v.Outcomes[0].Slug != "buurtapp" {
			t.Fatalf("first is %s, tried %v", v.Outcomes[0].Slug, v.Tried)
		}
		only := map[string]float64{"need": 10, "evidence": 0, "cost": 0, "fit": 0, "support": 0, "effort": 0}
		if v, err = d.Result(d.as(joost), id, only); err != nil || !v.Tried || v.Outcomes[0].Slug != "beeldzorg" || v.rank("beeldzorg") != 2 {
			t.Errorf("only need: %+v, %v", v.Outcomes, err)
		}
		if v, err = d.Result(d.as(joost), id, map[string]float64{"need": 0, "evidence": 0, "cost": 0, "fit": 0, "support": 0, "effort": 0}); err != nil || v.Outcomes[0].Slug != "buurtapp" {
			t.Errorf("no weight at all counts as agreed: %+v, %v", v.Outcomes, err)
		}
		if v, err = d.Result(d.as(joost), id, nil); err != nil || v.Tried {
			t.Errorf("something was kept: %v, %v", v.Weights, err)
		}
	})
}
