package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// single is one figure with a bound.
type single struct {
	name string
	most time.Duration
	took time.Duration
}

func inWords(d time.Duration) string {
	if d >= time.Second {
		return fmt.Sprintf("%.2f s", d.Seconds())
	}
	return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
}

// benchmark is one of `go test` whose figure has a bound.
type benchmark struct {
	name, folder, function, times string
	most                          time.Duration
}

var allBenchmarks = []benchmark{
	{"business case, 60 lines × 10 years × 4 cities × 10,000 draws, one core", "./internal/feature/businesscase", "BenchmarkRun", "5x", 250 * time.Millisecond},
	{"packing, signing and verifying 20 MB", "./internal/protocol/practice", "BenchmarkPackAndVerify20MB", "1x", time.Second},
	{"verifying a log of 100,000 packages", "./internal/protocol/practice", "BenchmarkVerifyLog100000", "1x", 5 * time.Second},
	{"Gantt of 300 steps", "./internal/feature/scaling", "BenchmarkGantt300", "50x", 30 * time.Millisecond},
	{"timeline of 300 steps, the whole page", "./internal/feature/scaling", "BenchmarkTimelinePage300", "50x", 30 * time.Millisecond},
}

var perOperation = regexp.MustCompile(`\s([0-9.]+) ns/op`)

// benchmarks runs them, on one core, three times each; the one in the middle counts.
func benchmarks(ctx context.Context) ([]single, error) {
	var list []single
	for _, b := range allBenchmarks {
		say("%s", b.name)
		out, err := goTest(ctx, "-run", "^$", "-bench", "^"+b.function+"$", "-benchtime", b.times, "-count", "3", "-cpu", "1", b.folder)
		if err != nil {
			return nil, err
		}
		var times []time.Duration
		for _, m := range perOperation.FindAllStringSubmatch(out, -1) {
			ns, err := strconv.ParseFloat(m[1], 64)
			if err != nil {
				return nil, err
			}
			times = append(times, time.Duration(ns))
		}
		if len(times) == 0 {
			return nil, fmt.Errorf("%s has no %s", b.folder, b.function)
		}
		slices.Sort(times)
		list = append(list, single{b.name, b.most, times[len(times)/2]})
		say("    %v", times[len(times)/2])
	}
	return list, nil
}

func goTool(ctx context.Context, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, "go", args...) //nolint:gosec // the tool that built us
}

// visitor asks the site for pages, signed in if it has a cookie.
type visitor struct{ addr, cookie string }

func (v visitor) headers() []string {
	if v.cookie == "" {
		return nil
	}
	return []string{"Cookie", v.cookie}
}

func (v visitor) get(path string) (string, error) { return v.do(http.MethodGet, path, nil) }

// do follows no redirect, as each is measured by itself.
func (v visitor) do(method, path string, form url.Values) (string, error) {
	req, err := http.NewRequest(method, "http://"+v.addr+path, strings.NewReader(form.Encode())) //nolint:noctx // our own program, for seconds
	if err != nil {
		return "", err
	}
	if v.cookie != "" {
		req.Header.Set("Cookie", v.cookie)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", "http://"+v.addr)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close() //nolint:errcheck // it was read to the end
	b, err := io.ReadAll(resp.Body)
	if want := http.StatusOK; err == nil && resp.StatusCode != want && (form == nil || resp.StatusCode != http.StatusSeeOther) {
		err = errors.New(method + " " + path + ": " + resp.Status)
	}
	if form != nil && resp.StatusCode == http.StatusOK {
		err = errors.Join(err, errors.New(method+" "+path+": the form came back"))
	}
	return string(b), err
}

// form reads the fields of the form on a page that is sent to an address.
func (v visitor) form(page, action string) (url.Values, error) {
	text, err := v.get(page)
	if err != nil {
		return nil, err
	}
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	for n := range root.Descendants() {
		if n.Data == "form" && attribute(n, "action") == action {
			return fields(n), nil
		}
	}
	return nil, fmt.Errorf("%s has no form to %s", page, action)
}

func fields(form *html.Node) url.Values {
	values := url.Values{}
	for n := range form.Descendants() {
		name := attribute(n, "name")
		if n.Type != html.ElementNode || name == "" {
			continue
		}
		switch kind := attribute(n, "type"); {
		case n.Data == "textarea":
			if n.FirstChild != nil {
				values.Add(name, strings.TrimPrefix(n.FirstChild.Data, "\n"))
			}
		case n.Data == "select":
			for o := range n.Descendants() {
				if o.Data == "option" && has(o, "selected") {
					values.Add(name, attribute(o, "value"))
				}
			}
		case n.Data == "input" && ((kind != "checkbox" && kind != "radio") || has(n, "checked")):
			values.Add(name, attribute(n, "value"))
		}
	}
	return values
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// theCase gives the business case of the demonstration, and its lines.
func (v visitor) theCase() (path string, lines []string, err error) {
	list, err := v.links("/kosten-baten", `/kosten-baten/[0-9a-f]{8}-[0-9a-f-]{27}`)
	if err != nil || len(list) == 0 {
		return "", nil, errors.Join(err, errors.New("there is no business case"))
	}
	path = list[0]
	page, err := v.get(path + "/bewerken")
	for _, m := range regexp.MustCompile(`/regel\?regel=(l[0-9]+)"`).FindAllStringSubmatch(page, -1) {
		lines = append(lines, m[1])
	}
	return path, lines, err
}

// lengthen adds lines to the case until it has n.
func (v visitor) lengthen(n int) error {
	path, lines, err := v.theCase()
	if err != nil {
		return err
	}
	for k := len(lines); k < n; k++ {
		f, err := v.form(path+"/regel", path+"/regel")
		if err != nil {
			return err
		}
		f.Set("naam", fmt.Sprintf("Regel %d", k+1))
		f.Set("betaler", []string{"wmo", "insurer", "employer"}[k%3])
		f.Set("soort", []string{"cost", "benefit"}[k%2])
		f.Set("per", "participant")
		f.Set("eenheid", "uur")
		f.Set("bedrag-laag", "10")
		f.Set("bedrag", strconv.Itoa(20+k))
		f.Set("bedrag-hoog", strconv.Itoa(60+2*k))
		if _, err := v.do(http.MethodPost, path+"/regel", f); err != nil {
			return err
		}
	}
	_, lines, err = v.theCase()
	if err == nil && len(lines) < n {
		err = fmt.Errorf("the case has %d lines", len(lines))
	}
	return err
}

// changesMade is how often a figure is changed.
const changesMade = 11

// changes changes one figure of the case a few times, and looks each time how long
// it takes until the new picture is there, and the map of the region after it.
func changes(v visitor) ([]single, error) {
	path, lines, err := v.theCase()
	if err != nil || len(lines) == 0 {
		return nil, errors.Join(err, errors.New("the business case has no lines"))
	}
	page := path + "/regel?regel=" + lines[len(lines)-1]
	picture := single{name: fmt.Sprintf("one figure changed in a case of %d lines with three futures: saved, and the new page", len(lines)), most: 400 * time.Millisecond}
	region := single{name: "/regio, the first one after that", most: relayP99}
	for k := range changesMade {
		f, err := v.form(page, path+"/regel")
		if err != nil {
			return nil, err
		}
		f.Set("bedrag", strconv.Itoa(41+k))
		began := time.Now()
		if _, err := v.do(http.MethodPost, path+"/regel", f); err != nil {
			return nil, err
		}
		if _, err := v.get(path); err != nil {
			return nil, err
		}
		picture.took = max(picture.took, time.Since(began))
		began = time.Now()
		if _, err := v.get("/regio"); err != nil {
			return nil, err
		}
		region.took = max(region.took, time.Since(began))
	}
	return []single{picture, region}, nil
}
