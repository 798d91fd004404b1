package audit

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// checkpoint says what the whole tree was at a moment. Signed, it is a note of
// the form that witnesses of transparency logs read (C2SP tlog-checkpoint): the
// name of the log, the size, the root, and in our case the time.
type checkpoint struct {
	size int64
	root tlog.Hash
	at   time.Time
	text string // the signed note
}

const timeLayout = "2006-01-02T15:04:05.000000Z"

func (k Key) sign(size int64, root tlog.Hash, at time.Time) (checkpoint, error) {
	at = at.UTC().Truncate(time.Microsecond)
	text := fmt.Sprintf("%s\n%d\n%s\n%s\n", k.signer.Name(), size, root, at.Format(timeLayout))
	signed, err := note.Sign(&note.Note{Text: text}, k.signer)
	return checkpoint{size, root, at, string(signed)}, err
}

var errCheckpoint = errors.New("the checkpoint cannot be read")

// openCheckpoint reads a checkpoint and checks its signature.
func openCheckpoint(signed string, list []note.Verifier) (checkpoint, error) {
	n, err := note.Open([]byte(signed), note.VerifierList(list...))
	if err != nil {
		return checkpoint{}, err
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 5 || len(n.Sigs) != 1 || lines[0] != n.Sigs[0].Name {
		return checkpoint{}, errCheckpoint
	}
	// One signature has several spellings in base64; only one is ours.
	if _, err := base64.StdEncoding.Strict().DecodeString(n.Sigs[0].Base64); err != nil {
		return checkpoint{}, errCheckpoint
	}
	size, err1 := strconv.ParseInt(lines[1], 10, 64)
	root, err2 := tlog.ParseHash(lines[2])
	at, err3 := time.Parse(timeLayout, lines[3])
	if err := errors.Join(err1, err2, err3); err != nil || size < 1 {
		return checkpoint{}, errCheckpoint
	}
	return checkpoint{size, root, at.UTC(), signed}, nil
}
