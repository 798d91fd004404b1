// Package blob keeps files: on disk beside the database, or in an object store
// that speaks S3. It knows nothing of who may see a file; the room that owns it
// does. Pictures come in by Image, which makes them anew without what a phone
// hides in them (place, time, owner).
package blob

import (
	"bufio"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"io"
	"iter"
	"net/http"
	"regexp"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
)

//go:embed locales
var locales embed.FS

// Locales are the words about files.
var Locales = i18n.Source{Room: "blob", FS: locales}

// Info is what a store knows of a file. List leaves Type empty.
type Info struct {
	Key  string
	Size int64
	Type string // by its content, one of a few types that are safe to serve
	At   time.Time
}

// Store keeps files under keys. It is safe for concurrent use; each
// implementation passes blobtest.
type Store interface {
	// Put keeps all of r durably, in place of what was there, or changes
	// nothing. More than the bound of the store is a fault.TooLarge.
	Put(ctx context.Context, key string, r io.Reader) (Info, error)
	// Get opens a file; fault.NotFound if there is none.
	Get(ctx context.Context, key string) (io.ReadCloser, Info, error)
	// Delete removes a file. That there is none is no error.
	Delete(ctx context.Context, key string) error
	// List gives the files whose keys begin with prefix, in no order.
	List(ctx context.Context, prefix string) iter.Seq2[Info, error]
}

// keyMost bounds a key, so that it fits a file system and S3.
const keyMost = 200

var keyForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*$`)

var errKey = errors.New("a key is made of a-z, 0-9, '.', '_', '-' in parts between slashes, at most 200 characters")

func checkKey(key string) error {
	if len(key) > keyMost || !keyForm.MatchString(key) {
		return errKey
	}
	return nil
}

// ContentKey is a key made of the content itself: the same bytes are kept once
// and can be checked.
func ContentKey(content []byte) string {
	sum := sha256.Sum256(content)
	s := hex.EncodeToString(sum[:])
	return "sha256/" + s[:2] + "/" + s
}

// sniffed is how much of a file tells its type.
const sniffed = 512

// safe are the types that a browser may show. Everything else, above all HTML
// and SVG, is served as bytes to keep, so that it cannot act as our own page.
var safe = map[string]bool{
	"image/jpeg": true, "image/png": true, "image/gif": true, "image/webp": true,
	"application/pdf": true, "application/zip": true, "text/plain; charset=utf-8": true,
	"audio/mpeg": true, "audio/wave": true, "application/ogg": true, "video/mp4": true, "video/webm": true,
}

// Type tells the type of a file by its first bytes, whatever its name says.
func Type(head []byte) string {
	t := http.DetectContentType(head[:min(len(head), sniffed)])
	if !safe[t] || t == "text/plain; charset=utf-8" && looksLikeMarkup(head) {
		return "application/octet-stream"
	}
	return t
}

// looksLikeMarkup: SVG without an XML declaration counts as plain text.
func looksLikeMarkup(head []byte) bool {
	return strings.HasPrefix(strings.TrimSpace(string(head[:min(len(head), sniffed)])), "<")
}

// opened adds the type to a file that is being read.
func opened(f io.ReadCloser, info Info) (io.ReadCloser, Info, error) {
	r := bufio.NewReaderSize(f, 4096)
	head, err := r.Peek(sniffed)
	if err != nil && err != io.EOF {
		f.Close() //nolint:errcheck,gosec // the first error tells
		return nil, Info{}, err
	}
	info.Type = Type(head)
	return struct {
		io.Reader
		io.Closer
	}{r, f}, info, nil
}

// bounded fails when more than most bytes come, and sees to ctx between reads.
type bounded struct {
	ctx  context.Context
	r    io.Reader
	left int64
	most int64
	head []byte
	err  error
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	if b.err = b.ctx.Err(); b.err != nil {
		return 0, b.err
	}
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		n, err = 0, fault.TooLarge("blob.error.toolarge", "most", b.most>>20)
	}
	if room := sniffed - len(b.head); room > 0 {
		b.head = append(b.head, p[:min(n, room)]...)
	}
	b.err = err
	return n, err
}

func (b *bounded) size() int64 { return b.most - b.left }
