package web

import (
	"embed"

	"wijkbaak.nl/internal/base/i18n"
)

//go:embed locales
var locales embed.FS

// Locales are the words of the edge: errors and what is wrong with a form.
var Locales = i18n.Source{Room: "web", FS: locales}
