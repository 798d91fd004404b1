package blob

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/fault"
)

// memoryMost is the promise: a picture takes no more than 64 MB.
const memoryMost = 64 << 20

// corner is a w × h picture, red in the left top quarter and blue elsewhere.
func corner(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{0, 0, 255, 255}
			if x < w/2 && y < h/2 {
				c = color.RGBA{255, 0, 0, 255}
			}
			m.SetRGBA(x, y, c)
		}
	}
	return m
}

func encode(t testing.TB, kind string, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	var err error
	switch kind {
	case "jpeg":
		err = jpeg.Encode(&b, m, &jpeg.Options{Quality: 90})
	case "png":
		err = png.Encode(&b, m)
	case "gif":
		err = gif.Encode(&b, m, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withEXIF puts an EXIF segment with a place and an orientation in a JPEG.
func withEXIF(jpg []byte, orientation int, order binary.ByteOrder) []byte {
	mark := "MM\x00*"
	if order == binary.LittleEndian {
		mark = "II*\x00"
	}
	t := append([]byte(mark), make([]byte, 4+2+12+4)...)
	order.PutUint32(t[4:], 8)
	order.PutUint16(t[8:], 1)
	order.PutUint16(t[10:], 0x0112)
	order.PutUint16(t[12:], 3)
	order.PutUint32(t[14:], 1)
	order.PutUint16(t[18:], uint16(orientation)) //nolint:gosec // 1 to 9
	seg := append([]byte("Exif\x00\x00"), t...)
	seg = append(seg, "GPS 52.0907 N 5.1214 E"...)
	out := append([]byte{0xff, 0xd8, 0xff, 0xe1}, binary.BigEndian.AppendUint16(nil, uint16(len(seg)+2))...) //nolint:gosec // short
	out = append(out, seg...)
	return append(out, jpg[2:]...)
}

const (
	lossyWebP    = "UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA"
	losslessWebP = "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=="
)

func unbase64(t testing.TB, s string) []byte {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func isRed(c color.Color) bool { r, _, b, _ := c.RGBA(); return r > 0xa000 && b < 0x6000 }

func TestImage(t *testing.T) {
	m := corner(400, 200)
	for _, c := range []struct {
		name       string
		in         []byte
		side, w, h int
		kind       string
	}{
		{"jpeg", encode(t, "jpeg", m), 100, 100, 50, "image/jpeg"},
		{"png", encode(t, "png", m), 100, 100, 50, "image/png"},
		{"gif", encode(t, "gif", m), 100, 100, 50, "image/png"},
		{"not enlarged", encode(t, "png", m), 1000, 400, 200, "image/png"},
		{"a line", encode(t, "png", image.NewGray(image.Rect(0, 0, 3000, 1))), 100, 100, 1, "image/png"},
		{"no side", encode(t, "jpeg", m), 0, 1, 1, "image/jpeg"},
		{"lossy webp", unbase64(t, lossyWebP), 100, 1, 1, "image/jpeg"},
		{"lossless webp", unbase64(t, losslessWebP), 100, 1, 1, "image/png"},
		{"grey jpeg", encode(t, "jpeg", image.NewGray(image.Rect(0, 0, 9, 9))), 100, 9, 9, "image/jpeg"},
	} {
		p, err := Image(t.Context(), bytes.NewReader(c.in), c.side)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		out, kind, err := image.Decode(bytes.NewReader(p.Data))
		if err != nil || "image/"+kind != c.kind || p.Type != c.kind || p.Width != c.w || p.Height != c.h || out.Bounds().Dx() != c.w || out.Bounds().Dy() != c.h {
			t.Errorf("%s: %s %d × %d, %v", c.name, p.Type, p.Width, p.Height, err)
			continue
		}
		if c.w == 100 && c.h == 50 && (!isRed(out.At(20, 10)) || isRed(out.At(80, 10)) || isRed(out.At(20, 40))) {
			t.Errorf("%s: the picture is not what it was", c.name)
		}
	}
}

func TestImageForgetsAndTurns(t *testing.T) {
	plain := encode(t, "jpeg", corner(160, 80))
	// Where the red quarter goes, seen from the middle: right, down.
	want := map[int][2]bool{1: {false, false}, 2: {true, false}, 3: {true, true}, 4: {false, true}, 5: {false, false}, 6: {true, false}, 7: {true, true}, 8: {false, true}, 9: {false, false}}
	for orientation, at := range want {
		for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
			p, err := Image(t.Context(), bytes.NewReader(withEXIF(plain, orientation, order)), 160)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(p.Data, []byte("GPS")) || bytes.Contains(p.Data, []byte("Exif")) {
				t.Fatal("the place where it was taken is still in it")
			}
			out, err := jpeg.Decode(bytes.NewReader(p.Data))
			if err != nil {
				t.Fatal(err)
			}
			lying := orientation >= 5 && orientation <= 8
			if (p.Width < p.Height) != lying {
				t.Errorf("orientation %d: %d × %d", orientation, p.Width, p.Height)
			}
			for _, right := range []bool{false, true} {
				for _, down := range []bool{false, true} {
					x, y := p.Width/4, p.Height/4
					if right {
						x *= 3
					}
					if down {
						y *= 3
					}
					if isRed(out.At(x, y)) != (at == [2]bool{right, down}) {
						t.Errorf("orientation %d is turned the wrong way", orientation)
					}
				}
			}
		}
	}
}

// measured runs f and tells what it allocated in all: more than it ever held.
func measured(f func()) (bytes uint64, took time.Duration) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	f()
	took = time.Since(start)
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc, took
}

// pngBomb says that it is w × h and holds next to nothing.
func pngBomb(w, h uint32, depth, kind byte) []byte {
	b := []byte("\x89PNG\r\n\x1a\n")
	head := binary.BigEndian.AppendUint32([]byte("IHDR"), w)
	head = append(binary.BigEndian.AppendUint32(head, h), depth, kind, 0, 0, 0)
	b = append(binary.BigEndian.AppendUint32(b, 13), head...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(head))
}

// patched changes the size, and the kind of frame, that a JPEG says it has.
func patched(t testing.TB, jpg []byte, w, h int, marker byte) []byte {
	t.Helper()
	b := bytes.Clone(jpg)
	at := bytes.Index(b, []byte{0xff, 0xc0})
	if at < 0 {
		t.Fatal("no frame")
	}
	b[at+1] = marker
	binary.BigEndian.PutUint16(b[at+5:], uint16(h)) //nolint:gosec // fits
	binary.BigEndian.PutUint16(b[at+7:], uint16(w)) //nolint:gosec // fits
	return b
}

func TestImageRefuses(t *testing.T) {
	jpg := encode(t, "jpeg", corner(64, 64))
	ycc := image.NewYCbCr(image.Rect(0, 0, 3000, 2800), image.YCbCrSubsampleRatio420)
	lateRGB := encode(t, "jpeg", ycc)
	lateRGB = append(lateRGB[:len(lateRGB)-2], "\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00\xff\xd9"...)
	gifBomb := encode(t, "gif", corner(8, 8))
	binary.LittleEndian.PutUint16(gifBomb[6:], 65535)
	binary.LittleEndian.PutUint16(gifBomb[8:], 65535)
	for name, c := range map[string]struct {
		in   []byte
		kind fault.Kind
		key  string
	}{
		"nothing":               {nil, fault.KindInvalid, "blob.image.type"},
		"text":                  {[]byte("Dag"), fault.KindInvalid, "blob.image.type"},
		"svg":                   {[]byte("<svg xmlns='http://www.w3.org/2000/svg'/>"), fault.KindInvalid, "blob.image.type"},
		"bmp":                   {[]byte("BM" + strings.Repeat("\x00", 60)), fault.KindInvalid, "blob.image.type"},
		"half a jpeg":           {jpg[:len(jpg)/2], fault.KindInvalid, "blob.image.broken"},
		"no scan":               {jpg[:20], fault.KindInvalid, "blob.image.broken"},
		"png bomb":              {pngBomb(20_000, 20_000, 8, 6), fault.KindTooLarge, ""},
		"wide png":              {pngBomb(1<<31-1, 1, 1, 0), fault.KindInvalid, "blob.image.broken"},
		"long png":              {pngBomb(30_000, 10, 8, 0), fault.KindTooLarge, ""},
		"deep png":              {pngBomb(3_000, 3_000, 16, 6), fault.KindTooLarge, ""},
		"gif bomb":              {gifBomb, fault.KindTooLarge, ""},
		"jpeg bomb":             {patched(t, jpg, 65_000, 65_000, 0xc0), fault.KindTooLarge, ""},
		"progressive and large": {patched(t, jpg, 4_000, 3_000, 0xc2), fault.KindTooLarge, ""},
		"colours told late":     {lateRGB, fault.KindTooLarge, ""},
		"a large file":          {append(bytes.Clone(jpg), make([]byte, fileMost)...), fault.KindTooLarge, ""},
	} {
		var err error
		allocated, took := measured(func() { _, err = Image(t.Context(), bytes.NewReader(c.in), 1600) })
		if fault.KindOf(err) != c.kind || c.key != "" && fault.FieldsOf(err)[0].Key != c.key {
			t.Errorf("%s: %v", name, err)
		}
		if allocated > 2<<20 || took > 2*time.Second {
			t.Errorf("%s took %d bytes and %v to refuse", name, allocated, took)
		}
	}
}

func TestImageStaysWithinItsMemory(t *testing.T) {
	noise := image.NewYCbCr(image.Rect(0, 0, 5600, 4200), image.YCbCrSubsampleRatio420) // 23.5 megapixels
	row := make([]byte, 2*5600)
	rand.NewChaCha8([32]byte{1}).Read(row) //nolint:errcheck,gosec // never fails
	for y := range 4200 {
		line := noise.Y[y*noise.YStride:][:5600]
		copy(line, row[y:]) // other noise in each row
		for x := range line[:5600/8] {
			line[x*8] = 0
		}
	}
	deep := image.NewNRGBA64(image.Rect(0, 0, 2700, 2000))
	flat := image.NewNRGBA(image.Rect(0, 0, 3800, 3000))
	for name, in := range map[string][]byte{
		"phone jpeg":  encode(t, "jpeg", noise),
		"png":         encode(t, "png", flat),
		"16 bit png":  encode(t, "png", deep),
		"progressive": nil,
	} {
		if in == nil {
			// The coefficients are taken before the first wrong byte is seen.
			in = patched(t, encode(t, "jpeg", corner(64, 64)), 2_400, 2_300, 0xc2)
			in[bytes.Index(in, []byte{0xff, 0xda})+12] = 0 // a first scan of a progressive picture
		}
		var err error
		allocated, took := measured(func() { _, err = Image(t.Context(), bytes.NewReader(in), sideMost) })
		if err != nil && name != "progressive" {
			t.Errorf("%s of %d bytes: %v", name, len(in), err)
		}
		if allocated > memoryMost {
			t.Errorf("%s took %d MB", name, allocated>>20)
		}
		t.Logf("%s: %d kB in, %d MB allocated, %v", name, len(in)>>10, allocated>>20, took)
	}
}

func FuzzImage(f *testing.F) {
	m := corner(24, 16)
	for _, kind := range []string{"jpeg", "png", "gif"} {
		f.Add(encode(f, kind, m))
	}
	jpg := encode(f, "jpeg", m)
	f.Add(withEXIF(jpg, 6, binary.LittleEndian))
	f.Add(patched(f, jpg, 2_000, 2_000, 0xc2))
	f.Add(pngBomb(2_000, 2_000, 16, 6))
	f.Add(unbase64(f, lossyWebP))
	f.Add(unbase64(f, losslessWebP))
	f.Fuzz(func(t *testing.T, in []byte) {
		var p Picture
		var err error
		allocated, took := measured(func() { p, err = Image(t.Context(), bytes.NewReader(in), 64) })
		if allocated > memoryMost {
			t.Fatalf("%d MB", allocated>>20)
		}
		if took > 5*time.Second {
			t.Fatalf("%v", took)
		}
		if err != nil {
			if k := fault.KindOf(err); k != fault.KindInvalid && k != fault.KindTooLarge {
				t.Fatalf("an error that cannot be shown: %v", err)
			}
			return
		}
		c, kind, err := image.DecodeConfig(bytes.NewReader(p.Data))
		if err != nil || c.Width != p.Width || c.Height != p.Height || max(c.Width, c.Height) > 64 || "image/"+kind != p.Type {
			t.Fatalf("%+v, %v", c, err)
		}
	})
}
