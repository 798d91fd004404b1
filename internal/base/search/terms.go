package search

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"wijkbaak.nl/internal/base/search/dutch"
)

// analysis is the version of how terms are made. Raise it when that changes:
// rows of an older version are then made anew while serving.
const analysis = 1

// How much a word counts by where it stands, and a part of it.
const (
	inTitle   = 3.0
	inBody    = 1.0
	asPart    = 0.4
	maxBody   = 100_000 // bytes of a text that are analysed
	usualSize = 100.0   // words in a usual text
	saturate  = 1.2     // how soon more of the same stops counting
	lengthy   = 0.4     // how much a long text is held against it
)

// terms are a text as the index needs it. Each term has an impact of 1 to 255:
// how much the text is about it, whatever the other texts are. Each word has
// the places in the list of its own term and those of its parts.
//
// A row keeps it as text: "term:impact …\nword/term,part …", the impact in two
// hexadecimal digits, the places in base 36.
type terms struct {
	list  map[string]float64
	words map[string][]string
	size  int
}

// analyse makes the terms of a text as a row keeps them.
func analyse(title, body string) string {
	t := terms{list: map[string]float64{}, words: map[string][]string{}}
	t.add(title, inTitle)
	if len(body) > maxBody {
		body = body[:maxBody]
	}
	t.add(body, inBody)
	return t.encode()
}

func (t *terms) add(text string, weight float64) {
	for tok := range dutch.Tokens(text) {
		if dutch.Stop(tok.Word) {
			continue
		}
		t.size++
		of, ok := t.words[tok.Word]
		if !ok {
			of = wordTerms(tok.Word)
			t.words[tok.Word] = of
		}
		for i, term := range of {
			if i == 0 {
				t.list[term] += weight
			} else {
				t.list[term] += weight * asPart
			}
		}
	}
}

// wordTerms gives the term of a word, then those of its parts.
func wordTerms(word string) []string {
	of := []string{dutch.Stem(word)}
	for _, part := range dutch.AllParts(word) {
		if term := dutch.Stem(part); !dutch.Stop(part) && !slices.Contains(of, term) {
			of = append(of, term)
		}
	}
	return of
}

func (t *terms) encode() string {
	list := slices.Sorted(maps.Keys(t.list))
	place := make(map[string]int, len(list))
	norm := 1 - lengthy + lengthy*float64(t.size)/usualSize
	var b strings.Builder
	for i, term := range list {
		place[term] = i
		tf := t.list[term] / norm
		impact := int(math.Round(255 * tf / (tf + saturate)))
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(term)
		b.WriteByte(':')
		if impact = max(1, min(255, impact)); impact < 16 {
			b.WriteByte('0')
		}
		b.WriteString(strconv.FormatInt(int64(impact), 16))
	}
	b.WriteByte('\n')
	for i, word := range slices.Sorted(maps.Keys(t.words)) {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(word)
		for j, term := range t.words[word] {
			b.WriteByte("/,"[min(j, 1)])
			b.WriteString(strconv.FormatInt(int64(place[term]), 36))
		}
	}
	return b.String()
}

// eachTerm reads the first line of a row's terms.
func eachTerm(row string, yield func(term string, impact uint8)) {
	line, _, _ := strings.Cut(row, "\n")
	for line != "" {
		var item string
		item, line, _ = strings.Cut(line, " ")
		if n := len(item) - 3; n > 0 && item[n] == ':' {
			yield(item[:n], hex(item[n+1])<<4|hex(item[n+2]))
		}
	}
}

// eachWord reads the second line: each word with the places of its terms.
func eachWord(row string, yield func(word string, places []int)) {
	_, line, _ := strings.Cut(row, "\n")
	var places []int
	for line != "" {
		var item string
		item, line, _ = strings.Cut(line, " ")
		word, of, _ := strings.Cut(item, "/")
		places = places[:0]
		n := 0
		for i := range len(of) {
			if of[i] == ',' {
				places, n = append(places, n), 0
				continue
			}
			n = n*36 + int(base36(of[i]))
		}
		yield(word, append(places, n))
	}
}

func hex(c byte) uint8 { return base36(c) & 15 }

func base36(c byte) uint8 {
	if c >= 'a' {
		return c - 'a' + 10
	}
	return c - '0'
}
