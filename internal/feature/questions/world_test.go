package questions_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"wijkbaak.nl/internal/app"
	"wijkbaak.nl/internal/apptest"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/mail"
	"wijkbaak.nl/internal/feature/questions"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/places"
)

// neighbourhood is a running program in which the use cases are called as
// somebody.
type neighbourhood struct {
	*apptest.World
	t *testing.T
	*questions.Service
}

// each runs f in an empty neighbourhood on each engine.
func each(t *testing.T, f func(t *testing.T, n neighbourhood)) {
	t.Helper()
	eachWith(t, apptest.Options{Empty: true}, f)
}

func eachWith(t *testing.T, o apptest.Options, f func(t *testing.T, n neighbourhood)) {
	t.Helper()
	apptest.Each(t, o, func(t *testing.T, w *apptest.World) { f(t, neighbourhood{w, t, w.App.Questions}) })
}

// limited is a neighbourhood in which the limits count.
var limited = apptest.Options{Empty: true, Settings: func(s *app.Settings) { s.Rate = 1 }}

// as gives the context of an actor of apptest, at an address of its own.
func (n neighbourhood) as(actor string) context.Context {
	n.t.Helper()
	a := access.Actor{Channel: access.Page, Address: "192.0.2.1"}
	if actor != apptest.Anonymous {
		a.Person, a.Name, a.SecondFactor = n.Person(actor), actor, actor != apptest.OperatorHalf
		role, place := access.Role(strings.TrimSuffix(strings.TrimSuffix(actor, "-half"), "-elsewhere")), places.DemoPlace
		switch actor {
		case apptest.CoachElsewhere:
			place = "/0363/WK036300"
		case apptest.Operator, apptest.OperatorHalf:
			place = "/"
		}
		if actor != apptest.Resident {
			a.Grants = []access.Grant{{Role: role, Place: place}}
		}
	}
	return n.with(a)
}

// at gives the context of somebody unknown at an address.
func (n neighbourhood) at(address string) context.Context {
	return n.with(access.Actor{Channel: access.Page, Address: address})
}

func (n neighbourhood) with(a access.Actor) context.Context {
	return i18n.With(access.With(n.t.Context(), a), n.App.Words, i18n.Reference)
}

func (n neighbourhood) must(err error) {
	n.t.Helper()
	if err != nil {
		n.t.Fatal(err)
	}
}

// is checks the kind of an error, and the key of its sentence where one is given.
func (n neighbourhood) is(err error, kind fault.Kind, key ...string) {
	n.t.Helper()
	f, _ := errors.AsType[*fault.Error](err)
	if fault.KindOf(err) != kind || err == nil {
		n.t.Fatalf("error is %v, want kind %v", err, kind)
	}
	if len(key) > 0 && f.Key != key[0] && (len(f.Fields) == 0 || f.Fields[0].Key != key[0]) {
		n.t.Fatalf("error is %v, want %s", err, key[0])
	}
}

// asks has somebody ask; what is not given is filled in.
func (n neighbourhood) asks(ctx context.Context, a questions.Ask) questions.Receipt {
	n.t.Helper()
	if a.Title == "" {
		a.Title = "Wie gaat er mee wandelen?"
	}
	if a.Audience == "" {
		a.Audience = questions.Neighbourhood
	}
	if a.Channel == "" {
		a.Channel = questions.Screen
	}
	r, err := n.Ask(ctx, a)
	n.must(err)
	return r
}

func (n neighbourhood) answers(actor, question, body string) questions.Answer {
	n.t.Helper()
	w, err := n.Answer(n.as(actor), question, questions.Reply{Body: body})
	n.must(err)
	return w
}

// own gives the question as its asker sees it with the code.
func (n neighbourhood) own(r questions.Receipt) questions.View {
	n.t.Helper()
	v, err := n.ReadByCode(n.at("192.0.2.2"), r.Code.String())
	n.must(err)
	return v
}

// now gives the question as its coach sees it.
func (n neighbourhood) now(question string) questions.View {
	n.t.Helper()
	v, err := n.Read(n.as(apptest.Coach), question)
	n.must(err)
	return v
}

func (n neighbourhood) count(query string, args ...any) int {
	n.t.Helper()
	c, err := db.One(n.t.Context(), n.App.DB, db.Value[int], query, args...)
	n.must(err)
	return c
}

// doc gives what the search keeps of a text; "" for nothing.
func (n neighbourhood) doc(id string) string {
	n.t.Helper()
	s, err := db.One(n.t.Context(), n.App.DB, db.Value[string],
		`SELECT title || ' / ' || body || ' / ' || tags || ' / ' || CAST(weight AS TEXT) FROM search_doc WHERE id = $1 AND NOT deleted`, id)
	if fault.KindOf(err) == fault.KindNotFound {
		return ""
	}
	n.must(err)
	return s
}

// tables lists every table of the database.
func (n neighbourhood) tables() []string {
	n.t.Helper()
	query := `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`
	if n.App.DB.Engine() == db.Postgres {
		query = `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'`
	}
	list, err := db.All(n.t.Context(), n.App.DB, db.Value[string], query)
	n.must(err)
	return list
}

// found lists the tables in which a text stands somewhere.
func (n neighbourhood) found(text string) []string {
	n.t.Helper()
	var in []string
	for _, table := range n.tables() {
		rows, err := n.App.DB.Query(n.t.Context(), `SELECT * FROM `+table)
		n.must(err)
		columns, err := rows.Columns()
		n.must(err)
		for rows.Next() {
			values := make([]any, len(columns))
			for i := range values {
				values[i] = new(any)
			}
			n.must(rows.Scan(values...))
			for i, v := range values {
				s, ok := (*v.(*any)).(string)
				if b, isBytes := (*v.(*any)).([]byte); isBytes {
					s, ok = string(b), true
				}
				if ok && strings.Contains(s, text) {
					in = append(in, table+"."+columns[i])
				}
			}
		}
		n.must(rows.Err())
		n.must(rows.Close())
	}
	return in
}

// mailed tells whether one of the letters to an address has a text.
func (n neighbourhood) mailed(to, text string) bool {
	n.t.Helper()
	return slices.ContainsFunc(n.Mails(to), func(m mail.Posted) bool { return strings.Contains(m.Text, text) })
}

// Report is that of the service; a World has one too.
func (n neighbourhood) Report(ctx context.Context, of questions.Subject, id, reason, body string) error {
	return n.Service.Report(ctx, of, id, reason, body)
}

func accessOf(ctx context.Context) access.Actor { return access.Of(ctx) }
