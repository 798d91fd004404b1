package app

import (
	"context"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/search"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/trust/audit"
)

// Advice is one thing that was looked at: how it is, and what to do about it.
type Advice struct {
	About string
	Level Level
	Text  string
}

// Level is how bad it is.
type Level string

// The levels.
const (
	Good    Level = "ok"
	Warning Level = "look"
	Wrong   Level = "WRONG"
)

// Free bytes of the data folder below which it warns, and below which a question
// with its place in the search and the log may not fit.
const (
	diskLeast = 1 << 30
	diskNone  = 64 << 20
)

// doctor gathers advice.
type doctor struct {
	s    Settings
	list []Advice
}

func (d *doctor) say(about string, level Level, format string, args ...any) {
	d.list = append(d.list, Advice{about, level, fmt.Sprintf(format, args...)})
}

// Doctor looks at a set-up, whether or not it can start, and changes nothing but
// that it makes the missing keys of a data folder as any start does. Listen is
// where serve will listen.
func Doctor(ctx context.Context, s Settings, listen string) []Advice {
	d := &doctor{s: s}
	d.address(listen)
	d.theme()
	folder := d.folder()
	d.keys()
	d.checkpoints(ctx)
	d.mail(ctx)
	if folder {
		d.database(ctx)
	}
	return d.list
}

func (d *doctor) address(listen string) {
	u, err := url.Parse(d.s.BaseURL)
	host, _, splitErr := net.SplitHostPort(listen)
	ip := net.ParseIP(host)
	local := splitErr == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
	switch {
	case d.s.BaseURL == "" && local:
		d.say("base-url", Warning, "it is not set; that is right for this machine alone. For others, set the address at which people reach the portal, such as https://vraag.example.nl")
	case d.s.BaseURL == "":
		d.say("base-url", Wrong, "set the address at which people reach the portal, such as https://vraag.example.nl")
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		d.say("base-url", Wrong, "%q is not an address; write it like https://vraag.example.nl", d.s.BaseURL)
	case u.Scheme == "http" && u.Hostname() != "localhost" && !isLoopback(u.Hostname()):
		d.say("base-url", Wrong, "%s is without https: what people type can be read on the way, and nobody can sign in. Put a proxy with a certificate before it, or use --acme-domain", d.s.BaseURL)
	default:
		d.say("base-url", Good, "%s", d.s.BaseURL)
	}
	if d.s.ProxyHeader != "" && !local {
		d.say("proxy-header", Warning, "%s is trusted, but it also listens where others can reach it without the proxy, so they can make up an address. Listen on 127.0.0.1 or close the port", d.s.ProxyHeader)
	}
	if d.s.Rate == 0 {
		d.say("rate", Warning, "the limits per address are lifted; set --rate 1 for real use")
	}
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

func (d *doctor) theme() {
	if d.s.Theme != "" && !slices.Contains(ui.Themes, d.s.Theme) {
		d.say("theme", Wrong, "there is no theme %q; there are %s", d.s.Theme, strings.Join(ui.Themes, ", "))
		return
	}
	d.say("theme", Good, "%s", d.s.Theme)
}

// folder looks at the data folder and tells whether it can be used.
func (d *doctor) folder() bool {
	info, err := os.Stat(d.s.Data)
	switch {
	case os.IsNotExist(err):
		d.say("data", Wrong, "the folder %s does not exist; serve makes it, or make it: install -d -m 700 %s", d.s.Data, d.s.Data)
		return false
	case err != nil:
		d.say("data", Wrong, "the folder %s cannot be read: %v", d.s.Data, err)
		return false
	case !info.IsDir():
		d.say("data", Wrong, "%s is a file, not a folder", d.s.Data)
		return false
	}
	probe, err := os.CreateTemp(d.s.Data, "doctor-*.part")
	if err != nil {
		d.say("data", Wrong, "nothing can be written in %s: %v. Give the account of the service the folder: chown -R wijkbaak %s", d.s.Data, err, d.s.Data)
		return false
	}
	probe.Close()           //nolint:errcheck,gosec // only to see that it can be made
	os.Remove(probe.Name()) //nolint:errcheck,gosec // only to see that it can be made
	if m := info.Mode().Perm(); m&0o077 != 0 {
		d.say("data", Warning, "others on this machine can look into %s (rights %o); chmod 700 %s", d.s.Data, m, d.s.Data)
	} else {
		d.say("data", Good, "%s", d.s.Data)
	}
	if free, ok := freeBytes(d.s.Data); ok {
		d.disk(free)
	}
	return true
}

func (d *doctor) disk(free uint64) {
	level, hint := Good, ""
	switch {
	case free < diskNone:
		level, hint = Wrong, ": it is full, so nobody can ask anything; make room"
	case free < diskLeast:
		level, hint = Warning, ": make room before it is full; then nobody can ask anything"
	}
	d.say("disk", level, "%d MB free in %s%s", free>>20, d.s.Data, hint)
}

// keys are secret files that only the service may read.
func (d *doctor) keys() {
	_ = filepath.WalkDir(d.s.Data, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() || filepath.Ext(path) != ".key" {
			return nil //nolint:nilerr // the folder itself was looked at
		}
		info, err := e.Info()
		if err != nil {
			return nil //nolint:nilerr // it was removed meanwhile
		}
		if m := info.Mode().Perm(); m&0o077 != 0 {
			d.say("keys", Wrong, "others on this machine can read %s (rights %o); chmod 600 %s", path, m, path)
		} else {
			d.say("keys", Good, "%s", filepath.Base(path))
		}
		return nil
	})
}

func (d *doctor) checkpoints(context.Context) {
	dir := d.s.Checkpoints
	if dir == "" {
		d.say("checkpoints", Warning, "the signed checkpoints of the log have no second place, so who can change the database can cut off its end unseen. Set --checkpoints to a folder on another disk or machine")
		return
	}
	if err := audit.Folder(dir).Check(); err != nil {
		d.say("checkpoints", Wrong, "%v", err)
		return
	}
	if a, err := filepath.Abs(dir); err == nil {
		if b, err := filepath.Abs(d.s.Data); err == nil && (a == b || strings.HasPrefix(a, b+string(filepath.Separator))) {
			d.say("checkpoints", Warning, "%s lies in the data folder; who can change the one can change the other", dir)
			return
		}
	}
	d.say("checkpoints", Good, "%s", dir)
}

func (d *doctor) mail(ctx context.Context) {
	if d.s.SMTP.Host == "" {
		d.say("mail", Warning, "there is no mail server; letters are files in %s and nobody gets them. Set --smtp-host", filepath.Join(d.s.Data, "post"))
		return
	}
	at := net.JoinHostPort(d.s.SMTP.Host, strconv.Itoa(d.s.SMTP.Port))
	conn, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, "tcp", at)
	if err != nil {
		d.say("mail", Wrong, "the mail server %s cannot be reached: %v. Letters wait and are tried again; check name, port and firewall", at, err)
		return
	}
	conn.Close() //nolint:errcheck,gosec // only to see that it answers
	d.say("mail", Good, "%s answers", at)
}

func (d *doctor) database(ctx context.Context) {
	if d.s.Database == "" {
		if _, err := os.Stat(filepath.Join(d.s.Data, db.FileName)); err != nil {
			d.say("database", Warning, "there is no database in %s yet; serve makes it", d.s.Data)
			return
		}
	}
	s := d.s
	s.BaseURL = "http://127.0.0.1" // whether it is right was said above
	a, err := Open(ctx, s, Parts{})
	if err != nil {
		if fault.KindOf(err) == fault.KindUnavailable || d.s.Database != "" {
			d.say("database", Wrong, "it cannot be reached: %v. Check that it runs, that the address in --database is right and that this machine may come in", err)
		} else {
			d.say("database", Wrong, "it cannot be opened: %v", err)
		}
		return
	}
	defer a.Close() //nolint:errcheck // it only read
	kind, wrong, err := a.DB.About(ctx)
	switch {
	case err != nil:
		d.say("database", Wrong, "it does not answer: %v", err)
		return
	case wrong != "":
		d.say("database", Wrong, "%s: %s; keep the file as evidence and restore the last backup", kind, wrong)
	default:
		d.say("database", Good, "%s", kind)
	}
	if skew, ok := a.DB.ClockSkew(ctx); ok && skew > 5*time.Second {
		d.say("clock", Wrong, "this machine and the database differ %s in time; set both by NTP", skew.Round(time.Second))
	} else if ok {
		d.say("clock", Good, "this machine and the database agree")
	}
	if now := time.Now(); now.Before(builtAfter) {
		d.say("clock", Wrong, "this machine thinks it is %s; set its clock", now.Format(time.DateOnly))
	}
	if err := a.Check(ctx); err != nil {
		d.say("migrations", Wrong, "%v", err)
		return // the tables below may not be there
	}
	d.say("migrations", Good, "up to date")
	if err := a.CheckPlace(ctx); err != nil {
		d.say("place", Wrong, "%v", err)
	}
	d.work(ctx, a)
}

// builtAfter is before any release of this program.
var builtAfter = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

func (d *doctor) work(ctx context.Context, a *App) {
	parked, err := a.Queue.Failed(ctx)
	switch {
	case err != nil:
		d.say("jobs", Wrong, "they cannot be read: %v", err)
	case len(parked) > 0:
		d.say("jobs", Warning, "%d jobs were given up; the last was %s (%s)", len(parked), parked[len(parked)-1].Kind, parked[len(parked)-1].LastError)
	default:
		state, err := a.Queue.State(ctx)
		if err == nil && !state.Oldest.IsZero() && time.Since(state.Oldest) > time.Hour {
			d.say("jobs", Warning, "%d jobs wait since %s; does wijkbaak serve run?", state.Waiting, state.Oldest.Format(time.RFC3339))
			break
		}
		d.say("jobs", Good, "none was given up")
	}
	missing, err := search.Missing(ctx, a.DB, a.Sources())
	switch {
	case err != nil:
		d.say("search", Wrong, "it cannot be read: %v", err)
	case missing > 0:
		d.say("search", Warning, "%d public texts cannot be found; run wijkbaak search rebuild", missing)
	default:
		d.say("search", Good, "all public texts can be found")
	}
}
