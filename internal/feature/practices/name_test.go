package practices

import (
	"testing"

	"wijkbaak.nl/internal/protocol/practice"
)

func TestAProposedNameSaysWhoWeAre(t *testing.T) {
	for _, c := range []struct{ address, name, want string }{
		{"https://vraag.waterstad.nl", "Wijkbaak Dijkdorp", "waterstad.beeldzorg"},
		{"https://dijkdorp.nl", "Wijkbaak", "dijkdorp.beeldzorg"},
		{"http://127.0.0.1:8080", "Wijkbaak Waterkwartier", "waterkwartier.beeldzorg"},
		{"http://[::1]:8080", "Gemeente Súdwest-Fryslân", "sudwest-fryslan.beeldzorg"},
		{"http://localhost:8080", "Wijkbaak", "wijkbaak.beeldzorg"},
		{"http://10.0.0.8", "…", "wijkbaak.beeldzorg"},
	} {
		got := (&Service{Options: Options{Address: c.address, Name: c.name}}).nameOf("beeldzorg")
		if got != c.want || !practice.IsName(got) {
			t.Errorf("%s, %s: %s, want %s", c.address, c.name, got, c.want)
		}
	}
}
