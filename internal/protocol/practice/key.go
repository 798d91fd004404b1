package practice

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// KeyFile is the name of the file with the signing key inside the data folder.
const KeyFile = "relay.key"

// Key signs what an instance hands to others.
type Key struct {
	signer note.Signer
	public string
}

// Public is the text by which others check what the key signed.
func (k Key) Public() string { return k.public }

// Name is who the key says it is of: the address of the instance without https.
func (k Key) Name() string { return k.signer.Name() }

// ParseKey reads a private key, as LoadKey writes it.
func ParseKey(text string) (Key, error) {
	text = strings.TrimSpace(text)
	s, err := note.NewSigner(text)
	if err != nil {
		return Key{}, errors.New("this is not a signing key (PRIVATE+KEY+…)")
	}
	seed, err := base64.StdEncoding.DecodeString(strings.SplitN(text, "+", 5)[4])
	if err != nil {
		return Key{}, err
	}
	public := ed25519.NewKeyFromSeed(seed[1:]).Public().(ed25519.PublicKey) // the first byte names the algorithm
	v, err := note.NewEd25519VerifierKey(s.Name(), public)
	return Key{s, v}, err
}

// NewKey makes a key.
func NewKey(name string) (k Key, secret string, err error) {
	secret, _, err = note.GenerateKey(rand.Reader, name)
	if err != nil {
		return Key{}, "", err
	}
	if k, err = ParseKey(secret); err != nil {
		return Key{}, "", fmt.Errorf("name %q: no space and no + can be in it: %w", name, err)
	}
	return k, secret, nil
}

// LoadKey reads the key from the data folder, and makes it at the first start.
// Nodes that share a database share one key. Without a name, for a program that
// knows no address, a missing key is made in memory only: the name stays in it for
// ever.
func LoadKey(dir, name string) (Key, error) {
	path := filepath.Join(dir, KeyFile)
	text, err := os.ReadFile(path) //nolint:gosec // our own data folder
	if errors.Is(err, fs.ErrNotExist) && name == "" {
		k, _, err := NewKey("unnamed")
		return k, err
	}
	if errors.Is(err, fs.ErrNotExist) {
		k, secret, err := NewKey(name)
		if err != nil {
			return Key{}, err
		}
		f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // our own data folder
		if err != nil {
			return Key{}, err
		}
		_, err = f.WriteString(secret + "\n")
		return k, errors.Join(err, f.Sync(), f.Close())
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

// Fingerprint is a public key short enough to read out on the telephone.
func Fingerprint(public string) string {
	h := sha256.Sum256([]byte(strings.TrimSpace(public)))
	s := hex.EncodeToString(h[:10])
	return s[0:4] + " " + s[4:8] + " " + s[8:12] + " " + s[12:16] + " " + s[16:20]
}

// KeyName gives who a public key says it is of; "" if it is no key.
func KeyName(public string) string {
	v, err := note.NewVerifier(strings.TrimSpace(public))
	if err != nil {
		return ""
	}
	return v.Name()
}

const signedMost = 1 << 20

// Sign signs lines of text of a kind. The public key stands in the text, so that
// what comes by file says itself who signed; whether that is who it ought to be
// is for who reads it.
func (k Key) Sign(kind string, lines ...string) (string, error) {
	for _, l := range lines {
		if strings.ContainsAny(l, "\n\r") {
			return "", errors.New("a line has a line end in it")
		}
	}
	text := "wijkbaak " + kind + " v1\n" + k.public + "\n" + strings.Join(lines, "\n") + "\n"
	signed, err := note.Sign(&note.Note{Text: text}, k.signer)
	return string(signed), err
}

// Open reads what Sign made and gives its lines and the key that signed it.
func Open(kind, signed string) (lines []string, public string, err error) {
	if len(signed) > signedMost {
		return nil, "", wrong(TooLarge, "signature", "more than %d bytes", signedMost)
	}
	head, rest, ok := strings.Cut(signed, "\n")
	public, _, more := strings.Cut(rest, "\n")
	if !ok || !more || head != "wijkbaak "+kind+" v1" {
		return nil, "", wrong(Unsigned, "signature", "it does not begin with a signed %s", kind)
	}
	v, err := note.NewVerifier(public)
	if err != nil {
		return nil, "", wrong(Unsigned, "signature", "no public key: %v", err)
	}
	n, err := note.Open([]byte(signed), note.VerifierList(v))
	if err != nil || len(n.Sigs) != 1 || len(n.UnverifiedSigs) > 0 {
		return nil, "", wrong(Unsigned, "signature", "it does not fit: %v", err)
	}
	// One signature has several spellings in base64; only one is ours.
	if _, err := base64.StdEncoding.Strict().DecodeString(n.Sigs[0].Base64); err != nil {
		return nil, "", wrong(Unsigned, "signature", "%v", err)
	}
	return strings.Split(strings.TrimSuffix(n.Text, "\n"), "\n")[2:], public, nil
}

const packageKind = "practice package"

// Signature says that a package is what its signer made.
type Signature struct {
	Name, Version, SHA256 string
	Key                   string // public key
}

// SignPackage signs a packed package.
func (k Key) SignPackage(name, version string, tgz []byte) (string, error) {
	return k.Sign(packageKind, name, version, "sha256 "+Hash(tgz))
}

// Verify checks that tgz is what was signed, and by whom. The caller compares the
// key with the one it knows, and name and version with the manifest.
func Verify(tgz []byte, signed string) (Signature, error) {
	s, err := OpenSignature(signed)
	if err == nil && s.SHA256 != Hash(tgz) {
		err = wrong(Changed, "", "the package is not the one that was signed")
	}
	return s, err
}

// OpenSignature reads a signature without the package.
func OpenSignature(signed string) (Signature, error) {
	lines, public, err := Open(packageKind, signed)
	if err != nil {
		return Signature{}, err
	}
	hash, ok := "", false
	if len(lines) == 3 {
		hash, ok = strings.CutPrefix(lines[2], "sha256 ")
	}
	if !ok || !hashForm.MatchString(hash) || !IsName(lines[0]) || !IsVersion(lines[1]) {
		return Signature{}, wrong(Unsigned, "signature", "it is not about a package")
	}
	return Signature{lines[0], lines[1], hash, public}, nil
}

// Receive reads a signed package whole: the signature fits, the content is safe,
// and both speak of the same name and version.
func Receive(tgz []byte, signed string, l Limits) (Package, Signature, error) {
	s, err := Verify(tgz, signed)
	if err != nil {
		return Package{}, s, err
	}
	p, err := Read(bytes.NewReader(tgz), l)
	if err == nil && (p.Manifest.Name != s.Name || p.Manifest.Version != s.Version) {
		err = wrong(Changed, "package.json", "the signature is about %s %s", s.Name, s.Version)
	}
	return p, s, err
}
