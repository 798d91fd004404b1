package questions

import (
	"cmp"
	"context"
	"slices"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/limit"
	"wijkbaak.nl/internal/trust/access"
)

// deskMost bounds what the desk shows at once; more than this is not a queue
// but a flood, and the first are the ones that matter.
const deskMost = 200

// Row is one question on the desk.
type Row struct {
	Question
	Late     bool
	TakenBy  string // name
	PassedTo string // name
}

// Board is the desk of a team.
type Board struct {
	New     []Row // nobody has taken it
	Late    []Row // promised for before now
	Waiting []Row // the asker was asked something
	Mine    []Row
	Others  []Row // colleagues have taken it
	Figures Figures
}

// Figures tell how the promise is kept.
type Figures struct {
	Asked, Answered, OnTime, Late int
	Since                         time.Time
	MedianWait                    time.Duration // to the first answer
}

// OnTimeShare is the share of answered questions that was answered in time, in
// whole percents; false while there are none.
func (f Figures) OnTimeShare() (int, bool) {
	if f.Answered+f.Late == 0 {
		return 0, false
	}
	return (f.OnTime*100 + (f.Answered+f.Late)/2) / (f.Answered + f.Late), true
}

// figuresSpan is the period of the figures on the desk.
const figuresSpan = 90 * 24 * time.Hour

// Desk gives the questions that wait in the places of the actor.
func (s *Service) Desk(ctx context.Context) (Board, error) {
	actor := access.Of(ctx)
	areas := actor.Places(access.Coach)
	if len(areas) == 0 {
		return Board{}, fault.Denied()
	}
	now := s.Clock.Now()
	var b Board
	// The actor's own pile comes by itself, so that no flood pushes it out.
	all, err := db.All(ctx, s.DB, scanQuestion, selectTaken, actor.Person, deskMost)
	if err != nil {
		return b, err
	}
	all = slices.DeleteFunc(all, func(q Question) bool { return !OnTeam(actor, q.Place) })
	for _, area := range areas {
		list, err := db.All(ctx, s.DB, scanQuestion, selectDesk, area, deskMost)
		if err != nil {
			return b, err
		}
		all = append(all, list...)
	}
	slices.SortFunc(all, deskOrder)
	all = slices.CompactFunc(all, func(a, b Question) bool { return a.ID == b.ID })
	var ids []string
	for _, q := range all {
		ids = append(ids, q.TakenBy, q.PassedTo)
	}
	names, err := s.names(ctx, s.DB, ids)
	if err != nil {
		return b, err
	}
	for _, q := range all {
		row := Row{Question: q, Late: q.Late(now), TakenBy: names[q.TakenBy], PassedTo: names[q.PassedTo]}
		switch {
		case q.WaitsForAsker:
			b.Waiting = append(b.Waiting, row)
		case row.Late:
			b.Late = append(b.Late, row)
		case q.TakenBy == actor.Person:
			b.Mine = append(b.Mine, row)
		case q.TakenBy != "":
			b.Others = append(b.Others, row)
		default:
			b.New = append(b.New, row)
		}
	}
	b.Figures, err = s.figures(ctx, now, areas)
	return b, err
}

// deskOrder puts what is urgent first, and then what was promised first.
func deskOrder(a, b Question) int {
	if a.Urgent != b.Urgent {
		if a.Urgent {
			return -1
		}
		return 1
	}
	return cmp.Or(a.DueAt.Compare(b.DueAt), cmp.Compare(a.ID, b.ID))
}

// figures are those of the areas: what is asked elsewhere does not show in them.
func (s *Service) figures(ctx context.Context, now time.Time, areas []string) (Figures, error) {
	all := Figures{Since: now.Add(-figuresSpan)}
	var waits []int64
	for i, area := range areas {
		if slices.ContainsFunc(slices.Delete(slices.Clone(areas), i, i+1), func(wider string) bool { return access.Within(area, wider) }) {
			continue // it is counted with the wider one
		}
		f, err := db.One(ctx, s.DB, func(row db.Scanner) (Figures, error) {
			var f Figures
			err := row.Scan(&f.Asked, &f.Answered, &f.OnTime, &f.Late)
			return f, err
		}, selectFigures, db.At(all.Since), db.At(now), area)
		if err != nil {
			return all, err
		}
		all.Asked, all.Answered, all.OnTime, all.Late = all.Asked+f.Asked, all.Answered+f.Answered, all.OnTime+f.OnTime, all.Late+f.Late
		list, err := db.All(ctx, s.DB, db.Value[int64], selectWaits, db.At(all.Since), area)
		if err != nil {
			return all, err
		}
		waits = append(waits, list...)
	}
	if len(waits) > 0 {
		slices.Sort(waits)
		all.MedianWait = time.Duration(waits[len(waits)/2]) * time.Microsecond
	}
	return all, nil
}

func onTeamAndOpen(a access.Actor, q Question) bool {
	return OnTeam(a, q.Place) && q.Status != Closed && q.Status != Merged
}

func onTeam(a access.Actor, q Question) bool { return OnTeam(a, q.Place) }

// Take puts the question on the actor's own pile, off that of from: who sees it
// on nobody's pile does not take it from a colleague who was a moment earlier.
func (s *Service) Take(ctx context.Context, question, from string) error {
	return s.change(ctx, question, onTeamAndOpen, func(ctx context.Context, tx *db.Tx, q *Question) error {
		switch q.TakenBy {
		case access.Of(ctx).Person:
			return nil
		case from:
		default:
			return fault.Conflict("questions.wrong.taken")
		}
		q.TakenBy, q.PassedTo = access.Of(ctx).Person, ""
		return s.event(ctx, tx, q.ID, EventTaken, "", "")
	})
}

// Note writes something down for colleagues.
func (s *Service) Note(ctx context.Context, question, body string) error {
	if err := checkNote("notitie", body); err != nil {
		return err
	}
	return s.change(ctx, question, onTeam, func(ctx context.Context, tx *db.Tx, q *Question) error {
		return s.event(ctx, tx, q.ID, EventNote, body, "")
	})
}

// Close ends a question with a reason. How to reach the asker is erased.
func (s *Service) Close(ctx context.Context, question, reason, note string) error {
	if !slices.Contains(CloseReasons, reason) {
		return fault.Invalid(fault.Field{Name: "reden", Key: "questions.wrong.reason"})
	}
	if note != "" {
		if err := checkNote("toelichting", note); err != nil {
			return err
		}
	}
	return s.change(ctx, question, onTeamAndOpen, func(ctx context.Context, tx *db.Tx, q *Question) error {
		return s.close(ctx, tx, q, reason, note)
	})
}

func (s *Service) close(ctx context.Context, tx *db.Tx, q *Question, reason, note string) error {
	if q.Status == Closed || q.Status == Merged {
		return fault.Conflict("questions.wrong.closed")
	}
	q.Status, q.CloseReason, q.ClosedAt = Closed, reason, s.Clock.Now()
	if err := s.forgetContact(ctx, tx, q.ID); err != nil {
		return err
	}
	return s.event(ctx, tx, q.ID, EventClosed, note, reason)
}

// forgetContact erases how to reach the followers, the asker, and the askers of
// what was merged into the question.
func (s *Service) forgetContact(ctx context.Context, tx *db.Tx, question string) error {
	if _, err := tx.Exec(ctx, deleteContact, question); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, deleteFollowers, question)
	return err
}

// Reopen takes a closed question up again.
func (s *Service) Reopen(ctx context.Context, question string) error {
	may := func(a access.Actor, q Question) bool { return OnTeam(a, q.Place) && q.Status == Closed }
	return s.change(ctx, question, may, func(ctx context.Context, tx *db.Tx, q *Question) error {
		q.Status, q.CloseReason, q.ClosedAt = Open, "", time.Time{}
		if !q.AnsweredAt.IsZero() {
			q.Status = Answered
		}
		return s.event(ctx, tx, q.ID, EventReopened, "", "")
	})
}

// Merge says that a question is the same as another: its answers and followers go
// there, its address and return code lead there.
func (s *Service) Merge(ctx context.Context, question, into string) error {
	wrong := fault.Invalid(fault.Field{Name: "in", Key: "questions.wrong.merge"})
	if question == into {
		return wrong
	}
	may := func(a access.Actor, q Question) bool { return onTeamAndOpen(a, q) && q.Audience == Neighbourhood }
	return s.change(ctx, question, may, func(ctx context.Context, tx *db.Tx, q *Question) error {
		target, err := getQuestion(ctx, tx, into)
		if fault.KindOf(err) == fault.KindNotFound || err == nil && !target.Listed() {
			return wrong // also for one that may not be seen
		}
		if err != nil {
			return err
		}
		if !OnTeam(access.Of(ctx), target.Place) {
			return fault.Denied()
		}
		for _, move := range []string{moveHistory, moveAnswers, moveFollowers, moveMerged} {
			if _, err := tx.Exec(ctx, move, q.ID, into); err != nil {
				return err
			}
		}
		if target.Status == Closed {
			err = s.forgetContact(ctx, tx, q.ID)
		} else {
			_, err = tx.Exec(ctx, deleteFollowers, q.ID) // who follows both
		}
		if err != nil {
			return err
		}
		q.Status, q.MergedInto, q.Accepted = Merged, into, ""
		if err := s.event(ctx, tx, q.ID, EventMerged, "", into); err != nil {
			return err
		}
		// The other question counts its answers and its search text anew.
		return s.apply(ctx, tx, target, func(ctx context.Context, tx *db.Tx, q *Question) error {
			answers, _, err := answersAfter(ctx, tx, q.ID, "", answersMost)
			for _, w := range answers {
				if w.Moderation == Shown {
					q.answered(w.At)
				}
			}
			return err
		})
	})
}

func limitKey(ctx context.Context) string { return limit.Network(access.Of(ctx).Address) }
