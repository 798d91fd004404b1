package practice

import (
	"bytes"
	"encoding/json"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Extensions are the types of file that a package may bring. None of them runs.
var Extensions = []string{".md", ".txt", ".html", ".csv", ".json", ".jpg", ".jpeg", ".png", ".webp", ".pdf", ".docx", ".pptx", ".odt"}

// Resources are the FHIR resources that say nothing of a person.
var Resources = []string{"ActivityDefinition", "CodeSystem", "ConceptMap", "Library", "Measure", "ObservationDefinition", "PlanDefinition",
	"Questionnaire", "ValueSet"}

var (
	segmentForm  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)
	resourceForm = regexp.MustCompile(`^([A-Za-z]+)-([A-Za-z0-9.-]{1,64})\.json$`)
	reserved     = regexp.MustCompile(`(?i)^(con|prn|aux|nul|com\d|lpt\d)(\.|$)`) // names that Windows keeps for itself
)

const (
	pathMost = 200
	root     = "package/"
	// jsonDeep bounds how deep JSON of others goes.
	jsonDeep = 64
)

// checkPath refuses a name that is not plainly a file below a folder.
func checkPath(name string) error {
	if len(name) > pathMost || !strings.HasPrefix(name, root) {
		return wrong(BadPath, clip(name), "every file stands below package/")
	}
	for segment := range strings.SplitSeq(name, "/") {
		if !segmentForm.MatchString(segment) || strings.HasSuffix(segment, ".") || reserved.MatchString(segment) {
			return wrong(BadPath, clip(name), "letters, digits, dot, - and _ only, and no way up")
		}
	}
	return nil
}

// IsPath tells whether a file may stand at this path below files/.
func IsPath(name string) bool {
	return checkPath(root+"files/"+name) == nil && slices.Contains(Extensions, strings.ToLower(path.Ext(name)))
}

func clip(s string) string {
	s = strings.ToValidUTF8(s, "?")
	if r := []rune(s); len(r) > 80 {
		s = string(r[:80]) + "…"
	}
	return s
}

// put lays one file in its place in the package, after a look at what it is.
func (p *Package) put(name string, data []byte) error {
	rest := strings.TrimPrefix(name, root)
	dir, base := path.Split(rest)
	room, isJSON := strings.CutSuffix(base, ".json")
	switch {
	case dir == "parts/" && isJSON && IsRoom(room):
		p.Parts[room] = data
		return checkJSON(name, data)
	case dir == "schemas/" && isJSON && IsRoom(room):
		p.Schemas[room] = data
		return checkJSON(name, data)
	case strings.HasPrefix(rest, "files/") && IsPath(strings.TrimPrefix(rest, "files/")):
		p.Files[strings.TrimPrefix(rest, "files/")] = data
		return p.checkContent(name, data)
	case dir == "" && isJSON:
		p.Resources[base] = data
		return checkResource(name, data)
	}
	return wrong(BadType, clip(name), "it has no place in a practice package")
}

func checkResource(name string, data []byte) error {
	if err := checkJSON(name, data); err != nil {
		return err
	}
	var r struct {
		ResourceType string `json:"resourceType"`
		ID           string `json:"id"`
	}
	m := resourceForm.FindStringSubmatch(strings.TrimPrefix(name, root))
	if err := json.Unmarshal(data, &r); err != nil || m == nil || r.ResourceType != m[1] || r.ID != m[2] || !slices.Contains(Resources, m[1]) {
		return wrong(BadType, clip(name), "only %s, called type-id.json", strings.Join(Resources, ", "))
	}
	return nil
}

// checkJSON refuses what is not one JSON object, is too deep, names a key twice, or
// has a text with a character in it that a form would not let through.
func checkJSON(name string, data []byte) error {
	if !utf8.Valid(data) {
		return wrong(BadPart, clip(name), "not UTF-8")
	}
	if bytes.Contains(data, []byte(`\u0000`)) {
		return wrong(BadPart, clip(name), "a text cannot hold the character NUL")
	}
	if trimmed := bytes.TrimSpace(data); len(trimmed) == 0 || trimmed[0] != '{' {
		return wrong(BadPart, clip(name), "not a JSON object")
	}
	v, err := parse(data)
	if err != nil {
		return wrong(BadPart, clip(name), "%v", err)
	}
	if text, found := unclean(v); found {
		return wrong(BadPart, clip(name), "%+q holds a character that is not to be seen", clip(text))
	}
	return nil
}

// unclean finds a text that could break a line where it should not, or show itself
// otherwise than it is. A new line and a tab are the only controls that a text has.
func unclean(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, strings.ContainsFunc(v, func(c rune) bool {
			return unicode.IsControl(c) && c != '\n' && c != '\t' || c == '\u2028' || c == '\u2029' || unicode.Is(unicode.Bidi_Control, c) ||
				c >= 0xE0000 && c <= 0xE007F
		})
	case []any:
		for _, e := range v {
			if text, found := unclean(e); found {
				return text, true
			}
		}
	case map[string]any:
		for key, e := range v {
			if text, found := unclean(key); found {
				return text, true
			}
			if text, found := unclean(e); found {
				return text, true
			}
		}
	}
	return "", false
}

var heads = map[string][]string{
	".jpg": {"\xff\xd8\xff"}, ".jpeg": {"\xff\xd8\xff"}, ".png": {"\x89PNG\r\n\x1a\n"}, ".webp": {"RIFF"}, ".pdf": {"%PDF-"},
}

// checkContent holds a file to what its name says it is.
func (p *Package) checkContent(name string, data []byte) error {
	ext := strings.ToLower(path.Ext(name))
	if officeMain[ext] != "" {
		left := officeMost - p.looked
		err := readOffice(name, data, &left, func(string, Sign, string) {})
		p.looked = officeMost - left
		return err
	}
	if head, ok := heads[ext]; ok {
		if !slices.ContainsFunc(head, func(h string) bool { return bytes.HasPrefix(data, []byte(h)) }) ||
			ext == ".webp" && (len(data) < 12 || string(data[8:12]) != "WEBP") {
			return wrong(BadType, clip(name), "the content is not what the name says")
		}
		return nil
	}
	if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return wrong(BadType, clip(name), "a text is UTF-8")
	}
	switch ext {
	case ".json":
		return checkJSON(name, data)
	case ".html":
		return readPage(name, data, func(int, string) {})
	}
	return nil
}
