package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"wijkbaak.nl/internal/app"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/mail"
	"wijkbaak.nl/internal/base/observe"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/people"
	"wijkbaak.nl/internal/trust/signin"
)

// dataSettings say where the data is.
type dataSettings struct {
	Data     string `env:"WIJKBAAK_DATA" default:"wijkbaak-data" placeholder:"FOLDER" help:"Folder of what is kept in files: the database (unless --database), keys, uploads."`
	Database string `env:"WIJKBAAK_DATABASE" placeholder:"URL" help:"Use PostgreSQL instead of SQLite: postgres://user@host/name."`
}

// siteSettings say what the portal is and how people reach it.
type siteSettings struct {
	BaseURL     string  `env:"WIJKBAAK_BASE_URL" placeholder:"URL" help:"How people reach the portal, such as https://vraag.example.nl. Needed unless it listens on this machine only."`
	Name        string  `env:"WIJKBAAK_NAME" default:"Wijkbaak" help:"What the portal is called."`
	Place       string  `env:"WIJKBAAK_PLACE" placeholder:"CODE" help:"CBS code of the municipality, or path of the place, that this portal serves. Without it: the whole country."`
	Theme       string  `env:"WIJKBAAK_THEME" default:"duin" enum:"duin,polder,haven" help:"Look: duin, polder or haven."`
	Rate        float64 `env:"WIJKBAAK_RATE" default:"1" help:"Factor on the limits per network address; 2 doubles them, 0 lifts them."`
	ProxyHeader string  `env:"WIJKBAAK_PROXY_HEADER" placeholder:"NAME" help:"Header in which a trusted proxy puts the address of who asks, such as X-Forwarded-For. Leave it out when there is no proxy."`
	Checkpoints string  `env:"WIJKBAAK_CHECKPOINTS" placeholder:"FOLDER" help:"Second place for the signed checkpoints of the log: another disk or a network share."`
	LogLevel    string  `env:"WIJKBAAK_LOG_LEVEL" default:"info" enum:"debug,info,warn,error" help:"How much to log: debug, info, warn or error."`
}

// mailSettings say who takes our mail.
type mailSettings struct {
	SMTPHost         string `name:"smtp-host" env:"WIJKBAAK_SMTP_HOST" placeholder:"HOST" help:"Mail server. Without one, letters are files in the folder post of the data folder."`
	SMTPPort         int    `name:"smtp-port" env:"WIJKBAAK_SMTP_PORT" default:"587" help:"Port of the mail server."`
	SMTPUser         string `name:"smtp-user" env:"WIJKBAAK_SMTP_USER" placeholder:"NAME" help:"Name to sign in with at the mail server."`
	SMTPPasswordFile string `name:"smtp-password-file" env:"WIJKBAAK_SMTP_PASSWORD_FILE" placeholder:"FILE" help:"File with the password for the mail server. It is never a flag: others on the machine could read it."`
	SMTPFrom         string `name:"smtp-from" env:"WIJKBAAK_SMTP_FROM" placeholder:"ADDRESS" help:"Who letters come from: Name <address>."`
	SMTPSecurity     string `name:"smtp-security" env:"WIJKBAAK_SMTP_SECURITY" default:"starttls" enum:"starttls,tls,plain" help:"starttls, tls or plain; plain is for a mail server on this machine."`
}

// oidcSettings say which provider people can sign in with.
type oidcSettings struct {
	OIDCKey        string   `name:"oidc-key" env:"WIJKBAAK_OIDC_KEY" default:"oidc" help:"Short name of the provider, in our addresses."`
	OIDCName       string   `name:"oidc-name" env:"WIJKBAAK_OIDC_NAME" placeholder:"NAME" help:"Name of the provider as people know it."`
	OIDCIssuer     string   `name:"oidc-issuer" env:"WIJKBAAK_OIDC_ISSUER" placeholder:"URL" help:"Address of the OpenID Connect provider. Without it nobody signs in that way."`
	OIDCClient     string   `name:"oidc-client" env:"WIJKBAAK_OIDC_CLIENT" placeholder:"ID" help:"Our client id at the provider."`
	OIDCSecretFile string   `name:"oidc-secret-file" env:"WIJKBAAK_OIDC_SECRET_FILE" placeholder:"FILE" help:"File with our secret at the provider."`
	OIDCScopes     []string `name:"oidc-scopes" env:"WIJKBAAK_OIDC_SCOPES" placeholder:"NAME" help:"Scopes to ask for, besides openid."`
	OIDCStrong     []string `name:"oidc-strong" env:"WIJKBAAK_OIDC_STRONG" placeholder:"ACR" help:"Levels (acr) of the provider that count as a second factor."`
}

// has refuses a place without data: a sub-command that reads makes nothing.
func (d dataSettings) has() error {
	if d.Database != "" {
		return os.MkdirAll(d.Data, 0o700)
	}
	_, err := os.Stat(filepath.Join(d.Data, db.FileName))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there are no data in %s; name the folder with --data, or the database with --database", d.Data)
	}
	return err
}

func (d dataSettings) app() app.Settings {
	return app.Settings{Data: d.Data, Database: d.Database, Version: version(), BaseURL: "http://127.0.0.1:8080", Rate: 1}
}

// open puts the program together on data that is there, for a sub-command. Its
// context acts as the shell, in English.
func (d dataSettings) open(ctx context.Context) (*app.App, context.Context, error) {
	if err := d.has(); err != nil {
		return nil, ctx, err
	}
	a, err := app.Open(ctx, d.app(), app.Parts{})
	if err != nil {
		return nil, ctx, err
	}
	return a, shell(ctx, a), nil
}

// ready is open for data that must be up to date.
func (d dataSettings) ready(ctx context.Context) (*app.App, context.Context, error) {
	a, ctx, err := d.open(ctx)
	if err != nil {
		return nil, ctx, err
	}
	if err := a.Check(ctx); err != nil {
		return nil, ctx, errors.Join(err, a.Close())
	}
	return a, ctx, nil
}

func shell(ctx context.Context, a *app.App) context.Context {
	return access.With(i18n.With(ctx, a.Words, "en"), people.Shell())
}

func (s siteSettings) fill(o *app.Settings) {
	o.BaseURL, o.Name, o.Theme, o.Rate, o.ProxyHeader, o.Checkpoints = s.BaseURL, s.Name, s.Theme, s.Rate, s.ProxyHeader, s.Checkpoints
	o.Place = s.Place
	if o.Place != "" && !strings.HasPrefix(o.Place, "/") {
		o.Place = "/" + strings.TrimPrefix(strings.ToUpper(o.Place), "GM")
	}
}

func (s siteSettings) logger(c console) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(s.LogLevel)) // the parser took it
	return observe.Logger(c.err, level)
}

func (m mailSettings) fill(o *app.Settings) error {
	o.SMTP = mail.SMTPOptions{Host: m.SMTPHost, Port: m.SMTPPort, User: m.SMTPUser, From: m.SMTPFrom, Security: mail.Security(m.SMTPSecurity)}
	if m.SMTPHost != "" && m.SMTPFrom == "" {
		return errors.New("say who letters come from: --smtp-from \"Wijkteam <wijkteam@example.nl>\"")
	}
	var err error
	o.SMTP.Password, err = secretIn(m.SMTPPasswordFile)
	return err
}

func (s oidcSettings) fill(o *app.Settings) error {
	if s.OIDCIssuer == "" {
		return nil
	}
	secret, err := secretIn(s.OIDCSecretFile)
	if err != nil {
		return err
	}
	name := s.OIDCName
	if name == "" {
		name = s.OIDCKey
	}
	o.OIDC = []signin.Provider{{Key: s.OIDCKey, Name: name, Issuer: s.OIDCIssuer, ClientID: s.OIDCClient, ClientSecret: secret, Scopes: s.OIDCScopes, Strong: s.OIDCStrong}}
	return nil
}

// secretIn reads a secret from the first line of a file.
func secretIn(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	b, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if err != nil {
		return "", err
	}
	first, _, _ := strings.Cut(string(b), "\n")
	return strings.TrimSpace(first), nil
}

// loopback tells whether only this machine can reach an address.
func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// atHome is how somebody on this machine reaches a listener that others cannot:
// by the name localhost, because browsers make no passkeys for a bare address. It
// stays the address where the name would lead elsewhere: to another program on
// the same port, which a browser tries first or as well.
func atHome(l net.Listener) string {
	address := l.Addr().String()
	host, port, err := net.SplitHostPort(address)
	twin := map[string]string{"127.0.0.1": "::1", "::1": "127.0.0.1"}[host]
	if err != nil || twin == "" {
		return "http://" + address
	}
	other, err := net.Listen("tcp", net.JoinHostPort(twin, port))
	if err == nil {
		err = other.Close()
	}
	if errors.Is(err, syscall.EADDRINUSE) {
		return "http://" + address
	}
	return "http://localhost:" + port
}

// listen opens a port, and names a free one when it is taken.
func listen(flag, address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err == nil {
		return l, nil
	}
	host, _, splitErr := net.SplitHostPort(address)
	if splitErr != nil {
		return nil, fmt.Errorf("--%s %s: write it as address:port, such as 127.0.0.1:8080", flag, address)
	}
	if free, e := net.Listen("tcp", net.JoinHostPort(host, "0")); e == nil {
		hint := free.Addr().String()
		free.Close() //nolint:errcheck,gosec // it was only to find a free port
		return nil, fmt.Errorf("cannot listen on %s (%w). Another program may use it; this one is free: --%s %s", address, err, flag, hint)
	}
	return nil, fmt.Errorf("cannot listen on %s: %w", address, err)
}
