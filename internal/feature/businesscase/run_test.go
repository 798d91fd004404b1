package businesscase

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the golden files anew")

// big is a case as large as the issue asks for: 60 lines, 10 years, 4 cities.
func big() *Model {
	m := &Model{Settings: DefaultSettings(2027)}
	m.Settings.Horizon = 10
	m.Settings.Participation = Between(40, 60, 80)
	m.Settings.Retention = Between(70, 85, 95)
	m.Settings.Decay = Between(0, 5, 20)
	for k := range 4 {
		m.Cities = append(m.Cities, City{ID: fmt.Sprint("c", k+1), Name: fmt.Sprint("Stad ", k), Invited: []float64{20, 60, float64(100 + k)}})
	}
	for k := range 60 {
		v := float64(100 + 13*k)
		l := Line{ID: fmt.Sprint("l", k+1), Name: "regel", Unit: "stuk", Payer: Payers[k%len(Payers)], Kind: Cost,
			Basis: Bases[k%len(Bases)], Amount: Between(v/2, v, 3*v)}
		if k%2 == 1 {
			l.Kind = Benefit
		}
		if k%3 == 0 {
			l.Amount.Shape = Triangular
		}
		if l.Basis == PerEvent || k%4 == 0 {
			q := Between(0.1, 0.2+float64(k)/200, 1)
			l.Quantity = &q
		}
		if k%7 == 0 {
			l.City = fmt.Sprint("c", 1+k%4)
		}
		m.Lines = append(m.Lines, l)
	}
	return m
}

func BenchmarkRun(b *testing.B) {
	m := big()
	for b.Loop() {
		m.Run(Seed, Draws)
	}
}

func TestABigCaseIsQuickEnough(t *testing.T) {
	m := big()
	m.Run(Seed, Draws) // the tables of the distributions are made once
	begin := time.Now()
	m.Run(Seed, Draws)
	if took := time.Since(begin); took > 2*time.Second {
		t.Errorf("60 lines × 10 years × 4 cities × %d draws took %v", Draws, took)
	}
}

func TestTheSameSeedGivesTheSameCents(t *testing.T) {
	got, err := json.MarshalIndent(big().Run(Seed, Draws), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/big.json"
	if *update {
		if err := os.WriteFile(golden, append(got, '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != string(got)+"\n" {
		t.Error("the result is not that of testdata/big.json; when that is meant, run with -update")
	}
	other := big().Run(Seed+1, Draws)
	if other.Total.Mean == big().Run(Seed, Draws).Total.Mean {
		t.Error("another seed gives the same mean")
	}
}

// moments of 10,000 draws of a figure.
func moments(f Figure) (mean, sd float64) {
	v := make([]float64, Draws)
	f.fillDraws(v, Seed, "x")
	for _, x := range v {
		mean += x / Draws
	}
	for _, x := range v {
		sd += (x - mean) * (x - mean) / Draws
	}
	return mean, math.Sqrt(sd)
}

// The mean of n draws lies within 4 × sd/√n of the true one but for one time in
// 16,000; the spread within 4 × sd × √((k−1)/4n), with k the kurtosis (3 or less
// here). The tables of PERT add at most 1e-4 of the range.
func TestDrawsHaveTheirClosedForm(t *testing.T) {
	for _, c := range []struct {
		f        Figure
		mean, sd float64
	}{
		{Between(0, 30, 100), (0 + 4*30 + 100) / 6.0, math.NaN()},
		{Between(0, 0, 100), 100 / 6.0, math.NaN()},
		{Between(10, 10.5, 11), 10.5, math.NaN()},
		{Figure{Low: new(0.0), Likely: new(30.0), High: new(100.0), Shape: Triangular}, 130 / 3.0,
			math.Sqrt((0 + 30*30 + 100*100 - 0 - 0 - 30*100) / 18.0)},
		{Figure{Low: new(5.0), Likely: new(5.0), High: new(8.0), Shape: Triangular}, 6, math.Sqrt((25 + 25 + 64 - 25 - 40 - 40) / 18.0)},
		{Figure{Low: new(80.0), Likely: new(100.0), High: new(120.0), Shape: Normal}, 100, 20 / ninety},
	} {
		low, high := c.f.ends()
		if math.IsNaN(c.sd) { // beta with a+b = 6
			a := 1 + 4*(c.f.value()-low)/(high-low)
			c.sd = (high - low) * math.Sqrt(a*(6-a)/(36*7))
		}
		mean, sd := moments(c.f)
		if bound := 4*c.sd/math.Sqrt(Draws) + 1e-4*(high-low); math.Abs(mean-c.mean) > bound {
			t.Errorf("%v: the mean is %v, not %v ± %v", c.f.Shape, mean, c.mean, bound)
		}
		if bound := 4*c.sd*math.Sqrt(2.0/(4*Draws)) + 1e-4*(high-low); math.Abs(sd-c.sd) > bound {
			t.Errorf("%v: the spread is %v, not %v ± %v", c.f.Shape, sd, c.sd, bound)
		}
	}
}

// The table itself, without chance.
func TestTheTableOfPERTHasItsMean(t *testing.T) {
	for _, mode := range []float64{0, 0.01, 0.2, 0.5, 0.77, 1} {
		tab := makePERT(mode)
		mean := 0.0
		for k := range tableSteps {
			mean += (tab[k] + tab[k+1]) / 2 / tableSteps
		}
		if want := (1 + 4*mode) / 6; math.Abs(mean-want) > 1e-4 {
			t.Errorf("mode %v: %v, not %v", mode, mean, want)
		}
		if !slices.IsSorted(tab[:]) {
			t.Errorf("mode %v: the quantiles do not rise", mode)
		}
	}
}

// A case of normal lines only is normal again: its mean, quantiles and chance
// are known. 10,000 draws bring the quantile of 5 % within 4 × √(p(1−p)/n)/f,
// with f the density there, which is 0.085 sd; the median within 0.05 sd.
func TestASumOfNormalLinesIsNormal(t *testing.T) {
	m := &Model{Settings: DefaultSettings(2027), Cities: []City{{ID: "c1", Name: "Stad", Invited: []float64{100}}}}
	m.Settings.Horizon, m.Settings.Discount = 1, Exactly(0)
	variance, mean := 0.0, 0.0
	for k := range 6 {
		v := float64(50 + 10*k)
		l := Line{ID: fmt.Sprint("l", k+1), Payer: Insurer, Kind: Benefit, Basis: ParticipantYear, Amount: Between(v-10, v, v+10)}
		l.Amount.Shape = Normal
		if k%2 == 0 {
			l.Kind = Cost
			v = -v
		}
		m.Lines = append(m.Lines, l)
		mean += 100 * v
		variance += math.Pow(100*10/ninety, 2)
	}
	sd := math.Sqrt(variance)
	r := m.Run(Seed, Draws)
	near := func(what string, got int64, want, bound float64) {
		if math.Abs(float64(got)/100-want) > bound {
			t.Errorf("%s is %v, not %v ± %v", what, float64(got)/100, want, bound)
		}
	}
	near("the mean", r.Total.Mean, mean, 4*sd/math.Sqrt(Draws))
	near("the median", r.Total.Value.Mid, mean, 0.05*sd)
	near("5 %", r.Total.Value.Low, mean-ninety*sd, 0.085*sd)
	near("95 %", r.Total.Value.High, mean+ninety*sd, 0.085*sd)
	chance := 0.5 * math.Erfc(-mean/sd/math.Sqrt2)
	if bound := 4 * math.Sqrt(chance*(1-chance)/Draws); math.Abs(r.Total.Gains-chance) > bound {
		t.Errorf("the chance is %v, not %v ± %v", r.Total.Gains, chance, bound)
	}
	if r.Total.ValueLikely != Cents(mean) {
		t.Errorf("most likely %d, not %d", r.Total.ValueLikely, Cents(mean))
	}
}

// small draws a random model that passes its check.
func small(t *rapid.T) *Model {
	number := func(what string, most float64) float64 {
		return math.Round(rapid.Float64Range(0, most).Draw(t, what)*100) / 100
	}
	figure := func(what string, most float64) Figure {
		a, b, c := number(what, most), number(what, most), number(what, most)
		v := []float64{a, b, c}
		slices.Sort(v)
		f := Between(v[0], v[1], v[2])
		f.Shape, f.Status = rapid.SampledFrom([]Shape{PERT, Triangular}).Draw(t, "shape"), Guessed
		return f
	}
	m := &Model{Settings: DefaultSettings(2026)}
	m.Settings.Horizon = rapid.IntRange(1, 8).Draw(t, "horizon")
	m.Settings.Discount = Exactly(number("discount", 9))
	m.Settings.Index = Exactly(number("index", 5))
	m.Settings.Discount.Status, m.Settings.Index.Status = Guessed, Guessed
	m.Settings.Discount.Status, m.Settings.Index.Status = Published, Published
	m.Settings.Participation = figure("participation", 100)
	m.Settings.Retention = figure("retention", 100)
	m.Settings.Decay = figure("decay", 100)
	for k := range rapid.IntRange(1, 3).Draw(t, "cities") {
		c := City{ID: fmt.Sprint("c", k+1), Name: "Stad"}
		for range rapid.IntRange(1, 4).Draw(t, "ramp") {
			c.Invited = append(c.Invited, float64(rapid.IntRange(0, 300).Draw(t, "people")))
		}
		m.Cities = append(m.Cities, c)
	}
	for k := range rapid.IntRange(1, 12).Draw(t, "lines") {
		l := Line{ID: fmt.Sprint("l", k+1), Name: "regel", Unit: "stuk", Payer: rapid.SampledFrom(Payers).Draw(t, "payer"),
			Kind: rapid.SampledFrom([]Kind{Cost, Benefit}).Draw(t, "kind"), Basis: rapid.SampledFrom(Bases).Draw(t, "basis"),
			Amount: figure("amount", 5000)}
		if l.Basis == PerEvent || rapid.Bool().Draw(t, "counted") {
			q := figure("quantity", 20)
			l.Quantity = &q
		}
		if rapid.Bool().Draw(t, "of one city") {
			l.City = m.Cities[rapid.IntRange(0, len(m.Cities)-1).Draw(t, "city")].ID
		} else if (l.Basis == Once || l.Basis == Yearly) && rapid.Bool().Draw(t, "shared") {
			l.City = Shared
		}
		m.Lines = append(m.Lines, l)
	}
	return m
}

func TestWhatAlwaysHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := small(t)
		if err := m.Check(); err != nil {
			t.Fatal(err)
		}
		before, _ := json.Marshal(m)
		r := m.Run(7, 400)
		if after, _ := json.Marshal(m); string(after) != string(before) {
			t.Fatal("counting changed the model")
		}
		var likely, moved int64
		for _, o := range r.Payers {
			likely += o.ValueLikely
			if o.Value.Low > o.Value.Mid || o.Value.Mid > o.Value.High || o.Gains < 0 || o.Gains > 1 {
				t.Fatalf("%+v", o)
			}
			if o.Benefits-o.Costs != o.ValueLikely {
				t.Fatalf("benefits %d less costs %d are not %d", o.Benefits, o.Costs, o.ValueLikely)
			}
		}
		if likely != r.Total.ValueLikely {
			t.Fatal("the payers do not add up to all together")
		}
		// After the transfers nobody loses, and nothing is made or lost.
		even := map[Payer]int64{}
		for _, x := range r.Transfers {
			if x.Cents <= 0 || x.From == x.To {
				t.Fatalf("%+v", x)
			}
			even[x.From] -= x.Cents
			even[x.To] += x.Cents
			moved += x.Cents
		}
		for _, o := range r.Payers {
			if even[Carers] != 0 {
				t.Fatal("carers pay or get money for their hours")
			}
			if r.Short == 0 && o.Payer != Carers && o.Mean+even[o.Payer] < 0 {
				t.Fatalf("%s still loses %d", o.Payer, o.Mean+even[o.Payer])
			}
		}
		if r.Short > 0 && moved > 0 {
			t.Fatal("there is not enough, and yet it is shared")
		}
		// At a turning point the net is zero.
		of := rapid.SampledFrom(append(m.payers(), "")).Draw(t, "of")
		for _, turn := range m.Turns(of) {
			if !turn.Found {
				continue
			}
			scale := 1.0
			for _, o := range r.Payers {
				scale += float64(o.Costs+o.Benefits) / 100
			}
			if net := m.at(turn.Key, turn.At, of); math.Abs(net) > 1e-6*scale {
				t.Fatalf("%s at %v leaves %v of %v", turn.Key, turn.At, net, scale)
			}
		}
	})
}

// Ten times the amounts are ten times the outcome; two cities alike are twice one.
func TestTheCaseIsLinear(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := small(t)
		ten := m.clone()
		for k := range ten.Lines {
			a := &ten.Lines[k].Amount
			*a = Figure{Low: new(10 * *a.Low), Likely: new(10 * *a.Likely), High: new(10 * *a.High), Shape: a.Shape}
		}
		one, more := m.certain().total(), ten.certain().total()
		if math.Abs(more-10*one) > 1e-6*(1+math.Abs(more)) {
			t.Fatalf("%v is not ten times %v", more, one)
		}
		alone := *m
		alone.Cities = m.Cities[:1]
		alone.Lines = slices.DeleteFunc(slices.Clone(m.Lines), func(l Line) bool { return l.City != "" })
		twice := alone
		twice.Cities = []City{m.Cities[0], {ID: "c9", Name: "Weer", Invited: m.Cities[0].Invited}}
		one, more = alone.certain().total(), twice.certain().total()
		if math.Abs(more-2*one) > 1e-6*(1+math.Abs(more)) {
			t.Fatalf("%v is not twice %v", more, one)
		}
	})
}

func TestPeopleStayAndEffectsWane(t *testing.T) {
	m := &Model{Settings: DefaultSettings(2027), Cities: []City{{ID: "c1", Invited: []float64{0, 100, 50, 0}}}}
	people := newCrowd(m)
	people.fill(m, 50, 80, 10)
	for _, c := range []struct {
		v    volume
		want []float64
	}{
		{volNew, []float64{0, 50, 25, 0, 0}},
		{volActive, []float64{0, 50, 65, 52, 41.6}},
		{volEffect, []float64{0, 50, 61, 43.92, 31.6224}},
		{volFirst, []float64{0, 1, 0, 0, 0}},
		{volRuns, []float64{0, 1, 1, 1, 1}},
	} {
		for y, got := range people.of(rowAll, c.v) {
			if math.Abs(got-c.want[y]) > 1e-9 {
				t.Errorf("volume %d in year %d is %v, not %v", c.v, y, got, c.want[y])
			}
		}
	}
}

func TestPayBack(t *testing.T) {
	for _, c := range []struct {
		flow []float64
		want int
	}{
		{[]float64{-100, 60, 60}, 2029},
		{[]float64{-100, 60, 40}, 2029},
		{[]float64{-100, 120, -50, 40}, 2030},
		{[]float64{-100, 10}, 0},
		{[]float64{5, 5}, 2027},
		{[]float64{0, 0}, 0},
	} {
		if got := payBack(c.flow, 2027); got != c.want {
			t.Errorf("%v: %d, not %d", c.flow, got, c.want)
		}
	}
}

func TestAMissingFigureSaysWhatDecides(t *testing.T) {
	q := Figure{}
	m := &Model{Settings: DefaultSettings(2027), Cities: []City{{ID: "c1", Name: "Stad", Invited: []float64{10}}}}
	m.Settings.Horizon = 1
	m.Lines = []Line{
		{ID: "l1", Payer: Wmo, Kind: Cost, Basis: Once, Amount: Exactly(1000)},
		{ID: "l2", Payer: Insurer, Kind: Benefit, Basis: PerEvent, Amount: Exactly(200), Quantity: &q},
	}
	r := m.Run(1, 100)
	if len(r.Missing) != 1 || r.Missing[0].Keys[0] != "l2.quantity" || !r.Missing[0].Found || !r.Missing[0].Above || math.Abs(r.Missing[0].At-0.5) > 1e-12 {
		t.Errorf("%+v", r.Missing)
	}
	m.Lines[1].Amount = Figure{}
	r = m.Run(1, 100)
	if len(r.Missing) != 1 || len(r.Missing[0].Keys) != 2 || math.Abs(r.Missing[0].At-100) > 1e-9 {
		t.Errorf("both: %+v", r.Missing)
	}
	if r.Total.ValueLikely != -100000 {
		t.Errorf("without the line it is %d", r.Total.ValueLikely)
	}
}

func TestAChangedFigureLeavesTheLuckOfTheOthers(t *testing.T) {
	m := big()
	a := m.Run(Seed, 500)
	m.Lines[0].Amount = Between(1, 2, 3) // of Wmo
	b := m.Run(Seed, 500)
	if a.Of(Employer).Value != b.Of(Employer).Value || a.Of(Wmo).Value == b.Of(Wmo).Value {
		t.Error("a figure of one payer changed the draws of another")
	}
}
