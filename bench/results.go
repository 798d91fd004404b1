package main

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"
)

// figures of one work at one number of connections: a run for each round.
type figures struct {
	work        work
	connections int
	site, stick []run
}

type results struct {
	lines        []figures
	generate     time.Duration
	start        time.Duration
	size         int64
	first        visit
	memoryBefore int64
	memoryAfter  int64
	memoryPeak   int64
	memoryMapped int64
	relay        *relayResults // nil: it was left out
	fits         *fitsResults  // nil: it was left out
}

// middle gives the round in the middle by requests per second.
func middle(runs []run) run {
	s := slices.Clone(runs)
	slices.SortFunc(s, func(a, b run) int { return int(perSecond(a) - perSecond(b)) })
	return s[len(s)/2]
}

func perSecond(r run) float64   { return float64(r.n) / r.took.Seconds() }
func rate(runs []run) float64   { return perSecond(middle(runs)) }
func (f figures) part() float64 { return 100 * rate(f.site) / rate(f.stick) }

func ms(d time.Duration) string { return fmt.Sprintf("%.2f", float64(d.Microseconds())/1000) }

func perRequest(r run) string {
	if r.n == 0 {
		return "–"
	}
	return fmt.Sprintf("%.0f", float64(r.cpu.Microseconds())/float64(r.n))
}

// byCPU is the ratio of what one request costs, which other work on the machine
// disturbs least.
func byCPU(stick, site run) float64 {
	if site.cpu == 0 || stick.n == 0 {
		return 0
	}
	return 100 * (float64(stick.cpu) / float64(stick.n)) / (float64(site.cpu) / float64(site.n))
}

func ratio(must, aim float64) func(figures) (string, bool, bool) {
	return func(f figures) (string, bool, bool) {
		p := f.part()
		return fmt.Sprintf("%.0f %%", p), p >= must, p >= aim
	}
}

func speed(must float64, mustMS float64, aim, aimMS float64) func(figures) (string, bool, bool) {
	return func(f figures) (string, bool, bool) {
		r := middle(f.site)
		n, p99 := perSecond(r), float64(r.quantile(0.99).Microseconds())/1000
		return fmt.Sprintf("%.0f/s, p99 %.1f ms", n, p99), n >= must && p99 <= mustMS, n >= aim && p99 <= aimMS
	}
}

func (r *results) find(name string, connections int) (figures, bool) {
	for _, f := range r.lines {
		if strings.HasPrefix(f.work.name, name) && f.connections == connections {
			return f, true
		}
	}
	return figures{}, false
}

func verdict(must, aim bool) string {
	switch {
	case aim:
		return "aim"
	case must:
		return "must"
	}
	return "**missed**"
}

func (r *results) markdown(o options) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Figures\n\nMeasured on %s, %d cores of %s, %s, one machine for program, yardstick and load. "+
		"%d rounds of %.1f s each, in turns with the yardstick; the round in the middle counts. Both are SQLite.\n\n"+
		"Repeat it with `make bench` (a few minutes); the data come from `wijkbaak generate --seed 1 --questions 10000 --answers 20000 --initiatives 2000`, made in %.1f s. "+
		"The yardstick is a bare `net/http` handler that reads 20 rows with one prepared query through the same driver and writes 7 kB of HTML. "+
		"Absolute figures differ from machine to machine; the ratio is what to compare.\n\n",
		time.Now().UTC().Format("2 January 2006"), runtime.NumCPU(), machine(), runtime.Version(), o.rounds, o.seconds, r.generate.Seconds())
	b.WriteString("## What it must reach\n\n| work | must | aim | measured | reached |\n| --- | --- | --- | --- | --- |\n")
	for _, f := range r.lines {
		if f.work.check != nil && f.connections == boundAt {
			got, must, aim := f.work.check(f)
			fmt.Fprintf(&b, "| %s, c=%d | %s | %s | %s | %s |\n", f.work.name, boundAt, f.work.must, f.work.aim, got, verdict(must, aim))
		}
	}
	row := func(name, must, aim, got string, okMust, okAim bool) {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", name, must, aim, got, verdict(okMust, okAim))
	}
	if f, ok := r.find("ask", 1); ok {
		p50 := middle(f.site).quantile(0.5)
		row("ask (acknowledged, durable), c=1", "p50 ≤ 3 ms", "≤ 1.5 ms", "p50 "+ms(p50)+" ms", p50 <= 3*time.Millisecond, p50 <= 1500*time.Microsecond)
	}
	if f, ok := r.find("ask", 64); ok {
		n := rate(f.site)
		row("64 people asking at once", "500/s", "2000/s", fmt.Sprintf("%.0f/s", n), n >= 500, n >= 2000)
	}
	mb := func(n int64) float64 { return float64(n) / 1e6 }
	row("memory with that data, after the load", "≤ 120 MB", "≤ 80 MB", fmt.Sprintf("%.0f MB, of which %.0f mapped files (%.0f at the start, %.0f at most)", mb(r.memoryAfter), mb(r.memoryMapped), mb(r.memoryBefore), mb(r.memoryPeak)),
		mb(r.memoryAfter) <= 120, mb(r.memoryAfter) <= 80)
	row("start to first page", "≤ 0.5 s", "≤ 0.2 s", fmt.Sprintf("%.2f s", r.start.Seconds()), r.start <= 500*time.Millisecond, r.start <= 200*time.Millisecond)
	row("program file", "≤ 60 MB", "≤ 40 MB", fmt.Sprintf("%.1f MB", mb(r.size)), mb(r.size) <= 60, mb(r.size) <= 40)
	kb := float64(r.first.html+r.first.css) / 1000
	row("first page, HTML + CSS, gzip", "≤ 30 kB", "≤ 14 kB", fmt.Sprintf("%.1f kB (HTML %.1f, CSS %.1f; script %.1f beside)", kb, float64(r.first.html)/1000, float64(r.first.css)/1000, float64(r.first.js)/1000), kb <= 30, kb <= 14)
	b.WriteString("\n## All\n\nTimes in milliseconds; CPU in microseconds of one core for each request.\n\n" +
		"| work | connections | requests/s | p50 | p99 | CPU | yardstick/s | its p99 | its CPU | ratio | ratio by CPU |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	for _, f := range r.lines {
		p, y := middle(f.site), middle(f.stick)
		fmt.Fprintf(&b, "| %s | %d | %.0f | %s | %s | %s | %.0f | %s | %s | %.0f %% | %.0f %% |\n", f.work.name, f.connections, perSecond(p), ms(p.quantile(0.5)),
			ms(p.quantile(0.99)), perRequest(p), perSecond(y), ms(y.quantile(0.99)), perRequest(y), f.part(), byCPU(y, p))
	}
	if r.relay != nil {
		r.relay.markdown(&b)
	}
	if r.fits != nil {
		r.fits.markdown(&b)
	}
	return b.String()
}
