package apptest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Client asks for pages as a browser without JavaScript does: it keeps cookies,
// follows redirects and sends what browsers send with a form.
type Client struct {
	w     *World
	http  *http.Client
	token string
	other bool // a page of another site makes the browser ask
}

// Page is an answer.
type Page struct {
	Status int
	Path   string // where the redirects ended, with the query
	Header http.Header
	Body   string
}

// Client gives a new browser of somebody unknown.
func (w *World) Client() *Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return &Client{w: w, http: &http.Client{Jar: jar}}
}

// SetCookie gives the browser a cookie.
func (c *Client) SetCookie(name, value string) {
	c.http.Jar.SetCookies(c.base(), []*http.Cookie{{Name: name, Value: value, Path: "/"}})
}

// Cookies lists the names of the cookies the browser has.
func (c *Client) Cookies() []string {
	var names []string
	for _, k := range c.http.Jar.Cookies(c.base()) {
		names = append(names, k.Name)
	}
	return names
}

func (c *Client) base() *url.URL {
	u, err := url.Parse(c.w.URL)
	if err != nil {
		c.w.t.Fatal(err)
	}
	return u
}

// Get asks for a page.
func (c *Client) Get(path string) Page {
	c.w.t.Helper()
	return c.Do(http.MethodGet, path, "", "")
}

// Post sends a form: name, value, name, value.
func (c *Client) Post(path string, pairs ...string) Page {
	c.w.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return c.Do(http.MethodPost, path, "application/x-www-form-urlencoded", form.Encode())
}

// JSON sends v to the API.
func (c *Client) JSON(method, path string, v any) Page {
	c.w.t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		c.w.t.Fatal(err)
	}
	return c.Do(method, path, "application/json", string(b))
}

// Do sends any request.
func (c *Client) Do(method, path, kind, body string) Page {
	c.w.t.Helper()
	r, err := http.NewRequest(method, c.w.URL+path, strings.NewReader(body))
	if err != nil {
		c.w.t.Fatal(err)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	switch {
	case c.token != "":
		r.Header.Set("Authorization", "Bearer "+c.token)
	case c.other:
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		r.Header.Set("Origin", "https://elders.example")
	default:
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	res, err := c.http.Do(r)
	if err != nil {
		c.w.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer res.Body.Close() //nolint:errcheck // it was read
	b, err := io.ReadAll(res.Body)
	if err != nil {
		c.w.t.Fatalf("%s %s: %v", method, path, err)
	}
	return Page{Status: res.StatusCode, Path: res.Request.URL.RequestURI(), Header: res.Header, Body: string(b)}
}

// Once has the browser not follow redirects.
func (c *Client) Once() *Client {
	again := *c
	plain := *c.http
	plain.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	again.http = &plain
	return &again
}

// FromElsewhere is the same browser, made to ask by a page of another site.
func (c *Client) FromElsewhere() *Client {
	again := *c
	again.other = true
	return &again
}

// Text gives what a person reads on the page, on one line.
func (p Page) Text() string {
	if !strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
		return p.Body
	}
	doc, err := html.Parse(strings.NewReader(p.Body))
	if err != nil {
		return p.Body
	}
	var b strings.Builder
	for n := range doc.Descendants() {
		if n.Type == html.TextNode && n.Parent.DataAtom != atom.Script && n.Parent.DataAtom != atom.Style {
			b.WriteString(n.Data)
			b.WriteByte(' ')
		}
		if n.Type == html.ElementNode && (n.DataAtom == atom.Input || n.DataAtom == atom.Img) {
			for _, a := range n.Attr {
				if a.Key == "value" || a.Key == "alt" {
					b.WriteString(a.Val)
					b.WriteByte(' ')
				}
			}
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// Links gives the addresses of ours that the page leads to by a link or a form
// that asks (GET), each once.
func (p Page) Links() []string {
	if !strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
		return nil
	}
	doc, err := html.Parse(strings.NewReader(p.Body))
	if err != nil {
		return nil
	}
	var links []string
	seen := map[string]bool{}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode || n.DataAtom != atom.A && n.DataAtom != atom.Link && n.DataAtom != atom.Img {
			continue
		}
		for _, a := range n.Attr {
			if a.Key != "href" && a.Key != "src" {
				continue
			}
			link, _, _ := strings.Cut(a.Val, "#")
			if strings.HasPrefix(link, "/") && !strings.HasPrefix(link, "//") && !seen[link] {
				seen[link] = true
				links = append(links, link)
			}
		}
	}
	return links
}
