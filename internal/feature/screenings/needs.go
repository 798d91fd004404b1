package screenings

import (
	"context"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/trust/audit"
)

// Link leads to something of another room.
type Link struct{ ID, Name, Path string }

// Begin is how somebody begins to fill in a questionnaire: a form of ours that goes
// to Path with Fields, name and value. Returns says that the questionnaire brings
// its outcome back by itself; else the person types the code under which it was kept.
type Begin struct {
	Path    string
	Fields  [][2]string
	Returns bool
}

// Surveys holds the questionnaires of the first step.
type Surveys interface {
	// Choices lists the questionnaires that end in a risk class: address as ID, and
	// title.
	Choices(ctx context.Context) ([]Link, error)
	// Begin is how to fill one in, and come back at a path of ours.
	Begin(ctx context.Context, survey, back string) (Begin, error)
	// Outcome reads what the person brings back from a questionnaire that is wholly
	// filled in, and gives its risk class and nothing else: fault.Invalid for what is
	// no outcome of this questionnaire.
	Outcome(ctx context.Context, survey, brought string) (Risk, error)
}

// People tells who is who.
type People interface {
	Organisations(ctx context.Context, r db.Reader) ([]Link, error)
	// DemoLead finds somebody of the demonstration by first name.
	DemoLead(ctx context.Context, r db.Reader, name string) (Person, bool, error)
}

// Person is somebody with a role.
type Person struct{ ID, Name, Organisation, OrganisationName string }

// Places tells how places are called.
type Places interface {
	// Name is that of a place by path; empty for one we do not know.
	Name(ctx context.Context, path string) (string, error)
	// District is the name of where a postcode of four digits lies; empty where
	// that is not known.
	District(ctx context.Context, postcode string) (string, error)
	// DemoPostcodes are those of the demonstration.
	DemoPostcodes(ctx context.Context) ([]string, error)
}

// Audit takes the log lines of this room.
type Audit interface {
	Record(ctx context.Context, tx *db.Tx, e audit.Event) error
}
