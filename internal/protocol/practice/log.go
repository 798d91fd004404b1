package practice

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Leaf is a line of the public log: this number of this package has this content.
type Leaf struct {
	Name, Version, SHA256 string
}

// String is the line as it is hashed.
func (l Leaf) String() string { return l.Name + " " + l.Version + " " + l.SHA256 }

// ParseLeaf reads a line of the log.
func ParseLeaf(s string) (Leaf, error) {
	f := strings.Split(s, " ")
	if len(f) != 3 || !IsName(f[0]) || !IsVersion(f[1]) || !hashForm.MatchString(f[2]) {
		return Leaf{}, wrong(BadLog, clip(s), "a line is name, version and SHA-256")
	}
	return Leaf{f[0], f[1], f[2]}, nil
}

// Log is the public log of an instance in memory: lines are added at the end, and
// none is ever changed. A package number stands in it once.
type Log struct {
	leaves []Leaf
	hashes []tlog.Hash
	index  map[string]int64
}

// NewLog makes a log of these lines.
func NewLog(leaves ...Leaf) (*Log, error) {
	l := &Log{leaves: make([]Leaf, 0, len(leaves)), hashes: make([]tlog.Hash, 0, 2*len(leaves)), index: make(map[string]int64, len(leaves))}
	for _, leaf := range leaves {
		if _, err := l.Append(leaf); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// ReadHashes implements tlog.HashReader.
func (l *Log) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	list := make([]tlog.Hash, len(indexes))
	for i, at := range indexes {
		if at < 0 || at >= int64(len(l.hashes)) {
			return nil, fmt.Errorf("hash %d is not in a log of %d", at, len(l.leaves))
		}
		list[i] = l.hashes[at]
	}
	return list, nil
}

// Append adds a line and gives its place. The same line again is no new one; the
// same number with other content is refused.
func (l *Log) Append(leaf Leaf) (int64, error) {
	number := leaf.Name + " " + leaf.Version
	if at, ok := l.index[number]; ok {
		if l.leaves[at] != leaf {
			return 0, wrong(Rewritten, number, "it stands in the log with other content")
		}
		return at, nil
	}
	at := int64(len(l.leaves))
	hashes, err := tlog.StoredHashes(at, []byte(leaf.String()), l)
	if err != nil {
		return 0, err
	}
	l.leaves, l.hashes, l.index[number] = append(l.leaves, leaf), append(l.hashes, hashes...), at
	return at, nil
}

// Size is how many lines there are.
func (l *Log) Size() int64 { return int64(len(l.leaves)) }

// Leaves gives the lines from a place on.
func (l *Log) Leaves(from int64) []Leaf { return l.leaves[min(max(from, 0), l.Size()):] }

// Find gives the place of a package number.
func (l *Log) Find(name, version string) (int64, bool) {
	at, ok := l.index[name+" "+version]
	return at, ok
}

// Root is the hash over the first n lines.
func (l *Log) Root(n int64) (tlog.Hash, error) {
	if n == 0 {
		return tlog.Hash{}, nil
	}
	return tlog.TreeHash(n, l)
}

// Checkpoint is what the log was at a moment.
type Checkpoint struct {
	Origin string
	Size   int64
	Root   tlog.Hash
}

// Text is the checkpoint as it is signed (C2SP tlog-checkpoint).
func (c Checkpoint) text() string { return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, c.Root) }

// Checkpoint signs what the log is now.
func (l *Log) Checkpoint(k Key) (string, error) {
	root, err := l.Root(l.Size())
	if err != nil {
		return "", err
	}
	signed, err := note.Sign(&note.Note{Text: Checkpoint{k.Name(), l.Size(), root}.text()}, k.signer)
	return string(signed), err
}

// OpenCheckpoint reads a checkpoint and checks that this key signed it.
func OpenCheckpoint(signed, public string) (Checkpoint, error) {
	v, err := note.NewVerifier(strings.TrimSpace(public))
	if err != nil {
		return Checkpoint{}, wrong(Unsigned, "checkpoint", "no public key: %v", err)
	}
	n, err := note.Open([]byte(signed), note.VerifierList(v))
	if err != nil {
		return Checkpoint{}, wrong(Unsigned, "checkpoint", "%v", err)
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 4 || lines[0] != v.Name() {
		return Checkpoint{}, wrong(BadLog, "checkpoint", "origin, size and root, each on a line")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return Checkpoint{}, wrong(BadLog, "checkpoint", "the size %q", clip(lines[1]))
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return Checkpoint{}, wrong(BadLog, "checkpoint", "the root %q", clip(lines[2]))
	}
	return Checkpoint{lines[0], size, root}, nil
}

// ProveRecord gives the proof that line at is in the log of size lines.
func (l *Log) ProveRecord(size, at int64) (tlog.RecordProof, error) {
	return tlog.ProveRecord(size, at, l)
}

// ProveTree gives the proof that the log of size lines only added to that of old.
func (l *Log) ProveTree(size, old int64) (tlog.TreeProof, error) { return tlog.ProveTree(size, old, l) }

// CheckRecord checks that a line stands in the log that a checkpoint is about.
func CheckRecord(c Checkpoint, leaf Leaf, at int64, proof tlog.RecordProof) error {
	if err := tlog.CheckRecord(proof, c.Size, c.Root, at, tlog.RecordHash([]byte(leaf.String()))); err != nil {
		return wrong(BadLog, leaf.Name+" "+leaf.Version, "it does not stand in the log: %v", err)
	}
	return nil
}

// CheckTree checks that a newer checkpoint only added to an older one.
func CheckTree(newer, older Checkpoint, proof tlog.TreeProof) error {
	if older.Size == 0 {
		return nil
	}
	if newer.Size < older.Size {
		return wrong(BadLog, "checkpoint", "the log had %d lines and has %d", older.Size, newer.Size)
	}
	if newer.Size == older.Size {
		if newer.Root != older.Root {
			return wrong(BadLog, "checkpoint", "two logs of %d lines", newer.Size)
		}
		return nil
	}
	if err := tlog.CheckTree(proof, newer.Size, newer.Root, older.Size, older.Root); err != nil {
		return wrong(BadLog, "checkpoint", "lines were changed or removed: %v", err)
	}
	return nil
}

// VerifyLog checks all lines of a log against its checkpoint and, if there is
// one, against what the log was before.
func VerifyLog(leaves []Leaf, now Checkpoint, before *Checkpoint) (*Log, error) {
	l, err := NewLog(leaves...)
	if err != nil {
		return nil, err
	}
	if l.Size() != int64(len(leaves)) {
		return nil, wrong(BadLog, "", "a line is there twice")
	}
	if l.Size() < now.Size || before != nil && now.Size < before.Size {
		return nil, wrong(BadLog, "checkpoint", "lines are missing")
	}
	if root, err := l.Root(now.Size); err != nil || root != now.Root {
		return nil, wrong(BadLog, "checkpoint", "the lines are not those that were signed")
	}
	if before != nil {
		if root, err := l.Root(before.Size); err != nil || before.Size > 0 && root != before.Root {
			return nil, wrong(BadLog, "checkpoint", "lines that were there before have changed")
		}
	}
	return l, nil
}

// Clone gives a log of its own with the same lines.
func (l *Log) Clone() *Log {
	return &Log{leaves: slices.Clone(l.leaves), hashes: slices.Clone(l.hashes), index: maps.Clone(l.index)}
}
