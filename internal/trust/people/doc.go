// Package people knows who is who: persons, organisations, the roles that
// persons have for an organisation in a place, sessions on the server and the
// API tokens of organisations. How somebody proves who they are is in
// trust/signin; this package turns what the browser brings (a cookie) or a
// machine brings (a token) into the access.Actor of a request.
//
// It owns the tables person, organisation, role_grant, session and api_token.
// It sends no events. It needs a log (Audit) and, for its pages, somebody who
// can reset a second factor.
//
// A session or token is a random number of 256 bits, of which only the SHA-256
// is kept: who reads the database cannot sign in with what stands there. Every
// request reads its session anew, so whatever ends (a session, a role, an
// account) has ended at the next request.
package people
