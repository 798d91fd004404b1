package audit

import (
	"encoding/binary"
	"fmt"
	"regexp"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// Action is what was done, by the letters of NEN 7513.
type Action string

// The actions.
const (
	Create  Action = "C"
	Read    Action = "R"
	Update  Action = "U"
	Delete  Action = "D"
	Execute Action = "E"
)

// Actions lists all actions.
var Actions = []Action{Create, Read, Update, Delete, Execute}

// Outcome tells whether it was done.
type Outcome string

// The outcomes.
const (
	Done    Outcome = "done"
	Refused Outcome = "refused" // who asked had no right to it
	Failed  Outcome = "failed"
)

// Event is one act. Record fills in ID, At, Node and Source, and who it was
// where that is left open. All fields are ids or codes: letters, digits and -_./:,
// so that neither a name nor an e-mail address fits.
type Event struct {
	ID      string
	At      time.Time
	Kind    string // what kind of act, such as questions.answer
	Action  Action
	Outcome Outcome // Done where it is left open

	Person       string // id of who did it; empty for somebody unknown
	Role         string // in which role
	Organisation string // for which organisation
	Requester    string // id of the person on whose behalf it was done
	Purpose      string // code
	Channel      string // page, api, job or shell
	Node         string

	ObjectType string
	ObjectID   string
	Subject    string // id of the person whom the object is about
	LifeCycle  string // stage in the life of the object, such as created, used, disclosed, destroyed
	Ground     string // what permits it: id of a consent or mandate, or code of a law
	Source     string // the instance
}

const fieldMost = 200

var (
	codeLike = regexp.MustCompile(`^[A-Za-z0-9_./:,-]*$`)
	actions  = map[Action]bool{Create: true, Read: true, Update: true, Delete: true, Execute: true}
	outcomes = map[Outcome]bool{Done: true, Refused: true, Failed: true}
)

// texts are the fields besides the time, in the order of the encoding. An
// addition goes to the end, under a new version of the encoding.
func (e *Event) texts() [17]string {
	return [...]string{e.ID, e.Kind, string(e.Action), string(e.Outcome), e.Person, e.Role, e.Organisation, e.Requester,
		e.Purpose, e.Channel, e.Node, e.ObjectType, e.ObjectID, e.Subject, e.LifeCycle, e.Ground, e.Source}
}

func (e *Event) check() error {
	if !actions[e.Action] || !outcomes[e.Outcome] || e.Kind == "" || e.ObjectType == "" {
		return fmt.Errorf("audit event %q (%s): it needs a kind, an action, an outcome and an object", e.Kind, e.Action)
	}
	for i, s := range e.texts() {
		if len(s) > fieldMost || !codeLike.MatchString(s) {
			return fmt.Errorf("audit event %s: text %d is neither an id nor a code", e.Kind, i)
		}
	}
	return nil
}

const encodingVersion = 1

// encode is what the leaf is the hash of: a version, the time, and each text
// behind its length, so that no two events have the same bytes.
func (e *Event) encode() []byte {
	b := make([]byte, 0, 512)
	b = append(b, encodingVersion)
	b = binary.BigEndian.AppendUint64(b, uint64(e.At.UnixMicro())) //nolint:gosec // the bits matter, not the sign
	for _, s := range e.texts() {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	return b
}

func (e *Event) hash() tlog.Hash { return tlog.RecordHash(e.encode()) }
