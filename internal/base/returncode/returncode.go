package returncode

import (
	"crypto/hmac"
	"crypto/sha256"
	"io"
	"log/slog"
	"strings"
)

const (
	size     = 16 // bytes: 128 bits
	count    = 12 // words
	bitsWord = 11
	bitsSum  = count*bitsWord - size*8
)

// Code is a return code. It is a secret: only its Hash is ever kept.
type Code [size]byte

// New makes a code from 16 bytes of random, which must be unguessable
// (crypto/rand.Reader). It panics if there are none: no code is better than a
// weak one.
func New(random io.Reader) Code {
	var c Code
	if _, err := io.ReadFull(random, c[:]); err != nil {
		panic("no random bytes: " + err.Error())
	}
	return c
}

// Words gives the twelve words, in their order.
func (c Code) Words() []string {
	out := make([]string, 0, count)
	var buffer, have uint
	for _, b := range append(c[:], c.sum()<<(8-bitsSum)) {
		buffer = buffer<<8 | uint(b)
		have += 8
		if have >= bitsWord {
			have -= bitsWord
			out = append(out, list.words[buffer>>have&(1<<bitsWord-1)])
		}
	}
	return out
}

// String gives the words joined by hyphens.
func (c Code) String() string { return strings.Join(c.Words(), "-") }

// LogValue keeps a code out of the logs.
func (Code) LogValue() slog.Value { return slog.StringValue("[return code]") }

// Hash is what may be kept of a code: HMAC-SHA256 under a key of the instance,
// so that a stolen table cannot be tried against the list.
func (c Code) Hash(key []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte("wijkbaak return code 1\x00")) //nolint:errcheck // a hash never fails
	h.Write(c[:])                                 //nolint:errcheck // a hash never fails
	return h.Sum(nil)
}

// sum is the checksum: the first four bits of the SHA-256 of the code.
func (c Code) sum() byte {
	h := sha256.Sum256(c[:])
	return h[0] >> (8 - bitsSum)
}

// fromIndexes puts a code together; it reports false if the checksum is wrong.
func fromIndexes(indexes [count]int) (Code, bool) {
	var c Code
	var buffer, have uint
	at := 0
	for _, i := range indexes {
		buffer = buffer<<bitsWord | uint(i)
		have += bitsWord
		for have >= 8 && at < size {
			have -= 8
			c[at] = byte(buffer >> have)
			at++
		}
	}
	return c, byte(buffer&(1<<bitsSum-1)) == c.sum()
}
