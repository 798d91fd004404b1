package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestPeopleFromTheShell(t *testing.T) {
	dir := t.TempDir()
	must(t, "migrate", "--data", dir)
	at := func(args ...string) []string { return append(args, "--data", dir) }
	refuses(t, "add --kind", at("user", "add", "Ans", "--email", "ans@example.nl", "--role", "operator", "--organisation", "Gemeente")...)
	refuses(t, "must be one of", at("user", "add", "Ans", "--email", "ans@example.nl", "--role", "baas")...)
	must(t, at("user", "add", "Ans", "--email", "ans@example.nl", "--role", "operator", "--organisation", "Gemeente", "--kind", "municipality")...)
	refuses(t, "already an account", at("user", "add", "Ans", "--email", "ans@example.nl")...)
	must(t, at("user", "add", "Kees", "--email", "Kees@Example.nl")...)
	must(t, at("user", "grant", "kees@example.nl", "coach", "--organisation", "gemeente", "--place", "/0503", "--on-duty", "--until", "2099-01-31")...)
	list := must(t, at("user", "list")...)
	if !strings.Contains(list, "Ans") || !regexp.MustCompile(`coach\s+/0503\s+Gemeente`).MatchString(list) {
		t.Error(list)
	}
	role := regexp.MustCompile(`(\S+)\s+coach`).FindStringSubmatch(list)[1]
	must(t, at("user", "end", role)...)
	if list = must(t, at("user", "list", "--search", "kees")...); strings.Contains(list, "coach") {
		t.Error(list)
	}
	if out := must(t, at("user", "token", "site", "--organisation", "Gemeente", "--scopes", "questions:write")...); !strings.HasPrefix(out, "wbk_") {
		t.Error(out)
	}
	must(t, at("user", "reset", "ans@example.nl")...)
	must(t, at("user", "close", "kees@example.nl")...)
	refuses(t, "there is no account", at("user", "close", "niemand@example.nl")...)
	refuses(t, "must be one of", at("user", "grant", "ans@example.nl", "baas")...)
	// In the words of a terminal: no page, no screen, no choice that is nothing.
	for _, args := range [][]string{{"user", "end", "xyz"}, {"user", "add", "X", "--email", "geenadres"}, {"user", "add", "X", "--email", "x@example.nl", "--role", "koning"},
		{"user", "grant", "ans@example.nl", "coach", "--organisation", "Gemeente", "--place", "onzin"}, {"user", "token", "x", "--organisation", "Gemeente", "--scopes", "onzin"}} {
		code, out := do(t, at(args...)...)
		for _, bad := range []string{"page", "screen", "filled in", "beside", `""`} {
			if code == 0 || strings.Contains(out, bad) {
				t.Errorf("%v: %d %s", args, code, out)
			}
		}
	}
	refuses(t, "there is no role xyz", at("user", "end", "xyz")...)
	refuses(t, "email: ", at("user", "add", "X", "--email", "geenadres")...)
	refuses(t, "cannot be less than 0", "serve", "--rate=-1", "--listen", "127.0.0.1:0", "--data", dir)
	refuses(t, "last administrator", at("user", "close", "ans@example.nl")...)
}

func TestImportFromTheShell(t *testing.T) {
	dir := t.TempDir()
	must(t, "migrate", "--data", dir)
	const demo = "../../internal/feature/initiatives/demo/"
	files := []string{demo + "initiatives.yaml", demo + "barriers.yaml", demo + "factors.yaml", "--data", dir}
	if out := must(t, append([]string{"import", "cases", "--dry-run"}, files...)...); !strings.Contains(out, "Nothing was changed") {
		t.Error(out)
	}
	if out := must(t, append([]string{"import", "cases"}, files...)...); !strings.Contains(out, " 0 the same, 0 refused.") {
		t.Error(out)
	}
	if out := must(t, append([]string{"import", "cases"}, files...)...); !strings.HasPrefix(lastLine(out), "0 new, 0 changed") {
		t.Error(out)
	}
	broken := filepath.Join(t.TempDir(), "broken.yaml")
	if err := os.WriteFile(broken, []byte("initiatives:\n  - id: x\n    naam: y\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	refuses(t, "broken.yaml, line", "import", "cases", broken, "--data", dir)

	table := filepath.Join(t.TempDir(), "pc4.csv")
	if err := os.WriteFile(table, []byte("pc4,gm,gemeente,lat,lon,inwoners,km2\n2611,0503,Delft,52.01,4.36,9000,0.9\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out := must(t, "import", "places", table, "--dry-run", "--data", dir); !strings.Contains(out, "1 new") {
		t.Error(out)
	}
	if out := must(t, "import", "places", table, "--data", dir); !strings.Contains(out, "1 new") {
		t.Error(out)
	}
	if err := os.WriteFile(table, []byte("pc4,gm,gemeente,lat,lon,inwoners,km2\nabcd,0503,Delft,52.01,4.36,9000,0.9\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	refuses(t, "pc4.csv", "import", "places", table, "--data", dir)
	figures := filepath.Join(t.TempDir(), "kwb.csv")
	if err := os.WriteFile(figures, []byte("gwb_code;regio;a_inw;bev_dich;ste_oad\nGM0503;Delft;9000;4200,5;.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if out := must(t, "import", "places", figures, "--dry-run", "--data", dir); !strings.Contains(out, "1 new") || !strings.Contains(out, "GM0503 Delft") {
			t.Error(out)
		}
	}
	if out := must(t, "import", "places", figures, "--data", dir); !strings.Contains(out, "1 new") {
		t.Error(out)
	}
	refuses(t, "neither GeoJSON", "import", "places", broken, "--data", dir)
}

func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return lines[len(lines)-1]
}

// TestBackupAndRestore is the drill: everything goes, one command brings it back.
func TestBackupAndRestore(t *testing.T) {
	dir, key := t.TempDir(), filepath.Join(t.TempDir(), "keys", "backup.key")
	file := filepath.Join(t.TempDir(), "backup.age")
	must(t, "generate", "--data", dir, "--questions", "60", "--answers", "90", "--initiatives", "10")
	refuses(t, "there are data in", "generate", "--data", dir)
	must(t, "user", "add", "Ans", "--email", "ans@example.nl", "--role", "operator", "--organisation", "Gemeente", "--kind", "municipality", "--data", dir)
	first := serve(t, "--data", dir)
	out := must(t, "backup", "--data", dir, "--to", file, "--backup-key", key)
	if !strings.Contains(out, "A new key for backups was made: "+key) || !strings.Contains(out, "read back and checked") {
		t.Error(out)
	}
	_, before := page(t, "http://"+first.addr+"/vragen")
	if err := first.stop(); err != nil {
		t.Error(err)
	}
	refuses(t, "exists", "backup", "--data", dir, "--to", file, "--backup-key", key)
	if out := must(t, "restore", "--check", "--from", file, "--backup-key", key); !strings.Contains(out, "is whole") {
		t.Error(out)
	}
	refuses(t, "there is data already", "restore", "--from", file, "--data", dir, "--backup-key", key)
	refuses(t, "key for backups is not there", "restore", "--from", file, "--data", dir, "--backup-key", key+"x")
	empty := filepath.Join(t.TempDir(), "new")
	refuses(t, "not a backup", "restore", "--from", "commands_test.go", "--data", empty, "--backup-key", key)
	if _, err := os.Stat(empty); err == nil {
		t.Error("a refused restore made a folder")
	}
	must(t, "restore", "--from", file, "--data", empty, "--backup-key", key)
	again := serve(t, "--data", empty, "--no-migrate")
	if _, after := page(t, "http://"+again.addr+"/vragen"); titles(after) != titles(before) || titles(after) == "" {
		t.Errorf("the page of questions is another one:\n%s\n%s", titles(before), titles(after))
	}
	if err := again.stop(); err != nil {
		t.Error(err)
	}
	if out := must(t, "user", "list", "--data", empty); !strings.Contains(out, "Ans") {
		t.Error(out)
	}
	if out := must(t, "audit", "verify", "--data", empty); !strings.Contains(out, "Nothing was changed") {
		t.Error(out)
	}
	must(t, "restore", "--from", file, "--data", empty, "--backup-key", key, "--force")
}

var titleLink = regexp.MustCompile(`href="/vragen/[0-9a-f-]{36}"[^>]*>[^<]*`)

func titles(page string) string { return strings.Join(titleLink.FindAllString(page, -1), "\n") }

// TestKeyOfBackupsInTheDataFolder: the home of the account of the service is the
// data folder, and so is its settings folder.
func TestKeyOfBackupsInTheDataFolder(t *testing.T) {
	dir := t.TempDir()
	must(t, "migrate", "--data", dir)
	t.Setenv("HOME", dir)
	t.Setenv("XDG_CONFIG_HOME", "")
	refuses(t, "lies in the data folder", "backup", "--data", dir, "--to", filepath.Join(t.TempDir(), "b.age"))
	if _, err := os.Stat(filepath.Join(dir, ".config")); err == nil {
		t.Error("it made the key all the same")
	}
}

func TestSearchRebuildWhileServing(t *testing.T) {
	dir := t.TempDir()
	must(t, "generate", "--data", dir, "--questions", "40", "--answers", "60", "--initiatives", "5")
	r := serve(t, "--data", dir)
	must(t, "search", "rebuild", "--data", dir)
	if status, _ := page(t, "http://"+r.addr+"/zoeken?vraag=hulp"); status != 200 {
		t.Error(status)
	}
	if err := r.stop(); err != nil {
		t.Error(err)
	}
}

func TestDoctor(t *testing.T) {
	base, second := t.TempDir(), t.TempDir()
	dir := filepath.Join(base, "data")
	has := func(out string, want ...string) {
		t.Helper()
		for _, w := range want {
			if !regexp.MustCompile(w).MatchString(out) {
				t.Errorf("without %s:\n%s", w, out)
			}
		}
	}
	code, out := do(t, "doctor", "--data", dir)
	has(out, `WRONG +data .*does not exist`)
	if code != 1 {
		t.Error(code)
	}
	must(t, "migrate", "--data", dir)
	code, out = do(t, "doctor", "--data", dir, "--base-url", "https://vraag.example.nl", "--checkpoints", second)
	has(out, `ok +base-url`, `ok +data`, `ok +disk`, `ok +keys`, `ok +checkpoints`, `ok +database +SQLite`, `ok +migrations`, `ok +jobs`, `ok +search`, `look +mail`, `Nothing is wrong`)
	if code != 0 {
		t.Error(code, out)
	}
	for _, p := range []string{dir, filepath.Join(dir, "audit.key")} {
		if err := os.Chmod(p, 0o755); err != nil { //nolint:gosec // that is what it must find
			t.Fatal(err)
		}
	}
	code, out = do(t, "doctor", "--data", dir, "--base-url", "http://vraag.example.nl", "--checkpoints", filepath.Join(dir, "c"), "--rate", "0",
		"--smtp-host", "127.0.0.1", "--smtp-port", "1", "--smtp-from", "a@example.nl", "--listen", ":80", "--proxy-header", "X-Forwarded-For", "--backup-key", filepath.Join(dir, "b.key"))
	has(out, `WRONG +base-url .*without https`, `look +data .*chmod 700`, `WRONG +keys .*chmod 600`, `WRONG +checkpoints`, `WRONG +mail .*cannot be reached`, `look +rate`, `look +proxy-header`, `WRONG +backup key`)
	if code != 1 {
		t.Error(code)
	}
	if err := os.Chmod(filepath.Join(dir, "audit.key"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"wijkbaak.db-wal", "wijkbaak.db-shm"} { // the journal would mend it
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "wijkbaak.db"), []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, out = do(t, "doctor", "--data", dir)
	has(out, `WRONG +database .*restore the last backup`)
	refuses(t, "restore the last backup", "user", "list", "--data", dir)
	_, out = do(t, "doctor", "--data", t.TempDir(), "--database", "postgres://wb:geheim@127.0.0.1:1/x")
	has(out, `WRONG +database .*cannot be reached`)
	if strings.Contains(out, "geheim") {
		t.Error("the password is shown")
	}
}
