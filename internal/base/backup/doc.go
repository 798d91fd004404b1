// Package backup copies everything an instance keeps into one encrypted file
// while the program runs, and puts it back in one command.
//
// The file is age-encrypted gzip of tar: backup.json (what it is), the tables in
// parts of JSON lines, the files of the data folder (keys, uploads, checkpoints)
// and manifest.json (a SHA-256 of each part and the number of rows). The tables
// are written the same by both databases, so that a backup of SQLite can be put
// back in PostgreSQL and the other way round. A restore reads and checks the
// whole file before it touches anything.
package backup

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"wijkbaak.nl/internal/base/db"
)

// Header says what a backup is.
type Header struct {
	Format  int              `json:"format"`
	Made    time.Time        `json:"made"`
	Program string           `json:"program"` // version
	Engine  db.Engine        `json:"engine"`
	Tables  []db.Table       `json:"tables"`
	Applied []db.AppliedStep `json:"applied"`
}

// format is the version of the layout.
const format = 1

// Report is what was copied.
type Report struct {
	Header Header
	Rows   int64
	Files  int
	Bytes  int64 // of the file
	Aside  string
}

// The errors that an operator can do something about.
var (
	ErrDamaged = errors.New("the backup is damaged or cut short; nothing was changed. Take another copy of it, or an older backup")
	ErrForeign = errors.New("this is not a backup of Wijkbaak; nothing was changed")
	ErrKey     = errors.New("this key does not open the backup; nothing was changed. Take the key that it was made with")
	ErrFull    = errors.New("there is data already; nothing was changed. Restore into an empty place, or add --force to move the data that is there aside")
	ErrInUse   = errors.New("a running wijkbaak uses this data folder; nothing was changed. Stop it first")
)

func damaged(err error) error { return fmt.Errorf("%w (%w)", ErrDamaged, err) }

// The names of the parts.
const (
	headerName   = "backup.json"
	manifestName = "manifest.json"
	tablePrefix  = "tables/"
	filePrefix   = "files/"
)

type manifest struct {
	Parts []part           `json:"parts"`
	Rows  map[string]int64 `json:"rows"`
}

type part struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Bounds of what is read back.
const (
	headerMost = 4 << 20
	chunkSize  = 4 << 20   // a part of a table is cut at about this size
	chunkMost  = 256 << 20 // one row may make it longer
	partsMost  = 5_000_000
	listMost   = 1 << 30 // of the manifest
)

// row writes one row as a line: null, numbers, texts and booleans as JSON has
// them; {"f":1.5} for a fraction and {"b":"…"} for bytes.
func encodeRow(values []any) ([]byte, error) {
	out := make([]any, len(values))
	for i, v := range values {
		switch v := v.(type) {
		case nil, int64, string, bool:
			out[i] = v
		case float64:
			out[i] = struct {
				F float64 `json:"f"`
			}{v}
		case []byte:
			out[i] = struct {
				B []byte `json:"b"`
			}{v}
		default:
			return nil, fmt.Errorf("a value of type %T", v)
		}
	}
	line, err := json.Marshal(out)
	return append(line, '\n'), err
}

func decodeRow(line []byte) ([]any, error) {
	var raw []json.RawMessage
	if err := json.Unmarshal(line, &raw); err != nil {
		return nil, err
	}
	values := make([]any, len(raw))
	for i, r := range raw {
		var err error
		if values[i], err = decodeValue(r); err != nil {
			return nil, fmt.Errorf("value %d: %w", i+1, err)
		}
	}
	return values, nil
}

func decodeValue(r json.RawMessage) (any, error) {
	switch r[0] {
	case 'n':
		return nil, nil
	case 't', 'f':
		return r[0] == 't', nil
	case '"':
		var s string
		err := json.Unmarshal(r, &s)
		return s, err
	case '{':
		var o struct {
			F *float64 `json:"f"`
			B *[]byte  `json:"b"`
		}
		if err := json.Unmarshal(r, &o); err != nil {
			return nil, err
		}
		switch {
		case o.F != nil && o.B == nil:
			return *o.F, nil
		case o.B != nil && o.F == nil:
			return *o.B, nil
		}
		return nil, errors.New("neither a fraction nor bytes")
	case '[':
		return nil, errors.New("a list")
	}
	var n int64
	err := json.Unmarshal(r, &n)
	return n, err
}
