package search

import (
	"hash/maphash"
	"math/bits"

	"wijkbaak.nl/internal/base/search/dutch"
)

// vocabulary numbers texts: the terms of the index and the words they come
// from, end to end in one piece of memory.
type vocabulary struct {
	seed  maphash.Seed
	text  []byte
	end   []uint32 // where each text ends
	mask  []uint32 // which letters it has
	term  []uint32 // the term of a word; of a mere term, itself
	word  []bool   // whether somebody wrote it so
	table []uint32 // open hash table of numbers, plus one
}

func newVocabulary() vocabulary {
	return vocabulary{seed: maphash.MakeSeed(), table: make([]uint32, 1024)}
}

func (v *vocabulary) size() int { return len(v.end) }

func (v *vocabulary) bytes(n uint32) []byte {
	start := uint32(0)
	if n > 0 {
		start = v.end[n-1]
	}
	return v.text[start:v.end[n]]
}

func (v *vocabulary) string(n uint32) string { return string(v.bytes(n)) }

// find gives the number of a text.
func (v *vocabulary) find(s string) (uint32, bool) {
	n := v.table[v.slot(s)]
	return n - 1, n != 0
}

// slot gives where in the table a text is, or belongs.
func (v *vocabulary) slot(s string) uint32 {
	last := uint32(len(v.table) - 1)
	at := uint32(maphash.String(v.seed, s)) & last
	for v.table[at] != 0 && string(v.bytes(v.table[at]-1)) != s {
		at = (at + 1) & last
	}
	return at
}

// add gives the number of a text, a new one if need be.
func (v *vocabulary) add(s string) uint32 {
	at := v.slot(s)
	if n := v.table[at]; n != 0 {
		return n - 1
	}
	n := uint32(len(v.end))
	v.text = append(v.text, s...)
	v.end = append(v.end, uint32(len(v.text)))
	v.mask = append(v.mask, letters(s))
	v.term = append(v.term, n)
	v.word = append(v.word, false)
	v.table[at] = n + 1
	if len(v.end)*4 > len(v.table)*3 {
		v.table = make([]uint32, 2*len(v.table))
		for n := range uint32(len(v.end)) {
			v.table[v.slot(string(v.bytes(n)))] = n + 1
		}
	}
	return n
}

// letters tells which letters a text has, one bit each, so that most texts
// can be passed over without reading them.
func letters(s string) uint32 {
	var m uint32
	for i := range len(s) {
		m |= 1 << (s[i] & 31)
	}
	return m
}

// startingWith yields the numbers of the texts that begin so and are longer.
func (v *vocabulary) startingWith(s string, yield func(n uint32)) {
	want := letters(s)
	for n := range uint32(len(v.mask)) {
		if want&^v.mask[n] != 0 {
			continue
		}
		if b := v.bytes(n); len(b) > len(s) && string(b[:len(s)]) == s {
			yield(n)
		}
	}
}

// near yields the texts that differ from a word by no more typing mistakes
// than are forgiven, with how many.
func (v *vocabulary) near(word string, yield func(n uint32, mistakes int)) {
	limit := dutch.MaxTypos(word)
	if limit == 0 {
		return
	}
	want := letters(word)
	for n, mask := range v.mask {
		// A mistake changes at most two letters: one goes, one comes.
		if bits.OnesCount32(want^mask) > 2*limit {
			continue
		}
		b := v.bytes(uint32(n))
		if len(b)-len(word) > limit || len(word)-len(b) > limit {
			continue
		}
		if d := dutch.Distance(word, string(b), limit); d <= limit {
			yield(uint32(n), d)
		}
	}
}
