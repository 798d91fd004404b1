package initiatives

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/themes"
)

// What other rooms do with an initiative, in a transaction of their own.

// Phase tells how far an initiative came. Whether the actor may see it is asked
// by MayEdit or Links.
func (s *Service) Phase(ctx context.Context, r db.Reader, slug string) (Phase, error) {
	return db.One(ctx, r, func(s db.Scanner) (p Phase, err error) {
		err = s.Scan(&p.Status, &p.Year, &p.Note)
		return
	}, selectPhase, slug)
}

// SetPhase moves an initiative to another phase, by a decision that was made
// elsewhere; why tells of it.
func (s *Service) SetPhase(ctx context.Context, tx *db.Tx, slug string, p Phase, why string) error {
	if !slices.Contains(Phases, p.Status) || p.Year < 0 || p.Year > 2100 || len([]rune(p.Note)) > maxNote {
		return fault.Invalid(fault.Field{Name: "fase", Key: "initiatives.wrong.phase"})
	}
	if err := s.MayEdit(ctx, tx, slug); err != nil {
		return err
	}
	if p.Year == 0 {
		p.Year = s.clock.Now().Year()
	}
	return s.change(ctx, tx, slug, act{kind: actPhase, why: why}, func(i *Initiative) error {
		i.Phase = p
		return nil
	})
}

// AddEvidence adds a figure to an initiative, as strong as it is said to be and
// no stronger. Its Source is the id of a source of the initiative, or else the
// title of a new one, with its address or our own path behind it. The same metric
// of the same source and period replaces.
func (s *Service) AddEvidence(ctx context.Context, tx *db.Tx, slug string, e Evidence, why string) error {
	if err := s.MayEdit(ctx, tx, slug); err != nil {
		return err
	}
	return s.TakeEvidence(ctx, tx, slug, e, why)
}

// TakeEvidence is AddEvidence for a room that has looked at the rights itself: that
// a pilot of an initiative ended is a fact about it, also for who may not edit it.
func (s *Service) TakeEvidence(ctx context.Context, tx *db.Tx, slug string, e Evidence, why string) error {
	if err := e.check(); err != nil {
		return err
	}
	return s.change(ctx, tx, slug, act{kind: actEvidence, why: why}, func(i *Initiative) error {
		e.Source = i.source(e.Source)
		same := func(old Evidence) bool {
			return old.Type == e.Type && old.Metric == e.Metric && old.Source == e.Source && old.Period == e.Period
		}
		if k := slices.IndexFunc(i.Evidence, same); k >= 0 {
			i.Evidence[k] = e
			return nil
		}
		if len(i.Evidence) >= rowsMost {
			return fault.Invalid(fault.Field{Name: "bewijs", Key: "initiatives.wrong.rows", Args: []any{"most", rowsMost}})
		}
		i.Evidence = append(i.Evidence, e)
		return nil
	})
}

// check is what a figure must be, whoever gives it.
func (e Evidence) check() error {
	var f []fault.Field
	wrong := func(name, key string) { f = append(f, fault.Field{Name: name, Key: key}) }
	if !slices.Contains(EvidenceTypes, e.Type) {
		wrong("type", "initiatives.wrong.choice")
	}
	if !slices.Contains(Strengths, e.Strength) {
		wrong("strength", "initiatives.wrong.choice")
	}
	if strings.TrimSpace(e.Metric) == "" {
		wrong("metric", "initiatives.wrong.empty")
	}
	if strings.TrimSpace(e.Source) == "" {
		wrong("source", "initiatives.wrong.nosource")
	}
	if e.Value != nil && e.Unit == "" {
		wrong("unit", "initiatives.wrong.unit")
	}
	if e.N < 0 || e.Organisations < 0 {
		wrong("n", "initiatives.wrong.number")
	}
	if len(f) > 0 {
		return fault.Invalid(f...)
	}
	return nil
}

// source finds the id of a source, or adds one: "title" or "title https://address".
func (i *Initiative) source(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	title, link := text, ""
	if k := strings.LastIndexByte(text, ' '); k > 0 && isLink(text[k+1:]) {
		title, link = text[:k], text[k+1:]
	}
	for _, s := range i.Sources {
		if s.ID == text || s.Title == title && s.URL == link {
			return s.ID
		}
	}
	s := Source{ID: i.freeSource(), Title: title, URL: link}
	i.Sources = append(i.Sources, s)
	return s.ID
}

// freeSource is an id that no source has yet.
func (i *Initiative) freeSource() string {
	for n := len(i.Sources) + 1; ; n++ {
		id := "s" + strconv.Itoa(n)
		if !slices.ContainsFunc(i.Sources, func(s Source) bool { return s.ID == id }) {
			return id
		}
	}
}

// isLink tells whether a text is an address of the web or a path of ours.
func isLink(s string) bool {
	u, err := url.Parse(s)
	if err != nil || u.User != nil || len(s) > 1000 {
		return false
	}
	if u.Scheme == "" {
		return strings.HasPrefix(s, "/") && !strings.HasPrefix(s, "//") && !strings.Contains(s, `\`)
	}
	return (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

// Draft makes an initiative that only its organisation and the editor see, and
// gives its slug. Of d, name and summary are needed; origin is the practice package
// it comes from, or "".
func (s *Service) Draft(ctx context.Context, tx *db.Tx, d Initiative, organisation, origin string) (string, error) {
	a := access.Of(ctx)
	if organisation == "" && !isEditor(a, s.o.Root) || organisation != "" && !mayOwn(a, s.o.Root, organisation) {
		return "", fault.Denied()
	}
	d.Draft, d.Origin = true, origin
	kind := actMade
	if origin != "" {
		kind = actAdopted
	}
	return s.make(ctx, tx, d, organisation, act{kind: kind, why: origin})
}

// make writes a new initiative with its first owner.
func (s *Service) make(ctx context.Context, tx *db.Tx, d Initiative, organisation string, a act) (string, error) {
	if err := d.complete(); err != nil {
		return "", err
	}
	var err error
	if d.Slug, err = freeSlug(ctx, tx, d.Name); err != nil {
		return "", err
	}
	if err := s.save(ctx, tx, d, checksum(d), true); err != nil {
		return "", err
	}
	if organisation != "" {
		if _, err := tx.Exec(ctx, insertOwner, d.Slug, organisation, RoleLead); err != nil {
			return "", err
		}
	}
	return d.Slug, s.note(ctx, tx, d.Slug, a, diffs(Initiative{}, d))
}

// complete fills in what may be left open of a new initiative, and refuses what
// cannot stand.
func (i *Initiative) complete() error {
	var f []fault.Field
	if i.Kind == "" {
		i.Kind = "programme"
	}
	if i.Phase.Status == "" {
		i.Phase.Status = "idea"
	}
	if n := len([]rune(i.Name)); n < 3 || n > maxName {
		f = append(f, fault.Field{Name: "name", Key: "initiatives.wrong.name", Args: []any{"most", maxName}})
	}
	if n := len([]rune(i.Summary)); n < 10 || n > maxText {
		f = append(f, fault.Field{Name: "summary", Key: "initiatives.wrong.summary", Args: []any{"most", maxText}})
	}
	if !slices.Contains(Kinds, i.Kind) || !slices.Contains(Phases, i.Phase.Status) {
		f = append(f, fault.Field{Name: "kind", Key: "initiatives.wrong.choice"})
	}
	if slices.ContainsFunc(i.Themes, func(t string) bool { return !themes.Known(t) }) {
		f = append(f, fault.Field{Name: "themes", Key: "initiatives.wrong.choice"})
	}
	if len(f) > 0 {
		return fault.Invalid(f...)
	}
	return nil
}

// slugOf makes an address of a name.
func slugOf(name string) string {
	var b strings.Builder
	for _, c := range fold(name) {
		switch {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			b.WriteRune(c)
		case c == ' ' && b.Len() > 0:
			b.WriteByte('-')
		}
	}
	s := strings.Trim(b.String(), "-")
	for strings.Contains(s, "--") {
		s = strings.ReplaceAll(s, "--", "-")
	}
	if len(s) > 70 {
		s = strings.Trim(s[:70], "-")
	}
	if s == "" || slices.Contains(reserved, s) {
		s = strings.Trim("initiatief-"+s, "-")
	}
	return s
}

// freeSlug is an address of a name that stands for nothing yet.
func freeSlug(ctx context.Context, r db.Reader, name string) (string, error) {
	base := slugOf(name)
	for n := 1; n < 1000; n++ {
		slug := base
		if n > 1 {
			slug = fmt.Sprintf("%s-%d", base, n)
		}
		taken, err := db.One(ctx, r, db.Value[int], selectTaken, slug)
		if err != nil || taken == 0 {
			return slug, err
		}
	}
	return "", fault.Conflict("initiatives.wrong.slug")
}

// Spread is an initiative as a region looks at it.
type Spread struct {
	Initiative string // slug
	Name, Kind string
	Themes     []string
	Phase      string
	PhaseYear  int
	Codes      []string // of municipalities
	Growth     []Point
}

// The bounds of Spread.
const (
	spreadMost      = 10_000
	spreadTownsMost = 100_000
)

// Spread gives what everybody may see of all initiatives: what, how far and where.
func (s *Service) Spread(ctx context.Context, r db.Reader) ([]Spread, error) {
	where := map[string]int{}
	list, err := db.All(ctx, r, func(s db.Scanner) (v Spread, err error) {
		var card, key string
		var growth db.JSON[[]Point]
		err = s.Scan(&card, &key, &growth)
		c := cardOf(card)
		return Spread{Initiative: c.Slug, Name: c.Name, Kind: c.Kind, Themes: c.Themes, Phase: c.Phase.Status, PhaseYear: c.Phase.Year, Growth: growth.V}, err
	}, selectSpread, "", spreadMost)
	if err != nil {
		return nil, err
	}
	for k, v := range list {
		where[v.Initiative] = k
	}
	towns, err := db.All(ctx, r, func(s db.Scanner) (v [2]string, err error) {
		err = s.Scan(&v[0], &v[1])
		return
	}, selectSpreadTowns, "", spreadTownsMost)
	for _, t := range towns {
		if k, ok := where[t[0]]; ok && t[1] != "" {
			list[k].Codes = append(list[k].Codes, t[1])
		}
	}
	return list, err
}
