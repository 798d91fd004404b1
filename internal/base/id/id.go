// Package id makes the ids of rows: UUIDv7 (RFC 9562), which sort by the time they were made.
package id

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"io"
	mathrand "math/rand/v2"
	"sync"

	"wijkbaak.nl/internal/base/clock"
)

// Source makes a new id at each call. It is safe for concurrent use.
type Source func() string

// New returns a source of unguessable UUIDv7 ids.
func New(c clock.Clock) Source { return source(c, rand.Reader) }

// Seeded returns a source whose ids are the same for the same seed and clock.
// It is for generated data only: its ids can be guessed.
func Seeded(c clock.Clock, seed uint64) Source {
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	return source(c, mathrand.NewChaCha8(key))
}

// source keeps ids of one millisecond in the order of making by a counter in
// the 12 bits after the version (RFC 9562, section 6.2, method 1).
func source(c clock.Clock, random io.Reader) Source {
	var mu sync.Mutex
	var last uint64
	return func() string {
		mu.Lock()
		defer mu.Unlock()
		now := uint64(c.Now().UnixMilli()) << 12
		if now <= last {
			now = last + 1
		}
		last = now
		var u [16]byte
		if _, err := io.ReadFull(random, u[8:]); err != nil {
			panic("no random bytes: " + err.Error())
		}
		binary.BigEndian.PutUint64(u[:8], now>>12<<16|now&0xfff)
		u[6] = u[6]&0x0f | 0x70
		u[8] = u[8]&0x3f | 0x80
		return format(u)
	}
}

func format(u [16]byte) string {
	var s [36]byte
	hex.Encode(s[0:8], u[0:4])
	s[8] = '-'
	hex.Encode(s[9:13], u[4:6])
	s[13] = '-'
	hex.Encode(s[14:18], u[6:8])
	s[18] = '-'
	hex.Encode(s[19:23], u[8:10])
	s[23] = '-'
	hex.Encode(s[24:36], u[10:16])
	return string(s[:])
}
