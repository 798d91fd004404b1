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
	return list(ctx, r, Filter{ObjectType: objectType, ObjectID: objectID, Before: before, Limit: limit}, everybody)
}

// ByPerson lists what a person did, and what was done with what is about them.
func ByPerson(ctx context.Context, r db.Reader, person, before string, limit int) (Page, error) {
	return list(ctx, r, Filter{Person: person, Before: before, Limit: limit}, everybody)
}

// sight is whose acts somebody may read.
type sight struct {
	all     bool
	persons []string
}

var everybody = sight{all: true}

func (s sight) of(e Event) bool {
	return s.all || e.Person != "" && slices.Contains(s.persons, e.Person)
}

func list(ctx context.Context, r db.Reader, f Filter, may sight) (Page, error) {
	if f.Before == "" {
		f.Before = lastID
	}
	if f.Limit <= 0 {
		f.Limit = limitUsual
	}
	f.Limit = min(f.Limit, limitMost)
	most := f.Limit + 1 // one more tells whether there is more
	// What may not be read is passed over, so a part may take more than one query.
	get := func(query string, more ...any) (kept []Event, err error) {
		for before := f.Before; ; {
			found, err := db.All(ctx, r, scanEvent, query, append([]any{before, most, string(f.Action)}, more...)...)
			for _, e := range found {
				if before = e.ID; may.of(e) {
					kept = append(kept, e)
				}
			}
			if err != nil || len(found) < most || len(kept) >= most {
				return kept, err
			}
		}
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
		events = latest(append(events, about...))
	case !may.all:
		for _, person := range may.persons {
			var by []Event
			if by, err = get(listPerson, person); err != nil {
				break
			}
			events = latest(append(events, by...))
			events = events[:min(len(events), most)]
		}
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

// latest puts events in the order of the list, each once.
func latest(events []Event) []Event {
	slices.SortFunc(events, func(a, b Event) int { return cmp.Compare(b.ID, a.ID) })
	return slices.CompactFunc(events, func(a, b Event) bool { return a.ID == b.ID })
}

// whole tells whether the actor reads the log of the whole instance.
func whole(a access.Actor) bool { return a.Can(access.Operator, "/") }

// sight of the operator of ctx: everybody for the whole instance, and else who has
// a role in the places of the operator, because an event does not tell its place.
func (l *Log) sight(ctx context.Context, r db.Reader) (sight, error) {
	if whole(access.Of(ctx)) {
		return everybody, nil
	}
	if l.o.Staff == nil {
		return sight{}, nil
	}
	persons, err := l.o.Staff(ctx, r)
	return sight{persons: persons}, err
}

// Look lists events for an operator; looking is an act by itself and is recorded.
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
		may, err := l.sight(ctx, tx)
		if err != nil {
			return err
		}
		if p, err = list(ctx, tx, f, may); err != nil {
			return err
		}
		return l.Record(ctx, tx, Event{Kind: "audit.look", Action: Read, Role: string(access.Operator),
			ObjectType: logObject, ObjectID: object, Subject: f.Person, Purpose: "oversight"})
	})
	return p, err
}
