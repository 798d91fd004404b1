// Package i18n holds the words that people read. Each room keeps its words in
// locales/nl.json (the reference) and locales/en.json: flat JSON, keys that begin
// with the name of the room, {name} for what is filled in, and key.one / key.other
// for a plural, chosen by the argument "n" by the rules of Unicode CLDR.
package i18n

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

//go:embed locales
var own embed.FS

// Reference is the language that every text exists in.
const Reference = "nl"

// Source is one room with its locales folder.
type Source struct {
	Room string
	FS   fs.FS
}

// Catalog holds all words in all languages. It does not change once made.
type Catalog struct {
	langs map[string]*localizer
	order []string
}

// text is a sentence cut at its placeholders: words, name, words, name, words.
type text []string

// New reads the locales of the rooms, and its own.
func New(rooms ...Source) (*Catalog, error) {
	c := &Catalog{langs: map[string]*localizer{}}
	for _, room := range append(rooms, Source{"i18n", own}) {
		if room.FS == nil {
			continue
		}
		files, err := fs.Glob(room.FS, "locales/*.json")
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			lang := strings.TrimSuffix(path.Base(file), ".json")
			if err := c.read(room, file, lang); err != nil {
				return nil, fmt.Errorf("%s of room %s: %w", file, room.Room, err)
			}
		}
	}
	for lang, l := range c.langs {
		c.order = append(c.order, lang)
		if lang != Reference {
			l.reference = c.langs[Reference]
		}
	}
	sort.Slice(c.order, func(i, j int) bool {
		return c.order[i] == Reference || c.order[j] != Reference && c.order[i] < c.order[j]
	})
	return c, nil
}

func (c *Catalog) read(room Source, file, lang string) error {
	b, err := fs.ReadFile(room.FS, file)
	if err != nil {
		return err
	}
	var words map[string]string
	if err := json.Unmarshal(b, &words); err != nil {
		return err
	}
	l := c.langs[lang]
	if l == nil {
		l = newLocalizer(lang)
		c.langs[lang] = l
	}
	for key, s := range words {
		if !strings.HasPrefix(key, room.Room+".") {
			return fmt.Errorf("key %q must begin with %q", key, room.Room+".")
		}
		t, err := cut(s)
		if err != nil {
			return fmt.Errorf("key %q: %w", key, err)
		}
		l.words[key] = t
		l.keepForm(key, t)
	}
	return nil
}

func cut(s string) (text, error) {
	var t text
	for {
		before, rest, found := strings.Cut(s, "{")
		t = append(t, before)
		if !found {
			return t, nil
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed || name == "" {
			return nil, fmt.Errorf("a { without a name and }")
		}
		t = append(t, name)
		s = after
	}
}

// Languages lists the languages, the reference first.
func (c *Catalog) Languages() []string { return c.order }

// Keys lists the keys of a language with the placeholders each one has, for the
// tests of the house.
func (c *Catalog) Keys(lang string) map[string][]string {
	keys := map[string][]string{}
	l, ok := c.langs[lang]
	if !ok {
		return keys
	}
	for key, t := range l.words {
		names := []string{}
		for i := 1; i < len(t); i += 2 {
			names = append(names, t[i])
		}
		sort.Strings(names)
		keys[key] = names
	}
	return keys
}

type ctxKey struct{}

// localizer is one language. It does not change once the catalog is made.
type localizer struct {
	lang, dir string
	words     map[string]text
	plurals   map[string]*[6]text // by plural.Form; the key is without its last part
	rules     language.Tag
	reference *localizer // where it lacks a text; nil for the reference itself
}

func newLocalizer(lang string) *localizer {
	l := &localizer{lang: lang, dir: "ltr", words: map[string]text{}, plurals: map[string]*[6]text{}, rules: language.Make(lang)}
	switch base, _ := l.rules.Base(); base.String() {
	case "ar", "fa", "he", "ur", "ps", "ckb", "yi":
		l.dir = "rtl"
	}
	return l
}

var formNames = map[string]plural.Form{
	"zero": plural.Zero, "one": plural.One, "two": plural.Two, "few": plural.Few, "many": plural.Many, "other": plural.Other,
}

// keepForm keeps a text whose key ends with a plural form at that form.
func (l *localizer) keepForm(key string, t text) {
	dot := strings.LastIndexByte(key, '.')
	form, ok := formNames[key[dot+1:]]
	if !ok {
		return
	}
	forms := l.plurals[key[:dot]]
	if forms == nil {
		forms = new([6]text)
		l.plurals[key[:dot]] = forms
	}
	forms[form] = t
}

// nobody has no words: every text is its key.
var nobody = newLocalizer(Reference)

// With sets the language of ctx; an unknown language gives the reference.
func With(ctx context.Context, c *Catalog, lang string) context.Context {
	l, ok := c.langs[lang]
	if !ok {
		if l, ok = c.langs[Reference]; !ok {
			l = nobody
		}
	}
	return context.WithValue(ctx, ctxKey{}, l)
}

func from(ctx context.Context) *localizer {
	if l, ok := ctx.Value(ctxKey{}).(*localizer); ok {
		return l
	}
	return nobody
}

// Lang tells the language of ctx, such as "nl".
func Lang(ctx context.Context) string { return from(ctx).lang }

// Dir tells the direction in which the language of ctx is written.
func Dir(ctx context.Context) string { return from(ctx).dir }

// T gives the text of key in the language of ctx, filled with args: name, value,
// name, value. With an argument "n" it takes the plural form where there is one.
// A text that is missing comes in the reference language, or else as its key.
func T(ctx context.Context, key string, args ...any) string {
	l := from(ctx)
	t, ok := l.find(key, args)
	if !ok && l.reference != nil {
		t, ok = l.reference.find(key, args)
	}
	if !ok {
		return key
	}
	if len(t) == 1 {
		return t[0]
	}
	b := make([]byte, 0, 128) // a longer text grows out of the stack
	for i, part := range t {
		if i%2 == 0 {
			b = append(b, part...)
		} else {
			b = append(b, l.value(ctx, part, args)...)
		}
	}
	return string(b)
}

// PerLanguage makes a value that depends on the language alone once for each: the
// options of a Select, say. Nobody may change what it gives.
func PerLanguage[V any](build func(ctx context.Context) V) func(ctx context.Context) V {
	var made sync.Map // *localizer → V
	return func(ctx context.Context) V {
		l := from(ctx)
		if v, ok := made.Load(l); ok {
			return v.(V)
		}
		v, _ := made.LoadOrStore(l, build(context.WithValue(context.Background(), ctxKey{}, l)))
		return v.(V)
	}
}

func (l *localizer) find(key string, args []any) (text, bool) {
	if n, ok := argument("n", args); ok {
		if forms := l.plurals[key]; forms != nil {
			if t := forms[l.form(n)]; t != nil {
				return t, true
			}
			if t := forms[plural.Other]; t != nil {
				return t, true
			}
		}
	}
	t, ok := l.words[key]
	return t, ok
}

func (l *localizer) form(n any) plural.Form {
	i, ok := n.(int)
	if !ok {
		return plural.Other
	}
	return plural.Cardinal.MatchPlural(l.rules, abs(i), 0, 0, 0, 0)
}

func abs(i int) int { return max(i, -i) }

func (l *localizer) value(ctx context.Context, name string, args []any) string {
	v, ok := argument(name, args)
	if !ok {
		return "{" + name + "}"
	}
	switch v := v.(type) {
	case string:
		return v
	case int:
		return Number(ctx, v)
	}
	return fmt.Sprint(v)
}

func argument(name string, args []any) (any, bool) {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == name {
			return args[i+1], true
		}
	}
	return nil, false
}

// Number writes a whole number as people do: 12.345.
func Number(ctx context.Context, n int) string {
	s := strconv.Itoa(abs(n))
	if len(s) > 3 {
		sep := T(ctx, "i18n.thousands")
		for i := len(s) - 3; i > 0; i -= 3 {
			s = s[:i] + sep + s[i:]
		}
	}
	if n < 0 {
		s = "−" + s
	}
	return s
}

// Decimal writes a number with at most digits behind the decimal sign, and no
// zeros that say nothing: 3,5.
func Decimal(ctx context.Context, v float64, digits int) string {
	s := strconv.FormatFloat(max(v, -v), 'f', digits, 64)
	whole, part, _ := strings.Cut(s, ".")
	part = strings.TrimRight(part, "0")
	n, err := strconv.Atoi(whole)
	if err != nil {
		return s
	}
	s = Number(ctx, n)
	if part != "" {
		s += T(ctx, "i18n.decimal") + part
	}
	if v < 0 && s != "0" {
		s = "−" + s
	}
	return s
}

// Euro writes an amount of cents: € 1.250 or € 12,50.
func Euro(ctx context.Context, cents int64) string {
	sign := ""
	if cents < 0 {
		sign, cents = "−", -cents
	}
	s := T(ctx, "i18n.euro") + sign + Number(ctx, int(cents/100))
	if rest := cents % 100; rest != 0 {
		s += fmt.Sprintf("%s%02d", T(ctx, "i18n.decimal"), rest)
	}
	return s
}
