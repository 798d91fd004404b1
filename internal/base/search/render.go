package search

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/search/dutch"
)

// snippetSize is about how many bytes of a text are shown.
const snippetSize = 220

// reader is a question in words instead of numbers, so that it can be held
// against rows without the index.
type reader struct {
	slots  []readSlot
	number map[string]int // terms of the question
}

type readSlot struct {
	asked string
	any   []readOption
}

type readOption struct {
	terms        []int
	how          How
	asked, found string
}

func (x *index) reader(q question) reader {
	r := reader{number: map[string]int{}}
	for _, s := range q.slots {
		rs := readSlot{asked: q.text[s.token.Start:s.token.End]}
		for _, o := range s.any {
			ro := readOption{how: o.how, asked: o.asked, found: o.found}
			if ro.asked == "" {
				ro.asked = rs.asked
			}
			for _, t := range o.terms {
				text := x.voc.string(t)
				n, ok := r.number[text]
				if !ok {
					n = len(r.number)
					r.number[text] = n
				}
				ro.terms = append(ro.terms, n)
			}
			rs.any = append(rs.any, ro)
		}
		r.slots = append(r.slots, rs)
	}
	return r
}

// hit shows a row as an answer to the question.
func (r reader) hit(row *row, score float32) (Hit, error) {
	h := Hit{ID: row.id, Kind: row.kind, Title: row.title, URL: row.url, Score: float64(score), At: row.at}
	if err := json.Unmarshal([]byte(row.tags), &h.Tags); err != nil {
		return h, fmt.Errorf("tags of %s: %w", row.id, err)
	}

	// Which terms of the question the row has, and by their places which of
	// its words those are.
	has := make([]bool, len(r.number))
	at := make([]int16, 0, len(row.terms)/4) // place in the row → term of the question, or -1
	eachTerm(row.terms, func(term string, _ uint8) {
		n, ok := r.number[term]
		if !ok {
			n = -1
		} else {
			has[n] = true
		}
		at = append(at, int16(n)) //nolint:gosec // a question has few terms
	})
	used := make([]bool, len(r.number))
	var fits []readOption
	for _, s := range r.slots {
		i := slices.IndexFunc(s.any, func(o readOption) bool {
			return !slices.ContainsFunc(o.terms, func(n int) bool { return !has[n] })
		})
		if i < 0 {
			continue
		}
		for _, n := range s.any[i].terms {
			used[n] = true
		}
		fits = append(fits, s.any[i])
		h.Why = append(h.Why, s.asked)
	}
	marks := map[string][]int{} // word → terms of the question
	eachWord(row.terms, func(word string, places []int) {
		for _, p := range places {
			if p < len(at) && at[p] >= 0 && used[at[p]] {
				marks[word] = append(marks[word], int(at[p]))
			}
		}
	})

	inTitle := marked(row.title, marks)
	inBody := marked(row.body, marks)
	h.TitleSpans = spans(row.title, inTitle)
	shown, _, _ := strings.Cut(row.body, keywordsBegin)
	h.Snippet = snippet(shown, slices.DeleteFunc(slices.Clone(inBody), func(m mark) bool { return m.end > len(shown) }))
	for _, o := range fits {
		m := Match{Asked: o.asked, Found: o.found, How: o.how}
		if m.Found == "" || o.how != BySynonym {
			m.Found = wording(o.terms, row.title, inTitle, row.body, inBody)
		}
		if !slices.Contains(h.Matched, m) {
			h.Matched = append(h.Matched, m)
		}
	}
	return h, nil
}

// mark is a marked word of a text.
type mark struct {
	start, end int
	terms      []int
}

func marked(text string, words map[string][]int) []mark {
	var found []mark
	for tok := range dutch.Tokens(text) {
		if terms, ok := words[tok.Word]; ok {
			found = append(found, mark{tok.Start, tok.End, terms})
		}
	}
	return found
}

// wording gives the words of the text that the terms stand for, as written.
func wording(terms []int, title string, inTitle []mark, body string, inBody []mark) string {
	var words []string
	for _, term := range terms {
		is := func(m mark) bool { return slices.Contains(m.terms, term) }
		word := ""
		if i := slices.IndexFunc(inTitle, is); i >= 0 {
			word = title[inTitle[i].start:inTitle[i].end]
		} else if i := slices.IndexFunc(inBody, is); i >= 0 {
			word = body[inBody[i].start:inBody[i].end]
		}
		if word != "" && !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	return strings.Join(words, " ")
}

// spans cuts a text at its marks.
func spans(text string, marks []mark) []Span {
	var out []Span
	at := 0
	for _, m := range marks {
		if m.start > at {
			out = append(out, Span{Text: text[at:m.start]})
		}
		out = append(out, Span{Text: text[m.start:m.end], Mark: true})
		at = m.end
	}
	if at < len(text) {
		out = append(out, Span{Text: text[at:]})
	}
	return out
}

// snippet gives the piece of a text with the most different marks.
func snippet(text string, marks []mark) []Span {
	from, best := 0, 0
	for i, m := range marks {
		var seen []int
		for _, o := range marks[i:] {
			if o.end > m.start+snippetSize*3/4 {
				break
			}
			if !slices.Contains(seen, o.terms[0]) {
				seen = append(seen, o.terms[0])
			}
		}
		if len(seen) > best {
			best, from = len(seen), m.start
		}
	}
	from = wordStart(text, max(0, from-snippetSize/4))
	to := wordEnd(text, min(len(text), from+snippetSize))
	piece := text[from:to]
	var inside []mark
	for _, m := range marks {
		if m.start >= from && m.end <= to {
			inside = append(inside, mark{m.start - from, m.end - from, m.terms})
		}
	}
	out := spans(piece, inside)
	for i := range out {
		out[i].Text = oneLine.Replace(out[i].Text)
	}
	if from > 0 {
		out = append([]Span{{Text: "… "}}, out...)
	}
	if to < len(text) {
		out = append(out, Span{Text: " …"})
	}
	return out
}

var oneLine = strings.NewReplacer("\n", " ", "\r", " ", "\t", " ")

// wordStart moves a place to the beginning of the next word, if one is near.
func wordStart(text string, at int) int {
	if at == 0 {
		return 0
	}
	if i := strings.IndexAny(text[at:min(len(text), at+40)], " \n\t"); i >= 0 {
		return at + i + 1
	}
	for at < len(text) && !utf8.RuneStart(text[at]) {
		at++
	}
	return at
}

// wordEnd moves a place back to the end of a word, if one is near.
func wordEnd(text string, at int) int {
	if at == len(text) {
		return at
	}
	near := max(0, at-40)
	if i := strings.LastIndexAny(text[near:at], " \n\t"); i >= 0 {
		return near + i
	}
	for at > 0 && !utf8.RuneStart(text[at]) {
		at--
	}
	return at
}
