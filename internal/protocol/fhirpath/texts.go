package fhirpath

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"html"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

func hasPrefix(s, part string) bool { return strings.HasPrefix(s, part) }
func hasSuffix(s, part string) bool { return strings.HasSuffix(s, part) }
func hasPart(s, part string) bool   { return strings.Contains(s, part) }
func upper(s string) string         { return strings.ToUpper(s) }
func lower(s string) string         { return strings.ToLower(s) }
func trim(s string) string          { return strings.TrimSpace(s) }

// textTest makes a function of a text and a part of it.
func textTest(test func(s, part string) bool) *function {
	return &function{1, 1, false, func(c *call) (Collection, error) {
		s, ok, err := c.text()
		if err != nil {
			return nil, err
		}
		part, okPart, err := c.textArg(0)
		if err != nil || !ok || !okPart {
			return nil, err
		}
		return one(test(s, part)), c.read(s)
	}}
}

// textMap makes a function of a text to a text.
func textMap(change func(string) string) *function {
	return &function{0, 0, false, func(c *call) (Collection, error) {
		s, ok, err := c.text()
		if err != nil || !ok {
			return nil, err
		}
		if err := c.read(s); err != nil {
			return nil, err
		}
		return text(change(s), c.n.pos)
	}}
}

// read takes a step for every hundred bytes that a function goes through.
func (c *call) read(s string) error { return c.e.step(len(s)/100, c.n.pos) }

func (c *call) position(last bool) (Collection, error) {
	s, ok, err := c.text()
	if err != nil {
		return nil, err
	}
	part, okPart, err := c.textArg(0)
	if err != nil || !ok || !okPart {
		return nil, err
	}
	at := strings.Index(s, part)
	if last {
		at = strings.LastIndex(s, part)
	}
	if at > 0 {
		at = utf8.RuneCountInString(s[:at])
	}
	return one(int64(at)), c.read(s)
}

func substring(c *call) (Collection, error) {
	s, ok, err := c.text()
	if err != nil {
		return nil, err
	}
	from, okFrom, err := c.wholeArg(0)
	if err != nil || !ok || !okFrom {
		return nil, err
	}
	runes := []rune(s)
	n := int64(len(runes))
	if len(c.n.args) == 2 {
		asked, ok, err := c.wholeArg(1)
		if err != nil {
			return nil, err
		}
		if ok {
			n = max(asked, 0)
		}
	}
	if from < 0 || from >= int64(len(runes)) {
		return nil, nil
	}
	return one(string(runes[from:min(from+n, int64(len(runes)))])), c.read(s)
}

func replace(c *call) (Collection, error) {
	s, part, with, ok, err := c.threeTexts()
	if err != nil || !ok {
		return nil, err
	}
	times := strings.Count(s, part)
	if len(s)+times*(len(with)-len(part)) > MaxText {
		return nil, fail(Limit, c.n.pos, "the text is longer than %d bytes", MaxText)
	}
	return one(strings.ReplaceAll(s, part, with)), c.e.step(times/10, c.n.pos)
}

// threeTexts are the input and two arguments.
func (c *call) threeTexts() (s, a, b string, ok bool, err error) {
	s, ok, err = c.text()
	if err != nil {
		return "", "", "", false, err
	}
	a, okA, err := c.textArg(0)
	if err != nil {
		return "", "", "", false, err
	}
	b, okB, err := c.textArg(1)
	if err != nil {
		return "", "", "", false, err
	}
	return s, a, b, ok && okA && okB, c.read(s)
}

const mostPattern = 1000 // bytes of a regular expression

// pattern compiles a regular expression to be run over a text, and takes the
// steps that this may cost. It runs in time that grows with the text times its
// own size, so it knows no look-around and no back reference.
func (c *call) pattern(p, over string, full bool) (*regexp.Regexp, error) {
	if len(p) > mostPattern {
		return nil, fail(Limit, c.n.pos, "the regular expression is longer than %d bytes", mostPattern)
	}
	all := `(?s)` + p
	if full {
		all = `(?s)^(?:` + p + `)$`
	}
	var program *syntax.Prog
	tree, err := syntax.Parse(all, syntax.Perl)
	if err == nil {
		program, err = syntax.Compile(tree.Simplify())
	}
	if err != nil {
		return nil, fail(Type, c.n.pos, "the regular expression %q is not understood", shorten(p))
	}
	if err := c.e.step(10+len(program.Inst)*(10+len(over))/50, c.n.pos); err != nil {
		return nil, err
	}
	re, err := regexp.Compile(all)
	if err != nil {
		return nil, fail(Type, c.n.pos, "the regular expression %q is not understood", shorten(p))
	}
	return re, nil
}

func (c *call) matches(full bool) (Collection, error) {
	s, ok, err := c.text()
	if err != nil {
		return nil, err
	}
	p, okP, err := c.textArg(0)
	if err != nil || !ok || !okP {
		return nil, err
	}
	re, err := c.pattern(p, s, full)
	if err != nil {
		return nil, err
	}
	return one(re.MatchString(s)), nil
}

var dollar = regexp.MustCompile(`\$(\d+)`)

func replaceMatches(c *call) (Collection, error) {
	s, p, with, ok, err := c.threeTexts()
	if err != nil || !ok {
		return nil, err
	}
	if p == "" { // an empty pattern changes nothing
		return one(s), nil
	}
	re, err := c.pattern(p, s, false)
	if err != nil {
		return nil, err
	}
	with = dollar.ReplaceAllString(with, `$${$1}`)
	found := re.FindAllStringSubmatchIndex(s, max(0, c.e.left)+1) // one more than may be paid for
	if err := c.e.step(len(found), c.n.pos); err != nil {
		return nil, err
	}
	var out []byte
	end := 0
	for _, m := range found {
		out = append(out, s[end:m[0]]...)
		out = re.ExpandString(out, with, s, m)
		if end = m[1]; len(out) > MaxText {
			return nil, fail(Limit, c.n.pos, "the text is longer than %d bytes", MaxText)
		}
	}
	return text(string(append(out, s[end:]...)), c.n.pos)
}

func length(c *call) (Collection, error) {
	s, ok, err := c.text()
	if err != nil || !ok {
		return nil, err
	}
	return one(int64(utf8.RuneCountInString(s))), c.read(s)
}

func toChars(c *call) (Collection, error) {
	s, ok, err := c.text()
	if err != nil || !ok {
		return nil, err
	}
	if err := c.e.step(len(s), c.n.pos); err != nil {
		return nil, err
	}
	var out Collection
	for _, r := range s {
		out = append(out, Value{data: string(r)})
	}
	return out, nil
}

func split(c *call) (Collection, error) {
	s, ok, err := c.text()
	if err != nil {
		return nil, err
	}
	by, okBy, err := c.textArg(0)
	if err != nil || !ok || !okBy {
		return nil, err
	}
	if by == "" {
		return toChars(c)
	}
	if err := c.e.step(strings.Count(s, by)+len(s)/100, c.n.pos); err != nil {
		return nil, err
	}
	var out Collection
	for part := range strings.SplitSeq(s, by) {
		out = append(out, Value{data: part})
	}
	return out, nil
}

func joinTexts(c *call) (Collection, error) {
	by := ""
	if len(c.n.args) == 1 {
		var err error
		if by, _, err = c.textArg(0); err != nil {
			return nil, err
		}
	}
	var b strings.Builder
	written := false
	for _, v := range c.in {
		if v.data == nil {
			continue
		}
		s, _, err := c.asText(v)
		if err != nil {
			return nil, err
		}
		if written {
			b.WriteString(by)
		}
		written = true
		if b.WriteString(s); b.Len() > MaxText {
			return text(b.String(), c.n.pos)
		}
	}
	if !written {
		return nil, nil
	}
	return one(b.String()), c.read(b.String())
}

// form reads the input and the name of a form, and refuses one that is not
// there.
func (c *call) form(names ...string) (s, form string, ok bool, err error) {
	s, ok, err = c.text()
	if err != nil {
		return "", "", false, err
	}
	form, okForm, err := c.textArg(0)
	if err != nil || !ok || !okForm {
		return "", "", false, err
	}
	for _, n := range names {
		if n == form {
			return s, form, true, c.read(s)
		}
	}
	return "", "", false, fail(Type, c.n.pos, "%s() knows %s", c.n.text, strings.Join(names, ", "))
}

func encode(c *call) (Collection, error) {
	s, form, ok, err := c.form("base64", "urlbase64", "hex")
	if err != nil || !ok {
		return nil, err
	}
	switch form {
	case "base64":
		s = base64.StdEncoding.EncodeToString([]byte(s))
	case "urlbase64":
		s = base64.URLEncoding.EncodeToString([]byte(s))
	default:
		s = hex.EncodeToString([]byte(s))
	}
	return text(s, c.n.pos)
}

func decode(c *call) (Collection, error) {
	s, form, ok, err := c.form("base64", "urlbase64", "hex")
	if err != nil || !ok {
		return nil, err
	}
	var out []byte
	switch form {
	case "base64":
		out, err = base64.StdEncoding.DecodeString(s)
	case "urlbase64":
		out, err = base64.URLEncoding.DecodeString(s)
	default:
		out, err = hex.DecodeString(s)
	}
	if err != nil || !utf8.Valid(out) {
		return nil, fail(Type, c.n.pos, "the text is not %s", form)
	}
	return one(string(out)), nil
}

var htmlEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;")

func escape(c *call) (Collection, error) {
	s, form, ok, err := c.form("html", "json")
	if err != nil || !ok {
		return nil, err
	}
	if form == "html" {
		return text(htmlEscapes.Replace(s), c.n.pos)
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return nil, fail(Type, c.n.pos, "the text cannot be written as JSON")
	}
	quoted := strings.TrimSuffix(b.String(), "\n")
	return text(quoted[1:len(quoted)-1], c.n.pos)
}

func unescape(c *call) (Collection, error) {
	s, form, ok, err := c.form("html", "json")
	if err != nil || !ok {
		return nil, err
	}
	if form == "html" {
		return text(html.UnescapeString(s), c.n.pos)
	}
	// A bare quote is let through as it is.
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			b.WriteByte(s[i])
			i++
		} else if s[i] == '"' {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	var out string
	if json.Unmarshal([]byte(`"`+b.String()+`"`), &out) != nil {
		return nil, fail(Type, c.n.pos, "the text is not escaped as in JSON")
	}
	return text(out, c.n.pos)
}
