package people

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

// tokenMark lets a scanner of leaked secrets know one of ours.
const tokenMark = "wbk_"

// Scopes are what an API token can be for; a room asks for one with
// access.Scope. What is public needs no token.
var Scopes = []string{"questions:write", "answers:write", "measurements:write", "pathways:write", "agreements:write", "plans:read", "plans:write", "visions:write"}

// Token is the right of a program of an organisation to use the API.
type Token struct {
	ID, Name                       string
	Organisation, OrganisationName string
	Place                          string // of the organisation
	Scopes                         []string
	Created, Expires               time.Time
}

// NewToken is a token to make.
type NewToken struct {
	Name, Organisation string
	Scopes             []string
	Days               int // until it expires, at most 366
}

// AddToken makes a token and gives its secret, which is shown once; for the
// operator of the organisation's place.
func (s *Service) AddToken(ctx context.Context, n NewToken) (Token, string, error) {
	n.Name = strings.Join(strings.Fields(web.Clean(strings.ToValidUTF8(n.Name, ""))), " ")
	var wrong []fault.Field
	if n.Name == "" || utf8.RuneCountInString(n.Name) > nameMost {
		wrong = append(wrong, fault.Field{Name: "name", Key: "people.token.name.wrong"})
	}
	if len(n.Scopes) == 0 || slices.ContainsFunc(n.Scopes, func(v string) bool { return !slices.Contains(Scopes, v) }) {
		wrong = append(wrong, fault.Field{Name: "scopes", Key: "people.token.scopes.wrong"})
	}
	if n.Days < 1 || n.Days > 366 {
		wrong = append(wrong, fault.Field{Name: "days", Key: "people.token.days.wrong"})
	}
	if len(wrong) > 0 {
		return Token{}, "", fault.Invalid(wrong...)
	}
	if !access.Of(ctx).Has(access.Operator) {
		return Token{}, "", fault.Denied()
	}
	secret, _ := NewSecret()
	secret = tokenMark + secret
	now := s.clock.Now()
	t := Token{ID: s.newID(), Name: n.Name, Organisation: n.Organisation, Scopes: n.Scopes, Created: now, Expires: now.AddDate(0, 0, n.Days)}
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		o, err := s.Organisation(ctx, tx, n.Organisation)
		if fault.KindOf(err) == fault.KindNotFound {
			return fault.Invalid(fault.Field{Name: "organisation", Key: "people.organisation.wrong"})
		} else if err != nil {
			return err
		}
		if err := mayManage(access.Of(ctx), o.Place); err != nil {
			return err
		}
		t.OrganisationName, t.Place = o.Name, o.Place
		if _, err := tx.Exec(ctx, insertToken, t.ID, HashSecret(secret), t.Name, t.Organisation, strings.Join(t.Scopes, " "), db.At(t.Created), db.At(t.Expires)); err != nil {
			return err
		}
		return s.audit.Record(ctx, tx, about("token.add", audit.Create, "", "token", t.ID))
	})
	return t, secret, err
}

// Tokens lists the tokens of the organisations that the operator of ctx manages.
func (s *Service) Tokens(ctx context.Context, r db.Reader) ([]Token, error) {
	a := access.Of(ctx)
	if !a.Has(access.Operator) {
		return nil, fault.Denied()
	}
	list, err := db.All(ctx, r, scanToken, selectTokens)
	return slices.DeleteFunc(list, func(t Token) bool { return !a.Can(access.Operator, t.Place) }), err
}

// EndToken ends a token at once.
func (s *Service) EndToken(ctx context.Context, token string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		list, err := s.Tokens(ctx, tx)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(list, func(t Token) bool { return t.ID == token }) {
			return fault.NotFound()
		}
		if _, err := tx.Exec(ctx, deleteToken, token); err != nil {
			return err
		}
		return s.audit.Record(ctx, tx, about("token.end", audit.Delete, "", "token", token))
	})
}

func scanToken(row db.Scanner) (Token, error) {
	var t Token
	var scopes string
	err := row.Scan(&t.ID, &t.Name, &t.Organisation, &t.OrganisationName, &t.Place, &scopes, moment{&t.Created}, moment{&t.Expires})
	t.Scopes = strings.Fields(scopes)
	return t, err
}

// enterToken makes the actor of an Authorization header. A token that is wrong,
// old or ended is refused and not taken for nobody, so that a program notices.
func (s *Service) enterToken(ctx context.Context, header string, a *access.Actor) error {
	kind, secret, _ := strings.Cut(header, " ")
	secret = strings.TrimSpace(secret)
	if !strings.EqualFold(kind, "Bearer") || !strings.HasPrefix(secret, tokenMark) || len(secret) != len(tokenMark)+secretLength {
		return fault.Denied()
	}
	var scopes string
	_, err := db.One(ctx, s.db, func(row db.Scanner) (struct{}, error) {
		var id string
		return struct{}{}, row.Scan(&id, &a.Organisation, &a.Name, &scopes)
	}, selectToken, HashSecret(secret), db.At(s.clock.Now()))
	if fault.KindOf(err) == fault.KindNotFound {
		return fault.Denied()
	}
	a.Scopes = strings.Fields(scopes)
	return err
}
