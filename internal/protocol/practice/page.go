package practice

import (
	"bytes"
	"errors"
	"io"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// A page in a package is a text with headings, lists and tables. Only what stands
// in these lists may be in it: nothing that runs, fetches or sends.
var (
	pageElements = []string{"html", "head", "title", "meta", "body", "main", "section", "article", "header", "footer", "h1", "h2", "h3", "h4", "h5", "h6",
		"p", "br", "hr", "div", "span", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre", "code", "strong", "b", "em", "i", "u", "s", "small", "sub",
		"sup", "a", "abbr", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "figure", "figcaption", "time", "address", "q", "cite"}
	pageAttributes = []string{"lang", "dir", "id", "title", "href", "colspan", "rowspan", "scope", "charset", "name", "content", "class", "datetime"}
)

const pageTokenMost = 1 << 20

// readPage walks through a page: say takes its texts, by line, and its links.
func readPage(name string, data []byte, say func(line int, text string)) error {
	z := html.NewTokenizer(bytes.NewReader(data))
	z.SetMaxBuf(pageTokenMost)
	line := 1
	for {
		kind := z.Next()
		at := line
		line += bytes.Count(z.Raw(), []byte("\n"))
		switch kind {
		case html.ErrorToken:
			if errors.Is(z.Err(), io.EOF) {
				return nil
			}
			return wrong(BadType, clip(name), "it cannot be read: %v", z.Err())
		case html.TextToken, html.CommentToken:
			text := z.Token().Data
			n := at
			for part := range strings.Lines(text) {
				say(n, part)
				n++
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			if !slices.Contains(pageElements, t.Data) {
				return wrong(BadType, clip(name), "a page holds no <%s>", clip(t.Data))
			}
			for _, a := range t.Attr {
				if !slices.Contains(pageAttributes, a.Key) || a.Namespace != "" {
					return wrong(BadType, clip(name), "a page holds no %s", clip(a.Key))
				}
				if a.Key == "href" && !leads(a.Val) {
					return wrong(BadType, clip(name), "it leads to %q", clip(a.Val))
				}
				say(at, a.Val)
			}
		}
	}
}

// leads tells whether somebody may follow a link: to a website, a letter or a
// telephone, or within the page.
func leads(to string) bool {
	u, err := url.Parse(to)
	return err == nil && (slices.Contains([]string{"http", "https", "mailto", "tel"}, u.Scheme) || u.Scheme == "" && u.Host == "")
}
