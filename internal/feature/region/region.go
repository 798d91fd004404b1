package region

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// Phases are how far an initiative came, in the order of the way it goes.
var Phases = []string{"idea", "preparation", "pilot", "proven", "in_use", "scaled", "stopped", "unknown"}

// byFarness are the phases by how far along the way they are; 0 is none.
var byFarness = []string{"", "stopped", "unknown", "idea", "preparation", "pilot", "proven", "in_use", "scaled"}

var farness = func() map[string]uint8 {
	m := map[string]uint8{}
	for k, p := range byFarness {
		m[p] = uint8(k) //nolint:gosec // there are nine
	}
	return m
}()

// Runs tells whether an initiative in this phase runs. Of one whose phase nobody
// knows it is not said that it does not.
func Runs(phase string) bool {
	return phase != "idea" && phase != "preparation" && phase != "stopped"
}

// Level is how far a phase is, coarse enough to tell apart on a map.
type Level string

// The levels, from nothing to the end of the way.
const (
	LevelNone  Level = "none"
	LevelEnded Level = "ended"
	LevelEarly Level = "early"
	LevelTrial Level = "trial"
	LevelUse   Level = "use"
)

// Levels are the levels in the order of a legend.
var Levels = []Level{LevelUse, LevelTrial, LevelEarly, LevelEnded, LevelNone}

// LevelOf is the level of a phase; "" is the phase of nothing.
func LevelOf(phase string) Level {
	switch phase {
	case "in_use", "scaled":
		return LevelUse
	case "pilot", "proven":
		return LevelTrial
	case "idea", "preparation":
		return LevelEarly
	case "":
		return LevelNone
	}
	return LevelEnded
}

// Filter narrows what is looked at. The zero Filter has everything.
type Filter struct {
	Theme      string
	Phase      string
	Kind       string
	Initiative string // slug, or a part of the name
	Province   string
	Town       string // key of a municipality
	Coalition  string // id: only its municipalities
}

// Area tells whether the filter leaves municipalities out.
func (f Filter) Area() bool { return f.Province != "" || f.Town != "" || f.Coalition != "" }

// set is a set of municipalities by their number in the snapshot.
type set []uint64

func newSet(n int) set { return make(set, (n+63)/64) }

func (s set) add(i int)      { s[i/64] |= 1 << (i % 64) }
func (s set) has(i int) bool { return s[i/64]&(1<<(i%64)) != 0 }

func (s set) count() (n int) {
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// each walks through what is in it.
func (s set) each(yield func(int) bool) {
	for k, w := range s {
		for ; w != 0; w &= w - 1 {
			if !yield(k*64 + bits.TrailingZeros64(w)) {
				return
			}
		}
	}
}

// and counts what two sets share.
func (s set) and(o set) (n int) {
	for k, w := range s {
		n += bits.OnesCount64(w & o[k])
	}
	return n
}

// join adds what o shares with mask.
func (s set) join(o, mask set) {
	for k := range s {
		s[k] |= o[k] & mask[k]
	}
}

// townKey is a code of a municipality as it compares: GM0153, 0153 and /0153/WK01
// are one.
func townKey(code string) string {
	code = strings.TrimPrefix(strings.TrimPrefix(code, "/"), "GM")
	code, _, _ = strings.Cut(code, "/")
	return code
}

// fold is a text as it sorts and compares: small letters and figures.
func fold(s string) string {
	s = strings.ToLower(s)
	if strings.ContainsFunc(s, func(c rune) bool { return c > unicode.MaxASCII }) {
		var err error
		t := transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC)
		if s, _, err = transform.String(t, s); err != nil {
			return ""
		}
	}
	return strings.Join(strings.FieldsFunc(s, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) }), " ")
}

// Curve is growth in one unit over time: at least two points of which the time is
// known. Figures in different units are not one line.
type Curve struct {
	Unit   string
	Points []Dated
}

// Dated is a point with when it was, in years.
type Dated struct {
	Point
	At float64
}

// First is where a curve begins.
func (c Curve) First() Dated { return c.Points[0] }

// Last is where a curve ends.
func (c Curve) Last() Dated { return c.Points[len(c.Points)-1] }

func (c Curve) gain() float64 { return c.Last().Value - c.First().Value }

// Towns tells whether a curve counts municipalities.
func (c Curve) Towns() bool { return oneUnit(strings.ToLower(c.Unit), "gemeente") }

// Curves gives the growth that can be told of, what counts municipalities first.
func Curves(points []Point) []Curve {
	var list []Curve
	for _, p := range points {
		at, ok := when(p.Period)
		if !ok {
			continue
		}
		k := slices.IndexFunc(list, func(c Curve) bool { return oneUnit(c.Unit, p.Unit) })
		if k < 0 {
			k = len(list)
			list = append(list, Curve{})
		}
		list[k].Unit = max(list[k].Unit, p.Unit) // the plural
		list[k].Points = append(list[k].Points, Dated{p, at})
	}
	list = slices.DeleteFunc(list, func(c Curve) bool { return len(c.Points) < 2 })
	for _, c := range list {
		slices.SortStableFunc(c.Points, func(a, b Dated) int { return cmp.Compare(a.At, b.At) })
	}
	slices.SortStableFunc(list, func(a, b Curve) int {
		return cmp.Compare(map[bool]int{true: 0, false: 1}[a.Towns()], map[bool]int{true: 0, false: 1}[b.Towns()])
	})
	return list
}

// oneUnit tells whether two units are the same but for a plural.
func oneUnit(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	rest, ok := strings.CutPrefix(b, a)
	return ok && a != "" && slices.Contains([]string{"", "n", "en", "s"}, rest)
}

// when reads a period that is a year (2019) or a month (2019-03).
func when(period string) (float64, bool) {
	for _, layout := range []string{"2006", "2006-01"} {
		if t, err := time.Parse(layout, period); err == nil && t.Year() > 1900 {
			return float64(t.Year()) + float64(t.Month()-1)/12, true
		}
	}
	return 0, false
}

// part cuts one page out of a list that is in the order of its keys: what comes
// behind after. Next is the key to go on from, "" at the end; previous the one of
// the page before, and back whether there is one.
func part[T any](list []T, key func(T) string, after string, most int) (page []T, previous string, back bool, next string) {
	from := 0
	if after != "" {
		from, _ = slices.BinarySearchFunc(list, after, func(v T, k string) int { return cmp.Compare(key(v), k+"\x00") })
	}
	to := min(from+most, len(list))
	if to < len(list) {
		next = key(list[to-1])
	}
	if back = from > 0; from > most {
		previous = key(list[from-most-1])
	}
	return list[from:to], previous, back, next
}
