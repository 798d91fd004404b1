package initiatives

import (
	"context"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/room"
)

// personal answers for what this room holds of one person. Cases name
// organisations only.
type personal struct{ s *Service }

// What a person takes along of this room.
type (
	export struct {
		Proposals []exportProposal `json:"proposals"`
		Changes   []exportChange   `json:"changes"`
		Follows   []string         `json:"follows"`
	}
	exportProposal struct {
		ID         string     `json:"id"`
		Initiative string     `json:"initiative"`
		Part       string     `json:"part"`
		Name       string     `json:"name"`
		Body       Initiative `json:"body"`
		Why        string     `json:"why"`
		At         time.Time  `json:"at"`
		Status     string     `json:"status"`
		Reason     string     `json:"reason"`
	}
	exportChange struct {
		Initiative string    `json:"initiative"`
		At         time.Time `json:"at"`
		Kind       string    `json:"kind"`
		Why        string    `json:"why"`
		Changed    []Diff    `json:"changed"`
	}
)

// exportedMost bounds the proposals of one person that are given.
const exportedMost = 2000

// Export gives the proposals and changes of the person, and what the person follows.
func (p personal) Export(ctx context.Context, r db.Reader, person string) (room.Part, error) {
	part := room.Part{Key: "initiatives.export"}
	e := export{Proposals: []exportProposal{}, Changes: []exportChange{}, Follows: []string{}}
	proposals, err := db.All(ctx, r, scanProposal, selectProposed, person, exportedMost)
	if err != nil {
		return part, err
	}
	for _, v := range proposals {
		e.Proposals = append(e.Proposals, exportProposal{v.ID, v.Initiative, v.Part, v.Name, v.Body, v.Why, v.At, v.Status, v.Reason})
	}
	steps, err := db.All(ctx, r, scanStep, selectChangesBy, person)
	if err != nil {
		return part, err
	}
	for _, v := range steps {
		e.Changes = append(e.Changes, exportChange{v.Initiative, v.At, v.Kind, v.Why, v.Changed})
	}
	whos := []string{person}
	email, err := p.s.email(ctx, r, person)
	if err != nil {
		return part, err
	}
	if email != "" {
		whos = append(whos, email)
	}
	for _, who := range whos {
		list, err := db.All(ctx, r, scanLink, selectFollowing, who)
		if err != nil {
			return part, err
		}
		for _, l := range list {
			e.Follows = append(e.Follows, l.Slug)
		}
	}
	if len(e.Proposals)+len(e.Changes)+len(e.Follows) > 0 {
		part.Data = e
	}
	return part, nil
}

// Erase removes what waits and what is followed; what was taken over stays, as
// nobody's.
func (p personal) Erase(ctx context.Context, tx *db.Tx, person string) error {
	email, err := p.s.email(ctx, tx, person)
	if err != nil {
		return err
	}
	for _, q := range []string{dropProposals, forgetProposals, forgetDecided, forgetChanges, forgetFollower} {
		if _, err := tx.Exec(ctx, q, person); err != nil {
			return err
		}
	}
	if email == "" {
		return nil
	}
	_, err = tx.Exec(ctx, forgetFollower, email)
	return err
}
