package practice

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"
)

// document makes a document of an office program: name, content, name, content.
func document(t testing.TB, pieces ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i+1 < len(pieces); i += 2 {
		w, err := z.Create(pieces[i])
		if err == nil {
			_, err = w.Write([]byte(pieces[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const (
	wordText  = `<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>Bel </w:t></w:r><w:r><w:t>06-1234</w:t></w:r><w:r><w:t>5678</w:t></w:r></w:p><w:p w:rsidR="06123456"><w:ins w:author="Jan Jansen"><w:r><w:t>Gewone tekst</w:t></w:r></w:ins></w:p></w:body></w:document>`
	wordPlain = `<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>Beste inwoner</w:t></w:r></w:p></w:body></w:document>`
	wordCore  = `<cp:coreProperties xmlns:cp="c" xmlns:dc="d"><dc:title>Brief</dc:title><dc:creator>Sanne de Boer</dc:creator></cp:coreProperties>`
	mailLink  = `<Relationships><Relationship Id="r1" Type="http://x/hyperlink" Target="mailto:jan@example.nl" TargetMode="External"/></Relationships>`
	farAway   = `<Relationships><Relationship Id="r1" Type="http://x/attachedTemplate" Target="https://elders.example/a.dotm" TargetMode="External"/></Relationships>`
	odtText   = `<office:document-content xmlns:office="o" xmlns:text="t"><text:p>Woont u op <text:span>3701</text:span> AB 12?</text:p></office:document-content>`
)

func TestScanReadsDocuments(t *testing.T) {
	p := Package{Files: map[string][]byte{
		"brief.docx": document(t, "[Content_Types].xml", "<Types/>", "word/document.xml", wordText, "docProps/core.xml", wordCore, "word/_rels/document.xml.rels", mailLink,
			"word/media/foto.jpg", "\xff\xd8\xff\xe0\x00\x04xx\xff\xe1\x00\x08Exif\x00\x00", "word/embeddings/blad.xlsx", "x"),
		"les.odt":     document(t, "mimetype", odtType, "content.xml", odtText, "settings.xml", "<s>0612345678</s>"),
		"les.pptx":    document(t, "ppt/presentation.xml", "<p/>", "ppt/slides/slide1.xml", `<a:p xmlns:a="a"><a:t>mail x@example.nl</a:t></a:p>`),
		"pagina.html": []byte("<!doctype html><title>Uitleg</title>\n<p>Vraag <a href=\"mailto:piet@example.nl\">ons</a></p>\n<!-- 0612345678 -->"),
	}}
	var got []string
	for _, f := range Scan(p, []string{"Sanne de Boer"}) {
		got = append(got, strings.TrimPrefix(f.Path, "package/files/")+"#"+f.At+" "+string(f.Sign)+" "+f.Text)
	}
	want := `brief.docx#word/document.xml 1 telephone 06-12345678
brief.docx#word/document.xml maker Jan Jansen
brief.docx#docProps/core.xml maker Sanne de Boer
brief.docx#word/_rels/document.xml.rels mail jan@example.nl
brief.docx#word/media/foto.jpg photo EXIF
brief.docx#word/embeddings/blad.xlsx unread xlsx
les.odt#content.xml 1 address 3701 AB 12
les.pptx#ppt/slides/slide1.xml 1 mail x@example.nl
pagina.html#2 mail piet@example.nl
pagina.html#3 telephone 0612345678`
	if strings.Join(got, "\n") != want {
		t.Errorf("found\n%s", strings.Join(got, "\n"))
	}
}

func TestDocumentsThatRunOrFetchAreRefused(t *testing.T) {
	zeros := strings.Repeat("<p> </p>", 9<<20)
	for name, c := range map[string]struct {
		file string
		data []byte
		kind Kind
	}{
		"good":                 {"a.docx", document(t, "word/document.xml", wordPlain), ""},
		"no zip":               {"a.docx", []byte("PK\x03\x04x"), BadType},
		"a sheet":              {"a.docx", document(t, "xl/workbook.xml", "<x/>"), BadType},
		"a program":            {"a.docx", document(t, "word/document.xml", wordPlain, "word/vbaProject.bin", "x"), BadType},
		"a template elsewhere": {"a.docx", document(t, "word/document.xml", wordPlain, "word/_rels/settings.xml.rels", farAway), BadType},
		"a picture elsewhere":  {"a.odt", document(t, "mimetype", odtType, "content.xml", `<d xmlns:xlink="x"><image xlink:href="https://elders.example/a.png"/></d>`), BadType},
		"an event":             {"a.odt", document(t, "mimetype", odtType, "content.xml", `<d><event-listener/></d>`), BadType},
		"its own entities":     {"a.odt", document(t, "mimetype", odtType, "content.xml", `<!DOCTYPE d [<!ENTITY a "a">]><d>&a;</d>`), BadType},
		"a name that climbs":   {"a.docx", document(t, "word/document.xml", wordPlain, "../x.xml", "<x/>"), BadPath},
		"twice":                {"a.docx", document(t, "word/document.xml", wordPlain, "word/document.xml", wordPlain), Twice},
		"a bomb":               {"a.docx", document(t, "word/document.xml", zeros), Bomb},
		"a page that runs":     {"a.html", []byte(`<p onclick="x()">x</p>`), BadType},
		"a page that sends":    {"a.html", []byte(`<form action="https://elders.example"><input></form>`), BadType},
		"a page that fetches":  {"a.html", []byte(`<p>x<img src="https://elders.example/a.png"></p>`), BadType},
		"a link that runs":     {"a.html", []byte(`<a href="java&#x73;cript:x()">x</a>`), BadType},
		"a page that moves":    {"a.html", []byte(`<meta http-equiv="refresh" content="0;url=https://elders.example">`), BadType},
	} {
		p := sample()
		p.Files[c.file] = c.data
		_, err := Pack(p)
		if KindOf(err) != c.kind {
			t.Errorf("%s: %v, want %q", name, err, c.kind)
		}
	}
}

// TestPicturesInResourcesAreNoText: the base64 of a picture has chance numbers in it.
func TestPicturesInResourcesAreNoText(t *testing.T) {
	p := sample()
	p.Resources["Questionnaire-thuis.json"] = []byte(`{"resourceType":"Questionnaire","id":"thuis","item":[
		{"linkId":"1","text":"Bel 06-12345678"},{"linkId":"2","valueAttachment":{"contentType":"image/jpeg","data":"/9j/4AAEeHj/4QAIRXhpZgAA"}},
		{"linkId":"3","valueAttachment":{"contentType":"image/jpeg","data":"0612345678"}}]}`)
	var got []string
	for _, f := range Scan(p, nil) {
		got = append(got, f.At+" "+string(f.Sign))
	}
	if strings.Join(got, "; ") != "/item/0/text telephone; /item/1/valueAttachment/data photo; /item/2/valueAttachment/data telephone" {
		t.Error(got)
	}
}

func TestContentFillsAndCompares(t *testing.T) {
	c := Content{Part: []byte(`{"a":"{{x}}"}`), Resources: map[string][]byte{"Questionnaire-a.json": []byte(`{"title":"{{x}}"}`)},
		Files: map[string][]byte{"a.html": []byte("<p>{{x}}</p>"), "a.md": []byte("{{x}}"), "a.csv": []byte("{{x}}")}}
	f, err := c.Fill(map[string]string{"x": "<b>"})
	if err != nil || string(f.Files["a.html"]) != "<p>&lt;b&gt;</p>" || string(f.Files["a.md"]) != "<b>" || string(f.Files["a.csv"]) != "{{x}}" ||
		string(f.Resources["Questionnaire-a.json"]) != `{"title":"<b>"}` {
		t.Errorf("%q %v", f.Files, err)
	}
	o := f
	o.Part = []byte("{ \"a\" : \"<b>\" }")
	if !f.Same(o) || f.Same(c) || f.Empty() || !(Content{}).Empty() {
		t.Error("contents compare wrongly")
	}
	o.Files = map[string][]byte{}
	if f.Same(o) {
		t.Error("files do not count")
	}
}
