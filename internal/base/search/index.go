package search

import (
	"encoding/json"
	"math"
	"strings"
	"time"
)

// index is the inverted index: for each term the texts that have it, as
// number<<8 | impact, by number. A text that changes gets a new number; the
// old one is dead until the next pack. It is not safe for concurrent use.
type index struct {
	voc   vocabulary
	posts [][]uint32 // by number in voc
	docs  []doc
	byID  map[string]uint32
	dead  int
	names map[tag]uint32 // numbers of tags and kinds
	tags  []tag
	sets  map[tag][]uint32 // by kind and JSON
}

type doc struct {
	id      string
	changed int64
	at      int64
	weight  float32
	dead    bool
	tags    []uint32 // its kind is the first
}

type tag struct{ name, value string }

func newIndex() *index {
	return &index{voc: newVocabulary(), byID: map[string]uint32{}, names: map[tag]uint32{}, sets: map[tag][]uint32{}}
}

// row is a row of search_doc.
type row struct {
	id, kind, title, body, url string
	tags                       string // JSON
	terms                      string
	weight                     float64
	at                         time.Time
	changed                    int64
	deleted                    bool
}

// put takes over a row, unless it is older than what the index has. The same
// row may come twice.
func (x *index) put(r row) {
	if old, ok := x.byID[r.id]; ok {
		if x.docs[old].changed >= r.changed {
			return
		}
		x.docs[old].dead = true
		x.dead++
		delete(x.byID, r.id)
	}
	if r.deleted {
		return
	}
	n := uint32(len(x.docs))
	d := doc{id: strings.Clone(r.id), changed: r.changed, weight: float32(r.weight), tags: x.tagSet(r.kind, r.tags)}
	if !r.at.IsZero() {
		d.at = r.at.UnixMicro()
	}
	x.docs = append(x.docs, d)
	x.byID[d.id] = n

	var own []uint32
	eachTerm(r.terms, func(term string, impact uint8) {
		t := x.add(term)
		own = append(own, t)
		x.posts[t] = append(x.posts[t], n<<8|uint32(impact))
	})
	eachWord(r.terms, func(word string, places []int) {
		w := x.add(word)
		x.voc.word[w] = true
		if places[0] < len(own) {
			x.voc.term[w] = own[places[0]]
		}
	})
}

func (x *index) add(text string) uint32 {
	n := x.voc.add(text)
	if int(n) == len(x.posts) {
		x.posts = append(x.posts, nil)
	}
	return n
}

// tagSet gives the numbers of a row's tags. Texts with the same tags share it.
func (x *index) tagSet(kind, text string) []uint32 {
	key := tag{kind, text}
	if set, ok := x.sets[key]; ok {
		return set
	}
	set := []uint32{x.tag(KindFacet, kind)}
	var tags map[string][]string
	if json.Unmarshal([]byte(text), &tags) == nil {
		for name, values := range tags {
			for _, v := range values {
				set = append(set, x.tag(name, v))
			}
		}
	}
	x.sets[tag{strings.Clone(kind), strings.Clone(text)}] = set
	return set
}

func (x *index) tag(name, value string) uint32 {
	t := tag{name, value}
	n, ok := x.names[t]
	if !ok {
		t = tag{strings.Clone(name), strings.Clone(value)}
		n = uint32(len(x.tags))
		x.tags = append(x.tags, t)
		x.names[t] = n
	}
	return n
}

// live is how many texts there are.
func (x *index) live() int { return len(x.docs) - x.dead }

// pack leaves out the dead and lays the postings end to end.
func (x *index) pack() {
	place := make([]uint32, len(x.docs))
	docs := make([]doc, 0, x.live())
	for n, d := range x.docs {
		place[n] = uint32(len(docs))
		if !d.dead {
			x.byID[d.id] = place[n]
			docs = append(docs, d)
		}
	}
	total := 0
	for _, list := range x.posts {
		total += len(list)
	}
	all := make([]uint32, 0, total)
	for t, list := range x.posts {
		from := len(all)
		for _, p := range list {
			if !x.docs[p>>8].dead {
				all = append(all, place[p>>8]<<8|p&0xff)
			}
		}
		x.posts[t] = all[from:len(all):len(all)]
	}
	x.docs, x.dead = docs, 0
	x.sets = map[tag][]uint32{}
}

// full tells whether so many are dead that packing is worth it.
func (x *index) full() bool { return x.dead > 1000 && x.dead > len(x.docs)/3 }

// bytes is about how much memory the index takes.
func (x *index) bytes() int {
	n := cap(x.voc.text) + 4*(cap(x.voc.end)+cap(x.voc.mask)+cap(x.voc.term)+cap(x.voc.table)) + cap(x.voc.word) + 24*cap(x.posts)
	for _, list := range x.posts {
		n += 4 * cap(list)
	}
	for _, d := range x.docs {
		n += 72 + 2*len(d.id) + 24
	}
	return n
}

// term gives the number of a term that some text has.
func (x *index) term(s string) (uint32, bool) {
	n, ok := x.voc.find(s)
	return n, ok && len(x.posts[n]) > 0
}

// idf is how much a term tells: the fewer texts have it, the more.
func (x *index) idf(t uint32) float32 {
	df := float64(len(x.posts[t]))
	return float32(math.Log(1 + (float64(len(x.docs))-df+0.5)/(df+0.5)))
}
