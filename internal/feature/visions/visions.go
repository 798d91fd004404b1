package visions

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/fault"
)

// Stage is how far a vision is.
type Stage string

// The stages.
const (
	Draft     Stage = "draft"
	Orienting Stage = "orienting"
	Deciding  Stage = "deciding"
	Adopted   Stage = "adopted"
	Rejected  Stage = "rejected"
	Published Stage = "published"
)

// Vision is a document of a coalition, or else of one organisation.
type Vision struct {
	ID, Title    string
	Intro        string   // what it is about, for residents
	Questions    []string // what residents are asked
	Coalition    string
	Organisation string
	OwnerName    string
	Person       string // who began it
	Version      int    // of title, intro, questions and text; a form posts the one it was made of
	Newest       int    // number of the newest version of the text
	Blocks       int    // how many paragraphs were ever numbered
	Stage        Stage
	TermFrom     Day // of the round that is planned or open
	TermUntil    Day
	TermPublic   bool
	Shelf        string // id of the moment of publication
	PublishedAt  time.Time

	Demonstration    bool
	Created, Changed time.Time
}

const base = "/visies"

// Path is the page of a vision.
func Path(id string) string { return base + "/" + id }

// Text is a version of the text.
type Text struct {
	ID, Vision  string
	Number      int
	At          time.Time
	Person, Why string
	Blocks      []Block
}

// Block gives one paragraph.
func (t Text) Block(id string) (Block, bool) {
	k := slices.IndexFunc(t.Blocks, func(b Block) bool { return b.ID == id })
	if k < 0 {
		return Block{}, false
	}
	return t.Blocks[k], true
}

// How a round decides.
const (
	ByVotes   = "votes"
	ByConsent = "consent"
)

var methods = []string{ByConsent, ByVotes}

// How many must be in favour; who abstains does not count.
const (
	Half      = "half" // more for than against
	TwoThirds = "twothirds"
	All       = "all"
)

var majorities = []string{Half, TwoThirds, All}

// Round lays a version before its audience, from a day up to and including another.
type Round struct {
	ID, Vision    string
	Kind          Stage // Orienting or Deciding
	Opens, Closes Day
	Everybody     bool // also residents and clients, without an account
	Method        string
	Majority      string
	Number        int // of the version
	Person        string
	Ended         time.Time // closed before its term
}

// Open tells whether people can comment and vote.
func (o Round) Open(today Day) bool {
	return o.ID != "" && o.Ended.IsZero() && o.Opens <= today && today <= o.Closes
}

// Over tells whether the round is behind us.
func (o Round) Over(today Day) bool { return o.ID != "" && (!o.Ended.IsZero() || today > o.Closes) }

// began tells whether the round was ever open.
func (o Round) began(today Day) bool {
	return o.Opens <= today && (o.Ended.IsZero() || DayOf(o.Ended) >= o.Opens)
}

// Kinds of a comment. A reply is to a question for residents.
const (
	Question   = "question"
	Suggestion = "suggestion"
	Objection  = "objection"
	Reply      = "reply"
)

var kinds = []string{Suggestion, Question, Objection}

// States of a comment.
const (
	Shown  = "shown"
	Held   = "held"
	Hidden = "hidden"
)

// Answers to a comment.
const (
	Taken  = "taken"
	Partly = "partly"
	Not    = "not"
)

var answers = []string{Taken, Partly, Not}

// How a comment came in.
const (
	byAccount = "account"
	byPage    = "page"
	byPaper   = "paper"
	byProgram = "program"
)

// Comment is what somebody wrote about a paragraph, about a question for
// residents, or about the whole.
type Comment struct {
	ID, Vision, Round string
	Number            int    // of the version it is about
	Place             string // a paragraph, q1 to q3, or empty
	Quote             string // what the paragraph said
	Kind, Body        string
	Person, Name      string
	Helper            string // who typed it in from paper
	Channel           string
	Everybody         bool // said in a round that is open to all
	State             string
	StateWhy          string
	StateBy           string
	Answer            string
	AnswerText        string
	AnswerBy          string
	Answered          time.Time
	At                time.Time
}

// Vote is what one member says in a deciding round.
type Vote struct {
	Round, Person  string
	Choice, Reason string
	Dealt, DealtBy string // how an objection was dealt with
	At             time.Time
}

// The choices of a vote.
const (
	For     = "for"
	Against = "against"
	Abstain = "abstain"
	Consent = "consent"
	Object  = "objection"
)

// choices of a round, by its method.
func (o Round) choices() []string {
	if o.Method == ByConsent {
		return []string{Consent, Object}
	}
	return []string{For, Against, Abstain}
}

// Result counts votes. Of a round by consent, Yes are those who consent, Against
// the objections that stand and Dealt those that were dealt with.
type Result struct{ Yes, Against, Abstained, Dealt int }

func count(votes []Vote) (c Result) {
	for _, v := range votes {
		switch {
		case v.Choice == For || v.Choice == Consent:
			c.Yes++
		case v.Choice == Object && v.Dealt != "":
			c.Dealt++
		case v.Choice == Against || v.Choice == Object:
			c.Against++
		default:
			c.Abstained++
		}
	}
	return c
}

// Voted tells whether anybody spoke up.
func (c Result) Voted() bool { return c.Yes+c.Against+c.Dealt > 0 }

// Passes tells whether the rule of the round is met.
func (c Result) Passes(method, majority string) bool {
	if c.Yes == 0 && (method == ByVotes || c.Dealt == 0) {
		return false
	}
	switch {
	case method == ByConsent || majority == All:
		return c.Against == 0
	case majority == TwoThirds:
		return 3*c.Yes >= 2*(c.Yes+c.Against)
	}
	return c.Yes > c.Against
}

// Decision is what a deciding round came to.
type Decision struct {
	Round, Vision string
	Number        int // of the version decided on
	Outcome       Stage
	Reason        string
	On            Day
	Deciders      string // as the convener writes it
	Method        string
	Majority      string
	Result
	Person string
	At     time.Time
}

// Bounds of what people type.
const (
	titleMost     = 140
	introMost     = 1200
	questionsMost = 3
	questionMost  = 300
	textMost      = 60_000
	blocksMost    = 400
	blockMost     = 6000
	whyMost       = 500
	bodyMost      = 2000
	nameMost      = 80
	quoteMost     = 400
	reasonMost    = 2000
	decidersMost  = 200
	roundsMost    = 30
	termMost      = 366 // days
)

// faults gathers what is wrong with what was sent.
type faults struct{ fault.List }

func (w *faults) text(name, text string, least, most int) {
	switch n := utf8.RuneCountInString(strings.TrimSpace(text)); {
	case n < least:
		w.Add(name, "visions.wrong.empty")
	case n > most:
		w.Add(name, "visions.wrong.long", "most", most)
	}
}

func (w *faults) choice(name, value string, of []string) {
	if !slices.Contains(of, value) {
		w.Add(name, "visions.wrong.choice")
	}
}

// Saved is what a form sends of the document.
type Saved struct {
	Title, Intro, Text, Why string
	Questions               []string
	Version                 int
}

func (n Saved) faults() (w faults) {
	w.text("titel", n.Title, 3, titleMost)
	w.text("inleiding", n.Intro, 0, introMost)
	w.text("tekst", n.Text, 10, textMost)
	w.text("waarom", n.Why, 0, whyMost)
	for k, q := range n.Questions {
		w.text("vraag"+string(rune('1'+k)), q, 0, questionMost)
	}
	blocks := Parse(n.Text)
	if len(blocks) > blocksMost {
		w.Add("tekst", "visions.wrong.blocks", "most", blocksMost)
	}
	for _, b := range blocks {
		if utf8.RuneCountInString(b.Text) > blockMost {
			w.Add("tekst", "visions.wrong.block", "begin", cut(b.Text, 40), "most", blockMost)
			break
		}
	}
	return w
}

// faults says what is wrong with a round that is planned.
func (o Round) faults(today Day) (w faults) {
	w.choice("soort", string(o.Kind), []string{string(Orienting), string(Deciding)})
	if o.Kind == Deciding {
		w.choice("manier", o.Method, methods)
		w.choice("meerderheid", o.Majority, majorities)
	}
	switch {
	case o.Opens == "":
		w.Add("van", "visions.wrong.day")
	case o.Opens < today:
		w.Add("van", "visions.wrong.past")
	}
	w.closes(o, today)
	return w
}

func (w *faults) closes(o Round, today Day) {
	switch {
	case o.Closes == "":
		w.Add("tot", "visions.wrong.day")
	case o.Closes < o.Opens:
		w.Add("tot", "visions.wrong.order")
	case o.Closes < today:
		w.Add("tot", "visions.wrong.past")
	case o.Closes > o.Opens.Add(termMost):
		w.Add("tot", "visions.wrong.term")
	}
}
