package returncode

import (
	"bytes"
	"crypto/rand"
	"errors"
	mathrand "math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func codes(t *rapid.T) Code {
	var c Code
	copy(c[:], rapid.SliceOfN(rapid.Byte(), size, size).Draw(t, "code"))
	return c
}

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := codes(t)
		words := c.Words()
		if len(words) != count {
			t.Fatalf("%d words", len(words))
		}
		back, err := Parse(c.String())
		if err != nil || back != c {
			t.Fatalf("%v came back as %v, %v", c, back, err)
		}
	})
}

func TestAsPeopleType(t *testing.T) {
	c := New(bytes.NewReader([]byte("0123456789abcdef")))
	words := c.Words()
	numbered, short := "", ""
	for i, w := range words {
		numbered += string(rune('1'+i%9)) + ". " + strings.ToUpper(w) + "\n"
		short += w[:min(prefix, len(w))] + " "
	}
	for name, text := range map[string]string{
		"capitals":     strings.ToUpper(c.String()),
		"commas":       strings.Join(words, " , "),
		"numbered":     numbered,
		"dashes":       strings.Join(words, " – "),
		"four letters": short,
		"quotes":       "'" + strings.Join(words, "' '") + "'.",
	} {
		got, err := Parse(text)
		if err != nil || got != c {
			t.Errorf("%s: %q gives %v", name, text, err)
		}
	}
}

// Whoever types one letter wrong gets the right code or an error, hardly ever
// another code: the checksum lets one in sixteen of the look-alikes through.
func TestOneLetterWrong(t *testing.T) {
	random := mathrand.NewChaCha8([32]byte{1})
	var right, refused, other int
	for range 400 {
		c := New(random)
		words := c.Words()
		for i, w := range words {
			typed := slices.Clone(words)
			at := int(random.Uint64() % uint64(len(w)))
			typed[i] = w[:at] + string(rune('a'+random.Uint64()%26)) + w[at+1:]
			got, err := Parse(strings.Join(typed, " "))
			switch {
			case err != nil:
				refused++
			case got == c:
				right++
			default:
				other++
			}
		}
	}
	t.Logf("right %d, refused %d, another code %d", right, refused, other)
	if right < 5*refused || other > right/200 {
		t.Errorf("right %d, refused %d, another code %d", right, refused, other)
	}
}

func TestSpelledAsItSounds(t *testing.T) {
	for typed, want := range map[string]string{"duik": "duiker", "klij": "klei", "lepol": "lepel", "fogel": "vogel", "vrouuw": "vrouw", "zwembat": "zwembad", "tijgre": "tijger"} {
		i, near := list.find(typed)
		if i < 0 || list.words[i] != want {
			t.Errorf("%s is not taken as %s (%v)", typed, want, near)
		}
	}
}

func TestErrors(t *testing.T) {
	good := New(bytes.NewReader(make([]byte, size))).Words()
	with := func(i int, w string) string {
		typed := slices.Clone(good)
		typed[i] = w
		return strings.Join(typed, "-")
	}
	for name, c := range map[string]struct {
		text string
		want Error
	}{
		"empty":     {"", Error{Problem: WrongCount}},
		"eleven":    {strings.Join(good[1:], " "), Error{Problem: WrongCount, Count: 11}},
		"thirteen":  {strings.Join(good, " ") + " tafel", Error{Problem: WrongCount, Count: 13}},
		"long":      {strings.Repeat("a", MaxInput+1), Error{Problem: TooLong}},
		"unknown":   {with(4, "xylofoon"), Error{Problem: UnknownWord, Count: 12, Position: 5, Word: "xylofoon"}},
		"very long": {with(0, strings.Repeat("é", 200)), Error{Problem: UnknownWord, Count: 12, Position: 1, Word: strings.Repeat("é", 24)}},
	} {
		_, err := Parse(c.text)
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Problem != c.want.Problem || e.Count != c.want.Count || e.Position != c.want.Position || e.Word != c.want.Word {
			t.Errorf("%s: %+v", name, e)
		}
		if err.Error() == "" {
			t.Errorf("%s: no words", name)
		}
	}
}

func TestChecksum(t *testing.T) {
	words := New(bytes.NewReader([]byte("fedcba9876543210"))).Words()
	passed := 0
	for i := range words {
		for _, other := range list.words {
			if other == words[i] {
				continue
			}
			typed := slices.Clone(words)
			typed[i] = other
			_, err := Parse(strings.Join(typed, " "))
			if err == nil {
				passed++
			} else if e, ok := errors.AsType[*Error](err); !ok || e.Problem != WrongTogether {
				t.Fatal(err)
			}
		}
	}
	share := float64(passed) / float64(count*(len(list.words)-1))
	if share > 0.07 {
		t.Errorf("%.3f of the wrong words pass, 1 in 16 expected", share)
	}
}

func TestHash(t *testing.T) {
	c := New(rand.Reader)
	if bytes.Equal(c.Hash([]byte("one")), c.Hash([]byte("two"))) || len(c.Hash(nil)) != 32 {
		t.Error("the key does not count")
	}
	if bytes.Contains(c.Hash([]byte("one")), c[:4]) {
		t.Error("the hash shows the code")
	}
	if c.LogValue().String() != "[return code]" {
		t.Error("a log would show the code")
	}
}

// The format is for ever: codes on paper must go on working.
func TestFormatStays(t *testing.T) {
	for in, want := range formats {
		if got := New(strings.NewReader(in)).String(); got != want {
			t.Errorf("%q gives %s", in, got)
		}
	}
}

// TestListLaws holds the list to what the package promises.
func TestListLaws(t *testing.T) {
	words := list.words
	if len(words) != 1<<bitsWord || !slices.IsSorted(words) {
		t.Fatalf("%d words, sorted %v", len(words), slices.IsSorted(words))
	}
	form := regexp.MustCompile(`^[a-z]{3,7}$`)
	first, said := map[string]string{}, map[string]string{}
	for _, w := range words {
		if !form.MatchString(w) {
			t.Errorf("%s is not 3 to 7 plain letters", w)
		}
		p := w[:min(prefix, len(w))]
		if o := first[p]; o != "" {
			t.Errorf("%s and %s begin alike", o, w)
		}
		first[p] = w
		if o := said[sound(w)]; o != "" {
			t.Errorf("%s and %s sound alike", o, w)
		}
		said[sound(w)] = w
	}
	for _, w := range words {
		for _, p := range plurals(w) {
			if _, ok := list.exact[p]; ok {
				t.Errorf("%s is a form of %s", p, w)
			}
		}
	}
	for _, w := range strings.Fields(unwanted) {
		if _, ok := list.exact[w]; ok {
			t.Errorf("%s does not belong on a sheet for a resident", w)
		}
	}
}

var long = regexp.MustCompile(`^(.*)(aa|ee|oo|uu)([bcdfgklmnprstvz])$`)

// plurals gives the forms in which a noun w could stand beside itself.
func plurals(w string) []string {
	last := w[len(w)-1:]
	stem := w
	if m := long.FindStringSubmatch(w); m != nil {
		stem = m[1] + m[2][:1] + m[3]
	}
	out := []string{w + "s", w + "n", w + "e", w + "en", w + "je", w + "tje", w + last + "en", w + last + "e", stem + "en", stem + "e"}
	switch last {
	case "f":
		out = append(out, stem[:len(stem)-1]+"ven", stem[:len(stem)-1]+"ve", w[:len(w)-1]+"ven")
	case "s":
		out = append(out, stem[:len(stem)-1]+"zen", stem[:len(stem)-1]+"ze", w[:len(w)-1]+"zen")
	}
	return out
}

// unwanted is a sample of what the list keeps out.
const unwanted = `dood lijk graf urn kist moord kanker tumor ziek pijn griep virus pest wond bloed god kerk paus satan hemel
	bijbel koran moskee imam priester partij premier minister oorlog bom geweer kont poep pis lul hoer kak seks naakt drugs
	dronken dom gek idioot slaaf nazi jood`

func FuzzParse(f *testing.F) {
	for in, want := range formats {
		f.Add(in)
		f.Add(want)
	}
	f.Add("aap noot mies")
	f.Add(strings.Repeat("tafel ", count))
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse(text)
		if err != nil {
			if _, ok := errors.AsType[*Error](err); !ok {
				t.Fatalf("an error of another kind: %v", err)
			}
			return
		}
		if again, err := Parse(c.String()); err != nil || again != c {
			t.Fatalf("%q: %v came back as %v", text, c, again)
		}
	})
}

var formats = map[string]string{
	"0123456789abcdef":           "duizend-module-muts-kijken-hijgen-brink-ukelele-donder-junior-brengen-bord-stuk",
	strings.Repeat("\x00", size): strings.Repeat("aalbes-", count-1) + "aankoop",
	strings.Repeat("\xff", size): strings.Repeat("zwijgen-", count-1) + "zwaar",
}
