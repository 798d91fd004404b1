package search

import (
	"cmp"
	"slices"
	"sort"
)

// How much of what the best answer covers a text must cover to be an answer: of
// a few words most, of a whole sentence less.
const (
	enoughOfFew  = 0.6
	enoughOfMany = 0.45
	few          = 2
)

// found is a text with its score.
type found struct {
	doc   uint32
	score float32
}

// tally is what one search writes while it counts; it is used again and again.
type tally struct {
	docs    []docTally
	touched []uint32 // texts with any slot filled
	inSlot  []uint32 // texts with the present slot filled
	counts  []int    // by tag
}

type docTally struct {
	score, cover         float32 // of the slots so far
	slotScore, slotCover float32 // of the present slot
}

// choice is what the visitor filters by: for each name, any of these tags.
type choice struct {
	names []string
	tags  [][]uint32
}

func (x *index) choose(q Query) choice {
	var c choice
	add := func(name string, values []string) {
		if len(values) == 0 {
			return
		}
		var tags []uint32
		for _, v := range values {
			if n, ok := x.names[tag{name, v}]; ok {
				tags = append(tags, n)
			}
		}
		c.names, c.tags = append(c.names, name), append(c.tags, tags)
	}
	add(KindFacet, q.Kinds)
	for name, values := range q.Tags {
		add(name, values)
	}
	return c
}

// misses tells by how many names a text falls outside the choice, and one of them.
func (c choice) misses(d *doc) (n int, name string) {
	for i, want := range c.tags {
		if !slices.ContainsFunc(d.tags, func(t uint32) bool { return slices.Contains(want, t) }) {
			n++
			name = c.names[i]
		}
	}
	return n, name
}

// score gives the best texts, how many fit, and the counts by tag.
func (x *index) score(q question, c choice, want int, t *tally) ([]found, int, map[string]map[string]int) {
	if len(t.docs) < len(x.docs) {
		t.docs = make([]docTally, len(x.docs)+len(x.docs)/8)
	}
	if len(t.counts) < len(x.tags) {
		t.counts = make([]int, len(x.tags)+len(x.tags)/8)
	}
	defer t.clear()
	var most float32
	for i := range q.slots {
		if len(q.slots[i].any) > 0 {
			most += q.slots[i].worth
			x.fill(&q.slots[i], t)
		}
	}

	enough := float32(enoughOfFew)
	if len(q.slots) > few {
		enough = enoughOfMany
	}
	var best float32
	for _, n := range t.touched {
		if d := &x.docs[n]; !d.dead && t.docs[n].cover > best {
			if misses, _ := c.misses(d); misses == 0 {
				best = t.docs[n].cover
			}
		}
	}
	top := make([]found, 0, want+1)
	total := 0
	for _, n := range t.touched {
		d, dt := &x.docs[n], &t.docs[n]
		if d.dead || dt.cover < enough*best {
			continue
		}
		misses, name := c.misses(d)
		if misses > 1 {
			continue
		}
		for _, g := range d.tags {
			if misses == 0 || x.tags[g].name == name {
				t.counts[g]++
			}
		}
		if misses == 0 {
			total++
			top = x.keep(top, found{n, dt.score * (dt.cover / most) * d.weight}, want)
		}
	}
	facets := map[string]map[string]int{}
	for g, n := range t.counts[:len(x.tags)] {
		if n > 0 {
			of := facets[x.tags[g].name]
			if of == nil {
				of = map[string]int{}
				facets[x.tags[g].name] = of
			}
			of[x.tags[g].value] = n
		}
	}
	return top, total, facets
}

// keep puts f where it belongs among the best.
func (x *index) keep(top []found, f found, want int) []found {
	if len(top) == want && x.before(top[want-1], f) {
		return top
	}
	at := sort.Search(len(top), func(i int) bool { return x.before(f, top[i]) })
	top = slices.Insert(top, at, f)
	return top[:min(len(top), want)]
}

// before is the order of the hits: the best, then the newest, then by id.
func (x *index) before(a, b found) bool {
	if a.score != b.score {
		return a.score > b.score
	}
	da, db := &x.docs[a.doc], &x.docs[b.doc]
	return cmp.Or(cmp.Compare(db.at, da.at), cmp.Compare(da.id, db.id)) < 0
}

// fill counts one slot: for each text the option that suits it best.
func (x *index) fill(s *slot, t *tally) {
	for _, o := range s.any {
		// What stands for a common word does not count as a rare one.
		per := o.weight * min(x.tells(o), s.worth) / 255 / float32(len(o.terms))
		cover := s.worth * min(1, o.weight+0.2)
		x.each(o.terms, func(n uint32, impact uint32) {
			d := &t.docs[n]
			score := per * float32(impact)
			if score <= d.slotScore {
				return
			}
			if d.slotScore == 0 {
				t.inSlot = append(t.inSlot, n)
			}
			d.slotScore = score
			d.slotCover = max(d.slotCover, cover)
		})
	}
	for _, n := range t.inSlot {
		d := &t.docs[n]
		if d.cover == 0 {
			t.touched = append(t.touched, n)
		}
		d.score += d.slotScore
		d.cover += d.slotCover
		d.slotScore, d.slotCover = 0, 0
	}
	t.inSlot = t.inSlot[:0]
}

// each yields the texts that have all the terms, with the sum of their impacts.
func (x *index) each(terms []uint32, yield func(doc, impact uint32)) {
	first := 0
	for i, t := range terms {
		if len(x.posts[t]) < len(x.posts[terms[first]]) {
			first = i
		}
	}
	var rest [maxWords][]uint32
	others := rest[:0]
	for i, t := range terms {
		if i != first {
			others = append(others, x.posts[t])
		}
	}
next:
	for _, p := range x.posts[terms[first]] {
		n, impact := p>>8, p&0xff
		for i, list := range others {
			k := seek(list, n)
			others[i] = list[k:]
			if k == len(list) {
				return
			}
			if list[k]>>8 != n {
				continue next
			}
			impact += list[k] & 0xff
		}
		yield(n, impact)
	}
}

// seek gives the place of the first posting of text n or a later one. It looks
// ahead in growing steps, for the next one is mostly near.
func seek(list []uint32, n uint32) int {
	step := 1
	for step < len(list) && list[step]>>8 < n {
		step *= 2
	}
	from := step / 2
	to := min(step+1, len(list))
	return from + sort.Search(to-from, func(i int) bool { return list[from+i]>>8 >= n })
}

func (t *tally) clear() {
	for _, n := range t.touched {
		t.docs[n] = docTally{}
	}
	t.touched = t.touched[:0]
	clear(t.counts)
}
