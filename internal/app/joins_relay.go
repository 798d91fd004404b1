package app

import (
	"context"
	"strings"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/feature/businesscase"
	"wijkbaak.nl/internal/feature/coalitions"
	"wijkbaak.nl/internal/feature/initiatives"
	"wijkbaak.nl/internal/feature/pilots"
	"wijkbaak.nl/internal/feature/practices"
	"wijkbaak.nl/internal/feature/questions"
	"wijkbaak.nl/internal/protocol/practice"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/people"
	"wijkbaak.nl/internal/trust/places"
)

// The rooms of the relay ask much the same of the overview, of the people and of
// the places, each in types of its own. One adapter of each kind serves them all.

// link, person and town are how a room writes what it asked for.
type (
	link interface {
		~struct{ ID, Name, Path string }
	}
	person interface {
		~struct{ ID, Name, Organisation, OrganisationName string }
	}
	town interface {
		~struct{ Code, Name, Path string }
	}
)

// cases is the overview of cases, for a room with links of type L.
type cases[L link] struct{ *initiatives.Service }

func (c cases[L]) Links(ctx context.Context, r db.Reader, slugs []string) ([]L, error) {
	list, err := c.Service.Links(ctx, r, slugs)
	return linksOf[L](list), err
}

func (c cases[L]) Choices(ctx context.Context, r db.Reader) ([]L, error) {
	list, err := c.Service.Choices(ctx, r)
	return linksOf[L](list), err
}

func linksOf[L link](list []initiatives.Link) []L {
	out := make([]L, len(list))
	for i, l := range list {
		out[i] = L(struct{ ID, Name, Path string }{l.Slug, l.Name, l.URL})
	}
	return out
}

// staff is the people with a role, for a room with links of type L and persons of
// type P.
type staff[L link, P person] struct{ *people.Service }

func (s staff[L, P]) Organisations(ctx context.Context, r db.Reader) ([]L, error) {
	list, err := s.Service.Organisations(ctx, r)
	return organisationsOf[L](list), err
}

// Own are the organisations that the actor leads projects for.
func (s staff[L, P]) Own(ctx context.Context, r db.Reader) ([]L, error) {
	list, err := s.Service.Own(ctx, r, access.Lead)
	return organisationsOf[L](list), err
}

func organisationsOf[L link](list []people.Organisation) []L {
	out := make([]L, len(list))
	for i, o := range list {
		out[i] = L(struct{ ID, Name, Path string }{ID: o.ID, Name: o.Name})
	}
	return out
}

func (s staff[L, P]) Colleagues(ctx context.Context, r db.Reader) ([]P, error) {
	list, err := s.Companions(ctx, r)
	out := make([]P, len(list))
	for i, m := range list {
		out[i] = personOf[P](m)
	}
	return out, err
}

func (s staff[L, P]) Email(ctx context.Context, r db.Reader, person string) (string, error) {
	p, err := s.ByID(ctx, r, person)
	return p.Email, err
}

func (s staff[L, P]) DemoLead(ctx context.Context, r db.Reader, name string) (P, bool, error) {
	m, ok, err := s.DemoMember(ctx, r, name)
	return personOf[P](m), ok, err
}

// KnownNames are names that have no place in what is given away.
func (s staff[L, P]) KnownNames(ctx context.Context, r db.Reader) ([]string, error) {
	return s.StaffNames(ctx, r)
}

// Actor is a person as if signed in with the second factor, for a program that
// brings a key which that person made; the zero Actor if the account is closed.
func (s staff[L, P]) Actor(ctx context.Context, r db.Reader, person string) (access.Actor, error) {
	m, err := s.Member(ctx, r, person, "")
	if err != nil || m.State != people.Active {
		return access.Actor{}, err
	}
	grants, err := s.Current(ctx, r, person)
	a := access.Actor{Person: m.ID, Name: m.Name, SecondFactor: true, Channel: access.API}
	for _, g := range grants {
		a.Grants = append(a.Grants, access.Grant{Role: g.Role, Organisation: g.Organisation, Place: g.Place})
	}
	return a, err
}

func personOf[P person](m people.Member) P {
	return P(struct{ ID, Name, Organisation, OrganisationName string }{m.ID, m.Name, m.Grant.Organisation, m.Grant.OrganisationName})
}

// towns is the list of municipalities, for a room with towns of type T.
type towns[T town] struct{ *places.Places }

func (t towns[T]) Municipalities(ctx context.Context) ([]T, error) {
	list, err := t.Children(ctx, "")
	out := make([]T, len(list))
	for i, p := range list {
		out[i] = T(struct{ Code, Name, Path string }{p.Code, p.Name, p.Path})
	}
	return out, err
}

// piece is a room of the relay as a part of a practice package.
type piece struct {
	name string
	packer
}

type packer interface {
	Pack(ctx context.Context, r db.Reader, initiative string) ([]byte, error)
	Adopt(ctx context.Context, tx *db.Tx, initiative string, data []byte) error
	PartSchema() []byte
}

// Name is the name of the room and of its part.
func (p piece) Name() string { return p.name }

// shelf is a room of things that stand by themselves as a part of a practice package.
type shelf struct {
	name string
	standing
}

type standing interface {
	PartSchema() []byte
	ResourceTypes() []string
	PackChoices(ctx context.Context, initiative string) ([]practice.Choice, error)
	PackChosen(ctx context.Context, r db.Reader, initiative string, chosen []string, came []practice.Thing) (practice.Content, error)
	PackCame(ctx context.Context, r db.Reader, came []practice.Thing) (practice.Content, error)
	CheckContent(ctx context.Context, c practice.Content) error
	AdoptContent(ctx context.Context, tx *db.Tx, initiative string, c practice.Content, came []practice.Thing) ([]practice.Thing, error)
}

// Name is the name of the room and of its part.
func (s shelf) Name() string { return s.name }

// proven is pilots.Evidence by the overview of cases.
type proven struct{ *initiatives.Service }

func (p proven) AddEvidence(ctx context.Context, tx *db.Tx, slug string, e pilots.EvidenceRow, why string) error {
	row := initiatives.Evidence{Type: e.Type, Metric: e.Metric, Value: &e.Value, Baseline: e.Baseline, Unit: e.Unit, N: e.N,
		Period: e.Period, Comparison: e.Comparison, Strength: e.Strength, Note: strings.TrimSpace(e.Method + " " + e.Note), Source: "Pilot " + e.Path}
	return p.TakeEvidence(ctx, tx, slug, row, why)
}

// asked is pilots.Source by the Vraagbaak.
type asked struct{ *questions.Service }

func (asked) Name() string { return "questions" }

func (asked) Kinds(ctx context.Context, _ db.Reader) ([]pilots.Counter, error) {
	var list []pilots.Counter
	for _, what := range questions.Counts {
		list = append(list, pilots.Counter{Kind: what, Name: i18n.T(ctx, "questions.count."+what), Gives: pilots.Count})
	}
	return list, nil
}

func (q asked) Read(ctx context.Context, r db.Reader, kind string, a pilots.About) (pilots.Reading, bool, error) {
	n, err := q.Count(ctx, r, kind, a.Place, a.From, a.Before)
	return pilots.Reading{Value: float64(n)}, err == nil, err
}

// measured is businesscase.Measurements by the pilots.
type measured struct{ *pilots.Service }

func (m measured) OfInitiative(ctx context.Context, r db.Reader, slug string) ([]businesscase.Measurement, error) {
	list, err := m.Service.OfInitiative(ctx, r, slug)
	out := make([]businesscase.Measurement, len(list))
	for i, f := range list {
		out[i] = businesscase.Measurement{Pilot: f.Pilot, PilotName: f.PilotName, Indicator: f.Indicator, Name: f.Name, Unit: f.Unit,
			Value: f.Value, N: f.N, To: f.To, Path: f.Path}
	}
	return out, err
}

// handed is practices.Initiatives by the overview of cases.
type handed struct{ cases[practices.Link] }

func (h handed) Draft(ctx context.Context, tx *db.Tx, name, summary, organisation, origin string) (string, error) {
	d := initiatives.Initiative{Name: name, Kind: "method", Summary: summary, Phase: initiatives.Phase{Status: "idea"}}
	return h.Service.Draft(ctx, tx, d, organisation, origin)
}

// packers is practices.People by trust/people. An editor, and the program itself,
// may give away for any organisation.
type packers struct {
	staff[practices.Link, struct{ ID, Name, Organisation, OrganisationName string }]
}

func (p packers) Own(ctx context.Context, r db.Reader) ([]practices.Link, error) {
	if a := access.Of(ctx); a.Channel == access.Shell || a.Has(access.Editor) {
		return p.Organisations(ctx, r)
	}
	return p.staff.Own(ctx, r)
}

// results is practices.Figures by the pilots.
type results struct{ *pilots.Service }

func (s results) OfInitiative(ctx context.Context, r db.Reader, slug string) ([]practices.Figure, error) {
	list, err := s.Service.OfInitiative(ctx, r, slug)
	out := make([]practices.Figure, len(list))
	for i, f := range list {
		out[i] = practices.Figure{Pilot: f.Pilot, PilotName: f.PilotName, Indicator: f.Indicator, Name: f.Name, Unit: f.Unit,
			Value: &f.Value, Baseline: f.Baseline, Target: f.Target, N: f.N, Spread: f.Spread, Design: f.Design, Path: f.Path}
		switch f.Kind {
		case pilots.Share:
			out[i].Unit = "%"
		case pilots.Euro:
			out[i].Unit = "euro"
		}
	}
	return out, err
}

// longList is coalitions.Initiatives by the overview of cases.
type longList struct {
	cases[coalitions.Link]
	db *db.DB
}

func (l longList) Find(ctx context.Context, words string, most int) ([]coalitions.Link, error) {
	if words == "" {
		list, err := l.Choices(ctx, l.db)
		return list[:min(most, len(list))], err
	}
	found, err := l.List(ctx, initiatives.Page{Filter: initiatives.Filter{Words: words}, Limit: most})
	var out []coalitions.Link
	for _, c := range found.Cards {
		out = append(out, coalitions.Link{ID: c.Slug, Name: c.Name, Path: "/initiatieven/" + c.Slug})
	}
	return out, err
}

func (l longList) Facts(ctx context.Context, slugs []string) (map[string][]coalitions.Fact, error) {
	facts, err := l.InShort(ctx, slugs)
	out := map[string][]coalitions.Fact{}
	for slug, list := range facts {
		for _, f := range list {
			out[slug] = append(out[slug], coalitions.Fact(f))
		}
	}
	return out, err
}
