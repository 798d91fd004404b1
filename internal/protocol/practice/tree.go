package practice

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// absent stands where one side has nothing.
type absent struct{}

// parse reads one JSON value; a key that is there twice, or one that goes deeper
// than anybody writes, is refused.
func parse(data []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	v, err := parseValue(d, 0)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is more behind the value")
	}
	return v, nil
}

func parseValue(d *json.Decoder, deep int) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	mark, ok := t.(json.Delim)
	if !ok {
		return t, nil
	}
	if deep++; deep > jsonDeep {
		return nil, fmt.Errorf("deeper than %d levels", jsonDeep)
	}
	switch mark {
	case '{':
		m := map[string]any{}
		for d.More() {
			t, err := d.Token()
			if err != nil {
				return nil, err
			}
			key, _ := t.(string) // a key is a text, says the decoder
			if _, twice := m[key]; twice {
				return nil, fmt.Errorf("the key %q is there twice", clip(key))
			}
			if m[key], err = parseValue(d, deep); err != nil {
				return nil, err
			}
		}
		_, err = d.Token()
		return m, err
	case '[':
		list := []any{}
		for d.More() {
			v, err := parseValue(d, deep)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err = d.Token()
		return list, err
	}
	return nil, errors.New("a bracket that closes nothing")
}

func write(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// show writes a value for a person to compare; "" where there is nothing.
func show(v any) string {
	switch v := v.(type) {
	case absent:
		return ""
	case string:
		return v
	}
	b, err := write(v)
	if err != nil {
		return ""
	}
	return string(b)
}

var (
	escape  = strings.NewReplacer("~", "~0", "/", "~1")
	idNames = []string{"id", "code", "slug", "key", "linkId", "url"}
)

// keyed gives the elements of a list by what identifies them: the first of
// idNames that each of them has, as a text, and no two the same.
func keyed(lists ...any) (name string, ok bool) {
	for _, name := range idNames {
		fits := true
		for _, l := range lists {
			list, isList := l.([]any)
			if _, none := l.(absent); none || l == nil {
				continue
			}
			seen := map[string]bool{}
			fits = fits && isList
			for _, e := range list {
				m, _ := e.(map[string]any)
				id, isText := m[name].(string)
				fits = fits && isText && id != "" && !seen[id]
				seen[id] = true
			}
		}
		if fits {
			return name, true
		}
	}
	return "", false
}

func byID(l any, name string) (ids []string, m map[string]any) {
	list, _ := l.([]any)
	m = map[string]any{}
	for _, e := range list {
		element, _ := e.(map[string]any)
		id, _ := element[name].(string)
		ids = append(ids, id)
		m[id] = e
	}
	return ids, m
}

func get(m map[string]any, key string) any {
	if v, ok := m[key]; ok {
		return v
	}
	return absent{}
}

// Difference is one place where two packages differ. Old or New is empty where
// it is not there.
type Difference struct {
	Part string // name of the room or of a resource; "" is the manifest, "files" the files
	At   string // JSON pointer, or the path of a file
	Old  string
	New  string
}

// differ walks two values.
func differ(part, at string, a, b any, add func(Difference)) {
	if reflect.DeepEqual(a, b) {
		return
	}
	am, aMap := a.(map[string]any)
	bm, bMap := b.(map[string]any)
	if aMap && bMap {
		for _, key := range union(sorted(am), sorted(bm)) {
			differ(part, at+"/"+escape.Replace(key), get(am, key), get(bm, key), add)
		}
		return
	}
	_, aList := a.([]any)
	_, bList := b.([]any)
	if aList && bList {
		if name, ok := keyed(a, b); ok {
			aIDs, aBy := byID(a, name)
			bIDs, bBy := byID(b, name)
			for _, id := range union(aIDs, bIDs) {
				differ(part, at+"/"+escape.Replace(id), get(aBy, id), get(bBy, id), add)
			}
			return
		}
	}
	add(Difference{part, at, show(a), show(b)})
}

// union keeps the order of the first and adds what only the second has.
func union(a, b []string) []string {
	out := slices.Clone(a)
	have := setOf(a)
	for _, s := range b {
		if !have[s] {
			out = append(out, s)
		}
	}
	return out
}

func setOf(list []string) map[string]bool {
	m := make(map[string]bool, len(list))
	for _, s := range list {
		m[s] = true
	}
	return m
}

// Diff tells where two packages differ, manifest first, then part by part, then
// the files.
func Diff(a, b Package) ([]Difference, error) {
	var list []Difference
	add := func(d Difference) { list = append(list, d) }
	one, err := manifestTree(a.Manifest)
	if err != nil {
		return nil, err
	}
	two, err := manifestTree(b.Manifest)
	if err != nil {
		return nil, err
	}
	differ("", "", one, two, add)
	for _, room := range union(a.Rooms(), b.Rooms()) {
		one, err := tree(a.Parts[room])
		if err != nil {
			return nil, err
		}
		two, err := tree(b.Parts[room])
		if err != nil {
			return nil, err
		}
		differ(room, "", one, two, add)
	}
	for _, name := range union(sorted(a.Resources), sorted(b.Resources)) {
		one, err := tree(a.Resources[name])
		if err != nil {
			return nil, err
		}
		two, err := tree(b.Resources[name])
		if err != nil {
			return nil, err
		}
		differ(name, "", one, two, add)
	}
	for _, name := range union(sorted(a.Files), sorted(b.Files)) {
		if !bytes.Equal(a.Files[name], b.Files[name]) {
			add(Difference{"files", name, size(a.Files, name), size(b.Files, name)})
		}
	}
	return list, nil
}

func size(m map[string][]byte, name string) string {
	if data, ok := m[name]; ok {
		return strconv.Itoa(len(data)) + " bytes, " + Hash(data)[:12]
	}
	return ""
}

func manifestTree(m Manifest) (any, error) {
	b, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	return parse(b)
}

// tree reads a part; a part that is not there is absent.
func tree(data []byte) (any, error) {
	if len(data) == 0 {
		return absent{}, nil
	}
	return parse(data)
}

// Conflict is a place that was changed both here and in the newer package.
type Conflict struct {
	At             string // JSON pointer; the elements of a list by their id
	Base, Own, New string
}

// Merge joins the newer version of a part with what was changed here since base.
// Where both changed the same thing, own is kept and the place is listed, unless
// take names it. An empty part is one that is not there.
func Merge(base, own, newer []byte, take map[string]bool) ([]byte, []Conflict, error) {
	var trees [3]any
	for i, data := range [][]byte{base, own, newer} {
		v, err := tree(data)
		if err != nil {
			return nil, nil, err
		}
		trees[i] = v
	}
	m := merger{take: take}
	out := m.merge("", trees[0], trees[1], trees[2])
	if out == (any)(absent{}) {
		return nil, m.conflicts, nil
	}
	b, err := write(out)
	return b, m.conflicts, err
}

type merger struct {
	take      map[string]bool
	conflicts []Conflict
}

func (m *merger) merge(at string, base, own, newer any) any {
	switch {
	case reflect.DeepEqual(own, newer), reflect.DeepEqual(base, newer):
		return own
	case reflect.DeepEqual(base, own):
		return newer
	}
	ownMap, ok1 := own.(map[string]any)
	newMap, ok2 := newer.(map[string]any)
	baseMap, ok3 := base.(map[string]any)
	_, none := base.(absent)
	if ok1 && ok2 && (ok3 || none) {
		out := map[string]any{}
		for _, key := range union(union(sorted(ownMap), sorted(newMap)), sorted(baseMap)) {
			v := m.merge(at+"/"+escape.Replace(key), get(baseMap, key), get(ownMap, key), get(newMap, key))
			if _, gone := v.(absent); !gone {
				out[key] = v
			}
		}
		return out
	}
	_, ok1 = own.([]any)
	_, ok2 = newer.([]any)
	if _, ok3 = base.([]any); ok1 && ok2 && (ok3 || none) {
		if name, ok := keyed(base, own, newer); ok {
			return m.lists(at, name, base, own, newer)
		}
	}
	m.conflicts = append(m.conflicts, Conflict{at, show(base), show(own), show(newer)})
	if m.take[at] {
		return newer
	}
	return own
}

// lists joins lists of things with an id. The order is that of own; what only the
// newer one has comes behind what it stands behind there.
func (m *merger) lists(at, name string, base, own, newer any) any {
	_, baseBy := byID(base, name)
	ownIDs, ownBy := byID(own, name)
	newIDs, newBy := byID(newer, name)
	var first []string // what only the newer list has, before all that both have
	behind := map[string][]string{}
	anchor, have := "", setOf(ownIDs)
	for _, id := range newIDs {
		switch {
		case have[id]:
			anchor = id
		case anchor == "":
			first = append(first, id)
		default:
			behind[anchor] = append(behind[anchor], id)
		}
	}
	order := first
	for _, id := range ownIDs {
		order = append(append(order, id), behind[id]...)
	}
	out := []any{}
	for _, id := range order {
		v := m.merge(at+"/"+escape.Replace(id), get(baseBy, id), get(ownBy, id), get(newBy, id))
		if _, gone := v.(absent); !gone {
			out = append(out, v)
		}
	}
	return out
}

// Fill puts the answers to the parameters into the texts of a part, where each
// stands as {{key}}.
func Fill(data []byte, answers map[string]string) ([]byte, error) {
	v, err := tree(data)
	if err != nil {
		return nil, err
	}
	if _, none := v.(absent); none {
		return nil, nil
	}
	return write(fill(v, replacer(answers)))
}

// FillText is Fill for a text that is no JSON.
func FillText(text string, answers map[string]string) string { return replacer(answers).Replace(text) }

func replacer(answers map[string]string) *strings.Replacer {
	var pairs []string
	for _, key := range sorted(answers) {
		pairs = append(pairs, "{{"+key+"}}", answers[key])
	}
	return strings.NewReplacer(pairs...)
}

func fill(v any, r *strings.Replacer) any {
	switch v := v.(type) {
	case string:
		return r.Replace(v)
	case []any:
		for i, e := range v {
			v[i] = fill(e, r)
		}
	case map[string]any:
		for key, e := range v {
			v[key] = fill(e, r)
		}
	}
	return v
}
