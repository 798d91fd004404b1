// Package mail sends letters by e-mail. A letter is a job in the transaction of
// what it tells, so that no mail server, slow or dead, holds up a page; it is
// sent once that is committed and tried again until it is taken. Nothing in a
// letter tells whether it was opened.
package mail

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/id"
	"wijkbaak.nl/internal/base/jobs"
)

//go:embed locales
var locales embed.FS

// Locales are the words about mail.
var Locales = i18n.Source{Room: "mail", FS: locales}

// Message is one e-mail to one person.
type Message struct {
	ID      string // by which a mailbox knows a letter that came twice; Enqueue makes it
	To      string // an address without a name
	Subject string
	Text    string
	HTML    string // optional
}

// Sender hands a message over for delivery. Each implementation passes mailtest.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

// Job is the kind of the jobs that send.
const Job = "mail.send"

var newID = id.New(clock.System)

// Enqueue has m sent once tx is committed. A bad address is a fault.Invalid of
// the field "email".
func Enqueue(ctx context.Context, tx *db.Tx, m Message) error {
	if m.ID == "" {
		m.ID = newID()
	}
	if err := m.check(); err != nil {
		return err
	}
	return jobs.Enqueue(ctx, tx, Job, m)
}

// Forget takes back the letters to an address that are not sent yet, also those
// that no server would take.
func Forget(ctx context.Context, tx *db.Tx, to string) error {
	return jobs.Drop(ctx, tx, Job, func(payload []byte) bool {
		var m Message
		return json.Unmarshal(payload, &m) == nil && strings.EqualFold(m.To, to)
	})
}

// Handler does the jobs of kind Job with s.
func Handler(s Sender) jobs.Handler { return jobs.Typed(s.Send) }

const (
	addressMost = 254
	subjectMost = 200
	bodyMost    = 200_000
)

var (
	errHeader = errors.New("the subject or the id of a mail is empty, too long, or holds a line break or another control character")
	errBody   = errors.New("the text of a mail is empty, too long or not UTF-8")
)

// check refuses what no sender may send.
func (m Message) check() error {
	if !CheckAddress(m.To) {
		return fault.Invalid(fault.Field{Name: "email", Key: "mail.error.address"})
	}
	for _, h := range []string{m.Subject, m.ID} {
		if h == "" || len(h) > subjectMost || !utf8.ValidString(h) || strings.ContainsFunc(h, unicode.IsControl) {
			return errHeader
		}
	}
	if strings.ContainsAny(m.ID, "<>@ ") {
		return errHeader
	}
	if m.Text == "" || len(m.Text)+len(m.HTML) > bodyMost || !utf8.ValidString(m.Text) || !utf8.ValidString(m.HTML) {
		return errBody
	}
	return nil
}

// CheckAddress tells whether s is one bare e-mail address.
func CheckAddress(s string) bool {
	if len(s) > addressMost || strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }) {
		return false
	}
	a, err := mail.ParseAddress(s)
	return err == nil && a.Name == "" && a.Address == s && !strings.HasSuffix(s, ".")
}
