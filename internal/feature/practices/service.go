package practices

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/id"
	"wijkbaak.nl/internal/base/limit"
	"wijkbaak.nl/internal/base/search/dutch"
	"wijkbaak.nl/internal/protocol/practice"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

// Options are what this room needs.
type Options struct {
	DB          *db.DB
	Clock       clock.Clock
	IDs         id.Source
	Audit       *audit.Log
	Key         practice.Key // of practice.LoadKey
	Address     string       // of this instance, such as https://vraag.example.nl
	Name        string       // what this instance is called
	Pieces      []Piece      // in the order in which they are taken over; the first describes the initiative
	Shelves     []Shelf      // what stands by itself, taken over after the pieces
	Initiatives Initiatives
	Figures     Figures
	People      People
	// AllowPrivate lets other instances be inside our own network, and without
	// https. It is for a trial on one computer.
	AllowPrivate bool
}

// Service is the room.
type Service struct {
	Options
	client    *http.Client
	strangers *limit.Limit  // messages of who is not known, by network
	patience  time.Duration // with one other instance at the hourly look
	// open reads a signed package; tests look when it is done.
	open func(tgz []byte, signed string, l practice.Limits) (practice.Package, practice.Signature, error)

	mu  sync.Mutex
	log *practice.Log // the public log, as far as it was read
}

// New makes the room.
func New(o Options) *Service {
	if a, err := cleanAddress(o.Address); err == nil {
		o.Address = a
	}
	log, _ := practice.NewLog() // of nothing, which cannot go wrong
	return &Service{Options: o, client: newClient(o.AllowPrivate), log: log, patience: peerTime, open: practice.Receive,
		strangers: limit.New(o.Clock, heldAtOnce, heldBetween, 1)}
}

// schemas are what the rooms of this program take.
func (s *Service) schemas() map[string][]byte {
	m := map[string][]byte{}
	for _, o := range s.sources() {
		m[o.name] = o.schema()
	}
	return m
}

func (s *Service) note(ctx context.Context, tx *db.Tx, kind string, a audit.Action, object, id string) error {
	return s.Audit.Record(ctx, tx, audit.Event{Kind: Name + "." + kind, Action: a, ObjectType: object, ObjectID: id})
}

// tree gives the public log as it is committed. It is for reading only. Inside a
// transaction it is asked before anything is added.
func (s *Service) tree(ctx context.Context, r db.Reader) (*practice.Log, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		rows, err := db.All(ctx, r, scanLeaf, selectLeaves, s.log.Size(), 5000)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			leaf, err := practice.ParseLeaf(row.Line)
			if err != nil {
				return nil, err
			}
			if at, err := s.log.Append(leaf); err != nil || at != row.Leaf {
				return nil, errors.Join(errors.New("the public log of packages is damaged"), err)
			}
		}
		if len(rows) < 5000 {
			return s.log.Clone(), nil
		}
	}
}

// List gives the practices offered here, by name, after a name.
func (s *Service) List(ctx context.Context, r db.Reader, after string, limit int) ([]Practice, error) {
	return db.All(ctx, r, scanPractice, selectPractices, after, limit)
}

// Get gives a practice with its versions, the newest first. One that was
// withdrawn is still found: who took it over should see why.
func (s *Service) Get(ctx context.Context, r db.Reader, name string) (Practice, []Version, error) {
	p, err := db.One(ctx, r, scanPractice, selectPractice, name)
	if err != nil {
		return p, nil, err
	}
	versions, err := db.All(ctx, r, scanVersion, selectVersions, name)
	return p, versions, err
}

// Version gives one number of a practice and what is in it. One that was
// withdrawn is handed out no more.
func (s *Service) Version(ctx context.Context, r db.Reader, name, version string) (Version, About, error) {
	p, err := db.One(ctx, r, scanPractice, selectPractice, name)
	if err != nil {
		return Version{}, About{}, err
	}
	if !p.WithdrawnAt.IsZero() {
		return Version{}, About{}, fault.NotFound()
	}
	v, err := db.One(ctx, r, scanVersion, selectVersion, name, version)
	if err != nil {
		return v, About{}, err
	}
	about, err := db.One(ctx, r, scanAbout, selectAbout, v.SHA256)
	return v, about, err
}

// Package gives a version as it was signed.
func (s *Service) Package(ctx context.Context, r db.Reader, name, version string) ([]byte, error) {
	v, _, err := s.Version(ctx, r, name, version)
	if err != nil {
		return nil, err
	}
	return db.One(ctx, r, db.Value[[]byte], selectFile, v.SHA256)
}

// Preview is an offer in the making, with what the packer finds in it.
type Preview struct {
	Offer
	Initiative Link
	Fixed      bool                 // the name was given out and stays
	Before     string               // the newest version so far
	Pieces     []string             // what there is to take along
	Shown      []Shown              // what is chosen one by one
	Asked      []practice.Parameter // by the rooms, of who takes it over
	Files      []draftFile
	Findings   []practice.Finding
	Wrong      error // why it cannot be packed
	Size       int
}

var notName = regexp.MustCompile(`[^a-z0-9]+`)

// nameOf proposes a name: that of the instance and of the initiative.
func (s *Service) nameOf(initiative string) string {
	host := ""
	if u, err := url.Parse(s.Address); err == nil {
		host = u.Hostname()
	}
	labels := strings.Split(host, ".")
	first := labels[0]
	if len(labels) > 2 {
		first = labels[len(labels)-2]
	}
	if _, err := netip.ParseAddr(host); err == nil || len(labels) < 2 {
		first = s.Name // a number or "localhost" says nothing about who we are
	}
	words := strings.FieldsFunc(first, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for k, w := range words {
		words[k] = dutch.Fold(w)
	}
	first = strings.Trim(notName.ReplaceAllString(strings.Join(words, "-"), "-"), "-")
	for _, kind := range []string{"wijkbaak-", "gemeente-"} {
		first = strings.TrimPrefix(first, kind)
	}
	if first == "" {
		first = "wijkbaak"
	}
	return first + "." + strings.Trim(notName.ReplaceAllString(initiative, "-"), "-")
}

func (s *Service) initiative(ctx context.Context, r db.Reader, slug string) (Link, error) {
	list, err := s.Initiatives.Links(ctx, r, []string{slug})
	if err != nil {
		return Link{}, err
	}
	if len(list) != 1 {
		return Link{}, fault.NotFound()
	}
	return list[0], nil
}

// Offering gives the offer that is being made of an initiative, or the beginning
// of one.
func (s *Service) Offering(ctx context.Context, initiative string) (Preview, error) {
	p, _, err := s.offeringNow(ctx, initiative)
	return p, err
}

func (s *Service) offeringNow(ctx context.Context, initiative string) (v Preview, pkg practice.Package, err error) {
	shown, err := s.choices(ctx, initiative)
	if err != nil {
		return v, pkg, err
	}
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		v, pkg, err = s.offering(ctx, r, initiative, slices.Clone(shown))
		return err
	})
	return v, pkg, err
}

func (s *Service) offering(ctx context.Context, r db.Reader, initiative string, shown []Shown) (Preview, practice.Package, error) {
	v := Preview{Shown: shown}
	var pkg practice.Package
	if err := s.Initiatives.MayEdit(ctx, r, initiative); err != nil {
		return v, pkg, err
	}
	var err error
	if v.Initiative, err = s.initiative(ctx, r, initiative); err != nil {
		return v, pkg, err
	}
	v.Offer, err = db.One(ctx, r, scanDraft, selectDraft, initiative)
	begin := fault.KindOf(err) == fault.KindNotFound
	if err != nil && !begin {
		return v, pkg, err
	}
	before, err := db.All(ctx, r, scanPractice, selectOfInitiative, initiative)
	if err != nil {
		return v, pkg, err
	}
	parts := map[string][]byte{}
	for _, piece := range s.Pieces {
		data, err := piece.Pack(ctx, r, initiative)
		if err != nil {
			return v, pkg, err
		}
		if len(data) > 0 {
			parts[piece.Name()] = data
			v.Pieces = append(v.Pieces, piece.Name())
		}
	}
	if begin {
		v.Offer = Offer{Name: s.nameOf(initiative), Version: "1.0.0", Title: v.Initiative.Name, Licence: licenceChosen, Author: s.Name, Parts: v.Pieces}
	}
	var went map[string][]string // along with the newest version
	if len(before) > 0 {
		last := before[0]
		v.Fixed, v.Before, v.Name = true, last.Latest, last.Name
		if begin {
			_, about, err := s.Version(ctx, r, last.Name, last.Latest)
			if fault.KindOf(err) == fault.KindNotFound { // withdrawn
				about, err = About{Title: last.Title, Summary: last.Summary}, nil
			}
			if err != nil {
				return v, pkg, err
			}
			v.Title, v.Summary, v.Parameters, v.Licence, v.Author, v.Contact = about.Title, about.Summary, written(about.Parameters), last.Licence, last.Author, last.Contact
			went = about.Chosen
			v.Version = practice.Next(last.Latest)
		}
	}
	if v.Files, err = db.All(ctx, r, scanDraftFile, selectDraftFiles, initiative); err != nil {
		return v, pkg, err
	}
	for _, shelf := range s.Shelves { // what came here in a package goes on in the next
		came, err := db.All(ctx, r, scanThing, selectMade, initiative, shelf.Name())
		if err != nil {
			return v, pkg, err
		}
		for _, t := range came {
			if went == nil {
				went = map[string][]string{}
			}
			went[shelf.Name()] = append(went[shelf.Name()], t.ID)
		}
	}
	v.choose(went)
	if pkg, err = s.compose(ctx, r, &v, parts); err != nil {
		return v, pkg, err
	}
	names, err := s.People.KnownNames(ctx, r)
	if err != nil {
		return v, pkg, err
	}
	if begin && v.Summary == "" {
		return v, pkg, nil // nothing was filled in yet
	}
	v.Findings = practice.Scan(pkg, names)
	return v, pkg, nil
}

// compose makes the package of an offer.
func (s *Service) compose(ctx context.Context, r db.Reader, v *Preview, parts map[string][]byte) (practice.Package, error) {
	p := practice.Package{
		Manifest: practice.Manifest{Name: v.Name, Version: v.Version, Title: v.Title, Description: v.Summary, License: v.Licence, Author: v.Author,
			URL: s.Address + Path(v.Name), Wijkbaak: practice.Block{Format: practice.Format, Contact: v.Contact, Parameters: slices.Clone(v.Parameters)}},
		Parts: map[string][]byte{}, Schemas: map[string][]byte{}, Resources: map[string][]byte{}, Files: map[string][]byte{},
	}
	for _, name := range v.Parts {
		if data, ok := parts[name]; ok {
			o, _ := s.source(name)
			p.Parts[name], p.Schemas[name] = data, o.schema()
		}
	}
	if err := s.standing(ctx, r, v, &p); err != nil {
		return p, err
	}
	v.Asked = p.Manifest.Wijkbaak.Parameters[len(v.Parameters):]
	today := s.Clock.Now().In(clock.Amsterdam).Format("2006-01-02")
	log := []practice.Change{{Version: v.Version, Date: today, Text: v.Note}}
	if v.Before != "" {
		versions, err := db.All(ctx, r, scanVersion, selectVersions, v.Name)
		if err != nil {
			return p, err
		}
		for _, old := range versions {
			log = append(log, practice.Change{Version: old.Version, Date: old.At.In(clock.Amsterdam).Format("2006-01-02"), Text: old.Note})
		}
	}
	p.Manifest.Wijkbaak.Changelog = log
	a, err := db.One(ctx, r, scanAdopted, selectAdopted, v.Initiative.ID)
	if fault.KindOf(err) == fault.KindNotFound {
		return p, nil
	}
	p.Manifest.Wijkbaak.Lineage = append(slices.Clone(a.Lineage), practice.Ancestor{Instance: a.Address, Name: a.Name, Version: a.Version, SHA256: a.SHA256})
	return p, err
}

// Upload is a file that comes along with an offer. Without a licence of its own it
// has that of the offer.
type Upload struct {
	Name                 string
	Data                 []byte
	Title, Kind, Licence string
}

// SaveOffer keeps an offer in the making. o.Edit is the number of the edit the
// form was made of.
func (s *Service) SaveOffer(ctx context.Context, initiative string, o Offer, files []Upload, remove string) error {
	if err := o.check(files); err != nil {
		return err
	}
	now := db.At(s.Clock.Now())
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := s.Initiatives.MayEdit(ctx, tx, initiative); err != nil {
			return err
		}
		by := db.Null(access.Of(ctx).Person)
		query, args := insertDraft, []any{initiative, db.JSON[Offer]{V: o}, now, by}
		if o.Edit > 0 {
			query, args = updateDraft, append(args, o.Edit)
		}
		if n, err := tx.Exec(ctx, query, args...); err != nil {
			return err
		} else if n == 0 {
			return fault.Conflict("practices.offer.stale")
		}
		kept, err := db.All(ctx, tx, scanAboutFile, listDraftFiles, initiative)
		if err != nil {
			return err
		}
		sizes := map[string]int64{}
		for _, f := range kept {
			sizes[f.Path] = f.Size
		}
		for _, f := range files {
			sizes[f.Name] = int64(len(f.Data))
		}
		delete(sizes, remove)
		all := int64(0)
		for _, n := range sizes {
			all += n
		}
		if len(sizes) > FilesMost || all > AllMost {
			return invalid("bestand", "practices.wrong.files", "most", FilesMost, "mb", AllMost>>20)
		}
		for _, f := range files {
			if _, err := tx.Exec(ctx, upsertDraftFile, initiative, f.Name, f.Data, f.Title, f.Kind, f.Licence); err != nil {
				return err
			}
		}
		if remove != "" {
			if _, err := tx.Exec(ctx, deleteDraftFile, initiative, remove); err != nil {
				return err
			}
		}
		return s.note(ctx, tx, "offer.save", audit.Update, "initiative", initiative)
	})
}

// check is what can be said of an offer before it is packed.
func (o *Offer) check(files []Upload) error {
	var f []fault.Field
	add := func(name, key string, args ...any) { f = append(f, fault.Field{Name: name, Key: key, Args: args}) }
	if !practice.IsName(o.Name) {
		add("naam", "practices.wrong.name")
	}
	if !practice.IsVersion(o.Version) {
		add("versie", "practices.wrong.version")
	}
	if o.Title == "" {
		add("titel", "practices.wrong.title")
	}
	if o.Summary == "" {
		add("omschrijving", "practices.wrong.summary")
	}
	if o.Note == "" {
		add("nieuw", "practices.wrong.note")
	}
	if err := practice.CheckLicence(o.Licence); err != nil {
		f = append(f, fault.FieldsOf(bad("licentie", err))...)
	}
	seen := map[string]bool{}
	for _, p := range o.Parameters {
		if !practice.IsKey(p.Key) || p.Question == "" || seen[p.Key] {
			add("vragen", "practices.wrong.parameter", "key", p.Key)
			break
		}
		seen[p.Key] = true
	}
	for _, u := range files {
		if !practice.IsPath(u.Name) {
			add("bestand", "practices.wrong.file", "name", u.Name, "types", strings.Join(practice.Extensions, ", "))
		} else if len(u.Data) > FileMost {
			add("bestand", "practices.wrong.filesize", "name", u.Name, "mb", FileMost>>20)
		}
		if u.Licence != "" {
			if err := practice.CheckLicence(u.Licence); err != nil {
				f = append(f, fault.FieldsOf(bad("bestandlicentie", err))...)
			}
		}
	}
	if len(f) > 0 {
		return fault.Invalid(f...)
	}
	return nil
}

// Publish packs, signs and offers what was saved, and enters it in the public
// log.
func (s *Service) Publish(ctx context.Context, initiative string, edit int64) (Practice, error) {
	v, pkg, err := s.offeringNow(ctx, initiative)
	if err != nil {
		return Practice{}, err
	}
	if v.Edit == 0 || v.Edit != edit {
		return Practice{}, fault.Conflict("practices.offer.stale")
	}
	if err := v.clear(); err != nil {
		return Practice{}, err
	}
	// Packing takes long for a large package, so no transaction waits for it.
	tgz, err := practice.Pack(pkg)
	if err != nil {
		return Practice{}, bad("naam", err)
	}
	signature, err := s.Key.SignPackage(v.Name, v.Version, tgz)
	if err != nil {
		return Practice{}, err
	}
	now := s.Clock.Now()
	about := aboutOf(pkg)
	about.Chosen = v.Chosen
	answers := defaults(v.Parameters)
	p := Practice{Name: v.Name, Initiative: initiative, Title: practice.FillText(v.Title, answers), Summary: practice.FillText(v.Summary, answers), Licence: v.Licence, Author: v.Author, Contact: v.Contact,
		Latest: v.Version, Lineage: pkg.Manifest.Wijkbaak.Lineage, ChangedAt: now}
	row := Version{Practice: p.Name, Version: p.Latest, SHA256: practice.Hash(tgz), Size: int64(len(tgz)), Note: v.Note, At: now, By: access.Of(ctx).Person}
	return p, s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := s.Initiatives.MayEdit(ctx, tx, initiative); err != nil {
			return err
		}
		if o, err := db.One(ctx, tx, scanDraft, selectDraft, initiative); err != nil || o.Edit != edit {
			return errors.Join(fault.Conflict("practices.offer.stale"), err)
		}
		old, err := db.One(ctx, tx, scanPractice, selectPractice, p.Name)
		switch {
		case fault.KindOf(err) == fault.KindNotFound:
		case err != nil:
			return err
		case old.Initiative != initiative:
			return invalid("naam", "practices.wrong.taken")
		case practice.Compare(p.Latest, old.Latest) <= 0:
			return invalid("versie", "practices.wrong.older", "latest", old.Latest)
		}
		return s.enter(ctx, tx, p, row, about, tgz, signature)
	})
}

// clear tells whether all that was found was looked at.
func (v *Preview) clear() error {
	for _, f := range v.Findings {
		if f.Certain() {
			return invalid("bevindingen", "practices.wrong.personal")
		}
		if !slices.Contains(v.Seen, f.ID()) {
			return invalid("bevindingen", "practices.wrong.unseen")
		}
	}
	return nil
}

// enter adds a signed version to what is offered and to the log.
func (s *Service) enter(ctx context.Context, tx *db.Tx, p Practice, v Version, about About, tgz []byte, signature string) error {
	log, err := s.tree(ctx, tx)
	if err != nil {
		return err
	}
	leaf := practice.Leaf{Name: v.Practice, Version: v.Version, SHA256: v.SHA256}
	at, err := log.Append(leaf)
	if err != nil {
		return bad("versie", err)
	}
	checkpoint, err := log.Checkpoint(s.Key)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, upsertPractice, p.columns()...); err != nil {
		return err
	}
	for _, q := range []struct {
		sql  string
		args []any
	}{
		{insertVersion, []any{v.Practice, v.Version, v.SHA256, v.Size, v.Note, db.At(v.At), db.Null(v.By)}},
		{insertFile, []any{v.SHA256, tgz, signature, db.JSON[About]{V: about}}},
		{insertLeaf, []any{at, leaf.String()}},
		{insertCheckpoint, []any{log.Size(), checkpoint, db.At(v.At)}},
		{deleteDraft, []any{p.Initiative}},
	} {
		if _, err := tx.Exec(ctx, q.sql, q.args...); err != nil {
			return err
		}
	}
	return s.note(ctx, tx, "offer", audit.Create, "practice", v.Practice+":"+v.Version)
}

// Withdraw takes an offer back, with a reason that stays to be read. What was
// signed stays in the log, and with those who took it over.
func (s *Service) Withdraw(ctx context.Context, name, why string) error {
	if why == "" {
		return invalid("reden", "practices.wrong.why")
	}
	now := db.At(s.Clock.Now())
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, err := db.One(ctx, tx, scanPractice, selectPractice, name)
		if err != nil {
			return err
		}
		if err := s.Initiatives.MayEdit(ctx, tx, p.Initiative); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, withdrawPractice, name, now, why); err != nil {
			return err
		}
		return s.note(ctx, tx, "withdraw", audit.Delete, "practice", name)
	})
}
