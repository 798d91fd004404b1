package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// cssBudget leaves 7 kB of the 14 kB of a first page to its HTML.
const cssBudget = 7000

func TestStyleSheetsAreSmallAndAskNobody(t *testing.T) {
	for _, theme := range Themes {
		a := assets["wijkbaak-"+theme+".css"]
		if a == nil {
			t.Fatalf("no style sheet for %s", theme)
		}
		if len(a.gzip) > cssBudget {
			t.Errorf("%s is %d bytes packed, may be %d", theme, len(a.gzip), cssBudget)
		}
		for _, bad := range []string{"@import", "url(", "http:", "https:", "expression("} {
			if bytes.Contains(a.plain, []byte(bad)) {
				t.Errorf("%s contains %s", theme, bad)
			}
		}
	}
}

func TestStyleSheetsHoldTheColoursOfTheTokens(t *testing.T) {
	for theme, modes := range readThemes(t) {
		css := string(assets["wijkbaak-"+theme+".css"].plain)
		for mode, colours := range modes {
			for name, colour := range colours {
				short := colour
				if c := colour; c[1] == c[2] && c[3] == c[4] && c[5] == c[6] {
					short = "#" + c[1:2] + c[3:4] + c[5:6]
				}
				if want := "--wb-" + name + ":" + short; !strings.Contains(css, want) {
					t.Errorf("%s %s lacks %s", theme, mode, want)
				}
			}
		}
	}
}

// TestAssetsAreMadeFromTheSources fails when a source changed and the build was not run.
func TestAssetsAreMadeFromTheSources(t *testing.T) {
	data, err := os.ReadFile("build/sources.json")
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]string
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, pattern := range []string{"build.mjs", "package-lock.json", "tokens/*", "css/*", "js/*", "svg/*"} {
		files, err := filepath.Glob(filepath.Join("build", pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			sum := sha256.Sum256(text)
			name := filepath.ToSlash(strings.TrimPrefix(file, "build"+string(filepath.Separator)))
			seen[name] = true
			if want[name] != hex.EncodeToString(sum[:]) {
				t.Errorf("build/%s changed: run npm ci && npm run build in internal/base/ui/build", name)
			}
		}
	}
	for name := range want {
		if !seen[name] {
			t.Errorf("build/%s is gone", name)
		}
	}
}

func TestPackedAssetsAreTheSame(t *testing.T) {
	for name, a := range assets {
		r, err := gzip.NewReader(bytes.NewReader(a.gzip))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(got, a.plain) {
			t.Errorf("%s.gz is not %s (%v)", name, name, err)
		}
	}
}

func TestAssetsAreServed(t *testing.T) {
	url := AssetURL("app.js")
	old := regexp.MustCompile(`\.[0-9a-f]+\.`).ReplaceAllString(url, ".0000000000.")
	tests := []struct {
		name, method, url, accepts, seen string
		status                           int
		coding, cache                    string
	}{
		{"plain", "GET", url, "", "", 200, "", "public, max-age=31536000, immutable"},
		{"brotli before gzip", "GET", url, "gzip, deflate, br", "", 200, "br", "public, max-age=31536000, immutable"},
		{"gzip", "GET", url, "gzip", "", 200, "gzip", "public, max-age=31536000, immutable"},
		{"brotli refused", "GET", url, "br;q=0, gzip;q=0.5", "", 200, "gzip", "public, max-age=31536000, immutable"},
		{"head", "HEAD", url, "br", "", 200, "br", "public, max-age=31536000, immutable"},
		{"other version", "GET", old, "", "", 200, "", "no-cache"},
		{"no version", "GET", "/assets/app.js", "", "", 200, "", "no-cache"},
		{"already there", "GET", "/assets/app.js", "", assets["app.js"].etag, 304, "", "no-cache"},
		{"unknown", "GET", "/assets/nothing.css", "", "", 404, "", ""},
		{"folder", "GET", "/assets/", "", "", 404, "", ""},
		{"way out", "GET", "/assets/../doc.go", "", "", 404, "", ""},
		{"post", "POST", url, "", "", 405, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest(tt.method, tt.url, nil)
			r.Header.Set("Accept-Encoding", tt.accepts)
			r.Header.Set("If-None-Match", tt.seen)
			w := httptest.NewRecorder()
			Assets().ServeHTTP(w, r)
			h := w.Header()
			if w.Code != tt.status || h.Get("Content-Encoding") != tt.coding || h.Get("Cache-Control") != tt.cache {
				t.Errorf("got %d, %q, %q", w.Code, h.Get("Content-Encoding"), h.Get("Cache-Control"))
			}
			if tt.method == "HEAD" && w.Body.Len() > 0 {
				t.Error("HEAD has a body")
			}
			if tt.name == "plain" && !bytes.Equal(w.Body.Bytes(), assets["app.js"].plain) {
				t.Error("not the file")
			}
		})
	}
}

func TestUnknownAssetIsAMistakeInThePage(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	AssetURL("nothing.css")
}
