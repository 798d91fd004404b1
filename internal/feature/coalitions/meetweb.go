package coalitions

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/web"
)

func (s *Service) meetRoutes() []web.Route {
	const meeting = one + "/overleg/{meeting}"
	return []web.Route{
		web.Get(one+"/overleg", in, s.meetingsPage),
		web.Get(one+"/overleg/nieuw", in, s.newMeeting),
		web.Post(one+"/overleg", in, s.call),
		web.Get(one+"/agenda.ics", in, s.allCalendar),
		web.Get(meeting, in, s.meetingPage),
		web.Get(meeting+"/agenda.ics", in, s.oneCalendar),
		web.Get(meeting+"/bewerken", in, s.editMeeting),
		web.Post(meeting+"/bewerken", in, s.record),
		web.Post(meeting+"/actie", in, s.act),
		web.Post(meeting+"/weg", in, s.cancel),
		web.Post(one+"/actie/klaar", in, s.button("#acties", func(ctx context.Context, id string, f *web.Form) error {
			return s.Finish(ctx, id, f.Line("actie", idMost))
		})),
	}
}

// readDay reads a day as a browser sends it or as people type it.
func readDay(text string) (time.Time, bool) {
	for _, form := range []string{"2006-01-02", "02-01-2006", "2-1-2006"} {
		if t, err := time.ParseInLocation(form, text, clock.Amsterdam); err == nil && t.Year() >= 2000 && t.Year() < 2200 {
			return t, true
		}
	}
	return time.Time{}, false
}

// readTime reads a time of day: 14:05, 14.05 or 9:00.
func readTime(text string) (hour, minute int, ok bool) {
	h, m, found := strings.Cut(strings.Replace(text, ".", ":", 1), ":")
	if !found || len(h) == 0 || len(h) > 2 || len(m) != 2 {
		return 0, 0, false
	}
	hour, err := strconv.Atoi(h)
	if err != nil || hour < 0 || hour > 23 {
		return 0, 0, false
	}
	minute, err = strconv.Atoi(m)
	return hour, minute, err == nil && minute >= 0 && minute < 60
}

// readMeeting reads the form of a meeting.
func readMeeting(f *web.Form, coalition string) Meeting {
	m := Meeting{Coalition: coalition, Title: f.Line("titel", titleMost), Place: f.Line("plek", placeMost), Minutes: number(f, "duur"),
		Agenda: lines(f.Text("agenda", linesMost*(lineMost+2))), Notes: f.Text("verslag", notesMost),
		Decisions: lines(f.Text("besluiten", linesMost*(lineMost+2))), Version: number(f, "versie")}
	day, ok := readDay(f.Line("dag", 20))
	hour, minute, good := readTime(f.Line("tijd", 10))
	if !good {
		f.Fail("tijd", "coalitions.wrong.time")
	}
	if ok && good {
		m.At = time.Date(day.Year(), day.Month(), day.Day(), hour, minute, 0, 0, clock.Amsterdam).UTC()
	} else if !ok {
		f.Fail("dag", "coalitions.wrong.date")
	}
	return m
}

// showMeeting puts a meeting into the fields.
func showMeeting(m Meeting) *web.Form {
	at := m.At.In(clock.Amsterdam)
	return web.NewForm("titel", m.Title, "dag", at.Format("2006-01-02"), "tijd", at.Format("15:04"), "duur", strconv.Itoa(m.Minutes),
		"plek", m.Place, "agenda", strings.Join(m.Agenda, "\n"), "verslag", m.Notes, "besluiten", strings.Join(m.Decisions, "\n"))
}

func (s *Service) meetingsPage(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	c, self, list, err := s.Meetings(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, meetingsView{Coalition: c, Self: self, List: list, Today: s.today()}.render())
}

func (s *Service) newMeeting(w http.ResponseWriter, r *http.Request) error {
	return s.showNewMeeting(w, r, http.StatusOK, nil)
}

func (s *Service) showNewMeeting(w http.ResponseWriter, r *http.Request, status int, f *web.Form) error {
	web.Private(r)
	c, agenda, err := s.Agenda(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if f == nil {
		f = web.NewForm("tijd", "10:00", "duur", "60", "agenda", strings.Join(agenda, "\n"))
	}
	return web.Render(w, r, status, newMeetingView{Coalition: c, Form: f}.render())
}

func (s *Service) call(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	return save(w, r, func(f *web.Form) (string, error) {
		m := readMeeting(f, id)
		if err := f.Err(); err != nil {
			return "", err
		}
		meeting, err := s.Call(r.Context(), m)
		m.ID = meeting
		return m.Path(), err
	}, func(status int, f *web.Form) error { return s.showNewMeeting(w, r, status, f) })
}

func (s *Service) meetingPage(w http.ResponseWriter, r *http.Request) error {
	return s.showMinutes(w, r, http.StatusOK, web.NewForm())
}

func (s *Service) showMinutes(w http.ResponseWriter, r *http.Request, status int, f *web.Form) error {
	web.Private(r)
	v, err := s.Minutes(r.Context(), r.PathValue("id"), r.PathValue("meeting"))
	if err != nil {
		return err
	}
	return web.Render(w, r, status, minutesView{Minutes: v, Form: f, Today: s.today()}.render())
}

func (s *Service) editMeeting(w http.ResponseWriter, r *http.Request) error {
	return s.showRecord(w, r, http.StatusOK, nil)
}

func (s *Service) showRecord(w http.ResponseWriter, r *http.Request, status int, f *web.Form) error {
	web.Private(r)
	v, err := s.Minutes(r.Context(), r.PathValue("id"), r.PathValue("meeting"))
	if err == nil {
		err = may(v.Coalition, v.Self.Role, deciders...)
	}
	if err != nil {
		return err
	}
	p := recordView{Minutes: v, Form: f, Ticked: v.Attended, Conflict: status == http.StatusConflict}
	if f == nil {
		p.Form = showMeeting(v.Meeting)
	} else {
		p.Ticked = f.List("aanwezig", idMost, membersMost)
	}
	return web.Render(w, r, status, p.render())
}

func (s *Service) record(w http.ResponseWriter, r *http.Request) error {
	return save(w, r, func(f *web.Form) (string, error) {
		m := readMeeting(f, r.PathValue("id"))
		m.ID = r.PathValue("meeting")
		if err := f.Err(); err != nil {
			return "", err
		}
		return m.Path(), s.Record(r.Context(), m, f.List("aanwezig", idMost, membersMost))
	}, func(status int, f *web.Form) error { return s.showRecord(w, r, status, f) })
}

func (s *Service) act(w http.ResponseWriter, r *http.Request) error {
	m := Meeting{ID: r.PathValue("meeting"), Coalition: r.PathValue("id")}
	return save(w, r, func(f *web.Form) (string, error) {
		a := Action{Coalition: m.Coalition, Meeting: m.ID, Title: f.Line("actie", actionMost), Person: f.Line("wie", idMost)}
		a.Due, _ = readDay(f.Line("voor", 20))
		if err := f.Err(); err != nil {
			return "", err
		}
		return m.Path() + "#acties", s.Act(r.Context(), a)
	}, func(status int, f *web.Form) error { return s.showMinutes(w, r, status, f) })
}

func (s *Service) cancel(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	return save(w, r, func(*web.Form) (string, error) {
		return Path(id) + "/overleg", s.Cancel(r.Context(), id, r.PathValue("meeting"))
	}, func(status int, f *web.Form) error { return s.showMinutes(w, r, status, f) })
}

const calendarType = "text/calendar; charset=utf-8"

func (s *Service) allCalendar(w http.ResponseWriter, r *http.Request) error {
	return s.sendCalendar(w, r, "")
}

func (s *Service) oneCalendar(w http.ResponseWriter, r *http.Request) error {
	return s.sendCalendar(w, r, r.PathValue("meeting"))
}

func (s *Service) sendCalendar(w http.ResponseWriter, r *http.Request, meeting string) error {
	web.Private(r)
	text, err := s.Calendar(r.Context(), r.PathValue("id"), meeting)
	if err != nil {
		return err
	}
	return web.Download(w, r, "overleg.ics", calendarType, []byte(text))
}
