package offers

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/id"
	"wijkbaak.nl/internal/base/limit"
	"wijkbaak.nl/internal/base/search"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

// Options are what the room needs.
type Options struct {
	DB          *db.DB
	Clock       clock.Clock
	IDs         id.Source
	Search      Searcher
	Places      Places
	People      People
	Initiatives Initiatives
	Verdicts    Verdicts // may be nil
	Audit       *audit.Log
	Root        string  // path of the place of this instance
	BaseURL     string  // how people reach us
	Key         []byte  // of the links in letters
	Rate        float64 // factor on the limits; 0 lifts them
	Demo        bool    // what is shown is invented, and says so
}

// Service is what this room can do.
type Service struct {
	o         Options
	db        *db.DB
	clock     clock.Clock
	seen      atomic.Pointer[snapshot]
	reading   sync.Mutex
	uses      *limit.Limit // presses of "I use this"
	proposals *limit.Limit
	secret    string // makes of an address in a limit what nobody can read back
}

// New makes the service.
func New(o Options) *Service {
	return &Service{o: o, db: o.DB, clock: o.Clock, secret: o.IDs(),
		uses: limit.New(o.Clock, 1, 24*time.Hour, o.Rate), proposals: limit.New(o.Clock, 10, 5*time.Minute, o.Rate)}
}

// Path is the address of the page of an offer.
func Path(slug string) string { return "/aanbod/" + slug }

// Card is an offer as it stands in a list.
type Card struct {
	Slug, Kind, Name, Summary, Organisation string

	Km    float64 // from the postcode that was given; -1 when it is not known
	Old   bool
	Found *search.Hit // when words were searched
	Badge *Badge

	item *item
}

// Page is the part of a list that is asked for.
type Page struct {
	Filter
	After, Before string // keys; one of them or none
	Limit         int
}

// Listing is a part of a list.
type Listing struct {
	Cards          []Card
	Previous, Next string // keys to go on from; empty when there is no more
	Total          int
	Corrected      string                    // the words as they were understood
	Facets         map[string]map[string]int // counts by filter and value
	From           *Point                    // where distances count from
	FromName       string
	Unknown        bool // the postcode is not one that we know
}

const (
	limitUsual = 20
	limitMost  = 100
	foundShown = 60 // a search has no further pages
)

// List gives a part of the list.
func (s *Service) List(ctx context.Context, p Page) (Listing, error) {
	if p.Limit <= 0 || p.Limit > limitMost {
		p.Limit = limitUsual
	}
	l, err := s.from(ctx, p.Filter)
	if err != nil {
		return l, err
	}
	v, err := s.snapshot(ctx)
	if err != nil {
		return l, err
	}
	if p.Words != "" {
		err = s.find(ctx, v, p, &l)
	} else {
		v.walk(v.narrow(p.Filter, l.From, s.clock.Now()), p, &l)
	}
	if err != nil {
		return l, err
	}
	return l, s.badges(ctx, l.Cards)
}

// from finds where distances count from. A postcode that is none is told, not
// refused: the list stands without distances.
func (s *Service) from(ctx context.Context, f Filter) (l Listing, err error) {
	if f.Postcode == "" {
		return l, nil
	}
	p, name, err := s.o.Places.Point(ctx, f.Postcode)
	switch fault.KindOf(err) {
	case fault.KindInvalid, fault.KindNotFound:
		l.Unknown = true
		return l, nil
	}
	l.From, l.FromName = &p, name
	return l, err
}

// key is the place of an item in a list, to go on from.
func (f *found) key(k int) string {
	i := f.items[k]
	old := "0"
	if i.old {
		old = "1"
	}
	if f.km == nil {
		return old + " " + i.key
	}
	far := f.km[k]
	if far < 0 {
		far = 99_999
	}
	return fmt.Sprintf("%s %09.3f %s", old, far, i.key)
}

// walk cuts the part of a list that is asked for.
func (v *snapshot) walk(f *found, p Page, l *Listing) {
	l.Total, l.Facets = len(f.items), f.facets
	begin := 0
	at := func(key string) int { // of the first that comes after key
		return sortSearch(len(f.items), func(k int) bool { return f.key(k) > key })
	}
	switch {
	case p.Before != "":
		end := sortSearch(len(f.items), func(k int) bool { return f.key(k) >= p.Before })
		begin = max(0, end-p.Limit)
		p.Limit = min(p.Limit, end)
	case p.After != "":
		begin = at(p.After)
	}
	end := min(begin+p.Limit, len(f.items))
	for k := begin; k < end; k++ {
		c := v.card(f.items[k])
		if f.km != nil {
			c.Km = float64(f.km[k])
		}
		l.Cards = append(l.Cards, c)
	}
	if begin > 0 && end > begin {
		l.Previous = f.key(begin)
	}
	if end < len(f.items) && end > begin {
		l.Next = f.key(end - 1)
	}
}

// sortSearch finds the first number for which f holds.
func sortSearch(n int, f func(int) bool) int {
	low, high := 0, n
	for low < high {
		if mid := (low + high) / 2; f(mid) {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return low
}

func (v *snapshot) card(i *item) Card {
	return Card{Slug: i.slug, Kind: Kinds[bitsLow(i.kind)], Name: i.name, Summary: i.summary, Organisation: v.names[i.organisation], Km: -1, Old: i.old, item: i}
}

// bitsLow is the number of the lowest bit; 0 where there is none.
func bitsLow(b uint8) int {
	for k := range 8 {
		if b&(1<<k) != 0 {
			return k
		}
	}
	return 0
}

// oldWeighs is how much less an old entry counts in a search.
const oldWeighs = 0.6

// find puts what fits the words best first.
func (s *Service) find(ctx context.Context, v *snapshot, p Page, l *Listing) error {
	res, err := s.o.Search.Search(ctx, search.Query{Text: p.Words, Kinds: []string{docKind}, Tags: p.tags(), Limit: limitMost})
	if err != nil {
		return err
	}
	l.Total, l.Corrected, l.Facets = res.Total, res.Corrected, res.Facets
	now := instant(s.clock.Now())
	for k := range res.Hits {
		h := &res.Hits[k]
		i := v.byID[strings.TrimPrefix(h.ID, docID(""))]
		if i == nil || p.Open && !i.open(now) {
			continue
		}
		c := v.card(i)
		if l.From != nil {
			c.Km = i.km(*l.From)
			if p.Km > 0 && (c.Km < 0 && !i.comes() || c.Km > float64(p.Km)) {
				continue
			}
		}
		if i.old {
			h.Score *= oldWeighs
		}
		c.Found = h
		l.Cards = append(l.Cards, c)
	}
	slices.SortStableFunc(l.Cards, func(a, b Card) int {
		switch {
		case a.Found.Score > b.Found.Score:
			return -1
		case a.Found.Score < b.Found.Score:
			return 1
		}
		return 0
	})
	if p.Open || p.Km > 0 { // the index knows neither the clock nor the map
		l.Total = len(l.Cards)
	}
	l.Cards = l.Cards[:min(len(l.Cards), foundShown)]
	return nil
}

func (s *Service) badges(ctx context.Context, cards []Card) error {
	if s.o.Verdicts == nil || len(cards) == 0 {
		return nil
	}
	slugs := make([]string, len(cards))
	for k, c := range cards {
		slugs[k] = c.Slug
	}
	badges, err := s.o.Verdicts.Badges(ctx, slugs)
	for k := range cards {
		if b, ok := badges[cards[k].Slug]; ok {
			cards[k].Badge = &b
		}
	}
	return err
}

// Some gives cards in the order of the slugs; those that are not there are left out.
func (s *Service) Some(ctx context.Context, slugs []string) ([]Card, error) {
	v, err := s.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	var cards []Card
	for _, slug := range slugs {
		if i := v.bySlug[slug]; i != nil && !slices.ContainsFunc(cards, func(c Card) bool { return c.Slug == slug }) {
			cards = append(cards, v.card(i))
		}
	}
	return cards, s.badges(ctx, cards)
}

// Exists tells whether there is a live offer with this slug.
func (s *Service) Exists(ctx context.Context, slug string) (bool, error) {
	v, err := s.snapshot(ctx)
	return err == nil && v.bySlug[slug] != nil, err
}

// Detail is an offer with what its page shows beside it.
type Detail struct {
	row
	By    Organisation
	Used  Use
	Badge *Badge
	Case  *Link // the initiative that it comes of
}

// Get gives one offer. One that was stopped is there for who keeps it.
func (s *Service) Get(ctx context.Context, slug string) (d Detail, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, r db.Reader) error {
		if d.row, err = db.One(ctx, r, scanOffer, selectBySlug, slug); err != nil {
			return err
		}
		if d.By, err = db.One(ctx, r, scanOrganisation, selectOrganisation, d.Organisation); err != nil {
			return err
		}
		if d.Status != Live && !s.edits(ctx, &d.Offer, d.By.Account) {
			return fault.NotFound()
		}
		if d.Used, err = s.used(ctx, r, d.ID); err != nil {
			return err
		}
		if d.Initiative == "" || s.o.Initiatives == nil {
			return nil
		}
		links, err := s.o.Initiatives.Links(ctx, r, []string{d.Initiative})
		if len(links) > 0 {
			d.Case = &links[0]
		}
		return err
	})
	if err != nil || s.o.Verdicts == nil {
		return d, err
	}
	badges, err := s.o.Verdicts.Badges(ctx, []string{slug})
	if b, ok := badges[slug]; ok {
		d.Badge = &b
	}
	return d, err
}

// Many gives offers in the order of the slugs, to stand side by side or on paper.
func (s *Service) Many(ctx context.Context, slugs []string, most int) ([]Detail, error) {
	var list []Detail
	for _, slug := range slugs {
		if len(list) == most {
			break
		}
		if !slugForm.MatchString(slug) || slices.ContainsFunc(list, func(d Detail) bool { return d.Slug == slug }) {
			continue
		}
		d, err := s.Get(ctx, slug)
		if fault.KindOf(err) == fault.KindNotFound && err != nil {
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, nil
}

// own lists the entries of the organisations that the actor works for, the stopped
// ones too.
func (s *Service) own(ctx context.Context) (list []row, err error) {
	a := access.Of(ctx)
	var seen []string
	err = s.db.Read(ctx, func(ctx context.Context, r db.Reader) error {
		list, seen = nil, nil
		for _, g := range a.Grants {
			if !worksFor(a, g.Organisation) || slices.Contains(seen, g.Organisation) {
				continue
			}
			seen = append(seen, g.Organisation)
			organisations, err := db.All(ctx, r, scanOrganisation, selectOrganisationsOf, g.Organisation)
			if err != nil {
				return err
			}
			for _, o := range organisations {
				rows, err := db.All(ctx, r, scanOffer, selectOwn, o.ID, "", ownMost)
				if err != nil {
					return err
				}
				list = append(list, rows...)
			}
		}
		return nil
	})
	return list, err
}

// ownMost bounds the entries of one organisation on its page.
const ownMost = 500

// Revision is a number that changes with the catalogue and with nothing else.
func (s *Service) Revision(ctx context.Context, r db.Reader) (int64, error) {
	return db.One(ctx, r, db.Value[int64], selectRevision)
}
