package impact

import "time"

// Stand tells who sees a pathway.
type Stand string

// The stands: a draft is seen by who may edit it and by the owning organisation.
const (
	Draft  Stand = "draft"
	Public Stand = "published"
)

// Pathway is an impact pathway with who owns it.
type Pathway struct {
	ID, Title     string
	Initiative    string // slug, or empty
	Organisation  string // id of the owner, or empty
	Person        string // who made it
	Stand         Stand
	Model         Model
	Counted       Count
	Version       int
	Demonstration bool
	Created       time.Time
	Changed       time.Time
}

// Path is the page of a pathway.
func Path(id string) string { return base + "/" + id }

// Change is one row of the history.
type Change struct {
	ID, Pathway, Person string
	At                  time.Time
	Kind, Subject, Was  string
}

// The kinds of change.
const (
	changeMade      = "made"
	changeAdopted   = "adopted"
	changeImported  = "imported"
	changeTitle     = "title"
	changeNode      = "node"
	changeArrow     = "arrow"
	changePublished = "published"
	changeDrafted   = "drafted"
	changeRemoved   = "removed" // in the log only: its history goes with it
)
