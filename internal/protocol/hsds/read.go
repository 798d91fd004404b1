package hsds

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// The bounds of a feed.
const (
	recordMost       = 2 << 20  // bytes of one service
	organisationMost = 64 << 10 // bytes of an organisation that stands with each of its services
	filesMost        = 200      // files in a zip
	unpackMost       = 1 << 30  // bytes that a zip may become
	columnsMost      = 400      // of a table
	rowMost          = 1 << 20  // bytes of a row of a table
	formatsHelp      = "neither JSON, a table (CSV) nor a zip of tables"
)

// File is one file of a feed. It is read more than once.
type File struct {
	Name string
	Data io.ReaderAt
	Size int64
	Most int64 // bytes that it may become when it is a zip; 0 for 1 GB
}

// Record is one thing of a feed: a whole service, or a row of a loose table.
type Record struct {
	Part  string // empty for a whole service; else one of Parts
	File  string
	Line  int // of a table, from 1; of JSON the number of the record, from 1
	Body  Object
	Wrong string // it could not be read, and why; the rest goes on
}

// Where names file and line.
func (r Record) Where() string { return fmt.Sprintf("%s:%d", r.File, r.Line) }

// ErrFormat tells that a file is no feed.
var ErrFormat = errors.New(formatsHelp)

// Read gives the records of files in turn. An error that yield gives ends it.
func Read(files []File, yield func(Record) error) error {
	for _, f := range files {
		if err := read(f, yield); err != nil {
			return err
		}
	}
	return nil
}

func read(f File, yield func(Record) error) error {
	head := make([]byte, 512)
	n, err := f.Data.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	head = bytes.TrimLeft(bytes.TrimPrefix(head[:n], []byte("\uFEFF")), " \t\r\n")
	open := func() (io.ReadCloser, error) { return io.NopCloser(io.NewSectionReader(f.Data, 0, f.Size)), nil }
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return readZip(f, yield)
	case len(head) > 0 && (head[0] == '{' || head[0] == '['):
		return readJSON(f.Name, open, yield)
	case len(head) == 0:
		return fmt.Errorf("%s: %w: it is empty", f.Name, ErrFormat)
	}
	part := partOf(f.Name)
	if part == "" { // a single table of services under any name
		part = "services"
	}
	return readTable(f.Name, part, open, yield)
}

func readZip(f File, yield func(Record) error) error {
	z, err := zip.NewReader(f.Data, f.Size)
	if err != nil {
		return fmt.Errorf("%s: %w: %w", f.Name, ErrFormat, err)
	}
	if len(z.File) > filesMost {
		return fmt.Errorf("%s: %d files, at most %d are taken", f.Name, len(z.File), filesMost)
	}
	most := f.Most
	if most <= 0 {
		most = unpackMost
	}
	left := uint64(most) //nolint:gosec // it is above zero
	for _, e := range z.File {
		if e.UncompressedSize64 > left {
			return fmt.Errorf("%s: it becomes larger than %d MB", f.Name, most>>20)
		}
		left -= e.UncompressedSize64
	}
	for _, e := range z.File {
		name := path.Base(e.Name)
		lower := strings.ToLower(name)
		open := func() (io.ReadCloser, error) {
			r, err := e.Open()
			if err != nil {
				return nil, err
			}
			return struct { // the size in the directory may lie
				io.Reader
				io.Closer
			}{io.LimitReader(r, most), r}, nil
		}
		switch part := partOf(name); {
		case e.FileInfo().IsDir(), strings.HasPrefix(name, "."), strings.Contains(e.Name, "__MACOSX"), lower == "datapackage.json":
		case strings.HasSuffix(lower, ".json"):
			err = readJSON(name, open, yield)
		case strings.HasSuffix(lower, ".csv") && part != "":
			err = readTable(name, part, open, yield)
		default:
			err = yield(Record{File: name, Wrong: "this file is no table of HSDS and was left out"})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// readTable reads a table as spreadsheets write it: UTF-8, UTF-16 with a mark, or
// Windows-1252; cut by a semicolon, a comma or a tab.
func readTable(name, part string, open func() (io.ReadCloser, error), yield func(Record) error) error {
	look, err := open()
	if err != nil {
		return err
	}
	wrap, sep, err := sniff(look)
	if err = errors.Join(err, look.Close()); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	src, err := open()
	if err != nil {
		return err
	}
	defer src.Close() //nolint:errcheck // it was only read
	in := &bounded{r: wrap(src)}
	c := csv.NewReader(in)
	c.Comma, c.FieldsPerRecord, c.LazyQuotes, c.ReuseRecord = sep, -1, true, true
	var columns []string
	for {
		in.left = rowMost // a quote that is not closed must not read the whole file
		cells, err := c.Read()
		if errors.Is(err, io.EOF) {
			if columns == nil {
				return fmt.Errorf("%s: %w: it has no heading", name, ErrFormat)
			}
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		line, _ := c.FieldPos(0)
		if columns == nil {
			if columns, err = heading(cells); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			continue
		}
		if !slices.ContainsFunc(cells, func(s string) bool { return strings.TrimSpace(s) != "" }) {
			continue
		}
		for len(cells) > len(columns) && cells[len(cells)-1] == "" {
			cells = cells[:len(cells)-1]
		}
		r := Record{Part: part, File: name, Line: line}
		if len(cells) != len(columns) {
			r.Wrong = fmt.Sprintf("%d cells, the heading has %d", len(cells), len(columns))
		} else {
			row := make(map[string]string, len(cells))
			for k, v := range cells {
				row[columns[k]] = strings.Clone(v)
			}
			r.Body = Row(row)
		}
		if err := yield(r); err != nil {
			return err
		}
	}
}

func heading(cells []string) ([]string, error) {
	if len(cells) > columnsMost {
		return nil, fmt.Errorf("%d columns, at most %d are taken", len(cells), columnsMost)
	}
	columns := make([]string, len(cells))
	known := false
	for k, c := range cells {
		columns[k] = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(c, "\uFEFF")))
		known = known || slices.Contains([]string{"id", "name", "service_id", "location_id", "organization_id", "link_id"}, columns[k])
	}
	if !known {
		return nil, fmt.Errorf("%w: the heading has no column that HSDS knows (%.80s)", ErrFormat, strings.Join(columns, ", "))
	}
	return columns, nil
}

// sniff tells in what letters a table is written, and what cuts it. It reads all of
// it: one letter at the end may tell that it is no UTF-8.
func sniff(r io.Reader) (func(io.Reader) io.Reader, rune, error) {
	buf := make([]byte, 64<<10)
	var first []byte
	var tail []byte
	valid, begun := true, false
	var mark []byte
	for {
		n, err := r.Read(buf)
		chunk := buf[:n]
		if !begun && n > 0 {
			begun, mark = true, bytes.Clone(chunk[:min(n, 3)])
		}
		if len(first) < 16<<10 && !bytes.Contains(first, []byte("\n")) {
			first = append(first, chunk...)
		}
		if valid && n > 0 {
			whole := append(tail, chunk...)
			cut := len(whole)
			for back := 1; back <= min(3, len(whole)); back++ { // a letter may go on in the next part
				if utf8.RuneStart(whole[len(whole)-back]) {
					if !utf8.FullRune(whole[len(whole)-back:]) {
						cut = len(whole) - back
					}
					break
				}
			}
			valid = utf8.Valid(whole[:cut])
			tail = bytes.Clone(whole[cut:])
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, 0, err
		}
	}
	valid = valid && len(tail) == 0
	wrap := func(r io.Reader) io.Reader { return r }
	if bytes.HasPrefix(mark, []byte{0xff, 0xfe}) || bytes.HasPrefix(mark, []byte{0xfe, 0xff}) {
		wrap = func(r io.Reader) io.Reader {
			return transform.NewReader(r, unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder())
		}
		first, _ = io.ReadAll(wrap(bytes.NewReader(first))) // the heading will tell if it is none
	} else if !valid {
		wrap = func(r io.Reader) io.Reader { return charmap.Windows1252.NewDecoder().Reader(r) }
	}
	line, _, _ := bytes.Cut(first, []byte("\n"))
	best, most := ';', 0
	for _, sep := range []rune{';', '\t', ','} {
		if n := bytes.Count(line, []byte(string(sep))); n > most {
			best, most = sep, n
		}
	}
	return wrap, best, nil
}

// readJSON reads services as a stream.
func readJSON(name string, open func() (io.ReadCloser, error), yield func(Record) error) error {
	src, err := open()
	if err != nil {
		return err
	}
	defer src.Close() //nolint:errcheck // it was only read
	in := &bounded{r: src, left: recordMost}
	br := bufio.NewReader(in)
	if b, err := br.Peek(3); err == nil && string(b) == "\uFEFF" {
		br.Discard(3) //nolint:errcheck,gosec // it was seen
	}
	j := jsonReader{name: name, d: json.NewDecoder(br), in: in, yield: yield}
	j.d.UseNumber()
	for {
		in.left = recordMost
		t, err := j.d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return j.broken(err)
		}
		switch t {
		case json.Delim('['):
			err = j.list("")
		case json.Delim('{'):
			err = j.object()
		default:
			err = fmt.Errorf("%w: it holds loose values", ErrFormat)
		}
		if err != nil {
			return j.broken(err)
		}
	}
}

type jsonReader struct {
	name  string
	d     *json.Decoder
	in    *bounded
	yield func(Record) error
	n     int
}

// stop is an error of who reads, not of the file.
type stop struct{ error }

func (j *jsonReader) broken(err error) error {
	if s, ok := errors.AsType[stop](err); ok {
		return s.error
	}
	if errors.Is(err, ErrFormat) {
		return fmt.Errorf("%s: %w", j.name, err)
	}
	return fmt.Errorf("%s: after record %d (byte %d) it cannot be read: %w", j.name, j.n, j.d.InputOffset(), err)
}

// list reads the objects of a list that has been opened.
func (j *jsonReader) list(part string) error {
	for j.d.More() {
		j.in.left = recordMost
		var v any
		if err := j.d.Decode(&v); err != nil {
			return err
		}
		if err := j.give(part, v); err != nil {
			return err
		}
	}
	_, err := j.d.Token()
	return err
}

// envelope are the names beside a list in a page of an API.
var envelope = []string{"total_items", "total_pages", "page_number", "size", "first_page", "last_page", "empty", "contents", "items", "@context", "version", "profile"}

// object reads an object that has been opened: one service, a page of an API, or
// loose tables side by side.
func (j *jsonReader) object() error {
	one := Object{}
	wraps := false
	for j.d.More() {
		key, err := j.d.Token()
		if err != nil {
			return err
		}
		name, _ := key.(string)
		table := slices.Contains(Parts, name)
		if !wraps && len(one) == 0 && (table || slices.Contains(envelope, name)) {
			wraps = true
		}
		j.in.left = recordMost
		if wraps && (table || name == "contents" || name == "items") {
			t, err := j.d.Token()
			if err != nil {
				return err
			}
			if t != json.Delim('[') {
				return fmt.Errorf("%w: %s is no list", ErrFormat, name)
			}
			if !table {
				name = ""
			}
			if err := j.list(name); err != nil {
				return err
			}
			continue
		}
		var v any
		if err := j.d.Decode(&v); err != nil {
			return err
		}
		if !wraps {
			one[name] = v
		}
	}
	if _, err := j.d.Token(); err != nil {
		return err
	}
	if wraps {
		return nil
	}
	return j.give("", map[string]any(one))
}

// give hands on what was read. An organisation that brings its services gives those.
func (j *jsonReader) give(part string, v any) error {
	j.n++
	r := Record{Part: part, File: j.name, Line: j.n}
	m, ok := v.(map[string]any)
	if !ok {
		r.Wrong = "this is no object"
	}
	r.Body = m
	o := Object(m)
	if services := o.List("services"); ok && (part == "" || part == "organizations") && len(services) > 0 {
		by := o.Clone()
		delete(by, "services")
		by, cut := brief(by)
		if cut {
			if err := j.yield(Record{File: j.name, Line: j.n, Wrong: wrongLarge}); err != nil {
				return stop{err}
			}
		}
		for _, s := range services {
			if s.Object("organization") == nil {
				s["organization"] = map[string]any(by)
			}
			if err := j.yield(Record{File: j.name, Line: j.n, Body: s}); err != nil {
				return stop{err}
			}
		}
		if part == "" {
			return nil
		}
	}
	if part == "services" && whole(o) {
		r.Part = "" // nothing of it stands in a table of its own
	}
	if err := j.yield(r); err != nil {
		return stop{err}
	}
	return nil
}

var (
	wrongLarge = fmt.Sprintf("the organisation is larger than %d KB: only its id, name, description, website and e-mail were taken", organisationMost>>10)
	// briefly are the texts of an organisation that are kept of one that is too large,
	// with how many letters of each.
	briefly = map[string]int{"id": 200, "name": 1000, "description": 4000, "website": 1000, "email": 300}
)

// brief bounds an organisation, which is kept once for each of its services.
func brief(o Object) (Object, bool) {
	if b, err := json.Marshal(o); err == nil && len(b) <= organisationMost {
		return o, false
	}
	small := Object{}
	for name, most := range briefly {
		text := []rune(o.Text(name))
		small.Set(name, string(text[:min(len(text), most)]))
	}
	return small, true
}

// whole tells whether a service brings along what belongs to it.
func whole(o Object) bool {
	return o.Object("organization") != nil || len(o.List("service_at_locations")) > 0
}

// bounded is a reader that gives up when one record is too long.
type bounded struct {
	r    io.Reader
	left int
}

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, fmt.Errorf("one record is longer than %d MB", rowMost>>20)
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}
