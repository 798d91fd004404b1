package places

import (
	"io"
	"math"
	"strconv"
	"strings"
)

// Bounds on the figures of a place.
const (
	peopleMost = 1e7
	denseMost  = 200_000 // a km²
)

// ageColumns are the groups as CBS calls them, in the order of AgesFrom.
var ageColumns = [5]string{"a_00_14", "a_15_24", "a_25_44", "a_45_64", "a_65_oo"}

// figureColumns are the others; ste_oad is what later years call oad.
var figureColumns = []string{"bev_dich", "ste_mvs", "oad", "ste_oad"}

// ReadFigures reads the table "Kerncijfers wijken en buurten" of CBS as CSV, with
// the columns gwb_code and a_inw and what there is of bev_dich, oad (or ste_oad),
// ste_mvs, a_00_14, a_15_24, a_25_44, a_45_64, a_65_oo and a_75_oo, in any order,
// beside others. A comma may divide decimals; a point stands for what CBS leaves
// out. Its errors are Problems.
func ReadFigures(file string, from io.Reader) (Batch, error) {
	r := begin(file)
	seen := map[string]int{}
	r.need = append(append(r.need, ageColumns[:]...), figureColumns...)
	r.table(from, []string{"gwb_code", "a_inw"}, func(line int, get func(string) string) {
		code := strings.ToUpper(get("gwb_code"))
		if strings.HasPrefix(code, "NL") { // the country as a whole
			r.batch.Skipped++
			return
		}
		_, path, _, ok := ParseCode(code)
		if !ok {
			r.say(line, "gwb_code", "%.20q is no CBS code", get("gwb_code"))
			return
		}
		if first, twice := seen[path]; twice {
			r.say(line, "gwb_code", "%s stands on line %d too", code, first)
			return
		}
		seen[path] = line
		f := Figures{Place: path, line: line}
		f.Inhabitants = int64(r.figure(line, "a_inw", get, peopleMost))
		f.Density = r.figure(line, "bev_dich", get, denseMost)
		oad := "ste_oad"
		if get(oad) == "" {
			oad = "oad"
		}
		f.Addresses = r.figure(line, oad, get, denseMost)
		f.Urbanity = int(r.figure(line, "ste_mvs", get, 5))
		r.ages(line, &f, get)
		if !f.known() {
			r.batch.Skipped++
			return
		}
		r.batch.Figures = append(r.batch.Figures, f)
	})
	return r.result()
}

// ages reads the groups; they are known only together.
func (r *reading) ages(line int, f *Figures, get func(string) string) {
	var n [5]int64
	all := int64(0)
	for i, column := range ageColumns {
		if missing(get(column)) {
			return
		}
		n[i] = int64(r.figure(line, column, get, peopleMost))
		all += n[i]
	}
	// CBS rounds each to fives.
	if off := math.Abs(float64(all - f.Inhabitants)); f.Inhabitants > 0 && off > max(30, 0.05*float64(f.Inhabitants)) {
		r.say(line, ageColumns[0], "the ages add up to %d, of %d inhabitants", all, f.Inhabitants)
		return
	}
	old := int64(r.figure(line, "a_75_oo", get, peopleMost))
	if old > n[4] {
		r.say(line, "a_75_oo", "%d is more than the %d of a_65_oo", old, n[4])
		return
	}
	if all == 0 {
		return
	}
	for i := range n {
		f.Ages[i] = share(n[i], all)
	}
	f.Over75 = share(old, all)
}

// missing tells that CBS left a figure out.
func missing(text string) bool {
	switch text {
	case "", ".", "NA", "-99997", "-99995":
		return true
	}
	return false
}

// figure reads a number of 0 to most, 0 where it was left out. All of them but the
// densities are whole.
func (r *reading) figure(line int, field string, get func(string) string, most float64) float64 {
	text := get(field)
	if missing(text) {
		return 0
	}
	v, err := strconv.ParseFloat(strings.Replace(text, ",", ".", 1), 64)
	whole := most != denseMost
	if err != nil || math.IsNaN(v) || v < 0 || v > most || whole && v != math.Trunc(v) {
		kind := "number"
		if whole {
			kind = "whole number"
		}
		r.say(line, field, "%.20q is no %s from 0 to %.0f", text, kind, most)
		return 0
	}
	return v
}
