package hsds

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
)

// Object is a JSON object as it came.
type Object map[string]any

// Text gives a text of the object; a number is given as it is written.
func (o Object) Text(name string) string {
	switch v := o[name].(type) {
	case string:
		return strings.TrimSpace(v)
	case json.Number:
		return v.String()
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return ""
}

// Number gives a number of the object, also one that is written as a text.
func (o Object) Number(name string) (float64, bool) {
	v, err := strconv.ParseFloat(o.Text(name), 64)
	return v, err == nil && v == v
}

// Object gives an object inside, or nil.
func (o Object) Object(name string) Object {
	switch v := o[name].(type) {
	case Object:
		return v
	case map[string]any:
		return v
	}
	return nil
}

// List gives the objects of a list inside.
func (o Object) List(name string) []Object {
	list, ok := o[name].([]any)
	if !ok {
		return nil
	}
	var out []Object
	for _, v := range list {
		switch v := v.(type) {
		case Object:
			out = append(out, v)
		case map[string]any:
			out = append(out, v)
		}
	}
	return out
}

// Add puts an object at the end of a list inside.
func (o Object) Add(name string, v Object) {
	list, _ := o[name].([]any)
	o[name] = append(list, map[string]any(v))
}

// Set puts a text, or takes it away where it is empty.
func (o Object) Set(name, v string) {
	if v == "" {
		delete(o, name)
		return
	}
	o[name] = v
}

// Clone is a copy that shares nothing.
func (o Object) Clone() Object {
	b, err := json.Marshal(o)
	if err != nil {
		return Object{} // cannot be: it came of JSON
	}
	out, err := Decode(b)
	if err != nil {
		return Object{}
	}
	return out
}

// Decode reads one object; its numbers stay as they are written.
func Decode(b []byte) (Object, error) {
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.UseNumber()
	var o Object
	err := d.Decode(&o)
	return o, err
}

var uuidForm = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`)

// IsUUID tells whether a text is an id as HSDS wants it.
func IsUUID(s string) bool { return uuidForm.MatchString(s) }

// ID makes an id of parts, the same each time (UUID version 8, RFC 9562).
func ID(parts ...string) string {
	sum := sha256.Sum256([]byte("wijkbaak hsds 1\x00" + strings.Join(parts, "\x00")))
	sum[6] = sum[6]&0x0f | 0x80
	sum[8] = sum[8]&0x3f | 0x80
	h := hex.EncodeToString(sum[:16])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
