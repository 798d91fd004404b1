// Command bench measures the program against a yardstick: a bare net/http
// handler that reads 20 rows with one prepared query through the same driver and
// writes 7 kB of HTML, nothing else. Both run on this machine in turns within
// the same minute, under our own load generator, and the result is a table.
//
//	go run ./bench            # everything, writes bench/RESULTS.md (a few minutes)
//	go run ./bench -quick     # a look, writes nothing
//	go run ./bench -database postgres://user@host/postgres   # its second table
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// options of a run.
type options struct {
	quick    bool
	seconds  float64
	rounds   int
	out      string
	only     string
	noRelay  bool
	noFits   bool
	postgres string // a server of PostgreSQL on which we may make databases; empty means SQLite
	data     string // folder of the program
	program  string // its database: postgres://…, or empty
	stick    string // database of the yardstick: postgres://…, or a file
}

// atOnce are the numbers of connections; on PostgreSQL only that of the bounds.
func (o options) atOnce() []int {
	if o.postgres != "" {
		return []int{boundAt}
	}
	return []int{1, boundAt, 64}
}

// chosen tells whether a work is one that was asked for.
func (o options) chosen(name string) bool {
	return o.only == "" || slices.ContainsFunc(strings.Split(o.only, ","), func(part string) bool { return strings.Contains(name, part) })
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "yardstick" {
		yardstick(os.Args[2:])
		return
	}
	var o options
	flag.BoolVar(&o.quick, "quick", false, "one short round of each, nothing is written")
	flag.Float64Var(&o.seconds, "seconds", 1.5, "length of one round")
	flag.IntVar(&o.rounds, "rounds", 3, "rounds of each, taken in turns with the yardstick")
	flag.StringVar(&o.out, "out", "bench/RESULTS.md", "where the table goes")
	flag.StringVar(&o.only, "only", "", "only works whose name has one of these in it, with commas between")
	flag.BoolVar(&o.noRelay, "without-relay", false, "leave out the relay, which has data of its own")
	flag.BoolVar(&o.noFits, "without-fits", false, "leave out what there is and what fits, which has data of its own")
	flag.StringVar(&o.postgres, "database", os.Getenv("WIJKBAAK_BENCH_DATABASE"), "postgres://…: a server on which we may make and drop databases; without it SQLite (WIJKBAAK_BENCH_DATABASE)")
	flag.Parse()
	if o.quick {
		o.seconds, o.rounds, o.out = 0.7, 1, ""
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := bench(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench(ctx context.Context, o options) (err error) {
	dir, err := os.MkdirTemp("", "wijkbaak-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	program := filepath.Join(dir, "wijkbaak")
	say("building")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", program, "./cmd/wijkbaak")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w\n%s", err, out)
	}
	o.data = filepath.Join(dir, "data")
	if o.postgres != "" {
		var drop func() error
		if o.program, drop, err = freshDatabase(ctx, o.postgres); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, drop()) }()
	}
	say("generating")
	began := time.Now()
	if err := quiet(ctx, o, program, "generate", "--seed", "1", "--questions", "10000", "--answers", "20000", "--initiatives", "2000"); err != nil {
		return err
	}
	r := &results{generate: time.Since(began)}
	token, err := newToken(ctx, o, program)
	if err != nil {
		return err
	}
	if o.postgres != "" {
		var drop func() error
		if o.stick, drop, err = copyDatabase(ctx, o.postgres, o.program); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, drop()) }()
	} else {
		o.stick = filepath.Join(dir, "yardstick.db")
		if err := copyFile(filepath.Join(o.data, "wijkbaak.db"), o.stick); err != nil {
			return err
		}
	}
	if r.size, err = fileSize(program); err != nil {
		return err
	}
	if r.start, err = firstPages(ctx, o, program); err != nil {
		return err
	}
	stick, err := startYardstick(ctx, o.stick)
	if err != nil {
		return err
	}
	defer stick.stop()
	if err := measure(ctx, o, program, token, stick, r); err != nil {
		return err
	}
	if o.postgres == "" && !o.noRelay {
		if r.relay, err = measureRelay(ctx, o, program, stick); err != nil {
			return fmt.Errorf("the relay: %w", err)
		}
	}
	if o.postgres == "" && !o.noFits {
		if r.fits, err = measureFits(ctx, o, program, stick); err != nil {
			return fmt.Errorf("what fits: %w", err)
		}
	}
	table := r.markdown(o)
	if o.postgres != "" {
		table = r.small(o)
	}
	fmt.Print(table)
	if o.out == "" {
		return nil
	}
	return store(o.out, table, o.postgres != "")
}

func say(format string, args ...any) { fmt.Fprintf(os.Stderr, "bench: "+format+"\n", args...) }

// command runs the program on the data that is measured.
func command(ctx context.Context, o options, program string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, program, args...) //nolint:gosec // our own program
	c.Env = append(os.Environ(), "WIJKBAAK_DATA="+o.data, "WIJKBAAK_DATABASE="+o.program)
	return c
}

func quiet(ctx context.Context, o options, program string, args ...string) error {
	out, err := command(ctx, o, program, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(args[:1], " "), err, out)
	}
	return nil
}

// newToken makes an organisation and a token with which a program may answer.
func newToken(ctx context.Context, o options, program string) (string, error) {
	if err := quiet(ctx, o, program, "user", "add", "Beheer", "--email", "beheer@voorbeeld.example",
		"--role", "operator", "--organisation", "Meting", "--kind", "other", "--place", "/"); err != nil {
		return "", err
	}
	out, err := command(ctx, o, program, "user", "token", "meting", "--organisation", "Meting", "--scopes", "questions:write,answers:write").Output()
	return strings.TrimSpace(string(out)), err
}

// measure takes each work at 1, 16 and 64 connections, in turns with the yardstick.
func measure(ctx context.Context, o options, program, token string, stick *process, r *results) error {
	site, err := startProgram(ctx, o, program)
	if err != nil {
		return err
	}
	defer site.stop()
	if r.first, err = firstVisit(site.addr); err != nil {
		return err
	}
	works, err := allWorks(o.stick, site.addr, token)
	if err != nil {
		return err
	}
	for range 3 { // warm, so that the first work is not the one to pay for it
		if _, err := load(ctx, site.addr, 4, 300*time.Millisecond, works[0].request); err != nil {
			return err
		}
	}
	r.memoryBefore = site.memory()
	for _, w := range works {
		if !o.chosen(w.name) || o.postgres != "" && w.alone {
			continue
		}
		for _, c := range o.atOnce() {
			line, err := inTurns(ctx, o, site, stick, w, c)
			if err != nil {
				return err
			}
			r.lines = append(r.lines, line)
		}
	}
	r.memoryAfter, r.memoryPeak, r.memoryMapped = site.memory(), site.peak(), site.mapped()
	return nil
}

// inTurns takes a work in turns with the yardstick.
func inTurns(ctx context.Context, o options, site, stick *process, w work, c int) (figures, error) {
	length := time.Duration(o.seconds * float64(time.Second))
	plain, line := w.plain(stick.addr), figures{work: w, connections: c}
	say("%s, %d connections", w.name, c)
	for range o.rounds {
		y, err := timed(ctx, stick, c, length, plain)
		if err != nil {
			return line, fmt.Errorf("yardstick: %w", err)
		}
		p, err := timed(ctx, site, c, length, w.request)
		if err != nil {
			return line, fmt.Errorf("%s: %w", w.name, err)
		}
		if p.status(w.want) != p.n {
			return line, fmt.Errorf("%s: %d of %d answers were not %d: %v", w.name, p.n-p.status(w.want), p.n, w.want, p.statuses)
		}
		line.stick, line.site = append(line.stick, y), append(line.site, p)
	}
	say("    %.0f/s, %.0f%% of the yardstick", rate(line.site), 100*rate(line.site)/rate(line.stick))
	return line, nil
}
