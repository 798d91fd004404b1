package initiatives

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/web"
)

// yaml gives the whole of the initiatives of a filter as a case file, which Import
// reads.
func (s *Service) yaml(w http.ResponseWriter, r *http.Request) error {
	list, err := s.whole(r.Context(), filterOf(r.URL.Query()))
	if err != nil {
		return err
	}
	return web.Download(w, r, "initiatieven.yaml", "application/yaml", caseFile(list, s.o.BaseURL))
}

// whole reads the initiatives of a filter with all that belongs to them.
func (s *Service) whole(ctx context.Context, f Filter) ([]Initiative, error) {
	cards, err := s.All(ctx, f)
	if err != nil {
		return nil, err
	}
	list := make([]Initiative, 0, len(cards))
	err = s.db.Read(ctx, func(ctx context.Context, r db.Reader) error {
		list = list[:0]
		for _, c := range cards {
			i, err := read(ctx, r, c.Slug)
			if err != nil {
				return err
			}
			list = append(list, i)
		}
		return nil
	})
	return list, err
}

// caseWriter writes YAML of which every text is quoted as in JSON, so that nothing
// in a text can be taken for more.
type caseWriter struct{ bytes.Buffer }

func quoted(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return `""` // cannot be: a text
	}
	return strings.TrimSpace(b.String())
}

// pair is a name with a value; a value that is "" is left out.
type pair struct{ name, value string }

func textOf(name, s string) pair {
	if s == "" {
		return pair{name, ""}
	}
	return pair{name, quoted(s)}
}

func floatOf(name string, v *float64) pair {
	if v == nil {
		return pair{name, ""}
	}
	return pair{name, strconv.FormatFloat(*v, 'f', -1, 64)}
}

func intOf(name string, n int) pair {
	if n == 0 {
		return pair{name, ""}
	}
	return pair{name, strconv.Itoa(n)}
}

func boolOf(name string, b bool) pair {
	if !b {
		return pair{name, ""}
	}
	return pair{name, "true"}
}

func euroOf(name string, cents *int64) pair {
	if cents == nil {
		return pair{name, ""}
	}
	v := float64(*cents) / 100
	return floatOf(name, &v)
}

// item writes a mapping as one item of a list.
func (w *caseWriter) item(indent string, pairs ...pair) {
	lead := "- "
	for _, p := range pairs {
		if p.value != "" {
			w.WriteString(indent + lead + p.name + ": " + p.value + "\n")
			lead = "  "
		}
	}
}

func (w *caseWriter) texts(name string, list []string) {
	if len(list) == 0 {
		w.WriteString("    " + name + ": []\n")
		return
	}
	w.WriteString("    " + name + ":\n")
	for _, s := range list {
		w.WriteString("      - " + quoted(s) + "\n")
	}
}

// rows writes a list of mappings; one that is empty is left out unless it must be there.
func rowsTo[T any](w *caseWriter, name string, must bool, list []T, pairs func(T) []pair) {
	if len(list) == 0 {
		if must {
			w.WriteString("    " + name + ": []\n")
		}
		return
	}
	w.WriteString("    " + name + ":\n")
	for _, v := range list {
		w.item("      ", pairs(v)...)
	}
}

// caseFile writes initiatives as a case file. A path of ours becomes an address.
func caseFile(list []Initiative, base string) []byte {
	var w caseWriter
	w.WriteString("schema_version: " + strconv.Itoa(schemaVersion) + "\n")
	if len(list) == 0 {
		w.WriteString("initiatives: []\n")
		return w.Bytes()
	}
	w.WriteString("initiatives:\n")
	for _, i := range list {
		w.initiative(i, base)
	}
	return w.Bytes()
}

func (w *caseWriter) initiative(i Initiative, base string) {
	status := "web"
	if i.FoundingOnly {
		status = "founding_only"
	}
	w.item("  ", textOf("id", i.Slug), textOf("name", i.Name), textOf("kind", i.Kind), textOf("summary", i.Summary), textOf("region", i.Region),
		textOf("country", i.Country), textOf("notes", i.Notes), textOf("source_status", status), boolOf("founding", i.Founding))
	w.WriteString("    phase:\n")
	for _, p := range []pair{textOf("status", i.Phase.Status), intOf("year", i.Phase.Year), textOf("note", i.Phase.Note)} {
		if p.value != "" {
			w.WriteString("      " + p.name + ": " + p.value + "\n")
		}
	}
	w.texts("municipalities", mapped(i.Municipalities, func(m Municipality) string { return m.Name }))
	rowsTo(w, "former_municipalities", false, i.Former, func(f Former) []pair { return []pair{textOf("name", f.Name), textOf("now", f.Now)} })
	w.texts("target_group", i.TargetGroups)
	w.texts("themes", i.Themes)
	rowsTo(w, "parties", false, i.Parties, func(p Party) []pair { return []pair{textOf("name", p.Name), textOf("role", p.Role)} })
	rowsTo(w, "evidence", false, i.Evidence, func(e Evidence) []pair {
		return []pair{textOf("type", e.Type), textOf("metric", e.Metric), floatOf("value", e.Value), floatOf("baseline", e.Baseline), textOf("unit", e.Unit),
			intOf("n", e.N), intOf("n_organisations", e.Organisations), textOf("period", e.Period), textOf("comparison", e.Comparison),
			textOf("strength", e.Strength), boolOf("approximate", e.Approximate), textOf("note", e.Note), textOf("source", e.Source)}
	})
	rowsTo(w, "costs", false, i.Costs, func(c Cost) []pair {
		return []pair{textOf("item", c.Item), euroOf("amount_eur", &c.Cents), textOf("period", c.Period), textOf("note", c.Note), textOf("source", c.Source)}
	})
	rowsTo(w, "funders", false, i.Funders, func(f Funder) []pair {
		return []pair{textOf("name", f.Name), euroOf("amount_eur", f.Cents), textOf("note", f.Note)}
	})
	rowsTo(w, "scaling_history", false, i.Growth, func(p Point) []pair {
		return []pair{textOf("period", p.Period), floatOf("value", &p.Value), textOf("unit", p.Unit), textOf("note", p.Note), textOf("source", p.Source)}
	})
	w.texts("preconditions", i.Preconditions)
	rowsTo(w, "barriers_met", false, i.Barriers, func(m Met) []pair {
		return []pair{textOf("barrier", m.Barrier), textOf("note", m.Note), textOf("source", m.Source)}
	})
	w.texts("related", i.Related)
	rowsTo(w, "sources", true, i.Sources, func(s Source) []pair {
		if strings.HasPrefix(s.URL, "/") {
			s.URL = base + s.URL
		}
		return []pair{textOf("id", s.ID), textOf("title", s.Title), textOf("url", s.URL)}
	})
}
