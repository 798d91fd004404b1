// Package blobtest is what every blob.Store must do.
package blobtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"wijkbaak.nl/internal/base/blob"
	"wijkbaak.nl/internal/base/fault"
)

// Most is the bound that the store under test must be opened with.
const Most = 1 << 20

// Run tests an empty store.
func Run(t *testing.T, s blob.Store) {
	put := func(key string, content []byte) {
		t.Helper()
		info, err := s.Put(t.Context(), key, bytes.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		if info.Key != key || info.Size != int64(len(content)) || info.At.IsZero() {
			t.Fatalf("put: %+v", info)
		}
	}
	get := func(key string) ([]byte, blob.Info) {
		t.Helper()
		r, info, err := s.Get(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close() //nolint:errcheck // it was read
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if info.Size != int64(len(content)) || info.Key != key {
			t.Fatalf("get %s: %+v, %d bytes", key, info, len(content))
		}
		return content, info
	}
	keys := func(prefix string) (list []string) {
		t.Helper()
		for info, err := range s.List(t.Context(), prefix) {
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, info.Key)
		}
		slices.Sort(list)
		return list
	}
	missing := func(key string) {
		t.Helper()
		if _, _, err := s.Get(t.Context(), key); fault.KindOf(err) != fault.KindNotFound {
			t.Fatalf("get %s: %v", key, err)
		}
	}

	// What is put is got, also empty and at the bound, and replaced as a whole.
	missing("a")
	for _, size := range []int{0, 1, 511, 512, 5000, Most} {
		content := bytes.Repeat([]byte{byte(size)}, size)
		put("a", content)
		if got, _ := get("a"); !bytes.Equal(got, content) {
			t.Fatalf("%d bytes came back other", size)
		}
	}

	// The type comes from the content and never makes a page of it.
	for content, want := range map[string]string{
		"%PDF-1.7 x": "application/pdf", "\xff\xd8\xff\xe0": "image/jpeg", "Dag buurt": "text/plain; charset=utf-8",
		"<html><script>": "application/octet-stream", " <svg xmlns='x'>": "application/octet-stream",
		"<?xml version='1.0'?><svg/>": "application/octet-stream", "\x00\x01": "application/octet-stream",
	} {
		put("t", []byte(content))
		if _, info := get("t"); info.Type != want {
			t.Errorf("%q is %s, want %s", content, info.Type, want)
		}
	}

	// A key does not stand in the way of a longer one.
	put("a/b/c.jpg", []byte("1"))
	put("a/b", []byte("2"))
	put("ab", []byte("3"))
	if got := keys("a/"); !slices.Equal(got, []string{"a/b", "a/b/c.jpg"}) {
		t.Fatalf("list %q", got)
	}
	if got := keys("a/b/c"); !slices.Equal(got, []string{"a/b/c.jpg"}) {
		t.Fatalf("list %q", got)
	}
	if got := keys(""); !slices.Equal(got, []string{"a", "a/b", "a/b/c.jpg", "ab", "t"}) {
		t.Fatalf("list %q", got)
	}
	for range s.List(t.Context(), "") {
		break // a reader that has enough
	}

	// Deleting twice is no error, and deletes nothing else.
	for range 2 {
		if err := s.Delete(t.Context(), "a/b"); err != nil {
			t.Fatal(err)
		}
	}
	missing("a/b")
	get("a/b/c.jpg")

	// Keys that are none.
	for _, key := range []string{"", "/a", "a/", "a//b", "../x", "a/../b", ".halfway/x", "A", "a b", "a@", "a\x00", "é", strings.Repeat("k", 201)} {
		if _, err := s.Put(t.Context(), key, strings.NewReader("x")); err == nil {
			t.Errorf("put %q was taken", key)
		}
		missing(key)
		if err := s.Delete(t.Context(), key); err != nil {
			t.Errorf("delete %q: %v", key, err)
		}
	}

	// What fails halfway changes nothing.
	put("kept", []byte("as it was"))
	broken := errors.New("the line broke")
	half := func() io.Reader { return io.LimitReader(endless{}, 300_000) }
	if _, err := s.Put(t.Context(), "kept", io.MultiReader(half(), iotest.ErrReader(broken))); !errors.Is(err, broken) {
		t.Errorf("broken: %v", err)
	}
	if _, err := s.Put(t.Context(), "kept", io.LimitReader(endless{}, Most+1)); fault.KindOf(err) != fault.KindTooLarge {
		t.Errorf("too large: %v", err)
	}
	if _, err := s.Put(t.Context(), "kept", io.LimitReader(endless{}, 64*Most)); fault.KindOf(err) != fault.KindTooLarge {
		t.Errorf("endless: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Put(ctx, "kept", half()); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if got, _ := get("kept"); string(got) != "as it was" {
		t.Fatalf("half a file replaced it: %d bytes", len(got))
	}

	// Many at once; readers of one key see one whole version.
	versions := [][]byte{bytes.Repeat([]byte("x"), 100_000), bytes.Repeat([]byte("y"), 50_000)}
	put("shared", versions[0])
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := range 5 {
				if _, err := s.Put(t.Context(), fmt.Sprintf("many/%d-%d", w, i), strings.NewReader("x")); err != nil {
					t.Error(err)
				}
				if _, err := s.Put(t.Context(), "shared", bytes.NewReader(versions[(w+i)%2])); err != nil {
					t.Error(err)
				}
				r, _, err := s.Get(t.Context(), "shared")
				if err != nil {
					t.Error(err)
					continue
				}
				got, err := io.ReadAll(r)
				if err != nil || !bytes.Equal(got, versions[0]) && !bytes.Equal(got, versions[1]) {
					t.Errorf("a mixture of %d bytes, %v", len(got), err)
				}
				r.Close() //nolint:errcheck,gosec // it was read
			}
		})
	}
	wg.Wait()
	if got := keys("many/"); len(got) != 40 {
		t.Fatalf("%d of 40", len(got))
	}
}

// endless reads as zeros for ever.
type endless struct{}

func (endless) Read(p []byte) (int, error) { clear(p); return len(p), nil }
