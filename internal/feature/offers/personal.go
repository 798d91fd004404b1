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

// exportedMost bounds the proposals of one person that are given.
const exportedMost = 2000

// Export gives the proposals and changes of the person.
func (p personal) Export(ctx context.Context, r db.Reader, person string) (room.Part, error) {
	part := room.Part{Key: "offers.export"}
	e := export{Proposals: []exportProposal{}, Changes: []exportChange{}}
	proposals, err := db.All(ctx, r, scanProposal, selectProposed, person, exportedMost)
	if err != nil {
		return part, err
	}
	for _, v := range proposals {
		e.Proposals = append(e.Proposals, exportProposal{v.ID, v.Name, v.By, v.Body, v.Why, v.At, v.Status, v.Reason})
	}
	steps, err := db.All(ctx, r, scanStep, selectChangesBy, person)
	if err != nil {
		return part, err
	}
	for _, v := range steps {
		e.Changes = append(e.Changes, exportChange{v.Offer, v.At, v.Kind, v.Why, v.Changed})
	}
	if len(e.Proposals)+len(e.Changes) > 0 {
		part.Data = e
	}
	return part, nil
}

// Erase removes what waits; what was taken over stays, as nobody's.
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
