package places

import (
	"context"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/trust/audit"
)

// Audit is the log of who did what (trust/audit). An event is kept in the
// transaction of the act.
type Audit interface {
	Record(ctx context.Context, tx *db.Tx, e audit.Event) error
}

// NoAudit records nothing. It is for tests of other things.
type NoAudit struct{}

// Record does nothing.
func (NoAudit) Record(context.Context, *db.Tx, audit.Event) error { return nil }
