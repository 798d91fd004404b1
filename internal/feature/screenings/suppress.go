package screenings

// Fewest is the smallest number that is shown.
const Fewest = 10

// The columns of the figures. Who answered was invited, who has a class answered,
// who booked answered, and who came had booked.
const (
	colInvited = iota
	colAnswered
	colLow
	colMedium
	colHigh
	colBooked
	colCame
	columns
)

// within are columns of which the second counts a part of the first, so that their
// difference is a number of people too.
var within = [][2]int{{colInvited, colAnswered}, {colAnswered, colBooked}, {colBooked, colCame}}

// classes are columns that together are a part of colAnswered; the rest are those
// who keep their class to themselves.
var classes = []int{colLow, colMedium, colHigh}

// table is what was counted: a row for each district, and the total behind them.
type table [][columns]int

func total(rows table) table {
	var t [columns]int
	for _, r := range rows {
		for k, n := range r {
			t[k] += n
		}
	}
	return append(append(table{}, rows...), t)
}

// suppress tells which cells of a table with its total are left out: those under
// ten, and as many more as it takes that neither such a cell, nor the difference of
// two columns, nor what is left out of a row or a column together, can be worked
// out as a number under ten. It only ever leaves out more, so it ends.
func suppress(t table) [][columns]bool {
	s := sheet{t, make([][columns]bool, len(t)), len(t) - 1}
	for d := range t {
		for k, n := range t[d] {
			s.out[d][k] = n < Fewest
		}
	}
	for more := true; more; {
		more = false
		for d := range t {
			more = s.row(d) || more
		}
		for k := range columns {
			more = s.column(k) || more
		}
		for _, p := range within {
			more = s.pair(p[0], p[1]) || more
		}
	}
	return s.out
}

type sheet struct {
	table
	out [][columns]bool
	sum int // index of the row with the totals
}

// few tells whether a number gives people away.
func few(n int) bool { return n > 0 && n < Fewest }

// chain are the columns of which each counts a part of the one before.
var chain = []int{colInvited, colAnswered, colBooked, colCame}

// row looks at the differences within one row. Where a column is left out, the next
// one that is there says almost as much about it.
func (s *sheet) row(d int) (more bool) {
	above, whole := -1, -1 // the last column that is there; and of colAnswered and before
	for _, k := range chain {
		if s.out[d][k] {
			continue
		}
		if above >= 0 && few(s.table[d][above]-s.table[d][k]) {
			s.out[d][k], more = true, true
			continue
		}
		above = k
		if k == colInvited || k == colAnswered {
			whole = k
		}
	}
	if whole < 0 {
		return more
	}
	rest, left, smallest := s.table[d][whole], whole == colInvited, -1
	for _, k := range classes {
		switch {
		case s.out[d][k]:
			left = true
		default:
			rest -= s.table[d][k]
			if smallest < 0 || s.table[d][k] < s.table[d][smallest] {
				smallest = k
			}
		}
	}
	if smallest >= 0 && (few(rest) || left && rest == 0) {
		s.out[d][smallest], more = true, true
	}
	return more
}

// column looks at what is left out of one column together.
func (s *sheet) column(k int) bool {
	count, sum := s.left(k)
	switch {
	case s.sum == 0: // no district: nothing to take together
		return false
	case s.out[s.sum][k]:
		if count > 0 {
			return false
		}
	case count == 0 || count > 1 && sum >= Fewest:
		return false
	}
	return s.drop(k)
}

// left counts the districts that are left out of a column, and adds them up.
func (s *sheet) left(k int) (count, sum int) {
	for d := range s.sum {
		if s.out[d][k] {
			count++
			sum += s.table[d][k]
		}
	}
	return count, sum
}

// drop leaves out the smallest district of a column that is still there, or else
// the total.
func (s *sheet) drop(k int) bool {
	smallest := -1
	for d := range s.sum {
		if !s.out[d][k] && (smallest < 0 || s.table[d][k] < s.table[smallest][k]) {
			smallest = d
		}
	}
	if smallest >= 0 {
		s.out[smallest][k] = true
		return true
	}
	if s.out[s.sum][k] {
		return false
	}
	s.out[s.sum][k] = true
	return true
}

// pair looks at the districts that are left out of a column together, beside the
// same districts in the column of which it counts a part.
func (s *sheet) pair(whole, part int) bool {
	if s.out[s.sum][whole] || s.out[s.sum][part] {
		return false
	}
	difference, count := 0, 0
	for d := range s.sum {
		if !s.out[d][part] {
			if s.out[d][whole] {
				return false // the sum over these districts is not known
			}
			continue
		}
		count++
		difference += s.table[d][whole] - s.table[d][part]
	}
	known := true
	for d := range s.sum {
		if s.out[d][part] && s.out[d][whole] {
			known = false
		}
	}
	if !known {
		for d := range s.sum {
			if s.out[d][part] != s.out[d][whole] {
				return false
			}
		}
	}
	return count > 0 && few(difference) && s.drop(part)
}
