package dutch

import (
	"bufio"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func folded(text string) []string {
	var all []string
	for t := range Tokens(text) {
		all = append(all, t.Word)
	}
	return all
}

func TestTokens(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"De auto's van Ré, 2 stuks", "de auto van re 2 stuks"},
		{"Cliëntondersteuning w.m.o. en P.G.B.!", "clientondersteuning wmo en pgb"},
		{"hang- en sluitwerk/e-bike", "hang en sluitwerk bike"},
		{"vitamine d. Hoe dan", "vitamine hoe dan"},
		{"soft\u00adhyphen zwa\u0308r ijs aß Ø", "softhyphen zwar ijs ass"},
		{"1e 06-12345678 b12", "1e 06 12345678 b12"},
		{"日本 \xff abc", "日本 abc"},
		{"", ""},
	} {
		if got := strings.Join(folded(c.text), " "); got != c.want {
			t.Errorf("%q gives %q, want %q", c.text, got, c.want)
		}
	}
	text := "Eén Ümlaut"
	for tok := range Tokens(text) {
		if Fold(text[tok.Start:tok.End]) != tok.Word {
			t.Errorf("%+v is not where it says", tok)
		}
	}
}

// Forms of a word that must meet, and pairs that must not.
func TestStem(t *testing.T) {
	for _, same := range []string{
		"huis huizen huisje", "brief brieven", "arts artsen", "kind kinderen", "loop lopen", "boom bomen",
		"eenzaam eenzame eenzaamheid", "vergoeding vergoedingen", "oudere ouderen", "schuld schulden",
		"lening leningen", "boek boeken boekje", "mens mensen", "buur buren", "werk werken", "maatje maatjes maat",
		"verhuizing verhuizingen", "zieke zieken", "kleinkind kleinkinderen", "vallen val", "pil pillen", "les lessen", "trap trappen",
	} {
		list := strings.Fields(same)
		for _, w := range list[1:] {
			if Stem(w) != Stem(list[0]) {
				t.Errorf("%s is %s, %s is %s", list[0], Stem(list[0]), w, Stem(w))
			}
		}
	}
	for _, other := range []string{"huis huur", "zorg zorro", "wijk wijn", "buurt buur", "rol rollator", "slaap slaan"} {
		a, b, _ := strings.Cut(other, " ")
		if Stem(a) == Stem(b) {
			t.Errorf("%s and %s are both %s", a, b, Stem(a))
		}
	}
}

func TestSplit(t *testing.T) {
	for _, c := range []struct{ word, parts string }{
		{"mantelzorgondersteuning", "mantelzorg ondersteuning"},
		{"dagbestedingslocatie", "dagbesteding locatie"},
		{"ouderenzorg", "ouderen zorg"},
		{"kinderopvang", "kind opvang"},
		{"huisartsenpost", "huisartsen post"},
		{"scootmobielstalling", "scootmobiel stalling"},
		{"boodschappendienst", "boodschappen dienst"},
		{"keukentafelgesprek", "keukentafel gesprek"},
		{"wijkverpleegkundige", "wijk verpleegkundige"},
		{"ziekenhuisbed", "ziekenhuis bed"},
		{"valpreventietraining", "val preventie training"},
		{"wmoloket", "wmo loket"},
		{"eenzaamheid", ""}, {"ondersteuning", ""}, {"gemeente", ""}, {"vrijwilliger", ""}, {"rollator", ""},
		{"kinderen", ""}, {"bedrijven", ""}, {"vereniging", ""}, {"verhalen", ""}, {"belangrijk", ""},
		{"", ""}, {"zorg", ""}, {"zorgé", ""}, {strings.Repeat("zorg", 20), ""},
	} {
		if got := strings.Join(Split(c.word), " "); got != c.parts {
			t.Errorf("%s gives %q, want %q", c.word, got, c.parts)
		}
	}
	if got := AllParts("mantelzorgondersteuning"); !slices.Contains(got, "zorg") {
		t.Errorf("the parts of the parts are missing: %q", got)
	}
}

// words.bin holds care_words.txt as it is now; if not, run go generate.
func TestWordsAreCurrent(t *testing.T) {
	f, err := os.Open("care_words.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // only read
	flags := func(word string) uint32 {
		var f uint32
		walk(word, func(end int, flags uint32) {
			if end == len(word) {
				f = flags
			}
		})
		return f
	}
	banned := map[string]bool{}
	for s := bufio.NewScanner(f); s.Scan(); {
		line := strings.TrimSpace(s.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		word := strings.TrimLeft(line, "=->")
		ok := true
		switch got := flags(word); line[0] {
		case '=':
			ok = got&isWhole != 0
		case '-':
			ok = got&(mayLead|mayEnd) == 0
			banned[word] = true
		case '>':
			ok = got&mayLead != 0
		default:
			ok = got&(mayLead|mayEnd) == mayLead|mayEnd
		}
		if !ok {
			t.Errorf("%q of care_words.txt is not so in words.bin", line)
		}
	}
	if len(banned) < 50 {
		t.Errorf("only %d banned parts were read", len(banned))
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"rollator", "rollator", 0}, {"rolator", "rollator", 1}, {"rlolator", "rollator", 1}, {"rolatr", "rollator", 2}, {"shculden", "schulden", 1},
		{"eenzaamhied", "eenzaamheid", 1}, {"a", "", 1}, {"", "abcd", 3}, {"huis", "muur", 3}, {"lopen", "lopen te", 3},
	} {
		if got := Distance(c.a, c.b, 2); got != c.want {
			t.Errorf("%s, %s: %d, want %d", c.a, c.b, got, c.want)
		}
		if got := Distance(c.b, c.a, 2); got != c.want {
			t.Errorf("%s, %s: %d, want %d", c.b, c.a, got, c.want)
		}
	}
}

func TestStandardSynonyms(t *testing.T) {
	s, err := ParseSynonyms(synonymsFile)
	if err != nil {
		t.Fatal(err)
	}
	if s.Lines() < 320 {
		t.Errorf("%d rules", s.Lines())
	}
	for _, c := range []struct{ asked, want string }{
		{"karretje", "rollator"}, {"lopen met een karretje", "rollator"}, {"niemand over de vloer", "eenzaam"},
		{"eenzame", "niemand over de vloer"}, {"hulp bij het schoonmaken", "huishoudelijke hulp"},
		{"pgb", "persoonsgebonden budget"}, {"de rekening niet betalen", "geldzorgen"},
	} {
		var terms []string
		for tok := range Tokens(c.asked) {
			if !Stop(tok.Word) {
				terms = append(terms, Stem(tok.Word))
			} else if w := Small(tok.Word); w != "" {
				terms = append(terms, w)
			}
		}
		var got []string
		for i := range terms {
			s.Find(terms, i, func(_ []int, to []Phrase) {
				for _, p := range to {
					got = append(got, p.Text)
				}
			})
		}
		if !slices.Contains(got, c.want) {
			t.Errorf("%q gives %q, want %q", c.asked, got, c.want)
		}
	}
	s.Find([]string{Stem("rollator")}, 0, func(_ []int, to []Phrase) {
		for _, p := range to {
			if p.Text == "karretje" {
				t.Error("> goes both ways")
			}
		}
	})
	if got := s.Nearest("karetje"); got != "karretje" {
		t.Errorf("karetje is near %q", got)
	}
	if got := s.Nearest("qqqqqq"); got != "" {
		t.Errorf("qqqqqq is near %q", got)
	}
}

// The words of a phrase may stand apart and in another order, a small word may
// turn it, and a one-way rule leads on to what its word is called elsewhere.
func TestFindInASentence(t *testing.T) {
	s, err := ParseSynonyms("brief snappen > formulierenhulp\nformulierenhulp = papierloket\nniet lezen > taalles\nlezen > boeken")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ asked, want string }{
		{"ik snap die brief niet", "formulierenhulp papierloket"},
		{"brief van de gemeente en ik snap hem", "formulierenhulp papierloket"},
		{"brief en dan heel lang iets anders of nog wat straat huis boom snappen", ""},
		{"ik kan niet goed lezen", "boeken taalles"},
		{"ik wil lezen", "boeken"},
	} {
		var terms, got []string
		for tok := range Tokens(c.asked) {
			if w := Small(tok.Word); w != "" {
				terms = append(terms, w)
			} else if !Stop(tok.Word) {
				terms = append(terms, Stem(tok.Word))
			}
		}
		for i := range terms {
			s.Find(terms, i, func(places []int, to []Phrase) {
				for _, p := range to {
					got = append(got, p.Text)
					if p.Further != (p.Text == "papierloket") {
						t.Errorf("%q is further: %v", p.Text, p.Further)
					}
				}
			})
		}
		slices.Sort(got)
		if strings.Join(got, " ") != c.want {
			t.Errorf("%q gives %q, want %q", c.asked, got, c.want)
		}
	}
}

func TestBadSynonyms(t *testing.T) {
	for _, text := range []string{"rollator", "= a b", "rollator = de, het", "rollator =", "x = rollator", "a,, b = c", "rollator = " + strings.Repeat("karretje,", 30)} {
		if _, err := ParseSynonyms("# goed\ntuin = hof\n" + text); err == nil || !strings.Contains(err.Error(), "line 3") {
			t.Errorf("%q gives %v", text, err)
		}
	}
}

func FuzzAnalysis(f *testing.F) {
	for _, s := range []string{"Cliëntondersteuning w.m.o.", "mantelzorgondersteuning", "a.b.c.", "\u0301e\u0301", "İı ß \xff", strings.Repeat("zorg", 30)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		end := 0
		for tok := range Tokens(text) {
			if tok.Start < end || tok.End <= tok.Start || tok.End > len(text) {
				t.Fatalf("%+v lies outside or before the last", tok)
			}
			end = tok.End
			if len(tok.Word) > maxWord || tok.Word == "" || strings.ContainsAny(tok.Word, " :/,\n") {
				t.Fatalf("word %q", tok.Word)
			}
			if utf8.ValidString(text) && !utf8.ValidString(tok.Word) {
				t.Fatalf("word %q is not UTF-8", tok.Word)
			}
			if Stem(tok.Word) == "" {
				t.Fatalf("%q has no stem", tok.Word)
			}
			parts := Split(tok.Word)
			if len(parts) == 1 {
				t.Fatalf("%q has one part", tok.Word)
			}
			for _, p := range parts {
				if len(p) < minPart || !strings.Contains(tok.Word, p) {
					t.Fatalf("%q has part %q", tok.Word, p)
				}
			}
		}
	})
}

func FuzzSynonyms(f *testing.F) {
	f.Add("a b = c, d\n# x\nkarretje > rollator")
	f.Add("=")
	f.Add("rollator = >,")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseSynonyms(text)
		if err != nil {
			return
		}
		for term := range s.from {
			s.Find([]string{term}, 0, func(_ []int, to []Phrase) {
				for _, p := range to {
					if len(p.Terms) == 0 || len(p.Terms) != len(p.Words) {
						t.Fatalf("phrase %+v", p)
					}
				}
			})
		}
	})
}

func FuzzDistance(f *testing.F) {
	f.Add("rollator", "rolator")
	f.Fuzz(func(t *testing.T, a, b string) {
		d := Distance(a, b, 2)
		if d != Distance(b, a, 2) || d < 0 || d > 3 || (d == 0) != (a == b) && len(a) <= maxWord && len(b) <= maxWord {
			t.Fatalf("%q %q: %d", a, b, d)
		}
	})
}

func BenchmarkStem(b *testing.B) {
	for range b.N {
		Stem("eenzaamheid")
	}
}

func BenchmarkSplit(b *testing.B) {
	for range b.N {
		Split("mantelzorgondersteuning")
	}
}
