package scaling

import (
	"context"
	"time"

	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
)

// guestView is a plan, or one step of it, for a guest.
type guestView struct {
	View
	Guest  Guest
	Tab    string
	Filter filter
	Step   Step
	Talk   talkView
}

// talkView is what was said, as it stands on a page.
type talkView struct {
	Talk
	View   *View
	Form   *web.Form // of a comment that was refused
	On     string    // the step that the page is about; empty for the plan
	Says   bool      // the reader may add to it
	Person string    // the reader, when signed in
	Guest  Guest     // the reader, when a guest
	Clock  time.Time
}

// who said it.
func (t talkView) who(ctx context.Context, c Comment) string {
	if c.Guest != "" && c.Name == "" { // the link ended long ago
		return i18n.T(ctx, "scaling.guest.nameless")
	}
	if c.Guest != "" {
		return i18n.T(ctx, "scaling.guest.said", "name", c.Name)
	}
	if name := t.Names[c.Person]; name != "" {
		return name
	}
	return i18n.T(ctx, "scaling.somebody")
}

// mayRemove tells whether the reader may take a comment away.
func (t talkView) mayRemove(c Comment) bool {
	return t.View.MayEdit || c.Person != "" && c.Person == t.Person || c.Guest != "" && c.Guest == t.Guest.ID
}

// hint tells a guest under which name the comment stands.
func (t talkView) hint(ctx context.Context) string {
	if t.Guest.ID == "" {
		return ""
	}
	return i18n.T(ctx, "scaling.guest.named", "name", t.Guest.Name)
}

func (t talkView) nextPage() string {
	page := t.View.page()
	if t.On != "" {
		page = t.View.stepPage(t.On)
	}
	return page + "?voor=" + t.Next + "#gesprek"
}

// crumbs lead back: a guest to the page of the coalition, others to the plan.
func (v *View) crumbs(ctx context.Context) []ui.Crumb {
	if v.Token != "" {
		return []ui.Crumb{{Label: v.Of, Path: guestBase + v.Token}}
	}
	return crumbs(ctx, &v.Plan)
}
