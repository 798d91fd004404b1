package visions

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

// ScopeWrite lets a program hand on what people say of a vision.
const ScopeWrite = "visions:write"

const apiPath = web.APIPath + "/visions"

func (s *Service) apiRoutes() []web.Route {
	const tag = "visions"
	return []web.Route{
		web.API(http.MethodGet, apiPath, access.Public, s.apiList).ForAll().Doc(web.Doc{ID: "listVisions", Key: "visions.api.list", Tag: tag,
			Query: append(web.Paging(), web.Field{Name: "status", Key: "visions.api.only", Values: []string{"open", string(Published)}}), Answer: apiVisions{}}),
		web.API(http.MethodGet, apiPath+"/{id}", access.Public, s.apiGet).ForAll().Doc(web.Doc{ID: "getVision", Key: "visions.api.get", Tag: tag,
			Answer: apiVision{}}),
		web.API(http.MethodGet, apiPath+"/{id}/comments", access.Public, s.apiComments).ForAll().Doc(web.Doc{ID: "listVisionComments",
			Key: "visions.api.comments", Tag: tag, Query: []web.Field{{Name: "cursor", Key: "web.api.cursor", Least: 1, Most: 60},
				{Name: "place", Key: "visions.api.place", Least: 1, Most: 20}}, Answer: apiVisionComments{}}),
		web.API(http.MethodPost, apiPath+"/{id}/comments", access.Scope(ScopeWrite), s.apiSay).Doc(web.Doc{ID: "addVisionComment",
			Key: "visions.api.say", Tag: tag, Body: apiVisionSaid{}, Answer: apiVisionReceipt{}, Status: http.StatusCreated}),
	}
}

type apiVisionItem struct {
	ID          string     `json:"id"`
	Title       string     `json:"title"`
	Owner       string     `json:"owner"`
	Stage       Stage      `json:"status"`
	From        Day        `json:"opensOn,omitempty"`
	Until       Day        `json:"closesOn,omitempty"`
	PublishedAt *time.Time `json:"publishedAt,omitempty"`
	Demo        bool       `json:"demonstration"`
	Links       web.Links  `json:"_links"`
}

// Describe tells what the fields mean.
func (apiVisionItem) Describe() []web.Field {
	return []web.Field{{Name: "owner", Key: "visions.api.owner"}, {Name: "opensOn", Key: "visions.api.term"},
		{Name: "status", Key: "visions.api.status", Values: []string{string(Draft), string(Orienting), string(Deciding), string(Adopted), string(Rejected), string(Published)}}}
}

type apiVisions struct {
	Items []apiVisionItem `json:"items"`
	Links web.Links       `json:"_links"`
}

type apiVisionBlock struct {
	Place    string    `json:"place"`
	Kind     BlockKind `json:"kind"`
	Level    int       `json:"level,omitempty"`
	Text     string    `json:"text"`
	Comments int       `json:"comments"`
}

// Describe tells what the fields mean.
func (apiVisionBlock) Describe() []web.Field {
	return []web.Field{{Name: "place", Key: "visions.api.place"}, {Name: "kind", Key: "visions.api.kind",
		Values: []string{string(Heading), string(Paragraph), string(List), string(Numbered)}}, {Name: "comments", Key: "visions.api.count"}}
}

type apiVision struct {
	apiVisionItem
	Intro     string           `json:"intro,omitempty"`
	Questions []string         `json:"questions"`
	Version   int              `json:"version"`
	Blocks    []apiVisionBlock `json:"blocks"`
	Open      bool             `json:"open"`
	Outcome   Stage            `json:"outcome,omitempty"`
	Reason    string           `json:"reason,omitempty"`
}

// Describe tells what the fields mean.
func (apiVision) Describe() []web.Field {
	return append(apiVisionItem{}.Describe(), web.Field{Name: "questions", Key: "visions.api.questions"}, web.Field{Name: "version", Key: "visions.api.version"},
		web.Field{Name: "open", Key: "visions.api.open"}, web.Field{Name: "reason", Key: "visions.api.reason"})
}

// apiVisionComment names no member: only what somebody without an account typed.
type apiVisionComment struct {
	ID         string     `json:"id"`
	Place      string     `json:"place,omitempty"`
	Quote      string     `json:"quote,omitempty"`
	Version    int        `json:"version"`
	Kind       string     `json:"kind"`
	Text       string     `json:"text"`
	Name       string     `json:"name,omitempty"`
	Answer     string     `json:"answer,omitempty"`
	AnswerText string     `json:"answerText,omitempty"`
	AnsweredAt *time.Time `json:"answeredAt,omitempty"`
	At         time.Time  `json:"at"`
}

var saidKinds = append(slices.Clone(kinds), Reply)

// Describe tells what the fields mean.
func (apiVisionComment) Describe() []web.Field {
	return []web.Field{{Name: "place", Key: "visions.api.place"}, {Name: "kind", Key: "visions.api.comment", Values: saidKinds},
		{Name: "name", Key: "visions.api.name"}, {Name: "answer", Key: "visions.api.answer", Values: answers}}
}

type apiVisionComments struct {
	Items []apiVisionComment `json:"items"`
	Links web.Links          `json:"_links"`
}

type apiVisionSaid struct {
	Place string `json:"place,omitempty"`
	Kind  string `json:"kind,omitempty"`
	Text  string `json:"text"`
	Name  string `json:"name,omitempty"`
}

// Describe tells what the fields mean.
func (apiVisionSaid) Describe() []web.Field {
	return []web.Field{{Name: "place", Key: "visions.api.place"}, {Name: "kind", Key: "visions.api.comment", Values: kinds},
		{Name: "text", Least: 2, Most: bodyMost}, {Name: "name", Key: "visions.api.name", Most: nameMost}}
}

type apiVisionReceipt struct {
	Shown bool      `json:"published"`
	Links web.Links `json:"_links"`
}

// Describe tells what the fields mean.
func (apiVisionReceipt) Describe() []web.Field {
	return []web.Field{{Name: "published", Key: "visions.api.shown"}}
}

func itemOf(v Vision) apiVisionItem {
	return apiVisionItem{ID: v.ID, Title: v.Title, Owner: v.OwnerName, Stage: v.Stage, From: v.TermFrom, Until: v.TermUntil, PublishedAt: moment(v.PublishedAt),
		Demo: v.Demonstration, Links: web.Self(apiPath+"/"+v.ID, Path(v.ID))}
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// everybody asks as somebody unknown: the API knows only what everybody may see.
func everybody(ctx context.Context) context.Context {
	return access.With(ctx, access.Actor{Channel: access.API})
}

func (s *Service) apiList(w http.ResponseWriter, r *http.Request) error {
	limit, q := web.Limit(r), r.URL.Query()
	a, next := apiVisions{Items: []apiVisionItem{}}, ""
	var list []Vision
	var err error
	if q.Get("status") == "open" {
		web.Private(r) // whether it is still open differs by day
		if list, err = s.openNow(r.Context(), s.DB); err == nil {
			list = list[:min(limit, len(list))]
		}
	} else {
		before := q.Get("cursor")
		if before == "" {
			before = last
		}
		list, err = db.All(r.Context(), s.DB, scanVision, listShelf, before, limit+1)
		if len(list) > limit {
			list = list[:limit]
			next = list[limit-1].Shelf
		}
	}
	if err != nil {
		return err
	}
	for _, v := range list {
		a.Items = append(a.Items, itemOf(v))
	}
	a.Links = web.ListLinks(w, r, next)
	return web.JSON(w, r, http.StatusOK, a)
}

func (s *Service) apiGet(w http.ResponseWriter, r *http.Request) error {
	web.Private(r) // whether it is still open differs by day
	v, err := s.Get(everybody(r.Context()), r.PathValue("id"))
	if err != nil {
		return err
	}
	a := apiVision{apiVisionItem: itemOf(v.Vision), Intro: v.Intro, Questions: append([]string{}, v.Questions...), Version: v.Text.Number,
		Blocks: []apiVisionBlock{}, Open: v.MayComment()}
	for _, b := range v.Text.Blocks {
		a.Blocks = append(a.Blocks, apiVisionBlock{b.ID, b.Kind, b.Level, b.Text, v.Counts[b.ID]})
	}
	if d, is := v.Decision(); is {
		a.Outcome, a.Reason = d.Outcome, d.Reason
	}
	return web.JSON(w, r, http.StatusOK, a)
}

func (s *Service) apiComments(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	q := r.URL.Query()
	filter := filterAll
	if q.Has("place") {
		filter = filterPlace
	}
	v, err := s.Comments(everybody(r.Context()), r.PathValue("id"), filter, q.Get("place"), q.Get("cursor"))
	if err != nil {
		return err
	}
	a := apiVisionComments{Items: []apiVisionComment{}, Links: web.ListLinks(w, r, v.Next)}
	for _, c := range v.Comments {
		one := apiVisionComment{ID: c.ID, Place: c.Place, Quote: c.Quote, Version: c.Number, Kind: c.Kind, Text: c.Body, Name: c.Name, Answer: c.Answer,
			AnswerText: c.AnswerText, AnsweredAt: moment(c.Answered), At: c.At}
		a.Items = append(a.Items, one)
	}
	return web.JSON(w, r, http.StatusOK, a)
}

// apiNames are the fields of the forms as the API calls them.
var apiNames = map[string]string{"over": "place", "soort": "kind", "tekst": "text", "naam": "name"}

func (s *Service) apiSay(w http.ResponseWriter, r *http.Request) error {
	var in apiVisionSaid
	if err := web.ReadJSON(r, &in); err != nil {
		return err
	}
	id := r.PathValue("id")
	shown, err := s.Comment(r.Context(), id, Said{Place: in.Place, Kind: in.Kind, Body: web.Clean(in.Text),
		Name: strings.Join(strings.Fields(web.Clean(in.Name)), " ")})
	if fault.KindOf(err) == fault.KindInvalid {
		fields := slices.Clone(fault.FieldsOf(err))
		for k := range fields {
			if name := apiNames[fields[k].Name]; name != "" {
				fields[k].Name = name
			}
		}
		err = fault.Invalid(fields...)
	}
	if err != nil {
		return err
	}
	a := apiVisionReceipt{Shown: shown, Links: web.Self(apiPath+"/"+id+"/comments", Path(id))}
	w.Header().Set("Location", a.Links.Self.Href)
	return web.JSON(w, r, http.StatusCreated, a)
}
