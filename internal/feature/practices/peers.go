package practices

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/jobs"
	"wijkbaak.nl/internal/protocol/practice"
	"wijkbaak.nl/internal/trust/audit"
)

const (
	offersMost  = 500 // that are kept of one instance
	peersMost   = 200
	linesMost   = 1_000_000 // of a log
	incomingFor = 48 * time.Hour
	// heldFor is how long a stranger's message waits for a yes. Afterwards the
	// stranger may send it again.
	heldFor = 30 * 24 * time.Hour
	// At the hourly look this many are asked at a time, each for so long.
	askedAtOnce = 4
	peerTime    = time.Minute
	adoptedMost = 1000
)

// unreachable is the fault of another instance that does not do what it should.
func unreachable(field string, err error) error {
	switch {
	case practice.KindOf(err) != "":
		return bad(field, err)
	case fault.KindOf(err) != fault.KindInternal:
		return err
	case errors.Is(err, errPrivate):
		return invalid(field, "practices.wrong.private")
	case errors.Is(err, errExample):
		return invalid(field, "practices.wrong.example")
	case errors.Is(err, errPlain):
		return invalid(field, "practices.wrong.https")
	case errors.Is(err, statusError(404)):
		return invalid(field, "practices.wrong.nothere")
	}
	return invalid(field, "practices.wrong.unreachable", "why", firstPart(err))
}

// otherKey tells that somebody signs who is not who signed before.
func otherKey(address string) error {
	return &practice.Error{Kind: practice.OtherKey, At: address, Detail: "signed by another key than before"}
}

// meet asks an instance who it is and what it offers. Its key is kept at the
// first meeting; another key later is refused.
func (s *Service) meet(ctx context.Context, address string) (Peer, error) {
	if address == s.Address {
		return Peer{}, invalid("adres", "practices.wrong.self")
	}
	known, found, err := findPeer(ctx, s.DB, selectPeer, address)
	if err != nil {
		return Peer{}, err
	}
	p := known
	var list apiList
	if err := s.askJSON(ctx, api(address, "?limit=100"), &list); err != nil {
		return known, err
	}
	offers := list.offered()
	pages := 1
	for cursor := list.next(); cursor != "" && len(offers) < offersMost && pages < pagesMost; cursor = list.next() {
		pages++
		list = apiList{}
		if err := s.askJSON(ctx, api(address, "?limit=100&cursor="+cursor), &list); err != nil {
			return known, err
		}
		offers = append(offers, list.offered()...)
	}
	if practice.KeyName(list.Key) == "" {
		return known, errors.New("it tells no public key")
	}
	if found && known.Key != list.Key {
		return known, otherKey(address)
	}
	p.Address, p.Key, p.Offers, p.Trouble, p.CheckedAt = address, list.Key, offers, "", s.Clock.Now()
	if !found {
		p.PinnedAt = p.CheckedAt
	}
	return p, s.keep(ctx, p)
}

// keep writes what is known of another instance.
func (s *Service) keep(ctx context.Context, p Peer) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.pin(ctx, tx, p) })
}

func (s *Service) pin(ctx context.Context, tx *db.Tx, p Peer) error {
	if other, found, err := findPeer(ctx, tx, selectByKey, p.Key); err != nil {
		return err
	} else if found && other.Address != p.Address {
		return otherKey(p.Address) // one key, two addresses: one of them borrows it
	}
	n, err := tx.Exec(ctx, insertPeer, p.columns()...)
	if err != nil {
		return err
	}
	if n == 1 {
		if _, err := tx.Exec(ctx, believeTold, p.Address, p.Key); err != nil {
			return err
		}
		return s.note(ctx, tx, "peer.pin", audit.Create, "instance", auditID(p.Address))
	}
	known, _, err := findPeer(ctx, tx, selectPeer, p.Address)
	if err != nil {
		return err
	}
	if known.Key != p.Key {
		return otherKey(p.Address)
	}
	if logSize(known) > logSize(p) { // it was read meanwhile; a log only grows
		p.Checkpoint = known.Checkpoint
	}
	_, err = tx.Exec(ctx, updatePeer, p.Address, p.Checkpoint, db.JSON[[]Offered]{V: p.Offers}, p.Trouble, db.At(p.CheckedAt))
	return err
}

// auditID makes an address fit the log, which takes no odd characters.
func auditID(address string) string {
	id := make([]byte, 0, len(address))
	for i := range len(address) {
		switch c := address[i]; {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '.', c == ':', c == '/', c == '-':
			id = append(id, c)
		default:
			id = append(id, '_')
		}
	}
	return string(id[:min(len(id), 150)])
}

// Meet adds an instance by the address of any of its pages.
func (s *Service) Meet(ctx context.Context, where string) (Peer, error) {
	address, _, err := splitAddress(where)
	if err != nil {
		return Peer{}, invalid("adres", "practices.wrong.address")
	}
	p, err := s.meet(ctx, address)
	if err != nil {
		return p, unreachable("adres", err)
	}
	return p, nil
}

// Peers lists the instances that are known.
func (s *Service) Peers(ctx context.Context, r db.Reader) ([]Peer, error) {
	return db.All(ctx, r, scanPeer, selectPeers, "", peersMost)
}

// Forget drops an instance and its key.
func (s *Service) Forget(ctx context.Context, address string) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.Exec(ctx, deletePeer, address)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.NotFound()
		}
		if _, err := tx.Exec(ctx, doubtTold, address); err != nil {
			return err
		}
		return s.note(ctx, tx, "peer.forget", audit.Delete, "instance", auditID(address))
	})
}

// proven checks that a version stands in the public log of its instance, and that
// the log only grew since we last looked. It gives the checkpoint to remember.
func proven(p Peer, v apiVersion, sha256 string) (string, error) {
	now, err := practice.OpenCheckpoint(v.Checkpoint, p.Key)
	if err != nil {
		return "", err
	}
	inclusion, err := hashes(v.Inclusion)
	if err != nil {
		return "", err
	}
	leaf := practice.Leaf{Name: v.Name, Version: v.Version, SHA256: sha256}
	if err := practice.CheckRecord(now, leaf, v.Leaf, inclusion); err != nil {
		return "", err
	}
	if p.Checkpoint == "" {
		return v.Checkpoint, nil
	}
	before, err := practice.OpenCheckpoint(p.Checkpoint, p.Key)
	if err != nil {
		return "", err
	}
	growth, err := hashes(v.Growth)
	if err != nil {
		return "", err
	}
	return v.Checkpoint, practice.CheckTree(now, before, growth)
}

func hashes(list []string) ([]tlog.Hash, error) {
	if len(list) > 200 {
		return nil, errors.New("a proof of more than 200 lines")
	}
	out := make([]tlog.Hash, len(list))
	for i, s := range list {
		h, err := tlog.ParseHash(s)
		if err != nil {
			return nil, fmt.Errorf("line %d of a proof: %w", i, err)
		}
		out[i] = h
	}
	return out, nil
}

// CheckLog reads the whole public log of an instance and checks that no line of it
// was ever changed, removed or given to two packages. It gives how many there are.
func (s *Service) CheckLog(ctx context.Context, address string) (int, error) {
	p, found, err := findPeer(ctx, s.DB, selectPeer, address)
	if err != nil || !found {
		return 0, errors.Join(err, fault.NotFound())
	}
	n, err := s.checkLog(ctx, &p)
	if err != nil {
		return 0, unreachable("adres", err)
	}
	return n, s.keep(ctx, p)
}

func (s *Service) checkLog(ctx context.Context, p *Peer) (int, error) {
	var leaves []practice.Leaf
	signed := ""
	for pages := 0; ; pages++ {
		if pages >= logPagesMost {
			return 0, errors.New("its log comes in too many pieces")
		}
		var part apiLog
		if err := s.askJSON(ctx, api(p.Address, "/log?from="+strconv.Itoa(len(leaves))), &part); err != nil {
			return 0, err
		}
		if signed == "" {
			signed = part.Checkpoint
		}
		for _, line := range part.Lines {
			leaf, err := practice.ParseLeaf(line)
			if err != nil {
				return 0, err
			}
			leaves = append(leaves, leaf)
		}
		if len(part.Lines) == 0 || part.Links.Next == nil || len(leaves) > linesMost {
			break
		}
	}
	if signed == "" && p.Checkpoint == "" && len(leaves) == 0 {
		return 0, nil // nothing was ever offered
	}
	now, err := practice.OpenCheckpoint(signed, p.Key)
	if err != nil {
		return 0, err
	}
	var before *practice.Checkpoint
	if p.Checkpoint != "" {
		c, err := practice.OpenCheckpoint(p.Checkpoint, p.Key)
		if err != nil {
			return 0, err
		}
		before = &c
	}
	if _, err := practice.VerifyLog(leaves, now, before); err != nil {
		return 0, err
	}
	p.Checkpoint, p.Trouble, p.CheckedAt = signed, "", s.Clock.Now()
	return len(leaves), nil
}

// logSize is the size of the log when we last looked; 0 if we never did.
func logSize(p Peer) int64 {
	c, err := practice.OpenCheckpoint(p.Checkpoint, p.Key)
	if err != nil {
		return 0
	}
	return c.Size
}

func sizeOf(p Peer) string { return strconv.FormatInt(logSize(p), 10) }

// round is what there is to ask of one other instance.
type round struct {
	peer    Peer
	known   bool
	adopted []Adopted
}

// rounds gathers what there is to ask, by address.
func (s *Service) rounds(ctx context.Context) ([]*round, error) {
	peers, err := s.Peers(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	adopted, err := db.All(ctx, s.DB, scanAdopted, selectAllAdopted, "", adoptedMost)
	if err != nil {
		return nil, err
	}
	var list []*round
	at := map[string]*round{}
	of := func(address string) *round {
		if at[address] == nil {
			at[address] = &round{}
			list = append(list, at[address])
		}
		return at[address]
	}
	for _, p := range peers {
		o := of(p.Address)
		o.peer, o.known = p, true
	}
	for _, a := range adopted {
		o := of(a.Address)
		o.adopted = append(o.adopted, a)
	}
	return list, nil
}

// visit looks what another instance offers, and fetches what was measured with what
// was taken from there. It takes no longer than our patience with one.
func (s *Service) visit(ctx context.Context, o *round) error {
	short, stop := context.WithTimeout(ctx, s.patience)
	defer stop()
	if o.known {
		if _, err := s.meet(short, o.peer.Address); err != nil {
			o.peer.Trouble, o.peer.CheckedAt = firstPart(err), s.Clock.Now()
			return s.keep(ctx, o.peer)
		}
	}
	for _, a := range o.adopted {
		// An origin that does not answer now answers another hour.
		if err := s.fetchResults(short, a); err != nil && short.Err() == nil && fault.KindOf(err) == fault.KindUnavailable {
			return err
		}
	}
	return nil
}

// Tend is done every hour: look what others offer, fetch what they measured, send
// what still waits, and drop what nobody said yes to. Some are asked at a time, so
// that one that is slow does not keep the others waiting.
func (s *Service) Tend(ctx context.Context, _ []byte) error {
	list, err := s.rounds(ctx)
	if err != nil {
		return err
	}
	errs := make([]error, len(list))
	var all sync.WaitGroup
	places := make(chan struct{}, askedAtOnce)
	for i, o := range list {
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			errs[i] = s.visit(ctx, o)
		})
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, deleteOldIncoming, db.At(s.Clock.Now().Add(-incomingFor))); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, deleteOldHeld, db.At(s.Clock.Now().Add(-heldFor))); err != nil {
			return err
		}
		waiting, err := db.All(ctx, tx, scanSent, selectWaiting)
		if err != nil {
			return err
		}
		for _, w := range waiting {
			if err := jobs.Enqueue(ctx, tx, jobSend, sendJob{w.RowID}, jobs.Unique(w.RowID)); err != nil {
				return err
			}
		}
		return nil
	})
}

// firstPart is what a page tells of an error, without the addresses of our own
// network that one may hold.
func firstPart(err error) string {
	text := err.Error()
	if e, ok := errors.AsType[*net.DNSError](err); ok {
		text = e.Name + ": " + e.Err
	} else if e, ok := errors.AsType[*net.OpError](err); ok {
		text = e.Err.Error()
	}
	s := []rune(text)
	return string(s[:min(len(s), 300)])
}
