package practices

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/protocol/practice"
)

// rack stands for a room of surveys: questionnaires by url, of which nothing is ever
// published.
type rack struct {
	mu   sync.Mutex
	have map[string]string // title by url
}

const rackSchema = `{"type":"object","additionalProperties":false,"properties":{"surveys":{"type":"array","items":{"type":"object","additionalProperties":false,
"properties":{"id":{"type":"string"}}}}}}`

func (*rack) Name() string            { return "surveys" }
func (*rack) PartSchema() []byte      { return []byte(rackSchema) }
func (*rack) ResourceTypes() []string { return []string{"Questionnaire"} }

func (k *rack) PackChoices(context.Context, string) ([]practice.Choice, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	var list []practice.Choice
	for url, title := range k.have {
		list = append(list, practice.Choice{ID: url, Label: title, Proposed: strings.HasSuffix(url, "!")})
	}
	slices.SortFunc(list, func(a, b practice.Choice) int { return strings.Compare(a.ID, b.ID) })
	return list, nil
}

func (k *rack) pack(urls []string, keys map[string]string) (c practice.Content, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	c.Resources = map[string][]byte{}
	var ids []map[string]string
	for _, url := range urls {
		title, ok := k.have[url]
		if !ok {
			continue
		}
		id := keys[url]
		if id == "" {
			id = strings.Trim(url, "!")
		}
		ids = append(ids, map[string]string{"id": id})
		if c.Resources["Questionnaire-"+id+".json"], err = json.Marshal(map[string]string{"resourceType": "Questionnaire", "id": id, "url": url, "title": title}); err != nil {
			return c, err
		}
	}
	if len(ids) > 0 {
		c.Part, err = json.Marshal(map[string]any{"surveys": ids})
	}
	return c, err
}

func (k *rack) PackChosen(_ context.Context, _ db.Reader, _ string, chosen []string, came []practice.Thing) (practice.Content, error) {
	keys := map[string]string{}
	for _, t := range came {
		keys[t.ID] = t.Key
	}
	c, err := k.pack(chosen, keys)
	c.Asked = []practice.Asked{{Key: "prijs_x", What: "price", About: "Koffie", Default: "2,50"}}
	return c, err
}

func (k *rack) PackCame(_ context.Context, _ db.Reader, came []practice.Thing) (practice.Content, error) {
	var urls []string
	keys := map[string]string{}
	for _, t := range came {
		urls = append(urls, t.ID)
		keys[t.ID] = t.Key
	}
	return k.pack(urls, keys)
}

func (*rack) CheckContent(_ context.Context, c practice.Content) error {
	for name, data := range c.Resources {
		if bytes.Contains(data, []byte("fout")) {
			return &practice.Error{Kind: practice.BadPart, At: name}
		}
	}
	return nil
}

func (k *rack) AdoptContent(_ context.Context, _ *db.Tx, _ string, c practice.Content, _ []practice.Thing) ([]practice.Thing, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	var made []practice.Thing
	for name, data := range c.Resources {
		var q struct{ URL, Title string }
		if err := json.Unmarshal(data, &q); err != nil {
			return nil, err
		}
		k.have[q.URL] = q.Title
		made = append(made, practice.Thing{Key: strings.TrimSuffix(strings.TrimPrefix(name, "Questionnaire-"), ".json"), ID: q.URL})
	}
	return made, nil
}

// TestWhatStandsByItselfIsChosen: what is proposed goes along until somebody says
// otherwise, and what comes along keeps what was changed here.
func TestWhatStandsByItselfIsChosen(t *testing.T) {
	two(t, func(t *testing.T, a, b *town) {
		racks := map[*town]*rack{a: {have: map[string]string{"contact": "Mensen om mij heen", "thuis!": "Thuis in {{gemeente}}"}}, b: {have: map[string]string{}}}
		a.Shelves, b.Shelves = []Shelf{racks[a]}, []Shelf{racks[b]}
		a.initiative("beeldzorg", example)
		v, err := a.Offering(a.ctx(), "beeldzorg")
		a.must(err)
		if !slices.Equal(v.Chosen["surveys"], []string{"thuis!"}) {
			t.Errorf("proposed is %v", v.Chosen)
		}
		o := anOffer("1.0.0")
		fields := map[string]string{"naam": o.Name, "versie": o.Version, "titel": o.Title, "omschrijving": o.Summary, "licentie": o.Licence, "nieuw": o.Note, "organisatie": o.Author,
			"onderdelen": "initiatives", "vragen": parameterLines(o.Parameters), "keuze-surveys": "contact", "bestandsoort": "training", "bestandtitel": "Les voor coaches", "bestandlicentie": "CC0-1.0"}
		if status, text := a.upload("/aanbieden/beeldzorg", fields, map[string][]byte{"bestand:les.pdf": []byte("%PDF-1.7")}); status != http.StatusOK || !strings.Contains(text, "Les voor coaches (les.pdf)") ||
			!strings.Contains(text, "Lesmateriaal · CC0-1.0") || !strings.Contains(text, "Wat kost “Koffie” bij u, in euro?") {
			t.Fatalf("%d %s", status, text)
		}
		v, err = a.Offering(a.ctx(), "beeldzorg")
		a.must(err)
		if !slices.Equal(v.Chosen["surveys"], []string{"contact"}) {
			t.Errorf("chosen is %v", v.Chosen)
		}
		o.Chosen = map[string][]string{"surveys": {"contact", "thuis!"}}
		o.Edit = v.Edit
		for _, f := range v.Findings {
			o.Seen = append(o.Seen, f.ID()) // the PDF
		}
		a.offers("beeldzorg", o)
		next, err := a.Offering(a.ctx(), "beeldzorg")
		a.must(err)
		if len(next.Chosen["surveys"]) != 2 || len(next.Parameters) != 1 || len(next.Asked) != 1 {
			t.Errorf("the next version begins with %v, %v, %v", next.Chosen, next.Parameters, next.Asked)
		}

		in, err := b.Fetch(b.ctx(), a.Address+Path(o.Name), "", "")
		b.must(err)
		slug, err := b.Adopt(b.ctx(), in, Yes{Name: "Bij ons", Organisation: "org", Answers: map[string]string{"gemeente": "Heuvelrijk", "prijs_x": "3"}, Trust: true})
		b.must(err)
		if got := racks[b].have; got["thuis!"] != "Thuis in Heuvelrijk" || got["contact"] != "Mensen om mij heen" {
			t.Errorf("%v", got)
		}
		racks[b].have["contact"] = "Mensen om ons heen"
		racks[a].have["contact"], racks[a].have["thuis!"] = "Mensen om u heen", "Weer thuis in {{gemeente}}"
		o2 := anOffer("1.1.0")
		o2.Chosen, o2.Seen = o.Chosen, o.Seen
		a.offers("beeldzorg", o2)
		in, err = b.Fetch(b.ctx(), a.Address+Path(o.Name), "", slug)
		b.must(err)
		_, page := b.page("GET", incomingPath(in))
		if !strings.Contains(page, "Vragenlijst contact /title") || !strings.Contains(page, "Weer thuis in Heuvelrijk") {
			t.Error("the page does not show what changes")
		}
		if status, text := b.page("POST", incomingPath(in), "keuze-Questionnaire-contact.json/title", "nieuw"); status != http.StatusOK {
			t.Fatal(status, text)
		}
		if got := racks[b].have; got["thuis!"] != "Weer thuis in Heuvelrijk" || got["contact"] != "Mensen om u heen" {
			t.Errorf("%v", got)
		}
		// A questionnaire that fails its check.
		racks[a].have["contact"] = "fout"
		o3 := anOffer("1.2.0")
		o3.Chosen, o3.Seen = o.Chosen, o.Seen
		a.offers("beeldzorg", o3)
		in, err = b.Fetch(b.ctx(), a.Address+Path(o.Name), "", slug)
		b.must(err)
		_, err = b.Look(b.ctx(), in)
		b.is(err, "pakket", "bad.part")
	})
}

// TestLettersAreKeptHere: files stand with the initiative, can be changed there, and
// an upgrade joins them one by one.
func TestLettersAreKeptHere(t *testing.T) {
	two(t, func(t *testing.T, a, b *town) {
		a.initiative("beeldzorg", example)
		letter := func(name, text string) Upload {
			return Upload{Name: name, Data: []byte(text), Title: "Over " + name, Kind: kindLetter}
		}
		a.offers("beeldzorg", anOffer("1.0.0"), letter("een.md", "een {{gemeente}}"), letter("twee.md", "twee"), letter("drie.md", "drie"), letter("vier.md", "vier"), letter("weg.md", "weg"))
		slug := b.takes(a.Address+Path("waterstad.beeldzorg"), "Bij ons")
		read := func(name string) string {
			t.Helper()
			status, text := b.page("GET", AdoptedPath(slug)+"/bestand/"+name)
			if status == http.StatusNotFound {
				return "-"
			}
			return text
		}
		if read("een.md") != "een Heuvelrijk" {
			t.Error(read("een.md"))
		}
		if _, text := b.page("GET", AdoptedPath(slug)); !strings.Contains(text, "Over een.md (een.md)") || !strings.Contains(text, "Brief · CC-BY-4.0") {
			t.Error("the page does not tell what the files are")
		}
		own := anOffer("1.0.0")
		own.Name = "heuvelrijk.beeldzorg"
		b.must(b.SaveOffer(b.ctx(), slug, own, []Upload{letter("twee.md", "twee van ons"), letter("drie.md", "drie van ons")}, "vier.md"))
		o := anOffer("1.1.0")
		a.must(a.SaveOffer(a.ctx(), "beeldzorg", o, []Upload{letter("een.md", "een nieuw {{gemeente}}"), letter("drie.md", "drie nieuw"), letter("vijf.md", "vijf")}, "weg.md"))
		v, err := a.Offering(a.ctx(), "beeldzorg")
		a.must(err)
		_, err = a.Publish(a.ctx(), "beeldzorg", v.Edit)
		a.must(err)
		in, err := b.Fetch(b.ctx(), a.Address+Path("waterstad.beeldzorg"), "", slug)
		b.must(err)
		look, err := b.Look(b.ctx(), in)
		b.must(err)
		if len(look.Conflicts) != 1 || look.Conflicts[0].ID() != "files/drie.md" || look.Conflicts[0].New != "drie nieuw" || len(look.Differences) < 4 {
			t.Errorf("%+v %+v", look.Conflicts, look.Differences)
		}
		_, err = b.Upgrade(b.ctx(), in, nil, nil)
		b.must(err)
		for name, want := range map[string]string{"een.md": "een nieuw Heuvelrijk", "twee.md": "twee van ons", "drie.md": "drie van ons", "vier.md": "-", "vijf.md": "vijf", "weg.md": "-"} {
			if got := read(name); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
	})
}

// stick signs a package as if it came from a town that nobody knows.
func stick(t *testing.T, w *town, p practice.Package) (string, error) {
	t.Helper()
	k, _, err := practice.NewKey("elders.test")
	w.must(err)
	tgz, err := practice.Pack(p)
	w.must(err)
	signature, err := k.SignPackage(p.Manifest.Name, p.Manifest.Version, tgz)
	w.must(err)
	return w.TakeFile(w.ctx(), tgz, signature, "")
}

func old(files map[string][]byte) practice.Package {
	return practice.Package{Manifest: practice.Manifest{Name: "elders.beeldzorg", Version: "1.0.0", Title: "Beeldzorg", Description: "Zorg op afstand.", License: "EUPL-1.2",
		URL: "https://elders.example/estafette/elders.beeldzorg"}, Parts: map[string][]byte{"initiatives": []byte(`{"title":"Beeldzorg","steps":[]}`)},
		Schemas: map[string][]byte{"initiatives": []byte(storySchema)}, Files: files}
}

// TestPackagesOfBefore: one without a part about its files is taken over with them;
// more than an initiative keeps stays in the package, where it can be read.
func TestPackagesOfBefore(t *testing.T) {
	two(t, func(t *testing.T, _, b *town) {
		in, err := stick(t, b, old(map[string][]byte{"brief.md": []byte("Beste inwoner")}))
		b.must(err)
		slug, err := b.Adopt(b.ctx(), in, Yes{Name: "Oud", Organisation: "org", Trust: true})
		b.must(err)
		files, err := db.All(b.ctx(), b.DB, scanDraftFile, selectDraftFiles, slug)
		b.must(err)
		if len(files) != 1 || files[0].Licence != "EUPL-1.2" || files[0].Kind != kindText {
			t.Errorf("%+v", files)
		}

		p := old(map[string][]byte{})
		p.Manifest.Name, p.Manifest.URL = "groot.beeldzorg", "https://groot.example/estafette/groot.beeldzorg"
		for n := range FilesMost + 1 {
			p.Files[fmt.Sprintf("les-%d.txt", n)] = []byte("Les")
		}
		in, err = stick(t, b, p)
		b.must(err)
		slug, err = b.Adopt(b.ctx(), in, Yes{Name: "Groot", Organisation: "org", Trust: true})
		b.must(err)
		if status, text := b.page("GET", AdoptedPath(slug)+"/bestand/les-7.txt"); status != http.StatusOK || text != "Les" {
			t.Errorf("%d %s", status, text)
		}
	})
}

// TestHundredMegabytesOfTraining: on the form it does not pass, nor out of a package.
func TestHundredMegabytesOfTraining(t *testing.T) {
	two(t, func(t *testing.T, a, b *town) {
		a.initiative("beeldzorg", example)
		large := bytes.Repeat([]byte("les "), FileMost/4-1)
		var uploads []Upload
		p := old(map[string][]byte{})
		p.Manifest.Name = "elders.lessen"
		part := materialPart{}
		for n := range 10 {
			name := fmt.Sprintf("les-%d.txt", n)
			uploads = append(uploads, Upload{Name: name, Data: large, Kind: kindTraining})
			p.Files[name] = large
			part.Files = append(part.Files, materialFile{name, kindTraining, "Les", "CC-BY-4.0"})
		}
		a.is(a.SaveOffer(a.ctx(), "beeldzorg", anOffer("1.0.0"), uploads, ""), "bestand", "wrong.files")
		a.is(a.SaveOffer(a.ctx(), "beeldzorg", anOffer("1.0.0"), []Upload{{Name: "x.txt", Data: bytes.Repeat(large, 10), Kind: kindTraining}}, ""), "bestand", "wrong.filesize")
		a.is(a.SaveOffer(a.ctx(), "beeldzorg", anOffer("1.0.0"), []Upload{{Name: "x.txt", Data: []byte("x"), Licence: "CC-BY-NC-4.0"}}, ""), "bestandlicentie", "bad.noselling")
		data, err := json.Marshal(part)
		b.must(err)
		p.Parts[material] = data
		b.is(b.checkContents(b.ctx(), p), "pakket", "bad.toolarge")
	})
}
