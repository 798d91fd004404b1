package phases

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/trust/access"
)

// Decide moves an initiative by a decision of people: through its gate, back,
// to its end, or to where it begins again. The phase in the overview changes in the
// same transaction.
func (s *Service) Decide(ctx context.Context, slug string, at int64, d Decision) error {
	return s.writing(ctx, slug, at, kindDecided, func(ctx context.Context, tx *db.Tx) (string, error) {
		f, err := s.Initiatives.Facts(ctx, tx, slug)
		if err != nil {
			return "", err
		}
		d.Initiative, d.From = slug, f.Phase
		if d.Kind == Pass {
			d.To = gateOf(d.From)
		} else if d.Kind == Stop {
			d.To = Stopped
		}
		l, err := s.listFor(ctx, tx, slug)
		if err != nil {
			return "", err
		}
		marks, err := marksOf(ctx, tx, slug)
		if err != nil {
			return "", err
		}
		d.Left = nil
		if d.Kind == Pass {
			for _, p := range points(l.items, marks, d.To) {
				if p.Open() {
					d.Left = append(d.Left, p.Text)
				}
			}
		}
		if err := s.check(ctx, tx, d); err != nil {
			return "", err
		}
		return d.To, s.keep(ctx, tx, &d, s.why(d))
	})
}

// keep writes a decision and moves the initiative.
func (s *Service) keep(ctx context.Context, tx *db.Tx, d *Decision, why string) error {
	d.ID, d.Person, d.At = s.IDs(), access.Of(ctx).Person, s.Clock.Now()
	for k := range d.Conditions {
		d.Conditions[k].ID = s.IDs()
	}
	if err := addDecision(ctx, tx, *d); err != nil {
		return err
	}
	return s.Initiatives.SetPhase(ctx, tx, d.Initiative, d.To, d.Day.Year(), short(d.Reason, 300), why)
}

// why is what the history of the initiative tells; without a name.
func (s *Service) why(d Decision) string { return short(d.Reason, 200) }

func short(text string, most int) string {
	if r := []rune(strings.Join(strings.Fields(text), " ")); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return strings.Join(strings.Fields(text), " ")
}

// mayGo tells whether a kind of decision leads from one phase to the other.
func mayGo(kind, from, to string) bool {
	a, b := slices.Index(Order, from), slices.Index(Order, to)
	switch kind {
	case Pass:
		return a >= 0 && b == a+1
	case Back:
		return a > 0 && b >= 0 && b < a
	case Stop:
		return from != Stopped && to == Stopped
	case Restart: // "scaled" is reached by its proofs alone
		return (from == Stopped || from == Unknown) && b >= 0 && to != Scaled
	}
	return false
}

// check says what is missing in a decision.
func (s *Service) check(ctx context.Context, tx *db.Tx, d Decision) error {
	var w faults
	if !mayGo(d.Kind, d.From, d.To) {
		w.Add("naar", "phases.wrong.way")
	}
	switch today := s.Clock.Now(); {
	case d.Day.IsZero():
		w.Add("dag", "phases.wrong.day")
	case d.Day.After(today.AddDate(0, 0, 1)):
		w.Add("dag", "phases.wrong.future")
	}
	w.text("reden", d.Reason, 10, reasonMost)
	w.text("les", d.Lesson, 0, reasonMost)
	if d.Kind == Stop {
		w.text("les", d.Lesson, 10, reasonMost)
	}
	w.text("open", d.OpenWhy, 0, reasonMost)
	if len(d.Left) > 0 && strings.TrimSpace(d.OpenWhy) == "" {
		w.Add("open", "phases.wrong.open", "n", len(d.Left))
	}
	if d.Kind == Pass && d.To == Scaled {
		for k, name := range Proofs {
			p := Proof{}
			if k < len(d.Proofs) {
				p = d.Proofs[k]
			}
			if strings.TrimSpace(p.Text) == "" {
				w.Add("bewijs-"+name, "phases.wrong.proof")
			}
			w.text("bewijs-"+name, p.Text, 0, noteMost)
			w.link("bewijs-"+name+"-link", p.Link)
		}
	}
	if len(d.People) == 0 && len(d.Roles) == 0 {
		w.Add("wie", "phases.wrong.who")
	}
	if slices.ContainsFunc(d.Roles, func(r string) bool { return !slices.Contains(Roles, r) }) {
		w.Add("rollen", "phases.wrong.choice")
	}
	if err := s.known(ctx, tx, &w, d); err != nil {
		return err
	}
	return w.Err()
}

// known checks that the actor may name the people and organisations of a decision.
func (s *Service) known(ctx context.Context, tx *db.Tx, w *faults, d Decision) error {
	colleagues, err := s.People.Colleagues(ctx, tx)
	if err != nil {
		return err
	}
	bodies, err := s.People.Organisations(ctx, tx)
	if err != nil {
		return err
	}
	isPerson := func(id string) bool {
		return slices.ContainsFunc(colleagues, func(p Person) bool { return p.ID == id })
	}
	isBody := func(id string) bool { return slices.ContainsFunc(bodies, func(l Link) bool { return l.ID == id }) }
	if slices.ContainsFunc(d.People, func(p string) bool { return !isPerson(p) }) {
		w.Add("wie", "phases.wrong.choice")
	}
	if d.Organisation != "" && !isBody(d.Organisation) {
		w.Add("organisatie", "phases.wrong.choice")
	}
	if len(d.Conditions) > condMost {
		w.Add("voorwaarde-1", "phases.wrong.many", "most", condMost)
	}
	for k, c := range d.Conditions {
		n := strconv.Itoa(k + 1)
		w.text("voorwaarde-"+n, c.Text, 3, textMost)
		if c.Owner == "" && c.Organisation == "" || c.Owner != "" && !isPerson(c.Owner) || c.Organisation != "" && !isBody(c.Organisation) {
			w.Add("eigenaar-"+n, "phases.wrong.owner")
		}
		if c.Due.IsZero() {
			w.Add("datum-"+n, "phases.wrong.day")
		}
	}
	return nil
}

// Late counts the conditions that should have been met.
func (v View) Late(now time.Time) int {
	n := 0
	for _, d := range v.Decisions {
		for _, c := range d.Conditions {
			if c.Late(now) {
				n++
			}
		}
	}
	return n
}

// Choices are the kinds of decision that an initiative can take now.
func (v View) Choices() []string {
	var list []string
	for _, k := range Kinds {
		for _, to := range append([]string{Stopped}, Order...) {
			if mayGo(k, v.Phase, to) {
				list = append(list, k)
				break
			}
		}
	}
	return list
}

// Ways are the phases to which a kind of decision can lead.
func (v View) Ways(kind string) []string {
	return slices.DeleteFunc(append(slices.Clone(Order), Stopped), func(to string) bool { return !mayGo(kind, v.Phase, to) })
}
