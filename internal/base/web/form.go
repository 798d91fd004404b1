package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
)

// Form is what somebody typed, cleaned, with what is wrong beside each field. A
// page that shows it again shows what was typed.
type Form struct {
	values url.Values
	errs   fault.List
	w      http.ResponseWriter // of who sent it; nil for a form of our own
	sent   bool                // it may be kept: not only asked for, as a query is
}

// ReadForm reads a form that was sent, or the query of a GET.
func ReadForm(w http.ResponseWriter, r *http.Request) (*Form, error) {
	if err := r.ParseForm(); err != nil {
		if stopped(err) {
			return nil, err
		}
		return nil, &fault.Error{Kind: fault.KindInvalid, Key: "web.form.broken"}
	}
	return &Form{values: r.Form, w: w, sent: r.Method != http.MethodGet}, nil
}

// stopped tells that a body was too large or came too slowly.
func stopped(err error) bool {
	_, big := errors.AsType[*http.MaxBytesError](err)
	return big || errors.Is(err, os.ErrDeadlineExceeded)
}

// NewForm makes a form that holds name, value, name, value: what a page shows
// before anybody typed.
func NewForm(pairs ...string) *Form {
	f := &Form{values: url.Values{}}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.values.Add(pairs[i], pairs[i+1])
	}
	return f
}

// Line gives a value of one line, at most most characters long.
func (f *Form) Line(name string, most int) string {
	return strings.Join(strings.Fields(f.Text(name, most)), " ")
}

// Text gives a value of any number of lines, at most most characters long.
func (f *Form) Text(name string, most int) string {
	raw := f.values.Get(name)
	if !utf8.ValidString(raw) {
		f.Fail(name, "web.form.encoding")
		return ""
	}
	s := Clean(raw)
	if f.sent && hasBSN(s) {
		f.Fail(name, "web.form.bsn")
	}
	if n := utf8.RuneCountInString(s); n > most {
		f.Fail(name, "web.form.toolong", "most", most, "now", n)
	}
	return s
}

// Choice gives a value if it is one of those allowed, and else the first of them.
func (f *Form) Choice(name string, allowed ...string) string {
	if v := f.values.Get(name); slices.Contains(allowed, v) {
		return v
	}
	return allowed[0]
}

// Bool tells whether a box was ticked.
func (f *Form) Bool(name string) bool { return f.values.Get(name) != "" }

// List gives all values of a name, each a line of at most most characters, and
// no more than count of them.
func (f *Form) List(name string, most, count int) []string {
	var list []string
	for _, raw := range f.values[name] {
		s := strings.Join(strings.Fields(Clean(strings.ToValidUTF8(raw, ""))), " ")
		if f.sent && hasBSN(s) {
			f.Fail(name, "web.form.bsn")
			continue
		}
		if s != "" && utf8.RuneCountInString(s) <= most && len(list) < count {
			list = append(list, s)
		}
	}
	return list
}

// Value gives what was typed, to show it again.
func (f *Form) Value(name string) string { return withoutOdd(f.values.Get(name)) }

// Fail says what is wrong with a field.
func (f *Form) Fail(name, key string, args ...any) {
	f.errs.Add(name, key, args...)
}

// Problem gives what is wrong with a field, in the language of ctx; "" if nothing.
func (f *Form) Problem(ctx context.Context, name string) string {
	for _, e := range f.errs {
		if e.Name == name {
			return i18n.T(ctx, e.Key, e.Args...)
		}
	}
	return ""
}

// Problems lists what is wrong, in the order it was found.
func (f *Form) Problems() []fault.Field { return f.errs }

// Err is nil, or the fault with all that is wrong.
func (f *Form) Err() error {
	return f.errs.Err()
}

// Take keeps what a service found wrong with the fields, so that the page can be
// shown again, and tells whether that is all there is to err.
func (f *Form) Take(err error) bool {
	if fault.KindOf(err) != fault.KindInvalid {
		answered(f.w, err)
		return false
	}
	for _, field := range fault.FieldsOf(err) {
		if !slices.ContainsFunc(f.errs, func(e fault.Field) bool { return e.Name == field.Name }) {
			f.errs = append(f.errs, field)
		}
	}
	return true
}

// Again shows a form once more with what was typed, if err is about what was typed
// or about the moment: nothing that was typed is ever lost. Any other err it gives
// back, and err itself when the page cannot be shown.
func (f *Form) Again(err error, show func(status int) error) error {
	if f.Take(err) {
		return show(http.StatusUnprocessableEntity)
	}
	found, ok := errors.AsType[*fault.Error](err)
	status := 0
	if ok {
		status = map[fault.Kind]int{fault.KindConflict: http.StatusConflict, fault.KindTooMany: http.StatusTooManyRequests,
			fault.KindTooLarge: http.StatusRequestEntityTooLarge, fault.KindUnavailable: http.StatusServiceUnavailable}[found.Kind]
	}
	if status == 0 {
		return err
	}
	f.Fail("", found.Key, found.Args...)
	if found.Retry > 0 && f.w != nil {
		f.w.Header().Set("Retry-After", retryAfter(found))
	}
	if show(status) != nil {
		return err
	}
	return nil
}

// Clean makes typed text safe to keep: composed form (NFC), plain line ends, no
// control characters, none of the characters that turn the direction of the text
// around them (Unicode UAX #9), which can hide what a text says, and no tag
// characters, which say something that nobody sees.
func Clean(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.Map(func(c rune) rune {
		switch {
		case c == '\n', c == '\t':
			return c
		case c == '\r', c == '\v', c == '\f', c == '\u0085', c == '\u2028', c == '\u2029':
			return '\n'
		case unicode.IsControl(c), unicode.Is(unicode.Bidi_Control, c), c == '\ufeff', c >= 0xE0000 && c <= 0xE007F:
			return -1
		}
		return c
	}, s)
	return strings.TrimSpace(norm.NFC.String(s))
}

var errNotJSON = errors.New("the body is not said to be JSON")

// ReadJSON reads the body of an API request into v; names it does not know are
// refused, so that a typing mistake is noticed.
func ReadJSON(r *http.Request, v any) error {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return errNotJSON
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if bytes.Contains(body, []byte(`\u0000`)) {
		err = errors.New("a text cannot hold the character NUL")
	} else if err = d.Decode(v); err == nil {
		if _, err = d.Token(); errors.Is(err, io.EOF) {
			return bsnInJSON(body)
		}
		err = errors.New("there is more behind the value")
	}
	name, reason := "body", err.Error()
	if t, ok := errors.AsType[*json.UnmarshalTypeError](err); ok { // its own text names our types
		reason = "a " + t.Value + " does not fit here"
		if t.Field != "" {
			name = t.Field
		}
	}
	return fault.Invalid(fault.Field{Name: name, Key: "web.form.json", Args: []any{"reason", reason}})
}
