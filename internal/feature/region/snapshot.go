package region

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/trust/access"
)

// snapshot is all that everybody may see, put together. Nobody changes it.
type snapshot struct {
	version  string
	revision int64
	mapped   time.Time // when the map was read
	*ground
	entries    []entry   // those in most municipalities first
	byTown     [][]int32 // by municipality: numbers in list
	far        []uint8   // by number in entries: farness of the phase
	wide       int       // how many have no municipality that we know
	barriers   []Stubborn
	coalitions []Coalition
	pilots     []Pilot
	due        sync.Map // language and month → []Due, for who is not signed in
	sights     sync.Map // Filter → *sight
	looked     atomic.Int64
}

// ground is the map: it changes with an import by the operator, once a year or so.
type ground struct {
	towns     []town // by name
	index     map[string]int
	provinces []string
	all       set
	land      string // a dot for each municipality
	outlined  bool
}

type town struct {
	Municipality
	id    string // townKey
	key   string // in the order of a list
	x, y  float64
	shape string // the outline as a path
}

// entry is an initiative in the snapshot.
type entry struct {
	Spread
	key    string
	folded string // what its name is searched by
	towns  set
	n      int
	runs   bool
	curves []Curve
}

// The bounds of what is kept of other rooms.
const (
	stubbornMost   = 50
	coalitionsMost = 200
	pilotsMost     = 5_000
	dueMost        = 500
)

// groundStale is after how long the map is read again. An operator who imported
// outlines sees them by then.
const groundStale = time.Minute

// nobody is the actor for whom the snapshot is made, so that it can hold only what
// everybody may see.
func nobody(ctx context.Context) context.Context {
	return access.With(ctx, access.Actor{Channel: access.Page})
}

// snapshot gives what holds now. Whoever comes first after a change makes it, the
// others wait: an old one would end up in caches as if it were new.
func (s *Service) snapshot(ctx context.Context) (*snapshot, error) {
	version, err := s.DB.Version(ctx)
	if err != nil {
		return nil, err
	}
	if now := s.seen.Load(); now != nil && now.version == version {
		return now, nil
	}
	s.making.Lock()
	defer s.making.Unlock()
	old := s.seen.Load()
	if version, err = s.DB.Version(ctx); err != nil {
		return nil, err
	}
	if old != nil && old.version == version {
		return old, nil
	}
	fresh, err := s.make(nobody(ctx), old, version)
	if err != nil {
		return nil, err
	}
	s.seen.Store(fresh)
	return fresh, nil
}

// make puts a snapshot together, out of the old one as far as that still holds.
func (s *Service) make(ctx context.Context, old *snapshot, version string) (*snapshot, error) {
	n := &snapshot{version: version}
	var err error
	if n.mapped = s.Clock.Now(); old != nil && n.mapped.Sub(old.mapped) < groundStale {
		n.mapped, n.ground = old.mapped, old.ground
	} else if n.ground, err = s.ground(ctx, old); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) (err error) {
		if s.Overview != nil {
			if err := s.overview(ctx, r, old, n); err != nil {
				return err
			}
		}
		if s.Barriers != nil {
			if n.barriers, err = s.Barriers.Stubborn(ctx, r, stubbornMost); err != nil {
				return err
			}
		}
		if s.Coalitions != nil {
			if n.coalitions, err = s.Coalitions.Public(ctx, r); err != nil {
				return err
			}
		}
		if s.Pilots != nil {
			n.pilots, err = s.Pilots.Running(ctx, r)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	n.barriers = n.barriers[:min(stubbornMost, len(n.barriers))]
	n.coalitions = slices.Clone(n.coalitions[:min(coalitionsMost, len(n.coalitions))])
	slices.SortStableFunc(n.coalitions, func(a, b Coalition) int { return cmp.Compare(fold(a.Name), fold(b.Name)) })
	n.pilots = n.pilots[:min(pilotsMost, len(n.pilots))]
	if n.byTown == nil {
		n.byTown = make([][]int32, len(n.towns))
	}
	return n, nil
}

// overview reads the initiatives, unless they are as they were.
func (s *Service) overview(ctx context.Context, r db.Reader, old, n *snapshot) (err error) {
	if revised, ok := s.Overview.(Revised); ok {
		if n.revision, err = revised.Revision(ctx, r); err != nil {
			return err
		}
		if old != nil && old.revision == n.revision && old.ground == n.ground {
			n.entries, n.byTown, n.far, n.wide = old.entries, old.byTown, old.far, old.wide
			return nil
		}
	}
	spread, err := s.Overview.Spread(ctx, r)
	if err != nil {
		return err
	}
	n.place(spread)
	return nil
}

// place puts the initiatives on the map.
func (n *snapshot) place(spread []Spread) {
	list := make([]*entry, len(spread)) // what is large is not moved while it is sorted
	for k, v := range spread {
		e := &entry{Spread: v, folded: fold(v.Name), towns: newSet(len(n.towns)), runs: Runs(v.Phase), curves: Curves(v.Growth)}
		for _, code := range v.Codes {
			if i, ok := n.index[townKey(code)]; ok {
				e.towns.add(i)
			}
		}
		if e.n = e.towns.count(); e.n == 0 {
			n.wide++
		}
		e.key = fmt.Sprintf("%06d %s %s", 999_999-e.n, e.folded, v.Initiative)
		list[k] = e
	}
	slices.SortFunc(list, func(a, b *entry) int { return cmp.Compare(a.key, b.key) })
	n.entries, n.byTown, n.far = make([]entry, len(list)), make([][]int32, len(n.towns)), make([]uint8, len(list))
	for k, e := range list {
		n.entries[k], n.far[k] = *e, farness[e.Phase]
		for i := range e.towns.each {
			n.byTown[i] = append(n.byTown[i], int32(k)) //nolint:gosec // ten thousand at most
		}
	}
}

// ground reads the map, and gives the old one where nothing changed.
func (s *Service) ground(ctx context.Context, old *snapshot) (*ground, error) {
	g := &ground{index: map[string]int{}}
	if s.Places == nil {
		return g, nil
	}
	list, err := s.Places.Municipalities(ctx)
	if err != nil {
		return nil, err
	}
	for _, m := range list {
		x, y := project(m.Lat, m.Lon)
		g.towns = append(g.towns, town{Municipality: m, id: townKey(m.Code), key: fold(m.Name) + " " + m.Code, x: x, y: y})
	}
	slices.SortFunc(g.towns, func(a, b town) int { return cmp.Compare(a.key, b.key) })
	g.all = newSet(len(g.towns))
	var land strings.Builder
	for i, t := range g.towns {
		g.index[t.id] = i
		g.all.add(i)
		fmt.Fprintf(&land, "M%s %sh0", short(t.x), short(t.y))
		if t.Province != "" && !slices.Contains(g.provinces, t.Province) {
			g.provinces = append(g.provinces, t.Province)
		}
	}
	slices.Sort(g.provinces)
	g.land = land.String()
	if o, ok := s.Places.(Outlined); ok {
		outlines, err := o.Outlines(ctx)
		if err != nil {
			return nil, err
		}
		for _, o := range outlines {
			if i, ok := g.index[townKey(o.Code)]; ok {
				g.towns[i].shape = shape(o)
				g.outlined = g.outlined || g.towns[i].shape != ""
			}
		}
	}
	if old != nil && slices.Equal(old.towns, g.towns) {
		return old.ground, nil // so that the initiatives stay where they are on it
	}
	return g, nil
}

// due gives what is due in a month, to the actor. What everybody may see of it is
// looked up once.
func (s *Service) due(ctx context.Context, snap *snapshot, from, to time.Time) ([]Due, error) {
	if s.Dues == nil {
		return nil, nil
	}
	a := access.Of(ctx)
	known := i18n.Lang(ctx) + from.Format(" 2006-01")
	unknown := !a.SignedIn() && a.Organisation == "" && len(a.Grants) == 0
	if unknown {
		if list, ok := snap.due.Load(known); ok {
			return list.([]Due), nil
		}
		ctx = nobody(ctx)
	}
	var list []Due
	err := s.DB.Read(ctx, func(ctx context.Context, r db.Reader) (err error) {
		list, err = s.Dues(ctx, r, from, to)
		return err
	})
	if err != nil {
		return nil, err
	}
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b Due) int { return cmp.Compare(dueKey(a), dueKey(b)) })
	list = slices.CompactFunc(list, func(a, b Due) bool { return dueKey(a) == dueKey(b) })
	list = list[:min(dueMost, len(list))]
	if unknown {
		snap.due.Store(known, list)
	}
	return list, nil
}

// dueKey orders by time; two things with one name on one page are one.
func dueKey(d Due) string {
	return d.At.UTC().Format("2006-01-02T15:04:05") + " " + d.Title + " " + d.Path
}

// month is the month of a moment, from its first day to that of the next.
func month(now time.Time) (from, to time.Time) {
	now = now.In(clock.Amsterdam)
	from = time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, clock.Amsterdam)
	return from, from.AddDate(0, 1, 0)
}
