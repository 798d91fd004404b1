package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/html"

	"wijkbaak.nl/internal/app"
	"wijkbaak.nl/internal/feature/advice"
	"wijkbaak.nl/internal/trust/themes"
)

// fitsResults are the figures of what there is and what fits.
type fitsResults struct {
	lines    []fitsLine
	singles  []single
	imported *imported
	generate time.Duration
	size     int64 // of the database
	memory   int64
	mapped   int64
	peak     int64
}

// fitsData are the numbers of `generate` that the bounds are about.
var fitsData = []string{"--seed", "1", "--questions", "1000", "--answers", "2000", "--initiatives", "500", "--offers", "20000", "--surveys", "50", "--responses", "200000"}

// bounds are what a work must reach; a zero is no bound.
type bounds struct {
	p50, p99 time.Duration
	ratio    float64
}

func (b bounds) String() string {
	var list []string
	if b.ratio > 0 {
		list = append(list, fmt.Sprintf("%.0f %%", b.ratio))
	}
	if b.p50 > 0 {
		list = append(list, fmt.Sprintf("p50 ≤ %d ms", b.p50.Milliseconds()))
	}
	if b.p99 > 0 {
		list = append(list, fmt.Sprintf("p99 ≤ %d ms", b.p99.Milliseconds()))
	}
	return strings.Join(list, ", ")
}

type fitsWork struct {
	work
	connections int
	bounds
}

type fitsLine struct {
	figures
	bounds
}

func (l fitsLine) reached() bool {
	r := middle(l.site)
	return (l.p50 == 0 || r.quantile(0.5) <= l.p50) && (l.p99 == 0 || r.quantile(0.99) <= l.p99) && (l.ratio == 0 || l.part() >= l.ratio)
}

// What the issue asks.
var (
	listBounds   = bounds{p99: 60 * time.Millisecond, ratio: 15}
	fillBounds   = bounds{p50: 3 * time.Millisecond}
	adviceBounds = bounds{p50: 15 * time.Millisecond, p99: 60 * time.Millisecond}
)

func measureFits(ctx context.Context, o options, program string, stick *process) (*fitsResults, error) {
	o.data = filepath.Join(filepath.Dir(o.data), "fits")
	o.seconds = min(o.seconds, 1)
	r := &fitsResults{}
	say("generating what there is and what fits")
	began := time.Now()
	if err := quiet(ctx, o, program, append([]string{"generate"}, fitsData...)...); err != nil {
		return nil, err
	}
	r.generate = time.Since(began)
	if _, err := fillRelay(ctx, o); err != nil { // the content of the demonstration, with its tested applications
		return nil, err
	}
	var err error
	if r.size, err = fileSize(filepath.Join(o.data, "wijkbaak.db")); err != nil {
		return nil, err
	}
	site, err := startProgram(ctx, o, program)
	if err != nil {
		return nil, err
	}
	defer site.stop()
	works, err := fitsWorks(site.addr)
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
		line, err := inTurns(ctx, o, site, stick, w.work, w.connections)
		if err != nil {
			return nil, err
		}
		r.lines = append(r.lines, fitsLine{line, w.bounds})
	}
	r.memory, r.mapped, r.peak = site.memory(), site.mapped(), site.peak()
	site.stop() // what follows has the machine to itself
	if o.chosen(adviceName) {
		if r.singles, err = adviceTimes(ctx, o); err != nil {
			return nil, err
		}
	}
	if o.chosen("import") {
		m, err := measureImport(ctx, o, program)
		if err != nil {
			return nil, err
		}
		r.imported = &m
	}
	return r, nil
}

// lists are the addresses of the list with another filter each time: five facets,
// of which one to four are chosen, and no finished page is kept of them.
func lists(addr string, pairs ...string) request {
	facets := [][]string{
		{"soort", "", "activiteit", "dienst", "app", "hulpmiddel", "training", "plek", "groep"},
		append([]string{"thema", ""}, themes.All...),
		{"doelgroep", "", "iedereen", "jongeren", "ouderen", "mantelzorgers", "alleen", "nieuwkomers", "weinig-geld", "beperking", "dementie", "gezinnen"},
		{"kosten", "", "gratis", "betaald", "vergoed"},
		{"waar", "", "buurt", "thuis", "online"},
	}
	return func(n int64) []byte {
		g := rand.New(rand.NewPCG(uint64(n), 1)) //nolint:gosec // must be repeatable
		q := url.Values{}
		for _, k := range g.Perm(len(facets))[:1+g.IntN(4)] {
			if v := facets[k][1+g.IntN(len(facets[k])-1)]; v != "" {
				q.Set(facets[k][0], v)
			}
		}
		for k := 0; k < len(pairs); k += 2 {
			list := strings.Split(pairs[k+1], "|")
			q.Set(pairs[k], list[g.IntN(len(list))])
		}
		q.Set("n", strconv.FormatInt(n, 10))
		return get(addr, "/aanbod?"+q.Encode())
	}
}

const (
	adviceName = "advice over 20,000 offers"
	postcodes  = "1011 AB|8232 ZZ|3511 LN|9711 AA|5038 AA|6811 AA"
)

// fitsWorks finds what the site holds, as a visitor would, and what to ask of it.
func fitsWorks(addr string) ([]fitsWork, error) {
	v := visitor{addr: addr}
	surveys, err := v.links("/keuzehulp", `/keuzehulp/[a-z0-9-]+`)
	if err != nil {
		return nil, err
	}
	surveys = slices.DeleteFunc(surveys, func(p string) bool { return !strings.Contains(p, "voorbeeld-") })
	if len(surveys) < 12 {
		return nil, fmt.Errorf("the list has %d surveys", len(surveys))
	}
	var pages, kept, results [][]byte
	for k, p := range surveys {
		slug := strings.TrimPrefix(p, "/keuzehulp/")
		turns, last, err := v.walk(slug, k, false)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", slug, err)
		}
		pages, results = append(pages, turns...), append(results, last)
		if k%5 > 0 {
			continue
		}
		if turns, _, err = v.walk(slug, k, true); err != nil {
			return nil, fmt.Errorf("%s, kept: %w", slug, err)
		}
		kept = append(kept, turns...)
	}
	say("%d surveys, %d pages to fill in", len(surveys), len(pages))
	offers, err := v.links("/aanbod", `/aanbod/[a-z0-9-]+`)
	if err != nil || len(offers) == 0 {
		return nil, errors.Join(err, errors.New("there are no offers"))
	}
	detail := func(n int64) []byte {
		return get(addr, offers[n%int64(len(offers))]+"?n="+strconv.FormatInt(n, 10))
	}
	ok := func(name string, connections int, b bounds, r request) fitsWork {
		return fitsWork{work{name: name, request: r, want: http.StatusOK}, connections, b}
	}
	return []fitsWork{
		ok("offer list with five facets, HTML", boundAt, listBounds, lists(addr)),
		ok("offer list from a postcode, HTML", boundAt, bounds{p99: listBounds.p99}, lists(addr, "postcode", postcodes)),
		ok("offer list with words, HTML", boundAt, bounds{p99: listBounds.p99}, lists(addr, "q", strings.Join(queries, "|"))),
		ok("offer, HTML", boundAt, bounds{p99: listBounds.p99}, detail),
		ok("list of surveys, HTML", boundAt, bounds{p99: listBounds.p99}, func(n int64) []byte { return get(addr, "/keuzehulp?n="+strconv.FormatInt(n, 10)) }),
		ok("filling in a page of a survey", 1, fillBounds, oneOf(pages)),
		ok("filling in a page of a survey, by sixteen at once", boundAt, bounds{}, oneOf(pages)),
		ok("filling in a page of a survey that is kept (durable)", 1, fillBounds, oneOf(kept)),
		ok(adviceName+": the result page of a survey", 1, adviceBounds, oneOf(results)),
		ok(adviceName+": the result page of a survey, for sixteen at once", boundAt, bounds{p99: adviceBounds.p99}, oneOf(results)),
	}, nil
}

// send posts a form and gives what comes back.
func (v visitor) send(path string, form url.Values) (status int, to, body string, err error) {
	req, err := http.NewRequest(http.MethodPost, "http://"+v.addr+path, strings.NewReader(form.Encode())) //nolint:noctx // our own program, for seconds
	if err != nil {
		return 0, "", "", err
	}
	req.Header.Set("Content-Type", formType)
	req.Header.Set("Origin", "http://"+v.addr)
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return 0, "", "", err
	}
	defer resp.Body.Close() //nolint:errcheck // it was read to the end
	b, err := io.ReadAll(resp.Body)
	return resp.StatusCode, resp.Header.Get("Location"), string(b), err
}

const formType = "application/x-www-form-urlencoded"

// walk fills a survey in, one page after the other, each answer picked by pick. It
// gives the request of each page, and that for the result. With keep the answers are
// kept under a return code from the first page on.
func (v visitor) walk(slug string, pick int, keep bool) (pages [][]byte, last []byte, err error) {
	action := "/keuzehulp/lijst/" + slug + "/invullen"
	request := func(f url.Values) []byte {
		return post(v.addr, action, formType, f.Encode(), "Origin", "http://"+v.addr)
	}
	path, form := action, url.Values{"hoe": {"een"}}
	const most = 100 // pages
	for range most {
		status, to, body, err := v.send(path, form)
		if err != nil || status >= http.StatusBadRequest {
			return nil, nil, errors.Join(err, fmt.Errorf("%s: %d", path, status))
		}
		if status == http.StatusSeeOther { // it is kept: go on from there
			to, _, _ = strings.Cut(to, "?")
			path, form = to+"/verder", url.Values{}
			continue
		}
		step, err := formOf(body, action)
		if err != nil {
			return nil, nil, err
		}
		path, form = action, fields(step)
		if keep {
			keep = false
			form.Set("doe", "bewaar")
			continue
		}
		if form.Get("op") == "" { // the summary
			form.Set("doe", "stuur")
			return pages, request(form), nil
		}
		choose(step, form, pick+len(pages))
		form.Set("doe", "verder")
		pages = append(pages, request(form))
	}
	return nil, nil, fmt.Errorf("%s has no end", action)
}

func formOf(page, action string) (*html.Node, error) {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return nil, err
	}
	for n := range root.Descendants() {
		if n.Data == "form" && attribute(n, "action") == action {
			return n, nil
		}
	}
	return nil, fmt.Errorf("a page has no form to %s", action)
}

// choose answers all questions on a page.
func choose(step *html.Node, form url.Values, pick int) {
	choices := map[string][]string{}
	for n := range step.Descendants() {
		name := attribute(n, "name")
		if n.Type != html.ElementNode || !strings.HasPrefix(name, "v") {
			continue
		}
		switch kind := attribute(n, "type"); {
		case kind == "radio" || kind == "checkbox":
			choices[name] = append(choices[name], attribute(n, "value"))
		case n.Data == "select":
			for o := range n.Descendants() {
				if o.Data == "option" && attribute(o, "value") != "" {
					choices[name] = append(choices[name], attribute(o, "value"))
				}
			}
		case kind == "date":
			choices[name] = []string{"1955-03-02"}
		case attribute(n, "inputmode") == "numeric" || attribute(n, "inputmode") == "decimal" || kind == "number":
			choices[name] = []string{"70"} // an age, and hours a week
		case n.Data == "textarea" || n.Data == "input":
			choices[name] = []string{"Dit is een voorbeeld."}
		}
	}
	for name, list := range choices {
		form.Set(name, list[pick%len(list)])
	}
}

// advices is how many times advice is asked.
const advices = 1000

// adviceTimes asks the engine itself, with needs as people have them.
func adviceTimes(ctx context.Context, o options) (list []single, err error) {
	a, err := app.Open(ctx, app.Settings{Data: o.data, BaseURL: "http://localhost"}, app.Parts{})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	ctx, stop := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { a.Search.Run(ctx) }) // reads the index
	defer running.Wait()
	defer stop()
	g := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // must be repeatable
	times := make([]time.Duration, 0, advices)
	for k := range advices + 1 {
		n := need(g)
		began := time.Now()
		found, err := a.Advice.Advise(ctx, n)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 && n.Words == "" {
			return nil, fmt.Errorf("no advice for %+v", n)
		}
		if k > 0 { // the first one waits for the index
			times = append(times, time.Since(began))
		}
	}
	slices.Sort(times)
	at := func(part int) time.Duration { return times[len(times)*part/100] }
	say("%s: p50 %v, p99 %v", adviceName, at(50), at(99))
	return []single{{adviceName + ", p50", adviceBounds.p50, at(50)}, {adviceName + ", p99", adviceBounds.p99, at(99)}}, nil
}

func need(g *rand.Rand) advice.Need {
	pick := func(list ...string) string { return list[g.IntN(len(list))] }
	n := advice.Need{}
	wish := func(aspect advice.Aspect, code string) {
		n.Wishes = append(n.Wishes, advice.Wish{Aspect: aspect, Code: code, Because: "u dat zei"})
	}
	for range 1 + g.IntN(3) {
		wish(advice.Theme, pick(themes.All...))
	}
	if g.IntN(2) == 0 {
		wish(advice.Area, pick(themes.Areas...))
	}
	if g.IntN(2) == 0 {
		wish(advice.Audience, pick("older", "carers", "alone", "low-income", "dementia"))
	}
	if g.IntN(3) == 0 {
		wish(advice.Kind, pick("activity", "service", "training", "device"))
	}
	if g.IntN(2) == 0 {
		n.Words = pick(queries...)
	}
	if g.IntN(3) > 0 {
		n.At = &advice.Point{Lat: 51.4 + g.Float64()*1.8, Lon: 4.5 + g.Float64()*2.2}
	}
	return n
}

func (r *fitsResults) markdown(b *strings.Builder) {
	mb := func(n int64) float64 { return float64(n) / 1e6 }
	fmt.Fprintf(b, "\n## What there is and what fits\n\nThe data come from `wijkbaak generate %s`, made in %.0f s (a database of %.0f MB), with the content of the demonstration beside it. "+
		"Each address of a list is another one, so that it has to be made. Memory after the load: %.0f MB, of which %.0f mapped files; %.0f at most.\n\n"+
		"| page | connections | must | requests/s | p50 | p99 | CPU | yardstick/s | ratio | ratio by CPU | reached |\n| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |\n",
		strings.Join(fitsData, " "), r.generate.Seconds(), mb(r.size), mb(r.memory), mb(r.mapped), mb(r.peak))
	var missed []string
	for _, l := range r.lines {
		p, y, must, said := middle(l.site), middle(l.stick), l.String(), ""
		if must != "" {
			said = yes(l.reached())
		}
		fmt.Fprintf(b, "| %s | %d | %s | %.0f | %s | %s | %s | %.0f | %.0f %% | %.0f %% | %s |\n", l.work.name, l.connections, must, perSecond(p), ms(p.quantile(0.5)),
			ms(p.quantile(0.99)), perRequest(p), perSecond(y), l.part(), byCPU(y, p), said)
		if !l.reached() {
			missed = append(missed, l.work.name)
		}
	}
	b.WriteString("\n| what | must | measured | reached |\n| --- | --- | --- | --- |\n")
	row := func(name, must, got string, reached bool) {
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", name, must, got, yes(reached))
		if !reached {
			missed = append(missed, name)
		}
	}
	for _, s := range r.singles {
		row(s.name, "≤ "+inWords(s.most), inWords(s.took), s.took <= s.most)
	}
	if m := r.imported; m != nil {
		row(fmt.Sprintf("import of %d services of HSDS (%.0f MB)", feedServices, mb(m.size)), "≤ "+inWords(importMost),
			fmt.Sprintf("%s, %.1f s of processor time, told %d times how far it was", inWords(m.took), m.cpu.Seconds(), m.lines), m.took <= importMost && m.lines > 1)
		row("its memory, at most", fmt.Sprintf("≤ %.0f MB", mb(importMemory)), fmt.Sprintf("%.0f MB", mb(m.memory)), m.memory <= importMemory)
		row("killed halfway and begun again", "goes on", fmt.Sprintf("killed after %d, went on after %d", m.killed, m.after), m.resumed)
	}
	if len(missed) > 0 {
		fmt.Fprintf(b, "\nMissed: %s.\n", strings.Join(missed, "; "))
	}
}
