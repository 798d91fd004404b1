package app_test

import (
	"bytes"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"wijkbaak.nl/internal/apptest"
	"wijkbaak.nl/internal/base/returncode"
)

var formCarries = regexp.MustCompile(`name="(staat|uitkomst|verder)" value="([^"]*)"`)

func carried(body, name string) string {
	for _, m := range formCarries.FindAllStringSubmatch(body, -1) {
		if m[1] == name {
			return html.UnescapeString(m[2])
		}
	}
	return ""
}

// TestTheTwoStepsOfTheHealthCheck goes from a letter to a questionnaire of another
// room, and back with its outcome alone.
func TestTheTwoStepsOfTheHealthCheck(t *testing.T) {
	w := apptest.SQLite(t, apptest.Options{})
	// The code that the demonstration tells.
	code := returncode.New(bytes.NewReader(bytes.Repeat([]byte{31}, 16))).String()
	c := w.Client()
	card := c.Get("/gezondheidscheck/code/" + code)
	back := carried(card.Body, "verder")
	if card.Status != http.StatusOK || !strings.HasSuffix(back, code+"/uitkomst") {
		t.Fatalf("%d %q", card.Status, back)
	}
	start := regexp.MustCompile(`action="(/keuzehulp/lijst/[^"]+)"`).FindStringSubmatch(card.Body)[1]
	first := c.Post(start, "verder", back, "hoe", "alles")
	end := c.Post(start, "doe", "stuur", "staat", carried(first.Body, "staat"), "op", "0,2,3,4,5,6,7,8,9,10", "v0", "70", "v2", "2", "v3", "2", "v4", "2",
		"v5", "true", "v6", "2", "v7", "2", "v8", "true", "v9", "2", "v10", "false")
	outcome := carried(end.Body, "uitkomst")
	if outcome == "" {
		t.Fatalf("%d %s", end.Status, end.Body)
	}
	found := c.Post(back, "uitkomst", outcome)
	if !strings.Contains(found.Body, "Uw uitkomst is: hoog") {
		t.Fatal(found.Body)
	}
	if p := c.Post("/gezondheidscheck/code/"+code+"/keuze", "uitkomst", outcome, "delen", "risk"); p.Status != http.StatusOK && p.Status != http.StatusSeeOther {
		t.Fatal(p.Status, p.Body)
	}
	if p := c.Get("/gezondheidscheck/code/" + code); !strings.Contains(p.Body, "Een afspraak kiezen") {
		t.Error(p.Body)
	}
	// Nobody is led to another website, or out of the pages of the health check.
	for _, to := range []string{"https://elders.example/gezondheidscheck/code/x", "//elders", "/beheer/mensen", "/gezondheidscheck/codex"} {
		if p := c.Post(start, "verder", to, "hoe", "alles"); strings.Contains(c.Post(start, "doe", "stuur", "staat", carried(p.Body, "staat"), "op", "0,2,3,4,5,6,7,8,9,10",
			"v0", "70", "v2", "0", "v3", "0", "v4", "0", "v5", "false", "v6", "0", "v7", "0", "v8", "false", "v9", "0", "v10", "false").Body, `name="uitkomst"`) {
			t.Errorf("the outcome goes to %s", to)
		}
	}
}
