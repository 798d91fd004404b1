package questions

import (
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/mail"
	"wijkbaak.nl/internal/trust/places"
	"wijkbaak.nl/internal/trust/themes"
)

// Audience is who may read a question.
type Audience string

// The audiences.
const (
	Neighbourhood Audience = "neighbourhood" // everybody
	Team          Audience = "team"          // the team of the place alone
)

// Status is how far a question has come.
type Status string

// The states of a question.
const (
	Open     Status = "open"     // waits for a first answer
	Answered Status = "answered" // has an answer
	Closed   Status = "closed"   // is done, with a reason
	Merged   Status = "merged"   // is the same as another one
)

// Moderation is whether others see something.
type Moderation string

// The states of moderation. Held waits for a look of the team; nothing is
// refused because of its words.
const (
	Shown  Moderation = "shown"
	Held   Moderation = "held"
	Hidden Moderation = "hidden"
)

// Channel is how a question came in.
type Channel string

// The channels.
const (
	Screen    Channel = "screen"
	Desk      Channel = "desk"
	Telephone Channel = "telephone"
	Paper     Channel = "paper"
	API       Channel = "api"
)

// CloseReasons are why a question may be closed, as keys of locale texts.
var CloseReasons = []string{"solved", "elsewhere", "withdrawn", "noreply", "notfit"}

// ReportReasons are why something may be reported, as keys of locale texts.
var ReportReasons = []string{"private", "rude", "spam", "wrong", "other"}

// The longest texts, in characters.
const (
	TitleMost = 160
	BodyMost  = 4000
	NameMost  = 60
	NoteMost  = 2000
)

// Question is what somebody asks.
type Question struct {
	ID            string
	Title, Body   string
	Theme         string // code of one of the themes, or empty
	Audience      Audience
	Place         string // path
	Postcode      string // four digits, or empty
	Urgent        bool
	Name          string // shown beside a public question; empty shows none
	Asker         string // person, where the asker was signed in
	EnteredBy     string // person who typed it in for somebody
	Channel       Channel
	Status        Status
	Moderation    Moderation
	Demonstration bool
	AskedAt       time.Time
	DueAt         time.Time
	AnsweredAt    time.Time // of the first answer
	ClosedAt      time.Time
	CloseReason   string
	MergedInto    string
	Accepted      string // id of the answer that helped
	WaitsForAsker bool   // the team asked something back
	TakenBy       string // person
	PassedTo      string // organisation, or the person in TakenBy
	Answers       int    // that are shown
	ChangedAt     time.Time
}

// Listed tells whether everybody may see the question.
func (q Question) Listed() bool {
	return q.Audience == Neighbourhood && q.Moderation == Shown && q.Status != Merged
}

// Late tells whether the promise has passed without an answer.
func (q Question) Late(now time.Time) bool {
	return q.Status == Open && !q.WaitsForAsker && now.After(q.DueAt)
}

// Contact is how the team can reach the asker.
type Contact struct{ Email, Phone string }

// Answer is what somebody answers.
type Answer struct {
	ID, Question string
	Person       string
	Name         string
	Professional bool
	Role         string // as people call it: "wijkcoach"
	Organisation string // its name
	Body         string
	Sources      []Source
	Initiatives  []string // slugs
	Moderation   Moderation
	Helped       bool // said by the asker
	Thanks       int
	At, EditedAt time.Time
}

// Source is where something can be read.
type Source struct{ Title, URL string }

// EventKind is what happened to a question.
type EventKind string

// The kinds of event.
const (
	EventTaken        EventKind = "taken"
	EventPassed       EventKind = "passed"
	EventNote         EventKind = "note"
	EventMessageTeam  EventKind = "message.team"  // to the asker
	EventMessageAsker EventKind = "message.asker" // from the asker
	EventEdited       EventKind = "edited"
	EventClosed       EventKind = "closed"
	EventReopened     EventKind = "reopened"
	EventMerged       EventKind = "merged"
	EventHidden       EventKind = "hidden"
	EventRestored     EventKind = "restored"
	EventReceipt      EventKind = "receipt"
	EventErased       EventKind = "erased" // of what we kept of the asker
)

// Event is one thing that happened to a question.
type Event struct {
	ID, Question string
	At           time.Time
	Person       string
	Kind         EventKind
	Body         string
	Subject      string // what else it is about: an answer, an organisation, a question
}

// Message tells whether the asker reads it too.
func (e Event) Message() bool { return e.Kind == EventMessageTeam || e.Kind == EventMessageAsker }

// Story is what a resident tells, with consent to publish.
type Story struct {
	ID            string
	Title, Body   string
	Name          string
	Theme         string
	Place         string
	Person        string
	Initiatives   []string
	Consent       string // the exact text agreed to
	ConsentAt     time.Time
	Moderation    Moderation
	Demonstration bool
	At            time.Time
}

// Ask is a question as it is typed in.
type Ask struct {
	Title, Body, Theme, Postcode, Name string
	Audience                           Audience
	Urgent                             bool
	Contact                            Contact
	Channel                            Channel
	Code                               string // return code of a paper form; empty makes one
	Key                                string // of the form it was typed in, by which a form that is sent twice asks once
}

// Check says what is wrong with what was typed.
func (a Ask) Check() error {
	var f []fault.Field
	wrong := func(name, key string, args ...any) { f = append(f, fault.Field{Name: name, Key: key, Args: args}) }
	switch n := utf8.RuneCountInString(a.Title); {
	case n < 5 || countIn(a.Title, unicode.IsLetter) < 3:
		wrong("vraag", "questions.wrong.title")
	case n > TitleMost:
		wrong("vraag", "web.form.toolong", "most", TitleMost, "now", n)
	}
	if n := utf8.RuneCountInString(a.Body); n > BodyMost {
		wrong("uitleg", "web.form.toolong", "most", BodyMost, "now", n)
	}
	if n := utf8.RuneCountInString(a.Name); n > NameMost {
		wrong("naam", "web.form.toolong", "most", NameMost, "now", n)
	}
	if _, err := places.ParsePostcode(a.Postcode); strings.TrimSpace(a.Postcode) != "" && err != nil {
		wrong("postcode", "questions.wrong.postcode")
	}
	if a.Theme != "" && !themes.Known(a.Theme) {
		wrong("onderwerp", "questions.wrong.theme")
	}
	if a.Audience != Neighbourhood && a.Audience != Team {
		wrong("wie", "questions.wrong.audience")
	}
	if a.Contact.Email != "" && !IsEmail(a.Contact.Email) {
		wrong("email", "questions.wrong.email")
	}
	if a.Contact.Phone != "" && !IsPhone(a.Contact.Phone) {
		wrong("telefoon", "questions.wrong.phone")
	}
	if len(f) > 0 {
		return fault.Invalid(f...)
	}
	return nil
}

var (
	emailForm = regexp.MustCompile(`^[^\s@<>(),;:"\[\]\\]{1,64}@[^\s@<>(),;:"\[\]\\]{1,189}\.[^\s@.<>(),;:"\[\]\\]{2,63}$`)
	phoneForm = regexp.MustCompile(`^[+(]?[0-9][0-9 ()\-]{7,18}$`)
)

// IsEmail tells whether s looks like an e-mail address; only a mail tells for sure.
func IsEmail(s string) bool { return emailForm.MatchString(s) && mail.CheckAddress(s) }

// IsPhone tells whether s looks like a telephone number.
func IsPhone(s string) bool {
	return phoneForm.MatchString(s) && countIn(s, unicode.IsDigit) >= 8
}

func countIn(s string, fits func(rune) bool) int {
	n := 0
	for _, c := range s {
		if fits(c) {
			n++
		}
	}
	return n
}
