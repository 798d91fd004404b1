package usage

import (
	"context"
	"embed"
	"log/slog"
	"strings"
	"sync"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
)

//go:embed migrations
var migrations embed.FS

// Name is the name under which its migrations stand.
const Name = "usage"

// Migrations makes the table.
var Migrations = db.Migrations{Room: Name, FS: migrations}

const (
	flushTime = 15 * time.Minute
	atOnce    = 200    // rows in one transaction
	most      = 20_000 // subjects in memory; then it is written sooner
	longest   = 120    // characters of a kind or subject
	keepDays  = 400    // for a comparison with the year before
)

// Settled is how long after midnight all that was opened the day before has been
// written, by every node.
const Settled = 30 * time.Minute

const (
	addOpened = `INSERT INTO usage_day (kind, subject, day, opened) VALUES ($1, $2, $3, $4)
		ON CONFLICT (kind, subject, day) DO UPDATE SET opened = usage_day.opened + excluded.opened`
	selectOpened = `SELECT CAST(COALESCE(SUM(opened), 0) AS BIGINT) FROM usage_day WHERE kind = $1 AND subject = $2 AND day >= $3 AND day < $4`
	moveOpened   = `INSERT INTO usage_day (kind, subject, day, opened)
		SELECT kind, $3, day, opened FROM usage_day WHERE kind = $1 AND subject = $2
		ON CONFLICT (kind, subject, day) DO UPDATE SET opened = usage_day.opened + excluded.opened`
	deleteOpened = `DELETE FROM usage_day WHERE kind = $1 AND subject = $2`
	deleteOld    = `DELETE FROM usage_day WHERE day < $1`
)

// Plans are the queries over many rows.
func Plans() []db.Plan {
	day := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	return []db.Plan{
		{Name: "opened in a period", SQL: selectOpened, Args: []any{"k", "s", db.At(day), db.At(day)}},
		{Name: "too old to keep", SQL: deleteOld, Args: []any{db.At(day)}},
	}
}

type key struct {
	kind, subject string
	day           time.Time
}

// Counter counts. It is safe for concurrent use.
type Counter struct {
	db    *db.DB
	clock clock.Clock
	log   *slog.Logger

	mu    sync.Mutex
	seen  map[key]int64
	full  chan struct{} // told once there is no room for more
	every time.Duration
}

// New makes a counter that has counted nothing.
func New(d *db.DB, c clock.Clock, log *slog.Logger) *Counter {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Counter{db: d, clock: c, log: log, seen: map[key]int64{}, full: make(chan struct{}, 1), every: flushTime}
}

// Opened counts one opening of a page of a kind about a subject. The caller has
// checked that both exist. What does not fit in memory is not counted.
func (c *Counter) Opened(kind, subject string) {
	if kind == "" || subject == "" || len(kind) > longest || len(subject) > longest {
		return
	}
	year, month, d := c.clock.Now().In(clock.Amsterdam).Date()
	k := key{kind, subject, time.Date(year, month, d, 0, 0, 0, 0, time.UTC)}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, known := c.seen[k]; known || len(c.seen) < most {
		c.seen[k]++
	}
	if len(c.seen) >= most {
		select {
		case c.full <- struct{}{}:
		default:
		}
	}
}

// Run writes what was counted until ctx ends, and then once more.
func (c *Counter) Run(ctx context.Context) error {
	tick := time.NewTicker(c.every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
			defer cancel()
			return c.Flush(last)
		case <-tick.C:
		case <-c.full:
		}
		if err := c.Flush(ctx); err != nil && ctx.Err() == nil {
			c.log.Warn("what was opened could not be written yet", "error", err)
		}
	}
}

// Flush writes what was counted. What could not be written stays counted.
func (c *Counter) Flush(ctx context.Context) error {
	c.mu.Lock()
	seen := c.seen
	c.seen = map[key]int64{}
	c.mu.Unlock()
	batch := make([]key, 0, atOnce)
	write := func() error {
		err := c.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			for _, k := range batch {
				if _, err := tx.Exec(ctx, addOpened, k.kind, k.subject, db.At(k.day), seen[k]); err != nil {
					return err
				}
			}
			return nil
		})
		if err == nil {
			for _, k := range batch {
				delete(seen, k)
			}
		}
		batch = batch[:0]
		return err
	}
	var err error
	for k := range seen {
		if batch = append(batch, k); len(batch) == atOnce {
			if err = write(); err != nil {
				break
			}
		}
	}
	if err == nil && len(batch) > 0 {
		err = write()
	}
	if err != nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		for k, n := range seen {
			c.seen[k] += n
		}
	}
	return err
}

// Between gives how often pages of a kind about a subject were opened, from up to
// before, two days. What still stands in memory is not in it.
func (c *Counter) Between(ctx context.Context, r db.Reader, kind, subject string, from, before time.Time) (int, error) {
	return db.One(ctx, r, db.Value[int], selectOpened, kind, subject, db.At(from), db.At(before))
}

// Move adds what was counted for one subject to another that it became part of.
func (c *Counter) Move(ctx context.Context, tx *db.Tx, kind, from, into string) error {
	if from == into {
		return nil
	}
	if _, err := tx.Exec(ctx, moveOpened, kind, from, into); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, deleteOpened, kind, from)
	return err
}

// Forget removes what is over a year old.
func (c *Counter) Forget(ctx context.Context) error {
	return c.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, deleteOld, db.At(c.clock.Now().AddDate(0, 0, -keepDays)))
		return err
	})
}

// robots are parts of the names by which programs make themselves known.
var robots = []string{"bot", "crawl", "spider", "slurp", "preview", "monitor", "uptime", "curl/", "wget/", "python", "go-http", "java/", "okhttp",
	"libwww", "headless", "lighthouse", "scrapy", "axios", "node-fetch", "facebookexternalhit", "whatsapp"}

// Robot tells whether a User-Agent says that no person is looking. Nobody who does
// not say what they are is counted as a person either.
func Robot(agent string) bool {
	agent = strings.ToLower(agent)
	for _, r := range robots {
		if strings.Contains(agent, r) {
			return true
		}
	}
	return agent == ""
}
