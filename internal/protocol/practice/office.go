package practice

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Documents of an office program are zip files with XML in them. Their text is read
// like any other; what runs, or fetches something from elsewhere when it is opened,
// has no place in a package.

// The bounds of what is read of them.
const (
	officeMost    = 64 << 20 // bytes of XML and pictures in all documents of a package
	officeEntries = 2000
	paragraphMost = 64 << 10
)

// officeMain is the part that makes a document what its name says it is.
var officeMain = map[string]string{".docx": "word/document.xml", ".pptx": "ppt/presentation.xml", ".odt": "content.xml"}

const odtType = "application/vnd.oasis.opendocument.text"

// unsaid are pieces of a program about itself: how its window stood, and where lines
// broke.
var unsaid = []string{"settings.xml", "layout-cache"}

// officeText takes what was found in a document: a text, who made it, or a piece
// that cannot be read.
type officeText func(at string, sign Sign, text string)

// runs are names of pieces that run when the document is opened.
var runs = []string{"vbaproject", "vbadata", "activex/", "basic/", "scripts/", "customui/"}

// readOffice walks through a document. left is how many bytes may still be read.
func readOffice(name string, data []byte, left *int64, say officeText) error {
	ext := strings.ToLower(path.Ext(name))
	not := func(detail string, args ...any) error { return wrong(BadType, clip(name), detail, args...) }
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil || !bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		return not("the content is not what the name says")
	}
	if len(z.File) > officeEntries {
		return wrong(TooLarge, clip(name), "more than %d pieces in it", officeEntries)
	}
	seen := map[string]bool{}
	for _, f := range z.File {
		low := strings.ToLower(f.Name)
		switch {
		case seen[low]:
			return wrong(Twice, clip(name), "%s is in it twice", clip(f.Name))
		case strings.Contains(f.Name, "..") || strings.HasPrefix(f.Name, "/") || strings.ContainsAny(f.Name, "\\\x00"):
			return wrong(BadPath, clip(name), "%s climbs out", clip(f.Name))
		case f.Flags&1 != 0:
			return not("it is locked with a password")
		case slices.ContainsFunc(runs, func(s string) bool { return strings.Contains(low, s) }):
			return not("it holds a program (%s)", clip(f.Name))
		}
		seen[low] = true
	}
	if !seen[officeMain[ext]] {
		return not("the content is not what the name says")
	}
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		if err := readPiece(name, f, left, say); err != nil {
			return err
		}
	}
	return nil
}

// readPiece reads one piece of a document: XML for its text, a picture for what it
// tells of its maker. The rest is for a person to look at.
func readPiece(name string, f *zip.File, left *int64, say officeText) error {
	kind := strings.ToLower(path.Ext(f.Name))
	picture := slices.Contains([]string{".jpg", ".jpeg", ".png", ".webp"}, kind)
	isXML := slices.Contains([]string{".xml", ".rels", ".rdf"}, kind)
	if slices.Contains(unsaid, f.Name) {
		return nil
	}
	if !picture && !isXML && f.Name != "mimetype" {
		say(f.Name, Unread, strings.TrimPrefix(kind, "."))
		return nil
	}
	r, err := f.Open()
	if err != nil {
		return wrong(BadType, clip(name), "%s cannot be unpacked", clip(f.Name))
	}
	defer r.Close() //nolint:errcheck // it was only read
	// The header may lie about the size, so what comes out is counted.
	piece, err := io.ReadAll(io.LimitReader(r, *left+1))
	*left -= int64(len(piece))
	switch {
	case *left < 0:
		return wrong(Bomb, clip(name), "more than %d bytes in the documents", officeMost)
	case err != nil:
		return wrong(BadType, clip(name), "%s cannot be unpacked", clip(f.Name))
	case f.Name == "mimetype":
		if string(piece) != odtType {
			return wrong(BadType, clip(name), "the content is not what the name says")
		}
		return nil
	case picture:
		if what := tells(piece); what != "" {
			say(f.Name, Photo, what)
		}
		return nil
	}
	x := officeXML{name: name, at: f.Name, say: say}
	return x.read(piece)
}

type officeXML struct {
	name, at string
	say      officeText
	text     strings.Builder
	within   int    // paragraphs around what is read now
	maker    string // element that tells who made it, while it is open
	n        int    // paragraphs
}

// makers are the elements and attributes in which programs write who made something.
var (
	makers       = []string{"creator", "lastModifiedBy", "initial-creator", "printed-by", "Manager"}
	makersBeside = []string{"author", "userId", "lastModifiedBy"}
	said         = []string{"descr", "title", "alt"}
)

// packedAway is a picture or object that stands in the text as base64.
const packedAway = "binary-data"

func (x *officeXML) bad(detail string, args ...any) error {
	return wrong(BadType, clip(x.name), x.at+": "+detail, args...)
}

func (x *officeXML) read(data []byte) error {
	d := xml.NewDecoder(bytes.NewReader(data))
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			x.flush()
			return nil
		}
		if err != nil {
			return x.bad("no XML")
		}
		switch t := t.(type) {
		case xml.Directive:
			return x.bad("it defines things of its own")
		case xml.StartElement:
			if err := x.begin(t); err != nil {
				return err
			}
		case xml.EndElement:
			x.end(t.Name.Local)
		case xml.CharData:
			if x.text.Write(t); x.text.Len() > paragraphMost {
				x.flush()
			}
		}
	}
}

func paragraph(local string) bool { return local == "p" || local == "h" }

func (x *officeXML) begin(e xml.StartElement) error {
	local := e.Name.Local
	switch {
	case paragraph(local):
		if x.within == 0 {
			x.flush()
		}
		x.within++
	case local == "script" || local == "event-listener":
		return x.bad("it holds a program")
	case local == "br" || local == "tab" || local == "line-break" || local == "s" && e.Name.Space != "":
		x.text.WriteByte(' ')
	case slices.Contains(makers, local):
		x.flush()
		x.maker = local
	case local == packedAway:
		x.flush()
		x.maker = local
		x.say(x.at, Unread, local)
	}
	external, relation, target := false, "", ""
	for _, a := range e.Attr {
		switch a.Name.Local {
		case "TargetMode":
			external = a.Value == "External"
		case "Type":
			relation = a.Value
		case "Target":
			target = a.Value
		case "href":
			if a.Name.Space == "xmlns" {
				continue
			}
			if err := x.link(local == "a", a.Value); err != nil {
				return err
			}
		case "ContentType":
			if strings.Contains(a.Value, "macroEnabled") {
				return x.bad("it holds a program")
			}
		default:
			switch {
			case slices.Contains(makersBeside, a.Name.Local) && strings.TrimSpace(a.Value) != "":
				x.say(x.at, Maker, a.Value)
			case slices.Contains(said, a.Name.Local):
				x.say(x.at, "", a.Value)
			}
		}
	}
	if external {
		return x.link(strings.HasSuffix(relation, "/hyperlink"), target)
	}
	return nil
}

// link looks at where a document leads. Only what a reader presses may lead outside;
// a picture or template from elsewhere tells others who opens the document.
func (x *officeXML) link(pressed bool, target string) error {
	u, err := url.Parse(target)
	if err != nil {
		return x.bad("it leads to %q", clip(target))
	}
	if u.Scheme == "" && u.Host == "" {
		return nil
	}
	if !pressed || !slices.Contains([]string{"http", "https", "mailto", "tel"}, strings.ToLower(u.Scheme)) {
		return x.bad("it fetches %q when it is opened", clip(target))
	}
	x.say(x.at, "", target)
	return nil
}

func (x *officeXML) end(local string) {
	switch {
	case paragraph(local):
		if x.within--; x.within <= 0 {
			x.within = 0
			x.flush()
		}
	case local == "tc" || local == "table-cell":
		x.text.WriteByte(' ')
	case x.maker == local:
		x.flush()
		x.maker = ""
	case x.within == 0:
		x.flush()
	}
}

// flush gives what was read as one text: a word may lie in pieces in the XML.
func (x *officeXML) flush() {
	text := strings.TrimSpace(x.text.String())
	x.text.Reset()
	if text == "" || x.maker == packedAway {
		return
	}
	if x.maker != "" {
		x.say(x.at, Maker, text)
		return
	}
	x.n++
	x.say(x.at+" "+strconv.Itoa(x.n), "", text)
}
