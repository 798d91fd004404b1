package app_test

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"wijkbaak.nl/internal/apptest"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

// The denial matrix: what every route answers to everybody. A line of
// testdata/matrix.txt is a method, a pattern, a status for each of
// apptest.Actors, and if need be "= address" to ask for instead of the pattern
// with "none" in its places. In the address, {question} and its like are
// samples (see samples below).
//
//	go test ./internal/app -run Matrix -update
//
// writes what the program answers now. Read the change before you keep it: the
// test still refuses what the access of the route does not allow.

var update = flag.Bool("update", false, "write testdata/matrix.txt from what the program answers")

const matrixFile = "testdata/matrix.txt"

type matrixRow struct {
	method, pattern, address string
	status                   []int
}

func (m matrixRow) key() string { return m.method + " " + m.pattern }

func readMatrix(t *testing.T) []matrixRow {
	t.Helper()
	b, err := os.ReadFile(matrixFile)
	if err != nil {
		t.Fatal(err)
	}
	var rows []matrixRow
	for i, line := range strings.Split(string(b), "\n") {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		line, address, _ := strings.Cut(line, "=")
		f := strings.Fields(line)
		if len(f) != 2+len(apptest.Actors) {
			t.Fatalf("%s:%d has %d columns, not %d", matrixFile, i+1, len(f), 2+len(apptest.Actors))
		}
		row := matrixRow{method: f[0], pattern: f[1], address: strings.TrimSpace(address)}
		for _, s := range f[2:] {
			n, err := strconv.Atoi(s)
			if err != nil {
				t.Fatalf("%s:%d: %v", matrixFile, i+1, err)
			}
			row.status = append(row.status, n)
		}
		rows = append(rows, row)
	}
	return rows
}

var place = regexp.MustCompile(`\{[^}]*\}`)

func TestDenialMatrix(t *testing.T) {
	if *update {
		denialMatrix(t, apptest.SQLite(t, apptest.Options{}))
		return
	}
	apptest.Each(t, apptest.Options{}, denialMatrix)
}

func denialMatrix(t *testing.T, w *apptest.World) {
	t.Helper()
	rows := readMatrix(t)
	routes := map[string]web.Route{}
	for _, r := range w.App.Router.Routes() {
		routes[r.Method+" "+r.Pattern] = r
	}
	byKey := map[string][]matrixRow{}
	for _, row := range rows {
		byKey[row.key()] = append(byKey[row.key()], row)
		if _, ok := routes[row.key()]; !ok && !*update {
			t.Errorf("%s has a row in %s and no route", row.key(), matrixFile)
		}
	}
	find := samples(t, w)
	var now []matrixRow
	all := slices.Clone(w.App.Router.Routes())
	// Pages first: a form may sign out or close what they are asked with.
	slices.SortStableFunc(all, func(a, b web.Route) int { return strings.Compare(a.Method, b.Method) })
	for _, r := range all {
		key := r.Method + " " + r.Pattern
		list := byKey[key]
		if len(list) == 0 {
			if !*update {
				t.Errorf("%s has no row in %s: who gets what there?", key, matrixFile)
			}
			list = []matrixRow{{method: r.Method, pattern: r.Pattern}}
		}
		for _, want := range list {
			got := want
			got.status = nil
			for i, actor := range apptest.Actors {
				status := ask(w.Fresh(actor).Once(), r, find(want))
				got.status = append(got.status, status)
				if want.status != nil && !*update && status != want.status[i] {
					t.Errorf("%s answers %d to %s, the matrix says %d", key, status, actor, want.status[i])
				}
				if why := wrongToLetIn(r, actor, status); why != "" {
					t.Errorf("%s answers %d to %s: %s", key, status, actor, why)
				}
			}
			now = append(now, got)
		}
	}
	if *update {
		writeMatrix(t, now)
	}
}

// ask sends what belongs to the route: a page is asked for, a form is sent empty.
func ask(c *apptest.Client, r web.Route, address string) int {
	kind, body := "", ""
	switch {
	case r.Method == http.MethodGet:
	case r.API:
		kind, body = "application/json", "{}"
	default:
		kind = "application/x-www-form-urlencoded"
	}
	return c.Do(r.Method, address, kind, body).Status
}

// firstStep is the access of the pages that ask for the second factor.
const firstStep = "first step passed"

// wrongToLetIn holds the matrix itself to the access that the route was
// registered with.
func wrongToLetIn(r web.Route, actor string, status int) string {
	if status >= 500 {
		return "nobody may break the program"
	}
	if status < 200 || status >= 300 {
		return ""
	}
	a := access.Actor{}
	switch actor {
	case apptest.Anonymous:
	case apptest.Token:
		a.Scopes = []string{strings.TrimPrefix(r.Access.Name(), "scope ")}
	default:
		a.Person, a.Session, a.SecondFactor = "x", "x", actor != apptest.OperatorHalf
		if actor == apptest.OperatorHalf {
			if r.Access.Name() == firstStep {
				return "" // this is whom the page is for
			}
			a.Person = "" // who waits for the second factor is nobody yet
		}
		role := access.Role(strings.TrimSuffix(strings.TrimSuffix(actor, "-half"), "-elsewhere"))
		if slices.Contains(access.Roles, role) {
			a.Grants = []access.Grant{{Role: role, Place: "/"}}
		}
	}
	if r.Access.Check(access.With(context.Background(), a)) != nil {
		return fmt.Sprintf("the route is for %q", r.Access.Name())
	}
	return ""
}

// samples makes addresses out of rows; a sample is read from the data when a
// row asks for it.
func samples(t *testing.T, w *apptest.World) func(matrixRow) string {
	t.Helper()
	queries := map[string]string{
		"question":   `SELECT id FROM question WHERE listed ORDER BY id LIMIT 1`,
		"private":    `SELECT id FROM question WHERE audience = 'team' ORDER BY id LIMIT 1`,
		"initiative": `SELECT slug FROM initiative ORDER BY slug LIMIT 1`,
		"answer":     `SELECT answer.id FROM answer JOIN question ON question.id = answer.question WHERE question.listed ORDER BY answer.id LIMIT 1`,
		"story":      `SELECT id FROM story WHERE moderation = 'shown' ORDER BY id LIMIT 1`,
		"barrier":    `SELECT slug FROM barrier ORDER BY slug LIMIT 1`,
		"pilot":      `SELECT id FROM pilot WHERE status <> 'draft' ORDER BY id LIMIT 1`,
		"case":       `SELECT id FROM businesscase WHERE status = 'published' ORDER BY id LIMIT 1`,
		"coalition":  `SELECT id FROM coalition ORDER BY id LIMIT 1`,
		"plan":       `SELECT id FROM scaling_plan ORDER BY id LIMIT 1`,
		"entry":      `SELECT id FROM barriers_entry ORDER BY id LIMIT 1`,
		"vision":     `SELECT id FROM vision ORDER BY id LIMIT 1`,
		"visionword": `SELECT id FROM vision_comment WHERE state = 'shown' ORDER BY id LIMIT 1`,
		"pathway":    `SELECT id FROM impact ORDER BY id LIMIT 1`,
		"agreement":  `SELECT id FROM agreement ORDER BY id LIMIT 1`,
		"offer":      `SELECT slug FROM offer ORDER BY slug LIMIT 1`,
		"offerid":    `SELECT id FROM offer ORDER BY slug LIMIT 1`,
		"test":       `SELECT id FROM assessment WHERE status = 'scoring' ORDER BY id LIMIT 1`,
		"person":     `SELECT id FROM person WHERE email = 'resident@test.example'`,
	}
	known := map[string]string{}
	return func(row matrixRow) string {
		if row.address == "" {
			return place.ReplaceAllString(strings.TrimSuffix(row.pattern, "{$}"), "none")
		}
		return place.ReplaceAllStringFunc(row.address, func(s string) string {
			name := strings.Trim(s, "{}")
			query, ok := queries[name]
			if !ok {
				t.Fatalf("%s: there is no sample %s", row.key(), s)
			}
			if known[name] == "" {
				v, err := db.One(t.Context(), w.App.DB, db.Value[string], query)
				if err != nil {
					t.Fatalf("sample %s: %v", s, err)
				}
				known[name] = v
			}
			return known[name]
		})
	}
}

func writeMatrix(t *testing.T, rows []matrixRow) {
	t.Helper()
	slices.SortStableFunc(rows, func(a, b matrixRow) int {
		return strings.Compare(a.pattern+" "+a.method, b.pattern+" "+b.method)
	})
	wide := 0
	for _, r := range rows {
		wide = max(wide, len(r.key()))
	}
	var b strings.Builder
	b.WriteString("# What every route answers to everybody; see matrix_test.go.\n")
	fmt.Fprintf(&b, "# The columns: %s.\n", strings.Join(apptest.Actors, ", "))
	for _, r := range rows {
		fmt.Fprintf(&b, "%-*s ", wide, r.key())
		for _, s := range r.status {
			fmt.Fprintf(&b, " %d", s)
		}
		if r.address != "" {
			b.WriteString("  = " + r.address)
		}
		b.WriteByte('\n')
	}
	if err := os.WriteFile(matrixFile, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}
