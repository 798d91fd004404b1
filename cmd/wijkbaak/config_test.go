package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// parsed reads a command line as main does, with a settings file of this text.
func parsed(t *testing.T, file string, args ...string) (*commands, error) {
	t.Helper()
	if file != "" {
		path := filepath.Join(t.TempDir(), "wijkbaak.yaml")
		if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, "--config", path)
	}
	var out bytes.Buffer
	k, cli, err := newParser(console{&out, &out, nil}, func(int) { t.Error("it would exit") })
	if err != nil {
		t.Fatal(err)
	}
	_, err = k.Parse(args)
	return cli, err
}

func TestSettingsGoBeforeOneAnother(t *testing.T) {
	const file = "# of the municipality\nname: uit bestand\nrate: 3\nsmtp-port: 25\noidc-scopes: [zorg, naam]\nmigrate: false\nlisten: 127.0.0.1:1\n"
	t.Setenv("WIJKBAAK_NAME", "uit omgeving")
	t.Setenv("WIJKBAAK_RATE", "4")
	cli, err := parsed(t, file, "serve", "--rate", "5")
	if err != nil {
		t.Fatal(err)
	}
	s := cli.Serve
	if s.Rate != 5 || s.Name != "uit omgeving" || s.SMTPPort != 25 || s.Theme != "duin" || s.Migrate || !slices.Equal(s.OIDCScopes, []string{"zorg", "naam"}) {
		t.Errorf("%+v", s)
	}
	if cli, err = parsed(t, "", "serve"); err != nil || cli.Serve.Rate != 4 || !cli.Serve.Migrate || cli.Serve.SMTPPort != 587 {
		t.Errorf("%+v %v", cli.Serve, err)
	}
}

func TestSettingsFileOfTheEnvironment(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.yaml")
	if err := os.WriteFile(path, []byte("name: Zo heet het\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("WIJKBAAK_CONFIG", path)
	cli, err := parsed(t, "", "serve")
	if err != nil || cli.Serve.Name != "Zo heet het" {
		t.Errorf("%q %v", cli.Serve.Name, err)
	}
	t.Setenv("WIJKBAAK_CONFIG", path+".gone")
	if _, err := parsed(t, "", "serve"); err == nil || !strings.Contains(err.Error(), "a.yaml.gone") {
		t.Error(err)
	}
}

func TestSettingsFileSaysWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		want []string
	}{
		"unknown":      {"name: a\nlisen: 127.0.0.1:1\n", []string{"wijkbaak.yaml:2:1", `no setting "lisen"`, "did you mean listen?"}},
		"two unknown":  {"foo-bar: 1\nquux-baz: 2\n", []string{":1:1", ":2:1"}},
		"of one run":   {"dry-run: true\n", []string{":1:1", "dry-run"}},
		"itself":       {"config: x\n", []string{":1:1"}},
		"twice":        {"name: a\nname: b\n", []string{"2:1"}},
		"twice over":   {"name: a\n---\nname: b\n", []string{":3:1", "twice"}},
		"wrong number": {"data: x\nrate: veel\n", []string{":2:7", "rate"}},
		"wrong choice": {"theme: roze\n", []string{"roze", "theme"}},
		"no value":     {"name:\n", []string{":1:", "missing"}},
		"a tree":       {"smtp:\n  host: x\n", []string{":1:1", `"smtp"`}},
		"a tree in":    {"name:\n  host: x\n", []string{":2:", "one value"}},
		"a list":       {"- name\n", []string{":1:1", "name: value"}},
		"no YAML":      {"name: [a\n", []string{"wijkbaak.yaml", "1:"}},
		"tabs":         {"name:\n\t- a\n", []string{"wijkbaak.yaml", "2:"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parsed(t, c.file, "serve")
			if err == nil {
				t.Fatal("it was taken")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("without %q: %v", want, err)
				}
			}
		})
	}
	for _, file := range []string{"# nothing\n", "\n", "name: \"a: b\" # note\n", "name: |\n  a\n"} {
		if _, err := parsed(t, file, "serve"); err != nil {
			t.Errorf("%q: %v", file, err)
		}
	}
}

func FuzzSettingsFile(f *testing.F) {
	for _, s := range []string{"name: a\nrate: 3\n", "oidc-scopes: [a, b]\n", "name: &x a\n", "? a\n: b\n", "---\nname: a\n---\nname: b\n", "name: !!int a", "<<: *a"} {
		f.Add([]byte(s))
	}
	k, _, err := newParser(console{}, func(int) {})
	if err != nil {
		f.Fatal(err)
	}
	known := settingsOf(k.Model.Node)
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := parseConfig("f", text, known)
		if err == nil {
			for name := range s.values {
				if known[name] == nil {
					t.Errorf("took %q", name)
				}
			}
		}
	})
}

func model(t *testing.T) *kong.Application {
	t.Helper()
	k, _, err := newParser(console{}, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	return k.Model
}

func TestEveryCommandHasAnExample(t *testing.T) {
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"--help"}, console{&out, &errs, nil}); code != 0 || errs.Len() > 0 {
		t.Fatal(code, errs.String())
	}
	for _, n := range model(t).Leaves(true) {
		example := n.Tag.Get("example")
		words := strings.Fields(n.FullPath())
		if !strings.HasPrefix(example, strings.Join(words, " ")) {
			t.Errorf("%s has the example %q", n.FullPath(), example)
		}
		if !strings.Contains(out.String(), example) || !strings.Contains(out.String(), n.Help) {
			t.Errorf("wijkbaak --help does not show %s", n.FullPath())
		}
		// The example can be read by the program itself.
		if _, err := parsed(t, "", shellWords(strings.TrimPrefix(example, "wijkbaak "))...); err != nil && !strings.Contains(example, "--config") {
			t.Errorf("%s: %v", example, err)
		}
		out2, errs2 := bytes.Buffer{}, bytes.Buffer{}
		if code := run(t.Context(), append(words[1:], "--help"), console{&out2, &errs2, nil}); code != 0 || !strings.Contains(out2.String(), example) {
			t.Errorf("%s --help: %d %s", n.FullPath(), code, out2.String())
		}
	}
}

// shellWords splits as a shell does, with double quotes.
func shellWords(s string) []string {
	var list []string
	for i, part := range strings.Split(s, `"`) {
		if i%2 == 1 {
			list = append(list, part)
		} else {
			list = append(list, strings.Fields(part)...)
		}
	}
	return list
}

func TestEverySettingIsExplained(t *testing.T) {
	seen := map[string]string{}
	for _, n := range model(t).Leaves(true) {
		for _, f := range n.Flags {
			if f.Help == "" {
				t.Errorf("%s --%s has no help", n.FullPath(), f.Name)
			}
			if !isSetting(f) {
				continue
			}
			if want := "WIJKBAAK_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_")); f.Envs[0] != want {
				t.Errorf("--%s is %s in the environment, not %s", f.Name, f.Envs[0], want)
			}
			if help, ok := seen[f.Name]; ok && help != f.Help {
				t.Errorf("--%s is explained in two ways", f.Name)
			}
			seen[f.Name] = f.Help
		}
	}
	for name := range seen {
		if strings.Contains(name, "password") && !strings.HasSuffix(name, "-file") {
			t.Errorf("--%s is a secret on the command line", name)
		}
	}
}
