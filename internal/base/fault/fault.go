// Package fault holds the few kinds of error that a person outside may see.
// Everything else is a plain fault of ours: a 500 with a number. Only the edge
// (base/web) turns a fault into a page or problem+json.
package fault

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Kind is what went wrong, in the eyes of who asked.
type Kind int

// The kinds. Internal is the kind of every error that is not a fault.
const (
	KindInternal Kind = iota
	KindNotFound
	KindDenied
	KindInvalid
	KindConflict
	KindTooMany
	KindTooLarge
	KindUnavailable
)

// Field is one thing that is wrong with what was sent: the name of the field
// and the locale key of the sentence to show beside it.
type Field struct {
	Name string
	Key  string
	Args []any
}

// Error is a fault that may be shown. Key and Args name the sentence to show.
type Error struct {
	Kind   Kind
	Key    string
	Args   []any
	Fields []Field
	Retry  time.Duration
	cause  error
}

// Error is for the log: English, with the cause.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s", kindNames[e.Kind])
	if e.Key != "" {
		fmt.Fprintf(&b, " (%s)", e.Key)
	}
	for _, f := range e.Fields {
		fmt.Fprintf(&b, " %s: %s", f.Name, f.Key)
	}
	if e.cause != nil {
		fmt.Fprintf(&b, ": %v", e.cause)
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.cause }

var kindNames = map[Kind]string{
	KindInternal: "internal", KindNotFound: "not found", KindDenied: "denied", KindInvalid: "invalid",
	KindConflict: "conflict", KindTooMany: "too many", KindTooLarge: "too large", KindUnavailable: "unavailable",
}

// NotFound: it is not there, or who asks may not know that it is.
func NotFound() error { return &Error{Kind: KindNotFound, Key: "web.error.notfound"} }

// Denied: who asks must sign in or has no right to this kind of page.
func Denied() error { return &Error{Kind: KindDenied, Key: "web.error.denied"} }

// Invalid: what was sent has these faults.
func Invalid(fields ...Field) error {
	return &Error{Kind: KindInvalid, Key: "web.error.invalid", Fields: fields}
}

// Conflict: what was sent does not fit the present state.
func Conflict(key string, args ...any) error {
	return &Error{Kind: KindConflict, Key: key, Args: args}
}

// TooMany: asked too often; try again after retry.
func TooMany(retry time.Duration) error {
	return &Error{Kind: KindTooMany, Key: "web.error.toomany", Retry: retry}
}

// TooLarge: more was sent than is taken.
func TooLarge(key string, args ...any) error {
	return &Error{Kind: KindTooLarge, Key: key, Args: args}
}

// unavailableRetry is when it is worth trying again; it is what the page says.
const unavailableRetry = time.Minute

// Unavailable: a part that is needed does not answer now.
func Unavailable(key string, cause error) error {
	return &Error{Kind: KindUnavailable, Key: key, Retry: unavailableRetry, cause: cause}
}

// KindOf tells the kind of err; KindInternal if it is no fault.
func KindOf(err error) Kind {
	if f, ok := errors.AsType[*Error](err); ok {
		return f.Kind
	}
	return KindInternal
}

// FieldsOf gives the fields of an invalid fault.
func FieldsOf(err error) []Field {
	if f, ok := errors.AsType[*Error](err); ok {
		return f.Fields
	}
	return nil
}

// List gathers what is wrong with what was sent.
type List []Field

// Add says what is wrong with a field.
func (l *List) Add(name, key string, args ...any) {
	*l = append(*l, Field{Name: name, Key: key, Args: args})
}

// Err is nil, or the fault with all that is wrong.
func (l List) Err() error {
	if len(l) == 0 {
		return nil
	}
	return Invalid(l...)
}
