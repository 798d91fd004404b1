package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"wijkbaak.nl/internal/base/jobs"
)

// Security is how the connection with the mail server is kept secret.
type Security string

// The kinds of security. Without any is for a relay on the same machine.
const (
	StartTLS Security = "starttls" // refused if the server cannot
	TLS      Security = "tls"
	Plain    Security = "plain"
)

// SMTPOptions say which server takes our mail.
type SMTPOptions struct {
	Host     string
	Port     int
	User     string // empty: without signing in
	Password string
	From     string         // "Name <address>"
	Security Security       // empty is StartTLS
	Timeout  time.Duration  // for connecting, and again for sending; 0 is 15 s
	Roots    *x509.CertPool // nil: those of the system
}

// SMTP sends by a mail server.
type SMTP struct {
	options []gomail.Option
	host    string
	from    *mail.Address
}

// NewSMTP makes a sender; it does not connect yet.
func NewSMTP(o SMTPOptions) (*SMTP, error) {
	from, err := mail.ParseAddress(o.From)
	if err != nil {
		return nil, fmt.Errorf("sender of mail: %w", err)
	}
	if o.Timeout == 0 {
		o.Timeout = 15 * time.Second
	}
	_, domain, _ := strings.Cut(from.Address, "@")
	options := []gomail.Option{
		gomail.WithPort(o.Port), gomail.WithTimeout(o.Timeout), gomail.WithHELO(domain), gomail.WithoutNoop(),
		gomail.WithTLSConfig(&tls.Config{ServerName: o.Host, RootCAs: o.Roots, MinVersion: tls.VersionTLS12}),
	}
	switch o.Security {
	case StartTLS, "":
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case TLS:
		options = append(options, gomail.WithSSL())
	case Plain:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		return nil, fmt.Errorf("security of mail is %q, not starttls, tls or plain", o.Security)
	}
	if o.User != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(o.User), gomail.WithPassword(o.Password))
	}
	if _, err := gomail.NewClient(o.Host, options...); err != nil {
		return nil, fmt.Errorf("mail server: %w", err)
	}
	return &SMTP{options: options, host: o.Host, from: from}, nil
}

// Send delivers m to the server. What the server refuses for good is a
// jobs.Permanent. The error does not name the address.
func (s *SMTP) Send(ctx context.Context, m Message) error {
	msg, err := build(m, s.from, time.Now())
	if err != nil {
		return err
	}
	c, err := gomail.NewClient(s.host, s.options...) // it holds one connection, and so serves one at a time
	if err != nil {
		return err
	}
	err = c.DialAndSendWithContext(ctx, msg)
	refused, ok := errors.AsType[*gomail.SendError](err)
	if !ok {
		return err
	}
	code := refused.ErrorCode()
	// The text of the server may repeat the address.
	err = fmt.Errorf("the mail server refused a mail: %s, code %d %s", refused.Reason, code, refused.EnhancedStatusCode())
	if code >= 500 && code < 600 && refused.Reason != gomail.ErrSMTPMailFrom {
		return jobs.Permanent(err)
	}
	return err
}

// build makes the message as it travels; what may not be sent is permanent.
func build(m Message, from *mail.Address, at time.Time) (*gomail.Msg, error) {
	if m.ID == "" {
		m.ID = newID()
	}
	if err := m.check(); err != nil {
		return nil, jobs.Permanent(err)
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(from)
	if err := msg.To(m.To); err != nil {
		return nil, jobs.Permanent(errors.New("the address of a mail cannot be used"))
	}
	_, domain, _ := strings.Cut(from.Address, "@")
	msg.SetMessageIDWithValue(m.ID + "@" + domain)
	msg.SetDateWithValue(at)
	msg.Subject(m.Subject)
	// So that no holiday notice answers it.
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	return msg, nil
}
