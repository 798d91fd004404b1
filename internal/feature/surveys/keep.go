package surveys

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/limit"
	"wijkbaak.nl/internal/base/returncode"
	"wijkbaak.nl/internal/protocol/fhir"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

// How long is kept what stands under a return code: half of it filled in, and
// whole. What is in an account stays until its person removes it.
const (
	BusyTerm     = 90 * 24 * time.Hour
	CompleteTerm = 2 * 365 * 24 * time.Hour
	countedTerm  = 400 * 24 * time.Hour
)

// codeOf makes the return code of a form: a form that is sent twice so is kept
// once, and only we can make the code of its key.
func (s *Service) codeOf(key string) returncode.Code {
	h := hmac.New(sha256.New, s.Key)
	h.Write([]byte("wijkbaak survey code 1\x00" + key)) //nolint:errcheck // a hash never fails
	return returncode.New(bytes.NewReader(h.Sum(nil)))
}

// fill works out what is asked with the answers of a state.
func (s *Service) fill(ctx context.Context, p *Parsed, a fhir.Answers, calculate bool) (fhir.Filled, error) {
	ctx, cancel := context.WithTimeout(ctx, timeMost)
	defer cancel()
	f, err := p.Form.Fill(ctx, a, s.read.evaluate(s.Clock.Now(), p), calculate)
	if errors.Is(err, context.DeadlineExceeded) {
		err = fault.Unavailable("surveys.wrong.slow", err)
	}
	return f, err
}

// keepState keeps what is in a form, and gives the address to come back to. It is
// called again for each page of what is kept already.
func (s *Service) keepState(ctx context.Context, p *Parsed, st *state, to State) (path string, err error) {
	a := access.Of(ctx)
	if p.Status == Draft {
		return "", fault.Conflict("surveys.wrong.draft")
	}
	if st.Channel == Paper && !MayEnter(a, p.Survey) {
		return "", fault.Denied()
	}
	if st.Response == "" && !a.SignedIn() {
		if wait := s.keeps.Take("address:" + limit.Network(a.Address)); wait > 0 {
			return "", fault.TooMany(wait)
		}
	}
	f, err := s.fill(ctx, p, st.answers(p.Form), to == Complete)
	if err != nil {
		return "", err
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		path, err = s.keepIn(ctx, tx, p, st, &f, to)
		return err
	})
	return path, err
}

func (s *Service) keepIn(ctx context.Context, tx *db.Tx, p *Parsed, st *state, f *fhir.Filled, to State) (string, error) {
	a, now := access.Of(ctx), s.Clock.Now()
	v := Response{ID: st.Response, Survey: p.ID, URL: p.URL, Slug: p.Slug, Series: st.Series, State: to, Channel: st.Channel, Started: now, Changed: now}
	if to == Complete {
		v.Completed = now
	}
	code, text := s.codeOf(st.Key), st.Code
	switch {
	case st.Code != "":
		var err error
		if code, err = returncode.Parse(st.Code); err != nil {
			return "", fault.Invalid(fault.Field{Name: "code", Key: "surveys.wrong.code"})
		}
	case a.SignedIn() && st.Channel != Paper:
		v.Person = a.Person
	default:
		text = code.String()
	}
	if st.Channel == Paper {
		v.EnteredBy = a.Person
	}
	if st.Response == "" {
		v.ID = s.IDs()
		if v.Series == "" {
			v.Series = v.ID
		}
	}
	var err error
	if v.Answers, err = write(f, v); err != nil {
		return "", err
	}
	if st.Response == "" {
		added, err := addResponse(ctx, tx, v, code.Hash(s.Key))
		if err != nil {
			return "", err
		}
		if added {
			return address(v, text), s.record(ctx, tx, "survey.keep", audit.Create, "survey-response", v.ID)
		}
		old, err := db.One(ctx, tx, scanResponse, selectByCode, code.Hash(s.Key))
		if err != nil {
			return "", err
		}
		if st.Channel == Paper && (old.Survey != p.ID || old.State == Complete && !bytes.Equal(old.Answers, answersOf(f, old))) {
			return "", fault.Invalid(fault.Field{Name: "code", Key: "surveys.wrong.codeused"})
		}
		st.Response = old.ID
	}
	old, err := db.One(ctx, tx, scanResponse, selectResponse, st.Response)
	if fault.KindOf(err) == fault.KindNotFound || err == nil && (old.Person != "" && old.Person != a.Person || old.Survey != p.ID) {
		return "", fault.NotFound() // removed meanwhile, or of another account
	}
	if err != nil {
		return "", err
	}
	if old.State == Complete && to == Busy {
		return address(old, text), nil // what was sent stays as it was sent
	}
	if old.State == Complete { // sent twice it is the same; once sent it does not become other
		if !bytes.Equal(old.Answers, answersOf(f, old)) {
			return "", fault.Conflict("surveys.wrong.sent")
		}
		return address(old, text), nil
	}
	if v.Answers = answersOf(f, Response{ID: old.ID, State: to, Channel: old.Channel, Changed: now}); v.Answers == nil {
		return "", errors.New("the answers cannot be written")
	}
	n, err := tx.Exec(ctx, updateResponse, old.ID, string(to), string(v.Answers), db.At(now), db.At(v.Completed))
	if err == nil && n == 0 { // it was sent just now
		err = fault.Conflict("surveys.wrong.sent")
	}
	if err != nil {
		return "", err
	}
	if to == Busy {
		return address(old, text), nil
	}
	return address(old, text), s.record(ctx, tx, "survey.finish", audit.Update, "survey-response", old.ID)
}

// write makes the resource of what was filled in.
func write(f *fhir.Filled, v Response) ([]byte, error) {
	return f.Write(fhir.Response{ID: v.ID, Status: string(v.State), Authored: v.Changed,
		Tags: []fhir.Coding{{System: SystemChannel, Code: string(v.Channel)}}})
}

func answersOf(f *fhir.Filled, v Response) []byte {
	b, err := write(f, v)
	if err != nil {
		return nil
	}
	return b
}

// address is where what is kept can be read again.
func address(v Response, code string) string {
	if v.Person != "" {
		return base + "/mijn/" + v.ID
	}
	return base + "/terug/" + code
}

// Answered gives what was wholly filled in with the published survey at an address,
// as it travels in a form; nothing of it is kept.
func (s *Service) Answered(ctx context.Context, slug, form string) (*Parsed, fhir.Answers, error) {
	st, ok := s.unpack(form)
	if !ok {
		return nil, nil, errState()
	}
	p, err := s.Version(ctx, st.Survey)
	if err == nil && (p.Slug != slug || p.Status == Draft) {
		err = errState()
	}
	if err != nil {
		return nil, nil, err
	}
	f, err := s.fill(ctx, p, st.answers(p.Form), true)
	if err == nil && len(f.Check()) > 0 {
		err = errState()
	}
	return p, f.Answers, err
}

// Kept is something that was kept, with its version.
type Kept struct {
	Response
	*Parsed
	Answers fhir.Answers
}

func (s *Service) kept(ctx context.Context, v Response) (Kept, error) {
	k := Kept{Response: v}
	row, err := db.One(ctx, s.DB, scanSurvey, selectSurvey, v.Survey)
	if err != nil {
		return k, err
	}
	if k.Parsed, err = s.open(row); err != nil {
		return k, err
	}
	r, _, err := k.Form.ReadResponse(v.Answers)
	k.Answers = r.Answers
	return k, err
}

// ByCode gives what stands under a return code.
func (s *Service) ByCode(ctx context.Context, typed string) (Kept, returncode.Code, error) {
	code, err := returncode.Parse(typed)
	if err != nil {
		return Kept{}, code, fault.Invalid(fault.Field{Name: "code", Key: "surveys.wrong.code"})
	}
	v, err := db.One(ctx, s.DB, scanResponse, selectByCode, code.Hash(s.Key))
	if err == nil && v.Person != "" {
		err = fault.NotFound()
	}
	if err != nil {
		return Kept{}, code, err
	}
	k, err := s.kept(ctx, v)
	return k, code, err
}

// Own gives something from the actor's own account.
func (s *Service) Own(ctx context.Context, id string) (Kept, error) {
	v, err := db.One(ctx, s.DB, scanResponse, selectResponse, id)
	if a := access.Of(ctx); err == nil && (v.Person == "" || v.Person != a.Person) {
		err = fault.NotFound()
	}
	if err != nil {
		return Kept{}, err
	}
	return s.kept(ctx, v)
}

// ownMost bounds the page of what somebody filled in.
const ownMost = 200

// Mine lists what the actor's account keeps, the newest first.
func (s *Service) Mine(ctx context.Context) ([]Kept, error) {
	a := access.Of(ctx)
	if !a.SignedIn() {
		return nil, fault.Denied()
	}
	rows, err := db.All(ctx, s.DB, scanResponse, selectOwn, a.Person, last, ownMost)
	if err != nil {
		return nil, err
	}
	list := make([]Kept, 0, len(rows))
	for _, v := range rows {
		k, err := s.kept(ctx, v)
		if err != nil {
			return nil, err
		}
		list = append(list, k)
	}
	return list, nil
}

// Drop removes what is kept, for who has its code or its account.
func (s *Service) Drop(ctx context.Context, k Kept) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, deleteResponse, k.Response.ID); err != nil {
			return err
		}
		return s.record(ctx, tx, "survey.drop", audit.Delete, "survey-response", k.Response.ID)
	})
}

// Claim moves what stands under a code to the actor's account; the code then ends.
func (s *Service) Claim(ctx context.Context, typed string) (string, error) {
	a := access.Of(ctx)
	if !a.SignedIn() {
		return "", fault.Denied()
	}
	k, _, err := s.ByCode(ctx, typed)
	if err != nil {
		return "", err
	}
	id := k.Response.ID
	return id, s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.Exec(ctx, claimResponse, id, a.Person)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.NotFound()
		}
		return s.record(ctx, tx, "survey.claim", audit.Update, "survey-response", id)
	})
}

// resume makes the state with which somebody goes on with what is kept.
func (k Kept) resume(code string) state {
	st := state{Survey: k.Parsed.ID, Key: newKey(), Channel: k.Channel, Response: k.Response.ID, Code: code, Series: k.Series}
	st.take(k.Form, k.Answers)
	return st
}

// again makes the state with which somebody fills in the newest version once more,
// as the next after this one.
func (s *Service) again(ctx context.Context, k Kept) (state, *Parsed, error) {
	p, err := s.Current(ctx, k.Response.Slug)
	if err != nil {
		return state{}, nil, err
	}
	return state{Survey: p.ID, Key: newKey(), Channel: Screen, Series: k.Response.ID}, p, nil
}

// Forget removes what was kept for its term.
func (s *Service) Forget(ctx context.Context) error {
	now := s.Clock.Now()
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for query, term := range map[string]time.Duration{deleteOldBusy: BusyTerm, deleteOldComplete: CompleteTerm, deleteOldCounted: countedTerm} {
			if _, err := tx.Exec(ctx, query, db.At(now.Add(-term))); err != nil {
				return err
			}
		}
		return nil
	})
}
