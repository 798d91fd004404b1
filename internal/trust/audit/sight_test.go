package audit

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/db/dbtest"
	"wijkbaak.nl/internal/trust/access"
)

// near is an operator of one place, where ann and bob work.
var near = access.Actor{Person: "near", SecondFactor: true, Channel: access.Page, Grants: []access.Grant{{Role: access.Operator, Place: "/0153"}}}

func (b *bench) staffed(ids ...string) {
	b.o.Staff = func(ctx context.Context, _ db.Reader) ([]string, error) {
		if !slices.Equal(access.Of(ctx).Places(access.Operator), []string{"/0153"}) {
			return nil, fmt.Errorf("asked for the staff of %v", access.Of(ctx).Grants)
		}
		return ids, nil
	}
}

func (b *bench) act(person, object, subject string, a Action) {
	b.testing.Helper()
	b.record(b.testing, b.testing.Context(), Event{Kind: "questions.act", Action: a, Person: person, ObjectType: "question", ObjectID: object, Subject: subject})
	b.clock.Advance(time.Millisecond)
}

func TestOperatorOfAPlaceReadsWhatOwnPeopleDid(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		b := newLog(t, d)
		b.testing = t
		b.staffed("ann", "bob")
		for range 5 {
			b.act("ann", "q1", "iris", Read)
			b.act("far", "q1", "iris", Read) // works elsewhere
			b.act("iris", "q1", "iris", Create)
			b.act("", "q1", "iris", Execute) // a job, or somebody unknown
			b.act("bob", "q2", "ann", Delete)
			b.act("far", "q2", "ann", Update)
		}
		seen := func(a access.Actor, f Filter) string {
			t.Helper()
			count, last := map[string]int{}, lastID
			for f.Limit = 3; ; {
				p, err := b.Look(access.With(t.Context(), a), f)
				if err != nil {
					t.Fatal(err)
				}
				for _, e := range p.Events {
					if e.ID >= last {
						t.Errorf("%s came behind %s", e.ID, last)
					}
					if last = e.ID; e.ObjectType != logObject {
						count[e.Person]++
					}
				}
				if f.Before = p.Next; p.Next == "" {
					break
				}
			}
			var said []string
			for _, who := range []string{"", "ann", "bob", "far", "iris"} {
				if count[who] > 0 {
					said = append(said, fmt.Sprint(who, "=", count[who]))
				}
			}
			return strings.Join(said, " ")
		}
		for name, c := range map[string]struct {
			f           Filter
			place, full string
		}{
			"all":              {Filter{}, "ann=5 bob=5", "=5 ann=5 bob=5 far=10 iris=5"},
			"an action":        {Filter{Action: Delete}, "bob=5", "bob=5"},
			"an object":        {Filter{ObjectType: "question", ObjectID: "q1"}, "ann=5", "=5 ann=5 far=5 iris=5"},
			"object, person":   {Filter{ObjectType: "question", ObjectID: "q1", Person: "iris"}, "ann=5", "=5 ann=5 far=5 iris=5"},
			"own person":       {Filter{Person: "ann"}, "ann=5 bob=5", "ann=5 bob=5 far=5"},
			"a resident":       {Filter{Person: "iris"}, "ann=5", "=5 ann=5 far=5 iris=5"},
			"of elsewhere":     {Filter{Person: "far"}, "", "far=10"},
			"elsewhere, acted": {Filter{Person: "far", Action: Read}, "", "far=5"},
		} {
			if got := seen(near, c.f); got != c.place {
				t.Errorf("%s: an operator of a place reads %q, want %q", name, got, c.place)
			}
			if got := seen(operator, c.f); got != c.full {
				t.Errorf("%s: the operator of the whole reads %q, want %q", name, got, c.full)
			}
		}
		// Looking is recorded, also where nothing was shown.
		if p, err := For(t.Context(), d, logObject, "person/far", "", 1); err != nil || len(p.Events) != 1 {
			t.Errorf("%+v, %v", p, err)
		}
		code, body := serve(t, b, near)(Path)
		if code != http.StatusOK || strings.Contains(body, ">far<") || strings.Contains(body, ">iris</a> (") || !strings.Contains(body, "U ziet wat mensen met een rol op uw plek deden.") {
			t.Errorf("%d: %s", code, body)
		}
		if _, body = serve(t, b, operator)(Path + "?persoon=far"); !strings.Contains(body, ">far<") || strings.Contains(body, "op uw plek") {
			t.Error("the operator of the whole does not read all")
		}
		// A coach of everywhere is no operator of the whole, and who is not known to have staff has none.
		both := access.Actor{Person: "both", SecondFactor: true, Grants: append([]access.Grant{{Role: access.Coach, Place: "/"}}, near.Grants...)}
		if got := seen(both, Filter{}); got != "ann=5 bob=5" {
			t.Errorf("a coach of the whole who is operator of a place reads %q", got)
		}
		b.o.Staff = nil
		if got := seen(near, Filter{}); got != "" {
			t.Errorf("without staff: %q", got)
		}
	})
}

func TestFailingStaffShowsNothing(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		b := newLog(t, d)
		b.testing = t
		b.act("ann", "q1", "", Read)
		b.o.Staff = func(context.Context, db.Reader) ([]string, error) { return []string{"ann"}, fmt.Errorf("no staff") }
		if p, err := b.Look(access.With(t.Context(), near), Filter{}); err == nil || len(p.Events) > 0 {
			t.Errorf("%+v, %v", p, err)
		}
	})
}
