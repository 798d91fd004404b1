package surveys

import (
	"context"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/protocol/fhir"
	"wijkbaak.nl/internal/trust/audit"
)

// Audit takes the log lines of this room.
type Audit interface {
	Record(ctx context.Context, tx *db.Tx, e audit.Event) error
}

// Advisor finds what fits a need: for each of its wants a list, the best first.
type Advisor interface {
	Advise(ctx context.Context, n Need) ([][]Advice, error)
}

// Need is what a questionnaire found that somebody is looking for. It holds no
// answers, and nothing that says who it is.
type Need struct {
	Survey string // url of the questionnaire, so that it is not advised again
	Place  string // path
	Wants  []Want // the most urgent first
}

// Want is one thing to look for, with why.
type Want struct {
	Title  string   // what it is called where nothing better is found
	Reason string   // continues "omdat u zei dat …"
	Step   string   // what to do next, where the plan says it
	Themes []string // codes of trust/themes
	Areas  []string // areas of life, codes of trust/themes
	Words  []string // as people would search
	Kinds  []string // activity, service, application, device, training, try, volunteers, initiative, question, survey, call
	Named  []string // addresses of ours (/aanbod/…), canonical addresses, or codes that others know
	Urgent bool
}

// Advice is one thing that may fit.
type Advice struct {
	Title, Summary string
	Kind           string // as in Want.Kinds
	Path           string
	Reason         string // continues "omdat u zei dat …"
	Step           string // words of the link to Path
	Settled        bool   // by the plan itself
}

// Populator fills in beforehand what is already known of a person ($populate of
// SDC). No room does so yet.
type Populator interface {
	Populate(ctx context.Context, person string, q *fhir.Questionnaire) (fhir.Answers, error)
}
