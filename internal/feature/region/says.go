package region

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/a-h/templ"

	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
)

// What the pages say in words.

// levelWord is the word for a level.
func levelWord(ctx context.Context, l Level) string {
	// keys: region.level.*
	return i18n.T(ctx, "region.level."+string(l))
}

// reset is the page without a filter, in the same view; "" where there is none.
func (v view) reset() string {
	if v.Filter == (Filter{}) {
		return ""
	}
	return Filter{}.at(path, askView, v.View)
}

// withoutTownFilter is the page of all municipalities again.
func (v view) withoutTownFilter() string {
	f := v.Filter
	f.Town = ""
	return f.at(path, askView, v.View)
}

// picture is the map. The one of everything is asked for most, and drawn once for
// each language.
func (v view) picture(ctx context.Context, white bool) templ.Component {
	if v.Filter != (Filter{}) {
		return v.drawn(v.draw(ctx, white))
	}
	name := "map " + i18n.Lang(ctx)
	if html, ok := v.kept.Load(name); ok {
		return templ.Raw(html.(string))
	}
	var b strings.Builder
	if err := v.drawn(v.draw(ctx, white)).Render(ctx, &b); err != nil {
		return v.drawn(v.draw(ctx, white))
	}
	v.kept.Store(name, b.String())
	return templ.Raw(b.String())
}

// mapSentence is what the map says to who does not see it.
func (v view) mapSentence(ctx context.Context, d *drawing) string {
	if d.White {
		return v.whiteSentence(ctx)
	}
	return v.sentence(ctx)
}

// cities names the municipalities of a coalition, and what it chose.
func (v view) cities(ctx context.Context, c Coalition) string {
	var names []string
	for _, code := range c.Cities {
		if i, ok := v.index[townKey(code)]; ok {
			names = append(names, v.towns[i].Name)
		}
	}
	slices.Sort(names)
	text := strings.Join(names, ", ")
	for _, e := range v.list {
		if c.Initiative != "" && e.Initiative == c.Initiative {
			return i18n.T(ctx, "region.together.chose", "cities", text, "name", e.Name)
		}
	}
	return text
}

// pilotTown is where a pilot runs.
func (v view) pilotTown(p Pilot) string {
	return v.towns[v.index[townKey(p.Municipality)]].Name
}

// growthSentence tells of the initiative that grew most.
func (v view) growthSentence(ctx context.Context) string {
	best := v.wider(1)
	if len(best) == 0 {
		return ""
	}
	return i18n.T(ctx, "region.growth.most", "name", best[0].Name, "grew", lowerFirst(best[0].curves[0].sentence(ctx)))
}

// barrierName names an obstacle, or else its category: a word, which is not kept
// because it depends on the language.
func (v view) barrierName(ctx context.Context, b Stubborn) string {
	if b.Name != "" {
		return b.Name
	}
	return say(ctx, v.Words.Category, b.Category)
}

// barrierSentence tells of the worst obstacle.
func (v view) barrierSentence(ctx context.Context) string {
	b := v.barriers[0]
	if b.Oldest.IsZero() {
		return i18n.T(ctx, "region.barriers.most", "name", v.barrierName(ctx, b), "n", b.Open)
	}
	return i18n.T(ctx, "region.barriers.most.since", "name", v.barrierName(ctx, b), "n", b.Open, "since", i18n.Date(ctx, b.Oldest))
}

// lowerFirst is a sentence for behind a colon.
func lowerFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[n:]
}

// nextDue is what is first to come; what is past comes when nothing else does.
func (v view) nextDue(most int) []Due {
	from := 0
	for from < len(v.Due) && v.Due[from].At.Before(v.Now) {
		from++
	}
	list := v.Due[from:]
	if len(list) == 0 {
		list = v.Due
	}
	return list[:min(most, len(list))]
}

// councilTitle names what the sheet is about.
func (v view) councilTitle(ctx context.Context) string {
	if about := v.about(ctx); len(about) > 0 {
		return i18n.T(ctx, "region.council.about", "what", strings.Join(about, ", "))
	}
	return i18n.T(ctx, "region.council.title")
}

// councilTable are the figures out of the overview.
func (v view) councilTable(ctx context.Context) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "region.council.figures"), Quiet: true, Columns: columns(ctx, "figure", "howmany#")}
	for _, p := range v.figures(ctx) {
		t.Rows = append(t.Rows, ui.Text(p.Key, p.Text))
	}
	for _, c := range v.phases() {
		if c.Initiatives > 0 {
			t.Rows = append(t.Rows, ui.Text(i18n.T(ctx, "region.council.phase", "phase", v.phaseWord(ctx, c.Phase)), i18n.Number(ctx, c.Initiatives)))
		}
	}
	return t
}

// source says where figures come from, and of when they are.
func (v view) source(ctx context.Context, key string) string {
	// keys: region.source.*
	return i18n.T(ctx, "region.source", "source", i18n.T(ctx, "region.source."+key), "day", i18n.Date(ctx, v.Now))
}
