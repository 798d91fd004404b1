package businesscase

import (
	"context"

	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
)

// crumbs are the way to a page below the list, or below a case.
func crumbs(ctx context.Context, c *Case) []ui.Crumb {
	list := []ui.Crumb{{Label: i18n.T(ctx, "businesscase.title"), Path: base}}
	if c != nil {
		list = append(list, ui.Crumb{Label: c.Title, Path: Path(c.ID)})
	}
	return list
}

// netText is the one line of a list.
func netText(ctx context.Context, c Case) string {
	if c.Net < 0 {
		return i18n.T(ctx, "businesscase.net.loss", "amount", euro(ctx, -c.Net))
	}
	return i18n.T(ctx, "businesscase.net.gain", "amount", euro(ctx, c.Net))
}

func emptyAction(ctx context.Context, p caseView) string {
	if p.MayEdit {
		return i18n.T(ctx, "businesscase.edit")
	}
	return i18n.T(ctx, "businesscase.title")
}

func emptyPath(p caseView) string {
	if p.MayEdit {
		return Path(p.ID) + "/bewerken"
	}
	return base
}

// copyForm is what a copy begins with, or what was typed.
func copyForm(ctx context.Context, p caseView) *web.Form {
	if p.Form != nil {
		return p.Form
	}
	return web.NewForm("titel", i18n.T(ctx, "businesscase.copy.of", "title", p.Title))
}

func lineTitle(ctx context.Context, p lineView) string {
	if p.Line == nil {
		return i18n.T(ctx, "businesscase.line.add")
	}
	return i18n.T(ctx, "businesscase.line.edit", "name", p.Line.Name)
}

// figureField is the field of a figure in a scenario; its hint is what it is now.
func figureField(ctx context.Context, p scenarioView, key string) ui.Field {
	return ui.Field{Name: key, Label: p.View.Model.figureName(ctx, key), Value: p.Form.Value(key), Error: p.Form.Problem(ctx, key),
		Optional: true, MaxLength: 120, Hint: i18n.T(ctx, "businesscase.now", "value", rangeText(ctx, key, p.View.Model.figure(key)))}
}

// statuses says how many figures were measured, published and guessed.
func (r *Result) statuses(ctx context.Context) string {
	return i18n.T(ctx, "businesscase.statuses", "measured", r.Statuses[Measured], "published", r.Statuses[Published],
		"guessed", r.Statuses[Guessed]+r.Statuses[""], "missing", len(r.Missing))
}

func (p historyView) who(ctx context.Context, c Change) string {
	if name := p.Names[c.Person]; name != "" {
		return name
	}
	return i18n.T(ctx, "businesscase.someone")
}
