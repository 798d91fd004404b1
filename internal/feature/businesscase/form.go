package businesscase

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"wijkbaak.nl/internal/base/decimal"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/web"
)

// typed writes a number for a field: read back it is the same in any language.
func typed(v *float64) string {
	if v == nil {
		return ""
	}
	return strings.Replace(strconv.FormatFloat(*v, 'f', -1, 64), ".", ",", 1)
}

// number reads a field that may be empty.
func number(f *web.Form, name string) *float64 {
	text := f.Line(name, 40)
	if text == "" {
		return nil
	}
	v, err := decimal.Parse(text)
	if err != nil {
		f.Fail(name, "businesscase.wrong.number")
		return nil
	}
	return &v
}

// whole reads a field with a whole number; 0 where it is empty.
func whole(f *web.Form, name string) int {
	text := f.Line(name, 12)
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		f.Fail(name, "businesscase.wrong.whole")
	}
	return n
}

// readFigure reads the fields of a figure of a line.
func readFigure(f *web.Form, name string) Figure {
	g := Figure{Low: number(f, name+"-laag"), Likely: number(f, name), High: number(f, name+"-hoog"),
		Shape: Shape(f.Value(name + "-vorm")), Status: Status(f.Value(name + "-stand")),
		Source: f.Line(name+"-bron", sourceMost), URL: f.Line(name+"-adres", urlMost), Year: whole(f, name+"-jaar")}
	if g.Shape == PERT {
		g.Shape = ""
	}
	if pilot, indicator, ok := strings.Cut(f.Line(name+"-meting", 200), "|"); ok {
		factor := 1.0
		if v := number(f, name+"-factor"); v != nil {
			factor = *v
		}
		g.Pilot = &PilotLink{Pilot: pilot, Indicator: indicator, Factor: factor}
	}
	return g
}

// showFigure puts a figure into the fields.
func showFigure(name string, g *Figure) []string {
	if g == nil {
		g = &Figure{}
	}
	pairs := []string{name + "-laag", typed(g.Low), name, typed(g.Likely), name + "-hoog", typed(g.High), name + "-vorm", string(g.Shape),
		name + "-stand", string(g.Status), name + "-bron", g.Source, name + "-adres", g.URL}
	if g.Year != 0 {
		pairs = append(pairs, name+"-jaar", strconv.Itoa(g.Year))
	}
	if p := g.Pilot; p != nil {
		pairs = append(pairs, name+"-meting", p.Pilot+"|"+p.Indicator, name+"-factor", typed(&p.Factor))
	}
	return pairs
}

// readLine reads the form of a line.
func readLine(f *web.Form) Line {
	l := Line{ID: f.Line("regel", 8), Name: f.Line("naam", NameMost), Payer: Payer(f.Value("betaler")), Kind: Kind(f.Value("soort")),
		Basis: Basis(f.Value("per")), City: f.Line("stad", 8), Unit: f.Line("eenheid", unitMost), Note: f.Text("uitleg", NoteMost),
		Amount: readFigure(f, "bedrag")}
	if q := readFigure(f, "aantal"); f.Bool("geteld") || !q.Missing() || q.Low != nil || q.High != nil || q.Pilot != nil {
		l.Quantity = &q
	}
	return l
}

// showLine puts a line into the fields.
func showLine(l Line) *web.Form {
	pairs := []string{"regel", l.ID, "naam", l.Name, "betaler", string(l.Payer), "soort", string(l.Kind), "per", string(l.Basis),
		"stad", l.City, "eenheid", l.Unit, "uitleg", l.Note}
	if l.Quantity != nil {
		pairs = append(pairs, "geteld", "ja")
	}
	pairs = append(pairs, showFigure("bedrag", &l.Amount)...)
	return web.NewForm(append(pairs, showFigure("aantal", l.Quantity)...)...)
}

// readSettings reads the form of the settings. A figure that stays as it was keeps
// its source.
func readSettings(f *web.Form, old Settings) Settings {
	s := Settings{Horizon: whole(f, "looptijd"), StartYear: whole(f, "beginjaar")}
	m, was := Model{Settings: s}, Model{Settings: old}
	for _, key := range settingKeys {
		name := settingField[key]
		g := Figure{Low: number(f, name+"-laag"), Likely: number(f, name), High: number(f, name+"-hoog"), Source: f.Line(name+"-bron", sourceMost)}
		switch o := was.figure(key); {
		case g.text() == o.text() && g.Source == o.Source:
			g = *o
		case g.Source == o.Source: // another value does not come from there
			g.Source = ""
		}
		*m.figure(key) = g
	}
	return m.Settings
}

// showSettings puts the settings into the fields.
func showSettings(title string, s Settings) *web.Form {
	pairs := []string{"titel", title, "looptijd", strconv.Itoa(s.Horizon), "beginjaar", strconv.Itoa(s.StartYear)}
	m := Model{Settings: s}
	for _, key := range settingKeys {
		pairs = append(pairs, showFigure(settingField[key], m.figure(key))...)
	}
	return web.NewForm(pairs...)
}

// readCity reads the form of a city: the people of each year with spaces between.
func readCity(f *web.Form) City {
	c := City{ID: f.Line("id", 8), Name: f.Line("stad", NameMost)}
	for text := range strings.FieldsFuncSeq(f.Line("mensen", 400), func(r rune) bool { return r == ' ' || r == ';' || r == '/' }) {
		v, err := decimal.Parse(text)
		if err != nil {
			f.Fail("mensen", "businesscase.wrong.people")
			break
		}
		c.Invited = append(c.Invited, v)
	}
	return c
}

// showPeople writes the people of each year.
func showPeople(c City) string {
	list := make([]string, len(c.Invited))
	for k, v := range c.Invited {
		list[k] = typed(&v)
	}
	return strings.Join(list, " ")
}

// readScenario reads the form of a scenario: for each figure a field that stays
// empty, or holds a value, or low; most likely; high.
func readScenario(f *web.Form, m *Model) Scenario {
	s := Scenario{ID: f.Line("id", 8), Name: f.Line("naam", NameMost), Note: f.Text("uitleg", NoteMost)}
	for _, key := range m.keys() {
		text := f.Line(key, 120)
		if text == "" {
			continue
		}
		var values []float64
		for part := range strings.SplitSeq(text, ";") {
			v, err := decimal.Parse(part)
			if err != nil {
				break
			}
			values = append(values, v)
		}
		switch n := strings.Count(text, ";") + 1; {
		case n != len(values) || n != 1 && n != 3:
			f.Fail(key, "businesscase.wrong.three")
		case n == 1:
			s.Overrides = append(s.Overrides, Override{key, Exactly(values[0])})
		default:
			s.Overrides = append(s.Overrides, Override{key, Between(values[0], values[1], values[2])})
		}
	}
	return s
}

// showScenario puts a scenario into the fields.
func showScenario(s Scenario) *web.Form {
	pairs := []string{"id", s.ID, "naam", s.Name, "uitleg", s.Note}
	for _, o := range s.Overrides {
		text := typed(o.Figure.Likely)
		if o.Figure.Low != nil && o.Figure.High != nil {
			text = typed(o.Figure.Low) + "; " + text + "; " + typed(o.Figure.High)
		}
		pairs = append(pairs, o.Key, text)
	}
	return web.NewForm(pairs...)
}

// edit reads what every form that changes a case carries along.
func edit(r *http.Request, f *web.Form) Edit {
	return Edit{ID: r.PathValue("id"), Version: whole(f, "versie"), Why: f.Line("waarom", whyMost)}
}

// atField brings the faults at the ends of a range to the one field that a
// scenario has for a figure.
func atField(err error, m *Model) error {
	fields := slices.Clone(fault.FieldsOf(err))
	for k := range fields {
		for _, end := range []string{"-laag", "-hoog"} {
			if name, ok := strings.CutSuffix(fields[k].Name, end); ok && m.figure(name) != nil {
				fields[k].Name = name
			}
		}
	}
	if len(fields) == 0 {
		return err
	}
	return fault.Invalid(fields...)
}
