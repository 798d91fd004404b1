package coalitions

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
)

// TestAnInvitationIsForOnePerson: a letter that was passed on or intercepted lets
// nobody else in, and is not used up by who tries.
func TestAnInvitationIsForOnePerson(t *testing.T) {
	each(t, func(t *testing.T, d *table) {
		id := d.begun(false)
		d.must(d.Invite(d.as(fatma), id, Invite{Email: "Joost@Test.example", Organisation: "heuvelrijk", Role: Convener}))
		token := d.letter("joost@test.example")
		_, err := d.Accept(d.as(stranger), token)
		d.is(err, fault.KindDenied)
		if status, body := d.send(stranger, invitationPath+token); status != http.StatusForbidden || strings.Contains(body, "joost") || strings.Contains(body, "coalitions.") {
			t.Errorf("somebody else gets %d: %s", status, body)
		}
		d.has(stranger, Path(id), http.StatusNotFound)
		_, err = d.Accept(d.as(joost), token)
		d.must(err)
		_, err = d.Accept(d.as(joost), token)
		d.is(err, fault.KindNotFound)
	})
}

// TestTheHistoryForgetsWhoseRoleChanged: of somebody who was erased no name stays
// in what others did.
func TestTheHistoryForgetsWhoseRoleChanged(t *testing.T) {
	each(t, func(t *testing.T, d *table) {
		id := d.three(false)
		d.must(d.SetRole(d.as(fatma), id, "joost", Observer))
		d.has(fatma, Path(id)+"/historie", http.StatusOK, "Naam van joost")
		kept := func() (list []string) {
			t.Helper()
			list, err := db.All(t.Context(), d.DB, db.Value[string], `SELECT subject FROM coalition_change WHERE kind = 'role'`)
			d.must(err)
			return list
		}
		if strings.Contains(strings.Join(kept(), " "), "Naam van") {
			t.Errorf("the name is kept: %q", kept())
		}
		d.must(d.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return personal{d.near}.Erase(ctx, tx, "joost") }))
		if s := strings.Join(kept(), ""); s != "" {
			t.Errorf("after erasing: %q", s)
		}
		if body := d.has(fatma, Path(id)+"/historie", http.StatusOK); strings.Contains(body, "joost") {
			t.Error("the history still tells of joost")
		}
	})
}
