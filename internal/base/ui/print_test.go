package ui

import (
	"strings"
	"testing"
)

// TestFoldedContentIsPrinted: on paper nobody can open it.
func TestFoldedContentIsPrinted(t *testing.T) {
	for _, theme := range Themes {
		b, err := assetFiles.ReadFile("assets/wijkbaak-" + theme + ".css")
		if err != nil {
			t.Fatal(err)
		}
		_, print, _ := strings.Cut(string(b), "@media print")
		if !strings.Contains(print, ".wb-main details::details-content") {
			t.Errorf("%s leaves folded content out", theme)
		}
	}
}
