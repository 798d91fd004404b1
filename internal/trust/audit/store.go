package audit

import (
	"context"
	"math"

	"wijkbaak.nl/internal/base/db"
)

const (
	columns = `id, at, kind, action, outcome, person, role, organisation, requester, purpose, channel, node,
		object_type, object_id, subject, life_cycle, ground, source, leaf`

	insertEvent = `INSERT INTO audit_event (id, at, kind, action, outcome, person, role, organisation, requester, purpose,
		channel, node, object_type, object_id, subject, life_cycle, ground, source)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`

	selectWaiting = `SELECT ` + columns + ` FROM audit_event WHERE leaf IS NULL ORDER BY id LIMIT $1`
	countWaiting  = `SELECT COUNT(*), COALESCE(MIN(at), 0) FROM audit_event WHERE leaf IS NULL`
	setLeaf       = `UPDATE audit_event SET leaf = $2 WHERE id = $1 AND leaf IS NULL`
	selectLeaves  = `SELECT ` + columns + ` FROM audit_event
		WHERE leaf IS NOT NULL AND leaf >= $1 AND (leaf > $1 OR id > $2) ORDER BY leaf, id LIMIT $3`
	deleteLeaves = `DELETE FROM audit_event WHERE leaf IS NOT NULL AND leaf >= $1 AND leaf < $2`
	firstLeaf    = `SELECT leaf FROM audit_event WHERE leaf IS NOT NULL ORDER BY leaf LIMIT 1`

	insertHash   = `INSERT INTO audit_hash (leaf, hashes) VALUES ($1, $2)`
	selectHash   = `SELECT hashes FROM audit_hash WHERE leaf = $1`
	selectHashes = `SELECT leaf, hashes FROM audit_hash WHERE leaf > $1 ORDER BY leaf LIMIT $2`

	insertCheckpoint  = `INSERT INTO audit_checkpoint (size, at, note) VALUES ($1, $2, $3)`
	lastCheckpoint    = `SELECT size, at, note FROM audit_checkpoint ORDER BY size DESC LIMIT 1`
	selectCheckpoints = `SELECT size, at, note FROM audit_checkpoint WHERE size > $1 ORDER BY size LIMIT $2`
	checkpointBefore  = `SELECT size, at, note FROM audit_checkpoint WHERE at <= $1 ORDER BY at DESC, size DESC LIMIT 1`

	listAll = `SELECT ` + columns + ` FROM audit_event
		WHERE id < $1 AND ($3 = '' OR action = $3) ORDER BY id DESC LIMIT $2`
	listAction = `SELECT ` + columns + ` FROM audit_event
		WHERE id < $1 AND action = $3 ORDER BY id DESC LIMIT $2`
	listObject = `SELECT ` + columns + ` FROM audit_event
		WHERE id < $1 AND ($3 = '' OR action = $3) AND object_type = $4 AND object_id = $5
		AND ($6 = '' OR person = $6 OR subject = $6) ORDER BY id DESC LIMIT $2`
	listPerson = `SELECT ` + columns + ` FROM audit_event
		WHERE id < $1 AND ($3 = '' OR action = $3) AND person = $4 AND person <> '' ORDER BY id DESC LIMIT $2`
	listSubject = `SELECT ` + columns + ` FROM audit_event
		WHERE id < $1 AND ($3 = '' OR action = $3) AND subject = $4 AND subject <> '' ORDER BY id DESC LIMIT $2`
)

// lastID is behind every id.
const lastID = "~"

// row is an event as it is kept, with its leaf; -1 while it waits for one.
type row struct {
	Event
	leaf int64
}

func scanRow(s db.Scanner) (row, error) {
	var v row
	var at db.Time
	var leaf *int64
	err := s.Scan(&v.ID, &at, &v.Kind, &v.Action, &v.Outcome, &v.Person, &v.Role, &v.Organisation, &v.Requester, &v.Purpose,
		&v.Channel, &v.Node, &v.ObjectType, &v.ObjectID, &v.Subject, &v.LifeCycle, &v.Ground, &v.Source, &leaf)
	v.At, v.leaf = at.Time, -1
	if leaf != nil {
		v.leaf = *leaf
	}
	return v, err
}

func scanEvent(s db.Scanner) (Event, error) {
	v, err := scanRow(s)
	return v.Event, err
}

func insert(ctx context.Context, tx *db.Tx, e *Event) error {
	_, err := tx.Exec(ctx, insertEvent, e.ID, db.At(e.At), e.Kind, e.Action, e.Outcome, e.Person, e.Role, e.Organisation,
		e.Requester, e.Purpose, e.Channel, e.Node, e.ObjectType, e.ObjectID, e.Subject, e.LifeCycle, e.Ground, e.Source)
	return err
}

type storedHash struct {
	leaf int64
	blob []byte
}

func scanHash(s db.Scanner) (storedHash, error) {
	var v storedHash
	err := s.Scan(&v.leaf, &v.blob)
	return v, err
}

type storedCheckpoint struct {
	size int64
	at   db.Time
	note string
}

func scanCheckpoint(s db.Scanner) (storedCheckpoint, error) {
	var v storedCheckpoint
	err := s.Scan(&v.size, &v.at, &v.note)
	return v, err
}

// cursor reads a list by keyset, some rows at a time.
type cursor[T any] struct {
	next func(last T, first bool) ([]T, error)
	rows []T
	last T
	read bool
	end  bool
}

const readAtOnce = 1000

// peek gives the next row, or nil at the end.
func (c *cursor[T]) peek() (*T, error) {
	if len(c.rows) == 0 && !c.end {
		rows, err := c.next(c.last, !c.read)
		if err != nil {
			return nil, err
		}
		c.rows, c.read = rows, true
		if len(rows) == 0 {
			c.end = true
		} else {
			c.last = rows[len(rows)-1]
		}
	}
	if c.end {
		return nil, nil
	}
	return &c.rows[0], nil
}

func (c *cursor[T]) skip() { c.rows = c.rows[1:] }

func leaves(ctx context.Context, r db.Reader) *cursor[row] {
	return &cursor[row]{next: func(last row, first bool) ([]row, error) {
		if first {
			last.leaf = math.MinInt64
		}
		return db.All(ctx, r, scanRow, selectLeaves, last.leaf, last.ID, readAtOnce)
	}}
}

func hashes(ctx context.Context, r db.Reader) *cursor[storedHash] {
	return &cursor[storedHash]{next: func(last storedHash, first bool) ([]storedHash, error) {
		if first {
			last.leaf = math.MinInt64
		}
		return db.All(ctx, r, scanHash, selectHashes, last.leaf, readAtOnce)
	}}
}

func checkpoints(ctx context.Context, r db.Reader, after int64) *cursor[storedCheckpoint] {
	return &cursor[storedCheckpoint]{next: func(last storedCheckpoint, first bool) ([]storedCheckpoint, error) {
		if first {
			last.size = after
		}
		return db.All(ctx, r, scanCheckpoint, selectCheckpoints, last.size, readAtOnce)
	}}
}
