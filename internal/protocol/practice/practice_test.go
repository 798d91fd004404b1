package practice

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

const closedSchema = `{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","additionalProperties":false,
"properties":{"title":{"type":"string"},"steps":{"type":"array","items":{"type":"object","additionalProperties":false,
"properties":{"id":{"type":"string"},"text":{"type":"string"}}}}}}`

func sample() Package {
	return Package{
		Manifest: Manifest{Name: "waterstad.beeldzorg", Version: "1.2.0", Title: "Beeldzorg", Description: "Zorg op afstand in de avond.",
			License: "CC-BY-4.0", Author: "Gemeente Waterstad (demo)", URL: "https://waterstad.example/estafette/waterstad.beeldzorg",
			Wijkbaak: Block{Contact: "projectleider", Parameters: []Parameter{{Key: "gemeente", Question: "Hoe heet uw gemeente?", Default: "Waterstad"}},
				Changelog: []Change{{"1.2.0", "2026-11-21", "Nieuwe brief."}},
				Lineage:   []Ancestor{{"https://heuvelrijk.example", "heuvelrijk.beeldzorg", "0.9.0", strings.Repeat("ab", 32)}}}},
		Parts:     map[string][]byte{"initiatives": []byte(`{"title":"Beeldzorg & meer","steps":[{"id":"a","text":"Eerst bellen"}]}`)},
		Schemas:   map[string][]byte{"initiatives": []byte(closedSchema)},
		Resources: map[string][]byte{"Questionnaire-thuis.json": []byte(`{"resourceType":"Questionnaire","id":"thuis","status":"active"}`)},
		Files:     map[string][]byte{"brieven/uitnodiging.md": []byte("# Beste inwoner van {{gemeente}}\n")},
	}
}

func packed(t testing.TB, p Package) []byte {
	t.Helper()
	b, err := Pack(p)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func newKey(t testing.TB, name string) Key {
	t.Helper()
	k, _, err := NewKey(name)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func is(t *testing.T, err error, kind Kind) {
	t.Helper()
	if KindOf(err) != kind {
		t.Errorf("error is %v, want %s", err, kind)
	}
}

func TestPackIsTheSameToTheByteAndReadsBack(t *testing.T) {
	one, two := packed(t, sample()), packed(t, sample())
	if !bytes.Equal(one, two) {
		t.Fatal("two packages of the same content differ")
	}
	p, err := Read(bytes.NewReader(one), Usual)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(packed(t, p), one) {
		t.Error("read and packed again, it is another package")
	}
	if p.Manifest.FHIRVersions[0] != FHIRVersion || p.Manifest.Wijkbaak.Format != Format || p.Manifest.Wijkbaak.Lineage[0].Name != "heuvelrijk.beeldzorg" {
		t.Errorf("%+v", p.Manifest)
	}
	if err := p.CheckParts(map[string][]byte{"initiatives": []byte(closedSchema)}); err != nil {
		t.Error(err)
	}
	if one[4]|one[5]|one[6]|one[7] != 0 || one[9] != 255 {
		t.Error("the gzip header tells when or where it was packed")
	}
}

func TestPackRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Package)
		kind   Kind
	}{
		"a name with capitals": {func(p *Package) { p.Manifest.Name = "Waterstad" }, BadField},
		"a name that climbs":   {func(p *Package) { p.Manifest.Name = "a..b" }, BadField},
		"half a version":       {func(p *Package) { p.Manifest.Version = "1.2" }, BadField},
		"no description":       {func(p *Package) { p.Manifest.Description = "" }, BadField},
		"an address that runs": {func(p *Package) { p.Manifest.URL = "javascript:alert(1)" }, BadField},
		"a parameter twice": {func(p *Package) {
			p.Manifest.Wijkbaak.Parameters = []Parameter{{Key: "a", Question: "?"}, {Key: "a", Question: "?"}}
		}, BadField},
		"no licence":            {func(p *Package) { p.Manifest.License = "" }, NoLicence},
		"no selling":            {func(p *Package) { p.Manifest.License = "CC-BY-NC-SA-4.0" }, NoSelling},
		"no changes":            {func(p *Package) { p.Manifest.License = "CC-BY-ND-4.0" }, NoChanges},
		"an unknown licence":    {func(p *Package) { p.Manifest.License = "Eigen" }, BadLicence},
		"a part without schema": {func(p *Package) { p.Schemas = nil }, BadPart},
		"a field not in schema": {func(p *Package) { p.Parts["initiatives"] = []byte(`{"title":"x","owner":"Jan"}`) }, BadPart},
		"an open schema":        {func(p *Package) { p.Schemas["initiatives"] = []byte(`{"type":"object","properties":{}}`) }, BadPart},
		"open deeper": {func(p *Package) {
			p.Schemas["initiatives"] = []byte(strings.Replace(closedSchema, `"items":{"type":"object","additionalProperties":false,`, `"items":{"type":"object",`, 1))
		}, BadPart},
		"a schema from elsewhere": {func(p *Package) { p.Schemas["initiatives"] = []byte(`{"$ref":"file:///etc/passwd"}`) }, BadPart},
		"a path that climbs":      {func(p *Package) { p.Files["../x.md"] = []byte("x") }, BadPath},
		"a script":                {func(p *Package) { p.Files["x.html"] = []byte("<script>x</script>") }, BadType},
		"a program":               {func(p *Package) { p.Files["x.js"] = []byte("x") }, BadType},
		"a picture that is none":  {func(p *Package) { p.Files["x.png"] = []byte("x") }, BadType},
		"names that differ in A":  {func(p *Package) { p.Files["a.md"], p.Files["A.md"] = nil, nil }, Twice},
		"a patient":               {func(p *Package) { p.Resources["Patient-1.json"] = []byte(`{"resourceType":"Patient","id":"1"}`) }, BadType},
	} {
		t.Run(name, func(t *testing.T) {
			p := sample()
			c.change(&p)
			_, err := Pack(p)
			is(t, err, c.kind)
		})
	}
}

type entry struct {
	name string
	data string
	kind byte
}

func tgz(t testing.TB, list ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, e := range list {
		h := &tar.Header{Name: e.name, Mode: 0o644, Size: int64(len(e.data)), Typeflag: tar.TypeReg, ModTime: time.Unix(1, 0)}
		if e.kind != 0 {
			h.Typeflag, h.Linkname, h.Size = e.kind, "/etc/passwd", 0
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if h.Size > 0 {
			if _, err := w.Write([]byte(e.data)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const goodManifest = `{"name":"a.b","version":"1.0.0","description":"x","license":"CC0-1.0","dependencies":{},"wijkbaak":{"format":1},"keywords":["x"]}`

func TestReadRefuses(t *testing.T) {
	manifest := entry{"package/package.json", goodManifest, 0}
	zeros := strings.Repeat("0", 24<<20)
	for name, c := range map[string]struct {
		data []byte
		kind Kind
	}{
		"nothing":              {nil, Broken},
		"a letter":             {[]byte("Geachte heer"), Broken},
		"half of it":           {packed(t, sample())[:200], Broken},
		"more behind":          {append(packed(t, sample()), packed(t, sample())...), Broken},
		"no manifest":          {tgz(t, entry{"package/files/a.md", "a", 0}), BadField},
		"up":                   {tgz(t, manifest, entry{"package/../../etc/x.md", "a", 0}), BadPath},
		"down and up":          {tgz(t, manifest, entry{"package/files/../../x.md", "a", 0}), BadPath},
		"from the root":        {tgz(t, manifest, entry{"/package/files/x.md", "a", 0}), BadPath},
		"back strokes":         {tgz(t, manifest, entry{`package/files\..\x.md`, "a", 0}), BadPath},
		"a folder that climbs": {tgz(t, manifest, entry{"package/../", "", tar.TypeDir}), BadPath},
		"hidden":               {tgz(t, manifest, entry{"package/files/.ssh.md", "a", 0}), BadPath},
		"a name of Windows":    {tgz(t, manifest, entry{"package/files/nul.md", "a", 0}), BadPath},
		"a link":               {tgz(t, manifest, entry{"package/files/a.md", "", tar.TypeSymlink}), NoFile},
		"a hard link":          {tgz(t, manifest, entry{"package/files/a.md", "", tar.TypeLink}), NoFile},
		"a device":             {tgz(t, manifest, entry{"package/files/a.md", "", tar.TypeChar}), NoFile},
		"twice":                {tgz(t, manifest, manifest), Twice},
		"twice, in capitals":   {tgz(t, manifest, entry{"package/files/a.md", "a", 0}, entry{"package/files/A.md", "b", 0}), Twice},
		"a program":            {tgz(t, manifest, entry{"package/files/a.exe", "MZ", 0}), BadType},
		"elsewhere":            {tgz(t, manifest, entry{"package/bin/a.md", "a", 0}), BadType},
		"a bomb":               {tgz(t, manifest, entry{"package/files/a.txt", zeros, 0}), Bomb},
		"not JSON":             {tgz(t, manifest, entry{"package/parts/a.json", "{", 0}), BadPart},
		"a key twice":          {tgz(t, manifest, entry{"package/parts/a.json", `{"a":1,"a":2}`, 0}), BadPart},
		"too deep":             {tgz(t, manifest, entry{"package/parts/a.json", `{"a":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + "}", 0}), BadPart},
		"a newer format":       {tgz(t, entry{"package/package.json", strings.Replace(goodManifest, `"format":1`, `"format":2`, 1), 0}), TooNew},
		"a plain FHIR package": {tgz(t, entry{"package/package.json", strings.Replace(goodManifest, `{"format":1}`, `{}`, 1), 0}), BadField},
		"a closed licence":     {tgz(t, entry{"package/package.json", strings.Replace(goodManifest, "CC0-1.0", "CC-BY-NC-4.0", 1), 0}), NoSelling},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read(bytes.NewReader(c.data), Usual)
			is(t, err, c.kind)
		})
	}
	if _, err := Read(bytes.NewReader(tgz(t, entry{"package/.index.json", "{}", 0}, manifest, entry{"package/files/", "", tar.TypeDir})), Usual); err != nil {
		t.Errorf("a package of another packer: %v", err)
	}
	tight := Usual
	tight.Files, tight.One, tight.Packed = 2, 300, 1000
	for name, data := range map[string][]byte{
		"too many":      tgz(t, manifest, entry{"package/files/a.md", "a", 0}, entry{"package/files/b.md", "a", 0}),
		"one too large": tgz(t, manifest, entry{"package/files/a.md", strings.Repeat("a", 301), 0}),
		"all too large": append(tgz(t, manifest), make([]byte, 1000)...),
	} {
		_, err := Read(bytes.NewReader(data), tight)
		if KindOf(err) != TooLarge {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSignAndVerify(t *testing.T) {
	k, other := newKey(t, "waterstad.example"), newKey(t, "waterstad.example")
	data := packed(t, sample())
	signed, err := k.SignPackage("waterstad.beeldzorg", "1.2.0", data)
	if err != nil {
		t.Fatal(err)
	}
	p, s, err := Receive(data, signed, Usual)
	if err != nil || s.Key != k.Public() || p.Manifest.Name != s.Name || s.SHA256 != Hash(data) {
		t.Fatalf("%+v, %v", s, err)
	}
	changed := slices.Clone(data)
	changed[len(changed)-1] ^= 1
	_, err = Verify(changed, signed)
	is(t, err, Changed)
	_, err = Verify(data, strings.Replace(signed, "1.2.0", "1.3.0", 1))
	is(t, err, Unsigned)
	// The name of the key alone is worth nothing: another key signs as itself.
	forged, err := other.SignPackage("waterstad.beeldzorg", "1.2.0", data)
	if err != nil {
		t.Fatal(err)
	}
	if s, err := Verify(data, forged); err != nil || s.Key == k.Public() || KeyName(s.Key) != KeyName(k.Public()) || Fingerprint(s.Key) == Fingerprint(k.Public()) {
		t.Errorf("%+v, %v", s, err)
	}
	_, err = Verify(data, strings.Replace(forged, other.Public(), k.Public(), 1))
	is(t, err, Unsigned)
	wrongNumber, err := k.SignPackage("waterstad.beeldzorg", "2.0.0", data)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = Receive(data, wrongNumber, Usual)
	is(t, err, Changed)
	if _, err := k.Sign("x", "two\nlines"); err == nil {
		t.Error("a line with a line end was signed")
	}
	is(t, CheckUpgrade("1.2.0", "a", "1.1.9", "b"), Older)
	is(t, CheckUpgrade("1.2.0", "a", "1.2.0", "b"), Rewritten)
	if err := CheckUpgrade("1.2.0", "a", "1.10.0", "b"); err != nil || Next("1.2.7") != "1.3.0" {
		t.Error(err)
	}
}

func TestKeyFile(t *testing.T) {
	dir := t.TempDir()
	if k, err := LoadKey(dir, ""); err != nil || k.Public() == "" {
		t.Errorf("%v, %v", k, err)
	}
	if _, err := os.Stat(filepath.Join(dir, KeyFile)); err == nil {
		t.Error("a key without a name was kept")
	}
	k, err := LoadKey(dir, "zeist.test")
	if err != nil {
		t.Fatal(err)
	}
	again, err := LoadKey(dir, "other")
	if err != nil || again.Public() != k.Public() || k.Name() != "zeist.test" {
		t.Errorf("%v, %v", again, err)
	}
	if err := os.Chmod(filepath.Join(dir, KeyFile), 0o640); err != nil { //nolint:gosec // that is the fault
		t.Fatal(err)
	}
	if _, err := LoadKey(dir, "other"); err == nil {
		t.Error("a key that others may read was taken")
	}
}

func leaf(name string, n int) Leaf {
	return Leaf{name, fmt.Sprintf("1.%d.0", n), Hash(fmt.Append(nil, name, n))}
}

func TestLog(t *testing.T) {
	k := newKey(t, "waterstad.example")
	var leaves []Leaf
	for n := range 7 {
		leaves = append(leaves, leaf("a.a", n))
	}
	l, err := NewLog(leaves[:3]...)
	if err != nil {
		t.Fatal(err)
	}
	point := func(l *Log) Checkpoint {
		t.Helper()
		signed, err := l.Checkpoint(k)
		if err != nil {
			t.Fatal(err)
		}
		c, err := OpenCheckpoint(signed, k.Public())
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	old := point(l)
	for _, leaf := range leaves {
		if _, err := l.Append(leaf); err != nil {
			t.Fatal(err)
		}
	}
	_, err = l.Append(Leaf{"a.a", "1.2.0", Hash([]byte("other"))})
	is(t, err, Rewritten)
	now := point(l)
	if now.Size != 7 || old.Size != 3 {
		t.Fatalf("%+v %+v", old, now)
	}
	for at := range int64(7) {
		proof, err := l.ProveRecord(7, at)
		if err != nil {
			t.Fatal(err)
		}
		if err := CheckRecord(now, leaves[at], at, proof); err != nil {
			t.Error(err)
		}
		is(t, CheckRecord(now, leaf("b.b", 1), at, proof), BadLog)
	}
	proof, err := l.ProveTree(7, 3)
	if err != nil {
		t.Fatal(err)
	}
	if err := CheckTree(now, old, proof); err != nil {
		t.Error(err)
	}
	if _, err := VerifyLog(leaves, now, &old); err != nil {
		t.Error(err)
	}
	// Who shows two versions of one number needs another log.
	forged := slices.Clone(leaves)
	forged[1].SHA256 = Hash([]byte("other"))
	two, err := NewLog(forged...)
	if err != nil {
		t.Fatal(err)
	}
	split := point(two)
	is(t, CheckTree(split, old, proof), BadLog)
	is(t, CheckTree(split, now, nil), BadLog)
	is(t, CheckTree(old, now, nil), BadLog)
	_, err = VerifyLog(forged, split, &old)
	is(t, err, BadLog)
	_, err = VerifyLog(forged, now, nil)
	is(t, err, BadLog)
	_, err = VerifyLog(leaves[:6], now, nil)
	is(t, err, BadLog)
	_, err = VerifyLog(append(slices.Clone(leaves), leaves[0]), now, nil)
	is(t, err, BadLog)
	signed, err := l.Checkpoint(newKey(t, "waterstad.example"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = OpenCheckpoint(signed, k.Public())
	is(t, err, Unsigned)
}

// large is a package of about 20 MB: photos that do not shrink, texts that do.
func large() Package {
	p := sample()
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a test
	for n := range 15 {
		photo := make([]byte, 1<<20)
		for i := range photo {
			photo[i] = byte(random.Uint32())
		}
		copy(photo, "\xff\xd8\xff\xda")
		p.Files[fmt.Sprintf("fotos/%d.jpg", n)] = photo
	}
	words := strings.Fields("de wijk zorg thuis bellen mantelzorger inwoner gemeente avond nacht vraag antwoord coach kosten")
	for n := range 4 {
		var b strings.Builder
		for b.Len() < 1<<20 {
			fmt.Fprintf(&b, "%s %d ", words[random.IntN(len(words))], random.IntN(1000))
		}
		p.Files[fmt.Sprintf("teksten/%d.md", n)] = []byte(b.String())
	}
	var b strings.Builder
	b.WriteString(`{"steps":[`)
	for n := 0; b.Len() < 1<<20; n++ {
		if n > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":"s%d","text":"%s %d"}`, n, words[random.IntN(len(words))], random.IntN(1e6))
	}
	p.Parts = maps.Clone(p.Parts)
	p.Parts["initiatives"] = []byte(b.String() + "]}")
	return p
}

func BenchmarkPackAndVerify20MB(b *testing.B) {
	p := large()
	k := newKey(b, "waterstad.example")
	for b.Loop() {
		data, err := Pack(p)
		if err != nil {
			b.Fatal(err)
		}
		signed, err := k.SignPackage(p.Manifest.Name, p.Manifest.Version, data)
		if err != nil {
			b.Fatal(err)
		}
		if _, _, err := Receive(data, signed, Usual); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkScan20MB(b *testing.B) {
	p := large()
	for b.Loop() {
		Scan(p, []string{"Sanne de Boer", "Fatma", "Joost van Dijk"})
	}
}

func BenchmarkVerifyLog100000(b *testing.B) {
	k := newKey(b, "waterstad.example")
	leaves := make([]Leaf, 100_000)
	for n := range leaves {
		leaves[n] = leaf("waterstad.beeldzorg", n)
	}
	l, err := NewLog(leaves...)
	if err != nil {
		b.Fatal(err)
	}
	signed, err := l.Checkpoint(k)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		c, err := OpenCheckpoint(signed, k.Public())
		if err != nil {
			b.Fatal(err)
		}
		if _, err := VerifyLog(leaves, c, &c); err != nil {
			b.Fatal(err)
		}
	}
}

func TestReadFolder(t *testing.T) {
	p, err := Read(bytes.NewReader(packed(t, sample())), Usual)
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := json.Marshal(p.Manifest)
	if err != nil {
		t.Fatal(err)
	}
	dir := fstest.MapFS{"package.json": {Data: manifest}, "parts/initiatives.json": {Data: p.Parts["initiatives"]},
		"schemas/initiatives.json": {Data: p.Schemas["initiatives"]}, "Questionnaire-thuis.json": {Data: p.Resources["Questionnaire-thuis.json"]},
		"files/brieven/uitnodiging.md": {Data: p.Files["brieven/uitnodiging.md"]}}
	again, err := ReadFolder(dir, Usual)
	if err != nil || !bytes.Equal(packed(t, again), packed(t, p)) {
		t.Errorf("%+v, %v", again, err)
	}
	dir["files/link.md"] = &fstest.MapFile{Mode: fs.ModeSymlink}
	_, err = ReadFolder(dir, Usual)
	is(t, err, NoFile)
	_, err = ReadFolder(fstest.MapFS{}, Usual)
	is(t, err, BadField)
}
