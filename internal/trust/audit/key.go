package audit

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// KeyFile is the name of the file with the signing key inside the data folder.
const KeyFile = "audit.key"

// Key signs checkpoints.
type Key struct {
	signer note.Signer
	public string
}

// Public is the text with which others check what the key signed.
func (k Key) Public() string { return k.public }

// ParseKey reads a private key, as LoadKey writes it.
func ParseKey(text string) (Key, error) {
	text = strings.TrimSpace(text)
	s, err := note.NewSigner(text)
	if err != nil {
		return Key{}, errors.New("this is not a key of the audit log (PRIVATE+KEY+…)")
	}
	parts := strings.SplitN(text, "+", 5)
	seed, err := base64.StdEncoding.DecodeString(parts[4])
	if err != nil {
		return Key{}, err
	}
	public := ed25519.NewKeyFromSeed(seed[1:]).Public().(ed25519.PublicKey) // the first byte names the algorithm
	v, err := note.NewEd25519VerifierKey(s.Name(), public)
	return Key{s, v}, err
}

// LoadKey reads the key from the data folder, and makes it at the first start.
// Nodes that share a database share one key. The name is that of the instance;
// it stays what it was when the key was made.
func LoadKey(dir, name string) (Key, error) {
	path := filepath.Join(dir, KeyFile)
	text, err := os.ReadFile(path) //nolint:gosec // our own data folder
	if errors.Is(err, fs.ErrNotExist) {
		secret, _, err := note.GenerateKey(rand.Reader, name)
		if err != nil {
			return Key{}, err
		}
		k, err := ParseKey(secret)
		if err != nil {
			return Key{}, fmt.Errorf("name %q: no space and no + can be in it: %w", name, err)
		}
		return k, writeKey(path, secret)
	}
	if err != nil {
		return Key{}, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return Key{}, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return Key{}, fmt.Errorf("others may read %s: take that right away (chmod 600)", KeyFile)
	}
	return ParseKey(string(text))
}

func writeKey(path, secret string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // our own data folder
	if err != nil {
		return err
	}
	_, err = f.WriteString(secret + "\n")
	return errors.Join(err, f.Sync(), f.Close())
}

// verifiers reads public keys.
func verifiers(public []string) ([]note.Verifier, error) {
	var list []note.Verifier
	for _, p := range public {
		v, err := note.NewVerifier(strings.TrimSpace(p))
		if err != nil {
			return nil, fmt.Errorf("public key %q of the audit log: %w", p, err)
		}
		list = append(list, v)
	}
	return list, nil
}
