package dutch

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
)

//go:embed synonyms.txt
var synonymsFile string

// Phrase is one or more words that mean one thing.
type Phrase struct {
	Text  string   // as the list has it
	Words []string // folded, without stop words
	Terms []string // their stems
	Asked []string // the terms, and then the small words that turn what they say
	Parts []string // the terms of the parts, if it is one compound word

	Further bool // reached by way of another phrase
}

// Synonyms tells what else a phrase may be called.
type Synonyms struct {
	from  map[string][]rule // by first term
	words []string          // phrases of one word, for mistakes in typing
	has   map[string]bool   // all terms
	lines int
}

type rule struct {
	terms  []string
	to     []Phrase
	oneWay bool
}

// Standard is the list that comes with the program. It is read once, when it
// is first needed.
var Standard = sync.OnceValue(func() *Synonyms {
	s, err := ParseSynonyms(synonymsFile)
	if err != nil {
		panic(err) // a test reads the same file
	}
	return s
})

// ParseSynonyms reads a list; synonyms.txt tells how one is written.
func ParseSynonyms(text string) (*Synonyms, error) {
	s := &Synonyms{from: map[string][]rule{}, has: map[string]bool{}}
	no := 0
	for line := range strings.Lines(text) {
		no++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if err := s.add(line); err != nil {
			return nil, fmt.Errorf("line %d: %w", no, err)
		}
		s.lines++
	}
	s.leadOn()
	return s, nil
}

// leadOn lets a one-way rule reach what its words are called by another rule:
// who asks for "niet meer kunnen koken" finds "tafeltje-dekje" by way of
// "maaltijdservice".
func (s *Synonyms) leadOn() {
	same := map[string][]Phrase{}
	for _, rules := range s.from {
		for _, r := range rules {
			if !r.oneWay {
				same[strings.Join(r.terms, " ")] = r.to
			}
		}
	}
	for _, rules := range s.from {
		for i := range rules {
			r := &rules[i]
			if !r.oneWay {
				continue
			}
			for _, p := range r.to {
				for _, more := range same[strings.Join(p.Asked, " ")] {
					if !slices.ContainsFunc(r.to, func(q Phrase) bool { return slices.Equal(q.Terms, more.Terms) }) {
						more.Further = true
						r.to = append(slices.Clip(r.to), more)
					}
				}
			}
		}
	}
}

func (s *Synonyms) add(line string) error {
	at := strings.IndexAny(line, "=>")
	if at < 0 {
		return fmt.Errorf("%q has neither = nor >", line)
	}
	left, err := phrases(line[:at])
	if err != nil {
		return err
	}
	right, err := phrases(line[at+1:])
	if err != nil {
		return err
	}
	if line[at] == '>' {
		for _, p := range left {
			s.join(p, right, true)
		}
		return nil
	}
	all := append(left, right...)
	for i, p := range all {
		s.join(p, without(all, i), false)
	}
	return nil
}

func (s *Synonyms) join(from Phrase, to []Phrase, oneWay bool) {
	s.from[from.Terms[0]] = append(s.from[from.Terms[0]], rule{from.Asked, to, oneWay})
	for _, t := range from.Terms {
		s.has[t] = true
	}
	if len(from.Asked) == 1 {
		s.words = append(s.words, from.Words[0])
	}
}

func without(all []Phrase, i int) []Phrase {
	rest := make([]Phrase, 0, len(all)-1)
	return append(append(rest, all[:i]...), all[i+1:]...)
}

// maxPhrases bounds one side of a rule: every phrase is joined to every other.
const maxPhrases = 24

func phrases(list string) ([]Phrase, error) {
	if strings.Count(list, ",") >= maxPhrases {
		return nil, fmt.Errorf("more than %d phrases", maxPhrases)
	}
	var out []Phrase
	for text := range strings.SplitSeq(list, ",") {
		p := Phrase{Text: strings.TrimSpace(text)}
		var turns []string
		for t := range Tokens(p.Text) {
			if !Stop(t.Word) {
				p.Words = append(p.Words, t.Word)
				p.Terms = append(p.Terms, Stem(t.Word))
			} else if w := Small(t.Word); w != "" {
				turns = append(turns, w)
			}
		}
		p.Asked = append(slices.Clip(p.Terms), turns...)
		if len(p.Words) == 1 {
			for _, part := range Split(p.Words[0]) {
				p.Parts = append(p.Parts, Stem(part))
			}
		}
		if len(p.Terms) == 0 {
			return nil, fmt.Errorf("%q has no word that counts", p.Text)
		}
		out = append(out, p)
	}
	return out, nil
}

// Has tells whether a term stands in a phrase that can be asked.
func (s *Synonyms) Has(term string) bool { return s.has[term] }

// Lines is how many rules the list has.
func (s *Synonyms) Lines() int { return s.lines }

// apart is how many other words may stand between the words of a phrase.
const apart = 3

// Find yields, for every phrase of which the first term stands at place i, the
// places of its terms and what else it may be called. The terms are those of a
// question with the small words between them. In a Dutch sentence the words of a
// phrase stand apart and in another order: "ik snap de brief niet".
func (s *Synonyms) Find(terms []string, i int, yield func(places []int, to []Phrase)) {
	var room [8]int
	for _, r := range s.from[terms[i]] {
		places := append(room[:0], i)
		from, to := i, i
		for _, term := range r.terms[1:] {
			at := -1
			for k := max(0, i-len(r.terms)-apart); k < min(len(terms), i+len(r.terms)+apart); k++ {
				// The nearest one that is not taken; after rather than before.
				if terms[k] == term && !slices.Contains(places, k) && (at < 0 || distance(k, i) <= distance(at, i)) {
					at = k
				}
			}
			if at < 0 {
				places = nil
				break
			}
			places = append(places, at)
			from, to = min(from, at), max(to, at)
		}
		if places != nil && to-from < len(r.terms)+apart {
			yield(places, r.to)
		}
	}
}

func distance(a, b int) int { return max(a-b, b-a) }

// Nearest gives the word of the list that a mistyped word may be, or "".
func (s *Synonyms) Nearest(word string) string {
	best, least := "", MaxTypos(word)+1
	for _, w := range s.words {
		if d := Distance(word, w, least-1); d < least {
			best, least = w, d
		}
	}
	return best
}
