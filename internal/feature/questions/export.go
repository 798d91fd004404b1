package questions

import (
	"context"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/room"
)

// What a person takes along of this room. It names nobody else, not even by id:
// who took a question up or what the team noted is not the person's to take.
type (
	export struct {
		Questions []exportQuestion `json:"questions"`
		Contacts  []exportContact  `json:"contacts"`
		Messages  []exportMessage  `json:"messages"`
		Answers   []exportAnswer   `json:"answers"`
		Edits     []exportEdit     `json:"edits"`
		Stories   []exportStory    `json:"stories"`
		Follows   []string         `json:"follows"`
	}
	exportQuestion struct {
		ID         string     `json:"id"`
		Asked      time.Time  `json:"asked"`
		Title      string     `json:"title"`
		Body       string     `json:"body"`
		Theme      string     `json:"theme"`
		Audience   Audience   `json:"audience"`
		Postcode   string     `json:"postcode"`
		Urgent     bool       `json:"urgent"`
		Name       string     `json:"name"`
		Channel    Channel    `json:"channel"`
		Status     Status     `json:"status"`
		Moderation Moderation `json:"moderation"`
		Answered   *time.Time `json:"answered"`
		Closed     *time.Time `json:"closed"`
	}
	exportContact struct {
		Email string `json:"email"`
		Phone string `json:"phone"`
	}
	exportMessage struct {
		Question string    `json:"question"`
		At       time.Time `json:"at"`
		From     string    `json:"from"` // me or team
		Body     string    `json:"body"`
	}
	exportAnswer struct {
		ID           string     `json:"id"`
		Question     string     `json:"question"`
		At           time.Time  `json:"at"`
		Edited       *time.Time `json:"edited"`
		Name         string     `json:"name"`
		Role         string     `json:"role"`
		Organisation string     `json:"organisation"`
		Body         string     `json:"body"`
		Sources      []Source   `json:"sources"`
		Initiatives  []string   `json:"initiatives"`
		Moderation   Moderation `json:"moderation"`
		Helped       bool       `json:"helped"`
		Thanks       int        `json:"thanks"`
	}
	exportEdit struct {
		Answer string    `json:"answer"`
		At     time.Time `json:"at"`
		Body   string    `json:"body"` // as it was before
	}
	exportStory struct {
		ID          string     `json:"id"`
		At          time.Time  `json:"at"`
		Title       string     `json:"title"`
		Body        string     `json:"body"`
		Name        string     `json:"name"`
		Theme       string     `json:"theme"`
		Initiatives []string   `json:"initiatives"`
		Consent     string     `json:"consent"`
		ConsentAt   time.Time  `json:"consent_at"`
		Moderation  Moderation `json:"moderation"`
	}
)

// Export gives the questions, answers and stories of the person, with how the
// person can be reached and what was said to and fro.
func (p personal) Export(ctx context.Context, r db.Reader, person string) (room.Part, error) {
	part := room.Part{Key: "questions.export"}
	email, err := p.email(ctx, r, person)
	if err != nil {
		return part, err
	}
	var e export
	asked, err := db.All(ctx, r, scanQuestion, selectAsked, person, 1000)
	if err != nil {
		return part, err
	}
	for _, q := range asked {
		e.Questions = append(e.Questions, exportQuestion{q.ID, q.AskedAt, q.Title, q.Body, q.Theme, q.Audience, q.Postcode, q.Urgent, q.Name,
			q.Channel, q.Status, q.Moderation, optional(q.AnsweredAt), optional(q.ClosedAt)})
	}
	contacts, err := db.All(ctx, r, scanContact, exportContacts, person)
	if err != nil {
		return part, err
	}
	for _, c := range contacts {
		e.Contacts = append(e.Contacts, exportContact(c))
	}
	messages, err := db.All(ctx, r, scanEvent, exportMessages, person)
	if err != nil {
		return part, err
	}
	for _, m := range messages {
		from := "team"
		if m.Kind == EventMessageAsker {
			from = "me"
		}
		e.Messages = append(e.Messages, exportMessage{m.Question, m.At, from, m.Body})
	}
	answered, err := db.All(ctx, r, scanAnswer, selectAnswersBy, person)
	if err != nil {
		return part, err
	}
	for _, w := range answered {
		e.Answers = append(e.Answers, exportAnswer{w.ID, w.Question, w.At, optional(w.EditedAt), w.Name, w.Role, w.Organisation, w.Body,
			w.Sources, w.Initiatives, w.Moderation, w.Helped, w.Thanks})
	}
	edits, err := db.All(ctx, r, scanEvent, exportEdits, person)
	if err != nil {
		return part, err
	}
	for _, v := range edits {
		e.Edits = append(e.Edits, exportEdit{v.Subject, v.At, v.Body})
	}
	told, err := db.All(ctx, r, scanStory, selectStoriesBy, person)
	if err != nil {
		return part, err
	}
	for _, t := range told {
		e.Stories = append(e.Stories, exportStory{t.ID, t.At, t.Title, t.Body, t.Name, t.Theme, t.Initiatives, t.Consent, t.ConsentAt, t.Moderation})
	}
	if e.Follows, err = db.All(ctx, r, db.Value[string], exportFollowed, email); err != nil {
		return part, err
	}
	if len(e.Questions)+len(e.Answers)+len(e.Stories)+len(e.Follows) > 0 {
		part.Data = e
	}
	return part, nil
}
