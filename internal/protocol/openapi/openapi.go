// Package openapi writes the description of the JSON API (OpenAPI 3.1, by the API
// Design Rules of the Dutch government). It is made of what the routes say of
// themselves (web.Doc) and of the types they answer with, so that it cannot say
// anything else than what the program does. It owns no tables.
package openapi

import (
	"context"
	"embed"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/room"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

//go:embed locales
var files embed.FS

// Path is where the description is served.
const Path = web.APIPath + "/openapi.json"

// Contact is who answers questions about the API.
type Contact struct {
	Name  string `json:"name"`
	URL   string `json:"url"`
	Email string `json:"email"`
}

// Options are what the description is made of.
type Options struct {
	Routes  func() []web.Route // of the whole program
	BaseURL string             // how people reach us
	Contact Contact
}

// Service serves the description.
type Service struct {
	o    Options
	made sync.Map // by language
}

// New makes the service.
func New(o Options) *Service { return &Service{o: o} }

// Room is the manifest.
func (s *Service) Room() room.Room {
	return room.New("openapi", room.NothingPersonal{}, room.Parts{Locales: files, Routes: []web.Route{
		web.API(http.MethodGet, Path, access.Public, s.serve).Unchanging().ForAll().
			Doc(web.Doc{ID: "getDescription", Key: "openapi.get", Tag: "description", Answer: map[string]any{}}),
	}})
}

func (s *Service) serve(w http.ResponseWriter, r *http.Request) error {
	lang := i18n.Lang(r.Context())
	doc, ok := s.made.Load(lang)
	if !ok {
		var err error
		if doc, err = s.build(r.Context()); err != nil {
			return err
		}
		s.made.Store(lang, doc)
	}
	return web.JSON(w, r, http.StatusOK, doc)
}

type object = map[string]any

// keys: openapi.answer.* openapi.tag.*

// build writes the description in the language of ctx.
func (s *Service) build(ctx context.Context) (object, error) {
	b := &builder{ctx: ctx, schemas: newSchemas(ctx), paths: object{}, tags: []object{}}
	for _, r := range s.o.Routes() {
		path, ok := strings.CutPrefix(r.Pattern, web.APIPath)
		if !ok {
			continue
		}
		if r.Documented == nil {
			return nil, fmt.Errorf("%s %s says nothing of itself", r.Method, r.Pattern)
		}
		if err := b.add(path, r); err != nil {
			return nil, fmt.Errorf("%s %s: %w", r.Method, r.Pattern, err)
		}
	}
	responses, err := b.responses()
	if err != nil {
		return nil, err
	}
	return object{
		"openapi": "3.1.0",
		"info": object{
			"title": i18n.T(ctx, "openapi.title"), "description": i18n.T(ctx, "openapi.text"), "version": web.APIVersion, "contact": s.o.Contact,
		},
		"servers": []object{{"url": strings.TrimSuffix(s.o.BaseURL, "/") + web.APIPath}},
		"tags":    b.tags,
		"paths":   b.paths,
		"components": object{
			"schemas":   b.schemas.all,
			"responses": responses,
			"headers": object{
				"APIVersion": header(i18n.T(ctx, "openapi.header.version"), object{"type": "string", "const": web.APIVersion}),
				"ETag":       header(i18n.T(ctx, "openapi.header.etag"), text),
				"Link":       header(i18n.T(ctx, "openapi.header.link"), text),
				"Location":   header(i18n.T(ctx, "openapi.header.location"), text),
				"RetryAfter": header(i18n.T(ctx, "openapi.header.retry"), object{"type": "integer"}),
			},
			"securitySchemes": object{"token": object{"type": "http", "scheme": "bearer", "description": i18n.T(ctx, "openapi.token")}},
		},
	}, nil
}

var text = object{"type": "string"}

func header(what string, schema object) object { return object{"description": what, "schema": schema} }

func ref(kind, name string) object { return object{"$ref": "#/components/" + kind + "/" + name} }

type builder struct {
	ctx     context.Context
	schemas *schemas
	paths   object
	tags    []object
}

var inPath = regexp.MustCompile(`\{([^}]+)\}`)

func (b *builder) add(path string, r web.Route) error {
	d := r.Documented
	op := object{"operationId": d.ID, "summary": i18n.T(b.ctx, d.Key), "tags": []string{b.tag(d.Tag)}}
	fails := []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable}
	if scope, ok := strings.CutPrefix(r.Access.Name(), "scope "); ok {
		op["security"] = []object{{"token": []string{scope}}}
		op["description"] = i18n.T(b.ctx, "openapi.scope", "scope", scope)
		fails = append(fails, http.StatusForbidden)
	} else if r.Access.Name() != access.Public.Name() {
		return fmt.Errorf("the API cannot say who %q is", r.Access.Name())
	}
	params := []object{}
	for _, m := range inPath.FindAllStringSubmatch(path, -1) {
		params = append(params, object{"name": m[1], "in": "path", "required": true, "description": i18n.T(b.ctx, "openapi.id"), "schema": text})
		fails = append(fails, http.StatusNotFound)
	}
	for _, f := range d.Query {
		schema := text
		if f.Number {
			schema = object{"type": "integer"}
		}
		params = append(params, object{"name": f.Name, "in": "query", "required": f.Required, "description": i18n.T(b.ctx, f.Key), "schema": narrow(schema, f)})
	}
	if len(params) > 0 {
		op["parameters"] = params
	}
	if d.Body != nil {
		schema, err := b.schemas.of(d.Body, true)
		if err != nil {
			return err
		}
		op["requestBody"] = object{"required": true, "content": object{"application/json": object{"schema": schema}}}
		fails = append(fails, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	answer, err := b.schemas.of(d.Answer, false)
	if err != nil {
		return err
	}
	status, headers := d.Status, object{"API-Version": ref("headers", "APIVersion")}
	if status == 0 {
		status = http.StatusOK
	}
	if r.Method == http.MethodGet {
		headers["ETag"] = ref("headers", "ETag")
	}
	if status == http.StatusCreated {
		headers["Location"] = ref("headers", "Location")
	}
	for _, f := range d.Query {
		if f.Name == "cursor" {
			headers["Link"] = ref("headers", "Link")
		}
	}
	answers := object{strconv.Itoa(status): object{"description": i18n.T(b.ctx, "openapi.answer.ok"), "headers": headers,
		"content": object{"application/json": object{"schema": answer}}}}
	if r.Method == http.MethodGet {
		answers[strconv.Itoa(http.StatusNotModified)] = ref("responses", "Unchanged")
	}
	for _, code := range fails {
		answers[strconv.Itoa(code)] = ref("responses", failures[code])
	}
	op["responses"] = answers
	item, _ := b.paths[path].(object)
	if item == nil {
		item = object{}
		b.paths[path] = item
	}
	item[strings.ToLower(r.Method)] = op
	return nil
}

// tag notes a kind of thing the first time it is met.
func (b *builder) tag(name string) string {
	for _, t := range b.tags {
		if t["name"] == name {
			return name
		}
	}
	b.tags = append(b.tags, object{"name": name, "description": i18n.T(b.ctx, "openapi.tag."+name)})
	return name
}

// failures are the answers that many routes share.
var failures = map[int]string{
	http.StatusBadRequest: "Invalid", http.StatusUnauthorized: "Unknown", http.StatusForbidden: "Denied", http.StatusNotFound: "NotFound",
	http.StatusConflict: "Conflict", http.StatusRequestEntityTooLarge: "TooLarge", http.StatusUnsupportedMediaType: "NotJSON",
	http.StatusTooManyRequests: "TooMany", http.StatusInternalServerError: "Broken", http.StatusServiceUnavailable: "Unavailable",
}

func (b *builder) responses() (object, error) {
	problem, err := b.schemas.of(web.Problem{}, false)
	if err != nil {
		return nil, err
	}
	all := object{"Unchanged": object{"description": i18n.T(b.ctx, "openapi.answer.unchanged"),
		"headers": object{"API-Version": ref("headers", "APIVersion"), "ETag": ref("headers", "ETag")}}}
	for code, name := range failures {
		headers := object{"API-Version": ref("headers", "APIVersion")}
		if code == http.StatusTooManyRequests {
			headers["Retry-After"] = ref("headers", "RetryAfter")
		}
		all[name] = object{"description": i18n.T(b.ctx, "openapi.answer."+strings.ToLower(name)), "headers": headers,
			"content": object{"application/problem+json": object{"schema": problem}}}
	}
	return all, nil
}
