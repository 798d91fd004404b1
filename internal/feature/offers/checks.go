package offers

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strconv"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/mail"
	"wijkbaak.nl/internal/trust/access"
)

// askBeforeDays is how long before an entry counts as old its keeper is written to.
const askBeforeDays = 21

// linkLasts is how long after that the link of the letter still works.
const linkLasts = 60 * 24 * time.Hour

// asksAtOnce is how many letters go out in one transaction.
const asksAtOnce = 50

// AskKeepers writes to the keepers of entries that will count as old soon. It may
// run as often as it likes: who was written to is left alone.
func (s *Service) AskKeepers(ctx context.Context, _ []byte) error {
	for {
		n := 0
		err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			list, err := db.All(ctx, tx, scanOffer, selectDue, db.At(s.clock.Now().AddDate(0, 0, askBeforeDays)), asksAtOnce)
			n = len(list)
			for _, v := range list {
				if err := s.ask(ctx, tx, v); err != nil {
					return err
				}
			}
			return err
		})
		if err != nil || n < asksAtOnce {
			return err
		}
	}
}

// ask writes to the keepers of one entry; without any it is asked about all the same,
// so that the editors' page tells.
func (s *Service) ask(ctx context.Context, tx *db.Tx, v row) error {
	token := s.token(v)
	if _, err := tx.Exec(ctx, setAsked, v.ID, db.At(s.clock.Now()), hashToken(token)); err != nil {
		return err
	}
	to, err := s.keepers(ctx, tx, v)
	if err != nil {
		return err
	}
	for _, address := range to {
		if err := s.tell(ctx, tx, address, "offers.mail.check", checkPath(token), "name", v.Name, "date", i18n.Date(ctx, v.Checked)); err != nil {
			return err
		}
	}
	return nil
}

func checkPath(token string) string { return "/aanbod-controle/" + token }

// keepersMost bounds how many people get a letter about one entry.
const keepersMost = 5

// keepers are whom we write to about an entry: the address that was given for it,
// or the people of the organisation, or else how it says it can be reached.
func (s *Service) keepers(ctx context.Context, r db.Reader, v row) ([]string, error) {
	if v.Keeper != "" {
		return []string{v.Keeper}, nil
	}
	by, err := db.One(ctx, r, scanOrganisation, selectOrganisation, v.Organisation)
	if err != nil {
		return nil, err
	}
	if by.Account != "" {
		list, err := s.o.People.Keepers(ctx, r, by.Account)
		if err != nil || len(list) > 0 {
			slices.Sort(list)
			return list[:min(len(list), keepersMost)], err
		}
	}
	for _, address := range []string{by.Email, v.Join.Email} {
		if mail.CheckAddress(address) {
			return []string{address}, nil
		}
	}
	return nil, nil
}

// token is that of one round of looking at one entry, made with the key of the
// instance; only its hash is kept.
func (s *Service) token(v row) string {
	h := hmac.New(sha256.New, s.o.Key)
	h.Write([]byte("wijkbaak offer check 1\x00" + v.ID + "\x00" + strconv.FormatInt(v.CheckBy.UnixMicro(), 10))) //nolint:errcheck // a hash never fails
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:24])
}

func hashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// Asked gives the entry that the link of a letter is about. A link that was used, or
// that is too old, leads nowhere.
func (s *Service) Asked(ctx context.Context, r db.Reader, token string) (row, error) {
	v, err := db.One(ctx, r, scanOffer, selectByHash, hashToken(token))
	if err != nil {
		return v, err
	}
	if v.Status != Live || s.clock.Now().After(v.CheckBy.Add(linkLasts)) {
		return row{}, fault.NotFound()
	}
	return v, nil
}

// What a keeper answers to a letter.
const (
	answerRight = "klopt"
	answerStop  = "stop"
)

// Answer takes the one press by which a keeper answers a letter.
func (s *Service) Answer(ctx context.Context, token, what string) (slug string, err error) {
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		v, err := s.Asked(ctx, tx, token)
		if err != nil {
			return err
		}
		slug = v.Slug
		if what == answerRight {
			return s.confirm(ctx, tx, v, asLetter)
		}
		_, err = s.change(ctx, tx, v, act{kind: actStopped, why: i18n.T(ctx, "offers.check.stopped")}, func(_ *Offer, status *string) error {
			*status = Stopped
			return nil
		})
		return err
	})
	return slug, err
}

// Tell keeps what a keeper says that is other now, as a proposal for the editor.
func (s *Service) Tell(ctx context.Context, token string, o Offer, why string) error {
	list := o.check(false)
	if why == "" {
		list = append(list, Fault{Field: "waarom", Key: "offers.wrong.reason"})
	}
	if len(list) > 0 {
		return invalid(list)
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		v, err := s.Asked(ctx, tx, token)
		if err != nil {
			return err
		}
		by, err := db.One(ctx, tx, scanOrganisation, selectOrganisation, v.Organisation)
		if err != nil {
			return err
		}
		o.Organisation = v.Organisation
		p := Proposal{Offer: v.ID, Name: o.Name, By: by.Name, Body: o, Version: v.Version, Why: why, Person: access.Of(ctx).Person}
		return s.keepProposal(ctx, tx, p)
	})
}

// Freshness is how true the catalogue is.
type Freshness struct {
	Live, Fresh int // entries, and those looked at in the last six months
	Old         []row
	Silent      int // old ones whose keeper was written to
}

// oldShown is how many old entries stand on the editors' page.
const oldShown = 100

// freshness tells it of what the actor may decide about.
func (s *Service) freshness(ctx context.Context) (f Freshness, err error) {
	a := access.Of(ctx)
	v, err := s.snapshot(ctx)
	if err != nil {
		return f, err
	}
	now := s.clock.Now()
	since := dayOf(now.AddDate(0, -6, 0))
	for _, i := range v.items {
		if !mayDecide(a, s.o.Root, &Offer{Places: i.places}) {
			continue
		}
		f.Live++
		if i.checked >= since {
			f.Fresh++
		}
	}
	list, err := db.All(ctx, s.db, scanOffer, selectOldest, db.At(now), 5*oldShown)
	for _, o := range list {
		if !mayDecide(a, s.o.Root, &o.Offer) {
			continue
		}
		if !o.Asked.IsZero() {
			f.Silent++
		}
		if len(f.Old) < oldShown {
			f.Old = append(f.Old, o)
		}
	}
	return f, err
}

// tell mails one thing: the words of key, with a button to a path of ours.
//
// keys: offers.mail.*
func (s *Service) tell(ctx context.Context, tx *db.Tx, to, key, path string, args ...any) error {
	m, err := mail.Compose(to, i18n.T(ctx, key+".subject", args...), mail.Letter{
		Lang: i18n.Lang(ctx), Greeting: i18n.T(ctx, "offers.mail.greeting"), Closing: i18n.T(ctx, "offers.mail.closing"),
		Paragraphs: []string{i18n.T(ctx, key+".text", args...)},
		Button:     mail.Button{Label: i18n.T(ctx, key+".button"), URL: s.o.BaseURL + path},
	})
	if err != nil {
		return err
	}
	return mail.Enqueue(ctx, tx, m)
}
