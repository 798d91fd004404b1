// Package screenings is the health check in two steps: a round in which an
// organisation invites people by code, a questionnaire of another room that says
// how large the risk is, and for a medium or high risk an appointment with a
// professional, who writes down what was measured.
//
// Nobody has a name here: the code is the person. Of a code only the hash is kept,
// one for each letter, so that a reminder brings a code of its own. The answers to
// the questionnaire never come in; the risk class does, when the person agrees to
// the exact words that are kept with it, until the person takes that back. An
// e-mail address serves letters alone, and ends before the rest does.
//
// A project leader of the organisation of a round runs it and sees no result; a
// coach of the organisation that measures sees appointments and results, and each
// look at one stands in the log. Figures are by postcode, with every number under
// ten left out, and so much more that none of those can be worked out (suppress.go).
//
// Tables: screening_round, screening_batch, screening_invite, screening_code,
// screening_consent, screening_slot, screening_appointment and screening_result. It
// sends mail and no events. What it needs of others stands in needs.go.
package screenings
