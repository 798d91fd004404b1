package ui

import (
	"context"
	"strings"
)

// Themes are the token sets that ship, the neutral default first.
var Themes = []string{"duin", "polder", "haven"}

// Shell is what every page shares within one request.
type Shell struct {
	Lang      string // "nl" or "en"
	Dir       string // "ltr" or "rtl"; empty is ltr
	Theme     string // one of Themes; anything else is the default
	PlaceName string // "Wijkbaak Zeist"
	Path      string // path and query of this page, without the language in front
	Build     string // version, shown in the footer
	Nav       []NavItem
	Who       *Who // nil when nobody is signed in
	Demo      bool // says on top of the page that nothing here is real
}

// NavItem is one link of the main navigation.
type NavItem struct {
	Label string
	Path  string // without the language in front
}

// Who is the person who is signed in.
type Who struct {
	Name string
	Path string // own page; empty when there is none
}

type shellKey struct{}

// WithShell hands the shell to all components of a page. What it leaves empty is
// Dutch, from left to right, and the name of the program.
func WithShell(ctx context.Context, s Shell) context.Context {
	if s.Lang == "" {
		s.Lang = "nl"
	}
	if s.Dir == "" {
		s.Dir = "ltr"
	}
	if s.PlaceName == "" {
		s.PlaceName = "Wijkbaak"
	}
	return context.WithValue(ctx, shellKey{}, &s)
}

var noShell = Shell{Lang: "nl", Dir: "ltr", PlaceName: "Wijkbaak"}

// ShellOf gives the shell of this request; without one, Dutch and the default theme.
func ShellOf(ctx context.Context) Shell { return *shellOf(ctx) }

func shellOf(ctx context.Context) *Shell {
	if s, ok := ctx.Value(shellKey{}).(*Shell); ok {
		return s
	}
	return &noShell
}

// Href makes an address of a path of ours and keeps the language: "/vragen" is "/en/vragen" in English.
// Addresses of elsewhere and anchors stay as they are.
func Href(ctx context.Context, path string) string {
	if shellOf(ctx).Lang == "en" {
		return hrefIn("en", path)
	}
	return path
}

func hrefIn(lang, path string) string {
	if lang != "en" || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") ||
		strings.HasPrefix(path, AssetPath) || path == "/en" || strings.HasPrefix(path, "/en/") {
		return path
	}
	return "/en" + path
}

func (s Shell) stylesheet() string {
	for _, t := range Themes {
		if s.Theme == t {
			return AssetURL("wijkbaak-" + t + ".css")
		}
	}
	return AssetURL("wijkbaak-" + Themes[0] + ".css")
}

// current is "page" for a link to this page, "true" for one to a page above it, and else empty.
func (s Shell) current(path string) string {
	own, _, _ := strings.Cut(s.Path, "?")
	switch {
	case own == path:
		return "page"
	case path != "/" && strings.HasPrefix(own, path+"/"):
		return "true"
	}
	return ""
}

func (s Shell) otherLang() string {
	if s.Lang == "en" {
		return "nl"
	}
	return "en"
}

func (s Shell) inOtherLang() string {
	path := s.Path
	if path == "" {
		path = "/"
	}
	return hrefIn(s.otherLang(), path)
}
