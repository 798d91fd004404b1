package practice

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"strings"

	"github.com/klauspost/compress/gzip"
)

// Limits bound what is taken of others.
type Limits struct {
	Packed   int64 // bytes of the .tgz
	Unpacked int64 // bytes of all that is in it
	One      int64 // bytes of one file
	Files    int
	Ratio    int64 // how many times larger it may become
}

// Usual are the limits of a package.
var Usual = Limits{Packed: 40 << 20, Unpacked: 160 << 20, One: 25 << 20, Files: 1000, Ratio: 100}

const (
	manifestFile = "package.json"
	manifestMost = 1 << 20
	// ratioFrom is the size below which a good ratio is no bomb: a small text with
	// much repetition.
	ratioFrom = 4 << 20
)

func empty() Package {
	return Package{Parts: map[string][]byte{}, Schemas: map[string][]byte{}, Resources: map[string][]byte{}, Files: map[string][]byte{}}
}

// tally counts what was taken, against the limits.
type tally struct {
	Limits
	files int
	bytes int64
	seen  map[string]bool
}

func newTally(l Limits) *tally { return &tally{Limits: l, seen: map[string]bool{}} }

// name takes a name once; names that differ in capitals only are one file on
// many disks.
func (t *tally) name(name string) error {
	if err := checkPath(name); err != nil {
		return err
	}
	folded := strings.ToLower(name)
	if t.seen[folded] {
		return wrong(Twice, clip(name), "it is in the package twice")
	}
	t.seen[folded] = true
	return nil
}

func (t *tally) file(name string, size int64) error {
	t.files++
	t.bytes += size
	switch {
	case t.files > t.Files:
		return wrong(TooLarge, "", "more than %d files", t.Files)
	case size > t.One:
		return wrong(TooLarge, clip(name), "more than %d bytes", t.One)
	case t.bytes > t.Unpacked:
		return wrong(TooLarge, "", "more than %d bytes unpacked", t.Unpacked)
	}
	return nil
}

// unpacking counts what comes out of the decompressor, headers and padding too.
type unpacking struct {
	r     io.Reader
	in    int64
	out   int64
	limit Limits
}

func (u *unpacking) Read(b []byte) (int, error) {
	n, err := u.r.Read(b)
	u.out += int64(n)
	switch {
	case u.out > ratioFrom && u.out > u.limit.Ratio*u.in:
		return 0, wrong(Bomb, "", "more than %d times its size", u.limit.Ratio)
	case u.out > u.limit.Unpacked+int64(u.limit.Files)*1024+1<<20:
		return 0, wrong(TooLarge, "", "more than %d bytes unpacked", u.limit.Unpacked)
	}
	return n, err
}

// Read takes a package in, whoever it comes from. Nothing is written anywhere,
// and nothing of it is trusted: whether it is what was signed is for Verify,
// whether its parts fit this program is for CheckParts.
func Read(r io.Reader, l Limits) (Package, error) {
	packed, err := io.ReadAll(io.LimitReader(r, l.Packed+1))
	if err != nil {
		return Package{}, err
	}
	if int64(len(packed)) > l.Packed {
		return Package{}, wrong(TooLarge, "", "more than %d bytes", l.Packed)
	}
	src := bytes.NewReader(packed)
	z, err := gzip.NewReader(src)
	if err != nil {
		return Package{}, wrong(Broken, "", "no gzip: %v", err)
	}
	z.Multistream(false)
	p, err := readTar(&unpacking{r: z, in: int64(len(packed)), limit: l}, l)
	if err != nil {
		if KindOf(err) == "" {
			err = wrong(Broken, "", "%v", err)
		}
		return Package{}, err
	}
	if src.Len() > 0 {
		return Package{}, wrong(Broken, "", "there is more behind the package")
	}
	return p, nil
}

func readTar(u *unpacking, l Limits) (Package, error) {
	p := empty()
	t := tar.NewReader(u)
	seen := newTally(l)
	var manifest []byte
	for {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return p, err
		}
		if err := plain(h); err != nil {
			return p, err
		}
		if h.Typeflag == tar.TypeDir {
			if err := checkPath(strings.TrimSuffix(h.Name, "/") + "/x"); err != nil {
				return p, err
			}
			if err := seen.file(h.Name, 0); err != nil {
				return p, err
			}
			continue
		}
		index := h.Name == root+".index.json" // other packers add it; we have no use for it
		if !index {
			if err := seen.name(h.Name); err != nil {
				return p, err
			}
		}
		if err := seen.file(h.Name, h.Size); err != nil {
			return p, err
		}
		if index {
			continue
		}
		// The header may lie about the size, so room is made as bytes come.
		var data bytes.Buffer
		if _, err := io.Copy(&data, io.LimitReader(t, h.Size)); err != nil {
			return p, err
		}
		if h.Name == root+manifestFile {
			manifest = data.Bytes()
			continue
		}
		if err := p.put(h.Name, data.Bytes()); err != nil {
			return p, err
		}
	}
	// What is left is the padding of the tar; it is read so that its checksum counts.
	rest := make([]byte, 4096)
	for {
		n, err := u.Read(rest)
		if bytes.IndexFunc(rest[:n], func(c rune) bool { return c != 0 }) >= 0 {
			return p, wrong(Broken, "", "there is more behind the package")
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return p, err
		}
	}
	if manifest == nil {
		return p, wrong(BadField, manifestFile, "package/package.json is missing")
	}
	return p, p.readManifest(manifest)
}

// plain refuses everything but files and folders.
func plain(h *tar.Header) error {
	for key := range h.PAXRecords {
		if strings.HasPrefix(key, "GNU.sparse") {
			return wrong(Bomb, clip(h.Name), "a file with holes")
		}
	}
	switch h.Typeflag {
	case tar.TypeReg, tar.TypeDir:
		return nil
	case tar.TypeGNUSparse:
		return wrong(Bomb, clip(h.Name), "a file with holes")
	}
	return wrong(NoFile, clip(h.Name), "a link or a device")
}

func (p *Package) readManifest(data []byte) error {
	if len(data) > manifestMost {
		return wrong(TooLarge, manifestFile, "more than %d bytes", manifestMost)
	}
	if err := checkJSON(manifestFile, data); err != nil {
		return wrong(BadField, manifestFile, "%v", err)
	}
	if err := json.Unmarshal(data, &p.Manifest); err != nil {
		return wrong(BadField, manifestFile, "%v", err)
	}
	return p.Manifest.check()
}

// ReadFolder reads a package that is not packed yet: package.json with the folders
// parts, schemas and files beside it.
func ReadFolder(dir fs.FS, l Limits) (Package, error) {
	p := empty()
	seen := newTally(l)
	err := fs.WalkDir(dir, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if !d.Type().IsRegular() {
			return wrong(NoFile, clip(name), "a link or a device")
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if err := seen.name(root + name); err != nil {
			return err
		}
		if err := seen.file(name, info.Size()); err != nil {
			return err
		}
		data, err := fs.ReadFile(dir, name)
		if err != nil {
			return err
		}
		if name == manifestFile {
			return p.readManifest(data)
		}
		return p.put(root+name, data)
	})
	if err == nil && p.Manifest.Name == "" {
		err = wrong(BadField, manifestFile, "package.json is missing")
	}
	return p, err
}
