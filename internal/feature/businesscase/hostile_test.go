package businesscase

import (
	"net/http"
	"strings"
	"testing"

	"wijkbaak.nl/internal/trust/access"
)

// TestTheHistoryNamesNobodyToResidents: an account, which everybody can make, is no
// key to the names of who works at a municipality.
func TestTheHistoryNamesNobodyToResidents(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		e := d.made("")
		d.must(d.Publish(d.as(fatma), e, true))
		path := Path(e.ID) + "/historie"
		d.has(coach, path, http.StatusOK, "Naam van fatma")
		for _, a := range []access.Actor{nobody, {Person: "bewoner", Channel: access.Page}} {
			if body := d.has(a, path, http.StatusOK); strings.Contains(body, "Naam van") {
				t.Errorf("%q reads who it was", a.Person)
			}
		}
	})
}
