package audit

import (
	"context"
	"fmt"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"

	"wijkbaak.nl/internal/base/db"
)

// tree is a Merkle tree of which only the right edge is kept: the roots of its
// complete subtrees, the largest first.
type tree struct {
	size  int64
	roots []tlog.Hash
}

// add puts a leaf at the end and gives the hashes to keep with it: its own and
// those of the subtrees it completes.
func (t *tree) add(h tlog.Hash) []tlog.Hash {
	keep := []tlog.Hash{h}
	for n := t.size; n&1 == 1; n >>= 1 {
		last := len(t.roots) - 1
		h = tlog.NodeHash(t.roots[last], h)
		t.roots = t.roots[:last]
		keep = append(keep, h)
	}
	t.roots = append(t.roots, h)
	t.size++
	return keep
}

// root is the hash of the whole tree.
func (t *tree) root() tlog.Hash {
	if t.size == 0 {
		h, _ := tlog.TreeHash(0, nil) // of nothing: it cannot fail
		return h
	}
	h := t.roots[len(t.roots)-1]
	for i := len(t.roots) - 2; i >= 0; i-- {
		h = tlog.NodeHash(t.roots[i], h)
	}
	return h
}

func (t *tree) copyFrom(o *tree) {
	t.size, t.roots = o.size, append(t.roots[:0], o.roots...)
}

// kept is how many hashes are kept with a leaf.
func kept(leaf int64) int { return 1 + bits.TrailingZeros64(uint64(leaf+1)) } //nolint:gosec // leaf is not negative

// storedHashes reads kept hashes, as tlog asks for them.
type storedHashes struct {
	ctx context.Context
	r   db.Reader
}

// ReadHashes implements tlog.HashReader.
func (s storedHashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	list := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		level, n := tlog.SplitStoredHashIndex(index)
		leaf := (n+1)<<level - 1
		blob, err := db.One(s.ctx, s.r, db.Value[[]byte], selectHash, leaf)
		if err != nil {
			return nil, fmt.Errorf("hash of leaf %d: %w", leaf, err)
		}
		if len(blob) != kept(leaf)*tlog.HashSize {
			return nil, fmt.Errorf("hash of leaf %d has %d bytes", leaf, len(blob))
		}
		copy(list[i][:], blob[level*tlog.HashSize:])
	}
	return list, nil
}

// loadTree reads the right edge of the tree of this size.
func loadTree(ctx context.Context, r db.Reader, size int64) (*tree, error) {
	t := &tree{size: size}
	var indexes []int64
	var begin int64
	for level := 62; level >= 0; level-- {
		if width := int64(1) << level; size&width != 0 {
			indexes = append(indexes, tlog.StoredHashIndex(level, begin>>level))
			begin += width
		}
	}
	var err error
	t.roots, err = storedHashes{ctx, r}.ReadHashes(indexes)
	return t, err
}
