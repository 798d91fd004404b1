package app_test

import (
	"fmt"
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	asvsRow  = regexp.MustCompile(`(?m)^\| (V\d+\.\d+\.\d+) \| (.+) \|$`)
	asvsTest = regexp.MustCompile("`([a-z0-9/]+)\\.((?:Test|Fuzz)\\w+)`")
)

// asvsLevel1 is how many requirements Level 1 of ASVS 5.0.0 has.
const asvsLevel1 = 70

// TestMapOfASVS holds docs/asvs.md to the tests there are.
func TestMapOfASVS(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(rootDir(t), "docs", "asvs.md"))
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(b), "\n## Level 1\n")
	first, second, ok2 := strings.Cut(rest, "\n## Level 2\n")
	if !ok || !ok2 {
		t.Fatal("the page has no Level 1 and Level 2")
	}
	have := map[string]bool{}
	for _, f := range readHouse(t).files {
		for _, d := range f.ast.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && f.test && fn.Recv == nil {
				have[f.pkg+"."+fn.Name.Name] = true
			}
		}
	}
	seen, missing, counts := map[string]bool{}, []string{}, map[string]int{}
	for level, text := range []string{first, second} {
		for _, m := range asvsRow.FindAllStringSubmatch(text, -1) {
			number, said := m[1], m[2]
			if seen[number] {
				t.Errorf("%s stands there twice", number)
			}
			seen[number] = true
			kind := "tested"
			for _, k := range []string{"not yet", "not applicable"} {
				if reason, ok := strings.CutPrefix(said, k); ok {
					if kind = k; len(strings.Fields(reason)) < 4 {
						t.Errorf("%s is %s without a reason", number, k)
					}
				}
			}
			if kind == "not yet" {
				missing = append(missing, number)
			}
			if level == 0 {
				counts[kind]++
			}
			tests := asvsTest.FindAllStringSubmatch(said, -1)
			if kind == "tested" && len(tests) == 0 {
				t.Errorf("%s names no test: %s", number, said)
			}
			for _, name := range tests {
				if !have[name[1]+"."+name[2]] {
					t.Errorf("%s: there is no %s in %s", number, name[2], name[1])
				}
			}
		}
	}
	_, listed, _ := strings.Cut(head, "\n## Not yet\n")
	if got := regexp.MustCompile(`V\d+\.\d+\.\d+`).FindAllString(listed, -1); !slices.Equal(got, missing) {
		t.Errorf("not yet are %v, and at the top stand %v", missing, got)
	}
	sum := fmt.Sprintf("Level 1 has %d requirements: %d shown by a test, %d not applicable, %d not yet.",
		counts["tested"]+counts["not applicable"]+counts["not yet"], counts["tested"], counts["not applicable"], counts["not yet"])
	if !strings.Contains(head, sum) || !strings.HasPrefix(sum, fmt.Sprintf("Level 1 has %d ", asvsLevel1)) {
		t.Errorf("counted: %s", sum)
	}
}
