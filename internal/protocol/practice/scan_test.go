package practice

import (
	"strings"
	"testing"
)

func TestScanFinds(t *testing.T) {
	names := []string{"Sanne de Boer", "Fatma", "Jo"}
	for text, want := range map[string]string{
		"Mail naar s.deboer@zorg-thuis.nl.":       "mail s.deboer@zorg-thuis.nl",
		"<mailto:info@example.org>":               "mail info@example.org",
		"a@b":                                     "",
		"@media print":                            "",
		"Bel 06-12345678 of kom":                  "telephone 06-12345678",
		"0612345678":                              "telephone 0612345678",
		"tel:(030) 123 45 67":                     "telephone 030) 123 45 67",
		"+31 6 1234 5678":                         "telephone +31 6 1234 5678",
		"+31 (0)343-123456":                       "telephone +31 (0)343-123456",
		"0031612345678":                           "telephone 0031612345678",
		"naam,0612345678,ja":                      "telephone 0612345678",
		"12,0612345678":                           "telephone 0612345678",
		"Bel 0800-1234567 of 14 030":              "",
		"01-02-2024 10:30":                        "",
		"06-02-2024 10:30":                        "",
		"van 2019 tot 2023, 12 maanden":           "",
		"3.0612345678":                            "",
		"BSN 111222333":                           "citizen 111222333",
		"1112.22.333":                             "citizen 1112.22.333",
		"111222334":                               "",
		"111.222.333,50 euro":                     "",
		"https://doi.org/10.1016/111222333":       "",
		"NL91 ABNA 0417 1643 00":                  "account NL91 ABNA 0417 1643 00",
		"nl91abna0417164300":                      "account nl91abna0417164300",
		"NL92 ABNA 1417 1643 00":                  "",
		"Dorpsstraat 12, 3701 AB Zeist":           "address 12 3701 AB",
		"3701AB 12":                               "address 3701AB 12",
		"postcode 3701 AB in Zeist":               "",
		"in 2024 SD 12":                           "",
		"Vraag Sanne de Boer":                     "name Sanne de Boer",
		"vraag sanne DE boer":                     "name sanne DE boer",
		"Sanne de Vries":                          "",
		"met Fatma.":                              "name Fatma",
		"fatma":                                   "",
		"Jo":                                      "",
		"é0612345678":                             "",
		"Zie paragraaf 1.2 en artikel 2.3.5 Wmo.": "",
	} {
		p := Package{Files: map[string][]byte{"a.md": []byte("\n" + text)}}
		var got []string
		for _, f := range Scan(p, names) {
			got = append(got, string(f.Sign)+" "+f.Text)
			if f.Path != "package/files/a.md" || f.At != "2" {
				t.Errorf("%+v", f)
			}
		}
		if strings.Join(got, "; ") != want {
			t.Errorf("%q: found %q, want %q", text, got, want)
		}
	}
}

func TestScanLooksEverywhere(t *testing.T) {
	p := sample()
	p.Manifest.Description = "Vraag het aan jan@example.nl"
	p.Parts["initiatives"] = []byte(`{"title":"x","steps":[{"id":"a","text":"bel 06 12345678"}],"jan@x.nl":111222333}`)
	p.Files["foto.jpg"] = []byte("\xff\xd8\xff\xe0\x00\x04xx\xff\xe1\x00\x08Exif\x00\x00")
	p.Files["foto.png"] = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x01tEXtx1234")
	p.Files["foto.webp"] = []byte("RIFF\x00\x00\x00\x00WEBPXMP \x00\x00\x00\x00")
	p.Files["les.pdf"] = []byte("%PDF-1.7")
	p.Resources["Questionnaire-thuis.json"] = []byte(`{"resourceType":"Questionnaire","id":"thuis","contact":["Sanne de Boer"]}`)
	var got []string
	for _, f := range Scan(p, []string{"Sanne de Boer"}) {
		got = append(got, strings.TrimPrefix(f.Path, "package/")+"#"+f.At+" "+string(f.Sign))
		if len(f.ID()) != 16 || f.Certain() != (f.Sign != Named && f.Sign != Unread && f.Sign != Maker) {
			t.Errorf("%+v", f)
		}
	}
	want := `package.json#/description mail
parts/initiatives.json#/jan@x.nl mail
parts/initiatives.json#/jan@x.nl citizen
parts/initiatives.json#/steps/0/text telephone
Questionnaire-thuis.json#/contact/0 name
files/foto.jpg# photo
files/foto.png# photo
files/foto.webp# photo
files/les.pdf# unread`
	if strings.Join(got, "\n") != want {
		t.Errorf("found\n%s", strings.Join(got, "\n"))
	}
	if list := Scan(sample(), []string{"Sanne de Boer"}); len(list) > 0 {
		t.Errorf("a clean package has %+v", list)
	}
}

func FuzzScan(f *testing.F) {
	for _, s := range []string{"a@b.nl", "06-12345678", "3701 AB 12", "NL91ABNA0417164300", "111.222.333", "\xff+\xff"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(_ *testing.T, data []byte) {
		for _, name := range []string{"a.md", "a.jpg", "a.png", "a.webp", "a.json", "a.docx", "a.odt", "a.html"} {
			Scan(Package{Files: map[string][]byte{name: data}}, []string{"Jan", "Jan de Vries"})
		}
	})
}
