// Package questions is the Vraagbaak: somebody in the neighbourhood asks, without
// an account; neighbours and the team answer; each question says by when and by
// whom it will be answered.
//
// Tables: question, question_contact, answer, question_event, follower, report,
// story, story_event. Search: questions that everybody may see, and stories. Events it sends:
// questions.urgent, questions.answered, questions.messaged, questions.passed. What it needs of other
// rooms stands in needs.go.
package questions
