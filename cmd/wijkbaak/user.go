package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"wijkbaak.nl/internal/app"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/people"
)

type userCmd struct {
	Add   userAddCmd   `cmd:"" help:"Make an account." example:"wijkbaak user add \"Ans de Vries\" --email ans@example.nl --role operator --organisation \"Gemeente Delft\" --kind municipality"`
	List  userListCmd  `cmd:"" help:"List accounts with their roles." example:"wijkbaak user list --search ans"`
	Grant userGrantCmd `cmd:"" help:"Give a role." example:"wijkbaak user grant ans@example.nl coach --organisation \"Wijkteam Oost\" --place /0503 --on-duty"`
	End   userEndCmd   `cmd:"" help:"End a role; the number is in user list." example:"wijkbaak user end 0199f2a0-0612-7345-8901-234567890123"`
	Close userCloseCmd `cmd:"" help:"Close an account: sessions and roles end at once." example:"wijkbaak user close ans@example.nl"`
	Reset userResetCmd `cmd:"" help:"Take away the second factor of who lost a telephone; a new one is set up at the next sign in." example:"wijkbaak user reset ans@example.nl"`
	Token userTokenCmd `cmd:"" help:"Make an API token for a program of an organisation." example:"wijkbaak user token \"Website\" --organisation \"Wijkteam Oost\" --scopes questions:write,answers:write --days 365"`
}

// with opens the data for one act on accounts.
func (d dataSettings) with(ctx context.Context, act func(context.Context, *app.App) error) (err error) {
	a, ctx, err := d.ready(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	return inEnglish(ctx, act(ctx, a))
}

// inEnglish says a fault with the words that the program has for it.
func inEnglish(ctx context.Context, err error) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind == fault.KindUnavailable || f.Key == "" {
		return err
	}
	var texts []string
	for _, field := range f.Fields {
		texts = append(texts, field.Name+": "+i18n.T(ctx, field.Key, field.Args...))
	}
	switch {
	case len(texts) > 0:
		return errors.New(strings.Join(texts, "\n"))
	case strings.HasPrefix(f.Key, "web.error."): // those speak of a page
		return errors.New(inWords(err))
	}
	return errors.New(i18n.T(ctx, f.Key, f.Args...))
}

// roleName is the role to give. A text of its own, and not a list of choices,
// because it may be left out, and "nothing" is no choice to show.
type roleName string

var roleNames = []string{"coach", "editor", "moderator", "lead", "operator"}

// Validate implements the check of kong.
func (r roleName) Validate() error {
	if r == "" || slices.Contains(roleNames, string(r)) {
		return nil
	}
	return fmt.Errorf("must be one of %s", strings.Join(roleNames, ", "))
}

// person finds an account by e-mail address or id.
func person(ctx context.Context, a *app.App, who string) (people.Person, error) {
	p, err := a.People.ByID(ctx, a.DB, who)
	if email, ok := people.NormalEmail(who); ok {
		p, err = a.People.ByEmail(ctx, a.DB, email)
	}
	if fault.KindOf(err) == fault.KindNotFound {
		return p, fmt.Errorf("there is no account %s; wijkbaak user list shows them", who)
	}
	return p, err
}

// organisation finds one by name or id; with a kind it is made when it is new.
func organisation(ctx context.Context, a *app.App, which, kind, place string) (people.Organisation, error) {
	list, err := a.People.Organisations(ctx, a.DB)
	if err != nil {
		return people.Organisation{}, err
	}
	var names []string
	for _, o := range list {
		if o.ID == which || strings.EqualFold(o.Name, which) {
			return o, nil
		}
		names = append(names, o.Name)
	}
	if kind == "" {
		return people.Organisation{}, fmt.Errorf("there is no organisation %q; add --kind (%s) to make it. There are: %s", which, strings.Join(people.Kinds, ", "), strings.Join(names, ", "))
	}
	if place == "" {
		place = "/"
	}
	return a.People.AddOrganisation(ctx, which, kind, place)
}

// roleSettings are a role to give.
type roleSettings struct {
	Organisation string    `placeholder:"NAME" help:"Organisation of the role."`
	Kind         string    `placeholder:"KIND" help:"Make the organisation if it is new: team, municipality, care, welfare, volunteers, cooperative or other."`
	Place        string    `placeholder:"PATH" help:"Place of the role, such as /0503 or /0503/WK050311; / is everywhere. Without it: that of the organisation."`
	OnDuty       bool      `help:"The coach takes the questions of the place now."`
	Until        time.Time `format:"2006-01-02" placeholder:"DATE" help:"Last day of the role, such as 2027-01-31."`
}

// find gives the organisation of the role.
func (r roleSettings) find(ctx context.Context, a *app.App) (people.Organisation, error) {
	if r.Organisation == "" {
		return people.Organisation{}, errors.New("a role is for an organisation: add --organisation")
	}
	return organisation(ctx, a, r.Organisation, r.Kind, r.Place)
}

func (r roleSettings) give(ctx context.Context, a *app.App, c console, p people.Person, o people.Organisation, role string) error {
	n := people.NewGrant{Person: p.ID, Role: access.Role(role), Organisation: o.ID, Place: r.Place, OnDuty: r.OnDuty}
	if !r.Until.IsZero() {
		n.Until = r.Until.AddDate(0, 0, 1)
	}
	g, err := a.People.AddGrant(ctx, n)
	if err != nil {
		return err
	}
	c.say("%s is %s for %s in %s (role %s)", p.Name, g.Role, o.Name, g.Place, g.ID)
	return nil
}

type userAddCmd struct {
	dataSettings `group:"Data"`
	Name         string   `arg:"" help:"Name as others see it."`
	Email        string   `help:"Address to sign in with." required:"" placeholder:"ADDRESS"`
	Language     string   `default:"nl" enum:"nl,en" help:"Language of letters: nl or en."`
	Role         roleName `placeholder:"ROLE" help:"Give a role at once: coach, editor, moderator, lead or operator."`
	roleSettings `group:"Role"`
}

// Run implements the sub-command.
func (u *userAddCmd) Run(ctx context.Context, c console) error {
	return u.with(ctx, func(ctx context.Context, a *app.App) error {
		var o people.Organisation
		var err error
		if u.Role != "" { // before the account, so that there is no half of it
			if o, err = u.find(ctx, a); err != nil {
				return err
			}
		}
		p, err := a.People.AddPerson(ctx, people.NewPerson{Name: u.Name, Email: u.Email, Language: u.Language})
		if err != nil {
			return err
		}
		c.say("%s %s", p.ID, p.Name)
		if u.Role == "" {
			return nil
		}
		return u.give(ctx, a, c, p, o, string(u.Role))
	})
}

type userListCmd struct {
	dataSettings `group:"Data"`
	Search       string `placeholder:"TEXT" help:"Only names that begin with this, or the account with this e-mail address."`
}

// Run implements the sub-command.
func (u *userListCmd) Run(ctx context.Context, c console) error {
	return u.with(ctx, func(ctx context.Context, a *app.App) error {
		for after := ""; ; {
			list, err := a.People.List(ctx, u.Search, after)
			if err != nil {
				return err
			}
			for _, m := range list.Members {
				c.say("%s  %s  %s  %s", m.ID, m.State, m.Name, m.Email)
				for _, g := range m.Grants {
					c.say("    %s  %s  %s  %s", g.ID, g.Role, g.Place, g.OrganisationName)
				}
			}
			if after = list.Next; after == "" {
				return nil
			}
		}
	})
}

type userGrantCmd struct {
	dataSettings `group:"Data"`
	Who          string `arg:"" help:"E-mail address or id of the account."`
	Role         string `arg:"" enum:"coach,editor,moderator,lead,operator" help:"coach, editor, moderator, lead or operator."`
	roleSettings `group:"Role"`
}

// Run implements the sub-command.
func (u *userGrantCmd) Run(ctx context.Context, c console) error {
	return u.with(ctx, func(ctx context.Context, a *app.App) error {
		p, err := person(ctx, a, u.Who)
		if err != nil {
			return err
		}
		o, err := u.find(ctx, a)
		if err != nil {
			return err
		}
		return u.give(ctx, a, c, p, o, u.Role)
	})
}

type userEndCmd struct {
	dataSettings `group:"Data"`
	Grant        string `arg:"" help:"Id of the role."`
}

// Run implements the sub-command.
func (u *userEndCmd) Run(ctx context.Context, c console) error {
	return u.with(ctx, func(ctx context.Context, a *app.App) error {
		g, err := a.People.EndGrant(ctx, u.Grant)
		if fault.KindOf(err) == fault.KindNotFound {
			return fmt.Errorf("there is no role %s that counts now; wijkbaak user list shows them", u.Grant)
		}
		if err == nil {
			c.say("The role %s in %s has ended.", g.Role, g.Place)
		}
		return err
	})
}

type userCloseCmd struct {
	dataSettings `group:"Data"`
	Who          string `arg:"" help:"E-mail address or id of the account."`
}

// Run implements the sub-command.
func (u *userCloseCmd) Run(ctx context.Context, c console) error {
	return u.with(ctx, func(ctx context.Context, a *app.App) error {
		p, err := person(ctx, a, u.Who)
		if err != nil {
			return err
		}
		if err := a.People.CloseAccount(ctx, p.ID); err != nil {
			return err
		}
		c.say("The account of %s is closed.", p.Name)
		return nil
	})
}

type userResetCmd struct {
	dataSettings `group:"Data"`
	Who          string `arg:"" help:"E-mail address or id of the account."`
}

// Run implements the sub-command.
func (u *userResetCmd) Run(ctx context.Context, c console) error {
	return u.with(ctx, func(ctx context.Context, a *app.App) error {
		p, err := person(ctx, a, u.Who)
		if err != nil {
			return err
		}
		if err := a.SignIn.ResetSecondFactor(ctx, p.ID); err != nil {
			return err
		}
		c.say("%s sets up a new second factor at the next sign in; all sessions have ended.", p.Name)
		return nil
	})
}

type userTokenCmd struct {
	dataSettings `group:"Data"`
	Name         string   `arg:"" help:"What the token is for."`
	Organisation string   `required:"" placeholder:"NAME" help:"Organisation of the program."`
	Scopes       []string `required:"" placeholder:"SCOPE" help:"What it may do, such as questions:write."`
	Days         int      `default:"365" help:"Days until it expires."`
}

// Run implements the sub-command.
func (u *userTokenCmd) Run(ctx context.Context, c console) error {
	return u.with(ctx, func(ctx context.Context, a *app.App) error {
		o, err := organisation(ctx, a, u.Organisation, "", "")
		if err != nil {
			return err
		}
		_, secret, err := a.People.AddToken(ctx, people.NewToken{Name: u.Name, Organisation: o.ID, Scopes: u.Scopes, Days: u.Days})
		if err != nil {
			return err
		}
		c.say("%s", secret)
		fmt.Fprintln(c.err, "This is shown once. Keep it where only that program can read it.")
		return nil
	})
}
