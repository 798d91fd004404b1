package blob

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"

	"golang.org/x/image/webp"

	"wijkbaak.nl/internal/base/fault"
)

const (
	// decodeMost bounds what a decoder may take. With a result of
	// sideMost × sideMost pixels it stays below 64 MB.
	decodeMost = 44 << 20
	sideMost   = 2000   // of the result
	longMost   = 20_000 // of what comes in
	fileMost   = 20 << 20
	quality    = 82
)

// Picture is a picture made anew.
type Picture struct {
	Data          []byte
	Type          string // image/jpeg or image/png
	Width, Height int
}

// one lets one picture be decoded at a time: the bound of memory is for the
// program, not for each visitor.
var one = make(chan struct{}, 1)

// Image reads a JPEG, PNG, GIF (its first frame) or WebP and makes it anew, at
// most side pixels wide and high, turned the way it was taken and without
// anything else that the file held. What would take too much memory is refused
// before it is decoded. An error is a fault that can be shown.
func Image(ctx context.Context, r io.ReadSeeker, side int) (Picture, error) {
	side = min(max(side, 1), sideMost)
	select {
	case one <- struct{}{}:
		defer func() { <-one }()
	case <-ctx.Done():
		return Picture{}, ctx.Err()
	}
	h, err := look(r)
	if err != nil {
		return Picture{}, err
	}
	if h.cost > decodeMost || max(h.width, h.height) > longMost {
		return Picture{}, fault.TooLarge("blob.image.toolarge")
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return Picture{}, err
	}
	m, err := h.format.decode(r)
	if err != nil || m.Bounds().Empty() {
		return Picture{}, broken()
	}
	small := shrink(m, side, h.orientation)
	var out bytes.Buffer
	p := Picture{Type: "image/png", Width: small.Rect.Dx(), Height: small.Rect.Dy()}
	if h.photo(m) {
		p.Type = "image/jpeg"
		err = jpeg.Encode(&out, small, &jpeg.Options{Quality: quality})
	} else {
		err = png.Encode(&out, small)
	}
	p.Data = out.Bytes()
	return p, err
}

func broken() error { return fault.Invalid(fault.Field{Name: "file", Key: "blob.image.broken"}) }

type format struct {
	decode func(io.Reader) (image.Image, error)
	config func(io.Reader) (image.Config, error)
}

// formats are named one by one, so that a decoder that another package
// registers does not open this door to a format that nobody looked at.
var formats = map[string]format{
	"image/jpeg": {jpeg.Decode, jpeg.DecodeConfig},
	"image/png":  {png.Decode, png.DecodeConfig},
	"image/gif":  {gif.Decode, gif.DecodeConfig},
	"image/webp": {webp.Decode, webp.DecodeConfig},
}

// header is what is known before decoding.
type header struct {
	format        format
	kind          string
	width, height int
	cost          int64 // bytes that decoding takes, at most
	orientation   int   // as in EXIF, 1 to 8
}

func look(r io.ReadSeeker) (header, error) {
	size, err := r.Seek(0, io.SeekEnd)
	if err != nil {
		return header{}, err
	}
	if size > fileMost {
		return header{}, fault.TooLarge("blob.error.toolarge", "most", int64(fileMost>>20))
	}
	head := make([]byte, sniffed)
	if err := fromStart(r, func() error {
		n, err := io.ReadFull(r, head)
		head = head[:n]
		return err
	}); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return header{}, err
	}
	h := header{kind: http.DetectContentType(head), orientation: 1}
	var ok bool
	if h.format, ok = formats[h.kind]; !ok {
		return header{}, fault.Invalid(fault.Field{Name: "file", Key: "blob.image.type"})
	}
	var c image.Config
	if err := fromStart(r, func() (err error) { c, err = h.format.config(r); return err }); err != nil {
		return header{}, broken()
	}
	h.width, h.height = c.Width, c.Height
	if c.Width < 1 || c.Height < 1 || c.Width > 1<<30 || c.Height > 1<<30 {
		return header{}, broken()
	}
	pixels := int64(c.Width) * int64(c.Height)
	switch h.kind {
	case "image/jpeg":
		var j jpegHeader
		if err := fromStart(r, func() (err error) { j, err = readJPEG(r); return err }); err != nil {
			return header{}, broken()
		}
		h.cost, h.orientation = j.cost(c.Width, c.Height), j.orientation
	case "image/png":
		h.cost = pixels * pngBytes(c.ColorModel)
		if len(head) > 28 && head[28] != 0 {
			h.cost *= 2 // interlaced: the passes are images too
		}
	case "image/gif":
		h.cost = 2 * pixels
	case "image/webp":
		h.cost = 2*pixels + size
		if len(head) > 16 && string(head[12:16]) != "VP8 " {
			h.cost = 9*pixels + size // lossless, or with a lossless alpha
		}
	}
	return h, nil
}

func fromStart(r io.ReadSeeker, f func() error) error {
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return f()
}

func pngBytes(m color.Model) int64 {
	switch m {
	case color.NRGBA64Model, color.RGBA64Model:
		return 8
	}
	return 4
}

// photo tells whether JPEG suits the picture.
func (h header) photo(m image.Image) bool {
	_, lossy := m.(*image.YCbCr)
	return lossy || h.kind == "image/jpeg"
}

// shrink makes m fit side × side by averaging, and turns it. It looks at a few
// rows at a time, so that it takes little memory beside m.
func shrink(m image.Image, side, orientation int) *image.RGBA {
	b := m.Bounds()
	sw, sh := b.Dx(), b.Dy()
	dw, dh := sw, sh
	if long := max(sw, sh); long > side {
		dw, dh = max(1, sw*side/long), max(1, sh*side/long)
	}
	size := image.Rect(0, 0, dw, dh)
	if orientation >= 5 {
		size = image.Rect(0, 0, dh, dw)
	}
	out := image.NewRGBA(size)
	strip := image.NewRGBA(image.Rect(0, 0, sw, (sh+dh-1)/dh+1))
	for y := range dh {
		top, bottom := y*sh/dh, (y+1)*sh/dh
		rows := image.Rect(0, 0, sw, bottom-top)
		draw.Draw(strip, rows, m, image.Pt(b.Min.X, b.Min.Y+top), draw.Src)
		for x := range dw {
			left, right := x*sw/dw, (x+1)*sw/dw
			var sum [4]int
			for v := range rows.Dy() {
				line := strip.Pix[v*strip.Stride+4*left : v*strip.Stride+4*right]
				for i := 0; i < len(line); i += 4 {
					sum[0] += int(line[i])
					sum[1] += int(line[i+1])
					sum[2] += int(line[i+2])
					sum[3] += int(line[i+3])
				}
			}
			n := rows.Dy() * (right - left)
			at := out.PixOffset(turn(x, y, dw, dh, orientation))
			for i, s := range sum {
				out.Pix[at+i] = byte((s + n/2) / n) //nolint:gosec // an average of bytes
			}
		}
	}
	return out
}

// turn tells where a point goes that a camera kept at x, y.
func turn(x, y, w, h, orientation int) (int, int) {
	switch orientation {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return h - 1 - y, x
	case 7:
		return h - 1 - y, w - 1 - x
	case 8:
		return y, w - 1 - x
	}
	return x, y
}
