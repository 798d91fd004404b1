package ui

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// Icon draws one symbol of the sprite. It is for the eye only: words stand beside it.
func Icon(name string) templ.Component {
	return hand(func(_ context.Context, h *pen) { h.icon(name) })
}

var (
	iconOpen = `<svg class="wb-icon" aria-hidden="true"><use href="` + AssetURL("icons.svg") + `#`
	flipOpen = `<svg class="wb-icon wb-flip" aria-hidden="true"><use href="` + AssetURL("icons.svg") + `#`
)

func (h *pen) icon(name string) {
	if name == "arrow" {
		h.raw(flipOpen)
	} else {
		h.raw(iconOpen)
	}
	h.text(name)
	h.raw(`"></use></svg>`)
}

// BadgeProps are a state in one or two words.
type BadgeProps struct {
	Tone  Tone
	Label string
	Icon  string // instead of the icon of the tone; a Neutral badge has none by itself
}

func (b BadgeProps) icon() string {
	if b.Icon == "" && b.Tone != Neutral {
		return b.Tone.icon()
	}
	return b.Icon
}

// Badge shows a state with a word and an icon.
func Badge(b BadgeProps) templ.Component {
	return hand(func(_ context.Context, h *pen) { h.badge(b) })
}

func (h *pen) badge(b BadgeProps) {
	h.raw(`<span class="wb-badge wb-badge--`)
	h.raw(b.Tone.name())
	h.raw(`">`)
	if i := b.icon(); i != "" {
		h.icon(i)
	}
	h.text(b.Label)
	h.raw(`</span>`)
}

// CardProps are one thing in a CardList.
type CardProps struct {
	Title  string
	Spans  []Span // instead of Title: with the found words marked
	Path   string // the whole card leads there
	Level  int    // of the heading: 2 (default) or 3
	Badges []BadgeProps
	Meta   []string // short facts at the foot
	Main   bool     // stands out among the others
}

// Card is one thing that can be opened. It stands in a CardList; children are its text.
func Card(p CardProps) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		text := templ.GetChildren(ctx)
		ctx = templ.ClearChildren(ctx)
		if err := flow(w, func(h *pen) { h.cardHead(ctx, p) }); err != nil {
			return err
		}
		if err := text.Render(ctx, w); err != nil {
			return err
		}
		return flow(w, func(h *pen) { h.cardFoot(p) })
	})
}

// Cards is a whole CardList of cards without text of their own.
func Cards(list []CardProps) templ.Component {
	return hand(func(ctx context.Context, h *pen) {
		h.raw(`<ul class="wb-list">`)
		for _, p := range list {
			h.cardHead(ctx, p)
			h.cardFoot(p)
		}
		h.raw(`</ul>`)
	})
}

func (h *pen) cardHead(ctx context.Context, p CardProps) {
	if p.Main {
		h.raw(`<li><article class="wb-card wb-card--main">`)
	} else {
		h.raw(`<li><article class="wb-card">`)
	}
	if p.Level == 3 {
		h.raw(`<h3>`)
	} else {
		h.raw(`<h2>`)
	}
	if p.Path != "" {
		h.raw(`<a href="`)
		h.address(Href(ctx, p.Path))
		h.raw(`">`)
	}
	if len(p.Spans) > 0 {
		h.spans(p.Spans)
	} else {
		h.text(p.Title)
	}
	if p.Path != "" {
		h.raw(`</a>`)
	}
	if p.Level == 3 {
		h.raw(`</h3>`)
	} else {
		h.raw(`</h2>`)
	}
}

func (h *pen) cardFoot(p CardProps) {
	if len(p.Badges)+len(p.Meta) > 0 {
		h.raw(`<footer>`)
		for _, b := range p.Badges {
			h.badge(b)
		}
		for _, m := range p.Meta {
			h.raw(`<span>`)
			h.text(m)
			h.raw(`</span>`)
		}
		h.raw(`</footer>`)
	}
	h.raw(`</article></li>`)
}

// Span is a piece of found text; Mark is what the person searched for. It converts from search.Span.
type Span struct {
	Text string
	Mark bool
}

// Highlight shows found text with the searched words marked.
func Highlight(spans []Span) templ.Component {
	return hand(func(_ context.Context, h *pen) { h.spans(spans) })
}

func (h *pen) spans(spans []Span) {
	for _, s := range spans {
		if !s.Mark {
			h.text(s.Text)
			continue
		}
		h.raw(`<mark>`)
		h.text(s.Text)
		h.raw(`</mark>`)
	}
}

// selectOptions are the options of a Select.
func selectOptions(f Field) templ.Component {
	return hand(func(_ context.Context, h *pen) {
		for _, o := range f.Options {
			h.raw(`<option value="`)
			h.text(o.Value)
			h.raw(`"`)
			if o.Value == f.Value {
				h.raw(` selected`)
			}
			h.raw(`>`)
			h.text(o.label())
			h.raw(`</option>`)
		}
	})
}
