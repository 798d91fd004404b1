package businesscase

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"wijkbaak.nl/internal/trust/access"
)

// Stand tells who sees a case.
type Stand string

// The stands: a draft is seen by who may edit it and by the owning organisation.
const (
	Draft  Stand = "draft"
	Public Stand = "published"
)

// Case is a business case with who owns it.
type Case struct {
	ID, Title     string
	Initiative    string // slug, or empty
	Organisation  string // id of the owner, or empty
	Person        string // who made it
	Stand         Stand
	Model         Model
	Net           int64
	Version       int
	Demonstration bool
	Created       time.Time
	Changed       time.Time
}

// Path is the page of a case.
func Path(id string) string { return "/kosten-baten/" + id }

// Change is one row of the history.
type Change struct {
	ID, Case, Person string
	At               time.Time
	Kind, Subject    string
	Why              string
	Detail           []Was
}

// Was is a figure before and after a change.
type Was struct {
	Key    string `json:"key"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// The kinds of change.
const (
	changeMade      = "made"
	changeCopied    = "copied"
	changeAdopted   = "adopted"
	changeSettings  = "settings"
	changeCity      = "city"
	changeLine      = "line"
	changeScenario  = "scenario"
	changePublished = "published"
	changeDrafted   = "drafted"
	changeRemoved   = "removed" // in the log only: its history goes with it
)

// text writes a figure for the history: low, most likely and high.
func (f *Figure) text() string {
	if f == nil || f.Missing() {
		return "–"
	}
	n := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	if f.Low == nil || f.High == nil {
		return n(*f.Likely)
	}
	return strings.Join([]string{n(*f.Low), n(*f.Likely), n(*f.High)}, " | ")
}

// differences lists the figures that are other than before, by their keys.
func differences(before, after *Model) []Was {
	var list []Was
	keys := after.keys()
	for _, key := range before.keys() {
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	for _, key := range keys {
		if a, b := before.figure(key).text(), after.figure(key).text(); a != b {
			list = append(list, Was{key, a, b})
		}
	}
	return list
}

// MayEdit tells whether the actor may write the case by a role of its own: a
// project leader for what the organisation owns, the editor of root (the place of
// the instance), and who took over a case that nobody owns.
func MayEdit(a access.Actor, c Case, root string) bool {
	return a.Can(access.Editor, root) || leads(a, c.Organisation) ||
		c.Organisation == "" && a.SignedIn() && a.Person == c.Person && a.Has(access.Lead, access.Editor)
}

// MaySee tells whether the actor sees the case by itself: what is published, what
// it may edit, and what belongs to an organisation it is of.
func MaySee(a access.Actor, c Case, root string) bool {
	return c.Stand == Public || MayEdit(a, c, root) || c.Organisation != "" && slices.Contains(a.Organisations(), c.Organisation)
}

// leads tells whether the actor is project leader for an organisation.
func leads(a access.Actor, organisation string) bool {
	return organisation != "" && a.SecondFactor && slices.ContainsFunc(a.Grants, func(g access.Grant) bool {
		return g.Role == access.Lead && g.Organisation == organisation
	})
}
