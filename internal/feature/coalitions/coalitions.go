package coalitions

import (
	"strings"
	"time"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/fault"
)

// Role is what somebody is inside a coalition.
type Role string

// The roles. A convener invites and decides on the next step; an observer reads.
const (
	Outside     Role = ""
	Convener    Role = "convener"
	Participant Role = "member"
	Observer    Role = "observer"
)

var roles = []Role{Convener, Participant, Observer}

// City is an organisation that takes part, with its municipality. Name is that of
// the organisation.
type City struct {
	Organisation string `json:"organisation"`
	Name         string `json:"name"`
	Place        string `json:"place"`
	Code         string `json:"code"`
}

// Coalition is a group of cities that take something on together.
type Coalition struct {
	ID, Name, Goal   string
	Product, Process string // what they make the same, and how they go about it
	Open             bool   // anybody may see it and ask to join
	Demonstration    bool
	Cities           []City
	Chosen           string // slug of the initiative
	Person           string // who began it
	Version          int
	Created, Changed time.Time
	Ended            time.Time
	EndWhy           string
}

// Path is the page of a coalition.
func Path(id string) string { return base + "/" + id }

// Member is somebody inside a coalition.
type Member struct {
	Person, Name                   string
	Organisation, OrganisationName string
	Role                           Role
	Joined                         time.Time
}

// Summary is what everybody may know of an open coalition.
type Summary struct {
	ID, Name, Goal, Path string
	Cities               []City
	Chosen               string // slug
	Demonstration        bool
}

func (c Coalition) summary() Summary {
	return Summary{c.ID, c.Name, c.Goal, Path(c.ID), c.Cities, c.Chosen, c.Demonstration}
}

// Bounds of what people type.
const (
	nameMost   = 120
	goalMost   = 1000
	levelMost  = 600
	whyMost    = 500
	reasonMost = 2000
	bodyMost   = 2000
	citiesMost = 12
	// citiesWell is how many cities work well together; more gives a warning.
	citiesWell = 4
)

// faults gathers what is wrong with what was sent.
type faults struct{ fault.List }

func (w *faults) text(name, text string, least, most int) {
	switch n := utf8.RuneCountInString(strings.TrimSpace(text)); {
	case n < least:
		w.Add(name, "coalitions.wrong.empty")
	case n > most:
		w.Add(name, "coalitions.wrong.long", "most", most)
	}
}

func (c Coalition) faults() error {
	var w faults
	w.text("naam", c.Name, 3, nameMost)
	w.text("doel", c.Goal, 3, goalMost)
	w.text("product", c.Product, 0, levelMost)
	w.text("proces", c.Process, 0, levelMost)
	return w.Err()
}

// Change is a line of the history.
type Change struct {
	ID, Coalition, Person string
	At                    time.Time
	Kind, Subject, Why    string
}

// Invitation waits for somebody to take it up.
type Invitation struct {
	ID, Coalition, Email, Organisation string
	Role                               Role
	Person                             string // who sent it
	Created, Expires                   time.Time
}

// Asked is an organisation that was asked to take part and has not answered.
type Asked struct {
	City
	Coalition, Person string // who asked
	At                time.Time
}

// Request is somebody who asks to join.
type Request struct {
	Coalition, Person, Organisation, Why string
	At                                   time.Time
}

// Guest reads along by a link, without an account.
type Guest struct {
	ID, Coalition, Name string
	MayComment          bool
	Person              string // who gave the link
	Created, Expires    time.Time
	Revoked             time.Time
}

// Over tells whether the link of the guest has ended.
func (g Guest) Over(now time.Time) bool { return !g.Revoked.IsZero() || !now.Before(g.Expires) }

// Comment is what a member or a guest said.
type Comment struct {
	ID, Coalition, Person, Name, Body string
	Guest                             string // id of the link it was said by
	At                                time.Time
}
