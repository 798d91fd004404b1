package main

import (
	"bytes"
	"database/sql"
	"flag"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the drivers of the program
	_ "modernc.org/sqlite"
)

// listBytes is how long the page of the yardstick is.
const listBytes = 7000

// openStick opens the database of the yardstick as the program opens its own.
func openStick(database string) (*sql.DB, error) {
	driver, dsn, conns := "pgx", database, 24
	if !strings.HasPrefix(database, "postgres") {
		driver, conns = "sqlite", 4
		dsn = "file:" + (&url.URL{Path: database}).EscapedPath() + "?" + url.Values{"_pragma": {"busy_timeout(10000)", "foreign_keys(1)",
			"mmap_size(268435456)", "temp_store(2)", "query_only(1)"}}.Encode()
	}
	d, err := sql.Open(driver, dsn)
	if err != nil {
		return nil, err
	}
	d.SetMaxOpenConns(conns)
	d.SetMaxIdleConns(conns)
	return d, nil
}

// yardstick is what is compared with: no headers, no session, no language, no
// templates; the pragmas are those of the program's readers.
func yardstick(args []string) {
	f := flag.NewFlagSet("yardstick", flag.ExitOnError)
	listen := f.String("listen", "", "address")
	database := f.String("database", "", "file, or postgres://…")
	_ = f.Parse(args) // it exits by itself
	fail := func(err error) {
		if err != nil {
			fmt.Fprintln(os.Stderr, "yardstick:", err)
			os.Exit(1)
		}
	}
	d, err := openStick(*database)
	fail(err)
	list, err := d.Prepare(`SELECT id, title, body, asked_at, answers FROM question WHERE listed AND id < $1 ORDER BY id DESC LIMIT 20`)
	fail(err)
	buffers := sync.Pool{New: func() any { return new(bytes.Buffer) }}
	fill := bytes.Repeat([]byte("<!-- -->"), listBytes/8)
	s := &http.Server{Addr: *listen, ReadHeaderTimeout: 5 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b := buffers.Get().(*bytes.Buffer)
		defer buffers.Put(b)
		b.Reset()
		rows, err := list.QueryContext(r.Context(), "~")
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		defer rows.Close() //nolint:errcheck // rows.Err tells
		b.WriteString("<!doctype html><title>Vragen</title><ul>")
		for rows.Next() {
			var id, title, body string
			var at, answers int64
			if err := rows.Scan(&id, &title, &body, &at, &answers); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			b.WriteString(`<li><a href="/vragen/` + id + `">` + html.EscapeString(title) + `</a> ` + strconv.FormatInt(answers, 10) + " " + strconv.FormatInt(at, 10) + "<p>")
			b.WriteString(html.EscapeString(body[:min(len(body), 160)]))
		}
		if err := rows.Err(); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		if n := listBytes - b.Len(); n > 0 {
			b.Write(fill[:n])
		}
		b.Truncate(listBytes)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
		w.Write(b.Bytes()) //nolint:errcheck,gosec // it fails only when who asked has gone away
	})}
	fail(s.ListenAndServe())
}
