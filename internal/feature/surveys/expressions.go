package surveys

import (
	"context"
	"sync"
	"time"

	"wijkbaak.nl/internal/protocol/fhir"
	"wijkbaak.nl/internal/protocol/fhirpath"
)

// stepsMost bounds what one expression may take, timeMost all of them for one
// request: a questionnaire comes from outside.
const (
	stepsMost = 200_000
	timeMost  = 2 * time.Second
	keptMost  = 2000 // compiled expressions
)

// expressions are compiled once.
type expressions struct {
	mu   sync.Mutex
	kept map[string]*fhirpath.Expression
}

func (x *expressions) compile(text string) (*fhirpath.Expression, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if e := x.kept[text]; e != nil {
		return e, nil
	}
	e, err := fhirpath.Compile(text)
	if err != nil {
		return nil, err
	}
	if x.kept == nil || len(x.kept) >= keptMost {
		x.kept = map[string]*fhirpath.Expression{}
	}
	x.kept[text] = e
	return e, nil
}

// check tells whether an expression can be used.
func (x *expressions) check(text string) error {
	_, err := x.compile(text)
	return err
}

// evaluate is fhir.Evaluate for the answers to a questionnaire.
func (x *expressions) evaluate(now time.Time, p *Parsed) fhir.Evaluate {
	return func(ctx context.Context, text string, resource fhir.Object, variables map[string]any) ([]any, error) {
		e, err := x.compile(text)
		if err != nil {
			return nil, err
		}
		found, err := e.Eval(ctx, resource, fhirpath.Env{Variables: variables, Now: now, Resource: resource, Context: resource, MaxSteps: stepsMost, Weight: p.weight})
		if err != nil {
			return nil, err
		}
		return found.JSON(), nil
	}
}
