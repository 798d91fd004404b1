// Package access is the one place that decides what kind of person may come in
// where: deny by default, by roles in an organisation and a place. A room adds
// small pure rules of its own beside its types.
package access

import (
	"context"
	"slices"
	"strings"

	"wijkbaak.nl/internal/base/fault"
)

// Role is what somebody does for an organisation in a place.
type Role string

// The roles. A resident needs none.
const (
	Coach     Role = "coach"     // wijkcoach: answers questions, works at the desk
	Editor    Role = "editor"    // redacteur: keeps content right
	Moderator Role = "moderator" // moderator: hides, restores, removes spam
	Lead      Role = "lead"      // projectleider: initiatives, pilots, coalitions
	Operator  Role = "operator"  // beheerder: people, roles, settings, figures
)

// Roles lists all roles.
var Roles = []Role{Coach, Editor, Moderator, Lead, Operator}

// Grant gives a role in an organisation and in a place and all below it.
type Grant struct {
	Role         Role
	Organisation string // id
	Place        string // path, such as /0153/WK015300; / is the whole instance
}

// Channel is how somebody reaches us; the log tells it.
type Channel string

// The channels.
const (
	Page  Channel = "page"
	API   Channel = "api"
	Job   Channel = "job"
	Shell Channel = "shell"
)

// Actor is who asks. The zero Actor is somebody unknown, who may see what is public.
type Actor struct {
	Person       string // id; empty for somebody unknown
	Name         string // as others see it
	Organisation string // the organisation an API token belongs to
	Grants       []Grant
	SecondFactor bool     // signed in with a second factor
	Scopes       []string // of an API token
	Channel      Channel
	Address      string // network address, for limits; never kept
	Session      string // id of the session, for "sign out here"
}

// SignedIn tells whether we know who it is.
func (a Actor) SignedIn() bool { return a.Person != "" }

// Can tells whether the actor has the role in the place with this path, or in
// one above it. A professional role counts only with the second factor.
func (a Actor) Can(role Role, place string) bool {
	return a.SecondFactor && slices.ContainsFunc(a.Grants, func(g Grant) bool {
		return g.Role == role && Within(place, g.Place)
	})
}

// Has tells whether the actor has one of the roles anywhere.
func (a Actor) Has(roles ...Role) bool {
	return a.SecondFactor && slices.ContainsFunc(a.Grants, func(g Grant) bool { return slices.Contains(roles, g.Role) })
}

// Organisations lists for whom the actor works in the given roles, each once; in any
// role when none is given.
func (a Actor) Organisations(roles ...Role) []string {
	var list []string
	for _, g := range a.Grants {
		if a.SecondFactor && g.Organisation != "" && (len(roles) == 0 || slices.Contains(roles, g.Role)) && !slices.Contains(list, g.Organisation) {
			list = append(list, g.Organisation)
		}
	}
	return list
}

// Places lists the paths in which the actor has one of the roles.
func (a Actor) Places(roles ...Role) []string {
	var paths []string
	for _, g := range a.Grants {
		if a.SecondFactor && slices.Contains(roles, g.Role) && !slices.Contains(paths, g.Place) {
			paths = append(paths, g.Place)
		}
	}
	return paths
}

// Within tells whether a place is the area or lies in it.
func Within(place, area string) bool {
	return area == "/" || place == area || strings.HasPrefix(place, strings.TrimSuffix(area, "/")+"/")
}

type ctxKey struct{}

// With puts the actor into the context.
func With(ctx context.Context, a Actor) context.Context { return context.WithValue(ctx, ctxKey{}, a) }

// Of gives the actor of the context.
func Of(ctx context.Context) Actor {
	a, _ := ctx.Value(ctxKey{}).(Actor)
	return a
}

// Level is how far a route is open. It is a web.Access.
type Level struct {
	name  string
	check func(Actor) error
}

// Name is what the denial matrix calls it.
func (l Level) Name() string { return l.name }

// Check decides about the actor of ctx.
func (l Level) Check(ctx context.Context) error { return l.check(Of(ctx)) }

// Public lets everybody in. It is the listed exception.
var Public = Level{"public", func(Actor) error { return nil }}

// SignedIn lets in whoever we know.
var SignedIn = Level{"signed in", func(a Actor) error {
	if a.SignedIn() {
		return nil
	}
	return fault.Denied()
}}

// Has lets in who has one of the roles, in any place, with the second factor.
func Has(roles ...Role) Level {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = string(r)
	}
	return Level{strings.Join(names, " or "), func(a Actor) error {
		if a.Has(roles...) {
			return nil
		}
		return fault.Denied()
	}}
}

// Scope lets in an API token with this scope.
func Scope(scope string) Level {
	return Level{"scope " + scope, func(a Actor) error {
		if slices.Contains(a.Scopes, scope) {
			return nil
		}
		return fault.Denied()
	}}
}
