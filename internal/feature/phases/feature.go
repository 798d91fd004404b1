package phases

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
const Name = "phases"

// Migrations makes the tables.
var Migrations = db.Migrations{Room: Name, FS: files}

// Room is the manifest.
func (s *Service) Room() room.Room {
	return room.New(Name, personal{}, room.Parts{
		Routes: s.routes(), Migrations: files, Locales: files, Demo: s.demo,
		Plans: []db.Plan{
			{Name: "marks of an initiative", SQL: selectMarks, Args: []any{"x"}},
			{Name: "decisions of an initiative", SQL: selectDecisions, Args: []any{"x"}},
			{Name: "who decided", SQL: selectDeciders, Args: []any{"x"}},
			{Name: "conditions of an initiative", SQL: selectConditions, Args: []any{"x"}},
			{Name: "conditions that come due", SQL: selectDue, Args: []any{int64(1), int64(2)}},
			{Name: "actions of an organisation", SQL: selectActions, Args: []any{"x", "o"}},
			{Name: "actions that come due", SQL: selectActionDue, Args: []any{"o", int64(1), int64(2)}},
			{Name: "marks by a person", SQL: exportMarks, Args: []any{"p"}},
			{Name: "decisions written by a person", SQL: exportDecisions, Args: []any{"p"}},
			{Name: "decisions by a person", SQL: exportDecided, Args: []any{"p"}},
			{Name: "conditions of a person", SQL: exportConditions, Args: []any{"p"}},
			{Name: "conditions ticked by a person", SQL: exportTicked, Args: []any{"p"}},
			{Name: "fits by a person", SQL: exportFits, Args: []any{"p"}},
			{Name: "actions of a person", SQL: exportActions, Args: []any{"p"}},
			{Name: "changes by a person", SQL: exportChanges, Args: []any{"p"}},
		},
	})
}

// personal answers for what this room holds of one person.
type personal struct{}

type (
	export struct {
		Marks      []exportMark     `json:"checklistItems"`
		Decisions  []exportDecision `json:"decisionsWritten"`
		Decided    []exportDecision `json:"decisionsTakenPartIn"`
		Conditions []exportTask     `json:"conditions"`
		Ticked     []exportTask     `json:"conditionsTicked"`
		Fits       []exportFit      `json:"fits"`
		Actions    []exportTask     `json:"actions"`
		Changes    []exportChange   `json:"changes"`
	}
	exportMark struct {
		Initiative string    `json:"initiative"`
		Code       string    `json:"item"`
		State      string    `json:"state"`
		Note       string    `json:"note,omitempty"`
		At         time.Time `json:"at"`
	}
	exportDecision struct {
		Initiative string    `json:"initiative"`
		Kind       string    `json:"kind"`
		To         string    `json:"to"`
		Day        time.Time `json:"day"`
		Reason     string    `json:"reason,omitempty"`
		Lesson     string    `json:"lesson,omitempty"`
	}
	exportTask struct {
		Initiative string    `json:"initiative"`
		Text       string    `json:"text"`
		Due        time.Time `json:"due"`
	}
	exportFit struct {
		Initiative string    `json:"initiative"`
		Answers    []Answer  `json:"answers"`
		At         time.Time `json:"at"`
	}
	exportChange struct {
		Subject string    `json:"subject"`
		At      time.Time `json:"at"`
		Kind    string    `json:"kind"`
	}
)

func (e export) empty() bool {
	return len(e.Marks)+len(e.Decisions)+len(e.Decided)+len(e.Conditions)+len(e.Ticked)+len(e.Fits)+len(e.Actions)+len(e.Changes) == 0
}

// Export gives what a person wrote, decided and took up.
func (personal) Export(ctx context.Context, r db.Reader, person string) (room.Part, error) {
	part := room.Part{Key: "phases.export"}
	if person == "" {
		return part, nil
	}
	var e export
	var err error
	if e.Marks, err = db.All(ctx, r, func(s db.Scanner) (m exportMark, err error) {
		var at db.Time
		err = s.Scan(&m.Initiative, &m.Code, &m.State, &m.Note, &at)
		m.At = at.Time
		return m, err
	}, exportMarks, person); err != nil {
		return part, err
	}
	written, err := db.All(ctx, r, scanDecision, exportDecisions, person)
	if err != nil {
		return part, err
	}
	for _, d := range written {
		e.Decisions = append(e.Decisions, exportDecision{d.Initiative, d.Kind, d.To, d.Day, d.Reason, d.Lesson})
	}
	if e.Decided, err = db.All(ctx, r, func(s db.Scanner) (d exportDecision, err error) {
		var day db.Time
		err = s.Scan(&d.Initiative, &d.Kind, &d.To, &day)
		d.Day = day.Time
		return d, err
	}, exportDecided, person); err != nil {
		return part, err
	}
	for query, into := range map[string]*[]exportTask{exportConditions: &e.Conditions, exportTicked: &e.Ticked} {
		list, err := db.All(ctx, r, scanCondition, query, person)
		if err != nil {
			return part, err
		}
		for _, c := range list {
			*into = append(*into, exportTask{c.Initiative, c.Text, c.Due})
		}
	}
	fits, err := db.All(ctx, r, scanFit, exportFits, person)
	if err != nil {
		return part, err
	}
	for _, f := range fits {
		e.Fits = append(e.Fits, exportFit{f.Initiative, f.Answers, f.At})
	}
	actions, err := db.All(ctx, r, scanAction, exportActions, person)
	if err != nil {
		return part, err
	}
	for _, a := range actions {
		e.Actions = append(e.Actions, exportTask{a.Initiative, a.Title, a.Due})
	}
	e.Changes, err = db.All(ctx, r, func(s db.Scanner) (c exportChange, err error) {
		var at db.Time
		err = s.Scan(&c.Subject, &at, &c.Kind)
		c.At = at.Time
		return c, err
	}, exportChanges, person)
	if !e.empty() {
		part.Data = e
	}
	return part, err
}

// Erase takes the person off all of it; what was decided stays, as nobody's.
func (personal) Erase(ctx context.Context, tx *db.Tx, person string) error {
	for _, forget := range []string{forgetMarks, forgetDecisions, forgetDeciders, forgetConditions, forgetTicked, forgetFits, forgetActions, forgetChanges} {
		if _, err := tx.Exec(ctx, forget, person); err != nil {
			return err
		}
	}
	return nil
}
