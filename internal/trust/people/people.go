package people

import (
	"context"
	"net/mail"
	"strings"
	"time"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"

	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/trust/access"
)

// State is whether an account can be used.
type State string

// The states of an account.
const (
	Active State = "active"
	Closed State = "closed"
)

// Person is somebody with an account.
type Person struct {
	ID       string
	Name     string // as others see it
	Email    string // normalised; may be empty
	Phone    string // normalised; may be empty
	Language string
	State    State
	Demo     bool // an invented person, who exists in the demo only
	Created  time.Time
}

// Kinds of organisation, in the order in which a page offers them.
var Kinds = []string{"team", "municipality", "care", "welfare", "volunteers", "cooperative", "other"}

// Organisation is who somebody works or speaks for.
type Organisation struct {
	ID, Name, Kind, Place string
}

// Grant is a role that a person has for an organisation in a place.
type Grant struct {
	ID               string
	Person           string
	Role             access.Role
	Organisation     string
	OrganisationName string
	OrganisationKind string
	Place            string
	OnDuty           bool // for a coach: takes the questions of the place now
	From, Until      time.Time
}

// Current tells whether the grant counts at now.
func (g Grant) Current(now time.Time) bool {
	return !g.From.After(now) && (g.Until.IsZero() || g.Until.After(now))
}

// ended tells whether the grant is over at now.
func (g Grant) ended(now time.Time) bool { return !g.Until.IsZero() && !g.Until.After(now) }

// Member is a person in one of their roles.
type Member struct {
	Person
	Grant Grant
}

// Label says what the member is: "wijkcoach bij Wijkteam Oost"; "" for a resident.
func (m Member) Label(ctx context.Context) string { return m.Grant.Label(ctx) }

// Label says what the role is, in the language of ctx; "" for no role.
func (g Grant) Label(ctx context.Context) string {
	if g.Role == "" {
		return ""
	}
	return i18n.T(ctx, "people.role.at", "role", g.RoleName(ctx), "organisation", g.OrganisationName)
}

// RoleName says what people call the role: who answers questions is a
// "wijkcoach" in a team and a "zorgverlener" in a practice.
func (g Grant) RoleName(ctx context.Context) string {
	if g.Role == access.Coach {
		switch g.OrganisationKind {
		case "care":
			return i18n.T(ctx, "people.role.coach.care")
		case "volunteers":
			return i18n.T(ctx, "people.role.coach.volunteers")
		}
	}
	return RoleName(ctx, g.Role)
}

// RoleName says what people call a role in general.
func RoleName(ctx context.Context, role access.Role) string {
	return i18n.T(ctx, "people.role."+string(role))
}

// Bounds of what is kept.
const (
	nameMost  = 80
	emailMost = 254
	phoneMost = 16
)

// NormalEmail gives the one form in which an e-mail address is kept and
// looked up: lower case, composed, the domain in ASCII. ok is false for what is
// no address.
func NormalEmail(s string) (address string, ok bool) {
	s = strings.TrimSpace(norm.NFKC.String(s))
	if s == "" || len(s) > emailMost || strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }) {
		return "", false
	}
	parsed, err := mail.ParseAddress("<" + s + ">")
	if err != nil || parsed.Address != s {
		return "", false
	}
	at := strings.LastIndexByte(s, '@')
	local, domain := s[:at], s[at+1:]
	if strings.ContainsAny(local, `"\,;:<>()[]`) {
		return "", false
	}
	domain, err = idna.Lookup.ToASCII(domain)
	if err != nil || !strings.Contains(strings.Trim(domain, "."), ".") {
		return "", false
	}
	address = norm.NFC.String(strings.ToLower(local)) + "@" + strings.TrimSuffix(domain, ".")
	return address, len(address) <= emailMost
}

// NormalPhone gives the one form in which a telephone number is kept:
// +31612345678. ok is false for what is no number; an empty text is a number
// that nobody gave.
func NormalPhone(s string) (number string, ok bool) {
	var b strings.Builder
	for i, r := range strings.TrimSpace(s) {
		switch {
		case r >= '0' && r <= '9', r == '+' && i == 0:
			b.WriteRune(r)
		case r == ' ', r == '-', r == '.', r == '(', r == ')', r == '/':
		default:
			return "", false
		}
	}
	number = strings.Replace(b.String(), "+310", "+31", 1)
	switch {
	case number == "":
		return "", true
	case strings.HasPrefix(number, "00"):
		number = "+" + number[2:]
	case strings.HasPrefix(number, "0"):
		number = "+31" + number[1:]
	}
	if !strings.HasPrefix(number, "+") || len(number) < 9 || len(number) > phoneMost {
		return "", false
	}
	return number, true
}

// SortKey is the name as lists are ordered by it: lower case, without accents,
// so that both databases order alike.
func SortKey(name string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(name)) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(r)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
