package initiatives

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
	Declined = "refused"
)

// Proposal is what somebody would like to see in the overview, or other in it.
type Proposal struct {
	ID         string
	Initiative string // slug; empty for a new one, until it is accepted
	Part       string // that it changes; empty for a new one
	Name       string
	Body       Initiative
	Version    int64 // that it was made of
	Why        string
	Person     string
	At         time.Time
	Status     string
	Reason     string // of the decision
	Decided    time.Time
	DecidedBy  string
}

func scanProposal(s db.Scanner) (p Proposal, err error) {
	var body db.JSON[Initiative]
	var at, decided db.Time
	var person, by db.Null
	err = s.Scan(&p.ID, &p.Initiative, &p.Part, &p.Name, &body, &p.Version, &p.Why, &person, &at, &p.Status, &p.Reason, &decided, &by)
	p.Body, p.At, p.Decided, p.Person, p.DecidedBy = body.V, at.Time, decided.Time, string(person), string(by)
	return p, err
}

// propose keeps a proposal for the editor.
func (s *Service) propose(ctx context.Context, p Proposal) (string, error) {
	a := access.Of(ctx)
	if !a.SignedIn() && !program(a) {
		return "", fault.Denied()
	}
	if wait := s.offers.Take(a.Person); wait > 0 {
		return "", fault.TooMany(wait)
	}
	if p.Initiative != "" {
		now, err := read(ctx, s.db, p.Initiative)
		if err != nil {
			return "", err
		}
		if len(diffs(now, p.Body)) == 0 {
			return "", fault.Invalid(fault.Field{Name: formWhy, Key: "initiatives.wrong.nothing"})
		}
	}
	p.ID, p.Person, p.At = s.o.IDs(), a.Person, s.clock.Now()
	return p.ID, s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, insertProposal, p.ID, p.Initiative, p.Part, p.Name, db.JSON[Initiative]{V: p.Body}, p.Version, p.Why,
			db.Null(p.Person), db.At(p.At)); err != nil {
			return err
		}
		return s.o.Audit.Record(ctx, tx, audit.Event{Kind: "initiatives.proposal", Action: audit.Create, ObjectType: "proposal", ObjectID: p.ID})
	})
}

// proposalsMost is how many proposals stand on one page.
const proposalsMost = 50

// Proposals lists those that wait, for the editor, and the actor's own.
func (s *Service) Proposals(ctx context.Context, after string) (waiting, own []Proposal, err error) {
	a := access.Of(ctx)
	if isEditor(a, s.o.Root) {
		if waiting, err = db.All(ctx, s.db, scanProposal, selectProposals, Waiting, after, proposalsMost+1); err != nil {
			return nil, nil, err
		}
	}
	if a.SignedIn() {
		own, err = db.All(ctx, s.db, scanProposal, selectProposed, a.Person, proposalsMost)
	}
	return waiting, own, err
}

// Judged is a proposal with what it would change now.
type Judged struct {
	Proposal
	Now     int64 // version of the initiative
	Changes []Diff
	By      string // name of who proposed it
	Editor  bool   // the actor may decide
	Alike   []Link // that look like a new one
}

// Proposal gives one proposal.
func (s *Service) Proposal(ctx context.Context, id string) (j Judged, err error) {
	a := access.Of(ctx)
	err = s.db.Read(ctx, func(ctx context.Context, r db.Reader) error {
		if j.Proposal, err = db.One(ctx, r, scanProposal, selectProposal, id); err != nil {
			return err
		}
		if !mayReadProposal(a, s.o.Root, j.Proposal) {
			return fault.NotFound()
		}
		j.Editor = isEditor(a, s.o.Root)
		names, err := s.o.People.Names(ctx, r, []string{j.Person})
		if err != nil {
			return err
		}
		j.By = names[j.Person]
		var now Initiative
		if j.Part != "" {
			if now, err = read(ctx, r, j.Initiative); fault.KindOf(err) == fault.KindNotFound {
				return nil // gone since
			}
			if err != nil {
				return err
			}
		}
		j.Now = now.Version
		after := now
		j.apply(&after)
		j.Changes = diffs(now, after)
		return nil
	})
	if err == nil && j.Part == "" && j.Editor {
		j.Alike, err = s.alike(ctx, j.Body)
	}
	return j, err
}

// apply does to an initiative what is proposed.
func (p Proposal) apply(i *Initiative) {
	if p.Part == "" {
		slug := i.Slug
		*i = p.Body
		i.Slug = slug
		return
	}
	if part := partOf(p.Part); part != nil {
		towns := p.Body.Municipalities
		one, rows := part.get(p.Body)
		if part.name == "basis" { // a phase moves at its gate
			delete(one, "fase")
		}
		part.set(i, one, rows)
		if part.name == "waar" {
			i.Municipalities = towns // with their codes
		}
	}
}

// Decide accepts or refuses a proposal, for a reason that its maker is told.
// version is that of the initiative which the editor saw.
func (s *Service) Decide(ctx context.Context, id string, accept bool, reason string, version int64) (slug string, err error) {
	a := access.Of(ctx)
	if !isEditor(a, s.o.Root) {
		return "", fault.NotFound()
	}
	if !accept && reason == "" {
		return "", fault.Invalid(fault.Field{Name: "reden", Key: "initiatives.wrong.reason"})
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, err := db.One(ctx, tx, scanProposal, selectProposal, id)
		if err != nil {
			return err
		}
		if p.Status != Waiting {
			return fault.Conflict("initiatives.wrong.decided")
		}
		status := Declined
		slug = p.Initiative
		if accept {
			status = Accepted
			if slug, err = s.accept(ctx, tx, p, version); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, decideProposal, id, status, reason, db.At(s.clock.Now()), db.Null(a.Person), slug); err != nil {
			return err
		}
		if err := s.o.Audit.Record(ctx, tx, audit.Event{Kind: "initiatives.decision", Action: audit.Update, ObjectType: "proposal",
			ObjectID: id, Subject: p.Person}); err != nil {
			return err
		}
		return jobs.Enqueue(ctx, tx, jobTellDecided, decided{id})
	})
	return slug, err
}

func (s *Service) accept(ctx context.Context, tx *db.Tx, p Proposal, version int64) (string, error) {
	how := act{kind: actAccepted, why: p.Why, person: p.Person, version: version, part: partOf(p.Part)}
	if p.Part == "" {
		return s.make(ctx, tx, p.Body, "", how)
	}
	return p.Initiative, s.change(ctx, tx, p.Initiative, how, func(i *Initiative) error {
		p.apply(i)
		return nil
	})
}

// decided names a proposal that was decided.
type decided struct {
	Proposal string `json:"proposal"`
}

// tellDecided mails whoever made a proposal what became of it.
func (s *Service) tellDecided(ctx context.Context, d decided) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, err := db.One(ctx, tx, scanProposal, selectProposal, d.Proposal)
		if fault.KindOf(err) == fault.KindNotFound || err == nil && p.Person == "" {
			return nil // gone in the meantime
		}
		if err != nil {
			return err
		}
		email, err := s.email(ctx, tx, p.Person)
		if err != nil || email == "" {
			return err
		}
		return s.tell(ctx, tx, email, "initiatives.mail."+p.Status, "/initiatief-voorstellen/"+p.ID, "name", p.Name)
	})
}

// email is the address of an account; "" where there is none any more.
func (s *Service) email(ctx context.Context, r db.Reader, person string) (string, error) {
	email, err := s.o.People.Email(ctx, r, person)
	if fault.KindOf(err) == fault.KindNotFound {
		return "", nil
	}
	return email, err
}
