package practices

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/decimal"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/jobs"
	"wijkbaak.nl/internal/base/limit"
	"wijkbaak.nl/internal/protocol/practice"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

type sendJob struct {
	ID string `json:"id"`
}

// Pick is a figure that somebody chose to send, with its spread as typed.
type Pick struct{ Pilot, Indicator, SD string }

// Sendable gives the figures of an initiative that can go out: those of ten
// people or more, with a value.
func (s *Service) Sendable(ctx context.Context, r db.Reader, initiative string) ([]Figure, error) {
	list, err := s.Figures.OfInitiative(ctx, r, initiative)
	return slices.DeleteFunc(slices.Clone(list), func(f Figure) bool { return f.Value == nil || f.N < CountLeast }), err
}

// Send sends chosen figures of an initiative to where it was taken from. It goes
// out by a job, at once or when there is a connection again.
func (s *Service) Send(ctx context.Context, initiative string, picks []Pick) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		a, err := s.mine(ctx, tx, initiative)
		if err != nil {
			return err
		}
		figures, err := s.Sendable(ctx, tx, initiative)
		if err != nil {
			return err
		}
		var results []Result
		for _, f := range figures {
			i := slices.IndexFunc(picks, func(p Pick) bool { return p.Indicator == f.Indicator && p.Pilot == f.Pilot })
			if i < 0 {
				continue
			}
			if slices.ContainsFunc(results, func(r Result) bool { return r.Indicator == f.Indicator }) {
				return invalid("cijfers", "practices.wrong.twice", "name", f.Name)
			}
			r := f.result()
			r.Design = f.Design
			if picks[i].SD != "" {
				sd, err := decimal.Parse(picks[i].SD)
				if err != nil || sd < 0 {
					return invalid("spreiding-"+f.Pilot+"-"+f.Indicator, "practices.wrong.sd")
				}
				r.SD = &sd
			}
			results = append(results, r)
		}
		if len(results) == 0 {
			return invalid("cijfers", "practices.wrong.nothing")
		}
		if err := s.queue(ctx, tx, a, results); err != nil {
			return err
		}
		return s.note(ctx, tx, "results.send", audit.Execute, "initiative", initiative)
	})
}

// result is a figure as it is sent and summed up.
func (f Figure) result() Result {
	return Result{Indicator: f.Indicator, Name: f.Name, Unit: f.Unit, N: f.N, Value: *f.Value, Baseline: f.Baseline, SD: f.Spread}
}

// queue signs a message and puts it in line.
func (s *Service) queue(ctx context.Context, tx *db.Tx, a Adopted, results []Result) error {
	m := Message{ID: s.IDs(), Practice: a.Name, Origin: a.Key, Version: a.Version, Sender: s.Address, Name: s.Name, At: s.Clock.Now().UTC(), Results: results}
	if m.Results == nil {
		m.Results = []Result{}
	}
	if err := m.check(); err != nil {
		return err
	}
	content, err := json.Marshal(m)
	if err != nil {
		return err
	}
	signed, err := s.Key.Sign(resultKind, string(content))
	if err != nil {
		return err
	}
	id := s.IDs()
	if _, err := tx.Exec(ctx, insertSent, id, a.Initiative, a.Address, a.Name, string(content), signed, "", db.At(m.At), db.Time{}, db.Null(access.Of(ctx).Person)); err != nil {
		return err
	}
	return jobs.Enqueue(ctx, tx, jobSend, sendJob{id}, jobs.Unique(id))
}

// deliver is the job that hands a message over.
func (s *Service) deliver(ctx context.Context, j sendJob) error {
	v, err := db.One(ctx, s.DB, scanSent, selectSent, j.ID)
	if err != nil || !v.SentAt.IsZero() {
		if fault.KindOf(err) == fault.KindNotFound {
			return nil
		}
		return err
	}
	body, err := json.Marshal(apiSigned{Signed: v.Signed})
	if err != nil {
		return err
	}
	_, failure := s.ask(ctx, http.MethodPost, api(v.Address, "/"+v.Practice+"/results"), body, pageMost)
	sent, trouble := db.Time{}, ""
	status, answered := errors.AsType[statusError](failure)
	final := answered && status >= 400 && status < 500 && status != http.StatusTooManyRequests && status != http.StatusRequestTimeout
	if failure != nil {
		trouble = firstPart(failure)
	}
	if failure == nil || final {
		sent = db.At(s.Clock.Now())
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, markSent, v.RowID, sent, trouble)
		return err
	})
	if final {
		return err // trying again does not help; the page says what was answered
	}
	return errors.Join(failure, err)
}

// Receive takes a message in that its sender signed. The same message again is
// ignored; one of a sender that nobody knows is held until somebody says yes.
func (s *Service) Receive(ctx context.Context, name, signed string) (state string, err error) {
	return s.receive(ctx, name, signed, "")
}

// full is what a stranger hears when there is no room for more.
func full(wait time.Duration) error {
	return &fault.Error{Kind: fault.KindTooMany, Key: "practices.wrong.full", Retry: wait}
}

// receive is Receive from a network; "" is none.
func (s *Service) receive(ctx context.Context, name, signed, network string) (state string, err error) {
	m, key, err := openMessage(signed)
	if err != nil {
		return "", bad("signed", err)
	}
	if m.Practice != name || m.Origin != "" && m.Origin != s.Key.Public() {
		return "", invalid("signed", "practices.wrong.message")
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, err := db.One(ctx, tx, scanPractice, selectPractice, name)
		if err != nil {
			return err
		}
		if _, err := db.One(ctx, tx, scanVersion, selectVersion, p.Name, m.Version); err != nil {
			return err
		}
		if key == s.Key.Public() {
			return invalid("signed", "practices.wrong.self")
		}
		peer, known, err := findPeer(ctx, tx, selectPeer, m.Sender)
		if err != nil {
			return err
		}
		if known && peer.Key != key {
			return bad("signed", otherKey(m.Sender))
		}
		if state = StateAccepted; !known {
			state = StateHeld
			old, err := db.One(ctx, tx, scanReceived, selectOneHeld, key, m.ID)
			if err == nil {
				state = old.State
				return nil // it was here already
			}
			if fault.KindOf(err) != fault.KindNotFound {
				return err
			}
			if err := s.room(ctx, tx, key, m.Sender, network); err != nil {
				return err
			}
		}
		return s.store(ctx, tx, Received{Message: m, Key: key, State: state, Signed: signed})
	})
	return state, err
}

// room sees to it that there is room to hold one more message of a stranger. The
// oldest of the same sender makes room; nothing of another does.
func (s *Service) room(ctx context.Context, tx *db.Tx, key, sender, network string) error {
	held, err := db.All(ctx, tx, db.Value[string], selectHeldOf, key)
	if err != nil {
		return err
	}
	for _, old := range held[min(len(held), heldOfOne-1):] {
		if _, err := tx.Exec(ctx, deleteHeld, key, old); err != nil {
			return err
		}
	}
	if n, err := db.One(ctx, tx, db.Value[int64], countHeldFrom, sender); err != nil || n >= heldFrom {
		return errors.Join(err, full(heldRetry))
	}
	if n, err := db.One(ctx, tx, db.Value[int64], countHeldOfState, StateHeld); err != nil || n >= heldMost {
		return errors.Join(err, full(heldRetry))
	}
	if network == "" {
		return nil
	}
	if wait := s.strangers.Take(limit.Network(network)); wait > 0 {
		return full(wait)
	}
	return nil
}

func (s *Service) store(ctx context.Context, tx *db.Tx, v Received) error {
	content, err := json.Marshal(v.Message)
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, insertReceived, v.Key, v.ID, v.From, v.Practice, v.State, v.Sender, v.Via, string(content), v.Signed, db.At(v.At), db.At(s.Clock.Now()))
	if err != nil || n == 0 {
		return err
	}
	return s.note(ctx, tx, "results.receive", audit.Create, "practice", v.Practice)
}

// openMessage reads a signed message.
func openMessage(signed string) (Message, string, error) {
	var m Message
	lines, key, err := practice.Open(resultKind, signed)
	if err != nil {
		return m, "", err
	}
	if len(lines) != 1 {
		err = errors.New("it is not one line")
	} else if err = json.Unmarshal([]byte(lines[0]), &m); err == nil {
		err = m.check()
	}
	if err != nil {
		return m, "", &practice.Error{Kind: practice.Broken, Detail: err.Error()}
	}
	m.Sender, err = cleanAddress(m.Sender)
	return m, key, err
}

// Held gives the messages of senders that nobody has said yes to.
func (s *Service) Held(ctx context.Context, r db.Reader) ([]Received, error) {
	return db.All(ctx, r, scanReceived, selectHeld, StateHeld)
}

// Judge says yes or no to a sender: yes keeps its key, so that what comes later is
// taken at once.
func (s *Service) Judge(ctx context.Context, key, message string, accept bool) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		v, err := db.One(ctx, tx, scanReceived, selectOneHeld, key, message)
		if err != nil {
			return err
		}
		if v.State != StateHeld {
			return nil // somebody else was first
		}
		state := StateRefused
		if accept {
			state = StateAccepted
			if err := s.pin(ctx, tx, Peer{Address: v.Sender, Key: key, PinnedAt: s.Clock.Now()}); err != nil {
				return bad("afzender", err)
			}
		}
		if _, err := tx.Exec(ctx, judgeReceived, key, state, v.Sender); err != nil {
			return err
		}
		return s.note(ctx, tx, "results.judge", audit.Update, "instance", auditID(v.Sender))
	})
}

// fetchResults brings in what other municipalities measured with the same
// practice, from where it was taken. Each message carries a signature. Only of a
// sender that we met ourselves do we know that it is its own; the rest is what the
// origin tells.
func (s *Service) fetchResults(ctx context.Context, a Adopted) error {
	var list apiMessages
	if err := s.askJSON(ctx, api(a.Address, "/"+a.Name+"/results"), &list); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		told, err := db.One(ctx, tx, db.Value[int64], countTold, a.Key, a.Name)
		if err != nil {
			return err
		}
		for _, one := range list.Messages {
			m, key, err := openMessage(one.Signed)
			if err != nil || m.Practice != a.Name || m.Origin != "" && m.Origin != a.Key || key == s.Key.Public() {
				continue // the others count nonetheless
			}
			state, err := s.ofWhom(ctx, tx, m.Sender, key)
			if err != nil {
				return err
			}
			if state == StateTold {
				told++
			}
			if state == StateRefused || state == StateTold && told > toldMost {
				continue
			}
			if err := s.store(ctx, tx, Received{Message: m, Key: key, State: state, Signed: one.Signed, From: a.Key, Via: a.Address}); err != nil {
				return err
			}
		}
		return nil
	})
}

// ofWhom tells what a key is worth that speaks for a sender and came by another:
// accepted of an instance that we met, told of one that we did not. It may not speak
// for us, for an instance that we know by another key, or for two at once.
func (s *Service) ofWhom(ctx context.Context, r db.Reader, sender, key string) (string, error) {
	at, known, err := findPeer(ctx, r, selectPeer, sender)
	if err != nil || sender == s.Address || known && at.Key != key {
		return StateRefused, err
	}
	if known {
		return StateAccepted, nil
	}
	_, other, err := findPeer(ctx, r, selectByKey, key)
	if err != nil || other {
		return StateRefused, err
	}
	return StateTold, nil
}
