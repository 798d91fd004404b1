package visions

import (
	"context"
	"slices"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/id"
	"wijkbaak.nl/internal/base/limit"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

// Audit takes the log lines of this room.
type Audit interface {
	Record(ctx context.Context, tx *db.Tx, e audit.Event) error
}

// Options are what the room is made of.
type Options struct {
	DB         *db.DB
	Clock      clock.Clock
	IDs        id.Source
	Audit      Audit
	BaseURL    string  // for the feed, for paper and for letters
	Key        []byte  // makes the links with which letters are stopped
	Rate       float64 // multiplies the limit of comments per network; 0 lifts it
	Coalitions Coalitions
	People     People
}

// Service is what this room can do.
type Service struct {
	Options
	says *limit.Limit // comments of who is not inside, per network
}

// New makes the service.
func New(o Options) *Service {
	return &Service{o, limit.New(o.Clock, 8, 2*time.Minute, o.Rate)}
}

const (
	listMost     = 40
	openMost     = 40
	shelfMost    = 20
	versionsMost = 40
)

func (s *Service) today() Day { return DayOf(s.Clock.Now()) }

// scope is a coalition or an organisation whose visions the actor sees.
type scope struct {
	Link
	coalition bool
}

func (o scope) vision() Vision {
	if o.coalition {
		return Vision{Coalition: o.ID, OwnerName: o.Name}
	}
	return Vision{Organisation: o.ID, OwnerName: o.Name}
}

// scopes are those of the actor.
func (s *Service) scopes(ctx context.Context, r db.Reader) (list []scope, err error) {
	a := access.Of(ctx)
	if !a.SignedIn() {
		return nil, nil
	}
	coalitions, err := s.Coalitions.Of(ctx, r)
	if err != nil {
		return nil, err
	}
	for _, c := range coalitions {
		list = append(list, scope{c, true})
	}
	own := a.Organisations()
	if len(own) == 0 {
		return list, nil
	}
	all, err := s.People.Organisations(ctx, r)
	for _, o := range all {
		if slices.Contains(own, o.ID) {
			list = append(list, scope{o, false})
		}
	}
	return list, err
}

// rights asks the coalition who the actor is, and the rules what that allows.
func (s *Service) rights(ctx context.Context, r db.Reader, v Vision) (Rights, error) {
	role := Outside
	if v.Coalition != "" {
		if !access.Of(ctx).SignedIn() {
			return Rights{}, nil
		}
		var err error
		if role, err = s.Coalitions.Role(ctx, r, v.Coalition); fault.KindOf(err) == fault.KindNotFound {
			return Rights{}, nil
		} else if err != nil {
			return Rights{}, err
		}
	}
	return rights(access.Of(ctx), v, role), nil
}

// Entered is a vision with its rounds and what the actor may do.
type Entered struct {
	Vision
	Rights
	Rounds []Round // the oldest first
	Today  Day
}

// Round is the last round; without an id if there was none.
func (e Entered) Round() Round {
	if len(e.Rounds) == 0 {
		return Round{}
	}
	return e.Rounds[len(e.Rounds)-1]
}

// outside is the last round for everybody that was ever open.
func (e Entered) outside() (Round, bool) {
	for _, o := range slices.Backward(e.Rounds) {
		if o.Everybody && o.began(e.Today) {
			return o, true
		}
	}
	return Round{}, false
}

// Public tells whether everybody may see it.
func (e Entered) Public() bool {
	_, was := e.outside()
	return was || e.Stage == Published
}

// MayComment tells whether the actor can comment now.
func (e Entered) MayComment() bool {
	o := e.Round()
	return o.Open(e.Today) && (e.Says || o.Everybody)
}

// enter reads a vision for the actor: not found for whom it is not there.
func (s *Service) enter(ctx context.Context, r db.Reader, id string) (e Entered, err error) {
	e.Today = s.today()
	if e.Vision, err = db.One(ctx, r, scanVision, selectVision, id); err != nil {
		return e, err
	}
	if e.Rounds, err = db.All(ctx, r, scanRound, selectRounds, id, roundsMost); err != nil {
		return e, err
	}
	if e.Rights, err = s.rights(ctx, r, e.Vision); err != nil {
		return e, err
	}
	if !e.Reads && !e.Public() {
		return Entered{}, fault.NotFound()
	}
	return e, nil
}

// inside enters and asks for a right.
func (s *Service) inside(ctx context.Context, r db.Reader, id string, has func(Rights) bool) (Entered, error) {
	e, err := s.enter(ctx, r, id)
	if err == nil && !has(e.Rights) {
		err = fault.Denied()
	}
	return e, err
}

func reads(g Rights) bool  { return g.Reads }
func votes(g Rights) bool  { return g.Votes }
func writes(g Rights) bool { return g.Writes }
func lead(g Rights) bool   { return g.Leads }

// read runs f on one view of the data, for a vision in which the actor has a right.
func (s *Service) read(ctx context.Context, id string, has func(Rights) bool, f func(ctx context.Context, r db.Reader, e Entered) error) error {
	return s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		e, err := s.inside(ctx, r, id, has)
		if err != nil {
			return err
		}
		return f(ctx, r, e)
	})
}

// write lets f change a vision in which the actor has a right, and logs it.
func (s *Service) write(ctx context.Context, id, kind string, has func(Rights) bool, f func(ctx context.Context, tx *db.Tx, e Entered) error) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		e, err := s.inside(ctx, tx, id, has)
		if err != nil {
			return err
		}
		if err := f(ctx, tx, e); err != nil {
			return err
		}
		return s.told(ctx, tx, e.Vision, kind, audit.Update)
	})
}

func (s *Service) told(ctx context.Context, tx *db.Tx, v Vision, kind string, action audit.Action) error {
	return s.Audit.Record(ctx, tx, audit.Event{Kind: "visions." + kind, Action: action, ObjectType: Name, ObjectID: v.ID, Organisation: v.Organisation})
}

// stale tells that somebody else was first.
func stale() error { return fault.Conflict("visions.conflict") }

// Beginnings are for whom the actor may begin a vision. Value is what a form sends.
func (s *Service) Beginnings(ctx context.Context) (list []Beginning, err error) {
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		list, err = s.beginnings(ctx, r)
		return err
	})
	return list, err
}

// Beginning is for whom a vision can be.
type Beginning struct {
	Value, Name string
	of          Vision
}

func (s *Service) beginnings(ctx context.Context, r db.Reader) (list []Beginning, err error) {
	scopes, err := s.scopes(ctx, r)
	if err != nil {
		return nil, err
	}
	for _, o := range scopes {
		may, err := s.rights(ctx, r, o.vision())
		if err != nil {
			return nil, err
		}
		if may.Leads {
			kind := "o:"
			if o.coalition {
				kind = "c:"
			}
			list = append(list, Beginning{kind + o.ID, o.Name, o.vision()})
		}
	}
	return list, nil
}

// Create begins a vision for one of Beginnings.
func (s *Service) Create(ctx context.Context, of string, n Saved) (id string, err error) {
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		list, err := s.beginnings(ctx, tx)
		if err != nil {
			return err
		}
		w := n.faults()
		k := slices.IndexFunc(list, func(b Beginning) bool { return b.Value == of })
		if k < 0 {
			w.Add("van", "visions.wrong.choice")
		}
		if err := w.Err(); err != nil {
			return err
		}
		id, err = s.begin(ctx, tx, list[k].of, n)
		return err
	})
	return id, err
}

// begin keeps a new vision with its first version.
func (s *Service) begin(ctx context.Context, tx *db.Tx, v Vision, n Saved) (string, error) {
	v.ID, v.Title, v.Intro, v.Questions, v.Person, v.Stage = s.IDs(), n.Title, n.Intro, n.Questions, access.Of(ctx).Person, Draft
	v.Version, v.Newest, v.Created = 1, 1, s.Clock.Now()
	v.Changed = v.Created
	blocks := Parse(n.Text)
	v.Blocks = carry(nil, blocks, 0)
	if err := addVision(ctx, tx, v); err != nil {
		return "", err
	}
	if err := addText(ctx, tx, Text{s.IDs(), v.ID, 1, v.Created, v.Person, n.Why, blocks}); err != nil {
		return "", err
	}
	return v.ID, s.told(ctx, tx, v, "begin", audit.Create)
}

// Save keeps the document as it was edited. A text that is other is a new version.
func (s *Service) Save(ctx context.Context, id string, n Saved) error {
	return s.write(ctx, id, "save", writes, func(ctx context.Context, tx *db.Tx, e Entered) error {
		if e.Stage == Adopted || e.Stage == Published {
			return fault.Conflict("visions.wrong.decided")
		}
		if err := n.faults().Err(); err != nil {
			return err
		}
		return s.keepText(ctx, tx, e.Vision, n)
	})
}

func (s *Service) keepText(ctx context.Context, tx *db.Tx, v Vision, n Saved) error {
	was, err := db.One(ctx, tx, scanText, selectText, v.ID, v.Newest)
	if err != nil {
		return err
	}
	blocks := Parse(n.Text)
	made := carry(was.Blocks, blocks, v.Blocks)
	if !slices.Equal(was.Blocks, blocks) {
		v.Newest++
		if err := addText(ctx, tx, Text{s.IDs(), v.ID, v.Newest, s.Clock.Now(), access.Of(ctx).Person, n.Why, blocks}); err != nil {
			return err
		}
	}
	changed, err := tx.Exec(ctx, updateVision, v.ID, n.Title, n.Intro, db.JSON[[]string]{V: n.Questions}, v.Newest, made, db.At(s.Clock.Now()), n.Version)
	if err == nil && changed == 0 {
		err = stale()
	}
	return err
}

// Remove takes away a vision that nobody outside has seen and on which there was
// no round.
func (s *Service) Remove(ctx context.Context, id string) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		e, err := s.inside(ctx, tx, id, lead)
		if err != nil {
			return err
		}
		if len(e.Rounds) > 0 {
			return fault.Conflict("visions.wrong.rounds")
		}
		if _, err := tx.Exec(ctx, deleteVision, id); err != nil {
			return err
		}
		return s.told(ctx, tx, e.Vision, "remove", audit.Delete)
	})
}

// View is a vision as its page shows it.
type View struct {
	Entered
	Text      Text // the version that is shown
	Decisions []Decision
	Counts    map[string]int // comments that the actor may see, by place
	Tally     Tally
	Waiting   int // comments that the convener should look at first
}

// Decision is the last decision.
func (v View) Decision() (Decision, bool) {
	if len(v.Decisions) == 0 {
		return Decision{}, false
	}
	return v.Decisions[len(v.Decisions)-1], true
}

// decided tells whether the last round has its decision.
func (v View) decided() bool {
	d, is := v.Decision()
	return is && d.Round == v.Round().ID
}

// Tally counts comments by kind and answer.
type Tally []Tallied

// Sum counts what was answered so; an answer of "" is still to come. Any kind
// counts when kind is empty.
func (t Tally) Sum(kind string, of ...string) (n int) {
	for _, one := range t {
		if (kind == "" || one.Kind == kind) && slices.Contains(of, one.Answer) {
			n += one.N
		}
	}
	return n
}

// Total counts all.
func (t Tally) Total() int { return t.Sum("", "", Taken, Partly, Not) }

// number is the version that the actor is shown.
func (v View) number() int {
	if d, is := v.Decision(); is && v.Stage == Published {
		return d.Number
	}
	if v.Reads {
		if o := v.Round(); o.ID != "" && !o.Over(v.Today) {
			return o.Number
		}
		return v.Newest
	}
	o, _ := v.outside() // or the vision would not be there for the actor
	return o.Number
}

// Get gives a vision that the actor may see.
func (s *Service) Get(ctx context.Context, id string) (v View, err error) {
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		v, err = s.view(ctx, r, id)
		return err
	})
	return v, err
}

func (s *Service) view(ctx context.Context, r db.Reader, id string) (v View, err error) {
	if v.Entered, err = s.enter(ctx, r, id); err != nil {
		return v, err
	}
	if v.Reads || v.Stage == Published {
		if v.Decisions, err = db.All(ctx, r, scanDecision, selectDecisions, id, roundsMost); err != nil {
			return v, err
		}
	}
	if v.Text, err = db.One(ctx, r, scanText, selectText, id, v.number()); err != nil {
		return v, err
	}
	query := countOutside
	if v.Reads {
		query = countPlaces
	}
	counts, err := db.All(ctx, r, scanPlaced, query, id)
	if err != nil {
		return v, err
	}
	v.Counts = map[string]int{}
	for _, c := range counts {
		v.Counts[c.place] = c.n
	}
	if v.Reads || v.Stage == Published {
		if v.Tally, err = db.All(ctx, r, scanTallied, countKinds, id); err != nil {
			return v, err
		}
	}
	if v.Leads {
		v.Waiting, err = db.One(ctx, r, db.Value[int], countState, id, Held)
	}
	return v, err
}

// Version gives one version of the text to who is inside.
func (s *Service) Version(ctx context.Context, id string, number int) (v Vision, t Text, err error) {
	err = s.read(ctx, id, reads, func(ctx context.Context, r db.Reader, e Entered) error {
		if number == 0 {
			number = e.Newest
		}
		v = e.Vision
		t, err = db.One(ctx, r, scanText, selectText, id, number)
		return err
	})
	return v, t, err
}

// Versions gives the versions before a number, the newest first, without their
// text, and the names of who saved them.
func (s *Service) Versions(ctx context.Context, id string, before int) (v Vision, list []Text, names map[string]string, err error) {
	err = s.read(ctx, id, reads, func(ctx context.Context, r db.Reader, e Entered) error {
		if before <= 0 {
			before = e.Newest + 1
		}
		v = e.Vision
		if list, err = db.All(ctx, r, scanText, listTexts, id, before, versionsMost+1); err != nil {
			return err
		}
		var persons []string
		for _, t := range list {
			persons = append(persons, t.Person)
		}
		names, err = s.names(ctx, r, persons)
		return err
	})
	return v, list, names, err
}

func (s *Service) names(ctx context.Context, r db.Reader, persons []string) (map[string]string, error) {
	slices.Sort(persons)
	persons = slices.DeleteFunc(slices.Compact(persons), func(p string) bool { return p == "" })
	if len(persons) == 0 {
		return map[string]string{}, nil
	}
	return s.People.Names(ctx, r, persons)
}

// Listing is what the list shows.
type Listing struct {
	Own    []Vision // of the actor's own coalitions and organisations
	Open   []Vision // for everybody, the first to close first
	Shelf  []Vision // published, the newest first
	Next   string   // where the published go on
	MayAdd bool
}

// List gives the visions that the actor may see.
func (s *Service) List(ctx context.Context, before string) (l Listing, err error) {
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		l = Listing{}
		today := string(s.today())
		if l.Open, err = db.All(ctx, r, scanVision, listOpen, today, today, openMost); err != nil {
			return err
		}
		if l.Shelf, l.Next, err = shelf(ctx, r, before); err != nil {
			return err
		}
		own, err := s.own(ctx, r)
		if err != nil {
			return err
		}
		for _, v := range own {
			if v.Stage != Published {
				l.Own = append(l.Own, v)
			}
		}
		begin, err := s.beginnings(ctx, r)
		l.MayAdd = len(begin) > 0
		return err
	})
	return l, err
}

// own gives the visions of the actor's coalitions and organisations.
func (s *Service) own(ctx context.Context, r db.Reader) (list []Vision, err error) {
	scopes, err := s.scopes(ctx, r)
	if err != nil {
		return nil, err
	}
	for _, o := range scopes {
		query := ofOwner
		if o.coalition {
			query = ofCoalition
		}
		part, err := db.All(ctx, r, scanVision, query, o.ID, last, listMost)
		if err != nil {
			return nil, err
		}
		list = append(list, part...)
	}
	slices.SortStableFunc(list, func(a, b Vision) int { return b.Changed.Compare(a.Changed) })
	return list, nil
}

func shelf(ctx context.Context, r db.Reader, before string) (list []Vision, next string, err error) {
	if before == "" {
		before = last
	}
	list, err = db.All(ctx, r, scanVision, listShelf, before, shelfMost+1)
	if len(list) > shelfMost {
		list = list[:shelfMost]
		next = list[shelfMost-1].Shelf
	}
	return list, next, err
}
