package practice

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/klauspost/compress/gzip"
)

// level packs photos, which do not shrink, quickly, and texts well enough.
const level = 3

// Hash is the SHA-256 of a packed package, in hex.
func Hash(tgz []byte) string {
	h := sha256.Sum256(tgz)
	return hex.EncodeToString(h[:])
}

// Pack makes the .tgz: the same bytes for the same content, whoever packs it and
// whenever. It refuses what Read would refuse, and a part that its schema does
// not cover to the last field.
func Pack(p Package) ([]byte, error) {
	if p.Manifest.Dependencies == nil {
		p.Manifest.Dependencies = map[string]string{}
	}
	if len(p.Resources) > 0 && len(p.Manifest.FHIRVersions) == 0 {
		p.Manifest.FHIRVersions = []string{FHIRVersion}
	}
	if p.Manifest.Wijkbaak.Format == 0 {
		p.Manifest.Wijkbaak.Format = Format
	}
	if err := p.Manifest.check(); err != nil {
		return nil, err
	}
	if err := p.checkParts(); err != nil {
		return nil, err
	}
	var manifest bytes.Buffer
	e := json.NewEncoder(&manifest)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(p.Manifest); err != nil {
		return nil, err
	}
	// One look with the eyes of a reader, so that nobody packs what none can open.
	all := map[string][]byte{}
	for dir, m := range map[string]map[string][]byte{"parts/": p.Parts, "schemas/": p.Schemas} {
		for room, data := range m {
			all[root+dir+room+".json"] = data
		}
	}
	for name, data := range p.Resources {
		all[root+name] = data
	}
	for name, data := range p.Files {
		all[root+"files/"+name] = data
	}
	names := sorted(all)
	seen := newTally(Usual)
	probe := empty()
	size := manifest.Len()
	for _, name := range names {
		if err := seen.name(name); err != nil {
			return nil, err
		}
		if err := seen.file(name, int64(len(all[name]))); err != nil {
			return nil, err
		}
		if err := probe.put(name, all[name]); err != nil {
			return nil, err
		}
		size += len(all[name])
	}
	out := bytes.NewBuffer(make([]byte, 0, size/2+1024))
	z, err := gzip.NewWriterLevel(out, level)
	if err != nil {
		return nil, err
	}
	z.OS, z.ModTime = 255, time.Unix(0, 0) // unknown: it does not matter who packed, or when
	t := tar.NewWriter(z)
	add := func(name string, data []byte) error {
		h := &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: int64(len(data)), Mode: 0o644, ModTime: time.Unix(0, 0), Format: tar.FormatUSTAR}
		if err := t.WriteHeader(h); err != nil {
			return err
		}
		_, err := t.Write(data)
		return err
	}
	if err := add(root+manifestFile, manifest.Bytes()); err != nil {
		return nil, err
	}
	for _, name := range names {
		if err := add(name, all[name]); err != nil {
			return nil, err
		}
	}
	if err := t.Close(); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	if int64(out.Len()) > Usual.Packed {
		return nil, wrong(TooLarge, "", "%d bytes packed, at most %d", out.Len(), Usual.Packed)
	}
	return out.Bytes(), nil
}
