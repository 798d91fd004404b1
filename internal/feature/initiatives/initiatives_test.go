package initiatives

import (
	"slices"
	"testing"
	"time"
)

func TestStrengthIsThatOfResultsOnly(t *testing.T) {
	for _, c := range []struct {
		evidence []Evidence
		want     string
	}{
		{nil, ""},
		{[]Evidence{{Type: "reach", Strength: "controlled"}}, ""},
		{[]Evidence{{Type: "outcome", Strength: "claim"}, {Type: "outcome", Strength: "estimate"}}, "estimate"},
		{[]Evidence{{Type: "outcome", Strength: "survey"}, {Type: "outcome", Strength: "registration"}}, "survey"},
		{[]Evidence{{Type: "outcome", Strength: "before_after"}, {Type: "outcome", Strength: "controlled"}, {Type: "cost", Strength: "claim"}}, "controlled"},
	} {
		if got := (Initiative{Evidence: c.evidence}).Strength(); got != c.want {
			t.Errorf("%+v: %q, want %q", c.evidence, got, c.want)
		}
	}
	for k := 1; k < len(Strengths); k++ {
		if rank(Strengths[k]) > rank(Strengths[k-1]) {
			t.Errorf("%s stands after %s", Strengths[k], Strengths[k-1])
		}
	}
}

func TestUnknowns(t *testing.T) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	known := Initiative{Phase: Phase{Status: "scaled", Year: 2025}, Evidence: []Evidence{{Type: "outcome", Strength: "controlled"}}, Costs: []Cost{{}},
		Preconditions: []string{"x"}, Barriers: []Met{{}}, Parties: []Party{{}}}
	if got := known.Unknowns(at); len(got) != 0 {
		t.Errorf("all is known, but %v", got)
	}
	for want, change := range map[string]func(*Initiative){
		"description":   func(i *Initiative) { i.FoundingOnly = true },
		"phase":         func(i *Initiative) { i.Phase.Status = "unknown" },
		"year":          func(i *Initiative) { i.Phase.Year = 0 },
		"later":         func(i *Initiative) { i.Phase.Year = 2016 },
		"evidence":      func(i *Initiative) { i.Evidence = nil },
		"outcome":       func(i *Initiative) { i.Evidence = []Evidence{{Type: "use", Strength: "controlled"}} },
		"weak":          func(i *Initiative) { i.Evidence[0].Strength = "claim" },
		"uncontrolled":  func(i *Initiative) { i.Evidence[0].Strength = "before_after" },
		"cost":          func(i *Initiative) { i.Costs = nil },
		"preconditions": func(i *Initiative) { i.Preconditions = nil },
		"barriers":      func(i *Initiative) { i.Barriers = nil },
		"parties":       func(i *Initiative) { i.Parties = nil },
	} {
		i := known
		i.Evidence = slices.Clone(known.Evidence)
		change(&i)
		if got := i.Unknowns(at); !slices.Equal(got, []string{want}) {
			t.Errorf("%s: %v", want, got)
		}
	}
	stopped := known
	stopped.Phase = Phase{Status: "stopped", Year: 2016}
	if got := stopped.Unknowns(at); len(got) != 0 {
		t.Errorf("what has stopped stays stopped: %v", got)
	}
}

func TestCurvesAreOfOneUnitAndDated(t *testing.T) {
	got := Curves([]Point{
		{Period: "2020-12", Value: 110, Unit: "gemeenten"}, {Period: "2011", Value: 1, Unit: "gemeente"}, {Period: "2023", Value: 170, Unit: "gemeenten"},
		{Period: "na 2020", Value: 40, Unit: "gemeenten"}, {Period: "2017", Value: 40, Unit: "woningen"}, {Period: "2019", Value: 1200, Unit: "ouderen"},
	})
	if len(got) != 1 || got[0].Unit != "gemeenten" || len(got[0].Points) != 3 || got[0].Points[0].Value != 1 || got[0].Points[2].Value != 170 {
		t.Errorf("%+v", got)
	}
	if p := got[0].points(); p != "0.0,33.8 99.2,13.9 120.0,3.0" {
		t.Errorf("%s", p)
	}
}

func TestAudiences(t *testing.T) {
	for target, want := range map[string]string{
		"mensen met beginnende dementie": "dementie", "mantelzorgers": "mantelzorgers", "inwoners die willen helpen": "vrijwilligers",
		"alleenwonende ouderen": "ouderen", "kwetsbare inwoners": "zorg", "wijkbewoners": "inwoners", "medewerkers in de zorg": "professionals",
		"zorg- en welzijnsorganisaties": "organisaties", "jongeren met jeugdhulp": "jeugd", "marsmannen": "",
	} {
		if got := Audiences([]string{target}); want == "" && len(got) != 0 || want != "" && !slices.Equal(got, []string{want}) {
			t.Errorf("%s: %v, want %s", target, got, want)
		}
	}
}

func TestPlaceKeyKnowsWhatPeopleSay(t *testing.T) {
	for a, b := range map[string]string{"Den Haag": "'s-Gravenhage", "gemeente Enschede": "enschede", "SÚDWEST fryslan": "Súdwest-Fryslân", "": ""} {
		if placeKey(a) != placeKey(b) {
			t.Errorf("%q is %q, %q is %q", a, placeKey(a), b, placeKey(b))
		}
	}
	if placeKey("Hengelo") == placeKey("Almelo") {
		t.Error("two towns are one")
	}
}

func TestCardKeepsWhatAListShows(t *testing.T) {
	v := 1.0
	i := Initiative{Slug: "a-b", Name: "A & B", Kind: "place", Summary: "S", Region: "R", Phase: Phase{Status: "pilot", Year: 2016}, Themes: []string{"dementie", "jeugd"},
		Municipalities: []Municipality{{Name: "'s-Gravenhage"}, {Name: "Epe"}}, Evidence: []Evidence{{Type: "outcome", Strength: "survey", Value: &v}}, Costs: []Cost{{}}}
	c := cardOf(i.card(now))
	if c.Slug != i.Slug || c.Name != i.Name || c.Kind != i.Kind || c.Summary != i.Summary || c.Region != i.Region || c.Phase != i.Phase || c.Strength != "survey" ||
		c.Evidence != 1 || !c.HasCost || !slices.Equal(c.Themes, i.Themes) || !slices.Equal(c.Places, []string{"'s-Gravenhage", "Epe"}) || c.Targets != nil || !c.Updated.Equal(now) {
		t.Errorf("%+v", c)
	}
}
