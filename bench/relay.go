package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"wijkbaak.nl/internal/app"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/trust/people"
)

// relayResults are the figures of the rooms from pilot to practice.
type relayResults struct {
	lines    []figures
	anew     map[string]figures // of pages that everybody may see: as if nobody had asked before
	singles  []single
	generate time.Duration
	memory   int64
	peak     int64
}

// What any page of the relay must reach at 16 connections.
const (
	relayP99   = 80 * time.Millisecond
	relayRatio = 10
)

// relayData are the numbers of `generate` that the bounds are about.
var relayData = []string{"--seed", "1", "--questions", "1000", "--answers", "2000", "--initiatives", "5000", "--pilots", "2000",
	"--measurements", "2000000", "--coalitions", "500", "--plans", "500"}

const (
	// relaySlug is the initiative of the demonstration that every room has something about.
	relaySlug = "beeldschermzorg"
	// relayLead leads its projects, and its scaling plan.
	relayLead = "Fatma"
	// caseLines is what the case of the demonstration is brought to.
	caseLines = 60
)

func measureRelay(ctx context.Context, o options, program string, stick *process) (*relayResults, error) {
	o.data = filepath.Join(filepath.Dir(o.data), "relay")
	// p99 of a second at sixteen is of hundreds of answers; the whole stays minutes.
	o.seconds = min(o.seconds, 1)
	r := &relayResults{anew: map[string]figures{}}
	say("generating the relay")
	began := time.Now()
	if err := quiet(ctx, o, program, append([]string{"generate"}, relayData...)...); err != nil {
		return nil, err
	}
	r.generate = time.Since(began)
	cookie, err := fillRelay(ctx, o)
	if err != nil {
		return nil, err
	}
	site, err := startProgram(ctx, o, program)
	if err != nil {
		return nil, err
	}
	defer site.stop()
	lead := visitor{addr: site.addr, cookie: cookie}
	works, err := relayWorks(lead)
	if err != nil {
		return nil, err
	}
	for _, w := range works {
		if !o.chosen(w.name) {
			continue
		}
		if _, err := load(ctx, site.addr, 4, 200*time.Millisecond, w.request); err != nil { // warm
			return nil, err
		}
		line, err := inTurns(ctx, o, site, stick, w, boundAt)
		if err != nil {
			return nil, err
		}
		r.lines = append(r.lines, line)
		if w.anew == nil {
			continue
		}
		w.request = w.anew
		if r.anew[w.name], err = inTurns(ctx, o, site, stick, w, boundAt); err != nil {
			return nil, err
		}
	}
	r.memory, r.peak = site.memory(), site.peak()
	if r.singles, err = changes(lead); err != nil {
		return nil, err
	}
	if o.only != "" {
		return r, nil
	}
	site.stop() // the benchmarks have the machine to themselves
	more, err := benchmarks(ctx)
	r.singles = append(r.singles, more...)
	return r, err
}

// fillRelay adds the content of the demonstration, for the rooms that generate
// makes nothing for, and gives the cookie of a project leader.
func fillRelay(ctx context.Context, o options) (cookie string, err error) {
	a, err := app.Open(ctx, app.Settings{Data: o.data, Demo: true, BaseURL: "http://localhost"}, app.Parts{})
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := a.FillDemo(ctx); err != nil {
		return "", err
	}
	all, err := a.People.DemoAccounts(ctx, a.DB)
	if err != nil {
		return "", err
	}
	k := slices.IndexFunc(all, func(l people.Listing) bool { return l.Name == relayLead })
	if k < 0 {
		return "", errors.New("the demonstration has no " + relayLead)
	}
	var started people.Started
	err = a.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://localhost/", nil)
		if err != nil {
			return err
		}
		started, err = a.People.Begin(ctx, tx, r, people.Entry{Person: all[k].ID, Method: people.ByDemo, SecondFactor: true})
		return err
	})
	return a.People.CookieName() + "=" + started.Secret, err
}

// relayWorks finds what the site holds, as a visitor would, and what to ask of it.
func relayWorks(lead visitor) ([]work, error) {
	nobody := visitor{addr: lead.addr}
	var works []work
	var failed error
	add := func(v visitor, name string, paths ...string) {
		list := make([][]byte, len(paths))
		for i, p := range paths {
			list[i] = get(v.addr, p, v.headers()...)
		}
		w := work{name: name, request: oneOf(list), want: http.StatusOK}
		if v.cookie == "" {
			// No finished page is kept for an address with a query.
			w.anew = func(n int64) []byte {
				p := paths[n%int64(len(paths))]
				mark := "?"
				if strings.Contains(p, mark) {
					mark = "&"
				}
				return get(v.addr, p+mark+"n="+strconv.FormatInt(n, 10))
			}
		}
		works = append(works, w)
	}
	linked := func(v visitor, name, from, pattern string) []string {
		paths, err := v.links(from, pattern)
		if err == nil && len(paths) == 0 {
			err = fmt.Errorf("%s: %s has no link to one", name, from)
		}
		if err != nil {
			failed = errors.Join(failed, err)
			return []string{from}
		}
		add(v, name, paths...)
		return paths
	}
	const one = `/[0-9a-f]{8}-[0-9a-f-]{27}`
	add(nobody, "/pilots", "/pilots")
	linked(nobody, "pilot with 1000 measurements", "/pilots", "/pilots"+one)
	add(nobody, "/initiatieven", "/initiatieven")
	add(nobody, "initiative with something of every room", "/initiatieven/"+relaySlug)
	add(nobody, "initiative with four pilots", initiativesWithPilots()...)
	add(nobody, "/kosten-baten", "/kosten-baten")
	linked(nobody, fmt.Sprintf("business case, three futures, %d lines", caseLines), "/kosten-baten", "/kosten-baten"+one)
	add(nobody, "/estafette", "/estafette")
	linked(nobody, "practice", "/estafette", `/estafette/[a-z0-9-]+\.[a-z0-9.-]+`)
	add(nobody, "/regio", "/regio")
	add(nobody, "/regio?beeld=gemeenten", "/regio?beeld=gemeenten")
	add(nobody, "/regio/raad", "/regio/raad")
	add(nobody, "/coalities", "/coalities")
	linked(nobody, "coalition, public", "/coalities", "/coalities"+one)
	add(nobody, "/belemmeringen/register", "/belemmeringen/register")
	linked(nobody, "barrier of the register", "/belemmeringen/register", "/belemmeringen/register"+one)
	add(nobody, "/veranderpad", "/veranderpad")
	linked(nobody, "impact pathway", "/veranderpad", "/veranderpad"+one)
	add(nobody, "/visies", "/visies")
	add(lead, "/opschalingsplan, signed in", "/opschalingsplan")
	plans := linked(lead, "scaling plan, signed in", "/opschalingsplan", "/opschalingsplan"+one)
	for i := range plans {
		plans[i] += "?weergave=tijdlijn"
	}
	add(lead, "timeline of a scaling plan, signed in", plans...)
	if failed == nil {
		failed = lead.lengthen(caseLines)
	}
	return works, failed
}

// initiativesWithPilots are some of the first 500, over which pilots are dealt.
func initiativesWithPilots() []string {
	var paths []string
	for k := range 50 {
		paths = append(paths, fmt.Sprintf("/initiatieven/voorbeeld-1-%d", 10*k))
	}
	return paths
}

func (f figures) reached() bool {
	return middle(f.site).quantile(0.99) <= relayP99 && f.part() >= relayRatio
}

func yes(ok bool) string {
	if ok {
		return "yes"
	}
	return "**missed**"
}

func (r *relayResults) markdown(b *strings.Builder) {
	fmt.Fprintf(b, "\n## The relay\n\nThe data come from `wijkbaak generate %s`, made in %.0f s, with the content of the demonstration beside it. "+
		"Any page must reach p99 ≤ %d ms and %d %% of the yardstick at %d connections; rounds of a second at most. "+
		"Memory after the load: %.0f MB, %.0f at most. "+
		"The last two columns are of a page that everybody may see and that nobody asked for before, so that it has to be made "+
		"([decision 0012](../docs/decisions/0012-finished-pages.md)).\n\n"+
		"| page | requests/s | p50 | p99 | CPU | yardstick/s | ratio | ratio by CPU | reached | made anew: p99 | ratio |\n"+
		"| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- | ---: | ---: |\n",
		strings.Join(relayData, " "), r.generate.Seconds(), relayP99.Milliseconds(), relayRatio, boundAt, float64(r.memory)/1e6, float64(r.peak)/1e6)
	var missed []string
	for _, f := range r.lines {
		p, y := middle(f.site), middle(f.stick)
		anew := " | "
		if a, ok := r.anew[f.work.name]; ok {
			anew = fmt.Sprintf("%s | %.0f %%", ms(middle(a.site).quantile(0.99)), a.part())
		}
		fmt.Fprintf(b, "| %s | %.0f | %s | %s | %s | %.0f | %.0f %% | %.0f %% | %s | %s |\n", f.work.name, perSecond(p), ms(p.quantile(0.5)),
			ms(p.quantile(0.99)), perRequest(p), perSecond(y), f.part(), byCPU(y, p), yes(f.reached()), anew)
		if !f.reached() {
			missed = append(missed, f.work.name)
		}
	}
	b.WriteString("\nSingle figures: of a benchmark the middle of its runs, of a page the slowest.\n\n| what | must | measured | reached |\n| --- | --- | --- | --- |\n")
	for _, s := range r.singles {
		fmt.Fprintf(b, "| %s | ≤ %s | %s | %s |\n", s.name, inWords(s.most), inWords(s.took), yes(s.took <= s.most))
		if s.took > s.most {
			missed = append(missed, s.name)
		}
	}
	if len(missed) > 0 {
		fmt.Fprintf(b, "\nMissed: %s.\n", strings.Join(missed, "; "))
	}
}

var afterPath = regexp.MustCompile(`[?#].*`)

// links gives the addresses on a page that are wholly of a pattern.
func (v visitor) links(path, pattern string) ([]string, error) {
	page, err := v.get(path)
	if err != nil {
		return nil, err
	}
	var list []string
	for _, m := range regexp.MustCompile(`href="(`+pattern+`)"`).FindAllStringSubmatch(page, -1) {
		if p := afterPath.ReplaceAllString(m[1], ""); !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	return list, nil
}

// goTest runs the Go tool in the folder that we were started in.
func goTest(ctx context.Context, args ...string) (string, error) {
	c := goTool(ctx, append([]string{"test"}, args...)...)
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := c.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go test %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return string(out), nil
}
