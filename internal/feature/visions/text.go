package visions

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// BlockKind is what a part of the text is.
type BlockKind string

// The kinds of a block.
const (
	Heading   BlockKind = "heading"
	Paragraph BlockKind = "paragraph"
	List      BlockKind = "list"
	Numbered  BlockKind = "numbered"
)

// Block is a paragraph of the text in a wide sense: what a comment can be about.
// Its id stays the same from version to version.
type Block struct {
	ID    string    `json:"id"`
	Kind  BlockKind `json:"kind"`
	Level int       `json:"level,omitempty"` // of a heading: 1 to 3
	Text  string    `json:"text"`            // of a list: an item a line
}

// Lines are the items of a list, or the lines of a paragraph.
func (b Block) Lines() []string { return strings.Split(b.Text, "\n") }

var (
	headingLine  = regexp.MustCompile(`^(#{1,3})[ \t]+(.+)$`)
	itemLine     = regexp.MustCompile(`^[-*•][ \t]+(.+)$`)
	numberedLine = regexp.MustCompile(`^[0-9]{1,3}[.)][ \t]+(.+)$`)
)

// Parse cuts a text into blocks, without ids: "# " begins a heading, "- " and
// "1. " an item of a list, an empty line ends a paragraph. The rest is plain text
// and stays so.
func Parse(text string) []Block {
	var list []Block
	inside := false // the last block goes on
	for line := range strings.SplitSeq(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text), "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			inside = false
			continue
		}
		kind, level := Paragraph, 0
		if m := headingLine.FindStringSubmatch(line); m != nil {
			kind, level, line = Heading, len(m[1]), strings.TrimSpace(m[2])
		} else if m := itemLine.FindStringSubmatch(line); m != nil {
			kind, line = List, strings.TrimSpace(m[1])
		} else if m := numberedLine.FindStringSubmatch(line); m != nil {
			kind, line = Numbered, strings.TrimSpace(m[1])
		}
		var last *Block
		if len(list) > 0 {
			last = &list[len(list)-1]
		}
		switch {
		case last != nil && kind == last.Kind && (kind == List || kind == Numbered):
			last.Text += "\n" + line // also after an empty line
		case inside && kind == Paragraph && last.Kind == Paragraph:
			last.Text += "\n" + line
		case inside && kind == Paragraph && last.Kind != Heading:
			last.Text += " " + line // an item goes on
		default:
			list = append(list, Block{Kind: kind, Level: level, Text: line})
		}
		inside = true
	}
	return list
}

// Source writes blocks as they were typed.
func Source(blocks []Block) string {
	var b strings.Builder
	for k, one := range blocks {
		if k > 0 {
			b.WriteString("\n\n")
		}
		for n, line := range one.Lines() {
			if n > 0 {
				b.WriteByte('\n')
			}
			switch one.Kind {
			case Heading:
				b.WriteString(strings.Repeat("#", one.Level) + " ")
			case List:
				b.WriteString("- ")
			case Numbered:
				b.WriteString(strconv.Itoa(n%999+1) + ". ")
			}
			b.WriteString(line)
		}
	}
	return b.String()
}

// alike is from where on two paragraphs are taken to be one that was reworded.
const alike = 0.4

// carry gives the blocks of a new version the ids of those they come from: the
// same text first, in order and then moved, and then what is most alike. What is
// new gets the next numbers after made; it returns how many were made in all.
func carry(old, blocks []Block, made int) int {
	taken := make([]bool, len(old))
	take := func(o, n int) { blocks[n].ID, taken[o] = old[o].ID, true }
	same := func(o, n int) bool { return old[o].Kind == blocks[n].Kind && old[o].Text == blocks[n].Text }
	for _, pair := range common(len(old), len(blocks), same) {
		take(pair[0], pair[1])
	}
	for n := range blocks {
		for o := 0; o < len(old) && blocks[n].ID == ""; o++ {
			if !taken[o] && same(o, n) {
				take(o, n)
			}
		}
	}
	type match struct {
		o, n int
		like float64
	}
	var matches []match
	words := make([]map[string]int, len(old))
	for o := range old {
		words[o] = wordsOf(old[o].Text)
	}
	for n := range blocks {
		if blocks[n].ID != "" {
			continue
		}
		own := wordsOf(blocks[n].Text)
		for o := range old {
			if taken[o] || (old[o].Kind == Heading) != (blocks[n].Kind == Heading) {
				continue
			}
			if like := likeness(words[o], own); like >= alike {
				matches = append(matches, match{o, n, like})
			}
		}
	}
	slices.SortStableFunc(matches, func(a, b match) int {
		switch {
		case a.like > b.like:
			return -1
		case a.like < b.like:
			return 1
		}
		return 0
	})
	for _, m := range matches {
		if !taken[m.o] && blocks[m.n].ID == "" {
			take(m.o, m.n)
		}
	}
	for n := range blocks {
		if blocks[n].ID == "" {
			made++
			blocks[n].ID = "p" + strconv.Itoa(made)
		}
	}
	return made
}

func wordsOf(text string) map[string]int {
	words := map[string]int{}
	for _, w := range strings.FieldsFunc(strings.ToLower(text), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsNumber(c) }) {
		words[w]++
	}
	return words
}

// likeness is the share of words that two texts have in common, from 0 to 1.
func likeness(a, b map[string]int) float64 {
	both, all := 0, 0
	for w, n := range a {
		both += min(n, b[w])
		all += n
	}
	for _, n := range b {
		all += n
	}
	if all == 0 {
		return 0
	}
	return 2 * float64(both) / float64(all)
}

// commonMost bounds the table that common makes.
const commonMost = 4_000_000

// common gives the longest row of pairs that two lists have in the same order.
// Of lists too long to compare it gives what is the same at the begin and end.
func common(a, b int, same func(x, y int) bool) (pairs [][2]int) {
	first := 0
	for first < a && first < b && same(first, first) {
		pairs = append(pairs, [2]int{first, first})
		first++
	}
	end := 0
	for end < a-first && end < b-first && same(a-1-end, b-1-end) {
		end++
	}
	h, w := a-first-end, b-first-end
	if h > 0 && w > 0 && h*w <= commonMost {
		table := make([]int32, (h+1)*(w+1))
		at := func(x, y int) *int32 { return &table[x*(w+1)+y] }
		for x := h - 1; x >= 0; x-- {
			for y := w - 1; y >= 0; y-- {
				if same(first+x, first+y) {
					*at(x, y) = *at(x+1, y+1) + 1
				} else {
					*at(x, y) = max(*at(x+1, y), *at(x, y+1))
				}
			}
		}
		for x, y := 0, 0; x < h && y < w; {
			switch {
			case same(first+x, first+y):
				pairs = append(pairs, [2]int{first + x, first + y})
				x, y = x+1, y+1
			case *at(x+1, y) >= *at(x, y+1):
				x++
			default:
				y++
			}
		}
	}
	for k := end; k > 0; k-- {
		pairs = append(pairs, [2]int{a - k, b - k})
	}
	return pairs
}

// Mark is what happened to a piece of text between two versions.
type Mark int

// The marks.
const (
	Same Mark = iota
	Gone
	Added
)

// Span is a piece of text with its mark.
type Span struct {
	Text string
	Mark Mark
}

var pieceForm = regexp.MustCompile(`\n|[^\S\n]+|\S+`)

// Diff compares two texts by word.
func Diff(old, now string) (spans []Span) {
	a, b := pieceForm.FindAllString(old, -1), pieceForm.FindAllString(now, -1)
	add := func(mark Mark, pieces []string) {
		if len(pieces) == 0 {
			return
		}
		if n := len(spans); n > 0 && spans[n-1].Mark == mark {
			spans[n-1].Text += strings.Join(pieces, "")
			return
		}
		spans = append(spans, Span{strings.Join(pieces, ""), mark})
	}
	x, y := 0, 0
	for _, pair := range common(len(a), len(b), func(x, y int) bool { return a[x] == b[y] }) {
		add(Gone, a[x:pair[0]])
		add(Added, b[y:pair[1]])
		add(Same, a[pair[0]:pair[0]+1])
		x, y = pair[0]+1, pair[1]+1
	}
	add(Gone, a[x:])
	add(Added, b[y:])
	return spans
}

// Changed is what a block of a comparison is.
type Changed string

// The states of a block between two versions.
const (
	Kept     Changed = "kept"
	Reworded Changed = "reworded"
	Fresh    Changed = "new"
	Removed  Changed = "removed"
)

// Compared is a block beside what it was.
type Compared struct {
	Block
	State Changed
	Spans []Span
}

// Compare puts two versions beside each other, in the order of the newer one; what
// was removed stands where it stood.
func Compare(old, now []Block) (list []Compared) {
	here := map[string]bool{}
	for _, b := range now {
		here[b.ID] = true
	}
	next := 0 // of old, not yet passed
	removed := func(until int) {
		for ; next < until; next++ {
			if b := old[next]; !here[b.ID] {
				list = append(list, Compared{b, Removed, []Span{{b.Text, Gone}}})
			}
		}
	}
	for _, b := range now {
		at := slices.IndexFunc(old, func(o Block) bool { return o.ID == b.ID })
		if at < 0 {
			list = append(list, Compared{b, Fresh, []Span{{b.Text, Added}}})
			continue
		}
		removed(at)
		if was := old[at]; was.Text == b.Text && was.Kind == b.Kind {
			list = append(list, Compared{b, Kept, []Span{{b.Text, Same}}})
		} else {
			list = append(list, Compared{b, Reworded, Diff(was.Text, b.Text)})
		}
	}
	removed(len(old))
	return list
}

// cut shortens a text to at most most characters, at a space where there is one.
func cut(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	short := string([]rune(text)[:most-1])
	if k := strings.LastIndexByte(short, ' '); k > len(short)/2 {
		short = short[:k]
	}
	return strings.TrimSpace(short) + "…"
}
