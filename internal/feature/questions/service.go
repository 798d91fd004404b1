package questions

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/id"
	"wijkbaak.nl/internal/base/limit"
	"wijkbaak.nl/internal/base/outbox"
	"wijkbaak.nl/internal/base/returncode"
	"wijkbaak.nl/internal/base/search"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
	"wijkbaak.nl/internal/trust/places"
)

// What this room tells others, by the outbox.
const (
	TopicUrgent   = "questions.urgent"
	TopicAnswered = "questions.answered"
	TopicMessaged = "questions.messaged"
	TopicPassed   = "questions.passed"
)

// Options are what the room is built from.
type Options struct {
	DB          *db.DB
	Clock       clock.Clock
	IDs         id.Source
	Log         *slog.Logger
	Bus         *outbox.Bus
	Places      *places.Places
	Audit       *audit.Log
	Team        People
	Initiatives Initiatives
	Finder      Finder
	Root        string  // path of the place of this instance
	CodeKey     []byte  // keys the hash of return codes
	Rate        float64 // factor on the limits; 0 lifts them
	BaseURL     string  // for links in mails and on paper
}

// Service holds the use cases of the room.
type Service struct {
	Options
	asks    *limit.Limit // per network, of somebody we do not know
	guesses *limit.Limit // wrong return codes per network
	reports *limit.Limit
}

// New makes the service.
func New(o Options) *Service {
	return &Service{Options: o,
		asks:    limit.New(o.Clock, 10, 3*time.Minute, o.Rate),
		guesses: limit.New(o.Clock, 10, time.Minute, 1), // guarding secrets is not lifted
		reports: limit.New(o.Clock, 20, time.Minute, o.Rate),
	}
}

// Happened is the payload of the topics: which question, and which answer.
type Happened struct {
	Question string `json:"question"`
	Answer   string `json:"answer,omitempty"`
}

// Filter chooses questions of the public list.
type Filter struct {
	Theme      string
	Unanswered bool
	Before     string // id of the last question of the page before
	Limit      int
}

// List gives one page of what everybody may see, newest first, and whether there
// is more.
func (s *Service) List(ctx context.Context, f Filter) (list []Question, more bool, err error) {
	if f.Limit <= 0 || f.Limit > 100 {
		f.Limit = 20
	}
	f.Limit++
	list, err = listed(ctx, s.DB, f)
	if len(list) == f.Limit {
		return list[:f.Limit-1], true, err
	}
	return list, false, err
}

// View is a question as one reader may see it.
type View struct {
	Question  Question
	Answers   []Answer // one part of them
	More      string   // behind which answer there are others; empty for no others
	Events    []Event  // all for the team, the messages for the asker, none for others
	Contact   Contact  // for the team
	Helper    Helper   // who will answer, while it is open
	TakenBy   string   // name, for the team
	PassedTo  string   // name, for the team
	Links     map[string]Link
	OnTeam    bool
	IsAsker   bool
	MayAnswer bool
	Names     map[string]string // of persons and organisations in Events
}

// Read gives a question to whoever may see it. What may not be seen is not found.
// A merged question gives the one it was merged into.
func (s *Service) Read(ctx context.Context, id string) (View, error) {
	return s.ReadAfter(ctx, id, "")
}

// ReadAfter is Read with the answers behind one of them.
func (s *Service) ReadAfter(ctx context.Context, id, answer string) (View, error) {
	actor := access.Of(ctx)
	q, err := getQuestion(ctx, s.DB, id)
	if err != nil {
		return View{}, err
	}
	if !MayRead(actor, q) {
		return View{}, fault.NotFound()
	}
	if err := s.noteReading(ctx, q); err != nil {
		return View{}, err
	}
	return s.view(ctx, s.DB, q, IsAsker(actor, q), answer)
}

// ReadByCode gives a question to whoever holds its return code. After ten wrong
// codes from one network it takes a minute for each next try.
func (s *Service) ReadByCode(ctx context.Context, typed string) (View, error) {
	return s.ReadByCodeAfter(ctx, typed, "")
}

// ReadByCodeAfter is ReadByCode with the answers behind one of them.
func (s *Service) ReadByCodeAfter(ctx context.Context, typed, answer string) (View, error) {
	q, err := s.byCode(ctx, s.DB, typed)
	if err != nil {
		return View{}, err
	}
	if err := s.noteReading(ctx, q); err != nil {
		return View{}, err
	}
	// What it shows is for the asker, also where a coach prints it.
	asker := access.With(ctx, access.Actor{Channel: access.Of(ctx).Channel})
	return s.view(asker, s.DB, q, true, answer)
}

// noteReading writes to the log that a private question was read.
func (s *Service) noteReading(ctx context.Context, q Question) error {
	if q.Audience != Team {
		return nil
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.record(ctx, tx, audit.Read, q) })
}

func (s *Service) byCode(ctx context.Context, r db.Reader, typed string) (Question, error) {
	code, err := s.parseCode(ctx, typed)
	if err != nil {
		return Question{}, err
	}
	q, err := db.One(ctx, r, scanQuestion, selectQuestionByCode, code.Hash(s.CodeKey))
	if fault.KindOf(err) == fault.KindNotFound {
		return Question{}, s.wrongCode(ctx)
	}
	return q, err
}

// parseCode reads a code unless too many wrong ones came from this network.
func (s *Service) parseCode(ctx context.Context, typed string) (returncode.Code, error) {
	if wait := s.guesses.Wait(limitKey(ctx)); wait > 0 {
		return returncode.Code{}, fault.TooMany(wait)
	}
	code, err := returncode.Parse(typed)
	if err != nil {
		// A code that is misspelt was not guessed: it costs no try.
		return code, codeFault(err)
	}
	return code, nil
}

// wrongCode counts a guess. A coach does not guess: a pile of paper forms has
// codes that are not known yet.
func (s *Service) wrongCode(ctx context.Context) error {
	if !access.Of(ctx).Has(access.Coach) {
		s.guesses.Take(limitKey(ctx))
	}
	return fault.Invalid(fault.Field{Name: "code", Key: "questions.wrong.code"})
}

func (s *Service) view(ctx context.Context, r db.Reader, q Question, asker bool, after string) (View, error) {
	actor := access.Of(ctx)
	v := View{Question: q, OnTeam: OnTeam(actor, q.Place), IsAsker: asker, MayAnswer: MayAnswer(actor, q)}
	all, more, err := answersAfter(ctx, r, q.ID, after, answersMost)
	if err != nil {
		return v, err
	}
	v.More = more
	var slugs []string
	for _, w := range all {
		if SeesAnswer(actor, q, w) {
			v.Answers = append(v.Answers, w)
			slugs = append(slugs, w.Initiatives...)
		}
	}
	if v.Links, err = s.links(ctx, r, slugs); err != nil {
		return v, err
	}
	if q.Status == Open {
		if v.Helper, err = s.helper(ctx, r, q); err != nil {
			return v, err
		}
	}
	if !v.OnTeam && !asker {
		return v, nil
	}
	events, err := db.All(ctx, r, scanEvent, selectEvents, q.ID)
	if err != nil {
		return v, err
	}
	ids := []string{q.TakenBy, q.PassedTo}
	for _, e := range events {
		if v.OnTeam || e.Message() {
			v.Events = append(v.Events, e)
			ids = append(ids, e.Person)
		}
		if e.Kind == EventPassed {
			ids = append(ids, e.Subject)
		}
	}
	if v.Names, err = s.names(ctx, r, ids); err != nil {
		return v, err
	}
	v.TakenBy, v.PassedTo = v.Names[q.TakenBy], v.Names[q.PassedTo]
	if v.OnTeam {
		v.Contact, err = getContact(ctx, r, q.ID)
	}
	return v, err
}

// helper is who has taken the question, or else who is on duty: also when the one
// who took it has left the team.
func (s *Service) helper(ctx context.Context, r db.Reader, q Question) (Helper, error) {
	if q.TakenBy != "" {
		if h, err := s.Team.Describe(ctx, r, q.TakenBy); err != nil || h.Professional {
			return h, err
		}
	}
	h, _, err := s.Team.OnDuty(ctx, r, q.Place)
	return h, err
}

func (s *Service) links(ctx context.Context, r db.Reader, slugs []string) (map[string]Link, error) {
	if len(slugs) == 0 {
		return nil, nil
	}
	list, err := s.Initiatives.Links(ctx, r, slugs)
	m := make(map[string]Link, len(list))
	for _, l := range list {
		m[l.ID] = l
	}
	return m, err
}

// Help are the settings of a place: what to ring now, and its greeting.
func (s *Service) Help(ctx context.Context, place string) (places.Settings, error) {
	settings, _, err := s.Places.Settings(ctx, place)
	return settings, err
}

// change reads a question inside the transaction, checks with may, lets fn change
// it and keeps question, search and log in step. It is the one door for writes.
func (s *Service) change(ctx context.Context, id string, may func(access.Actor, Question) bool,
	fn func(ctx context.Context, tx *db.Tx, q *Question) error) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		q, err := getQuestion(ctx, tx, id)
		if err != nil {
			return err
		}
		if actor := access.Of(ctx); !MayRead(actor, q) {
			return fault.NotFound()
		} else if !may(actor, q) {
			return fault.Denied()
		}
		return s.apply(ctx, tx, q, fn)
	})
}

// changeByCode is change for whoever holds the return code.
func (s *Service) changeByCode(ctx context.Context, typed string, fn func(ctx context.Context, tx *db.Tx, q *Question) error) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		q, err := s.byCode(ctx, tx, typed)
		if err != nil {
			return err
		}
		return s.apply(ctx, tx, q, fn)
	})
}

func (s *Service) apply(ctx context.Context, tx *db.Tx, q Question, fn func(ctx context.Context, tx *db.Tx, q *Question) error) error {
	if err := fn(ctx, tx, &q); err != nil {
		return err
	}
	shown, err := db.One(ctx, tx, db.Value[int], countAnswers, q.ID)
	if err != nil {
		return err
	}
	answers, _, err := answersAfter(ctx, tx, q.ID, "", answersMost)
	if err != nil {
		return err
	}
	q.count(shown)
	q.ChangedAt = s.Clock.Now()
	if err := keepQuestion(ctx, tx, q); err != nil {
		return err
	}
	if err := s.index(ctx, tx, q, answers); err != nil {
		return err
	}
	return s.record(ctx, tx, audit.Update, q)
}

func (s *Service) event(ctx context.Context, tx *db.Tx, question string, kind EventKind, body, subject string) error {
	return addEvent(ctx, tx, Event{ID: s.IDs(), Question: question, At: s.Clock.Now(), Person: access.Of(ctx).Person,
		Kind: kind, Body: body, Subject: subject})
}

// record writes to the log who did what; public reading is not written down.
func (s *Service) record(ctx context.Context, tx *db.Tx, action audit.Action, q Question) error {
	return s.Audit.Record(ctx, tx, audit.Event{Kind: "questions.question", Action: action, ObjectType: "question", ObjectID: q.ID, Subject: q.Asker})
}

// SearchID is the id of a question in the search index.
func SearchID(question string) string { return "question:" + question }

// Path is the address of a question.
func Path(question string) string { return "/vragen/" + question }

// index keeps the search in step: a question that everybody may see can be
// found, with its answers; any other cannot.
func (s *Service) index(ctx context.Context, tx *db.Tx, q Question, answers []Answer) error {
	if !q.Listed() {
		return search.Remove(ctx, tx, SearchID(q.ID))
	}
	return search.Put(ctx, tx, questionDoc(q, answers))
}

func questionDoc(q Question, answers []Answer) search.Doc {
	var body strings.Builder
	body.WriteString(q.Body)
	for _, w := range answers {
		if w.Moderation == Shown {
			body.WriteString("\n\n" + w.Body)
		}
	}
	tags := map[string][]string{"status": {string(q.Status)}}
	if q.Theme != "" {
		tags["theme"] = []string{q.Theme}
	}
	weight := 1.0
	if q.Answers == 0 {
		weight = 0.6 // an answer helps more than a question
	}
	return search.Doc{ID: SearchID(q.ID), Kind: "question", Title: q.Title, Body: body.String(), URL: Path(q.ID),
		Tags: tags, Weight: weight, At: q.AskedAt}
}

// Documents gives all that this room lets people find, for a rebuild.
func Documents(ctx context.Context, r db.Reader, yield func(search.Doc) error) error {
	for after := ""; ; {
		list, err := db.All(ctx, r, scanListed, selectAllListed, after, 500)
		if err != nil {
			return err
		}
		for _, q := range list {
			answers, _, err := answersAfter(ctx, r, q.ID, "", answersMost)
			if err != nil {
				return err
			}
			if err := yield(questionDoc(q, answers)); err != nil {
				return err
			}
			after = q.ID
		}
		if len(list) < 500 {
			break
		}
	}
	for before := last; ; {
		list, err := db.All(ctx, r, scanStory, selectStories, before, 500)
		if err != nil {
			return err
		}
		for _, t := range list {
			if err := yield(storyDoc(t)); err != nil {
				return err
			}
			before = t.ID
		}
		if len(list) < 500 {
			return nil
		}
	}
}

// publicAnswer gives an answer that everybody may see.
func publicAnswer(ctx context.Context, r db.Reader, id string) (Answer, error) {
	w, err := db.One(ctx, r, scanAnswer, selectAnswer, id)
	if err != nil {
		return w, err
	}
	q, err := getQuestion(ctx, r, w.Question)
	if err == nil && (!q.Listed() || w.Moderation != Shown) {
		return Answer{}, fault.NotFound()
	}
	return w, err
}
