package db

import "sync/atomic"

type figures struct{ writes, failed, commits atomic.Uint64 }

// Figures are what the database did since it was opened.
type Figures struct {
	Writes  uint64 // asked for; Writes / Commits is how many shared one commit
	Failed  uint64 // of which taken back
	Commits uint64
	Open    int // connections that read
	InUse   int
}

// Figures gives the counts of now.
func (d *DB) Figures() Figures {
	s := d.engine.pool().Stats()
	return Figures{
		Writes: d.figures.writes.Load(), Failed: d.figures.failed.Load(), Commits: d.figures.commits.Load(),
		Open: s.OpenConnections, InUse: s.InUse,
	}
}
