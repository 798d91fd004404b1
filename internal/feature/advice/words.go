package advice

import (
	"context"
	"embed"

	"wijkbaak.nl/internal/base/i18n"
)

//go:embed locales
var locales embed.FS

// Locales are the words in which an advice tells why.
var Locales = i18n.Source{Room: "advice", FS: locales}

// Why tells, a line a factor, what spoke for an advice and what against, in the
// language of ctx.
func (a Advice) Why(ctx context.Context) []string {
	var list []string
	for _, m := range a.Marks {
		if !m.Known {
			continue
		}
		level := "poor"
		switch {
		case m.Score >= 0.75:
			level = "good"
		case m.Score >= 0.4:
			level = "fair"
		}
		// keys: advice.factor.thing advice.factor.theme advice.factor.area advice.factor.words advice.factor.audience advice.factor.kind
		// keys: advice.factor.distance advice.factor.fresh advice.factor.verdict advice.factor.cost advice.factor.proof
		// keys: advice.level.good advice.level.fair advice.level.poor
		list = append(list, i18n.T(ctx, "advice.line", "factor", i18n.T(ctx, "advice.factor."+m.Factor), "level", i18n.T(ctx, "advice.level."+level)))
	}
	return list
}
