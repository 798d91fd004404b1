package offers

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
)

// calendarMost bounds how many offers stand in one calendar.
const calendarMost = 200

func (s *Service) calendarOfOne(w http.ResponseWriter, r *http.Request) error {
	d, err := s.Get(r.Context(), r.PathValue("slug"))
	if err != nil {
		return err
	}
	return s.sendCalendar(w, r, d.Slug+".ics", d.Name, []Detail{d})
}

// calendarOfList gives what was chosen, or else all of a filter.
func (s *Service) calendarOfList(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	slugs := chosen(r)
	if len(slugs) == 0 {
		l, err := s.List(ctx, Page{Filter: filterOf(r.URL.Query()), Limit: limitMost})
		if err != nil {
			return err
		}
		for _, c := range l.Cards {
			if len(c.item.slots) > 0 {
				slugs = append(slugs, c.Slug)
			}
		}
	}
	list, err := s.Many(ctx, slugs, calendarMost)
	if err != nil {
		return err
	}
	return s.sendCalendar(w, r, "aanbod.ics", i18n.T(ctx, "offers.title"), list)
}

func (s *Service) sendCalendar(w http.ResponseWriter, r *http.Request, file, name string, list []Detail) error {
	body := s.calendar(r.Context(), name, list)
	return web.Download(w, r, file, "text/calendar; charset=utf-8", []byte(body))
}

// calendar writes offers as iCalendar (RFC 5545): what comes back weekly as a rule,
// what is on dates as one event each. Times are those of the clock here, so that a
// class at ten stays at ten when the clock changes.
func (s *Service) calendar(ctx context.Context, name string, list []Detail) string {
	cal := ics.NewCalendarFor("Wijkbaak")
	cal.SetMethod(ics.MethodPublish)
	cal.SetName(name)
	cal.SetXWRCalName(name)
	cal.SetXWRTimezone("Europe/Amsterdam")
	cal.AddVTimezone(amsterdam())
	y, m, day := s.clock.Now().In(clock.Amsterdam).Date()
	now := time.Date(y, m, day, 0, 0, 0, 0, clock.Amsterdam) // what began this morning is on today
	for k := range list {
		for n, v := range list[k].Schedule {
			s.events(ctx, cal, &list[k], fmt.Sprintf("%s-%d", list[k].ID, n), v, now)
		}
	}
	return cal.Serialize(ics.WithNewLineWindows)
}

// amsterdam describes the time zone; without it some programs read times as UTC.
func amsterdam() *ics.VTimezone {
	z := ics.NewTimezone("Europe/Amsterdam")
	standard := z.AddStandard()
	standard.AddProperty(ics.ComponentPropertyDtStart, "19701025T030000")
	standard.AddProperty(ics.ComponentPropertyRrule, "FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU")
	standard.AddProperty(ics.ComponentProperty("TZOFFSETFROM"), "+0200")
	standard.AddProperty(ics.ComponentProperty("TZOFFSETTO"), "+0100")
	summer := &ics.Daylight{}
	summer.AddProperty(ics.ComponentPropertyDtStart, "19700329T020000")
	summer.AddProperty(ics.ComponentPropertyRrule, "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU")
	summer.AddProperty(ics.ComponentProperty("TZOFFSETFROM"), "+0100")
	summer.AddProperty(ics.ComponentProperty("TZOFFSETTO"), "+0200")
	z.Components = append(z.Components, summer)
	return z
}

// events writes one slot.
func (s *Service) events(ctx context.Context, cal *ics.Calendar, d *Detail, id string, v Slot, now time.Time) {
	at := slotOf(v)
	add := func(id string, begin time.Time) *ics.VEvent {
		e := cal.AddEvent(id + "@wijkbaak")
		e.SetDtStampTime(d.Changed)
		e.SetSequence(int(d.Version))
		e.SetSummary(d.Name)
		stamp(e, ics.ComponentPropertyDtStart, begin, at.from >= 0)
		if at.to > at.from && at.from >= 0 {
			stamp(e, ics.ComponentPropertyDtEnd, begin.Add(time.Duration(at.to-at.from)*time.Minute), true)
		}
		text := []string{d.Summary}
		for _, t := range []string{v.Note, d.Join.Text, d.Join.Phone} {
			if t != "" {
				text = append(text, t)
			}
		}
		e.SetDescription(strings.Join(text, "\n"))
		if len(d.Locations) > 0 {
			e.SetLocation(d.Locations[0].line())
		}
		e.SetURL(s.o.BaseURL + ui.Href(ctx, Path(d.Slug)))
		return e
	}
	if at.days != 0 {
		weekly := at
		weekly.dates = nil
		if begin, ok := weekly.next(now); ok {
			add(id, begin).AddRrule(rule(at, v))
		}
	}
	for k, day := range v.Dates {
		t, err := time.ParseInLocation(time.DateOnly, day, clock.Amsterdam)
		if err == nil && dayOf(t) >= dayOf(now) {
			add(fmt.Sprintf("%s-%d", id, k), t.Add(time.Duration(max(at.from, 0))*time.Minute))
		}
	}
}

func stamp(e *ics.VEvent, name ics.ComponentProperty, t time.Time, timed bool) {
	t = t.In(clock.Amsterdam)
	if timed {
		e.SetProperty(name, t.Format("20060102T150405"), ics.WithTZID("Europe/Amsterdam"))
	} else {
		e.SetProperty(name, t.Format("20060102"), ics.WithValue("DATE"))
	}
}

var icsDays = []string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"} // by time.Weekday

// rule is how a slot comes back.
func rule(at slot, v Slot) string {
	var days []string
	for d, name := range icsDays {
		if at.days&(1<<d) != 0 {
			if at.nth != 0 {
				name = fmt.Sprint(at.nth) + name
			}
			days = append(days, name)
		}
	}
	r := "FREQ=WEEKLY"
	if at.nth != 0 {
		r = "FREQ=MONTHLY"
	} else if at.every > 1 {
		r += fmt.Sprintf(";INTERVAL=%d;WKST=MO", at.every)
	}
	r += ";BYDAY=" + strings.Join(days, ",")
	if t, err := time.ParseInLocation(time.DateOnly, v.Ends, clock.Amsterdam); err == nil {
		r += ";UNTIL=" + t.Add(24*time.Hour-time.Second).UTC().Format("20060102T150405Z")
	}
	return r
}
