package screenings

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
)

func TestMeasuresAreReadALineEach(t *testing.T) {
	list, err := ParseMeasures("Bovendruk; mmHg; 60 tot 260; 90 tot 140\n\nTemperatuur;°C;34,5 - 42\nPunten;;0 t/m 10;")
	if err != nil || len(list) != 3 {
		t.Fatal(list, err)
	}
	if m := list[0]; m.Name != "Bovendruk" || m.Unit != "mmHg" || m.Least != 60 || m.Most != 260 || *m.Low != 90 || *m.High != 140 {
		t.Errorf("%+v", m)
	}
	if m := list[1]; m.Least != 34.5 || m.Most != 42 || m.Low != nil {
		t.Errorf("%+v", m)
	}
	again, err := ParseMeasures(measureLines(list))
	if err != nil || !reflect.DeepEqual(again, list) {
		t.Errorf("%v %v", again, err)
	}
	for text, key := range map[string]string{
		"Gewicht":                            "screenings.wrong.measure",
		"; kg; 1 tot 2":                      "screenings.wrong.measure",
		"Gewicht; kg; veel":                  "screenings.wrong.range",
		"Gewicht; kg; 20 tot 10":             "screenings.wrong.range",
		"Gewicht; kg; 10 tot 20; 5 tot 12":   "screenings.wrong.normal",
		"Gewicht; kg; 10 tot 20; 12 tot x":   "screenings.wrong.normal",
		"Zicht; ; 0 tot 2\nZicht; ; 0 tot 3": "screenings.wrong.twice",
		strings.Repeat("x", 90) + ";;1 - 2":  "screenings.wrong.measure",
	} {
		if _, err := ParseMeasures(text); err == nil || fault.FieldsOf(err)[0].Key != key {
			t.Errorf("%q: %v, want %s", text, err, key)
		}
	}
}

func TestDistrictsAndAddresses(t *testing.T) {
	if list, err := Districts("1234 120\r\n 5678;3\n\n"); err != nil || !reflect.DeepEqual(list, []Wish{{"1234", 120}, {"5678", 3}}) {
		t.Error(list, err)
	}
	for _, bad := range []string{"", "1234", "1234 0", "0123 4", "1234 x", "1234 -4", "1234 5\n1234 6", "1234 99999", "1234 4000\n1235 4000", "12345 1"} {
		if list, err := Districts(bad); err == nil {
			t.Errorf("%q is taken: %v", bad, list)
		}
	}
	list, err := Addresses("Ans <Ans@Example.nl>, ben@example.nl;\nans@example.nl\n")
	if err != nil || !reflect.DeepEqual(list, []string{"ans@example.nl", "ben@example.nl"}) {
		t.Error(list, err)
	}
	for _, bad := range []string{"", "geen adres", "a@b\nc", strings.Repeat("a@b.nl,", 3) + "x@", strings.Repeat("a", 300) + "@b.nl"} {
		if list, err := Addresses(bad); err == nil {
			t.Errorf("%q is taken: %v", bad, list)
		}
	}
}

func FuzzLists(f *testing.F) {
	for _, s := range []string{"1234 5", "a@b.nl", "Gewicht; kg; 1 tot 2; 1 tot 2", "x;;1-2", "Naam <a@b>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if list, err := Districts(s); err == nil {
			for _, w := range list {
				if !postcodeForm.MatchString(w.District) || w.Codes < 1 || w.Codes > codesMost {
					t.Fatal(w)
				}
			}
		}
		if list, err := Addresses(s); err == nil && (len(list) == 0 || len(list) > mailsMost) {
			t.Fatal(list)
		}
		if list, err := ParseMeasures(s); err == nil && len(list) > 0 {
			for _, m := range list {
				if m.Name == "" || m.Most <= m.Least || m.Low != nil && (*m.Low < m.Least || *m.High > m.Most) {
					t.Fatal(m)
				}
			}
		}
	})
}

func TestSlotsOfADay(t *testing.T) {
	r := Round{ID: "r", Starts: "2026-06-01", Ends: "2026-06-30"}
	ok := Series{Day: "2026-06-10", From: "9:00", Until: "10.10", Minutes: 20, Seats: 2, Location: "Hal"}
	list, err := ok.Slots(r)
	if err != nil || len(list) != 3 || list[2].Starts.Format("15:04") != "07:40" { // in UTC
		t.Fatal(list, err)
	}
	for name, change := range map[string]func(*Series){
		"dag":      func(v *Series) { v.Day = "2026-07-01" },
		"van":      func(v *Series) { v.From = "25:00" },
		"tot":      func(v *Series) { v.Until = "9:10" },
		"minuten":  func(v *Series) { v.Minutes = 0 },
		"plaatsen": func(v *Series) { v.Seats = 0 },
	} {
		v := ok
		change(&v)
		if _, err := v.Slots(r); err == nil || fault.FieldsOf(err)[0].Name != name {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestValuesStayWithinTheirBounds(t *testing.T) {
	measures := []Measure{{Name: "Gewicht", Unit: "kg", Least: 30, Most: 250}}
	good := Found{Values: map[int]string{0: "72,5"}, Outcome: "gp", Advice: "Ga naar de huisarts."}
	if list, err := good.read(measures); err != nil || list[0].Value != 72.5 {
		t.Error(list, err)
	}
	for value, key := range map[string]string{"29,9": "screenings.wrong.bounds", "1000": "screenings.wrong.bounds", "zwaar": "screenings.wrong.number", "NaN": "screenings.wrong.number"} {
		bad := good
		bad.Values = map[int]string{0: value}
		if _, err := bad.read(measures); err == nil || fault.FieldsOf(err)[0].Key != key {
			t.Errorf("%q: %v", value, err)
		}
	}
	if _, err := (Found{}).read(measures); len(fault.FieldsOf(err)) != 2 {
		t.Error(err)
	}
}

func TestWhoMay(t *testing.T) {
	r := Round{Organisation: "org-a", Screener: "org-b", State: Draft}
	actor := func(role access.Role, organisation string, second bool) access.Actor {
		return access.Actor{Person: "p", SecondFactor: second, Grants: []access.Grant{{Role: role, Organisation: organisation, Place: "/"}}}
	}
	for _, c := range []struct {
		a               access.Actor
		run, treat, see bool
	}{
		{access.Actor{}, false, false, false},
		{actor(access.Lead, "org-a", true), true, false, true},
		{actor(access.Lead, "org-a", false), false, false, false},
		{actor(access.Lead, "org-b", true), false, false, false},
		{actor(access.Coach, "org-b", true), false, true, true},
		{actor(access.Coach, "org-b", false), false, false, false},
		{actor(access.Coach, "org-a", true), false, false, false},
		{actor(access.Operator, "org-a", true), false, false, false},
	} {
		if MayRun(c.a, r.Organisation) != c.run || MayTreat(c.a, r) != c.treat || MaySee(c.a, r) != c.see {
			t.Errorf("%+v", c)
		}
	}
}

// random makes a table that could have been counted.
func random(r *rand.Rand) table {
	var t table
	for range 1 + r.IntN(6) {
		below := func(n int) int { return r.IntN(n + 1) }
		size := []int{5, 20, 60, 300}[r.IntN(4)]
		var row [columns]int
		row[colInvited] = 1 + r.IntN(size)
		row[colAnswered] = below(row[colInvited])
		if r.IntN(3) == 0 {
			row[colAnswered] = row[colInvited] - below(min(4, row[colInvited]))
		}
		row[colLow] = below(row[colAnswered])
		row[colMedium] = below(row[colAnswered] - row[colLow])
		row[colHigh] = below(row[colAnswered] - row[colLow] - row[colMedium])
		row[colBooked] = below(row[colAnswered])
		row[colCame] = below(row[colBooked])
		t = append(t, row)
	}
	return total(t)
}

// possible tells whether a row could have been counted.
func possible(r [columns]int) bool {
	for _, n := range r {
		if n < 0 {
			return false
		}
	}
	return r[colAnswered] <= r[colInvited] && r[colLow]+r[colMedium]+r[colHigh] <= r[colAnswered] && r[colBooked] <= r[colAnswered] && r[colCame] <= r[colBooked]
}

// TestSmallNumbersCannotBeWorkedOut takes the part of a reader with a pencil: no
// number under ten stands in the table, no sum or difference of what stands there is
// one, and each number that is left out has a different table that looks the same.
func TestSmallNumbersCannotBeWorkedOut(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same tables each time
	hidden, cells, fixed := 0, 0, 0
	for range 4000 {
		all := random(r)
		out := suppress(all)
		sum := len(all) - 1
		for d := range all {
			for k, n := range all[d] {
				cells++
				if out[d][k] {
					hidden++
				}
				if !out[d][k] && n < Fewest {
					t.Fatalf("%d is shown: %v", n, all)
				}
			}
			for _, p := range within {
				if n := all[d][p[0]] - all[d][p[1]]; !out[d][p[0]] && !out[d][p[1]] && few(n) {
					t.Fatalf("row %d gives away a difference of %d: %v %v", d, n, all, out)
				}
			}
			if !out[d][colAnswered] {
				rest, shown := all[d][colAnswered], 0
				for _, k := range classes {
					if !out[d][k] {
						rest -= all[d][k]
						shown++
					}
				}
				if few(rest) && shown > 0 {
					t.Fatalf("row %d gives away a rest of %d: %v %v", d, rest, all, out)
				}
			}
		}
		for k := range columns {
			left, count := 0, 0
			for d := range sum {
				if out[d][k] {
					left += all[d][k]
					count++
				}
			}
			if !out[sum][k] && (count == 1 || count > 0 && left < Fewest) {
				t.Fatalf("column %d gives away %d of %d rows: %v %v", k, left, count, all, out)
			}
			if out[sum][k] && count == 0 {
				t.Fatalf("the total of column %d is the sum of what is shown: %v %v", k, all, out)
			}
			for d := range sum {
				if out[d][k] && all[d][k] > 0 && few(all[d][k]) && !another(all, out, d, k) {
					fixed++
				}
			}
		}
	}
	// The search takes few steps: what it does not find takes a longer way round.
	if fixed > hidden/10_000 {
		t.Errorf("%d small numbers have no other table", fixed)
	}
	t.Logf("%d of %d cells are left out", hidden, cells)
}

// another tells whether a cell that is left out could be one more or less while all
// that is shown stays as it is: other cells of its row change with it, and where the
// total of a column is shown, other rows change the other way.
func another(all table, out [][columns]bool, d, k int) bool {
	for code := range 2187 { // three to the power of columns
		var step [columns]int
		fits := true
		for c, n := 0, code; c < columns; c, n = c+1, n/3 {
			step[c] = n%3 - 1
			fits = fits && (step[c] == 0 || out[d][c])
		}
		if fits && step[k] != 0 && possible(moved(all[d], step)) && taken(all, out, d, step) {
			return true
		}
	}
	return false
}

// taken tells whether one or two other rows can take the steps of a row back.
func taken(all table, out [][columns]bool, d int, step [columns]int) bool {
	sum := len(all) - 1
	var back [columns]int
	for c := range columns {
		if !out[sum][c] {
			back[c] = -step[c]
		}
	}
	if back == [columns]int{} {
		return true
	}
	for split := range 1 << columns {
		var one, two [columns]int
		for c := range columns {
			if split&(1<<c) != 0 {
				one[c] = back[c]
			} else {
				two[c] = back[c]
			}
		}
		for e := range sum {
			if e == d || !allowed(out[e], one) || !possible(moved(all[e], one)) {
				continue
			}
			if two == [columns]int{} {
				return true
			}
			for f := range sum {
				if f != d && f != e && allowed(out[f], two) && possible(moved(all[f], two)) {
					return true
				}
			}
		}
	}
	return false
}

func allowed(out [columns]bool, step [columns]int) bool {
	for c, n := range step {
		if n != 0 && !out[c] {
			return false
		}
	}
	return true
}

func moved(r, step [columns]int) [columns]int {
	for c, n := range step {
		r[c] += n
	}
	return r
}

func TestFiguresHoldNothingOfWhatIsLeftOut(t *testing.T) {
	f := show([]tally{{"1000", asked, "", "", 40}, {"1000", answered, High, came, 3}, {"1000", answered, Low, "", 30},
		{"2000", asked, "", "", 20}, {"2000", answered, Low, "", 25}, {"2000", gone, "", "", 12}}, map[string]string{"1000": "Noord"}, now)
	if *f.Rows[0].Cells[colInvited] != 73 || f.Rows[0].Cells[colHigh] != nil || f.Rows[0].Name != "Noord" {
		t.Errorf("%+v", f.Rows[0])
	}
	if *f.Rows[1].Cells[colInvited] != 57 || *f.Total.Cells[colInvited] != 130 {
		t.Error("who erased everything was invited all the same")
	}
	if f.Total.Cells[colHigh] != nil || f.Total.Cells[colCame] != nil {
		t.Error("small totals are shown")
	}
}
