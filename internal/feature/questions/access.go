package questions

import "wijkbaak.nl/internal/trust/access"

// OnTeam tells whether the actor works on questions of a place.
func OnTeam(a access.Actor, place string) bool { return a.Can(access.Coach, place) }

// Moderates tells whether the actor may hide and restore in a place.
func Moderates(a access.Actor, place string) bool {
	return a.Can(access.Moderator, place) || a.Can(access.Coach, place)
}

// IsAsker tells whether the actor asked the question while signed in.
func IsAsker(a access.Actor, q Question) bool { return a.SignedIn() && a.Person == q.Asker }

// MayRead tells whether the actor may see the question: everybody what is
// listed, its asker and the team of its place always, a moderator what is public
// by nature but held or hidden.
func MayRead(a access.Actor, q Question) bool {
	return q.Listed() || q.Status == Merged && q.Audience == Neighbourhood && q.Moderation == Shown ||
		IsAsker(a, q) || OnTeam(a, q.Place) || q.Audience == Neighbourhood && Moderates(a, q.Place)
}

// MayAnswer tells whether the actor may answer: whoever is signed in, and an
// organisation with its token, answers what is listed; a private question is answered by the team.
func MayAnswer(a access.Actor, q Question) bool {
	if q.Status == Closed || q.Status == Merged {
		return false
	}
	return (a.SignedIn() || a.Organisation != "") && q.Listed() || OnTeam(a, q.Place)
}

// MayEditAnswer tells whether the actor may change an answer: its writer.
func MayEditAnswer(a access.Actor, w Answer) bool { return a.SignedIn() && a.Person == w.Person }

// SeesAnswer tells whether the actor sees an answer of a question it may read.
func SeesAnswer(a access.Actor, q Question, w Answer) bool {
	return w.Moderation == Shown || a.SignedIn() && a.Person == w.Person || Moderates(a, q.Place)
}
