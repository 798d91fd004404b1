// Package search finds public texts by what Dutch people type.
//
// Rooms put a Doc in the table search_doc in the transaction that changes
// their own row. Every node keeps an index of that table in memory, made of
// terms and numbers only: it loads at the start, follows the table afterwards,
// and can be thrown away at any time. What is shown comes from the table, so
// what was removed is gone at the very next search, on every node, whatever an
// index still thinks.
//
// The analysis of Dutch is in the package dutch. Why it is done this way, and
// what it was measured against, is in docs/decisions/0003-search.md.
package search

import (
	"context"
	"embed"
	"time"

	"wijkbaak.nl/internal/base/db"
)

// Doc is what a room lets people find. Only public things become a Doc.
type Doc struct {
	ID    string
	Kind  string // the room's word for it: "question", "offer"
	Title string
	Body  string
	// Keywords are what it is found by as well, and not shown: loose words say little.
	Keywords string
	URL      string
	Tags     map[string][]string // what to filter and count by: few values a name
	Weight   float64             // 1 if zero; 2 counts twice
	At       time.Time           // settles a tie: the newest first
}

// Source gives every public Doc of a room, for a rebuild.
type Source func(ctx context.Context, r db.Reader, yield func(Doc) error) error

// Query is what somebody asks.
type Query struct {
	Text   string
	Kinds  []string            // any of these; empty means all
	Tags   map[string][]string // for each name any of its values
	Limit  int                 // 20 if zero, 100 at most
	Typing bool                // the last word may be unfinished
}

// Result is what was found.
type Result struct {
	Hits  []Hit
	Total int
	// Facets counts the found texts by tag name and value, and by KindFacet. The
	// choice made within a name does not lower the counts of that name.
	Facets    map[string]map[string]int
	Corrected string // the question as it was understood, if it seemed mistyped
}

// Hit is one text that fits.
type Hit struct {
	ID, Kind, Title, URL string
	TitleSpans           []Span
	Snippet              []Span
	Score                float64
	Tags                 map[string][]string
	At                   time.Time
	Why                  []string // the words of the question that fit
	Matched              []Match  // what they fitted on
}

// Span is a piece of text, marked if it is why the text was found.
type Span struct {
	Text string
	Mark bool
}

// How a word of the question fits a text.
type How string

// The ways to fit, the best first.
const (
	ByWord     How = "word"     // the same word, or another form of it
	ByPart     How = "part"     // a part of a compound, or its parts apart
	BySynonym  How = "synonym"  // asked "karretje", we call it "rollator"
	BySpelling How = "spelling" // seems mistyped
	ByStart    How = "start"    // an unfinished word
)

// Match tells which words of the question fitted on which words.
type Match struct {
	Asked, Found string
	How          How
}

// The bounds of a question; what is longer is cut.
const (
	maxRunes = 300
	maxWords = 24
	maxHits  = 100
)

// KindFacet is the name under which Facets counts kinds; no tag of a room has it.
const KindFacet = "@kind"

//go:embed migrations/*.sql
var files embed.FS

// Migrations makes the table.
var Migrations = db.Migrations{Room: "search", FS: files}
