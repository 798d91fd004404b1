package access

import (
	"testing"

	"wijkbaak.nl/internal/base/fault"
)

func TestCan(t *testing.T) {
	coach := Actor{Person: "p", SecondFactor: true, Grants: []Grant{{Role: Coach, Place: "/0153/WK01"}}}
	half := coach
	half.SecondFactor = false
	for _, c := range []struct {
		who   Actor
		role  Role
		place string
		want  bool
	}{
		{coach, Coach, "/0153/WK01", true},
		{coach, Coach, "/0153/WK01/BU0101", true},
		{coach, Coach, "/0153/WK010", false},
		{coach, Coach, "/0153", false},
		{coach, Moderator, "/0153/WK01", false},
		{half, Coach, "/0153/WK01", false},
		{Actor{}, Coach, "", false},
		{Actor{SecondFactor: true, Grants: []Grant{{Role: Operator, Place: "/"}}}, Operator, "/0153", true},
	} {
		if got := c.who.Can(c.role, c.place); got != c.want {
			t.Errorf("%v can be %s in %q: %v", c.who.Grants, c.role, c.place, got)
		}
	}
}

func TestLevelsDenyByDefault(t *testing.T) {
	resident := Actor{Person: "p"}
	coach := Actor{Person: "p", SecondFactor: true, Grants: []Grant{{Role: Coach, Place: "/"}}}
	token := Actor{Scopes: []string{"questions:read"}}
	for _, c := range []struct {
		level Level
		open  []Actor
		shut  []Actor
	}{
		{Public, []Actor{{}, resident, coach}, nil},
		{SignedIn, []Actor{resident, coach}, []Actor{{}, token}},
		{Has(Coach, Operator), []Actor{coach}, []Actor{{}, resident, token}},
		{Scope("questions:read"), []Actor{token}, []Actor{{}, coach}},
		{Scope("questions:write"), nil, []Actor{token}},
	} {
		for _, a := range c.open {
			if err := c.level.Check(With(t.Context(), a)); err != nil {
				t.Errorf("%s refuses %+v: %v", c.level.Name(), a, err)
			}
		}
		for _, a := range c.shut {
			if err := c.level.Check(With(t.Context(), a)); fault.KindOf(err) != fault.KindDenied {
				t.Errorf("%s says %v to %+v", c.level.Name(), err, a)
			}
		}
	}
}
