package visions

import (
	"context"
	"embed"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/jobs"
	"wijkbaak.nl/internal/base/room"
)

//go:embed migrations locales
var files embed.FS

// Name is the name of the room.
const Name = "visions"

// Migrations makes the tables.
var Migrations = db.Migrations{Room: Name, FS: files}

// Room is the manifest.
func (s *Service) Room() room.Room {
	return room.New(Name, personal{}, room.Parts{Routes: append(s.routes(), s.apiRoutes()...), Migrations: files, Locales: files, Demo: s.demo,
		Jobs: map[string]jobs.Handler{jobAnswered: jobs.Typed(s.tellAnswered)}, Plans: append(plans, letterPlans...)})
}

// personal answers for what this room holds of one person: what they began, saved,
// said and voted.
type personal struct{}

type (
	ownVision struct {
		ID      string    `json:"id"`
		Title   string    `json:"title"`
		Created time.Time `json:"createdAt"`
	}
	ownText struct {
		Vision string    `json:"vision"`
		Number int       `json:"version"`
		At     time.Time `json:"at"`
		Why    string    `json:"why,omitempty"`
	}
	ownComment struct {
		Vision string    `json:"vision"`
		About  string    `json:"about,omitempty"`
		Kind   string    `json:"kind"`
		Body   string    `json:"text"`
		State  string    `json:"state"`
		Answer string    `json:"answer,omitempty"`
		Why    string    `json:"answerText,omitempty"`
		At     time.Time `json:"at"`
	}
	ownVote struct {
		Round  string    `json:"round"`
		Choice string    `json:"choice"`
		Reason string    `json:"reason,omitempty"`
		At     time.Time `json:"at"`
	}
)

// exportAtOnce is how many rows one query of an export reads.
const exportAtOnce = 500

// each reads a list in parts; after gives where the next part begins.
func each[T any](ctx context.Context, r db.Reader, scan func(db.Scanner) (T, error), query, person, from string, after func(T) string, add func(T)) error {
	for more := true; more; {
		list, err := db.All(ctx, r, scan, query, person, from, exportAtOnce)
		if err != nil {
			return err
		}
		for _, v := range list {
			add(v)
			from = after(v)
		}
		more = len(list) == exportAtOnce
	}
	return nil
}

// Export gives what a person began, saved, said and voted, and whether they want
// no letters.
func (personal) Export(ctx context.Context, r db.Reader, person string) (room.Part, error) {
	var data struct {
		Visions  []ownVision  `json:"visions"`
		Versions []ownText    `json:"versions"`
		Comments []ownComment `json:"comments"`
		Votes    []ownVote    `json:"votes"`
		Quiet    bool         `json:"noLetters"`
	}
	for _, read := range []func() error{
		func() error {
			return each(ctx, r, scanVision, ofPerson, person, last, func(v Vision) string { return v.ID }, func(v Vision) {
				data.Visions = append(data.Visions, ownVision{v.ID, v.Title, v.Created})
			})
		},
		func() error {
			return each(ctx, r, scanText, textsBy, person, "", func(t Text) string { return t.ID }, func(t Text) {
				data.Versions = append(data.Versions, ownText{t.Vision, t.Number, t.At, t.Why})
			})
		},
		func() error {
			return each(ctx, r, scanComment, commentsBy, person, "", func(c Comment) string { return c.ID }, func(c Comment) {
				data.Comments = append(data.Comments, ownComment{c.Vision, c.Quote, c.Kind, c.Body, c.State, c.Answer, c.AnswerText, c.At})
			})
		},
		func() error {
			return each(ctx, r, scanVote, votesBy, person, "", func(v Vote) string { return v.Round }, func(v Vote) {
				data.Votes = append(data.Votes, ownVote{v.Round, v.Choice, v.Reason, v.At})
			})
		},
	} {
		if err := read(); err != nil {
			return room.Part{}, err
		}
	}
	quiet, err := db.All(ctx, r, db.Value[string], selectQuiet, person)
	if err != nil {
		return room.Part{}, err
	}
	data.Quiet = len(quiet) > 0
	if data.Visions == nil && data.Versions == nil && data.Comments == nil && data.Votes == nil && !data.Quiet {
		return room.Part{}, nil
	}
	return room.Part{Key: "visions.export", Data: data}, nil
}

// Erase leaves visions, versions and the comments that others have read, as
// nobody's. Comments that nobody else read go, and so do votes; what a decision
// counted stays.
func (personal) Erase(ctx context.Context, tx *db.Tx, person string) error {
	for _, forget := range []string{forgetMaker, forgetTexts, forgetRounds, dropComments, forgetComments, forgetHelper, forgetJudge, forgetAnswerer,
		dropVoter, forgetDeal, forgetDecisions, deleteQuiet} {
		if _, err := tx.Exec(ctx, forget, person); err != nil {
			return err
		}
	}
	return nil
}
