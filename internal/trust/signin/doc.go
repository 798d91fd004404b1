// Package signin lets people show who they are: by a code or link sent to their
// e-mail address, by a passkey (WebAuthn), or through a provider that speaks
// OpenID Connect, with a second factor for whoever works here. It has the pages
// of a person's own account too. The session that follows is trust/people's.
//
// It owns the tables signin_code, signin_flow, totp, passkey and identity, and
// sends no events. It writes letters through base/mail.
//
// Answers and timing do not tell whether an address is known: asking for a code
// never looks for a person, and an account of a resident is made when the first
// code is right. Professionals are made by an operator.
package signin
