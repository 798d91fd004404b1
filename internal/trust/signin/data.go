package signin

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"html"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/room"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
	"wijkbaak.nl/internal/trust/people"
)

// myData is all that we hold of a person, to take along.
type myData struct {
	Made  time.Time    `json:"made"`
	Place string       `json:"from"`
	Parts []myDataPart `json:"parts"`
}

type myDataPart struct {
	Name string          `json:"name"`
	Data json.RawMessage `json:"data"`
}

// everything gathers what the rooms hold of a person.
func (s *Service) everything(ctx context.Context, person string) (myData, error) {
	out := myData{Made: s.clock.Now().UTC(), Place: s.o.Place}
	rooms := slices.Clone(s.o.Rooms())
	slices.SortStableFunc(rooms, func(a, b room.Room) int { return last(a) - last(b) })
	err := s.db.Read(ctx, func(ctx context.Context, r db.Reader) error {
		out.Parts = nil
		for _, room := range rooms {
			part, err := room.Personal.Export(ctx, r, person)
			if err != nil {
				return err
			}
			if part.Data == nil {
				continue
			}
			data, err := json.Marshal(part.Data)
			if err != nil {
				return err
			}
			out.Parts = append(out.Parts, myDataPart{i18n.T(ctx, part.Key), data})
		}
		return nil
	})
	return out, err
}

// last puts the log behind the rest: it is long, and for few.
func last(r room.Room) int {
	if r.Name == "audit" {
		return 1
	}
	return 0
}

// The files of the download: one to read, one for another program.
const (
	dataPage = "lees-mij.html"
	dataJSON = "gegevens.json"
)

func (s *Service) showData(w http.ResponseWriter, r *http.Request) error {
	ctx, person := r.Context(), access.Of(r.Context()).Person
	data, err := s.everything(ctx, person)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(data, "", " ")
	if err != nil {
		return err
	}
	page, err := dataToRead(ctx, data)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range []struct {
		name string
		body []byte
	}{{dataPage, page}, {dataJSON, text}} {
		in, err := z.CreateHeader(&zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: data.Made})
		if err != nil {
			return err
		}
		if _, err := in.Write(f.body); err != nil {
			return err
		}
	}
	if err := z.Close(); err != nil {
		return err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return s.record(ctx, tx, "export", audit.Read, person)
	})
	if err != nil {
		return err
	}
	return web.Download(w, r, "mijn-gegevens.zip", "application/zip", b.Bytes())
}

// dataStyle keeps the page readable without a file beside it.
const dataStyle = `:root{color-scheme:light dark}body{font:1.125rem/1.6 sans-serif;max-width:45rem;margin:0 auto;padding:1.5rem}` +
	`dt{font-weight:bold}dd{margin:0 0 .5rem 1rem;white-space:pre-wrap;overflow-wrap:anywhere}li{margin-bottom:1rem}`

// dataToRead writes the data as a page that needs no program but a browser, and
// asks nothing of the network.
func dataToRead(ctx context.Context, d myData) ([]byte, error) {
	var b strings.Builder
	title := html.EscapeString(i18n.T(ctx, "signin.data.title"))
	b.WriteString(`<!DOCTYPE html><html lang="` + i18n.Lang(ctx) + `"><head><meta charset="utf-8"><title>` + title +
		`</title><meta name="viewport" content="width=device-width,initial-scale=1"><style>` + dataStyle +
		`</style></head><body><main><h1>` + title + `</h1><p>` +
		html.EscapeString(i18n.T(ctx, "signin.data.lead", "place", d.Place, "date", i18n.DateTime(ctx, d.Made))) + "</p>\n")
	for _, p := range d.Parts {
		b.WriteString("<h2>" + html.EscapeString(p.Name) + "</h2>\n")
		dec := json.NewDecoder(bytes.NewReader(p.Data))
		dec.UseNumber()
		text, err := readable(ctx, dec, "")
		if err != nil {
			return nil, err
		}
		b.WriteString(text)
	}
	b.WriteString("</main></body></html>\n")
	return []byte(b.String()), nil
}

// readable writes the next value of d: an object as terms with what they are, an
// array as a list, in the order they have. What is empty gives "".
func readable(ctx context.Context, d *json.Decoder, name string) (string, error) {
	t, err := d.Token()
	if err != nil {
		return "", err
	}
	mark, ok := t.(json.Delim)
	if !ok {
		return html.EscapeString(plainValue(ctx, name, t)), nil
	}
	var b strings.Builder
	for d.More() {
		item := name
		if mark == '{' {
			key, err := d.Token()
			if err != nil {
				return "", err
			}
			item, _ = key.(string)
		}
		text, err := readable(ctx, d, item)
		if err != nil {
			return "", err
		}
		switch {
		case text == "":
		case mark == '{':
			b.WriteString("<dt>" + html.EscapeString(fieldLabel(ctx, item)) + "</dt><dd>" + text + "</dd>\n")
		default:
			b.WriteString("<li>" + text + "</li>\n")
		}
	}
	if _, err := d.Token(); err != nil && err != io.EOF {
		return "", err
	}
	switch {
	case b.Len() == 0:
		return "", nil
	case mark == '{':
		return "<dl>\n" + b.String() + "</dl>\n", nil
	}
	return "<ol>\n" + b.String() + "</ol>\n", nil
}

// coded are the fields that hold a code instead of words of people; codes are
// those that have words.
var (
	coded = []string{"state", "status", "moderation", "audience", "from", "language", "channel", "role", "outcome"}
	codes = []string{"active", "open", "answered", "closed", "merged", "shown", "held", "hidden", "neighbourhood", "team", "me", "nl", "en", "page", "api",
		"job", "shell", "screen", "desk", "telephone", "paper", "resident", "coach", "editor", "moderator", "lead", "operator", "done", "refused", "failed"}
)

func plainValue(ctx context.Context, name string, v any) string {
	switch v := v.(type) {
	case bool:
		if v {
			return i18n.T(ctx, "signin.data.yes")
		}
		return i18n.T(ctx, "signin.data.no")
	case json.Number:
		return v.String()
	case string:
		if at, err := time.Parse(time.RFC3339, v); err == nil {
			return i18n.DateTime(ctx, at)
		}
		switch {
		case name == "Action":
			return audit.ActionWord(ctx, audit.Action(v))
		case name == "method":
			return methodName(ctx, people.Method(v))
		case slices.Contains(coded, strings.ToLower(name)) && slices.Contains(codes, v):
			return i18n.T(ctx, "signin.data.word."+v)
		}
		return v
	}
	return ""
}

// fieldLabel says in words what a field of the data is; one without words keeps
// its name.
func fieldLabel(ctx context.Context, name string) string {
	key := "signin.data.field." + strings.ToLower(strings.ReplaceAll(name, "_", ""))
	if label := i18n.T(ctx, key); label != key {
		return label
	}
	return name
}
