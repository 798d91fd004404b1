package coalitions

import (
	"context"
	"slices"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/trust/access"
)

// Step is the one thing that is expected now: a word of the locale, and the page
// on which to do it; an empty path is waiting for others.
type Step struct{ Key, Path string }

// View is a coalition as its page shows it. To who is outside it holds what
// everybody may know.
type View struct {
	Coalition
	Self     Member
	Stage    Stage
	Chosen   Link
	Choice   Choice
	ChosenBy string
	Scored   int // how many have scored
	Scorers  int
	Members  []Member
	Comments []Comment
	Names    map[string]string
	More     bool // there are older comments
	Coming   []Meeting
	ToDo     []Action
	Asked    bool // the actor waits to be let in
	Requests int
	Invited  int // organisations that have not answered
	Step     Step
}

// Get gives a coalition that the actor may see; before is the comment from which
// to go on.
func (s *Service) Get(ctx context.Context, coalition, before string) (v View, err error) {
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		c, m, err := s.enter(ctx, r, coalition)
		if err != nil {
			return err
		}
		v, err = s.view(ctx, r, c, m, before)
		return err
	})
	return v, err
}

func (s *Service) view(ctx context.Context, r db.Reader, c Coalition, self Member, before string) (View, error) {
	v := View{Coalition: c, Self: self}
	organisations, err := s.organisationNames(ctx, r)
	if err != nil {
		return v, err
	}
	v.Cities = named(c.Cities, organisations)
	if v.Coalition.Chosen != "" {
		links, err := s.Initiatives.Links(ctx, r, []string{v.Coalition.Chosen})
		if err != nil {
			return v, err
		}
		if len(links) > 0 {
			v.Chosen = links[0]
		} else if self.Person != "" { // inside they know that there is one
			v.Chosen.Name = i18n.T(ctx, "coalitions.initiative.hidden")
		}
	}
	if v.Choice, err = db.One(ctx, r, scanChoice, selectChoice, c.ID); err != nil {
		return v, err
	}
	v.Stage = v.Choice.Stage
	if self.Role == Outside {
		v.Choice = Choice{Stage: v.Stage, Why: v.Choice.Why, ChosenAt: v.Choice.ChosenAt}
		if v.Chosen.Name == "" { // what may not be seen is not there, nor why it was chosen
			v.Coalition.Chosen, v.Choice = "", Choice{Stage: v.Stage}
		}
		return v, s.asks(ctx, r, &v)
	}
	if v.Members, err = s.members(ctx, r, c.ID); err != nil {
		return v, err
	}
	if before == "" {
		before = last
	}
	if v.Comments, err = db.All(ctx, r, scanComment, selectComments, c.ID, before, commentsMost+1); err != nil {
		return v, err
	}
	v.More = len(v.Comments) > commentsMost
	v.Comments = v.Comments[:min(len(v.Comments), commentsMost)]
	if v.Coming, err = db.All(ctx, r, scanMeeting, selectComing, c.ID, db.At(s.today()), 5); err != nil {
		return v, err
	}
	if v.ToDo, err = db.All(ctx, r, scanAction, selectToDo, c.ID, toDoMost); err != nil {
		return v, err
	}
	who := []string{v.Choice.Person}
	for _, m := range v.Comments {
		who = append(who, m.Person)
	}
	for _, a := range v.ToDo {
		who = append(who, a.Person)
	}
	if v.Names, err = s.People.Names(ctx, r, who); err != nil {
		return v, err
	}
	v.ChosenBy = v.Names[v.Choice.Person]
	return v, s.expected(ctx, r, &v)
}

// asks tells who is outside whether a request of theirs waits.
func (s *Service) asks(ctx context.Context, r db.Reader, v *View) error {
	a := access.Of(ctx)
	if !a.SignedIn() {
		return nil
	}
	list, err := db.All(ctx, r, scanRequest, selectRequest, v.ID, a.Person)
	v.Asked = len(list) > 0
	return err
}

// expected works out what is expected of the actor now.
func (s *Service) expected(ctx context.Context, r db.Reader, v *View) error {
	done, err := db.All(ctx, r, db.Value[string], selectDone, v.ID, membersMost)
	if err != nil {
		return err
	}
	agreed, err := db.All(ctx, r, db.Value[string], selectAgreed, v.ID, v.Choice.Terms)
	if err != nil {
		return err
	}
	requests, err := db.All(ctx, r, scanRequest, selectRequests, v.ID, waitingMost)
	if err != nil {
		return err
	}
	invited, err := s.asked(ctx, r, v.ID)
	if err != nil {
		return err
	}
	v.Invited = len(invited)
	v.Scored = len(done)
	b := Board{Members: v.Members, Done: done, Agreed: agreed}
	v.Scorers = len(b.Scorers())
	if v.Self.Role == Convener {
		v.Requests = len(requests)
	}
	v.Step = v.step(b)
	return nil
}

// step decides on the one next step. It asks first of the actor what only the
// actor can do, and then of a convener what brings the group on.
//
// keys: coalitions.step.*
func (v View) step(b Board) Step {
	page := Path(v.ID)
	convener, says := v.Self.Role == Convener, v.Self.Role.scores()
	own := func(list []string) bool { return slices.Contains(list, v.Self.Person) }
	switch {
	case !v.Ended.IsZero():
		return Step{"ended", ""}
	case v.Requests > 0:
		return Step{"requests", page + "/mensen#vragen"}
	case convener && len(v.Cities)+v.Invited < 2:
		return Step{"cities", page + "/mensen#gemeenten"}
	case convener && v.Scorers < 2:
		return Step{"people", page + "/mensen#uitnodigen"}
	case v.Stage == Listing && says && len(v.Choice.Listed) < 2:
		return Step{"list", page + "/kiezen#lijst"}
	case v.Stage == Listing && says && !own(b.Agreed):
		return Step{"agree", page + "/kiezen#criteria"}
	case v.Stage == Listing && convener && b.Enough():
		return Step{"open", page + "/kiezen"}
	case v.Stage == Listing:
		return Step{"others", ""}
	case v.Stage == Scoring && says && !own(b.Done):
		return Step{"score", page + "/kiezen/scoren"}
	case v.Stage == Scoring && convener && v.Scored > 1 && len(b.Waiting()) == 0:
		return Step{"reveal", page + "/kiezen"}
	case v.Stage == Scoring:
		return Step{"scores", ""}
	case v.Stage == Revealed && convener:
		return Step{"choose", page + "/kiezen/uitslag"}
	case v.Stage == Revealed:
		return Step{"talk", page + "/kiezen/uitslag"}
	case len(v.Coming) == 0 && convener:
		return Step{"meet", page + "/overleg/nieuw"}
	case len(v.Coming) > 0:
		return Step{"prepare", page + "/overleg/" + v.Coming[0].ID}
	}
	return Step{"later", ""}
}
