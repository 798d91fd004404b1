package fhirpath

import (
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

type tokenKind int

const (
	tokEnd    tokenKind = iota
	tokName             // identifier or keyword
	tokQuoted           // `identifier`
	tokText             // 'string'
	tokNumber
	tokTime // @…
	tokSign // operator or bracket
)

type token struct {
	kind tokenKind
	text string
	pos  int // in characters, from 1
	time Temporal
}

func (t token) is(text string) bool {
	return t.text == text && (t.kind == tokSign || t.kind == tokName)
}

func (t token) String() string {
	if t.kind == tokEnd {
		return "the end"
	}
	return "“" + t.text + "”"
}

type lexer struct {
	src []rune
	at  int
}

func (l *lexer) peek(ahead int) rune {
	if l.at+ahead < len(l.src) {
		return l.src[l.at+ahead]
	}
	return 0
}

func digit(r rune) bool { return r >= '0' && r <= '9' }

func nameStart(r rune) bool { return r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

// tokens cuts the whole source.
func tokens(src string) ([]token, error) {
	if !utf8.ValidString(src) {
		return nil, fail(Syntax, 1, "the expression is not valid UTF-8")
	}
	l := &lexer{src: []rune(src)}
	var out []token
	for {
		if err := l.space(); err != nil {
			return nil, err
		}
		t, err := l.next()
		if err != nil {
			return nil, err
		}
		out = append(out, t)
		if t.kind == tokEnd {
			return out, nil
		}
	}
}

// space skips white space and comments.
func (l *lexer) space() error {
	for {
		switch r := l.peek(0); {
		case r != 0 && unicode.IsSpace(r):
			l.at++
		case r == '/' && l.peek(1) == '/':
			for l.at < len(l.src) && l.peek(0) != '\n' {
				l.at++
			}
		case r == '/' && l.peek(1) == '*':
			begin := l.at
			for l.at += 2; l.peek(0) != '*' || l.peek(1) != '/'; l.at++ {
				if l.at >= len(l.src) {
					return fail(Syntax, begin+1, "the comment is not closed")
				}
			}
			l.at += 2
		default:
			return nil
		}
	}
}

func (l *lexer) next() (token, error) {
	begin := l.at
	t := token{pos: begin + 1}
	r := l.peek(0)
	switch {
	case l.at >= len(l.src):
		return t, nil
	case digit(r):
		t.kind = tokNumber
		l.digits()
		if l.peek(0) == '.' && digit(l.peek(1)) {
			l.at++
			l.digits()
		}
	case nameStart(r):
		t.kind = tokName
		for nameStart(l.peek(0)) || digit(l.peek(0)) {
			l.at++
		}
	case r == '\'' || r == '`' || r == '"':
		text, err := l.quoted(r)
		t.kind, t.text = tokText, text
		if r == '`' {
			t.kind = tokQuoted
		}
		if r == '"' && err == nil {
			err = fail(Syntax, begin+1, "a text stands between single quotes, a name between back quotes")
		}
		return t, err
	case r == '@':
		return l.time()
	case r == '$':
		t.kind = tokSign
		l.at++
		for nameStart(l.peek(0)) {
			l.at++
		}
	default:
		t.kind = tokSign
		two := string(l.src[l.at:min(l.at+2, len(l.src))])
		switch {
		case two == "<=" || two == ">=" || two == "!=" || two == "!~":
			l.at += 2
		case strings.ContainsRune("()[]{}.,+-*/|&=~<>%", r):
			l.at++
		default:
			return t, fail(Syntax, t.pos, "the character %q has no meaning here", r)
		}
	}
	t.text = string(l.src[begin:l.at])
	return t, nil
}

func (l *lexer) digits() {
	for digit(l.peek(0)) {
		l.at++
	}
}

var escapes = map[rune]rune{'\'': '\'', '"': '"', '`': '`', '\\': '\\', '/': '/', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// quoted reads up to the closing quote and resolves what is escaped.
func (l *lexer) quoted(quote rune) (string, error) {
	begin := l.at + 1
	var b strings.Builder
	for l.at++; ; l.at++ {
		if l.at >= len(l.src) {
			return "", fail(Syntax, begin, "the quote %c is not closed", quote)
		}
		r := l.peek(0)
		switch {
		case r == quote:
			l.at++
			return b.String(), nil
		case r != '\\':
			b.WriteRune(r)
		case l.peek(1) == 'u':
			l.at++
			r, ok := l.hex()
			if ok && utf16.IsSurrogate(r) && l.peek(1) == '\\' && l.peek(2) == 'u' {
				l.at += 2
				var low rune
				low, ok = l.hex()
				r = utf16.DecodeRune(r, low)
			}
			if !ok {
				return "", fail(Syntax, l.at+1, "\\u asks for four hexadecimal digits")
			}
			b.WriteRune(r)
		default:
			l.at++
			c, ok := escapes[l.peek(0)]
			if !ok {
				return "", fail(Syntax, l.at, "\\%c is no escape; write a backslash as \\\\", max(l.peek(0), ' '))
			}
			b.WriteRune(c)
		}
	}
}

// hex reads the four digits after the u it stands on.
func (l *lexer) hex() (rune, bool) {
	var r rune
	for i := 1; i <= 4; i++ {
		v := strings.IndexRune("0123456789abcdef", unicode.ToLower(l.peek(i)))
		if v < 0 {
			return 0, false
		}
		r = r<<4 | rune(v)
	}
	l.at += 4
	return r, true
}

// time reads @date, @dateTtime, @dateT and @Ttime.
func (l *lexer) time() (token, error) {
	t := token{kind: tokTime, pos: l.at + 1}
	l.at++
	begin := l.at
	clock := l.peek(0) == 'T'
	if !clock {
		l.digits()
		for range 2 {
			if l.peek(0) == '-' && digit(l.peek(1)) {
				l.at++
				l.digits()
			}
		}
	}
	stamp := false
	if l.peek(0) == 'T' {
		stamp = true
		l.at++
		l.digits()
		for range 2 {
			if l.peek(0) == ':' && digit(l.peek(1)) {
				l.at++
				l.digits()
			}
		}
		if l.peek(0) == '.' && digit(l.peek(1)) {
			l.at++
			l.digits()
		}
		switch r := l.peek(0); {
		case r == 'Z':
			l.at++
		case (r == '+' || r == '-') && digit(l.peek(1)) && digit(l.peek(2)) && l.peek(3) == ':' && digit(l.peek(4)) && digit(l.peek(5)):
			l.at += 6
		}
	}
	text := string(l.src[begin:l.at])
	t.text = "@" + text
	var ok bool
	switch {
	case clock:
		t.time, ok = parseTime(text[1:])
	case stamp:
		t.time, ok = parseDateTime(strings.TrimSuffix(text, "T"))
	default:
		t.time, ok = parseDate(text)
	}
	if !ok {
		return t, fail(Syntax, t.pos, "%s is not a date or a time", t.text)
	}
	return t, nil
}
