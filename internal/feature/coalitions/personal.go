package coalitions

import (
	"context"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/room"
)

// personal answers for what this room holds of one person.
type personal struct{ people People }

// exportAtOnce is how many rows one query of an export reads.
const exportAtOnce = 500

type ownPlace struct {
	Coalition    string    `json:"coalition"`
	Organisation string    `json:"organisation,omitempty"`
	Role         Role      `json:"role"`
	Joined       time.Time `json:"joinedAt"`
}

type ownText struct {
	Coalition string    `json:"coalition"`
	Text      string    `json:"text"`
	At        time.Time `json:"at"`
}

type ownCard struct {
	Coalition string    `json:"coalition"`
	Scores    Scores    `json:"scores"`
	At        time.Time `json:"at"`
}

type ownAction struct {
	Coalition string    `json:"coalition"`
	Title     string    `json:"title"`
	Due       time.Time `json:"due"`
}

type ownChange struct {
	Coalition string    `json:"coalition"`
	Kind      string    `json:"kind"`
	Subject   string    `json:"subject,omitempty"`
	Why       string    `json:"why,omitempty"`
	At        time.Time `json:"at"`
}

type ownInvitation struct {
	Coalition string    `json:"coalition"`
	Email     string    `json:"email"`
	Expires   time.Time `json:"expiresAt"`
}

type ownData struct {
	Places      []ownPlace      `json:"coalitions"`
	Requests    []ownText       `json:"requests"`
	Comments    []ownText       `json:"comments"`
	Scores      []ownCard       `json:"scores"`
	Attended    []string        `json:"meetingsAttended"`
	Actions     []ownAction     `json:"actions"`
	Changes     []ownChange     `json:"changes"`
	Invitations []ownInvitation `json:"invitations"`
}

// every reads all rows of a person, a part at a time.
func every[T any](ctx context.Context, r db.Reader, scan func(db.Scanner) (T, error), query, person string, key func(T) string, row func(T)) error {
	for after, more := "", true; more; {
		list, err := db.All(ctx, r, scan, query, person, after, exportAtOnce)
		if err != nil {
			return err
		}
		more = len(list) == exportAtOnce
		for _, v := range list {
			row(v)
			after = key(v)
		}
	}
	return nil
}

// Export gives where a person takes part, and what they said, scored and took on.
func (p personal) Export(ctx context.Context, r db.Reader, person string) (room.Part, error) {
	var d ownData
	some := false
	err := every(ctx, r, scanPlace, selectPlaces, person, func(v place) string { return v.Coalition }, func(v place) {
		d.Places, some = append(d.Places, ownPlace(v)), true
	})
	if err == nil {
		err = every(ctx, r, scanRequest, selectRequestBy, person, func(q Request) string { return q.Coalition }, func(q Request) {
			d.Requests, some = append(d.Requests, ownText{q.Coalition, q.Why, q.At}), true
		})
	}
	if err == nil {
		err = every(ctx, r, scanComment, selectCommentBy, person, func(c Comment) string { return c.ID }, func(c Comment) {
			d.Comments, some = append(d.Comments, ownText{c.Coalition, c.Body, c.At}), true
		})
	}
	if err == nil {
		err = every(ctx, r, scanCard, selectCardBy, person, func(c Card) string { return c.Coalition }, func(c Card) {
			d.Scores, some = append(d.Scores, ownCard{c.Coalition, c.Scores, c.At}), true
		})
	}
	if err == nil {
		err = every(ctx, r, db.Value[string], selectAttendsBy, person, func(m string) string { return m }, func(m string) {
			d.Attended, some = append(d.Attended, m), true
		})
	}
	if err == nil {
		err = every(ctx, r, scanAction, selectActionBy, person, func(a Action) string { return a.ID }, func(a Action) {
			d.Actions, some = append(d.Actions, ownAction{a.Coalition, a.Title, a.Due}), true
		})
	}
	if err == nil {
		err = every(ctx, r, scanChange, selectChangeBy, person, func(c Change) string { return c.ID }, func(c Change) {
			if c.Kind == changeRole { // it is about somebody else
				c.Subject = ""
			}
			d.Changes, some = append(d.Changes, ownChange{c.Coalition, c.Kind, c.Subject, c.Why, c.At}), true
		})
	}
	if err != nil {
		return room.Part{}, err
	}
	email, err := address(ctx, p.people, r, person)
	if err != nil {
		return room.Part{}, err
	}
	if email != "" {
		list, err := db.All(ctx, r, scanInvitation, selectInvitationTo, email, exportAtOnce)
		if err != nil {
			return room.Part{}, err
		}
		for _, i := range list {
			d.Invitations, some = append(d.Invitations, ownInvitation{i.Coalition, i.Email, i.Expires}), true
		}
	}
	if !some {
		return room.Part{}, nil
	}
	return room.Part{Key: "coalitions.export", Data: d}, nil
}

// Erase takes a person out of all coalitions: what they said goes, what they
// scored stays as nobody's, and where nobody convenes any more, whoever has been
// inside the longest does.
func (p personal) Erase(ctx context.Context, tx *db.Tx, person string) error {
	email, err := address(ctx, p.people, tx, person)
	if err != nil {
		return err
	}
	if email != "" {
		if _, err := tx.Exec(ctx, forgetInvitedTo, email); err != nil {
			return err
		}
	}
	for {
		list, err := db.All(ctx, tx, scanPlace, selectPlaces, person, "", exportAtOnce)
		if err != nil {
			return err
		}
		for _, at := range list {
			if err := handOver(ctx, tx, at.Coalition, person); err != nil {
				return err
			}
		}
		if len(list) < exportAtOnce {
			break
		}
	}
	for _, forget := range []string{forgetRequests, forgetComments, forgetAgreed, forgetAttended, forgetCards, forgetInviter, forgetAsker, forgetGuestFrom,
		forgetBeginner, forgetChooser, forgetMeeting, forgetAction, forgetSubject, forgetChanges} {
		if _, err := tx.Exec(ctx, forget, person); err != nil {
			return err
		}
	}
	return nil
}

// handOver takes a member out, and sees to it that somebody convenes.
func handOver(ctx context.Context, tx *db.Tx, coalition, person string) error {
	list, err := db.All(ctx, tx, scanMember, selectMembers, coalition, membersMost)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, deleteMember, coalition, person); err != nil || !lastConvener(list, person) {
		return err
	}
	var next *Member
	for i, m := range list {
		if m.Person != person && m.Role.scores() && (next == nil || m.Joined.Before(next.Joined)) {
			next = &list[i]
		}
	}
	if next == nil {
		return nil
	}
	_, err = tx.Exec(ctx, updateRole, coalition, next.Person, string(Convener))
	return err
}
