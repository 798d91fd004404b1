package fhirpath

import (
	"errors"
	"fmt"
)

// Kind tells what was wrong with an expression or its evaluation.
type Kind string

// The kinds.
const (
	Syntax      Kind = "syntax"      // it is not FHIRPath, or too long or deep
	Unsupported Kind = "unsupported" // it names a function that is not here
	Undefined   Kind = "undefined"   // it names a variable, type or element that does not exist
	Type        Kind = "type"        // an operation on values it does not take
	Limit       Kind = "limit"       // too many steps, or too large a result
)

// Error is what Compile and Eval answer when an expression cannot be used.
type Error struct {
	Kind Kind
	Pos  int // character of the expression where it was found, the first is 1
	Msg  string
}

// Error tells what and where.
func (e *Error) Error() string {
	return fmt.Sprintf("FHIRPath, character %d: %s", e.Pos, e.Msg)
}

// Is makes errors.Is(err, &Error{Kind: Limit}) compare kinds.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Kind == e.Kind && t.Msg == "" && t.Pos == 0
}

// KindOf tells the kind of an error of this package; empty for another error.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}

func fail(k Kind, pos int, format string, args ...any) error {
	return &Error{Kind: k, Pos: pos, Msg: fmt.Sprintf(format, args...)}
}
