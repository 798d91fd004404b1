package initiatives

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/jobs"
	"wijkbaak.nl/internal/base/limit"
	"wijkbaak.nl/internal/base/mail"
	"wijkbaak.nl/internal/trust/access"
)

// unconfirmedAge is how long we keep an address that nobody confirmed.
const unconfirmedAge = 48 * time.Hour

// Follow has the changes of an initiative told once a month: to whoever is signed
// in, or to an address, which is asked first. What it says to an address is the same
// whether or not it follows already.
func (s *Service) Follow(ctx context.Context, slug, email string) error {
	a := access.Of(ctx)
	email = strings.ToLower(strings.TrimSpace(email))
	who := a.Person
	if !a.SignedIn() {
		if !mail.CheckAddress(email) {
			return fault.Invalid(fault.Field{Name: "email", Key: "initiatives.wrong.email"})
		}
		who = email
		if err := s.takes(ctx, email); err != nil {
			return err
		}
	} else {
		email = "" // that of the account, when it is told
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := s.maySee(ctx, tx, slug); err != nil {
			return err
		}
		id := s.o.IDs()
		if _, err := tx.Exec(ctx, insertFollower, id, slug, who, email, a.SignedIn(), hashToken(s.token(id)), db.At(s.clock.Now())); err != nil {
			return err
		}
		if a.SignedIn() {
			return nil
		}
		f, err := db.One(ctx, tx, scanFollower, selectFollower, slug, who)
		if err != nil {
			return err
		}
		name, err := db.One(ctx, tx, db.Value[string], selectName, slug)
		if err != nil {
			return err
		}
		return s.tell(ctx, tx, email, "initiatives.mail.follow", "/initiatief-volgen/"+s.token(f.id), "name", name)
	})
}

// takes counts a letter to an address that somebody unknown asks for.
func (s *Service) takes(ctx context.Context, email string) error {
	for _, key := range []string{limit.Network(access.Of(ctx).Address), "mail:" + email} {
		if wait := s.letters.Take(key); wait > 0 {
			return fault.TooMany(wait)
		}
	}
	return nil
}

type follower struct {
	id        string
	confirmed bool
}

func scanFollower(s db.Scanner) (f follower, err error) {
	err = s.Scan(&f.id, &f.confirmed)
	return
}

// follows tells whether the actor follows an initiative.
func (s *Service) follows(ctx context.Context, slug string) (bool, error) {
	a := access.Of(ctx)
	if !a.SignedIn() {
		return false, nil
	}
	f, err := db.One(ctx, s.db, scanFollower, selectFollower, slug, a.Person)
	if fault.KindOf(err) == fault.KindNotFound {
		return false, nil
	}
	return f.confirmed, err
}

// Unfollow ends what the actor follows.
func (s *Service) Unfollow(ctx context.Context, slug string) error {
	a := access.Of(ctx)
	if !a.SignedIn() {
		return fault.Denied()
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, deleteFollowing, slug, a.Person)
		return err
	})
}

// confirmFollow confirms by the token of the mail and gives the initiative.
func (s *Service) confirmFollow(ctx context.Context, token string) (slug string, err error) {
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		slug, err = db.One(ctx, tx, db.Value[string], confirmFollower, hashToken(token))
		return err
	})
	return slug, err
}

// endFollows ends all that the receiver of a letter follows; a token that is unknown
// has ended already.
func (s *Service) endFollows(ctx context.Context, token string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		who, err := db.One(ctx, tx, db.Value[string], selectWho, hashToken(token))
		if fault.KindOf(err) == fault.KindNotFound {
			return nil
		}
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, forgetFollower, who)
		return err
	})
}

// token is that of a follower. It is made of the id with the key of the instance:
// the links of all letters to one follower stay good, and only a hash is kept.
func (s *Service) token(follower string) string {
	h := hmac.New(sha256.New, s.o.Key)
	h.Write([]byte("wijkbaak initiative follower 1\x00" + follower)) //nolint:errcheck // a hash never fails
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:24])
}

func hashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// Forget removes addresses that nobody confirmed.
func (s *Service) Forget(ctx context.Context, _ []byte) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, deleteOldFollows, db.At(s.clock.Now().Add(-unconfirmedAge)))
		return err
	})
}

// Digest mails each follower, once a month, what changed in what they follow. It
// may run as often as it likes: who has been told this month is left alone.
func (s *Service) Digest(ctx context.Context, _ []byte) error {
	now := s.clock.Now().In(clock.Amsterdam)
	month := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, clock.Amsterdam)
	who := ""
	for {
		var err error
		if who, err = db.One(ctx, s.db, db.Value[string], selectDue, db.At(month), who); fault.KindOf(err) == fault.KindNotFound {
			return nil
		}
		if err != nil {
			return err
		}
		if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.digest(ctx, tx, who) }); err != nil {
			return err
		}
	}
}

// following is one initiative that somebody follows.
type following struct {
	id, email, name string
	slug            string
	told            time.Time
	draft           bool
}

func scanFollowing(s db.Scanner) (f following, err error) {
	var told db.Time
	err = s.Scan(&f.id, &f.slug, &f.email, &told, &f.name, &f.draft)
	f.told = told.Time
	return f, err
}

// newsMost is how many initiatives stand in one letter.
const newsMost = 30

func (s *Service) digest(ctx context.Context, tx *db.Tx, who string) error {
	list, err := db.All(ctx, tx, scanFollowing, selectOf, who)
	if err != nil || len(list) == 0 {
		return err
	}
	email := list[0].email
	if email == "" {
		if email, err = s.email(ctx, tx, who); err != nil {
			return err
		}
	}
	var news []string
	for _, f := range list {
		if f.draft || len(news) >= newsMost {
			continue
		}
		steps, err := db.All(ctx, tx, scanStep, selectToldNot, f.slug, db.At(f.told))
		if err != nil {
			return err
		}
		if what := changedWords(ctx, steps); what != "" {
			news = append(news, i18n.T(ctx, "initiatives.mail.news.line", "name", f.name, "what", what, "address", s.o.BaseURL+address(f.slug)))
		}
	}
	if _, err := tx.Exec(ctx, markTold, who, db.At(s.clock.Now())); err != nil {
		return err
	}
	if len(news) == 0 || email == "" {
		return nil
	}
	l := mail.Letter{Paragraphs: append([]string{i18n.T(ctx, "initiatives.mail.news.text", "n", len(news))}, news...),
		Button: mail.Button{Label: i18n.T(ctx, "initiatives.mail.news.button"), URL: s.o.BaseURL + "/initiatieven"}}
	l.Paragraphs = append(l.Paragraphs, i18n.T(ctx, "initiatives.mail.stop")+" "+s.o.BaseURL+"/initiatief-volgen/"+s.token(list[0].id)+"/stop")
	return s.send(ctx, tx, email, i18n.T(ctx, "initiatives.mail.news.subject"), l)
}

// changedWords names the fields that changed, each once.
func changedWords(ctx context.Context, steps []Step) string {
	var names []string
	for _, step := range steps {
		for _, d := range step.Changed {
			if name := strings.ToLower(fieldWord(ctx, d.Field)); !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return few(ctx, names, 6)
}

// contact is a letter to the lead organisation of an initiative.
type contact struct {
	Initiative string `json:"initiative"`
	Name       string `json:"name"`
	Email      string `json:"email"`
	Text       string `json:"text"`
}

// Contact mails whoever leads an initiative. The address of the sender is for
// them alone, and is kept nowhere.
func (s *Service) Contact(ctx context.Context, slug, name, email, text string) error {
	var wrong []fault.Field
	if !mail.CheckAddress(email) {
		wrong = append(wrong, fault.Field{Name: "email", Key: "initiatives.wrong.email"})
	}
	if len([]rune(text)) < 10 {
		wrong = append(wrong, fault.Field{Name: "bericht", Key: "initiatives.wrong.message"})
	}
	if len(wrong) > 0 {
		return fault.Invalid(wrong...)
	}
	if err := s.takes(ctx, email); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := s.maySee(ctx, tx, slug); err != nil {
			return err
		}
		list, err := s.Owners(ctx, tx, slug)
		if err != nil {
			return err
		}
		to, err := s.leadEmails(ctx, tx, list)
		if err != nil {
			return err
		}
		if len(to) == 0 {
			return fault.Conflict("initiatives.wrong.nolead")
		}
		return jobs.Enqueue(ctx, tx, jobContact, contact{slug, name, email, text})
	})
}

// leadEmails are the addresses of who leads an initiative, by its owners: those of
// the lead organisation, or else of a partner.
func (s *Service) leadEmails(ctx context.Context, r db.Reader, list []Owner) ([]string, error) {
	for _, o := range list {
		to, err := s.o.People.LeadEmails(ctx, r, o.Organisation)
		if err != nil || len(to) > 0 {
			return to, err
		}
	}
	return nil, nil
}

// tellContact mails a letter to those who lead an initiative.
func (s *Service) tellContact(ctx context.Context, c contact) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		list, err := s.Owners(ctx, tx, c.Initiative)
		if err != nil {
			return err
		}
		to, err := s.leadEmails(ctx, tx, list)
		if err != nil {
			return err
		}
		title, err := db.One(ctx, tx, db.Value[string], selectName, c.Initiative)
		if fault.KindOf(err) == fault.KindNotFound {
			return nil // gone in the meantime
		}
		if err != nil {
			return err
		}
		for _, address := range to {
			if err := s.send(ctx, tx, address, i18n.T(ctx, "initiatives.mail.contact.subject", "name", title), mail.Letter{
				Paragraphs: []string{i18n.T(ctx, "initiatives.mail.contact.text", "name", title), c.Text,
					i18n.T(ctx, "initiatives.mail.contact.from", "who", strings.TrimSpace(c.Name+" <"+c.Email+">"))},
			}); err != nil {
				return err
			}
		}
		return nil
	})
}
