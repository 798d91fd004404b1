package questions

import (
	"context"
	"embed"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/jobs"
	"wijkbaak.nl/internal/base/outbox"
	"wijkbaak.nl/internal/base/room"
)

//go:embed migrations locales demo
var files embed.FS

// Name is the name of the room.
const Name = "questions"

// The jobs of the room.
const (
	jobTellAnswered = "questions.tell.answered"
	jobTellMessaged = "questions.tell.messaged"
	jobTellUrgent   = "questions.tell.urgent"
	jobTellPassed   = "questions.tell.passed"
	// JobForget removes what was kept for its term; the app runs it daily.
	JobForget = "questions.forget"
)

// Subscriptions are the events for which this room has work.
var Subscriptions = []outbox.Subscription{
	{Topic: TopicAnswered, Job: jobTellAnswered},
	{Topic: TopicMessaged, Job: jobTellMessaged},
	{Topic: TopicUrgent, Job: jobTellUrgent},
	{Topic: TopicPassed, Job: jobTellPassed},
}

// Room is the manifest.
func (s *Service) Room() room.Room {
	return room.New(Name, personal{s.Team}, room.Parts{
		Routes: append(s.routes(), s.apiRoutes()...), Migrations: files, Locales: files,
		Jobs: map[string]jobs.Handler{
			jobTellAnswered: jobs.Typed(s.tellAnswered), jobTellMessaged: jobs.Typed(s.tellMessaged),
			jobTellUrgent: jobs.Typed(s.tellUrgent), jobTellPassed: jobs.Typed(s.tellPassed),
		},
		On: Subscriptions, Search: Documents, Demo: s.demo,
		Plans: []db.Plan{
			{Name: "listed", SQL: selectListed, Args: []any{last, 20}},
			{Name: "listed by theme", SQL: selectListedTheme, Args: []any{last, 20, "vervoer"}},
			{Name: "listed and open", SQL: selectListedOpen, Args: []any{last, 20}},
			{Name: "listed and open by theme", SQL: selectListedThemeOpen, Args: []any{last, 20, "vervoer"}},
			{Name: "cards", SQL: selectCards, Args: []any{last, 20}},
			{Name: "cards by theme", SQL: selectCardsTheme, Args: []any{last, 20, "vervoer"}},
			{Name: "cards of open", SQL: selectCardsOpen, Args: []any{last, 20}},
			{Name: "cards of open by theme", SQL: selectCardsThemeOpen, Args: []any{last, 20, "vervoer"}},
			{Name: "all listed", SQL: selectAllListed, Args: []any{"", 20}},
			{Name: "by code", SQL: selectQuestionByCode, Args: []any{[]byte{1}}},
			{Name: "desk", SQL: selectDesk, Args: []any{"/", 20}},
			{Name: "taken", SQL: selectTaken, Args: []any{"p", 20}},
			{Name: "held", SQL: selectHeld, Args: []any{"held", last, 20}},
			{Name: "asked by", SQL: selectAsked, Args: []any{"p", 20}},
			{Name: "answers", SQL: selectAnswers, Args: []any{"q", "", 20}},
			{Name: "answers, counted", SQL: countAnswers, Args: []any{"q"}},
			{Name: "answers, sent again", SQL: selectSame, Args: []any{"q", "p", "b"}},
			{Name: "answers, newest", SQL: selectNewest, Args: []any{last, 20}},
			{Name: "answers by", SQL: selectAnswersBy, Args: []any{"p"}},
			{Name: "answers held", SQL: selectAnswerHeld, Args: []any{"held", last, 20}},
			{Name: "questions of answers held", SQL: selectHeldQuestions, Args: []any{"held", last, 20}},
			{Name: "quiet", SQL: selectQuiet, Args: []any{1, 20}},
			{Name: "events", SQL: selectEvents, Args: []any{"q"}},
			{Name: "followers", SQL: selectFollowers, Args: []any{"q"}},
			{Name: "contacts", SQL: selectContacts, Args: []any{"q"}},
			{Name: "reports", SQL: selectReports, Args: []any{last, 20}},
			{Name: "stories", SQL: selectStories, Args: []any{last, 20}},
			{Name: "stories held", SQL: selectStoryHeld, Args: []any{"held", last, 20}},
			{Name: "stories by", SQL: selectStoriesBy, Args: []any{"p"}},
			{Name: "figures", SQL: selectFigures, Args: []any{0, 1, "/"}},
			{Name: "waits", SQL: selectWaits, Args: []any{0, "/"}},
		},
	})
}

// personal answers for what this room holds of one person.
type personal struct{ team People }

// Erase takes the person off all of it. Questions and answers that neighbours
// read stay, as nobody's; what was asked of the team alone, messages, stories and
// ways to reach the person go.
func (p personal) Erase(ctx context.Context, tx *db.Tx, person string) error {
	email, err := p.email(ctx, tx, person)
	if err != nil {
		return err
	}
	told, err := db.All(ctx, tx, scanStory, selectStoriesBy, person)
	if err != nil {
		return err
	}
	for _, t := range told {
		if err := forgetStory(ctx, tx, t.ID); err != nil {
			return err
		}
	}
	for _, forget := range []string{forgetPrivate, forgetMessages, forgetNotes, forgetHistory, forgetContact, forgetAsker, forgetEntered,
		forgetTaken, forgetHeld, forgetAnswers, forgetEvents, forgetPassed, forgetHandled, forgetModerated} {
		if _, err := tx.Exec(ctx, forget, person); err != nil {
			return err
		}
	}
	if email == "" {
		return nil
	}
	for _, forget := range []string{forgetFollower, forgetAddress} {
		if _, err := tx.Exec(ctx, forget, email); err != nil {
			return err
		}
	}
	return nil
}

// email is the address of the account; "" where there is no account any more.
func (p personal) email(ctx context.Context, r db.Reader, person string) (string, error) {
	email, err := p.team.Email(ctx, r, person)
	if fault.KindOf(err) == fault.KindNotFound {
		return "", nil
	}
	return email, err
}
