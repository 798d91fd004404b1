package offers

import (
	"cmp"
	"context"
	"math"
	"math/bits"
	"slices"
	"strings"
	"sync"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/trust/themes"
)

// snapshot is what lists are read from: every live offer in the order of a list.
// Nobody changes one that was given out.
type snapshot struct {
	revision int64
	day      int32 // for which old and fresh were told apart
	items    []*item
	bySlug   map[string]*item
	byID     map[string]*item
	names    names
	found    sync.Map // Filter → *found, for filters that do not look at the clock
	kept     int      // how many of those, about
	keeping  sync.Mutex
	sorting  sync.Once
	ordered  []*item // by id
}

// names are those of the organisations.
type names map[string]string

// item is an offer as a list needs it. What a filter asks stands in bits, by the
// place of its code in the list of codes.
type item struct {
	id, slug, name, summary string
	organisation            string // id
	key                     string // by name, then slug
	themes                  uint64
	languages               uint64 // by langBit
	audience                uint16
	kind, areas, where      uint8
	access, cost            uint8
	per                     string
	cents                   int64
	spots                   []spot
	slots                   []slot
	places                  []string
	checkBy, checked        int32 // days
	old                     bool
	initiative              string
	located, at             []string // ids of its locations, and of it at each
}

// spot is where an offer can be had.
type spot struct {
	lat, lon   float32
	name, town string
}

// days since 1970 of a moment, by the calendar here.
func dayOf(t time.Time) int32 {
	y, m, d := t.In(clock.Amsterdam).Date()
	return int32(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400) //nolint:gosec // days fit
}

func bitOf(list []string, code string) uint64 {
	if k := slices.Index(list, code); k >= 0 {
		return 1 << k
	}
	return 0
}

func bitsOf(list, codes []string) (b uint64) {
	for _, c := range codes {
		b |= bitOf(list, c)
	}
	return b
}

// langBit is the bit of a language; all that have no name here share one.
func langBit(code string) uint64 {
	if b := bitOf(Languages, code); b != 0 {
		return b
	}
	return 1 << len(Languages)
}

func itemOf(r row) *item {
	o := &r.Offer
	i := &item{id: r.ID, slug: r.Slug, name: o.Name, summary: o.Summary, organisation: o.Organisation, key: fold(o.Name) + " " + r.Slug,
		themes: bitsOf(themes.All, o.Themes), areas: uint8(bitsOf(themes.Areas, o.Areas)), audience: uint16(bitsOf(Audiences, o.Audience)), //nolint:gosec // the lists are short
		kind: uint8(bitOf(Kinds, o.Kind)), where: uint8(bitsOf(Wheres, o.Where)), cost: uint8(bitOf(Costs, o.Cost.Kind)), //nolint:gosec // the lists are short
		cents: o.Cost.Cents, per: o.Cost.Per, checkBy: dayOf(r.CheckBy), checked: dayOf(r.Checked), initiative: o.Initiative, places: o.Places}
	access := o.Accessible
	for _, l := range o.Locations {
		access = slices.Concat(access, l.Access)
		if l.ID != "" {
			i.located, i.at = append(i.located, l.ID), append(i.at, atID(r.ID, l))
		}
		if l.Lat != 0 || l.Lon != 0 || l.Town != "" || l.Name != "" {
			i.spots = append(i.spots, spot{float32(l.Lat), float32(l.Lon), l.Name, l.Town})
		}
	}
	i.access = uint8(bitsOf(Accessibly, access)) //nolint:gosec // the list is short
	for _, l := range o.Languages {
		i.languages |= langBit(l)
	}
	for _, s := range o.Schedule {
		i.slots = append(i.slots, slotOf(s))
	}
	return i
}

// order is how a list stands when nothing was searched: what is fresh by name, and
// then what is old.
func order(a, b *item) int {
	if a.old != b.old {
		if a.old {
			return 1
		}
		return -1
	}
	return strings.Compare(a.key, b.key)
}

// snapshot gives the present one.
func (s *Service) snapshot(ctx context.Context) (*snapshot, error) {
	revision, err := db.One(ctx, s.db, db.Value[int64], selectRevision)
	if err != nil {
		return nil, err
	}
	day := dayOf(s.clock.Now())
	if v := s.seen.Load(); v != nil && v.revision == revision && v.day == day {
		return v, nil
	}
	s.reading.Lock() // one follows what changed, the others wait for it
	defer s.reading.Unlock()
	old := s.seen.Load()
	if old == nil {
		old = &snapshot{revision: -1}
	}
	if old.revision >= revision && old.day == day {
		return old, nil
	}
	v := &snapshot{day: day, names: names{}}
	for id, name := range old.names {
		v.names[id] = name
	}
	var changed []row
	err = s.db.Read(ctx, func(ctx context.Context, r db.Reader) (err error) {
		if v.revision, err = db.One(ctx, r, db.Value[int64], selectRevision); err != nil {
			return err
		}
		organisations, err := db.All(ctx, r, scanOrganisation, selectOrganisationsSince, old.revision)
		if err != nil {
			return err
		}
		for _, o := range organisations {
			v.names[o.ID] = o.Name
		}
		changed, err = db.All(ctx, r, scanOffer, selectSince, old.revision)
		return err
	})
	if err != nil {
		return nil, err
	}
	v.take(old, changed)
	s.seen.Store(v)
	return v, nil
}

// take makes the items of old with what changed since.
func (v *snapshot) take(old *snapshot, changed []row) {
	gone := make(map[string]bool, len(changed))
	for _, r := range changed {
		gone[r.ID] = true
	}
	v.items = make([]*item, 0, len(old.items)+len(changed))
	for _, i := range old.items {
		if gone[i.id] {
			continue
		}
		if now := v.day > i.checkBy; now != i.old {
			other := *i
			other.old = now
			i = &other
		}
		v.items = append(v.items, i)
	}
	for _, r := range changed {
		if r.Status == Live {
			i := itemOf(r)
			i.old = v.day > i.checkBy
			v.items = append(v.items, i)
		}
	}
	slices.SortFunc(v.items, order)
	v.bySlug, v.byID = make(map[string]*item, len(v.items)), make(map[string]*item, len(v.items))
	for _, i := range v.items {
		v.bySlug[i.slug], v.byID[i.id] = i, i
	}
}

// Point is a spot on earth.
type Point struct{ Lat, Lon float64 }

const (
	kmPerDegree = 111.2
	narrow      = 0.6157 // of a degree of longitude, at 52° north
)

// km is how far the nearest spot of an offer lies from p; -1 when that is not known.
func (i *item) km(p Point) float64 {
	best := -1.0
	for _, s := range i.spots {
		if s.lat == 0 && s.lon == 0 {
			continue
		}
		d := math.Hypot((float64(s.lon)-p.Lon)*narrow, float64(s.lat)-p.Lat) * kmPerDegree
		if best < 0 || d < best {
			best = d
		}
	}
	return best
}

// comes tells whether distance does not matter: it is at home or online.
func (i *item) comes() bool { return i.where&^uint8(bitOf(Wheres, "nearby")) != 0 } //nolint:gosec // the list is short

// facet is one choice of a filter: the bits that an item has of it.
type facet struct {
	name  string
	codes []string
	of    func(*item) uint64
}

var facets = []facet{
	{"kind", Kinds, func(i *item) uint64 { return uint64(i.kind) }},
	{"theme", themes.All, func(i *item) uint64 { return i.themes }},
	{"area", themes.Areas, func(i *item) uint64 { return uint64(i.areas) }},
	{"for", Audiences, func(i *item) uint64 { return uint64(i.audience) }},
	{"cost", Costs, func(i *item) uint64 { return uint64(i.cost) }},
	{"where", Wheres, func(i *item) uint64 { return uint64(i.where) }},
	{"lang", Languages, func(i *item) uint64 { return i.languages }},
	{"access", Accessibly, func(i *item) uint64 { return uint64(i.access) }},
}

// want gives for each facet the bits that the filter asks for.
func (f Filter) want() [8]uint64 {
	var w [8]uint64
	for k, v := range []string{f.Kind, f.Theme, f.Area, f.Audience, f.Cost, f.Where} {
		if v != "" {
			w[k] = bitOf(facets[k].codes, v)
		}
	}
	if f.Language != "" {
		w[6] = langBit(f.Language)
	}
	if f.Wheelchair {
		w[7] = bitOf(Accessibly, "wheelchair")
	}
	return w
}

// found is what a filter leaves, in the order of the list, with the counts of each
// choice. The choice made within a facet does not lower the counts of that facet.
type found struct {
	items  []*item
	km     []float32 // by item, where a postcode was given
	facets map[string]map[string]int
}

// narrow tells what a filter leaves. from is where distances count from, if any.
func (v *snapshot) narrow(f Filter, from *Point, now time.Time) *found {
	clocked := f.Open || from != nil
	key := f
	key.Words = ""
	if !clocked {
		if known, ok := v.found.Load(key); ok {
			return known.(*found)
		}
	}
	want := f.want()
	var counts [8][64]int
	out := &found{}
	at := instant(now)
	for _, i := range v.items {
		if f.Open && !i.open(at) {
			continue
		}
		d := -1.0
		if from != nil {
			d = math.Round(i.km(*from)*1000) / 1000 // to the metre, as in a key
			if f.Km > 0 && (d < 0 && !i.comes() || d > float64(f.Km)) {
				continue
			}
		}
		failed, missed := -1, 0
		var has [8]uint64
		for k := range facets {
			has[k] = facets[k].of(i)
			if want[k] != 0 && has[k]&want[k] == 0 {
				failed = k
				if missed++; missed > 1 {
					break
				}
			}
		}
		switch {
		case missed > 1:
		case missed == 1:
			count(&counts[failed], has[failed])
		default:
			for k := range has {
				count(&counts[k], has[k])
			}
			out.items = append(out.items, i)
			if from != nil {
				out.km = append(out.km, float32(d))
			}
		}
	}
	if from != nil {
		out.near()
	}
	out.facets = map[string]map[string]int{}
	for k, fc := range facets {
		m := make(map[string]int, len(fc.codes))
		for n, code := range fc.codes {
			if counts[k][n] > 0 {
				m[code] = counts[k][n]
			}
		}
		out.facets[fc.name] = m
	}
	if !clocked {
		v.keep(key, out)
	}
	return out
}

func count(c *[64]int, has uint64) {
	for has != 0 {
		c[bits.TrailingZeros64(has)]++
		has &= has - 1
	}
}

// foundMost bounds what is kept of filters that were asked before.
const foundMost = 64

func (v *snapshot) keep(f Filter, out *found) {
	v.keeping.Lock()
	defer v.keeping.Unlock()
	if v.kept < foundMost {
		v.kept++
		v.found.Store(f, out)
	}
}

// near puts what lies nearest first: fresh before old, and then what has no spot.
func (f *found) near() {
	order := make([]int, len(f.items))
	for k := range order {
		order[k] = k
	}
	far := func(k int) float32 {
		if f.km[k] < 0 {
			return math.MaxFloat32
		}
		return f.km[k]
	}
	slices.SortFunc(order, func(a, b int) int {
		if x, y := f.items[a].old, f.items[b].old; x != y {
			if x {
				return 1
			}
			return -1
		}
		return cmp.Or(cmp.Compare(far(a), far(b)), strings.Compare(f.items[a].key, f.items[b].key))
	})
	items, km := make([]*item, len(order)), make([]float32, len(order))
	for n, k := range order {
		items[n], km[n] = f.items[k], f.km[k]
	}
	f.items, f.km = items, km
}
