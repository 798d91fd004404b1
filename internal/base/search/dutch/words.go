package dutch

import _ "embed"

// words is a minimal automaton of the words that compounds are made of: four
// bytes an edge, little endian. The first number is where the root begins.
//
//go:embed words.bin
var words string

// An edge of words: which letter, whether it is the last of its node, what the
// word that ends here may be, and the node it leads to.
const (
	edgeLetter = 0x1f
	edgeLast   = 1 << 5
	mayLead    = 1 << 6 // may stand before another part
	mayEnd     = 1 << 7 // may be the last part
	isWhole    = 1 << 8 // is never split
	edgeShift  = 9
)

const (
	minPart     = 3
	minCompound = 6
)

// links are the sounds that join two parts.
var links = [...]string{"", "s", "en", "e", "n", "er"}

func edgeAt(i uint32) uint32 {
	i *= 4
	if int(i)+4 > len(words) {
		return edgeLast
	}
	return uint32(words[i]) | uint32(words[i+1])<<8 | uint32(words[i+2])<<16 | uint32(words[i+3])<<24
}

// walk calls visit for every listed word that begins word, shortest first.
func walk(word string, visit func(end int, flags uint32)) {
	node := edgeAt(0)
	for i := 0; i < len(word) && node != 0; i++ {
		want := uint32(word[i]) - 'a' + 1
		e := edgeAt(node)
		for e&edgeLetter != want && e&edgeLast == 0 {
			node++
			e = edgeAt(node)
		}
		if e&edgeLetter != want {
			return
		}
		if e&(mayLead|mayEnd|isWhole) != 0 {
			visit(i+1, e)
		}
		node = e >> edgeShift
	}
}

// Split gives the parts of a folded compound word, the longest first part
// that leads to a whole division, or nil if it is no compound.
func Split(word string) []string {
	if len(word) < minCompound || len(word) > maxWord {
		return nil
	}
	for i := range len(word) {
		if word[i] < 'a' || word[i] > 'z' {
			return nil
		}
	}
	s := splitter{word: word}
	if !s.from(0) {
		return nil
	}
	return s.parts
}

// AllParts gives the parts of a word and the parts of those parts.
func AllParts(word string) []string {
	parts := Split(word)
	for _, p := range parts {
		parts = append(parts, AllParts(p)...)
	}
	return parts
}

type splitter struct {
	word  string
	parts []string
	dead  uint64 // places from which no division exists
}

func (s *splitter) from(at int) bool {
	if s.dead&(1<<at) != 0 {
		return false
	}
	var ends [maxWord]uint8
	var flags [maxWord]uint32
	n := 0
	walk(s.word[at:], func(end int, f uint32) {
		ends[n], flags[n] = uint8(end), f
		n++
	})
	for n--; n >= 0; n-- {
		end := at + int(ends[n])
		if end == len(s.word) {
			if at == 0 {
				if flags[n]&isWhole != 0 {
					return false
				}
				continue
			}
			if flags[n]&mayEnd != 0 {
				s.parts = append(s.parts, s.word[at:])
				return true
			}
		}
		if flags[n]&mayLead == 0 {
			continue
		}
		s.parts = append(s.parts, s.word[at:end])
		for _, link := range links {
			rest := end + len(link)
			if len(s.word)-rest >= minPart && s.word[end:rest] == link && s.from(rest) {
				return true
			}
		}
		s.parts = s.parts[:len(s.parts)-1]
	}
	s.dead |= 1 << at
	return false
}
