package main

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"unicode"

	_ "github.com/jackc/pgx/v5/stdlib" // the drivers of the program
	_ "modernc.org/sqlite"
)

// titleWeights are tried for each of the others; the best counts.
var titleWeights = []float64{1, 2, 3, 5, 10}

// searchFTS5 searches with the full text search of SQLite: any of the words, by bm25.
func searchFTS5(ctx context.Context, texts []text, questions []question) ([]way, error) {
	d, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return nil, err
	}
	defer d.Close() //nolint:errcheck // nothing is kept
	d.SetMaxOpenConns(1)
	if _, err := d.ExecContext(ctx, `CREATE VIRTUAL TABLE t USING fts5(id UNINDEXED, title, body, tokenize = 'unicode61')`); err != nil {
		return nil, err
	}
	for _, t := range texts {
		if _, err := d.ExecContext(ctx, `INSERT INTO t (id, title, body) VALUES (?, ?, ?)`, t.id, t.title, t.body+"\n"+t.keywords); err != nil {
			return nil, err
		}
	}
	var ways []way
	for _, weight := range titleWeights {
		w := way{name: "SQLite FTS5", note: fmt.Sprintf("`unicode61`, bm25, any word, title ×%g", weight)}
		for _, q := range questions {
			words := wordsOf(q.Text)
			for i := range words {
				words[i] = `"` + words[i] + `"`
			}
			ids, err := idsOf(ctx, d, `SELECT id FROM t WHERE t MATCH ? ORDER BY bm25(t, 0, ?, 1), id LIMIT 5`, strings.Join(words, " OR "), weight)
			if err != nil {
				return nil, fmt.Errorf("%q: %w", q.Text, err)
			}
			w.found = append(w.found, ids)
		}
		ways = append(ways, w)
	}
	return ways, nil
}

// inAll and inAny rank with the weight of a title before that of the rest: first
// texts with all that was asked, then those with any of it.
const (
	inBoth = `SELECT id FROM bench_text, websearch_to_tsquery('dutch', $1) AS whole,
			CAST(replace(CAST(plainto_tsquery('dutch', $1) AS TEXT), '&', '|') AS tsquery) AS part
		WHERE words @@ part
		ORDER BY words @@ whole DESC, ts_rank_cd(CAST($2 AS real[]), words, part, $3) DESC, id LIMIT 5`
	inAny = `SELECT id FROM bench_text,
			CAST(replace(CAST(plainto_tsquery('dutch', $1) AS TEXT), '&', '|') AS tsquery) AS part
		WHERE words @@ part
		ORDER BY ts_rank_cd(CAST($2 AS real[]), words, part, $3) DESC, id LIMIT 5`
	inAnyRank = `SELECT id FROM bench_text,
			CAST(replace(CAST(plainto_tsquery('dutch', $1) AS TEXT), '&', '|') AS tsquery) AS part
		WHERE words @@ part
		ORDER BY ts_rank(CAST($2 AS real[]), words, part, $3) DESC, id LIMIT 5`
)

// searchPostgres searches with the full text search of PostgreSQL in its Dutch
// configuration, on one connection with a table that goes with it.
func searchPostgres(ctx context.Context, database string, texts []text, questions []question) ([]way, error) {
	d, err := sql.Open("pgx", database)
	if err != nil {
		return nil, err
	}
	defer d.Close() //nolint:errcheck // nothing is kept
	d.SetMaxOpenConns(1)
	if _, err := d.ExecContext(ctx, `CREATE TEMP TABLE bench_text (id text, words tsvector)`); err != nil {
		return nil, err
	}
	for _, t := range texts {
		_, err := d.ExecContext(ctx, `INSERT INTO bench_text VALUES ($1, setweight(to_tsvector('dutch', $2), 'A') || setweight(to_tsvector('dutch', $3), 'D'))`,
			t.id, t.title, t.body+"\n"+t.keywords)
		if err != nil {
			return nil, err
		}
	}
	var ways []way
	for _, how := range []struct{ note, query string }{
		{"all words first, ts_rank_cd", inBoth}, {"any word, ts_rank_cd", inAny}, {"any word, ts_rank", inAnyRank},
	} {
		for _, title := range titleWeights {
			for _, length := range []int{0, 1, 2, 4, 8, 1 | 8} { // how a long text is held against it
				w := way{name: "PostgreSQL", note: fmt.Sprintf("`dutch`, %s, title ×%g, normalization %d", how.note, title, length)}
				weights := fmt.Sprintf("{%g,%g,%g,1}", 1/title, 1/title, 1/title)
				for _, q := range questions {
					ids, err := idsOf(ctx, d, how.query, strings.Join(wordsOf(q.Text), " "), weights, length)
					if err != nil {
						return nil, fmt.Errorf("%q: %w", q.Text, err)
					}
					w.found = append(w.found, ids)
				}
				ways = append(ways, w)
			}
		}
	}
	return ways, nil
}

// wordsOf cuts a question at all that is no letter or digit, so that a hyphen or
// quote is no operator.
func wordsOf(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

func idsOf(ctx context.Context, d *sql.DB, query string, args ...any) (ids []string, err error) {
	rows, err := d.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // Err tells
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}
