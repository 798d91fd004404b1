package main

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"wijkbaak.nl/internal/app"
	"wijkbaak.nl/internal/apptest"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/db/dbtest"
)

const typed = "Wie weet een goede wandelgroep voor mijn moeder?"

func ask(c *apptest.Client) apptest.Page {
	return c.Once().Post("/vragen", "wie", "neighbourhood", "vraag", typed, "uitleg", strings.Repeat("Zij loopt met een rollator. ", 100))
}

// TestFullDisk lets SQLite have no more pages than it has, as a full disk does.
func TestFullDisk(t *testing.T) {
	var log shared
	w := apptest.SQLite(t, apptest.Options{Empty: true, Parts: func(p *app.Parts) { p.Log = slog.New(slog.NewTextHandler(&log, nil)) }})
	pragma := func(text string) {
		t.Helper()
		if err := w.App.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, text)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	count := func() int {
		n, err := db.One(t.Context(), w.App.DB, db.Value[int], `SELECT COUNT(*) FROM question`)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	c := w.Client()
	if p := ask(c); p.Status != 303 {
		t.Fatal(p.Status, p.Text())
	}
	pragma("PRAGMA max_page_count = 1") // SQLite makes it what is in use
	kept, refused := count(), 0
	for range 20 {
		p := ask(c)
		if p.Status == 303 { // what was free inside the file
			kept++
			continue
		}
		refused++
		if p.Status != 503 || !strings.Contains(p.Text(), "Onze opslag is vol") || p.Header.Get("Retry-After") == "" {
			t.Fatalf("%d %s", p.Status, p.Text())
		}
		if !strings.Contains(p.Body, typed) || !strings.Contains(p.Body, "Zij loopt met een rollator.") {
			t.Errorf("what was typed is gone: %s", p.Text())
		}
	}
	if refused == 0 {
		t.Fatal("the disk was not full")
	}
	if n := strings.Count(log.String(), "database or disk is full"); n != refused {
		t.Errorf("%d lines in the log about %d refusals: %s", n, refused, log.String())
	}
	if n := count(); n != kept {
		t.Errorf("%d questions were acknowledged and %d are kept", kept, n)
	}
	if p := c.Get("/vragen"); p.Status != 200 {
		t.Errorf("reading: %d", p.Status)
	}
	pragma("PRAGMA max_page_count = 1000000")
	if p := ask(c); p.Status != 303 || count() != kept+1 {
		t.Errorf("there is room again: %d %s", p.Status, p.Text())
	}
}

// cable stands between the program and PostgreSQL, and can be cut.
type cable struct {
	to   string
	mu   sync.Mutex
	l    net.Listener
	open []net.Conn
}

func (c *cable) plug(t *testing.T, addr string) string {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	c.l = l
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", c.to)
			if err != nil {
				in.Close() //nolint:errcheck,gosec // the other end is gone
				continue
			}
			c.mu.Lock()
			c.open = append(c.open, in, out)
			c.mu.Unlock()
			pass := func(a, b net.Conn) {
				io.Copy(a, b) //nolint:errcheck,gosec // it ends when either end does
				a.Close()     //nolint:errcheck,gosec // it ends when either end does
			}
			go pass(in, out)
			go pass(out, in)
		}
	}()
	return l.Addr().String()
}

func (c *cable) cut() {
	c.l.Close() //nolint:errcheck,gosec // it was open
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range c.open {
		conn.Close() //nolint:errcheck,gosec // it may be closed
	}
	c.open = nil
}

func TestPostgresGoneWhileServing(t *testing.T) {
	if os.Getenv(dbtest.PostgresURL) == "" {
		t.Skip(dbtest.PostgresURL + " is not set")
	}
	u, err := url.Parse(dbtest.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	wire := &cable{to: u.Host}
	u.Host = wire.plug(t, "127.0.0.1:0")
	t.Cleanup(wire.cut)
	w := apptest.New(t, db.Options{URL: u.String()}, apptest.Options{Empty: true})
	c, coach := w.Client(), w.As(apptest.Coach)
	if p := ask(c); p.Status != 303 {
		t.Fatal(p.Status, p.Text())
	}
	wire.cut()
	for range 3 {
		p := ask(c)
		if p.Status != 503 || !strings.Contains(p.Text(), "even niets opzoeken of bewaren") {
			t.Fatalf("%d %s", p.Status, p.Text())
		}
		if !strings.Contains(p.Body, typed) || !strings.Contains(p.Body, "Zij loopt met een rollator.") {
			t.Errorf("what was typed is gone: %s", p.Text())
		}
	}
	if p := c.Get("/vragen"); p.Status != 503 || !strings.Contains(p.Text(), "even niets") || strings.Contains(p.Text(), "typte") {
		t.Errorf("%d %s", p.Status, p.Text())
	}
	if p := c.Get("/api/v1/questions"); p.Status != 503 || strings.Contains(p.Body, "scherm") || p.Header.Get("Retry-After") == "" {
		t.Errorf("%d %s", p.Status, p.Body)
	}
	for _, c := range []*apptest.Client{c, coach} { // the parts show also to who cannot be known
		if p := c.Get("/gezond"); p.Status != 503 || !strings.Contains(p.Text(), "Opslag Werkt niet") {
			t.Errorf("%d %s", p.Status, p.Text())
		}
	}
	wire.plug(t, u.Host)
	if p := c.Get("/vragen"); p.Status != 200 || strings.Count(p.Body, typed) == 0 {
		t.Errorf("it is back: %d %s", p.Status, p.Text())
	}
	if p := ask(c); p.Status != 303 {
		t.Errorf("it is back: %d %s", p.Status, p.Text())
	}
	n, err := db.One(t.Context(), w.App.DB, db.Value[int], `SELECT COUNT(*) FROM question`)
	if err != nil || n != 2 {
		t.Errorf("%d questions, %v", n, err)
	}
}
