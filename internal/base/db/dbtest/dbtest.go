// Package dbtest gives a test a real, fresh, migrated database on each engine.
package dbtest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/db"
)

// PostgresURL is the environment variable with the address of a server on
// which the tests may make and drop databases of their own.
const PostgresURL = "WIJKBAAK_TEST_POSTGRES"

var counter atomic.Int64

// Each runs f on SQLite and, where WIJKBAAK_TEST_POSTGRES is set, on PostgreSQL.
func Each(t *testing.T, rooms []db.Migrations, f func(t *testing.T, d *db.DB)) {
	t.Helper()
	EachOptions(t, func(t *testing.T, o db.Options) {
		d, err := db.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { d.Close() }) //nolint:errcheck // the test is over
		if len(rooms) > 0 {
			if _, err := d.Migrate(t.Context(), rooms); err != nil {
				t.Fatal(err)
			}
		}
		f(t, d)
	})
}

// EachOptions runs f with where an empty database is, on each engine.
func EachOptions(t *testing.T, f func(t *testing.T, o db.Options)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, db.Options{Dir: t.TempDir()}) })
	if os.Getenv(PostgresURL) != "" {
		t.Run("postgres", func(t *testing.T) { f(t, db.Options{URL: Postgres(t), Read: 8}) })
	}
}

// Postgres makes an empty database for one test and gives its address. It
// needs WIJKBAAK_TEST_POSTGRES.
func Postgres(t testing.TB) string {
	t.Helper()
	server := os.Getenv(PostgresURL)
	name := fmt.Sprintf("wb_%d_%d_%d", os.Getpid(), time.Now().UnixNano(), counter.Add(1))
	admin := func(statement string) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := db.Admin(ctx, server, statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	admin("CREATE DATABASE " + name + " TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
	t.Cleanup(func() { admin("DROP DATABASE " + name + " WITH (FORCE)") })
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + strings.TrimPrefix(name, "/")
	return u.String()
}
