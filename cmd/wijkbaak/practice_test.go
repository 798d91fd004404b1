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
