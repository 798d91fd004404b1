package home

import (
	"context"
	"slices"

	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/observe"
	"wijkbaak.nl/internal/base/search"
	"wijkbaak.nl/internal/base/ui"
)

// privacyParts is how many paragraphs the privacy page has.
const privacyParts = 6

func hitCard(ctx context.Context, h search.Hit) ui.CardProps {
	c := ui.CardProps{Title: h.Title, Spans: spans(h.TitleSpans), Path: h.URL,
		Badges: []ui.BadgeProps{{Tone: ui.Info, Label: i18n.T(ctx, "home.kind."+h.Kind), Icon: icons[h.Kind]}}}
	if why := reason(ctx, h); why != "" {
		c.Meta = []string{why}
	}
	return c
}

var icons = map[string]string{"question": "answer", "story": "story", "initiative": "people", "barrier": "warning"}

func kindTabs(ctx context.Context, f found) []ui.Tab {
	all := 0
	for _, n := range f.Counts {
		all += n
	}
	tabs := []ui.Tab{{Label: i18n.T(ctx, "home.kinds.all"), Path: f.kindPath(""), Current: f.Kind == "", Count: all}}
	for _, k := range kinds {
		if n := f.Counts[k]; n > 0 || f.Kind == k {
			tabs = append(tabs, ui.Tab{Label: i18n.T(ctx, "home.kinds."+k), Path: f.kindPath(k), Current: f.Kind == k, Count: n})
		}
	}
	return tabs
}

// healthState is the key of the one sentence about it all. That a part is down
// without which pages go on is no reason to say that all is well.
func healthState(h observe.Health) string {
	if h.State != observe.Down && slices.ContainsFunc(h.Parts, func(p observe.Part) bool { return p.State == observe.Down }) {
		return "home.health.state.part"
	}
	return "home.health.state." + string(h.State)
}

// healthWords are for reasons that people can be told in words of their own.
var healthWords = map[string]string{"low": "home.health.is.low", "full": "home.health.is.full", "sealing": "home.health.is.sealing"}

func healthFacts(ctx context.Context, h observe.Health) []ui.Pair {
	var facts []ui.Pair
	for _, p := range h.Parts {
		key := healthWords[p.Reason]
		if key == "" {
			key = "home.health.is." + string(p.State)
		}
		facts = append(facts, ui.Fact(i18n.T(ctx, "home.health.part."+p.Name), i18n.T(ctx, key)))
	}
	return facts
}
