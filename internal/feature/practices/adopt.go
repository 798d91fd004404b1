package practices

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/protocol/practice"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

// Fetch brings a practice here by the address of its page, to look at before
// anything is taken over. Without a version it is the newest. An upgrade names
// the initiative.
func (s *Service) Fetch(ctx context.Context, where, version, initiative string) (string, error) {
	address, name, err := splitAddress(where)
	if err != nil {
		return "", invalid("adres", "practices.wrong.address")
	}
	p, err := s.meet(ctx, address)
	if err != nil {
		return "", unreachable("adres", err)
	}
	if name == "" {
		return "", invalid("adres", "practices.wrong.which")
	}
	if version == "" {
		i := slices.IndexFunc(p.Offers, func(o Offered) bool { return o.Name == name })
		if i < 0 {
			return "", invalid("adres", "practices.wrong.nothere")
		}
		version = p.Offers[i].Latest
	}
	if !practice.IsVersion(version) {
		return "", invalid("adres", "practices.wrong.version")
	}
	tgz, v, err := s.fetchPackage(ctx, address, name, version, sizeOf(p))
	if err != nil {
		return "", unreachable("adres", err)
	}
	_, sig, err := s.open(tgz, v.Signature, practice.Usual)
	if err == nil && sig.Key != p.Key {
		err = otherKey(address)
	}
	if err == nil && (v.Name != name || v.Version != version || sig.Name != name || sig.Version != version) {
		err = &practice.Error{Kind: practice.Changed, At: address, Detail: "another package came than was asked for"}
	}
	if err == nil {
		p.Checkpoint, err = proven(p, v, sig.SHA256)
	}
	if err != nil {
		return "", unreachable("adres", err)
	}
	if err := s.keep(ctx, p); err != nil {
		return "", unreachable("adres", err)
	}
	return s.stage(ctx, Incoming{Initiative: initiative, Address: address, Data: tgz, Signature: v.Signature})
}

// TakeFile brings a practice here from a file, with the signature beside it.
func (s *Service) TakeFile(ctx context.Context, tgz []byte, signature, initiative string) (string, error) {
	if len(tgz) == 0 {
		return "", invalid("pakket", "practices.wrong.nofile")
	}
	if strings.TrimSpace(signature) == "" {
		return "", invalid("handtekening", "practices.wrong.nosignature")
	}
	// What went by mail or through an editor may have other line ends.
	signature = strings.ReplaceAll(signature, "\r\n", "\n")
	p, _, err := s.open(tgz, signature, practice.Usual)
	if err != nil {
		field := "pakket"
		if practice.KindOf(err) == practice.Unsigned {
			field = "handtekening"
		}
		return "", bad(field, err)
	}
	address, _, err := splitAddress(p.Manifest.URL)
	if err != nil {
		return "", invalid("pakket", "practices.bad.manifest", "at", "url", "detail", "")
	}
	return s.stage(ctx, Incoming{Initiative: initiative, Address: address, Data: tgz, Signature: signature})
}

// stage keeps a package that was checked until somebody says yes or no.
func (s *Service) stage(ctx context.Context, in Incoming) (string, error) {
	in.ID, in.At, in.By = s.IDs(), s.Clock.Now(), access.Of(ctx).Person
	return in.ID, s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if in.Initiative != "" {
			a, err := s.mine(ctx, tx, in.Initiative)
			if err != nil {
				return err
			}
			sig, err := practice.OpenSignature(in.Signature)
			if err == nil && sig.Key != a.Key {
				err = otherKey(a.Address)
			}
			if err == nil && sig.Name != a.Name {
				return invalid("pakket", "practices.wrong.another", "name", a.Name)
			}
			if err == nil {
				err = practice.CheckUpgrade(a.Version, a.SHA256, sig.Version, sig.SHA256)
			}
			if err != nil {
				return bad("pakket", err)
			}
			if sig.Version == a.Version {
				return invalid("pakket", "practices.wrong.same", "version", a.Version)
			}
		}
		if err := makeRoom(ctx, tx, in.By); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, insertIncoming, in.ID, in.Initiative, in.Address, in.Data, in.Signature, db.At(in.At), db.Null(in.By))
		return err
	})
}

// waitingMost is how many packages of one person wait for a yes: each can be large.
const waitingMost = 10

// makeRoom drops the oldest packages that wait, so that there is room for one more.
func makeRoom(ctx context.Context, tx *db.Tx, person string) error {
	waiting, err := db.All(ctx, tx, db.Value[string], selectIncomingOfBy, person)
	if err != nil || len(waiting) < waitingMost {
		return err
	}
	for _, id := range waiting[waitingMost-1:] {
		if _, err := tx.Exec(ctx, deleteIncoming, id); err != nil {
			return err
		}
	}
	return nil
}

// mine gives where an initiative was taken from, to who may change it.
func (s *Service) mine(ctx context.Context, r db.Reader, initiative string) (Adopted, error) {
	if err := s.Initiatives.MayEdit(ctx, r, initiative); err != nil {
		return Adopted{}, err
	}
	return db.One(ctx, r, scanAdopted, selectAdopted, initiative)
}

// Arrival is a package that came in, as it is shown before the yes.
type Arrival struct {
	Incoming
	Package     practice.Package
	Signer      practice.Signature
	Known       bool     // the key was seen before
	Pieces      []string // parts that this program takes
	Left        []string // parts that it does not know
	Own         []Link   // organisations it can be for
	Findings    []practice.Finding
	Adopted     Adopted // of an upgrade
	Differences []practice.Difference
	Conflicts   []Conflict
	Parameters  []practice.Parameter // that are to be answered
}

// Conflict is a place in a part that was changed on both sides.
type Conflict struct {
	Part string
	practice.Conflict
}

// ID names the conflict in a form.
func (c Conflict) ID() string { return c.Part + c.At }

// Look gives a package that came in, to who brought it in.
func (s *Service) Look(ctx context.Context, id string) (Arrival, error) {
	v, err := s.unpack(ctx, id)
	if err != nil {
		return v, err
	}
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error { return s.weigh(ctx, r, &v) })
	return v, err
}

// unpack reads a package that came in and checks all that can be checked without
// knowing what is here. A package is large and made by others, so no transaction
// waits for it.
func (s *Service) unpack(ctx context.Context, id string) (Arrival, error) {
	in, err := db.One(ctx, s.DB, scanIncoming, selectIncoming, id)
	if err != nil {
		return Arrival{}, err
	}
	if in.By == "" || in.By != access.Of(ctx).Person {
		return Arrival{}, fault.NotFound()
	}
	v := Arrival{Incoming: in}
	if v.Package, v.Signer, err = s.open(in.Data, in.Signature, practice.Usual); err != nil {
		return v, bad("pakket", err)
	}
	if err := v.Package.CheckParts(s.schemas()); err != nil {
		return v, bad("pakket", err)
	}
	if err := s.checkContents(ctx, v.Package); err != nil {
		return v, err
	}
	for _, o := range s.sources() {
		if !o.of(v.Package).Empty() {
			v.Pieces = append(v.Pieces, o.name)
		}
	}
	for _, room := range v.Package.Rooms() {
		if _, known := s.source(room); !known {
			v.Left = append(v.Left, room)
		}
	}
	if in.Initiative == "" {
		v.Findings = practice.Scan(v.Package, nil)
	}
	return v, nil
}

// weigh puts what was unpacked beside what is here. It may be done again.
func (s *Service) weigh(ctx context.Context, r db.Reader, v *Arrival) error {
	by, err := db.One(ctx, r, db.Value[db.Null], selectIncomingBy, v.ID)
	if err != nil {
		return err
	}
	if string(by) != access.Of(ctx).Person {
		return fault.NotFound()
	}
	peer, found, err := findPeer(ctx, r, selectPeer, v.Address)
	if err != nil {
		return err
	}
	if found && peer.Key != v.Signer.Key {
		return bad("pakket", otherKey(v.Address))
	}
	v.Known = found
	v.Parameters = v.Package.Manifest.Wijkbaak.Parameters
	if v.Initiative == "" {
		v.Own, err = s.People.Own(ctx, r)
		return err
	}
	v.Conflicts = nil
	return s.compare(ctx, r, v)
}

// Yes is what somebody says to take a practice over.
type Yes struct {
	Name, Organisation string
	Answers            map[string]string
	Trust              bool // the key that nobody here has seen before
	Tell               bool // the origin may know
}

const answerMost = 300

func (v *Arrival) answers(given map[string]string) (map[string]string, error) {
	var wrong []fault.Field
	out := maps.Clone(v.Adopted.Answers)
	if out == nil {
		out = map[string]string{}
	}
	for _, p := range v.Parameters {
		a := given[p.Key]
		switch {
		case a == "":
			wrong = append(wrong, fault.Field{Name: "vraag-" + p.Key, Key: "practices.wrong.answer"})
		case utf8.RuneCountInString(a) > answerMost:
			wrong = append(wrong, fault.Field{Name: "vraag-" + p.Key, Key: "practices.wrong.answer"})
		}
		out[p.Key] = a
	}
	if len(wrong) > 0 {
		return nil, fault.Invalid(wrong...)
	}
	return out, nil
}

// Adopt takes a practice over: it makes a draft initiative and hands each room its
// part.
func (s *Service) Adopt(ctx context.Context, id string, yes Yes) (string, error) {
	v, err := s.unpack(ctx, id)
	if err != nil {
		return "", err
	}
	if v.Initiative != "" {
		return "", fault.NotFound()
	}
	v.Parameters = v.Package.Manifest.Wijkbaak.Parameters
	answers, wrong := v.answers(yes.Answers)
	filled := map[string]practice.Content{}
	for _, o := range s.sources() {
		if wrong != nil || !slices.Contains(v.Pieces, o.name) {
			continue
		}
		if filled[o.name], err = o.of(v.Package).Fill(answers); err != nil {
			return "", err
		}
	}
	slug, about := "", aboutOf(v.Package)
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := s.weigh(ctx, tx, &v); err != nil {
			return err
		}
		if wrong != nil {
			return wrong
		}
		switch {
		case yes.Name == "":
			return invalid("naam", "practices.wrong.title")
		case !slices.ContainsFunc(v.Own, func(l Link) bool { return l.ID == yes.Organisation }):
			return invalid("organisatie", "practices.wrong.organisation")
		case !v.Known && !yes.Trust:
			return invalid("vertrouwen", "practices.wrong.trust")
		}
		m := v.Package.Manifest
		origin := m.Name + " " + m.Version
		var err error
		if slug, err = s.Initiatives.Draft(ctx, tx, yes.Name, practice.FillText(m.Description, answers), yes.Organisation, origin); err != nil {
			return err
		}
		a := Adopted{Initiative: slug, Address: v.Address, Key: v.Signer.Key, Name: m.Name, Title: m.Title, Version: m.Version, SHA256: v.Signer.SHA256,
			Base: map[string]string{}, Answers: answers, Lineage: m.Wijkbaak.Lineage, At: s.Clock.Now(), By: access.Of(ctx).Person}
		for _, room := range v.Pieces {
			o, _ := s.source(room)
			c := filled[room]
			named := c
			if room == described {
				if named.Part, err = rename(c.Part, yes.Name); err != nil {
					return err
				}
			}
			if err := o.adopt(ctx, tx, slug, named); err != nil {
				return partFault(room, err)
			}
			remember(a.Base, o, c)
		}
		// A file says itself of whom it is. Who takes it over believes that for this
		// one practice; for all that comes from there the keeper does.
		if !v.Known && access.Of(ctx).Has(access.Editor, access.Operator) {
			if err := s.pin(ctx, tx, Peer{Address: v.Address, Key: v.Signer.Key, PinnedAt: a.At}); err != nil {
				return bad("pakket", err)
			}
		}
		if yes.Tell {
			if err := s.queue(ctx, tx, a, nil); err != nil {
				return err
			}
		}
		return s.close(ctx, tx, v, about, a, "adopt", audit.Create)
	})
	return slug, err
}

// described is the part that holds the name of the initiative.
const described = "initiatives"

// rename puts the name that was chosen here into a part that holds one. It is a
// change of our own like any other, which an upgrade keeps.
func rename(data []byte, name string) ([]byte, error) {
	var m map[string]json.RawMessage
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, err
	}
	if _, ok := m["name"]; !ok {
		return data, nil
	}
	b, err := json.Marshal(name)
	if err != nil {
		return nil, err
	}
	m["name"] = b
	return json.Marshal(m)
}

// close keeps where an initiative was taken from, with the package itself.
func (s *Service) close(ctx context.Context, tx *db.Tx, v Arrival, about About, a Adopted, kind string, action audit.Action) error {
	if _, err := tx.Exec(ctx, insertFile, a.SHA256, v.Data, v.Signature, db.JSON[About]{V: about}); err != nil {
		return err
	}
	if err := keepAdopted(ctx, tx, a); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, deleteIncoming, v.ID); err != nil {
		return err
	}
	return s.note(ctx, tx, kind, action, "initiative", a.Initiative)
}

// partFault puts what a room says of its part beside the package.
func partFault(room string, err error) error {
	if fault.KindOf(err) != fault.KindInvalid {
		return err
	}
	detail := ""
	if f := fault.FieldsOf(err); len(f) > 0 {
		detail = f[0].Name
	}
	return invalid("pakket", "practices.bad.part", "at", room, "detail", detail)
}

// Upgrade takes a newer version over what is here, and keeps what was changed
// here; take names the conflicts in which the newer text wins.
func (s *Service) Upgrade(ctx context.Context, id string, given map[string]string, take map[string]bool) (string, error) {
	v, err := s.unpack(ctx, id)
	if err != nil {
		return "", err
	}
	slug, about := v.Initiative, aboutOf(v.Package)
	if slug == "" {
		return "", fault.NotFound()
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := s.weigh(ctx, tx, &v); err != nil {
			return err
		}
		answers, err := v.answers(given)
		if err != nil {
			return err
		}
		m := v.Package.Manifest
		a := v.Adopted
		if err := practice.CheckUpgrade(a.Version, a.SHA256, m.Version, v.Signer.SHA256); err != nil {
			return bad("pakket", err)
		}
		base := maps.Clone(a.Base)
		for _, room := range v.Pieces {
			o, _ := s.source(room)
			j, err := s.join(ctx, tx, v, o, answers, take)
			if err != nil {
				return err
			}
			if !j.merged.Same(j.own) && (!j.merged.Empty() || o.files) {
				if err := o.adopt(ctx, tx, slug, j.merged); err != nil {
					return partFault(room, err)
				}
			}
			remember(base, o, j.newer)
		}
		a.Title, a.Version, a.SHA256, a.Base, a.Answers, a.Lineage = m.Title, m.Version, v.Signer.SHA256, base, answers, m.Wijkbaak.Lineage
		a.At, a.By = s.Clock.Now(), access.Of(ctx).Person
		return s.close(ctx, tx, v, about, a, "upgrade", audit.Update)
	})
	return slug, err
}

// Drop says no to a package that came in.
func (s *Service) Drop(ctx context.Context, id string) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		in, err := db.One(ctx, tx, scanIncoming, selectIncoming, id)
		if err != nil {
			return err
		}
		if in.By != access.Of(ctx).Person {
			return fault.NotFound()
		}
		_, err = tx.Exec(ctx, deleteIncoming, id)
		return err
	})
}

// Came gives the files that came along with an initiative, with the answers
// filled in.
func (s *Service) Came(ctx context.Context, r db.Reader, a Adopted) (practice.Package, error) {
	data, err := db.One(ctx, r, db.Value[[]byte], selectFile, a.SHA256)
	if err != nil {
		return practice.Package{}, err
	}
	p, err := practice.Read(bytes.NewReader(data), practice.Usual)
	if err != nil {
		return p, errors.Join(errors.New("a package that was taken in cannot be read"), err)
	}
	for name, data := range p.Files {
		p.Files[name] = practice.FillFile(name, data, a.Answers)
	}
	return p, nil
}
