// Command search measures how well our search finds what a coach would name,
// beside the full text search of PostgreSQL and of SQLite on the same texts. See
// README.md.
//
//	go run ./bench/search                                     # SQLite only
//	go run ./bench/search -database postgres://user@host/db   # PostgreSQL too
//	go run ./bench/search -misses 1                           # what is missed of the odd ids
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
)

func main() {
	database := flag.String("database", os.Getenv("WIJKBAAK_TEST_POSTGRES"), "a PostgreSQL server to compare with")
	misses := flag.Int("misses", -1, "list what is missed: 1 of the odd ids, 0 of the even ids")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, *database, *misses)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, database string, misses int) error {
	root, err := findRoot()
	if err != nil {
		return err
	}
	r, err := measure(ctx, root, database)
	if err != nil {
		return err
	}
	fmt.Print(r.table())
	if misses >= 0 {
		fmt.Print(r.misses(misses))
	}
	return nil
}

// report is what was measured: for each way to search the figures of each question.
type report struct {
	texts     int
	questions []question
	ways      []way
}

// way is one way to search, with what it found for each question.
type way struct {
	name  string
	note  string
	found [][]string
}

// measure searches all questions in all ways. Without a database PostgreSQL is left out.
func measure(ctx context.Context, root, database string) (report, error) {
	texts, err := loadTexts(root)
	if err != nil {
		return report{}, err
	}
	questions, err := loadQuestions(root, texts)
	if err != nil {
		return report{}, err
	}
	r := report{texts: len(texts), questions: questions}
	ours, err := searchOurs(ctx, texts, questions)
	if err != nil {
		return report{}, err
	}
	r.ways = append(r.ways, way{"ours", "internal/base/search on SQLite", ours})
	fts, err := searchFTS5(ctx, texts, questions)
	if err != nil {
		return report{}, err
	}
	r.ways = append(r.ways, strongest(questions, fts))
	if database != "" {
		pg, err := searchPostgres(ctx, database, texts, questions)
		if err != nil {
			return report{}, err
		}
		r.ways = append(r.ways, strongest(questions, pg))
	}
	return r, nil
}

// strongest gives the variant that does best over all questions: what we compare
// with is as good as it can be set.
func strongest(questions []question, variants []way) way {
	return slices.MaxFunc(variants, func(a, b way) int {
		x, y := a.figures(questions, every).ndcg, b.figures(questions, every).ndcg
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
}

// table is the report as people read it.
func (r report) table() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d texts, %d questions\n\n| way | nDCG@5 | recall@5 | nDCG@5, odd ids | even ids | recall@5, odd | even |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n",
		r.texts, len(r.questions))
	for _, w := range r.ways {
		all, odd, even := w.figures(r.questions, every), w.figures(r.questions, isOdd), w.figures(r.questions, isEven)
		fmt.Fprintf(&b, "| %s (%s) | %.3f | %.3f | %.3f | %.3f | %.3f | %.3f |\n", w.name, w.note, all.ndcg, all.recall, odd.ndcg, even.ndcg, odd.recall, even.recall)
	}
	fmt.Fprintf(&b, "\nOurs to the better of the others: %.2f; odd ids %.2f, even ids %.2f\n", r.ratio(every), r.ratio(isOdd), r.ratio(isEven))
	return b.String()
}

// ratio is our nDCG@5 to that of the better of the others.
func (r report) ratio(which func(question) bool) float64 {
	best := 0.0
	for _, w := range r.ways[1:] {
		best = max(best, w.figures(r.questions, which).ndcg)
	}
	return r.ways[0].figures(r.questions, which).ndcg / best
}

// misses lists the questions of which we find little, the worst first.
func (r report) misses(rest int) string {
	type miss struct {
		ndcg float64
		text string
	}
	var list []miss
	for i, q := range r.questions {
		n := q.ndcg(r.ways[0].found[i])
		if q.ID%2 != rest || n > 0.7 {
			continue
		}
		list = append(list, miss{n, fmt.Sprintf("%.2f %d %q\n     found %s\n     wants %s\n", n, q.ID, q.Text, strings.Join(r.ways[0].found[i], " "), q.wants())})
	}
	slices.SortStableFunc(list, func(a, b miss) int {
		if a.ndcg < b.ndcg {
			return -1
		}
		return 1
	})
	var b strings.Builder
	for _, m := range list {
		b.WriteString(m.text)
	}
	return b.String()
}
