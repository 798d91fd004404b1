package browser

import (
	"fmt"
	"hash/fnv"
	"mime/multipart"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"wijkbaak.nl/internal/app"
	"wijkbaak.nl/internal/apptest"
	"wijkbaak.nl/internal/base/ui"
)

// visitors are for whom each page is looked at, when they get it at all.
// Those who work with the content of the demonstration come early: what they
// have is theirs.
var visitors = []string{apptest.Anonymous, apptest.Fatma, apptest.Coach, apptest.Operator, apptest.Sanne, apptest.Moderator, apptest.Resident,
	apptest.OperatorHalf, apptest.Lead}

// starts are addresses from which a crawl finds the pages.
var starts = []string{"/", "/en/", "/vragen/nieuw", "/terug", "/aanmelden", "/mijn", "/aanmelden/extra", "/werkbank", "/werkbank/nieuw", "/moderatie", "/beheer/mensen",
	"/beheer/logboek", "/privacy", "/wie-mag-wat-zien", "/bouwstenen", "/zoeken?vraag=eenzaam", "/zoeken?vraag=xyzzyq", "/initiatieven", "/belemmeringen",
	"/verhalen", "/demo/post", "/papier/vraag", "/gezond", "/gezondheidscheck", "/bestaat-niet"}

// elsewhere are routes that no link leads to and no sample can be had of here:
// the last step of something, files and feeds. Stories go there.
var elsewhere = map[string]string{
	"/volgen/{token}":                                "from a letter",
	"/volgen/{token}/stop":                           "from a letter",
	"/initiatief-volgen/{token}/stop":                "from a letter",
	"/aanmelden/code":                                "second step",
	"/aanmelden/link":                                "from a letter",
	"/aanmelden/bestanden/{file}":                    "a file",
	"/mijn/e-mail":                                   "second step",
	"/verhalen/intrekken":                            "with a code",
	"/terug/{code}":                                  "with a code",
	"/terug/{code}/papier":                           "with a code",
	"/antwoorden/{id}/wijzigen":                      "of who wrote it",
	"/demo/post/{name}":                              "of a letter",
	"/initiatieven/vergelijk":                        "needs a choice",
	"/coalities/{id}/kiezen/scoren":                  "sends on to the first case without a score",
	"/gezondheidscheck/code/{code}":                  "with a code from a letter",
	"/gezondheidscheck/code/{code}/afspraak":         "with a code",
	"/gezondheidscheck/code/{code}/agenda":           "a file",
	"/gezondheidscheck/code/{code}/gegevens":         "a file",
	"/gezondheidscheck/code/{code}/wissen":           "with a code",
	"/gezondheidscheck/stop/{token}":                 "from a letter",
	"/gezondheidscheck/ronde/{id}/cijfers/tabel":     "a file",
	"/gast/{token}/opschalingsplan/{id}":             "of a guest of a coalition that has a plan",
	"/gast/{token}/opschalingsplan/{id}/blad":        "of a guest of a coalition that has a plan",
	"/gast/{token}/opschalingsplan/{id}/stap/{stap}": "of a guest of a coalition that has a plan",
	"/gezondheidscheck/beheer/{id}":                  "of the organisations of a round",
	"/gezondheidscheck/beheer/{id}/bewerken":         "of the organisations of a round",
	"/gezondheidscheck/beheer/{id}/uitnodigen":       "of the organisations of a round",
	"/gezondheidscheck/beheer/{id}/tijden":           "of the organisations of a round",
	"/gezondheidscheck/spreekuur/{id}":               "of the organisations of a round",
	"/gezondheidscheck/spreekuur/{id}/{wie}":         "of the organisations of a round",
	"/aanbod/print":                                  "needs a choice",
	"/aanbod/{slug}/gegevens.jsonld":                 "a file",
	"/aanbod-controle/{token}":                       "from a letter",
	"/aanbod-controle/{token}/wijzigen":              "from a letter",
	"/keuzehulp/beeld/{id}/{nummer}":                 "a picture",
	"/keuzehulp/terug/{code}":                        "with a code",
	"/keuzehulp/mijn/{id}":                           "of who kept one",
	"/aanmelden/oidc/{provider}":                     "needs a provider",
	"/aanmelden/terug/{provider}":                    "needs a provider",
}

// preparePackage brings the package that is offered here to somebody who takes it
// over, as a file.
func preparePackage(t *testing.T, w *apptest.World) string {
	t.Helper()
	c := w.As(apptest.Fatma)
	var body strings.Builder
	form := multipart.NewWriter(&body)
	for _, link := range c.Get("/estafette/waterkwartier.welzijn-op-recept").Links() {
		if _, name, ok := strings.Cut(link, "/bestand/"); ok && !strings.HasPrefix(link, "/en") {
			field := "pakket"
			if strings.HasSuffix(name, ".sig") {
				field = "handtekening"
			}
			part, err := form.CreateFormFile(field, name)
			if err == nil {
				_, err = part.Write([]byte(c.Get(link).Body))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	page := c.Do(http.MethodPost, "/overnemen/bestand", form.FormDataContentType(), body.String())
	if page.Status != http.StatusOK {
		t.Errorf("the package arrives at %s, %d: %.300s", page.Path, page.Status, page.Text())
	}
	return page.Path
}

// sight is one page for one visitor.
type sight struct {
	pattern, address, visitor string
	again                     bool // another visitor has had all looks at it
}

func isPage(p apptest.Page) bool {
	return strings.HasPrefix(p.Header.Get("Content-Type"), "text/html")
}

// prepare makes what the pages behind codes and letters need, and gives where they
// are, by visitor.
func prepare(t *testing.T, w *apptest.World) map[string][]string {
	t.Helper()
	c := w.Client()
	asked := c.Post("/vragen", "vraag", "Wie repareert mijn rollator?", "wie", "neighbourhood", "postcode", "8247", "email", "asker@test.example")
	code, _, _ := strings.Cut(strings.TrimPrefix(asked.Path, "/terug/"), "?")
	w.Client().Post("/vragen", "vraag", "Kan het wijkteam mij bellen?", "wie", "team", "postcode", "8247", "telefoon", "0612345678", "spoed", "ja")
	step := w.Client().Post("/aanmelden", "email", "nieuw@test.example")
	w.Settle()
	guest, invited := prepareCoalition(t, w)
	return map[string][]string{apptest.Fatma: {preparePackage(t, w)}, apptest.Anonymous: {"/terug/" + code, "/terug/" + code + "?nieuw=1", "/terug/" + code + "/papier", step.Path, "/verhalen/intrekken", guest, invited,
		"/volgen/0000000000000000000000000000000000000000000", "/initiatief-volgen/0000000000000000000000000000000000000000000", "/aanmelden/link?sleutel=none"}}
}

// prepareCoalition makes one coalition that still lists and one that scores, and
// gives where a guest and who is invited come in.
func prepareCoalition(t *testing.T, w *apptest.World) (guest, invited string) {
	t.Helper()
	c := w.As(apptest.Fatma)
	own := regexp.MustCompile(`(?s)name="organisatie".*?value="([0-9a-f-]{36})"`).FindStringSubmatch(c.Get("/coalities/nieuw").Body)
	if own == nil {
		t.Fatal("Fatma works for nobody")
	}
	begin := func(name string) string {
		path, _, _ := strings.Cut(c.Post("/coalities", "naam", name, "doel", "In elke wijk een ommetje met elkaar.", "product", "Eén werkwijze.",
			"proces", "Wij delen wat werkt.", "organisatie", own[1], "gemeente", "GM0034").Path, "?")
		return path
	}
	listing, scoring := begin("Wie luistert"), begin("Wie kiest")
	c.Post(listing+"/uitnodigen", "email", "kees@test.example", "rol", "member", "namens", own[1], "dagen", "14")
	for _, m := range w.Mails("kees@test.example") {
		_, invited, _ = strings.Cut(m.Text, w.URL)
		invited, _, _ = strings.Cut(invited, "\n")
	}
	page := c.Post(listing+"/gast", "gast", "Buurman", "reageren", "ja", "gastdagen", "14").Body
	if _, rest, ok := strings.Cut(page, "/gast/"); ok {
		guest = "/gast/" + rest[:strings.IndexAny(rest, "\"<&")]
	}
	for _, slug := range []string{"welzijn-op-recept", "ozoverbindzorg"} {
		c.Post(scoring+"/kiezen/lijst", "initiatief", slug)
	}
	c.Post(scoring+"/kiezen/akkoord", "tekst", "1")
	c.Post(scoring + "/kiezen/openen")
	if guest == "" || invited == "" || !strings.Contains(c.Get(scoring+"/kiezen").Body, "/kiezen/scoren/") {
		t.Errorf("a guest comes in at %q, who is invited at %q; the coalition scores at %s", guest, invited, scoring)
	}
	return strings.TrimSpace(guest), strings.TrimSpace(invited)
}

// each is how many addresses of one route a crawl follows, most for how many kinds
// of visitors such a page is looked at.
const each, most = 40, 2

// sights crawls the program as each visitor and chooses one address for each
// page. A page that looks the same to everybody is looked at once.
func sights(t *testing.T, w *apptest.World) (list []sight) {
	t.Helper()
	patterns := w.Patterns()
	first, found, times := map[string]bool{}, map[string]bool{}, map[string]int{}
	more := prepare(t, w)
	for _, v := range visitors {
		from := append(slices.Clone(starts), more[v]...)
		for _, p := range w.As(v).CrawlEach(each, from...) {
			pattern := patterns.Of(p.Address)
			if pattern == "" && p.Status == 200 || !isPage(p.Page) {
				if pattern != "" && p.Status == 200 {
					found[pattern] = true
				}
				continue
			}
			// The other language of a page that is not there is not there either.
			twin := strings.TrimPrefix(p.Address, "/en") == strings.TrimPrefix(p.From, "/en")
			if p.From != "" && p.Status >= 400 && p.Status != 403 && !twin {
				t.Errorf("%s leads to %s, which answers %d (as %s)", p.From, p.Address, p.Status, v)
			}
			name := pattern
			if pattern == "" {
				name = fmt.Sprint("error ", p.Status)
			}
			if strings.HasPrefix(p.Address, "/en") {
				name += " en"
			}
			if strings.Contains(p.Address, "xyzzyq") || strings.Contains(p.Address, "nieuw=1") {
				name += " other"
			}
			key := v + " " + name
			if p.Status == 403 {
				key = "403"
			}
			if first[key] || p.Status >= 300 && p.Status < 400 {
				continue
			}
			// Who is signed in sees the same public page but for the name.
			if v != apptest.Anonymous && first[apptest.Anonymous+" "+name] && !mine[pattern] {
				continue
			}
			again := times[name]
			first[key], found[pattern] = true, true
			times[name]++
			// Who comes third, or second in another language, sees nothing new.
			if again >= most || again > 0 && strings.HasSuffix(name, " en") {
				continue
			}
			list = append(list, sight{pattern, p.Path, v, again > 0})
		}
	}
	for _, r := range w.Pages() {
		if !found[r.Pattern] && elsewhere[r.Pattern] == "" {
			t.Errorf("no page leads to %s: link to it, or name it in this test", r.Pattern)
		}
	}
	return list
}

// mine are public pages that show more to those who work here.
var mine = map[string]bool{"/vragen/{id}": true, "/{$}": true, "/wie-mag-wat-zien": true}

func chance(parts ...string) int {
	h := fnv.New32a()
	h.Write([]byte(strings.Join(parts, " "))) //nolint:errcheck // a hash never fails
	return int(h.Sum32() >> 8)
}

// look is one way to look at a page.
type look struct {
	theme string
	size  size
	dark  bool
}

// looks gives how a page is looked at: in everything when all is asked for, else
// on a phone and a desk, a third of them also on the narrowest screen, each in a
// theme and a light that chance chose once and for all, so that together the pages
// see them all.
func looks(s sight) []look {
	var list []look
	if os.Getenv("WIJKBAAK_BROWSER") == "full" {
		for _, theme := range ui.Themes {
			for _, z := range []size{phone, desktop, narrow} {
				list = append(list, look{theme, z, false}, look{theme, z, true})
			}
		}
		return list
	}
	n := chance(s.pattern, s.visitor)
	pick := func(i int) string { return ui.Themes[(n+i)%len(ui.Themes)] }
	if s.again || strings.HasPrefix(s.address, "/en") { // the words differ, and so their length; see looks at no colours
		return []look{{pick(0), phone, n%4 == 0}}
	}
	list = []look{{pick(0), phone, n%4 == 0}, {pick(1), desktop, n%4 == 1}}
	if n%3 == 0 {
		list = append(list, look{pick(2), narrow, false})
	}
	return list
}

// pairs of hands: each has windows of its own.
const hands = 2

// TestPages looks at every page.
func TestPages(t *testing.T) {
	chromium := startChromium(t)
	w := apptest.SQLite(t, apptest.Options{Settings: func(s *app.Settings) { s.Theme = ui.Themes[0] }})
	type work struct {
		sight
		look
	}
	byTheme := map[string][]work{}
	list := sights(t, w)
	for _, s := range list {
		for _, l := range looks(s) {
			byTheme[l.theme] = append(byTheme[l.theme], work{s, l})
		}
	}
	t.Logf("%d pages", len(list))
	for _, theme := range ui.Themes {
		t.Run(theme, func(t *testing.T) {
			w.App.Settings.Theme = theme // nobody asks for pages meanwhile
			for hand := range hands {
				tabs := map[string]*tab{}
				for _, v := range visitors {
					name, value := w.Cookie(v)
					tabs[v] = newTab(t, chromium, w.URL, name, value)
				}
				t.Run(fmt.Sprint(hand), func(t *testing.T) {
					t.Parallel()
					for i, todo := range byTheme[theme] {
						if i%hands == hand {
							see(t, tabs[todo.visitor], todo.sight, todo.look)
						}
					}
				})
			}
		})
	}
}

// see looks at one page. On the narrow screen only what differs there counts.
func see(t *testing.T, b *tab, s sight, l look) {
	t.Helper()
	name := fmt.Sprintf("%s as %s, %s %s dark=%v", s.address, s.visitor, l.theme, l.size.name, l.dark)
	b.resize(t, l.size)
	b.dark(t, l.dark)
	b.open(t, s.address)
	if l.size != narrow || os.Getenv("WIJKBAAK_BROWSER") == "full" {
		for _, v := range b.axe(t, !s.again && !strings.HasPrefix(s.address, "/en")) {
			t.Errorf("%s: %s", name, v)
		}
	}
	for _, f := range b.measure(t) {
		t.Errorf("%s: %s", name, f)
	}
	for _, p := range b.take() {
		if strings.HasPrefix(p, "the browser says: Failed to load resource") && (strings.Contains(p, "status of 403") || strings.Contains(p, "status of 404")) && strings.HasSuffix(p, s.address) {
			continue // the page itself, which is meant to
		}
		t.Errorf("%s: %s", name, p)
	}
	b.picture(t, fmt.Sprintf("%s-%s-%s-%s%s", strings.Trim(strings.NewReplacer("/", "_", "{", "", "}", "", "$", "voor").Replace(s.pattern), "_"),
		s.visitor, l.size.name, l.theme, map[bool]string{true: "-dark"}[l.dark]))
}
