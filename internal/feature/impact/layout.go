package impact

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
)

// layered is a drawing in layers while it is worked out: the nodes (the first
// real ones) and, for arrows that pass over layers, one bend in each layer
// between, so that every edge joins two layers beside each other.
type layered struct {
	layer  []int   // of each vertex
	rows   [][]int // vertices of each layer, in order
	up     [][]int // neighbours in the layer before
	down   [][]int // neighbours in the layer behind
	chains [][]int // of each arrow: its vertices
	real   int
	at     []int // place of each vertex in its row
}

// newLayered puts bends into arrows. Each arrow must lead to a later layer.
func newLayered(layer []int, arrows [][2]int) *layered {
	g := &layered{layer: slices.Clone(layer), real: len(layer)}
	most := 0
	for _, l := range layer {
		most = max(most, l)
	}
	for _, a := range arrows {
		chain := []int{a[0]}
		for l := layer[a[0]] + 1; l < layer[a[1]]; l++ {
			chain = append(chain, len(g.layer))
			g.layer = append(g.layer, l)
		}
		g.chains = append(g.chains, append(chain, a[1]))
	}
	g.rows, g.at = make([][]int, most+1), make([]int, len(g.layer))
	g.up, g.down = make([][]int, len(g.layer)), make([][]int, len(g.layer))
	for v, l := range g.layer {
		g.rows[l] = append(g.rows[l], v)
	}
	for _, chain := range g.chains {
		for k := 1; k < len(chain); k++ {
			g.down[chain[k-1]] = append(g.down[chain[k-1]], chain[k])
			g.up[chain[k]] = append(g.up[chain[k]], chain[k-1])
		}
	}
	g.count()
	return g
}

// count notes the place of each vertex.
func (g *layered) count() {
	for _, row := range g.rows {
		for k, v := range row {
			g.at[v] = k
		}
	}
}

// Crossings counts the pairs of edges that cross, in n log n.
func (g *layered) Crossings() int {
	sum := 0
	for l := 0; l+1 < len(g.rows); l++ {
		sum += g.between(l)
	}
	return sum
}

// between counts the crossings between a layer and the next.
func (g *layered) between(l int) int {
	var ends []int
	for _, v := range g.rows[l] {
		from := len(ends)
		for _, w := range g.down[v] {
			ends = append(ends, g.at[w])
		}
		slices.Sort(ends[from:])
	}
	tree := make([]int, len(g.rows[l+1])+1)
	sum := 0
	for k, e := range ends {
		before := 0 // ends at or above this one so far
		for i := e + 1; i > 0; i -= i & -i {
			before += tree[i]
		}
		sum += k - before
		for i := e + 1; i < len(tree); i += i & -i {
			tree[i]++
		}
	}
	return sum
}

// parts gives the vertices of each part that hangs together, by the lowest vertex.
func (g *layered) parts() [][]int {
	var list [][]int
	seen := make([]bool, len(g.layer))
	for v := range g.layer {
		if seen[v] {
			continue
		}
		part := []int{v}
		seen[v] = true
		for k := 0; k < len(part); k++ {
			for _, near := range [2][]int{g.up[part[k]], g.down[part[k]]} {
				for _, w := range near {
					if !seen[w] {
						seen[w] = true
						part = append(part, w)
					}
				}
			}
		}
		list = append(list, part)
	}
	return list
}

// Order sorts the vertices of each layer so that few edges cross: never more than
// in the order they came in. Parts that do not hang together are sorted alone and
// put under each other, which makes no crossing. The same input gives the same order.
func (g *layered) Order() {
	rows := make([][]int, len(g.rows))
	for _, part := range g.parts() {
		p := &layered{layer: g.layer, up: g.up, down: g.down, at: make([]int, len(g.layer)), real: g.real, rows: make([][]int, len(g.rows))}
		sorted := slices.Clone(part)
		slices.Sort(sorted)
		for _, v := range sorted {
			p.rows[g.layer[v]] = append(p.rows[g.layer[v]], v)
		}
		p.untangle(part)
		for l, row := range p.rows {
			rows[l] = append(rows[l], row...)
		}
	}
	g.rows = rows
	g.count()
}

const (
	sweepsMost    = 16
	restartsMost  = 12
	transposeMost = 12
	edgesFew      = 120 // up to here more beginnings are tried
)

// untangle tries several beginnings and keeps the best: the order given, the order
// of the search that found the part, and shuffles.
func (g *layered) untangle(found []int) {
	g.count()
	best, least := cloneRows(g.rows), g.Crossings()
	edges := 0
	for _, v := range found {
		edges += len(g.down[v])
	}
	rounds := restartsMost
	if edges > edgesFew {
		rounds = 4
	}
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same picture each time, no secret
	given := cloneRows(g.rows)
	for round := 0; round < rounds && least > 0; round++ {
		switch g.rows = cloneRows(given); {
		case round == 1:
			place := make([]int, len(g.layer))
			for k, v := range found {
				place[v] = k
			}
			for _, row := range g.rows {
				slices.SortFunc(row, func(a, b int) int { return cmp.Compare(place[a], place[b]) })
			}
		case round > 1:
			for _, row := range g.rows {
				random.Shuffle(len(row), func(a, b int) { row[a], row[b] = row[b], row[a] })
			}
		}
		g.count()
		for sweep, idle := 0, 0; sweep < sweepsMost && idle < 4 && least > 0; sweep++ {
			g.sweep(sweep%2 == 0, sweep%4 > 1)
			g.transpose()
			if n := g.Crossings(); n < least {
				best, least, idle = cloneRows(g.rows), n, 0
			} else {
				idle++
			}
		}
	}
	g.rows = best
	g.count()
}

func cloneRows(rows [][]int) [][]int {
	list := make([][]int, len(rows))
	for k, row := range rows {
		list[k] = slices.Clone(row)
	}
	return list
}

// sweep sorts each layer by the mean place of the neighbours in the layer that was
// sorted before it. Turn puts those with an equal mean in the opposite order.
func (g *layered) sweep(down, turn bool) {
	for k := 1; k < len(g.rows); k++ {
		l, near := k, g.up
		if !down {
			l, near = len(g.rows)-1-k, g.down
		}
		row := g.rows[l]
		mean := make(map[int]float64, len(row))
		for i, v := range row {
			mean[v] = float64(i)
			if len(near[v]) == 0 {
				continue
			}
			sum := 0
			for _, w := range near[v] {
				sum += g.at[w]
			}
			mean[v] = float64(sum) / float64(len(near[v]))
		}
		if turn {
			slices.Reverse(row)
		}
		slices.SortStableFunc(row, func(a, b int) int { return cmp.Compare(mean[a], mean[b]) })
		for i, v := range row {
			g.at[v] = i
		}
	}
}

// transpose swaps neighbours of a layer as long as that takes crossings away.
func (g *layered) transpose() {
	for round, better := 0, true; better && round < transposeMost; round++ {
		better = false
		for _, row := range g.rows {
			for k := 0; k+1 < len(row); k++ {
				a, b := row[k], row[k+1]
				if g.pair(a, b) > g.pair(b, a) {
					row[k], row[k+1] = b, a
					g.at[a], g.at[b] = k+1, k
					better = true
				}
			}
		}
	}
}

// pair counts the crossings of the edges of a with those of b when a stands first.
func (g *layered) pair(a, b int) int {
	sum := 0
	for _, near := range [2][][]int{g.up, g.down} {
		for _, x := range near[a] {
			for _, y := range near[b] {
				if g.at[x] > g.at[y] {
					sum++
				}
			}
		}
	}
	return sum
}

// Settle gives each vertex its middle, top to bottom, with room between: near its
// neighbours, in the order of its layer, bends in long arrows as straight as can be.
func (g *layered) Settle(high []float64, gap float64) []float64 {
	y := make([]float64, len(g.layer))
	for _, row := range g.rows {
		top := 0.0
		for _, v := range row {
			y[v] = top + high[v]/2
			top += high[v] + gap
		}
	}
	want, weight := make([]float64, len(y)), make([]float64, len(y))
	for round := range 24 {
		for k := range g.rows {
			row := g.rows[k]
			if round%2 == 1 {
				row = g.rows[len(g.rows)-1-k]
			}
			for _, v := range row {
				sum, all := 0.0, 0.0
				for _, near := range [2][]int{g.up[v], g.down[v]} {
					for _, w := range near {
						p := g.pull(v, w)
						sum += p * y[w]
						all += p
					}
				}
				want[v], weight[v] = y[v], 0.1
				if all > 0 {
					want[v], weight[v] = sum/all, all
				}
			}
			g.fit(row, y, want, weight, high, gap)
		}
	}
	top := math.Inf(1)
	for v := range y {
		top = min(top, y[v]-high[v]/2)
	}
	for v := range y {
		y[v] -= top
	}
	return y
}

// pull is how much an edge wants to be straight.
func (g *layered) pull(v, w int) float64 {
	switch {
	case v >= g.real && w >= g.real:
		return 8
	case v >= g.real || w >= g.real:
		return 2
	}
	return 1
}

// fit moves a row as near as can be to where its vertices want to be (least
// squares), keeping order and room: neighbours that would overlap move as a block.
func (g *layered) fit(row []int, y, want, weight, high []float64, gap float64) {
	type block struct {
		mean, weight float64
		n            int
	}
	var blocks []block
	shift, offset := 0.0, make([]float64, len(row))
	for k, v := range row {
		if k > 0 {
			shift += (high[row[k-1]]+high[v])/2 + gap
		}
		offset[k] = shift
		b := block{want[v] - shift, weight[v], 1}
		for len(blocks) > 0 && blocks[len(blocks)-1].mean >= b.mean {
			a := blocks[len(blocks)-1]
			blocks = blocks[:len(blocks)-1]
			b = block{(a.mean*a.weight + b.mean*b.weight) / (a.weight + b.weight), a.weight + b.weight, a.n + b.n}
		}
		blocks = append(blocks, b)
	}
	k := 0
	for _, b := range blocks {
		for range b.n {
			y[row[k]] = b.mean + offset[k]
			k++
		}
	}
}

// layers gives each node its layer: those of an earlier kind come before all of a
// later one, and an arrow within a kind leads to a later layer. Also the kind of
// each layer; kinds without a node have none.
func (m *Model) layers() (layer []int, kinds []Kind) {
	index := m.index()
	depth := make([]int, len(m.Nodes))
	for range m.Nodes { // the longest way within a kind; a circle cannot be
		moved := false
		for _, a := range m.Arrows {
			f, t := index[a.From], index[a.To]
			if m.Nodes[f].Kind == m.Nodes[t].Kind && depth[t] <= depth[f] {
				depth[t] = depth[f] + 1
				moved = true
			}
		}
		if !moved {
			break
		}
	}
	layer = make([]int, len(m.Nodes))
	for _, kind := range Kinds {
		most := -1
		for k, n := range m.Nodes {
			if n.Kind == kind {
				most = max(most, depth[k])
				layer[k] = len(kinds) + depth[k]
			}
		}
		for range most + 1 {
			kinds = append(kinds, kind)
		}
	}
	return layer, kinds
}

func (m *Model) index() map[string]int {
	index := make(map[string]int, len(m.Nodes))
	for k, n := range m.Nodes {
		index[n.ID] = k
	}
	return index
}

// arrange is the whole layout of a pathway but for measures.
func (m *Model) arrange() (*layered, []Kind) {
	layer, kinds := m.layers()
	index := m.index()
	arrows := make([][2]int, len(m.Arrows))
	for k, a := range m.Arrows {
		arrows[k] = [2]int{index[a.From], index[a.To]}
	}
	g := newLayered(layer, arrows)
	g.Order()
	return g, kinds
}

// inOrder lists the arrows as one reads the drawing: left to right, then down.
func (g *layered) inOrder() []int {
	list := make([]int, len(g.chains))
	for k := range list {
		list[k] = k
	}
	sort.SliceStable(list, func(i, j int) bool {
		a, b := g.chains[list[i]], g.chains[list[j]]
		return cmp.Or(cmp.Compare(g.layer[a[0]], g.layer[b[0]]), cmp.Compare(g.at[a[0]], g.at[b[0]]),
			cmp.Compare(g.layer[a[1]], g.layer[b[1]]), cmp.Compare(g.at[a[1]], g.at[b[1]])) < 0
	})
	return list
}
