package offers

import (
	"bytes"
	"cmp"
	"context"
	_ "embed" // the schema is part of the program
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/decimal"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/protocol/practice"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

//go:embed schemas/offers.json
var partSchema []byte

// part is what a practice package takes along of this room.
type part struct {
	Offers []template `json:"offers"`
}

// template is an offer for another municipality: what it is, without who offers it
// here, where, when, and how to reach them. What only they can tell is asked.
type template struct {
	ID          string       `json:"id"`
	Kind        string       `json:"kind"`
	Name        string       `json:"name"`
	Summary     string       `json:"summary"`
	Description string       `json:"description,omitempty"`
	Gives       string       `json:"gives,omitempty"`
	For         string       `json:"for,omitempty"`
	Audience    []string     `json:"audience,omitempty"`
	Themes      []string     `json:"themes,omitempty"`
	Areas       []string     `json:"areas,omitempty"`
	Where       []string     `json:"where,omitempty"`
	Cost        templateCost `json:"cost"`
	Languages   []string     `json:"languages,omitempty"`
	Accessible  []string     `json:"accessible,omitempty"`
	Ground      string       `json:"ground,omitempty"`
	UPL         string       `json:"upl,omitempty"`
	Also        []string     `json:"also,omitempty"`
	Provider    string       `json:"provider"`
	Application *templateApp `json:"application,omitempty"`
}

type templateCost struct {
	Kind  string `json:"kind,omitempty"`
	Per   string `json:"per,omitempty"`
	Price string `json:"price,omitempty"` // in euro, or in words
}

type templateApp struct {
	Platforms []string `json:"platforms,omitempty"`
	Vendor    string   `json:"vendor,omitempty"`
	Medical   bool     `json:"medical,omitempty"`
}

// packMost is how many offers go along.
const packMost = 30

// uplForm is what a product in the list of the government is called.
var uplForm = regexp.MustCompile(`^http://standaarden\.overheid\.nl/owms/terms/[A-Za-z0-9_%-]+$`)

// PartSchema is the JSON Schema of the part of a practice package.
func (s *Service) PartSchema() []byte { return bytes.Clone(partSchema) }

// ResourceTypes: offers are no FHIR resources.
func (s *Service) ResourceTypes() []string { return nil }

// PackChoices lists the offers of an initiative; all of them go along until somebody
// says otherwise.
func (s *Service) PackChoices(ctx context.Context, initiative string) ([]practice.Choice, error) {
	v, err := s.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	var list []practice.Choice
	for _, i := range v.items {
		if i.initiative == initiative && initiative != "" && len(list) < packMost {
			list = append(list, practice.Choice{ID: i.slug, Label: i.name, Proposed: true})
		}
	}
	return list, nil
}

// templateOf makes a template, with nothing left to ask.
func templateOf(id string, o *Offer, provider string) template {
	t := template{ID: id, Kind: o.Kind, Name: o.Name, Summary: o.Summary, Description: o.Description, Gives: o.Gives, For: o.For, Audience: o.Audience, Themes: o.Themes,
		Areas: o.Areas, Where: o.Where, Cost: templateCost{Kind: o.Cost.Kind, Per: o.Cost.Per}, Languages: o.Languages, Accessible: o.Accessible, Ground: o.Ground,
		Also: o.Also, Provider: provider}
	if uplForm.MatchString(o.UPL) {
		t.UPL = o.UPL
	}
	if o.Cost.Cents > 0 {
		t.Cost.Price = fmt.Sprintf("%d,%02d", o.Cost.Cents/100, o.Cost.Cents%100)
	} else if o.Cost.Kind == "paid" {
		t.Cost.Price = o.Cost.Note
	}
	if a := o.Application; a != nil {
		t.Application = &templateApp{a.Platforms, a.Vendor, a.Medical}
	}
	if t.Summary == "" { // of a feed
		t.Summary = t.Name
	}
	return t
}

// over puts a template over an offer: what is of the place itself stays.
func (t *template) over(o Offer) Offer {
	o.Kind, o.Name, o.Summary, o.Description, o.Gives, o.For = t.Kind, web.Clean(t.Name), web.Clean(t.Summary), web.Clean(t.Description), web.Clean(t.Gives), web.Clean(t.For)
	o.Audience, o.Themes, o.Areas, o.Where, o.Languages, o.Accessible = t.Audience, t.Themes, t.Areas, t.Where, t.Languages, t.Accessible
	o.Ground, o.UPL, o.Also, o.Application = t.Ground, t.UPL, t.Also, nil
	if a := t.Application; a != nil {
		o.Application = &Application{a.Platforms, a.Vendor, a.Medical}
	}
	price := web.Clean(t.Cost.Price)
	cents, err := decimal.Cents(price)
	switch {
	case price == "":
		o.Cost = Price{Kind: t.Cost.Kind, Per: t.Cost.Per}
	case err != nil || cents < 0: // in words
		o.Cost = Price{Kind: t.Cost.Kind, Per: t.Cost.Per, Note: price}
	case cents == 0:
		o.Cost = Price{Kind: "free"}
	default:
		o.Cost = Price{Kind: cmp.Or(t.Cost.Kind, "paid"), Per: t.Cost.Per, Cents: cents}
	}
	return o
}

// key is the name of a parameter about id.
func key(prefix, id string) string {
	k := prefix + strings.ReplaceAll(id, "-", "_")
	if len(k) > 40 {
		k = k[:33] + "_" + practice.Hash([]byte(id))[:6]
	}
	return k
}

// asking leaves out what is of here alone, and asks for it.
func (t *template) asking(c *practice.Content, provider string) {
	ask := func(a practice.Asked) string {
		if !slices.ContainsFunc(c.Asked, func(b practice.Asked) bool { return b.Key == a.Key }) {
			c.Asked = append(c.Asked, a)
		}
		return "{{" + a.Key + "}}"
	}
	if t.Cost.Price != "" {
		t.Cost.Price = ask(practice.Asked{Key: key("prijs_", t.ID), What: "price", About: t.Name, Default: t.Cost.Price})
	}
	t.Provider = ask(practice.Asked{Key: key("aanbieder_", slugOf(provider)), What: "provider", About: provider})
	for _, text := range []*string{&t.Name, &t.Summary, &t.Description, &t.Gives, &t.For} {
		*text = strings.ReplaceAll(*text, provider, t.Provider)
	}
}

func content(list []template) (c practice.Content, err error) {
	if len(list) == 0 {
		return c, nil
	}
	slices.SortFunc(list, func(a, b template) int { return strings.Compare(a.ID, b.ID) })
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	err = e.Encode(part{list})
	c.Part = b.Bytes()
	return c, err
}

// came is an offer that came here in a package: the proposal it became, and the entry
// once there is one.
type came struct {
	key      string
	proposal Proposal
	offer    *row
}

// state reads what became of a thing; false where nothing is left of it.
func (s *Service) state(ctx context.Context, r db.Reader, t practice.Thing) (c came, there bool, err error) {
	c.key = t.Key
	c.proposal, err = db.One(ctx, r, scanProposal, selectProposal, t.ID)
	if fault.KindOf(err) == fault.KindNotFound && err != nil {
		return c, false, nil // erased with who took it over
	}
	if err != nil {
		return c, false, err
	}
	if c.proposal.Offer != "" {
		v, err := db.One(ctx, r, scanOffer, selectByID, c.proposal.Offer)
		if err == nil {
			c.offer = &v
		} else if fault.KindOf(err) != fault.KindNotFound {
			return c, false, err
		}
	}
	return c, c.proposal.Status == Waiting || c.offer != nil && c.offer.Status == Live, nil
}

// PackChosen gives the chosen offers as templates.
func (s *Service) PackChosen(ctx context.Context, r db.Reader, initiative string, chosen []string, things []practice.Thing) (practice.Content, error) {
	keys := map[string]string{} // by id of the offer
	taken := map[string]bool{}
	for _, t := range things {
		c, _, err := s.state(ctx, r, t)
		if err != nil {
			return practice.Content{}, err
		}
		if c.offer != nil {
			keys[c.offer.ID] = t.Key
		}
		taken[t.Key] = true
	}
	var list []template
	var asked practice.Content
	for _, slug := range slices.Sorted(slices.Values(chosen)) {
		v, err := db.One(ctx, r, scanOffer, selectBySlug, slug)
		if fault.KindOf(err) == fault.KindNotFound && err != nil || err == nil && (v.Status != Live || v.Initiative != initiative) {
			continue // it was stopped after it was chosen
		}
		if err != nil {
			return practice.Content{}, err
		}
		by, err := db.One(ctx, r, scanOrganisation, selectOrganisation, v.Organisation)
		if err != nil {
			return practice.Content{}, err
		}
		id := keys[v.ID]
		if id == "" {
			id = v.Slug
			for n := 2; taken[id]; n++ {
				id = fmt.Sprintf("%s-%d", v.Slug, n)
			}
		}
		taken[id] = true
		t := templateOf(id, &v.Offer, by.Name)
		t.asking(&asked, by.Name)
		list = append(list, t)
	}
	c, err := content(list)
	c.Asked = asked.Asked
	return c, err
}

// PackCame gives what came in a package as it is here now: a proposal that waits, or
// the entry that came of it.
func (s *Service) PackCame(ctx context.Context, r db.Reader, things []practice.Thing) (practice.Content, error) {
	var list []template
	for _, t := range things {
		c, there, err := s.state(ctx, r, t)
		if err != nil {
			return practice.Content{}, err
		}
		switch {
		case !there:
		case c.proposal.Status == Waiting:
			list = append(list, templateOf(t.Key, &c.proposal.Body, c.proposal.By))
		default:
			by, err := db.One(ctx, r, scanOrganisation, selectOrganisation, c.offer.Organisation)
			if err != nil {
				return practice.Content{}, err
			}
			list = append(list, templateOf(t.Key, &c.offer.Offer, by.Name))
		}
	}
	return content(list)
}

// readPart reads the part of a package, which others made.
func readPart(data []byte) (p part, err error) {
	wrong := func(at, why string) error {
		return &practice.Error{Kind: practice.BadPart, At: strings.TrimSuffix("parts/offers.json#/"+at, "#/"), Detail: why}
	}
	if len(data) == 0 {
		return p, nil
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return p, wrong("", "no JSON of this part")
	}
	seen := map[string]bool{}
	for _, t := range p.Offers {
		if !slugForm.MatchString(t.ID) || seen[t.ID] {
			return p, wrong(t.ID, "the id is none, or there twice")
		}
		seen[t.ID] = true
		if t.UPL != "" && !uplForm.MatchString(t.UPL) {
			return p, wrong(t.ID+"/upl", "it leads elsewhere")
		}
		o := t.over(Offer{})
		if list := o.check(true); len(list) > 0 {
			return p, wrong(t.ID+"/"+list[0].Field, list[0].Reason)
		}
	}
	return p, nil
}

// CheckContent refuses templates that could not become offers here.
func (s *Service) CheckContent(_ context.Context, c practice.Content) error {
	_, err := readPart(c.Part)
	return err
}

// AdoptContent makes a proposal of each template, which the editor of the place
// decides about; what was accepted before gets a proposal to change it. What is no
// longer in the package stays.
func (s *Service) AdoptContent(ctx context.Context, tx *db.Tx, initiative string, c practice.Content, things []practice.Thing) ([]practice.Thing, error) {
	p, err := readPart(c.Part)
	if err != nil {
		if e, ok := err.(*practice.Error); ok { //nolint:errorlint // readPart gives nothing else
			return nil, fault.Invalid(fault.Field{Name: e.At + ": " + e.Detail, Key: "offers.wrong.text"})
		}
		return nil, err
	}
	why := initiative
	if s.o.Initiatives != nil {
		links, err := s.o.Initiatives.Links(ctx, tx, []string{initiative})
		if err != nil {
			return nil, err
		}
		if len(links) > 0 {
			why = links[0].Name
		}
	}
	var made []practice.Thing
	for _, t := range p.Offers {
		id, err := s.propose(ctx, tx, t, initiative, why, things)
		if err != nil {
			return nil, err
		}
		made = append(made, practice.Thing{Key: t.ID, ID: id})
	}
	return made, nil
}

// propose makes the proposal of one template, or brings the one that waits up to date.
func (s *Service) propose(ctx context.Context, tx *db.Tx, t template, initiative, why string, things []practice.Thing) (string, error) {
	p := Proposal{Name: web.Clean(t.Name), By: strings.Join(strings.Fields(t.Provider), " "), Body: t.over(Offer{Initiative: initiative}), Why: why, Person: access.Of(ctx).Person}
	if p.By == "" {
		return "", fault.Invalid(fault.Field{Name: t.ID + "/provider", Key: "offers.wrong.empty"})
	}
	if k := slices.IndexFunc(things, func(o practice.Thing) bool { return o.Key == t.ID }); k >= 0 {
		c, there, err := s.state(ctx, tx, things[k])
		if err != nil {
			return "", err
		}
		if there {
			before, by := c.proposal.Body, c.proposal.By
			if c.proposal.Status != Waiting {
				before = c.offer.Offer
			}
			if c.offer != nil {
				p.Offer, p.Version = c.offer.ID, c.offer.Version
			}
			p.Body = t.over(before)
			if len(diffs(&before, &p.Body)) == 0 && (c.offer != nil || by == p.By) {
				return things[k].ID, nil
			}
			if c.offer != nil { // who offers it is for the entry to say
				p.By = by
			}
			if c.proposal.Status == Waiting {
				if _, err := tx.Exec(ctx, updateProposal, c.proposal.ID, p.Name, p.By, db.JSON[Offer]{V: p.Body}, p.Version); err != nil {
					return "", err
				}
				return c.proposal.ID, s.o.Audit.Record(ctx, tx, audit.Event{Kind: "offers.proposal", Action: audit.Update, ObjectType: "offerproposal", ObjectID: c.proposal.ID})
			}
		}
	}
	p.ID = s.o.IDs()
	if _, err := tx.Exec(ctx, insertProposal, p.ID, p.Offer, p.Name, p.By, db.JSON[Offer]{V: p.Body}, p.Version, p.Why, db.Null(p.Person), db.At(s.clock.Now())); err != nil {
		return "", err
	}
	return p.ID, s.o.Audit.Record(ctx, tx, audit.Event{Kind: "offers.proposal", Action: audit.Create, ObjectType: "offerproposal", ObjectID: p.ID})
}
