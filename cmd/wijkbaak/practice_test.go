package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wijkbaak.nl/internal/protocol/practice"
)

func TestPracticeFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	manifest := `{"name":"a.beeldzorg","version":"1.0.0","description":"Zorg op afstand.","license":"CC-BY-4.0","dependencies":{},"wijkbaak":{"format":1}}`
	write("one/package.json", manifest)
	write("one/files/brief.md", "Beste inwoner\n")
	write("two/package.json", strings.Replace(manifest, "1.0.0", "1.1.0", 1))
	write("two/files/brief.md", "Beste inwoner, bel 06-12345678\n")
	if _, err := practice.LoadKey(dir, "a.example"); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	c := console{out: &out, err: &out}
	run := func(cmd interface {
		Run(ctx context.Context, c console) error
	}) (string, error) {
		t.Helper()
		out.Reset()
		err := cmd.Run(t.Context(), c)
		return out.String(), err
	}
	first, second := filepath.Join(dir, "one.tgz"), filepath.Join(dir, "two.tgz")
	if said, err := run(&practicePackCmd{Folder: filepath.Join(dir, "one"), To: first, KeyFile: filepath.Join(dir, practice.KeyFile)}); err != nil || !strings.Contains(said, "Signed by a.example") {
		t.Fatalf("%s %v", said, err)
	}
	if said, err := run(&practicePackCmd{Folder: filepath.Join(dir, "two"), To: second}); err == nil || !strings.Contains(said, "WRONG files/brief.md 1: telephone") {
		t.Errorf("%s %v", said, err)
	}
	write("two/files/brief.md", "Beste buren\n")
	if said, err := run(&practicePackCmd{Folder: filepath.Join(dir, "two"), To: second}); err != nil || !strings.Contains(said, "Not signed") {
		t.Errorf("%s %v", said, err)
	}
	if said, err := run(&practiceVerifyCmd{File: first}); err != nil || !strings.Contains(said, "a.beeldzorg 1.0.0, CC-BY-4.0") {
		t.Errorf("%s %v", said, err)
	}
	if _, err := run(&practiceVerifyCmd{File: first, Key: "0000 0000"}); err == nil {
		t.Error("another key was taken")
	}
	if _, err := run(&practiceVerifyCmd{File: second, Signature: first + ".sig"}); practice.KindOf(err) != practice.Changed {
		t.Error(err)
	}
	if said, err := run(&practiceDiffCmd{Old: first, New: second}); err != nil || !strings.Contains(said, "package.json /version\n  - 1.0.0\n  + 1.1.0") || !strings.Contains(said, "files brief.md") {
		t.Errorf("%s %v", said, err)
	}
}

// TestPracticeAdoptByFile: packed at one place, taken over at another from a stick.
func TestPracticeAdoptByFile(t *testing.T) {
	dir := t.TempDir()
	must(t, "migrate", "--data", dir)
	folder, key := filepath.Join(t.TempDir(), "p"), t.TempDir()
	if err := os.MkdirAll(filepath.Join(folder, "files"), 0o750); err != nil {
		t.Fatal(err)
	}
	manifest := `{"name":"a.beeldzorg","version":"1.0.0","title":"Beeldzorg","description":"Zorg op afstand in {{plaats}}.","license":"CC-BY-4.0",
"url":"https://a.example/estafette/a.beeldzorg","dependencies":{},"wijkbaak":{"format":1,"parameters":[{"key":"plaats","question":"Waar?","default":"de wijk"}]}}`
	if err := os.WriteFile(filepath.Join(folder, "package.json"), []byte(manifest), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "files", "brief.md"), []byte("Beste inwoner\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := practice.LoadKey(key, "a.example"); err != nil {
		t.Fatal(err)
	}
	tgz := filepath.Join(t.TempDir(), "a.tgz")
	must(t, "practice", "pack", folder, "--to", tgz, "--key-file", filepath.Join(key, practice.KeyFile))
	must(t, "practice", "verify", tgz)
	must(t, "user", "add", "Ans", "--email", "ans@example.nl", "--role", "lead", "--organisation", "Gemeente", "--kind", "municipality", "--data", dir)
	organisation := organisationIn(t, dir)
	refuses(t, "--base-url", "practice", "adopt", tgz, "--data", dir, "--organisation", organisation, "--tell")
	refuses(t, "practices.wrong.trust", "practice", "adopt", tgz, "--data", dir, "--organisation", organisation)
	refuses(t, "practices.wrong.organisation", "practice", "adopt", tgz, "--data", dir, "--organisation", "other", "--trust")
	out := must(t, "practice", "adopt", tgz, "--data", dir, "--organisation", organisation, "--trust", "--answer", "plaats=Zeist")
	if !strings.Contains(out, "Waar? Zeist") || !strings.Contains(out, "Signed by a.example") || !strings.Contains(out, "Taken over as a draft: /initiatieven/beeldzorg") {
		t.Error(out)
	}
	if out := must(t, "practice", "list", "--data", dir); strings.Contains(out, "here ") {
		t.Errorf("a draft is offered: %s", out)
	}
}

// organisationIn gives the id of the only organisation in a data folder.
func organisationIn(t *testing.T, dir string) string {
	t.Helper()
	a, ctx, err := dataSettings{Data: dir}.ready(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close() //nolint:errcheck // it was only read
	list, err := a.People.Organisations(ctx, a.DB)
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	return list[0].ID
}
