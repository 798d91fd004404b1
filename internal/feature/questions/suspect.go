package questions

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"wijkbaak.nl/internal/base/bsn"
)

// Suspect tells why a text of somebody we do not know should be looked at before
// others see it; "" if there is no reason. It holds back and never refuses.
func Suspect(texts ...string) string {
	all := plain(strings.Join(texts, "\n"))
	if len(linkForm.FindAllStringIndex(all, 3)) > 2 {
		return "links"
	}
	if suspectWords.MatchString(strings.Join(strings.Fields(strings.ToLower(all)), " ")) {
		return "words"
	}
	letters, capitals := 0, 0
	for _, c := range all {
		if c >= 'a' && c <= 'z' {
			letters++
		}
		if c >= 'A' && c <= 'Z' {
			letters++
			capitals++
		}
	}
	if letters > 40 && capitals*10 > letters*7 {
		return "capitals"
	}
	for _, number := range numberForm.FindAllString(all, -1) {
		if perhapsBSN(number) {
			return "number"
		}
	}
	return ""
}

// plain writes wide and joined characters as usual ones and drops what nobody
// sees, so that a word cannot hide in them.
func plain(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.Is(unicode.Cf, c) {
			return -1
		}
		return c
	}, norm.NFKC.String(s))
}

var (
	linkForm   = regexp.MustCompile(`(?i)\b(?:https?://|www\.)\S+`)
	numberForm = regexp.MustCompile(`[0-9](?:[ .\-]?[0-9])*`)
)

// perhapsBSN tells whether digits may be a citizen service number, which nobody
// should publish: nine in a row, or nine with marks between them that pass its
// check, because other numbers are written so too.
func perhapsBSN(number string) bool {
	return len(number) == 9 && !strings.ContainsAny(number, " .-") || bsn.Valid(number)
}

// suspectWords stand in advertising and abuse, not in questions about care. They
// are whole words: a lamp that flickers and a crossword are no offence.
var suspectWords = regexp.MustCompile(`(?:^|[^\pL])(?:` + strings.Join([]string{
	"(?:online ?)?casino'?s?", "viagra", "cialis", "crypto", "cryptocoins?", "bitcoins?", "snel geld", "klik hier", "click here",
	"gratis iphone", "escorts?", "porno?", "onlyfans", "forex", "seo service", "backlinks?", "kankerlijers?", "kankerhoer(?:en)?",
	"hoer(?:en)?", "tyfus(?:lijers?)?", "vieze flikkers?", "negers?", "kutmarokka(?:an|nen)", "ik maak je dood", "ik weet waar je woont",
}, "|") + `)(?:[^\pL]|$)`)
