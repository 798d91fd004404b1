package practices

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/protocol/practice"
	"wijkbaak.nl/internal/trust/access"
)

// TestAListWithoutEnd: an instance that always has a next page does not keep the
// hourly job busy for ever.
func TestAListWithoutEnd(t *testing.T) {
	two(t, func(t *testing.T, a, b *town) {
		var asked atomic.Int64
		a.tamper = func(path string, body []byte) []byte {
			next := `{"next":{"href":"/api/v1/practices?cursor=a.b"}}`
			n := asked.Add(1)
			if n > 600 { // so that the test ends where the program does not
				next = `{}`
			}
			switch {
			case path == "/api/v1/practices":
				return []byte(`{"publicKey":"` + a.Key.Public() + `","practices":[],"_links":` + next + `}`)
			case strings.HasSuffix(path, "/log"):
				leaf := practice.Leaf{Name: "a.b", Version: "1.0.0", SHA256: strings.Repeat("0", 64)}
				line, err := json.Marshal(leaf.String())
				b.must(err)
				return []byte(`{"lines":[` + string(line) + `],"_links":` + next + `}`)
			}
			return body
		}
		if _, err := b.Meet(b.ctx(), a.Address); err != nil {
			t.Fatal(err)
		}
		if n := asked.Load(); n > 50 {
			t.Errorf("%d pages were asked for", n)
		}
		asked.Store(0)
		if _, err := b.CheckLog(b.ctx(), a.Address); err == nil {
			t.Error("a log without end is taken for right")
		}
		if n := asked.Load(); n > 500 {
			t.Errorf("%d pages of the log were asked for", n)
		}
	})
}

// sends makes a message that somebody signed.
func (w *town) sends(k practice.Key, sender, id string) (Message, string) {
	w.t.Helper()
	m := Message{ID: id, Practice: "waterstad.beeldzorg", Version: "1.0.0", Sender: sender, Name: "Gemeente", At: start,
		Results: []Result{{Indicator: "rust", Name: "Rust", Unit: "%", N: 40, Value: 80}}}
	content, err := json.Marshal(m)
	w.must(err)
	signed, err := k.Sign(resultKind, string(content))
	w.must(err)
	return m, signed
}

// TestYesIsForOneSender: who signs for two addresses is not believed about the
// second because somebody said yes to the first.
func TestYesIsForOneSender(t *testing.T) {
	two(t, func(t *testing.T, a, _ *town) {
		a.initiative("beeldzorg", example)
		a.offers("beeldzorg", anOffer("1.0.0"))
		k, _, err := practice.NewKey("dorp.example")
		a.must(err)
		for sender, id := range map[string]string{"https://dorp.example": "bericht-1", "https://stad.example": "bericht-2"} {
			_, signed := a.sends(k, sender, id)
			state, err := a.Receive(a.ctx(), "waterstad.beeldzorg", signed)
			a.must(err)
			if state != StateHeld {
				t.Errorf("the message of %s is %s", sender, state)
			}
		}
		a.must(a.Judge(a.ctx(), k.Public(), "bericht-1", true))
		list, err := a.Takers(a.ctx(), a.DB, "waterstad.beeldzorg")
		a.must(err)
		if len(list) != 1 || list[0].Sender != "https://dorp.example" {
			t.Errorf("believed: %+v", list)
		}
		all, err := db.All(a.ctx(), a.DB, scanReceived, selectReceived, "", "waterstad.beeldzorg", StateAccepted)
		a.must(err)
		if len(all) != 1 {
			t.Errorf("%d messages were accepted", len(all))
		}
	})
}

// TestAnOriginCannotSpeakForOthers: what an origin hands on in the name of an
// instance we know counts only with the key of that instance, and nothing it hands
// on speaks for us.
func TestAnOriginCannotSpeakForOthers(t *testing.T) {
	two(t, func(t *testing.T, a, b *town) {
		a.initiative("beeldzorg", example)
		a.offers("beeldzorg", anOffer("1.0.0"))
		slug := b.takes(a.Address+Path("waterstad.beeldzorg"), "Beeldzorg")
		known, _, err := practice.NewKey("dorp.example")
		b.must(err)
		evil, _, err := practice.NewKey("dorp.example")
		b.must(err)
		b.must(b.keep(b.ctx(), Peer{Address: "https://dorp.example", Key: known.Public(), PinnedAt: start}))
		b.must(a.DB.Write(a.ctx(), func(ctx context.Context, tx *db.Tx) error {
			var errs []error
			for id, of := range map[string]struct {
				key    practice.Key
				sender string
			}{"van-dorp-zelf": {known, "https://dorp.example"}, "als-dorp": {evil, "https://dorp.example"}, "als-wij": {evil, b.Address},
				"sleutel-geleend": {known, "https://elders.example"}} {
				m, signed := b.sends(of.key, of.sender, id)
				errs = append(errs, a.store(ctx, tx, Received{Message: m, Key: of.key.Public(), Signed: signed, State: StateAccepted}))
			}
			return errors.Join(errs...)
		}))
		adopted, err := b.AdoptedOf(b.ctx(), slug)
		b.must(err)
		b.must(b.fetchResults(b.ctx(), adopted))
		list, err := db.All(b.ctx(), b.DB, scanReceived, selectReceived, a.Key.Public(), "waterstad.beeldzorg", StateAccepted)
		b.must(err)
		if len(list) != 1 || list[0].ID != "van-dorp-zelf" {
			for _, m := range list {
				t.Errorf("taken: %s of %s", m.ID, m.Sender)
			}
		}
	})
}

// TestACheckpointOnlyGrows: whoever writes down late what was read of an instance
// does not make us forget how far its log was.
func TestACheckpointOnlyGrows(t *testing.T) {
	two(t, func(t *testing.T, a, b *town) {
		a.initiative("beeldzorg", example)
		a.offers("beeldzorg", anOffer("1.0.0"))
		b.takes(a.Address+Path("waterstad.beeldzorg"), "Beeldzorg")
		early, _, err := findPeer(b.ctx(), b.DB, selectPeer, a.Address)
		b.must(err)
		a.offers("beeldzorg", anOffer("1.1.0"))
		if _, err := b.CheckLog(b.ctx(), a.Address); err != nil {
			t.Fatal(err)
		}
		early.Trouble = "no answer"
		b.must(b.keep(b.ctx(), early))
		now, _, err := findPeer(b.ctx(), b.DB, selectPeer, a.Address)
		b.must(err)
		if got := sizeOf(now); got != "2" || now.Trouble != "no answer" {
			t.Errorf("the log is remembered at %s lines, trouble %q", got, now.Trouble)
		}
	})
}

// TestWhatWaitsIsBounded: one person cannot fill the disk with packages that wait
// for a yes; the oldest go.
func TestWhatWaitsIsBounded(t *testing.T) {
	two(t, func(t *testing.T, a, b *town) {
		a.initiative("beeldzorg", example)
		a.offers("beeldzorg", anOffer("1.0.0"))
		var first, newest string
		for k := range waitingMost + 3 {
			in, err := b.Fetch(b.ctx(), a.Address+Path("waterstad.beeldzorg"), "", "")
			b.must(err)
			if newest = in; k == 0 {
				first = in
			}
			b.clock.Advance(time.Second)
		}
		list, err := db.All(b.ctx(), b.DB, scanAct, exportIncoming, lead.Person)
		b.must(err)
		if len(list) != waitingMost {
			t.Errorf("%d packages wait", len(list))
		}
		if _, err := b.Look(b.ctx(), newest); err != nil {
			t.Error("the newest is gone:", err)
		}
		if _, err := b.Look(b.ctx(), first); err == nil {
			t.Error("the oldest is still there")
		}
	})
}

// TestEveryWayInside: no spelling of an address of our own network passes.
func TestEveryWayInside(t *testing.T) {
	for _, text := range []string{"127.0.0.1", "0.0.0.0", "0.1.2.3", "10.1.2.3", "169.254.169.254", "192.168.1.1", "172.16.0.1", "100.64.0.1", "192.0.0.8",
		"192.88.99.1", "224.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::7f00:1", "::ffff:0:7f00:1", "fc00::1", "fe80::1", "fec0::1",
		"64:ff9b::7f00:1", "64:ff9b:1::7f00:1", "2002:7f00:1::", "2001::1", "ff02::1", "2001:db8::1", "100::1"} {
		if outside(netip.MustParseAddr(text).Unmap()) {
			t.Errorf("%s counts as the public internet", text)
		}
	}
	for _, text := range []string{"193.0.6.139", "2a00:1188::5", "2001:67c:2e8::1"} {
		if !outside(netip.MustParseAddr(text)) {
			t.Errorf("%s is refused", text)
		}
	}
}

// TestTroubleTellsNothingOfOurNetwork: an editor who types an address reads that the
// name is unknown, not where our name server stands.
func TestTroubleTellsNothingOfOurNetwork(t *testing.T) {
	inner := &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "stad.example.nl", Server: "10.20.30.40:53"}}
	for _, text := range []string{firstPart(inner), errorText(t, unreachable("adres", inner))} {
		if strings.Contains(text, "10.20.30.40") || !strings.Contains(text, "no such host") {
			t.Errorf("it tells %q", text)
		}
	}
}

// errorText is what a fault says beside its field.
func errorText(t *testing.T, err error) string {
	t.Helper()
	for _, f := range fault.FieldsOf(err) {
		for _, a := range f.Args {
			if s, ok := a.(string); ok && s != "why" {
				return s
			}
		}
	}
	t.Fatalf("no words: %v", err)
	return ""
}

// TestAFileVouchesForNobody: what somebody carries in may say that it is of any
// instance. A project leader can take it over, and does not make its key that of
// the instance: the real one would be refused from then on.
func TestAFileVouchesForNobody(t *testing.T) {
	two(t, func(t *testing.T, a, b *town) {
		a.initiative("beeldzorg", example)
		a.offers("beeldzorg", anOffer("1.0.0"))
		data, err := a.Package(a.ctx(), a.DB, "waterstad.beeldzorg", "1.0.0")
		b.must(err)
		evil, _, err := practice.NewKey("waterstad.test")
		b.must(err)
		signed, err := evil.SignPackage("waterstad.beeldzorg", "1.0.0", data)
		b.must(err)
		take := func(who access.Actor) {
			t.Helper()
			ctx := access.With(t.Context(), who)
			id, err := b.TakeFile(ctx, data, signed, "")
			b.must(err)
			_, err = b.Adopt(ctx, id, Yes{Name: "Van een stick", Organisation: "org", Answers: map[string]string{"gemeente": "Heuvelrijk"}, Trust: true})
			b.must(err)
		}
		leader := lead
		leader.Grants = lead.Grants[:1]
		take(leader)
		if _, found, err := findPeer(b.ctx(), b.DB, selectPeer, a.Address); err != nil || found {
			t.Errorf("the key of the file counts as that of the instance (%v)", err)
		}
		if _, err := b.Meet(b.ctx(), a.Address); err != nil {
			t.Error("the real one is refused:", err)
		}
	})
}
