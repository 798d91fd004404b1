package ui

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/a-h/templ"
)

// BouwstenenPage shows every component in every state. A known theme, from the query "thema",
// takes the place of the theme of the shell.
func BouwstenenPage(theme string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		s := ShellOf(ctx)
		if slices.Contains(Themes, theme) {
			s.Theme = theme
		}
		if !slices.Contains(Themes, s.Theme) {
			s.Theme = Themes[0]
		}
		return bouwstenen(s).Render(WithShell(ctx, s), w)
	})
}

// iconNames are the symbols in the sprite, in the order of the page.
var iconNames = []string{
	"question", "answer", "story", "search", "phone", "urgent", "person", "people", "place", "clock",
	"check", "warning", "error", "info", "print", "download", "map", "compare", "mail", "lock", "edit",
	"hide", "flag", "link", "arrow", "menu", "external", "speak", "copy", "empty", "beacon",
}

func themeTabs(s Shell) []Tab {
	tabs := make([]Tab, len(Themes))
	for i, t := range Themes {
		tabs[i] = Tab{Label: strings.ToUpper(t[:1]) + t[1:], Path: "/bouwstenen?thema=" + t, Current: t == s.Theme}
	}
	return tabs
}
