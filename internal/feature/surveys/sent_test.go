package surveys

import (
	"strconv"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/protocol/fhir"
)

// What was sent stays as it was sent, also when an old form comes once more.
func TestWhatWasSentDoesNotBecomeOther(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.published(small("1"))
		p, err := d.Current(d.as(nobody), "small")
		d.must(err)
		send := func(alone bool, to State) error {
			st := state{Survey: p.ID, Key: "een sleutel", Channel: Screen}
			st.take(p.Form, fhir.Answers{"alone": {{Kind: fhir.Boolean, Text: strconv.FormatBool(alone)}}})
			_, err := d.keepState(d.as(nobody), p, &st, to)
			return err
		}
		d.must(send(true, Busy))
		d.must(send(true, Complete))
		before, err := db.One(d.as(nobody), d.DB, db.Value[string], "SELECT answers FROM survey_response")
		d.must(err)
		d.clock.Advance(time.Hour)
		d.must(send(true, Complete)) // pressed twice
		d.is(send(false, Complete), fault.KindConflict)
		d.must(send(false, Busy))
		after, err := db.One(d.as(nobody), d.DB, db.Value[string], "SELECT answers FROM survey_response")
		d.must(err)
		if before != after {
			t.Errorf("%s became %s", before, after)
		}
	})
}
