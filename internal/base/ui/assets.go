package ui

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:embed assets
var assetFiles embed.FS

// AssetPath is where Assets is to be mounted.
const AssetPath = "/assets/"

type asset struct {
	url, etag, kind string
	plain, gzip, br []byte
}

// assets is read once: the files are part of the program and never change while it runs.
var assets = loadAssets()

func loadAssets() map[string]*asset {
	all := map[string]*asset{}
	entries, err := fs.ReadDir(assetFiles, "assets")
	if err != nil {
		panic(err) // the folder is compiled in
	}
	read := func(name string) []byte {
		data, err := assetFiles.ReadFile("assets/" + name)
		if err != nil {
			panic("ui: run internal/base/ui/build: " + err.Error())
		}
		return data
	}
	for _, e := range entries {
		name, ext := e.Name(), path.Ext(e.Name())
		if ext == ".gz" || ext == ".br" {
			continue
		}
		data := read(name)
		sum := sha256.Sum256(data)
		hash := hex.EncodeToString(sum[:5])
		all[name] = &asset{
			url:   AssetPath + strings.TrimSuffix(name, ext) + "." + hash + ext,
			etag:  `"` + hash + `"`,
			kind:  kinds[ext],
			plain: data,
			gzip:  read(name + ".gz"),
			br:    read(name + ".br"),
		}
	}
	return all
}

var kinds = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

// AssetURL gives the address of an asset, with the hash of its content in the name.
// It panics for a name that does not exist: that is a mistake in a page, not in a request.
func AssetURL(name string) string {
	a := assets[name]
	if a == nil {
		panic("ui: no asset " + name)
	}
	return a.url
}

// Assets serves the files under AssetPath, packed as the browser likes it.
func Assets() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
			return
		}
		a := findAsset(r.URL.Path)
		if a == nil {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", a.kind)
		h.Set("Vary", "Accept-Encoding")
		h.Set("ETag", a.etag)
		if r.URL.Path == a.url {
			h.Set("Cache-Control", "public, max-age=31536000, immutable")
		} else {
			// A page of an older or newer version asks: give what we have, let nobody keep it.
			h.Set("Cache-Control", "no-cache")
			if r.Header.Get("If-None-Match") == a.etag {
				w.WriteHeader(http.StatusNotModified)
				return
			}
		}
		data := a.plain
		switch accepts := r.Header.Get("Accept-Encoding"); {
		case takes(accepts, "br"):
			data = a.br
			h.Set("Content-Encoding", "br")
		case takes(accepts, "gzip"):
			data = a.gzip
			h.Set("Content-Encoding", "gzip")
		}
		h.Set("Content-Length", strconv.Itoa(len(data)))
		if r.Method == http.MethodGet {
			_, _ = w.Write(data) // the browser went away; nobody is left to tell
		}
	})
}

// findAsset knows name.css, name.<current hash>.css and name.<other hash>.css.
func findAsset(url string) *asset {
	name, ok := strings.CutPrefix(url, AssetPath)
	if !ok {
		return nil
	}
	if a := assets[name]; a != nil {
		return a
	}
	ext := path.Ext(name)
	stem := strings.TrimSuffix(name, ext)
	return assets[strings.TrimSuffix(stem, path.Ext(stem))+ext]
}

// takes says whether an Accept-Encoding header allows a coding; "br;q=0" does not.
func takes(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if name == coding {
			q, found := strings.CutPrefix(strings.TrimSpace(weight), "q=")
			return !found || strings.Trim(q, "0.") != ""
		}
	}
	return false
}
