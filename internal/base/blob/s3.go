package blob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"wijkbaak.nl/internal/base/fault"
)

// partSize is what one upload holds in memory.
const partSize = 16 << 20

// S3Options say where the object store is.
type S3Options struct {
	Endpoint  string // host:port
	Bucket    string // it must exist
	Prefix    string // in front of every key, such as "wijkbaak/"
	Region    string
	AccessKey string
	SecretKey string
	Plain     bool // without TLS: for a store on the same machine
}

// S3 keeps files in an object store.
type S3 struct {
	client         *minio.Client
	bucket, prefix string
	most           int64
}

// NewS3 makes a store; it does not connect yet. No file may be larger than
// most bytes.
func NewS3(o S3Options, most int64) (*S3, error) {
	transport := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		TLSHandshakeTimeout:   5 * time.Second,
		ResponseHeaderTimeout: 20 * time.Second,
		IdleConnTimeout:       time.Minute,
		MaxIdleConnsPerHost:   16,
	}
	c, err := minio.New(o.Endpoint, &minio.Options{
		Creds:  credentials.NewStaticV4(o.AccessKey, o.SecretKey, ""),
		Secure: !o.Plain, Region: o.Region, Transport: transport, MaxRetries: 3,
	})
	if err != nil {
		return nil, fmt.Errorf("object store: %w", err)
	}
	return &S3{client: c, bucket: o.Bucket, prefix: o.Prefix, most: most}, nil
}

// Put uploads; an object is there whole or not at all.
func (s *S3) Put(ctx context.Context, key string, r io.Reader) (Info, error) {
	if err := checkKey(key); err != nil {
		return Info{}, err
	}
	b := &bounded{ctx: ctx, r: r, left: s.most, most: s.most}
	// Most files fit one request; only a larger one goes up in parts.
	var first bytes.Buffer
	size, err := first.ReadFrom(io.LimitReader(b, partSize))
	if err == nil {
		var all io.Reader = bytes.NewReader(first.Bytes())
		if size == partSize {
			all, size = io.MultiReader(all, b), -1
		}
		_, err = s.client.PutObject(ctx, s.bucket, s.prefix+key, all, size, minio.PutObjectOptions{
			ContentType: "application/octet-stream", PartSize: partSize,
			// A checksum in place of a signature of each chunk, which not
			// every store understands.
			DisableContentSha256: true, SendContentMd5: true,
		})
	}
	if b.err != nil && !errors.Is(b.err, io.EOF) {
		err = b.err // its own reason, not what the client made of it
	}
	if err != nil {
		return Info{}, s3Fault(err)
	}
	return Info{Key: key, Size: b.size(), Type: Type(b.head), At: time.Now().UTC()}, nil
}

// Get opens the object.
func (s *S3) Get(ctx context.Context, key string) (io.ReadCloser, Info, error) {
	if checkKey(key) != nil {
		return nil, Info{}, fault.NotFound()
	}
	// One request, so that size and content are of one version.
	o, st, _, err := minio.Core{Client: s.client}.GetObject(ctx, s.bucket, s.prefix+key, minio.GetObjectOptions{})
	if err != nil {
		return nil, Info{}, s3Fault(err)
	}
	return opened(o, Info{Key: key, Size: st.Size, At: st.LastModified.UTC()})
}

// Delete removes the object.
func (s *S3) Delete(ctx context.Context, key string) error {
	if checkKey(key) != nil {
		return nil
	}
	err := s3Fault(s.client.RemoveObject(ctx, s.bucket, s.prefix+key, minio.RemoveObjectOptions{}))
	if fault.KindOf(err) == fault.KindNotFound {
		return nil
	}
	return err
}

// List asks the store.
func (s *S3) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		ctx, cancel := context.WithCancel(ctx) // ends the listing when the reader has enough
		defer cancel()
		for o := range s.client.ListObjects(ctx, s.bucket, minio.ListObjectsOptions{Prefix: s.prefix + prefix, Recursive: true}) {
			if o.Err != nil {
				yield(Info{}, s3Fault(o.Err))
				return
			}
			if !yield(Info{Key: strings.TrimPrefix(o.Key, s.prefix), Size: o.Size, At: o.LastModified.UTC()}, nil) {
				return
			}
		}
	}
}

func s3Fault(err error) error {
	if err == nil || fault.KindOf(err) != fault.KindInternal || errors.Is(err, context.Canceled) {
		return err
	}
	if r, ok := errors.AsType[minio.ErrorResponse](err); ok && r.Code == minio.NoSuchKey {
		return fault.NotFound()
	}
	return fault.Unavailable("blob.error.unavailable", err)
}
