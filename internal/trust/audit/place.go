package audit

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// Place is a second place where checkpoints are kept, out of reach of who can
// change the database.
type Place interface {
	Name() string
	// Append adds text to what is kept, durably.
	Append(ctx context.Context, text string) error
	// Open gives what is kept at this moment.
	Open(ctx context.Context) (io.ReadCloser, error)
}

// PlaceFile is the name of the file that Folder writes.
const PlaceFile = "checkpoints.txt"

// Folder keeps checkpoints in a file in a folder: another disk, a network share.
type Folder string

// Name is how a finding calls the place.
func (f Folder) Name() string { return f.path() }

func (f Folder) path() string { return filepath.Join(string(f), PlaceFile) }

// Check tells whether checkpoints can be kept here. It makes no folder: on the
// place where a disk is not mounted that would be the wrong disk.
func (f Folder) Check() error {
	info, err := os.Stat(string(f))
	if err == nil && !info.IsDir() {
		return fmt.Errorf("the second place for checkpoints, %s, is a file and not a folder", string(f))
	}
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the second place for checkpoints, %s, is not there: mount it, or make it: install -d -m 700 -o wijkbaak %s", string(f), string(f))
	}
	var probe *os.File
	if err == nil {
		probe, err = os.CreateTemp(string(f), "check-*.part")
	}
	if err == nil {
		err = errors.Join(probe.Close(), os.Remove(probe.Name()))
	}
	if err == nil {
		probe, err = os.OpenFile(f.path(), os.O_APPEND|os.O_WRONLY, 0)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil // the first checkpoint makes the file
	case err != nil:
		return fmt.Errorf("the second place for checkpoints cannot be written: %w", err)
	}
	return probe.Close()
}

// Append adds text to the file.
func (f Folder) Append(_ context.Context, text string) error {
	file, err := os.OpenFile(f.path(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	return errors.Join(err, file.Sync(), file.Close())
}

// Open gives the file up to where it ends now.
func (f Folder) Open(context.Context) (io.ReadCloser, error) {
	file, err := os.Open(f.path())
	if errors.Is(err, fs.ErrNotExist) {
		return io.NopCloser(strings.NewReader("")), nil
	}
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return struct {
		io.Reader
		io.Closer
	}{io.LimitReader(file, info.Size()), file}, nil
}

// copies reads checkpoints out of a second place: one after another, an empty
// line behind each. A piece that is the beginning of what follows it was torn by
// a crash while writing, and is passed over.
type copies struct {
	lines *bufio.Scanner
	keys  []note.Verifier
	held  string // the first line of the next piece
	prev  string
}

func newCopies(r io.Reader, keys []note.Verifier) *copies {
	s := bufio.NewScanner(r)
	s.Buffer(nil, 1<<20)
	return &copies{lines: s, keys: keys}
}

// next gives the next checkpoint and what is wrong with it; io.EOF at the end.
func (c *copies) next() (checkpoint, error) {
	for {
		piece, err := c.piece()
		if err != nil {
			return checkpoint{}, err
		}
		if piece == "" {
			continue
		}
		cp, err := openCheckpoint(piece, c.keys)
		if err == nil {
			c.prev = ""
			return cp, nil
		}
		follows, end := c.piece()
		if end == nil && strings.HasPrefix(follows, strings.TrimRight(piece, "\n")) {
			if cp, err := openCheckpoint(follows, c.keys); err == nil {
				return cp, nil
			}
		}
		if end == nil {
			c.prev = follows
		} else if !errors.Is(end, io.EOF) {
			return checkpoint{}, end
		}
		return checkpoint{}, errBadCopy
	}
}

var errBadCopy = errors.New("a checkpoint of the copy was changed")

// piece gives the lines up to the empty line behind a signature, or to the next
// first line (the name of a log).
func (c *copies) piece() (string, error) {
	if c.prev != "" {
		p := c.prev
		c.prev = ""
		return p, nil
	}
	b := &strings.Builder{}
	if c.held != "" {
		b.WriteString(c.held + "\n")
		c.held = ""
	}
	signed := false
	for c.lines.Scan() {
		line := c.lines.Text()
		if line == "" && signed {
			return trim(b), nil
		}
		signed = strings.HasPrefix(line, "— ")
		if c.isFirst(line) {
			if b.Len() > 0 {
				c.held = line
				return trim(b), nil
			}
		}
		b.WriteString(line + "\n")
	}
	if err := c.lines.Err(); err != nil {
		return "", err
	}
	if b.Len() == 0 {
		return "", io.EOF
	}
	return trim(b), nil
}

func (c *copies) isFirst(line string) bool {
	for _, k := range c.keys {
		if line == k.Name() {
			return true
		}
	}
	return false
}

func trim(b *strings.Builder) string {
	s := strings.TrimRight(b.String(), "\n")
	if s == "" {
		return ""
	}
	return s + "\n"
}
