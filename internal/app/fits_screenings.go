package app

import (
	"context"
	"slices"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/feature/screenings"
	"wijkbaak.nl/internal/feature/surveys"
	"wijkbaak.nl/internal/protocol/fhir"
	"wijkbaak.nl/internal/trust/places"
)

// firstSteps is screenings.Surveys by the room of questionnaires.
type firstSteps struct{ *surveys.Service }

// riskCodes are the options of the calculated question that says the risk.
var riskCodes = map[string]screenings.Risk{"laag": screenings.Low, "midden": screenings.Medium, "hoog": screenings.High}

// riskItem is the calculated question of which the options are the classes, if any.
func riskItem(q *fhir.Questionnaire) *fhir.Item {
	k := slices.IndexFunc(q.All, func(i *fhir.Item) bool {
		if i.Calculated.Text == "" || len(i.Options) != len(riskCodes) {
			return false
		}
		return !slices.ContainsFunc(i.Options, func(o fhir.Option) bool { return riskCodes[o.Value.Text] == screenings.NoRisk })
	})
	if k < 0 {
		return nil
	}
	return q.All[k]
}

func (f firstSteps) Choices(ctx context.Context) ([]screenings.Link, error) {
	list, err := f.List(ctx)
	if err != nil {
		return nil, err
	}
	var out []screenings.Link
	for _, v := range list {
		p, err := f.Current(ctx, v.Slug)
		if err != nil {
			return nil, err
		}
		if riskItem(p.Form) != nil {
			out = append(out, screenings.Link{ID: v.Slug, Name: v.Title, Path: surveys.Path(v.Slug)})
		}
	}
	return out, nil
}

func (f firstSteps) Begin(_ context.Context, survey, back string) (screenings.Begin, error) {
	return screenings.Begin{Path: surveys.Path("lijst/" + survey + "/invullen"), Fields: [][2]string{{"verder", back}}, Returns: true}, nil
}

// Outcome reads the class of a questionnaire that comes straight from its last page,
// or that was kept under its own return code.
func (f firstSteps) Outcome(ctx context.Context, survey, brought string) (screenings.Risk, error) {
	wrong := fault.Invalid(fault.Field{Name: "uitkomst", Key: "screenings.wrong.brought"})
	if p, answers, err := f.Answered(ctx, survey, brought); err == nil {
		if item := riskItem(p.Form); item != nil {
			for _, v := range answers[item.LinkID] {
				if r := riskCodes[v.Text]; r.Known() {
					return r, nil
				}
			}
		}
		return screenings.NoRisk, wrong
	}
	k, _, err := f.ByCode(ctx, brought)
	if kind := fault.KindOf(err); err != nil && (kind == fault.KindNotFound || kind == fault.KindInvalid) {
		return screenings.NoRisk, wrong
	}
	if err != nil {
		return screenings.NoRisk, err
	}
	item := riskItem(k.Form)
	if k.Response.Slug != survey || k.State != surveys.Complete || item == nil {
		return screenings.NoRisk, wrong
	}
	for _, v := range k.Answers[item.LinkID] {
		if r := riskCodes[v.Text]; r.Known() {
			return r, nil
		}
	}
	return screenings.NoRisk, wrong
}

// spotNames is screenings.Places by trust/places.
type spotNames struct {
	*places.Places
	root string
}

func (s spotNames) Name(ctx context.Context, path string) (string, error) {
	p, err := s.ByPath(ctx, path)
	if fault.KindOf(err) == fault.KindNotFound && err != nil {
		return "", nil
	}
	return p.Name, err
}

func (s spotNames) District(ctx context.Context, postcode string) (string, error) {
	p, err := s.ByPostcode(ctx, postcode)
	if kind := fault.KindOf(err); err != nil && (kind == fault.KindNotFound || kind == fault.KindInvalid) {
		return "", nil
	}
	return p.Name, err
}

// DemoPostcodes are those of the place of the demonstration and of what lies in it.
func (s spotNames) DemoPostcodes(ctx context.Context) ([]string, error) {
	below, err := s.Children(ctx, s.root)
	if err != nil {
		return nil, err
	}
	paths := []string{s.root}
	for _, p := range below {
		paths = append(paths, p.Path)
	}
	var out []string
	for _, path := range paths {
		list, err := s.Postcodes(ctx, path)
		if err != nil {
			return nil, err
		}
		for _, c := range list {
			out = append(out, c.Code)
		}
	}
	return out, nil
}
