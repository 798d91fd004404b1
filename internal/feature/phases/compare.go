package phases

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Aspects are the things in which places are compared.
const (
	Size     = "size"
	Urbanity = "urbanity"
	Ages     = "ages"
)

// Verdicts on an aspect.
const (
	Alike   = "alike"
	Differs = "differs"
	Missing = "unknown" // a figure is not known, here or there
)

// How far apart a place may lie from those where it runs, and be alike still: in
// size as a factor, in ages in hundredths of all people.
const (
	sizeFactor = 1.5
	ageApart   = 4.0
)

// AgesFrom are the ages at which the groups of Municipality.Ages begin.
var AgesFrom = [5]int{0, 15, 25, 45, 65}

const oldest = len(AgesFrom) - 1

// Aspect is how a place compares in one thing.
type Aspect struct {
	Name, Verdict string
	Group         int // of ages: the one that differs most
}

// Comparison sets one municipality beside those where an initiative runs.
type Comparison struct {
	Here      *Municipality
	There     []Municipality // of known size, the smallest first
	Others    []Municipality // all that are known to us
	Nameless  int            // where it runs, and we know no size
	Already   bool           // it runs in this very municipality
	Inside    bool           // as to inhabitants
	Nearest   string         // the one most alike in size
	Low, High int64
	Aspects   []Aspect
}

// compare looks at size, urbanity and ages.
func compare(all []Municipality, runs []Place, code string) (c Comparison) {
	for k := range all {
		if all[k].Code == code {
			c.Here = &all[k]
		}
	}
	for _, p := range runs {
		k := slices.IndexFunc(all, func(m Municipality) bool {
			return p.Code != "" && m.Code == p.Code || p.Code == "" && strings.EqualFold(m.Name, p.Name)
		})
		c.Already = c.Already || k >= 0 && all[k].Code == code
		if k >= 0 {
			c.Others = append(c.Others, all[k])
		}
		if k < 0 || all[k].Inhabitants <= 0 {
			c.Nameless++
			continue
		}
		c.There = append(c.There, all[k])
	}
	slices.SortFunc(c.There, func(a, b Municipality) int {
		return cmp.Or(cmp.Compare(a.Inhabitants, b.Inhabitants), cmp.Compare(a.Name, b.Name))
	})
	if len(c.There) > 0 {
		c.Low, c.High = c.There[0].Inhabitants, c.There[len(c.There)-1].Inhabitants
	}
	if c.Here == nil {
		return c
	}
	if n := float64(c.Here.Inhabitants); n > 0 && len(c.There) > 0 {
		c.Inside = n >= float64(c.Low)/sizeFactor && n <= float64(c.High)*sizeFactor
		c.Nearest = nearest(c.There, *c.Here)
	}
	if !c.Already && len(runs) > 0 {
		c.Aspects = []Aspect{c.size(), c.urbanity(), c.ages()}
	}
	return c
}

// nearest is the one most alike in size.
func nearest(list []Municipality, here Municipality) (name string) {
	best := math.Inf(1)
	for _, m := range list {
		if m.Code == here.Code {
			continue
		}
		if far := math.Abs(math.Log(float64(m.Inhabitants) / float64(here.Inhabitants))); far < best {
			best, name = far, m.Name
		}
	}
	return name
}

func verdict(alike bool) string {
	if alike {
		return Alike
	}
	return Differs
}

func (c Comparison) size() Aspect {
	if c.Here.Inhabitants <= 0 || len(c.There) == 0 {
		return Aspect{Name: Size, Verdict: Missing}
	}
	return Aspect{Name: Size, Verdict: verdict(c.Inside)}
}

// class is a class of urbanity.
func class(m Municipality) float64 { return float64(m.Urbanity) }

func (c Comparison) urbanity() Aspect {
	low, high, ok := spread(c.Others, class)
	if !ok || c.Here.Urbanity == 0 {
		return Aspect{Name: Urbanity, Verdict: Missing}
	}
	here := class(*c.Here)
	return Aspect{Name: Urbanity, Verdict: verdict(here >= low && here <= high)}
}

func (c Comparison) ages() Aspect {
	a := Aspect{Name: Ages, Verdict: Missing, Group: oldest}
	if !c.Here.hasAges() {
		return a
	}
	most := 0.0
	for g := range AgesFrom {
		low, high, ok := spread(c.Others, group(g))
		if !ok {
			return a
		}
		here := c.Here.Ages[g]
		if off := max(low-here, here-high); off >= ageApart && off > most {
			most, a.Group = off, g
		}
	}
	a.Verdict = verdict(most == 0)
	return a
}

func (m Municipality) hasAges() bool { return m.Ages != [5]float64{} }

// group reads the share of one group of ages. A group without people is known too.
func group(g int) func(Municipality) float64 {
	return func(m Municipality) float64 {
		if m.hasAges() && m.Ages[g] == 0 {
			return math.SmallestNonzeroFloat64
		}
		return m.Ages[g]
	}
}

// spread gives the least and the most of what is known; false if nothing is.
func spread(list []Municipality, of func(Municipality) float64) (low, high float64, ok bool) {
	for _, m := range list {
		v := of(m)
		if v == 0 {
			continue
		}
		if !ok {
			low, high, ok = v, v, true
		}
		low, high = min(low, v), max(high, v)
	}
	return low, high, ok
}
