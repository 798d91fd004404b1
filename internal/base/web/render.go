package web

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/a-h/templ"
	"github.com/klauspost/compress/gzip"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
)

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Render writes a page.
func Render(w http.ResponseWriter, r *http.Request, status int, c templ.Component) error {
	buf := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(buf)
	buf.Reset()
	// What it shows was read already: that the time for reading is up must not
	// stop the page that says so.
	if err := c.Render(context.WithoutCancel(r.Context()), buf); err != nil {
		return err
	}
	return send(w, r, status, "text/html; charset=utf-8", buf.Bytes())
}

// JSON writes an answer of the API.
func JSON(w http.ResponseWriter, r *http.Request, status int, v any) error {
	buf := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(buf)
	buf.Reset()
	if err := json.NewEncoder(buf).Encode(v); err != nil {
		return err
	}
	return send(w, r, status, "application/json", buf.Bytes())
}

// Bytes writes an answer of any other kind: a download, a feed, a picture.
func Bytes(w http.ResponseWriter, r *http.Request, status int, kind string, body []byte) error {
	return send(w, r, status, kind, body)
}

// Download writes a file that the browser keeps under name.
func Download(w http.ResponseWriter, r *http.Request, name, kind string, body []byte) error {
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	return send(w, r, http.StatusOK, kind, body)
}

// smallest body that is worth compressing
const compressFrom = 1400

// gzips: this packer makes the same size as the standard library's in a third of
// the time (question list: 125 µs, not 351).
var gzips = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(io.Discard, 5) // the level is a valid one
	return z
}}

func send(w http.ResponseWriter, r *http.Request, status int, kind string, body []byte) error {
	st, h := stateOf(r), w.Header()
	h.Set("Content-Type", kind)
	h.Add("Vary", "Cookie")
	if st.private {
		h.Set("X-Robots-Tag", "noindex") // nor is it for those who look for pages
	}
	switch {
	case st.private || status >= 400:
		h.Set("Cache-Control", "private, no-store")
	case st.etag != "" && status == http.StatusOK:
		h.Set("ETag", st.etag)
		h.Set("Cache-Control", "no-cache")
	default:
		h.Set("Cache-Control", "no-store")
	}
	if len(body) >= compressFrom {
		h.Add("Vary", "Accept-Encoding")
	}
	if len(body) >= compressFrom && takesGzip(r.Header.Get("Accept-Encoding")) {
		buf := buffers.Get().(*bytes.Buffer)
		defer buffers.Put(buf)
		buf.Reset()
		z := gzips.Get().(*gzip.Writer)
		defer gzips.Put(z)
		z.Reset(buf)
		if _, err := z.Write(body); err != nil {
			return err
		}
		if err := z.Close(); err != nil {
			return err
		}
		h.Set("Content-Encoding", "gzip")
		body = buf.Bytes()
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if st.making != nil {
		st.making.sent(st, status, h, body)
	}
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return nil
	}
	w.Write(body) //nolint:errcheck,gosec // it fails only when who asked has gone away
	return nil
}

// takesGzip reads an Accept-Encoding header; "gzip;q=0" does not take it.
func takesGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			q, found := strings.CutPrefix(strings.TrimSpace(weight), "q=")
			return !found || strings.Trim(q, "0.") != ""
		}
	}
	return false
}

// Redirect answers a form with the page to go on to (303), in the same language.
// A path that a browser would take for another website leads to the front page.
func Redirect(w http.ResponseWriter, r *http.Request, path string) error {
	if before, _, _ := strings.Cut(path, "?"); strings.HasPrefix(path, "/") && !plainPath(before) {
		path = "/"
	}
	if lang := i18n.Lang(r.Context()); lang != i18n.Reference && strings.HasPrefix(path, "/") {
		path = "/" + lang + path
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Location", path)
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

// Problem is an error of the API (RFC 9457).
type Problem struct {
	Type   string         `json:"type"`
	Title  string         `json:"title"`
	Status int            `json:"status"`
	Detail string         `json:"detail"`
	Number string         `json:"instance"`
	Errors []ProblemField `json:"errors,omitempty"`
}

// ProblemField is one thing that is wrong with what was sent.
type ProblemField struct {
	Name   string `json:"name"`
	Detail string `json:"detail"`
}

func problem(w http.ResponseWriter, r *http.Request, status int, f *fault.Error, number string) {
	p := Problem{Type: "about:blank", Title: http.StatusText(status), Status: status,
		Detail: i18n.T(r.Context(), f.Key, f.Args...), Number: "urn:wijkbaak:request:" + number}
	for _, field := range f.Fields {
		p.Errors = append(p.Errors, ProblemField{field.Name, i18n.T(r.Context(), field.Key, field.Args...)})
	}
	body, err := json.Marshal(p)
	if err != nil {
		status, body = http.StatusInternalServerError, nil
	}
	send(w, r, status, "application/problem+json", body) //nolint:errcheck,gosec // who asked has gone away
}

func plainError(w http.ResponseWriter, r *http.Request, status int, f *fault.Error, _ string) {
	send(w, r, status, "text/plain; charset=utf-8", []byte(i18n.T(r.Context(), f.Key, f.Args...)+"\n")) //nolint:errcheck,gosec // who asked has gone away
}
