package decimal

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Limits bound a table that is read.
type Limits struct {
	Bytes   int64 // of the whole text
	Rows    int   // without the heading
	Columns int
}

// Row is a line of a table. Line counts from 1 and includes the heading.
type Row struct {
	Line  int
	Cells []string
}

// Table is a heading and rows; each row has as many cells as the heading.
type Table struct {
	Heading []string
	Rows    []Row
	Faults  []Fault // lines that are left out
}

// Fault is a line that could not be read.
type Fault struct {
	Line   int
	Reason string
}

// ErrSize tells that a table is larger than its limits.
var ErrSize = errors.New("the table is too large")

// ErrText tells that the bytes are no text.
var ErrText = errors.New("this is no table of text")

// CSV reads a table as spreadsheets write it: UTF-8 with or without a byte order
// mark, UTF-16 with one, or Windows-1252; cut by a semicolon, a comma or a tab;
// with or without the first line "sep=;". The first line is the heading. A line
// with another number of cells is left out and stands in Faults.
func CSV(r io.Reader, l Limits) (Table, error) {
	raw, err := io.ReadAll(io.LimitReader(r, l.Bytes+1))
	if err != nil {
		return Table{}, err
	}
	if int64(len(raw)) > l.Bytes {
		return Table{}, ErrSize
	}
	text, err := decode(raw)
	if err != nil {
		return Table{}, err
	}
	skipped := 0
	cut := byte(0)
	if rest, ok := strings.CutPrefix(text, "sep="); ok && len(rest) > 1 && strings.ContainsRune(";,\t", rune(rest[0])) {
		cut = rest[0]
		_, text, _ = strings.Cut(text, "\n")
		skipped = 1
	}
	if cut == 0 {
		cut = separator(text)
	}
	c := csv.NewReader(strings.NewReader(text))
	c.Comma, c.FieldsPerRecord, c.LazyQuotes = rune(cut), -1, true
	var t Table
	for {
		cells, err := c.Read()
		if errors.Is(err, io.EOF) {
			return t, nil
		}
		if err != nil {
			return t, fmt.Errorf("%w: %w", ErrText, err)
		}
		line, _ := c.FieldPos(0)
		for k := range cells {
			cells[k] = strings.TrimSpace(cells[k])
		}
		if !slices.ContainsFunc(cells, func(s string) bool { return s != "" }) {
			continue
		}
		switch {
		case t.Heading == nil:
			for len(cells) > 0 && cells[len(cells)-1] == "" {
				cells = cells[:len(cells)-1]
			}
			if len(cells) > l.Columns {
				return t, ErrSize
			}
			t.Heading = cells
			continue
		case len(t.Rows)+len(t.Faults) >= l.Rows:
			return t, ErrSize
		}
		for len(cells) > len(t.Heading) && cells[len(cells)-1] == "" {
			cells = cells[:len(cells)-1]
		}
		if len(cells) != len(t.Heading) {
			t.Faults = append(t.Faults, Fault{line + skipped, fmt.Sprintf("%d cells, the heading has %d", len(cells), len(t.Heading))})
			continue
		}
		t.Rows = append(t.Rows, Row{line + skipped, cells})
	}
}

// separator is the sign that cuts the first line most often; a semicolon, as in
// Dutch spreadsheets, where none does.
func separator(text string) byte {
	line, _, _ := strings.Cut(text, "\n")
	best, most := byte(';'), 0
	for _, b := range []byte{';', '\t', ','} {
		if n := strings.Count(line, string(b)); n > most {
			best, most = b, n
		}
	}
	return best
}

// decode gives the text of bytes.
func decode(raw []byte) (string, error) {
	switch {
	case bytes.HasPrefix(raw, []byte{0xef, 0xbb, 0xbf}):
		raw = raw[3:]
	case bytes.HasPrefix(raw, []byte{0xff, 0xfe}), bytes.HasPrefix(raw, []byte{0xfe, 0xff}):
		if len(raw)%2 != 0 {
			return "", ErrText
		}
		units := make([]uint16, 0, len(raw)/2-1)
		for k := 2; k < len(raw); k += 2 {
			if raw[0] == 0xff {
				units = append(units, uint16(raw[k])|uint16(raw[k+1])<<8)
			} else {
				units = append(units, uint16(raw[k+1])|uint16(raw[k])<<8)
			}
		}
		raw = []byte(string(utf16.Decode(units)))
	}
	if bytes.IndexByte(raw, 0) >= 0 {
		return "", ErrText
	}
	if utf8.Valid(raw) {
		return string(raw), nil
	}
	return windows1252(raw), nil
}

// windows1252 reads the letters of older spreadsheets, in which each byte is one.
func windows1252(raw []byte) string {
	const high = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ"
	letters := []rune(high)
	var b strings.Builder
	for _, c := range raw {
		if c >= 0x80 && c < 0xa0 {
			b.WriteRune(letters[c-0x80])
		} else {
			b.WriteRune(rune(c))
		}
	}
	return b.String()
}

// Cell keeps a spreadsheet from taking a text for a formula: one that begins as a
// formula does gets an apostrophe in front.
func Cell(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
