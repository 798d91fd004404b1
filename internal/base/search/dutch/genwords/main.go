// Genwords makes words.bin, the list of words that Dutch compounds are made
// of, from the OpenTaal word list (Debian package wdutch) and care_words.txt.
//
// Most words of the list are compounds themselves and of no use for splitting.
// It keeps a word only if some other word of the list is made with it, and
// remembers whether as a first or as a last part. Run it by "go generate".
package main

import (
	"bufio"
	"encoding/binary"
	"flag"
	"fmt"
	"log"
	"os"
	"slices"
	"strings"

	"wijkbaak.nl/internal/base/search/dutch"
)

// The flags of a word, as words.go reads them.
const (
	edgeLast  = 1 << 5
	mayLead   = 1 << 6
	mayEnd    = 1 << 7
	isWhole   = 1 << 8
	edgeShift = 9
)

func main() {
	list := flag.String("words", "/usr/share/dict/dutch", "word list, one word a line")
	care := flag.String("care", "care_words.txt", "our own words")
	out := flag.String("out", "words.bin", "file to write")
	flag.Parse()
	if err := run(*list, *care, *out); err != nil {
		log.Fatal(err)
	}
}

func run(list, care, out string) error {
	all := map[string]bool{}
	err := lines(list, func(l string) error {
		w := dutch.Fold(l)
		if l == strings.ToLower(l) && len(w) >= 3 && len(w) <= 24 && plain(w) {
			all[w] = true
		}
		return nil
	})
	if err != nil {
		return err
	}
	flags := productive(all)
	err = lines(care, func(l string) error {
		mark, w := l[:1], strings.TrimLeft(l, "=->")
		if !plain(w) {
			return fmt.Errorf("%s: %q: letters a-z only", care, l)
		}
		switch mark {
		case "=":
			flags[w] |= isWhole
		case "-":
			flags[w] &^= mayLead | mayEnd
		case ">":
			flags[w] |= mayLead
		default:
			flags[w] |= mayLead | mayEnd
		}
		return nil
	})
	if err != nil {
		return err
	}
	b := builder{seen: map[string]uint32{}, edges: []uint32{0}}
	var kept []string
	for w, f := range flags {
		if f != 0 {
			kept = append(kept, w)
		}
	}
	slices.Sort(kept)
	b.edges[0] = b.node(kept, flags, 0)
	if len(b.edges) >= 1<<(32-edgeShift) {
		return fmt.Errorf("%d edges are too many", len(b.edges))
	}
	var bin []byte
	for _, e := range b.edges {
		bin = binary.LittleEndian.AppendUint32(bin, e)
	}
	fmt.Printf("%d words kept of %d, %d bytes\n", len(kept), len(all), len(bin))
	return os.WriteFile(out, bin, 0o644) //nolint:gosec // a file of the tree, for everybody
}

// productive finds which words others are made of.
func productive(all map[string]bool) map[string]uint32 {
	lead, end := map[string]int{}, map[string]int{}
	for w := range all {
		for i := 3; i <= len(w)-3; i++ {
			last := w[i:]
			if !all[last] {
				continue
			}
			for _, link := range []string{"", "s", "en", "e"} {
				if first, ok := strings.CutSuffix(w[:i], link); ok && all[first] {
					lead[first]++
					end[last]++
					break
				}
			}
		}
	}
	flags := map[string]uint32{}
	for w := range all {
		// Short words turn up inside others by chance: three letters only
		// from our own list, four only if many words are made with them.
		least := 1
		switch {
		case len(w) == 3:
			continue
		case len(w) == 4:
			least = 12
		case len(w) == 5:
			least = 3
		}
		if lead[w] >= least {
			flags[w] |= mayLead
		}
		if end[w] >= least {
			flags[w] |= mayEnd
		}
	}
	return flags
}

// builder makes the automaton from the end: equal tails become one node.
type builder struct {
	edges []uint32
	seen  map[string]uint32
}

// node writes the node for sorted words that share their first depth letters
// and gives its place; 0 is the node without edges.
func (b *builder) node(words []string, flags map[string]uint32, depth int) uint32 {
	if len(words) > 0 && len(words[0]) == depth {
		words = words[1:]
	}
	var edges []uint32
	for len(words) > 0 {
		c := words[0][depth]
		n := 1
		for n < len(words) && words[n][depth] == c {
			n++
		}
		e := uint32(c-'a'+1) | b.node(words[:n], flags, depth+1)<<edgeShift
		if w := words[0]; len(w) == depth+1 {
			e |= flags[w]
		}
		edges = append(edges, e)
		words = words[n:]
	}
	if len(edges) == 0 {
		return 0
	}
	edges[len(edges)-1] |= edgeLast
	key := fmt.Sprint(edges)
	at, ok := b.seen[key]
	if !ok {
		at = uint32(len(b.edges))
		b.edges = append(b.edges, edges...)
		b.seen[key] = at
	}
	return at
}

func plain(w string) bool {
	for i := range len(w) {
		if w[i] < 'a' || w[i] > 'z' {
			return false
		}
	}
	return w != ""
}

func lines(file string, each func(string) error) error {
	f, err := os.Open(file) //nolint:gosec // a word list that the caller names
	if err != nil {
		return err
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	for s.Scan() {
		if l := strings.TrimSpace(s.Text()); l != "" && !strings.HasPrefix(l, "#") {
			if err := each(l); err != nil {
				return err
			}
		}
	}
	return s.Err()
}
