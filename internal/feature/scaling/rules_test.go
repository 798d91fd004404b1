package scaling

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/id"
	"wijkbaak.nl/internal/trust/access"
)

func TestParseDay(t *testing.T) {
	for text, want := range map[string]Day{"2026-11-21": "2026-11-21", "21-11-2026": "2026-11-21", "1/2/2027": "2027-02-01", " 1.2.27 ": "2027-02-01", "": ""} {
		if got, err := ParseDay(text); err != nil || got != want {
			t.Errorf("%q is %q, %v", text, got, err)
		}
	}
	for _, text := range []string{"31-2-2026", "morgen", "1-1-1999", "2026-13-01", "1-1-20266"} {
		if got, err := ParseDay(text); err == nil {
			t.Errorf("%q is taken for %q", text, got)
		}
	}
	if d := DayOf(time.Date(2026, 11, 21, 23, 30, 0, 0, time.UTC)); d != "2026-11-22" {
		t.Errorf("half past midnight in Amsterdam is %s", d)
	}
	if d := Day("2026-12-31").Add(1); d != "2027-01-01" || Day("2026-03-01").until("2026-04-01") != 31 {
		t.Error(d)
	}
}

func TestParseLines(t *testing.T) {
	got, err := ParseLines("titel; wie; datum\n\nPlan maken; Fatma ; 21-1-2027; € 1.500\r\n Alleen een titel\nUit\tJoost\t2027-02-01\n")
	if err != nil {
		t.Fatal(err)
	}
	want := []Line{{3, "Plan maken", "Fatma", "2027-01-21", 150_000}, {4, "Alleen een titel", "", "", 0}, {5, "Uit", "Joost", "2027-02-01", 0}}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%+v", got)
	}
	for text, key := range map[string]string{"a;b;c;d;e": "scaling.wrong.parts", "; Fatma": "scaling.wrong.linetitle", "Plan;;32-1-2027": "scaling.wrong.lineday",
		"Plan;;;veel": "scaling.wrong.linebudget", "Plan;;;-3": "scaling.wrong.linebudget", strings.Repeat("Plan\n", linesMost+1): "scaling.wrong.many",
		strings.Repeat("x", stepTitleMost+1): "scaling.wrong.linetitle"} {
		_, err := ParseLines(text)
		if f := fault.FieldsOf(err); len(f) != 1 || f[0].Key != key {
			t.Errorf("%.20q: %v", text, err)
		}
	}
}

func FuzzParseLines(f *testing.F) {
	f.Add("Plan maken; Fatma; 21-1-2027; 1.500\nx")
	f.Add("a\tb\tc")
	f.Fuzz(func(t *testing.T, text string) {
		list, err := ParseLines(text)
		if err != nil && fault.KindOf(err) != fault.KindInvalid {
			t.Fatal(err)
		}
		for _, l := range list {
			if l.Title == "" || l.Budget < 0 || strings.ContainsAny(l.Title, "\n\t") || l.Due != "" && (l.Due < firstDay || l.Due > lastDay) {
				t.Errorf("%+v", l)
			}
		}
		ParseConditions(text)
	})
}

func FuzzReadTemplate(f *testing.F) {
	data, err := templateFiles.ReadFile("templates/standard.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"title":"abc","goals":"","conditions":[],"shared":[{"key":"a","title":"bc","after":["a"]}],"city":[]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := readTemplate(data)
		if err != nil {
			return
		}
		n := 0
		steps := p.steps(Plan{ID: "p", Start: "2026-01-05"}, []Track{{ID: "a"}, {ID: "b"}}, func() string { n++; return fmt.Sprint("i", n) }, time.Time{})
		if len(steps) != len(p.Shared)+2*len(p.City) || Circle(steps) != nil {
			t.Errorf("%d steps, circle %v", len(steps), Circle(steps))
		}
		one, err := encode(p)
		if err != nil {
			t.Fatal(err)
		}
		again, err := readTemplate(one)
		if err != nil {
			t.Fatalf("what was written is not read: %v", err)
		}
		if two, _ := encode(again); !bytes.Equal(one, two) {
			t.Error("not the same again")
		}
	})
}

func TestCircle(t *testing.T) {
	s := func(id string, waits ...string) Step { return Step{ID: id, Title: strings.ToUpper(id), Waits: waits} }
	for _, c := range []struct {
		steps []Step
		want  string
	}{
		{[]Step{s("a"), s("b", "a"), s("c", "a", "b")}, ""},
		{[]Step{s("a", "b"), s("b", "c"), s("c", "a")}, "A B C A"},
		{[]Step{s("a", "a")}, "A A"},
		{[]Step{s("x", "a"), s("a", "b"), s("b", "a")}, "A B A"},
		{[]Step{s("a", "elsewhere")}, ""},
	} {
		var got []string
		for _, o := range Circle(c.steps) {
			got = append(got, o.Title)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%v: the circle is %v, want %q", c.steps, got, c.want)
		}
	}
	long := make([]Step, stepsMost)
	for k := range long {
		long[k] = s(fmt.Sprint(k), fmt.Sprint((k+1)%stepsMost))
	}
	if len(Circle(long)) != stepsMost+1 {
		t.Error("a long circle is not found")
	}
}

func TestProgressIsCounted(t *testing.T) {
	steps := []Step{{State: Done, Due: "2026-01-01"}, {State: Doing, Due: "2026-11-20", Budget: 5}, {State: Todo, Due: "2026-11-21"}, {State: Todo, Budget: 7},
		{State: Dropped, Due: "2026-01-01", Budget: 100}}
	if got := Count(steps, "2026-11-21"); got != (Tally{Total: 4, Done: 1, Doing: 1, Late: 1, Budget: 12}) || got.Percent() != 25 {
		t.Errorf("%+v", got)
	}
	if (Tally{}).Percent() != 0 {
		t.Error("an empty plan")
	}
	var s Step
	s.set(Done, "2026-11-21")
	s.set(Done, "2026-12-21")
	if s.Done != "2026-11-21" {
		t.Errorf("done on %s", s.Done)
	}
	if s.set(Doing, ""); s.Done != "" {
		t.Error("not done, and still a day")
	}
}

func TestRights(t *testing.T) {
	ofGroup, ofCity := Plan{Coalition: group, Organisation: ""}, Plan{Organisation: "waterstad"}
	half := fatma
	half.SecondFactor = false
	for _, c := range []struct {
		who  access.Actor
		plan Plan
		role Role
		want right
	}{
		{nobody, ofGroup, Outside, nothing}, {fatma, ofGroup, Outside, nothing}, {neighbour, ofGroup, Convener, ends}, {neighbour, ofGroup, Member, writes},
		{neighbour, ofGroup, Observer, reads}, {fatma, ofGroup, Role("king"), nothing},
		{fatma, ofCity, Outside, ends}, {coach, ofCity, Outside, reads}, {joost, ofCity, Convener, nothing}, {half, ofCity, Outside, nothing}, {nobody, Plan{}, Outside, nothing},
		{coach, Plan{}, Outside, nothing},
	} {
		if got := rights(c.who, c.plan, c.role); got != c.want {
			t.Errorf("%s with %q of %+v: %d, want %d", c.who.Person, c.role, c.plan, got, c.want)
		}
	}
}

func TestTheStandardTemplateIsSound(t *testing.T) {
	p, err := Standard()
	if err != nil || len(p.City) < 5 || len(p.Conditions) == 0 {
		t.Fatalf("%+v %v", p, err)
	}
	n := 0
	tracks := []Track{{ID: "a"}, {ID: "b"}, {ID: "c"}}
	steps := p.steps(Plan{ID: "p", Start: "2026-06-01"}, tracks, func() string { n++; return fmt.Sprintf("i%03d", n) }, time.Time{})
	for _, s := range steps {
		if s.Title == "Resultaten van alle gemeenten vergelijken" && (len(s.Waits) != 3 || s.Due != "2027-04-05") {
			t.Errorf("%+v waits not for each city", s)
		}
	}
	// A plan that began from it comes down to it again: with keys of its own.
	back := NewTemplate(Plan{Title: p.Title, Goals: p.Goals, Start: "2026-06-01"}, tracks, steps)
	if len(back.Shared) != len(p.Shared) || len(back.City) != len(p.City) {
		t.Errorf("%d and %d steps come back", len(back.Shared), len(back.City))
	}
	again := NewTemplate(Plan{Title: p.Title, Goals: p.Goals, Start: "2030-01-01"}, tracks, back.steps(Plan{Start: "2030-01-01"}, tracks, func() string { n++; return fmt.Sprintf("i%03d", n) }, time.Time{}))
	one, _ := encode(back)
	two, _ := encode(again)
	if !bytes.Equal(one, two) {
		t.Errorf("weeks from the start move:\n%s\n%s", one, two)
	}
}

// Two cities that do the same in another order make no circle in a template.
func TestATemplateOfCitiesThatDiffer(t *testing.T) {
	steps := []Step{{ID: "1", Track: "a", Title: "Meten", Due: "2026-01-01"}, {ID: "2", Track: "a", Title: "Beginnen", Due: "2026-02-01", Waits: []string{"1"}},
		{ID: "3", Track: "b", Title: "Beginnen", Due: "2026-01-01"}, {ID: "4", Track: "b", Title: "meten", Due: "2026-02-01", Waits: []string{"3"}},
		{ID: "5", Track: "b", Title: "Weg", State: Dropped}}
	p := NewTemplate(Plan{Title: "Plan", Start: "2026-01-01"}, nil, steps)
	if len(p.City) != 2 || !p.sound() || len(p.City[0].After)+len(p.City[1].After) != 1 {
		t.Errorf("%+v", p)
	}
}

// big is a plan of 300 steps.
func big() *View {
	c := clock.NewFake(generateFrom)
	g := generate(rand.New(rand.NewPCG(7, 7)), id.Seeded(c, 7), generateFrom, 0, 300) //nolint:gosec // must be repeatable
	v := &View{Plan: g.plan, Tracks: g.tracks, Steps: g.steps, Names: map[string]string{}, Today: "2025-12-01"}
	sortSteps(v.Steps)
	return v
}

func TestGantt(t *testing.T) {
	v := &View{Plan: Plan{Title: `Plan <1> "x"`}, Today: "2026-11-21", Tracks: []Track{{ID: "a", Name: "Waterstad"}, {ID: "b", Name: "Leeg & stil"}}, Steps: []Step{
		{ID: "1", Title: "Samen <b>", State: Done, Start: "2026-09-01", Due: "2026-10-01", Done: "2026-10-05"},
		{ID: "2", Track: "a", Title: "Laat", State: Doing, Due: "2026-11-01", Waits: []string{"1"}},
		{ID: "3", Track: "a", Title: "Zonder dag", State: Todo},
		{ID: "4", Track: "a", Title: "Eerder dan hij mag", State: Todo, Start: "2026-09-15", Due: "2027-01-01", Waits: []string{"2", "3"}},
		{ID: "5", Track: "a", Title: "Vervallen", State: Dropped, Due: "2020-01-01"},
	}}
	got := v.Gantt(inDutch())
	for _, text := range []string{"Samen &lt;b&gt;", "Leeg &amp; stil", "te laat", "✓", "vandaag", "geen datum", "wb-arrow", "1 van 1 stap gedaan", `role="img"`, "12-2026"} {
		if !strings.Contains(got, text) {
			t.Errorf("the picture does not show %q", text)
		}
	}
	if strings.Count(got, `class="wb-arrow"`) != 2 || strings.Contains(got, "Vervallen") || strings.Contains(got, " style=") || strings.Contains(got, "<b>") || strings.Contains(got, "NaN") {
		t.Errorf("%d arrows:\n%s", strings.Count(got, `class="wb-arrow"`), got)
	}
	for _, empty := range []*View{{Plan: Plan{Title: "x"}, Today: "2026-11-21"}, {Plan: Plan{Title: "x"}, Today: "2026-11-21", Steps: []Step{{ID: "1", Title: "y", Due: "2099-01-01"}}}} {
		if got := empty.Gantt(inDutch()); !strings.HasSuffix(got, "</svg>") || strings.Contains(got, "NaN") {
			t.Error(got)
		}
	}
}

func BenchmarkGantt300(b *testing.B) {
	v, ctx := big(), inDutch()
	b.ReportAllocs()
	for b.Loop() {
		if len(v.Gantt(ctx)) < 1000 {
			b.Fatal("no picture")
		}
	}
}

// The whole page of the timeline, with the table behind the picture.
func BenchmarkTimelinePage300(b *testing.B) {
	v, ctx := big(), inDutch()
	p := planView{View: *v, Tab: "tijdlijn"}
	var out bytes.Buffer
	for b.Loop() {
		out.Reset()
		if err := p.render().Render(ctx, &out); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(out.Len())/1024, "kB")
}
