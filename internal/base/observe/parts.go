package observe

import (
	"context"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/jobs"
	"wijkbaak.nl/internal/base/search"
)

// What each part of the base calls fine, and its figures.
const (
	slowPing   = 250 * time.Millisecond
	slowJob    = 10 * time.Minute // a job that waits longer
	slowFollow = 30 * time.Second // an index that has not looked longer
)

// Database looks whether the database answers.
func Database(d *db.DB) Check {
	return func(ctx context.Context) Part {
		began := time.Now()
		if err := d.Ping(ctx); err != nil {
			return Part{State: Down, Reason: "unreachable"}
		}
		if time.Since(began) > slowPing {
			return Part{State: Slow, Reason: "slow"}
		}
		return Part{State: Fine}
	}
}

// Jobs looks whether work waits long or was given up.
func Jobs(q *jobs.Queue, c clock.Clock) Check {
	return func(ctx context.Context) Part {
		s, err := q.State(ctx)
		switch {
		case err != nil:
			return Part{State: Down, Reason: "unreachable"}
		case s.Failed > 0:
			return Part{State: Slow, Reason: "given up", Waiting: s.Waiting}
		case !s.Oldest.IsZero() && c.Now().Sub(s.Oldest) > slowJob:
			return Part{State: Slow, Reason: "behind", Waiting: s.Waiting}
		}
		return Part{State: Fine, Waiting: s.Waiting}
	}
}

// Search looks whether the index follows the data.
func Search(e *search.Engine, c clock.Clock) Check {
	return func(context.Context) Part {
		s := e.State()
		switch {
		case !s.Ready:
			return Part{State: Slow, Reason: "loading"}
		case s.Err != nil || c.Now().Sub(s.Seen) > slowFollow:
			return Part{State: Slow, Reason: "behind"}
		}
		return Part{State: Fine}
	}
}

// DatabaseFigures are the figures of the database.
func DatabaseFigures(d *db.DB) func() []Figure {
	return func() []Figure {
		f := d.Figures()
		return []Figure{
			{Name: "wijkbaak_db_writes_total", Help: "Transactions asked for; divided by the commits it is how many share one.", Value: float64(f.Writes)},
			{Name: "wijkbaak_db_writes_failed_total", Help: "Transactions that were taken back.", Value: float64(f.Failed)},
			{Name: "wijkbaak_db_commits_total", Help: "Commits.", Value: float64(f.Commits)},
			{Name: "wijkbaak_db_connections", Help: "Open connections.", Value: float64(f.Open)},
			{Name: "wijkbaak_db_connections_in_use", Help: "Connections in use.", Value: float64(f.InUse)},
		}
	}
}

// JobFigures are the figures of the queue; none while it cannot be read.
func JobFigures(q *jobs.Queue, c clock.Clock) func() []Figure {
	return func() []Figure {
		ctx, cancel := context.WithTimeout(context.Background(), checkTime)
		defer cancel()
		s, err := q.State(ctx)
		if err != nil {
			return nil
		}
		const name, help = "wijkbaak_jobs", "Jobs by state."
		age := 0.0
		if !s.Oldest.IsZero() {
			age = c.Now().Sub(s.Oldest).Seconds()
		}
		return []Figure{
			{Name: name, Help: help, Labels: [][2]string{{"state", "waiting"}}, Value: float64(s.Waiting)},
			{Name: name, Help: help, Labels: [][2]string{{"state", "planned"}}, Value: float64(s.Planned)},
			{Name: name, Help: help, Labels: [][2]string{{"state", "running"}}, Value: float64(s.Running)},
			{Name: name, Help: help, Labels: [][2]string{{"state", "failed"}}, Value: float64(s.Failed)},
			{Name: "wijkbaak_jobs_oldest_seconds", Help: "How long the oldest waiting job has waited.", Value: age},
		}
	}
}

// SearchFigures are the figures of the search index of this node.
func SearchFigures(e *search.Engine, c clock.Clock) func() []Figure {
	return func() []Figure {
		s := e.State()
		age := 0.0
		if !s.Seen.IsZero() {
			age = c.Now().Sub(s.Seen).Seconds()
		}
		return []Figure{
			{Name: "wijkbaak_search_texts", Help: "Texts that can be found.", Value: float64(s.Texts)},
			{Name: "wijkbaak_search_terms", Help: "Terms in the index.", Value: float64(s.Terms)},
			{Name: "wijkbaak_search_bytes", Help: "Memory of the index, about.", Value: float64(s.Memory)},
			{Name: "wijkbaak_search_ready", Help: "1 once the index is loaded.", Value: float64(btoi(s.Ready))},
			{Name: "wijkbaak_search_age_seconds", Help: "How long ago the index last looked for changes.", Value: age},
		}
	}
}
