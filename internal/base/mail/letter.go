package mail

import (
	"errors"
	"html/template"
	"net/url"
	"regexp"
	"strings"
)

// Letter is what we write to a person: short, in their language, with at most
// one thing to do. The words come from the locales of the room that writes.
type Letter struct {
	Lang       string // such as "nl"
	Greeting   string
	Paragraphs []string
	Button     Button // optional
	Closing    string
}

// Button is the one link of a letter.
type Button struct{ Label, URL string }

var (
	errLetter = errors.New("a letter needs a language, a greeting, a paragraph and a closing")
	errButton = errors.New("the button of a letter needs a label and a whole web address")
	langForm  = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)
)

// The address stands below the button too: whoever does not trust a button in a
// mail can read where it leads.
var letterPage = template.Must(template.New("letter").Parse(`<!doctype html>
<html lang="{{.Lang}}" dir="auto">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{{.Subject}}</title>
</head>
<body style="margin:0;background:#fff;color:#1a1a1a">
<div lang="{{.Lang}}" style="max-width:34em;margin:0 auto;padding:24px;font:18px/1.6 Arial,Helvetica,sans-serif">
<p>{{.Greeting}}</p>
{{range .Paragraphs}}<p>{{range $i, $line := .}}{{if $i}}<br>{{end}}{{$line}}{{end}}</p>
{{end}}{{if .Button.URL}}<p><a href="{{.Button.URL}}" style="display:inline-block;padding:14px 24px;background:#0b4a6f;color:#fff;font-weight:bold;border-radius:4px">{{.Button.Label}}</a></p>
<p>{{.Button.URL}}</p>
{{end}}<p>{{range $i, $line := .Closing}}{{if $i}}<br>{{end}}{{$line}}{{end}}</p>
</div>
</body>
</html>
`))

// Compose makes a message of a letter, as text and as HTML.
func Compose(to, subject string, l Letter) (Message, error) {
	if !langForm.MatchString(l.Lang) || l.Greeting == "" || len(l.Paragraphs) == 0 || l.Closing == "" {
		return Message{}, errLetter
	}
	if l.Button != (Button{}) {
		u, err := url.Parse(l.Button.URL)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || l.Button.Label == "" || strings.ContainsAny(l.Button.URL, " \r\n\t") {
			return Message{}, errButton
		}
	}
	blocks := append([]string{l.Greeting}, l.Paragraphs...)
	if l.Button.URL != "" {
		blocks = append(blocks, l.Button.Label+":\n"+l.Button.URL)
	}
	blocks = append(blocks, l.Closing)
	page := struct {
		Lang, Subject, Greeting string
		Paragraphs              [][]string
		Button                  Button
		Closing                 []string
	}{Lang: l.Lang, Subject: subject, Greeting: l.Greeting, Button: l.Button, Closing: strings.Split(l.Closing, "\n")}
	for _, p := range l.Paragraphs {
		page.Paragraphs = append(page.Paragraphs, strings.Split(p, "\n"))
	}
	var html strings.Builder
	if err := letterPage.Execute(&html, page); err != nil {
		return Message{}, err
	}
	return Message{To: to, Subject: subject, Text: strings.Join(blocks, "\n\n"), HTML: html.String()}, nil
}
