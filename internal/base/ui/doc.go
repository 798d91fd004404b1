// Package ui is the design system of the project: the frame of every page, the typed components
// that pages are made of, and the style sheets, icons and small scripts they need.
//
// The look comes from component CSS of NL Design System, built once by build/build.mjs into the
// committed folder assets; running the program needs Go only. A municipality chooses one of Themes.
// The generated Go beside each .templ file is committed; make it anew with
//
//	go run github.com/a-h/templ/cmd/templ@v0.3.977 generate -path internal/base/ui
//
// What lists hold many times (cards, badges, icons, buttons) is written in Go: see pen.go.
//
// No component writes a style attribute or a script: the Content-Security-Policy forbids both.
package ui

import (
	"embed"

	"wijkbaak.nl/internal/base/i18n"
)

//go:embed locales/*.json
var locales embed.FS

// Locales are the words that the components themselves say.
var Locales = i18n.Source{Room: "ui", FS: locales}
