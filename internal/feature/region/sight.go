package region

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// sight is the snapshot seen through a filter.
type sight struct {
	*snapshot
	Filter
	area  set      // the municipalities that are looked at
	n     int      // how many those are
	list  []*entry // the initiatives that fit and, where there is an area, are in it
	fits  []bool   // by number in the snapshot: fits, wherever it is
	has   []tally  // by municipality; empty outside the area
	some  set      // municipalities of the area with any
	runs  set      // municipalities of the area where one runs
	pilot []Pilot  // that run in the area
	kept  sync.Map // what was worked out before, by name
}

// keep works something out once for a sight.
func keep[T any](s *sight, name string, work func() T) T {
	v, ok := s.kept.Load(name)
	if !ok {
		v, _ = s.kept.LoadOrStore(name, work())
	}
	return v.(T)
}

// tally is what a municipality has.
type tally struct {
	N, Runs, Pilots int
	Phase           string // the furthest
}

// sightsMost is how many filters a snapshot remembers what it looks like through.
const sightsMost = 64

// look looks at a snapshot through a filter. What the filter names and is not
// there, such as a coalition that ended, leaves nothing out.
func (n *snapshot) look(f Filter) *sight {
	if s, ok := n.sights.Load(f); ok {
		return s.(*sight)
	}
	s := n.see(f)
	if n.looked.Add(1) <= sightsMost {
		n.sights.Store(f, s)
	}
	return s
}

func (n *snapshot) see(f Filter) *sight {
	s := &sight{snapshot: n, area: n.all, fits: make([]bool, len(n.entries)), has: make([]tally, len(n.towns)),
		some: newSet(len(n.towns)), runs: newSet(len(n.towns))}
	s.narrow(&f)
	s.Filter = f
	s.n = s.area.count()
	words := strings.Fields(fold(f.Initiative))
	for k := range n.entries {
		e := &n.entries[k]
		if !e.fits(f, words) {
			continue
		}
		s.fits[k] = true
		if f.Area() && e.towns.and(s.area) == 0 {
			continue
		}
		s.list = append(s.list, e)
		s.some.join(e.towns, s.area)
		if e.runs {
			s.runs.join(e.towns, s.area)
		}
	}
	for i := range n.towns {
		if s.some.has(i) {
			s.count(i)
		}
	}
	slugs := map[string]bool{}
	for _, e := range s.list {
		slugs[e.Initiative] = true
	}
	for _, p := range n.pilots {
		i, ok := n.index[townKey(p.Municipality)]
		if ok && s.area.has(i) && slugs[p.Initiative] {
			s.pilot = append(s.pilot, p)
			s.has[i].Pilots++
		}
	}
	return s
}

// narrow finds the area of a filter, and empties what is not known.
func (s *sight) narrow(f *Filter) {
	only := func(keep func(i int) bool) {
		smaller := newSet(len(s.towns))
		for i := range s.towns {
			if s.area.has(i) && keep(i) {
				smaller.add(i)
			}
		}
		s.area = smaller
	}
	if !slices.Contains(s.provinces, f.Province) {
		f.Province = ""
	}
	if _, ok := s.index[f.Town]; !ok {
		f.Town = ""
	}
	k := slices.IndexFunc(s.coalitions, func(c Coalition) bool { return c.ID == f.Coalition })
	if k < 0 {
		f.Coalition = ""
	}
	if f.Province != "" {
		only(func(i int) bool { return s.towns[i].Province == f.Province })
	}
	if f.Town != "" {
		only(func(i int) bool { return s.towns[i].id == f.Town })
	}
	if f.Coalition != "" {
		only(func(i int) bool {
			return slices.ContainsFunc(s.coalitions[k].Cities, func(c string) bool { return townKey(c) == s.towns[i].id })
		})
	}
}

// fits tells whether an initiative is what a filter asks for; words are those of
// its name.
func (e *entry) fits(f Filter, words []string) bool {
	if f.Kind != "" && e.Kind != f.Kind || f.Phase != "" && e.Phase != f.Phase || f.Theme != "" && !slices.Contains(e.Themes, f.Theme) {
		return false
	}
	if f.Initiative == "" || f.Initiative == e.Initiative {
		return true
	}
	return len(words) > 0 && !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(e.folded, w) })
}

// count counts what a municipality has. It runs over each initiative of each
// municipality, so it stays off the entries themselves.
func (s *sight) count(i int) {
	t, far := &s.has[i], uint8(0)
	for _, k := range s.byTown[i] {
		if !s.fits[k] {
			continue
		}
		t.N++
		if runsByFar[s.far[k]] {
			t.Runs++
		}
		far = max(far, s.far[k])
	}
	t.Phase = byFarness[far]
}

// runsByFar tells by farness whether a phase is one that runs.
var runsByFar = func() (list [16]bool) {
	for k, p := range byFarness {
		list[k] = k > 0 && Runs(p)
	}
	return list
}()

// in gives the initiatives of a municipality that fit, those in most others first.
func (s *sight) in(i, most int) (list []*entry) {
	for _, k := range s.byTown[i] {
		if s.fits[k] {
			if list = append(list, &s.entries[k]); len(list) == most {
				break
			}
		}
	}
	return list
}

// inArea gives the numbers of the municipalities that are looked at, by name.
func (s *sight) inArea() []int {
	list := make([]int, 0, s.n)
	for i := range s.towns {
		if s.area.has(i) {
			list = append(list, i)
		}
	}
	return list
}

// reach is in how many municipalities of the area an initiative is.
func (s *sight) reach(e *entry) int {
	if !s.Area() {
		return e.n
	}
	return e.towns.and(s.area)
}

// PhaseCount is how many initiatives are in a phase, and in how many municipalities
// it is the furthest that any came.
type PhaseCount struct {
	Phase       string
	Initiatives int
	Towns       int
}

// phases counts by phase, in the order of Phases.
func (s *sight) phases() []PhaseCount {
	return keep(s, "phases", s.countPhases)
}

func (s *sight) countPhases() []PhaseCount {
	list := make([]PhaseCount, len(Phases))
	at := map[string]*PhaseCount{}
	for k, p := range Phases {
		list[k].Phase = p
		at[p] = &list[k]
	}
	for _, e := range s.list {
		if c := at[e.Phase]; c != nil {
			c.Initiatives++
		}
	}
	for _, t := range s.has {
		if c := at[t.Phase]; c != nil {
			c.Towns++
		}
	}
	return list
}

// Spot is how many municipalities have nothing that runs of a theme.
type Spot struct {
	Theme string
	Runs  int
	White int
}

// spots counts for each theme where nothing of it runs, the most missed first.
func (s *sight) spots(themes []string) []Spot {
	return keep(s, "spots", func() []Spot { return s.countSpots(themes) })
}

func (s *sight) countSpots(themes []string) []Spot {
	runs := map[string]set{}
	for _, e := range s.list {
		if !e.runs {
			continue
		}
		for _, t := range e.Themes {
			if runs[t] == nil {
				runs[t] = newSet(len(s.has))
			}
			runs[t].join(e.towns, s.area)
		}
	}
	var list []Spot
	for _, t := range themes {
		if s.Theme == "" || s.Theme == t {
			n := runs[t].count()
			list = append(list, Spot{t, n, s.n - n})
		}
	}
	slices.SortStableFunc(list, func(a, b Spot) int { return cmp.Compare(b.White, a.White) })
	return list
}

// white gives the municipalities of the area in which nothing of what fits runs.
func (s *sight) white() []int {
	return slices.DeleteFunc(s.inArea(), s.runs.has)
}

// near is what runs nearest to a municipality where nothing does.
type near struct {
	town  int
	km    float64
	entry *entry
}

// nearest finds where the nearest that fits runs, also outside the area.
func (s *sight) nearest(from int, runs set) (near, bool) {
	best := near{town: -1}
	for i := range s.towns {
		if !runs.has(i) || i == from {
			continue
		}
		if d := distance(s.towns[from].Municipality, s.towns[i].Municipality); best.town < 0 || d < best.km {
			best.town, best.km = i, d
		}
	}
	if best.town < 0 {
		return best, false
	}
	for _, e := range s.in(best.town, len(s.entries)) {
		if e.runs {
			best.entry = e
			break
		}
	}
	return best, best.entry != nil
}

// runsAnywhere is where something that fits runs, also outside the area.
func (s *sight) runsAnywhere() set {
	runs := newSet(len(s.towns))
	for k := range s.entries {
		if e := &s.entries[k]; s.fits[k] && e.runs {
			runs.join(e.towns, s.all)
		}
	}
	return runs
}

// people adds up who live in municipalities; ok is false where that is not known of
// one of them.
func (s *sight) people(towns []int) (n int, ok bool) {
	for _, i := range towns {
		if s.towns[i].Inhabitants == 0 {
			return 0, false
		}
		n += s.towns[i].Inhabitants
	}
	return n, len(towns) > 0
}

// grown gives the initiatives of which growth can be told.
func (s *sight) grown() []*entry {
	return keep(s, "grown", func() (list []*entry) {
		for _, e := range s.list {
			if len(e.curves) > 0 {
				list = append(list, e)
			}
		}
		return list
	})
}

// widest gives those of them that now are in more municipalities than they were,
// the greatest step first.
func (s *sight) widest() []*entry {
	return keep(s, "widest", func() (list []*entry) {
		for _, e := range s.grown() {
			if e.curves[0].Towns() && e.curves[0].gain() > 0 {
				list = append(list, e)
			}
		}
		slices.SortStableFunc(list, func(a, b *entry) int { return cmp.Compare(b.curves[0].gain(), a.curves[0].gain()) })
		return list
	})
}

// running is how many initiatives run.
func (s *sight) running() int {
	return keep(s, "running", func() (n int) {
		for _, e := range s.list {
			if e.runs {
				n++
			}
		}
		return n
	})
}

// together gives the coalitions with a municipality in the area, and of those that
// chose an initiative only where it fits.
func (s *sight) together() (list []Coalition) {
	for _, c := range s.coalitions {
		here := slices.ContainsFunc(c.Cities, func(code string) bool {
			i, ok := s.index[townKey(code)]
			return ok && s.area.has(i)
		})
		chosen := c.Initiative == "" || slices.ContainsFunc(s.list, func(e *entry) bool { return e.Initiative == c.Initiative })
		if (here || !s.Area()) && chosen {
			list = append(list, c)
		}
	}
	return list
}
