package search

import (
	"fmt"
	"hash/fnv"
	"os"
	"slices"
	"strings"
	"testing"

	"wijkbaak.nl/internal/base/search/dutch"
)

func rowOf(d Doc) row {
	return row{id: d.ID, kind: d.Kind, title: d.Title, body: d.Body, tags: "{}", terms: analyse(d.Title, d.Body), weight: 1, changed: 1}
}

func TestTermsOfARow(t *testing.T) {
	row := analyse("Mantelzorg", "de mantelzorgers en de mantelzorg")
	impacts := map[string]uint8{}
	var list []string
	eachTerm(row, func(term string, impact uint8) {
		impacts[term] = impact
		list = append(list, term)
	})
	if impacts["mantelzorg"] <= impacts["zorg"] || impacts["zorg"] == 0 || impacts["de"] != 0 {
		t.Errorf("impacts %v", impacts)
	}
	words := map[string][]string{}
	eachWord(row, func(word string, places []int) {
		for _, p := range places {
			words[word] = append(words[word], list[p])
		}
	})
	if got := fmt.Sprint(words); got != "map[mantelzorg:[mantelzorg mantel zorg] mantelzorgers:[mantelzorger]]" {
		t.Errorf("words %s", got)
	}
	for _, damaged := range []string{"", "\n", "a", "a:f", "a:zz b", "x:ff\nw/", "x:ff\nw", "\nw/9,9", "  \n  "} {
		x := newIndex()
		x.put(rowWith(damaged))
		x.pack()
		q := x.ask("w x", false)
		_, _, _ = x.score(q, choice{}, 10, &tally{})
	}
}

func rowWith(terms string) row {
	return row{id: "1", kind: "k", tags: "{}", terms: terms, weight: 1, changed: 1}
}

// Terms are kept in rows. When they come out differently, rows of before must
// be made anew: raise analysis, and write the new fingerprint here.
func TestAnalysisVersion(t *testing.T) {
	h := fnv.New64a()
	bin, err := os.ReadFile("dutch/words.bin")
	if err != nil {
		t.Fatal(err)
	}
	h.Write(bin) //nolint:errcheck // a hash never fails
	for _, d := range corpus(300) {
		h.Write([]byte(analyse(d.Title, d.Body))) //nolint:errcheck // a hash never fails
	}
	if got, want := fmt.Sprintf("%d %x", analysis, h.Sum64()), "1 b2789ddd024e3739"; got != want {
		t.Errorf("the analysis is %q, was %q: raise its version", got, want)
	}
}

func TestVocabulary(t *testing.T) {
	v := newVocabulary()
	for i := range 5000 {
		if n := v.add(fmt.Sprint("woord", i)); int(n) != i {
			t.Fatalf("text %d has number %d", i, n)
		}
	}
	for i := range 5000 {
		s := fmt.Sprint("woord", i)
		if n, ok := v.find(s); !ok || int(n) != i || v.add(s) != n || v.string(n) != s {
			t.Fatalf("%s is %d, %v, %s", s, n, ok, v.string(n))
		}
	}
	if _, ok := v.find("anders"); ok {
		t.Error("found what was never added")
	}
	var starts []string
	v.startingWith("woord499", func(n uint32) { starts = append(starts, v.string(n)) })
	if len(starts) != 10 {
		t.Errorf("%q", starts)
	}
	// What near passes over by the letters alone must be what differs too much.
	for _, word := range []string{"woord123", "wordo77", "woorrd4", "oord12", "w"} {
		var got, want []string
		v.near(word, func(n uint32, _ int) { got = append(got, v.string(n)) })
		for n := range uint32(v.size()) {
			if limit := dutch.MaxTypos(word); limit > 0 && dutch.Distance(word, v.string(n), limit) <= limit {
				want = append(want, v.string(n))
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("near %s: %d, want %d", word, len(got), len(want))
		}
	}
}

// However an index came about, it answers as one made of the same rows at once.
func TestPackChangesNothing(t *testing.T) {
	docs := corpus(600)
	grown, fresh := newIndex(), newIndex()
	for i, d := range docs {
		old := rowOf(docs[(i+7)%len(docs)])
		old.id = d.ID
		grown.put(old)
	}
	grown.put(row{id: "gone", kind: "k", tags: "{}", terms: "rollator:ff\n", weight: 9, changed: 1})
	for i, d := range docs {
		r := rowOf(d)
		r.changed = 2
		grown.put(r)
		r.changed = 1
		r.terms = "oud:ff\n"
		grown.put(r) // late, and older
		if i == 300 {
			grown.pack()
		}
		fresh.put(rowOf(d))
	}
	grown.put(row{id: "gone", changed: 2, deleted: true})
	for _, word := range []string{"klussendienst", "taalhuis", "alzheimer"} {
		_, got, _ := grown.score(grown.ask(word, false), choice{}, 5, &tally{})
		_, want, _ := fresh.score(fresh.ask(word, false), choice{}, 5, &tally{})
		if got != want || want == 0 {
			t.Errorf("%s: %d with the dead among them, want %d", word, got, want)
		}
	}
	for range 2 {
		grown.pack()
		if grown.live() != fresh.live() || len(grown.docs) != len(fresh.docs) {
			t.Fatalf("%d texts, want %d", grown.live(), fresh.live())
		}
		for _, a := range asked {
			if got, want := best(grown, a.text), best(fresh, a.text); got != want {
				t.Errorf("%q: %s, want %s", a.text, got, want)
			}
		}
	}
}

func best(x *index, text string) string {
	top, total, _ := x.score(x.ask(text, false), choice{}, 5, &tally{})
	var b strings.Builder
	fmt.Fprint(&b, total)
	for _, f := range top {
		fmt.Fprintf(&b, " %s=%.3f", x.docs[f.doc].id, f.score)
	}
	return b.String()
}

func TestSeek(t *testing.T) {
	var list []uint32
	for n := uint32(0); n < 100; n += 3 {
		list = append(list, n<<8|7)
	}
	for n := range uint32(110) {
		want, _ := slices.BinarySearchFunc(list, n, func(p, n uint32) int { return int(p>>8) - int(n) })
		for from := 0; from <= want; from++ {
			if got := from + seek(list[from:], n); got != want {
				t.Fatalf("text %d from %d: %d, want %d", n, from, got, want)
			}
		}
	}
}

func FuzzAsk(f *testing.F) {
	x := newIndex()
	docs := corpus(200)
	for _, d := range docs {
		x.put(rowOf(d))
	}
	for _, a := range asked {
		f.Add(a.text, docs[0].Body)
	}
	f.Add(strings.Repeat("mantelzorg ", 100), "a\n\tb")
	f.Add("\xff rolator\u0301 'x'", strings.Repeat("zorgzorg", 90))
	f.Fuzz(func(t *testing.T, text, body string) {
		if len(body) > 5000 {
			body = body[:5000]
		}
		for _, typing := range []bool{false, true} {
			q := x.ask(text, typing)
			if len(q.slots) > maxWords {
				t.Fatalf("%d words", len(q.slots))
			}
			top, total, _ := x.score(q, choice{}, 20, &tally{})
			if total > len(docs) || len(top) > 20 || len(top) > total {
				t.Fatalf("%d of %d", len(top), total)
			}
			r := rowOf(Doc{ID: "1", Kind: "k", Title: text, Body: body})
			h, err := x.reader(q).hit(&r, 1)
			if err != nil {
				t.Fatal(err)
			}
			var title string
			for _, s := range h.TitleSpans {
				title += s.Text
			}
			if title != text {
				t.Fatalf("title %q became %q", text, title)
			}
		}
	})
}
