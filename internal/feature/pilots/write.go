package pilots

import (
	"context"
	"slices"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

// Create begins a pilot as a draft of an organisation that the actor leads. Place
// holds the name of a municipality as it was typed.
func (s *Service) Create(ctx context.Context, p Pilot) (Pilot, error) {
	actor := access.Of(ctx)
	led := organisations(actor)
	if len(led) == 0 {
		return Pilot{}, fault.Denied()
	}
	if p.Lead == "" && len(led) == 1 {
		p.Lead = led[0]
	}
	now := s.Clock.Now()
	p.ID, p.Status, p.Version, p.CreatedAt, p.ChangedAt = s.IDs(), Draft, 1, now, now
	if p.LeadPerson == "" {
		p.LeadPerson = actor.Person
	}
	if err := s.placed(ctx, &p); err != nil {
		return p, err
	}
	if err := p.check(); err != nil {
		return p, err
	}
	return p, s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if !Leads(actor, p.Lead) {
			return fault.Invalid(fault.Field{Name: "kartrekker", Key: "pilots.wrong.lead"})
		}
		if err := s.known(ctx, tx, &p); err != nil {
			return err
		}
		if err := s.leader(ctx, tx, p.LeadPerson); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, insertPilot, p.columns()...); err != nil {
			return err
		}
		return s.noted(ctx, tx, p.ID, "made", "", audit.Create)
	})
}

// placed looks up the municipality that was typed.
func (s *Service) placed(ctx context.Context, p *Pilot) error {
	m, ok, err := s.municipality(ctx, p.Place)
	if err != nil {
		return err
	}
	if !ok {
		return fault.Invalid(fault.Field{Name: "gemeente", Key: "pilots.wrong.place", Args: []any{"name", p.Place}})
	}
	p.Place, p.PlaceName, p.PlacePath = m.Code, m.Name, m.Path
	return nil
}

// known checks that the initiative is there, and looks up the organisation.
func (s *Service) known(ctx context.Context, r db.Reader, p *Pilot) error {
	links, err := s.Initiatives.Links(ctx, r, []string{p.Initiative})
	if err != nil {
		return err
	}
	if len(links) == 0 {
		return fault.Invalid(fault.Field{Name: "initiatief", Key: "pilots.wrong.initiative"})
	}
	list, err := s.People.Organisations(ctx, r)
	if err != nil {
		return err
	}
	k := slices.IndexFunc(list, func(l Link) bool { return l.ID == p.Lead })
	if k < 0 {
		return fault.Invalid(fault.Field{Name: "kartrekker", Key: "pilots.wrong.lead"})
	}
	p.LeadName = list[k].Name
	return nil
}

// leader checks that the actor may name somebody project leader: the page tells who
// may edit the name, and letters go to the address.
func (s *Service) leader(ctx context.Context, r db.Reader, person string) error {
	if person == access.Of(ctx).Person {
		return nil
	}
	list, err := s.People.Colleagues(ctx, r)
	if err == nil && !slices.ContainsFunc(list, func(c Person) bool { return c.ID == person }) {
		err = fault.Invalid(fault.Field{Name: "projectleider", Key: "pilots.wrong.leader"})
	}
	return err
}

// Edit changes what stands on the first form. The initiative stays.
func (s *Service) Edit(ctx context.Context, id string, version int64, e Pilot, why string) error {
	if err := s.placed(ctx, &e); err != nil {
		return err
	}
	return s.change(ctx, id, version, "basis", why, func(ctx context.Context, tx *db.Tx, p *Pilot) error {
		if p.Status == Ended {
			return fault.Conflict("pilots.ended")
		}
		if p.Status == Running && !p.Starts.Equal(e.Starts) && e.Starts.After(s.Clock.Now()) {
			return fault.Invalid(fault.Field{Name: "van", Key: "pilots.wrong.started"})
		}
		atEnd := p.DecideOn.Equal(p.Ends)
		p.Name, p.Place, p.PlaceName, p.PlacePath = e.Name, e.Place, e.PlaceName, e.PlacePath
		p.Starts, p.Ends, p.People, p.Goal = e.Starts, e.Ends, e.People, e.Goal
		if p.Status == Draft { // afterwards nobody makes the proof stronger than it was set up
			p.Design, p.Compared = e.Design, e.Compared
		}
		if p.Status == Running && atEnd {
			p.DecideOn = p.Ends
		}
		if e.LeadPerson != "" && e.LeadPerson != p.LeadPerson {
			if err := s.leader(ctx, tx, e.LeadPerson); err != nil {
				return err
			}
			p.LeadPerson = e.LeadPerson
		}
		if err := p.check(); err != nil {
			return err
		}
		return s.refresh(ctx, tx, p)
	})
}

// KeepIndicator adds an indicator, or changes the one with this code. Kind and unit
// stay as they are once something was measured.
func (s *Service) KeepIndicator(ctx context.Context, id string, version int64, i Indicator, why string) error {
	return s.change(ctx, id, version, "indicators", why, func(ctx context.Context, tx *db.Tx, p *Pilot) error {
		if p.Status == Ended {
			return fault.Conflict("pilots.ended")
		}
		list, err := db.All(ctx, tx, scanIndicator, selectIndicators, id)
		if err != nil {
			return err
		}
		if i.Code == "" {
			i.Code = codeOf(i.Name, list)
		}
		if err := i.check(); err != nil {
			return err
		}
		k := slices.IndexFunc(list, func(o Indicator) bool { return o.Code == i.Code })
		had := ""
		if k >= 0 {
			had = list[k].Counter
		}
		if err := s.countable(ctx, tx, i, had); err != nil {
			return err
		}
		if k < 0 {
			if len(list) >= IndicatorsMost {
				return fault.Invalid(fault.Field{Name: "naam", Key: "pilots.wrong.indicators", Args: []any{"n", IndicatorsMost}})
			}
			i.ID, i.Pilot, i.Position, i.Last = s.IDs(), id, len(list), Measurement{}
			if len(list) > 0 {
				i.Position = list[len(list)-1].Position + 1
			}
			_, err = tx.Exec(ctx, insertIndicator, i.columns()...)
			return err
		}
		was := list[k]
		if !was.Last.Day.IsZero() && (was.Kind != i.Kind || was.Unit != i.Unit) {
			return fault.Invalid(fault.Field{Name: "soort", Key: "pilots.wrong.measured"})
		}
		list[k] = i
		if err := s.rulesHold(ctx, tx, *p, list); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, updateIndicator, was.ID, i.Name, i.Definition, i.Unit, i.Kind, i.Better, i.Baseline, i.Target, i.Source, i.Every, i.Counter)
		return err
	})
}

// rulesHold refuses a change of the indicators that breaks a rule: the rule goes first.
func (s *Service) rulesHold(ctx context.Context, tx *db.Tx, p Pilot, list []Indicator) error {
	rules, err := db.All(ctx, tx, scanRule, selectRules, p.ID)
	if err != nil {
		return err
	}
	if err := CheckRules(rules, list, p.weeks()); err != nil {
		return fault.Invalid(fault.Field{Name: "naam", Key: "pilots.wrong.breaksrule"})
	}
	return nil
}

// RemoveIndicator takes away an indicator that was never measured.
func (s *Service) RemoveIndicator(ctx context.Context, id string, version int64, code string) error {
	return s.change(ctx, id, version, "indicators", "", func(ctx context.Context, tx *db.Tx, p *Pilot) error {
		list, err := db.All(ctx, tx, scanIndicator, selectIndicators, id)
		if err != nil {
			return err
		}
		k := slices.IndexFunc(list, func(o Indicator) bool { return o.Code == code })
		if k < 0 {
			return fault.NotFound()
		}
		if !list[k].Last.Day.IsZero() {
			return fault.Conflict("pilots.wrong.measured")
		}
		if err := s.rulesHold(ctx, tx, *p, slices.Delete(slices.Clone(list), k, k+1)); err != nil {
			return fault.Conflict("pilots.wrong.breaksrule")
		}
		_, err = tx.Exec(ctx, deleteIndicator, list[k].ID)
		return err
	})
}

// weeks is how long the pilot takes; 0 where that is not known.
func (p Pilot) weeks() int {
	if p.Starts.IsZero() || p.Ends.IsZero() {
		return 0
	}
	return int(p.Ends.Sub(p.Starts).Hours()/(24*7) + 0.999)
}

// KeepRules replaces all rules.
func (s *Service) KeepRules(ctx context.Context, id string, version int64, rules []Rule, why string) error {
	return s.change(ctx, id, version, "rules", why, func(ctx context.Context, tx *db.Tx, p *Pilot) error {
		if p.Status == Ended {
			return fault.Conflict("pilots.ended")
		}
		indicators, err := db.All(ctx, tx, scanIndicator, selectIndicators, id)
		if err != nil {
			return err
		}
		if err := CheckRules(rules, indicators, p.weeks()); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, deleteRules, id); err != nil {
			return err
		}
		for k, r := range rules {
			if _, err := tx.Exec(ctx, insertRule, s.IDs(), id, k, r.Kind, r.Indicator, r.Comparison, r.Value, r.Week); err != nil {
				return err
			}
		}
		return s.refresh(ctx, tx, p)
	})
}

// centsMost bounds an amount: ten thousand million euros.
const centsMost = 1_000_000_000_000

// KeepCosts replaces all lines of money.
func (s *Service) KeepCosts(ctx context.Context, id string, version int64, costs []Cost, why string) error {
	var w wrong
	w.add(len(costs) > LinesMost, "", "pilots.wrong.lines", "n", LinesMost)
	for k, c := range costs {
		w.add(c.Label == "", lineName("post", k), "pilots.wrong.costlabel")
		w.add(c.Planned < 0 || c.Planned > centsMost, lineName("begroot", k), "pilots.wrong.cents")
		w.add(c.Spent != nil && (*c.Spent < -centsMost || *c.Spent > centsMost), lineName("echt", k), "pilots.wrong.cents")
	}
	if err := w.err(); err != nil {
		return err
	}
	return s.change(ctx, id, version, "costs", why, func(ctx context.Context, tx *db.Tx, _ *Pilot) error {
		if _, err := tx.Exec(ctx, deleteCosts, id); err != nil {
			return err
		}
		return s.addCosts(ctx, tx, id, costs)
	})
}

func (s *Service) addCosts(ctx context.Context, tx *db.Tx, id string, costs []Cost) error {
	for k, c := range costs {
		if _, err := tx.Exec(ctx, insertCost, s.IDs(), id, k, c.Label, c.Planned, c.Spent); err != nil {
			return err
		}
	}
	return nil
}

// KeepRisks replaces all risks.
func (s *Service) KeepRisks(ctx context.Context, id string, version int64, risks []Risk, why string) error {
	var w wrong
	w.add(len(risks) > LinesMost, "", "pilots.wrong.lines", "n", LinesMost)
	for k, r := range risks {
		w.add(r.Label == "", lineName("risico", k), "pilots.wrong.risk")
		w.add(!slices.Contains(Weights, r.Weight), lineName("zwaarte", k), "pilots.wrong.weight")
	}
	if err := w.err(); err != nil {
		return err
	}
	return s.change(ctx, id, version, "risks", why, func(ctx context.Context, tx *db.Tx, _ *Pilot) error {
		if _, err := tx.Exec(ctx, deleteRisks, id); err != nil {
			return err
		}
		for k, r := range risks {
			if _, err := tx.Exec(ctx, insertRisk, s.IDs(), id, k, r.Label, r.Weight, r.Answer); err != nil {
				return err
			}
		}
		return nil
	})
}

// AddNote writes an experience down. Consent holds the exact words agreed to.
func (s *Service) AddNote(ctx context.Context, id string, n Note) error {
	now := s.Clock.Now()
	if n.Quote == "" {
		n.Consent, n.SaidBy = "", ""
	}
	if err := n.check(now); err != nil {
		return err
	}
	return s.change(ctx, id, 0, "notes", "", func(ctx context.Context, tx *db.Tx, _ *Pilot) error {
		if n.Quote != "" {
			n.ConsentAt = now
		}
		_, err := tx.Exec(ctx, insertNote, s.IDs(), id, db.At(n.Day), n.Body, n.Quote, n.SaidBy, n.Consent, db.At(n.ConsentAt),
			db.Null(access.Of(ctx).Person), db.At(now))
		return err
	})
}

// RemoveNote takes an experience away, as when consent is withdrawn.
func (s *Service) RemoveNote(ctx context.Context, id, note string) error {
	return s.change(ctx, id, 0, "notes", "", func(ctx context.Context, tx *db.Tx, _ *Pilot) error {
		if n, err := tx.Exec(ctx, deleteNote, note, id); err != nil {
			return err
		} else if n == 0 {
			return fault.NotFound()
		}
		return nil
	})
}

// Start lets a draft run, if its start rules are met. From then on everybody sees it.
func (s *Service) Start(ctx context.Context, id string, version int64) error {
	return s.change(ctx, id, version, "started", "", func(ctx context.Context, tx *db.Tx, p *Pilot) error {
		if p.Status != Draft {
			return fault.Conflict("pilots.wrong.notdraft")
		}
		p.Status = Running
		if err := p.check(); err != nil {
			return fault.Conflict("pilots.start.unfinished")
		}
		indicators, err := db.All(ctx, tx, scanIndicator, selectIndicators, id)
		if err != nil {
			return err
		}
		if len(indicators) == 0 {
			return fault.Conflict("pilots.start.noindicator")
		}
		rules, err := db.All(ctx, tx, scanRule, selectRules, id)
		if err != nil {
			return err
		}
		if CheckRules(rules, indicators, p.weeks()) != nil {
			return fault.Conflict("pilots.start.rules")
		}
		for _, j := range p.Judge(rules, indicators, s.Clock.Now()) {
			if j.Kind == "start" && j.Verdict != Passes {
				return fault.Conflict("pilots.start.notmet", "name", j.Name)
			}
		}
		p.DecideOn = p.Ends
		return s.refresh(ctx, tx, p)
	})
}

// Remove takes a draft away.
func (s *Service) Remove(ctx context.Context, id string) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, err := s.see(ctx, tx, id)
		if err != nil {
			return err
		}
		if !MayEdit(access.Of(ctx), p, s.Root) {
			return fault.Denied()
		}
		if p.Status != Draft {
			return fault.Conflict("pilots.wrong.notdraft")
		}
		if _, err := tx.Exec(ctx, deletePilot, id); err != nil {
			return err
		}
		return s.Audit.Record(ctx, tx, audit.Event{Kind: "pilots.removed", Action: audit.Delete, ObjectType: "pilot", ObjectID: id})
	})
}
