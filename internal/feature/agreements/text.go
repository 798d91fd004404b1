package agreements

import (
	"context"
	"net/url"
	"strings"

	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
)

// sections are the parts of the text for a tender, in their order. Each has a title,
// demands (one a line) and the laws and standards they rest on.
//
// keys: agreements.text.*.title agreements.text.*.body agreements.text.*.source
var sections = []string{"goal", "result", "access", "privacy", "security", "log", "standards", "data", "device", "algorithm", "running", "help"}

type textView struct{ Chosen []string }

func sectionWord(ctx context.Context, section, part string) string {
	return i18n.T(ctx, "agreements.text."+section+"."+part)
}

// demands are the demands of a part.
func demands(ctx context.Context, section string) []string {
	return strings.Split(sectionWord(ctx, section, "body"), "\n")
}

// plain is the text to paste into a document of one's own.
func (p textView) plain(ctx context.Context) string {
	var b strings.Builder
	b.WriteString(i18n.T(ctx, "agreements.text.title") + "\n\n" + i18n.T(ctx, "agreements.text.check") + "\n")
	for _, one := range p.Chosen {
		b.WriteString("\n" + sectionWord(ctx, one, "title") + "\n\n")
		for _, line := range demands(ctx, one) {
			b.WriteString("- " + line + "\n")
		}
		b.WriteString(i18n.T(ctx, "agreements.text.source", "source", sectionWord(ctx, one, "source")) + "\n")
	}
	return b.String()
}

func (p textView) options(ctx context.Context) []ui.Option {
	list := make([]ui.Option, len(sections))
	for k, one := range sections {
		list[k] = ui.Option{Value: one, Label: sectionWord(ctx, one, "title")}
	}
	return list
}

// query is what was ticked, for the address of the plain text.
func (p textView) query() string {
	return url.Values{"deel": p.Chosen, "gekozen": {"ja"}}.Encode()
}
