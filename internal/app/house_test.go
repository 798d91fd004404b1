package app_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The laws of the house, as tests that say their reason. docs/house.md tells
// them in words.

const module = "wijkbaak.nl"

// source is one Go file of the repository, read once for all laws.
type source struct {
	path      string // from the root, such as internal/base/db/db.go
	pkg       string // folder of it
	name      string // of the package
	test      bool
	generated bool
	ast       *ast.File
	text      []byte
}

type house struct {
	root  string
	fset  *token.FileSet
	files []*source
}

func (h *house) at(n ast.Node) string {
	p := h.fset.Position(n.Pos())
	rel, _ := filepath.Rel(h.root, p.Filename) // both are absolute
	return rel + ":" + strconv.Itoa(p.Line)
}

// skipped folders hold nothing of the house.
var skipped = []string{".git", "node_modules", "tools"}

// walk visits every file of the repository.
func walk(t *testing.T, visit func(rel string)) {
	t.Helper()
	root := rootDir(t)
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if slices.Contains(skipped, d.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		rel, err := filepath.Rel(root, p)
		if err == nil && d.Type().IsRegular() {
			visit(filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func rootDir(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func readHouse(t *testing.T) *house {
	t.Helper()
	h := &house{root: rootDir(t), fset: token.NewFileSet()}
	walk(t, func(rel string) {
		if path.Ext(rel) != ".go" {
			return
		}
		file := filepath.Join(h.root, rel)
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parser.ParseFile(h.fset, file, text, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		h.files = append(h.files, &source{
			path: rel, pkg: path.Dir(rel), name: f.Name.Name, ast: f, text: text,
			test: strings.HasSuffix(rel, "_test.go"), generated: ast.IsGenerated(f),
		})
	})
	if len(h.files) < 20 {
		t.Fatalf("found only %d Go files; the laws look at the wrong folder", len(h.files))
	}
	return h
}

// floors from the bottom to the top; what lies higher may import what lies lower.
var floors = []string{"internal/base", "internal/trust", "internal/protocol", "internal/feature", "internal/app", "internal/apptest", "cmd"}

// floor tells on which floor a package stands; outside the house it is above all.
func floor(pkg string) int {
	for i, f := range floors {
		if pkg == f || strings.HasPrefix(pkg, f+"/") {
			return i
		}
	}
	return len(floors)
}

// roomOf gives the folder of the room a package belongs to: internal/feature/questions.
func roomOf(pkg string) string {
	parts := strings.SplitN(pkg, "/", 4)
	return strings.Join(parts[:min(3, len(parts))], "/")
}

const (
	floorFeature = 3
	floorProto   = 2
	floorApp     = 4
	floorAppTest = 5
)

func mayImport(from, to string, test bool) string {
	a, b := floor(from), floor(to)
	switch {
	case roomOf(from) == roomOf(to):
		return ""
	case test && (b == floorApp || b == floorAppTest) && a >= floorFeature:
		return "" // a room tests its pages in the whole program, from outside (package …_test)
	case a < b:
		return "imports run one way: base ← trust ← protocol ← feature ← app ← cmd; what a lower floor needs it states as an interface in needs.go, and app hands it over"
	case a == floorFeature && b == floorFeature:
		return "a feature never imports a feature: state what it needs as an interface in needs.go, or listen to an event; app joins the two"
	case a == floorProto && b == floorProto:
		return "a protocol never imports a protocol: each is the language of one kind of outsider"
	case b == floorAppTest && !test && a <= floorAppTest:
		return "apptest is for tests"
	}
	return ""
}

func TestImportsRunOneWay(t *testing.T) {
	for _, f := range readHouse(t).files {
		for _, imp := range f.ast.Imports {
			to, _ := strconv.Unquote(imp.Path.Value) // the parser took it
			own, ok := strings.CutPrefix(to, module+"/")
			if !ok {
				continue
			}
			if why := mayImport(f.pkg, own, f.test && strings.HasSuffix(f.name, "_test")); why != "" {
				t.Errorf("%s imports %s: %s", f.path, own, why)
			}
		}
	}
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	has, dirs := map[string]bool{}, map[string]bool{}
	for _, f := range readHouse(t).files {
		dirs[f.pkg] = dirs[f.pkg] || !f.test
		if f.ast.Doc == nil || f.test && dirs[f.pkg] {
			continue
		}
		text := f.ast.Doc.Text()
		if len(strings.Fields(text)) >= 5 && !strings.HasPrefix(text, "Code generated") {
			has[f.pkg] = true
		}
	}
	for dir := range dirs {
		if !has[dir] {
			t.Errorf("package %s has no comment: whoever walks in reads there what the room is for", dir)
		}
	}
}

func TestNoPackageForEverything(t *testing.T) {
	for _, f := range readHouse(t).files {
		for _, banned := range []string{"common", "util", "utils", "helper", "helpers", "model", "models", "misc", "shared", "types"} {
			if strings.TrimSuffix(f.name, "_test") == banned || slices.Contains(strings.Split(f.pkg, "/"), banned) {
				t.Errorf("%s: no package is called %s: a noun that two rooms share belongs to trust, or one of them owns it", f.path, banned)
			}
		}
	}
}

// TestBaseKnowsNothingOfTheNeighbourhood keeps the words of the domain out of the
// names that base exports and the packages it has.
func TestBaseKnowsNothingOfTheNeighbourhood(t *testing.T) {
	domain := regexp.MustCompile(`Resident|Carer|Coach|Initiative|Barrier|Municipalit|District|Neighbourhood|Postcode|Circle|Consent|Pilot|Coalition|Practice`)
	rooms := map[string]bool{}
	files := readHouse(t).files
	for _, f := range files {
		if fl := floor(f.pkg); fl > 0 && fl <= floorFeature {
			rooms[path.Base(roomOf(f.pkg))] = true
		}
	}
	for _, f := range files {
		if floor(f.pkg) != 0 || f.test || f.generated {
			continue
		}
		if rooms[path.Base(f.pkg)] {
			t.Errorf("%s: base has a package with the name of a room", f.pkg)
		}
		for _, d := range f.ast.Decls {
			for _, name := range declared(d) {
				if ast.IsExported(name) && domain.MatchString(name) {
					t.Errorf("%s: %s is a word of the domain; base is technology only", f.path, name)
				}
			}
		}
	}
}

func declared(d ast.Decl) []string {
	switch d := d.(type) {
	case *ast.FuncDecl:
		return []string{d.Name.Name}
	case *ast.GenDecl:
		var names []string
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				names = append(names, s.Name.Name)
			case *ast.ValueSpec:
				for _, n := range s.Names {
					names = append(names, n.Name)
				}
			}
		}
		return names
	}
	return nil
}

// linesMost is where a file has become a room of its own.
const linesMost = 800

func TestNoFileTooLong(t *testing.T) {
	hand := []string{".go", ".templ", ".sql", ".css", ".js", ".mjs", ".sh", ".txtar"}
	walk(t, func(rel string) {
		if !slices.Contains(hand, path.Ext(rel)) || strings.HasSuffix(rel, "_templ.go") || strings.Contains(rel, "/assets/") {
			return
		}
		text, err := os.ReadFile(filepath.Join(rootDir(t), rel))
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(text), "\n"); n > linesMost {
			t.Errorf("%s has %d lines; past %d it is two things: split it by what they are", rel, n, linesMost)
		}
	})
}

func TestNothingIsLeftForLater(t *testing.T) {
	later := regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|X` + `XX|HA` + `CK)\b`)
	text := []string{".go", ".templ", ".sql", ".css", ".js", ".mjs", ".json", ".md", ".yml", ".yaml", ".txt", ""}
	walk(t, func(rel string) {
		if !slices.Contains(text, path.Ext(rel)) || strings.Contains(rel, "/testdata/") || strings.HasSuffix(rel, "package-lock.json") {
			return
		}
		b, err := os.ReadFile(filepath.Join(rootDir(t), rel))
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(b), "\n") {
			if later.MatchString(line) {
				t.Errorf("%s:%d: do it now, or write an issue: %s", rel, i+1, strings.TrimSpace(line))
			}
		}
	})
}

// TestNoPathOfSomebodysMachine keeps what differs per machine out of the tree.
func TestNoPathOfSomebodysMachine(t *testing.T) {
	machine := regexp.MustCompile(`(^|[^\w.])/(ro` + `ot|ho` + `me/[a-z]+|wo` + `rk|Us` + `ers)/|registry\.np` + `mjs|proxy\.go` + `lang`)
	walk(t, func(rel string) {
		if !slices.Contains([]string{".go", ".templ", ".md", ".json", ".sh", ".yml", ".mjs", ".npmrc", ""}, path.Ext(rel)) {
			return
		}
		b, err := os.ReadFile(filepath.Join(rootDir(t), rel))
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(b), "\n") {
			if machine.MatchString(line) && !strings.Contains(line, "://github.com") {
				t.Errorf("%s:%d names a path or host of one machine: %.120s", rel, i+1, strings.TrimSpace(line))
			}
		}
	})
}

func TestGeneratedPagesHaveTheirSource(t *testing.T) {
	have := map[string]bool{}
	walk(t, func(rel string) { have[rel] = true })
	for rel := range have {
		if stem, ok := strings.CutSuffix(rel, "_templ.go"); ok && !have[stem+".templ"] {
			t.Errorf("%s was made from %s.templ, which is gone: remove it", rel, stem)
		}
		if stem, ok := strings.CutSuffix(rel, ".templ"); ok && !have[stem+"_templ.go"] {
			t.Errorf("%s has no generated Go beside it: run make generate", rel)
		}
	}
}
