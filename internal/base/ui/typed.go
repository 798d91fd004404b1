package ui

import (
	"context"

	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/web"
)

// Filled is a field of a form, with what was typed in it and what is wrong with it;
// without a form an empty one. label is a key.
func Filled(ctx context.Context, f *web.Form, name, label string, props Field) Field {
	props.Name, props.Label = name, i18n.T(ctx, label)
	if f != nil {
		props.Value, props.Error = f.Value(name), f.Problem(ctx, name)
	}
	return props
}

// Problems lists what is wrong with forms, for an ErrorSummary.
func Problems(ctx context.Context, forms ...*web.Form) []FieldError {
	var list []FieldError
	for _, f := range forms {
		if f == nil {
			continue
		}
		for _, p := range f.Problems() {
			list = append(list, FieldError{Name: p.Name, Text: i18n.T(ctx, p.Key, p.Args...)})
		}
	}
	return list
}
