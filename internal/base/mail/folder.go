package mail

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/microcosm-cc/bluemonday"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/fault"
)

// Folder writes mail as files instead of sending it: for a demo and for tests.
type Folder struct {
	dir   string
	from  *mail.Address
	clock clock.Clock
}

// NewFolder makes the folder if need be.
func NewFolder(dir, from string, c clock.Clock) (*Folder, error) {
	a, err := mail.ParseAddress(from)
	if err != nil {
		return nil, fmt.Errorf("sender of mail: %w", err)
	}
	return &Folder{dir: dir, from: a, clock: c}, os.MkdirAll(dir, 0o700)
}

// stamp makes the names of files sort by time.
const stamp = "20060102T150405.000000000Z"

var fileName = regexp.MustCompile(`^\d{8}T\d{6}\.\d{9}Z-[A-Z2-7]{26}\.eml$`)

// Send writes m as an .eml file, whole or not at all.
func (f *Folder) Send(ctx context.Context, m Message) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	now := f.clock.Now().UTC()
	msg, err := build(m, f.from, now)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if _, err := msg.WriteTo(&b); err != nil {
		return err
	}
	name := filepath.Join(f.dir, now.Format(stamp)+"-"+rand.Text()+".eml")
	if err := os.WriteFile(name+".part", b.Bytes(), 0o600); err != nil {
		return err
	}
	return os.Rename(name+".part", name)
}

// Posted is a mail as it was written. HTML is clean: it can be put in a page.
type Posted struct {
	Message
	Name string // of the file
	From string
	At   time.Time
}

// List reads the newest mails of a folder, the newest first, at most most.
func List(dir string, most int) ([]Posted, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var list []Posted
	for _, e := range slices.Backward(entries) {
		if len(list) == most {
			break
		}
		if !fileName.MatchString(e.Name()) {
			continue
		}
		p, err := Read(dir, e.Name())
		if fault.KindOf(err) == fault.KindNotFound {
			continue // it was removed meanwhile
		}
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, nil
}

// Read reads one mail of a folder by the name of its file.
func Read(dir, name string) (Posted, error) {
	if !fileName.MatchString(name) {
		return Posted{}, fault.NotFound()
	}
	b, err := os.ReadFile(filepath.Join(dir, name)) //nolint:gosec // the form of the name was checked
	if errors.Is(err, fs.ErrNotExist) {
		return Posted{}, fault.NotFound()
	}
	if err != nil {
		return Posted{}, err
	}
	p, err := Parse(b)
	if err != nil {
		return Posted{}, fmt.Errorf("read %s: %w", name, err)
	}
	p.Name = name
	return p, nil
}

// partsMost bounds the parts of a mail that is read.
const partsMost = 10

// Parse reads a mail as Folder and SMTP write it.
func Parse(raw []byte) (Posted, error) {
	if len(raw) > 4*bodyMost {
		return Posted{}, errBody
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return Posted{}, err
	}
	var p Posted
	if p.Subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		return Posted{}, err
	}
	if to, err := m.Header.AddressList("To"); err == nil {
		p.To = to[0].Address
	}
	if from, err := m.Header.AddressList("From"); err == nil {
		p.From = from[0].Address
	}
	if at, err := m.Header.Date(); err == nil {
		p.At = at.UTC()
	}
	p.ID, _, _ = strings.Cut(strings.Trim(m.Header.Get("Message-ID"), "<>"), "@")
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		return Posted{}, err
	}
	if kind != "multipart/alternative" {
		return p, p.read(kind, m.Header.Get("Content-Transfer-Encoding"), m.Body)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for range partsMost {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			return p, nil
		}
		if err != nil {
			return Posted{}, err
		}
		kind, _, err := mime.ParseMediaType(part.Header.Get("Content-Type"))
		if err != nil {
			return Posted{}, err
		}
		if err := p.read(kind, part.Header.Get("Content-Transfer-Encoding"), part); err != nil {
			return Posted{}, err
		}
	}
	return p, nil
}

// policy leaves of a letter what a page can show without asking anyone else.
var policy = bluemonday.NewPolicy().
	AllowElements("p", "br", "h1", "h2", "strong", "em", "ul", "ol", "li", "main", "div").
	AllowAttrs("lang").Matching(regexp.MustCompile(`^[a-zA-Z-]{2,20}$`)).OnElements("p", "div", "main").
	AllowAttrs("href").OnElements("a").
	AllowURLSchemes("http", "https").RequireParseableURLs(true).RequireNoFollowOnLinks(true)

func (p *Posted) read(kind, encoding string, r io.Reader) error {
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		r = quotedprintable.NewReader(r)
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, r)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	text := strings.TrimRight(strings.ReplaceAll(strings.ToValidUTF8(string(b), "\uFFFD"), "\r\n", "\n"), "\n")
	switch kind {
	case "text/plain":
		p.Text = text
	case "text/html":
		p.HTML = policy.Sanitize(text)
	}
	return nil
}
