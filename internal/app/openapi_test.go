package app_test

import (
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"wijkbaak.nl/internal/app"
	"wijkbaak.nl/internal/apptest"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/protocol/openapi"
	"wijkbaak.nl/internal/trust/people"
)

// TestOpenAPIDocument holds the description of the API to the routes: nothing is
// missing in it and nothing is too much. It leaves the document at the place
// that WIJKBAAK_OPENAPI_OUT names, for Spectral.
func TestOpenAPIDocument(t *testing.T) {
	w := apptest.SQLite(t, apptest.Options{Empty: true, Settings: func(s *app.Settings) {
		s.BaseURL, s.SMTP.From = "https://wijk.example", "Wijkteam <api@wijk.example>"
	}})
	p := w.Client().Get(openapi.Path)
	if p.Status != http.StatusOK || p.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Fatalf("%d %v %s", p.Status, p.Header, p.Body)
	}
	if out := os.Getenv("WIJKBAAK_OPENAPI_OUT"); out != "" {
		if err := os.WriteFile(out, []byte(p.Body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	doc := validDocument(t, p.Body)
	if !strings.HasPrefix(doc.OpenAPI, "3.1.") || doc.Info.Version != web.APIVersion || doc.Info.Contact.Email != "api@wijk.example" {
		t.Errorf("%s %+v", doc.OpenAPI, doc.Info)
	}
	said := map[string]bool{}
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			said[method+" "+web.APIPath+path] = true
		}
	}
	for _, r := range w.App.Router.Routes() {
		if !strings.HasPrefix(r.Pattern, "/api/") {
			continue
		}
		if r.Documented == nil || !said[r.Method+" "+r.Pattern] {
			t.Errorf("%s %s is not described: give the route a Doc", r.Method, r.Pattern)
		}
		delete(said, r.Method+" "+r.Pattern)
		if scope, ok := strings.CutPrefix(r.Access.Name(), "scope "); ok && !slices.Contains(people.Scopes, scope) {
			t.Errorf("%s %s asks for %q, which no token can have", r.Method, r.Pattern, scope)
		}
	}
	for route := range said {
		t.Errorf("%s is described and does not exist", route)
	}
	english := w.Client().Get("/en" + openapi.Path).Body
	validDocument(t, english)
	key := regexp.MustCompile(`"(?:description|summary|title)":"([a-z]+(?:\.[a-z]+)+)"`)
	for _, body := range []string{p.Body, english} {
		if m := key.FindStringSubmatch(body); m != nil {
			t.Errorf("it shows the key %s", m[1])
		}
	}
	if p.Body == english {
		t.Error("in English it says the same")
	}
}

func validDocument(t *testing.T, text string) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return doc
}
