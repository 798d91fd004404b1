package practices

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/protocol/practice"
	"wijkbaak.nl/internal/trust/access"
)

const (
	apiPath = web.APIPath + "/practices"
	tag     = "practices"
	// logMost is how many lines of the log one answer holds.
	logMost = 5000
)

func (s *Service) apiRoutes() []web.Route {
	size := func(name, key string) web.Field { return web.Field{Name: name, Key: key, Number: true, Most: 1 << 30} }
	return []web.Route{
		web.API(http.MethodGet, apiPath, access.Public, s.apiList).Doc(web.Doc{ID: "listPractices", Key: "practices.api.list", Tag: tag,
			Query: web.Paging(), Answer: apiList{}}),
		web.API(http.MethodGet, apiPath+"/log", access.Public, s.apiLog).Doc(web.Doc{ID: "getPracticeLog", Key: "practices.api.log", Tag: tag,
			Query: []web.Field{size("from", "practices.api.from")}, Answer: apiLog{}}),
		web.API(http.MethodGet, apiPath+"/{name}", access.Public, s.apiPractice).Doc(web.Doc{ID: "getPractice", Key: "practices.api.get", Tag: tag,
			Answer: apiPractice{}}),
		web.API(http.MethodGet, apiPath+"/{name}/{version}", access.Public, s.apiVersion).Doc(web.Doc{ID: "getPracticeVersion",
			Key: "practices.api.version", Tag: tag, Query: []web.Field{size("known", "practices.api.known")}, Answer: apiVersion{}}),
		web.API(http.MethodGet, apiPath+"/{name}/results", access.Public, s.apiResults).Doc(web.Doc{ID: "listPracticeResults",
			Key: "practices.api.results", Tag: tag, Answer: apiMessages{}}),
		web.API(http.MethodPost, apiPath+"/{name}/results", access.Public, s.apiReceive).WithBody(resultBody).Doc(web.Doc{ID: "sendPracticeResults",
			Key: "practices.api.send", Tag: tag, Body: apiSigned{}, Answer: apiState{}, Status: http.StatusAccepted}),
	}
}

type apiAncestor struct {
	Instance string `json:"instance"`
	Name     string `json:"name"`
	Version  string `json:"version"`
	SHA256   string `json:"sha256,omitempty"`
}

type apiPractice struct {
	Name     string          `json:"name"`
	Title    string          `json:"title"`
	Summary  string          `json:"summary"`
	Licence  string          `json:"licence"`
	Author   string          `json:"author,omitempty"`
	Contact  string          `json:"contact,omitempty"`
	Latest   string          `json:"latest"`
	Lineage  []apiAncestor   `json:"lineage"`
	Changed  time.Time       `json:"changedAt"`
	Versions []apiVersionRow `json:"versions,omitempty"`
	Links    web.Links       `json:"_links"`
}

func (apiPractice) Describe() []web.Field {
	return []web.Field{
		{Name: "licence", Key: "practices.api.licence"},
		{Name: "contact", Key: "practices.api.contact"},
		{Name: "latest", Key: "practices.api.latest"},
		{Name: "lineage", Key: "practices.api.lineage"},
	}
}

type apiVersionRow struct {
	Version string    `json:"version"`
	SHA256  string    `json:"sha256"`
	Size    int64     `json:"size"`
	Note    string    `json:"note"`
	At      time.Time `json:"at"`
}

type apiList struct {
	Key       string        `json:"publicKey"`
	Address   string        `json:"address"`
	Called    string        `json:"name"`
	Practices []apiPractice `json:"practices"`
	Links     web.Links     `json:"_links"`
}

func (apiList) Describe() []web.Field {
	return []web.Field{{Name: "publicKey", Key: "practices.api.key"}, {Name: "address", Key: "practices.api.address"}}
}

// offered is the list as we keep it of another instance. What is no practice or
// too long is left out.
func (l apiList) offered() []Offered {
	out := []Offered{}
	for _, p := range l.Practices {
		if len(out) >= offersMost || !practice.IsName(p.Name) || !practice.IsVersion(p.Latest) || !short(p.Title, 1, 200) || len(p.Lineage) > 100 {
			continue
		}
		o := Offered{Name: p.Name, Title: p.Title, Latest: p.Latest, Lineage: []practice.Ancestor{}}
		if len(p.Summary) <= 4*summaryMost {
			o.Summary = web.Clean(p.Summary)
		}
		if short(p.Author, 0, 200) && short(p.Licence, 0, 60) {
			o.Author, o.Licence = p.Author, p.Licence
		}
		for _, a := range p.Lineage {
			if practice.IsName(a.Name) && practice.IsVersion(a.Version) && short(a.Instance, 1, 300) {
				o.Lineage = append(o.Lineage, practice.Ancestor(a))
			}
		}
		out = append(out, o)
	}
	return out
}

// next is the cursor of the next part.
func (l apiList) next() string {
	if l.Links.Next == nil {
		return ""
	}
	u, err := url.Parse(l.Links.Next.Href)
	if err != nil || !practice.IsName(u.Query().Get("cursor")) {
		return ""
	}
	return u.Query().Get("cursor")
}

func (s *Service) toAPI(p Practice) apiPractice {
	out := apiPractice{Name: p.Name, Title: p.Title, Summary: p.Summary, Licence: p.Licence, Author: p.Author, Contact: p.Contact, Latest: p.Latest,
		Lineage: []apiAncestor{}, Changed: p.ChangedAt, Links: web.Self(apiPath+"/"+p.Name, Path(p.Name))}
	for _, a := range p.Lineage {
		out.Lineage = append(out.Lineage, apiAncestor(a))
	}
	return out
}

func (s *Service) apiList(w http.ResponseWriter, r *http.Request) error {
	after := r.URL.Query().Get("cursor")
	if after != "" && !practice.IsName(after) {
		return web.BadCursor()
	}
	limit := web.Limit(r)
	list, err := s.List(r.Context(), s.DB, after, limit+1)
	if err != nil {
		return err
	}
	out := apiList{Key: s.Key.Public(), Address: s.Address, Called: s.Name, Practices: []apiPractice{}}
	cursor := ""
	if len(list) > limit {
		list = list[:limit]
		cursor = list[limit-1].Name
	}
	for _, p := range list {
		out.Practices = append(out.Practices, s.toAPI(p))
	}
	out.Links = web.ListLinks(w, r, cursor)
	return web.JSON(w, r, http.StatusOK, out)
}

func (s *Service) apiPractice(w http.ResponseWriter, r *http.Request) error {
	p, versions, err := s.Get(r.Context(), s.DB, r.PathValue("name"))
	if err != nil {
		return err
	}
	if !p.WithdrawnAt.IsZero() {
		return fault.NotFound()
	}
	out := s.toAPI(p)
	for _, v := range versions {
		out.Versions = append(out.Versions, apiVersionRow{v.Version, v.SHA256, v.Size, v.Note, v.At})
	}
	return web.JSON(w, r, http.StatusOK, out)
}

type apiLog struct {
	Key        string    `json:"publicKey"`
	Checkpoint string    `json:"checkpoint"`
	From       int64     `json:"from"`
	Lines      []string  `json:"lines"`
	Links      web.Links `json:"_links"`
}

func (apiLog) Describe() []web.Field {
	return []web.Field{{Name: "publicKey", Key: "practices.api.key"}, {Name: "checkpoint", Key: "practices.api.checkpoint"},
		{Name: "lines", Key: "practices.api.lines"}, {Name: "from", Key: "practices.api.from"}}
}

func number(r *http.Request, name string) int64 {
	n, err := strconv.ParseInt(r.URL.Query().Get(name), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// checkpoint gives the newest signed checkpoint; "" of an empty log.
func checkpoint(ctx context.Context, r db.Reader) (checkpointRow, error) {
	c, err := db.One(ctx, r, scanCheckpoint, selectCheckpoint, 0)
	if fault.KindOf(err) == fault.KindNotFound {
		return checkpointRow{}, nil
	}
	return c, err
}

func (s *Service) apiLog(w http.ResponseWriter, r *http.Request) error {
	out := apiLog{Key: s.Key.Public(), From: number(r, "from"), Lines: []string{}}
	err := s.DB.Read(r.Context(), func(ctx context.Context, rd db.Reader) error {
		c, err := checkpoint(ctx, rd)
		if err != nil {
			return err
		}
		out.Checkpoint = c.Note
		rows, err := db.All(ctx, rd, scanLeaf, selectLeaves, out.From, logMost)
		for _, row := range rows {
			out.Lines = append(out.Lines, row.Line)
		}
		return err
	})
	if err != nil {
		return err
	}
	out.Links = web.Self(r.URL.RequestURI(), "")
	if len(out.Lines) == logMost {
		out.Links.Next = &web.Link{Href: apiPath + "/log?from=" + strconv.FormatInt(out.From+logMost, 10)}
	}
	return web.JSON(w, r, http.StatusOK, out)
}

type apiVersion struct {
	Name       string    `json:"name"`
	Version    string    `json:"version"`
	SHA256     string    `json:"sha256"`
	Size       int64     `json:"size"`
	Note       string    `json:"note"`
	At         time.Time `json:"at"`
	Package    string    `json:"package"`
	Signature  string    `json:"signature"`
	Checkpoint string    `json:"checkpoint"`
	Leaf       int64     `json:"leaf"`
	Inclusion  []string  `json:"inclusion"`
	Growth     []string  `json:"growth"`
	Links      web.Links `json:"_links"`
}

func (apiVersion) Describe() []web.Field {
	return []web.Field{
		{Name: "package", Key: "practices.api.package"},
		{Name: "signature", Key: "practices.api.signature"},
		{Name: "checkpoint", Key: "practices.api.checkpoint"},
		{Name: "leaf", Key: "practices.api.leaf"},
		{Name: "inclusion", Key: "practices.api.inclusion"},
		{Name: "growth", Key: "practices.api.growth"},
	}
}

func texts(list []tlog.Hash) []string {
	out := make([]string, len(list))
	for i, h := range list {
		out[i] = h.String()
	}
	return out
}

func (s *Service) apiVersion(w http.ResponseWriter, r *http.Request) error {
	var out apiVersion
	err := s.DB.Read(r.Context(), func(ctx context.Context, rd db.Reader) error {
		v, about, err := s.Version(ctx, rd, r.PathValue("name"), r.PathValue("version"))
		if err != nil {
			return err
		}
		c, err := checkpoint(ctx, rd)
		if err != nil {
			return err
		}
		log, err := s.tree(ctx, rd)
		if err != nil {
			return err
		}
		at, ok := log.Find(v.Practice, v.Version)
		if !ok || at >= c.Size {
			return fault.NotFound()
		}
		inclusion, err := log.ProveRecord(c.Size, at)
		if err != nil {
			return err
		}
		var growth tlog.TreeProof
		if known := number(r, "known"); known > 0 && known < c.Size {
			if growth, err = log.ProveTree(c.Size, known); err != nil {
				return err
			}
		}
		out = apiVersion{Name: v.Practice, Version: v.Version, SHA256: v.SHA256, Size: v.Size, Note: v.Note, At: v.At, Package: filePath(v.Practice, v.Version), Signature: about.Signature,
			Checkpoint: c.Note, Leaf: at, Inclusion: texts(inclusion), Growth: texts(growth), Links: web.Self(apiPath+"/"+v.Practice+"/"+v.Version, Path(v.Practice))}
		return nil
	})
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, out)
}

const tgzType = "application/gzip"

type apiSigned struct {
	Signed string `json:"signed"`
}

func (apiSigned) Describe() []web.Field {
	return []web.Field{{Name: "signed", Key: "practices.api.signed", Least: 1, Most: resultBody, Required: true}}
}

type apiState struct {
	State string `json:"state"`
}

func (apiState) Describe() []web.Field {
	return []web.Field{{Name: "state", Key: "practices.api.state", Values: []string{StateAccepted, StateHeld}}}
}

type apiMessages struct {
	Messages []apiSigned `json:"messages"`
	Links    web.Links   `json:"_links"`
}

func (s *Service) apiResults(w http.ResponseWriter, r *http.Request) error {
	out := apiMessages{Messages: []apiSigned{}, Links: web.Self(r.URL.RequestURI(), "")}
	err := s.DB.Read(r.Context(), func(ctx context.Context, rd db.Reader) error {
		p, err := db.One(ctx, rd, scanPractice, selectPractice, r.PathValue("name"))
		if err != nil {
			return err
		}
		list, err := db.All(ctx, rd, scanReceived, selectReceived, "", p.Name, StateAccepted)
		for _, m := range list {
			out.Messages = append(out.Messages, apiSigned{m.Signed})
		}
		return err
	})
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, out)
}

func (s *Service) apiReceive(w http.ResponseWriter, r *http.Request) error {
	var body apiSigned
	if err := web.ReadJSON(r, &body); err != nil {
		return err
	}
	state, err := s.receive(r.Context(), r.PathValue("name"), body.Signed, web.Address(r))
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusAccepted, apiState{state})
}
