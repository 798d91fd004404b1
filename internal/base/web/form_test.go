package web_test

import (
	"errors"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/web"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"hallo":                           "hallo",
		"  twee\r\nregels\rdrie\n":        "twee\nregels\ndrie",
		"a\x00b\x07c\x1bd\x7fe\u009bf":    "abcdef",
		"veilig\u202etxt.exe":             "veiligtxt.exe",
		"\u2066a\u2069\u200e\u200f\u061c": "a",
		"cafe\u0301":                      "caf\u00e9",
		"\ufeffbegin":                     "begin",
		"regel\u2028regel\u2029alinea":    "regel\nregel\nalinea",
		"bladzijde\fbladzijde\vregel":     "bladzijde\nbladzijde\nregel",
		"regel\u0085regel":                "regel\nregel",
		"zie\U000E0049\U000E0061niets":    "zieniets",
		"kolom\tkolom":                    "kolom\tkolom",
		"👩\u200d👩\u200d👧":                 "👩\u200d👩\u200d👧",
		"می\u200cخواهم":                   "می\u200cخواهم",
		" \u00a0\u3000 ":                  "",
	} {
		if got := web.Clean(in); got != want {
			t.Errorf("%q became %q", in, got)
		}
	}
}

func read(t *testing.T, query string) *web.Form {
	t.Helper()
	r := httptest.NewRequest("GET", "/?"+query, nil)
	f, err := web.ReadForm(httptest.NewRecorder(), r)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestForm(t *testing.T) {
	f := read(t, "vraag=%20Een%0d%0avraag%E2%80%AE%20&kort=a%E2%80%A8b%09%20c&keus=twee&vink=1&lijst=a&lijst=&lijst=b%00b&lijst=%ff&lijst=d&stuk=%ff%fe&nul=a%00b")
	if got := f.Text("vraag", 100); got != "Een\nvraag" {
		t.Errorf("%q", got)
	}
	if got := f.Line("kort", 100); got != "a b c" {
		t.Errorf("%q", got)
	}
	if f.Choice("keus", "een", "twee") != "twee" || f.Choice("keus", "een") != "een" || f.Choice("leeg", "een") != "een" || !f.Bool("vink") || f.Bool("leeg") {
		t.Error("choices")
	}
	if got := f.List("lijst", 2, 2); !slices.Equal(got, []string{"a", "bb"}) {
		t.Errorf("%q", got)
	}
	if f.Err() != nil {
		t.Errorf("%v", f.Err())
	}
	if got := f.Text("stuk", 10); got != "" || f.Value("stuk") != "�" {
		t.Errorf("%q, shown as %q", got, f.Value("stuk"))
	}
	if got := f.Value("nul"); got != "ab" {
		t.Errorf("%q", got)
	}
	if got := f.Text("vraag", 3); got == "" {
		t.Error("what is too long is gone")
	}
	fields := fault.FieldsOf(f.Err())
	if len(fields) != 2 || fields[0].Key != "web.form.encoding" || fields[1].Key != "web.form.toolong" || fault.KindOf(f.Err()) != fault.KindInvalid {
		t.Errorf("%+v", fields)
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"", "a\r\nb", "\u202e", "e\u0301", "\xff\xfe", " \u0308", "\r\x00\n", "\u1100\u1161\u11a8", "\U000E0041"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := web.Clean(s)
		if again := web.Clean(got); again != got {
			t.Errorf("%q: %q, and once more %q", s, got, again)
		}
		if !utf8.ValidString(s) {
			return
		}
		if !utf8.ValidString(got) || !norm.NFC.IsNormalString(got) || got != strings.TrimSpace(got) {
			t.Errorf("%q became %q", s, got)
		}
		if i := strings.IndexFunc(got, func(c rune) bool {
			return unicode.IsControl(c) && c != '\n' && c != '\t' || unicode.Is(unicode.Bidi_Control, c)
		}); i >= 0 {
			t.Errorf("%q: %q has one at %d", s, got, i)
		}
	})
}

func FuzzReadForm(f *testing.F) {
	f.Add("vraag=a+b&lijst=1&lijst=2", "application/x-www-form-urlencoded")
	f.Add("vraag=%zz;", "application/x-www-form-urlencoded")
	f.Add("--x\r\nContent-Disposition: form-data; name=\"vraag\"\r\n\r\na\r\n--x--", "multipart/form-data; boundary=x")
	f.Fuzz(func(t *testing.T, body, kind string) {
		r := httptest.NewRequest("POST", "/?vraag="+url.QueryEscape(body), strings.NewReader(body))
		r.Header.Set("Content-Type", kind)
		form, err := web.ReadForm(httptest.NewRecorder(), r)
		if err != nil {
			if fault.KindOf(err) != fault.KindInvalid {
				t.Errorf("%v", err)
			}
			return
		}
		text, line := form.Text("vraag", 50), form.Line("vraag", 50)
		if !utf8.ValidString(text) || strings.ContainsAny(line, "\n\t\x00") || len(form.List("lijst", 5, 3)) > 3 || !utf8.ValidString(form.Value("vraag")) {
			t.Errorf("%q, %q", text, line)
		}
		if form.Err() == nil && utf8.RuneCountInString(text) > 50 {
			t.Errorf("%d characters", utf8.RuneCountInString(text))
		}
	})
}

func TestFormAgain(t *testing.T) {
	broken := errors.New("of ours")
	for name, c := range map[string]struct {
		err    error
		status int // 0 when the page is not shown again
		said   string
	}{
		"a field":     {fault.Invalid(fault.Field{Name: "naam", Key: "web.form.toolong"}), 422, "naam"},
		"two editors": {fault.Conflict("web.error.conflict"), 409, ""},
		"too often":   {fault.TooMany(90 * time.Second), 429, ""},
		"too much":    {fault.TooLarge("web.error.toolarge"), 413, ""},
		"not there":   {fault.NotFound(), 0, ""},
		"a fault":     {broken, 0, ""},
	} {
		rec, shown := httptest.NewRecorder(), 0
		f, err := web.ReadForm(rec, httptest.NewRequest("GET", "/?naam=Buurthuis", nil))
		if err != nil {
			t.Fatal(err)
		}
		err = f.Again(c.err, func(status int) error { shown = status; return nil })
		if shown != c.status || (err == nil) != (c.status != 0) || err != nil && !errors.Is(err, c.err) {
			t.Errorf("%s: shown with %d, gives %v", name, shown, err)
		}
		if p := f.Problems(); c.status != 0 && (len(p) != 1 || p[0].Name != c.said) || c.status == 0 && len(p) != 0 {
			t.Errorf("%s: says %v", name, p)
		}
		if wait := rec.Header().Get("Retry-After"); (wait == "90") != (c.status == 429) {
			t.Errorf("%s: wait %q", name, wait)
		}
		if err := f.Again(fault.Conflict("web.error.conflict"), func(int) error { return broken }); err == nil || errors.Is(err, broken) {
			t.Errorf("%s: a page that cannot be shown gives %v", name, err)
		}
	}
}
