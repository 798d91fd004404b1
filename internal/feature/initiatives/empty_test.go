package initiatives

import (
	"testing"

	"wijkbaak.nl/internal/trust/access"
)

func TestOnlyWhoHasARoleIsSentToTheOperator(t *testing.T) {
	if got := emptyText(t.Context()); got != "initiatives.empty.later" {
		t.Error(got)
	}
	if got := emptyText(access.With(t.Context(), access.Actor{Person: "1", Grants: []access.Grant{{Role: access.Editor, Place: "/"}}})); got != "initiatives.empty.text" {
		t.Error(got)
	}
}
