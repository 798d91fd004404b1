// Package qr draws a QR code as a small SVG for a page or a print: no image
// file, no script, no inline style. It is always dark on light, in dark mode
// too, because readers of QR codes want that.
package qr

import (
	"fmt"
	"html"
	"image/color"
	"strings"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
)

// Quiet is the light edge in modules that a reader needs (ISO/IEC 18004).
const Quiet = 4

// MaxContent is the longest content, in bytes. It keeps the modules large
// enough to read from paper.
const MaxContent = 400

// SVG draws content. Title is what a screen reader says.
func SVG(content, title string) (string, error) {
	if content == "" || len(content) > MaxContent {
		return "", fmt.Errorf("qr: content of %d bytes, 1 to %d are drawn", len(content), MaxContent)
	}
	code, err := qr.Encode(content, qr.M, qr.Auto)
	if err != nil {
		return "", fmt.Errorf("qr: %w", err)
	}
	n := code.Bounds().Dx()
	side := n + 2*Quiet
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" class="qr" role="img" viewBox="0 0 %d %d" shape-rendering="crispEdges"><title>%s</title><path fill="#fff" d="M0 0h%dv%dH0z"/><path fill="#000" d="`,
		side, side, html.EscapeString(title), side, side)
	for y := range n {
		for x := 0; x < n; x++ {
			start := x
			for x < n && dark(code, x, y) {
				x++
			}
			if x > start {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", start+Quiet, y+Quiet, x-start, x-start)
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return b.String(), nil
}

func dark(code barcode.Barcode, x, y int) bool {
	return color.GrayModel.Convert(code.At(x, y)).(color.Gray).Y < 128
}
