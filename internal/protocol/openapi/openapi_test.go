package openapi

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

type base struct {
	ID string `json:"id"`
}

type apiThing struct {
	base
	Kind   string            `json:"kind,omitempty"`
	Tags   []string          `json:"tags"`
	Count  int               `json:"count"`
	Share  *float64          `json:"share,omitempty"`
	At     time.Time         `json:"at"`
	Other  *apiThing         `json:"other,omitempty"`
	Words  map[string]string `json:"words"`
	hidden int
	Secret string `json:"-"`
}

func (apiThing) Describe() []web.Field {
	return []web.Field{{Name: "kind", Values: []string{"boat", "bike"}}, {Name: "tags", Values: []string{"x"}, Most: 5}, {Name: "count", Least: 1, Most: 9}}
}

func TestASchemaIsWhatJSONWouldWrite(t *testing.T) {
	_ = apiThing{hidden: 1}
	s := newSchemas(context.Background())
	got, err := s.of(apiThing{}, true)
	if err != nil || got["$ref"] != "#/components/schemas/Thing" {
		t.Fatalf("%v %v", got, err)
	}
	text, err := json.Marshal(s.all)
	want := `{"Thing":{"additionalProperties":false,"properties":{"at":{"format":"date-time","type":"string"},` +
		`"count":{"maximum":9,"minimum":1,"type":"integer"},"id":{"type":"string"},"kind":{"enum":["boat","bike"],"type":"string"},` +
		`"other":{"$ref":"#/components/schemas/Thing"},"share":{"type":"number"},` +
		`"tags":{"items":{"enum":["x"],"maxLength":5,"type":"string"},"type":"array"},` +
		`"words":{"additionalProperties":{"type":"string"},"type":"object"}},"required":["id","tags","count","at","words"],"type":"object"}}`
	if err != nil || string(text) != want {
		t.Errorf("%v\n%s\n%s", err, text, want)
	}
}

type lost struct {
	ID string `json:"id"`
}

func (lost) Describe() []web.Field { return []web.Field{{Name: "name"}} }

// Two rooms may each have a type of this name.
type Thing struct{}

func TestWhatCannotBeSaidIsRefused(t *testing.T) {
	type named struct{ Name string }
	type null struct {
		Name *string `json:"name"`
	}
	type odd struct {
		Name chan int `json:"name"`
	}
	type keys struct {
		Name map[int]string `json:"name"`
	}
	type list[T any] struct {
		Items []T `json:"items"`
	}
	for want, v := range map[string]any{
		"has no name in JSON": named{}, "can be null": null{}, "has no schema": odd{}, "keys that are no text": keys{},
		"has no name to be known by": list[string]{}, `no field "name"`: lost{}, "has no name to be": struct{}{}, "both called Thing": Thing{},
	} {
		s := newSchemas(context.Background())
		if _, err := s.of(apiThing{}, false); err != nil {
			t.Fatal(err)
		}
		if _, err := s.of(v, false); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%T: %v, not %q", v, err, want)
		}
	}
}

func TestARouteThatSaysNothingFails(t *testing.T) {
	silent := web.API(http.MethodGet, "/api/v1/x", access.Public, nil)
	for want, r := range map[string]web.Route{
		"says nothing of itself": silent,
		"cannot say who":         web.API(http.MethodGet, "/api/v1/x", access.SignedIn, nil).Doc(web.Doc{Answer: apiThing{}}),
	} {
		s := New(Options{Routes: func() []web.Route { return []web.Route{web.Get("/page", access.SignedIn, nil), r} }})
		if _, err := s.build(context.Background()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, not %q", err, want)
		}
	}
}
