package db

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"time"
)

// Time is a moment as the database keeps it: UTC microseconds in a BIGINT, and
// NULL for the zero time.
type Time struct{ time.Time }

// At wraps t.
func At(t time.Time) Time { return Time{t} }

// Value gives the database what it keeps.
func (t Time) Value() (driver.Value, error) {
	if t.IsZero() {
		return nil, nil
	}
	return t.UnixMicro(), nil
}

// Scan reads what the database keeps.
func (t *Time) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		t.Time = time.Time{}
	case int64:
		t.Time = time.UnixMicro(v).UTC()
	default:
		return fmt.Errorf("a time is kept as a number, not as %T", src)
	}
	return nil
}

// JSON is a value kept as JSON in a TEXT column; NULL or empty is the zero value.
type JSON[T any] struct{ V T }

// Value gives the database what it keeps.
func (j JSON[T]) Value() (driver.Value, error) {
	b, err := json.Marshal(j.V)
	return string(b), err
}

// Scan reads what the database keeps.
func (j *JSON[T]) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		return nil
	case string:
		if v == "" {
			return nil
		}
		return json.Unmarshal([]byte(v), &j.V)
	case []byte:
		return json.Unmarshal(v, &j.V)
	}
	return fmt.Errorf("JSON is kept as text, not as %T", src)
}

// Null is a text column that may be NULL; NULL reads as "".
type Null string

// Value gives NULL for the empty text.
func (n Null) Value() (driver.Value, error) {
	if n == "" {
		return nil, nil
	}
	return string(n), nil
}

// Scan reads NULL as the empty text.
func (n *Null) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*n = ""
	case string:
		*n = Null(v)
	case []byte:
		*n = Null(v)
	default:
		return fmt.Errorf("a text is kept as text, not as %T", src)
	}
	return nil
}
