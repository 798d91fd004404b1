package dutch

import (
	_ "embed"
	"fmt"
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
}

// Synonyms tells what else a phrase may be called.
type Synonyms struct {
	from  map[string][]rule // by first term
	words []string          // phrases of one word, for mistakes in typing
	lines int
}

type rule struct {
	terms []string
	to    []Phrase
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
	s := &Synonyms{from: map[string][]rule{}}
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
	return s, nil
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
			s.join(p, right)
		}
		return nil
	}
	all := append(left, right...)
	for i, p := range all {
		s.join(p, without(all, i))
	}
	return nil
}

func (s *Synonyms) join(from Phrase, to []Phrase) {
	s.from[from.Terms[0]] = append(s.from[from.Terms[0]], rule{from.Terms, to})
	if len(from.Words) == 1 {
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
		for t := range Tokens(p.Text) {
			if !Stop(t.Word) {
				p.Words = append(p.Words, t.Word)
				p.Terms = append(p.Terms, Stem(t.Word))
			}
		}
		if len(p.Terms) == 0 {
			return nil, fmt.Errorf("%q has no word that counts", p.Text)
		}
		out = append(out, p)
	}
	return out, nil
}

// Lines is how many rules the list has.
func (s *Synonyms) Lines() int { return s.lines }

// Match yields, for every phrase that begins the terms, how many terms it
// takes and what else it may be called.
func (s *Synonyms) Match(terms []string, yield func(n int, to []Phrase)) {
	if len(terms) == 0 {
		return
	}
	for _, r := range s.from[terms[0]] {
		if len(r.terms) <= len(terms) && equal(r.terms, terms) {
			yield(len(r.terms), r.to)
		}
	}
}

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

func equal(a, b []string) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
