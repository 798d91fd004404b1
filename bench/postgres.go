package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/db"
)

// freshDatabase makes an empty database on a server.
func freshDatabase(ctx context.Context, server string) (address string, drop func() error, err error) {
	return makeDatabase(ctx, server, "TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
}

// copyDatabase gives the yardstick data of its own, which nobody adds to.
func copyDatabase(ctx context.Context, server, from string) (address string, drop func() error, err error) {
	if err := db.Admin(ctx, from, "VACUUM ANALYZE"); err != nil { // a server does that by itself, but later
		return "", nil, err
	}
	u, err := url.Parse(from)
	if err != nil {
		return "", nil, err
	}
	return makeDatabase(ctx, server, "TEMPLATE "+strings.TrimPrefix(u.Path, "/"))
}

func makeDatabase(ctx context.Context, server, how string) (address string, drop func() error, err error) {
	u, err := url.Parse(server)
	if err != nil {
		return "", nil, err
	}
	name := fmt.Sprintf("wijkbaak_bench_%d_%d", os.Getpid(), time.Now().UnixNano())
	if err := db.Admin(ctx, server, "CREATE DATABASE "+name+" "+how); err != nil {
		return "", nil, err
	}
	u.Path = "/" + name
	return u.String(), func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		return db.Admin(ctx, server, "DROP DATABASE "+name+" WITH (FORCE)")
	}, nil
}

// postgresTitle begins the second table of the results.
const postgresTitle = "\n## On PostgreSQL\n"

// small is the table of PostgreSQL.
func (r *results) small(o options) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nMeasured on %s with %d connections, server, program, yardstick and load on the same machine; %d rounds of %.1f s each, "+
		"in turns with the yardstick, which reads through the same driver from the same server. The data are the same, made in %.1f s. "+
		"CPU is of the program alone, in microseconds of one core for each request. Start to first page: %.2f s. Memory after the load: %.0f MB.\n\n"+
		"Repeat it with `WIJKBAAK_BENCH_DATABASE=postgres://user@host/postgres make bench`: it makes two databases there and drops them again.\n\n"+
		"| work | requests/s | p50 | p99 | CPU | yardstick/s | ratio | ratio by CPU |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n",
		postgresTitle, time.Now().UTC().Format("2 January 2006"), boundAt, o.rounds, o.seconds, r.generate.Seconds(), r.start.Seconds(), float64(r.memoryAfter)/1e6)
	for _, f := range r.lines {
		p, y := middle(f.site), middle(f.stick)
		fmt.Fprintf(&b, "| %s | %.0f | %s | %s | %s | %.0f | %.0f %% | %.0f %% |\n", f.work.name, perSecond(p), ms(p.quantile(0.5)),
			ms(p.quantile(0.99)), perRequest(p), perSecond(y), f.part(), byCPU(y, p))
	}
	return b.String()
}

// store writes one table of the results and leaves the other as it is.
func store(path, table string, postgres bool) error {
	old, err := os.ReadFile(path) //nolint:gosec // the file we were told to write
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	first, second, found := strings.Cut(string(old), postgresTitle)
	switch {
	case postgres:
		table = first + table
	case found:
		table += postgresTitle + second
	}
	return os.WriteFile(path, []byte(table), 0o600)
}
