package initiatives

import (
	"context"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/mail"
)

// tell mails one thing: the words of key, with a button to a path of ours.
//
// keys: initiatives.mail.*
func (s *Service) tell(ctx context.Context, tx *db.Tx, to, key, path string, args ...any) error {
	return s.send(ctx, tx, to, i18n.T(ctx, key+".subject", args...), mail.Letter{
		Paragraphs: []string{i18n.T(ctx, key+".text", args...)},
		Button:     mail.Button{Label: i18n.T(ctx, key+".button"), URL: s.o.BaseURL + path},
	})
}

// send mails a letter with our greeting.
func (s *Service) send(ctx context.Context, tx *db.Tx, to, subject string, l mail.Letter) error {
	l.Lang, l.Greeting, l.Closing = i18n.Lang(ctx), i18n.T(ctx, "initiatives.mail.greeting"), i18n.T(ctx, "initiatives.mail.closing")
	m, err := mail.Compose(to, subject, l)
	if err != nil {
		return err
	}
	return mail.Enqueue(ctx, tx, m)
}
