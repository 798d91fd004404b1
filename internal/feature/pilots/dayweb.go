package pilots

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/web"
)

func (s *Service) measureForm(w http.ResponseWriter, r *http.Request) error {
	v, err := s.mine(r)
	if err != nil {
		return err
	}
	on := day(s.Clock.Now())
	if asked, ok := ParseDay(r.URL.Query().Get("dag")); ok {
		on = asked
	}
	kept, err := s.OnDay(r.Context(), v.Series, on)
	if err != nil {
		return err
	}
	pairs := []string{"dag", iso(on)}
	for code, m := range kept {
		pairs = append(pairs, "w."+code, number(m.Value), "n."+code, whole(m.N), "s."+code, figure(m.Spread), "t."+code, m.Note, "was."+code, "ja")
	}
	return web.Render(w, r, http.StatusOK, measurePage{View: v, Form: web.NewForm(pairs...), Said: done(r), Kept: len(kept) > 0}.render())
}

func (s *Service) measurePost(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	v, err := s.mine(r)
	if err != nil {
		return err
	}
	on := readDay(form, "dag")
	if form.Bool("toon") && form.Err() == nil {
		return web.Redirect(w, r, Path(v.ID)+"/meten?dag="+iso(on))
	}
	var made Measured
	entries := readEntries(form, v, on)
	if err = form.Err(); err == nil {
		made, err = s.Measure(r.Context(), v.ID, entries, "form")
	}
	if err != nil {
		return form.Again(err, func(status int) error {
			return web.Render(w, r, status, measurePage{View: v, Form: form}.render())
		})
	}
	if made.New+made.Changed+made.Removed == 0 {
		return web.Redirect(w, r, Path(v.ID)+"/meten?gedaan=same")
	}
	return web.Redirect(w, r, Path(v.ID)+"?gedaan=measured")
}

func readEntries(form *web.Form, v View, on time.Time) []Entry {
	var entries []Entry
	for _, i := range v.Series {
		e := Entry{Code: i.Code, Day: on, N: readWhole(form, "n."+i.Code, "pilots.wrong.n"), Spread: readFigure(form, "s."+i.Code),
			Note: form.Line("t."+i.Code, ShortMost), Field: "w." + i.Code}
		value := readFigure(form, "w."+i.Code)
		switch {
		case value != nil:
			e.Value = *value
		case form.Value("w."+i.Code) != "":
			continue // it is no number, which the form says by now
		case form.Bool("was." + i.Code):
			e.Remove = true
		default:
			continue
		}
		entries = append(entries, e)
	}
	return entries
}

func (s *Service) importForm(w http.ResponseWriter, r *http.Request) error {
	v, err := s.mine(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, importPage{View: v, Form: web.NewForm()}.render())
}

// importPost reads a table that was pasted or sent as a file. It shows what it read;
// a second press keeps the lines that are right.
func (s *Service) importPost(w http.ResponseWriter, r *http.Request) error {
	v, err := s.mine(r)
	if err != nil {
		return err
	}
	raw, err := readUpload(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	text := raw
	if len(text) == 0 {
		text = []byte(form.Value("tabel"))
	}
	p := importPage{View: v, Form: form}
	if len(bytes.TrimSpace(text)) == 0 {
		form.Fail("tabel", "pilots.wrong.table.none")
		return web.Render(w, r, http.StatusUnprocessableEntity, p.render())
	}
	t, err := s.Preview(r.Context(), v, bytes.NewReader(text))
	if err != nil {
		return form.Again(err, func(status int) error { return web.Render(w, r, status, p.render()) })
	}
	if form.Bool("bewaar") && len(t.Entries) > 0 {
		if _, err := s.Measure(r.Context(), v.ID, t.Entries, "csv"); err != nil {
			return form.Again(err, func(status int) error { return web.Render(w, r, status, p.render()) })
		}
		if len(t.Faults) == 0 {
			return web.Redirect(w, r, Path(v.ID)+"?gedaan=imported")
		}
		p.Kept = len(t.Entries)
	}
	p.Table, p.Read = t, true
	p.Text = plainTable(t, text, p.Kept > 0)
	return web.Render(w, r, http.StatusOK, p.render())
}

// plainTable is what the page carries to the second press: the text that was read,
// or only what was wrong once the rest is kept.
func plainTable(t Table, text []byte, kept bool) string {
	lines := strings.Split(strings.ReplaceAll(web.Clean(strings.ToValidUTF8(string(text), "")), "\r\n", "\n"), "\n")
	if !kept {
		return strings.Join(lines, "\n")
	}
	out := lines[:1]
	for k := 1; k < len(lines); k++ {
		if slices.ContainsFunc(t.Faults, func(f LineFault) bool { return f.Line == k+1 }) {
			out = append(out, lines[k])
		}
	}
	return strings.Join(out, "\n")
}

// readUpload gives the file of a form; nothing where there is none.
func readUpload(r *http.Request) ([]byte, error) {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		return nil, nil
	}
	if err := r.ParseMultipartForm(csvMost.Bytes + 64<<10); err != nil {
		if _, big := errors.AsType[*http.MaxBytesError](err); big {
			return nil, err
		}
		return nil, fault.Invalid()
	}
	f, _, err := r.FormFile("bestand")
	if errors.Is(err, http.ErrMissingFile) {
		return nil, nil
	}
	if err != nil {
		return nil, fault.Invalid()
	}
	defer f.Close() //nolint:errcheck // it was only read
	return io.ReadAll(io.LimitReader(f, csvMost.Bytes+1))
}

func (s *Service) decideForm(w http.ResponseWriter, r *http.Request) error {
	v, err := s.mine(r)
	if err != nil {
		return err
	}
	return s.showDecide(w, r, http.StatusOK, v, web.NewForm("dag", iso(s.Clock.Now()), "besluit", string(GoOn)))
}

func (s *Service) showDecide(w http.ResponseWriter, r *http.Request, status int, v View, form *web.Form) error {
	p := decidePage{View: v, Form: form}
	err := s.DB.Read(r.Context(), func(ctx context.Context, rd db.Reader) error {
		var err error
		p.Colleagues, err = s.People.Colleagues(ctx, rd)
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, status, p.render())
}

func (s *Service) decide(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	d := Decision{Day: readDay(form, "dag"), Outcome: Outcome(form.Value("besluit")), People: form.List("wie", 80, 30), Others: form.Line("anderen", ShortMost),
		Reason: form.Text("reden", TextMost), Conditions: form.Text("voorwaarden", TextMost), Next: readDay(form, "volgende")}
	if err = form.Err(); err == nil {
		err = s.Decide(r.Context(), id, versionOf(form), d)
	}
	if err != nil {
		return form.Again(err, func(status int) error {
			v, gone := s.mine(r)
			if gone != nil {
				return gone
			}
			return s.showDecide(w, r, status, v, form)
		})
	}
	return web.Redirect(w, r, Path(id)+"?gedaan=decided")
}

func (s *Service) noteForm(w http.ResponseWriter, r *http.Request) error {
	v, err := s.mine(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, notePage{View: v, Form: web.NewForm("dag", iso(s.Clock.Now()))}.render())
}

func (s *Service) addNote(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	n := Note{Day: readDay(form, "dag"), Body: form.Text("ervaring", TextMost), Quote: form.Text("citaat", TextMost), SaidBy: form.Line("rol", 60)}
	if form.Bool("akkoord") {
		n.Consent = i18n.T(r.Context(), "pilots.note.consent")
	}
	if err = form.Err(); err == nil {
		err = s.AddNote(r.Context(), id, n)
	}
	if err != nil {
		return form.Again(err, func(status int) error {
			v, gone := s.mine(r)
			if gone != nil {
				return gone
			}
			return web.Render(w, r, status, notePage{View: v, Form: form}.render())
		})
	}
	return web.Redirect(w, r, Path(id)+"?gedaan=noted")
}

// line says where a fault of a table stands.
func (f LineFault) line() string { return strconv.Itoa(f.Line) }
