package scaling

import (
	"context"
	"embed"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/room"
)

//go:embed migrations locales
var files embed.FS

// Name is the name of the room.
const Name = "scaling"

// JobNight is the job of each night.
const JobNight = "scaling.night"

// Migrations makes the tables.
var Migrations = db.Migrations{Room: Name, FS: files}

// Room is the manifest.
func (s *Service) Room() room.Room {
	return room.New(Name, personal{}, room.Parts{
		Routes: s.routes(), Migrations: files, Locales: files, Demo: s.demo,
		Plans: []db.Plan{
			{Name: "plans of a coalition", SQL: ofCoalition, Args: []any{"c", last, 20}},
			{Name: "plans of a coalition, counted", SQL: listCoalition, Args: []any{"c", last, 20, "2026-11-21"}},
			{Name: "plans of an organisation, counted", SQL: listOrganisation, Args: []any{"o", last, 20, "2026-11-21"}},
			{Name: "plans of an initiative, counted", SQL: listInitiative, Args: []any{"i", last, 20, "2026-11-21"}},
			{Name: "plans of a person", SQL: ofPerson, Args: []any{"p", last, 20}},
			{Name: "steps of a coalition", SQL: stepsOfCoalition, Args: []any{"c", 20}},
			{Name: "steps of an organisation", SQL: stepsOfOrganisation, Args: []any{"o", 20}},
			{Name: "tracks of a coalition", SQL: tracksOfCoalition, Args: []any{"c", 20}},
			{Name: "tracks of an organisation", SQL: tracksOfOrganisation, Args: []any{"o", 20}},
			{Name: "tracks of a plan", SQL: selectTracks, Args: []any{"p", 20}},
			{Name: "steps of a plan", SQL: selectSteps, Args: []any{"p", 20}},
			{Name: "steps of a person", SQL: ownedSteps, Args: []any{"p", "", 20}},
			{Name: "steps that are due", SQL: dueSteps, Args: []any{"p", "todo", "2026-11-01", "2026-12-01", 20}},
			{Name: "plan templates of an organisation", SQL: templatesOf, Args: []any{"o", last, 20}},
			{Name: "plan templates of an initiative", SQL: templatesWith, Args: []any{"i", last, 20}},
			{Name: "plan templates by a person", SQL: templatesBy, Args: []any{"p", last, 20}},
			{Name: "calendar keys of a person", SQL: keysOf, Args: []any{"p", "", 20}},
			{Name: "comments on a plan", SQL: selectComments, Args: []any{"p", last, 20}},
			{Name: "comments on a step", SQL: selectStepTalk, Args: []any{"p", "s", last, 20}},
			{Name: "guests with a name", SQL: namedGuests, Args: []any{"", 20}},
			{Name: "comments on a plan, counted", SQL: countComments, Args: []any{"p"}},
			{Name: "comments on plans by a person", SQL: selectCommentBy, Args: []any{"p", "", 20}},
			{Name: "changes of a plan", SQL: selectChanges, Args: []any{"p", last, 20}},
			{Name: "changes of plans by a person", SQL: selectChangeBy, Args: []any{"p", "", 20}},
		},
	})
}

// personal answers for what this room holds of one person: what they made, own
// and changed, and the links for their calendar.
type personal struct{}

type (
	ownPlan struct {
		ID      string    `json:"id"`
		Title   string    `json:"title"`
		Created time.Time `json:"createdAt"`
	}
	ownStep struct {
		Plan  string `json:"plan"`
		Title string `json:"title"`
		What  string `json:"what,omitempty"`
		Due   Day    `json:"due,omitempty"`
		Done  Day    `json:"done,omitempty"`
		State State  `json:"state"`
	}
	ownChange struct {
		Plan    string    `json:"plan"`
		At      time.Time `json:"at"`
		Kind    string    `json:"kind"`
		Subject string    `json:"subject"`
		Why     string    `json:"why,omitempty"`
	}
	ownComment struct {
		Plan string    `json:"plan"`
		Step string    `json:"step,omitempty"`
		Text string    `json:"text"`
		At   time.Time `json:"at"`
	}
	ownLink struct {
		Plan    string    `json:"plan"`
		Created time.Time `json:"createdAt"`
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

// Export gives the plans and templates a person made, the steps they own, what
// they changed and said, and their calendar links.
func (personal) Export(ctx context.Context, r db.Reader, person string) (room.Part, error) {
	var data struct {
		Plans     []ownPlan    `json:"plans"`
		Steps     []ownStep    `json:"steps"`
		Changes   []ownChange  `json:"changes"`
		Templates []ownPlan    `json:"templates"`
		Calendars []ownLink    `json:"calendarLinks"`
		Comments  []ownComment `json:"comments"`
	}
	for _, read := range []func() error{
		func() error {
			return each(ctx, r, scanPlan, ofPerson, person, last, func(p Plan) string { return p.ID }, func(p Plan) {
				data.Plans = append(data.Plans, ownPlan{p.ID, p.Title, p.Created})
			})
		},
		func() error {
			return each(ctx, r, scanStep, ownedSteps, person, "", func(p Step) string { return p.ID }, func(p Step) {
				data.Steps = append(data.Steps, ownStep{p.Plan, p.Title, p.What, p.Due, p.Done, p.State})
			})
		},
		func() error {
			return each(ctx, r, scanChange, selectChangeBy, person, "", func(c Change) string { return c.ID }, func(c Change) {
				data.Changes = append(data.Changes, ownChange{c.Plan, c.At, c.Kind, c.Subject, c.Why})
			})
		},
		func() error {
			return each(ctx, r, scanTemplate, templatesBy, person, last, func(t Saved) string { return t.ID }, func(t Saved) {
				data.Templates = append(data.Templates, ownPlan{t.ID, t.Title, t.Created})
			})
		},
		func() error {
			return each(ctx, r, scanKey, keysOf, person, "", func(k Key) string { return k.Plan }, func(k Key) {
				data.Calendars = append(data.Calendars, ownLink{k.Plan, k.Created})
			})
		},
		func() error {
			return each(ctx, r, scanComment, selectCommentBy, person, "", func(c Comment) string { return c.ID }, func(c Comment) {
				data.Comments = append(data.Comments, ownComment{c.Plan, c.Step, c.Body, c.At})
			})
		},
	} {
		if err := read(); err != nil {
			return room.Part{}, err
		}
	}
	if data.Plans == nil && data.Steps == nil && data.Changes == nil && data.Templates == nil && data.Calendars == nil &&
		data.Comments == nil {
		return room.Part{}, nil
	}
	return room.Part{Key: "scaling.export", Data: data}, nil
}

// Erase leaves the plans and steps, as nobody's; the reasons a person wrote go,
// and so do the calendar links and what the person said. What a guest said is of no
// account: who is inside takes it away, or the guest does by the link.
func (personal) Erase(ctx context.Context, tx *db.Tx, person string) error {
	for _, forget := range []string{forgetMaker, forgetOwner, forgetChange, forgetTemplateOf, deleteKeys, dropComments} {
		if _, err := tx.Exec(ctx, forget, person); err != nil {
			return err
		}
	}
	return nil
}
