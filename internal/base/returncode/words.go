package returncode

import (
	_ "embed" // the list of words
	"slices"
	"strings"
)

//go:embed words.txt
var wordsText string

// prefix is how many letters are enough to know a word.
const prefix = 4

// nearMost bounds how many look-alikes an error shows.
const nearMost = 4

type wordList struct {
	words  []string
	exact  map[string]int
	sounds map[string]int // how a word sounds; unique by law
}

var list = read(wordsText)

func read(text string) wordList {
	l := wordList{words: strings.Fields(text), exact: map[string]int{}, sounds: map[string]int{}}
	for i, w := range l.words {
		l.exact[w] = i
		l.sounds[sound(w)] = i
	}
	return l
}

// find gives the place of what was typed in the list, or -1 and the words that
// it may be.
func (l wordList) find(typed string) (int, []string) {
	if i, ok := l.exact[typed]; ok {
		return i, nil
	}
	// The list is sorted: what begins with typed stands together.
	if len(typed) >= prefix {
		i, _ := slices.BinarySearch(l.words, typed)
		if i < len(l.words) && strings.HasPrefix(l.words[i], typed) {
			return i, nil
		}
	}
	if i, ok := l.sounds[sound(typed)]; ok {
		return i, nil
	}
	if len(typed) > 3*maxWord {
		return -1, nil
	}
	found := -1
	var near []string
	letters := []rune(typed)
	for i, w := range l.words {
		if !oneOff(letters, []rune(w)) {
			continue
		}
		found = i
		if len(near) < nearMost {
			near = append(near, w)
		}
	}
	if len(near) != 1 {
		return -1, near
	}
	return found, nil
}

// maxWord is the longest word of the list.
const maxWord = 7

// oneOff tells whether a and b differ by one letter: another, missing, extra,
// or two neighbours that changed places.
func oneOff(a, b []rune) bool {
	if len(a) < len(b) {
		a, b = b, a
	}
	if len(a)-len(b) > 1 {
		return false
	}
	i := 0
	for i < len(b) && a[i] == b[i] {
		i++
	}
	if len(a) > len(b) {
		return slices.Equal(a[i+1:], b[i:])
	}
	if i == len(b) {
		return true
	}
	if slices.Equal(a[i+1:], b[i+1:]) {
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && slices.Equal(a[i+2:], b[i+2:])
}

// sounds joins the spellings that a listener cannot tell apart. The order
// counts: longer ones first.
var sounds = strings.NewReplacer(
	"auw", "au", "ouw", "au", "ou", "au", "ij", "ei", "uw", "u", "sch", "sg", "ch", "g", "ph", "f", "qu", "kw",
	"dt", "t", "th", "t", "ck", "k", "ie", "i", "y", "i", "x", "ks", "z", "s", "v", "f",
	"ce", "se", "ci", "si", "c", "k",
)

// sound is how a word sounds, roughly: equal for words that are easily taken
// for each other.
func sound(word string) string {
	s := []byte(sounds.Replace(word))
	if n := len(s); n > 0 {
		switch s[n-1] {
		case 'd':
			s[n-1] = 't'
		case 'b':
			s[n-1] = 'p'
		}
	}
	out := s[:0]
	for _, c := range s { // a doubled consonant sounds as one
		if n := len(out); n > 0 && out[n-1] == c && !strings.ContainsRune("aeiou", rune(c)) {
			continue
		}
		out = append(out, c)
	}
	return string(out)
}
