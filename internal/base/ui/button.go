package ui

import (
	"context"

	"github.com/a-h/templ"
)

// ButtonKind is how heavy a button weighs.
type ButtonKind int

// A page has one Main button; the rest is Plain, Subtle for what is seldom needed, Danger for what cannot be undone.
const (
	Plain ButtonKind = iota
	Main
	Subtle
	Danger
)

// ButtonProps describe a Button (sends the form) or a ButtonLink (goes to Path).
type ButtonProps struct {
	Label    string
	Icon     string
	Kind     ButtonKind
	Path     string // of a ButtonLink
	Name     string // of a Button: what it adds to the form
	Value    string
	Disabled bool
	Download bool // of a ButtonLink: the browser saves it
}

func (k ButtonKind) class() string {
	return [...]string{"nl-button", "nl-button nl-button--primary", "nl-button nl-button--subtle", "nl-button nl-button--danger"}[k]
}

// Button sends the form it stands in.
func Button(p ButtonProps) templ.Component {
	return hand(func(_ context.Context, h *pen) {
		h.raw(`<button class="`)
		h.raw(p.Kind.class())
		if p.Disabled {
			h.raw(` nl-button--disabled" disabled`)
		} else {
			h.raw(`"`)
		}
		if p.Name != "" {
			h.raw(` name="`)
			h.text(p.Name)
			h.raw(`" value="`)
			h.text(p.Value)
			h.raw(`"`)
		}
		h.raw(`>`)
		h.buttonText(p)
		h.raw(`</button>`)
	})
}

// ButtonLink goes to another page and looks like a button.
func ButtonLink(p ButtonProps) templ.Component {
	return hand(func(ctx context.Context, h *pen) {
		h.raw(`<a class="`)
		h.raw(p.Kind.class())
		h.raw(`" href="`)
		h.address(Href(ctx, p.Path))
		h.raw(`"`)
		if p.Download {
			h.raw(` download`)
		}
		h.raw(`>`)
		h.buttonText(p)
		h.raw(`</a>`)
	})
}

func (h *pen) buttonText(p ButtonProps) {
	if p.Icon != "" {
		h.icon(p.Icon)
	}
	h.text(p.Label)
}
