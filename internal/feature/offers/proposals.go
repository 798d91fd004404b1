package offers

import (
	"context"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/jobs"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

// The states of a proposal.
const (
	Waiting  = "waiting"
	Accepted = "accepted"
	Declined = "declined"
)

// Proposal is an entry that somebody would like to see, or other than it is.
type Proposal struct {
	ID        string
	Offer     string // id; empty for a new one, until it is accepted
	Name      string
	By        string // name of the organisation
	Body      Offer
	Version   int64 // that it was made of
	Why       string
	Person    string // empty for who came by the link of a letter
	At        time.Time
	Status    string
	Reason    string // of the decision
	Decided   time.Time
	DecidedBy string
}

func scanProposal(s db.Scanner) (p Proposal, err error) {
	var body db.JSON[Offer]
	var at, decided db.Time
	var person, by db.Null
	err = s.Scan(&p.ID, &p.Offer, &p.Name, &p.By, &body, &p.Version, &p.Why, &person, &at, &p.Status, &p.Reason, &decided, &by)
	p.Body, p.At, p.Decided, p.Person, p.DecidedBy = body.V, at.Time, decided.Time, string(person), string(by)
	return p, err
}

const whyMost = 500

// Propose keeps a proposal for the editor: a new entry of the organisation called
// by, or a change of the one at slug. An editor of the place adds a new one at once.
func (s *Service) Propose(ctx context.Context, slug string, o Offer, by string, version int64, why string) (made string, err error) {
	a := access.Of(ctx)
	if !a.SignedIn() && !program(a) {
		return "", fault.Denied()
	}
	list := o.check(false)
	if slug == "" && by == "" {
		list = append(list, Fault{Field: "organisatie", Key: "offers.wrong.empty"})
	}
	if slug != "" && why == "" {
		list = append(list, Fault{Field: "waarom", Key: "offers.wrong.reason"})
	}
	if len(list) > 0 {
		return "", invalid(list)
	}
	if slug == "" && mayDecide(a, s.o.Root, &o) {
		err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			made, err = s.new(ctx, tx, o, by, act{kind: actMade, why: why, as: asEditor})
			return err
		})
		return made, err
	}
	if wait := s.proposals.Take(a.Person); wait > 0 {
		return "", fault.TooMany(wait)
	}
	return "", s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		p := Proposal{Name: o.Name, By: by, Body: o, Version: version, Why: why, Person: a.Person}
		if slug != "" {
			v, org, _, err := s.enter(ctx, tx, slug)
			if err != nil {
				return err
			}
			p.Offer, p.By, p.Body.Organisation = v.ID, org.Name, v.Organisation
			if len(diffs(&v.Offer, &p.Body)) == 0 {
				return fault.Invalid(fault.Field{Name: "waarom", Key: "offers.wrong.nothing"})
			}
		}
		return s.keepProposal(ctx, tx, p)
	})
}

func (s *Service) keepProposal(ctx context.Context, tx *db.Tx, p Proposal) error {
	p.ID = s.o.IDs()
	if _, err := tx.Exec(ctx, insertProposal, p.ID, p.Offer, p.Name, p.By, db.JSON[Offer]{V: p.Body}, p.Version, p.Why, db.Null(p.Person), db.At(s.clock.Now())); err != nil {
		return err
	}
	return s.o.Audit.Record(ctx, tx, audit.Event{Kind: "offers.proposal", Action: audit.Create, ObjectType: "offerproposal", ObjectID: p.ID})
}

// new makes an entry of the organisation called by.
func (s *Service) new(ctx context.Context, tx *db.Tx, o Offer, by string, a act) (string, error) {
	org, err := s.organisation(ctx, tx, Organisation{Name: by})
	if err != nil {
		return "", err
	}
	o.Organisation, o.Slug, o.ID = org.ID, "", ""
	o.Locations = s.spotted(o.Locations)
	v, err := s.add(ctx, tx, o, org, s.clock.Now(), a)
	return v.Slug, err
}

// proposalsMost is how many proposals stand on one page.
const proposalsMost = 50

// Proposals lists those that wait and that the actor may decide about.
func (s *Service) Proposals(ctx context.Context, r db.Reader) ([]Proposal, error) {
	a := access.Of(ctx)
	var list []Proposal
	after := ""
	for len(list) < proposalsMost {
		some, err := db.All(ctx, r, scanProposal, selectProposals, Waiting, after, proposalsMost)
		if err != nil {
			return nil, err
		}
		for _, p := range some {
			if after = p.ID; mayDecide(a, s.o.Root, &p.Body) {
				list = append(list, p)
			}
		}
		if len(some) < proposalsMost {
			break
		}
	}
	return list, nil
}

// Judged is a proposal with what it would change now.
type Judged struct {
	Proposal
	Slug    string // of the entry, if it is there
	Now     int64  // its version
	Changes []Diff
	Alike   []Card // that look like a new one
}

// judged reads a proposal that the actor may decide about.
func (s *Service) judged(ctx context.Context, r db.Reader, id string) (j Judged, err error) {
	if j.Proposal, err = db.One(ctx, r, scanProposal, selectProposal, id); err != nil {
		return j, err
	}
	a := access.Of(ctx)
	if !mayDecide(a, s.o.Root, &j.Body) {
		return j, fault.NotFound()
	}
	if j.Offer == "" {
		j.Changes = diffs(&Offer{}, &j.Body)
		return j, nil
	}
	v, err := db.One(ctx, r, scanOffer, selectByID, j.Offer)
	if err != nil {
		return j, err
	}
	if !mayDecide(a, s.o.Root, &v.Offer) { // it would be taken from another editor
		return j, fault.NotFound()
	}
	j.Slug, j.Now, j.Changes = v.Slug, v.Version, diffs(&v.Offer, &j.Body)
	return j, nil
}

// Proposal gives one proposal, for an editor of its place.
func (s *Service) Proposal(ctx context.Context, id string) (j Judged, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, r db.Reader) error {
		j, err = s.judged(ctx, r, id)
		return err
	})
	if err == nil && j.Offer == "" {
		var l Listing
		if l, err = s.List(ctx, Page{Filter: Filter{Words: j.Name}, Limit: 5}); err == nil {
			j.Alike = l.Cards[:min(5, len(l.Cards))]
		}
	}
	return j, err
}

// Decide accepts or refuses a proposal; a refusal has a reason. version is that of
// the entry which the editor saw.
func (s *Service) Decide(ctx context.Context, id string, accept bool, reason string, version int64) (slug string, err error) {
	if !accept && reason == "" {
		return "", fault.Invalid(fault.Field{Name: "reden", Key: "offers.wrong.reason"})
	}
	a := access.Of(ctx)
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		j, err := s.judged(ctx, tx, id)
		if err != nil {
			return err
		}
		if j.Status != Waiting {
			return fault.Conflict("offers.wrong.decided")
		}
		status, offer := Declined, j.Offer
		slug = j.Slug
		if accept {
			status = Accepted
			how := act{kind: actAccepted, why: j.Why, person: j.Person, version: version, as: asEditor}
			if j.Offer == "" {
				if slug, err = s.new(ctx, tx, j.Body, j.By, how); err != nil {
					return err
				}
				v, err := db.One(ctx, tx, scanOffer, selectBySlug, slug)
				if err != nil {
					return err
				}
				offer = v.ID
			} else {
				v, err := db.One(ctx, tx, scanOffer, selectByID, j.Offer)
				if err != nil {
					return err
				}
				if _, err := s.change(ctx, tx, v, how, func(o *Offer, _ *string) error {
					body := j.Body
					body.Keeper = o.Keeper // not for who proposes to say
					*o = body
					return nil
				}); err != nil {
					return err
				}
			}
		}
		if _, err := tx.Exec(ctx, decideProposal, id, status, reason, db.At(s.clock.Now()), db.Null(a.Person), offer); err != nil {
			return err
		}
		if err := s.o.Audit.Record(ctx, tx, audit.Event{Kind: "offers.decision", Action: audit.Update, ObjectType: "offerproposal", ObjectID: id, Subject: j.Person}); err != nil {
			return err
		}
		return jobs.Enqueue(ctx, tx, jobTellDecided, decided{id})
	})
	return slug, err
}

// decided names a proposal that was decided.
type decided struct {
	Proposal string `json:"proposal"`
}

// tellDecided mails whoever made a proposal what became of it.
func (s *Service) tellDecided(ctx context.Context, d decided) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, err := db.One(ctx, tx, scanProposal, selectProposal, d.Proposal)
		if fault.KindOf(err) == fault.KindNotFound && err != nil || err == nil && p.Person == "" {
			return nil // gone in the meantime
		}
		if err != nil {
			return err
		}
		email, err := s.o.People.Email(ctx, tx, p.Person)
		if fault.KindOf(err) == fault.KindNotFound && err != nil || err == nil && email == "" {
			return nil
		}
		if err != nil {
			return err
		}
		path := "/aanbod"
		if v, err := db.One(ctx, tx, scanOffer, selectByID, p.Offer); err == nil && v.Status == Live {
			path = Path(v.Slug)
		}
		reason := p.Reason
		if reason == "" {
			reason = "–"
		}
		return s.tell(ctx, tx, email, "offers.mail."+p.Status, path, "name", p.Name, "reason", reason)
	})
}
