package dutch

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxWord is the longest folded word, in bytes, that is kept; the rest is cut.
const maxWord = 48

// Token is one word of a text: its place in bytes and its folded form.
type Token struct {
	Start, End int
	Word       string
}

// Fold gives the form in which words are compared: lower case, no accents.
func Fold(word string) string {
	ascii, lower := true, true
	for i := range len(word) {
		c := word[i]
		ascii = ascii && c < utf8.RuneSelf
		lower = lower && (c < 'A' || c > 'Z')
	}
	if ascii {
		if !lower {
			word = strings.ToLower(word)
		}
		return cut(word)
	}
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(word)) {
		switch {
		case r == 'ß':
			b.WriteString("ss")
		case r == 'æ':
			b.WriteString("ae")
		case r == 'œ':
			b.WriteString("oe")
		case r == 'ø':
			b.WriteByte('o')
		case r == 'đ' || r == 'ð':
			b.WriteByte('d')
		case r == 'ł':
			b.WriteByte('l')
		case r == 'ı':
			b.WriteByte('i')
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return cut(b.String())
}

func cut(word string) string {
	if len(word) <= maxWord {
		return word
	}
	n := maxWord
	for n > 0 && !utf8.RuneStart(word[n]) {
		n--
	}
	return word[:n]
}

// Tokens yields the words of a text in order. An apostrophe or hyphen parts
// words, so "auto's" gives "auto"; dotted letters join, so "w.m.o." gives
// "wmo". Single letters say nothing and are left out.
func Tokens(text string) iter.Seq[Token] {
	return func(yield func(Token) bool) { tokens(text, yield) }
}

func tokens(text string, yield func(Token) bool) {
	for i := 0; i < len(text); {
		r, n := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(text[i:])
		}
		if !wordRune(r) {
			i += n
			continue
		}
		start := i
		i = wordEnd(text, i+n)
		raw := text[start:i]
		dots := dotted(text, start, i)
		if dots > i {
			raw, i = strings.ReplaceAll(text[start:dots], ".", ""), dots
		}
		word := Fold(raw)
		if word == "" || len(word) == 1 && letter(word[0]) {
			continue
		}
		if !yield(Token{start, i, word}) {
			return
		}
	}
}

func wordEnd(text string, i int) int {
	for i < len(text) {
		if c := text[i]; c < utf8.RuneSelf {
			if !letter(c) && !digit(c) {
				break
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		if !wordRune(r) && !unicode.Is(unicode.Mn, r) && !unicode.Is(unicode.Cf, r) {
			break
		}
		i += n
	}
	return i
}

// dotted gives the end of letters joined by dots ("p.g.b") that begin at
// start, or end if there are none.
func dotted(text string, start, end int) int {
	at := end
	for at == start+1 && at+1 < len(text) && text[at] == '.' && letter(text[at+1]) && wordEnd(text, at+2) == at+2 {
		start, at = at+1, at+2
	}
	return at
}

func wordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return letter(byte(r)) || digit(byte(r))
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

func letter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func digit(c byte) bool  { return '0' <= c && c <= '9' }
