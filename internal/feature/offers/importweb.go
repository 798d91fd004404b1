package offers

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/protocol/hsds"
	"wijkbaak.nl/internal/trust/access"
)

// The bounds of a feed that comes by the page; a larger one goes by the command.
const (
	uploadMost = 8 << 20
	unpackMost = 64 << 20 // what a zip may become while somebody waits
	uploadRAM  = 4 << 20  // what is larger goes to a file of the system while it is read
)

// importView is the page on which an editor takes in a feed.
type importView struct {
	Feed   string
	Part   bool
	Dry    bool
	Report *Report
	wrong  []fault.Field
}

func (s *Service) importForm(w http.ResponseWriter, r *http.Request) error {
	if !access.Of(r.Context()).Can(access.Editor, s.o.Root) {
		return fault.Denied()
	}
	return web.Render(w, r, http.StatusOK, importOf(importView{Dry: true}))
}

func (s *Service) importPost(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if !access.Of(ctx).Can(access.Editor, s.o.Root) {
		return fault.Denied()
	}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		if err := r.ParseMultipartForm(uploadRAM); err != nil {
			if _, big := errors.AsType[*http.MaxBytesError](err); big {
				return err
			}
			return fault.Invalid()
		}
		defer r.MultipartForm.RemoveAll() //nolint:errcheck // files of the system, gone with it
	}
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	v := importView{Feed: f.Line("bron", feedMost), Part: f.Bool("deel"), Dry: f.Value("doe") != "invoeren"}
	file, head, err := r.FormFile("bestand")
	switch {
	case err != nil || head.Size == 0:
		f.Fail("bestand", "offers.wrong.nofile")
	case v.Feed == "":
		f.Fail("bron", "offers.wrong.empty")
	default:
		defer file.Close() //nolint:errcheck // it was only read
		rep, err := s.Import(ctx, Feed{Name: v.Feed, Part: v.Part, Files: []hsds.File{{Name: head.Filename, Data: file, Size: head.Size, Most: unpackMost}}}, v.Dry)
		switch {
		case errors.Is(err, hsds.ErrFormat):
			f.Fail("bestand", "offers.wrong.format")
		case err != nil && fault.KindOf(err) == fault.KindInternal && len(rep.Counts) == 0 && !errors.Is(err, context.DeadlineExceeded):
			f.Fail("bestand", "offers.wrong.format")
		case err != nil:
			return err
		default:
			v.Report = &rep
		}
	}
	status := http.StatusOK
	if v.wrong = f.Problems(); len(v.wrong) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return web.Render(w, r, status, importOf(v))
}

// counted tells how many services are in each state.
//
// keys: offers.import.new offers.import.changed offers.import.same offers.import.merged offers.import.gone offers.import.kept offers.import.refused offers.import.note
func (r *Report) counted(ctx context.Context) []ui.Pair {
	var list []ui.Pair
	for _, state := range []State{IsNew, IsOther, IsMerged, IsSame, IsGone, IsKept, IsWrong, IsNote} {
		list = append(list, ui.Fact(i18n.T(ctx, "offers.import."+string(state)), i18n.Number(ctx, r.Counts[state])))
	}
	return list
}

// table lists what is not the same, what is wrong first.
func (r *Report) table(ctx context.Context) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "offers.import.lines"), Columns: []ui.Column{{Label: i18n.T(ctx, "offers.field.name")}, {Label: i18n.T(ctx, "offers.import.state")},
		{Label: i18n.T(ctx, "offers.import.what")}, {Label: i18n.T(ctx, "offers.import.where")}}}
	lines := slices.Clone(r.Lines)
	rank := func(l Line) int {
		return slices.Index([]State{IsWrong, IsKept, IsGone, IsOther, IsMerged, IsNew, IsNote}, l.State)
	}
	slices.SortStableFunc(lines, func(a, b Line) int { return rank(a) - rank(b) })
	for _, l := range lines {
		what := l.Reason
		for k, f := range l.Fields {
			if k > 0 || what != "" {
				what += ", "
			}
			what += fieldWord(ctx, f)
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: l.Name}, {Text: i18n.T(ctx, "offers.import."+string(l.State))}, {Text: what}, {Text: l.Where}})
	}
	return t
}
