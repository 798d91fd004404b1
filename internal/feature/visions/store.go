package visions

import (
	"context"

	"wijkbaak.nl/internal/base/db"
)

const (
	visionColumns = `id, title, intro, questions, coalition, organisation, owner_name, person, version, newest, blocks, stage, term_from, term_until,
		term_public, shelf, published_at, demonstration, created_at, changed_at`
	insertVision = `INSERT INTO vision (` + visionColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`
	selectVision = `SELECT ` + visionColumns + ` FROM vision WHERE id = $1`
	// The version in the WHERE is the one the editor saw.
	updateVision = `UPDATE vision SET title = $2, intro = $3, questions = $4, newest = $5, blocks = $6, version = version + 1, changed_at = $7
		WHERE id = $1 AND version = $8`
	updateStage  = `UPDATE vision SET stage = $2, term_from = $3, term_until = $4, term_public = $5, owner_name = $6, changed_at = $7 WHERE id = $1`
	updateShelf  = `UPDATE vision SET stage = 'published', shelf = $2, published_at = $3, owner_name = $4, changed_at = $3 WHERE id = $1`
	deleteVision = `DELETE FROM vision WHERE id = $1`
	ofCoalition  = `SELECT ` + visionColumns + ` FROM vision WHERE coalition = $1 AND id < $2 ORDER BY coalition DESC, id DESC LIMIT $3`
	ofOwner      = `SELECT ` + visionColumns + ` FROM vision WHERE organisation = $1 AND id < $2 ORDER BY organisation DESC, id DESC LIMIT $3`
	ofPerson     = `SELECT ` + visionColumns + ` FROM vision WHERE person = $1 AND id < $2 ORDER BY person DESC, id DESC LIMIT $3`
	forgetMaker  = `UPDATE vision SET person = '' WHERE person = $1`
	// Open for everybody: the one that closes first is first.
	listOpen  = `SELECT ` + visionColumns + ` FROM vision WHERE term_public = TRUE AND term_until >= $1 AND term_from <= $2 ORDER BY term_public, term_until, id LIMIT $3`
	listShelf = `SELECT ` + visionColumns + ` FROM vision WHERE shelf < $1 AND shelf > '' ORDER BY shelf DESC LIMIT $2`

	textColumns = `id, vision, number, at, person, why, body`
	insertText  = `INSERT INTO vision_version (` + textColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7)`
	selectText  = `SELECT ` + textColumns + ` FROM vision_version WHERE vision = $1 AND number = $2`
	// Without the text itself.
	listTexts   = `SELECT id, vision, number, at, person, why, '[]' FROM vision_version WHERE vision = $1 AND number < $2 ORDER BY vision DESC, number DESC LIMIT $3`
	textsBy     = `SELECT id, vision, number, at, person, why, '[]' FROM vision_version WHERE person = $1 AND id > $2 ORDER BY person, id LIMIT $3`
	forgetTexts = `UPDATE vision_version SET person = '', why = '' WHERE person = $1`

	roundColumns = `id, vision, kind, opens_on, closes_on, everybody, method, majority, number, person, ended_at`
	insertRound  = `INSERT INTO vision_round (` + roundColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`
	updateRound  = `UPDATE vision_round SET opens_on = $3, closes_on = $4, everybody = $5, method = $6, majority = $7, number = $8, ended_at = $9
		WHERE id = $1 AND vision = $2`
	deleteRound  = `DELETE FROM vision_round WHERE id = $1 AND vision = $2`
	selectRounds = `SELECT ` + roundColumns + ` FROM vision_round WHERE vision = $1 ORDER BY vision, id LIMIT $2`
	forgetRounds = `UPDATE vision_round SET person = '' WHERE person = $1`

	commentColumns = `id, vision, round, number, place, quote, kind, body, person, name, helper, channel, everybody, state, state_why, state_by,
		answer, answer_text, answer_by, answered_at, at`
	insertComment = `INSERT INTO vision_comment (` + commentColumns + `)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`
	selectComment  = `SELECT ` + commentColumns + ` FROM vision_comment WHERE id = $1 AND vision = $2`
	answerComment  = `UPDATE vision_comment SET answer = $3, answer_text = $4, answer_by = $5, answered_at = $6 WHERE id = $1 AND vision = $2`
	judgeComment   = `UPDATE vision_comment SET state = $3, state_why = $4, state_by = $5 WHERE id = $1 AND vision = $2`
	listComments   = `SELECT ` + commentColumns + ` FROM vision_comment WHERE vision = $1 AND state = $2 AND id > $3 ORDER BY vision, state, id LIMIT $4`
	listOutside    = `SELECT ` + commentColumns + ` FROM vision_comment WHERE vision = $1 AND state = 'shown' AND everybody = TRUE AND id > $2 ORDER BY vision, state, id LIMIT $3`
	listUnanswered = `SELECT ` + commentColumns + ` FROM vision_comment WHERE vision = $1 AND state = 'shown' AND answer = '' AND id > $2 ORDER BY vision, state, id LIMIT $3`
	listPlace      = `SELECT ` + commentColumns + ` FROM vision_comment WHERE vision = $1 AND state = 'shown' AND place = $2 AND id > $3 ORDER BY vision, state, place, id LIMIT $4`
	placeOutside   = `SELECT ` + commentColumns + ` FROM vision_comment WHERE vision = $1 AND state = 'shown' AND place = $2 AND everybody = TRUE AND id > $3 ORDER BY vision, state, place, id LIMIT $4`
	commentsBy     = `SELECT ` + commentColumns + ` FROM vision_comment WHERE person = $1 AND id > $2 ORDER BY person, id LIMIT $3`
	countPlaces    = `SELECT place, COUNT(*) FROM vision_comment WHERE vision = $1 AND state = 'shown' GROUP BY place`
	countOutside   = `SELECT place, COUNT(*) FROM vision_comment WHERE vision = $1 AND state = 'shown' AND everybody = TRUE GROUP BY place`
	countKinds     = `SELECT kind, answer, COUNT(*) FROM vision_comment WHERE vision = $1 AND state = 'shown' GROUP BY kind, answer`
	countState     = `SELECT COUNT(*) FROM vision_comment WHERE vision = $1 AND state = $2`
	// What nobody else has read goes; the rest stays, as nobody's.
	dropComments   = `DELETE FROM vision_comment WHERE person = $1 AND state <> 'shown'`
	forgetComments = `UPDATE vision_comment SET person = '', name = '' WHERE person = $1`
	forgetHelper   = `UPDATE vision_comment SET helper = '' WHERE helper = $1`
	forgetJudge    = `UPDATE vision_comment SET state_by = '' WHERE state_by = $1`
	forgetAnswerer = `UPDATE vision_comment SET answer_by = '' WHERE answer_by = $1`

	voteColumns = `round, person, choice, reason, dealt, dealt_by, at`
	insertVote  = `INSERT INTO vision_vote (` + voteColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (round, person) DO UPDATE SET choice = excluded.choice, reason = excluded.reason, dealt = excluded.dealt, dealt_by = excluded.dealt_by, at = excluded.at`
	dealVote   = `UPDATE vision_vote SET dealt = $3, dealt_by = $4 WHERE round = $1 AND person = $2 AND choice = 'objection' AND reason = $5`
	votesOf    = `SELECT ` + voteColumns + ` FROM vision_vote WHERE round = $1 ORDER BY round, person LIMIT $2`
	votesBy    = `SELECT ` + voteColumns + ` FROM vision_vote WHERE person = $1 AND round > $2 ORDER BY person, round LIMIT $3`
	dropVotes  = `DELETE FROM vision_vote WHERE round = $1`
	dropVoter  = `DELETE FROM vision_vote WHERE person = $1`
	forgetDeal = `UPDATE vision_vote SET dealt_by = '' WHERE dealt_by = $1`

	decisionColumns = `round, vision, number, outcome, reason, decided_on, deciders, method, majority, yes, against, abstained, dealt, person, at`
	insertDecision  = `INSERT INTO vision_decision (` + decisionColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`
	selectDecisions = `SELECT ` + decisionColumns + ` FROM vision_decision WHERE vision = $1 ORDER BY vision, round LIMIT $2`
	forgetDecisions = `UPDATE vision_decision SET person = '' WHERE person = $1`
)

// last is above every id.
const last = "~"

// plans are the list queries with arguments like real ones.
var plans = []db.Plan{
	{Name: "visions of a coalition", SQL: ofCoalition, Args: []any{"c", last, 20}},
	{Name: "visions of an organisation", SQL: ofOwner, Args: []any{"o", last, 20}},
	{Name: "visions of a person", SQL: ofPerson, Args: []any{"p", last, 20}},
	{Name: "visions that are open", SQL: listOpen, Args: []any{"2026-11-21", "2026-11-21", 20}},
	{Name: "visions that are published", SQL: listShelf, Args: []any{last, 20}},
	{Name: "versions of a vision", SQL: listTexts, Args: []any{"v", 1 << 30, 20}},
	{Name: "versions by a person", SQL: textsBy, Args: []any{"p", "", 20}},
	{Name: "rounds of a vision", SQL: selectRounds, Args: []any{"v", 20}},
	{Name: "comments on a vision", SQL: listComments, Args: []any{"v", Shown, "", 20}},
	{Name: "comments on a vision for all", SQL: listOutside, Args: []any{"v", "", 20}},
	{Name: "comments without an answer", SQL: listUnanswered, Args: []any{"v", "", 20}},
	{Name: "comments on a paragraph", SQL: listPlace, Args: []any{"v", "p1", "", 20}},
	{Name: "comments on a paragraph for all", SQL: placeOutside, Args: []any{"v", "p1", "", 20}},
	{Name: "comments by a person", SQL: commentsBy, Args: []any{"p", "", 20}},
	{Name: "comments by paragraph, counted", SQL: countPlaces, Args: []any{"v"}},
	{Name: "comments by paragraph for all, counted", SQL: countOutside, Args: []any{"v"}},
	{Name: "comments by kind, counted", SQL: countKinds, Args: []any{"v"}},
	{Name: "comments by state, counted", SQL: countState, Args: []any{"v", Held}},
	{Name: "votes of a round", SQL: votesOf, Args: []any{"r", 20}},
	{Name: "votes by a person", SQL: votesBy, Args: []any{"p", "", 20}},
	{Name: "decisions on a vision", SQL: selectDecisions, Args: []any{"v", 20}},
}

func scanVision(s db.Scanner) (v Vision, err error) {
	var questions db.JSON[[]string]
	var published, created, changed db.Time
	err = s.Scan(&v.ID, &v.Title, &v.Intro, &questions, &v.Coalition, &v.Organisation, &v.OwnerName, &v.Person, &v.Version, &v.Newest, &v.Blocks,
		&v.Stage, &v.TermFrom, &v.TermUntil, &v.TermPublic, &v.Shelf, &published, &v.Demonstration, &created, &changed)
	v.Questions, v.PublishedAt, v.Created, v.Changed = questions.V, published.Time, created.Time, changed.Time
	return v, err
}

func addVision(ctx context.Context, tx *db.Tx, v Vision) error {
	_, err := tx.Exec(ctx, insertVision, v.ID, v.Title, v.Intro, db.JSON[[]string]{V: v.Questions}, v.Coalition, v.Organisation, v.OwnerName, v.Person,
		v.Version, v.Newest, v.Blocks, string(v.Stage), string(v.TermFrom), string(v.TermUntil), v.TermPublic, v.Shelf, db.At(v.PublishedAt),
		v.Demonstration, db.At(v.Created), db.At(v.Changed))
	return err
}

func scanText(s db.Scanner) (t Text, err error) {
	var at db.Time
	var blocks db.JSON[[]Block]
	err = s.Scan(&t.ID, &t.Vision, &t.Number, &at, &t.Person, &t.Why, &blocks)
	t.At, t.Blocks = at.Time, blocks.V
	return t, err
}

func addText(ctx context.Context, tx *db.Tx, t Text) error {
	_, err := tx.Exec(ctx, insertText, t.ID, t.Vision, t.Number, db.At(t.At), t.Person, t.Why, db.JSON[[]Block]{V: t.Blocks})
	return err
}

func scanRound(s db.Scanner) (o Round, err error) {
	var ended db.Time
	err = s.Scan(&o.ID, &o.Vision, &o.Kind, &o.Opens, &o.Closes, &o.Everybody, &o.Method, &o.Majority, &o.Number, &o.Person, &ended)
	o.Ended = ended.Time
	return o, err
}

func addRound(ctx context.Context, tx *db.Tx, o Round) error {
	_, err := tx.Exec(ctx, insertRound, o.ID, o.Vision, string(o.Kind), string(o.Opens), string(o.Closes), o.Everybody, o.Method, o.Majority, o.Number,
		o.Person, db.At(o.Ended))
	return err
}

func keepRound(ctx context.Context, tx *db.Tx, o Round) error {
	_, err := tx.Exec(ctx, updateRound, o.ID, o.Vision, string(o.Opens), string(o.Closes), o.Everybody, o.Method, o.Majority, o.Number, db.At(o.Ended))
	return err
}

func scanComment(s db.Scanner) (c Comment, err error) {
	var answered, at db.Time
	err = s.Scan(&c.ID, &c.Vision, &c.Round, &c.Number, &c.Place, &c.Quote, &c.Kind, &c.Body, &c.Person, &c.Name, &c.Helper, &c.Channel, &c.Everybody,
		&c.State, &c.StateWhy, &c.StateBy, &c.Answer, &c.AnswerText, &c.AnswerBy, &answered, &at)
	c.Answered, c.At = answered.Time, at.Time
	return c, err
}

func addComment(ctx context.Context, tx *db.Tx, c Comment) error {
	_, err := tx.Exec(ctx, insertComment, c.ID, c.Vision, c.Round, c.Number, c.Place, c.Quote, c.Kind, c.Body, c.Person, c.Name, c.Helper, c.Channel,
		c.Everybody, c.State, c.StateWhy, c.StateBy, c.Answer, c.AnswerText, c.AnswerBy, db.At(c.Answered), db.At(c.At))
	return err
}

func scanVote(s db.Scanner) (v Vote, err error) {
	var at db.Time
	err = s.Scan(&v.Round, &v.Person, &v.Choice, &v.Reason, &v.Dealt, &v.DealtBy, &at)
	v.At = at.Time
	return v, err
}

func scanDecision(s db.Scanner) (d Decision, err error) {
	var at db.Time
	err = s.Scan(&d.Round, &d.Vision, &d.Number, &d.Outcome, &d.Reason, &d.On, &d.Deciders, &d.Method, &d.Majority, &d.Yes, &d.Against, &d.Abstained,
		&d.Dealt, &d.Person, &at)
	d.At = at.Time
	return d, err
}

func addDecision(ctx context.Context, tx *db.Tx, d Decision) error {
	_, err := tx.Exec(ctx, insertDecision, d.Round, d.Vision, d.Number, string(d.Outcome), d.Reason, string(d.On), d.Deciders, d.Method, d.Majority,
		d.Yes, d.Against, d.Abstained, d.Dealt, d.Person, db.At(d.At))
	return err
}

// placed counts the comments of one place.
type placed struct {
	place string
	n     int
}

func scanPlaced(s db.Scanner) (p placed, err error) {
	err = s.Scan(&p.place, &p.n)
	return p, err
}

// Tallied counts the comments of one kind with one answer.
type Tallied struct {
	Kind, Answer string
	N            int
}

func scanTallied(s db.Scanner) (t Tallied, err error) {
	err = s.Scan(&t.Kind, &t.Answer, &t.N)
	return t, err
}
