package practices

import (
	"context"
	"embed"
	"io/fs"
	"strings"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/protocol/practice"
	"wijkbaak.nl/internal/trust/access"
)

// The demonstration: one practice that is offered here, and one that came in from
// a municipality that does not exist, as a file would.

//go:embed demo
var demo embed.FS

const (
	demoFolder    = "demo/ommetje"
	demoSender    = "rivierdal.example"
	demoTaker     = "Els"
	demoOffer     = "welzijn-op-recept"
	demoOfferLead = "Joost"
)

func (s *Service) demo(ctx context.Context) error {
	if err := s.demoOffer(ctx); err != nil {
		return err
	}
	return s.demoAdopt(ctx)
}

// demoActor acts as an invented project leader; false where there is none.
func (s *Service) demoActor(ctx context.Context, name string) (context.Context, Person, bool, error) {
	var who Person
	var actor access.Actor
	found := false
	err := s.DB.Read(ctx, func(ctx context.Context, r db.Reader) (err error) {
		if who, found, err = s.People.DemoLead(ctx, r, name); err != nil || !found {
			return err
		}
		actor, err = s.People.Actor(ctx, r, who.ID)
		return err
	})
	actor.Channel = access.Page
	return access.With(ctx, actor), who, found, err
}

// demoOffer packs an initiative of the demonstration, signs it and offers it.
func (s *Service) demoOffer(ctx context.Context) error {
	ctx, _, found, err := s.demoActor(ctx, demoOfferLead)
	if err != nil || !found {
		return err
	}
	v, err := s.Offering(ctx, demoOffer)
	switch {
	case fault.KindOf(err) == fault.KindNotFound, fault.KindOf(err) == fault.KindDenied:
		return nil // the demonstration of the initiatives has it not
	case err != nil:
		return err
	case v.Fixed:
		return nil
	}
	o := v.Offer
	o.Name = DemoName(s.Name, demoOffer)
	o.Title, o.Contact, o.Note = v.Title+" (voorbeeld)", "projectleider welzijn", "Eerste versie (voorbeeld)."
	o.Summary = "Mensen met klachten door eenzaamheid vinden in {{gemeente}} iets in de wijk dat bij hen past. De huisarts verwijst, de welzijnscoach zoekt mee."
	o.Parameters = []practice.Parameter{{Key: "gemeente", Question: "Hoe heet uw gemeente?", Default: "uw gemeente"}}
	return s.OfferDemo(ctx, demoOffer, o)
}

// DemoName is what a practice of the demonstration is called: after the instance,
// because it has no address of its own, and after the initiative.
func DemoName(instance, initiative string) string {
	first := "voorbeeld"
	for _, word := range strings.Fields(instance) {
		if w := strings.Trim(notName.ReplaceAllString(strings.ToLower(word), "-"), "-"); w != "" && !strings.HasPrefix(word, "(") {
			first = w
		}
	}
	return first + "." + initiative
}

// OfferDemo saves an offer of the demonstration and publishes it at once. What a
// person has to look at elsewhere was looked at when the texts were written; what
// is certain to be about a person stops it here too.
func (s *Service) OfferDemo(ctx context.Context, initiative string, o Offer) error {
	if err := s.SaveOffer(ctx, initiative, o, nil, ""); err != nil {
		return err
	}
	v, err := s.Offering(ctx, initiative)
	if err != nil {
		return err
	}
	if len(v.Findings) > 0 {
		for _, f := range v.Findings {
			v.Seen = append(v.Seen, f.ID())
		}
		if err := s.SaveOffer(ctx, initiative, v.Offer, nil, ""); err != nil {
			return err
		}
		v.Edit++
	}
	_, err = s.Publish(ctx, initiative, v.Edit)
	return err
}

// demoPackage reads the folder of texts.
func demoPackage() (practice.Package, error) {
	folder, err := fs.Sub(demo, demoFolder)
	if err != nil {
		return practice.Package{}, err
	}
	return practice.ReadFolder(folder, practice.Usual)
}

// demoAdopt takes over a package that is made here of a folder of texts, with a
// key of its own, as if it had come on a stick.
func (s *Service) demoAdopt(ctx context.Context) error {
	ctx, who, found, err := s.demoActor(ctx, demoTaker)
	if err != nil || !found {
		return err
	}
	pkg, err := demoPackage()
	if err != nil {
		return err
	}
	address, _, err := splitAddress(pkg.Manifest.URL)
	if err != nil {
		return err
	}
	have, err := db.All(ctx, s.DB, scanAdopted, selectAdoptedFrom, address, pkg.Manifest.Name)
	if err != nil || len(have) > 0 {
		return err
	}
	for _, room := range pkg.Rooms() {
		if o, known := s.source(room); known {
			pkg.Schemas[room] = o.schema()
		} else {
			delete(pkg.Parts, room)
		}
	}
	tgz, err := practice.Pack(pkg)
	if err != nil {
		return err
	}
	key, _, err := practice.NewKey(demoSender)
	if err != nil {
		return err
	}
	signature, err := key.SignPackage(pkg.Manifest.Name, pkg.Manifest.Version, tgz)
	if err != nil {
		return err
	}
	id, err := s.TakeFile(ctx, tgz, signature, "")
	if err != nil {
		return err
	}
	_, err = s.Adopt(ctx, id, Yes{Name: pkg.Manifest.Title, Organisation: who.Organisation, Answers: defaults(pkg.Manifest.Wijkbaak.Parameters), Trust: true})
	return err
}
