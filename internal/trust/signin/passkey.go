package signin

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/audit"
	"wijkbaak.nl/internal/trust/people"
)

// passkeysMost is how many passkeys one person may have.
const passkeysMost = 20

// Passkey is a passkey as its owner sees it.
type Passkey struct {
	ID, Person, Name string
	Created, Seen    time.Time
	credential       webauthn.Credential
}

func scanPasskey(row db.Scanner) (Passkey, error) {
	var v Passkey
	var data db.JSON[webauthn.Credential]
	err := row.Scan(&v.ID, &v.Person, &data, &v.Name, moment{&v.Created}, moment{&v.Seen})
	v.credential = data.V
	return v, err
}

// passkeyHost is the host that passkeys of this site belong to; empty where the
// site has none. A page that is seen at another one, such as 127.0.0.1 instead of
// localhost, does not offer them.
func (s *Service) passkeyHost() string {
	if s.passkeys == nil {
		return ""
	}
	return s.passkeys.Config.RPID
}

func (s *Service) passkeysOf(ctx context.Context, r db.Reader, person string) ([]Passkey, error) {
	return db.All(ctx, r, scanPasskey, selectPasskeys, person)
}

// holder is a person as the WebAuthn library asks for one. The handle is the id
// of the person, which tells nothing about them.
type holder struct {
	person people.Person
	keys   []Passkey
}

func (h holder) WebAuthnID() []byte          { return []byte(h.person.ID) }
func (h holder) WebAuthnDisplayName() string { return h.person.Name }
func (h holder) WebAuthnName() string {
	if h.person.Email != "" {
		return h.person.Email
	}
	return h.person.Name
}

func (h holder) WebAuthnCredentials() []webauthn.Credential {
	list := make([]webauthn.Credential, len(h.keys))
	for i, k := range h.keys {
		list[i] = k.credential
	}
	return list
}

func (s *Service) holderOf(ctx context.Context, r db.Reader, person string) (holder, error) {
	p, err := s.people.ByID(ctx, r, person)
	if err != nil {
		return holder{}, err
	}
	keys, err := s.passkeysOf(ctx, r, person)
	return holder{p, keys}, err
}

// The kinds of flow of a passkey.
const (
	flowMakePasskey = "passkey.make"
	flowUsePasskey  = "passkey.use"
)

// beginMake asks the browser of a person to make a passkey.
func (s *Service) beginMake(ctx context.Context, person string) (step string, options *protocol.CredentialCreation, err error) {
	if s.passkeys == nil {
		return "", nil, fault.NotFound()
	}
	step, hash := people.NewSecret()
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := s.mayEnrol(ctx, tx, person); err != nil {
			return err
		}
		h, err := s.holderOf(ctx, tx, person)
		if err != nil {
			return err
		}
		if len(h.keys) >= passkeysMost {
			return fault.Conflict("signin.passkey.many")
		}
		creation, session, err := s.passkeys.BeginRegistration(h,
			webauthn.WithExclusions(webauthn.Credentials(h.WebAuthnCredentials()).CredentialDescriptors()))
		if err != nil {
			return err
		}
		options = creation
		return keepFlow(ctx, tx, hash, flowMakePasskey, person, nil, session, s.clock.Now())
	})
	return step, options, err
}

// finishMake keeps the passkey that the browser made and raises the session:
// the person was verified by making it.
func (s *Service) finishMake(ctx context.Context, person, session, step, name string, answer []byte) (arrival, error) {
	if s.passkeys == nil {
		return arrival{}, fault.NotFound()
	}
	var in arrival
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		var data webauthn.SessionData
		f, err := takeFlow(ctx, tx, people.HashSecret(step), flowMakePasskey, &data, s.clock.Now())
		if err != nil && fault.KindOf(err) != fault.KindNotFound {
			return err
		}
		if err != nil || f.person != person {
			return errPasskey()
		}
		if err := s.mayEnrol(ctx, tx, person); err != nil {
			return err
		}
		parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
		if err != nil {
			return errPasskey()
		}
		h, err := s.holderOf(ctx, tx, person)
		if err != nil {
			return err
		}
		cred, err := s.passkeys.CreateCredential(h, data, parsed)
		if err != nil || !cred.Flags.UserVerified {
			return errPasskey()
		}
		if name == "" {
			name = s.clock.Now().Format("2006-01-02")
		}
		made, err := tx.Exec(ctx, insertPasskey, s.newID(), person, cred.ID, db.JSON[webauthn.Credential]{V: *cred}, name, db.At(s.clock.Now()))
		if err != nil {
			return err
		}
		if made == 0 {
			return errPasskey()
		}
		if err := s.made(ctx, tx, "factor.passkey", person, session); err != nil {
			return err
		}
		in, err = s.raise(ctx, tx, session, person, "passkey")
		return err
	})
	return in, err
}

func errPasskey() error { return fault.Conflict("signin.passkey.wrong") }

// beginUse asks the browser for any passkey of this site; nobody is named.
func (s *Service) beginUse(ctx context.Context) (step string, options *protocol.CredentialAssertion, err error) {
	if s.passkeys == nil {
		return "", nil, fault.NotFound()
	}
	assertion, session, err := s.passkeys.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return "", nil, err
	}
	step, hash := people.NewSecret()
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return keepFlow(ctx, tx, hash, flowUsePasskey, "", nil, session, s.clock.Now())
	})
	return step, assertion, err
}

// enterByPasskey lets in who holds a passkey. It counts as two factors: the
// device, and the finger, face or code by which the device knew its owner.
func (s *Service) enterByPasskey(ctx context.Context, r *http.Request, step string, answer []byte) (arrival, error) {
	if s.passkeys == nil {
		return arrival{}, fault.NotFound()
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return arrival{}, errPasskey()
	}
	var in arrival
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		var data webauthn.SessionData
		if _, err := takeFlow(ctx, tx, people.HashSecret(step), flowUsePasskey, &data, s.clock.Now()); err != nil {
			if fault.KindOf(err) == fault.KindNotFound {
				return errPasskey()
			}
			return err
		}
		var broken error // of ours, not of who asks
		user, cred, err := s.passkeys.ValidatePasskeyLogin(func(_, handle []byte) (webauthn.User, error) {
			h, err := s.holderOf(ctx, tx, string(handle))
			if err != nil && fault.KindOf(err) != fault.KindNotFound {
				broken = err
			}
			return h, err
		}, data, parsed)
		if broken != nil {
			return broken
		}
		if err != nil || !cred.Flags.UserVerified || cred.Authenticator.CloneWarning {
			return errPasskey()
		}
		person := string(user.WebAuthnID())
		if _, err := tx.Exec(ctx, updatePasskey, person, cred.ID, db.JSON[webauthn.Credential]{V: *cred}, db.At(s.clock.Now())); err != nil {
			return err
		}
		in, err = s.arrive(ctx, tx, r, person, people.ByPasskey, true)
		return err
	})
	return in, err
}

// removePasskey takes a passkey of the person away.
func (s *Service) removePasskey(ctx context.Context, person, passkey string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := s.mayEnrol(ctx, tx, person); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, deletePasskey, passkey, person)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.NotFound()
		}
		return s.record(ctx, tx, "factor.passkey", audit.Delete, person)
	})
}

// trim leaves the JSON of an answer, or nil for what is none or too big.
func trim(raw json.RawMessage) []byte {
	b := bytes.TrimSpace(raw)
	if len(b) == 0 || len(b) > 64<<10 || b[0] != '{' {
		return nil
	}
	return b
}
