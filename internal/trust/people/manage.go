package people

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

// NewPerson is what is known of a person when the account is made or changed.
type NewPerson struct{ Name, Email, Phone, Language string }

// tidy brings the values in their normal form and tells what is wrong.
func (n *NewPerson) tidy() error {
	var wrong []fault.Field
	n.Name = strings.Join(strings.Fields(web.Clean(strings.ToValidUTF8(n.Name, ""))), " ")
	switch {
	case n.Name == "":
		wrong = append(wrong, fault.Field{Name: "name", Key: "people.name.empty"})
	case utf8.RuneCountInString(n.Name) > nameMost:
		wrong = append(wrong, fault.Field{Name: "name", Key: "web.form.toolong", Args: []any{"most", nameMost, "now", utf8.RuneCountInString(n.Name)}})
	}
	if n.Email != "" {
		email, ok := NormalEmail(n.Email)
		if !ok {
			wrong = append(wrong, fault.Field{Name: "email", Key: "people.email.wrong"})
		}
		n.Email = email
	}
	phone, ok := NormalPhone(n.Phone)
	if !ok {
		wrong = append(wrong, fault.Field{Name: "phone", Key: "people.phone.wrong"})
	}
	n.Phone = phone
	if n.Language == "" {
		n.Language = i18n.Reference
	}
	if n.Language != "nl" && n.Language != "en" {
		wrong = append(wrong, fault.Field{Name: "language", Key: "people.language.wrong"})
	}
	if len(wrong) > 0 {
		return fault.Invalid(wrong...)
	}
	return nil
}

// AddPerson makes an account without a role; for the operator of the whole
// instance, who alone sees such accounts.
func (s *Service) AddPerson(ctx context.Context, n NewPerson) (Person, error) {
	if err := mayManage(access.Of(ctx), "/"); err != nil {
		return Person{}, err
	}
	if err := n.tidy(); err != nil {
		return Person{}, err
	}
	var p Person
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		p, err = s.Create(ctx, tx, n, false)
		return err
	})
	return p, err
}

// Create makes an account in tx, for the first sign in of a resident, a demo or
// AddPerson. Two accounts never have the same address.
func (s *Service) Create(ctx context.Context, tx *db.Tx, n NewPerson, demo bool) (Person, error) {
	if err := n.tidy(); err != nil {
		return Person{}, err
	}
	p := Person{ID: s.newID(), Name: n.Name, Email: n.Email, Phone: n.Phone, Language: n.Language, State: Active, Demo: demo, Created: s.clock.Now()}
	made, err := tx.Exec(ctx, insertPerson, p.ID, p.Name, SortKey(p.Name), db.Null(p.Email), db.Null(p.Phone), p.Language, string(p.State), p.Demo, db.At(p.Created))
	if err != nil {
		return Person{}, err
	}
	if made == 0 {
		return Person{}, fault.Invalid(fault.Field{Name: "email", Key: "people.email.taken"})
	}
	return p, s.audit.Record(ctx, tx, about("add", audit.Create, p.ID, "person", p.ID))
}

// Change keeps other values for a person; for the person, and for trust/signin
// once a new address is proved. The address must be proved before.
func (s *Service) Change(ctx context.Context, tx *db.Tx, person string, n NewPerson) error {
	if err := n.tidy(); err != nil {
		return err
	}
	if n.Email != "" {
		other, err := s.ByEmail(ctx, tx, n.Email)
		if err == nil && other.ID != person {
			return fault.Invalid(fault.Field{Name: "email", Key: "people.email.taken"})
		}
		if err != nil && fault.KindOf(err) != fault.KindNotFound {
			return err
		}
	}
	changed, err := tx.Exec(ctx, updatePerson, person, n.Name, SortKey(n.Name), db.Null(n.Email), db.Null(n.Phone), n.Language)
	if err != nil {
		return err
	}
	if changed == 0 {
		return fault.NotFound()
	}
	return s.audit.Record(ctx, tx, about("change", audit.Update, person, "person", person))
}

// AddOrganisation makes an organisation; for the operator of its place.
func (s *Service) AddOrganisation(ctx context.Context, name, kind, place string) (Organisation, error) {
	o := Organisation{ID: s.newID(), Name: strings.Join(strings.Fields(web.Clean(strings.ToValidUTF8(name, ""))), " "), Kind: kind, Place: cleanPlace(place)}
	var wrong []fault.Field
	if n := utf8.RuneCountInString(o.Name); n == 0 || n > nameMost {
		wrong = append(wrong, fault.Field{Name: "organisation_name", Key: "people.organisation.empty"})
	}
	if !slices.Contains(Kinds, kind) {
		wrong = append(wrong, fault.Field{Name: "kind", Key: "people.kind.wrong"})
	}
	if o.Place == "" {
		wrong = append(wrong, fault.Field{Name: "place", Key: "people.place.wrong"})
	}
	if len(wrong) > 0 {
		return Organisation{}, fault.Invalid(wrong...)
	}
	if err := mayManage(access.Of(ctx), o.Place); err != nil {
		return Organisation{}, err
	}
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, insertOrganisation, o.ID, o.Name, SortKey(o.Name), o.Kind, o.Place, db.At(s.clock.Now())); err != nil {
			return err
		}
		return s.audit.Record(ctx, tx, about("organisation.add", audit.Create, "", "organisation", o.ID))
	})
	return o, err
}

// cleanPlace gives a path as it is kept, or "" for what is none.
func cleanPlace(place string) string {
	place = strings.TrimSpace(place)
	if place == "/" {
		return place
	}
	place = strings.TrimSuffix(place, "/")
	if len(place) < 2 || len(place) > 100 || place[0] != '/' || strings.Contains(place, "//") {
		return ""
	}
	for _, r := range place {
		if r != '/' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			return ""
		}
	}
	return place
}

// NewGrant is a role to give. From may be zero for now, Until for no end; an
// empty Place is the place of the organisation.
type NewGrant struct {
	Person       string
	Role         access.Role
	Organisation string
	Place        string
	OnDuty       bool
	From, Until  time.Time
}

// AddGrant gives a role to somebody whom the operator of the place sees.
func (s *Service) AddGrant(ctx context.Context, n NewGrant) (Grant, error) {
	var g Grant
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, _, err := s.seen(ctx, tx, n.Person)
		if err != nil {
			return err
		}
		g, err = s.give(ctx, tx, p, n)
		return err
	})
	return g, err
}

// give gives a role to p; for the operator of the place.
func (s *Service) give(ctx context.Context, tx *db.Tx, p Person, n NewGrant) (Grant, error) {
	if !slices.Contains(access.Roles, n.Role) {
		return Grant{}, fault.Invalid(fault.Field{Name: "role", Key: "people.role.wrong"})
	}
	o, err := s.Organisation(ctx, tx, n.Organisation)
	if fault.KindOf(err) == fault.KindNotFound {
		return Grant{}, fault.Invalid(fault.Field{Name: "organisation", Key: "people.organisation.wrong"})
	} else if err != nil {
		return Grant{}, err
	}
	place := n.Place
	if place == "" {
		place = o.Place
	}
	if place = cleanPlace(place); place == "" {
		return Grant{}, fault.Invalid(fault.Field{Name: "place", Key: "people.place.wrong"})
	}
	if err := mayManage(access.Of(ctx), place); err != nil {
		return Grant{}, err
	}
	if p.State != Active {
		return Grant{}, fault.Conflict("people.closed")
	}
	g := Grant{ID: s.newID(), Person: p.ID, Role: n.Role, Organisation: o.ID, OrganisationName: o.Name, OrganisationKind: o.Kind, Place: place,
		OnDuty: n.OnDuty && n.Role == access.Coach, From: n.From, Until: n.Until}
	if g.From.IsZero() {
		g.From = s.clock.Now()
	}
	if !g.Until.IsZero() && !g.Until.After(g.From) {
		return Grant{}, fault.Invalid(fault.Field{Name: "until", Key: "people.until.wrong"})
	}
	if _, err := tx.Exec(ctx, insertGrant, g.ID, g.Person, string(g.Role), g.Organisation, g.Place, g.OnDuty, db.At(g.From), db.At(g.Until)); err != nil {
		return Grant{}, err
	}
	return g, s.audit.Record(ctx, tx, about("role.give."+string(g.Role), audit.Create, g.Person, "role", g.ID))
}

// EndGrant ends a role now; for the operator of its place.
func (s *Service) EndGrant(ctx context.Context, grant string) (Grant, error) {
	if !access.Of(ctx).Has(access.Operator) {
		return Grant{}, fault.Denied()
	}
	var g Grant
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if g, err = db.One(ctx, tx, scanGrant, selectGrant, grant); err != nil {
			return err
		}
		if mayManage(access.Of(ctx), g.Place) != nil {
			return fault.NotFound() // it does not tell what roles there are elsewhere
		}
		if g.Role == access.Operator {
			if err := s.anotherOperator(ctx, tx, g.Person); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, endGrant, g.ID, db.At(s.clock.Now())); err != nil {
			return err
		}
		return s.audit.Record(ctx, tx, about("role.end."+string(g.Role), audit.Delete, g.Person, "role", g.ID))
	})
	return g, err
}

// SetOnDuty says whether a coach takes the questions of the place; for the
// coach and for the operator.
func (s *Service) SetOnDuty(ctx context.Context, grant string, on bool) (Grant, error) {
	var g Grant
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if g, err = db.One(ctx, tx, scanGrant, selectGrant, grant); err != nil {
			return err
		}
		a := access.Of(ctx)
		own := a.Person == g.Person && a.Can(access.Coach, g.Place)
		if !own && !a.Can(access.Operator, g.Place) {
			return fault.NotFound() // it does not tell what roles there are elsewhere
		}
		if g.Role != access.Coach || !g.Current(s.clock.Now()) {
			return fault.Conflict("people.duty.wrong")
		}
		if _, err := tx.Exec(ctx, setOnDuty, g.ID, on); err != nil {
			return err
		}
		g.OnDuty = on
		return s.audit.Record(ctx, tx, about("role.duty", audit.Update, g.Person, "role", g.ID))
	})
	return g, err
}

// anotherOperator refuses what would leave the whole instance without one.
func (s *Service) anotherOperator(ctx context.Context, tx *db.Tx, person string) error {
	list, err := membersAt(ctx, tx, access.Operator, "/", "/ ", s.clock.Now())
	if err != nil {
		return err
	}
	is := func(m Member) bool { return m.ID == person }
	if slices.ContainsFunc(list, is) && !slices.ContainsFunc(list, func(m Member) bool { return !is(m) }) {
		return fault.Conflict("people.operator.last")
	}
	return nil
}

// CloseAccount ends an account and all its sessions, and keeps the row, so that
// what the person did keeps its name; for an operator.
func (s *Service) CloseAccount(ctx context.Context, person string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := s.MayManage(ctx, tx, person); err != nil {
			return err
		}
		if err := s.anotherOperator(ctx, tx, person); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, updateState, person, string(Closed)); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, deleteSessions, person); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, dutyNobody, person); err != nil {
			return err
		}
		return s.audit.Record(ctx, tx, about("close", audit.Delete, person, "person", person))
	})
}

// Reopen makes a closed account usable again; for an operator.
func (s *Service) Reopen(ctx context.Context, person string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := s.MayManage(ctx, tx, person); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, updateState, person, string(Active)); err != nil {
			return err
		}
		return s.audit.Record(ctx, tx, about("reopen", audit.Update, person, "person", person))
	})
}

// MayManage tells whether the operator of ctx may manage the account: close it,
// open it, take its second factor away.
func (s *Service) MayManage(ctx context.Context, r db.Reader, person string) error {
	_, grants, err := s.seen(ctx, r, person)
	if err != nil {
		return err
	}
	return mayManagePerson(access.Of(ctx), grants)
}

// Listed is a part of the list of all persons.
type Listed struct {
	Members []Listing
	Next    string // the mark of the next part; empty at the end
}

// Listing is one person of the list with the present roles.
type Listing struct {
	Person
	Grants []Grant
}

// pageSize is how many persons one part of the list has.
const pageSize = 50

// List gives the persons whose name begins with search, or whose address it is,
// in the order of their names, after the mark: to the operator of the whole
// instance everybody, to the operator of a place who has a role there.
func (s *Service) List(ctx context.Context, search, after string) (Listed, error) {
	if !access.Of(ctx).Has(access.Operator) {
		return Listed{}, fault.Denied()
	}
	var out Listed
	err := s.db.Read(ctx, func(ctx context.Context, r db.Reader) error {
		found, err := s.page(ctx, r, search, after)
		if err != nil {
			return err
		}
		out = Listed{}
		if len(found) > pageSize {
			found = found[:pageSize]
			end := found[pageSize-1]
			out.Next = SortKey(end.Name) + "~" + end.ID
		}
		for _, p := range found {
			grants, err := s.Current(ctx, r, p.ID)
			if err != nil {
				return err
			}
			out.Members = append(out.Members, Listing{p, within(ctx, grants)})
		}
		return nil
	})
	return out, err
}

// page gives the persons of one part of the list, and one more when there are
// more.
func (s *Service) page(ctx context.Context, r db.Reader, search, after string) ([]Person, error) {
	all := mayManage(access.Of(ctx), "/") == nil
	if email, ok := NormalEmail(search); ok {
		if !all {
			return s.staff(ctx, r, func(p Person) bool { return p.Email == email })
		}
		p, err := s.ByEmail(ctx, r, email)
		if fault.KindOf(err) == fault.KindNotFound {
			return nil, nil
		}
		return []Person{p}, err
	}
	key := SortKey(web.Clean(strings.ToValidUTF8(search, "")))
	from, last := key, ""
	if k, i, ok := strings.Cut(after, "~"); ok && k >= key {
		from, last = k, i
	}
	if all {
		return db.All(ctx, r, scanPerson, selectPage, from, last, key+"\U0010FFFF", pageSize+1)
	}
	found, err := s.staff(ctx, r, func(p Person) bool {
		k := SortKey(p.Name)
		return strings.HasPrefix(k, key) && (k > from || k == from && p.ID > last)
	})
	return found[:min(len(found), pageSize+1)], err
}
