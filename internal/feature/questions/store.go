package questions

import (
	"context"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/search"
)

const questionColumns = `id, title, body, theme, audience, place, postcode, urgent, name, asker, entered_by, channel,
	status, moderation, demonstration, asked_at, due_at, answered_at, closed_at, close_reason, merged_into,
	accepted_answer, waits_for_asker, taken_by, passed_to, answers, changed_at`

// listedColumns are what everybody may see of a question that is listed.
const listedColumns = `id, title, body, theme, urgent, name, status, demonstration, asked_at, due_at, answered_at,
	accepted_answer, waits_for_asker, answers`

const (
	insertQuestion = `INSERT INTO question (id, title, body, theme, audience, place, postcode, urgent, name, asker,
		entered_by, channel, status, moderation, demonstration, asked_at, due_at, answered_at, closed_at, close_reason,
		merged_into, accepted_answer, waits_for_asker, taken_by, passed_to, answers, changed_at, listed, code_hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
		$23, $24, $25, $26, $27, $28, $29) ON CONFLICT (code_hash) DO NOTHING`
	updateQuestion = `UPDATE question SET title = $2, body = $3, theme = $4, audience = $5, place = $6, postcode = $7,
		urgent = $8, name = $9, asker = $10, entered_by = $11, channel = $12, status = $13, moderation = $14,
		demonstration = $15, asked_at = $16, due_at = $17, answered_at = $18, closed_at = $19, close_reason = $20,
		merged_into = $21, accepted_answer = $22, waits_for_asker = $23, taken_by = $24, passed_to = $25, answers = $26,
		changed_at = $27, listed = $28 WHERE id = $1`
	selectQuestion       = `SELECT ` + questionColumns + ` FROM question WHERE id = $1`
	selectQuestionByCode = `SELECT ` + questionColumns + ` FROM question WHERE code_hash = $1`

	selectListed          = `SELECT ` + listedColumns + ` FROM question WHERE listed AND id < $1 ORDER BY id DESC LIMIT $2`
	selectListedTheme     = `SELECT ` + listedColumns + ` FROM question WHERE listed AND theme = $3 AND id < $1 ORDER BY id DESC LIMIT $2`
	selectListedOpen      = `SELECT ` + listedColumns + ` FROM question WHERE listed AND status = 'open' AND id < $1 ORDER BY id DESC LIMIT $2`
	selectListedThemeOpen = `SELECT ` + listedColumns + ` FROM question WHERE listed AND status = 'open' AND theme = $3 AND id < $1 ORDER BY id DESC LIMIT $2`
	selectAllListed       = `SELECT ` + listedColumns + ` FROM question WHERE listed AND id > $1 ORDER BY id LIMIT $2`
	selectListedIDs       = `SELECT id FROM question WHERE listed AND id = $1`

	// Within the area: the place itself, or what lies below it. The byte after
	// the slash ends the range, so that the index of the desk order serves.
	selectDesk = `SELECT ` + questionColumns + ` FROM question WHERE status = 'open'
		AND ($1 = '/' OR place = $1 OR (place >= $1 || '/' AND place < $1 || '0'))
		ORDER BY urgent DESC, due_at, id LIMIT $2`
	selectTaken = `SELECT ` + questionColumns + ` FROM question WHERE status = 'open' AND taken_by = $1
		ORDER BY taken_by, due_at, id LIMIT $2`
	selectHeld = `SELECT ` + questionColumns + ` FROM question WHERE moderation <> 'shown' AND moderation = $1 AND id < $2
		ORDER BY id DESC LIMIT $3`
	selectAsked = `SELECT ` + questionColumns + ` FROM question WHERE asker = $1 ORDER BY asker, id DESC LIMIT $2`

	insertContact = `INSERT INTO question_contact (question, email, phone) VALUES ($1, $2, $3)
		ON CONFLICT (question) DO UPDATE SET email = excluded.email, phone = excluded.phone`
	selectContact  = `SELECT email, phone FROM question_contact WHERE question = $1`
	selectContacts = `SELECT email, phone FROM question_contact WHERE question IN (` + withMerged + `)`
	deleteContact  = `DELETE FROM question_contact WHERE question IN (` + withMerged + `)`
	withMerged     = `SELECT CAST($1 AS TEXT) UNION ALL SELECT id FROM question WHERE merged_into = $1`
	moveMerged     = `UPDATE question SET merged_into = $2 WHERE merged_into = $1`

	answerColumns = `id, question, person, name, kind, role, organisation, body, sources, initiatives, moderation, helped, thanks, at, edited_at`
	insertAnswer  = `INSERT INTO answer (` + answerColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`
	updateAnswer  = `UPDATE answer SET question = $2, person = $3, name = $4, kind = $5, role = $6, organisation = $7, body = $8,
		sources = $9, initiatives = $10, moderation = $11, helped = $12, thanks = $13, at = $14, edited_at = $15 WHERE id = $1`
	thankAnswer   = `UPDATE answer SET thanks = thanks + 1 WHERE id = $1 AND moderation = 'shown' RETURNING question`
	selectAnswers = `SELECT ` + answerColumns + ` FROM answer WHERE question = $1 AND id > $2 ORDER BY id LIMIT $3`
	countAnswers  = `SELECT COUNT(*) FROM answer WHERE question = $1 AND moderation = 'shown'`
	selectSame    = `SELECT ` + answerColumns + ` FROM answer WHERE question = $1 AND person = $2 AND body = $3 ORDER BY id LIMIT 1`
	selectNewest  = `SELECT ` + answerColumns + ` FROM answer WHERE moderation = 'shown' AND id < $1
		AND EXISTS (SELECT 1 FROM question WHERE question.id = answer.question AND question.listed) ORDER BY answer.id DESC LIMIT $2`
	selectAnswer     = `SELECT ` + answerColumns + ` FROM answer WHERE id = $1`
	selectAnswersBy  = `SELECT ` + answerColumns + ` FROM answer WHERE person = $1 ORDER BY id LIMIT 1000`
	selectAnswerHeld = `SELECT ` + answerColumns + ` FROM answer WHERE moderation <> 'shown' AND moderation = $1 AND id < $2 ORDER BY id DESC LIMIT $3`
	// The questions of one part of selectAnswerHeld.
	selectHeldQuestions = `SELECT ` + questionColumns + ` FROM question WHERE id IN (SELECT question FROM answer
		WHERE moderation <> 'shown' AND moderation = $1 AND id < $2 ORDER BY id DESC LIMIT $3)`
	moveAnswers = `UPDATE answer SET question = $2 WHERE question = $1`

	eventColumns = `id, question, at, person, kind, body, subject`
	insertEvent  = `INSERT INTO question_event (` + eventColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7)`
	moveHistory  = `UPDATE question_event SET question = $2 WHERE question = $1
		AND subject IN (SELECT id FROM answer WHERE question = $1)`
	selectEvents = `SELECT ` + eventColumns + ` FROM question_event WHERE question = $1 ORDER BY id LIMIT 500`

	insertFollower = `INSERT INTO follower (id, question, email, token_hash, confirmed, at) VALUES ($1, $2, $3, $4, FALSE, $5)
		ON CONFLICT (question, email) DO NOTHING`
	selectFollower  = `SELECT id FROM follower WHERE question = $1 AND email = $2`
	confirmFollower = `UPDATE follower SET confirmed = TRUE WHERE token_hash = $1 RETURNING question`
	deleteFollower  = `DELETE FROM follower WHERE token_hash = $1 RETURNING question`
	selectFollowers = `SELECT id, email FROM follower WHERE question = $1 AND confirmed ORDER BY question, id LIMIT 5000`
	moveFollowers   = `UPDATE follower SET question = $2 WHERE question = $1
		AND email NOT IN (SELECT email FROM follower WHERE question = $2)`
	deleteFollowers  = `DELETE FROM follower WHERE question = $1`
	deleteOldFollows = `DELETE FROM follower WHERE NOT confirmed AND at < $1`

	// What is kept for a term (Forget).
	deleteOldContacts = `DELETE FROM question_contact WHERE EXISTS (SELECT 1 FROM question
		WHERE question.id = question_contact.question AND question.status <> 'open' AND question.changed_at < $1)`
	deleteOldReports = `DELETE FROM report WHERE handled_at IS NOT NULL AND handled_at < $1`
	deleteOldWords   = `DELETE FROM question_event WHERE body <> '' AND at < $1 AND kind IN ('note', 'message.team', 'message.asker', 'edited')
		AND EXISTS (SELECT 1 FROM question WHERE question.id = question_event.question AND question.status <> 'open')`
	blankOldWords = `UPDATE question_event SET body = '' WHERE body <> '' AND at < $1 AND kind IN ('passed', 'closed')
		AND EXISTS (SELECT 1 FROM question WHERE question.id = question_event.question AND question.status <> 'open')`
	selectQuiet = `SELECT ` + questionColumns + ` FROM question WHERE NOT listed AND status <> 'open' AND changed_at < $1
		AND (audience = 'team' OR moderation <> 'shown') ORDER BY changed_at, id LIMIT $2`
	deleteQuestion = `DELETE FROM question WHERE id = $1`

	// What one question keeps of its asker (EraseAsker).
	deleteAskerFollows = `DELETE FROM follower WHERE question = $1 AND email IN (SELECT email FROM question_contact WHERE question = $1)`
	deleteOwnContact   = `DELETE FROM question_contact WHERE question = $1`
	deleteAskerWords   = `DELETE FROM question_event WHERE question = $1 AND kind IN ('note', 'message.team', 'message.asker')`
	blankAskerWords    = `UPDATE question_event SET body = '' WHERE question = $1 AND kind IN ('passed', 'closed')`
	updateCode         = `UPDATE question SET code_hash = $2 WHERE id = $1`

	insertReport  = `INSERT INTO report (id, question, answer, story, reason, body, at) VALUES ($1, $2, $3, $4, $5, $6, $7)`
	selectReports = `SELECT id, question, answer, story, reason, body, at FROM report WHERE handled_at IS NULL AND id < $1 ORDER BY id DESC LIMIT $2`
	handleReports = `UPDATE report SET handled_at = $2, handled_by = $3 WHERE handled_at IS NULL AND (id = $1 OR question = $1 OR answer = $1 OR story = $1)`

	storyColumns      = `id, title, body, name, theme, place, person, initiatives, consent, consent_at, moderation, demonstration, at`
	insertStory       = `INSERT INTO story (` + storyColumns + `, code_hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`
	selectStory       = `SELECT ` + storyColumns + ` FROM story WHERE id = $1`
	selectStoryByCode = `SELECT ` + storyColumns + ` FROM story WHERE code_hash = $1`
	selectStories     = `SELECT ` + storyColumns + ` FROM story WHERE moderation = 'shown' AND id < $1 ORDER BY id DESC LIMIT $2`
	selectStoryHeld   = `SELECT ` + storyColumns + ` FROM story WHERE moderation <> 'shown' AND moderation = $1 AND id < $2 ORDER BY id DESC LIMIT $3`
	selectStoriesBy   = `SELECT ` + storyColumns + ` FROM story WHERE person = $1 ORDER BY person, id LIMIT 1000`
	moderateStory     = `UPDATE story SET moderation = $2 WHERE id = $1`
	deleteStory       = `DELETE FROM story WHERE id = $1`
	insertStoryEvent  = `INSERT INTO story_event (id, story, at, person, kind, body) VALUES ($1, $2, $3, $4, $5, $6)`
	deleteReports     = `DELETE FROM report WHERE story = $1`

	// Figures of questions asked since a moment, in an area as for the desk.
	selectFigures = `SELECT COUNT(*),
		COUNT(CASE WHEN answered_at IS NOT NULL THEN 1 END),
		COUNT(CASE WHEN answered_at <= due_at THEN 1 END),
		COUNT(CASE WHEN answered_at IS NULL AND due_at < $2 AND status = 'open' AND NOT waits_for_asker THEN 1 END)
		FROM question WHERE asked_at >= $1 AND ($3 = '/' OR place = $3 OR (place >= $3 || '/' AND place < $3 || '0'))`
	selectCounts = `SELECT COUNT(*),
		COUNT(CASE WHEN answered_at IS NOT NULL THEN 1 END),
		COUNT(CASE WHEN answered_at <= due_at THEN 1 END)
		FROM question WHERE asked_at >= $1 AND asked_at < $2 AND ($3 = '/' OR place = $3 OR (place >= $3 || '/' AND place < $3 || '0'))`
	selectWaits = `SELECT answered_at - asked_at FROM question WHERE asked_at >= $1 AND answered_at IS NOT NULL
		AND ($2 = '/' OR place = $2 OR (place >= $2 || '/' AND place < $2 || '0'))`

	// What a person asked of the team alone, or what was held back, goes as a whole;
	// what neighbours read stays, as nobody's, without what the team wrote about it.
	forgetPrivate   = `DELETE FROM question WHERE asker = $1 AND (audience = 'team' OR moderation = 'held')`
	forgetMessages  = `DELETE FROM question_event WHERE kind IN ('message.team', 'message.asker') AND question IN (SELECT id FROM question WHERE asker = $1)`
	forgetNotes     = `UPDATE question_event SET body = '' WHERE kind IN ('note', 'passed', 'closed') AND question IN (SELECT id FROM question WHERE asker = $1)`
	forgetHistory   = `DELETE FROM question_event WHERE kind = 'edited' AND person = $1`
	forgetContact   = `DELETE FROM question_contact WHERE question IN (SELECT id FROM question WHERE asker = $1)`
	forgetFollower  = `DELETE FROM follower WHERE email = $1`
	forgetAddress   = `DELETE FROM question_contact WHERE email = $1`
	forgetAsker     = `UPDATE question SET asker = NULL, name = '', postcode = '' WHERE asker = $1`
	forgetEntered   = `UPDATE question SET entered_by = NULL WHERE entered_by = $1`
	forgetTaken     = `UPDATE question SET taken_by = NULL, passed_to = CASE WHEN passed_to = $1 THEN NULL ELSE passed_to END WHERE taken_by = $1`
	forgetHeld      = `DELETE FROM answer WHERE person = $1 AND moderation = 'held'`
	forgetAnswers   = `UPDATE answer SET person = NULL, name = '' WHERE person = $1`
	forgetEvents    = `UPDATE question_event SET person = NULL WHERE person = $1`
	forgetPassed    = `UPDATE question_event SET subject = '' WHERE kind = 'passed' AND subject = $1`
	forgetHandled   = `UPDATE report SET handled_by = NULL WHERE handled_by = $1`
	forgetModerated = `UPDATE story_event SET person = NULL WHERE person = $1`

	exportContacts = `SELECT c.email, c.phone FROM question_contact c JOIN question q ON q.id = c.question WHERE q.asker = $1 ORDER BY q.id LIMIT 1000`
	exportMessages = `SELECT e.id, e.question, e.at, e.person, e.kind, e.body, e.subject FROM question_event e JOIN question q ON q.id = e.question
		WHERE q.asker = $1 AND e.kind IN ('message.team', 'message.asker') ORDER BY e.id LIMIT 1000`
	exportEdits = `SELECT id, question, at, person, kind, body, subject FROM question_event
		WHERE person = $1 AND kind = 'edited' ORDER BY id LIMIT 1000`
	exportFollowed = `SELECT question FROM follower WHERE email = $1 ORDER BY question LIMIT 1000`
)

// last is an id after all others, where a list by descending id begins.
const last = "~"

// cursor is where a list goes on: at an id, or at the beginning for what is none.
func cursor(before string) string {
	if idForm.MatchString(before) {
		return before
	}
	return last
}

func scanQuestion(s db.Scanner) (Question, error) {
	var q Question
	var asker, enteredBy, merged, accepted, taken, passed db.Null
	var asked, due, answered, closed, changed db.Time
	err := s.Scan(&q.ID, &q.Title, &q.Body, &q.Theme, &q.Audience, &q.Place, &q.Postcode, &q.Urgent, &q.Name, &asker,
		&enteredBy, &q.Channel, &q.Status, &q.Moderation, &q.Demonstration, &asked, &due, &answered, &closed,
		&q.CloseReason, &merged, &accepted, &q.WaitsForAsker, &taken, &passed, &q.Answers, &changed)
	q.Asker, q.EnteredBy, q.MergedInto, q.Accepted = string(asker), string(enteredBy), string(merged), string(accepted)
	q.TakenBy, q.PassedTo = string(taken), string(passed)
	q.AskedAt, q.DueAt, q.AnsweredAt, q.ClosedAt, q.ChangedAt = asked.Time, due.Time, answered.Time, closed.Time, changed.Time
	return q, err
}

func scanListed(s db.Scanner) (Question, error) {
	q := Question{Audience: Neighbourhood, Moderation: Shown}
	var accepted db.Null
	var asked, due, answered db.Time
	err := s.Scan(&q.ID, &q.Title, &q.Body, &q.Theme, &q.Urgent, &q.Name, &q.Status, &q.Demonstration, &asked, &due,
		&answered, &accepted, &q.WaitsForAsker, &q.Answers)
	q.Accepted, q.AskedAt, q.DueAt, q.AnsweredAt = string(accepted), asked.Time, due.Time, answered.Time
	return q, err
}

func (q Question) columns() []any {
	return []any{q.ID, q.Title, q.Body, q.Theme, q.Audience, q.Place, q.Postcode, q.Urgent, q.Name, db.Null(q.Asker),
		db.Null(q.EnteredBy), q.Channel, q.Status, q.Moderation, q.Demonstration, db.At(q.AskedAt), db.At(q.DueAt),
		db.At(q.AnsweredAt), db.At(q.ClosedAt), q.CloseReason, db.Null(q.MergedInto), db.Null(q.Accepted),
		q.WaitsForAsker, db.Null(q.TakenBy), db.Null(q.PassedTo), q.Answers, db.At(q.ChangedAt), q.Listed()}
}

// addQuestion tells false where a question has that return code already.
func addQuestion(ctx context.Context, tx *db.Tx, q Question, codeHash []byte) (bool, error) {
	n, err := tx.Exec(ctx, insertQuestion, append(q.columns(), codeHash)...)
	return n == 1, err
}

func keepQuestion(ctx context.Context, tx *db.Tx, q Question) error {
	_, err := tx.Exec(ctx, updateQuestion, q.columns()...)
	return err
}

func getQuestion(ctx context.Context, r db.Reader, id string) (Question, error) {
	return db.One(ctx, r, scanQuestion, selectQuestion, id)
}

// listed reads one page of what everybody may see, newest first.
func listed(ctx context.Context, r db.Reader, f Filter) ([]Question, error) {
	before := cursor(f.Before)
	switch {
	case f.Theme != "" && f.Unanswered:
		return db.All(ctx, r, scanListed, selectListedThemeOpen, before, f.Limit, f.Theme)
	case f.Theme != "":
		return db.All(ctx, r, scanListed, selectListedTheme, before, f.Limit, f.Theme)
	case f.Unanswered:
		return db.All(ctx, r, scanListed, selectListedOpen, before, f.Limit)
	}
	return db.All(ctx, r, scanListed, selectListed, before, f.Limit)
}

func scanContact(s db.Scanner) (Contact, error) {
	var c Contact
	err := s.Scan(&c.Email, &c.Phone)
	return c, err
}

// getContact gives the zero Contact where there is none, or no longer.
func getContact(ctx context.Context, r db.Reader, question string) (Contact, error) {
	c, err := db.One(ctx, r, scanContact, selectContact, question)
	if fault.KindOf(err) == fault.KindNotFound {
		return Contact{}, nil
	}
	return c, err
}

func scanAnswer(s db.Scanner) (Answer, error) {
	var w Answer
	var person db.Null
	var kind string
	var sources db.JSON[[]Source]
	var initiatives db.JSON[[]string]
	var at, edited db.Time
	err := s.Scan(&w.ID, &w.Question, &person, &w.Name, &kind, &w.Role, &w.Organisation, &w.Body, &sources, &initiatives,
		&w.Moderation, &w.Helped, &w.Thanks, &at, &edited)
	w.Person, w.Professional, w.Sources, w.Initiatives = string(person), kind == "professional", sources.V, initiatives.V
	w.At, w.EditedAt = at.Time, edited.Time
	return w, err
}

func (w Answer) columns() []any {
	kind := "resident"
	if w.Professional {
		kind = "professional"
	}
	return []any{w.ID, w.Question, db.Null(w.Person), w.Name, kind, w.Role, w.Organisation, w.Body,
		db.JSON[[]Source]{V: w.Sources}, db.JSON[[]string]{V: w.Initiatives}, w.Moderation, w.Helped, w.Thanks,
		db.At(w.At), db.At(w.EditedAt)}
}

func scanEvent(s db.Scanner) (Event, error) {
	var e Event
	var at db.Time
	var person db.Null
	err := s.Scan(&e.ID, &e.Question, &at, &person, &e.Kind, &e.Body, &e.Subject)
	e.At, e.Person = at.Time, string(person)
	return e, err
}

func addEvent(ctx context.Context, tx *db.Tx, e Event) error {
	_, err := tx.Exec(ctx, insertEvent, e.ID, e.Question, db.At(e.At), db.Null(e.Person), e.Kind, e.Body, e.Subject)
	return err
}

func scanStory(s db.Scanner) (Story, error) {
	var t Story
	var person db.Null
	var initiatives db.JSON[[]string]
	var consent, at db.Time
	err := s.Scan(&t.ID, &t.Title, &t.Body, &t.Name, &t.Theme, &t.Place, &person, &initiatives, &t.Consent, &consent,
		&t.Moderation, &t.Demonstration, &at)
	t.Person, t.Initiatives, t.ConsentAt, t.At = string(person), initiatives.V, consent.Time, at.Time
	return t, err
}

func (t Story) columns() []any {
	return []any{t.ID, t.Title, t.Body, t.Name, t.Theme, t.Place, db.Null(t.Person), db.JSON[[]string]{V: t.Initiatives},
		t.Consent, db.At(t.ConsentAt), t.Moderation, t.Demonstration, db.At(t.At)}
}

// Report is what somebody reported, open until somebody of the team looked.
type Report struct {
	ID                      string
	Question, Answer, Story string
	Reason, Body            string
	At                      db.Time
}

func scanReport(s db.Scanner) (Report, error) {
	var p Report
	var question, answer, story db.Null
	err := s.Scan(&p.ID, &question, &answer, &story, &p.Reason, &p.Body, &p.At)
	p.Question, p.Answer, p.Story = string(question), string(answer), string(story)
	return p, err
}

// answersAfter reads one part of the answers, the oldest first; more is the id
// behind which there are others.
func answersAfter(ctx context.Context, r db.Reader, question, after string, n int) (list []Answer, more string, err error) {
	if !idForm.MatchString(after) {
		after = ""
	}
	list, err = db.All(ctx, r, scanAnswer, selectAnswers, question, after, n+1)
	if len(list) > n {
		return list[:n], list[n-1].ID, err
	}
	return list, "", err
}

// forgetStory takes a story away, with what was reported about it.
func forgetStory(ctx context.Context, tx *db.Tx, story string) error {
	for _, forget := range []string{deleteReports, deleteStory} {
		if _, err := tx.Exec(ctx, forget, story); err != nil {
			return err
		}
	}
	return search.Remove(ctx, tx, storySearchID(story))
}
