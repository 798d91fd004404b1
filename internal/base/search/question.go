package search

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/search/dutch"
)

// question is what a query asks of one index: places, in each of which any of
// several things will do.
type question struct {
	text  string
	slots []slot
	said  []said
}

// said is a word of the question as the list of synonyms reads it: the number of
// its slot, or a small word without one.
type said struct {
	slot  int
	small string
}

// slot is one word of the question.
type slot struct {
	token dutch.Token
	term  string
	worth float32 // how much it tells
	any   []option

	read   bool   // whether it was held against mistakes in typing
	right  string // the term it was taken for then, if nobody has its word
	phrase bool   // with others it says what the list of synonyms knows
}

// option is one way to fill a slot: texts that have all of these terms.
type option struct {
	terms  []uint32
	weight float32
	how    How
	asked  string // the words of the question, if more than this one
	found  string // what we call it
}

// How much each way counts.
const (
	wholeWeight   = 1.0
	joinedWeight  = 0.9
	partsWeight   = 0.8
	synonymWeight = 0.7
	furtherWeight = 0.8  // of a synonym of a synonym
	typoWeight    = 0.75 // less for each further mistake
	startWeight   = 0.5
	partWeight    = 0.3 // one part of a compound nobody has
	fillerWorth   = 0.15
	lightWorth    = 0.4
	maxStarts     = 16
	maxTyped      = 3
)

// ask makes the question out of what was typed.
func (x *index) ask(text string, typing bool) question {
	text = bound(text)
	q := question{text: text}
	for tok := range dutch.Tokens(text) {
		if dutch.Stop(tok.Word) {
			if w := dutch.Small(tok.Word); w != "" {
				q.said = append(q.said, said{-1, w})
			}
			continue
		}
		if len(q.slots) == maxWords {
			break
		}
		term := dutch.Stem(tok.Word)
		at := slices.IndexFunc(q.slots, func(s slot) bool { return s.term == term })
		if at < 0 {
			at = len(q.slots)
			q.slots = append(q.slots, slot{token: tok, term: term})
		}
		q.said = append(q.said, said{at, ""})
	}
	for i := range q.slots {
		s := &q.slots[i]
		s.any = append(s.any, x.word(s.token.Word, s.term)...)
	}
	q.join(x)
	unfinished := func(i int) bool { return typing && i == len(q.slots)-1 && q.slots[i].token.End == len(text) }
	for i := range q.slots {
		if s := &q.slots[i]; len(s.any) == 0 && !unfinished(i) && !dutch.Standard().Has(s.term) {
			q.spelling(x, s)
		}
	}
	q.synonyms(x)
	for i := range q.slots {
		s := &q.slots[i]
		if unfinished(i) {
			s.any = append(s.any, x.starts(s.token.Word)...)
		}
		if !s.read && (!unfinished(i) || len(s.any) == 0) {
			q.spelling(x, s)
		}
	}
	q.weigh(x)
	return q
}

// bound cuts a question to what is read of it.
func bound(text string) string {
	text = strings.ToValidUTF8(text, " ")
	if utf8.RuneCountInString(text) > maxRunes {
		text = string([]rune(text)[:maxRunes])
	}
	return text
}

// word gives the options for one word: itself, or all its parts.
func (x *index) word(word, term string) []option {
	var any []option
	t, known := x.term(term)
	if known {
		any = append(any, option{terms: []uint32{t}, weight: wholeWeight, how: ByWord})
	}
	if parts := dutch.Split(word); parts != nil {
		var each []uint32
		for _, p := range parts {
			if t, ok := x.term(dutch.Stem(p)); ok {
				each = append(each, t)
			}
		}
		if len(each) == len(parts) {
			any = append(any, option{terms: each, weight: partsWeight, how: ByPart})
		}
		if !known {
			for _, t := range each {
				any = append(any, option{terms: []uint32{t}, weight: partWeight, how: ByPart})
			}
		}
	}
	return any
}

// join takes two words that belong together as one: "scoot mobiel".
func (q *question) join(x *index) {
	for i := range len(q.slots) - 1 {
		a, b := &q.slots[i], &q.slots[i+1]
		t, ok := x.term(dutch.Stem(a.token.Word + b.token.Word))
		if !ok {
			continue
		}
		o := option{terms: []uint32{t}, weight: joinedWeight, how: ByPart, asked: q.text[a.token.Start:b.token.End]}
		a.any, b.any = append(a.any, o), append(b.any, o)
	}
}

// synonyms adds what else the words may be called.
func (q *question) synonyms(x *index) {
	terms := make([]string, len(q.said))
	for i, w := range q.said {
		terms[i] = w.small
		if w.slot >= 0 {
			terms[i] = cmp.Or(q.slots[w.slot].right, q.slots[w.slot].term)
		}
	}
	for i := range terms {
		dutch.Standard().Find(terms, i, func(places []int, to []dutch.Phrase) {
			start, end := len(q.text), 0
			for _, k := range places {
				if n := q.said[k].slot; n >= 0 {
					s := &q.slots[n]
					s.phrase = s.phrase || len(places) > 1
					start, end = min(start, s.token.Start), max(end, s.token.End)
				}
			}
			for _, p := range to {
				x.phrase(p, func(o option) {
					o.asked = q.text[start:end]
					if p.Further {
						o.weight *= furtherWeight
					}
					for _, k := range places {
						if n := q.said[k].slot; n >= 0 {
							q.slots[n].add(o)
						}
					}
				})
			}
		})
	}
}

// phrase gives the options for a synonym: all its words, or all the parts of its
// one word.
func (x *index) phrase(p dutch.Phrase, yield func(option)) {
	if terms, ok := x.all(p.Terms); ok {
		yield(option{terms: terms, weight: synonymWeight, how: BySynonym, found: p.Text})
	}
	if terms, ok := x.all(p.Parts); ok {
		yield(option{terms: terms, weight: synonymWeight * partsWeight, how: BySynonym, found: p.Text})
	}
}

// all gives the numbers of terms that are all known.
func (x *index) all(terms []string) ([]uint32, bool) {
	var list []uint32
	for _, term := range terms {
		t, ok := x.term(term)
		if !ok {
			return nil, false
		}
		list = append(list, t)
	}
	return list, len(list) > 0
}

// add puts an option in a slot, unless the slot has it already.
func (s *slot) add(o option) {
	for i := range s.any {
		if slices.Equal(s.any[i].terms, o.terms) {
			if o.weight > s.any[i].weight {
				s.any[i] = o
			}
			return
		}
	}
	s.any = append(s.any, o)
}

// starts gives the commonest words that begin so.
func (x *index) starts(word string) []option {
	if len(word) < 2 {
		return nil
	}
	var found []uint32
	x.voc.startingWith(word, func(n uint32) {
		if t := x.voc.term[n]; len(x.posts[t]) > 0 && !slices.Contains(found, t) {
			found = append(found, t)
			if len(found) > 4*maxStarts {
				found = x.commonest(found, maxStarts)
			}
		}
	})
	var any []option
	for _, t := range x.commonest(found, maxStarts) {
		any = append(any, option{terms: []uint32{t}, weight: startWeight, how: ByStart})
	}
	return any
}

func (x *index) commonest(terms []uint32, n int) []uint32 {
	slices.SortFunc(terms, func(a, b uint32) int {
		return cmp.Or(len(x.posts[b])-len(x.posts[a]), cmp.Compare(a, b))
	})
	return terms[:min(n, len(terms))]
}

// spelling adds what a word that is unknown, or hardly known, may be meant as.
func (q *question) spelling(x *index, s *slot) {
	s.read = true
	known := 0
	for _, o := range s.any {
		if o.weight > partWeight {
			known = max(known, len(x.posts[o.terms[0]]))
		}
	}
	// A rare word may be a mistake that somebody else made too.
	if known > 2 || known > 0 && known*500 > len(x.docs) {
		return
	}
	type near struct {
		n        uint32
		mistakes int
	}
	var found []near
	x.voc.near(s.token.Word, func(n uint32, mistakes int) {
		t := x.voc.term[n]
		if len(x.posts[t]) > 50*known && string(x.voc.bytes(t)) != s.term {
			found = append(found, near{n, mistakes})
		}
	})
	slices.SortFunc(found, func(a, b near) int {
		return cmp.Or(a.mistakes-b.mistakes, len(x.posts[x.voc.term[b.n]])-len(x.posts[x.voc.term[a.n]]), cmp.Compare(a.n, b.n))
	})
	seen := map[uint32]bool{}
	for _, f := range found {
		t := x.voc.term[f.n]
		if f.mistakes > found[0].mistakes || len(seen) == maxTyped {
			break
		}
		if seen[t] {
			continue
		}
		seen[t] = true
		o := option{terms: []uint32{t}, weight: typoWeight / float32(f.mistakes), how: BySpelling}
		if x.voc.word[f.n] {
			o.found = x.voc.string(f.n)
			if known == 0 && s.right == "" {
				s.right = string(x.voc.bytes(t))
			}
		}
		if known > 0 {
			o.weight /= 2
		}
		s.any = append(s.any, o)
	}
	if len(found) == 0 && known == 0 {
		if w := dutch.Standard().Nearest(s.token.Word); w != "" {
			dutch.Standard().Find([]string{dutch.Stem(w)}, 0, func(_ []int, to []dutch.Phrase) {
				for _, p := range to {
					x.phrase(p, s.add)
				}
			})
		}
	}
}

// weigh puts the best option of each slot first, and tells how much each slot
// counts: as much as its own word tells, or else the best that stands for it.
func (q *question) weigh(x *index) {
	fillers, light := true, true // are there no others
	for _, s := range q.slots {
		filler := dutch.Filler(s.token.Word)
		fillers = fillers && filler
		light = light && (filler || dutch.Light(s.token.Word))
	}
	for i := range q.slots {
		s := &q.slots[i]
		slices.SortStableFunc(s.any, func(a, b option) int { return cmp.Compare(b.weight, a.weight) })
		for _, o := range s.any {
			s.worth = max(s.worth, x.tells(o))
			if o.how == ByWord {
				break
			}
		}
		switch {
		case s.phrase:
		case !fillers && dutch.Filler(s.token.Word):
			s.worth *= fillerWorth
		case !light && dutch.Light(s.token.Word):
			s.worth *= lightWorth
		}
	}
}

// tells is how much an option tells: the mean of its terms.
func (x *index) tells(o option) float32 {
	var sum float32
	for _, t := range o.terms {
		sum += x.idf(t)
	}
	return sum / float32(len(o.terms))
}
