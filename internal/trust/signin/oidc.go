package signin

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/trust/audit"
	"wijkbaak.nl/internal/trust/people"
)

// Provider is somebody else who tells who a person is, by OpenID Connect: a
// broker of DigiD or eHerkenning, or the sign-in of an organisation.
type Provider struct {
	Key          string // stands in our addresses: digid
	Name         string // as people know it: DigiD
	Issuer       string // the address of its discovery
	ClientID     string
	ClientSecret string
	Scopes       []string // besides openid
	// Strong are the levels (acr) that count as a second factor.
	Strong []string
}

var providerKey = regexp.MustCompile(`^[a-z][a-z0-9-]{0,30}$`)

// provider is a Provider with what was discovered of it.
type provider struct {
	Provider
	redirect string
	mu       sync.Mutex
	found    *oidc.Provider
}

func newProvider(p Provider, origin string) (*provider, error) {
	if !providerKey.MatchString(p.Key) || p.Name == "" || p.ClientID == "" || !strings.HasPrefix(p.Issuer, "http") {
		return nil, fmt.Errorf("sign-in provider %q needs a key of small letters, a name, an issuer and a client id", p.Key)
	}
	return &provider{Provider: p, redirect: origin + "/aanmelden/terug/" + p.Key}, nil
}

// outgoing is the client for requests to providers: each is over in seconds.
func outgoing() *http.Client {
	return &http.Client{
		Timeout: 10 * time.Second,
		Transport: &http.Transport{
			DialContext:         (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
			TLSHandshakeTimeout: 5 * time.Second, ResponseHeaderTimeout: 8 * time.Second,
			MaxResponseHeaderBytes: 64 << 10, MaxIdleConns: 4, IdleConnTimeout: time.Minute,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return errors.New("a provider does not send us elsewhere") },
	}
}

// discover asks the provider once where its parts are; after a failure again
// at the next press of the button.
func (p *provider) discover(ctx context.Context, client *http.Client) (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found == nil {
		// What was found outlives the request: keys are fetched later with it.
		found, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), client), p.Issuer)
		if err != nil {
			return nil, fault.Unavailable("signin.oidc.away", err)
		}
		p.found = found
	}
	return p.found, nil
}

func (p *provider) config(found *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{ClientID: p.ClientID, ClientSecret: p.ClientSecret, Endpoint: found.Endpoint(),
		RedirectURL: p.redirect, Scopes: append([]string{oidc.ScopeOpenID}, p.Scopes...)}
}

const flowOIDC = "oidc"

// oidcFlow is what is kept while somebody is at the provider.
type oidcFlow struct{ Provider, Nonce, Verifier, Next string }

// leave gives the address at the provider, and the secret by which the browser
// is known when it comes back.
func (s *Service) leave(ctx context.Context, key, next string) (address, browser string, err error) {
	p := s.provider(key)
	if p == nil {
		return "", "", fault.NotFound()
	}
	found, err := p.discover(ctx, s.o.HTTP)
	if err != nil {
		return "", "", err
	}
	state, hash := people.NewSecret()
	browser, browserHash := people.NewSecret()
	nonce, _ := people.NewSecret()
	f := oidcFlow{Provider: key, Nonce: nonce, Verifier: oauth2.GenerateVerifier(), Next: next}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return keepFlow(ctx, tx, hash, flowOIDC, "", browserHash, f, s.clock.Now())
	})
	return p.config(found).AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(f.Verifier)), browser, err
}

func (s *Service) provider(key string) *provider {
	i := slices.IndexFunc(s.providers, func(p *provider) bool { return p.Key == key })
	if i < 0 {
		return nil
	}
	return s.providers[i]
}

// claims are what we read of an ID token.
type claims struct {
	Email         string   `json:"email"`
	EmailVerified bool     `json:"email_verified"`
	GivenName     string   `json:"given_name"`
	Name          string   `json:"name"`
	ACR           string   `json:"acr"`
	AMR           []string `json:"amr"`
}

func errOIDC() error { return fault.Conflict("signin.oidc.wrong") }

// comeBack takes who returns from the provider with state and code, in the
// browser that left, and checks the ID token.
func (s *Service) comeBack(ctx context.Context, r *http.Request, key, state, code, browser string) (arrival, error) {
	p := s.provider(key)
	if p == nil {
		return arrival{}, fault.NotFound()
	}
	var f oidcFlow
	var kept flow
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		f = oidcFlow{}
		kept, err = takeFlow(ctx, tx, people.HashSecret(state), flowOIDC, &f, s.clock.Now())
		return err
	})
	if fault.KindOf(err) == fault.KindNotFound {
		return arrival{}, errOIDC()
	} else if err != nil {
		return arrival{}, err
	}
	if subtle.ConstantTimeCompare(kept.browser, people.HashSecret(browser)) != 1 || f.Provider != key || code == "" {
		return arrival{}, errOIDC()
	}
	token, c, err := s.redeem(ctx, p, code, f)
	if err != nil {
		return arrival{}, err
	}
	var in arrival
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		person, isNew, err := s.identify(ctx, tx, token, c)
		if err != nil {
			return err
		}
		in, err = s.arrive(ctx, tx, r, person, people.ByOIDC, slices.Contains(p.Strong, c.ACR))
		in.isNew, in.next = isNew, f.Next
		return err
	})
	return in, err
}

// redeem changes the code for an ID token and checks its signature, issuer,
// audience, time and nonce.
func (s *Service) redeem(ctx context.Context, p *provider, code string, f oidcFlow) (*oidc.IDToken, claims, error) {
	found, err := p.discover(ctx, s.o.HTTP)
	if err != nil {
		return nil, claims{}, err
	}
	ctx = oidc.ClientContext(ctx, s.o.HTTP)
	tokens, err := p.config(found).Exchange(ctx, code, oauth2.VerifierOption(f.Verifier))
	if err != nil {
		if _, answered := errors.AsType[*oauth2.RetrieveError](err); answered {
			return nil, claims{}, errOIDC()
		}
		return nil, claims{}, fault.Unavailable("signin.oidc.away", err)
	}
	raw, _ := tokens.Extra("id_token").(string)
	token, err := found.VerifierContext(ctx, &oidc.Config{ClientID: p.ClientID, Now: s.clock.Now}).Verify(ctx, raw)
	if err != nil || subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(f.Nonce)) != 1 || token.Subject == "" {
		return nil, claims{}, errOIDC()
	}
	var c claims
	if token.Claims(&c) != nil {
		return nil, claims{}, errOIDC()
	}
	return token, c, nil
}

// identify gives the person whom the provider means: the one who came this way
// before, or who has the address that the provider has checked, or a new one.
func (s *Service) identify(ctx context.Context, tx *db.Tx, token *oidc.IDToken, c claims) (person string, isNew bool, err error) {
	person, err = db.One(ctx, tx, db.Value[string], selectIdentity, token.Issuer, token.Subject)
	if err == nil || fault.KindOf(err) != fault.KindNotFound {
		return person, false, err
	}
	email := ""
	if address, ok := people.NormalEmail(c.Email); ok && c.EmailVerified {
		email = address
		p, err := s.people.ByEmail(ctx, tx, email)
		if err != nil && fault.KindOf(err) != fault.KindNotFound {
			return "", false, err
		}
		person = p.ID
	}
	if person == "" {
		name := []rune(strings.Join(strings.Fields(c.GivenName), " "))
		if len(name) == 0 {
			name = []rune(i18n.T(ctx, "signin.newname"))
		}
		p, err := s.people.Create(ctx, tx, people.NewPerson{Name: string(name[:min(len(name), 80)]), Email: email, Language: i18n.Lang(ctx)}, false)
		if err != nil {
			return "", false, err
		}
		person, isNew = p.ID, true
	}
	if _, err := tx.Exec(ctx, insertIdentity, token.Issuer, token.Subject, person, db.At(s.clock.Now())); err != nil {
		return "", false, err
	}
	return person, isNew, s.record(ctx, tx, "provider", audit.Create, person)
}
