package offers

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/mail"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/places"
	"wijkbaak.nl/internal/trust/themes"
)

// Offer is one entry of the catalogue.
type Offer struct {
	ID   string `json:"-"` // UUID
	Slug string `json:"-"`

	Kind         string       `json:"kind"`
	Name         string       `json:"name"`
	Summary      string       `json:"summary"`
	Description  string       `json:"description,omitempty"`
	Gives        string       `json:"gives,omitempty"` // what somebody gets out of it
	For          string       `json:"for,omitempty"`   // for whom, in words
	Audience     []string     `json:"audience,omitempty"`
	Themes       []string     `json:"themes,omitempty"`
	Areas        []string     `json:"areas,omitempty"`
	Organisation string       `json:"organisation"`     // id
	Places       []string     `json:"places,omitempty"` // CBS codes it is for; none is everywhere
	Where        []string     `json:"where,omitempty"`
	Locations    []Location   `json:"locations,omitempty"`
	Schedule     []Slot       `json:"schedule,omitempty"`
	Cost         Price        `json:"cost"`
	Join         Join         `json:"join"`
	Languages    []string     `json:"languages,omitempty"`
	Accessible   []string     `json:"accessible,omitempty"`
	Ground       string       `json:"ground,omitempty"` // of the law that pays
	UPL          string       `json:"upl,omitempty"`    // URI of the product in the list of the government
	Initiative   string       `json:"initiative,omitempty"`
	Application  *Application `json:"application,omitempty"`
	Also         []string     `json:"also,omitempty"` // words people would use
	Keeper       string       `json:"-"`              // address for the letters; not public, and in no history
}

// Location is a spot where an offer can be had. Access says what the spot has.
type Location struct {
	ID       string   `json:"id,omitempty"`
	At       string   `json:"at,omitempty"` // id of the offer at this spot, where a feed gave one
	Name     string   `json:"name,omitempty"`
	Street   string   `json:"street,omitempty"`
	Postcode string   `json:"postcode,omitempty"`
	Town     string   `json:"town,omitempty"`
	Lat      float64  `json:"lat,omitempty"`
	Lon      float64  `json:"lon,omitempty"`
	Access   []string `json:"access,omitempty"`
}

// Slot is when an offer is there: on days of the week, or on dates.
type Slot struct {
	Days   []string `json:"days,omitempty"`
	Dates  []string `json:"dates,omitempty"`
	Every  int      `json:"every,omitempty"` // weeks between; 0 and 1 are every week
	Nth    int      `json:"nth,omitempty"`   // of the month: 1 is the first such day, -1 the last; 0 is each
	Starts string   `json:"starts,omitempty"`
	Ends   string   `json:"ends,omitempty"`
	From   string   `json:"from,omitempty"`
	To     string   `json:"to,omitempty"`
	Note   string   `json:"note,omitempty"`
}

// Price is what it costs somebody.
type Price struct {
	Kind  string `json:"kind,omitempty"`
	Cents int64  `json:"cents,omitempty"`
	Per   string `json:"per,omitempty"`
	Note  string `json:"note,omitempty"`
}

// Join is how to begin.
type Join struct {
	Text  string `json:"text,omitempty"`
	Phone string `json:"phone,omitempty"`
	Email string `json:"email,omitempty"`
	URL   string `json:"url,omitempty"`
}

// Application is what is asked of an app or website besides.
type Application struct {
	Platforms []string `json:"platforms,omitempty"`
	Vendor    string   `json:"vendor,omitempty"`
	Medical   bool     `json:"medical,omitempty"` // sold as a medical device: marked, and not judged
}

// The codes. They stand in columns, addresses of the API and files, and do not
// change; their order is the order of a page.
var (
	Kinds      = []string{"activity", "service", "application", "device", "training", "place", "group"}
	Audiences  = []string{"everyone", "children", "youth", "adults", "older", "carers", "alone", "newcomers", "low-income", "disability", "dementia", "mental", "families"}
	Wheres     = []string{"nearby", "home", "online"}
	Costs      = []string{"free", "paid", "reimbursed"}
	Periods    = []string{"visit", "month", "year", "once"}
	Accessibly = []string{"wheelchair", "toilet", "hearing-loop", "quiet", "large-print", "simple-words", "transport"}
	Grounds    = []string{"wmo", "zvw", "jw", "wlz", "pw"}
	Platforms  = []string{"web", "android", "ios"}
	Weekdays   = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} // by time.Weekday
)

// Languages that have a name of their own here, the most asked for first. Others
// are kept and shown by their code.
var Languages = []string{"nl", "en", "tr", "ar", "uk", "pl", "ti", "so", "fa", "fr", "de", "es", "pt", "zh", "ru", "bg", "ro", "fy", "nds", "pap"}

// Bounds of what is kept.
const (
	nameMost    = 60
	summaryMost = 160
	textMost    = 4000
	lineMost    = 300
	listMost    = 20
	slotsMost   = 60
	datesMost   = 400
)

// Fault is what is wrong with one field: its name as in a file or form, a locale
// key for people and a reason for the log.
type Fault struct {
	Field, Key string
	Args       []any
	Reason     string
}

// Error names the field.
func (f Fault) Error() string { return f.Field + ": " + f.Reason }

var (
	slugForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	langForm = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)
	timeForm = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$`)
	codeForm = regexp.MustCompile(`^[1-9][0-9]{3} ?[A-Z]{2}$|^[1-9][0-9]{3}$`)
)

// reserved are the slugs that an address has its own use for.
var reserved = []string{"nieuw", "vergelijk", "print", "eigen"}

// check tells all that is wrong with an offer, in the order of a page. A feed of
// others may go over the lengths that we ask of our own people.
func (o *Offer) check(feed bool) []Fault {
	c := checker{}
	name, summary := nameMost, summaryMost
	if feed {
		name, summary = lineMost, textMost
	}
	c.code("kind", o.Kind, Kinds, true)
	c.text("name", o.Name, 1, name)
	least := 1
	if feed {
		least = 0
	}
	c.text("summary", o.Summary, least, summary)
	c.text("description", o.Description, 0, 2*textMost)
	c.text("gives", o.Gives, 0, textMost)
	c.text("for", o.For, 0, textMost)
	c.codes("audience", o.Audience, Audiences)
	c.codes("themes", o.Themes, themes.All)
	c.codes("areas", o.Areas, themes.Areas)
	for k, p := range o.Places {
		if _, _, _, ok := places.ParseCode(p); !ok {
			c.say(fmt.Sprintf("places[%d]", k), "offers.wrong.place", "%q is no code of a place", p)
		}
	}
	c.codes("where", o.Where, Wheres)
	c.many("locations", len(o.Locations), listMost)
	for k, l := range o.Locations {
		c.location(fmt.Sprintf("locations[%d]", k), l)
	}
	c.many("schedule", len(o.Schedule), slotsMost)
	for k, s := range o.Schedule {
		c.slot(fmt.Sprintf("schedule[%d]", k), s)
	}
	c.code("cost.kind", o.Cost.Kind, Costs, false)
	c.code("cost.per", o.Cost.Per, Periods, false)
	c.text("cost.note", o.Cost.Note, 0, textMost)
	if o.Cost.Cents < 0 || o.Cost.Cents > 100_000_00 {
		c.say("cost.cents", "offers.wrong.amount", "%d is no amount in cents", o.Cost.Cents)
	}
	c.text("join.text", o.Join.Text, 0, textMost)
	c.text("join.phone", o.Join.Phone, 0, 80)
	if o.Join.Email != "" && !mail.CheckAddress(o.Join.Email) {
		c.say("join.email", "offers.wrong.email", "%q is no e-mail address", o.Join.Email)
	}
	if o.Keeper != "" && !mail.CheckAddress(o.Keeper) {
		c.say("keeper", "offers.wrong.email", "%q is no e-mail address", o.Keeper)
	}
	c.address("join.url", o.Join.URL)
	c.many("languages", len(o.Languages), listMost)
	for k, l := range o.Languages {
		if !langForm.MatchString(l) {
			c.say(fmt.Sprintf("languages[%d]", k), "offers.wrong.choice", "%q is no code of a language", l)
		}
	}
	c.codes("accessible", o.Accessible, Accessibly)
	c.code("ground", o.Ground, Grounds, false)
	c.address("upl", o.UPL)
	if o.Initiative != "" && !slugForm.MatchString(o.Initiative) {
		c.say("initiative", "offers.wrong.choice", "%q is no slug", o.Initiative)
	}
	if a := o.Application; a != nil {
		if o.Kind != "application" {
			c.say("application", "offers.wrong.choice", "only an application has this")
		}
		c.codes("application.platforms", a.Platforms, Platforms)
		c.text("application.vendor", a.Vendor, 0, lineMost)
	}
	c.many("also", len(o.Also), 40)
	for k, w := range o.Also {
		c.text(fmt.Sprintf("also[%d]", k), w, 1, 80)
	}
	return c.faults
}

type checker struct{ faults []Fault }

func (c *checker) say(field, key, reason string, args ...any) {
	c.faults = append(c.faults, Fault{Field: field, Key: key, Reason: fmt.Sprintf(reason, args...)})
}

func (c *checker) text(field, v string, least, most int) {
	n := utf8.RuneCountInString(strings.TrimSpace(v))
	switch {
	case n < least:
		c.say(field, "offers.wrong.empty", "it is empty")
	case n > most:
		c.faults = append(c.faults, Fault{field, "web.form.toolong", []any{"most", most, "now", n}, fmt.Sprintf("%d characters, at most %d", n, most)})
	case v != web.Clean(v):
		c.say(field, "offers.wrong.text", "it has signs that do not belong in a text, or spaces around it")
	}
}

func (c *checker) many(field string, n, most int) {
	if n > most {
		c.say(field, "offers.wrong.many", "%d of them, at most %d", n, most)
	}
}

func (c *checker) code(field, v string, allowed []string, required bool) {
	if v == "" && !required {
		return
	}
	if !slices.Contains(allowed, v) {
		c.say(field, "offers.wrong.choice", "%q is none of %s", v, strings.Join(allowed, ", "))
	}
}

func (c *checker) codes(field string, list, allowed []string) {
	for k, v := range list {
		if !slices.Contains(allowed, v) {
			c.say(fmt.Sprintf("%s[%d]", field, k), "offers.wrong.choice", "%q is none of %s", v, strings.Join(allowed, ", "))
		} else if slices.Contains(list[:k], v) {
			c.say(fmt.Sprintf("%s[%d]", field, k), "offers.wrong.choice", "%q stands there twice", v)
		}
	}
}

// address takes whole web addresses alone: one that runs a script is none.
func (c *checker) address(field, v string) {
	if v == "" {
		return
	}
	u, err := url.Parse(v)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || len(v) > 500 || strings.ContainsAny(v, " \n\t") {
		c.say(field, "offers.wrong.url", "%q is no address of a website", v)
	}
}

func (c *checker) location(field string, l Location) {
	c.text(field+".name", l.Name, 0, lineMost)
	c.text(field+".street", l.Street, 0, lineMost)
	c.text(field+".town", l.Town, 0, 120)
	if l.Postcode != "" && !codeForm.MatchString(l.Postcode) {
		c.say(field+".postcode", "offers.wrong.postcode", "%q is no postcode", l.Postcode)
	}
	if l.Lat != 0 || l.Lon != 0 {
		if l.Lat < -90 || l.Lat > 90 || l.Lon < -180 || l.Lon > 180 {
			c.say(field+".lat", "offers.wrong.point", "%v, %v lies not on earth", l.Lat, l.Lon)
		}
	}
	c.codes(field+".access", l.Access, Accessibly)
}

func (c *checker) slot(field string, s Slot) {
	c.codes(field+".days", s.Days, Weekdays)
	c.many(field+".dates", len(s.Dates), datesMost)
	for k, d := range s.Dates {
		c.date(fmt.Sprintf("%s.dates[%d]", field, k), d)
	}
	if s.Starts != "" {
		c.date(field+".starts", s.Starts)
	}
	if s.Ends != "" {
		c.date(field+".ends", s.Ends)
	}
	for name, v := range map[string]string{".from": s.From, ".to": s.To} {
		if v != "" && !timeForm.MatchString(v) {
			c.say(field+name, "offers.wrong.time", "%q is no time such as 09:30", v)
		}
	}
	if s.From != "" && s.To != "" && s.To <= s.From {
		c.say(field+".to", "offers.wrong.time", "it ends at %s, before it begins", s.To)
	}
	if s.Every < 0 || s.Every > 52 || s.Nth < -1 || s.Nth > 5 {
		c.say(field, "offers.wrong.time", "it does not come back like that")
	}
	if s.Every > 1 && s.Starts == "" {
		c.say(field+".starts", "offers.wrong.date", "every %d weeks, from when?", s.Every)
	}
	c.text(field+".note", s.Note, 0, textMost)
}

func (c *checker) date(field, v string) {
	if _, err := time.Parse(time.DateOnly, v); err != nil {
		c.say(field, "offers.wrong.date", "%q is no date such as 2026-12-24", v)
	}
}
