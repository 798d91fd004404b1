package blob_test

import (
	"bytes"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"wijkbaak.nl/internal/base/blob"
	"wijkbaak.nl/internal/base/blob/blobtest"
	"wijkbaak.nl/internal/base/fault"
)

func TestDisk(t *testing.T) {
	s, err := blob.NewDisk(filepath.Join(t.TempDir(), "files"), blobtest.Most)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // the test is over
	blobtest.Run(t, s)
}

func TestS3(t *testing.T) {
	backend := s3mem.New()
	if err := backend.CreateBucket("files"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(backend).Server())
	defer server.Close()
	options := blob.S3Options{
		Endpoint: strings.TrimPrefix(server.URL, "http://"), Bucket: "files", Prefix: "buurt/",
		Region: "us-east-1", AccessKey: "key", SecretKey: "secret", Plain: true,
	}
	s, err := blob.NewS3(options, blobtest.Most)
	if err != nil {
		t.Fatal(err)
	}
	blobtest.Run(t, s)

	// A file of several parts.
	large, err := blob.NewS3(options, 20<<20)
	if err != nil {
		t.Fatal(err)
	}
	content := bytes.Repeat([]byte("0123456789"), 17<<20/10)
	if _, err := large.Put(t.Context(), "large", bytes.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	r, _, err := large.Get(t.Context(), "large")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, content) {
		t.Fatalf("%d bytes came back, %v", len(got), err)
	}
	r.Close() //nolint:errcheck,gosec // it was read

	server.Close()
	if _, err := s.Put(t.Context(), "x", strings.NewReader("x")); fault.KindOf(err) != fault.KindUnavailable {
		t.Fatalf("a store that is gone: %v", err)
	}
	if _, _, err := s.Get(t.Context(), "x"); fault.KindOf(err) != fault.KindUnavailable {
		t.Fatalf("a store that is gone: %v", err)
	}
	for info, err := range s.List(t.Context(), "") {
		if fault.KindOf(err) != fault.KindUnavailable {
			t.Fatalf("a store that is gone: %+v, %v", info, err)
		}
	}
}

func TestDiskKeepsNothingHalfway(t *testing.T) {
	dir := t.TempDir()
	open := func() *blob.Disk {
		s, err := blob.NewDisk(dir, 10)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() }) //nolint:errcheck // the test is over
		return s
	}
	s := open()
	if _, err := s.Put(t.Context(), "a", strings.NewReader("more than ten bytes")); fault.KindOf(err) != fault.KindTooLarge {
		t.Fatal(err)
	}
	halfway := filepath.Join(dir, ".halfway")
	if list, err := os.ReadDir(halfway); err != nil || len(list) != 0 {
		t.Fatalf("%d files left halfway, %v", len(list), err)
	}
	// After a crash.
	old, young := filepath.Join(halfway, "old"), filepath.Join(halfway, "young")
	for _, f := range []string{old, young} {
		if err := os.WriteFile(f, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	past := time.Now().Add(-2 * time.Hour)
	if err := os.Chtimes(old, past, past); err != nil {
		t.Fatal(err)
	}
	open()
	if list, err := os.ReadDir(halfway); err != nil || len(list) != 1 || list[0].Name() != "young" {
		t.Fatalf("halfway holds %v, %v", list, err)
	}
	// A link inside the folder leads nowhere else.
	secret := filepath.Join(t.TempDir(), "secret@")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(secret, filepath.Join(dir, "link@")); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Get(t.Context(), "link"); err == nil {
		t.Fatal("a link led out of the folder")
	}
}

func TestContentKey(t *testing.T) {
	a, b := blob.ContentKey([]byte("a")), blob.ContentKey([]byte("b"))
	if a == b || a != blob.ContentKey([]byte("a")) {
		t.Fatal(a, b)
	}
	s, err := blob.NewDisk(t.TempDir(), 10)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // the test is over
	if _, err := s.Put(t.Context(), a, bytes.NewReader([]byte("a"))); err != nil {
		t.Fatal(err)
	}
}
