package app_test

import (
	"archive/zip"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"wijkbaak.nl/internal/apptest"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/mail"
)

// What the privacy officer asks of the whole program: that a person who goes
// leaves nothing behind, in no table, no job, no index and no byte of a file.

// The person of these tests has marks that stand nowhere else.
const (
	markName    = "Kanariegeel"
	markOld     = "oud.kwikstaart@vogel.example"
	markMail    = "nieuw.roodborst@vogel.example"
	markPhone   = "+31698989898"
	markCalled  = "0697979797" // as a coach notes it down
	markNote    = "steltkluut" // what the team writes for itself
	markPrivate = "pimpelmees"
	markPublic  = "boomklever"
	markStory   = "ijsvogeltje"
	markKey     = "sleutelbloempje"
	markHeld    = "braamsluiper"
	markTyped   = "goudhaantje" // the name beside a question
	markEdited  = "winterkoning"
)

// personal is all that may be nowhere once the person has gone.
var personal = []string{markName, markOld, markMail, markPhone, markCalled, markNote, markPrivate, markStory, markKey, markHeld, markTyped, markEdited}

var (
	codeInLetter = regexp.MustCompile(`\b\d{3} \d{3}\b`)
	ownAddress   = regexp.MustCompile(`^/terug/([a-z-]+)`)
	followLink   = regexp.MustCompile(`/volgen/[\w-]+`)
)

// bird is that person, in the world.
type bird struct {
	w                       *apptest.World
	t                       *testing.T
	c                       *apptest.Client
	id, question, ownCode   string
	private, held, answered string
}

// exec changes rows that no page changes.
func exec(t *testing.T, w *apptest.World, query string, args ...any) {
	t.Helper()
	err := w.App.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func one(t *testing.T, w *apptest.World, query string, args ...any) string {
	t.Helper()
	v, err := db.One(t.Context(), w.App.DB, db.Value[string], query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return v
}

// ok sends a form and wants it to be taken.
func ok(t *testing.T, p apptest.Page) apptest.Page {
	t.Helper()
	if p.Status != 200 {
		t.Fatalf("%s answers %d: %.300s", p.Path, p.Status, p.Text())
	}
	return p
}

// letterWith gives what a letter to an address has of a form.
func letterWith(t *testing.T, w *apptest.World, to string, form *regexp.Regexp) string {
	t.Helper()
	for _, m := range w.Mails(to) {
		if found := form.FindString(m.Text); found != "" {
			return found
		}
	}
	t.Fatalf("no letter to %s has %s", to, form)
	return ""
}

// signsIn proves an address by the code of the letter.
func signsIn(t *testing.T, w *apptest.World, c *apptest.Client, path, address string) {
	t.Helper()
	p := ok(t, c.Post(path, "email", address))
	at, err := url.Parse(p.Path)
	if err != nil {
		t.Fatal(err)
	}
	code := letterWith(t, w, address, codeInLetter)
	to := "/aanmelden/code"
	if path != "/aanmelden" {
		to = path + "/code"
	}
	ok(t, c.Post(to, "stap", at.Query().Get("stap"), "code", code))
}

// landed has the person do everything that leaves a trace.
func landed(t *testing.T, w *apptest.World) bird {
	t.Helper()
	b := bird{w: w, t: t, c: w.Client()}
	signsIn(t, w, b.c, "/aanmelden", markOld)
	b.id = one(t, w, `SELECT id FROM person WHERE email = $1`, markOld)
	ok(t, b.c.Post("/mijn", "name", markName, "phone", markPhone, "language", "nl"))
	signsIn(t, w, b.c, "/mijn/e-mail", markMail)

	asks := func(pairs ...string) string {
		p := ok(t, b.c.Post("/vragen", pairs...))
		b.ownCode = ownAddress.FindStringSubmatch(p.Path)[1]
		return one(t, w, `SELECT id FROM question WHERE asker = $1 ORDER BY id DESC LIMIT 1`, b.id)
	}
	b.held = asks("vraag", "Wie kent een online casino "+markHeld, "wie", "neighbourhood")
	b.private = asks("vraag", "Ik schaam mij "+markPrivate, "uitleg", "Heel "+markPrivate, "wie", "team", "email", markMail, "telefoon", markPhone)
	b.question = asks("vraag", "Wie leent mij een "+markPublic, "uitleg", "Ik zoek een "+markPublic, "naam", markTyped, "postcode", "3209 EA",
		"wie", "neighbourhood", "email", markMail, "telefoon", markPhone)
	ok(t, b.c.Post("/terug/"+b.ownCode+"/bericht", "bericht", "Bel mij op "+markPrivate))
	ok(t, b.c.Post("/verhalen", "titel", "Mijn "+markStory, "verhaal", strings.Repeat("Ik leef met een "+markStory+". ", 4), "naam", markTyped, "akkoord", "ja"))

	other := one(t, w, `SELECT id FROM question WHERE listed AND status = 'open' AND asker IS NULL ORDER BY id LIMIT 1`)
	ok(t, b.c.Post("/vragen/"+other+"/antwoord", "antwoord", "Vroeger zei ik "+markEdited))
	b.answered = one(t, w, `SELECT id FROM answer WHERE person = $1`, b.id)
	ok(t, b.c.Post("/antwoorden/"+b.answered+"/wijzigen", "antwoord", "Nu zeg ik "+markPublic))
	ok(t, b.c.Post("/vragen/"+other+"/antwoord", "antwoord", "Mijn nummer is 123456789 "+markHeld))
	ok(t, b.c.Post("/vragen/"+other+"/volgen", "email", markMail))
	ok(t, b.c.Post(letterWith(t, w, markMail, followLink)))

	// What the team writes about the person is about the person too.
	coach := w.As(apptest.Coach)
	for _, id := range []string{b.question, b.private} {
		desk := "/werkbank/" + id
		ok(t, coach.Post(desk+"/notitie", "notitie", "Heet "+markName+", "+markNote))
		ok(t, coach.Post(desk+"/bericht", "bericht", "Dag "+markName+", mag het "+markCalled+" zijn?"))
		team := one(t, w, `SELECT id FROM organisation ORDER BY id LIMIT 1`)
		ok(t, coach.Post(desk+"/doorgeven", "organisatie", team, "overdracht", "Dit is "+markName+", "+markNote))
	}
	ok(t, coach.Post("/werkbank/"+b.question+"/sluiten", "reden", "solved", "toelichting", "Gebeld over "+markNote))
	ok(t, coach.Post("/werkbank/"+b.question+"/heropenen"))

	// A second device, the ways to sign in that need one, and letters that wait
	// or that no server took.
	w.Settle()
	exec(t, w, `INSERT INTO passkey (id, person, credential, data, name, created_at) VALUES ('pk', $1, $2, '{}', $3, 1)`, b.id, []byte(markKey), markKey)
	exec(t, w, `UPDATE session SET second_factor = TRUE WHERE person = $1`, b.id)
	exec(t, w, `INSERT INTO identity (issuer, subject, person, created_at) VALUES ('https://idp.example', $1, $2, 1)`, markKey, b.id)
	exec(t, w, `INSERT INTO totp (person, secret, confirmed, last_step, fails, created_at) VALUES ($1, $2, FALSE, 0, 0, 1)`, b.id, []byte(markKey))
	for range 2 {
		err := w.App.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			return mail.Enqueue(ctx, tx, mail.Message{To: markMail, Subject: "Er is een antwoord", Text: "Dag " + markName})
		})
		if err != nil {
			t.Fatal(err)
		}
		exec(t, w, `UPDATE job SET failed_at = 1 WHERE kind = 'mail.send' AND id = (SELECT MIN(id) FROM job WHERE kind = 'mail.send')`)
	}
	return b
}

// anywhere lists the cells of the database in which one of the words stands, as
// "table.column: row".
func anywhere(t *testing.T, w *apptest.World, words ...string) []string {
	t.Helper()
	list := `SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`
	if w.App.DB.Engine() == db.Postgres {
		list = `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY table_name`
	}
	tables, err := db.All(t.Context(), w.App.DB, db.Value[string], list)
	if err != nil || len(tables) < 20 {
		t.Fatal(tables, err)
	}
	var found []string
	for _, table := range tables {
		rows, err := w.App.DB.Query(t.Context(), "SELECT * FROM "+table)
		if err != nil {
			t.Fatal(table, err)
		}
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			cells := make([]sql.RawBytes, len(columns))
			into := make([]any, len(columns))
			for i := range cells {
				into[i] = &cells[i]
			}
			if err := rows.Scan(into...); err != nil {
				t.Fatal(table, err)
			}
			for i, cell := range cells {
				for _, word := range words {
					if strings.Contains(strings.ToLower(string(cell)), strings.ToLower(word)) {
						found = append(found, fmt.Sprintf("%s.%s: %s in %.80q", table, columns[i], word, cells[0]))
					}
				}
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(table, err)
		}
	}
	return found
}

// bytesOf lists the files of the data in which one of the words stands. The
// folder of letters is that of the demo: a copy of what went out.
func bytesOf(t *testing.T, w *apptest.World, words ...string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(w.App.Settings.Data, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			if e.Name() == "post" {
				return fs.SkipDir
			}
			return err
		}
		b, err := os.ReadFile(path)
		for _, word := range words {
			for _, form := range []string{word, strings.ToLower(word)} {
				if n := strings.Count(string(b), form); n > 0 {
					found = append(found, fmt.Sprintf("%s has %s %d times", e.Name(), form, n))
				}
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestErasedPersonIsNowhere(t *testing.T) {
	apptest.Each(t, apptest.Options{}, func(t *testing.T, w *apptest.World) {
		b := landed(t, w)
		session := one(t, w, `SELECT id FROM session WHERE person = $1`, b.id)
		for _, word := range append([]string{b.id, session}, personal...) {
			if word != markOld && len(anywhere(t, w, word)) == 0 { // that went with the change of address
				t.Errorf("%s stood nowhere before: the test proves nothing of it", word)
			}
		}
		if p := b.c.Post("/mijn/sluiten", "zeker", "ja"); p.Status != 200 || len(b.c.Cookies()) != 0 {
			t.Fatalf("closing answers %d; cookies %v", p.Status, b.c.Cookies())
		}
		w.Settle()
		for _, where := range anywhere(t, w, personal...) {
			t.Error("after the person has gone, ", where)
		}
		// The log keeps who did what for five years, as ids; a session is no person.
		for _, where := range anywhere(t, w, b.id, session) {
			if !strings.HasPrefix(where, "audit_event.") {
				t.Error("after the person has gone, ", where)
			}
		}
		if w.App.DB.Engine() == db.SQLite {
			for _, where := range bytesOf(t, w, personal...) {
				t.Error("in the bytes of the file: ", where)
			}
		}
		// What neighbours read stays, as nobody's.
		if p := w.As(apptest.Anonymous).Get("/vragen/" + b.question); p.Status != 200 || !strings.Contains(p.Text(), markPublic) {
			t.Errorf("the public question answers %d", p.Status)
		}
		if name := one(t, w, `SELECT name || postcode || COALESCE(asker, '') FROM question WHERE id = $1`, b.question); name != "" {
			t.Errorf("the public question is still of %q", name)
		}
		if name := one(t, w, `SELECT name || COALESCE(person, '') FROM answer WHERE id = $1`, b.answered); name != "" {
			t.Errorf("the answer is still of %q", name)
		}
		for _, id := range []string{b.private, b.held} {
			if n := one(t, w, `SELECT CAST(COUNT(*) AS TEXT) FROM question WHERE id = $1`, id); n != "0" {
				t.Errorf("a question that no neighbour read is still there")
			}
		}
		for _, word := range []string{markStory, markPrivate, markHeld, markTyped} {
			if p := w.As(apptest.Anonymous).Get("/zoeken?vraag=" + word); strings.Contains(strings.ReplaceAll(p.Text(), "„"+word, ""), "Mijn "+word) {
				t.Errorf("the search still finds %s", word)
			}
		}
		for _, m := range w.Mails(markMail) {
			if m.Subject == "Er is een antwoord" {
				t.Error("a letter went out to who has gone")
			}
		}
		w.Advance(time.Hour) // of the codes of before, none is the newest
		signsIn(t, w, w.Client(), "/aanmelden", markMail)
		if again := one(t, w, `SELECT id FROM person WHERE email = $1`, markMail); again == b.id {
			t.Error("who comes back gets the erased account")
		}
	})
}

// unzipped gives the files of a download by name.
func unzipped(t *testing.T, p apptest.Page) map[string]string {
	t.Helper()
	z, err := zip.NewReader(strings.NewReader(p.Body), int64(len(p.Body)))
	if err != nil || p.Header.Get("Content-Type") != "application/zip" {
		t.Fatal(p.Status, p.Header.Get("Content-Type"), err)
	}
	files := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(b)
	}
	return files
}

func TestExportHasAllOfThePersonAndNothingOfOthers(t *testing.T) {
	apptest.Each(t, apptest.Options{}, func(t *testing.T, w *apptest.World) {
		b := landed(t, w)
		other := w.As(apptest.Resident)
		ok(t, other.Post("/vragen", "vraag", "Wie helpt mij met mijn buurman?", "wie", "team", "email", "ander@vogel.example", "telefoon", "0611111111"))
		ok(t, other.Post("/vragen/"+b.question+"/antwoord", "antwoord", "Ik heb er een "+markPublic))
		files := unzipped(t, b.c.Get("/mijn/gegevens"))
		page, text := files["lees-mij.html"], files["gegevens.json"]
		var data struct {
			Parts []struct {
				Name string
				Data json.RawMessage
			}
		}
		if err := json.Unmarshal([]byte(text), &data); err != nil || len(data.Parts) != 4 {
			t.Fatalf("%v: %d parts in %.500s", err, len(data.Parts), text)
		}
		for name, file := range map[string]string{"gegevens.json": text, "lees-mij.html": page} {
			for _, word := range []string{markName, markMail, markPhone, markPrivate, markPublic, markStory, markKey, markHeld, markTyped, markEdited, "Nu zeg ik", "3209", "https://idp.example"} {
				if !strings.Contains(file, word) {
					t.Errorf("%s has no %s", name, word)
				}
			}
			for _, word := range []string{markNote, "ander@vogel.example", "0611111111", "buurman", "Ik heb er een", "resident@test.example", "coach@test.example"} {
				if strings.Contains(file, word) {
					t.Errorf("%s has %s of somebody else", name, word)
				}
			}
		}
		for _, p := range data.Parts {
			if !strings.Contains(p.Name, "Logboek") && strings.Contains(string(p.Data), w.Person(apptest.Coach)) {
				t.Errorf("%q names a colleague of the team", p.Name)
			}
		}
		// It reads without us, and asks nothing of anybody.
		if !strings.Contains(page, `<html lang="nl">`) || !strings.Contains(page, "<dt>Telefoonnummer</dt>") || !strings.Contains(page, "<dd>het wijkteam</dd>") || regexp.MustCompile(`(?i)<script|src=|href=|url\(|@import`).MatchString(page) {
			t.Errorf("the page is %.600s", page)
		}
		if left := regexp.MustCompile(`<dt>[A-Za-z_]*[a-z][A-Z_][A-Za-z]*</dt>|<dt>[a-z_]+</dt>`).FindString(page); left != "" {
			t.Errorf("the page calls something %s", left)
		}
		if page = unzipped(t, b.c.Get("/en/mijn/gegevens"))["lees-mij.html"]; !strings.Contains(page, `<html lang="en">`) || !strings.Contains(page, "<dt>Telephone number</dt>") {
			t.Errorf("in English the page is %.400s", page)
		}

		// What a coach takes along names nobody whom the coach worked for.
		file := unzipped(t, w.As(apptest.Coach).Get("/mijn/gegevens"))["gegevens.json"]
		for _, word := range append([]string{b.id}, personal...) {
			if strings.Contains(file, word) {
				t.Errorf("the export of the coach has %s", word)
			}
		}
	})
}
