// Package mailtest is what every mail.Sender must do.
package mailtest

import (
	"context"
	"strings"
	"testing"

	"wijkbaak.nl/internal/base/mail"
)

// Run sends by s; delivered takes away and gives what arrived since it was last
// asked.
func Run(t *testing.T, s mail.Sender, delivered func() []mail.Posted) {
	t.Helper()
	long := strings.Repeat("Een lange zin zonder einde ", 200)
	for name, m := range map[string]mail.Message{
		"plain":       {ID: "id-1", To: "anna@example.org", Subject: "Dag", Text: "Dag Anna"},
		"other words": {ID: "id-2", To: "anna+buurt@example.org", Subject: "Café — één, twee, şüẞ 😀", Text: "Één\n\nşü 😀 = 50 %"},
		"both":        {ID: "id-3", To: "a@example.org", Subject: "Beide", Text: "tekst", HTML: `<p lang="nl">tekst</p>`},
		"long":        {ID: "id-4", To: "a@example.org", Subject: strings.Repeat("woord ", 30) + "einde", Text: long + "einde"},
		"dots":        {ID: "id-5", To: "a@example.org", Subject: ".", Text: "een\n.\n..twee\nFrom hier\nBcc: z@example.org"},
	} {
		if err := s.Send(t.Context(), m); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := delivered()
		if len(got) != 1 || got[0].Message != m || got[0].From != From || got[0].At.IsZero() {
			t.Errorf("%s: arrived as %+v, want %+v", name, got, m)
		}
	}
	if err := s.Send(t.Context(), mail.Message{To: "a@example.org", Subject: "s", Text: "t"}); err != nil {
		t.Error(err)
	} else if got := delivered(); len(got) != 1 || got[0].ID == "" {
		t.Errorf("without an id: %+v", got)
	}

	good := mail.Message{ID: "id", To: "a@example.org", Subject: "s", Text: "t"}
	for name, change := range map[string]func(*mail.Message){
		"line in subject":    func(m *mail.Message) { m.Subject = "s\r\nBcc: z@example.org" },
		"newline in subject": func(m *mail.Message) { m.Subject = "s\nX: y" },
		"nul in subject":     func(m *mail.Message) { m.Subject = "s\x00" },
		"no subject":         func(m *mail.Message) { m.Subject = "" },
		"line in address":    func(m *mail.Message) { m.To = "a@example.org\r\nBcc: z@example.org" },
		"two addresses":      func(m *mail.Message) { m.To = "a@example.org, z@example.org" },
		"name and address":   func(m *mail.Message) { m.To = "A <a@example.org>" },
		"brackets":           func(m *mail.Message) { m.To = "A<a@example.org>" },
		"command in address": func(m *mail.Message) { m.To = "a@example.org>\nRCPT TO:<z@example.org" },
		"no address":         func(m *mail.Message) { m.To = "" },
		"no domain":          func(m *mail.Message) { m.To = "a" },
		"long address":       func(m *mail.Message) { m.To = strings.Repeat("a", 300) + "@example.org" },
		"line in id":         func(m *mail.Message) { m.ID = "x>\r\nBcc: z@example.org" },
		"no text":            func(m *mail.Message) { m.Text = "" },
		"not UTF-8":          func(m *mail.Message) { m.Text = "\xff" },
		"too much":           func(m *mail.Message) { m.Text = strings.Repeat("x", 300_000) },
	} {
		m := good
		change(&m)
		if err := s.Send(t.Context(), m); err == nil {
			t.Errorf("%s was sent", name)
		}
		if got := delivered(); len(got) != 0 {
			t.Errorf("%s arrived: %+v", name, got)
		}
	}

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Send(ctx, good); err == nil || len(delivered()) != 0 {
		t.Errorf("sent though it was called off: %v", err)
	}
}

// From is the address that the sender under test must use.
const From = "buurt@example.org"
