package practices

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/protocol/practice"
)

// relays has an origin hand on messages as if it had taken them.
func (w *town) relays(signed map[string]practice.Key) {
	w.t.Helper()
	w.must(w.DB.Write(w.ctx(), func(ctx context.Context, tx *db.Tx) error {
		for sender, k := range signed {
			m, text := w.sends(k, sender, "bericht-van-"+strings.TrimPrefix(sender, "https://"))
			if err := w.store(ctx, tx, Received{Message: m, Key: k.Public(), Signed: text, State: StateAccepted}); err != nil {
				return err
			}
		}
		return nil
	}))
}

func newKey(t *testing.T, name string) practice.Key {
	t.Helper()
	k, _, err := practice.NewKey(name)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// TestInventedSendersDoNotCount: an origin that makes keys for municipalities that
// do not exist tells a story, and it is shown as one. Once we meet a sender
// ourselves, what its own key signed counts, and what another key signed is gone.
func TestInventedSendersDoNotCount(t *testing.T) {
	two(t, func(t *testing.T, a, b *town) {
		a.initiative("beeldzorg", example)
		a.offers("beeldzorg", anOffer("1.0.0"))
		slug := b.takes(a.Address+Path("waterstad.beeldzorg"), "Beeldzorg")
		known, real := newKey(t, "bekend.example"), newKey(t, "echt.example")
		b.must(b.keep(b.ctx(), Peer{Address: "https://bekend.example", Key: known.Public(), PinnedAt: start}))
		a.relays(map[string]practice.Key{"https://bekend.example": known, "https://echt.example": real, "https://verzonnen.example": newKey(t, "verzonnen.example"),
			"https://ook.example": newKey(t, "ook.example")})
		adopted, err := b.AdoptedOf(b.ctx(), slug)
		b.must(err)
		look := func(studies, told int) []Evidence {
			t.Helper()
			b.must(b.fetchResults(b.ctx(), adopted))
			list, err := b.Evidence(b.ctx(), b.DB, a.Key.Public(), "waterstad.beeldzorg")
			b.must(err)
			if len(list) != 1 || len(list[0].Studies) != studies || len(list[0].Told) != told || list[0].Used != studies {
				t.Fatalf("%+v", list)
			}
			return list
		}
		if list := look(1, 3); list[0].Told[0].Via != a.Address {
			t.Errorf("%+v", list[0].Told)
		}
		if status, text := b.page("GET", AdoptedPath(slug)); status != 200 || !strings.Contains(text, "volgens "+host(a.Address)) || !strings.Contains(text, "3 cijfers die niet meetellen") {
			t.Errorf("%d: the page does not keep them apart", status)
		}
		b.must(b.keep(b.ctx(), Peer{Address: "https://echt.example", Key: real.Public(), PinnedAt: start}))
		b.must(b.keep(b.ctx(), Peer{Address: "https://ook.example", Key: newKey(t, "ook.example").Public(), PinnedAt: start}))
		look(2, 1)
		b.must(b.Forget(b.ctx(), "https://echt.example"))
		look(1, 2)
	})
}

// TestTwoOriginsOfOneName: what belongs to the package of one is not counted with
// that of another that chose the same name.
func TestTwoOriginsOfOneName(t *testing.T) {
	two(t, func(t *testing.T, a, b *town) {
		a.initiative("beeldzorg", example)
		a.offers("beeldzorg", anOffer("1.0.0"))
		slug := b.takes(a.Address+Path("waterstad.beeldzorg"), "Beeldzorg")
		b.initiative("eigen", example)
		b.offers("eigen", anOffer("1.0.0")) // of the same name
		known := newKey(t, "bekend.example")
		b.must(b.keep(b.ctx(), Peer{Address: "https://bekend.example", Key: known.Public(), PinnedAt: start}))
		a.relays(map[string]practice.Key{"https://bekend.example": known})
		adopted, err := b.AdoptedOf(b.ctx(), slug)
		b.must(err)
		b.must(b.fetchResults(b.ctx(), adopted))
		for origin, want := range map[string]int{a.Key.Public(): 1, "": 0, known.Public(): 0} {
			list, err := b.Evidence(b.ctx(), b.DB, origin, "waterstad.beeldzorg")
			if err != nil || len(list) != want {
				t.Errorf("of %q: %+v, %v", origin, list, err)
			}
		}
		if got := asked(t, b, "/results"); len(got) != 0 {
			t.Error("it hands on what is about the package of another")
		}
		// The same message about both: it stands with each, once.
		m, signed := b.sends(known, "https://bekend.example", "bericht-van-bekend.example")
		if state, err := b.Receive(b.ctx(), m.Practice, signed); err != nil || state != StateAccepted {
			t.Errorf("%s, %v", state, err)
		}
		if list, err := b.Evidence(b.ctx(), b.DB, "", "waterstad.beeldzorg"); err != nil || len(list) != 1 || len(list[0].Studies) != 1 {
			t.Errorf("%+v, %v", list, err)
		}
		// One that names its origin is refused by any other.
		m.ID, m.Origin = "bericht-voor-a", a.Key.Public()
		named, err := known.Sign(resultKind, mustJSON(t, m))
		b.must(err)
		_, err = b.Receive(b.ctx(), m.Practice, named)
		b.is(err, "signed", "wrong.message")
	})
}

// TestStrangersLeaveRoom: one sender has so much room and its oldest goes; those who
// say that they are of one address have so much together; one network has so much at
// a time. Nobody makes room at the cost of another.
func TestStrangersLeaveRoom(t *testing.T) {
	two(t, func(t *testing.T, a, _ *town) {
		a.initiative("beeldzorg", example)
		a.offers("beeldzorg", anOffer("1.0.0"))
		held := func(query string, args ...any) int {
			t.Helper()
			n, err := db.One(t.Context(), a.DB, db.Value[int], `SELECT COUNT(*) FROM practice_result WHERE `+query, args...)
			a.must(err)
			return n
		}
		send := func(k practice.Key, sender string, n int, network string) error {
			t.Helper()
			_, signed := a.sends(k, sender, fmt.Sprintf("bericht-%03d", n))
			_, err := a.receive(t.Context(), "waterstad.beeldzorg", signed, network)
			a.clock.Advance(time.Second)
			return err
		}
		other := newKey(t, "ander.example")
		a.must(send(other, "https://ander.example", 0, ""))
		loud := newKey(t, "luid.example")
		for n := range heldOfOne + 5 {
			a.must(send(loud, "https://luid.example", n, ""))
		}
		if n := held("public_key = $1", loud.Public()); n != heldOfOne {
			t.Errorf("%d of one sender are held", n)
		}
		if held("public_key = $1 AND message = 'bericht-000'", loud.Public()) != 0 || held("public_key = $1 AND message = 'bericht-024'", loud.Public()) != 1 {
			t.Error("the newest went instead of the oldest")
		}
		a.must(send(loud, "https://luid.example", heldOfOne+4, "")) // the same again takes no room
		if n := held("state = 'held'"); n != heldOfOne+1 {
			t.Errorf("%d are held", n)
		}
		// Many keys that say that they are of one address.
		var refused error
		for n := range heldFrom + 1 {
			if err := send(newKey(t, "vol.example"), "https://vol.example", n, ""); err != nil {
				refused = errors.Join(refused, err)
			}
		}
		if f, ok := errors.AsType[*fault.Error](refused); !ok || f.Kind != fault.KindTooMany || f.Key != "practices.wrong.full" || held("sender = 'https://vol.example'") != heldFrom {
			t.Errorf("%v, %d are held", refused, held("sender = 'https://vol.example'"))
		}
		// Many keys, many addresses, one network.
		last := error(nil)
		for n := range heldAtOnce + 10 {
			name := fmt.Sprintf("stad-%d.example", n)
			last = send(newKey(t, name), "https://"+name, n, "203.0.113.7")
		}
		if fault.KindOf(last) != fault.KindTooMany {
			t.Errorf("one network leaves what it likes: %v", last)
		}
		a.must(send(newKey(t, "laat.example"), "https://laat.example", 1, "198.51.100.7"))
		if held("public_key = $1", other.Public()) != 1 {
			t.Error("somebody else had to make room")
		}
		// By the API it is a 429 that says what is the matter.
		_, signed := a.sends(newKey(t, "vol.example"), "https://vol.example", "bericht-laat")
		rec := httptest.NewRecorder()
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, apiPath+"/waterstad.beeldzorg/results", strings.NewReader(mustJSON(t, apiSigned{signed})))
		r.Header.Set("Content-Type", "application/json")
		a.server.Config.Handler.ServeHTTP(rec, r)
		if rec.Code != http.StatusTooManyRequests || !strings.Contains(rec.Body.String(), "te veel berichten van onbekenden") || rec.Header().Get("Retry-After") == "" {
			t.Errorf("%d %s", rec.Code, rec.Body.String())
		}
	})
}

// TestAPackageIsUnpackedOutsideATransaction: nobody waits with writing until a large
// package was read.
func TestAPackageIsUnpackedOutsideATransaction(t *testing.T) {
	two(t, func(t *testing.T, a, b *town) {
		a.initiative("beeldzorg", example)
		a.offers("beeldzorg", anOffer("1.0.0"))
		opened := 0
		in, err := b.Fetch(b.ctx(), a.Address+Path("waterstad.beeldzorg"), "", "")
		b.must(err)
		// While it is unpacked somebody else writes.
		free := func() {
			t.Helper()
			done := make(chan error, 1)
			go func() {
				done <- b.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
					_, err := tx.Exec(ctx, `UPDATE practice_peer SET trouble = ''`)
					return err
				})
			}()
			select {
			case err := <-done:
				b.must(err)
			case <-time.After(5 * time.Second):
				t.Error("a transaction waits for the package")
			}
		}
		b.open = func(tgz []byte, signed string, l practice.Limits) (practice.Package, practice.Signature, error) {
			opened++
			free()
			return practice.Receive(tgz, signed, l)
		}
		slug, err := b.Adopt(b.ctx(), in, Yes{Name: "Beeldzorg", Organisation: "org", Answers: map[string]string{"gemeente": "Heuvelrijk"}})
		b.must(err)
		a.initiative("beeldzorg", story{Name: "Beeldzorg", Title: "Beeldzorg voor {{gemeente}}", Steps: example.Steps})
		a.offers("beeldzorg", anOffer("1.1.0"))
		if in, err = b.Fetch(b.ctx(), a.Address+Path("waterstad.beeldzorg"), "", slug); err != nil {
			t.Fatal(err)
		}
		_, err = b.Upgrade(b.ctx(), in, nil, nil)
		b.must(err)
		if opened != 3 || b.part(slug).Title != "Beeldzorg voor Heuvelrijk" {
			t.Errorf("opened %d times, %+v", opened, b.part(slug))
		}
	})
}

// TestOneSlowInstanceDelaysNobody: others are asked meanwhile, and who does not
// answer is left alone after a while.
func TestOneSlowInstanceDelaysNobody(t *testing.T) {
	two(t, func(t *testing.T, _, b *town) {
		var mu sync.Mutex
		asked := map[string]bool{}
		together := make(chan struct{})
		over := make(chan struct{})
		serve := func(answer func(w http.ResponseWriter, r *http.Request)) string {
			k := newKey(t, "stad.example")
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				mu.Lock()
				if asked[r.Host] = true; len(asked) == askedAtOnce {
					select {
					case <-together:
					default:
						close(together)
					}
				}
				mu.Unlock()
				if answer != nil {
					answer(w, r)
					return
				}
				<-together                                                                // each answers when all are asked
				fmt.Fprintf(w, `{"publicKey":%q,"practices":[],"_links":{}}`, k.Public()) //nolint:errcheck // a test
			}))
			t.Cleanup(server.Close)
			b.must(b.keep(b.ctx(), Peer{Address: server.URL, Key: k.Public(), PinnedAt: start}))
			return server.URL
		}
		t.Cleanup(func() { close(over) })
		slow := serve(func(_ http.ResponseWriter, r *http.Request) {
			select {
			case <-over:
			case <-r.Context().Done():
			}
		})
		var quick []string
		for range askedAtOnce - 1 {
			quick = append(quick, serve(nil))
		}
		b.patience = 2 * time.Second
		began := time.Now()
		b.must(b.Tend(b.ctx(), nil))
		if d := time.Since(began); d > 4*time.Second {
			t.Errorf("it took %v", d)
		}
		trouble := func(address string) string {
			t.Helper()
			p, _, err := findPeer(b.ctx(), b.DB, selectPeer, address)
			b.must(err)
			if p.CheckedAt.IsZero() {
				t.Errorf("%s was not asked", address)
			}
			return p.Trouble
		}
		if trouble(slow) == "" {
			t.Error("the slow one is not said to be")
		}
		for _, q := range quick {
			if why := trouble(q); why != "" {
				t.Errorf("a quick one has trouble: %s", why)
			}
		}
	})
}
