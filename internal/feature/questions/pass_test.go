package questions_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"wijkbaak.nl/internal/apptest"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/feature/questions"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/people"
	"wijkbaak.nl/internal/trust/places"
)

// organisation adds one, and gives its id.
func (n neighbourhood) organisation(name string) string {
	n.t.Helper()
	o, err := n.App.People.AddOrganisation(access.With(n.t.Context(), people.Shell()), name, "care", places.DemoPlace)
	n.must(err)
	return o.ID
}

// coach adds one for an organisation in a place, and gives the id and how he or she acts.
func (n neighbourhood) coach(name, organisation, place string) (string, context.Context) {
	n.t.Helper()
	ctx := access.With(n.t.Context(), people.Shell())
	p, err := n.App.People.AddPerson(ctx, people.NewPerson{Name: name, Email: strings.ToLower(name) + "@team.example"})
	n.must(err)
	_, err = n.App.People.AddGrant(ctx, people.NewGrant{Person: p.ID, Role: access.Coach, Organisation: organisation, Place: place})
	n.must(err)
	return p.ID, n.with(access.Actor{Person: p.ID, SecondFactor: true, Grants: []access.Grant{{Role: access.Coach, Organisation: organisation, Place: place}}})
}

func titles(rows []questions.Row) (list []string) {
	for _, r := range rows {
		list = append(list, r.Title)
	}
	return list
}

func TestPassToAColleague(t *testing.T) {
	each(t, func(t *testing.T, n neighbourhood) {
		const secret = "spechtwoord"
		r := n.asks(n.as(apptest.Anonymous), questions.Ask{Title: "Over een " + secret, Audience: questions.Team})
		me := n.as(apptest.Coach)
		care := n.organisation("Zorggroep")
		tom, asTom := n.coach("Tom", care, places.DemoPlace)
		under, _ := n.coach("Onder", care, places.DemoPlace+"/BU01")
		elsewhere, _ := n.coach("Elders", care, "/0363/WK036300")
		// Only who may see the question's place, and not who passes it on.
		for _, to := range []string{under, elsewhere, n.Person(apptest.Coach), n.Person(apptest.Resident), "", "none"} {
			n.is(n.Pass(me, r.Question.ID, to, "Voor jou"), fault.KindInvalid, "questions.wrong.recipient")
		}
		n.must(n.Pass(me, r.Question.ID, tom, "Jij kent "+secret))
		b, err := n.Desk(asTom)
		n.must(err)
		if len(b.Mine) != 1 || b.Mine[0].PassedTo != "Tom" || len(b.New) != 0 {
			t.Errorf("Tom has %v, new are %v", titles(b.Mine), titles(b.New))
		}
		if b, err = n.Desk(me); err != nil || len(b.Others) != 1 || b.Others[0].PassedTo != "Tom" {
			t.Errorf("others have %v, %v", titles(b.Others), err)
		}
		// The mail is a postcard: a link, and nothing of the question or the note.
		mails := n.Mails("tom@team.example")
		if len(mails) != 1 || !strings.Contains(mails[0].Text, "/vragen/"+r.Question.ID) || !strings.Contains(mails[0].HTML, "/vragen/"+r.Question.ID) ||
			strings.Contains(mails[0].Subject+mails[0].Text+mails[0].HTML, secret) {
			t.Errorf("Tom was mailed %+v", mails)
		}
		for _, to := range []string{"onder@team.example", "elders@team.example", "coach@test.example"} {
			if len(n.Mails(to)) != 0 {
				t.Errorf("%s was mailed", to)
			}
		}
		p := n.As(apptest.Coach).Get("/werkbank")
		if !strings.Contains(p.Body, "Doorgegeven aan Tom") {
			t.Error("the desk does not say to whom it was passed")
		}
		p = n.As(apptest.Coach).Get("/vragen/" + r.Question.ID)
		if !strings.Contains(p.Body, "gaf de vraag door aan Tom") {
			t.Error("the history does not name Tom")
		}
		// Who takes it over ends it.
		n.must(n.Take(me, r.Question.ID, tom))
		if v := n.now(r.Question.ID); v.PassedTo != "" || v.Question.TakenBy != n.Person(apptest.Coach) {
			t.Errorf("taken over: %+v", v.Question)
		}
		// Passed on twice before the letters go: only the last one is told.
		eva, _ := n.coach("Eva", care, places.DemoPlace)
		n.must(n.Pass(me, r.Question.ID, tom, "Toch jij"))
		n.must(n.Pass(me, r.Question.ID, tom, "Toch jij"))
		n.must(n.Pass(me, r.Question.ID, eva, "Toch niet"))
		n.must(n.Pass(me, r.Question.ID, eva, "Toch niet, en dit nog"))
		if len(n.Mails("tom@team.example")) != 1 || len(n.Mails("eva@team.example")) != 1 {
			t.Errorf("Tom has %d letters, Eva %d", len(n.Mails("tom@team.example")), len(n.Mails("eva@team.example")))
		}
		// A colleague who is erased stands nowhere.
		n.must(n.App.DB.Write(n.as(apptest.Operator), func(ctx context.Context, tx *db.Tx) error {
			return n.Room().Personal.Erase(ctx, tx, eva)
		}))
		if in := n.found(eva); slices.ContainsFunc(in, func(c string) bool { return strings.HasPrefix(c, "question") }) {
			t.Errorf("Eva still stands in %v", in)
		}
		if p = n.As(apptest.Coach).Get("/vragen/" + r.Question.ID); !strings.Contains(p.Body, "door aan een collega") {
			t.Error("the history does not say that it went to a colleague")
		}
	})
}

func TestPassToAnOrganisation(t *testing.T) {
	each(t, func(t *testing.T, n neighbourhood) {
		r := n.asks(n.as(apptest.Anonymous), questions.Ask{Audience: questions.Team})
		me := n.as(apptest.Coach)
		care, empty := n.organisation("Zorggroep"), n.organisation("Gemeentehuis")
		_, asTom := n.coach("Tom", care, places.DemoPlace)
		n.coach("Elders", care, "/0363/WK036300")
		p := n.As(apptest.Coach).Get("/vragen/" + r.Question.ID)
		for _, want := range []string{"Tom (Zorggroep)", ">Zorggroep<", "Gemeentehuis. Hier leest nog niemand mee"} {
			if !strings.Contains(p.Body, want) {
				t.Errorf("the form does not offer %s", want)
			}
		}
		n.must(n.Pass(me, r.Question.ID, care, "Voor jullie"))
		b, err := n.Desk(asTom)
		if err != nil || len(b.New) != 1 || b.New[0].PassedTo != "Zorggroep" {
			t.Errorf("their desk has %v, %v", titles(b.New), err)
		}
		if len(n.Mails("tom@team.example")) != 1 || len(n.Mails("elders@team.example")) != 0 || len(n.Mails("coach@test.example")) != 0 {
			t.Error("not those of the organisation who cover the place were mailed")
		}
		before := len(n.Mails(""))
		n.must(n.Pass(asTom, r.Question.ID, empty, "Voor jullie"))
		if len(n.Mails("")) != before {
			t.Error("somebody was mailed")
		}
		// To the own organisation: the colleagues are told, who passes it on knows.
		n.coach("Eva", care, places.DemoPlace)
		n.must(n.Pass(asTom, r.Question.ID, care, "Toch voor ons"))
		if len(n.Mails("tom@team.example")) != 1 || len(n.Mails("eva@team.example")) != 1 {
			t.Errorf("Tom has %d letters, Eva %d", len(n.Mails("tom@team.example")), len(n.Mails("eva@team.example")))
		}
	})
}

func TestAnswersGoOn(t *testing.T) {
	each(t, func(t *testing.T, n neighbourhood) {
		r := n.asks(n.as(apptest.Anonymous), questions.Ask{})
		first := n.answers(apptest.Resident, r.Question.ID, "Eerste antwoord")
		n.must(n.App.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			for range 204 {
				if _, err := tx.Exec(ctx, `INSERT INTO answer (id, question, name, kind, role, organisation, body, sources, initiatives, moderation, helped, thanks, at)
					SELECT $1, question, name, kind, role, organisation, 'Nog een', sources, initiatives, moderation, helped, thanks, at FROM answer WHERE id = $2`, n.IDs(), first.ID); err != nil {
					return err
				}
			}
			return nil
		}))
		lastOne := n.answers(apptest.Coach, r.Question.ID, "Laatste antwoord")
		v := n.now(r.Question.ID)
		if len(v.Answers) != 200 || v.More != v.Answers[199].ID || v.Question.Answers != 206 {
			t.Fatalf("%d answers of %d, more behind %q", len(v.Answers), v.Question.Answers, v.More)
		}
		if rest, err := n.ReadAfter(n.as(apptest.Coach), r.Question.ID, v.More); err != nil || len(rest.Answers) != 6 || rest.More != "" {
			t.Errorf("behind it are %d, %v", len(rest.Answers), err)
		}
		for _, path := range []string{"/vragen/" + r.Question.ID, "/terug/" + r.Code.String()} {
			c := n.As(apptest.Anonymous)
			if p := c.Get(path); !strings.Contains(p.Body, "206 antwoorden") || !strings.Contains(p.Body, path+"?na="+v.More) || strings.Contains(p.Body, "Laatste antwoord") {
				t.Errorf("%s does not lead on", path)
			}
			if p := c.Get(path + "?na=" + v.More); !strings.Contains(p.Body, "Laatste antwoord") || strings.Contains(p.Body, "Eerste antwoord") || strings.Contains(p.Body, "Meer antwoorden") {
				t.Errorf("%s does not show the rest", path)
			}
			if p := c.Get(path + "?na=onzin"); !strings.Contains(p.Body, "Eerste antwoord") {
				t.Errorf("%s breaks on nonsense", path)
			}
		}
		// Sent once more it is the same one, also far down.
		if again := n.answers(apptest.Coach, r.Question.ID, "Laatste antwoord"); again.ID != lastOne.ID {
			t.Error("the last answer is there twice")
		}
	})
}

func TestStoryWithInitiative(t *testing.T) {
	eachWith(t, apptest.Options{}, func(t *testing.T, n neighbourhood) {
		slug, err := db.One(t.Context(), n.App.DB, db.Value[string], `SELECT slug FROM initiative ORDER BY slug LIMIT 1`)
		n.must(err)
		c := n.As(apptest.Coach)
		form := []string{"titel", "Weer onder de mensen", "verhaal", strings.Repeat("Ik durfde niet meer naar buiten. ", 3), "akkoord", "ja", "initiatief"}
		if p := c.Post("/verhalen", append(form, "/initiatieven/bestaat-niet")...); p.Status != 422 || !strings.Contains(p.Body, "Wij kennen dit initiatief niet") || !strings.Contains(p.Body, "bestaat-niet") {
			t.Errorf("an initiative that is not there: %d", p.Status)
		}
		for _, typed := range []string{slug, n.URL + "/initiatieven/" + slug + "/?deel=1#doel"} {
			if p := c.Post("/verhalen", append(form, typed)...); p.Status != 200 {
				t.Fatalf("%s: %d", typed, p.Status)
			}
			id, err := db.One(t.Context(), n.App.DB, db.Value[string], `SELECT MAX(id) FROM story WHERE NOT demonstration`)
			n.must(err)
			if p := n.As(apptest.Anonymous).Get("/verhalen/" + id); !strings.Contains(p.Body, "Hier hoort bij") || !strings.Contains(p.Body, "/"+slug+`"`) {
				t.Errorf("%s: the story does not lead there", typed)
			}
		}
	})
}
