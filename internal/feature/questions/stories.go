package questions

import (
	"context"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/returncode"
	"wijkbaak.nl/internal/base/search"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
	"wijkbaak.nl/internal/trust/themes"
)

// Tell is a story as it is typed in.
type Tell struct {
	Title, Body, Name, Theme string
	Initiatives              []string // slugs
	Consent                  bool
}

// Publish takes in a story with the consent to publish it. Who told it gets a
// code with which it can be taken back. A story of somebody we do not know is
// looked at before others read it.
func (s *Service) Publish(ctx context.Context, in Tell) (Story, returncode.Code, error) {
	actor := access.Of(ctx)
	var f []fault.Field
	if n := utf8.RuneCountInString(in.Title); n < 5 || n > TitleMost {
		f = append(f, fault.Field{Name: "titel", Key: "questions.wrong.storytitle"})
	}
	switch n := utf8.RuneCountInString(in.Body); {
	case n < 40:
		f = append(f, fault.Field{Name: "verhaal", Key: "questions.wrong.story"})
	case n > BodyMost:
		f = append(f, fault.Field{Name: "verhaal", Key: "web.form.toolong", Args: []any{"most", BodyMost, "now", n}})
	}
	if n := utf8.RuneCountInString(in.Name); n > NameMost {
		f = append(f, fault.Field{Name: "naam", Key: "web.form.toolong", Args: []any{"most", NameMost, "now", n}})
	}
	if in.Theme != "" && !themes.Known(in.Theme) {
		f = append(f, fault.Field{Name: "onderwerp", Key: "questions.wrong.theme"})
	}
	if !in.Consent {
		f = append(f, fault.Field{Name: "akkoord", Key: "questions.wrong.consent"})
	}
	if len(in.Initiatives) > initiativesMost {
		f = append(f, fault.Field{Name: "initiatief", Key: "questions.wrong.initiative"})
	}
	if len(f) > 0 {
		return Story{}, returncode.Code{}, fault.Invalid(f...)
	}
	if wait := s.asks.Take(limitKey(ctx)); wait > 0 {
		return Story{}, returncode.Code{}, fault.TooMany(wait)
	}
	if err := s.known(ctx, in.Initiatives); err != nil {
		return Story{}, returncode.Code{}, err
	}
	now := s.Clock.Now()
	t := Story{ID: s.IDs(), Title: in.Title, Body: in.Body, Name: in.Name, Theme: in.Theme, Place: s.Root, Person: actor.Person,
		Initiatives: in.Initiatives, Consent: i18n.T(ctx, "questions.story.consent"), ConsentAt: now, Moderation: Held, At: now}
	if actor.Has(access.Coach, access.Editor) {
		t.Moderation = Shown
	}
	code := newCode()
	return t, code, s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, insertStory, append(t.columns(), code.Hash(s.CodeKey))...); err != nil {
			return err
		}
		if err := s.recordStory(ctx, tx, audit.Create, t); err != nil {
			return err
		}
		return s.indexStory(ctx, tx, t)
	})
}

func (s *Service) recordStory(ctx context.Context, tx *db.Tx, action audit.Action, t Story) error {
	return s.Audit.Record(ctx, tx, audit.Event{Kind: "questions.story", Action: action, ObjectType: "story", ObjectID: t.ID, Subject: t.Person})
}

// Stories gives one page of stories, newest first.
func (s *Service) Stories(ctx context.Context, before string, n int) (list []Story, more bool, err error) {
	list, err = db.All(ctx, s.DB, scanStory, selectStories, cursor(before), n+1)
	if len(list) > n {
		return list[:n], true, err
	}
	return list, false, err
}

// Story gives a story that everybody may read, to a moderator any, with the
// initiatives it is linked to.
func (s *Service) Story(ctx context.Context, id string) (Story, []Link, error) {
	t, err := db.One(ctx, s.DB, scanStory, selectStory, id)
	if err != nil {
		return t, nil, err
	}
	if t.Moderation != Shown && !Moderates(access.Of(ctx), t.Place) {
		return Story{}, nil, fault.NotFound()
	}
	if len(t.Initiatives) == 0 {
		return t, nil, nil
	}
	links, err := s.Options.Initiatives.Links(ctx, s.DB, t.Initiatives)
	return t, links, err
}

// TakeBack removes a story by whoever holds its code: consent is withdrawn as
// easily as it was given.
func (s *Service) TakeBack(ctx context.Context, typed string) error {
	code, err := s.parseCode(ctx, typed)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		t, err := db.One(ctx, tx, scanStory, selectStoryByCode, code.Hash(s.CodeKey))
		if fault.KindOf(err) == fault.KindNotFound {
			return s.wrongCode(ctx)
		}
		if err != nil {
			return err
		}
		if err := forgetStory(ctx, tx, t.ID); err != nil {
			return err
		}
		return s.recordStory(ctx, tx, audit.Delete, t)
	})
}

// StoryPath is the address of a story.
func StoryPath(id string) string { return "/verhalen/" + id }

func storySearchID(id string) string { return "story:" + id }

func (s *Service) indexStory(ctx context.Context, tx *db.Tx, t Story) error {
	if t.Moderation != Shown {
		return search.Remove(ctx, tx, storySearchID(t.ID))
	}
	return search.Put(ctx, tx, storyDoc(t))
}

func storyDoc(t Story) search.Doc {
	d := search.Doc{ID: storySearchID(t.ID), Kind: "story", Title: t.Title, Body: t.Body, URL: StoryPath(t.ID), Weight: 0.7, At: t.At}
	if t.Theme != "" {
		d.Tags = map[string][]string{"theme": {t.Theme}}
	}
	return d
}
