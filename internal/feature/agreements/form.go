package agreements

import (
	"strconv"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/decimal"
	"wijkbaak.nl/internal/base/web"
)

// number reads a field that may be empty.
func number(f *web.Form, name string) *float64 {
	text := f.Line(name, 40)
	if text == "" {
		return nil
	}
	v, err := decimal.Parse(text)
	if err != nil {
		f.Fail(name, "agreements.wrong.number")
		return nil
	}
	return &v
}

// amount reads a field with euros; 0 where it is empty.
func amount(f *web.Form, name string) int64 {
	text := f.Line(name, 40)
	if text == "" {
		return 0
	}
	v, err := decimal.Cents(text)
	if err != nil {
		f.Fail(name, "agreements.wrong.amount")
	}
	return v
}

// lines reads a field with something on each line.
func lines(f *web.Form, name string, most int) (list []string) {
	for line := range strings.Lines(f.Text(name, most)) {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}

// readTerms reads the form of an agreement. A row of the table that is empty is
// left out; the rows behind it move up.
func readTerms(f *web.Form) Terms {
	t := Terms{Title: f.Line("titel", titleMost), Initiative: f.Line("initiatief", 120), Organisation: f.Line("organisatie", 60)}
	m := &t.Model
	for _, p := range []struct {
		role Role
		name string
	}{{Payer, "betalers"}, {Provider, "aanbieders"}} {
		for _, name := range lines(f, p.name, partiesMost*(nameMost+2)) {
			m.Parties = append(m.Parties, Party{Role: p.role, Name: name})
		}
	}
	m.Indicator, m.Measure, m.Better = f.Line("indicator", nameMost), f.Line("eenheid", unitMost), f.Value("beter")
	m.Pilot, m.Code, _ = strings.Cut(f.Line("meting", 130), "|")
	m.Baseline, m.Threshold, m.Mode = number(f, "uitgangswaarde"), number(f, "drempel"), Mode(f.Value("manier"))
	for k := range bandsMost {
		at := strconv.Itoa(k)
		if f.Line("van-"+at, 40)+f.Line("tot-"+at, 40)+f.Line("bedrag-"+at, 40) == "" {
			continue
		}
		b := Band{To: number(f, "tot-"+at), Cents: amount(f, "bedrag-"+at)}
		if v := number(f, "van-"+at); v != nil {
			b.From = *v
		} else if f.Value("van-"+at) == "" {
			f.Fail("van-"+at, "agreements.wrong.empty")
		}
		m.Bands = append(m.Bands, b)
	}
	m.Ceiling, m.Deduct, m.Note = amount(f, "plafond"), f.Bool("aftrek"), f.Text("afspraken", noteMost)
	for _, line := range lines(f, "dagen", datesMost*14) {
		day, ok := ParseDay(line)
		if !ok {
			f.Fail("dagen", "agreements.wrong.day", "text", line)
			break
		}
		for _, d := range t.Dates {
			if d.Equal(day) {
				f.Fail("dagen", "agreements.wrong.twice", "text", line)
			}
		}
		t.Dates = append(t.Dates, day)
	}
	return t
}

func euros(cents int64) string {
	if cents == 0 {
		return ""
	}
	return strings.Replace(strconv.FormatFloat(float64(cents)/100, 'f', -1, 64), ".", ",", 1)
}

// showTerms puts an agreement into the fields.
func showTerms(v View) *web.Form {
	m := &v.Model
	names := func(role Role) string {
		var list []string
		for _, p := range m.of(role) {
			list = append(list, p.Name)
		}
		return strings.Join(list, "\n")
	}
	typed := func(v *float64) string {
		if v == nil {
			return ""
		}
		return plain(*v)
	}
	var days []string
	for _, c := range v.Checks {
		days = append(days, c.Due.Format("02-01-2006"))
	}
	pairs := []string{"titel", v.Title, "initiatief", v.Agreement.Initiative, "betalers", names(Payer), "aanbieders", names(Provider),
		"indicator", m.Indicator, "eenheid", m.Measure, "beter", m.Better, "uitgangswaarde", typed(m.Baseline), "drempel", typed(m.Threshold),
		"manier", string(m.Mode), "plafond", euros(m.Ceiling), "afspraken", m.Note, "dagen", strings.Join(days, "\n")}
	if m.Pilot != "" {
		pairs = append(pairs, "meting", m.Pilot+"|"+m.Code)
	}
	if m.Deduct {
		pairs = append(pairs, "aftrek", "ja")
	}
	for k, b := range m.Bands {
		at := strconv.Itoa(k)
		pairs = append(pairs, "van-"+at, plain(b.From), "tot-"+at, typed(b.To), "bedrag-"+at, euros(b.Cents))
		if b.Cents == 0 {
			pairs[len(pairs)-1] = "0"
		}
	}
	return web.NewForm(pairs...)
}

// readResult reads what was measured.
func readResult(f *web.Form) Result {
	in := Result{Pilot: f.Value("bron") == "pilot"}
	if in.Pilot {
		return in
	}
	if v := number(f, "waarde"); v != nil {
		in.Value = *v
	} else if f.Value("waarde") == "" {
		f.Fail("waarde", "agreements.wrong.empty")
	}
	if text := f.Line("mensen", 12); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			f.Fail("mensen", "agreements.wrong.number")
		}
		in.People = n
	}
	in.Source = f.Line("toelichting", sourceMost)
	return in
}

// newForm is what a new agreement begins with.
func newForm(initiative string, now time.Time) *web.Form {
	return web.NewForm("initiatief", initiative, "beter", "up", "manier", string(Fixed), "dagen", now.AddDate(1, 0, 0).Format("02-01-2006"))
}
