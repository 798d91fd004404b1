package surveys

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"wijkbaak.nl/internal/protocol/fhir"
	"wijkbaak.nl/internal/trust/themes"
)

// Status is where a version is in its life.
type Status string

// The stages of a version. Of one survey one version is published at a time.
const (
	Draft     Status = "draft"
	Published Status = "published"
	Retired   Status = "retired"
)

// inFHIR is the status as FHIR says it.
func (s Status) inFHIR() string {
	if s == Published {
		return "active"
	}
	return string(s)
}

// Survey is one version of a questionnaire.
type Survey struct {
	ID            string
	URL, Version  string
	Slug          string // its address; the same for all versions
	Place         string // path of the place that offers it
	Title         string
	Status        Status
	Questionnaire []byte // FHIR JSON, as it came
	Plan          []byte // FHIR JSON; nil if there is none
	Items         int    // questions that a person answers
	Person        string // who imported it
	Demonstration bool
	Created       time.Time
	Changed       time.Time
	PublishedAt   time.Time
}

// Path is the address of a survey.
func Path(slug string) string { return base + "/" + slug }

// Channel is how answers came in.
type Channel string

// The channels.
const (
	Screen Channel = "screen"
	Paper  Channel = "paper" // typed in by a helper
	API    Channel = "api"
)

// State of what was filled in.
type State string

// The states.
const (
	Busy     State = "in-progress"
	Complete State = "completed"
)

// Response is what somebody filled in and asked to keep.
type Response struct {
	ID        string
	Survey    string // id of the version
	URL       string
	Slug      string
	Series    string // id of the one that it was begun from; its own of a first one
	Person    string // whose account keeps it; empty under a return code
	State     State
	Channel   Channel
	EnteredBy string // the helper who typed it in
	Answers   []byte // QuestionnaireResponse
	Started   time.Time
	Changed   time.Time
	Completed time.Time
}

// The systems of codes with which questionnaires and plans speak of our things.
const (
	SystemArea    = "urn:wijkbaak:area"
	SystemTheme   = "urn:wijkbaak:theme"
	SystemWord    = "urn:wijkbaak:word"
	SystemKind    = "urn:wijkbaak:kind"
	SystemNamed   = "urn:wijkbaak:named"
	SystemChannel = "urn:wijkbaak:channel"
)

// AdviceMost is how many advices a result shows: more is a list, no advice.
const AdviceMost = 5

// reserved are addresses below base that no survey can have.
var reserved = []string{"lijst", "terug", "mijn", "beheer", "beeld", "nieuw"}

var (
	slugParts = regexp.MustCompile(`[^a-z0-9]+`)
	slugHumps = regexp.MustCompile(`([a-z0-9])([A-Z])`)
)

// slugOf makes the address of a survey of its name, or of the end of its url.
func slugOf(q *fhir.Questionnaire) string {
	name := q.Name
	if name == "" {
		name = q.URL[strings.LastIndexAny(q.URL, "/:")+1:]
	}
	slug := strings.Trim(slugParts.ReplaceAllString(strings.ToLower(slugHumps.ReplaceAllString(name, "$1-$2")), "-"), "-")
	if len(slug) > 60 {
		slug = strings.Trim(slug[:60], "-")
	}
	if slug == "" || slices.Contains(reserved, slug) {
		slug = strings.Trim("lijst-"+slug, "-")
		if slices.Contains(reserved, slug) {
			slug += "-1"
		}
	}
	return slug
}

// asked counts the questions for a person.
func asked(q *fhir.Questionnaire) (n int) {
	for _, i := range q.All {
		if i.Asked() {
			n++
		}
	}
	return n
}

// areaOf is the area of life that a calculated item is about; "" if none.
func areaOf(i *fhir.Item) string {
	for _, c := range i.Codes {
		if c.System == SystemArea && themes.KnownArea(c.Code) {
			return c.Code
		}
	}
	return ""
}

// page is where a version can be read about by who fills it in.
func (v *Survey) page() string {
	switch v.Status {
	case Published:
		return Path(v.Slug)
	case Draft:
		return base + "/beheer/" + v.ID
	}
	return base
}
