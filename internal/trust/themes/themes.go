package themes

import (
	"context"
	"embed"
	"slices"

	"wijkbaak.nl/internal/base/i18n"
)

//go:embed locales
var locales embed.FS

// Locales are the names of the themes.
var Locales = i18n.Source{Room: "themes", FS: locales}

// All lists the codes of the themes in the order in which they are offered.
var All = []string{
	"burenhulp-en-vrijwilligers", "dementie", "digitale-vaardigheden", "eenzaamheid", "financiering", "innovatie",
	"jeugd", "langdurige-zorg", "langer-thuis-wonen", "leefstijl-en-preventie", "mantelzorg", "medicatie",
	"participatie", "psychisch-welbevinden", "regie-en-gegevens", "samenwerking-en-communicatie", "valpreventie",
	"veiligheid", "vervoer", "werk-en-inkomen", "wijk-en-ontmoeting", "zorg-op-afstand", "zorgtechnologie-ervaren",
}

// Known tells whether there is a theme with that code.
func Known(code string) bool { return slices.Contains(All, code) }

// Name is what people call a theme; "" for none.
func Name(ctx context.Context, code string) string {
	if code == "" {
		return ""
	}
	return i18n.T(ctx, "themes.name."+code)
}

// Areas lists the codes of the six areas of life in which people look at how they
// fare. They follow the six dimensions of positive health (Huber et al., BMJ Open
// 2016, doi:10.1136/bmjopen-2015-010091) in words of our own.
var Areas = []string{"lichaam", "hoofd", "zin", "plezier", "meedoen", "dagelijks-leven"}

// KnownArea tells whether there is an area of life with that code.
func KnownArea(code string) bool { return slices.Contains(Areas, code) }

// AreaName is what people call an area of life; "" for none.
func AreaName(ctx context.Context, code string) string {
	if code == "" {
		return ""
	}
	return i18n.T(ctx, "themes.area."+code)
}
