package audit

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
)

// Path is where the operator reads the log.
const Path = "/beheer/logboek"

// view is what the page shows.
type view struct {
	object, problem string
	filter          Filter
	page            Page
}

func (l *Log) page(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	v := view{object: form.Line("object", fieldMost)}
	v.filter = Filter{
		Person: form.Line("persoon", fieldMost),
		Action: Action(form.Choice("actie", append([]string{""}, actionNames()...)...)),
		Before: form.Line("voor", fieldMost),
	}
	status := http.StatusOK
	if v.object != "" {
		kind, objectID, found := strings.Cut(v.object, "/")
		v.filter.ObjectType, v.filter.ObjectID = kind, objectID
		if !found || kind == "" || objectID == "" {
			v.problem = i18n.T(r.Context(), "audit.filter.object.wrong")
		}
	}
	if (&Event{Kind: "-", Action: Read, Outcome: Done, ObjectType: "-", ObjectID: v.object, Person: v.filter.Person}).check() != nil {
		v.problem = i18n.T(r.Context(), "audit.filter.object.wrong")
	}
	if v.problem == "" {
		if v.page, err = l.Look(r.Context(), v.filter); err != nil {
			return err
		}
	} else {
		status = http.StatusUnprocessableEntity
	}
	return web.Render(w, r, status, logPage(v))
}

func actionNames() []string {
	names := make([]string, len(Actions))
	for i, a := range Actions {
		names[i] = string(a)
	}
	return names
}

// ActionWord says in a word what was done, such as "bekeken".
func ActionWord(ctx context.Context, a Action) string { return i18n.T(ctx, "audit.action."+string(a)) }

func (v view) next() string {
	if v.page.Next == "" {
		return ""
	}
	q := url.Values{"voor": {v.page.Next}}
	for name, value := range map[string]string{"object": v.object, "persoon": v.filter.Person, "actie": string(v.filter.Action)} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return Path + "?" + q.Encode()
}

func (v view) actionOptions(ctx context.Context) []ui.Option {
	list := []ui.Option{{Value: "", Label: i18n.T(ctx, "audit.filter.action.all")}}
	for _, a := range Actions {
		list = append(list, ui.Option{Value: string(a), Label: ActionWord(ctx, a)})
	}
	return list
}

// what says in words what was done, such as "Vraag bekeken".
func what(ctx context.Context, e Event) string {
	return i18n.T(ctx, "audit.what."+string(e.Outcome), "action", ActionWord(ctx, e.Action), "object", word(ctx, "audit.object.", e.ObjectType))
}

// manner says in which roles and by which way somebody did it.
func manner(ctx context.Context, e Event) string {
	var said []string
	for role := range strings.SplitSeq(e.Role, ",") {
		if role != "" {
			said = append(said, word(ctx, "audit.role.", role))
		}
	}
	if e.Channel != "" {
		said = append(said, word(ctx, "audit.channel.", e.Channel))
	}
	return strings.Join(said, ", ")
}

// word says a code in words; a code of a room that has none here stays as it is.
func word(ctx context.Context, keys, code string) string {
	if text := i18n.T(ctx, keys+code); text != keys+code {
		return text
	}
	return code
}

// short is the end of a long id, in which ids differ most. The whole one is in the
// title of its link, and in the field behind it.
func short(id string) string {
	if len(id) <= shortest {
		return id
	}
	return "…" + id[len(id)-shortest:]
}

const shortest = 12

func pathOf(name, value string) string { return Path + "?" + url.Values{name: {value}}.Encode() }
