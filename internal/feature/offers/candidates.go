package offers

import (
	"cmp"
	"context"
	"math/bits"
	"slices"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/trust/themes"
)

// Need is what somebody needs, as far as this room can answer it.
type Need struct {
	Themes, Areas, Audience, Kinds []string
	Things                         []string // slugs that are asked for by name
	Found                          []string // ids of texts that search found, such as offer/0199…
	Not                            []string // kinds that are not wanted
	Where                          []string // only so; none is any
	Free                           bool
	At                             *Point
	Most                           int // candidates; 0 is candidatesUsual

	bits *[5]uint64 // of themes, areas, kinds, audience and everyone
}

const candidatesUsual = 60

// Candidate is an offer that may be an answer.
type Candidate struct {
	ID            string // of its text in the search index
	Slug          string
	Kind          string
	Name, Summary string
	Organisation  string

	Themes, Areas, Audience, Where []string
	Points                         []Point
	Cost                           string
	Checked                        time.Time
	Old                            bool
	Km                             float64 // -1 when it is not known
}

// Candidates gives the offers that meet a need: those asked for by name and those
// that search found, and then those that share most with it, the nearest first. It
// looks at every offer in memory and reads no table.
func (s *Service) Candidates(ctx context.Context, n Need) ([]Candidate, error) {
	v, err := s.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	return v.candidates(n), nil
}

// scored is an entry with how much it shares with a need.
type scored struct {
	*item
	score, at int // at is its place in the list of all
	km        float64
}

func (v *snapshot) candidates(n Need) []Candidate {
	if n.Most <= 0 {
		n.Most = candidatesUsual
	}
	const sure = 1000
	var list []scored
	named := map[*item]bool{}
	take := func(i *item, score, at int) {
		c := scored{i, score, at, -1}
		if n.At != nil {
			c.km = i.km(*n.At)
		}
		list = append(list, c)
	}
	only := n.only()
	for k, id := range append(slices.Clone(n.Things), n.Found...) {
		i := v.bySlug[id]
		if k >= len(n.Things) {
			i = v.byID[trimDoc(id)]
		}
		if i != nil && !named[i] && only(i) {
			named[i] = true
			take(i, sure, k)
		}
	}
	// First how many share how much, so that few have to be put in order.
	scores := make([]int8, len(v.items))
	var count [64]int
	for k, i := range v.items {
		if score := n.shares(i); score > 0 && only(i) && !named[i] {
			scores[k] = int8(min(score, len(count)-1)) //nolint:gosec // bounded
			count[scores[k]]++
		}
	}
	least, enough := len(count)-1, len(list)
	for ; least > 0 && enough < n.Most; least-- {
		enough += count[least]
	}
	for k, score := range scores {
		if int(score) > least {
			take(v.items[k], int(score), k)
		}
	}
	slices.SortFunc(list, func(a, b scored) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(nearer(a.km), nearer(b.km)), cmp.Compare(a.at, b.at))
	})
	out := make([]Candidate, 0, min(n.Most, len(list)))
	for _, c := range list[:min(n.Most, len(list))] {
		out = append(out, v.candidate(c.item, c.km))
	}
	return out
}

// only tells which entries somebody could take at all.
func (n *Need) only() func(*item) bool {
	not, where, free := bitsOf(Kinds, n.Not), bitsOf(Wheres, n.Where), bitOf(Costs, "free")
	return func(i *item) bool {
		return uint64(i.kind)&not == 0 && (where == 0 || uint64(i.where)&where != 0) && (!n.Free || uint64(i.cost) == free)
	}
}

// shares counts what an entry has of what is needed.
func (n *Need) shares(i *item) int {
	if n.bits == nil {
		n.bits = &[5]uint64{bitsOf(themes.All, n.Themes), bitsOf(themes.Areas, n.Areas), bitsOf(Kinds, n.Kinds), bitsOf(Audiences, n.Audience), bitOf(Audiences, "everyone")}
	}
	b := n.bits
	score := 3*bits.OnesCount64(i.themes&b[0]) + 2*bits.OnesCount64(uint64(i.areas)&b[1]) + bits.OnesCount64(uint64(i.kind)&b[2])
	if who := uint64(i.audience); who&b[3] != 0 {
		score += 2
	} else if who != 0 && who&b[4] == 0 && b[3] != 0 {
		score-- // it is for others
	}
	if i.old {
		score--
	}
	return score
}

// nearer puts what is at no known distance behind what is near, before what is far.
func nearer(km float64) float64 {
	if km < 0 {
		return 8
	}
	return km
}

func trimDoc(id string) string {
	if len(id) > len(docKind)+1 && id[:len(docKind)+1] == docKind+"/" {
		return id[len(docKind)+1:]
	}
	return id
}

func (v *snapshot) candidate(i *item, km float64) Candidate {
	c := Candidate{ID: docID(i.id), Slug: i.slug, Kind: Kinds[bitsLow(i.kind)], Name: i.name, Summary: i.summary, Organisation: v.names[i.organisation],
		Themes: codesOf(themes.All, i.themes), Areas: codesOf(themes.Areas, uint64(i.areas)), Audience: codesOf(Audiences, uint64(i.audience)),
		Where: codesOf(Wheres, uint64(i.where)), Cost: costCode(i.cost), Old: i.old, Km: km,
		Checked: time.Date(1970, 1, 1+int(i.checked), 12, 0, 0, 0, clock.Amsterdam)}
	for _, s := range i.spots {
		if s.lat != 0 || s.lon != 0 {
			c.Points = append(c.Points, Point{float64(s.lat), float64(s.lon)})
		}
	}
	return c
}

func codesOf(list []string, has uint64) []string {
	var out []string
	for has != 0 {
		out = append(out, list[bits.TrailingZeros64(has)])
		has &= has - 1
	}
	return out
}
