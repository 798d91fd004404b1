package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"

	"wijkbaak.nl/internal/protocol/practice"
)

// practiceFileCmds work on files alone, without any data of ours.
type practiceFileCmds struct {
	Pack   practicePackCmd   `cmd:"" help:"Make a package of a folder with package.json, parts, schemas and files." example:"wijkbaak practice pack beeldzorg --to beeldzorg-1.0.0.tgz --key-file /var/lib/wijkbaak/relay.key"`
	Verify practiceVerifyCmd `cmd:"" help:"Check a package: that it is safe, whole, open, and signed by whom." example:"wijkbaak practice verify beeldzorg-1.0.0.tgz"`
	Diff   practiceDiffCmd   `cmd:"" help:"Tell what differs between two packages." example:"wijkbaak practice diff beeldzorg-1.0.0.tgz beeldzorg-1.1.0.tgz"`
}

type practicePackCmd struct {
	Folder  string `arg:"" help:"Folder of the package."`
	To      string `required:"" placeholder:"FILE" help:"Where the package goes; its signature goes beside it, with .sig behind the name."`
	KeyFile string `placeholder:"FILE" help:"Sign with this key: relay.key of a data folder."`
	Looked  bool   `help:"You looked at what cannot be judged by a program, and it is not about people."`
}

// Run implements the sub-command.
func (p *practicePackCmd) Run(_ context.Context, c console) error {
	dir, err := os.OpenRoot(p.Folder)
	if err != nil {
		return err
	}
	defer dir.Close() //nolint:errcheck // it was only read
	pkg, err := practice.ReadFolder(dir.FS(), practice.Usual)
	if err != nil {
		return err
	}
	blocked := false
	for _, f := range practice.Scan(pkg, nil) {
		blocked = blocked || f.Certain() || !p.Looked
		sayFinding(c, f)
	}
	if blocked {
		c.say("Nothing was packed. Remove what is about people; --looked lets through what was marked \"look\".")
		return errSaid
	}
	tgz, err := practice.Pack(pkg)
	if err != nil {
		return err
	}
	if err := os.WriteFile(p.To, tgz, 0o644); err != nil { //nolint:gosec // it is made to be handed out
		return err
	}
	c.say("%s %s: %d bytes, sha256 %s", pkg.Manifest.Name, pkg.Manifest.Version, len(tgz), practice.Hash(tgz))
	if p.KeyFile == "" {
		c.say("Not signed: no one takes it over without a signature. Use --key-file.")
		return nil
	}
	text, err := os.ReadFile(p.KeyFile)
	if err != nil {
		return err
	}
	key, err := practice.ParseKey(string(text))
	if err != nil {
		return err
	}
	signed, err := key.SignPackage(pkg.Manifest.Name, pkg.Manifest.Version, tgz)
	if err != nil {
		return err
	}
	c.say("Signed by %s, %s", key.Name(), practice.Fingerprint(key.Public()))
	return os.WriteFile(p.To+".sig", []byte(signed), 0o644) //nolint:gosec // it is made to be handed out
}

func sayFinding(c console, f practice.Finding) {
	word := "look"
	if f.Certain() {
		word = "WRONG"
	}
	c.say("%-5s %s %s: %s %s", word, strings.TrimPrefix(f.Path, "package/"), f.At, f.Sign, f.Text)
}

type practiceVerifyCmd struct {
	File      string `arg:"" help:"The package."`
	Signature string `placeholder:"FILE" help:"Its signature. Without this it is looked for beside the package, with .sig behind the name."`
	Key       string `placeholder:"TEXT" help:"Fingerprint of the key that must have signed it, as the page of the sender shows it."`
}

// Run implements the sub-command.
func (v *practiceVerifyCmd) Run(_ context.Context, c console) error {
	tgz, pkg, err := readPackage(v.File)
	if err != nil {
		return err
	}
	m := pkg.Manifest
	c.say("%s %s, %s, %d parts, %d files, sha256 %s", m.Name, m.Version, m.License, len(pkg.Parts), len(pkg.Files), practice.Hash(tgz))
	for _, f := range practice.Scan(pkg, nil) {
		sayFinding(c, f)
	}
	if v.Signature == "" {
		v.Signature = v.File + ".sig"
	}
	text, err := os.ReadFile(v.Signature)
	if err != nil {
		c.say("WRONG: there is no signature")
		return err
	}
	_, s, err := practice.Receive(tgz, strings.ReplaceAll(string(text), "\r\n", "\n"), practice.Usual)
	if err != nil {
		return err
	}
	mark := practice.Fingerprint(s.Key)
	c.say("Signed by %s, %s", practice.KeyName(s.Key), mark)
	if v.Key != "" && strings.ReplaceAll(v.Key, " ", "") != strings.ReplaceAll(mark, " ", "") {
		return fmt.Errorf("it was signed by another key than %s", v.Key)
	}
	return nil
}

type practiceDiffCmd struct {
	Old string `arg:"" help:"The package to begin with."`
	New string `arg:"" help:"The package to compare it with."`
}

// Run implements the sub-command.
func (d *practiceDiffCmd) Run(_ context.Context, c console) error {
	_, a, err := readPackage(d.Old)
	if err != nil {
		return err
	}
	_, b, err := readPackage(d.New)
	if err != nil {
		return err
	}
	list, err := practice.Diff(a, b)
	if err != nil {
		return err
	}
	for _, x := range list {
		part := x.Part
		if part == "" {
			part = "package.json"
		}
		c.say("%s %s", part, x.At)
		if x.Old != "" {
			c.say("  - %s", strings.ReplaceAll(x.Old, "\n", "\n    "))
		}
		if x.New != "" {
			c.say("  + %s", strings.ReplaceAll(x.New, "\n", "\n    "))
		}
	}
	if len(list) == 0 {
		c.say("They are the same.")
	}
	return nil
}

func readPackage(path string) ([]byte, practice.Package, error) {
	tgz, err := readUpTo(path, practice.Usual.Packed)
	if err != nil {
		return nil, practice.Package{}, err
	}
	p, err := practice.Read(bytes.NewReader(tgz), practice.Usual)
	if err != nil {
		err = fmt.Errorf("%s: %w", path, err)
	}
	return tgz, p, err
}
