package signin

import (
	"context"
	"strings"

	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/people"
)

func fieldErrors(ctx context.Context, f *web.Form) []ui.FieldError {
	var list []ui.FieldError
	for _, p := range f.Problems() {
		list = append(list, ui.FieldError{Name: p.Name, Text: i18n.T(ctx, p.Key, p.Args...)})
	}
	return list
}

// demoLabel says what an invented person is.
func demoLabel(ctx context.Context, l people.Listing) string {
	if len(l.Grants) == 0 {
		return i18n.T(ctx, "signin.demo.resident")
	}
	var roles []string
	for _, g := range l.Grants {
		roles = append(roles, g.RoleName(ctx))
	}
	return i18n.T(ctx, "people.role.at", "role", strings.Join(roles, ", "), "organisation", l.Grants[0].OrganisationName)
}

// methodName says how a session began.
func methodName(ctx context.Context, m people.Method) string {
	return i18n.T(ctx, "signin.method."+string(m))
}
