package returncode

import (
	"fmt"
	"strings"
	"unicode"
)

// MaxInput is the longest text, in bytes, that Parse looks at.
const MaxInput = 1000

// Problem is what is wrong with a typed code.
type Problem string

// The problems.
const (
	TooLong       Problem = "toolong"  // more text than a code can be
	WrongCount    Problem = "count"    // not twelve words
	UnknownWord   Problem = "word"     // a word that is not in the list, nor close to just one that is
	WrongTogether Problem = "together" // known words, but the checksum says that they do not belong together
)

// Error says what is wrong with a typed code, so that a page can point at it.
type Error struct {
	Problem  Problem
	Count    int      // how many words there were
	Position int      // which word is unknown, from 1
	Word     string   // what was typed there, at most 24 letters
	Near     []string // words of the list that it may be, if it is close to more than one
}

// Error is for the log. A word that is not in the list is no part of any code.
func (e *Error) Error() string {
	switch e.Problem {
	case WrongCount:
		return fmt.Sprintf("return code: %d words, not %d", e.Count, count)
	case UnknownWord:
		return fmt.Sprintf("return code: word %d, %q, is unknown", e.Position, e.Word)
	case TooLong:
		return "return code: text too long"
	default:
		return "return code: the words do not belong together"
	}
}

// Parse reads a code as people type it: any case, any punctuation, numbered or
// not, first four letters only, a word spelled as it sounds, one letter wrong.
// What fits exactly one word is taken as that word. Its errors are *Error.
func Parse(text string) (Code, error) {
	if len(text) > MaxInput {
		return Code{}, &Error{Problem: TooLong}
	}
	typed := split(text)
	if len(typed) != count {
		return Code{}, &Error{Problem: WrongCount, Count: len(typed)}
	}
	var indexes [count]int
	for i, word := range typed {
		index, near := list.find(word)
		if index < 0 {
			return Code{}, &Error{Problem: UnknownWord, Count: count, Position: i + 1, Word: cut(word), Near: near}
		}
		indexes[i] = index
	}
	c, ok := fromIndexes(indexes)
	if !ok {
		return Code{}, &Error{Problem: WrongTogether, Count: count}
	}
	return c, nil
}

// split gives the words of a text in small letters; everything that is not a
// letter divides, accents as separate marks are dropped.
func split(text string) []string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case unicode.IsLetter(r) && r != unicode.ReplacementChar:
			return unicode.ToLower(r)
		}
		return ' '
	}, text)
	return strings.Fields(text)
}

func cut(word string) string {
	r := []rune(word)
	if len(r) > 24 {
		r = r[:24]
	}
	return string(r)
}
