package app_test

import (
	"go/ast"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"wijkbaak.nl/internal/app"
	"wijkbaak.nl/internal/base/i18n"
)

// Words live in locales/nl.json and en.json of their room. A key that is made
// while running begins with a text that ends in a dot ("questions.status." +
// status), ends with one that begins with a dot (key + ".text"), or is named in
// a comment beside the code that makes it:
//
//	// keys: questions.status.* questions.*.title

func catalog(t *testing.T) *i18n.Catalog {
	t.Helper()
	a, err := app.Open(t.Context(), app.Settings{Data: t.TempDir(), BaseURL: "http://localhost:8080"}, app.Parts{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() }) //nolint:errcheck // the test is over
	return a.Words
}

var plurals = []string{".zero", ".one", ".two", ".few", ".many", ".other"}

// base of a key: without the form of the plural.
func base(key string) string {
	for _, p := range plurals {
		if s, ok := strings.CutSuffix(key, p); ok {
			return s
		}
	}
	return key
}

func TestWordsAreCompleteInEveryLanguage(t *testing.T) {
	c := catalog(t)
	ref := c.Keys(i18n.Reference)
	for _, lang := range c.Languages()[1:] {
		other := c.Keys(lang)
		for key, names := range ref {
			got, ok := other[key]
			if !ok {
				// Another language may have other forms of a plural.
				if base(key) == key || other[base(key)+".other"] == nil {
					t.Errorf("%s: %q is missing", lang, key)
				}
				continue
			}
			// A form for one may say "a question" instead of the number.
			if base(key) == key && !slices.Equal(slices.Compact(names), slices.Compact(got)) {
				t.Errorf("%s: %q fills in %v, and %s fills in %v", lang, key, got, i18n.Reference, names)
			}
		}
		for key := range other {
			if _, ok := ref[key]; !ok && ref[base(key)+".other"] == nil {
				t.Errorf("%s: %q is not in %s", lang, key, i18n.Reference)
			}
		}
	}
}

func TestEveryRoomHasItsWords(t *testing.T) {
	dirs := map[string]map[string]bool{}
	walk(t, func(rel string) {
		if dir, file := path.Split(rel); strings.HasSuffix(dir, "/locales/") {
			if dirs[dir] == nil {
				dirs[dir] = map[string]bool{}
			}
			dirs[dir][file] = true
		}
	})
	c := catalog(t)
	for dir, files := range dirs {
		for _, lang := range []string{"nl", "en"} {
			if !files[lang+".json"] {
				t.Errorf("%s%s.json is missing", dir, lang)
			}
		}
		room := path.Base(path.Dir(path.Clean(dir))) + "."
		found := false
		for key := range c.Keys(i18n.Reference) {
			found = found || strings.HasPrefix(key, room)
		}
		if !found {
			t.Errorf("the words of %s are not in the program: app does not know the room", dir)
		}
	}
}

var (
	templText = regexp.MustCompile("\"(?:[^\"\\\\\n]|\\\\.)*\"|`[^`]*`")
	keysNote  = regexp.MustCompile(`(?m)//\s*keys:\s*(.+)$`)
	keyLike   = regexp.MustCompile(`^[a-z0-9]+(\.[a-z0-9_-]+)+\.?$|^[a-z0-9]+\.$`)
	keyEnd    = regexp.MustCompile(`^(\.[a-z0-9_-]+)+$`)
)

// quoted is a text in the source that could be a key.
type quoted struct{ where, text string }

// texts gives all quoted texts of the program's own sources, and the patterns
// named in comments "keys:". Texts that name something else (a topic, a kind of
// job, an address) are not among them.
func texts(t *testing.T) (list []quoted, patterns []string) {
	t.Helper()
	h := readHouse(t)
	for _, f := range h.files {
		if f.test || f.generated || floor(f.pkg) >= len(floors) {
			continue
		}
		for _, m := range keysNote.FindAllStringSubmatch(string(f.text), -1) {
			patterns = append(patterns, strings.Fields(m[1])...)
		}
		other := namesOfOtherThings(f.ast)
		ast.Inspect(f.ast, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING || other[lit] {
				return true
			}
			s, _ := strconv.Unquote(lit.Value) // the parser took it
			if keyLike.MatchString(s) || keyEnd.MatchString(s) {
				list = append(list, quoted{h.at(lit), s})
			}
			return true
		})
	}
	walk(t, func(rel string) {
		if path.Ext(rel) != ".templ" {
			return
		}
		b, err := os.ReadFile(filepath.Join(rootDir(t), rel))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range keysNote.FindAllStringSubmatch(string(b), -1) {
			patterns = append(patterns, strings.Fields(strings.TrimSuffix(strings.TrimSpace(m[1]), "-->"))...)
		}
		for i, line := range strings.Split(string(b), "\n") {
			for _, m := range templText.FindAllString(line, -1) {
				if s := strings.Trim(m, "\"`"); keyLike.MatchString(s) || keyEnd.MatchString(s) {
					list = append(list, quoted{rel + ":" + strconv.Itoa(i+1), s})
				}
			}
		}
	})
	return list, patterns
}

var notWords = regexp.MustCompile(`^(Topic|topic|Kind|kind|Job|job|Event|event|Scope|scope|Action|action|Cookie|cookie|File|file)|(Topic|Kind|Job|Event|Scope|Action|Cookie|File|Object)s?$`)

// namesOfOtherThings finds texts that look like keys and are not: topics, kinds
// of jobs, scopes, told by the name of the constant or field they are given to.
func namesOfOtherThings(f *ast.File) map[*ast.BasicLit]bool {
	found := map[*ast.BasicLit]bool{}
	mark := func(name string, e ast.Expr) {
		if lit, ok := e.(*ast.BasicLit); ok && notWords.MatchString(name) {
			found[lit] = true
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ValueSpec:
			for i, v := range n.Values {
				if i < len(n.Names) {
					mark(n.Names[i].Name, v)
				}
			}
		case *ast.KeyValueExpr:
			if id, ok := n.Key.(*ast.Ident); ok {
				mark(id.Name, n.Value)
			}
		case *ast.CompositeLit: // plans of queries have names of their own
			if a, ok := n.Type.(*ast.ArrayType); ok {
				if sel, ok := a.Elt.(*ast.SelectorExpr); ok && sel.Sel.Name == "Plan" {
					ast.Inspect(n, func(n ast.Node) bool {
						if lit, ok := n.(*ast.BasicLit); ok {
							found[lit] = true
						}
						return true
					})
				}
			}
		case *ast.ImportSpec:
			found[n.Path] = true
		}
		return true
	})
	return found
}

func TestEveryWordIsUsedAndEveryUsedWordIsThere(t *testing.T) {
	ref := catalog(t).Keys(i18n.Reference)
	list, patterns := texts(t)
	used, rooms := map[string]bool{}, map[string]bool{}
	var begins, ends []string
	for _, q := range list {
		used[q.text] = true
		if strings.HasSuffix(q.text, ".") && strings.Count(q.text, ".") > 1 {
			begins = append(begins, q.text)
		}
		if strings.HasPrefix(q.text, ".") {
			ends = append(ends, q.text)
		}
	}
	stems := map[string]bool{}
	for key := range ref {
		room, _, _ := strings.Cut(key, ".")
		rooms[room] = true
		for i, c := range key {
			if c == '.' {
				stems[key[:i+1]] = true
			}
		}
	}
	made := func(key string) bool {
		if slices.ContainsFunc(begins, func(b string) bool { return strings.HasPrefix(key, b) }) {
			return true
		}
		if slices.ContainsFunc(ends, func(e string) bool {
			stem, ok := strings.CutSuffix(key, e)
			return ok && (used[stem] || ref[stem+".other"] != nil && used[base(stem)])
		}) {
			return true
		}
		return slices.ContainsFunc(patterns, func(p string) bool {
			ok, err := path.Match(strings.ReplaceAll(p, ".", "/"), strings.ReplaceAll(key, ".", "/"))
			return err == nil && ok
		})
	}
	idle := map[string][]string{}
	for _, key := range sortedKeys(ref) {
		if !used[key] && !used[base(key)] && !made(key) && !made(base(key)) {
			stem := key[:strings.LastIndex(key, ".")]
			idle[stem] = append(idle[stem], key)
		}
	}
	for stem, keys := range idle {
		t.Errorf("nl: nobody says %v: remove it, or name its pattern beside the code that makes it (// keys: %s.*)", keys, stem)
	}
	for _, p := range patterns {
		if !slices.ContainsFunc(sortedKeys(ref), func(key string) bool {
			ok, err := path.Match(strings.ReplaceAll(p, ".", "/"), strings.ReplaceAll(base(key), ".", "/"))
			return err == nil && ok
		}) {
			t.Errorf("no key fits the pattern %q in a comment \"keys:\"", p)
		}
	}
	for _, q := range list {
		room, _, _ := strings.Cut(q.text, ".")
		if !rooms[room] || stems[q.text] {
			continue
		}
		if slices.ContainsFunc(ends, func(e string) bool { return ref[q.text+e] != nil }) {
			continue
		}
		if _, ok := ref[q.text]; !ok && ref[q.text+".other"] == nil {
			t.Errorf("%s: %q is not in nl.json of %s", q.where, q.text, room)
		}
	}
}

func sortedKeys(m map[string][]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
