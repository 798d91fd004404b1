package initiatives

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"wijkbaak.nl/internal/base/web"
)

// The bounds of a case file.
const (
	maxFile   = 4 << 20 // bytes
	maxLine   = 8000    // bytes
	maxIndent = 60      // spaces, and brackets that are open at once
	maxRows   = 20_000  // of one list
	maxFaults = 50      // that are told of one import
)

// Fault is one thing that is wrong with a case file.
type Fault struct {
	File   string
	Line   int
	Field  string // such as initiatives[3].evidence[0].strength
	Reason string
}

// Error names file, line and field.
func (f Fault) Error() string {
	where := f.File
	if f.Line > 0 {
		where += ", line " + strconv.Itoa(f.Line)
	}
	if f.Field != "" {
		where += ", field " + f.Field
	}
	return where + ": " + f.Reason
}

// reader reads one YAML file strictly, and gathers what is wrong with it.
type reader struct {
	file   string
	faults []Fault
	notes  []Fault // repaired, but worth telling
}

func (r *reader) fail(line int, field, format string, args ...any) {
	if len(r.faults) < maxFaults {
		r.faults = append(r.faults, Fault{r.file, line, field, fmt.Sprintf(format, args...)})
	}
}

// document parses the one document of a file; the zero mapping if it is damaged.
// The parser underneath trusts its input: the size and the nesting are bounded
// before it, and it may not take the program down.
func (r *reader) document(text []byte) (doc mapping) {
	doc = mapping{r: r, values: map[string]*ast.MappingValueNode{}, seen: map[string]bool{}}
	if !r.bounded(text) {
		return doc
	}
	defer func() {
		if p := recover(); p != nil {
			r.fail(0, "", "this is not readable as YAML")
		}
	}()
	f, err := parser.ParseBytes(text, 0)
	if err != nil {
		line, reason := 0, "this is not readable as YAML"
		if e, ok := err.(yaml.Error); ok {
			reason = e.GetMessage()
			if t := e.GetToken(); t != nil {
				line = t.Position.Line
			}
		}
		r.fail(line, "", "%s", reason)
		return doc
	}
	if len(f.Docs) != 1 || f.Docs[0].Body == nil {
		r.fail(0, "", "the file must hold one YAML document")
		return doc
	}
	return r.mapping(f.Docs[0].Body, "")
}

func (r *reader) bounded(text []byte) bool {
	before := len(r.faults)
	if len(text) > maxFile {
		r.fail(0, "", "the file is larger than %d bytes", maxFile)
		return false
	}
	if !utf8.Valid(text) {
		r.fail(0, "", "the file is not UTF-8 text")
		return false
	}
	open, line := 0, 0
	for s := range strings.Lines(string(text)) {
		line++
		indent := len(s) - len(strings.TrimLeft(s, " -?:\t"))
		open += strings.Count(s, "[") + strings.Count(s, "{") - strings.Count(s, "]") - strings.Count(s, "}")
		switch {
		case len(s) > maxLine:
			r.fail(line, "", "the line is longer than %d bytes", maxLine)
		case indent > maxIndent, open > maxIndent, strings.Count(s, "[")+strings.Count(s, "{") > maxIndent:
			r.fail(line, "", "this is nested too deep")
		}
		if len(r.faults) > before {
			return false
		}
	}
	return true
}

// mapping is one YAML mapping of which every key must be asked for.
type mapping struct {
	r      *reader
	path   string
	line   int
	keys   []string
	values map[string]*ast.MappingValueNode
	seen   map[string]bool
}

func lineOf(n ast.Node) int {
	if n != nil && n.GetToken() != nil {
		return n.GetToken().Position.Line
	}
	return 0
}

func (r *reader) mapping(n ast.Node, path string) mapping {
	m := mapping{r: r, path: path, line: lineOf(n), values: map[string]*ast.MappingValueNode{}, seen: map[string]bool{}}
	var values []*ast.MappingValueNode
	flow := false
	switch n := n.(type) {
	case *ast.MappingNode:
		values, flow = n.Values, n.IsFlowStyle
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	default:
		r.fail(m.line, path, "names with values are expected here")
		return m
	}
	if len(values) > 0 {
		m.line = lineOf(values[0].Key)
	}
	last := ""
	for _, v := range values {
		key, ok := v.Key.(*ast.StringNode)
		if !ok {
			r.fail(lineOf(v.Key), path, "a name must be a plain word")
			continue
		}
		// {role: a, b} has lost a comma to YAML, which reads a name b without a
		// value. What was meant is plain, so it is put back and told.
		if flow && last != "" && v.Start.Type != token.MappingValueType {
			if s, ok := m.values[last].Value.(*ast.StringNode); ok {
				s.Value += ", " + key.Value
				note := Fault{r.file, lineOf(v.Key), m.at(last), "a comma without quotes: read as " + strconv.Quote(s.Value)}
				if n := len(r.notes) - 1; n >= 0 && r.notes[n].Field == note.Field {
					r.notes[n] = note // the same value had more commas: told once, whole
				} else {
					r.notes = append(r.notes, note)
				}
				continue
			}
		}
		m.keys = append(m.keys, key.Value)
		m.values[key.Value] = v
		last = key.Value
	}
	return m
}

func (m mapping) at(name string) string {
	if m.path == "" {
		return name
	}
	return m.path + "." + name
}

func (m mapping) fail(name, format string, args ...any) {
	line := m.line
	if v := m.values[name]; v != nil {
		line = lineOf(v.Key)
		if l := lineOf(v.Value); l > 0 && v.Value.Type() != ast.LiteralType {
			line = l
		}
	}
	m.r.fail(line, m.at(name), format, args...)
}

// done refuses the names that nobody asked for.
func (m mapping) done() {
	for _, k := range m.keys {
		if !m.seen[k] {
			m.fail(k, "this name is not known here")
		}
	}
}

func (m mapping) value(name string, required bool) (ast.Node, bool) {
	m.seen[name] = true
	v := m.values[name]
	if v == nil {
		if required {
			m.r.fail(m.line, m.at(name), "this is missing")
		}
		return nil, false
	}
	return v.Value, true
}

// text gives a text of at most most characters, as one line.
func (m mapping) text(name string, most int, required bool) string {
	n, ok := m.value(name, required)
	if !ok {
		return ""
	}
	s, ok := scalarText(n)
	if !ok {
		m.fail(name, "a text is expected here")
		return ""
	}
	return m.check(name, s, most, required)
}

func (m mapping) check(name, s string, most int, required bool) string {
	s = strings.Join(strings.Fields(web.Clean(s)), " ")
	if required && s == "" {
		m.fail(name, "this is empty")
	}
	if c := utf8.RuneCountInString(s); c > most {
		m.fail(name, "this has %d characters; %d fit", c, most)
		return ""
	}
	return s
}

func scalarText(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode: // "period: 2019"
		return n.GetToken().Value, true
	}
	return "", false
}

// one gives a text that must be one of those allowed.
func (m mapping) one(name string, allowed []string) string {
	s := m.text(name, 60, true)
	if s != "" && !slices.Contains(allowed, s) {
		m.fail(name, "%q is not one of: %s", s, strings.Join(allowed, ", "))
		return ""
	}
	return s
}

var slugForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// reserved are pages of this room that stand where a slug does.
var reserved = []string{"vergelijk", "fasen", "nieuw", "invoeren", "dubbelen"}

func (m mapping) slug(name string) string {
	s := m.text(name, 80, true)
	if s != "" && (!slugForm.MatchString(s) || slices.Contains(reserved, s)) {
		m.fail(name, "%q must be small letters, figures and hyphens", s)
		return ""
	}
	return s
}

func (m mapping) link(name string) string {
	s := m.text(name, 1000, false)
	if s == "" {
		return ""
	}
	if u, err := url.Parse(s); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
		m.fail(name, "an address begins with https:// or http://")
		return ""
	}
	return s
}

func (m mapping) bool(name string) bool {
	n, ok := m.value(name, false)
	if !ok {
		return false
	}
	b, ok := n.(*ast.BoolNode)
	if !ok {
		m.fail(name, "true or false is expected here")
		return false
	}
	return b.Value
}

// most is the largest figure that is believed.
const most = 1e12

// number gives nil when there is none.
func (m mapping) number(name string, required bool) *float64 {
	n, ok := m.value(name, required)
	if !ok {
		return nil
	}
	var v float64
	var err error
	switch n.(type) {
	case *ast.IntegerNode, *ast.FloatNode:
		v, err = strconv.ParseFloat(n.GetToken().Value, 64)
	default:
		err = strconv.ErrSyntax
	}
	if err != nil || !(v >= -most && v <= most) {
		m.fail(name, "a number is expected here")
		return nil
	}
	return &v
}

func (m mapping) whole(name string, low, high int) int {
	v := m.number(name, false)
	if v == nil {
		return 0
	}
	if *v != float64(int(*v)) || int(*v) < low || int(*v) > high {
		m.fail(name, "a whole number from %d to %d is expected here", low, high)
		return 0
	}
	return int(*v)
}

// cents gives an amount in euros as cents.
func (m mapping) cents(name string, required bool) *int64 {
	v := m.number(name, required)
	if v == nil {
		return nil
	}
	c := int64(*v*100 + 0.5)
	if *v < 0 || *v > 1e11 {
		m.fail(name, "an amount of 0 or more is expected here")
		return nil
	}
	return &c
}

func (m mapping) sequence(name string, required bool) []ast.Node {
	n, ok := m.value(name, required)
	if !ok {
		return nil
	}
	s, ok := n.(*ast.SequenceNode)
	if !ok {
		m.fail(name, "a list is expected here")
		return nil
	}
	if len(s.Values) > maxRows {
		m.fail(name, "the list has %d rows; %d fit", len(s.Values), maxRows)
		return nil
	}
	return s.Values
}

// texts gives a list of texts.
func (m mapping) texts(name string, most int, required bool) []string {
	var list []string
	for i, n := range m.sequence(name, required) {
		s, ok := scalarText(n)
		if !ok {
			m.r.fail(lineOf(n), fmt.Sprintf("%s[%d]", m.at(name), i), "a text is expected here")
			continue
		}
		if s = m.check(name, s, most, true); s != "" && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

// rows calls f for each mapping of a list, and refuses the names f did not ask for.
func (m mapping) rows(name string, required bool, f func(row mapping)) {
	for i, n := range m.sequence(name, required) {
		row := m.r.mapping(n, fmt.Sprintf("%s[%d]", m.at(name), i))
		f(row)
		row.done()
	}
}
