package impact

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/id"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

// Audit takes the log lines of this room.
type Audit interface {
	Record(ctx context.Context, tx *db.Tx, e audit.Event) error
}

// Options are what the room is made of.
type Options struct {
	DB          *db.DB
	Clock       clock.Clock
	IDs         id.Source
	Audit       Audit
	Initiatives Initiatives
	People      People
	Figures     Figures
	Root        string // path of the place of the instance
}

// Service is what this room can do.
type Service struct{ Options }

// New makes the service.
func New(o Options) *Service { return &Service{o} }

const (
	titleMost   = 120
	limitMost   = 100
	draftsMost  = 50
	changesMost = 50
	ofMost      = 20 // pathways of one initiative
)

// List gives a part of the published pathways, and whether there are more.
func (s *Service) List(ctx context.Context, after string, limit int) ([]Pathway, bool, error) {
	if limit <= 0 || limit > limitMost {
		limit = 20
	}
	if after == "" {
		after = last
	}
	list, err := db.All(ctx, s.DB, scanPathway, selectPublished, after, limit+1)
	return list[:min(limit, len(list))], len(list) > limit, err
}

// Drafts gives the unpublished pathways of the actor's own organisations, and
// those the actor made.
func (s *Service) Drafts(ctx context.Context) (list []Pathway, err error) {
	a := access.Of(ctx)
	if !a.SignedIn() {
		return nil, nil
	}
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		list = nil
		for _, o := range a.Organisations() {
			part, err := db.All(ctx, r, scanPathway, selectDrafts, o, last, draftsMost)
			if err != nil {
				return err
			}
			list = append(list, part...)
		}
		own, err := db.All(ctx, r, scanPathway, selectOwn, a.Person, last, draftsMost)
		for _, p := range own {
			if p.Stand == Draft && MaySee(a, p, s.Root) && !slices.ContainsFunc(list, func(o Pathway) bool { return o.ID == p.ID }) {
				list = append(list, p)
			}
		}
		return err
	})
	return list, err
}

// View is a pathway with what its pages show.
type View struct {
	Pathway
	MayEdit    bool
	Initiative Link
	Owner      string   // name of the organisation
	Figures    []Figure // of the pilots of its initiative
}

// Get gives a pathway that the actor may see.
func (s *Service) Get(ctx context.Context, id string) (v View, err error) {
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		v, err = s.view(ctx, r, id)
		return err
	})
	return v, err
}

func (s *Service) view(ctx context.Context, r db.Reader, id string) (v View, err error) {
	if v.Pathway, err = db.One(ctx, r, scanPathway, selectPathway, id); err != nil {
		return v, err
	}
	if v.MayEdit, err = s.mayEdit(ctx, r, v.Pathway); err != nil {
		return v, err
	}
	if !v.MayEdit && !MaySee(access.Of(ctx), v.Pathway, s.Root) {
		return v, fault.NotFound()
	}
	if slug := v.Pathway.Initiative; slug != "" {
		links, err := s.Initiatives.Links(ctx, r, []string{slug})
		if err != nil {
			return v, err
		}
		if len(links) > 0 {
			v.Initiative = links[0]
		}
		if v.Figures, err = s.Figures.OfInitiative(ctx, r, slug); err != nil {
			return v, err
		}
	}
	if v.Organisation != "" {
		list, err := s.People.Organisations(ctx, r)
		if err != nil {
			return v, err
		}
		for _, o := range list {
			if o.ID == v.Organisation {
				v.Owner = o.Name
			}
		}
	}
	return v, nil
}

// mayEdit asks the rules of this room, and those of the initiative it is about.
func (s *Service) mayEdit(ctx context.Context, r db.Reader, p Pathway) (bool, error) {
	if MayEdit(access.Of(ctx), p, s.Root) {
		return true, nil
	}
	if p.Initiative == "" || !access.Of(ctx).Has(access.Lead, access.Editor) {
		return false, nil
	}
	switch err := s.Initiatives.MayEdit(ctx, r, p.Initiative); fault.KindOf(err) {
	case fault.KindDenied, fault.KindNotFound:
		return false, nil
	default:
		return err == nil, err
	}
}

// NewPathway is what a new pathway begins with.
type NewPathway struct{ Title, Initiative, Organisation string }

// Create makes a draft.
func (s *Service) Create(ctx context.Context, n NewPathway) (id string, err error) {
	p := Pathway{Title: n.Title, Initiative: n.Initiative, Organisation: n.Organisation, Stand: Draft}
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		w := s.titled(n.Title)
		a := access.Of(ctx)
		if !leads(a, p.Organisation) && !(a.Can(access.Editor, s.Root) && slices.Contains(a.Organisations(), p.Organisation)) {
			w.Add("organisatie", "impact.wrong.organisation")
		}
		if err := s.known(ctx, tx, &w, n.Initiative); err != nil {
			return err
		}
		if err := w.Err(); err != nil {
			return err
		}
		id, err = s.make(ctx, tx, p, changeMade)
		return err
	})
	return id, err
}

func (s *Service) titled(title string) (w faults) {
	if n := utf8.RuneCountInString(strings.TrimSpace(title)); n == 0 || n > titleMost {
		w.Add("titel", "impact.wrong.title", "most", titleMost)
	}
	return w
}

func (s *Service) known(ctx context.Context, r db.Reader, w *faults, slug string) error {
	if slug == "" {
		return nil
	}
	links, err := s.Initiatives.Links(ctx, r, []string{slug})
	if len(links) == 0 {
		w.Add("initiatief", "impact.wrong.choice")
	}
	return err
}

// make keeps a new pathway with its first line of history.
func (s *Service) make(ctx context.Context, tx *db.Tx, p Pathway, kind string) (string, error) {
	p.ID, p.Version, p.Created = s.IDs(), 1, s.Clock.Now()
	p.Changed, p.Person, p.Counted = p.Created, access.Of(ctx).Person, p.Model.Count()
	if err := addPathway(ctx, tx, p); err != nil {
		return "", err
	}
	return p.ID, s.told(ctx, tx, p, audit.Create, Change{Kind: kind, Subject: p.Title})
}

// told writes the history and the log.
func (s *Service) told(ctx context.Context, tx *db.Tx, p Pathway, action audit.Action, h Change) error {
	h.ID, h.Pathway, h.At, h.Person = s.IDs(), p.ID, s.Clock.Now(), access.Of(ctx).Person
	if action != audit.Delete {
		if err := addChange(ctx, tx, h); err != nil {
			return err
		}
	}
	return s.Audit.Record(ctx, tx, audit.Event{Kind: "impact." + h.Kind, Action: action, ObjectType: "impact", ObjectID: p.ID, Organisation: p.Organisation})
}

// Edit says which pathway, as the editor saw it.
type Edit struct {
	ID      string
	Version int
}

// change lets f change a pathway that the actor may edit, if nobody else did since.
func (s *Service) change(ctx context.Context, e Edit, kind string, f func(ctx context.Context, tx *db.Tx, p *Pathway) (subject, was string, err error)) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, err := s.mine(ctx, tx, e)
		if err != nil {
			return err
		}
		subject, was, err := f(ctx, tx, &p)
		if err != nil {
			return err
		}
		c := p.Model.Count()
		n, err := tx.Exec(ctx, updatePathway, p.ID, p.Title, p.Initiative, string(p.Stand), db.JSON[Model]{V: p.Model}, c.All, c.Held, c.Refuted,
			db.At(s.Clock.Now()), e.Version)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.Conflict("impact.conflict")
		}
		return s.told(ctx, tx, p, audit.Update, Change{Kind: kind, Subject: subject, Was: was})
	})
}

// mine reads a pathway to write it: not found for who may not see it, denied for
// who may not write it.
func (s *Service) mine(ctx context.Context, r db.Reader, e Edit) (Pathway, error) {
	p, err := db.One(ctx, r, scanPathway, selectPathway, e.ID)
	if err != nil {
		return p, err
	}
	may, err := s.mayEdit(ctx, r, p)
	switch {
	case err != nil:
		return p, err
	case may && p.Version != e.Version:
		return p, fault.Conflict("impact.conflict")
	case may:
		return p, nil
	case MaySee(access.Of(ctx), p, s.Root):
		return p, fault.Denied()
	}
	return p, fault.NotFound()
}

// SaveTitle changes the title and the initiative it is about.
func (s *Service) SaveTitle(ctx context.Context, e Edit, title, initiative string) error {
	return s.change(ctx, e, changeTitle, func(ctx context.Context, tx *db.Tx, p *Pathway) (string, string, error) {
		w := s.titled(title)
		if initiative != p.Initiative {
			if err := s.known(ctx, tx, &w, initiative); err != nil {
				return "", "", err
			}
		}
		was := p.Title
		p.Title, p.Initiative = title, initiative
		return title, other(was, title), w.Err()
	})
}

// other is what was said before, where that is something else.
func other(was, now string) string {
	if was == now {
		return ""
	}
	return was
}

// SaveNode adds a node, or replaces the one with the same id. An arrow that would
// then lead back, or in a circle, keeps it from being saved.
func (s *Service) SaveNode(ctx context.Context, e Edit, n Node) error {
	return s.change(ctx, e, changeNode, func(_ context.Context, _ *db.Tx, p *Pathway) (string, string, error) {
		if err := n.check(); err != nil {
			return "", "", err
		}
		if n.ID == "" {
			if len(p.Model.Nodes) >= NodesMost {
				return "", "", fault.Invalid(fault.Field{Name: "tekst", Key: "impact.wrong.many", Args: []any{"most", NodesMost}})
			}
			added := n // this may run more than once: n stays as it was sent
			added.ID = p.Model.next()
			p.Model.Nodes = append(p.Model.Nodes, added)
			return n.Text, "", nil
		}
		old := p.Model.node(n.ID)
		if old == nil {
			return "", "", fault.NotFound()
		}
		was := old.Text
		*old = n
		for _, a := range p.Model.Arrows {
			from, to := p.Model.node(a.From), p.Model.node(a.To)
			if from.Kind.rank() > to.Kind.rank() {
				return "", "", fault.Invalid(fault.Field{Name: "soort", Key: "impact.wrong.back", Args: []any{"from", from.Text, "to", to.Text}})
			}
		}
		return n.Text, other(was, n.Text), nil
	})
}

// RemoveNode takes a node away, and the arrows to and from it.
func (s *Service) RemoveNode(ctx context.Context, e Edit, id string) error {
	return s.change(ctx, e, changeNode, func(_ context.Context, _ *db.Tx, p *Pathway) (string, string, error) {
		n := p.Model.node(id)
		if n == nil {
			return "", "", fault.NotFound()
		}
		was := n.Text
		p.Model.Nodes = slices.DeleteFunc(p.Model.Nodes, func(n Node) bool { return n.ID == id })
		p.Model.Arrows = slices.DeleteFunc(p.Model.Arrows, func(a Arrow) bool { return a.From == id || a.To == id })
		return "", was, nil
	})
}

// SaveArrow adds an arrow, or replaces the one that led from old.From to old.To.
func (s *Service) SaveArrow(ctx context.Context, e Edit, old, a Arrow) error {
	return s.change(ctx, e, changeArrow, func(_ context.Context, _ *db.Tx, p *Pathway) (string, string, error) {
		m, was := &p.Model, ""
		place := len(m.Arrows)
		if old.From != "" {
			place = slices.IndexFunc(m.Arrows, func(o Arrow) bool { return o.From == old.From && o.To == old.To })
			if place < 0 {
				return "", "", fault.NotFound()
			}
			was = m.arrowText(m.Arrows[place])
			m.Arrows = slices.Delete(m.Arrows, place, place+1)
		}
		if m.arrow(a.From, a.To) != nil {
			return "", "", fault.Invalid(fault.Field{Name: "naar", Key: "impact.wrong.there"})
		}
		if len(m.Arrows) >= ArrowsMost {
			return "", "", fault.Invalid(fault.Field{Name: "naar", Key: "impact.wrong.many", Args: []any{"most", ArrowsMost}})
		}
		if err := m.check(a); err != nil {
			return "", "", err
		}
		m.Arrows = slices.Insert(m.Arrows, place, a)
		text := m.arrowText(a)
		return text, other(was, text), nil
	})
}

// arrowText is an arrow in the history.
func (m *Model) arrowText(a Arrow) string {
	text := m.names([]string{a.From, a.To})
	if a.Assumption != "" {
		text += ": " + a.Assumption
	}
	return text
}

// RemoveArrow takes an arrow away.
func (s *Service) RemoveArrow(ctx context.Context, e Edit, from, to string) error {
	return s.change(ctx, e, changeArrow, func(_ context.Context, _ *db.Tx, p *Pathway) (string, string, error) {
		a := p.Model.arrow(from, to)
		if a == nil {
			return "", "", fault.NotFound()
		}
		was := p.Model.arrowText(*a)
		p.Model.Arrows = slices.DeleteFunc(p.Model.Arrows, func(o Arrow) bool { return o.From == from && o.To == to })
		return "", was, nil
	})
}

// Import puts the pathway of a file in the place of what stands.
func (s *Service) Import(ctx context.Context, e Edit, data []byte) error {
	in, err := readFile(data)
	if err != nil {
		return err
	}
	return s.change(ctx, e, changeImported, func(_ context.Context, _ *db.Tx, p *Pathway) (string, string, error) {
		was := p.Title
		p.Title, p.Model = in.Title, in.Model
		return p.Title, other(was, p.Title), nil
	})
}

// Publish shows a pathway to everybody, or makes it a draft again.
func (s *Service) Publish(ctx context.Context, e Edit, public bool) error {
	kind, stand := changeDrafted, Draft
	if public {
		kind, stand = changePublished, Public
	}
	return s.change(ctx, e, kind, func(_ context.Context, _ *db.Tx, p *Pathway) (string, string, error) {
		if public && len(p.Model.Nodes) == 0 {
			return "", "", fault.Invalid(fault.Field{Name: "stap", Key: "impact.wrong.nothing"})
		}
		p.Stand = stand
		return p.Title, "", nil
	})
}

// Remove takes a draft away for good.
func (s *Service) Remove(ctx context.Context, e Edit) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, err := s.mine(ctx, tx, e)
		if err != nil {
			return err
		}
		if p.Stand != Draft {
			return fault.Conflict("impact.conflict")
		}
		if _, err := tx.Exec(ctx, deletePathway, p.ID); err != nil {
			return err
		}
		return s.told(ctx, tx, p, audit.Delete, Change{Kind: changeRemoved})
	})
}

// History gives the last changes of a pathway the actor may see, and the names of
// who made them.
func (s *Service) History(ctx context.Context, id, before string) (v View, list []Change, names map[string]string, err error) {
	if before == "" {
		before = last
	}
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		if v, err = s.view(ctx, r, id); err != nil {
			return err
		}
		if list, err = db.All(ctx, r, scanChange, selectChanges, id, before, changesMost+1); err != nil {
			return err
		}
		var persons []string
		for _, c := range list {
			if c.Person != "" && !slices.Contains(persons, c.Person) {
				persons = append(persons, c.Person)
			}
		}
		names, err = s.People.Names(ctx, r, persons)
		return err
	})
	return v, list, names, err
}
