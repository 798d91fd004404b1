package coalitions

import (
	"context"
	"slices"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

const (
	// keepAsked is how long an organisation may think about it.
	keepAsked = 90 * 24 * time.Hour
	// askedMost bounds what waits for the answer of one organisation.
	askedMost = 50
)

// AddCity asks an organisation with its municipality to take part. It takes part
// when somebody with a role in it says yes: at once if that is the actor.
func (s *Service) AddCity(ctx context.Context, coalition, organisation, code string) error {
	towns, err := s.Places.Municipalities(ctx)
	if err != nil {
		return err
	}
	return s.write(ctx, coalition, conveners, func(ctx context.Context, tx *db.Tx, c Coalition, _ Member) error {
		city, err := s.city(ctx, tx, towns, organisation, code)
		if err != nil {
			return err
		}
		asked, err := s.asked(ctx, tx, coalition)
		if err != nil {
			return err
		}
		switch {
		case slices.ContainsFunc(c.Cities, func(o City) bool { return o.Organisation == organisation }):
			return fault.Invalid(fault.Field{Name: "organisatie", Key: "coalitions.wrong.already"})
		case slices.ContainsFunc(asked, func(o Asked) bool { return o.Organisation == organisation }):
			return fault.Invalid(fault.Field{Name: "organisatie", Key: "coalitions.wrong.asked"})
		case len(c.Cities)+len(asked) >= citiesMost:
			return fault.Invalid(fault.Field{Name: "organisatie", Key: "coalitions.wrong.cities", Args: []any{"most", citiesMost}})
		}
		a := access.Of(ctx)
		if speaks(a, organisation) {
			return s.bring(ctx, tx, c, city)
		}
		if _, err := tx.Exec(ctx, insertAsked, coalition, city.Organisation, city.Name, city.Place, city.Code, a.Person, db.At(s.Clock.Now())); err != nil {
			return err
		}
		return s.told(ctx, tx, coalition, changeCityAsked, audit.Create, city.Name, "")
	})
}

// bring has a city take part from now on.
func (s *Service) bring(ctx context.Context, tx *db.Tx, c Coalition, city City) error {
	c.Cities = append(slices.Clone(c.Cities), city)
	if err := putCoalition(ctx, tx, c, s.Clock.Now()); err != nil {
		return err
	}
	return s.told(ctx, tx, c.ID, changeCity, audit.Update, city.Name, "")
}

// asked reads the organisations that were asked and have not answered, with the
// names of today.
func (s *Service) asked(ctx context.Context, r db.Reader, coalition string) ([]Asked, error) {
	list, err := db.All(ctx, r, scanAsked, selectAsked, coalition, citiesMost)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	names, err := s.organisationNames(ctx, r)
	for i, a := range list {
		if n := names[a.Organisation]; n != "" {
			list[i].Name = n
		}
	}
	return list, err
}

// takePart turns what an organisation was asked into taking part, for an actor who
// speaks for it; what was never asked stays as it is.
func (s *Service) takePart(ctx context.Context, tx *db.Tx, c Coalition, organisation string) error {
	asked, err := s.asked(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(asked, func(o Asked) bool { return o.Organisation == organisation })
	if i < 0 {
		return nil
	}
	if _, err := tx.Exec(ctx, deleteAsked, c.ID, organisation); err != nil {
		return err
	}
	return s.bring(ctx, tx, c, asked[i].City)
}

// AnswerFor says yes or no for an organisation that was asked. Only who has a role
// in it may; to anybody else nothing was asked.
func (s *Service) AnswerFor(ctx context.Context, coalition, organisation string, agree bool) error {
	if !speaks(access.Of(ctx), organisation) {
		return fault.NotFound()
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		c, err := db.One(ctx, tx, scanCoalition, selectCoalition, coalition)
		if err != nil {
			return err
		}
		asked, err := s.asked(ctx, tx, coalition)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(asked, func(o Asked) bool { return o.Organisation == organisation })
		switch {
		case i < 0:
			return fault.NotFound()
		case !c.Ended.IsZero():
			return fault.Conflict("coalitions.wrong.ended")
		case agree:
			return s.takePart(ctx, tx, c, organisation)
		}
		if _, err := tx.Exec(ctx, deleteAsked, coalition, organisation); err != nil {
			return err
		}
		return s.told(ctx, tx, coalition, changeCityNo, audit.Delete, asked[i].Name, "")
	})
}

// AskedOf is what an organisation of the actor was asked. It tells no more of a
// coalition than is needed to answer.
type AskedOf struct {
	Asked
	Called, Goal, From string
}

// AskedOf gives what the organisations of the actor were asked and did not answer.
func (s *Service) AskedOf(ctx context.Context) (list []AskedOf, err error) {
	own := access.Of(ctx).Organisations()
	if len(own) == 0 {
		return nil, nil
	}
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		list = nil
		var who []string
		for _, o := range own {
			asked, err := db.All(ctx, r, scanAsked, selectAskedOf, o, askedMost)
			if err != nil {
				return err
			}
			for _, a := range asked {
				c, err := db.One(ctx, r, scanCoalition, selectCoalition, a.Coalition)
				if err != nil {
					return err
				}
				if !c.Ended.IsZero() {
					continue
				}
				list, who = append(list, AskedOf{Asked: a, Called: c.Name, Goal: c.Goal}), append(who, a.Person)
			}
		}
		if len(list) == 0 {
			return nil
		}
		names, err := s.People.Names(ctx, r, who)
		for i, a := range list {
			list[i].From = names[a.Person]
		}
		return err
	})
	return list, err
}

// RemoveCity takes a city out, or takes back what it was asked; its people stay
// until they are taken out too.
func (s *Service) RemoveCity(ctx context.Context, coalition, organisation string) error {
	return s.write(ctx, coalition, conveners, func(ctx context.Context, tx *db.Tx, c Coalition, _ Member) error {
		n, err := tx.Exec(ctx, deleteAsked, coalition, organisation)
		if err != nil || n > 0 {
			if err == nil {
				err = s.told(ctx, tx, coalition, changeUninvited, audit.Delete, "", "")
			}
			return err
		}
		i := slices.IndexFunc(c.Cities, func(o City) bool { return o.Organisation == organisation })
		if i < 0 {
			return fault.NotFound()
		}
		if len(c.Cities) == 1 {
			return fault.Conflict("coalitions.wrong.lastcity")
		}
		name := c.Cities[i].Name
		c.Cities = slices.Delete(slices.Clone(c.Cities), i, i+1)
		if err := putCoalition(ctx, tx, c, s.Clock.Now()); err != nil {
			return err
		}
		return s.told(ctx, tx, coalition, changeCityAway, audit.Update, name, "")
	})
}
