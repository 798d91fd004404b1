package backup

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"
)

// Keys open and lock a backup. Lock only, from a public key, is enough to make
// one.
type Keys struct {
	Recipients []age.Recipient
	Identities []age.Identity
}

// LoadKey reads the secret key at path. Where there is none it makes one, and
// says so: without it no backup can be opened.
func LoadKey(path string) (k Keys, made bool, err error) {
	f, err := os.Open(path) //nolint:gosec // the operator names the file
	if errors.Is(err, fs.ErrNotExist) {
		return newKey(path)
	}
	if err != nil {
		return Keys{}, false, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	ids, err := age.ParseIdentities(io.LimitReader(f, 1<<20))
	if err != nil {
		return Keys{}, false, fmt.Errorf("the key file %s: %w", path, err)
	}
	k.Identities = ids
	for _, id := range ids {
		switch id := id.(type) {
		case *age.X25519Identity:
			k.Recipients = append(k.Recipients, id.Recipient())
		case *age.HybridIdentity:
			k.Recipients = append(k.Recipients, id.Recipient())
		}
	}
	if len(k.Recipients) == 0 {
		return Keys{}, false, fmt.Errorf("the key file %s holds no key that can lock a backup", path)
	}
	return k, false, nil
}

func newKey(path string) (Keys, bool, error) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return Keys{}, false, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return Keys{}, false, err
	}
	text := fmt.Sprintf("# opens the backups of Wijkbaak; keep a copy in another place\n# public key: %s\n%s\n", id.Recipient(), id)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the operator names the file
	if err != nil {
		return Keys{}, false, err
	}
	_, err = f.WriteString(text)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return Keys{}, false, err
	}
	return Keys{Recipients: []age.Recipient{id.Recipient()}, Identities: []age.Identity{id}}, true, nil
}

// Public gives keys that can lock but not open, from public keys (age1…).
func Public(keys []string) (Keys, error) {
	list, err := age.ParseRecipients(strings.NewReader(strings.Join(keys, "\n")))
	return Keys{Recipients: list}, err
}

// passphraseLeast keeps a passphrase from being guessed.
const passphraseLeast = 12

// Passphrase reads the first line of a file as the passphrase that locks and
// opens.
func Passphrase(path string) (Keys, error) {
	f, err := os.Open(path) //nolint:gosec // the operator names the file
	if err != nil {
		return Keys{}, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	line, err := bufio.NewReader(io.LimitReader(f, 4096)).ReadString('\n')
	if err != nil && err != io.EOF {
		return Keys{}, err
	}
	line = strings.TrimRight(line, "\r\n")
	if len(line) < passphraseLeast {
		return Keys{}, fmt.Errorf("the passphrase in %s is shorter than %d characters", path, passphraseLeast)
	}
	r, err := age.NewScryptRecipient(line)
	if err != nil {
		return Keys{}, err
	}
	id, err := age.NewScryptIdentity(line)
	if err != nil {
		return Keys{}, err
	}
	return Keys{Recipients: []age.Recipient{r}, Identities: []age.Identity{id}}, nil
}
