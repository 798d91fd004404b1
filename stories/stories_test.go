package stories

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"wijkbaak.nl/internal/app"
	"wijkbaak.nl/internal/apptest"
)

func TestStories(t *testing.T) {
	files, err := filepath.Glob("*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(file, ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			two := secondUsed.Match(text)
			o := apptest.Options{Settings: func(s *app.Settings) { s.Network = two }}
			apptest.Each(t, o, func(t *testing.T, w *apptest.World) {
				s := &story{sites: []*site{newSite(w)}}
				if two {
					s.sites = append(s.sites, newSite(apptest.SQLite(t, apptest.Options{Settings: func(s *app.Settings) {
						s.Network, s.Name = true, app.NeighbourName
					}})))
				}
				s.site = s.sites[0]
				testscript.Run(t, testscript.Params{Files: []string{file}, Cmds: s.verbs(), RequireUniqueNames: true})
			})
		})
	}
}

var secondUsed = regexp.MustCompile(`(?m)^on 2$`)

// story is one run of one story.
type story struct {
	*site
	sites []*site
	page  apptest.Page
}

// site is one instance, with the browsers in use there.
type site struct {
	world    *apptest.World
	browsers map[string]*apptest.Client
	browser  *apptest.Client
}

func newSite(w *apptest.World) *site {
	s := &site{world: w, browsers: map[string]*apptest.Client{}}
	s.login(apptest.Anonymous)
	return s
}

func (s *site) login(actor string) {
	if s.browsers[actor] == nil {
		s.browsers[actor] = s.world.As(actor)
	}
	s.browser = s.browsers[actor]
}

type verb = func(ts *testscript.TestScript, neg bool, args []string)

// reporter has trouble in the world reported at the line of the story.
type reporter struct{ *testscript.TestScript }

func (reporter) Helper()                           {}
func (r reporter) Fatal(args ...any)               { r.Fatalf("%v", args...) }
func (r reporter) Error(args ...any)               { r.Fatalf("%v", args...) }
func (r reporter) Fatalf(form string, args ...any) { r.TestScript.Fatalf(form, args...) }

func (s *story) verbs() map[string]verb {
	all := map[string]verb{
		"on": s.on, "login": s.doLogin, "get": s.get, "post": s.post, "post-from-elsewhere": s.postFromElsewhere, "json": s.json, "await": s.await, "mail": s.mail,
		"set": s.set, "advance-clock": s.advance, "expect-status": s.expectStatus, "expect-path": s.expectPath,
		"expect-text": s.expectText, "expect-html": s.expectHTML, "expect-cookie": s.expectCookie,
	}
	for name, f := range all {
		all[name] = func(ts *testscript.TestScript, neg bool, args []string) {
			s.world.Report(reporter{ts})
			f(ts, neg, args)
		}
	}
	return all
}

func need(ts *testscript.TestScript, neg, mayNeg bool, args []string, least, most int) {
	if neg && !mayNeg {
		ts.Fatalf("! has no meaning here")
	}
	if len(args) < least || most >= 0 && len(args) > most {
		ts.Fatalf("it takes %d to %d words, not %d", least, most, len(args))
	}
}

func pairs(ts *testscript.TestScript, args []string) []string {
	var list []string
	for _, a := range args {
		name, value, ok := strings.Cut(a, "=")
		if !ok {
			ts.Fatalf("%q is not name=value", a)
		}
		list = append(list, name, strings.ReplaceAll(value, `\n`, "\n"))
	}
	return list
}

func (s *story) on(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, false, args, 1, 1)
	n, err := strconv.Atoi(args[0])
	if err != nil || n < 1 || n > len(s.sites) {
		ts.Fatalf("there is no instance %s", args[0])
	}
	s.site = s.sites[n-1]
}

func (s *story) doLogin(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, false, args, 1, 1)
	if !slices.Contains(apptest.Actors, args[0]) {
		ts.Fatalf("nobody is called %s; there are %v", args[0], apptest.Actors)
	}
	s.login(args[0])
}

func (s *story) took(ts *testscript.TestScript, what, path string, p apptest.Page) {
	s.page = p
	ts.Logf("%s %s: %d %s", what, path, p.Status, p.Path)
	s.world.Settle()
}

func (s *story) get(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, false, args, 1, 1)
	s.took(ts, "GET", args[0], s.browser.Get(args[0]))
}

func (s *story) post(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, false, args, 1, -1)
	s.took(ts, "POST", args[0], s.browser.Post(args[0], pairs(ts, args[1:])...))
}

func (s *story) postFromElsewhere(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, false, args, 1, -1)
	s.took(ts, "POST", args[0], s.browser.FromElsewhere().Post(args[0], pairs(ts, args[1:])...))
}

func (s *story) json(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, false, args, 2, -1)
	if args[0] == "GET" {
		s.took(ts, "GET", args[1], s.browser.Get(args[1]))
		return
	}
	list, body := pairs(ts, args[2:]), map[string]string{}
	for i := 0; i < len(list); i += 2 {
		body[list[i]] = list[i+1]
	}
	s.took(ts, args[0], args[1], s.browser.JSON(args[0], args[1], body))
}

// patience is how long the search index may take to follow.
const patience = 10 * time.Second

func (s *story) await(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, false, args, 2, 2)
	for until := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		s.page = s.browser.Get(args[0])
		if strings.Contains(s.page.Text(), args[1]) {
			return
		}
		if time.Now().After(until) {
			s.fail(ts, "%s has no %q after %s", args[0], args[1], patience)
		}
	}
}

func (s *story) mail(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, true, args, 1, 1)
	list := s.world.Mails(args[0])
	switch {
	case neg && len(list) > 0:
		ts.Fatalf("%s got a letter: %s\n%s", args[0], list[0].Subject, list[0].Text)
	case !neg && len(list) == 0:
		var others []string
		for _, m := range s.world.Mails("") {
			others = append(others, m.To+": "+m.Subject)
		}
		ts.Fatalf("%s got no letter; others did:\n%s", args[0], strings.Join(others, "\n"))
	case !neg:
		s.page = apptest.Page{Status: 200, Body: list[0].Subject + "\n" + list[0].Text}
	}
}

func (s *story) set(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, false, args, 2, 2)
	re, err := regexp.Compile(args[1])
	ts.Check(err)
	for _, where := range []string{s.page.Path, s.page.Body, s.page.Text()} {
		if m := re.FindStringSubmatch(where); len(m) > 1 {
			ts.Setenv(args[0], m[1])
			return
		}
	}
	s.fail(ts, "nothing fits %s", args[1])
}

func (s *story) advance(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, false, args, 1, 1)
	d, err := time.ParseDuration(args[0])
	ts.Check(err)
	s.world.Advance(d)
}

func (s *story) expectStatus(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, false, args, 1, 1)
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if s.page.Status != want {
		s.fail(ts, "the status is %d, not %d", s.page.Status, want)
	}
}

func (s *story) expectPath(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, true, args, 1, 1)
	re, err := regexp.Compile(args[0])
	ts.Check(err)
	if re.MatchString(s.page.Path) == neg {
		s.fail(ts, "the page is %s", s.page.Path)
	}
}

func (s *story) expectText(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, true, args, 1, 1)
	if strings.Contains(s.page.Text(), args[0]) == neg {
		s.fail(ts, "expected (not: %v) to read %q", neg, args[0])
	}
}

func (s *story) expectHTML(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, true, args, 1, 1)
	re, err := regexp.Compile(args[0])
	ts.Check(err)
	if re.MatchString(s.page.Body) == neg {
		s.fail(ts, "expected (not: %v) in the source: %s", neg, args[0])
	}
}

func (s *story) expectCookie(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, false, args, 1, 1)
	have := s.browser.Cookies()
	if args[0] == "none" && len(have) > 0 || args[0] != "none" && !slices.Contains(have, args[0]) {
		ts.Fatalf("the browser holds %v", have)
	}
}

func (s *story) fail(ts *testscript.TestScript, form string, args ...any) {
	text := s.page.Text()
	if len(text) > 3000 {
		text = text[:3000] + "…"
	}
	ts.Logf("the page %s (%d) says: %s", s.page.Path, s.page.Status, text)
	ts.Fatalf(form, args...)
}
