package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	netmail "net/mail"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/mail"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/feature/home"
	"wijkbaak.nl/internal/protocol/openapi"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

// enter puts who asks and the frame of the page into the context.
func (a *App) enter(w http.ResponseWriter, r *http.Request) (*http.Request, error) {
	r, err := a.People.Enter(w, r)
	looksAt(r)
	return a.framed(r), err // a page that always answers needs its frame
}

func (a *App) framed(r *http.Request) *http.Request {
	ctx := r.Context()
	actor := access.Of(ctx)
	s := ui.Shell{Lang: i18n.Lang(ctx), Dir: i18n.Dir(ctx), Theme: a.Settings.Theme, PlaceName: a.portal.name(ctx),
		Path: r.URL.RequestURI(), Build: a.Settings.Version, Demo: a.Settings.Demo}
	for _, n := range nav {
		if len(n.roles) == 0 || actor.Has(n.roles...) {
			s.Nav = append(s.Nav, ui.NavItem{Label: i18n.T(ctx, n.key), Path: n.path})
		}
	}
	if actor.SignedIn() {
		s.Who = &ui.Who{Name: actor.Name, Path: "/mijn"}
	}
	return r.WithContext(ui.WithShell(ctx, s))
}

// portalName reads what the place of this instance is called.
func (a *App) portalName(ctx context.Context) (string, error) {
	v, where, err := a.Places.Settings(ctx, a.Settings.Place)
	if where == "" {
		v.Portal = a.Settings.Name
	}
	return v.Portal, err
}

// nav is the main menu; what has roles shows to those who have one.
var nav = []struct {
	key, path string
	roles     []access.Role
}{
	{"home.nav.questions", "/vragen", nil},
	{"home.nav.offers", "/aanbod", nil},
	{"home.nav.surveys", "/keuzehulp", nil},
	{"home.nav.stories", "/verhalen", nil},
	{"home.nav.initiatives", "/initiatieven", nil},
	{"home.nav.barriers", "/belemmeringen", nil},
	{"home.nav.pilots", "/pilots", []access.Role{access.Lead, access.Editor}},
	{"home.nav.coalitions", "/coalities", []access.Role{access.Lead, access.Editor}},
	{"home.nav.relay", "/estafette", []access.Role{access.Lead, access.Editor}},
	{"home.nav.region", "/regio", []access.Role{access.Lead, access.Editor}},
	{"home.nav.desk", "/werkbank", []access.Role{access.Coach}},
	{"home.nav.screenings", "/gezondheidscheck/beheer", []access.Role{access.Coach, access.Lead, access.Editor}},
	{"home.nav.place", "/beheer/plek", []access.Role{access.Operator, access.Editor}},
	{"home.nav.people", "/beheer/mensen", []access.Role{access.Operator}},
	{"home.nav.log", audit.Path, []access.Role{access.Operator}},
}

// errorPage shows a fault in the frame of the house.
func (a *App) errorPage(w http.ResponseWriter, r *http.Request, status int, f *fault.Error, number string) {
	if ui.ShellOf(r.Context()).Build == "" {
		r = a.framed(r) // the fault came before the frame
	}
	page := home.ErrorPage{Status: status, Text: i18n.T(r.Context(), f.Key, f.Args...), Number: number,
		SignIn: f.Kind == fault.KindDenied && !access.Of(r.Context()).SignedIn()}
	page.Typed = typed(r)
	if err := web.Render(w, r, status, page.Render()); err != nil {
		a.Log.Error("the error page itself failed", "number", number, "error", err)
	}
}

// typedLeast is from how many characters a text is worth copying.
const typedLeast = 20

// typed gives the texts of a form that came to a page of ours and was not kept.
// A return code is a secret and is not shown again.
func typed(r *http.Request) (list []string) {
	if r.Method != http.MethodPost || r.Pattern == "" || r.Pattern == "/" {
		return nil
	}
	r.ParseForm() //nolint:errcheck,gosec // what could be read is shown
	for _, name := range slices.Sorted(maps.Keys(r.PostForm)) {
		for _, v := range r.PostForm[name] {
			if v = web.Clean(strings.ToValidUTF8(v, "")); name != "code" && len(v) >= typedLeast && strings.ContainsAny(v, " \n") {
				list = append(list, v)
			}
		}
	}
	return list
}

// secure tells whether people reach us by https. Only on the machine itself may
// it be otherwise.
func secure(base string) bool {
	u, err := url.Parse(base)
	return err != nil || u.Scheme == "https"
}

// host is the name by which this instance signs.
func host(base string) string {
	if u, err := url.Parse(base); err == nil && u.Host != "" {
		return strings.ReplaceAll(u.Host, "+", "-")
	}
	return "wijkbaak"
}

// openLog opens the log of who did what, with the key of this instance.
func (a *App) openLog(p Parts) (*audit.Log, error) {
	host := host(a.Settings.BaseURL)
	key, err := audit.LoadKey(a.Settings.Data, host)
	if err != nil {
		return nil, err
	}
	o := audit.Options{DB: a.DB, Clock: a.Clock, IDs: p.IDs, Log: a.Log, Source: host, Key: key,
		Staff: func(ctx context.Context, r db.Reader) ([]string, error) { return a.People.Staff(ctx, r) }}
	if a.Settings.Checkpoints != "" {
		o.Places = []audit.Place{audit.Folder(a.Settings.Checkpoints)}
	}
	return audit.New(o)
}

// mailer sends letters: by SMTP, or into a folder where no server is named.
func (a *App) mailer() (mail.Sender, error) {
	if a.Settings.SMTP.Host != "" {
		return mail.NewSMTP(a.Settings.SMTP)
	}
	from := a.Settings.SMTP.From
	if from == "" {
		from = "Wijkbaak <wijkbaak@localhost>"
	}
	return mail.NewFolder(filepath.Join(a.Settings.Data, "post"), from, a.Clock)
}

// contact is who answers questions about the API: who sends our letters.
func (a *App) contact() openapi.Contact {
	c := openapi.Contact{Name: a.Settings.Name, URL: a.Settings.BaseURL + "/", Email: "wijkbaak@example.org"} // nobody reads there (RFC 2606)
	if from, err := netmail.ParseAddress(a.Settings.SMTP.From); err == nil {
		c.Email = from.Address
	}
	return c
}

// postFolder is the outbox that the browser can look at, in the demo only.
func (a *App) postFolder() string {
	if !a.Settings.Demo {
		return ""
	}
	return filepath.Join(a.Settings.Data, "post")
}

// loadSecret reads 32 random bytes from the data folder, and makes them at the
// first start.
func loadSecret(dir, name string) ([]byte, error) {
	path := filepath.Join(dir, name)
	b, err := os.ReadFile(path) //nolint:gosec // a name of our own in our own folder
	if errors.Is(err, fs.ErrNotExist) {
		b = make([]byte, 32)
		rand.Read(b) //nolint:errcheck // never fails
		return b, os.WriteFile(path, b, 0o600)
	}
	if err == nil && len(b) != 32 {
		return nil, fmt.Errorf("%s is damaged: put back the one of a backup", path)
	}
	return b, err
}
