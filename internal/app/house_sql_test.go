package app_test

import (
	"database/sql"
	"fmt"
	"go/ast"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // to prepare statements on PostgreSQL
	_ "modernc.org/sqlite"             // and on SQLite

	"wijkbaak.nl/internal/app"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/db/dbtest"
)

// One SQL text serves SQLite and PostgreSQL (docs/house.md). These tests read
// every SQL text of the program.

// statement is an SQL text as it stands in the source, constants put together.
type statement struct {
	where, name, text string
	file              *source
	fragment          bool // only ever part of another constant
}

var looksLikeSQL = regexp.MustCompile(`^\s*(SELECT\s|INSERT\s+INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|WITH\s+(RECURSIVE\s+)?\w+\s*(\(|AS)|CREATE\s+(TABLE|INDEX|UNIQUE)|ALTER\s+TABLE|DROP\s+TABLE)`)

// constants of one package, by name.
type constants map[string]ast.Expr

// value puts a constant text together; false when a part is not constant.
func (c constants) value(e ast.Expr, uses map[string]int) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", false
		}
		s, err := strconv.Unquote(e.Value)
		return s, err == nil
	case *ast.Ident:
		def, ok := c[e.Name]
		if !ok {
			return "", false
		}
		if uses != nil {
			uses[e.Name]++
		}
		return c.value(def, nil)
	case *ast.ParenExpr:
		return c.value(e.X, uses)
	case *ast.BinaryExpr:
		a, ok := c.value(e.X, uses)
		b, ok2 := c.value(e.Y, uses)
		return a + b, ok && ok2 && e.Op == token.ADD
	}
	return "", false
}

// readSQL gives all SQL texts of the program, and what is wrong with how they
// are put together.
func readSQL(t *testing.T) (list []statement, wrong []string) {
	t.Helper()
	h := readHouse(t)
	byPkg := map[string][]*source{}
	for _, f := range h.files {
		if !f.test && !f.generated && floor(f.pkg) < len(floors) {
			byPkg[f.pkg] = append(byPkg[f.pkg], f)
		}
	}
	for _, files := range byPkg {
		a, b := h.sqlOf(files)
		list, wrong = append(list, a...), append(wrong, b...)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].where < list[j].where })
	return list, wrong
}

func (h *house) sqlOf(files []*source) (list []statement, wrong []string) {
	consts, names := constants{}, map[ast.Expr]string{}
	for _, f := range files {
		ast.Inspect(f.ast, func(n ast.Node) bool {
			if s, ok := n.(*ast.ValueSpec); ok {
				for i, v := range s.Values {
					if i < len(s.Names) {
						consts[s.Names[i].Name], names[v] = v, s.Names[i].Name
					}
				}
			}
			return true
		})
	}
	inside, outside := map[string]int{}, map[string]int{}
	for _, f := range files {
		var visit func(n ast.Node) bool
		visit = func(n ast.Node) bool {
			switch e := n.(type) {
			case *ast.Ident:
				if _, ok := consts[e.Name]; ok {
					outside[e.Name]++
				}
			case *ast.ValueSpec:
				for _, v := range e.Values {
					ast.Inspect(v, visit)
				}
				return false
			case *ast.BasicLit, *ast.BinaryExpr:
				text, ok := consts.value(e.(ast.Expr), inside)
				if ok && looksLikeSQL.MatchString(text) {
					list = append(list, statement{where: h.at(n), name: names[e.(ast.Expr)], text: text, file: f})
					return false
				}
				if b, is := e.(*ast.BinaryExpr); is && !ok && b.Op == token.ADD {
					if left, ok := consts.value(leftmost(b), nil); ok && looksLikeSQL.MatchString(left) && floor(f.pkg) > 0 {
						wrong = append(wrong, h.at(n)+": SQL is put together while running")
					}
				}
				return !ok
			case *ast.CallExpr:
				if sel, ok := e.Fun.(*ast.SelectorExpr); ok && len(e.Args) > 0 && slices.Contains([]string{"Sprintf", "ReplaceAll", "Replace", "Join"}, sel.Sel.Name) {
					if text, ok := consts.value(e.Args[0], nil); ok && looksLikeSQL.MatchString(text) {
						wrong = append(wrong, h.at(n)+": SQL is put together while running")
					}
				}
			}
			return true
		}
		ast.Inspect(f.ast, visit)
	}
	for i := range list {
		name := list[i].name
		list[i].fragment = name != "" && inside[name] > 0 && outside[name] == 0
	}
	return list, wrong
}

func leftmost(e ast.Expr) ast.Expr {
	for {
		b, ok := e.(*ast.BinaryExpr)
		if !ok {
			return e
		}
		e = b.X
	}
}

// bans are what the two engines do differently, or what hides a mistake.
var bans = []struct {
	re  *regexp.Regexp
	why string
}{
	{regexp.MustCompile(`(?i)SELECT\s+(DISTINCT\s+)?\*|[\s,(]\w+\.\*`), "name the columns: * changes with the next migration"},
	{regexp.MustCompile(`(?i)\bFOR\s+(UPDATE|SHARE|NO\s+KEY)`), "SQLite has one writer and PostgreSQL is serialisable: no row locks"},
	{regexp.MustCompile(`(?i)\b(ANY|ALL)\s*\(`), "SQLite has no arrays: repeat the query, or a list of placeholders in JSON read in Go"},
	{regexp.MustCompile(`(?i)\bILIKE\b`), "SQLite has no ILIKE: search by base/search, or compare a folded column"},
	{regexp.MustCompile(`(?i)\b(SIMILAR\s+TO|GLOB|REGEXP)\b|!?~\*?\s*\$`), "a pattern of one engine"},
	{regexp.MustCompile(`->|#>|@>|\?\||\?&|(?i)\bjsonb?_|\bjsonb\b|\bjson\s*\(`), "JSON is text, read in Go"},
	{regexp.MustCompile(`(?i)\bOFFSET\b`), "lists go by keyset: WHERE id < $1 ORDER BY id DESC LIMIT $2"},
	{regexp.MustCompile(`::`), "CAST(x AS type) is what both understand"},
	{regexp.MustCompile(`(?i)\bNOW\s*\(|\bCURRENT_(TIMESTAMP|DATE|TIME)\b|\bdate(time)?\s*\(|\bstrftime\b|\bextract\s*\(|\bdate_trunc\b`), "the time comes from the clock that was handed in"},
	{regexp.MustCompile(`(?i)\bRANDOM\s*\(|\bgen_random_uuid\b|\bnextval\b`), "ids and chance come from Go, so that a run can be repeated"},
	{regexp.MustCompile(`(?i)\bINSERT\s+OR\b|\bREPLACE\s+INTO\b`), "ON CONFLICT is what both understand"},
	{regexp.MustCompile(`(?i)\b(rowid|AUTOINCREMENT|SERIAL|ILIKE|string_agg|group_concat|array_agg|ifnull|nvl)\b`), "of one engine only"},
	{regexp.MustCompile(`\?(\d|\s*[,)]|\s|$)`), "placeholders are $1"},
	{regexp.MustCompile(`\)\s*[<>]=?\s*\(\s*\$`), "row values do not use the index on both engines: spell it out"},
	{regexp.MustCompile(`"`), "quoted names: SQLite takes a wrong one for a text"},
}

var (
	sumOf       = regexp.MustCompile(`(?i)\bSUM\s*\(`)
	castSum     = regexp.MustCompile(`(?i)\bCAST\s*\(\s*(COALESCE\s*\(\s*)?SUM\s*\(`)
	likeOf      = regexp.MustCompile(`(?i)\bLIKE\b`)
	likeEscape  = regexp.MustCompile(`(?i)\bLIKE\s+\S+\s+ESCAPE\b`)
	textInQuote = regexp.MustCompile(`'[^']*'`)
	sqlNote     = regexp.MustCompile(`(?m)--.*$`)
)

// checkSQL says what is wrong with a text that must run on both engines.
func checkSQL(text string) []string {
	text = textInQuote.ReplaceAllString(sqlNote.ReplaceAllString(text, ""), "''")
	var wrong []string
	for _, b := range bans {
		if found := b.re.FindString(text); found != "" {
			wrong = append(wrong, fmt.Sprintf("%q: %s", strings.TrimSpace(found), b.why))
		}
	}
	if len(sumOf.FindAllString(text, -1)) != len(castSum.FindAllString(text, -1)) {
		wrong = append(wrong, "SUM without CAST: PostgreSQL makes NUMERIC of it")
	}
	if len(likeOf.FindAllString(text, -1)) != len(likeEscape.FindAllString(text, -1)) {
		wrong = append(wrong, "bare LIKE: case differs between the engines and % in the input is a pattern; search by base/search, or LIKE … ESCAPE on a folded column")
	}
	return wrong
}

// Engines differ inside these, and each is tested on both.
func mayDiffer(pkg string) bool { return pkg == "internal/base/db" }

func TestSQLServesBothEngines(t *testing.T) {
	list, wrong := readSQL(t)
	for _, w := range wrong {
		t.Errorf("%s: SQL texts are constants, so that tests can read them and statements stay prepared", w)
	}
	for _, s := range list {
		if mayDiffer(s.file.pkg) {
			continue
		}
		for _, w := range checkSQL(s.text) {
			t.Errorf("%s %s: %s", s.where, s.name, w)
		}
	}
	if len(list) < 30 {
		t.Errorf("found only %d SQL texts; the test looks in the wrong way", len(list))
	}
}

func TestSQLStandsInStore(t *testing.T) {
	list, _ := readSQL(t)
	for _, s := range list {
		if floor(s.file.pkg) == 0 { // base/db, jobs, search and their like are stores themselves
			continue
		}
		if !strings.HasPrefix(path.Base(s.file.path), "store") {
			t.Errorf("%s: SQL stands in the store of its room (store.go, store_….go), so that rules and pages hold none", s.where)
		}
	}
}

func TestTheBansWork(t *testing.T) {
	for _, text := range []string{
		"SELECT * FROM a", "SELECT q.* FROM q", "SELECT id FROM a FOR UPDATE", "SELECT id FROM a WHERE id = ANY($1)",
		"SELECT id FROM a WHERE b ILIKE $1", "SELECT id FROM a WHERE b LIKE $1", "SELECT a->>'b' FROM c", "SELECT SUM(a) FROM b",
		"SELECT id FROM a LIMIT 1 OFFSET 2", "SELECT a::text FROM b", "SELECT NOW()", "INSERT OR IGNORE INTO a (b) VALUES ($1)",
		"SELECT id FROM a WHERE b = ?", "SELECT id FROM a WHERE (b, c) < ($1, $2)", `SELECT "id" FROM a`,
	} {
		if len(checkSQL(text)) == 0 {
			t.Errorf("no ban on %s", text)
		}
	}
	for _, text := range []string{
		"SELECT id, CAST(SUM(n) AS BIGINT) FROM a GROUP BY id", "SELECT id FROM a WHERE b LIKE $1 ESCAPE '!' -- SELECT *",
		"SELECT COUNT(*) FROM a", "SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) FROM a WHERE b = 'a::b?'",
	} {
		if w := checkSQL(text); len(w) > 0 {
			t.Errorf("%s: %v", text, w)
		}
	}
}

var (
	createTable = regexp.MustCompile(`(?is)^\s*CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(\w+)\s*\((.*)\)\s*(STRICT)?\s*$`)
	references  = regexp.MustCompile(`(?i)\bREFERENCES\s+(\w+)`)
	wrongType   = regexp.MustCompile(`(?i)\b(INTEGER|INT|SMALLINT|VARCHAR\w*|CHAR|REAL|FLOAT|NUMERIC|DECIMAL|TIMESTAMP\w*|DATE|UUID|JSONB?|BLOB|SERIAL|BOOL)\b`)
)

func TestMigrationsServeBothEngines(t *testing.T) {
	root := rootDir(t)
	walk(t, func(rel string) {
		if !strings.Contains(rel, "/migrations/") || path.Ext(rel) != ".sql" {
			return
		}
		b, err := os.ReadFile(filepath.Join(root, rel))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(rel, ".sqlite.sql") || strings.HasSuffix(rel, ".postgres.sql") {
			return
		}
		text := sqlNote.ReplaceAllString(string(b), "")
		for _, w := range checkSQL(text) {
			t.Errorf("%s: %s", rel, w)
		}
		own := ownTables(t, filepath.Join(root, path.Dir(rel)))
		for one := range strings.SplitSeq(text, ";") {
			if m := createTable.FindStringSubmatch(one); m != nil {
				if m[3] == "" {
					t.Errorf("%s: table %s does not end in ) STRICT: SQLite would take a text for a number", rel, m[1])
				}
				if bad := wrongType.FindString(textInQuote.ReplaceAllString(m[2], "''")); bad != "" {
					t.Errorf("%s: table %s has type %s; the types are TEXT, BIGINT, BOOLEAN, BYTEA, DOUBLE PRECISION", rel, m[1], bad)
				}
			}
			for _, ref := range references.FindAllStringSubmatch(one, -1) {
				if !own[ref[1]] {
					t.Errorf("%s refers to table %s of another room: across rooms go plain ids only", rel, ref[1])
				}
			}
		}
	})
}

func ownTables(t *testing.T, dir string) map[string]bool {
	t.Helper()
	own := map[string]bool{}
	files, err := filepath.Glob(filepath.Join(dir, "*.sql"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?i)CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(\w+)`).FindAllStringSubmatch(string(b), -1) {
			own[m[1]] = true
		}
	}
	return own
}

var (
	runs        = regexp.MustCompile(`^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b`)
	placeholder = regexp.MustCompile(`\$(\d+)`)
)

// TestEveryStatementPrepares has both engines read every statement of the
// program, against the tables that the migrations make.
func TestEveryStatementPrepares(t *testing.T) {
	list, _ := readSQL(t)
	dbtest.EachOptions(t, func(t *testing.T, o db.Options) {
		dir := o.Dir
		if dir == "" {
			dir = t.TempDir()
		}
		a, err := app.Open(t.Context(), app.Settings{Data: dir, Database: o.URL, BaseURL: "http://localhost:8080"}, app.Parts{})
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close() //nolint:errcheck // the test is over
		if err := a.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		driver, dsn := "sqlite", "file:"+filepath.Join(o.Dir, db.FileName)
		if o.URL != "" {
			driver, dsn = "pgx", o.URL
		}
		conn, err := sql.Open(driver, dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close() //nolint:errcheck // the test is over
		for _, s := range list {
			if s.fragment || !runs.MatchString(s.text) || mayDiffer(s.file.pkg) {
				continue
			}
			if err := prepare(t, conn, driver, s.text); err != nil {
				t.Errorf("%s %s: %v", s.where, s.name, err)
			}
		}
	})
}

// prepare has the engine read a statement without running it. The SQLite driver
// reads it only when it runs, so there it is explained.
func prepare(t *testing.T, conn *sql.DB, driver, text string) error {
	if driver == "pgx" {
		st, err := conn.PrepareContext(t.Context(), text)
		if err == nil {
			err = st.Close()
		}
		return err
	}
	most := 0
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		n, _ := strconv.Atoi(m[1]) // digits
		most = max(most, n)
	}
	rows, err := conn.QueryContext(t.Context(), "EXPLAIN "+text, make([]any, most)...)
	if err == nil {
		err = rows.Close()
	}
	return err
}
