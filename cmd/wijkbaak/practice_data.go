package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"wijkbaak.nl/internal/app"
	"wijkbaak.nl/internal/feature/practices"
	"wijkbaak.nl/internal/protocol/practice"
)

// practiceCmd is about practice packages.
type practiceCmd struct {
	practiceFileCmds
	Adopt practiceAdoptCmd `cmd:"" help:"Take a practice over as a draft initiative, by its address or from a file." example:"wijkbaak practice adopt https://wijkbaak.example.nl/estafette/waterstad.beeldzorg --name Beeldzorg --organisation 0190… --answer gemeente=Zeist"`
	List  practiceListCmd  `cmd:"" help:"List what this instance offers, and what others offer." example:"wijkbaak practice list --data /var/lib/wijkbaak"`
}

type practiceAdoptCmd struct {
	dataSettings `group:"Data"`
	From         string            `arg:"" help:"Address of the practice, or a .tgz with its .sig beside it."`
	Name         string            `placeholder:"NAME" help:"What the initiative is called here; without it, as in the package."`
	Organisation string            `required:"" placeholder:"ID" help:"Organisation that it is for."`
	Answer       map[string]string `placeholder:"KEY=TEXT" help:"Answer to a question of the package; without it, the answer of the package itself."`
	Trust        bool              `help:"You checked the key of a sender that is not known here yet."`
	Tell         bool              `help:"Let the sender know that you take it over. It needs --base-url, where the sender finds you."`
	BaseURL      string            `name:"base-url" env:"WIJKBAAK_BASE_URL" placeholder:"URL" help:"How people reach the portal, such as https://vraag.example.nl. Needed unless it listens on this machine only."`
}

// ready opens the data, at the address that others know.
func (p *practiceAdoptCmd) ready(ctx context.Context) (*app.App, context.Context, error) {
	if p.Tell && p.BaseURL == "" {
		return nil, ctx, errors.New("say where the sender finds you: --base-url https://vraag.example.nl, or leave out --tell")
	}
	if err := p.has(); err != nil {
		return nil, ctx, err
	}
	o := p.app()
	if p.BaseURL != "" {
		o.BaseURL = strings.TrimSuffix(p.BaseURL, "/")
	}
	a, err := app.Open(ctx, o, app.Parts{})
	if err != nil {
		return nil, ctx, err
	}
	if err := a.Check(ctx); err != nil {
		return nil, ctx, errors.Join(err, a.Close())
	}
	return a, shell(ctx, a), nil
}

// Run implements the sub-command.
func (p *practiceAdoptCmd) Run(ctx context.Context, c console) (err error) {
	a, ctx, err := p.ready(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	var id string
	if strings.Contains(p.From, "://") {
		id, err = a.Practices.Fetch(ctx, p.From, "", "")
	} else {
		var tgz, sig []byte
		if tgz, err = readUpTo(p.From, practice.Usual.Packed); err != nil {
			return err
		}
		if sig, err = os.ReadFile(p.From + ".sig"); err != nil {
			return err
		}
		id, err = a.Practices.TakeFile(ctx, tgz, string(sig), "")
	}
	if err != nil {
		return err
	}
	v, err := a.Practices.Look(ctx, id)
	if err != nil {
		return err
	}
	yes := practices.Yes{Name: p.Name, Organisation: p.Organisation, Answers: map[string]string{}, Trust: p.Trust, Tell: p.Tell}
	if yes.Name == "" {
		yes.Name = v.Package.Manifest.Title
	}
	for _, q := range v.Parameters {
		if yes.Answers[q.Key] = q.Default; p.Answer[q.Key] != "" {
			yes.Answers[q.Key] = p.Answer[q.Key]
		}
		c.say("%s %s", q.Question, yes.Answers[q.Key])
	}
	c.say("Signed by %s, %s", practice.KeyName(v.Signer.Key), practice.Fingerprint(v.Signer.Key))
	slug, err := a.Practices.Adopt(ctx, id, yes)
	if err != nil {
		return errors.Join(err, a.Practices.Drop(ctx, id))
	}
	c.say("Taken over as a draft: %s", filepath.ToSlash("/initiatieven/"+slug))
	return nil
}

type practiceListCmd struct {
	dataSettings `group:"Data"`
}

// Run implements the sub-command.
func (p *practiceListCmd) Run(ctx context.Context, c console) (err error) {
	a, ctx, err := p.ready(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	after := ""
	for {
		list, err := a.Practices.List(ctx, a.DB, after, 100)
		if err != nil {
			return err
		}
		for _, o := range list {
			c.say("here %-40s %-10s %s", o.Name, o.Latest, o.Title)
			after = o.Name
		}
		if len(list) < 100 {
			break
		}
	}
	peers, err := a.Practices.Peers(ctx, a.DB)
	if err != nil {
		return err
	}
	for _, peer := range peers {
		for _, o := range peer.Offers {
			c.say("%s %-40s %-10s %s", peer.Address, o.Name, o.Latest, o.Title)
		}
	}
	return nil
}
