package practice

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/bsn"
)

// Sign is the kind of thing that points at a person.
type Sign string

// The signs.
const (
	Mail      Sign = "mail"
	Telephone Sign = "telephone"
	Account   Sign = "account" // IBAN
	Citizen   Sign = "citizen" // citizen service number (BSN): nine digits that pass the test of eleven
	Address   Sign = "address" // postcode with a house number
	Named     Sign = "name"    // the name of somebody this program knows
	Photo     Sign = "photo"   // a photo that tells where, when or by whom it was taken
	Maker     Sign = "maker"   // what a document says of who wrote it
	Unread    Sign = "unread"  // a file that this program cannot read
)

// Signs lists them all.
var Signs = []Sign{Mail, Telephone, Account, Citizen, Address, Named, Photo, Maker, Unread}

// Finding is a place in a package that may be about a person.
type Finding struct {
	Path string // file in the package
	At   string // JSON pointer, or the number of the line
	Sign Sign
	Text string // what was found
}

// Certain tells that it has no place in a package whatever it means. The others
// are for a person to look at.
func (f Finding) Certain() bool { return f.Sign != Named && f.Sign != Maker && f.Sign != Unread }

// ID names a finding, so that somebody can say of this one that it was looked at.
func (f Finding) ID() string {
	return Hash([]byte(f.Path + "\x00" + f.At + "\x00" + string(f.Sign) + "\x00" + f.Text))[:16]
}

const findingsMost = 500

// Scan looks through every text of a package for what points at a person: in the
// manifest, the parts and their keys, the resources and the files. Names are
// those of people the caller knows. No finding is no proof for what a human
// writes between the lines; it is one for the signs above.
func Scan(p Package, names []string) []Finding {
	s := scanner{names: readNames(names), left: officeMost}
	if b, err := json.Marshal(p.Manifest); err == nil {
		s.json(root+manifestFile, b)
	}
	for _, room := range p.Rooms() {
		s.json(root+"parts/"+room+".json", p.Parts[room])
	}
	for _, name := range sorted(p.Resources) {
		s.json(root+name, p.Resources[name])
	}
	for _, name := range p.Paths() {
		s.file(root+"files/"+name, p.Files[name])
	}
	return s.list
}

type scanner struct {
	names map[string][][]string // words of a name, by the first of them
	list  []Finding
	left  int64 // bytes that may still be read of documents of an office program
}

func (s *scanner) add(path, at string, sign Sign, text string) {
	if len(s.list) < findingsMost {
		s.list = append(s.list, Finding{path, at, sign, clip(text)})
	}
}

func (s *scanner) json(path string, data []byte) {
	v, err := parse(data)
	if err != nil {
		s.add(path, "", Unread, err.Error())
		return
	}
	s.value(path, "", v)
}

func (s *scanner) value(path, at string, v any) {
	switch v := v.(type) {
	case string:
		s.text(path, at, v)
	case json.Number:
		s.text(path, at, v.String())
	case []any:
		for i, e := range v {
			s.value(path, at+"/"+strconv.Itoa(i), e)
		}
	case map[string]any:
		inside := s.picture(path, at, v)
		for _, key := range sorted(v) {
			s.text(path, at+"/"+escape.Replace(key), key)
			if inside && key == "data" {
				continue
			}
			s.value(path, at+"/"+escape.Replace(key), v[key])
		}
	}
}

// picture looks at a picture that stands in a resource as base64. As a text it would
// be full of chance numbers.
func (s *scanner) picture(path, at string, v map[string]any) bool {
	kind, _ := v["contentType"].(string)
	text, _ := v["data"].(string)
	if text == "" || !strings.HasPrefix(kind, "image/") {
		return false
	}
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil || !isPicture(data) {
		return false
	}
	if what := tells(data); what != "" {
		s.add(path, at+"/data", Photo, what)
	}
	return true
}

func isPicture(data []byte) bool {
	for _, head := range []string{"\xff\xd8\xff", "\x89PNG\r\n\x1a\n", "RIFF", "GIF8"} {
		if bytes.HasPrefix(data, []byte(head)) {
			return true
		}
	}
	return false
}

// document looks through a document of an office program.
func (s *scanner) document(name string, data []byte) {
	seen := map[string]bool{} // each change of a text tells its author again
	err := readOffice(name, data, &s.left, func(at string, sign Sign, text string) {
		switch {
		case sign == "":
			s.text(name, at, text)
		case !seen[string(sign)+text]:
			seen[string(sign)+text] = true
			s.add(name, at, sign, text)
		}
	})
	if err != nil {
		s.add(name, "", Unread, strings.ToUpper(strings.TrimPrefix(path.Ext(name), ".")))
	}
}

func (s *scanner) file(name string, data []byte) {
	switch strings.ToLower(path.Ext(name)) {
	case ".md", ".txt", ".csv":
		n := 0
		for line := range strings.Lines(string(data)) {
			n++
			s.text(name, strconv.Itoa(n), line)
		}
	case ".json":
		s.json(name, data)
	case ".html":
		if readPage(name, data, func(line int, text string) { s.text(name, strconv.Itoa(line), text) }) != nil {
			s.add(name, "", Unread, "HTML")
		}
	case ".docx", ".pptx", ".odt":
		s.document(name, data)
	case ".pdf":
		s.add(name, "", Unread, "PDF")
	default:
		if what := tells(data); what != "" {
			s.add(name, "", Photo, what)
		}
	}
}

// tells names the part of a photo in which cameras and programs write where, when
// and by whom.
func tells(data []byte) string {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xd8")):
		for at := 2; at+4 <= len(data) && data[at] == 0xff; {
			kind, size := data[at+1], int(data[at+2])<<8|int(data[at+3])
			body := data[at+4 : min(len(data), at+2+max(size, 2))]
			switch {
			case kind == 0xda: // the picture itself
				return ""
			case kind == 0xe1 && bytes.HasPrefix(body, []byte("Exif")):
				return "EXIF"
			case kind == 0xe1:
				return "XMP"
			case kind == 0xed:
				return "IPTC"
			case kind == 0xfe:
				return "comment"
			}
			at += 2 + max(size, 2)
		}
	case bytes.HasPrefix(data, []byte("\x89PNG")):
		for at := 8; at+8 <= len(data); {
			size := int(data[at])<<24 | int(data[at+1])<<16 | int(data[at+2])<<8 | int(data[at+3])
			if size < 0 {
				return ""
			}
			switch kind := string(data[at+4 : at+8]); kind {
			case "eXIf", "tEXt", "iTXt", "zTXt", "tIME":
				return kind
			}
			at += 12 + size
		}
	case bytes.HasPrefix(data, []byte("RIFF")):
		for at := 12; at+8 <= len(data); {
			size := int(data[at+4]) | int(data[at+5])<<8 | int(data[at+6])<<16 | int(data[at+7])<<24
			if size < 0 {
				return ""
			}
			if kind := string(data[at : at+4]); kind == "EXIF" || kind == "XMP " {
				return strings.TrimSpace(kind)
			}
			at += 8 + size + size&1
		}
	}
	return ""
}

// text walks one text once; only at a sign does it look closer.
func (s *scanner) text(path, at, t string) {
	for i := 0; i < len(t); i++ {
		switch c := t[i]; {
		case c == '@':
			if mail := mailAt(t, i); mail != "" {
				s.add(path, at, Mail, mail)
			}
		case c >= '0' && c <= '9' || c == '+':
			if i > 0 && (word(t[i-1]) || t[i-1] == '+') {
				continue
			}
			end := s.number(path, at, t, i)
			i = max(i, end-1)
		case c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z':
			if i > 0 && word(t[i-1]) {
				continue
			}
			if iban := ibanAt(t, i); iban != "" {
				s.add(path, at, Account, iban)
				i += len(iban) - 1
			}
		}
	}
	if len(s.names) > 0 {
		s.known(path, at, t)
	}
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func word(c byte) bool { return digit(c) || letter(c) || c == '_' || c >= utf8.RuneSelf }

// mailAt gives the address around an @.
func mailAt(t string, at int) string {
	local := func(c byte) bool { return word(c) || strings.IndexByte(".!#$%&'*+/=?^`{|}~-", c) >= 0 }
	from, to := at, at+1
	for from > 0 && at-from < 64 && local(t[from-1]) {
		from--
	}
	dot := false
	for to < len(t) && to-at < 254 && (word(t[to]) || t[to] == '-' || t[to] == '.') {
		dot = dot || t[to] == '.' && to+1 < len(t) && letter(t[to+1])
		to++
	}
	if from == at || !dot {
		return ""
	}
	return strings.Trim(t[from:to], ".")
}

// number looks at what begins with a digit: a telephone number, a citizen service
// number, a postcode. It gives where the first group of digits ends.
func (s *scanner) number(path, at, t string, from int) int {
	first := from
	if t[from] == '+' {
		first++
	}
	for first < len(t) && digit(t[first]) {
		first++
	}
	// Behind a point or a hyphen stands the rest of a number or of a code.
	before := byte(' ')
	if from > 0 {
		before = t[from-1]
	}
	if before == '.' || before == '-' && from > 1 && word(t[from-2]) {
		return first
	}
	digits, end := make([]byte, 0, 16), from
	gap := 0
	for end < len(t) && len(digits) < 16 && gap < 3 {
		switch c := t[end]; {
		case digit(c):
			digits, gap = append(digits, c), 0
		case c == '+' && end == from:
		case c == ' ' || c == '-' || c == '.' || c == '(' || c == ')' || c == '/':
			gap++
		default:
			gap = 3
			continue
		}
		end++
		if n := len(digits); gap == 0 && (end == len(t) || !digit(t[end])) && (end == len(t) || !letter(t[end])) {
			raw := t[from:end]
			switch {
			case telephone(raw, string(digits)):
				s.add(path, at, Telephone, raw)
				return end
			case n == 9 && before != '/' && bsn.Valid(string(digits)) && !strings.ContainsAny(raw, "+()/") && !fraction(t, end):
				s.add(path, at, Citizen, raw)
				return end
			}
		}
	}
	if first-from == 4 && t[from] != '0' && t[from] != '+' {
		if found := postcodeAt(t, from); found != "" {
			s.add(path, at, Address, found)
		}
	}
	return first
}

// telephone: ten digits that begin with 0, or the same from abroad.
func telephone(raw, digits string) bool {
	switch {
	case strings.HasPrefix(raw, "+"):
		return strings.HasPrefix(digits, "31") && (len(digits) == 11 || len(digits) == 12 && digits[2] == '0')
	case strings.HasPrefix(digits, "0031"):
		return len(digits) == 13
	case len(digits) != 10 || digits[0] != '0' || digits[1] == '0' || strings.HasPrefix(digits, "0800") || strings.HasPrefix(digits, "0900"):
		return false // 0800 and 0900 are numbers of offices
	}
	// Dates with a time behind them have ten digits too; a telephone number is
	// written as 06 and the rest, or with an area code of three or four digits.
	group := strings.IndexFunc(raw, func(c rune) bool { return c < '0' || c > '9' })
	return group < 0 || group == 3 || group == 4 || group == 2 && digits[1] == '6' && !dayFirst.MatchString(raw)
}

var dayFirst = regexp.MustCompile(`^\d\d[-./ ]\d\d[-./ ](19|20)\d\d`)

// fraction tells that a number goes on behind a point or comma.
func fraction(t string, at int) bool {
	return at+1 < len(t) && (t[at] == '.' || t[at] == ',') && digit(t[at+1])
}

// postcodeAt gives a postcode with the house number before or behind it.
func postcodeAt(t string, from int) string {
	i := from + 4
	if i < len(t) && t[i] == ' ' {
		i++
	}
	if i+2 > len(t) || t[i] < 'A' || t[i] > 'Z' || t[i+1] < 'A' || t[i+1] > 'Z' || i+2 < len(t) && word(t[i+2]) {
		return ""
	}
	if pair := t[i : i+2]; pair == "SA" || pair == "SD" || pair == "SS" {
		return ""
	}
	end := i + 2
	after := end
	for after < len(t) && after-end < 8 && strings.IndexByte(" ,:;/-", t[after]) >= 0 {
		after++
	}
	stop := after
	for stop < len(t) && digit(t[stop]) {
		stop++
	}
	if stop > after && stop-after <= 5 {
		return t[from:stop]
	}
	// "Dorpsstraat 12a, 1234 AB"
	before := strings.TrimRight(t[max(0, from-12):from], " ,;\n\t")
	k := len(before)
	for k > 0 && letter(before[k-1]) && len(before)-k < 2 {
		k--
	}
	n := k
	for n > 0 && digit(before[n-1]) {
		n--
	}
	if k > n && k-n <= 5 && (n == 0 || before[n-1] == ' ') {
		return before[n:] + " " + t[from:end]
	}
	return ""
}

// ibanAt gives a bank account number whose check digits are right.
func ibanAt(t string, from int) string {
	compact := make([]byte, 0, 34)
	for i := from; i < len(t) && len(compact) < 34; i++ {
		c := t[i]
		if c == ' ' || c == '.' {
			continue
		}
		if c >= 'a' && c <= 'z' {
			c -= 0x20
		}
		n := len(compact)
		if n < 2 && !letter(c) || (n == 2 || n == 3) && !digit(c) || !digit(c) && !letter(c) {
			break
		}
		compact = append(compact, c)
		if n+1 >= 15 && (i+1 == len(t) || !word(t[i+1])) && mod97(compact) == 1 {
			return t[from : i+1]
		}
	}
	return ""
}

func mod97(iban []byte) int {
	sum := 0
	for i := range iban {
		c := iban[(i+4)%len(iban)]
		if digit(c) {
			sum = (sum*10 + int(c-'0')) % 97
		} else {
			sum = (sum*100 + int(c-'A') + 10) % 97
		}
	}
	return sum
}

func readNames(names []string) map[string][][]string {
	m := map[string][][]string{}
	for _, name := range names {
		words := strings.Fields(name)
		// A first name of two letters is half the dictionary.
		if len(words) == 0 || len(words) == 1 && utf8.RuneCountInString(words[0]) < 3 {
			continue
		}
		first := strings.ToLower(words[0])
		m[first] = append(m[first], words[1:])
	}
	for _, list := range m {
		slices.SortFunc(list, func(a, b []string) int { return cmp.Compare(len(b), len(a)) }) // the longest name first
	}
	return m
}

// known looks for names of people: a first name alone counts when it is written
// with a capital.
func (s *scanner) known(path, at, t string) {
	words := strings.FieldsFunc(t, func(c rune) bool { return !unicode.IsLetter(c) && c != '\'' && c != '-' })
	for i, w := range words {
		rests, ok := s.names[strings.ToLower(w)]
		if !ok {
			continue
		}
		for _, rest := range rests {
			if len(rest) == 0 && !unicode.IsUpper([]rune(w)[0]) || len(words)-i-1 < len(rest) {
				continue
			}
			if slices.EqualFunc(rest, words[i+1:i+1+len(rest)], strings.EqualFold) {
				s.add(path, at, Named, strings.Join(words[i:i+1+len(rest)], " "))
				break
			}
		}
	}
}
