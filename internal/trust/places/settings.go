package places

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/fault"
)

// Settings are what the team of a place decides for its first page.
type Settings struct {
	Portal   string `json:"portal"`   // name of the neighbourhood portal
	Greeting string `json:"greeting"` // one sentence under that name

	Hours            [7]Hours  `json:"hours"`            // by time.Weekday: Sunday first
	NationalHolidays bool      `json:"nationalHolidays"` // closed on the Dutch public holidays
	Holidays         []Holiday `json:"holidays"`         // other days on which it is closed

	AnswerHours int `json:"answerHours"` // working hours within which a question is answered
	UrgentHours int `json:"urgentHours"` // and an urgent one

	Urgent []UrgentHelp `json:"urgent"` // what to ring now
}

// Minute is a time of day in minutes after midnight, written "09:30".
type Minute int

// String gives "09:30".
func (m Minute) String() string { return fmt.Sprintf("%02d:%02d", m/60, m%60) }

// MarshalText writes "09:30".
func (m Minute) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads "09:30", and "24:00" as the end of a day.
func (m *Minute) UnmarshalText(b []byte) error {
	s := string(b)
	if s == "24:00" {
		*m = 24 * 60
		return nil
	}
	t, err := time.Parse("15:04", s)
	if err != nil {
		return fmt.Errorf("%.20q is no time of day", s)
	}
	*m = Minute(t.Hour()*60 + t.Minute())
	return nil
}

// Hours are the office hours of one weekday; equal times mean closed.
type Hours struct {
	From  Minute `json:"from"`
	Until Minute `json:"until"`
}

// Open tells whether the office is open at all that day.
func (h Hours) Open() bool { return h.Until > h.From }

// Holiday is a day on which the office is closed.
type Holiday struct {
	Date string `json:"date"` // "2026-12-24"
	Name string `json:"name"`
}

// UrgentHelp is one line of what to ring now. Number may be empty, where the
// number differs by person or region.
type UrgentHelp struct {
	Label  string `json:"label"`
	Number string `json:"number"`
	Text   string `json:"text"`
}

// Limits on what a team may fill in.
const (
	maxName     = 80
	maxSentence = 300
	maxHolidays = 100
	maxUrgent   = 10
	maxPromise  = 400 // working hours
)

// DefaultSettings are what holds where nobody decided otherwise. The words are
// content, in Dutch, because a team changes them as it likes.
func DefaultSettings() Settings {
	office := Hours{From: 9 * 60, Until: 17 * 60}
	return Settings{
		Portal:           "Wijkbaak",
		Greeting:         "Stel uw vraag. Buurtbewoners en het wijkteam denken met u mee.",
		Hours:            [7]Hours{1: office, 2: office, 3: office, 4: office, 5: office},
		NationalHolidays: true,
		AnswerHours:      16,
		UrgentHours:      4,
		Urgent: []UrgentHelp{
			{"Levensgevaar", "112", "Is iemand in levensgevaar? Of telt elke seconde? Bel 112."},
			{"Dokter nodig", "", "Kan het niet wachten? Bel uw huisarts. 's Avonds, 's nachts en in het weekend belt u de huisartsenpost. Uw huisarts noemt dat nummer op de voicemail."},
			{"Gedachten aan zelfdoding", "0800-0113", "Denkt u aan zelfdoding? Praat erover. Bel gratis 0800-0113 of bel 113. Dat kan dag en nacht, zonder uw naam te noemen."},
			{"Geweld of onveilig thuis", "0800-2000", "Bent u thuis niet veilig? Of maakt u zich zorgen over iemand? Bel gratis Veilig Thuis: 0800-2000. Dat kan dag en nacht. Bel bij direct gevaar 112."},
		},
	}
}

// Check tells what is wrong with settings that somebody filled in.
func (s Settings) Check() error {
	var wrong []fault.Field
	say := func(ok bool, name, key string, args ...any) {
		if !ok {
			wrong = append(wrong, fault.Field{Name: name, Key: key, Args: args})
		}
	}
	text := func(v, name string, least, most int) {
		n := utf8.RuneCountInString(strings.TrimSpace(v))
		say(n >= least, name, "places.error.empty")
		say(n <= most && utf8.ValidString(v), name, "places.error.long", "max", most)
	}
	text(s.Portal, "portal", 1, maxName)
	text(s.Greeting, "greeting", 0, maxSentence)
	open := false
	for day, h := range s.Hours {
		say(h.From >= 0 && h.Until <= 24*60 && h.From <= h.Until, fmt.Sprintf("hours.%d", day), "places.error.hours")
		open = open || h.Open()
	}
	say(open, "hours", "places.error.closed")
	say(s.AnswerHours >= 1 && s.AnswerHours <= maxPromise, "answerHours", "places.error.promise", "max", maxPromise)
	say(s.UrgentHours >= 1 && s.UrgentHours <= s.AnswerHours, "urgentHours", "places.error.urgent")
	say(len(s.Holidays) <= maxHolidays, "holidays", "places.error.many", "max", maxHolidays)
	for i, h := range s.Holidays[:min(len(s.Holidays), maxHolidays)] {
		_, err := time.Parse(time.DateOnly, h.Date)
		say(err == nil, fmt.Sprintf("holidays.%d.date", i), "places.error.date")
		text(h.Name, fmt.Sprintf("holidays.%d.name", i), 0, maxName)
	}
	say(len(s.Urgent) <= maxUrgent, "urgent", "places.error.many", "max", maxUrgent)
	for i, u := range s.Urgent[:min(len(s.Urgent), maxUrgent)] {
		text(u.Label, fmt.Sprintf("urgent.%d.label", i), 1, maxName)
		text(u.Text, fmt.Sprintf("urgent.%d.text", i), 1, maxSentence)
		say(ringable(u.Number), fmt.Sprintf("urgent.%d.number", i), "places.error.number")
	}
	if len(wrong) > 0 {
		return fault.Invalid(wrong...)
	}
	return nil
}

// ringable tells whether a telephone link can be made of number; empty is fine.
func ringable(number string) bool {
	digits := 0
	for _, r := range number {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case !strings.ContainsRune(" -+()", r):
			return false
		}
	}
	return number == "" || digits >= 3 && digits <= 15
}
