package blob

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
)

// jpegHeader is what the markers tell.
type jpegHeader struct {
	progressive bool
	sampling    [][2]int // per component: across, down
	rgb         bool
	orientation int
}

var errJPEG = errors.New("not a JPEG that can be read")

// markersMost bounds the segments of a picture, restarts not counted.
const markersMost = 5000

// readJPEG reads the markers up to the end of the picture, for one that comes
// late may still make the decoder convert it all.
func readJPEG(r io.Reader) (jpegHeader, error) {
	h := jpegHeader{orientation: 1}
	br := bufio.NewReader(r)
	var b [4]byte
	if _, err := io.ReadFull(br, b[:2]); err != nil || b[0] != 0xff || b[1] != 0xd8 {
		return h, errJPEG
	}
	for range markersMost {
		marker, err := nextMarker(br)
		if err != nil {
			return h, err
		}
		if marker == 0xd9 { // end of the picture
			if len(h.sampling) == 0 {
				return h, errJPEG
			}
			return h, nil
		}
		if _, err := io.ReadFull(br, b[:2]); err != nil {
			return h, errJPEG
		}
		n := int(binary.BigEndian.Uint16(b[:2])) - 2
		if n < 0 {
			return h, errJPEG
		}
		switch marker {
		case 0xc0, 0xc1, 0xc2, 0xe1, 0xee:
			seg := make([]byte, n)
			if _, err := io.ReadFull(br, seg); err != nil {
				return h, errJPEG
			}
			if err := h.segment(marker, seg); err != nil {
				return h, err
			}
		default:
			if _, err := br.Discard(n); err != nil {
				return h, errJPEG
			}
		}
	}
	return h, errJPEG
}

func nextMarker(br *bufio.Reader) (byte, error) {
	// As the decoder does, skip what stands between segments: in a scan that
	// is the picture itself, with its restarts.
	var last byte
	for {
		b, err := br.ReadByte()
		if err != nil {
			return 0, errJPEG
		}
		if last == 0xff && b != 0xff && b != 0 && (b < 0xd0 || b > 0xd7) {
			return b, nil
		}
		last = b
	}
}

func (h *jpegHeader) segment(marker byte, seg []byte) error {
	switch marker {
	case 0xe1:
		if o := exifOrientation(seg); o != 0 {
			h.orientation = o
		}
	case 0xee:
		h.rgb = h.rgb || len(seg) >= 12 && string(seg[:5]) == "Adobe" && seg[11] == 0
	default:
		if len(seg) < 6 || len(seg) < 6+3*int(seg[5]) || len(h.sampling) > 0 {
			return errJPEG
		}
		h.progressive = marker == 0xc2
		var ids string
		for i := range int(seg[5]) {
			c := seg[6+3*i:]
			ids += string(c[:1])
			across, down := int(c[1]>>4), int(c[1]&15)
			if across < 1 || across > 4 || down < 1 || down > 4 {
				return errJPEG
			}
			h.sampling = append(h.sampling, [2]int{across, down})
		}
		h.rgb = h.rgb || ids == "RGB"
	}
	return nil
}

// cost is how many bytes a decoder takes for w × h pixels.
func (h jpegHeader) cost(w, height int) int64 {
	across, down := 1, 1
	for _, s := range h.sampling {
		across, down = max(across, s[0]), max(down, s[1])
	}
	// Whole units of 8 × 8 samples for each component.
	units := int64((w+8*across-1)/(8*across)) * int64((height+8*down-1)/(8*down))
	var samples int64
	for _, s := range h.sampling {
		samples += units * 64 * int64(s[0]*s[1])
	}
	cost := samples
	if h.progressive {
		cost += 4 * samples // the coefficients are kept between scans
	}
	if h.rgb || len(h.sampling) == 4 {
		cost += 4 * int64(w) * int64(height) // converted to another image
	}
	return cost
}

// exifOrientation finds the one thing of EXIF that must be known before it is
// thrown away: which way up the picture is. 0 if it does not tell.
func exifOrientation(seg []byte) int {
	const intro = "Exif\x00\x00"
	if len(seg) < len(intro)+8 || string(seg[:len(intro)]) != intro {
		return 0
	}
	t := seg[len(intro):]
	var order binary.ByteOrder = binary.BigEndian
	switch string(t[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
	default:
		return 0
	}
	at := int64(order.Uint32(t[4:]))
	if at+2 > int64(len(t)) {
		return 0
	}
	n := int64(order.Uint16(t[at:]))
	for e := at + 2; n > 0 && e+12 <= int64(len(t)); e, n = e+12, n-1 {
		if order.Uint16(t[e:]) == 0x0112 {
			if o := int(order.Uint16(t[e+8:])); o >= 1 && o <= 8 {
				return o
			}
			return 0
		}
	}
	return 0
}
