package audit

import (
	"cmp"
	"context"
	"slices"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
)

// Filter narrows a list of events; what is empty does not count.
type Filter struct {
	ObjectType, ObjectID string
	Person               string // who did it, or whom it is about
	Action               Action
	Before               string // id of the last event seen; the list goes on behind it
	Limit                int    // 0 takes 50
}

// Page is a part of a list, the latest first. Next is the Before of the next
// part, empty at the end.
type Page struct {
	Events []Event
	Next   string
}

const (
	limitUsual = 50
	limitMost  = 1000
)

// For lists what was done with an object.
func For(ctx context.Context, r db.Reader, objectType, objectID, before string, limit int) (Page, error) {
	return list(ctx, r, Filter{ObjectType: objectType, ObjectID: objectID, Before: before, Limit: limit})
}

// ByPerson lists what a person did, and what was done with what is about them.
func ByPerson(ctx context.Context, r db.Reader, person, before string, limit int) (Page, error) {
	return list(ctx, r, Filter{Person: person, Before: before, Limit: limit})
}

func list(ctx context.Context, r db.Reader, f Filter) (Page, error) {
	if f.Before == "" {
		f.Before = lastID
	}
	if f.Limit <= 0 {
		f.Limit = limitUsual
	}
	f.Limit = min(f.Limit, limitMost)
	most := f.Limit + 1 // one more tells whether there is more
	get := func(query string, more ...any) ([]Event, error) {
		return db.All(ctx, r, scanEvent, query, append([]any{f.Before, most, string(f.Action)}, more...)...)
	}
	var events []Event
	var err error
	switch {
	case f.ObjectType != "":
		events, err = get(listObject, f.ObjectType, f.ObjectID, f.Person)
	case f.Person != "":
		var about []Event
		if events, err = get(listPerson, f.Person); err == nil {
			about, err = get(listSubject, f.Person)
		}
		events = append(events, about...)
		slices.SortFunc(events, func(a, b Event) int { return cmp.Compare(b.ID, a.ID) })
		events = slices.CompactFunc(events, func(a, b Event) bool { return a.ID == b.ID })
	case f.Action != "":
		events, err = get(listAction)
	default:
		events, err = get(listAll)
	}
	if err != nil {
		return Page{}, err
	}
	var p Page
	if len(events) > f.Limit {
		events = events[:f.Limit]
		p.Next = events[f.Limit-1].ID
	}
	p.Events = events
	return p, nil
}

// Look is List for an operator; looking is an act by itself and is recorded.
func (l *Log) Look(ctx context.Context, f Filter) (Page, error) {
	if !access.Of(ctx).Has(access.Operator) {
		return Page{}, fault.Denied()
	}
	object := "all"
	switch {
	case f.ObjectID != "":
		object = f.ObjectType + "/" + f.ObjectID
	case f.Person != "":
		object = "person/" + f.Person
	}
	var p Page
	err := l.o.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if p, err = list(ctx, tx, f); err != nil {
			return err
		}
		return l.Record(ctx, tx, Event{Kind: "audit.look", Action: Read, Role: string(access.Operator),
			ObjectType: logObject, ObjectID: object, Subject: f.Person, Purpose: "oversight"})
	})
	return p, err
}
