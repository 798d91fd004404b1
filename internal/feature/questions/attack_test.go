package questions_test

import (
	"context"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"wijkbaak.nl/internal/apptest"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/returncode"
	"wijkbaak.nl/internal/feature/questions"
)

const script = `"><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}'`

// raw finds what of script would be alive in a page.
var raw = regexp.MustCompile(`<script>alert|<img src=x|href="javascript:`)

func TestScriptsInEveryField(t *testing.T) {
	each(t, func(t *testing.T, n neighbourhood) {
		r := n.asks(n.as(apptest.Anonymous), questions.Ask{Title: "x" + script, Body: script, Name: script[:50], Contact: questions.Contact{Email: "a@b.example"}})
		if r.Question.Moderation != questions.Shown {
			t.Fatal("it is held for its words; this test wants it shown")
		}
		w := n.answers(apptest.Resident, r.Question.ID, script)
		_, err := n.EditAnswer(n.as(apptest.Resident), w.ID, questions.Reply{Body: script + "2", Sources: []questions.Source{{Title: script, URL: "https://x.example/" + `"><script>alert(1)</script>`}}})
		n.must(err)
		n.must(n.Note(n.as(apptest.Coach), r.Question.ID, script))
		n.must(n.MessageTeam(n.at("192.0.2.8"), r.Code.String(), script))
		n.must(n.Report(n.as(apptest.Anonymous), questions.OfAnswer, w.ID, "rude", script))
		s, _, err := n.Publish(n.as(apptest.Coach), questions.Tell{Title: script, Body: script, Name: script[:50], Consent: true})
		n.must(err)
		code := r.Code.String()
		for _, path := range []string{"/vragen", "/vragen/" + r.Question.ID, "/terug/" + code, "/terug/" + code + "/papier", "/werkbank", "/moderatie?stand=reported",
			"/verhalen", "/verhalen/" + s.ID, "/melden/antwoord/" + w.ID, "/vragen/nieuw?vraag=" + url.QueryEscape(script),
			"/vragen?onderwerp=" + "%22%3E%3Cscript%3Ealert(1)%3C/script%3E", "/werkbank/nieuw?code=%22%3E%3Cscript%3Ealert(1)", "/volgen/%22%3E%3Cscript%3Ealert(1)"} {
			p := n.As(apptest.Coach).Get(path)
			if m := raw.FindString(p.Body); m != "" || p.Status >= 500 {
				t.Errorf("%s answers %d with %q", path, p.Status, m)
			}
			if !strings.Contains(p.Header.Get("Content-Security-Policy"), "script-src 'self'") {
				t.Errorf("%s has no policy", path)
			}
		}
		p := n.As(apptest.Resident).Get("/antwoorden/" + w.ID + "/wijzigen")
		if m := raw.FindString(p.Body); m != "" || p.Status != 200 {
			t.Errorf("the form to change answers %d with %q", p.Status, m)
		}
		for _, path := range []string{"/vragen.atom", "/vragen/" + r.Question.ID + "/atom"} {
			p := n.As(apptest.Anonymous).Get(path)
			var feed struct {
				Entries []struct {
					Title   string `xml:"title"`
					Content string `xml:"content"`
				} `xml:"entry"`
			}
			if err := xml.Unmarshal([]byte(p.Body), &feed); err != nil || len(feed.Entries) == 0 || !strings.Contains(feed.Entries[0].Content, "<script>") {
				t.Errorf("%s is no feed that says what was typed: %v", path, err)
			}
		}
		for _, m := range n.Mails("") {
			if raw.MatchString(m.HTML) || strings.ContainsAny(m.Subject, "\r\n<") {
				t.Errorf("a letter has %q", m.Subject)
			}
		}
	})
}

func TestBadForms(t *testing.T) {
	each(t, func(t *testing.T, n neighbourhood) {
		r := n.asks(n.as(apptest.Anonymous), questions.Ask{})
		own := "/terug/" + r.Code.String()
		anybody, coach := n.As(apptest.Anonymous), n.As(apptest.Coach)
		desk := "/werkbank/" + r.Question.ID
		long, wild := strings.Repeat("lang ", 1000), "a\xff\xfeb"
		for _, c := range []struct {
			by      *apptest.Client
			path    string
			pairs   []string
			status  int
			shows   string // what was typed, or what is wrong
			forgets string
		}{
			{anybody, "/vragen", nil, 422, "Schrijf hier uw vraag op", ""},
			{anybody, "/vragen", []string{"vraag", "Wie helpt mij met " + strings.Repeat("lang ", 50), "uitleg", "pindakaas", "wie", "team"}, 422, "pindakaas", ""},
			{anybody, "/vragen", []string{"vraag", "Wie helpt mij?", "uitleg", wild, "wie", "team"}, 422, "", "\xff"},
			{anybody, "/vragen", []string{"vraag", "Wie helpt mij?", "wie", "team", "email", "x\r\nBcc: y@z.nl"}, 422, "e-mailadres", ""},
			{anybody, "/vragen/" + r.Question.ID + "/volgen", []string{"email", "pindakaas"}, 422, "e-mailadres", ""},
			{anybody, "/vragen/" + r.Question.ID + "/volgen", []string{"email", "pindakaas"}, 422, `value="pindakaas"`, ""},
			{anybody, own + "/bericht", []string{"bericht", long + "pindakaas"}, 422, "pindakaas", ""},
			{anybody, own + "/bericht", []string{"bericht", ""}, 422, "Schrijf hier iets op", ""},
			{anybody, own + "/geholpen", []string{"antwoord", "none"}, 404, "", ""},
			{anybody, "/terug", []string{"code", "een twee drie"}, 422, "twaalf woorden", ""},
			{anybody, "/terug", []string{"code", strings.Repeat("huis ", 300)}, 422, "te lang", ""},
			{anybody, "/melden/vraag/" + r.Question.ID, []string{"uitleg", "pindakaas"}, 422, "pindakaas", ""},
			{anybody, "/verhalen", []string{"titel", "Mijn verhaal", "verhaal", "pindakaas"}, 422, "pindakaas", ""},
			{coach, desk + "/notitie", []string{"notitie", long + "pindakaas"}, 422, "pindakaas", ""},
			{coach, desk + "/bericht", []string{"bericht", long + "pindakaas"}, 422, "pindakaas", ""},
			{coach, desk + "/doorgeven", []string{"organisatie", "none", "overdracht", "pindakaas"}, 422, "pindakaas", ""},
			{coach, desk + "/sluiten", []string{"reden", "solved", "toelichting", long + "pindakaas"}, 422, "pindakaas", ""},
			{coach, desk + "/sluiten", []string{"reden", "solved", "toelichting", wild}, 422, "", "\xff"},
			{coach, desk + "/sluiten", []string{"toelichting", "pindakaas"}, 422, "Kies een reden", ""},
			{coach, desk + "/samenvoegen", []string{"in", "https://pindakaas.example/vragen/1"}, 422, "pindakaas", ""},
			{coach, "/moderatie", []string{"wat", "vraag:" + r.Question.ID, "doe", "hidden"}, 422, "Schrijf hier iets op", ""},
			{coach, "/moderatie", []string{"wat", "vraag:" + r.Question.ID, "doe", "held", "reden", "xx"}, 422, "", ""},
		} {
			p := c.by.Post(c.path, c.pairs...)
			if p.Status != c.status || !strings.Contains(p.Body, c.shows) || c.forgets != "" && strings.Contains(p.Body, c.forgets) {
				t.Errorf("%s %.60q answers %d without %q", c.path, c.pairs, p.Status, c.shows)
			}
		}
		if q := n.now(r.Question.ID); q.Question.Status != questions.Open || len(q.Events) != 0 {
			t.Errorf("something was done: %+v", q)
		}
		n.must(n.Withdraw(n.at("192.0.2.1"), r.Code.String()))
		if p := anybody.Post(own + "/sluiten"); p.Status != 409 || !strings.Contains(p.Body, "al klaar") {
			t.Errorf("closing what is closed answers %d", p.Status)
		}

		// Other kinds of body, and too much of it.
		for _, kind := range []string{"application/json", "multipart/form-data", "text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded; charset=utf-16", ";;;"} {
			if p := anybody.Do(http.MethodPost, "/vragen", kind, `{"vraag":"Wie helpt mij?"}`); p.Status != 422 && p.Status != 403 {
				t.Errorf("%s answers %d", kind, p.Status)
			}
		}
		if p := anybody.Do(http.MethodPost, "/vragen", "application/x-www-form-urlencoded", "vraag="+strings.Repeat("x", 10<<20)); p.Status != 413 {
			t.Errorf("ten megabytes answer %d", p.Status)
		}
		if p := anybody.Do(http.MethodPost, "/vragen", "application/x-www-form-urlencoded", "vraag=%zz&wie=team"); p.Status != 422 {
			t.Errorf("broken escapes answer %d", p.Status)
		}
		// What stands in an address reaches the database as it is on neither engine.
		for _, path := range []string{"/vragen?na=%00", "/vragen?na=%ff%fe", "/verhalen?na=%00", "/vragen?na=';--", "/vragen?onderwerp=%00", "/vragen?gedaan=%00",
			"/moderatie?stand=%00", "/vragen/nieuw?vraag=%ff%00", "/api/v1/questions?cursor=%00", "/api/v1/answers?cursor=%ff", "/werkbank/nieuw?code=%00"} {
			if p := coach.Get(path); p.Status >= 500 {
				t.Errorf("%s answers %d", path, p.Status)
			}
		}
		if p := anybody.Post("/werkbank/" + r.Question.ID + "/pakken"); p.Status != 403 {
			t.Errorf("anybody takes a question: %d", p.Status)
		}
	})
}

func TestAPITakesOnlyWhatItSays(t *testing.T) {
	each(t, func(t *testing.T, n neighbourhood) {
		token := n.As(apptest.Token)
		for _, field := range []string{"asker", "moderation", "status", "channel", "enteredBy", "code", "place", "id", "demonstration", "dueAt"} {
			p := token.JSON(http.MethodPost, "/api/v1/questions", map[string]any{"title": "Wie helpt mij?", "audience": "neighbourhood", field: "x"})
			if p.Status != 422 && p.Status != 400 {
				t.Errorf("%s is taken: %d", field, p.Status)
			}
		}
		p := token.JSON(http.MethodPost, "/api/v1/questions", map[string]any{"title": "Wie helpt\r\n\u202emij?", "audience": "neighbourhood", "name": "Ans\nBos", "email": "a@b.example"})
		if p.Status != 201 {
			t.Fatal(p.Status, p.Body)
		}
		list, _, err := n.List(n.as(apptest.Anonymous), questions.Filter{})
		n.must(err)
		if q := n.now(list[0].ID).Question; q.Title != "Wie helpt mij?" || q.Name != "Ans Bos" || q.Channel != questions.API || q.Asker != "" {
			t.Fatalf("kept: %+v", q)
		}
		for name, body := range map[string]map[string]any{
			"address": {"title": "Wie helpt mij?", "audience": "team", "email": "a\u0000b@x.example", "phone": "\u0000"},
			"script":  {"body": "Kijk", "sources": []map[string]string{{"url": "javascript:alert(1)"}}},
			"NUL":     {"body": "Kijk", "initiatives": []string{"\u0000"}},
			"other":   {"body": "Kijk", "thanks": 1000},
		} {
			path := "/api/v1/questions/" + list[0].ID + "/answers"
			if body["title"] != nil {
				path = "/api/v1/questions"
			}
			if p := token.JSON(http.MethodPost, path, body); p.Status < 400 || p.Status >= 500 {
				t.Errorf("%s answers %d %s", name, p.Status, p.Body)
			}
		}
		p = token.JSON(http.MethodPost, "/api/v1/questions/"+list[0].ID+"/answers", map[string]any{"body": "Kijk hier", "sources": []map[string]string{{"url": "https://x.example/\u202e", "title": "a\nb"}}})
		v := n.now(list[0].ID)
		if p.Status != 201 || len(v.Answers) != 1 || !v.Answers[0].Professional || v.Answers[0].Person != "" || strings.Contains(v.Answers[0].Sources[0].URL, "\u202e") {
			t.Errorf("%d: %+v", p.Status, v.Answers)
		}
	})
}

// Addresses with a secret in them are kept by no cache and told to no other site.
func TestSecretsInAddresses(t *testing.T) {
	each(t, func(t *testing.T, n neighbourhood) {
		r := n.asks(n.as(apptest.Anonymous), questions.Ask{})
		w := n.answers(apptest.Coach, r.Question.ID, "Kijk op de site")
		_, err := n.EditAnswer(n.as(apptest.Coach), w.ID, questions.Reply{Body: "Kijk", Sources: []questions.Source{{URL: "https://elders.example/"}}})
		n.must(err)
		own := "/terug/" + r.Code.String()
		for _, path := range []string{own, own + "/papier", own + "?nieuw=1", "/papier/vraag", "/volgen/abc", "/volgen/abc/stop"} {
			p := n.As(apptest.Anonymous).Get(path)
			if p.Status != 200 || p.Header.Get("Cache-Control") != "private, no-store" || p.Header.Get("ETag") != "" {
				t.Errorf("%s answers %d, %q, tag %q", path, p.Status, p.Header.Get("Cache-Control"), p.Header.Get("ETag"))
			}
			if ref := p.Header.Get("Referrer-Policy"); ref != "same-origin" {
				t.Errorf("%s tells others where we come from: %q", path, ref)
			}
			if strings.Contains(p.Body, "https://elders.example/") && !strings.Contains(p.Body, `rel="nofollow ugc noreferrer"`) {
				t.Errorf("%s leads elsewhere with its address", path)
			}
		}
		if n.count(`SELECT COUNT(*) FROM question WHERE id = $1`, r.Question.ID) != 1 || len(n.found(r.Code.String())) != 0 {
			t.Error("the code itself is kept")
		}
		for _, path := range []string{"//evil.example", "/terug/https:%2f%2fevil.example", "/vragen/%2f%2fevil.example", "/en//evil.example"} {
			p := n.As(apptest.Anonymous).Once().Get(path)
			if l := p.Header.Get("Location"); strings.HasPrefix(l, "//") || strings.Contains(l, "evil") {
				t.Errorf("%s leads to %s", path, l)
			}
		}
	})
}

func TestGuessingCodes(t *testing.T) {
	each(t, func(t *testing.T, n neighbourhood) {
		r := n.asks(n.as(apptest.Anonymous), questions.Ask{})
		guess := func(ctx context.Context) error {
			_, err := n.ReadByCode(ctx, returncode.New(strings.NewReader(fmt.Sprintf("%016d", time.Now().UnixNano()%1e16))).String())
			return err
		}
		bad, good := n.at("2001:db8:1::1"), n.at("2001:db8:2::1")
		for range 3 {
			_, err := n.ReadByCode(bad, "huis boom vis")
			n.is(err, fault.KindInvalid) // misspelt is no guess
		}
		for range 10 {
			n.is(guess(bad), fault.KindInvalid, "questions.wrong.code")
		}
		n.is(guess(bad), fault.KindTooMany)
		n.is(guess(n.at("2001:db8:1::ffff")), fault.KindTooMany) // the same network
		_, err := n.ReadByCode(bad, r.Code.String())
		n.is(err, fault.KindTooMany) // right or wrong, it must not tell
		for _, act := range []func() error{
			func() error { return n.Withdraw(bad, r.Code.String()) }, func() error { return n.MessageTeam(bad, r.Code.String(), "xx") },
			func() error { return n.Helped(bad, r.Code.String(), "x") }, func() error { return n.TakeBack(bad, r.Code.String()) },
		} {
			n.is(act(), fault.KindTooMany)
		}
		if _, err := n.ReadByCode(good, r.Code.String()); err != nil {
			t.Errorf("others cannot come back: %v", err)
		}
		n.Clock.Advance(time.Minute)
		n.is(guess(bad), fault.KindInvalid)
		n.is(guess(bad), fault.KindTooMany)
	})
}

func TestLimits(t *testing.T) {
	eachWith(t, limited, func(t *testing.T, n neighbourhood) {
		ask := func(ctx context.Context) error {
			_, err := n.Ask(ctx, questions.Ask{Title: "Wie helpt mij?", Audience: questions.Neighbourhood, Channel: questions.Screen})
			return err
		}
		until := func(what string, most int, act func() error) {
			t.Helper()
			for i := range most {
				if err := act(); err != nil {
					t.Fatalf("%s: number %d: %v", what, i+1, err)
				}
			}
			n.is(act(), fault.KindTooMany)
		}
		until("asking", 10, func() error { return ask(n.at("198.51.100.1")) })
		n.must(ask(n.at("198.51.100.2")))
		n.Clock.Advance(3 * time.Minute)
		n.must(ask(n.at("198.51.100.1")))
		n.is(ask(n.at("198.51.100.1")), fault.KindTooMany)
		until("asking with an account", 10, func() error { return ask(n.as(apptest.Resident)) })
		for range 30 {
			n.must(ask(n.as(apptest.Coach)))
		}
		r := n.asks(n.at("198.51.100.3"), questions.Ask{})
		i := 0
		until("writing with one code", 10, func() error {
			i++
			return n.MessageTeam(n.at(fmt.Sprintf("198.51.100.%d", 100+i)), r.Code.String(), "Hallo")
		})
		until("reporting", 20, func() error { return n.Report(n.at("198.51.100.4"), questions.OfQuestion, r.Question.ID, "spam", "") })
		until("following", 10, func() error {
			i++
			return n.Follow(n.at(fmt.Sprintf("198.51.100.%d", 100+i)), r.Question.ID, "slachtoffer@voorbeeld.example")
		})
		p := n.As(apptest.Anonymous)
		var last apptest.Page
		for range 12 {
			last = p.Post("/vragen", "vraag", "Wie helpt mij?", "uitleg", "pindakaas", "wie", "team")
		}
		if last.Status != 429 || last.Header.Get("Retry-After") == "" || !strings.Contains(last.Body, "pindakaas") {
			t.Errorf("too many questions answer %d, retry %q", last.Status, last.Header.Get("Retry-After"))
		}
	})
}

// Two coaches press at once: one has it, the other is told.
func TestTwoCoaches(t *testing.T) {
	each(t, func(t *testing.T, n neighbourhood) {
		for range 5 {
			r := n.asks(n.as(apptest.Anonymous), questions.Ask{})
			one, other := n.as(apptest.Coach), n.as(apptest.Coach)
			// The other is somebody else with the same role.
			a := accessOf(other)
			a.Person = n.Person(apptest.Moderator)
			other = n.with(a)
			errs := make([]error, 2)
			var wg sync.WaitGroup
			wg.Go(func() { errs[0] = n.Take(one, r.Question.ID, "") })
			wg.Go(func() { errs[1] = n.Take(other, r.Question.ID, "") })
			wg.Wait()
			if (errs[0] == nil) == (errs[1] == nil) {
				t.Fatalf("both are told %v and %v", errs[0], errs[1])
			}
			v := n.now(r.Question.ID)
			winner, loser := one, other
			if errs[0] != nil {
				winner, loser = other, one
				n.is(errs[0], fault.KindConflict, "questions.wrong.taken")
			}
			if v.Question.TakenBy != accessOf(winner).Person || len(v.Events) != 1 {
				t.Errorf("it is on the pile of %s; events %+v", v.Question.TakenBy, v.Events)
			}
			n.must(n.Take(winner, r.Question.ID, "")) // pressed twice
			n.must(n.Take(loser, r.Question.ID, v.Question.TakenBy))
			if len(n.now(r.Question.ID).Events) != 2 {
				t.Error("pressing twice leaves two traces")
			}
		}
	})
}

// Many people answer at once, while the question is closed: none is lost, none is
// counted that is not there.
func TestAnswersAtOnce(t *testing.T) {
	each(t, func(t *testing.T, n neighbourhood) {
		r := n.asks(n.as(apptest.Anonymous), questions.Ask{})
		resident, coach := n.as(apptest.Resident), n.as(apptest.Coach)
		var mu sync.Mutex
		taken := 0
		var wg sync.WaitGroup
		for i := range 16 {
			wg.Go(func() {
				if i == 12 {
					n.Close(coach, r.Question.ID, "solved", "") //nolint:errcheck // the count tells
					return
				}
				if _, err := n.Answer(resident, r.Question.ID, questions.Reply{Body: fmt.Sprint("Antwoord ", i)}); err == nil {
					mu.Lock()
					taken++
					mu.Unlock()
				} else if fault.KindOf(err) != fault.KindDenied && fault.KindOf(err) != fault.KindUnavailable {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if v := n.now(r.Question.ID); len(v.Answers) != taken || v.Question.Answers != taken {
			t.Errorf("%d were taken in, %d are there, %d are counted", taken, len(v.Answers), v.Question.Answers)
		}
	})
}
