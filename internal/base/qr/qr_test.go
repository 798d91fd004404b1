package qr

import (
	"encoding/xml"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/boombuler/barcode/qr"
)

var (
	box = regexp.MustCompile(`viewBox="0 0 (\d+) (\d+)"`)
	run = regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-(\d+)z`)
)

// matrix reads the modules back from the drawing.
func matrix(t *testing.T, svg string) [][]bool {
	t.Helper()
	m := box.FindStringSubmatch(svg)
	if m == nil || m[1] != m[2] {
		t.Fatalf("no square viewBox: %s", svg)
	}
	side, _ := strconv.Atoi(m[1])
	out := make([][]bool, side)
	for i := range out {
		out[i] = make([]bool, side)
	}
	for _, r := range run.FindAllStringSubmatch(svg, -1) {
		x, _ := strconv.Atoi(r[1])
		y, _ := strconv.Atoi(r[2])
		w, _ := strconv.Atoi(r[3])
		if r[3] != r[4] {
			t.Fatalf("a run that does not close: %v", r)
		}
		for i := range w {
			out[y][x+i] = true
		}
	}
	return out
}

func TestMatrix(t *testing.T) {
	for _, content := range []string{"x", "https://voorbeeld.nl/v/terug", "tafel-vogel-brug-" + strings.Repeat("kaars-", 12), strings.Repeat("é", MaxContent/2)} {
		svg, err := SVG(content, "QR-code")
		if err != nil {
			t.Fatal(err)
		}
		got := matrix(t, svg)
		want, err := qr.Encode(content, qr.M, qr.Auto)
		if err != nil {
			t.Fatal(err)
		}
		n := want.Bounds().Dx()
		if len(got) != n+2*Quiet {
			t.Fatalf("side %d for %d modules", len(got), n)
		}
		for y := range got {
			for x := range got {
				inside := x >= Quiet && y >= Quiet && x < n+Quiet && y < n+Quiet
				if expect := inside && fmt.Sprint(want.At(x-Quiet, y-Quiet)) == "{0}"; got[y][x] != expect {
					t.Fatalf("%.20q: module %d,%d is %v", content, x, y, got[y][x])
				}
			}
		}
		// The corner that every reader looks for: a ring of seven around a ring of light.
		if !got[Quiet][Quiet] || !got[Quiet+6][Quiet+6] || got[Quiet+1][Quiet+1] || !got[Quiet+3][Quiet+3] {
			t.Error("no finder pattern")
		}
	}
}

func TestSafe(t *testing.T) {
	svg, err := SVG("https://voorbeeld.nl/?a=1&b=2", `Code <van> "u" & mij`)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Title string `xml:"title"`
		Role  string `xml:"role,attr"`
	}
	if err := xml.Unmarshal([]byte(svg), &doc); err != nil || doc.Title != `Code <van> "u" & mij` || doc.Role != "img" {
		t.Errorf("%v %+v", err, doc)
	}
	if strings.Contains(svg, "style=") || strings.Contains(svg, "<script") || len(svg) > 12_000 {
		t.Errorf("not small and plain: %d bytes", len(svg))
	}
}

func TestRefuses(t *testing.T) {
	for _, content := range []string{"", strings.Repeat("a", MaxContent+1)} {
		if _, err := SVG(content, "t"); err == nil {
			t.Errorf("%d bytes were drawn", len(content))
		}
	}
}
