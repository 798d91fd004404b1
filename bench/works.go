package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

// work is one thing that people do.
type work struct {
	name    string
	request request
	anew    request // the same, never asked before; nil where that makes no difference
	want    int     // status
	must    string
	aim     string
	check   func(f figures) (got string, must, aim bool) // nil: no bound was set
	// alone: it can be measured only where nobody else writes on the server, for
	// the tag of a page follows the snapshot of the whole of PostgreSQL.
	alone bool
}

// at is which number of connections the bound is about.
const boundAt = 16

func get(addr, path string, headers ...string) []byte {
	return []byte(head(http.MethodGet, addr, path, headers) + "\r\n")
}

func post(addr, path, kind, body string, headers ...string) []byte {
	headers = append(headers, "Content-Type", kind, "Content-Length", strconv.Itoa(len(body)))
	return []byte(head(http.MethodPost, addr, path, headers) + "\r\n" + body)
}

func head(method, addr, path string, headers []string) string {
	s := method + " " + path + " HTTP/1.1\r\nHost: " + addr + "\r\nUser-Agent: bench\r\n"
	for i := 0; i < len(headers); i += 2 {
		s += headers[i] + ": " + headers[i+1] + "\r\n"
	}
	return s
}

// mark tells texts apart. In digits it would at times be a citizen service number,
// which the program refuses.
func mark(n int64) string { return strconv.FormatInt(n, 36) }

func same(b []byte) request { return func(int64) []byte { return b } }

// plain is the request to the yardstick.
func (work) plain(addr string) request { return same(get(addr, "/")) }

func oneOf(list [][]byte) request {
	return func(n int64) []byte { return list[n%int64(len(list))] }
}

// queries are what people type: everyday words, care words, compounds, mistakes.
var queries = []string{
	"rollator", "hulp in huis", "eenzaam", "niemand over de vloer", "mantelzorgondersteuning", "ondersteuning mantelzorg", "vallen",
	"mijn moeder vergeet alles", "dementie", "dementi", "samen eten in de wijk", "vervoer naar ziekenhuis", "scootmobiel lenen",
	"geld tekort", "schuldhulp", "wandelgroep", "vrijwilliger worden", "computer hulp ouderen", "digid", "pillen vergeten",
	"medicijnrol", "traplift", "aanpassing woning", "huishoudelijke hulp", "jongeren sporten", "opvoeding", "rouw", "praten over verlies",
	"koffie drinken", "buurthuis", "moestuin", "repaircafe", "casemanager", "wachtlijst verpleeghuis", "wlz", "pgb", "zorgverlof",
	"beeldbellen huisarts", "bloeddruk meten", "slecht slapen", "stoppen met roken", "gezond eten weinig geld", "fietsen met z'n tweeen",
	"oplichting aan de deur", "rookmelder", "logeerhuis", "respijtzorg", "koor", "huiskamer", "lopen met karretje", "alzheimer cafe", "maatje gezocht",
}

func allWorks(database, addr, token string) ([]work, error) {
	ids, err := questionIDs(database, withAnswers)
	if err != nil {
		return nil, err
	}
	// Answers are spread, so that no question becomes longer than people make it.
	open, err := questionIDs(database, anyListed)
	if err != nil {
		return nil, err
	}
	var pages, searches [][]byte
	for _, id := range ids {
		pages = append(pages, get(addr, "/vragen/"+id))
	}
	for _, q := range queries {
		searches = append(searches, get(addr, "/zoeken?vraag="+url.QueryEscape(q)))
	}
	tag, err := etag(addr, "/vragen")
	if err != nil {
		return nil, err
	}
	form := "application/x-www-form-urlencoded"
	ask := func(n int64) []byte {
		v := url.Values{"wie": {"neighbourhood"}, "vraag": {fmt.Sprintf("Wie weet een wandelgroep voor beginners? (%s)", mark(n))},
			"uitleg": {"Mijn moeder loopt sinds kort met een rollator en wil graag rustig meelopen met andere mensen uit de buurt."}}
		return post(addr, "/vragen", form, v.Encode(), "Origin", "http://"+addr)
	}
	reply := func(n int64) []byte {
		body := fmt.Sprintf(`{"body":"Op dinsdag om tien uur vertrekt er een groep bij het buurthuis, ook met rollator (%s)."}`, mark(n))
		return post(addr, "/api/v1/questions/"+open[n%int64(len(open))]+"/answers", "application/json", body, "Authorization", "Bearer "+token)
	}
	return []work{
		{name: "question list, HTML", request: same(get(addr, "/vragen")), want: 200, must: "25 % of the yardstick", aim: "50 %", check: ratio(25, 50)},
		{name: "question list, HTML, gzip", request: same(get(addr, "/vragen", "Accept-Encoding", "gzip")), want: 200},
		{name: "question page with answers, HTML", request: oneOf(pages), want: 200, must: "20 %", aim: "40 %", check: ratio(20, 40)},
		{name: "public page, matching ETag", request: same(get(addr, "/vragen", "If-None-Match", tag)), want: 304, must: "60 %", aim: "100 %", check: ratio(60, 100), alone: true},
		{name: "search, HTML", request: oneOf(searches), want: 200, must: "400/s, p99 ≤ 60 ms", aim: "1500/s, p99 ≤ 20 ms", check: speed(400, 60, 1500, 20)},
		{name: "initiative list, HTML", request: same(get(addr, "/initiatieven")), want: 200},
		{name: "API list of questions", request: same(get(addr, "/api/v1/questions")), want: 200},
		{name: "ask (POST, durable)", request: ask, want: 303},
		{name: "answer (POST, durable)", request: reply, want: 201},
	}, nil
}

const (
	withAnswers = `SELECT id FROM question WHERE listed AND answers BETWEEN 2 AND 4 AND status = 'answered' ORDER BY id DESC LIMIT 200`
	anyListed   = `SELECT id FROM question WHERE listed AND status <> 'closed' ORDER BY id DESC LIMIT 20000`
)

func questionIDs(database, query string) ([]string, error) {
	d, err := openStick(database)
	if err != nil {
		return nil, err
	}
	defer d.Close() //nolint:errcheck // it was only read
	rows, err := d.Query(query)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return nil, errors.Join(rows.Err(), errors.New("no questions with answers were made"))
	}
	return ids, rows.Err()
}

func etag(addr, path string) (string, error) {
	resp, err := http.Get("http://" + addr + path) //nolint:gosec,noctx // our own program
	if err != nil {
		return "", err
	}
	defer resp.Body.Close() //nolint:errcheck // only the header is wanted
	tag := resp.Header.Get("ETag")
	if tag == "" {
		return "", fmt.Errorf("%s has no ETag", path)
	}
	return tag, nil
}
