package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/fault"
)

// The JSON API: where it stands, and its full version. A change that breaks
// nobody raises the second number, another one the first and the path with it.
const (
	APIPath    = "/api/v1"
	APIVersion = "1.0.0"
)

// Doc tells programmers of other programs what a route of the API is for. It is
// also law: a query that does not fit it never reaches the handler.
type Doc struct {
	ID     string // name of the operation
	Key    string // locale key of one line that says what it does
	Tag    string // the kind of thing it is about
	Query  []Field
	Body   any // a value of the type that is sent
	Answer any // a value of the type that comes back
	Status int // of an answer that went well; 0 is 200
}

// Field is a parameter of the query, or a field of a body or answer.
type Field struct {
	Name        string
	Key         string   // locale key of what it means
	Values      []string // what is allowed; nil allows all
	Least, Most int      // of a number, or of the characters of a text; 0 is no bound
	Number      bool
	Required    bool
}

// Described is a type that tells about its own fields.
type Described interface{ Describe() []Field }

// Doc adds the documentation of a route of the API.
func (r Route) Doc(d Doc) Route { r.Documented = &d; return r }

// ForAll lets a script on any other website read the answer.
func (r Route) ForAll() Route { r.forAll = true; return r }

// Paging are the parameters of every list.
func Paging() []Field {
	return []Field{
		{Name: "limit", Key: "web.api.limit", Number: true, Least: 1, Most: LimitMost},
		{Name: "cursor", Key: "web.api.cursor", Least: 1, Most: 600},
	}
}

// LimitMost is the longest part of a list, limitUsual the one nobody asked for.
const (
	LimitMost  = 100
	limitUsual = 20
)

// Limit is how much of a list is asked for.
func Limit(r *http.Request) int {
	if n, err := strconv.Atoi(r.URL.Query().Get("limit")); err == nil && n >= 1 && n <= LimitMost {
		return n
	}
	return limitUsual
}

// BadCursor refuses a cursor that we did not give.
func BadCursor() error {
	return fault.Invalid(fault.Field{Name: "cursor", Key: "web.api.cursor.wrong"})
}

// Link leads to another answer.
type Link struct {
	Href string `json:"href"`
}

// Links are where to go on from an answer: itself, the next part of a list, the
// page for people.
type Links struct {
	Self *Link `json:"self,omitempty"`
	Next *Link `json:"next,omitempty"`
	Page *Link `json:"page,omitempty"`
}

// Self gives the links of one thing; page may be empty.
func Self(path, page string) Links {
	l := Links{Self: &Link{path}}
	if page != "" {
		l.Page = &Link{page}
	}
	return l
}

// ListLinks gives the links of a part of a list, in the body and as a header;
// without a cursor there is no more.
func ListLinks(w http.ResponseWriter, r *http.Request, cursor string) Links {
	l := Self(r.URL.RequestURI(), "")
	if cursor != "" {
		q := r.URL.Query()
		q.Set("cursor", cursor)
		l.Next = &Link{r.URL.Path + "?" + q.Encode()}
		w.Header().Set("Link", "<"+l.Next.Href+`>; rel="next"`)
	}
	return l
}

// check holds a query to the documentation.
func (d *Doc) check(raw string) error {
	q, err := url.ParseQuery(raw)
	if err != nil {
		return fault.Invalid(fault.Field{Name: "query", Key: "web.form.encoding"})
	}
	var wrong []fault.Field
	for name := range q {
		if !slices.ContainsFunc(d.Query, func(f Field) bool { return f.Name == name }) {
			wrong = append(wrong, fault.Field{Name: strings.ToValidUTF8(name, ""), Key: "web.api.unknown"})
		}
	}
	slices.SortFunc(wrong, func(a, b fault.Field) int { return strings.Compare(a.Name, b.Name) })
	for _, f := range d.Query {
		if key, args := f.wrong(q[f.Name]); key != "" {
			wrong = append(wrong, fault.Field{Name: f.Name, Key: key, Args: args})
		}
	}
	if len(wrong) > 0 {
		return fault.Invalid(wrong...)
	}
	return nil
}

func (f Field) wrong(values []string) (key string, args []any) {
	if len(values) == 0 {
		if f.Required {
			return "web.api.required", nil
		}
		return "", nil
	}
	v := values[0]
	n := utf8.RuneCountInString(v)
	switch {
	case len(values) > 1:
		return "web.api.twice", nil
	case !utf8.ValidString(v), strings.ContainsFunc(v, unicode.IsControl):
		return "web.form.encoding", nil
	case f.Values != nil && !slices.Contains(f.Values, v):
		return "web.api.choice", []any{"choices", strings.Join(f.Values, ", ")}
	case f.Number:
		if n, err := strconv.Atoi(v); err != nil || n < f.Least || n > f.Most || strconv.Itoa(n) != v {
			return "web.api.number", []any{"least", f.Least, "most", f.Most}
		}
	case f.Least > 0 && strings.TrimSpace(v) == "":
		return "web.api.required", nil
	case f.Most > 0 && n > f.Most:
		return "web.form.toolong", []any{"most", f.Most, "now", n}
	}
	return "", nil
}
