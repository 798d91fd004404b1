package screenings

import (
	"bytes"
	"context"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/returncode"
	"wijkbaak.nl/internal/trust/access"
)

const (
	demoTitle    = "Gezond ouder in de wijk (voorbeeld)"
	demoLocation = "Wijkcentrum De Linde, Lindeplein 1 (voorbeeld)"
	demoContact  = "Het wijkteam, op werkdagen (voorbeeld)"
	demoAdvice   = "Uw bloeddruk was vandaag wat hoog. Laat hem over een paar weken nog eens meten bij de huisarts. Verder ging het goed. (voorbeeld)"
)

// demoInvites is how many are invited in each postcode of the demonstration.
var demoInvites = []int{96, 64, 48, 14}

// demoCodes are known to everybody, so that the demonstration can be walked through:
// somebody who was just invited, with an appointment, and with a result.
func demoCodes() []string {
	var list []string
	for _, c := range demoReturnCodes() {
		list = append(list, c.String())
	}
	return list
}

func demoReturnCodes() (list []returncode.Code) {
	for k := range 3 {
		list = append(list, returncode.New(bytes.NewReader(bytes.Repeat([]byte{byte(31 + 57*k)}, 16))))
	}
	return list
}

// demoRound makes the round of the demonstration; false where there is nobody to
// run it or nothing to fill in.
func (s *Service) demoRound(ctx context.Context) (Round, bool, error) {
	owner, ok, err := s.People.DemoLead(ctx, s.DB, "Els")
	if err != nil || !ok {
		return Round{}, false, err
	}
	screener, ok, err := s.People.DemoLead(ctx, s.DB, "Tom")
	if err != nil || !ok {
		return Round{}, false, err
	}
	surveys, err := s.Surveys.Choices(ctx)
	if err != nil || len(surveys) == 0 {
		return Round{}, false, err
	}
	there, err := db.All(ctx, s.DB, scanRound, listRun, owner.Organisation, last, listMost)
	if err != nil || len(there) > 0 {
		return Round{}, false, err
	}
	measures, err := ParseMeasures(i18n.T(ctx, "screenings.default.measures"))
	if err != nil {
		return Round{}, false, err
	}
	name, err := s.Places.Name(ctx, s.Root)
	now, today := s.Clock.Now(), s.today()
	return Round{ID: s.IDs(), Title: demoTitle, Place: s.Root, PlaceName: name, Survey: surveys[0].ID, SurveyTitle: surveys[0].Name,
		Starts: today.Add(-45), Ends: today.Add(45), Ages: i18n.T(ctx, "screenings.default.ages"), Organisation: owner.Organisation,
		OrganisedBy: owner.OrganisationName, Screener: screener.Organisation, ScreenedBy: screener.OrganisationName,
		Invitation: i18n.T(ctx, "screenings.default.invitation"), Contact: demoContact, Locations: []string{demoLocation}, Measures: measures,
		KeepDays: 365, RemindDays: 14, Times: 1, State: Open, Version: 1, Person: owner.ID, Demonstration: true, Created: now, Changed: now}, true, err
}

// demo is one round half way, in which all people and numbers are made up.
func (s *Service) demo(ctx context.Context) error {
	r, ok, err := s.demoRound(ctx)
	if err != nil || !ok {
		return err
	}
	postcodes, err := s.Places.DemoPostcodes(ctx)
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, p := range postcodes {
		if names[p], err = s.Places.District(ctx, p); err != nil {
			return err
		}
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		r.Numbers = 0
		if err := addRound(ctx, tx, r); err != nil {
			return err
		}
		past, coming, err := s.demoSlots(ctx, tx, r)
		if err != nil {
			return err
		}
		d := demoFill{s, tx, &r, past, coming, map[string]int{}}
		for k, p := range postcodes {
			if k == len(demoInvites) {
				break
			}
			if err := d.district(ctx, p, names[p], demoInvites[k]); err != nil {
				return err
			}
		}
		if len(postcodes) > 0 {
			if err := d.known(ctx, postcodes[0]); err != nil {
				return err
			}
		}
		_, err = tx.Exec(ctx, updateNumbers, r.ID, r.Numbers)
		return err
	})
}

// demoSlots makes mornings on working days, before and after today.
func (s *Service) demoSlots(ctx context.Context, tx *db.Tx, r Round) (past, coming []Slot, err error) {
	for _, days := range []int{-17, -10, -3, 4, 11, 18} {
		day := s.today().Add(days)
		for w := day.noon().Weekday(); w == time.Saturday || w == time.Sunday; w = day.noon().Weekday() {
			day = day.Add(2)
		}
		list, err := Series{Day: day, From: "9:00", Until: "12:00", Minutes: 20, Seats: 2, Location: demoLocation}.Slots(r)
		if err != nil {
			return nil, nil, err
		}
		for _, v := range list {
			v.ID = s.IDs()
			if _, err := addSlot(ctx, tx, v); err != nil {
				return nil, nil, err
			}
			if v.Starts.Before(s.Clock.Now()) {
				past = append(past, v)
			} else {
				coming = append(coming, v)
			}
		}
	}
	return past, coming, nil
}

type demoFill struct {
	*Service
	tx           *db.Tx
	r            *Round
	past, coming []Slot
	taken        map[string]int
}

// district makes up who was invited in a postcode and what came of it.
func (d *demoFill) district(ctx context.Context, postcode, name string, n int) error {
	b := Batch{ID: d.IDs(), Round: d.r.ID, Form: "demo", Channel: ByFile, District: postcode, DistrictName: name, Codes: n, Person: d.r.Person, At: d.r.Starts.noon()}
	if _, err := addBatch(ctx, d.tx, b); err != nil {
		return err
	}
	for k := range n {
		v := d.one(b.District, b.ID)
		if (k*37)%100 < 61 {
			v.State, v.Answered = answered, v.Made.AddDate(0, 0, 2+k%20)
			v.Shares = ShareRisk
			switch (k * 7) % 20 {
			case 0, 1, 2, 3, 4, 5, 6, 7, 8:
				v.Risk = Low
			case 9, 10, 11, 12, 13, 14:
				v.Risk = Medium
			case 15, 16, 17:
				v.Risk = High
			default:
				v.Shares = ShareNone
			}
		}
		if err := d.keep(ctx, v, v.Risk.Sees() && k%5 > 0, k%9 == 0); err != nil {
			return err
		}
	}
	return nil
}

func (d *demoFill) one(district, batch string) Invite {
	d.r.Numbers++
	return Invite{ID: d.IDs(), Round: d.r.ID, Batch: batch, Number: d.r.Numbers, District: district, Channel: ByFile, State: asked, Made: d.r.Starts.noon()}
}

// keep adds somebody who was invited, with an appointment if books.
func (d *demoFill) keep(ctx context.Context, v Invite, books, misses bool) error {
	var slot *Slot
	if books {
		list := d.past
		v.Visit = came
		if misses {
			v.Visit = missed
		}
		if v.Number%3 == 0 {
			list, v.Visit = d.coming, booked
		}
		if slot = d.free(list); slot == nil {
			v.Visit = ""
		}
	}
	if _, err := addInvite(ctx, d.tx, v); err != nil {
		return err
	}
	if v.Shares == ShareRisk {
		if err := addConsent(ctx, d.tx, Consent{ID: d.IDs(), Invite: v.ID, Kind: ShareRisk, Lang: i18n.Lang(ctx), Text: ConsentText(ctx, *d.r, ShareRisk, v.Risk), Given: v.Answered}); err != nil {
			return err
		}
	}
	if slot == nil {
		return nil
	}
	return d.book(ctx, v, *slot)
}

func (d *demoFill) book(ctx context.Context, v Invite, slot Slot) error {
	if _, err := d.tx.Exec(ctx, takeSlot, slot.ID, d.r.ID, db.At(slot.Starts.Add(-time.Hour))); err != nil {
		return err
	}
	at := v.Answered
	if at.IsZero() || at.After(slot.Starts) {
		at = slot.Starts.AddDate(0, 0, -1)
	}
	return addVisit(ctx, d.tx, Appointment{Invite: v.ID, Round: d.r.ID, Slot: slot.ID, Starts: slot.Starts, Booked: at})
}

// free gives a slot with a seat.
func (d *demoFill) free(list []Slot) *Slot {
	for k := range list {
		if d.taken[list[k].ID] < list[k].Seats {
			d.taken[list[k].ID]++
			return &list[k]
		}
	}
	return nil
}

// known makes the three whose codes are told.
func (d *demoFill) known(ctx context.Context, district string) error {
	for k, code := range demoReturnCodes() {
		v := d.one(district, "")
		if k > 0 {
			v.State, v.Shares, v.Risk, v.Answered = answered, ShareRisk, Medium, v.Made.AddDate(0, 0, 5)
		}
		var slot *Slot
		switch k {
		case 1:
			slot, v.Visit = d.free(d.coming), booked
		case 2:
			slot, v.Visit = d.free(d.past), came
		}
		if slot == nil {
			v.Visit = ""
		}
		if err := d.keep(ctx, v, false, false); err != nil {
			return err
		}
		if slot != nil {
			if err := d.book(ctx, v, *slot); err != nil {
				return err
			}
		}
		if _, err := d.tx.Exec(ctx, insertCode, d.hash(code), v.ID, db.At(v.Made)); err != nil {
			return err
		}
		if k == 2 && slot != nil && len(d.r.Measures) > 0 {
			m := d.r.Measures[0]
			at := slot.Starts.In(clock.Amsterdam).Add(30 * time.Minute)
			if _, err := addResult(ctx, d.tx, Result{Invite: v.ID, Round: d.r.ID, Readings: []Reading{{m, (m.Least + m.Most) / 2}}, Outcome: "gp",
				Advice: strings.TrimSpace(demoAdvice), Version: 1, EnteredBy: access.Of(ctx).Person, Entered: at, Changed: at}); err != nil {
				return err
			}
		}
	}
	return nil
}
