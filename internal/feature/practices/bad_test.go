package practices

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/protocol/practice"
)

// archive makes a package that the packer would not make.
func archive(t *testing.T, manifest string, extra ...tar.Header) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	files := append([]tar.Header{{Name: "package/package.json", Size: int64(len(manifest))}}, extra...)
	for i, h := range files {
		h.Mode = 0o644
		body := strings.Repeat("0", int(h.Size))
		if i == 0 {
			body = manifest
		}
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func manifestWith(licence string) string {
	return `{"name":"waterstad.beeldzorg","version":"1.2.0","description":"x","license":"` + licence + `","url":"https://a.example/estafette/x","dependencies":{},"wijkbaak":{"format":1}}`
}

// TestBadPackagesAreToldInASentence: what comes on a stick is refused on the page,
// beside the field, in words that say what to do.
func TestBadPackagesAreToldInASentence(t *testing.T) {
	two(t, func(t *testing.T, a, b *town) {
		a.initiative("beeldzorg", example)
		a.offers("beeldzorg", anOffer("1.0.0"))
		a.offers("beeldzorg", anOffer("1.1.0"))
		good, sig := file2(t, a, "1.1.0"), signature(t, a, "1.1.0")
		slug := b.takes(a.Address+Path("waterstad.beeldzorg"), "Beeldzorg")
		other, _, err := practice.NewKey("waterstad.test")
		b.must(err)
		signed := func(k practice.Key, version string, tgz []byte) string {
			t.Helper()
			s, err := k.SignPackage("waterstad.beeldzorg", version, tgz)
			b.must(err)
			return s
		}
		ours := func(tgz []byte) string { return signed(a.Key, "1.2.0", tgz) }
		changed := bytes.Clone(good)
		changed[len(changed)-9] ^= 1
		climbs := archive(t, manifestWith("CC0-1.0"), tar.Header{Name: "package/../../etc/cron.d/x.md", Size: 1})
		link := archive(t, manifestWith("CC0-1.0"), tar.Header{Name: "package/files/x.md", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"})
		bomb := archive(t, manifestWith("CC0-1.0"), tar.Header{Name: "package/files/x.txt", Size: 24 << 20})
		noChanges, noSelling := archive(t, manifestWith("CC-BY-ND-4.0")), archive(t, manifestWith("CC-BY-NC-4.0"))
		none := archive(t, manifestWith(""))
		rewritten := archive(t, strings.Replace(manifestWith("CC0-1.0"), "1.2.0", "1.1.0", 1))
		for name, c := range map[string]struct {
			tgz        []byte
			signature  string
			initiative string
			want       string
		}{
			"changed":                 {changed, sig, "", "veranderd nadat het werd getekend"},
			"the signature changed":   {good, strings.Replace(sig, "1.1.0", "1.1.1", 1), "", "De handtekening ontbreekt of klopt niet"},
			"no signature":            {good, " ", "", "Kies ook de handtekening"},
			"re-signed by another":    {good, signed(other, "1.1.0", good), slug, "met een andere sleutel getekend"},
			"downgraded":              {file2(t, a, "1.0.0"), signature(t, a, "1.0.0"), slug, "een oudere versie dan u al hebt"},
			"the same":                {good, sig, slug, "Versie 1.1.0 hebt u al"},
			"one number, two of them": {rewritten, signed(a.Key, "1.1.0", rewritten), slug, "bestaan twee verschillende pakketten"},
			"a path that climbs out":  {climbs, ours(climbs), "", "een bestand met een verboden naam"},
			"a link":                  {link, ours(link), "", "een verwijzing in plaats van een bestand"},
			"a bomb":                  {bomb, ours(bomb), "", "veel te groot"},
			"no changes allowed":      {noChanges, ours(noChanges), "", "Deze licentie verbiedt veranderingen"},
			"no selling allowed":      {noSelling, ours(noSelling), "", "Deze licentie verbiedt gebruik door bedrijven"},
			"no licence":              {none, ours(none), "", "Er is geen licentie"},
			"not a package":           {[]byte("Geachte heer"), ours([]byte("Geachte heer")), "", "kapot of geen praktijkpakket"},
		} {
			status, text := b.upload("/overnemen/bestand", map[string]string{"initiatief": c.initiative}, map[string][]byte{"pakket:x.tgz": c.tgz, "handtekening:x.sig": []byte(c.signature)})
			if status != http.StatusUnprocessableEntity || !strings.Contains(text, c.want) {
				t.Errorf("%s: %d without %q", name, status, c.want)
			}
		}
		// A new sender at the address of one that is known is seen before the yes.
		id, err := b.TakeFile(b.ctx(), good, signed(other, "1.1.0", good), "")
		b.must(err)
		if status, _ := b.page("POST", incomingPath(id), "naam", "X", "organisatie", "org", "vraag-gemeente", "X", "vertrouwen", "ja"); status != http.StatusUnprocessableEntity {
			t.Errorf("another key was trusted: %d", status)
		}
		if got := b.part(slug); got.Title != "Beeldzorg in Heuvelrijk" {
			t.Errorf("what was here changed: %+v", got)
		}
	})
}

// TestProofsOfTheLogAreChecked: a package that is signed as it should be, of which
// the public log of its sender does not tell, is refused.
func TestProofsOfTheLogAreChecked(t *testing.T) {
	two(t, func(t *testing.T, a, b *town) {
		a.initiative("beeldzorg", example)
		for _, v := range []string{"1.0.0", "1.1.0", "1.2.0"} {
			a.offers("beeldzorg", anOffer(v))
		}
		where := a.Address + Path("waterstad.beeldzorg")
		fetch := func() error { _, err := b.Fetch(b.ctx(), where, "", ""); return err }
		answer := func(change func(v *apiVersion)) {
			a.tamper = func(path string, body []byte) []byte {
				if path != apiPath+"/waterstad.beeldzorg/1.2.0" {
					return body
				}
				var v apiVersion
				if err := json.Unmarshal(body, &v); err != nil {
					t.Error(err)
				}
				change(&v)
				out, err := json.Marshal(v)
				if err != nil {
					t.Error(err)
				}
				return out
			}
		}
		for name, change := range map[string]func(v *apiVersion){
			"another line":       func(v *apiVersion) { v.Leaf = 0 },
			"a line beyond":      func(v *apiVersion) { v.Leaf = 9 },
			"no proof":           func(v *apiVersion) { v.Inclusion = nil },
			"one step less":      func(v *apiVersion) { v.Inclusion = v.Inclusion[1:] },
			"one step twice":     func(v *apiVersion) { v.Inclusion = append(v.Inclusion, v.Inclusion[0]) },
			"the step of others": func(v *apiVersion) { v.Inclusion[0] = strings.Repeat("A", 43) + "=" },
		} {
			answer(change)
			t.Log(name)
			b.is(fetch(), "adres", "bad.log")
		}
		answer(func(v *apiVersion) { v.Checkpoint = strings.Replace(v.Checkpoint, "\n3\n", "\n4\n", 1) })
		b.is(fetch(), "adres", "bad.unsigned")

		// Two packages of one number: this one is signed by the right key, and not in
		// the log.
		second := archive(t, manifestWith("CC0-1.0"))
		sig, err := a.Key.SignPackage("waterstad.beeldzorg", "1.2.0", second)
		a.must(err)
		answer(func(v *apiVersion) { v.Signature, v.SHA256 = sig, practice.Hash(second) })
		lie := a.tamper
		a.tamper = func(path string, body []byte) []byte {
			if strings.HasSuffix(path, ".tgz") {
				return second
			}
			return lie(path, body)
		}
		b.is(fetch(), "adres", "bad.log")
		a.tamper = nil
		b.must(fetch())
	})
}

// TestStrangersDoNotBlock: what nobody judged is forgotten after a month, so that
// there is room again, and may be sent anew.
func TestStrangersDoNotBlock(t *testing.T) {
	two(t, func(t *testing.T, a, b *town) {
		a.initiative("beeldzorg", example)
		a.offers("beeldzorg", anOffer("1.0.0"))
		m := Message{ID: "0190-message", Practice: "waterstad.beeldzorg", Version: "1.0.0", Sender: b.Address, Name: "Heuvelrijk", At: start, Results: []Result{}}
		signed, err := b.Key.Sign(resultKind, mustJSON(t, m))
		b.must(err)
		if state, err := a.Receive(t.Context(), "waterstad.beeldzorg", signed); err != nil || state != StateHeld {
			t.Fatalf("%s, %v", state, err)
		}
		a.must(a.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { // strangers fill what room there is
			for n := 1; n < heldMost; n++ {
				if _, err := tx.Exec(ctx, insertReceived, "key", "message-"+strings.Repeat("x", n), "", m.Practice, StateHeld, "https://elders.example", "", mustJSON(t, m), "", db.At(start), db.At(a.clock.Now())); err != nil {
					return err
				}
			}
			return nil
		}))
		m.ID = "0190-another"
		late, err := b.Key.Sign(resultKind, mustJSON(t, m))
		b.must(err)
		if _, err := a.Receive(t.Context(), "waterstad.beeldzorg", late); err == nil {
			t.Error("there is no bound on what strangers leave")
		}
		a.clock.Advance(heldFor - time.Hour)
		a.must(a.Tend(a.ctx(), nil))
		if _, err := a.Receive(t.Context(), "waterstad.beeldzorg", late); err == nil {
			t.Error("it was forgotten before its time")
		}
		a.clock.Advance(2 * time.Hour)
		a.must(a.Tend(a.ctx(), nil))
		for _, one := range []string{late, signed} {
			if state, err := a.Receive(t.Context(), "waterstad.beeldzorg", one); err != nil || state != StateHeld {
				t.Errorf("after a month: %s, %v", state, err)
			}
		}
	})
}

// TestResultsSentTwiceCountOnce, also when they come by another way.
func TestResultsSentTwiceCountOnce(t *testing.T) {
	two(t, func(t *testing.T, a, b *town) {
		a.initiative("beeldzorg", example)
		a.offers("beeldzorg", anOffer("1.0.0"))
		_, err := a.Meet(a.ctx(), b.Address)
		a.must(err)
		m := Message{ID: "0190-message", Practice: "waterstad.beeldzorg", Version: "1.0.0", Sender: b.Address, Name: "Heuvelrijk", At: start,
			Results: []Result{{Indicator: "x", Name: "X", Unit: "%", N: 50, Value: 40}}}
		signed, err := b.Key.Sign(resultKind, mustJSON(t, m))
		b.must(err)
		for range 3 {
			if state, err := a.Receive(t.Context(), "waterstad.beeldzorg", signed); err != nil || state != StateAccepted {
				t.Errorf("%s, %v", state, err)
			}
		}
		list, err := a.Evidence(a.ctx(), a.DB, "", "waterstad.beeldzorg")
		a.must(err)
		if len(list) != 1 || len(list[0].Studies) != 1 {
			t.Errorf("%+v", list)
		}
	})
}

// TestTheDemonstrationIsClean: the package of the demonstration holds nothing that
// is about a person, and packs to the same bytes each time.
func TestTheDemonstrationIsClean(t *testing.T) {
	pack := func() []byte {
		p, err := demoPackage()
		if err != nil {
			t.Fatal(err)
		}
		if found := practice.Scan(p, nil); len(found) > 0 {
			t.Errorf("%+v", found)
		}
		clear(p.Parts) // their schemas are those of the rooms
		b, err := practice.Pack(p)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	if !bytes.Equal(pack(), pack()) {
		t.Error("two packages of the same folder differ")
	}
	for name, want := range map[string]string{"Wijkbaak Waterkwartier": "waterkwartier.x", "Wijkbaak Zeist (voorbeeld)": "zeist.x", "(voorbeeld)": "voorbeeld.x"} {
		if got := DemoName(name, "x"); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// TestExamplesLeadNowhere: the demonstration has senders that do not exist.
func TestExamplesLeadNowhere(t *testing.T) {
	two(t, func(t *testing.T, a, _ *town) {
		_, err := a.Fetch(a.ctx(), "https://rivierdal.example/estafette/rivierdal.ommetje", "", "")
		a.is(err, "adres", "wrong.example")
	})
}
