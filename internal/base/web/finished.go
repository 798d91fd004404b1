package web

import (
	"container/list"
	"hash/maphash"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"wijkbaak.nl/internal/base/clock"
)

const (
	// finishedMost bounds the bytes of all pages that are kept, and finishedPage
	// those of one: the program has to fit on a small server.
	finishedMost = 2 << 20
	finishedPage = 256 << 10
	// finishedCost is what an entry takes besides its body.
	finishedCost = 1 << 10
	// finishedAge bounds how long "today" and "late" on a kept page may be of before.
	finishedAge = 30 * time.Second
)

// finished keeps public pages as they went out: whoever has no copy gets the
// bytes that a 304 promises to who has one. Its key is the ETag with the encoding,
// so that it can be no staler than that. Only what is asked for a second time is
// kept, so that a robot that walks through all pages pushes nothing out.
type finished struct {
	clock clock.Clock
	most  int
	seed  maphash.Seed

	mu      sync.Mutex
	version string
	pages   map[string]*list.Element // of *page
	recent  *list.List               // the latest asked in front
	bytes   int
	making  map[string]*making
	asked   [4096]uint64 // hashes of keys that were asked for
}

// page is an answer as it went out; nobody changes it.
type page struct {
	key    string
	made   time.Time
	header http.Header
	body   []byte
}

// making is a page that somebody makes while others wait for it.
type making struct {
	in      *finished
	key     string
	version string
	began   time.Time
	again   bool // it is worth keeping
	done    chan struct{}
	over    bool  // done is closed; of who makes it alone
	page    *page // nil where it may not be kept
}

func newFinished(c clock.Clock, most int) *finished {
	return &finished{clock: c, most: most, seed: maphash.MakeSeed(), pages: map[string]*list.Element{}, recent: list.New(), making: map[string]*making{}}
}

// answer gives the page that is kept, waits for who is making it, or makes it.
func (f *finished) answer(w http.ResponseWriter, r *http.Request, st *state, version string, h Handler) error {
	key := st.etag
	if takesGzip(r.Header.Get("Accept-Encoding")) {
		key += " gzip"
	}
	p, m, first := f.find(key, version)
	switch {
	case p != nil:
		p.write(w, r)
		return nil
	case first:
		st.making = m
		defer m.end(nil)
		return h(w, r)
	}
	select {
	case <-m.done:
	case <-r.Context().Done():
		return r.Context().Err()
	}
	if m.page == nil { // an error, or not for everybody after all
		return h(w, r)
	}
	m.page.write(w, r)
	return nil
}

// find gives a kept page; or who is making it, and whether that is who asks.
func (f *finished) find(key, version string) (p *page, m *making, first bool) {
	now := f.clock.Now()
	f.mu.Lock()
	defer f.mu.Unlock()
	if version != f.version && version != "" { // nobody asks for those of before any more
		f.version, f.bytes = version, 0
		clear(f.pages)
		f.recent.Init()
	}
	if e := f.pages[key]; e != nil {
		if p := e.Value.(*page); now.Sub(p.made) < finishedAge {
			f.recent.MoveToFront(e)
			return p, nil, false
		}
		f.drop(e)
	}
	if m = f.making[key]; m != nil {
		m.again = true
		return nil, m, false
	}
	m = &making{in: f, key: key, version: version, began: now, done: make(chan struct{})}
	f.making[key] = m
	h := maphash.String(f.seed, key)
	m.again = f.asked[h%uint64(len(f.asked))] == h
	f.asked[h%uint64(len(f.asked))] = h
	return nil, m, true
}

// sent takes over an answer that is about to go out, if it is for everybody.
func (m *making) sent(st *state, status int, h http.Header, body []byte) {
	if m.over {
		return
	}
	if st.private || status != http.StatusOK || st.etag == "" || h.Get("ETag") != st.etag || h.Get("Cache-Control") != "no-cache" ||
		len(h["Set-Cookie"]) > 0 || len(body) > finishedPage || !m.wanted() {
		m.end(nil)
		return
	}
	p := &page{key: m.key, made: m.began, header: http.Header{}, body: slices.Clone(body)}
	for name, v := range h {
		if name != "X-Request-Id" && !slices.Equal(v, always[name]) {
			p.header[name] = slices.Clip(slices.Clone(v))
		}
	}
	m.end(p)
}

// wanted tells whether the page is worth keeping; from then on nobody waits for
// one that is not.
func (m *making) wanted() bool {
	m.in.mu.Lock()
	defer m.in.mu.Unlock()
	if !m.again {
		delete(m.in.making, m.key)
	}
	return m.again
}

// end lets go who waits, before a slow reader gets its bytes.
func (m *making) end(p *page) {
	if m.over {
		return
	}
	m.over, m.page = true, p
	f := m.in
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.making[m.key] == m {
		delete(f.making, m.key)
	}
	close(m.done)
	if p == nil || (m.version != "" && m.version != f.version) || f.pages[m.key] != nil {
		return
	}
	f.pages[m.key] = f.recent.PushFront(p)
	f.bytes += p.size()
	for f.bytes > f.most {
		f.drop(f.recent.Back())
	}
}

func (f *finished) drop(e *list.Element) {
	p := f.recent.Remove(e).(*page)
	delete(f.pages, p.key)
	f.bytes -= p.size()
}

func (p *page) size() int { return len(p.body) + finishedCost }

func (p *page) write(w http.ResponseWriter, r *http.Request) {
	maps.Copy(w.Header(), p.header)
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		w.Write(p.body) //nolint:errcheck,gosec // it fails only when who asked has gone away
	}
}
