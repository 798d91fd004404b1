package businesscase

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"sync"
)

// Draws is how often chance is asked.
const Draws = 10_000

// Seed of the draws of the pages and the API.
const Seed = 20260101

// stream is the chance of one figure. It depends on the seed and the key of the
// figure only, so that changing one figure leaves the draws of all others as
// they were, and two scenarios are compared under the same luck.
func stream(seed uint64, key string) *rand.PCG {
	h := fnv.New64a()
	h.Write([]byte(key)) //nolint:errcheck // a hash takes all
	return rand.NewPCG(seed, h.Sum64())
}

func uniform(p *rand.PCG) float64 { return float64(p.Uint64()>>11) * 0x1p-53 }

// ninety is the point of 95 % of the normal distribution.
const ninety = 1.6448536269514722

// fillDraws draws a figure.
func (f Figure) fillDraws(into []float64, seed uint64, key string) {
	low, high := f.ends()
	mode := f.value()
	if low >= high {
		for k := range into {
			into[k] = mode
		}
		return
	}
	p := stream(seed, key)
	width := high - low
	switch f.Shape {
	case Normal:
		sd, r := width/(2*ninety), rand.New(p) //nolint:gosec // it has to repeat
		for k := range into {
			into[k] = mode + float64(sd*r.NormFloat64())
		}
	case Triangular:
		rise, fall := width*(mode-low), width*(high-mode)
		for k := range into {
			if u := uniform(p); u*width < mode-low {
				into[k] = low + math.Sqrt(u*rise)
			} else {
				into[k] = high - math.Sqrt((1-u)*fall)
			}
		}
	default:
		t := pertTable((mode - low) / width)
		for k := range into {
			into[k] = low + float64(width*t.at(uniform(p)))
		}
	}
}

// tableSteps is how fine the quantiles of PERT are kept: drawing from a table
// costs a tenth of drawing two gammas, and its error (under 1e-4 of the range)
// is far below that of ten thousand draws.
const tableSteps = 1024

// table holds the quantiles of a distribution on 0…1.
type table [tableSteps + 1]float64

func (t *table) at(u float64) float64 {
	x := u * tableSteps
	k := int(x)
	return t[k] + float64((x-float64(k))*(t[k+1]-t[k]))
}

// tables keeps those made, by their mode; cases share the common ones.
var tables struct {
	sync.Mutex
	by map[float64]*table
}

// tablesMost bounds the memory of the tables to about 8 MB.
const tablesMost = 1000

func pertTable(mode float64) *table {
	tables.Lock()
	t := tables.by[mode]
	tables.Unlock()
	if t != nil {
		return t
	}
	t = makePERT(mode)
	tables.Lock()
	defer tables.Unlock()
	if tables.by == nil || len(tables.by) >= tablesMost {
		tables.by = map[float64]*table{}
	}
	tables.by[mode] = t
	return t
}

// makePERT integrates x^a·(1−x)^b with a = 4·mode and b = 4−a by the rule of
// Gauss, which leaves out the ends where it may rise steeply, and turns it round. Quantiles are rounded to 2^-40, where the last bits of the
// logarithms of different machines no longer count.
func makePERT(mode float64) *table {
	const cells = 1024
	a := 4 * mode
	b := 4 - a
	density := func(x float64) float64 { return math.Pow(x/cells, a) * math.Pow(1-x/cells, b) }
	const near, far = 0.21132486540518713, 0.7886751345948129 // the two points of Gauss
	var cdf [cells + 1]float64
	for k := range cells {
		cdf[k+1] = cdf[k] + density(float64(k)+near) + density(float64(k)+far)
	}
	t := &table{}
	cell := 0
	for k := 1; k < tableSteps; k++ {
		want := cdf[cells] * float64(k) / tableSteps
		for cdf[cell+1] < want {
			cell++
		}
		part := (want - cdf[cell]) / (cdf[cell+1] - cdf[cell])
		t[k] = math.Round((float64(cell)+part)/cells*0x1p40) * 0x1p-40
	}
	t[tableSteps] = 1
	return t
}
