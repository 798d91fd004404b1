package coalitions

import (
	"context"
	"slices"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

// usual are the criteria that a coalition begins with, and their weights.
//
// keys: coalitions.criterion.*
var usual = []struct {
	id     string
	weight float64
}{{"need", 5}, {"evidence", 4}, {"cost", 3}, {"fit", 3}, {"support", 3}, {"effort", 2}}

func defaultCriteria(ctx context.Context) []Criterion {
	list := make([]Criterion, len(usual))
	for i, u := range usual {
		list[i] = Criterion{u.id, i18n.T(ctx, "coalitions.criterion."+u.id), i18n.T(ctx, "coalitions.criterion."+u.id+".text"), u.weight}
	}
	return list
}

// Board is where a coalition chooses, as one of its members sees it.
type Board struct {
	Coalition
	Self    Member
	Choice  Choice
	Members []Member
	Agreed  []string // persons who agree with the criteria as they are
	Done    []string // persons who have scored; empty where one left
	Own     Scores   // of the actor alone
	Links   map[string]Link
	Facts   map[string][]Fact
}

// Scorers are those who have a say.
func (b Board) Scorers() []Member {
	return slices.DeleteFunc(slices.Clone(b.Members), func(m Member) bool { return !m.Role.scores() })
}

// Waiting are those with a say who have not scored yet.
func (b Board) Waiting() []Member {
	return slices.DeleteFunc(b.Scorers(), func(m Member) bool { return slices.Contains(b.Done, m.Person) })
}

// Enough tells whether more than half of those with a say agree.
func (b Board) Enough() bool {
	n, all := 0, b.Scorers()
	for _, m := range all {
		if slices.Contains(b.Agreed, m.Person) {
			n++
		}
	}
	return 2*n > len(all)
}

// scored counts the initiatives that the actor has scored.
func (b Board) scored() int {
	n := 0
	for _, slug := range b.Choice.Listed {
		if b.Choice.answered(b.Own, slug) {
			n++
		}
	}
	return n
}

// open is the first initiative that the actor has not scored; empty if none.
func (b Board) open() string {
	for _, slug := range b.Choice.Listed {
		if !b.Choice.answered(b.Own, slug) {
			return slug
		}
	}
	return ""
}

// name gives the name of an initiative that the reader may see.
func (b Board) name(ctx context.Context, slug string) string {
	if l, ok := b.Links[slug]; ok {
		return l.Name
	}
	return i18n.T(ctx, "coalitions.initiative.hidden")
}

// Board gives the choice so far. It holds no score but the actor's own.
func (s *Service) Board(ctx context.Context, coalition string) (b Board, err error) {
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		b, err = s.board(ctx, r, coalition)
		return err
	})
	if err != nil {
		return Board{}, err
	}
	b.Facts, err = s.Initiatives.Facts(ctx, b.Choice.Listed)
	return b, err
}

func (s *Service) board(ctx context.Context, r db.Reader, coalition string) (b Board, err error) {
	if b.Coalition, b.Self, err = s.inside(ctx, r, coalition, roles...); err != nil {
		return b, err
	}
	if b.Choice, err = db.One(ctx, r, scanChoice, selectChoice, coalition); err != nil {
		return b, err
	}
	if b.Members, err = s.members(ctx, r, coalition); err != nil {
		return b, err
	}
	if b.Agreed, err = db.All(ctx, r, db.Value[string], selectAgreed, coalition, b.Choice.Terms); err != nil {
		return b, err
	}
	if b.Done, err = db.All(ctx, r, db.Value[string], selectDone, coalition, membersMost); err != nil {
		return b, err
	}
	card, err := s.card(ctx, r, coalition)
	if err != nil {
		return b, err
	}
	b.Own = card.Scores
	links, err := s.Initiatives.Links(ctx, r, b.Choice.Listed)
	if err != nil {
		return b, err
	}
	b.Links = map[string]Link{}
	for _, l := range links {
		b.Links[l.ID] = l
	}
	return b, nil
}

// card reads the actor's own scores; a card without id if there are none.
func (s *Service) card(ctx context.Context, r db.Reader, coalition string) (Card, error) {
	c, err := db.One(ctx, r, scanCard, selectCard, access.Of(ctx).Person, coalition)
	if fault.KindOf(err) == fault.KindNotFound {
		return Card{Coalition: coalition, Person: access.Of(ctx).Person, Scores: Scores{}}, nil
	}
	return c, err
}

// Find looks for initiatives to put on the list.
func (s *Service) Find(ctx context.Context, coalition, words string) ([]Link, error) {
	if _, _, err := s.inside(ctx, s.DB, coalition, roles...); err != nil {
		return nil, err
	}
	return s.Initiatives.Find(ctx, words, foundMost)
}

const foundMost = 50

// choose lets f change the choice of a coalition.
func (s *Service) choose(ctx context.Context, coalition string, allowed []Role, kind string, f func(ctx context.Context, tx *db.Tx, c Coalition, h *Choice) (subject, why string, err error)) error {
	return s.write(ctx, coalition, allowed, func(ctx context.Context, tx *db.Tx, c Coalition, _ Member) error {
		h, err := db.One(ctx, tx, scanChoice, selectChoice, coalition)
		if err != nil {
			return err
		}
		subject, why, err := f(ctx, tx, c, &h)
		if err != nil {
			return err
		}
		if err := putChoice(ctx, tx, h); err != nil {
			return err
		}
		return s.told(ctx, tx, coalition, kind, audit.Update, subject, why)
	})
}

// at refuses what does not fit the stage.
func (c Choice) at(allowed ...Stage) error {
	if slices.Contains(allowed, c.Stage) {
		return nil
	}
	if c.Stage == Scoring || c.Stage == Listing {
		return fault.Conflict("coalitions.wrong.stage." + string(c.Stage))
	}
	return fault.Conflict("coalitions.wrong.stage.revealed")
}

// SaveCriteria changes by what is judged; everybody has to agree anew. Version is
// that of the choice as the editor saw it.
func (s *Service) SaveCriteria(ctx context.Context, coalition string, version int, list []Criterion) error {
	if err := checkCriteria(list); err != nil {
		return err
	}
	return s.choose(ctx, coalition, conveners, changeCriteria, func(_ context.Context, _ *db.Tx, _ Coalition, h *Choice) (string, string, error) {
		if err := h.at(Listing); err != nil {
			return "", "", err
		}
		if h.Version != version {
			return "", "", fault.Conflict("coalitions.conflict")
		}
		list = slices.Clone(list)
		for i := range list {
			if !slices.ContainsFunc(h.Criteria, func(c Criterion) bool { return c.ID == list[i].ID }) {
				list[i].ID = s.IDs()
			}
		}
		h.Criteria = list
		h.Terms++
		return "", "", nil
	})
}

// Agree says that the actor agrees with the criteria of this number.
func (s *Service) Agree(ctx context.Context, coalition string, terms int) error {
	return s.write(ctx, coalition, deciders, func(ctx context.Context, tx *db.Tx, _ Coalition, m Member) error {
		h, err := db.One(ctx, tx, scanChoice, selectChoice, coalition)
		if err != nil {
			return err
		}
		if err := h.at(Listing); err != nil {
			return err
		}
		if h.Terms != terms {
			return fault.Conflict("coalitions.wrong.terms")
		}
		if _, err := tx.Exec(ctx, putAgreed, coalition, m.Person, terms); err != nil {
			return err
		}
		return s.told(ctx, tx, coalition, changeAgreed, audit.Update, "", "")
	})
}

// Put puts an initiative on the long list, or takes it off.
func (s *Service) Put(ctx context.Context, coalition, slug string, on bool) error {
	return s.choose(ctx, coalition, deciders, changeListed, func(ctx context.Context, tx *db.Tx, _ Coalition, h *Choice) (string, string, error) {
		if err := h.at(Listing); err != nil {
			return "", "", err
		}
		links, err := s.Initiatives.Links(ctx, tx, []string{slug})
		if err != nil {
			return "", "", err
		}
		name := i18n.T(ctx, "coalitions.initiative.hidden")
		if len(links) > 0 {
			name = links[0].Name
			if on {
				slug = links[0].ID // what it became, where it was merged
			}
		}
		i := slices.Index(h.Listed, slug)
		switch {
		case !on && i < 0:
			return "", "", fault.Conflict("coalitions.wrong.gone")
		case !on:
			h.Listed = slices.Delete(slices.Clone(h.Listed), i, i+1)
			return name, "", nil
		case len(links) == 0:
			return "", "", fault.Invalid(fault.Field{Name: "initiatief", Key: "coalitions.wrong.initiative"})
		case i >= 0:
			return "", "", fault.Invalid(fault.Field{Name: "initiatief", Key: "coalitions.wrong.listed"})
		case len(h.Listed) >= listedMost:
			return "", "", fault.Invalid(fault.Field{Name: "initiatief", Key: "coalitions.wrong.list", Args: []any{"most", listedMost}})
		}
		h.Listed = append(slices.Clone(h.Listed), slug)
		return name, "", nil
	})
}

// Open begins the scoring: list and criteria no longer change.
func (s *Service) Open(ctx context.Context, coalition string) error {
	return s.choose(ctx, coalition, conveners, changeOpened, func(ctx context.Context, tx *db.Tx, _ Coalition, h *Choice) (string, string, error) {
		if err := h.at(Listing); err != nil {
			return "", "", err
		}
		if len(h.Listed) < 2 {
			return "", "", fault.Conflict("coalitions.wrong.short")
		}
		b, err := s.board(ctx, tx, coalition)
		if err != nil {
			return "", "", err
		}
		if !b.Enough() {
			return "", "", fault.Conflict("coalitions.wrong.agreement")
		}
		h.Stage = Scoring
		return "", "", nil
	})
}

// Score keeps what the actor thinks of one initiative, and tells whether that
// was the last one.
func (s *Service) Score(ctx context.Context, coalition, slug string, given map[string]int) (done bool, err error) {
	err = s.write(ctx, coalition, deciders, func(ctx context.Context, tx *db.Tx, _ Coalition, m Member) error {
		h, err := db.One(ctx, tx, scanChoice, selectChoice, coalition)
		if err != nil {
			return err
		}
		if err := h.at(Scoring); err != nil {
			return err
		}
		if !slices.Contains(h.Listed, slug) {
			return fault.NotFound()
		}
		var w faults
		kept := map[string]int{}
		for _, k := range h.Criteria {
			v, ok := given[k.ID]
			if !ok || v < 0 || v > scoreMost {
				w.Add("score-"+k.ID, "coalitions.wrong.score")
			}
			kept[k.ID] = v
		}
		if err := w.Err(); err != nil {
			return err
		}
		card, err := s.card(ctx, tx, coalition)
		if err != nil {
			return err
		}
		before := card.Done
		if card.Scores == nil {
			card.Scores = Scores{}
		}
		card.Scores[slug] = kept
		card.Done, card.At = h.complete(card.Scores), s.Clock.Now()
		done = card.Done
		if card.ID == "" {
			card.ID = s.IDs()
			err = addCard(ctx, tx, card)
		} else {
			_, err = tx.Exec(ctx, updateCard, card.ID, db.JSON[Scores]{V: card.Scores}, card.Done, db.At(card.At))
		}
		if err != nil || before || !card.Done {
			return err
		}
		return s.told(ctx, tx, coalition, changeScored, audit.Create, "", "")
	})
	return done, err
}

// Reveal shows everybody inside what all think; after that nobody changes a score.
func (s *Service) Reveal(ctx context.Context, coalition string) error {
	return s.choose(ctx, coalition, conveners, changeRevealed, func(ctx context.Context, tx *db.Tx, _ Coalition, h *Choice) (string, string, error) {
		if err := h.at(Scoring); err != nil {
			return "", "", err
		}
		done, err := db.All(ctx, tx, db.Value[string], selectDone, coalition, membersMost)
		if err != nil {
			return "", "", err
		}
		if len(done) < 2 {
			return "", "", fault.Conflict("coalitions.wrong.toofew")
		}
		h.Stage, h.Revealed = Revealed, s.Clock.Now()
		return "", "", nil
	})
}

// Result is how the initiatives fare, after the scores were revealed.
type Result struct {
	Board
	Weights  []Criterion // with which it was counted: those agreed on, or tried out
	Tried    bool
	Outcomes []Outcome
	Agreed   []Outcome // with the weights agreed on, when others are tried out
	Cards    int
	Names    map[string]string
}

// rank is where an initiative stands with the weights agreed on.
func (r Result) rank(slug string) int {
	for _, o := range r.Agreed {
		if o.Slug == slug {
			return o.Rank
		}
	}
	return 0
}

// Result counts the scores; weights by criterion are tried out and kept nowhere.
func (s *Service) Result(ctx context.Context, coalition string, weights map[string]float64) (v Result, err error) {
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		b, err := s.board(ctx, r, coalition)
		if err != nil {
			return err
		}
		if v, err = s.result(ctx, r, b, weights); err != nil {
			return err
		}
		v.Names, err = s.People.Names(ctx, r, v.Done)
		return err
	})
	return v, err
}

// result counts; while scores are hidden there is nothing to find.
func (s *Service) result(ctx context.Context, r db.Reader, b Board, weights map[string]float64) (Result, error) {
	if err := b.Choice.at(Revealed, Decided); err != nil {
		return Result{}, err
	}
	v := Result{Board: b, Weights: slices.Clone(b.Choice.Criteria)}
	cards, err := db.All(ctx, r, scanCard, selectCards, b.ID, membersMost)
	if err != nil {
		return v, err
	}
	for _, c := range cards {
		if c.Done {
			v.Cards++
		}
	}
	total := 0.0
	for i := range v.Weights {
		if w, ok := weights[v.Weights[i].ID]; ok && w != v.Weights[i].Weight {
			v.Weights[i].Weight, v.Tried = w, true
		}
		total += v.Weights[i].Weight
	}
	v.Agreed = count(b.Choice.Criteria, b.Choice.Listed, cards)
	v.Outcomes = v.Agreed
	if v.Tried && total > 0 {
		v.Outcomes = count(v.Weights, b.Choice.Listed, cards)
	}
	return v, nil
}

// Choose records which initiative it will be, and why. It may be done again, with
// another reason.
func (s *Service) Choose(ctx context.Context, coalition string, version int, slug, why string) error {
	var w faults
	w.text("waarom", why, 10, reasonMost)
	if err := w.Err(); err != nil {
		return err
	}
	return s.choose(ctx, coalition, conveners, changeChosen, func(ctx context.Context, tx *db.Tx, c Coalition, h *Choice) (string, string, error) {
		if err := h.at(Revealed, Decided); err != nil {
			return "", "", err
		}
		if h.Version != version {
			return "", "", fault.Conflict("coalitions.conflict")
		}
		if !slices.Contains(h.Listed, slug) {
			return "", "", fault.Invalid(fault.Field{Name: "initiatief", Key: "coalitions.wrong.initiative"})
		}
		links, err := s.Initiatives.Links(ctx, tx, []string{slug})
		if err != nil {
			return "", "", err
		}
		name := i18n.T(ctx, "coalitions.initiative.hidden")
		if len(links) > 0 {
			name = links[0].Name
		}
		c.Chosen = slug
		if err := putCoalition(ctx, tx, c, s.Clock.Now()); err != nil {
			return "", "", err
		}
		h.Stage, h.Why, h.Person, h.ChosenAt = Decided, why, access.Of(ctx).Person, s.Clock.Now()
		return name, why, nil
	})
}

// Again goes back to the list and throws all scores away.
func (s *Service) Again(ctx context.Context, coalition, why string) error {
	var w faults
	w.text("waarom", why, 3, whyMost)
	if err := w.Err(); err != nil {
		return err
	}
	return s.choose(ctx, coalition, conveners, changeAgain, func(ctx context.Context, tx *db.Tx, c Coalition, h *Choice) (string, string, error) {
		if err := h.at(Scoring, Revealed, Decided); err != nil {
			return "", "", err
		}
		if _, err := tx.Exec(ctx, deleteCards, coalition); err != nil {
			return "", "", err
		}
		if c.Chosen != "" {
			c.Chosen = ""
			if err := putCoalition(ctx, tx, c, s.Clock.Now()); err != nil {
				return "", "", err
			}
		}
		*h = Choice{Coalition: h.Coalition, Stage: Listing, Criteria: h.Criteria, Terms: h.Terms, Listed: h.Listed, Version: h.Version}
		return "", why, nil
	})
}
