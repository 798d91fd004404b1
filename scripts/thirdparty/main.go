// Command thirdparty keeps THIRD_PARTY.md true: which modules, styles and data of
// others are in the program, in which version, under which licence. Without -write
// it says what is not current, and which licence is not on the list of those we
// may use.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
)

const file = "THIRD_PARTY.md"

// allowed are the licences that go together with EUPL-1.2.
var allowed = []string{"MIT", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "ISC", "MPL-2.0", "EUPL-1.2", "CC0-1.0", "CC-BY-4.0", "Unlicense", "Zlib"}

// data are texts of others that we carry with us. The file names the makers.
var data = []struct{ what, licence, notice string }{
	{"Dutch word list of OpenTaal (packed)", "BSD-3-Clause", "internal/base/search/dutch/LICENCE.words.txt"},
	{"municipalities: names, codes, centres (GeoNames, CBS/Kadaster)", "CC-BY-4.0", "internal/trust/places/builtin/LICENSE-municipalities.txt"},
	{"words of the return code (our own)", "EUPL-1.2", "internal/base/returncode/LICENSE-words.txt"},
}

// styles tells its own story, and its table is checked here.
const styles = "internal/base/ui/build/LICENSES.md"

type row struct{ name, version, licence string }

func main() {
	write := flag.Bool("write", false, "write "+file+" anew")
	flag.Parse()
	if err := run(*write); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(write bool) error {
	modules, err := modules()
	if err != nil {
		return err
	}
	css, err := stylesheets()
	if err != nil {
		return err
	}
	var wrong []error
	for _, r := range append(slices.Clone(modules), css...) {
		for one := range strings.SplitSeq(r.licence, ", ") {
			if !slices.Contains(allowed, one) {
				wrong = append(wrong, fmt.Errorf("%s %s is under %q, which is not on the list in scripts/thirdparty", r.name, r.version, one))
			}
		}
	}
	wrong = append(wrong, unnamed()...)
	text := render(modules, css)
	if write {
		wrong = append(wrong, os.WriteFile(file, text, 0o644)) //nolint:gosec // for everybody to read
	} else if had, err := os.ReadFile(file); err != nil || !bytes.Equal(had, text) {
		wrong = append(wrong, errors.New(file+" is not current: run make generate"))
	}
	return errors.Join(wrong...)
}

// modules lists what is compiled into the program.
func modules() ([]row, error) {
	cmd := exec.Command("go", "list", "-deps", "-json=Module", "./cmd/wijkbaak")
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH=amd64", "CGO_ENABLED=0") // the same list on every machine
	list, err := cmd.Output()
	if err != nil {
		if e, ok := errors.AsType[*exec.ExitError](err); ok {
			return nil, fmt.Errorf("go list: %s", e.Stderr)
		}
		return nil, err
	}
	type pkg struct {
		Module *struct {
			Path, Version, Dir string
			Main               bool
		}
	}
	seen := map[string]bool{}
	var rows []row
	for d := json.NewDecoder(bytes.NewReader(list)); ; {
		var p pkg
		if err := d.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			return nil, err
		}
		if p.Module == nil || p.Module.Main || seen[p.Module.Path] {
			continue
		}
		seen[p.Module.Path] = true
		licence, err := licenceOf(p.Module.Dir)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.Module.Path, err)
		}
		rows = append(rows, row{p.Module.Path, p.Module.Version, licence})
	}
	sort.Slice(rows, func(i, j int) bool { return rows[i].name < rows[j].name })
	return rows, nil
}

var licenceFile = regexp.MustCompile(`(?i)^(un)?(licen[cs]e|copying)(\.(md|txt|rst)|-(mit|apache|bsd)(\.txt)?)?$`)

// licenceOf reads the licence files at the root of a module.
func licenceOf(dir string) (string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	var found []string
	for _, e := range entries {
		if e.IsDir() || !licenceFile.MatchString(e.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return "", err
		}
		if name := recognise(string(text)); !slices.Contains(found, name) {
			found = append(found, name)
		}
	}
	if len(found) == 0 {
		return "", errors.New("no licence file")
	}
	sort.Strings(found)
	return strings.Join(found, ", "), nil
}

// recognise names a licence by words that only its text has.
func recognise(text string) string {
	text = strings.ToLower(strings.Join(strings.Fields(text), " "))
	has := func(words ...string) bool {
		return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
	}
	switch {
	case has("apache license", "version 2.0"):
		return "Apache-2.0"
	case has("mozilla public license", "2.0"):
		return "MPL-2.0"
	case has("european union public licen", "1.2"):
		return "EUPL-1.2"
	case has("gnu affero"), has("gnu general public"), has("gnu lesser"):
		return "GPL"
	case has("free and unencumbered software released into the public domain"):
		return "Unlicense"
	case has("permission is hereby granted, free of charge", "the software is provided"):
		return "MIT"
	case has("permission to use, copy, modify, and/or distribute this software"), has("permission to use, copy, modify, and distribute this software for any purpose"):
		return "ISC"
	case has("redistribution and use in source and binary forms", "endorse or promote"):
		return "BSD-3-Clause"
	case has("redistribution and use in source and binary forms"):
		return "BSD-2-Clause"
	case has("altered source versions must be plainly marked"):
		return "Zlib"
	case has("cc0 1.0 universal"):
		return "CC0-1.0"
	}
	return "unknown"
}

var tableRow = regexp.MustCompile(`^\| (\S+) \| (\S+) \| (\S+) \|$`)

// stylesheets reads the first table of the licences of the styles.
func stylesheets() ([]row, error) {
	f, err := os.Open(styles)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // read only
	var rows []row
	for s := bufio.NewScanner(f); s.Scan(); {
		m := tableRow.FindStringSubmatch(s.Text())
		switch {
		case m != nil && m[1] != "package" && m[1] != "---":
			rows = append(rows, row{m[1], m[2], m[3]})
		case m == nil && len(rows) > 0:
			return rows, nil
		}
	}
	return nil, fmt.Errorf("%s has no table", styles)
}

// unnamed finds notices in the tree that the table of data does not name.
func unnamed() []error {
	var wrong []error
	notice := regexp.MustCompile(`(?i)^licen[cs]e`)
	err := filepath.WalkDir("internal", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.Name() == "node_modules" {
			return fs.SkipDir
		}
		path = filepath.ToSlash(path)
		if d.IsDir() || !notice.MatchString(d.Name()) || path == styles {
			return nil
		}
		for _, one := range data {
			if one.notice == path {
				return nil
			}
		}
		wrong = append(wrong, fmt.Errorf("%s is not named in scripts/thirdparty", path))
		return nil
	})
	for _, one := range data {
		if _, err := os.Stat(one.notice); err != nil {
			wrong = append(wrong, fmt.Errorf("%s: the notice is gone: %w", one.what, err))
		}
	}
	return append(wrong, err)
}

func render(modules, css []row) []byte {
	var b bytes.Buffer
	b.WriteString(`# What others made

Wijkbaak is published under EUPL-1.2. It carries the work of others, under licences that go together with it. This page is made by ` + "`make generate`" + ` and checked by ` + "`make test`" + `; the licence is read from the licence file of each module.

## Modules in the program

The Go standard library and run time (BSD-3-Clause), and:

| module | version | licence |
| --- | --- | --- |
`)
	for _, r := range modules {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", r.name, r.version, r.licence)
	}
	fmt.Fprintf(&b, "\n## Styles\n\nComponent CSS, changed as [%s](%s) tells. Tokens, layout, icons and scripts are our own.\n\n| package | version | licence |\n| --- | --- | --- |\n", styles, styles)
	for _, r := range css {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", r.name, r.version, r.licence)
	}
	b.WriteString("\n## Data\n\n| what | licence | notice |\n| --- | --- | --- |\n")
	for _, d := range data {
		fmt.Fprintf(&b, "| %s | %s | [%s](%s) |\n", d.what, d.licence, d.notice, d.notice)
	}
	b.WriteString("\nThe initiatives, barriers and factors of the overview of cases are the project's own texts; each names its sources.\n")
	return b.Bytes()
}
