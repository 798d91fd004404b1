package jobs

import (
	"context"
	"slices"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
)

// atOnce is the due time of a job that need not wait.
var atOnce = time.Unix(0, 0).UTC()

// row is a job as it is kept.
type row struct {
	id, kind, payload, once string
	due                     time.Time
	attempts                int
}

const (
	insertJob = `INSERT INTO job (id, kind, payload, once_key, due_at, attempts, created_at)
		VALUES ($1, $2, $3, $4, $5, 0, $6)
		ON CONFLICT (kind, once_key) WHERE once_key IS NOT NULL AND locked_by IS NULL AND failed_at IS NULL DO NOTHING`

	// A periodic job has one row for ever. A shorter interval in a new release
	// counts at once; one that was parked for want of a handler comes back.
	insertPeriodic = `INSERT INTO job (id, kind, payload, due_at, attempts, created_at)
		VALUES ($1, $2, 'null', $3, 0, $4)
		ON CONFLICT (id) DO UPDATE SET due_at = excluded.due_at, failed_at = NULL, attempts = 0
		WHERE job.failed_at IS NOT NULL OR (job.locked_by IS NULL AND job.due_at > excluded.due_at)`

	selectNextDue = `SELECT due_at FROM job WHERE failed_at IS NULL ORDER BY due_at, id LIMIT 1`

	claimJobs = `UPDATE job SET locked_by = $1, due_at = $2, attempts = attempts + 1
		WHERE id IN (SELECT id FROM job WHERE failed_at IS NULL AND due_at <= $3 ORDER BY due_at, id LIMIT $4)
		RETURNING id, kind, payload, once_key, attempts`

	// Every change by a worker names the node and the attempt: one that lost
	// its lease changes nothing.
	renewLease = `UPDATE job SET due_at = $4 WHERE id = $1 AND locked_by = $2 AND attempts = $3`
	deleteDone = `DELETE FROM job WHERE id = $1 AND locked_by = $2 AND attempts = $3`
	giveBack   = `UPDATE job SET locked_by = NULL, due_at = 0, attempts = attempts - 1
		WHERE id = $1 AND locked_by = $2 AND attempts = $3 AND NOT EXISTS (` + waitingTwin + `)`
	scheduleNext = `UPDATE job SET locked_by = NULL, due_at = $4, attempts = 0, last_error = NULL
		WHERE id = $1 AND locked_by = $2 AND attempts = $3`
	retryLater = `UPDATE job SET locked_by = NULL, due_at = $4, last_error = $5
		WHERE id = $1 AND locked_by = $2 AND attempts = $3`
	park = `UPDATE job SET locked_by = NULL, failed_at = $4, last_error = $5
		WHERE id = $1 AND locked_by = $2 AND attempts = $3`

	waitingTwin = `SELECT 1 FROM job AS twin WHERE twin.kind = job.kind AND twin.once_key = job.once_key
		AND twin.once_key IS NOT NULL AND twin.locked_by IS NULL AND twin.failed_at IS NULL`
	// A unique job that fails while its successor waits hands over its count,
	// so that the pair is tried no more often than one.
	burdenTwin = `UPDATE job SET attempts = $3, due_at = $4, last_error = $5
		WHERE kind = $1 AND once_key = $2 AND once_key IS NOT NULL AND locked_by IS NULL AND failed_at IS NULL`

	countWaiting = `SELECT COUNT(*), MIN(created_at) FROM job WHERE failed_at IS NULL AND due_at <= $1`
	countPlanned = `SELECT COUNT(*) FROM job WHERE failed_at IS NULL AND due_at > $1 AND locked_by IS NULL`
	countRunning = `SELECT COUNT(*) FROM job WHERE failed_at IS NULL AND due_at > $1 AND locked_by IS NOT NULL`
	countFailed  = `SELECT COUNT(*) FROM job WHERE failed_at IS NOT NULL`
	selectFailed = `SELECT id, kind, attempts, last_error, created_at, failed_at FROM job
		WHERE failed_at IS NOT NULL ORDER BY failed_at, id LIMIT 500`
	retryFailed  = `UPDATE job SET failed_at = NULL, due_at = 0, attempts = 0, once_key = NULL WHERE id = $1 AND failed_at IS NOT NULL`
	deleteFailed = `DELETE FROM job WHERE id = $1 AND failed_at IS NOT NULL`
	selectOfKind = `SELECT id, payload FROM job WHERE kind = $1`
	dropJob      = `DELETE FROM job WHERE id = $1`
	forgetFailed = `DELETE FROM job WHERE failed_at IS NOT NULL AND failed_at < $1`
)

func insert(ctx context.Context, tx *db.Tx, r row, now time.Time) error {
	_, err := tx.Exec(ctx, insertJob, r.id, r.kind, r.payload, db.Null(r.once), db.At(r.due), db.At(now))
	return err
}

// nextDue tells when the first job may start; the zero time if there is none.
func nextDue(ctx context.Context, r db.Reader) (time.Time, error) {
	t, err := db.One(ctx, r, db.Value[db.Time], selectNextDue)
	if fault.KindOf(err) == fault.KindNotFound {
		return time.Time{}, nil
	}
	return t.Time, err
}

func claim(ctx context.Context, tx *db.Tx, node string, now, until time.Time, most int) ([]row, error) {
	list, err := db.All(ctx, tx, func(s db.Scanner) (row, error) {
		var r row
		err := s.Scan(&r.id, &r.kind, &r.payload, (*db.Null)(&r.once), &r.attempts)
		return r, err
	}, claimJobs, node, db.At(until), db.At(now), most)
	slices.SortFunc(list, func(a, b row) int { return strings.Compare(a.id, b.id) })
	return list, err
}
