package practices

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/protocol/practice"
)

func typed(f ui.Field, kind string) ui.Field { f.Type = kind; return f }

func hinted(ctx context.Context, f ui.Field) ui.Field {
	f.Hint = i18n.T(ctx, "practices.hint."+f.Name)
	return f
}

func licenceField(ctx context.Context, v offerView) ui.Field {
	f := v.field(ctx, "licentie")
	f.Options = licenceOptions()
	return f
}

func partsField(ctx context.Context, v offerView) ui.Field {
	f := v.field(ctx, "onderdelen")
	f.Values = v.Parts
	for _, p := range v.Pieces {
		f.Options = append(f.Options, ui.Option{Value: p, Label: partName(ctx, p)})
	}
	return f
}

// choicesField has the things of one room to choose from.
func choicesField(ctx context.Context, v offerView, room Shown) ui.Field {
	name := choiceField(room.Room)
	f := ui.Field{Name: name, Label: i18n.T(ctx, "practices.offer.which", "what", partName(ctx, room.Room)), Values: room.Chosen, Error: v.problem(ctx, name)}
	for _, c := range room.Choices {
		f.Options = append(f.Options, ui.Option{Value: c.ID, Label: c.Label})
	}
	return f
}

// kindField tells what a file is.
//
// keys: practices.kind.letter practices.kind.text practices.kind.training practices.kind.photo practices.kind.document
func kindField(ctx context.Context, v offerView) ui.Field {
	f := v.field(ctx, "bestandsoort")
	for _, k := range fileKinds {
		f.Options = append(f.Options, ui.Option{Value: k, Label: i18n.T(ctx, "practices.kind."+k)})
	}
	if f.Value == "" {
		f.Value = kindLetter
	}
	return f
}

// fileLicenceField: a file of others may have a licence of its own.
func fileLicenceField(ctx context.Context, v offerView) ui.Field {
	f := v.field(ctx, "bestandlicentie")
	f.Options = append([]ui.Option{{Label: i18n.T(ctx, "practices.licence.same")}}, licenceOptions()...)
	return f
}

// fileLine says what a file is, behind its name.
func fileLine(ctx context.Context, f AboutFile) string {
	var list []string
	if slices.Contains(fileKinds, f.Kind) {
		list = append(list, i18n.T(ctx, "practices.kind."+f.Kind))
	}
	if f.Licence != "" {
		list = append(list, f.Licence)
	}
	return strings.Join(append(list, kb(ctx, f.Size)), " · ")
}

func (f draftFile) about() AboutFile {
	return AboutFile{f.Path, int64(len(f.Data)), f.Title, f.Kind, f.Licence}
}

// called is what a file is called on a page.
func (f AboutFile) called() string {
	if f.Title == "" {
		return f.Path
	}
	return f.Title + " (" + f.Path + ")"
}

func fileField(ctx context.Context, v offerView) ui.Field {
	f := typed(v.field(ctx, "bestand"), "file")
	f.Optional = true
	return f
}

// saveKind: there is one main button, and that is signing once it can be done.
func saveKind(v offerView) ui.ButtonKind {
	if v.Sign {
		return ui.Plain
	}
	return ui.Main
}

func (v offerView) looked(f practice.Finding) bool { return slices.Contains(v.Seen, f.ID()) }

func ownField(ctx context.Context, v arrivalView) ui.Field {
	f := field(ctx, v.Form, "organisatie")
	f.Label = i18n.T(ctx, "practices.arrival.organisation")
	f.Options = linkOptions(v.Own)
	return f
}

func conflictField(ctx context.Context, v arrivalView, c Conflict) ui.Field {
	name := "keuze-" + c.ID()
	f := ui.Field{Name: name, Label: partName(ctx, c.Part) + " " + c.At, Value: v.Form.Value(name), Options: []ui.Option{
		{Value: "eigen", Label: i18n.T(ctx, "practices.conflict.own"), Hint: changeText(ctx, c.Own)},
		{Value: "nieuw", Label: i18n.T(ctx, "practices.conflict.new"), Hint: changeText(ctx, c.New)},
	}}
	if f.Value == "" {
		f.Value = "eigen"
	}
	return f
}

// differencesMost is how many changes a page shows.
const differencesMost = 200

func differenceTable(ctx context.Context, v arrivalView) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "practices.diff.title"), Quiet: true, Columns: []ui.Column{{Label: i18n.T(ctx, "practices.diff.where")},
		{Label: i18n.T(ctx, "practices.diff.old")}, {Label: i18n.T(ctx, "practices.diff.new")}}}
	for _, d := range v.Differences[:min(len(v.Differences), differencesMost)] {
		t.Rows = append(t.Rows, ui.Text(partName(ctx, d.Part)+" "+d.At, changeText(ctx, d.Old), changeText(ctx, d.New)))
	}
	return t
}

func spreadField(ctx context.Context, v adoptedView, f Figure) ui.Field {
	name := "spreiding-" + f.Pilot + "-" + f.Indicator
	one := ui.Field{Name: name, Label: i18n.T(ctx, "practices.field.spreiding", "name", f.Name), Hint: i18n.T(ctx, "practices.hint.spreiding"),
		Optional: true, Inputmode: "decimal", Value: v.Form.Value(name), Error: v.Form.Problem(ctx, name)}
	if one.Value == "" && f.Spread != nil {
		one.Value = strings.Replace(strconv.FormatFloat(*f.Spread, 'f', 2, 64), ".", ",", 1)
	}
	return one
}

func sentText(ctx context.Context, m Sent) string {
	what := i18n.T(ctx, "practices.sent.results", "n", len(m.Results))
	if len(m.Results) == 0 {
		what = i18n.T(ctx, "practices.sent.notice")
	}
	switch {
	case m.SentAt.IsZero():
		return what + " " + i18n.T(ctx, "practices.sent.waiting")
	case m.Trouble != "":
		return what + " " + i18n.T(ctx, "practices.sent.refused", "why", m.Trouble)
	}
	return what + " " + i18n.T(ctx, "practices.sent.done")
}

func peerFacts(ctx context.Context, p Peer) []ui.Pair {
	list := []ui.Pair{
		ui.Fact(i18n.T(ctx, "practices.arrival.key"), practice.Fingerprint(p.Key)),
		ui.Fact(i18n.T(ctx, "practices.peers.since"), i18n.Date(ctx, p.PinnedAt)),
		ui.Fact(i18n.T(ctx, "practices.peers.offers"), i18n.Number(ctx, len(p.Offers))),
	}
	if !p.CheckedAt.IsZero() {
		list = append(list, ui.Fact(i18n.T(ctx, "practices.peers.checked"), i18n.DateTime(ctx, p.CheckedAt)))
	}
	if p.Trouble != "" {
		list = append(list, ui.Fact(i18n.T(ctx, "practices.peers.why"), p.Trouble))
	}
	return list
}

func nodeText(s string) string {
	if r := []rune(s); len(r) > 28 {
		return string(r[:27]) + "…"
	}
	return s
}

func nodeStroke(n node) string {
	if n.Here {
		return "3"
	}
	return "1"
}
