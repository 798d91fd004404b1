package agreements

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"wijkbaak.nl/internal/base/fault"
)

func of(v float64) *float64 { return &v }

func model(mode Mode, bands ...Band) Model {
	return Model{Parties: []Party{{Payer, "", "Gemeente"}, {Provider, "", "Aanbieder"}}, Indicator: "Deelnemers", Measure: "mensen", Better: "up", Mode: mode, Bands: bands}
}

func kinds(steps []Step) (list []StepKind) {
	for _, s := range steps {
		list = append(list, s.Kind)
	}
	return list
}

func TestSettlements(t *testing.T) {
	fixed := model(Fixed, Band{10, of(20), 100_000}, Band{20, nil, 250_000})
	unit := model(Unit, Band{0, of(20), 5_000}, Band{20, of(50), 3_333}, Band{50, nil, 1_001})
	better := func(m Model) Model { m.Better, m.Baseline = "down", of(3.4); return m }
	with := func(m Model, f func(m *Model)) Model { f(&m); return m }
	small := model(Fixed, Band{0.3, of(0.6), 500_000}, Band{0.6, nil, 1_000_000})
	for _, c := range []struct {
		name   string
		m      Model
		value  float64
		before int64
		pay    int64
		kinds  []StepKind
	}{
		{"in the first band", fixed, 12, 0, 100_000, []StepKind{stepMeasured, stepBand, stepTotal}},
		{"a band holds its begin", fixed, 20, 0, 250_000, nil},
		{"and not its end", fixed, 19.999, 0, 100_000, nil},
		{"below the table", fixed, 9.99, 0, 0, []StepKind{stepMeasured, stepOutside, stepTotal}},
		{"above a table with an end", model(Fixed, Band{0, of(5), 100}), 5, 0, 0, []StepKind{stepMeasured, stepOutside, stepTotal}},
		{"units over three bands", unit, 52.5, 0, 20*5_000 + 30*3_333 + 2503, []StepKind{stepMeasured, stepUnits, stepUnits, stepUnits, stepSum, stepTotal}},
		{"units at a border", unit, 20, 0, 100_000, []StepKind{stepMeasured, stepUnits, stepTotal}},
		{"half a cent goes up", model(Unit, Band{0, nil, 1}), 2.5, 0, 3, nil},
		{"a tenth is a tenth", better(small), 2.8, 0, 1_000_000, []StepKind{stepMeasured, stepBetter, stepBand, stepTotal}}, // 3.4 − 2.8 is below 0.6 in binary
		{"worse than the baseline", better(small), 4, 0, 0, []StepKind{stepMeasured, stepBetter, stepOutside, stepTotal}},
		{"threshold met", with(fixed, func(m *Model) { m.Threshold = of(12) }), 12, 0, 100_000, []StepKind{stepMeasured, stepMet, stepBand, stepTotal}},
		{"threshold missed", with(fixed, func(m *Model) { m.Threshold = of(12.1) }), 12, 0, 0, []StepKind{stepMeasured, stepMissed, stepTotal}},
		{"less is better, met", with(fixed, func(m *Model) { m.Threshold, m.Better = of(15), "down" }), 12, 0, 100_000, nil},
		{"less is better, missed", with(fixed, func(m *Model) { m.Threshold, m.Better = of(11), "down" }), 12, 0, 0, nil},
		{"ceiling", with(fixed, func(m *Model) { m.Ceiling = 300_000 }), 30, 100_000, 200_000, []StepKind{stepMeasured, stepBand, stepCeiling, stepTotal}},
		{"ceiling used up", with(fixed, func(m *Model) { m.Ceiling = 300_000 }), 30, 300_000, 0, nil},
		{"what was paid is taken off", with(fixed, func(m *Model) { m.Deduct = true }), 30, 100_000, 150_000, []StepKind{stepMeasured, stepBand, stepDeduct, stepTotal}},
		{"nothing is paid back", with(fixed, func(m *Model) { m.Deduct = true }), 12, 250_000, 0, nil},
	} {
		if err := c.m.check(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		steps, pay := c.m.Settle(c.value, 25, c.before)
		if pay != c.pay || c.kinds != nil && !slices.Equal(kinds(steps), c.kinds) || steps[len(steps)-1].Cents != pay {
			t.Errorf("%s: %d, not %d: %+v", c.name, pay, c.pay, steps)
		}
	}
}

func TestWhatATableMayNotBe(t *testing.T) {
	good := model(Fixed, Band{0, of(10), 1}, Band{10, nil, 2})
	for _, c := range []struct {
		field, key string
		change     func(m *Model)
	}{
		{"van-1", "agreements.wrong.gap", func(m *Model) { m.Bands[1].From = 10.5 }},
		{"van-1", "agreements.wrong.overlap", func(m *Model) { m.Bands[1].From = 9 }},
		{"tot-0", "agreements.wrong.order", func(m *Model) { m.Bands[0].To = of(0) }},
		{"tot-0", "agreements.wrong.open", func(m *Model) { m.Bands[0].To = nil }},
		{"bedrag-1", "agreements.wrong.amount", func(m *Model) { m.Bands[1].Cents = -1 }},
		{"van-0", "agreements.wrong.bands", func(m *Model) { m.Bands = nil }},
		{"plafond", "agreements.wrong.amount", func(m *Model) { m.Ceiling = -5 }},
		{"betalers", "agreements.wrong.party", func(m *Model) { m.Parties = m.Parties[1:] }},
		{"aanbieders", "agreements.wrong.party", func(m *Model) { m.Parties = m.Parties[:1] }},
		{"uitgangswaarde", "agreements.wrong.baseline", func(m *Model) { m.Mode, m.Better = Unit, "down" }},
		{"drempel", "agreements.wrong.number", func(m *Model) { m.Threshold = of(1e12) }},
		{"beter", "agreements.wrong.choice", func(m *Model) { m.Better = "" }},
		{"manier", "agreements.wrong.choice", func(m *Model) { m.Mode = "" }},
		{"indicator", "agreements.wrong.empty", func(m *Model) { m.Indicator = " " }},
	} {
		m := good
		m.Bands, m.Parties = slices.Clone(good.Bands), slices.Clone(good.Parties)
		c.change(&m)
		if !slices.ContainsFunc(fault.FieldsOf(m.check()), func(f fault.Field) bool { return f.Name == c.field && f.Key == c.key }) {
			t.Errorf("%s %s is not said: %v", c.field, c.key, fault.FieldsOf(m.check()))
		}
	}
	if err := good.check(); err != nil {
		t.Error(err)
	}
}

// A settlement adds up line by line, pays no less for more units, and never goes
// over its ceiling.
func TestAnySettlement(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := model(rapid.SampledFrom(Modes).Draw(t, "mode"))
		at := float64(rapid.IntRange(0, 50).Draw(t, "begin")) / 10
		for range rapid.IntRange(1, 5).Draw(t, "bands") {
			end := at + float64(rapid.IntRange(1, 300).Draw(t, "wide"))/10
			m.Bands = append(m.Bands, Band{at, of(end), rapid.Int64Range(0, 1_000_000).Draw(t, "cents")})
			at = end
		}
		if rapid.Bool().Draw(t, "open") {
			m.Bands[len(m.Bands)-1].To = nil
		}
		if rapid.Bool().Draw(t, "bounded") {
			m.Ceiling = rapid.Int64Range(1, 2_000_000).Draw(t, "ceiling")
		}
		m.Deduct = rapid.Bool().Draw(t, "deduct")
		if err := m.check(); err != nil {
			t.Fatal(err)
		}
		before := rapid.Int64Range(0, 1_500_000).Draw(t, "before")
		value := float64(rapid.IntRange(-100, 20_000).Draw(t, "value")) / 100
		steps, pay := m.Settle(value, 20, before)
		if pay < 0 || m.Ceiling > 0 && pay > max(m.Ceiling-before, 0) {
			t.Fatalf("%d is paid under a ceiling of %d after %d", pay, m.Ceiling, before)
		}
		sum := int64(0)
		for _, s := range steps {
			if s.Kind == stepBand || s.Kind == stepUnits {
				sum += s.Cents
			}
		}
		if m.Deduct {
			sum = max(sum-before, 0)
		}
		if m.Ceiling > 0 {
			sum = min(sum, max(m.Ceiling-before, 0))
		}
		if sum != pay {
			t.Fatalf("the lines come to %d and %d is paid: %+v", sum, pay, steps)
		}
		if _, more := m.Settle(value+1, 20, before); m.Mode == Unit && more < pay {
			t.Fatalf("%v pays %d and one more %d", value, pay, more)
		}
	})
}
