package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestInstallationOfTheManual does what docs/operate.md says, with its own
// settings, in folders of the test.
func TestInstallationOfTheManual(t *testing.T) {
	text, err := os.ReadFile(operate)
	if err != nil {
		t.Fatal(err)
	}
	block := func(before, kind string) string {
		t.Helper()
		_, rest, ok := strings.Cut(string(text), before)
		_, rest, ok2 := strings.Cut(rest, "```"+kind+"\n")
		body, _, ok3 := strings.Cut(rest, "```")
		if !ok || !ok2 || !ok3 {
			t.Fatalf("no block behind %q", before)
		}
		return body
	}
	root := t.TempDir()
	here := func(s string) string {
		return regexp.MustCompile(`/(var/lib|etc|mnt/elsewhere)/wijkbaak`).ReplaceAllStringFunc(s, func(p string) string { return root + p })
	}
	lines := func(block string) []string { return strings.Split(strings.ReplaceAll(block, "\\\n", ""), "\n") }
	made := map[string]bool{}
	for _, line := range lines(block("Build it", "")) {
		if f := strings.Fields(line); len(f) > 0 && f[0] == "install" && strings.HasPrefix(f[len(f)-1], "/") {
			made[f[len(f)-1]] = f[1] == "-d"
		}
	}
	yaml := block("wijkbaak.yaml`", "yaml")
	for _, name := range regexp.MustCompile(`(?m)/(?:var/lib|etc|mnt)/\S+`).FindAllString(yaml, -1) {
		folder, ok := made[name]
		if !ok {
			t.Errorf("the settings name %s, and no line makes it", name)
			continue
		}
		if err := os.MkdirAll(filepath.Dir(here(name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if folder {
			err = os.Mkdir(here(name), 0o700)
		} else {
			err = os.WriteFile(here(name), []byte("geheim\n"), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	config := here("/etc/wijkbaak/wijkbaak.yaml")
	if err := os.WriteFile(config, []byte(here(yaml)), 0o600); err != nil {
		t.Fatal(err)
	}
	must(t, "migrate", "--config", config)
	ran := 0
	for _, line := range lines(block("\nThen:", "")) {
		command, ok := strings.CutPrefix(strings.TrimSpace(line), "sudo -u wijkbaak wijkbaak ")
		if !ok {
			continue
		}
		ran++
		code, out := do(t, shellWords(here(command))...)
		if doctor := strings.HasPrefix(command, "doctor"); code == 2 || !doctor && code != 0 {
			t.Errorf("%s: %d\n%s", command, code, out)
		} else if doctor {
			for _, line := range strings.Split(out, "\n") {
				if strings.HasPrefix(line, "WRONG") && !strings.Contains(line, " mail ") { // there is none here
					t.Error(line)
				}
			}
		}
	}
	if ran < 2 {
		t.Errorf("only %d commands", ran)
	}
	if out := must(t, "user", "list", "--config", config); !regexp.MustCompile(`operator\s+/\s+Gemeente Delft`).MatchString(out) {
		t.Errorf("the first operator is not one of everything: %s", out)
	}
}

func TestServeRefusesAPlaceOrAFolderThatIsNotThere(t *testing.T) {
	dir, gone := t.TempDir(), filepath.Join(t.TempDir(), "gone")
	must(t, "migrate", "--data", dir)
	refuses(t, "there is no place /9999", "serve", "--data", dir, "--listen", "127.0.0.1:0", "--place", "GM9999")
	refuses(t, gone+", is not there", "serve", "--data", dir, "--listen", "127.0.0.1:0", "--checkpoints", gone)
	_, out := do(t, "doctor", "--data", dir, "--place", "GM9999", "--checkpoints", gone)
	for _, want := range []string{`WRONG +place +there is no place /9999`, `WRONG +checkpoints .*is not there`} {
		if !regexp.MustCompile(want).MatchString(out) {
			t.Errorf("without %s:\n%s", want, out)
		}
	}
}
