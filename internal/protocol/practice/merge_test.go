package practice

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func TestMerge(t *testing.T) {
	for name, c := range map[string]struct {
		base, own, newer, want string
		conflicts              string
		take                   string
	}{
		"only the newer changed":       {`{"a":1}`, `{"a":1}`, `{"a":2}`, `{"a":2}`, "", ""},
		"only we changed":              {`{"a":1}`, `{"a":3}`, `{"a":1}`, `{"a":3}`, "", ""},
		"both the same":                {`{"a":1}`, `{"a":3}`, `{"a":3}`, `{"a":3}`, "", ""},
		"each another key":             {`{"a":1,"b":1}`, `{"a":2,"b":1}`, `{"a":1,"b":2}`, `{"a":2,"b":2}`, "", ""},
		"the same key":                 {`{"a":1}`, `{"a":2}`, `{"a":3}`, `{"a":2}`, "/a", ""},
		"and take the newer":           {`{"a":1}`, `{"a":2}`, `{"a":3}`, `{"a":3}`, "/a", "/a"},
		"in another key below":         {`{"a":{"x":1,"y":1}}`, `{"a":{"x":2,"y":1}}`, `{"a":{"x":1,"y":2}}`, `{"a":{"x":2,"y":2}}`, "", ""},
		"we removed":                   {`{"a":1,"b":1}`, `{"b":1}`, `{"a":1,"b":2}`, `{"b":2}`, "", ""},
		"we removed what they changed": {`{"a":1}`, `{}`, `{"a":2}`, `{}`, "/a", ""},
		"and take it back":             {`{"a":1}`, `{}`, `{"a":2}`, `{"a":2}`, "/a", "/a"},
		"lists by id": {`{"l":[{"id":"p","v":1},{"id":"q","v":1}]}`, `{"l":[{"id":"own"},{"id":"q","v":1},{"id":"p","v":2}]}`,
			`{"l":[{"id":"p","v":1},{"id":"new"},{"id":"q","v":3}]}`, `{"l":[{"id":"own"},{"id":"q","v":3},{"id":"p","v":2},{"id":"new"}]}`, "", ""},
		"a list without ids":  {`{"l":["a"]}`, `{"l":["a","b"]}`, `{"l":["a","c"]}`, `{"l":["a","b"]}`, "/l", ""},
		"an id twice":         {`{"l":[{"id":"p"}]}`, `{"l":[{"id":"p"},{"id":"p"}]}`, `{"l":[]}`, `{"l":[{"id":"p"},{"id":"p"}]}`, "/l", ""},
		"a stroke in the key": {`{"a/b":1}`, `{"a/b":2}`, `{"a/b":3}`, `{"a/b":2}`, "/a~1b", ""},
		"a new part":          {``, ``, `{"a":1}`, `{"a":1}`, "", ""},
		"both made it":        {``, `{"a":1}`, `{"b":1}`, `{"a":1,"b":1}`, "", ""},
		"the part is gone":    {`{"a":1}`, `{"a":1}`, ``, ``, "", ""},
		"large numbers":       {`{"a":1}`, `{"a":1}`, `{"a":123456789012345678901234567890.10}`, `{"a":123456789012345678901234567890.10}`, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, conflicts, err := Merge([]byte(c.base), []byte(c.own), []byte(c.newer), map[string]bool{c.take: c.take != ""})
			var at []string
			for _, x := range conflicts {
				at = append(at, x.At)
			}
			if err != nil || string(got) != c.want || strings.Join(at, " ") != c.conflicts {
				t.Errorf("%s %q, %v; want %s %q", got, at, err, c.want, c.conflicts)
			}
		})
	}
	if _, _, err := Merge([]byte("{"), nil, nil, nil); err == nil {
		t.Error("half a part was taken")
	}
}

func TestDiff(t *testing.T) {
	a, b := sample(), sample()
	b.Manifest.Version = "1.3.0"
	b.Parts = map[string][]byte{"initiatives": []byte(`{"title":"Beeldzorg & meer","steps":[{"id":"a","text":"Eerst schrijven"},{"id":"b","text":"Dan bellen"}]}`)}
	b.Files = map[string][]byte{"poster.md": []byte("x")}
	list, err := Diff(a, b)
	if err != nil {
		t.Fatal(err)
	}
	var at []string
	for _, d := range list {
		at = append(at, d.Part+":"+d.At)
	}
	if got := strings.Join(at, " "); got != ":/version initiatives:/steps/a/text initiatives:/steps/b files:brieven/uitnodiging.md files:poster.md" {
		t.Errorf("%s\n%+v", got, list)
	}
	if list, err := Diff(a, sample()); err != nil || len(list) > 0 {
		t.Errorf("%+v, %v", list, err)
	}
}

func FuzzMerge(f *testing.F) {
	for _, s := range [][3]string{{`{"a":1}`, `{"a":[{"id":"x"}]}`, `{"a":[{"id":"y"},{"id":"x","v":[]}]}`}, {"", `{"a":{}}`, "{}"}, {"[]", "[1]", `[{"id":"a"}]`}} {
		f.Add(s[0], s[1], s[2])
	}
	same := func(t *testing.T, a, b []byte) {
		t.Helper()
		x, errX := tree(a)
		y, errY := tree(b)
		if errX != nil || errY != nil || !reflect.DeepEqual(x, y) {
			t.Errorf("%s is not %s", a, b)
		}
	}
	f.Fuzz(func(t *testing.T, base, own, newer string) {
		b, o, n := []byte(base), []byte(own), []byte(newer)
		got, conflicts, err := Merge(b, o, n, nil)
		if err != nil {
			return
		}
		if len(got) > 0 && !json.Valid(got) {
			t.Fatalf("%q is no JSON", got)
		}
		take := map[string]bool{}
		for _, c := range conflicts {
			take[c.At] = true
		}
		if _, again, err := Merge(b, o, n, take); err != nil || len(again) != len(conflicts) {
			t.Errorf("%d conflicts became %d, %v", len(conflicts), len(again), err)
		}
		for _, c := range [][4][]byte{{b, b, n, n}, {b, o, b, o}, {b, o, o, o}} {
			got, conflicts, err := Merge(c[0], c[1], c[2], nil)
			if err != nil || len(conflicts) > 0 {
				t.Fatalf("%+v, %v", conflicts, err)
			}
			same(t, got, c[3])
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add(packed(f, sample()))
	f.Add(tgz(f, entry{"package/package.json", goodManifest, 0}, entry{"package/parts/x.json", `{"a":[1]}`, 0}))
	withFiles := sample()
	withFiles.Files["a.docx"], withFiles.Files["a.html"] = document(f, "word/document.xml", wordText, "docProps/core.xml", wordCore), []byte("<p>x</p>")
	f.Add(packed(f, withFiles))
	f.Fuzz(func(t *testing.T, data []byte) {
		l := Usual
		l.Unpacked, l.One = 1<<20, 1<<20
		p, err := Read(bytes.NewReader(data), l)
		if err != nil {
			if KindOf(err) == "" {
				t.Errorf("an error without a kind: %v", err)
			}
			return
		}
		for name := range p.Files {
			if strings.Contains(name, "..") || strings.HasPrefix(name, "/") {
				t.Errorf("the file %q climbs", name)
			}
		}
		Scan(p, []string{"Jan de Vries"})
		if _, err := Diff(p, sample()); err != nil {
			t.Error(err)
		}
	})
}

func FuzzOpen(f *testing.F) {
	k := newKey(f, "a.example")
	signed, err := k.SignPackage("a.b", "1.0.0", []byte("x"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(signed)
	f.Fuzz(func(t *testing.T, text string) {
		if s, err := OpenSignature(text); err == nil && s.Key == k.Public() && text != signed {
			t.Errorf("%q is signed", text)
		}
		if _, err := OpenCheckpoint(text, k.Public()); err == nil {
			t.Errorf("%q is a checkpoint", text)
		}
	})
}
