package assessments

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

// Publish puts the verdict on the card, in the place of an earlier one. It holds for
// so many months from the day of the test; one that was taken over no longer than at
// its origin.
func (s *Service) Publish(ctx context.Context, id string, months int) error {
	known, err := db.One(ctx, s.DB, scanAssessment, selectAssessment, id)
	if err != nil {
		return err
	}
	var wrong fault.List
	if _, err := s.judgeable(ctx, known.Slug, &wrong); err != nil {
		return err
	}
	return s.change(ctx, id, "published", func(ctx context.Context, tx *db.Tx, v *View) (string, error) {
		switch {
		case !v.Editor:
			return "", fault.Denied()
		case v.Status != Ready:
			return "", fault.Conflict("assessments.conflict.done")
		}
		wrong := slices.Clone(wrong)
		lapses := v.Tested.AddDate(0, months, 0)
		switch {
		case !slices.Contains(terms, months):
			wrong.Add("maanden", "assessments.wrong.term")
		case v.Body.Origin != nil: // it may have lapsed there
			if v.Lapses.Before(lapses) {
				lapses = v.Lapses
			}
		case !lapses.After(v.Now):
			wrong.Add("maanden", "assessments.wrong.past")
		}
		if err := wrong.Err(); err != nil {
			return "", err
		}
		if _, err := tx.Exec(ctx, replaceCurrent, v.Slug); err != nil {
			return "", err
		}
		v.Status, v.Published, v.Lapses = Published, v.Now, lapses
		v.Lapsed = !lapses.After(v.Now)
		return "", raise(ctx, tx)
	})
}

// Stop ends a test that is open, or takes a verdict off its card.
func (s *Service) Stop(ctx context.Context, id, why string) error {
	return s.change(ctx, id, "stopped", func(ctx context.Context, tx *db.Tx, v *View) (string, error) {
		if !v.Editor {
			return "", fault.Denied()
		}
		if !v.Open() && v.Status != Published {
			return "", fault.Conflict("assessments.conflict.done")
		}
		var wrong fault.List
		if n := utf8.RuneCountInString(why); n == 0 || n > whyMost {
			wrong.Add("waarom", "assessments.wrong.why", "most", whyMost)
		}
		v.Status, v.Body.Why = Stopped, why
		if err := wrong.Err(); err != nil {
			return "", err
		}
		return "", raise(ctx, tx)
	})
}

// Newer notes that there is a newer version of an application than was tested; the
// card says so. The version that was tested takes the note away.
func (s *Service) Newer(ctx context.Context, slug, version string) error {
	if !isTester(access.Of(ctx)) {
		return fault.Denied()
	}
	current, err := s.current(ctx, slug)
	if err != nil {
		return err
	}
	version = strings.TrimSpace(version)
	var wrong fault.List
	if checkVersion(&wrong, version); len(wrong) > 0 {
		return wrong.Err()
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		a, err := db.One(ctx, tx, scanAssessment, selectAssessment, current.ID)
		if err != nil {
			return err
		}
		a.Newer, a.NewerAt = version, s.Clock.Now()
		if version == a.Version {
			a.Newer, a.NewerAt = "", time.Time{}
		}
		if err := keepAssessment(ctx, tx, &a); err != nil {
			return err
		}
		if err := raise(ctx, tx); err != nil {
			return err
		}
		return s.log(ctx, tx, "newer", audit.Update, &a, "")
	})
}

// current gives the published assessment of an application, to testers also one that
// refused it.
func (s *Service) current(ctx context.Context, slug string) (Assessment, error) {
	v, err := s.snapshot(ctx)
	if err != nil {
		return Assessment{}, err
	}
	a := v.bySlug[slug]
	if a == nil || a.Verdict == Refused && !isTester(access.Of(ctx)) {
		return Assessment{}, fault.NotFound()
	}
	return *a, nil
}

// Import takes a verdict over from another place, as a test that an editor can look
// at and publish. It is never stronger than at its origin, nor than our own rules
// make of its scores, and lapses no later.
func (s *Service) Import(ctx context.Context, slug string, file []byte) (id string, err error) {
	if !isEditor(access.Of(ctx), s.Root) {
		return "", fault.Denied()
	}
	d, err := ReadDocument(file)
	if err != nil {
		return "", err
	}
	var wrong fault.List
	app, err := s.judgeable(ctx, slug, &wrong)
	if err != nil {
		return "", err
	}
	a := s.begin(ctx, app, d.Version)
	now := a.Made
	if d.Tested.Time().After(now) {
		wrong.Add("bestand", "assessments.wrong.document", "reason", "tested: "+string(d.Tested))
	}
	a.Status, a.Tested, a.Lapses, a.Newer, a.Demonstration = Ready, d.Tested.Time(), d.Lapses.Time(), d.Newer, d.Demonstration
	if a.Newer != "" {
		a.NewerAt = now
	}
	for _, c := range d.Criteria {
		a.Body.Results = append(a.Body.Results, Result(c))
	}
	a.Body.By, a.Body.Lowered, a.Body.Origin = d.Testers, d.Lowered, &Origin{Name: d.Origin.Name, URL: d.Origin.URL, Taken: now}
	a.Verdict, a.Body.Rule = Judge(a.Body.Results)
	a.Verdict = weaker(a.Verdict, d.Verdict)
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		wrong := slices.Clone(wrong)
		if err := s.free(ctx, tx, slug, &wrong); err != nil {
			return err
		}
		if err := wrong.Err(); err != nil {
			return err
		}
		if err := addAssessment(ctx, tx, &a); err != nil {
			return err
		}
		return s.log(ctx, tx, "taken", audit.Create, &a, "")
	})
	return a.ID, err
}
