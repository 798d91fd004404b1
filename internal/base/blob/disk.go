package blob

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"strings"
	"syscall"
	"time"

	"wijkbaak.nl/internal/base/fault"
)

// A file is kept as its key with this at the end, which no key can hold, so
// that the key "a" does not stand in the way of the key "a/b".
const diskEnd = "@"

// halfway is where files are written before they are whole.
const halfway = ".halfway"

// Disk keeps files in a folder.
type Disk struct {
	root *os.Root
	most int64
}

// NewDisk opens or makes the folder. No file may be larger than most bytes.
func NewDisk(dir string, most int64) (*Disk, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	d := &Disk{root: root, most: most}
	if err := d.tidy(); err != nil {
		root.Close() //nolint:errcheck,gosec // the first error tells
		return nil, err
	}
	return d, nil
}

// Close gives the folder back to the system.
func (d *Disk) Close() error { return d.root.Close() }

// tidy removes what a crash left halfway.
func (d *Disk) tidy() error {
	if err := d.root.MkdirAll(halfway, 0o700); err != nil {
		return err
	}
	list, err := fs.ReadDir(d.root.FS(), halfway)
	if err != nil {
		return err
	}
	for _, e := range list {
		// What is young may be another process at work.
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > time.Hour {
			if err := d.root.Remove(path.Join(halfway, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}

// Put writes beside, makes it durable, and then puts it in its place.
func (d *Disk) Put(ctx context.Context, key string, r io.Reader) (Info, error) {
	if err := checkKey(key); err != nil {
		return Info{}, err
	}
	name := path.Join(halfway, rand.Text())
	f, err := d.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return Info{}, diskFault(err)
	}
	b := &bounded{ctx: ctx, r: r, left: d.most, most: d.most}
	_, err = io.Copy(f, b)
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = d.place(name, key+diskEnd)
	}
	if err != nil {
		d.root.Remove(name) //nolint:errcheck,gosec // the first error tells; tidy comes by
		return Info{}, diskFault(err)
	}
	return Info{Key: key, Size: b.size(), Type: Type(b.head), At: time.Now().UTC()}, nil
}

// place renames and makes the names durable: of the file, and of each folder
// that had to be made for it.
func (d *Disk) place(from, to string) error {
	dir := path.Dir(to)
	var fresh []string
	for p := dir; ; p = path.Dir(p) {
		fresh = append(fresh, p)
		if _, err := d.root.Stat(p); err == nil || p == "." {
			break
		}
	}
	if err := d.root.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := d.root.Rename(from, to); err != nil {
		return err
	}
	for _, p := range fresh {
		if err := d.sync(p); err != nil {
			return err
		}
	}
	return nil
}

func (d *Disk) sync(dir string) error {
	f, err := d.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Get opens the file.
func (d *Disk) Get(_ context.Context, key string) (io.ReadCloser, Info, error) {
	if checkKey(key) != nil {
		return nil, Info{}, fault.NotFound()
	}
	f, err := d.root.Open(key + diskEnd)
	if err != nil {
		return nil, Info{}, diskFault(err)
	}
	st, err := f.Stat()
	if err != nil {
		f.Close() //nolint:errcheck,gosec // the first error tells
		return nil, Info{}, diskFault(err)
	}
	return opened(f, Info{Key: key, Size: st.Size(), At: st.ModTime().UTC()})
}

// Delete removes the file, durably.
func (d *Disk) Delete(_ context.Context, key string) error {
	if checkKey(key) != nil {
		return nil
	}
	err := d.root.Remove(key + diskEnd)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = d.sync(path.Dir(key))
	}
	return diskFault(err)
}

// List walks the folder.
func (d *Disk) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		err := fs.WalkDir(d.root.FS(), ".", func(p string, e fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil // it was deleted meanwhile
			}
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return err
			}
			if e.IsDir() {
				if p != "." && !strings.HasPrefix(p+"/", prefix) && !strings.HasPrefix(prefix, p+"/") {
					return fs.SkipDir
				}
				return nil
			}
			key, ours := strings.CutSuffix(p, diskEnd)
			if !ours || !strings.HasPrefix(key, prefix) {
				return nil
			}
			st, err := e.Info()
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil {
				return err
			}
			if !yield(Info{Key: key, Size: st.Size(), At: st.ModTime().UTC()}, nil) {
				return fs.SkipAll
			}
			return nil
		})
		if err != nil {
			yield(Info{}, diskFault(err))
		}
	}
}

func diskFault(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fault.NotFound()
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fault.Unavailable("web.error.full", err)
	}
	return err
}
