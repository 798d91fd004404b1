package visions

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/id"
	"wijkbaak.nl/internal/base/jobs"
	"wijkbaak.nl/internal/base/mail"
	"wijkbaak.nl/internal/trust/access"
)

// postbox keeps the letters.
type postbox struct{ letters []mail.Message }

func (p *postbox) Send(_ context.Context, m mail.Message) error {
	p.letters = append(p.letters, m)
	return nil
}

// to lists who got a letter, in order, and empties the box.
func (p *postbox) to() string {
	var list []string
	for _, m := range p.letters {
		list = append(list, strings.TrimSuffix(m.To, "@test.example"))
	}
	p.letters = nil
	slices.Sort(list)
	return strings.Join(list, " ")
}

func (w world) asJob() context.Context {
	return i18n.With(access.With(w.t.Context(), access.Actor{Channel: access.Job}), w.words, i18n.Reference)
}

// post runs the jobs and gives the letters.
func (w world) posted() *postbox {
	w.t.Helper()
	box := &postbox{}
	q := jobs.New(w.DB, w.clock, id.New(w.clock), slog.New(slog.DiscardHandler))
	q.Handle(mail.Job, mail.Handler(box))
	q.Handle(jobAnswered, func(_ context.Context, payload []byte) error { return jobs.Typed(w.tellAnswered)(w.asJob(), payload) })
	w.must(q.Drain(w.asJob()))
	return box
}

func (w world) letters() *postbox {
	w.t.Helper()
	w.must(w.Letters(w.asJob()))
	return w.posted()
}

// One letter when a round opens, one before it closes to who said nothing, and none
// twice, however often the job runs.
func TestLettersAboutARound(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		w.roles["gone"], w.roles["mute"] = Participant, Participant
		v := w.draft()
		w.must(w.Begin(w.as("convener"), v, Round{Kind: Orienting, Opens: w.today().Add(3), Closes: w.today().Add(13), Everybody: true}))
		if got := w.letters().to(); got != "" {
			t.Errorf("before it opens: %s", got)
		}
		w.days(3)
		box := w.letters()
		if len(box.letters) == 0 || !strings.Contains(box.letters[0].Text, "14 juni 2026") || !strings.Contains(box.letters[0].Text, "Samen oud") ||
			!strings.Contains(box.letters[0].Subject, "Denk mee over Samen oud") || !strings.Contains(box.letters[0].Text, "https://wijkbaak.example"+Path(v)) {
			t.Errorf("%+v", box.letters)
		}
		if got := box.to(); got != "member observer second" { // not who opened it
			t.Errorf("it opens: %s", got)
		}
		for day := range 7 { // up to two days before the last
			for _, hour := range []int{0, 14} {
				w.clock.Advance(time.Duration(hour) * time.Hour)
				if got := w.letters().to(); got != "" {
					t.Errorf("day %d: %s", day, got)
				}
			}
			w.clock.Advance(10 * time.Hour)
		}
		_, err := w.Comment(w.as("member"), v, Said{Kind: Suggestion, Body: "Ik vind dit goed"})
		w.must(err)
		w.days(1)
		if box = w.letters(); len(box.letters) > 0 && !strings.Contains(box.letters[0].Subject, "U kunt nog reageren") {
			t.Errorf("%+v", box.letters[0])
		}
		if got := box.to(); got != "convener second" {
			t.Errorf("two days before the end: %s", got)
		}
		for range 5 {
			w.days(1)
			if got := w.letters().to(); got != "" {
				t.Errorf("again: %s", got)
			}
		}

		// Deciding: who voted is left alone.
		w.begun(v, Round{Kind: Deciding, Method: ByConsent})
		box = w.letters()
		if !strings.Contains(box.letters[0].Text, "https://wijkbaak.example"+Path(v)+"/besluit") || !strings.Contains(box.letters[0].Subject, "Besluit mee") {
			t.Errorf("%+v", box.letters[0])
		}
		if got := box.to(); got != "member observer second" {
			t.Errorf("it opens: %s", got)
		}
		w.must(w.Vote(w.as("second"), v, Consent, ""))
		w.days(13)
		if got := w.letters().to(); got != "convener member" {
			t.Errorf("before the end: %s", got)
		}
		if got := w.letters().to(); got != "" {
			t.Errorf("again: %s", got)
		}
	})
}

func TestWhenNoLetterGoesOut(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		v := w.draft()
		w.begun(v, Round{Kind: Orienting})
		w.clock.Advance(14 * time.Hour) // at night
		if got := w.letters().to(); got != "" {
			t.Errorf("at night: %s", got)
		}
		w.must(w.Close(w.as("convener"), v))
		w.clock.Advance(10 * time.Hour)
		if got := w.letters().to(); got != "" {
			t.Errorf("of a round that was closed: %s", got)
		}
		// A first letter that is late is the only one.
		w.begun(v, Round{Kind: Orienting})
		w.days(13)
		if got := w.letters().to(); got != "member observer second" {
			t.Errorf("late: %s", got)
		}
		w.days(1)
		if got := w.letters().to(); got != "" {
			t.Errorf("late, and again: %s", got)
		}
		// Of an organisation nobody knows who its members are.
		own, err := w.Create(w.as("lead"), "o:org-a", Saved{Title: "Van ons", Text: text})
		w.must(err)
		w.must(w.Begin(w.as("lead"), own, Round{Kind: Orienting, Opens: w.today(), Closes: w.today().Add(5)}))
		if got := w.letters().to(); got != "" {
			t.Errorf("of an organisation: %s", got)
		}
		// A letter that cannot be written leaves the round as it was.
		broken := errors.New("broken")
		v2 := w.draft()
		w.begun(v2, Round{Kind: Orienting})
		w.Coalitions = failing{w.Coalitions, broken}
		if err := w.Letters(w.asJob()); !errors.Is(err, broken) {
			t.Errorf("it says %v", err)
		}
		w.Coalitions = w.Coalitions.(failing).Coalitions
		if got := w.letters().to(); got != "member observer second" {
			t.Errorf("after a fault: %s", got)
		}
	})
}

type failing struct {
	Coalitions
	err error
}

func (f failing) Everybody(context.Context, db.Reader, string) ([]Member, error) { return nil, f.err }

func TestLettersAboutAnAnswer(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		v := w.draft()
		w.begun(v, Round{Kind: Orienting, Everybody: true})
		say := func(who string) Comment {
			_, err := w.Comment(w.as(who), v, Said{Kind: Suggestion, Body: "Maak het korter", Name: "Truus"})
			w.must(err)
			all, err := db.All(t.Context(), w.DB, scanComment, `SELECT `+commentColumns+` FROM vision_comment WHERE vision = $1 ORDER BY id DESC LIMIT $2`, v, 1)
			w.must(err)
			return all[0]
		}
		of, own, stranger := say("member"), say("convener"), say("nobody")
		w.must(w.Judge(w.as("convener"), v, stranger.ID, Shown, ""))
		for _, c := range []Comment{of, own, stranger} {
			w.must(w.Answer(w.as("convener"), v, c.ID, Partly, "Wij schrappen <alinea> twee"))
		}
		box := w.posted()
		if len(box.letters) != 1 || box.letters[0].To != "member@test.example" || !strings.Contains(box.letters[0].Text, "Wij schrappen <alinea> twee") ||
			!strings.Contains(box.letters[0].Text, "voor een deel overgenomen") {
			t.Fatalf("%+v", box.letters)
		}
		stop := regexp.MustCompile(`https://wijkbaak\.example(/visiepost/\S+)`).FindStringSubmatch(box.letters[0].Text)
		if stop == nil {
			t.Fatal("a letter says nothing of how to stop it")
		}
		w.must(w.Answer(w.as("convener"), v, of.ID, Taken, ""))
		if got := w.posted().to(); got != "" {
			t.Errorf("a better answer is a second letter to %s", got)
		}

		// Stopping: a look is not enough, and nobody stops another's.
		w.page("nobody", stop[1], 200, "Stuur mij geen post meer")
		w.page("nobody", stop[1], 200, "Stuur mij geen post meer")
		w.page("nobody", postBase+"second."+strings.SplitN(stop[1], ".", 2)[1], 404)
		for _, bad := range []string{"member", "member.", "." + w.seal(""), "x"} {
			w.page("nobody", postBase+bad, 404)
		}
		if to := w.post("nobody", stop[1], 303, "post", "nee"); to != stop[1] {
			t.Error(to)
		}
		w.page("nobody", stop[1], 200, "Stuur mij weer post")
		w.page("member", base, 200, `href="`+stop[1])
		if body := w.page("nobody", base, 200); strings.Contains(body, postBase) {
			t.Error("a stranger is shown a link to stop")
		}
		if got := w.letters().to(); got != "observer second" {
			t.Errorf("who wants no letters: %s", got)
		}
		part, err := personal{}.Export(w.asJob(), w.DB, "member")
		data, _ := json.Marshal(part.Data)
		if err != nil || !strings.Contains(string(data), `"noLetters":true`) {
			t.Errorf("%s %v", data, err)
		}
		w.post("nobody", stop[1], 303, "post", "ja")
		w.page("nobody", stop[1], 200, "Stuur mij geen post meer")
		w.post("nobody", stop[1], 303, "post", "nee")
		w.must(w.DB.Write(w.asJob(), func(ctx context.Context, tx *db.Tx) error { return personal{}.Erase(ctx, tx, "member") }))
		if n := w.count(`SELECT COUNT(*) FROM vision_quiet`); n != 0 {
			t.Errorf("%d rows are left", n)
		}
		// An account that is gone leaves nothing behind.
		w.must(w.SetQuiet(w.asJob(), "gone."+w.seal("gone"), true))
		if n := w.count(`SELECT COUNT(*) FROM vision_quiet`); n != 0 {
			t.Errorf("%d rows of who is gone", n)
		}
		w.is(w.SetQuiet(w.asJob(), "member.x", true), fault.KindNotFound, "")
	})
}
