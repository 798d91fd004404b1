package surveys

import (
	"bytes"
	"compress/flate"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"strings"

	"wijkbaak.nl/internal/protocol/fhir"
)

// state is what travels in the form of somebody who fills in. It is signed, so
// that it comes back as we gave it, and read by nobody else: it stands in the page
// of that person.
type state struct {
	Survey   string              `json:"s"`           // id of the version
	Key      string              `json:"k"`           // of this form, made once
	Whole    bool                `json:"w,omitempty"` // all questions on one page
	Channel  Channel             `json:"c"`
	Answers  map[string][]string `json:"a,omitempty"` // by linkId, as they stand in fields
	Response string              `json:"r,omitempty"` // id of what is kept
	Code     string              `json:"x,omitempty"` // return code under which it is kept, or of the paper
	Series   string              `json:"p,omitempty"` // filled in before
	Onward   string              `json:"o,omitempty"` // address of ours that takes the outcome
	Seen     int                 `json:"n,omitempty"` // how far: index of the last item that was shown, from 1
}

// Bounds of the state: packed in the form, and unpacked.
const (
	packedMost   = 96 << 10
	unpackedMost = 512 << 10
)

func (s *Service) sign(packed []byte) []byte {
	h := hmac.New(sha256.New, s.Key)
	h.Write([]byte("wijkbaak survey form 1\x00")) //nolint:errcheck // a hash never fails
	h.Write(packed)                               //nolint:errcheck // a hash never fails
	return h.Sum(nil)[:16]
}

// pack writes the state for a hidden field; false where it has become too large.
func (s *Service) pack(st state) (string, bool) {
	plain, err := json.Marshal(st)
	if err != nil || len(plain) > unpackedMost {
		return "", false
	}
	var b bytes.Buffer
	z, _ := flate.NewWriter(&b, 6) // the level is a valid one
	z.Write(plain)                 //nolint:errcheck,gosec // a buffer takes all
	z.Close()                      //nolint:errcheck,gosec // a buffer takes all
	packed := append(s.sign(b.Bytes()), b.Bytes()...)
	return base64.RawURLEncoding.EncodeToString(packed), len(packed) <= packedMost
}

// unpack reads what pack wrote; false for anything else.
func (s *Service) unpack(text string) (st state, ok bool) {
	if len(text) > packedMost*2 {
		return st, false
	}
	packed, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(packed) < 16 || !hmac.Equal(packed[:16], s.sign(packed[16:])) {
		return st, false
	}
	plain, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed[16:])), unpackedMost+1))
	if err != nil || len(plain) > unpackedMost || json.Unmarshal(plain, &st) != nil {
		return state{}, false
	}
	return st, true
}

func newKey() string { return rand.Text() }

// How an answer stands in a field: the number of the option, or = and the text;
// of a quantity the unit behind a bar.

// code writes an answer for the state.
func code(i *fhir.Item, v fhir.Value) string {
	for k, o := range i.Options {
		if o.Value == v {
			return strconv.Itoa(k)
		}
	}
	for k, o := range i.Options {
		if o.Value.Same(v) {
			return strconv.Itoa(k)
		}
	}
	if v.Kind == fhir.Quantity {
		for k, u := range i.Units {
			if u.Code == v.Code && u.Display == v.Unit {
				return "=" + v.Text + "|" + strconv.Itoa(k)
			}
		}
	}
	return "=" + v.Text
}

// decode reads an answer of the state; false where it does not fit the item.
func decode(i *fhir.Item, text string) (v fhir.Value, ok bool) {
	rest, typed := strings.CutPrefix(text, "=")
	if !typed {
		k, err := strconv.Atoi(text)
		if err != nil || k < 0 || k >= len(i.Options) {
			return v, false
		}
		return i.Options[k].Value, true
	}
	v.Text = rest
	switch i.Type {
	case "boolean":
		v.Kind = fhir.Boolean
		return v, rest == "true" || rest == "false"
	case "integer":
		v.Kind = fhir.Integer
		return v, fhir.IsInteger(rest)
	case "decimal":
		v.Kind = fhir.Decimal
		return v, fhir.IsNumber(rest)
	case "date":
		v.Kind = fhir.Date
		return v, fhir.IsDate(rest)
	case "quantity":
		number, unit, named := strings.Cut(rest, "|")
		v.Kind, v.Text = fhir.Quantity, number
		if k, err := strconv.Atoi(unit); named && err == nil && k >= 0 && k < len(i.Units) {
			u := i.Units[k]
			v.Unit, v.System, v.Code = u.Display, u.System, u.Code
		}
		return v, fhir.IsNumber(number)
	case "string", "text", "open-choice":
		v.Kind = fhir.String
		return v, rest != ""
	}
	return v, false
}

// answers reads those of the state that fit the questionnaire.
func (st *state) answers(q *fhir.Questionnaire) fhir.Answers {
	out := fhir.Answers{}
	for link, list := range st.Answers {
		i := q.Item(link)
		if i == nil || !i.Asked() && !(i.Question() && (i.Hidden || i.ReadOnly)) {
			continue
		}
		for _, text := range list {
			if v, ok := decode(i, text); ok {
				out[link] = append(out[link], v)
			}
		}
	}
	return out
}

// set puts answers into the state.
func (st *state) set(i *fhir.Item, values []fhir.Value) {
	if st.Answers == nil {
		st.Answers = map[string][]string{}
	}
	delete(st.Answers, i.LinkID)
	for _, v := range values {
		if text := code(i, v); !slices.Contains(st.Answers[i.LinkID], text) {
			st.Answers[i.LinkID] = append(st.Answers[i.LinkID], text)
		}
	}
}

func (st *state) take(q *fhir.Questionnaire, a fhir.Answers) {
	for _, i := range q.All {
		if v := a[i.LinkID]; len(v) > 0 && i.Calculated.Text == "" {
			st.set(i, v)
		}
	}
}
