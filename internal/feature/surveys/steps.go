package surveys

import (
	"slices"

	"wijkbaak.nl/internal/protocol/fhir"
)

// step is one page of filling in: the questions on it, in order.
type step struct{ Items []*fhir.Item }

func (s step) first() int { return s.Items[0].Index }

// steps parts the questions that are asked in pages: one question a page, or all
// questions of a group that asks for that; or all on one page.
func steps(f *fhir.Filled, whole bool) (list []step) {
	var page *fhir.Item
	for _, i := range f.All {
		if !i.Asked() || !f.Enabled[i.Index] || hidden(i) {
			continue
		}
		own := pageOf(i)
		if n := len(list); n > 0 && (whole || own != nil && own == page) {
			list[n-1].Items = append(list[n-1].Items, i)
		} else {
			list = append(list, step{[]*fhir.Item{i}})
		}
		page = own
	}
	return list
}

// pageOf is the outermost group around an item that asks for a page of its own.
func pageOf(i *fhir.Item) (page *fhir.Item) {
	for g := i.Parent; g != nil; g = g.Parent {
		if g.Control == "page" {
			page = g
		}
	}
	return page
}

func hidden(i *fhir.Item) bool {
	for ; i != nil; i = i.Parent {
		if i.Hidden {
			return true
		}
	}
	return false
}

// at is the place in list of the step that holds the item with this index, or of
// the first one behind it; len(list) where there is none.
func stepAt(list []step, index int) int {
	k := slices.IndexFunc(list, func(s step) bool { return s.Items[len(s.Items)-1].Index >= index })
	if k < 0 {
		return len(list)
	}
	return k
}

// block is a piece of a page: a heading, a text, a picture or a field.
type block struct {
	Item  *fhir.Item
	Level int // of a heading; 0 for the others
}

// blocks are the pieces of a step in the order of the questionnaire: the groups
// around its questions, the texts before them, and the questions.
func blocks(f *fhir.Filled, s step) (list []block) {
	in := map[*fhir.Item]bool{}
	for _, i := range s.Items {
		for g := i; g != nil; g = g.Parent {
			in[g] = true
		}
	}
	last := s.Items[len(s.Items)-1]
	var walk func(items []*fhir.Item, level int)
	walk = func(items []*fhir.Item, level int) {
		for k, i := range items {
			switch {
			case !f.Enabled[i.Index] || i.Hidden:
			case i.Type == "display":
				if i.Control != "help" && belongs(f, items, k, in, last) {
					list = append(list, block{Item: i})
				}
			case in[i] && i.Type == "group":
				if i.Text.Own != "" {
					list = append(list, block{Item: i, Level: level})
					walk(i.Items, min(level+1, 6))
				} else {
					walk(i.Items, level)
				}
			case in[i]:
				if slices.Contains(s.Items, i) {
					list = append(list, block{Item: i})
				}
				walk(i.Items, level)
			}
		}
	}
	walk(f.Items, 2)
	return list
}

// belongs tells whether a text stands on the page: it goes with the next question
// among its siblings, or with the last one where none follows.
func belongs(f *fhir.Filled, items []*fhir.Item, k int, in map[*fhir.Item]bool, last *fhir.Item) bool {
	questions := func(i *fhir.Item) bool {
		return i.Type != "display" && f.Enabled[i.Index] && !i.Hidden && (i.Type == "group" || i.Asked())
	}
	for _, next := range items[k+1:] {
		if questions(next) {
			return in[next] && (next.Type != "group" || firstOf(f, next) == nil || in[firstOf(f, next)])
		}
	}
	for j := k - 1; j >= 0; j-- {
		if questions(items[j]) {
			return in[items[j]] && lastIn(items[j], last)
		}
	}
	return items[k].Parent != nil && in[items[k].Parent]
}

// firstOf is the first question of a group that is asked.
func firstOf(f *fhir.Filled, g *fhir.Item) *fhir.Item {
	for _, i := range g.Items {
		if !f.Enabled[i.Index] || i.Hidden {
			continue
		}
		if i.Asked() {
			return i
		}
		if i.Type == "group" {
			if first := firstOf(f, i); first != nil {
				return first
			}
		}
	}
	return nil
}

func lastIn(g, last *fhir.Item) bool {
	for i := last; i != nil; i = i.Parent {
		if i == g {
			return true
		}
	}
	return false
}
