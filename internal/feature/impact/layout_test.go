package impact

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// sketch makes a model of "a:input b:activity" and "a>b a>c".
func sketch(nodes, arrows string) *Model {
	m := &Model{}
	for f := range strings.FieldsSeq(nodes) {
		id, kind, _ := strings.Cut(f, ":")
		m.Nodes = append(m.Nodes, Node{ID: id, Kind: Kinds[int(kind[0]-'0')], Text: "Knoop " + id})
	}
	for f := range strings.FieldsSeq(arrows) {
		from, to, _ := strings.Cut(f, ">")
		m.Arrows = append(m.Arrows, Arrow{From: from, To: to})
	}
	return m
}

// plain counts the crossings of the input order pair by pair, apart from how the
// layout does.
func plain(g *layered) int {
	sum := 0
	var edges [][2]int
	for v, list := range g.down {
		for _, w := range list {
			edges = append(edges, [2]int{v, w})
		}
	}
	for k, a := range edges {
		for _, b := range edges[k+1:] {
			if g.layer[a[0]] == g.layer[b[0]] && (g.at[a[0]]-g.at[b[0]])*(g.at[a[1]]-g.at[b[1]]) < 0 {
				sum++
			}
		}
	}
	return sum
}

func TestPathwaysThatNeedNoCrossing(t *testing.T) {
	for _, c := range []struct{ name, nodes, arrows string }{
		{"crossed pair", "a:0 b:0 c:1 d:1", "a>d b>c"},
		{"three turned round", "a:0 b:0 c:0 d:1 e:1 f:1", "a>f b>e c>d"},
		{"tree", "a:0 b:1 c:1 d:2 e:2 f:2 g:2", "a>c a>b b>g b>d c>e c>f"},
		{"tree, other way", "d:0 e:0 f:0 g:0 b:1 c:1 a:2", "d>b g>b e>c f>c b>a c>a"},
		{"ladder", "a:0 b:0 c:0 d:1 e:1 f:1", "a>e a>d b>f b>e c>f"},
		{"long arrow beside a chain", "a:0 b:1 c:2 d:3 e:4 x:0", "a>b b>c c>d d>e x>e a>e"},
		{"two parts mixed", "a:0 b:0 c:1 d:1 e:2 f:2", "a>d b>c d>e c>f"},
		{"within a kind", "a:3 b:3 c:3 d:4", "a>b b>c c>d a>c"},
		{"braid of long arrows", "a:0 b:0 c:0 d:2 e:2 f:2", "a>f b>d c>e"},
		{"two sides", "a:0 b:0 c:1 d:2 e:2", "b>c a>c c>e c>d"},
		{"diamond chain", "a:0 b:1 c:1 d:2 e:3 f:3 g:4", "a>b a>c b>d c>d d>f d>e e>g f>g"},
		{"skip both ways", "a:0 b:0 c:1 d:2 e:2", "a>c c>d a>e b>e"},
	} {
		m := sketch(c.nodes, c.arrows)
		g, _ := m.arrange()
		if n := g.Crossings(); n != 0 || plain(g) != 0 {
			t.Errorf("%s: %d crossings", c.name, n)
		}
	}
}

func TestACrossingThatMustBeIsOne(t *testing.T) {
	g, _ := sketch("a:0 b:0 c:1 d:1", "a>c a>d b>c b>d").arrange()
	if n := g.Crossings(); n != 1 {
		t.Errorf("%d crossings, not 1", n)
	}
}

// anyModel draws pathways.
func anyModel(t *rapid.T) *Model {
	m := &Model{}
	n := rapid.IntRange(1, 16).Draw(t, "nodes")
	for k := range n {
		m.Nodes = append(m.Nodes, Node{ID: "n" + strconv.Itoa(k+1), Kind: rapid.SampledFrom(Kinds).Draw(t, "kind"),
			Text: rapid.StringOfN(rapid.RuneFrom([]rune("abc defg W<&>é")), 1, TextMost, -1).Draw(t, "text") + "x"})
		if len([]rune(m.Nodes[k].Text)) > TextMost {
			m.Nodes[k].Text = "x"
		}
	}
	for range rapid.IntRange(0, 24).Draw(t, "arrows") {
		a := Arrow{From: rapid.SampledFrom(m.Nodes).Draw(t, "from").ID, To: rapid.SampledFrom(m.Nodes).Draw(t, "to").ID}
		if rapid.Bool().Draw(t, "assumes") {
			a.Assumption, a.State, a.Source = "omdat", rapid.SampledFrom(States).Draw(t, "state"), "telling"
		}
		if m.arrow(a.From, a.To) == nil && m.check(a) == nil {
			m.Arrows = append(m.Arrows, a)
		}
	}
	return m
}

func TestLayoutOfAnyPathway(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := anyModel(t)
		if err := m.Check(); err != nil {
			t.Fatalf("a pathway that was built is refused: %v", err)
		}
		layer, kinds := m.layers()
		index := m.index()
		var arrows [][2]int
		for _, a := range m.Arrows {
			f, to := index[a.From], index[a.To]
			if layer[f] >= layer[to] {
				t.Fatalf("%s > %s does not go on", a.From, a.To)
			}
			arrows = append(arrows, [2]int{f, to})
		}
		for k, n := range m.Nodes {
			if kinds[layer[k]] != n.Kind {
				t.Fatalf("%s stands among %s", n.ID, kinds[layer[k]])
			}
		}
		g := newLayered(layer, arrows)
		before := g.Crossings()
		if before != plain(g) {
			t.Fatalf("counted %d, one by one %d", before, plain(g))
		}
		var was []int
		for _, row := range g.rows {
			was = append(was, len(row))
		}
		g.Order()
		if after := g.Crossings(); after > before || after != plain(g) {
			t.Fatalf("%d crossings became %d (%d)", before, after, plain(g))
		}
		for l, row := range g.rows {
			if len(row) != was[l] {
				t.Fatal("a vertex is lost")
			}
		}
		other := newLayered(layer, arrows)
		other.Order()
		if !slices.EqualFunc(g.rows, other.rows, slices.Equal[[]int]) {
			t.Fatal("the same pathway is drawn in two ways")
		}
		high := make([]float64, len(g.layer))
		for v := range high {
			high[v] = 20 + float64(v%5)*13
		}
		y := g.Settle(high, 10)
		for _, row := range g.rows {
			for k := 1; k < len(row); k++ {
				a, b := row[k-1], row[k]
				if y[b]-high[b]/2 < y[a]+high[a]/2+10-1e-6 {
					t.Fatalf("%d and %d overlap", a, b)
				}
			}
		}
	})
}

// Random pathways that can be drawn without crossing, shuffled.
func TestShuffledPlainPathwaysComeOutPlain(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	const tries = 300
	clean := 0
	for range tries {
		var layer []int
		var arrows [][2]int
		rows := make([][]int, 5)
		for l := range rows {
			for range 2 + random.IntN(4) {
				rows[l] = append(rows[l], len(layer))
				layer = append(layer, l)
			}
		}
		for l := range 4 { // a staircase of edges does not cross
			a, b := 0, 0
			for a < len(rows[l]) && b < len(rows[l+1]) {
				if random.IntN(4) > 0 {
					arrows = append(arrows, [2]int{rows[l][a], rows[l+1][b]})
				}
				if random.IntN(2) == 0 {
					a++
				} else {
					b++
				}
			}
		}
		names := random.Perm(len(layer))
		mixed := make([]int, len(layer))
		for v, l := range layer {
			mixed[names[v]] = l
		}
		for k := range arrows {
			arrows[k] = [2]int{names[arrows[k][0]], names[arrows[k][1]]}
		}
		g := newLayered(mixed, arrows)
		g.Order()
		if g.Crossings() == 0 {
			clean++
		}
	}
	t.Logf("%d of %d without a crossing", clean, tries)
	if clean < tries*98/100 {
		t.Errorf("only %d of %d come out without a crossing", clean, tries)
	}
}

func big(nodes int) *Model {
	random := rand.New(rand.NewPCG(3, 4))
	m := &Model{}
	for k := range nodes {
		m.Nodes = append(m.Nodes, Node{ID: "n" + strconv.Itoa(k), Kind: Kinds[k*5/nodes], Text: "Mensen doen mee aan wandelgroep nummer " + strconv.Itoa(k),
			Indicator: &Indicator{Name: "Deelnemers", Unit: "mensen"}})
	}
	for len(m.Arrows) < nodes*3/2 {
		a := Arrow{From: m.Nodes[random.IntN(nodes)].ID, To: m.Nodes[random.IntN(nodes)].ID, Assumption: "Dat gaat zo", State: Believed}
		if m.arrow(a.From, a.To) == nil && m.check(a) == nil {
			m.Arrows = append(m.Arrows, a)
		}
	}
	return m
}

func BenchmarkLayout(b *testing.B) {
	for _, n := range []int{20, 100} {
		m := big(n)
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			for b.Loop() {
				m.arrange()
			}
		})
	}
}
