package barriers

import (
	"cmp"
	"context"
	"slices"
	"time"

	"wijkbaak.nl/internal/base/db"
)

// Ages are the ends of the groups of age, in days; the last group has none.
var Ages = []int{90, 180, 365}

// Count is how many barriers of a category stand open, by age.
type Count struct {
	Category string
	Open     int
	ByAge    []int // one more than Ages
	Late     int
	Median   int // days
}

// Numbers are the open barriers of the register.
type Numbers struct {
	Filter  Filter
	Rows    []Count // the most first
	Open    int
	Late    int
	Median  int // days
	Stopped bool
}

// Numbers counts what stands open, by age and category.
func (s *Service) Numbers(ctx context.Context, f Filter) (n Numbers, err error) {
	f.Active, f.Status = true, ""
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		list, more, err := s.list(ctx, r, f, "", sumMost, sumMost/chunk)
		if err == nil {
			n = count(list, s.Clock.Now())
			n.Filter, n.Stopped = f, more != ""
		}
		return err
	})
	return n, err
}

func count(list []Entry, now time.Time) Numbers {
	days, all := map[string][]int{}, []int{}
	rows := map[string]*Count{}
	var n Numbers
	for _, e := range list {
		c := rows[e.Category]
		if c == nil {
			c = &Count{Category: e.Category, ByAge: make([]int, len(Ages)+1)}
			rows[e.Category] = c
		}
		d := e.Days(now)
		k := 0
		for k < len(Ages) && d >= Ages[k] {
			k++
		}
		c.ByAge[k]++
		c.Open++
		n.Open++
		if e.Late(now) {
			c.Late++
			n.Late++
		}
		days[e.Category], all = append(days[e.Category], d), append(all, d)
	}
	for _, c := range rows {
		c.Median = median(days[c.Category])
		n.Rows = append(n.Rows, *c)
	}
	slices.SortFunc(n.Rows, func(a, b Count) int {
		return cmp.Or(cmp.Compare(b.Open, a.Open), cmp.Compare(a.Category, b.Category))
	})
	n.Median = median(all)
	return n
}

func median(list []int) int {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return list[len(list)/2]
}

// Stubborn is a barrier, or a category of barriers of one's own, that stands open
// in a region.
type Stubborn struct {
	Barrier, Name, Category string // Barrier is empty for a category
	Open, Median, Oldest    int    // Median and Oldest in days
	Path                    string
}

// stubbornMost is how many a region is told of.
const stubbornMost = 10

// Stubborn lists what stands open most and longest, of what everybody may see.
func (s *Service) Stubborn(ctx context.Context, r db.Reader) ([]Stubborn, error) {
	kinds, err := s.Catalogue.Barriers(ctx, r)
	if err != nil {
		return nil, err
	}
	entries, _, err := s.list(ctx, r, Filter{Active: true}, "", sumMost, sumMost/chunk)
	if err != nil {
		return nil, err
	}
	days := map[Stubborn][]int{}
	for _, e := range entries {
		if !e.Public {
			continue
		}
		k := Stubborn{Barrier: e.Barrier, Name: kindName(kinds, e.Barrier), Category: e.Category, Path: base + "?soort=" + e.Category + "&stand=nu"}
		if k.Name != "" {
			k.Path = base + "?belemmering=" + e.Barrier + "&stand=nu"
		} else {
			k.Barrier, k.Name = "", word(ctx, "category", e.Category)
		}
		days[k] = append(days[k], e.Days(s.Clock.Now()))
	}
	var list []Stubborn
	for k, d := range days {
		k.Open, k.Median, k.Oldest = len(d), median(d), slices.Max(d)
		list = append(list, k)
	}
	slices.SortFunc(list, func(a, b Stubborn) int {
		return cmp.Or(cmp.Compare(b.Open, a.Open), cmp.Compare(b.Median, a.Median), cmp.Compare(a.Name, b.Name))
	})
	return list[:min(len(list), stubbornMost)], nil
}
