package people

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
)

func (w *world) operatorOf(t *testing.T, places ...string) context.Context {
	t.Helper()
	a := access.Actor{Person: "p", SecondFactor: true}
	for _, p := range places {
		a.Grants = append(a.Grants, access.Grant{Role: access.Operator, Place: p})
	}
	return access.With(t.Context(), a)
}

// listed gives the names that the operator of ctx finds.
func (w *world) listed(t *testing.T, ctx context.Context, search string) string {
	t.Helper()
	var names []string
	for after := ""; ; {
		l, err := w.List(ctx, search, after)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range l.Members {
			names = append(names, m.Name)
		}
		if after = l.Next; after == "" {
			return strings.Join(names, " ")
		}
	}
}

func TestOperatorSeesOwnPlace(t *testing.T) {
	each(t, func(t *testing.T, w *world) { // the demo works in /0153/WK01
		org := w.by["Tom"].Grants[0].Organisation
		near := w.operatorOf(t, "/0153/WK01")
		for name, c := range map[string]struct {
			ctx          context.Context
			search, want string
		}{
			"the place":             {near, "", "Els Fatma Joost Marieke Sanne Tom"},
			"around it":             {w.operatorOf(t, "/0153"), "", "Els Fatma Joost Marieke Sanne Tom"},
			"in it":                 {w.operatorOf(t, "/0153/WK01/BU01"), "", ""},
			"elsewhere":             {w.operatorOf(t, "/0200"), "", ""},
			"a name that goes on":   {w.operatorOf(t, "/0153/WK0"), "", ""},
			"two places":            {w.operatorOf(t, "/0200", "/0153/WK01", "/0153"), "", "Els Fatma Joost Marieke Sanne Tom"},
			"the whole":             {w.op, "", "Ans Beheer Els Fatma Joost Marieke Sanne Tom Yusuf"},
			"a name":                {near, "MA", "Marieke"},
			"a resident":            {near, "ans", ""},
			"address":               {near, "tom@demo.wijkbaak.example", "Tom"},
			"address of a resident": {near, "ans@demo.wijkbaak.example", ""},
		} {
			if got := w.listed(t, c.ctx, c.search); got != c.want {
				t.Errorf("%s: %q, want %q", name, got, c.want)
			}
		}
		if ids, err := w.Staff(near, w.d); err != nil || len(ids) != 6 || !slices.Contains(ids, w.by["Tom"].ID) || slices.Contains(ids, w.by["Ans"].ID) {
			t.Errorf("the staff of the place is %v, %v", ids, err)
		}
		if ids, err := w.Staff(t.Context(), w.d); err != nil || len(ids) != 0 {
			t.Errorf("somebody unknown has staff: %v, %v", ids, err)
		}
		// What is not seen is not found, and like what is not there.
		for _, id := range []string{w.by["Ans"].ID, w.by["Beheer"].ID, "none"} {
			_, err := w.AddGrant(near, NewGrant{Person: id, Role: access.Coach, Organisation: org})
			want(t, err, fault.KindNotFound)
			want(t, w.CloseAccount(near, id), fault.KindNotFound)
			want(t, w.Reopen(near, id), fault.KindNotFound)
			want(t, w.MayManage(near, w.d, id), fault.KindNotFound)
		}
		want(t, w.CloseAccount(near, w.by["Tom"].ID), fault.KindInternal)
		want(t, w.Reopen(near, w.by["Tom"].ID), fault.KindInternal)

		// Who works elsewhere too is seen, without what they do there, and is not managed.
		if _, err := w.AddGrant(w.op, NewGrant{Person: w.by["Tom"].ID, Role: access.Lead, Organisation: org, Place: "/0200"}); err != nil {
			t.Fatal(err)
		}
		l, err := w.List(near, "tom", "")
		if err != nil || len(l.Members) != 1 || len(l.Members[0].Grants) != 1 || l.Members[0].Grants[0].Place != "/0153/WK01" {
			t.Errorf("%+v %v", l, err)
		}
		want(t, w.CloseAccount(near, w.by["Tom"].ID), fault.KindDenied)

		// A role that is still to come counts, one that has ended does not.
		g, err := w.AddGrant(w.op, NewGrant{Person: w.by["Yusuf"].ID, Role: access.Editor, Organisation: org, Place: "/0153/WK01/BU02", From: w.clock.Now().Add(time.Hour), Until: w.clock.Now().Add(2 * time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		if got := w.listed(t, near, "yusuf"); got != "Yusuf" {
			t.Errorf("before: %q", got)
		}
		w.clock.Advance(2 * time.Hour)
		if got := w.listed(t, near, "yusuf"); got != "" {
			t.Errorf("%s was over: %q", g.ID, got)
		}
		want(t, w.CloseAccount(near, w.by["Yusuf"].ID), fault.KindNotFound)
	})
}

func TestListOfOnePlaceInParts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		org := w.by["Tom"].Grants[0].Organisation
		for i := range 120 {
			for _, role := range []access.Role{access.Coach, access.Lead}[:1+i%2] {
				n := NewPerson{Name: string(rune('a'+i%26)) + "naam", Email: fmt.Sprintf("n%d@voorbeeld.nl", i)}
				if _, _, err := w.AddMember(w.op, n, NewGrant{Role: role, Organisation: org}); err != nil {
					t.Fatal(err)
				}
			}
		}
		names := strings.Fields(w.listed(t, w.operatorOf(t, "/0153"), ""))
		if len(names) != 126 || !slices.IsSorted(sortKeys(names)) {
			t.Errorf("%d: %v", len(names), names)
		}
		if got := strings.Fields(w.listed(t, w.operatorOf(t, "/0153"), "bn")); len(got) != 5 {
			t.Errorf("%v", got)
		}
	})
}

func sortKeys(names []string) []string {
	keys := make([]string, len(names))
	for i, n := range names {
		keys[i] = SortKey(n)
	}
	return keys
}

func TestAddMember(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		org := w.by["Tom"].Grants[0].Organisation
		near := w.operatorOf(t, "/0153/WK01")
		count := func() int64 {
			n, err := db.One(t.Context(), w.d, db.Value[int64], "SELECT COUNT(*) FROM person")
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		before := count()
		p, g, err := w.AddMember(near, NewPerson{Name: "Roos", Email: "roos@voorbeeld.nl"}, NewGrant{Role: access.Coach, Organisation: org})
		if err != nil || g.Place != "/0153/WK01" || g.Person != p.ID || w.listed(t, near, "roos") != "Roos" || count() != before+1 {
			t.Errorf("%+v %+v %v", p, g, err)
		}
		// A resident with that address gets the role, and keeps the own name and number.
		p, _, err = w.AddMember(near, NewPerson{Name: "Iemand", Email: " ANS@demo.wijkbaak.example", Phone: "0612345678"}, NewGrant{Role: access.Coach, Organisation: org})
		if err != nil || p.ID != w.by["Ans"].ID || count() != before+1 {
			t.Errorf("%+v %v", p, err)
		}
		if p, err := w.ByID(t.Context(), w.d, p.ID); err != nil || p.Name != "Ans" || p.Phone != "" {
			t.Errorf("%+v %v", p, err)
		}
		// What is refused makes no account.
		before = count()
		for _, c := range []struct {
			email string
			give  NewGrant
			kind  fault.Kind
		}{
			{"a@voorbeeld.nl", NewGrant{Role: "baas", Organisation: org}, fault.KindInvalid},
			{"a@voorbeeld.nl", NewGrant{Role: access.Coach, Organisation: "x"}, fault.KindInvalid},
			{"a@voorbeeld.nl", NewGrant{Role: access.Coach, Organisation: org, Place: "../"}, fault.KindInvalid},
			{"a@voorbeeld.nl", NewGrant{Role: access.Coach, Organisation: org, Place: "/"}, fault.KindDenied},
			{"yusuf@demo.wijkbaak.example", NewGrant{Role: access.Coach, Organisation: org, Place: "/0200"}, fault.KindDenied},
			{"geen adres", NewGrant{Role: access.Coach, Organisation: org}, fault.KindInvalid},
		} {
			_, _, err := w.AddMember(near, NewPerson{Name: "A", Email: c.email}, c.give)
			want(t, err, c.kind)
		}
		if err := w.CloseAccount(w.op, w.by["Yusuf"].ID); err != nil {
			t.Fatal(err)
		}
		_, _, err = w.AddMember(near, NewPerson{Name: "A", Email: "yusuf@demo.wijkbaak.example"}, NewGrant{Role: access.Coach, Organisation: org})
		want(t, err, fault.KindInvalid)
		if count() != before {
			t.Error("an account was made")
		}
	})
}

func TestPagesOfOnePlace(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		org := w.by["Tom"].Grants[0].Organisation
		if _, err := w.AddGrant(w.op, NewGrant{Person: w.by["Yusuf"].ID, Role: access.Operator, Organisation: org, Place: "/0153/WK01"}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.AddGrant(w.op, NewGrant{Person: w.by["Tom"].ID, Role: access.Lead, Organisation: org, Place: "/0200"}); err != nil {
			t.Fatal(err)
		}
		p := w.pages(t, "Yusuf")
		p.send("GET", "/beheer/mensen")
		p.is(t, 200, "U ziet wie een rol heeft op uw plek.", "Marieke")
		if body := p.last.Body.String(); strings.Contains(body, "ans@") || strings.Contains(body, "beheer@") || strings.Contains(body, "Nog geen rol") {
			t.Error("the page shows accounts of elsewhere")
		}
		for _, name := range []string{"Ans", "Beheer"} {
			p.send("GET", "/beheer/mensen/"+w.by[name].ID)
			p.is(t, 404)
		}
		p.send("GET", "/beheer/mensen/"+w.by["Tom"].ID)
		p.is(t, 200, "Deze persoon werkt ook ergens anders.")
		if body := p.last.Body.String(); strings.Contains(body, "/0200") || strings.Contains(body, "/sluiten") {
			t.Error("the page shows what somebody does elsewhere, or offers to close the account")
		}
		p.send("POST", "/beheer/mensen", "name", "Els", "email", "els@voorbeeld.nl", "language", "nl")
		p.is(t, 422, "Kies een rol.")
		p.send("POST", "/beheer/mensen", "name", "Els", "email", "els@voorbeeld.nl", "language", "nl", "role", "coach", "organisation", org, "grant_place", "??")
		p.is(t, 422, `href="#f-grant_place"`)
		p.send("POST", "/beheer/mensen", "name", "Els", "email", "els@voorbeeld.nl", "language", "nl", "role", "coach", "organisation", org)
		p.is(t, 303)
		at := p.last.Header().Get("Location")
		p.send("GET", at)
		p.is(t, 200, "Els", "zorgverlener bij")
		grants, err := w.Grants(t.Context(), w.d, strings.TrimPrefix(at, "/beheer/mensen/"))
		if err != nil || len(grants) != 1 {
			t.Fatal(grants, err)
		}
		p.send("POST", "/beheer/rollen/"+grants[0].ID+"/einde")
		p.is(t, 303)
		if to := p.last.Header().Get("Location"); to != "/beheer/mensen" {
			t.Errorf("after the last role it leads to %s", to)
		}
		p.send("GET", at)
		p.is(t, 404)
	})
}
