package app_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"wijkbaak.nl/internal/apptest"
)

// TestOpenAPIDocument holds the description of the API to the routes: nothing is
// missing in it and nothing is too much. It leaves the document at the place
// that WIJKBAAK_OPENAPI_OUT names, for Spectral.
func TestOpenAPIDocument(t *testing.T) {
	w := apptest.SQLite(t, apptest.Options{Empty: true})
	p := w.Client().Get("/api/v1/openapi.json")
	if p.Status != 200 {
		t.Fatalf("the document answers %d: %s", p.Status, p.Body)
	}
	var doc struct {
		Servers []struct{ URL string }
		Paths   map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal([]byte(p.Body), &doc); err != nil {
		t.Fatal(err)
	}
	if out := os.Getenv("WIJKBAAK_OPENAPI_OUT"); out != "" {
		if err := os.WriteFile(out, []byte(p.Body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if len(doc.Servers) == 0 {
		t.Fatal("the document names no server")
	}
	base := strings.TrimPrefix(doc.Servers[0].URL, w.URL)
	described := map[string]bool{}
	for path, methods := range doc.Paths {
		for m := range methods {
			if m = strings.ToUpper(m); m == "GET" || m == "POST" || m == "PUT" || m == "DELETE" {
				described[m+" "+base+path] = true
			}
		}
	}
	for _, r := range w.App.Router.Routes() {
		if !strings.HasPrefix(r.Pattern, "/api/") {
			continue
		}
		key := r.Method + " " + r.Pattern
		if !described[key] {
			t.Errorf("%s is not in the document", key)
		}
		delete(described, key)
	}
	for key := range described {
		t.Errorf("the document describes %s, which does not exist", key)
	}
}
