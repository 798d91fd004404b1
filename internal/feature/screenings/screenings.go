package screenings

import (
	"errors"
	"net/mail"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/decimal"
	"wijkbaak.nl/internal/base/fault"
)

// State is where a round is in its life.
type State string

// The states of a round.
const (
	Draft  State = "draft"
	Open   State = "open"
	Closed State = "closed"
)

// Risk is what the questionnaire found.
type Risk string

// The risk classes; none is what the person does not share.
const (
	NoRisk Risk = ""
	Low    Risk = "low"
	Medium Risk = "medium"
	High   Risk = "high"
)

// Known tells whether a risk is a class.
func (r Risk) Known() bool { return r == Low || r == Medium || r == High }

// Sees tells whether the class asks for the second step.
func (r Risk) Sees() bool { return r == Medium || r == High }

// What somebody shares of the outcome: the class, only that there is an
// appointment, or nothing.
const (
	ShareRisk  = "risk"
	ShareVisit = "visit"
	ShareNone  = "none"
)

// Where an invitation is in its life.
const (
	asked    = "asked"
	answered = "answered"
	gone     = "gone"
)

// How a visit went.
const (
	booked = "booked"
	came   = "came"
	missed = "missed"
)

// Outcomes of a measurement, in the order in which a page offers them.
var Outcomes = []string{"nothing", "gp", "follow"}

// How codes go out.
const (
	ByFile  = "file"  // a file to merge with addresses elsewhere
	BySheet = "sheet" // letters to print here
	ByMail  = "mail"
)

// Bounds.
const (
	titleMost      = 120
	agesMost       = 80
	contactMost    = 300
	invitationMost = 3000
	adviceMost     = 3000
	locationsMost  = 12
	locationMost   = 160
	measuresMost   = 24
	measureMost    = 80
	keepLeast      = 30
	keepMost       = 5 * 365
	codesMost      = 5000 // of one file
	sheetsMost     = 60   // letters on one page
	mailsMost      = 500  // of one form
	invitesMost    = 50_000
	slotsMost      = 200 // of one form
	seatsMost      = 30
	yearsMost      = 3
)

// emailDays is how long after the end of a round e-mail addresses stay.
const emailDays = 30

// Round is one campaign of the health check.
type Round struct {
	ID                          string
	Title                       string
	Place, PlaceName            string // path, and what it is called
	Survey, SurveyTitle         string
	Starts, Ends                Day
	Ages                        string // in words
	Organisation, OrganisedBy   string // id and name of who is responsible
	Screener, ScreenedBy        string // id and name of who measures
	Invitation                  string
	Contact                     string // whom to ring
	Locations                   []string
	Measures                    []Measure
	KeepDays, RemindDays, Times int // after the end; between letters; how many reminders
	State                       State
	Numbers                     int // given so far
	Figures                     *Figures
	Version                     int64
	Person                      string
	Demonstration               bool
	Created, Changed            time.Time
}

// Running tells whether people can take part on a day.
func (r Round) Running(today Day) bool {
	return r.State == Open && today >= r.Starts && today <= r.Ends
}

// Path is the address of a round for who runs it.
func Path(id string) string { return deskBase + "/" + id }

// Measure is one thing that is measured: between Least and Most it can be entered;
// from Low to High the organisation calls it normal.
type Measure struct {
	Name  string   `json:"name"`
	Unit  string   `json:"unit"`
	Least float64  `json:"least"`
	Most  float64  `json:"most"`
	Low   *float64 `json:"low,omitempty"`
	High  *float64 `json:"high,omitempty"`
}

// Reading is a value as it was measured, with the measure as it was then.
type Reading struct {
	Measure
	Value float64 `json:"value"`
}

// Outside tells whether a value lies outside what the organisation calls normal.
func (r Reading) Outside() bool {
	return r.Low != nil && r.Value < *r.Low || r.High != nil && r.Value > *r.High
}

var rangeForm = regexp.MustCompile(`^(.*\d)\s*(?:tot|t/m|to|–|-)\s*(\S.*)$`)

var errRange = errors.New("this is no range")

func parseRange(text string) (low, high float64, err error) {
	m := rangeForm.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return 0, 0, errRange
	}
	if low, err = decimal.Parse(m[1]); err != nil {
		return 0, 0, err
	}
	if high, err = decimal.Parse(m[2]); err == nil && high <= low {
		err = errRange
	}
	return low, high, err
}

// ParseMeasures reads a line for each measure: name; unit; between what it can be;
// what is normal. The last may be left out.
func ParseMeasures(text string) ([]Measure, error) {
	var list []Measure
	var wrong fault.List
	seen := map[string]bool{}
	number := 0
	for line := range strings.Lines(text) {
		number++
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		parts := strings.Split(line, ";")
		for k := range parts {
			parts[k] = strings.TrimSpace(parts[k])
		}
		if len(parts) < 3 || len(parts) > 4 || parts[0] == "" || utf8.RuneCountInString(parts[0]) > measureMost || utf8.RuneCountInString(parts[1]) > 20 {
			wrong.Add("metingen", "screenings.wrong.measure", "line", number)
			continue
		}
		m := Measure{Name: parts[0], Unit: parts[1]}
		var err error
		if m.Least, m.Most, err = parseRange(parts[2]); err != nil {
			wrong.Add("metingen", "screenings.wrong.range", "line", number)
			continue
		}
		if len(parts) == 4 && parts[3] != "" {
			low, high, err := parseRange(parts[3])
			if err != nil || low < m.Least || high > m.Most {
				wrong.Add("metingen", "screenings.wrong.normal", "line", number)
				continue
			}
			m.Low, m.High = &low, &high
		}
		if seen[m.Name] {
			wrong.Add("metingen", "screenings.wrong.twice", "line", number)
			continue
		}
		seen[m.Name] = true
		list = append(list, m)
	}
	if len(list) > measuresMost {
		wrong.Add("metingen", "screenings.wrong.measures", "most", measuresMost)
	}
	if len(wrong) > 0 {
		return nil, wrong[:1].Err() // one line at a time is enough to read
	}
	return list, nil
}

// Districts reads "1234 120" a line: a postcode and how many codes.
func Districts(text string) (list []Wish, err error) {
	number, total := 0, 0
	for line := range strings.Lines(text) {
		number++
		f := strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" ;,:\t\r\n", r) })
		if len(f) == 0 {
			continue
		}
		n := 0
		if len(f) == 2 && postcodeForm.MatchString(f[0]) {
			for _, c := range f[1] {
				if c < '0' || c > '9' || n > codesMost {
					n = 0
					break
				}
				n = n*10 + int(c-'0')
			}
		}
		if n < 1 {
			return nil, fault.Invalid(fault.Field{Name: "wijken", Key: "screenings.wrong.district", Args: []any{"line", number}})
		}
		for _, w := range list {
			if w.District == f[0] {
				return nil, fault.Invalid(fault.Field{Name: "wijken", Key: "screenings.wrong.districttwice", Args: []any{"line", number}})
			}
		}
		total += n
		list = append(list, Wish{f[0], n})
	}
	if len(list) == 0 {
		return nil, fault.Invalid(fault.Field{Name: "wijken", Key: "screenings.wrong.districts"})
	}
	if total > codesMost {
		return nil, fault.Invalid(fault.Field{Name: "wijken", Key: "screenings.wrong.codes", Args: []any{"most", codesMost}})
	}
	return list, nil
}

var postcodeForm = regexp.MustCompile(`^[1-9][0-9]{3}$`)

// Wish is how many codes a district gets.
type Wish struct {
	District string
	Codes    int
}

// Addresses reads e-mail addresses as they are pasted: one a line, or divided by
// commas or semicolons, with or without a name. Each comes once, in lower case.
func Addresses(text string) (list []string, err error) {
	seen := map[string]bool{}
	number := 0
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == ',' || r == ';' || r == '\r' }) {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		number++
		a, err := mail.ParseAddress(part)
		if err != nil || len(a.Address) > 254 {
			return nil, fault.Invalid(fault.Field{Name: "adressen", Key: "screenings.wrong.address", Args: []any{"line", number}})
		}
		address := strings.ToLower(a.Address)
		if !seen[address] {
			seen[address] = true
			list = append(list, address)
		}
	}
	if len(list) == 0 {
		return nil, fault.Invalid(fault.Field{Name: "adressen", Key: "screenings.wrong.addresses"})
	}
	if len(list) > mailsMost {
		return nil, fault.Invalid(fault.Field{Name: "adressen", Key: "screenings.wrong.mails", Args: []any{"most", mailsMost}})
	}
	return list, nil
}

// Slot is a time at which people can come.
type Slot struct {
	ID, Round    string
	Starts       time.Time
	Minutes      int
	Location     string
	Seats, Taken int
}

// Free tells whether somebody can still choose it at a moment.
func (s Slot) Free(now time.Time) bool { return s.Taken < s.Seats && s.Starts.After(now) }

// Series is a row of slots on one day.
type Series struct {
	Day         Day
	From, Until string // 09:30
	Minutes     int
	Seats       int
	Location    string
}

var timeForm = regexp.MustCompile(`^([01]?\d|2[0-3])[:.]([0-5]\d)$`)

func timeOn(d Day, text string) (time.Time, bool) {
	m := timeForm.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return time.Time{}, false
	}
	if len(m[1]) == 1 {
		m[1] = "0" + m[1]
	}
	t, err := time.ParseInLocation("2006-01-02 15:04", string(d)+" "+m[1]+":"+m[2], clock.Amsterdam)
	return t, err == nil
}

// Slots makes the times of a series within a round.
func (v Series) Slots(r Round) ([]Slot, error) {
	var wrong fault.List
	from, ok := timeOn(v.Day, v.From)
	until, ok2 := timeOn(v.Day, v.Until)
	if v.Day < r.Starts || v.Day > r.Ends {
		wrong.Add("dag", "screenings.wrong.outside")
	}
	if !ok {
		wrong.Add("van", "screenings.wrong.time")
	}
	if !ok2 || ok && !until.After(from) {
		wrong.Add("tot", "screenings.wrong.until")
	}
	if v.Minutes < 5 || v.Minutes > 240 {
		wrong.Add("minuten", "screenings.wrong.minutes")
	}
	if v.Seats < 1 || v.Seats > seatsMost {
		wrong.Add("plaatsen", "screenings.wrong.seats", "most", seatsMost)
	}
	if err := wrong.Err(); err != nil {
		return nil, err
	}
	var list []Slot
	step := time.Duration(v.Minutes) * time.Minute
	for t := from; !t.Add(step).After(until); t = t.Add(step) {
		list = append(list, Slot{Round: r.ID, Starts: t.UTC(), Minutes: v.Minutes, Location: v.Location, Seats: v.Seats})
	}
	if len(list) == 0 {
		wrong.Add("tot", "screenings.wrong.until")
	}
	if len(list) > slotsMost {
		wrong.Add("tot", "screenings.wrong.slots", "most", slotsMost)
	}
	return list, wrong.Err()
}

// Invite is somebody who was invited; nobody knows who.
type Invite struct {
	ID, Round, Batch string
	Number           int
	District         string
	Channel          string
	Email            string
	Quiet            bool // no letters
	Reminded         int
	State            string
	Shares           string
	Risk             Risk
	Visit            string
	Made, Answered   time.Time
}

// MayBook tells whether the person can choose a time.
func (v Invite) MayBook() bool {
	return v.State == answered && (v.Shares == ShareVisit || v.Shares == ShareRisk && v.Risk.Sees())
}

// Appointment is when somebody comes.
type Appointment struct {
	Invite, Round, Slot string
	Starts              time.Time
	Email               string
	Booked              time.Time
}

// Result is what the professional found.
type Result struct {
	Invite, Round   string
	Readings        []Reading
	Outcome, Advice string
	Version         int64
	EnteredBy       string
	Entered         time.Time
	Changed         time.Time
}

// Consent is what somebody agreed to, in the words that were shown.
type Consent struct {
	ID, Invite, Kind, Lang, Text string
	Given, Withdrawn             time.Time
}

// Batch is a pile of codes that were made at once for one district.
type Batch struct {
	ID, Round, Form, Channel string
	District, DistrictName   string
	Codes                    int
	Withdrawn                bool
	Person                   string
	At                       time.Time
}
