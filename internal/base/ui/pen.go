package ui

import (
	"context"
	"io"
	"sync"

	"github.com/a-h/templ"
)

// pen writes HTML by hand. A list holds some components a hundred times, and templ
// takes several times as long for them: cards, badges, icons, buttons and the options
// of a Select are written with a pen, all else in templ. Change one as you would there,
// and run TestHandmadeComponentsGiveTheGoldenHTML with -update to see what it gives.
type pen struct{ b []byte }

// raw writes HTML that we wrote ourselves. What people typed goes through text.
func (h *pen) raw(html string) { h.b = append(h.b, html...) }

// escaped is what stands for a character that HTML has its own use for.
var escaped = [256]string{'&': "&amp;", '<': "&lt;", '>': "&gt;", '"': "&#34;", '\'': "&#39;"}

// text writes words, or the value of an attribute between double quotes.
func (h *pen) text(s string) {
	from := 0
	for i := range len(s) {
		if as := escaped[s[i]]; as != "" {
			h.raw(s[from:i])
			h.raw(as)
			from = i + 1
		}
	}
	h.raw(s[from:])
}

// address writes an address as the value of an attribute; one that would run a
// script is made harmless.
func (h *pen) address(s string) { h.text(string(templ.URL(s))) }

var pens = sync.Pool{New: func() any { return &pen{make([]byte, 0, 2048)} }}

// hand makes a component of what is written by hand.
func hand(write func(ctx context.Context, h *pen)) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return flow(w, func(h *pen) { write(ctx, h) })
	})
}

// flow writes to w what is written by hand.
func flow(w io.Writer, write func(h *pen)) error {
	h := pens.Get().(*pen)
	defer pens.Put(h)
	h.b = h.b[:0]
	write(h)
	_, err := w.Write(h.b)
	return err
}
