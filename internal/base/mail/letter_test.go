package mail_test

import (
	"strings"
	"testing"

	"golang.org/x/net/html"

	"wijkbaak.nl/internal/base/mail"
)

var letter = mail.Letter{
	Lang: "nl", Greeting: "Beste mevrouw <De Vries>,",
	Paragraphs: []string{"Er is een antwoord op uw vraag.", "U leest het op onze website.\nDat kan tot 1 mei."},
	Button:     mail.Button{Label: "Lees het antwoord", URL: "https://buurt.example/vragen/1?a=1&b=2"},
	Closing:    "Met vriendelijke groet,\nBuurt Zuid",
}

func TestCompose(t *testing.T) {
	m, err := mail.Compose("a@example.org", "Een antwoord", letter)
	if err != nil {
		t.Fatal(err)
	}
	want := `Beste mevrouw <De Vries>,

Er is een antwoord op uw vraag.

U leest het op onze website.
Dat kan tot 1 mei.

Lees het antwoord:
https://buurt.example/vragen/1?a=1&b=2

Met vriendelijke groet,
Buurt Zuid`
	if m.Text != want || m.To != "a@example.org" || m.Subject != "Een antwoord" {
		t.Errorf("%+v", m)
	}
	page, err := html.Parse(strings.NewReader(m.HTML))
	if err != nil {
		t.Fatal(err)
	}
	links, lang, words := 0, "", ""
	for n := range page.Descendants() {
		if n.Type == html.TextNode {
			words += n.Data + "\n"
		}
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "img", "script", "link", "iframe", "style", "form":
			t.Errorf("a letter holds <%s>", n.Data)
		}
		for _, a := range n.Attr {
			switch {
			case a.Key == "lang" && n.Data == "html":
				lang = a.Val
			case a.Key == "href":
				links++
				if a.Val != letter.Button.URL {
					t.Errorf("link to %s", a.Val)
				}
			case a.Key == "src", a.Key == "background", strings.Contains(a.Val, "url("):
				t.Errorf("%s=%q asks another computer", a.Key, a.Val)
			}
		}
	}
	if links != 1 || lang != "nl" {
		t.Errorf("%d links, language %q", links, lang)
	}
	for _, block := range strings.Split(want, "\n") {
		if !strings.Contains(words, strings.TrimSuffix(block, ":")) {
			t.Errorf("%q is not in the HTML:\n%s", block, m.HTML)
		}
	}
	quiet := letter
	quiet.Button = mail.Button{}
	if m, err := mail.Compose("a@example.org", "s", quiet); err != nil || strings.Contains(m.HTML, "<a ") || strings.Contains(m.Text, "\n\n\n") {
		t.Errorf("without a button: %v\n%s", err, m.HTML)
	}
}

func TestComposeRefuses(t *testing.T) {
	for name, change := range map[string]func(*mail.Letter){
		"script":     func(l *mail.Letter) { l.Button.URL = "javascript:alert(1)" },
		"no page":    func(l *mail.Letter) { l.Button.URL = "ftp://x.example/" },
		"half":       func(l *mail.Letter) { l.Button.URL = "/vragen" },
		"two lines":  func(l *mail.Letter) { l.Button.URL = "https://x.example/\nhttps://y.example" },
		"no label":   func(l *mail.Letter) { l.Button.Label = "" },
		"no address": func(l *mail.Letter) { l.Button.URL = "" },
		"no lang":    func(l *mail.Letter) { l.Lang = "" },
		"bad lang":   func(l *mail.Letter) { l.Lang = `nl" onload="x` },
		"empty":      func(l *mail.Letter) { l.Paragraphs = nil },
		"no end":     func(l *mail.Letter) { l.Closing = "" },
	} {
		l := letter
		change(&l)
		if _, err := mail.Compose("a@example.org", "s", l); err == nil {
			t.Error(name)
		}
	}
}
