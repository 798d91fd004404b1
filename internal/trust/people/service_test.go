package people

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/db/dbtest"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/id"
	"wijkbaak.nl/internal/trust/access"
)

var begin = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// world is a database with the demo in it.
type world struct {
	*Service
	d     *db.DB
	clock *clock.Fake
	op    context.Context // the operator's
	by    map[string]Listing
}

func each(t *testing.T, f func(t *testing.T, w *world)) {
	dbtest.Each(t, []db.Migrations{Migrations}, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(begin)
		w := &world{d: d, clock: c, by: map[string]Listing{}}
		w.Service = New(d, c, id.Seeded(c, 1), Options{DemoPlace: "/0153/WK01", Secure: true})
		if err := w.fillDemo(t.Context()); err != nil {
			t.Fatal(err)
		}
		list, err := w.DemoAccounts(t.Context(), d)
		if err != nil || len(list) != len(byDemoName()) {
			t.Fatalf("%d accounts, %v", len(list), err)
		}
		for _, l := range list {
			w.by[l.Name] = l
		}
		w.op = access.With(t.Context(), Shell())
		f(t, w)
	})
}

// enter sends a request with the cookie and gives the actor of it.
func (w *world) enter(t *testing.T, secret string) (access.Actor, *httptest.ResponseRecorder, *http.Request) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	if secret != "" {
		r.AddCookie(&http.Cookie{Name: w.CookieName(), Value: secret})
	}
	rec := httptest.NewRecorder()
	r, err := w.Enter(rec, r)
	if err != nil {
		t.Fatal(err)
	}
	return access.Of(r.Context()), rec, r
}

func (w *world) begin(t *testing.T, e Entry, old string) Started {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/aanmelden", nil)
	r.Header.Set("User-Agent", "Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0")
	if old != "" {
		r.AddCookie(&http.Cookie{Name: w.CookieName(), Value: old})
	}
	var s Started
	err := w.d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		s, err = w.Begin(ctx, tx, r, e)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func want(t *testing.T, err error, kind fault.Kind) {
	t.Helper()
	if fault.KindOf(err) != kind || kind == fault.KindInternal && err != nil {
		t.Errorf("got %v, want kind %d", err, kind)
	}
}

func TestNoCookieNoQuery(t *testing.T) {
	w := New(nil, clock.System, nil, Options{}) // a query would panic
	r, err := w.Enter(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
	if err != nil || access.Of(r.Context()).SignedIn() {
		t.Errorf("%v %v", access.Of(r.Context()), err)
	}
}

func TestSessionOfResident(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ans := w.by["Ans"].ID
		s := w.begin(t, Entry{Person: ans, Method: ByCode}, "")
		if a, _, _ := w.enter(t, s.Secret); a.Person != ans || a.Name != "Ans" || a.SecondFactor || !s.Complete {
			t.Errorf("%+v", a)
		}
		w.clock.Advance(residentLasts - time.Second)
		if a, _, _ := w.enter(t, s.Secret); a.Person != ans {
			t.Error("ended too early")
		}
		list, err := w.Sessions(t.Context(), w.d, ans)
		if err != nil || len(list) != 1 || list[0].Device != "Firefox, Android" || !list[0].Seen.Equal(w.clock.Now()) {
			t.Errorf("%+v %v", list, err)
		}
		w.clock.Advance(time.Second)
		a, rec, _ := w.enter(t, s.Secret)
		if a.SignedIn() || rec.Header().Get("Set-Cookie") == "" {
			t.Errorf("an old session opens, or its cookie stays: %+v", a)
		}
	})
}

func TestSeenIsKeptToTheHour(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s := w.begin(t, Entry{Person: w.by["Ans"].ID, Method: ByCode}, "")
		version := func() int64 {
			v, err := db.One(t.Context(), w.d, db.Value[int64], "SELECT MAX(seen_at) FROM session")
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		before := version()
		w.clock.Advance(59 * time.Minute)
		w.enter(t, s.Secret)
		if version() != before {
			t.Error("written within the hour")
		}
		w.clock.Advance(time.Minute)
		w.enter(t, s.Secret)
		if version() == before {
			t.Error("not written after an hour")
		}
	})
}

func TestProfessionalNeedsTheSecondFactor(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		coach := w.by["Marieke"].ID
		s := w.begin(t, Entry{Person: coach, Method: ByCode}, "")
		a, _, r := w.enter(t, s.Secret)
		if a.SignedIn() || a.SecondFactor || s.Complete {
			t.Errorf("a half session opens: %+v", a)
		}
		waiting, ok := WaitingOf(r.Context())
		if !ok || waiting.Person != coach {
			t.Errorf("%+v %v", waiting, ok)
		}
		var raised Started
		err := w.d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
			raised, err = w.Raise(ctx, tx, waiting.Session, waiting.Person, "totp")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if a, _, _ := w.enter(t, s.Secret); a.SignedIn() {
			t.Error("the secret of before still works")
		}
		a, _, r = w.enter(t, raised.Secret)
		if !a.Can(access.Coach, "/0153/WK01/BU01") || a.Can(access.Coach, "/0153") {
			t.Errorf("%+v", a)
		}
		if _, ok := WaitingOf(r.Context()); ok {
			t.Error("still waiting")
		}
		w.clock.Advance(professionalLasts)
		if a, _, _ := w.enter(t, raised.Secret); a.SignedIn() {
			t.Error("a professional's session lasts too long")
		}
		err = w.d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := w.Raise(ctx, tx, waiting.Session, w.by["Ans"].ID, "totp")
			return err
		})
		want(t, err, fault.KindDenied)
	})
}

func TestSessionIsNewAtSignIn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		planted := w.begin(t, Entry{Person: w.by["Yusuf"].ID, Method: ByCode}, "")
		s := w.begin(t, Entry{Person: w.by["Ans"].ID, Method: ByCode}, planted.Secret)
		if s.Secret == planted.Secret {
			t.Error("the secret stays")
		}
		if a, _, _ := w.enter(t, planted.Secret); a.SignedIn() {
			t.Error("the session of before stays")
		}
		chosen := "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
		if s := w.begin(t, Entry{Person: w.by["Ans"].ID, Method: ByCode}, chosen); s.Secret == chosen {
			t.Error("a secret that the browser chose is taken")
		}
		if a, _, _ := w.enter(t, chosen); a.SignedIn() {
			t.Error("a secret that the browser chose opens")
		}
	})
}

func TestCookie(t *testing.T) {
	for _, secure := range []bool{true, false} {
		s := New(nil, clock.NewFake(begin), nil, Options{Secure: secure})
		rec := httptest.NewRecorder()
		s.SetCookie(rec, Started{Secret: "x", Expires: begin.Add(time.Hour)})
		got := rec.Header().Get("Set-Cookie")
		wanted := "wijkbaak=x; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax"
		if secure {
			wanted = "__Host-wijkbaak=x; Path=/; Max-Age=3600; HttpOnly; Secure; SameSite=Lax"
		}
		if got != wanted {
			t.Errorf("%s", got)
		}
	}
}

func TestEverythingEndsAtTheNextRequest(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		tom := w.by["Tom"]
		full := func() Started {
			return w.begin(t, Entry{Person: tom.ID, Method: ByPasskey, SecondFactor: true}, "")
		}
		one, two := full(), full()
		if _, err := w.EndGrant(w.op, tom.Grants[0].ID); err != nil {
			t.Fatal(err)
		}
		if a, _, _ := w.enter(t, one.Secret); !a.SignedIn() || a.Has(access.Coach) {
			t.Errorf("the role has ended: %+v", a)
		}
		err := w.d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return w.EndOthers(ctx, tx, tom.ID, one.ID) })
		if err != nil {
			t.Fatal(err)
		}
		if a, _, _ := w.enter(t, two.Secret); a.SignedIn() {
			t.Error("the other session lives")
		}
		three := full()
		if err := w.CloseAccount(w.op, tom.ID); err != nil {
			t.Fatal(err)
		}
		for _, s := range []Started{one, three} {
			if a, _, _ := w.enter(t, s.Secret); a.SignedIn() {
				t.Error("a session of a closed account lives")
			}
		}
		err = w.d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := w.Begin(ctx, tx, httptest.NewRequest(http.MethodPost, "/", nil), Entry{Person: tom.ID, Method: ByCode})
			return err
		})
		want(t, err, fault.KindConflict)
		if err := w.Reopen(w.op, tom.ID); err != nil {
			t.Fatal(err)
		}
		w.begin(t, Entry{Person: tom.ID, Method: ByCode}, "")
	})
}

// A closed state alone is enough, whatever else was left undone.
func TestClosedIsClosed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s := w.begin(t, Entry{Person: w.by["Marieke"].ID, Method: ByPasskey, SecondFactor: true}, "")
		err := w.d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, updateState, w.by["Marieke"].ID, string(Closed))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if a, _, _ := w.enter(t, s.Secret); a.SignedIn() {
			t.Error("a session of a closed account lives")
		}
		if _, ok, err := w.OnDuty(t.Context(), w.d, "/0153/WK01"); ok || err != nil {
			t.Errorf("a closed account is on duty, %v", err)
		}
		list, err := w.Colleagues(t.Context(), w.d, access.Actor{Person: "x", SecondFactor: true, Grants: []access.Grant{{Role: access.Coach, Place: "/"}}})
		if err != nil || len(list) != 1 || list[0].Name != "Tom" {
			t.Errorf("%v %v", list, err)
		}
	})
}

func TestGrantInTime(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		yusuf := w.by["Yusuf"].ID
		org := w.by["Marieke"].Grants[0].Organisation
		s := w.begin(t, Entry{Person: yusuf, Method: ByPasskey, SecondFactor: true}, "")
		_, err := w.AddGrant(w.op, NewGrant{Person: yusuf, Role: access.Coach, Organisation: org,
			From: begin.Add(time.Hour), Until: begin.Add(2 * time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		for _, step := range []bool{false, true, false} {
			if a, _, _ := w.enter(t, s.Secret); a.Can(access.Coach, "/0153/WK01") != step {
				t.Errorf("%v at %v", !step, w.clock.Now())
			}
			w.clock.Advance(time.Hour)
		}
	})
}

func TestOnDutyOfTheNearestPlace(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		at := func(place, name string) {
			t.Helper()
			m, ok, err := w.OnDuty(t.Context(), w.d, place)
			if err != nil || ok != (name != "") || m.Name != name {
				t.Errorf("%s: %q %v %v", place, m.Name, ok, err)
			}
		}
		at("/0153/WK01/BU01", "Marieke")
		at("/0153/WK01", "Marieke")
		at("/0153", "")
		org := w.by["Marieke"].Grants[0].Organisation
		g, err := w.AddGrant(w.op, NewGrant{Person: w.by["Yusuf"].ID, Role: access.Coach, Organisation: org, Place: "/0153", OnDuty: true})
		if err != nil {
			t.Fatal(err)
		}
		at("/0153/WK02", "Yusuf")
		at("/0153/WK01/BU01", "Marieke")
		if err := w.CloseAccount(w.op, w.by["Marieke"].ID); err != nil {
			t.Fatal(err)
		}
		at("/0153/WK01/BU01", "Yusuf")
		yusuf := access.With(t.Context(), access.Actor{Person: w.by["Yusuf"].ID, SecondFactor: true, Grants: []access.Grant{{Role: access.Coach, Place: "/0153"}}})
		if _, err := w.SetOnDuty(yusuf, g.ID, false); err != nil {
			t.Fatal(err)
		}
		at("/0153/WK01/BU01", "")
		_, err = w.SetOnDuty(access.With(t.Context(), access.Actor{Person: "x", SecondFactor: true}), g.ID, true)
		want(t, err, fault.KindNotFound)
	})
}

func TestColleagues(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		org := w.by["Marieke"].Grants[0].Organisation
		add := func(name, place string) {
			p, err := w.AddPerson(w.op, NewPerson{Name: name})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.AddGrant(w.op, NewGrant{Person: p.ID, Role: access.Coach, Organisation: org, Place: place}); err != nil {
				t.Fatal(err)
			}
		}
		add("Boven", "/0153")
		add("Onder", "/0153/WK01/BU01")
		add("Naast", "/0153/WK02")
		add("Lijkt", "/0153/WK010")
		a := access.Actor{Person: w.by["Marieke"].ID, SecondFactor: true, Grants: []access.Grant{{Role: access.Coach, Place: "/0153/WK01"}}}
		list, err := w.Colleagues(t.Context(), w.d, a)
		var names []string
		for _, m := range list {
			names = append(names, m.Name)
		}
		if got := len(names); err != nil || got != 3 || names[0] != "Boven" || names[1] != "Onder" || names[2] != "Tom" {
			t.Errorf("%v %v", names, err)
		}
		if list, err := w.Colleagues(t.Context(), w.d, access.Actor{Person: "x"}); err != nil || len(list) != 0 {
			t.Errorf("a resident has colleagues: %v %v", list, err)
		}
	})
}

func TestNames(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var ids []string
		for range 45 {
			p, err := w.AddPerson(w.op, NewPerson{Name: "Iemand"})
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, p.ID, p.ID)
		}
		names, err := w.Names(t.Context(), w.d, append(ids, "nobody"))
		if err != nil || len(names) != 45 || names[ids[44]] != "Iemand" {
			t.Errorf("%d %v", len(names), err)
		}
		if names, err := w.Names(t.Context(), w.d, nil); err != nil || len(names) != 0 {
			t.Errorf("%v %v", names, err)
		}
	})
}

func TestOnlyTheOperatorManages(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		org := w.by["Marieke"].Grants[0].Organisation
		as := func(second bool, grants ...access.Grant) context.Context {
			return access.With(t.Context(), access.Actor{Person: "p", SecondFactor: second, Grants: grants})
		}
		operator := func(place string) access.Grant { return access.Grant{Role: access.Operator, Place: place} }
		for name, ctx := range map[string]context.Context{
			"nobody":          t.Context(),
			"resident":        as(false),
			"coach":           as(true, access.Grant{Role: access.Coach, Place: "/"}),
			"half operator":   as(false, operator("/")),
			"far operator":    as(true, operator("/0200")),
			"narrow operator": as(true, operator("/0153/WK01/BU01")),
		} {
			hidden := fault.KindDenied
			if access.Of(ctx).Has(access.Operator) {
				hidden = fault.KindNotFound // it does not tell who there is elsewhere
			}
			grant := w.by["Marieke"].Grants[0]
			_, err := w.AddGrant(ctx, NewGrant{Person: w.by["Ans"].ID, Role: access.Operator, Organisation: org, Place: "/"})
			want(t, err, hidden)
			_, err = w.EndGrant(ctx, grant.ID)
			want(t, err, hidden)
			want(t, w.CloseAccount(ctx, w.by["Marieke"].ID), hidden)
			want(t, w.Reopen(ctx, w.by["Marieke"].ID), hidden)
			_, _, err = w.AddMember(ctx, NewPerson{Name: "x", Email: "ans@demo.wijkbaak.example"}, NewGrant{Role: access.Operator, Organisation: org, Place: "/"})
			want(t, err, fault.KindDenied)
			_, err = w.AddPerson(ctx, NewPerson{Name: "x"})
			want(t, err, fault.KindDenied)
			_, err = w.AddOrganisation(ctx, "Zo maar", "team", "/0153")
			want(t, err, fault.KindDenied)
			_, _, err = w.AddToken(ctx, NewToken{Name: "x", Organisation: org, Scopes: []string{"answers:write"}, Days: 1})
			want(t, err, fault.KindDenied)
			if t.Failed() {
				t.Fatal(name)
			}
		}
		for name, ctx := range map[string]context.Context{"nobody": t.Context(), "resident": as(false)} {
			_, err := w.List(ctx, "", "")
			want(t, err, fault.KindDenied)
			if t.Failed() {
				t.Fatal(name)
			}
		}
	})
}

func TestTheLastOperatorStays(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		last := w.by["Beheer"]
		_, err := w.EndGrant(w.op, last.Grants[0].ID)
		want(t, err, fault.KindConflict)
		want(t, w.CloseAccount(w.op, last.ID), fault.KindConflict)
		want(t, w.d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return w.Erase(ctx, tx, last.ID) }), fault.KindConflict)
		if _, err := w.AddGrant(w.op, NewGrant{Person: w.by["Ans"].ID, Role: access.Operator, Organisation: last.Grants[0].Organisation, Place: "/"}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.EndGrant(w.op, last.Grants[0].ID); err != nil {
			t.Error(err)
		}
	})
}

func TestList(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for i := range 120 {
			if _, err := w.AddPerson(w.op, NewPerson{Name: string(rune('a'+i%26)) + "naam"}); err != nil {
				t.Fatal(err)
			}
		}
		seen, after, parts := map[string]bool{}, "", 0
		for {
			l, err := w.List(w.op, "", after)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range l.Members {
				if seen[m.ID] {
					t.Errorf("%s twice", m.Name)
				}
				seen[m.ID] = true
			}
			parts++
			if after = l.Next; after == "" {
				break
			}
		}
		if len(seen) != 120+len(w.by) || parts != 3 {
			t.Errorf("%d persons in %d parts", len(seen), parts)
		}
		for search, want := range map[string]int{"MARI": 1, "an": 6, "marieke@demo.wijkbaak.example": 1, "zz": 0, "'; --": 0} {
			l, err := w.List(w.op, search, "")
			if err != nil || len(l.Members) != want {
				t.Errorf("%q: %d, want %d, %v", search, len(l.Members), want, err)
			}
		}
	})
}

func TestAddressesDoNotCollide(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, err := w.AddPerson(w.op, NewPerson{Name: "Ander", Email: "ANS@demo.wijkbaak.example"})
		want(t, err, fault.KindInvalid)
		err = w.d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			return w.Change(ctx, tx, w.by["Yusuf"].ID, NewPerson{Name: "Yusuf", Email: "ans@demo.wijkbaak.example"})
		})
		want(t, err, fault.KindInvalid)
		for range 2 { // many may have none
			if _, err := w.AddPerson(w.op, NewPerson{Name: "Zonder"}); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestTokens(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		org := w.by["Marieke"].Grants[0].Organisation
		tok, secret, err := w.AddToken(w.op, NewToken{Name: "Website", Organisation: org, Scopes: []string{"questions:write"}, Days: 30})
		if err != nil {
			t.Fatal(err)
		}
		enter := func(header string) (access.Actor, string, error) {
			r := httptest.NewRequest(http.MethodGet, "/api/v1/questions", nil)
			r.Header.Set("Authorization", header)
			rec := httptest.NewRecorder()
			r, err := w.Enter(rec, r)
			return access.Of(r.Context()), rec.Header().Get("WWW-Authenticate"), err
		}
		a, _, err := enter("Bearer " + secret)
		if err != nil || a.Organisation != org || access.Scope("questions:write").Check(access.With(t.Context(), a)) != nil ||
			access.Scope("answers:write").Check(access.With(t.Context(), a)) == nil || a.SignedIn() || a.Channel != access.API {
			t.Errorf("%+v %v", a, err)
		}
		other := []byte(secret)
		other[10] ^= 1
		for _, header := range []string{"Bearer " + string(other), "Bearer", "Bearer x", "Basic " + secret, "Bearer wbk_"} {
			_, said, err := enter(header)
			want(t, err, fault.KindDenied)
			if said == "" {
				t.Errorf("%s: no WWW-Authenticate", header)
			}
		}
		list, err := w.Tokens(w.op, w.d)
		if err != nil || len(list) != 1 || list[0].Name != "Website" {
			t.Errorf("%+v %v", list, err)
		}
		far := access.With(t.Context(), access.Actor{SecondFactor: true, Grants: []access.Grant{{Role: access.Operator, Place: "/0200"}}})
		if list, err := w.Tokens(far, w.d); err != nil || len(list) != 0 {
			t.Errorf("seen from afar: %+v %v", list, err)
		}
		want(t, w.EndToken(far, tok.ID), fault.KindNotFound)
		w.clock.Advance(30 * 24 * time.Hour)
		_, _, err = enter("Bearer " + secret)
		want(t, err, fault.KindDenied)
		_, secret, err = w.AddToken(w.op, NewToken{Name: "Nog een", Organisation: org, Scopes: []string{"answers:write"}, Days: 30})
		if err != nil {
			t.Fatal(err)
		}
		if list, err = w.Tokens(w.op, w.d); err != nil || len(list) != 2 {
			t.Fatal(list, err)
		}
		if err := w.EndToken(w.op, list[1].ID); err != nil {
			t.Fatal(err)
		}
		_, _, err = enter("Bearer " + secret)
		want(t, err, fault.KindDenied)
	})
}

func TestExportAndErase(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		tom := w.by["Tom"].ID
		s := w.begin(t, Entry{Person: tom, Method: ByPasskey, SecondFactor: true}, "")
		part, err := w.Export(t.Context(), w.d, tom)
		e, ok := part.Data.(export)
		if err != nil || !ok || e.Name != "Tom" || len(e.Roles) != 1 || len(e.Sessions) != 1 {
			t.Errorf("%+v %v", part, err)
		}
		if err := w.d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return w.Erase(ctx, tx, tom) }); err != nil {
			t.Fatal(err)
		}
		if a, _, _ := w.enter(t, s.Secret); a.SignedIn() {
			t.Error("the session lives")
		}
		part, err = w.Export(t.Context(), w.d, tom)
		if err != nil || part.Data != nil {
			t.Errorf("%+v %v", part, err)
		}
		if names, _ := w.Names(t.Context(), w.d, []string{tom}); len(names) != 0 {
			t.Error("the name is still there")
		}
	})
}

func TestPlans(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, p := range w.Room().Plans {
			if err := w.d.CheckPlan(t.Context(), p); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestStaffOfAnOrganisation(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		sanne, ok, err := w.DemoMember(t.Context(), w.d, "Sanne")
		if err != nil || !ok || sanne.Grant.Role != access.Lead {
			t.Fatalf("%+v, %v, %v", sanne, ok, err)
		}
		if _, ok, err := w.DemoMember(t.Context(), w.d, "Niemand"); ok || err != nil {
			t.Errorf("an invented person who is not there: %v, %v", ok, err)
		}
		list, err := w.MembersOf(t.Context(), w.d, sanne.Grant.Organisation)
		if err != nil || len(list) != 1 || list[0].ID != sanne.ID { // three roles, one person
			t.Errorf("members: %+v, %v", list, err)
		}
		mails, err := w.LeadEmails(t.Context(), w.d, sanne.Grant.Organisation)
		if err != nil || len(mails) != 1 || mails[0] != sanne.Email {
			t.Errorf("leads: %v, %v", mails, err)
		}
		a := access.Actor{Person: sanne.ID, SecondFactor: true, Grants: []access.Grant{
			{Role: access.Lead, Organisation: sanne.Grant.Organisation, Place: "/"}, {Role: access.Editor, Organisation: sanne.Grant.Organisation, Place: "/"},
			{Role: access.Lead, Organisation: "gone", Place: "/"}}}
		ctx := access.With(t.Context(), a)
		if list, err := w.Companions(ctx, w.d); err != nil || len(list) != 1 {
			t.Errorf("companions: %+v, %v", list, err)
		}
		if own, err := w.Own(ctx, w.d, access.Lead); err != nil || len(own) != 1 || own[0].ID != sanne.Grant.Organisation {
			t.Errorf("own: %+v, %v", own, err)
		}
		a.SecondFactor = false
		if own, _ := w.Own(access.With(t.Context(), a), w.d, access.Lead); len(own) != 0 {
			t.Errorf("own without the second factor: %+v", own)
		}
		names, err := w.StaffNames(t.Context(), w.d)
		if err != nil || !slices.Contains(names, "Sanne") || slices.Contains(names, "Ans") {
			t.Errorf("names: %v, %v", names, err)
		}
	})
}

// byDemoName counts the invented persons, of whom some have several roles.
func byDemoName() map[string]bool {
	names := map[string]bool{}
	for _, d := range demoPeople {
		names[d.name] = true
	}
	return names
}
