package practices

import (
	"errors"
	"math"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/protocol/practice"
)

// Path is the page of a practice that is offered here.
func Path(name string) string { return "/estafette/" + name }

// AdoptedPath is the page about where an initiative was taken from.
func AdoptedPath(initiative string) string { return "/overgenomen/" + initiative }

// OfferPath is the page where an initiative is made into an offer.
func OfferPath(initiative string) string { return "/aanbieden/" + initiative }

// filePath is where a package can be fetched; its signature has .sig behind it.
func filePath(name, version string) string {
	return Path(name) + "/bestand/" + name + "-" + version + ".tgz"
}

func incomingPath(id string) string { return "/overnemen/" + id }

// Practice is a package that this instance offers.
type Practice struct {
	Name, Initiative, Title, Summary, Licence, Author, Contact string
	Latest                                                     string
	Lineage                                                    []practice.Ancestor
	ChangedAt, WithdrawnAt                                     time.Time
	Why                                                        string // of the withdrawal
}

// Version is one number of a practice. It never changes.
type Version struct {
	Practice, Version, SHA256, Note, By string
	Size                                int64
	At                                  time.Time
}

// About is what is in a package, without the package.
type About struct {
	Title      string               `json:"title"`
	Summary    string               `json:"summary"` // with the keys of the parameters in it
	Parameters []practice.Parameter `json:"parameters"`
	Parts      []string             `json:"parts"`
	Files      []AboutFile          `json:"files"`
	Chosen     map[string][]string  `json:"chosen,omitempty"` // things by room, of an offer of our own
	Signature  string               `json:"-"`
}

// AboutFile is a file in a package.
type AboutFile struct {
	Path    string `json:"path"`
	Size    int64  `json:"size"`
	Title   string `json:"title,omitempty"`
	Kind    string `json:"kind,omitempty"`
	Licence string `json:"licence,omitempty"`
}

// defaults are the answers that the parameters bring themselves.
func defaults(list []practice.Parameter) map[string]string {
	m := map[string]string{}
	for _, p := range list {
		if m[p.Key] = p.Default; p.Default == "" {
			m[p.Key] = "…"
		}
	}
	return m
}

func aboutOf(p practice.Package) About {
	a := About{Title: p.Manifest.Title, Summary: p.Manifest.Description, Parameters: p.Manifest.Wijkbaak.Parameters, Parts: p.Rooms()}
	known, err := readMaterial(p.Parts[material])
	if err != nil {
		known = nil // of a part that this program does not know
	}
	for _, name := range p.Paths() {
		m := known[name]
		a.Files = append(a.Files, AboutFile{name, int64(len(p.Files[name])), m.Title, m.Kind, m.Licence})
	}
	return a
}

// Offer is what somebody fills in to make a package.
type Offer struct {
	Name       string               `json:"name"`
	Version    string               `json:"version"`
	Title      string               `json:"title"`
	Summary    string               `json:"summary"`
	Licence    string               `json:"licence"`
	Author     string               `json:"author"`
	Contact    string               `json:"contact"`
	Note       string               `json:"note"` // what is new
	Parts      []string             `json:"parts"`
	Chosen     map[string][]string  `json:"chosen,omitempty"` // things by room; nil until somebody chose
	Parameters []practice.Parameter `json:"parameters"`
	Seen       []string             `json:"seen"` // findings that somebody looked at
	Edit       int64                `json:"-"`    // number of the edit it was made of
}

// The bounds of an offer.
const (
	FilesMost     = 100
	FileMost      = 10 << 20
	AllMost       = 30 << 20
	summaryMost   = 2000
	noteMost      = 2000
	licenceChosen = "CC-BY-4.0"
)

// Adopted is where an initiative was taken from.
type Adopted struct {
	Initiative, Address, Key, Name, Title, Version, SHA256, By string
	Base                                                       map[string]string // part by room, as it came
	Answers                                                    map[string]string
	Lineage                                                    []practice.Ancestor
	At                                                         time.Time
}

// Incoming is a package that came in and waits for a yes.
type Incoming struct {
	ID, Initiative, Address, Signature, By string
	Data                                   []byte
	At                                     time.Time
}

// Peer is another instance.
type Peer struct {
	Address, Key, Checkpoint, Trouble string
	Offers                            []Offered
	PinnedAt, CheckedAt               time.Time
}

// Offered is a practice as an instance tells about it.
type Offered struct {
	Name    string              `json:"name"`
	Title   string              `json:"title"`
	Summary string              `json:"summary"`
	Licence string              `json:"licence"`
	Author  string              `json:"author,omitempty"`
	Latest  string              `json:"latest"`
	Lineage []practice.Ancestor `json:"lineage"`
}

// Result is what one municipality measured of an indicator, counted together.
type Result struct {
	Indicator string   `json:"indicator"`
	Name      string   `json:"name"`
	Unit      string   `json:"unit"`
	N         int      `json:"n"`
	Value     float64  `json:"value"`
	Baseline  *float64 `json:"baseline,omitempty"`
	SD        *float64 `json:"sd,omitempty"`
	Design    string   `json:"design,omitempty"`
}

// Message brings results to another instance. Without results it tells that the
// practice was taken over.
type Message struct {
	ID       string `json:"id"`
	Practice string `json:"practice"`
	// Origin is the public key of who offers the practice: two may use one name. A
	// message of an older program has none.
	Origin  string    `json:"origin,omitempty"`
	Version string    `json:"version"`
	Sender  string    `json:"sender"` // address
	Name    string    `json:"name"`   // what the sender is called
	At      time.Time `json:"at"`
	Results []Result  `json:"results"`
}

// The states of a message that came in.
const (
	StateAccepted = "accepted"
	StateHeld     = "held" // of a sender that nobody here has said yes to
	StateRefused  = "refused"
	StateTold     = "told" // by the origin, of a sender whose key we never saw ourselves
)

// Received is a message that came in.
type Received struct {
	Message
	Key, State, Signed string
	From               string // public key of who offers the practice; "" is here
	Via                string // address of who handed it on; "" if its sender did
	ReceivedAt         time.Time
}

// Sent is a message that goes out, or went.
type Sent struct {
	Message
	RowID, Initiative, Address, Signed, Trouble, By string
	SentAt                                          time.Time
}

const (
	resultKind  = "practice result"
	resultsMost = 100
	// CountLeast is the smallest number of people of whom a figure goes out.
	CountLeast = 10
	resultBody = 256 << 10
	// heldMost bounds what strangers can leave here: all together, one sender, those
	// who say that they are of one address, and one network at a time.
	heldMost    = 1000
	heldOfOne   = 20
	heldFrom    = 60
	heldAtOnce  = 30
	heldBetween = 10 * time.Minute
	heldRetry   = time.Hour
	// toldMost bounds what an origin tells of others about one practice.
	toldMost = 200
)

// check refuses what no honest sender sends.
func (m *Message) check() error {
	if !practice.IsName(m.Practice) || !practice.IsVersion(m.Version) || m.At.IsZero() || len(m.Results) > resultsMost || !short(m.Name, 1, 200) || !short(m.ID, 8, 60) || !short(m.Origin, 0, 200) {
		return errors.New("a field is missing or too long")
	}
	if _, err := cleanAddress(m.Sender); err != nil {
		return err
	}
	for _, r := range m.Results {
		numbers := []float64{r.Value}
		for _, p := range []*float64{r.Baseline, r.SD} {
			if p != nil {
				numbers = append(numbers, *p)
			}
		}
		if !short(r.Indicator, 1, 80) || !short(r.Name, 1, 200) || !short(r.Unit, 0, 60) || !short(r.Design, 0, 60) ||
			slices.ContainsFunc(numbers, func(v float64) bool { return math.IsNaN(v) || math.Abs(v) > 1e12 }) || r.SD != nil && *r.SD < 0 {
			return errors.New("a result cannot be read")
		}
		if r.N < CountLeast {
			return errors.New("a result of fewer than ten people")
		}
		if percent(r.Unit) && (r.Value < 0 || r.Value > 100) {
			return errors.New("a percentage outside 0 to 100")
		}
	}
	return nil
}

func short(s string, least, most int) bool {
	n := utf8.RuneCountInString(s)
	return utf8.ValidString(s) && n >= least && n <= most && !strings.ContainsFunc(s, func(c rune) bool { return c < ' ' })
}

// addressForm: a name or number of a computer, and folders of plain characters.
var addressForm = regexp.MustCompile(`^https?://([a-z0-9.-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*$`)

// cleanAddress gives the address of an instance as we keep it: scheme, host and
// what stands before our paths.
func cleanAddress(s string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(s))
	if err == nil && u.User == nil && len(s) <= 300 {
		address := strings.ToLower(u.Scheme) + "://" + strings.ToLower(u.Host) + strings.TrimSuffix(path.Clean("/"+u.Path), "/")
		if addressForm.MatchString(address) {
			return address, nil
		}
	}
	return "", errors.New("an address begins with https:// and the name of the website")
}

// splitAddress takes the address of a page at another instance apart: of the
// instance, and the practice if it names one.
func splitAddress(s string) (address, name string, err error) {
	s = strings.TrimSpace(s)
	if s != "" && !strings.Contains(s, "://") {
		s = "https://" + s
	}
	address, err = cleanAddress(s)
	if err != nil {
		return "", "", err
	}
	for _, mark := range []string{"/api/v1/practices", "/en/estafette", "/estafette"} {
		before, after, found := strings.Cut(address, mark)
		if !found {
			continue
		}
		address = before
		if first, _, _ := strings.Cut(strings.TrimPrefix(after, "/"), "/"); practice.IsName(first) {
			name = first
		}
		break
	}
	return address, name, nil
}

// bad makes a fault of what is wrong with a package: a sentence beside a field.
// An error that is none of ours stays what it is.
//
// keys: practices.bad.*
func bad(field string, err error) error {
	e, ok := errors.AsType[*practice.Error](err)
	if !ok {
		return err
	}
	return fault.Invalid(fault.Field{Name: field, Key: "practices.bad." + string(e.Kind), Args: []any{"at", e.At, "detail", e.Detail}})
}

func invalid(field, key string, args ...any) error {
	return fault.Invalid(fault.Field{Name: field, Key: key, Args: args})
}
