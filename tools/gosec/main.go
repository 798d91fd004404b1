// Command gosec runs the rules of github.com/securego/gosec over packages of the
// program, like its own command does, but reads all packages once: that one reads
// each with everything it imports anew.
//
//	gosec ./cmd/... ./internal/...
//
// It prints a line a finding, "file:line: [rule] text", and ends with 1 when it
// could not look.
package main

import (
	"fmt"
	"io"
	"log"
	"os"

	"github.com/securego/gosec/v2"
	"github.com/securego/gosec/v2/issue"
	"github.com/securego/gosec/v2/rules"
	"golang.org/x/tools/go/packages"
)

// left out: G104, an error that is not looked at, is for review; G601 finds nothing
// since Go 1.22 and asks the go command for its version at each statement.
var leftOut = []string{"G104", "G601"}

func main() {
	loaded, err := packages.Load(&packages.Config{Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles |
		packages.NeedImports | packages.NeedTypes | packages.NeedTypesSizes | packages.NeedTypesInfo | packages.NeedSyntax | packages.NeedModule}, os.Args[1:]...)
	if err != nil {
		fail(err)
	}
	if packages.PrintErrors(loaded) > 0 || len(loaded) == 0 {
		fail(fmt.Errorf("%d packages, with errors or none", len(loaded)))
	}
	const tests, excludeGenerated, suppressions, at = false, true, false, 1
	a := gosec.NewAnalyzer(gosec.NewConfig(), tests, excludeGenerated, suppressions, at, log.New(io.Discard, "", 0))
	a.LoadRules(rules.Generate(suppressions, rules.NewRuleFilter(true, leftOut...)).RulesInfo())
	for _, p := range loaded {
		a.CheckRules(p)
		a.CheckAnalyzers(p)
	}
	found, _, errors := a.Report()
	for file, list := range errors {
		for _, e := range list {
			fail(fmt.Errorf("%s:%d: %s", file, e.Line, e.Err))
		}
	}
	for _, f := range found {
		// Of low confidence are names of SQL texts that it takes for secrets.
		if f.Confidence >= issue.Medium {
			fmt.Printf("%s:%s: [%s] %s\n", f.File, f.Line, f.RuleID, f.What)
		}
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "gosec:", err)
	os.Exit(1)
}
