package offers

import (
	"context"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/room"
)

// personal answers for what this room holds of one person. Entries name
// organisations; what is of a person is who changed and proposed what.
type personal struct{ s *Service }

type (
	export struct {
		Proposals []exportProposal `json:"proposals"`
		Changes   []exportChange   `json:"changes"`
		Keeps     []exportEntry    `json:"keeps"`
		Checked   []exportEntry    `json:"checked"`
	}
	// exportEntry is an entry that the person gets the letters of, or looked at last.
	exportEntry struct {
		ID   string    `json:"id"`
		Name string    `json:"name"`
		At   time.Time `json:"checkedAt"`
	}
	exportProposal struct {
		ID           string    `json:"id"`
		Name         string    `json:"name"`
		Organisation string    `json:"organisation,omitempty"`
		Body         Offer     `json:"body"`
		Why          string    `json:"why"`
		At           time.Time `json:"at"`
		Status       string    `json:"status"`
		Reason       string    `json:"reason"`
	}
	exportChange struct {
		Offer   string    `json:"offer"`
		At      time.Time `json:"at"`
		Kind    string    `json:"kind"`
		Why     string    `json:"why"`
		Changed []Diff    `json:"changed"`
	}
)

// exportAtOnce is how many rows one query of an export reads.
const exportAtOnce = 500

// inParts reads a list whole, a part at a time; id tells where the next begins.
func inParts[T any](ctx context.Context, r db.Reader, scan func(db.Scanner) (T, error), query, of string, id func(T) string, add func(T)) error {
	after := ""
	for more := true; more; {
		list, err := db.All(ctx, r, scan, query, of, after, exportAtOnce)
		if err != nil {
			return err
		}
		for _, v := range list {
			after = id(v)
			add(v)
		}
		more = len(list) == exportAtOnce
	}
	return nil
}

// Export gives the proposals and changes of the person, and the entries that the
// person keeps or looked at.
func (p personal) Export(ctx context.Context, r db.Reader, person string) (room.Part, error) {
	part := room.Part{Key: "offers.export"}
	e := export{Proposals: []exportProposal{}, Changes: []exportChange{}, Keeps: []exportEntry{}, Checked: []exportEntry{}}
	if err := inParts(ctx, r, scanProposal, selectProposed, person, func(v Proposal) string { return v.ID }, func(v Proposal) {
		e.Proposals = append(e.Proposals, exportProposal{v.ID, v.Name, v.By, v.Body, v.Why, v.At, v.Status, v.Reason})
	}); err != nil {
		return part, err
	}
	entries := func(query, of string, to *[]exportEntry) error {
		return inParts(ctx, r, scanOffer, query, of, func(v row) string { return v.ID }, func(v row) { *to = append(*to, exportEntry{v.ID, v.Name, v.Checked}) })
	}
	if err := entries(selectChecked, person, &e.Checked); err != nil {
		return part, err
	}
	email, err := p.s.o.People.Email(ctx, r, person)
	if err = gone(err); err != nil {
		return part, err
	}
	if email != "" {
		if err := entries(selectKept, email, &e.Keeps); err != nil {
			return part, err
		}
	}
	steps, err := db.All(ctx, r, scanStep, selectChangesBy, person)
	if err != nil {
		return part, err
	}
	for _, v := range steps {
		e.Changes = append(e.Changes, exportChange{v.Offer, v.At, v.Kind, v.Why, v.Changed})
	}
	if len(e.Proposals)+len(e.Changes)+len(e.Keeps)+len(e.Checked) > 0 {
		part.Data = e
	}
	return part, nil
}

// Erase removes what waits; what was taken over stays, as nobody's. The rooms erase
// from the last to the first, so that the account still has its address here.
func (p personal) Erase(ctx context.Context, tx *db.Tx, person string) error {
	for _, q := range []string{dropProposals, forgetProposals, forgetDecided, forgetChanges, forgetChecks} {
		if _, err := tx.Exec(ctx, q, person); err != nil {
			return err
		}
	}
	email, err := p.s.o.People.Email(ctx, tx, person)
	if err != nil || email == "" {
		return gone(err)
	}
	_, err = tx.Exec(ctx, forgetKeeper, email)
	return err
}

// gone takes what is not there for nothing to do.
func gone(err error) error {
	if err != nil && fault.KindOf(err) == fault.KindNotFound {
		return nil
	}
	return err
}
