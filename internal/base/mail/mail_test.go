package mail_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/db/dbtest"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/id"
	"wijkbaak.nl/internal/base/jobs"
	"wijkbaak.nl/internal/base/mail"
	"wijkbaak.nl/internal/base/mail/mailtest"
)

const from = "Buurt Zuid <" + mailtest.From + ">"

// postbox is a mail server inside the test.
type postbox struct {
	mu     sync.Mutex
	raw    [][]byte
	refuse *smtp.SMTPError
}

func (p *postbox) NewSession(*smtp.Conn) (smtp.Session, error) { return &session{postbox: p}, nil }

type session struct {
	postbox *postbox
	to      []string
}

func (s *session) Reset()                               { s.to = nil }
func (s *session) Logout() error                        { return nil }
func (s *session) Mail(string, *smtp.MailOptions) error { return nil }
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.postbox.mu.Lock()
	defer s.postbox.mu.Unlock()
	s.to = append(s.to, to)
	if s.postbox.refuse != nil {
		return s.postbox.refuse
	}
	return nil
}

func (s *session) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil || len(s.to) != 1 {
		return errors.Join(err, errors.New("not one receiver"))
	}
	s.postbox.mu.Lock()
	defer s.postbox.mu.Unlock()
	s.postbox.raw = append(s.postbox.raw, b)
	return nil
}

func (p *postbox) empty(t *testing.T) []mail.Posted {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []mail.Posted
	for _, raw := range p.raw {
		m, err := mail.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, m)
	}
	p.raw = nil
	return list
}

// certificate is for 127.0.0.1, by nobody.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// serve runs a mail server on address (":0" for any port) until the test ends.
func serve(t *testing.T, address string, p *postbox, cert *tls.Certificate) net.Addr {
	t.Helper()
	server := smtp.NewServer(p)
	server.Domain, server.EnableSMTPUTF8 = "mx.example.org", true
	server.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	if cert != nil {
		server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{*cert}, MinVersion: tls.VersionTLS12}
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	go server.Serve(l)                   //nolint:errcheck // it is closed below
	t.Cleanup(func() { server.Close() }) //nolint:errcheck // the test is over
	return l.Addr()
}

func sender(t *testing.T, at net.Addr, o mail.SMTPOptions) *mail.SMTP {
	t.Helper()
	o.Host, o.Port, o.From = "127.0.0.1", at.(*net.TCPAddr).Port, from
	s, err := mail.NewSMTP(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSMTP(t *testing.T) {
	p := &postbox{}
	cert, roots := certificate(t)
	mailtest.Run(t, sender(t, serve(t, "127.0.0.1:0", p, &cert), mail.SMTPOptions{Roots: roots}), func() []mail.Posted { return p.empty(t) })
}

func TestFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "post")
	c := clock.NewFake(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	s, err := mail.NewFolder(dir, from, c)
	if err != nil {
		t.Fatal(err)
	}
	mailtest.Run(t, s, func() []mail.Posted {
		list, err := mail.List(dir, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range list {
			if err := os.Remove(filepath.Join(dir, p.Name)); err != nil {
				t.Fatal(err)
			}
		}
		return list
	})

	for _, subject := range []string{"first", "second", "third"} {
		c.Advance(time.Second)
		m := mail.Message{To: "a@example.org", Subject: subject, Text: "t", HTML: `<p onclick="x()">t<img src="https://example.net/p.gif"><script>x()</script><a href="https://example.org/x">x</a></p>`}
		if err := s.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "note.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	list, err := mail.List(dir, 2)
	if err != nil || len(list) != 2 || list[0].Subject != "third" || list[1].Subject != "second" {
		t.Fatalf("%+v, %v", list, err)
	}
	if got := list[0].HTML; got != `<p>t<a href="https://example.org/x" rel="nofollow">x</a></p>` {
		t.Errorf("not clean: %s", got)
	}
	if p, err := mail.Read(dir, list[1].Name); err != nil || p.Subject != "second" {
		t.Fatalf("%+v, %v", p, err)
	}
	for _, name := range []string{"note.txt", "../post/" + list[0].Name, "", list[0].Name + "x"} {
		if _, err := mail.Read(dir, name); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("read %q: %v", name, err)
		}
	}
	if list, err := mail.List(filepath.Join(dir, "none"), 1); err != nil || len(list) != 0 {
		t.Fatal(list, err)
	}
}

var letterTo = mail.Message{ID: "same", To: "anna@example.org", Subject: "s", Text: "t"}

func TestSMTPKeepsTheSecret(t *testing.T) {
	p := &postbox{}
	cert, roots := certificate(t)
	open, secret := serve(t, "127.0.0.1:0", p, nil), serve(t, "127.0.0.1:0", p, &cert)
	for name, s := range map[string]*mail.SMTP{
		"no STARTTLS":       sender(t, open, mail.SMTPOptions{Roots: roots}),
		"no TLS":            sender(t, open, mail.SMTPOptions{Roots: roots, Security: mail.TLS, Timeout: time.Second}),
		"strange authority": sender(t, secret, mail.SMTPOptions{}),
	} {
		if err := s.Send(t.Context(), letterTo); err == nil {
			t.Errorf("%s: sent", name)
		}
	}
	if got := p.empty(t); len(got) != 0 {
		t.Fatalf("arrived: %+v", got)
	}
	if err := sender(t, open, mail.SMTPOptions{Security: mail.Plain}).Send(t.Context(), letterTo); err != nil {
		t.Fatal(err)
	}
	if _, err := mail.NewSMTP(mail.SMTPOptions{Host: "h", Port: 25, From: from, Security: "perhaps"}); err == nil {
		t.Error("an unknown security was taken")
	}
}

var rooms = []db.Migrations{jobs.Migrations}

// TestASlowServerHoldsUpNobody: a server that accepts and says nothing, then is
// gone, then works. The letter arrives once, with the id it got at first.
func TestASlowServerHoldsUpNobody(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		mute, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer mute.Close() //nolint:errcheck // closed below too
		at := mute.Addr()
		c := clock.NewFake(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
		q := jobs.New(d, c, id.New(clock.System), slog.New(slog.DiscardHandler))
		q.Handle(mail.Job, mail.Handler(sender(t, at, mail.SMTPOptions{Security: mail.Plain, Timeout: 100 * time.Millisecond})))
		before := time.Now()
		if err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			return mail.Enqueue(ctx, tx, mail.Message{To: "anna@example.org", Subject: "s", Text: "t"})
		}); err != nil {
			t.Fatal(err)
		}
		t.Logf("put in the queue in %v", time.Since(before))
		try := func(arrives bool) {
			t.Helper()
			c.Advance(time.Hour)
			if err := q.Drain(t.Context()); (err == nil) != arrives {
				t.Fatalf("error %v", err)
			} else if err != nil && strings.Contains(err.Error(), "anna") {
				t.Errorf("the error names the address: %v", err)
			}
		}
		before = time.Now()
		try(false) // mute
		if took := time.Since(before); took > 10*time.Second {
			t.Errorf("waited %v for a mute server", took)
		}
		mute.Close() //nolint:errcheck,gosec // as if it broke
		try(false)   // gone
		p := &postbox{refuse: &smtp.SMTPError{Code: 451, Message: "anna@example.org later"}}
		serve(t, at.String(), p, nil)
		try(false) // busy
		p.mu.Lock()
		p.refuse = nil
		p.mu.Unlock()
		try(true)
		try(true)
		if got := p.empty(t); len(got) != 1 || got[0].To != "anna@example.org" || len(got[0].ID) != 36 {
			t.Fatalf("arrived: %+v", got)
		}
	})
}

func TestRefusedForGood(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		p := &postbox{refuse: &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no anna@example.org here"}}
		q := jobs.New(d, clock.System, id.New(clock.System), slog.New(slog.DiscardHandler))
		q.Handle(mail.Job, mail.Handler(sender(t, serve(t, "127.0.0.1:0", p, nil), mail.SMTPOptions{Security: mail.Plain})))
		if err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return mail.Enqueue(ctx, tx, letterTo) }); err != nil {
			t.Fatal(err)
		}
		if err := q.Drain(t.Context()); err == nil {
			t.Fatal("no error")
		}
		list, err := q.Failed(t.Context())
		if err != nil || len(list) != 1 || !strings.Contains(list[0].LastError, "550") || strings.Contains(list[0].LastError, "anna") {
			t.Fatalf("%+v, %v", list, err)
		}
	})
}

func TestEnqueueRefuses(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		enqueue := func(m mail.Message) error {
			return d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return mail.Enqueue(ctx, tx, m) })
		}
		bad := letterTo
		bad.To = "anna"
		if err := enqueue(bad); fault.KindOf(err) != fault.KindInvalid || fault.FieldsOf(err)[0].Name != "email" {
			t.Fatal(err)
		}
		bad = letterTo
		bad.Subject = "s\nBcc: z@example.org"
		if enqueue(bad) == nil {
			t.Fatal("a header was put in")
		}
	})
}

func FuzzParse(f *testing.F) {
	dir := f.TempDir()
	s, err := mail.NewFolder(dir, from, clock.System)
	if err != nil {
		f.Fatal(err)
	}
	for _, html := range []string{"", "<p>é</p>"} {
		m := letterTo
		m.HTML, m.Text = html, "één regel\n.\n"+strings.Repeat("lang ", 50)
		if err := s.Send(f.Context(), m); err != nil {
			f.Fatal(err)
		}
	}
	list, err := mail.List(dir, 2)
	if err != nil {
		f.Fatal(err)
	}
	for _, p := range list {
		raw, err := os.ReadFile(filepath.Join(dir, p.Name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := mail.Parse(raw)
		if err == nil && (strings.Contains(strings.ToLower(p.HTML), "<script") || strings.Contains(p.HTML, "<img")) {
			t.Fatalf("not clean: %s", p.HTML)
		}
	})
}
