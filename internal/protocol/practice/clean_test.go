package practice

import (
	"strings"
	"testing"
)

// TestTextsHoldNoControls: a text of a part can break no line of a calendar, a
// letter or a table, and can show itself no other way round than it is.
func TestTextsHoldNoControls(t *testing.T) {
	for name, text := range map[string]string{
		"carriage return": `{"title":"Overleg\rBEGIN:VEVENT"}`,
		"escape":          `{"title":"a\u001b[31m"}`,
		"next line":       `{"title":"a\u0085b"}`,
		"line separator":  `{"title":"a\u2028b"}`,
		"turned around":   `{"title":"veilig\u202etxt.exe"}`,
		"isolate":         `{"list":[{"title":"\u2066a"}]}`,
		"tag":             `{"title":"zie\udb40\udc41"}`,
		"in a key":        `{"ti\u202etle":"x"}`,
		"delete":          `{"title":"a\u007f"}`,
	} {
		for _, file := range []string{"parts/initiatives.json", "schemas/initiatives.json", "files/a.json", "Questionnaire-a.json"} {
			if err := checkJSON(root+file, []byte(text)); KindOf(err) != BadPart {
				t.Errorf("%s in %s: %v", name, file, err)
			}
		}
		p := empty()
		manifest := strings.Replace(text, "{", `{"name":"a.b","version":"1.0.0","description":"x","license":"CC0-1.0","wijkbaak":{"format":1},`, 1)
		if err := p.readManifest([]byte(manifest)); KindOf(err) != BadField {
			t.Errorf("%s in the manifest: %v", name, err)
		}
	}
	if err := checkJSON(root+"parts/a.json", []byte(`{"title":"twee\nregels\tén een 👩`+"\u200d"+`👧 en می`+"\u200c"+`خواهم"}`)); err != nil {
		t.Error(err)
	}
}
