package businesscase

// A volume is how often a line counts in each year. There are few of them, and
// all lines with the same one can be added up first: that is why ten thousand
// draws are cheap.
type volume int

const (
	volNew    volume = iota // people who begin this year
	volActive               // people who take part this year
	volEffect               // the same, less what has worn off
	volFirst                // 1 in the first year
	volRuns                 // 1 from the first year on
	volumes
)

// volumeOf tells which volume of which city a line is multiplied by.
func volumeOf(l Line) volume {
	switch l.Basis {
	case Once:
		return volFirst
	case Yearly:
		return volRuns
	case PerParticipant:
		return volNew
	case ParticipantYear:
		if l.Kind == Cost {
			return volActive
		}
	}
	return volEffect
}

// The rows of a crowd: all cities together, what they share, and each by itself.
const (
	rowAll = iota
	rowShared
	rowCity
)

func (m *Model) rowOf(l Line) int {
	switch l.City {
	case "":
		return rowAll
	case Shared:
		return rowShared
	}
	for k, c := range m.Cities {
		if c.ID == l.City {
			return rowCity + k
		}
	}
	return rowAll
}

// crowd holds the volumes of each row in each year.
type crowd struct {
	years, rows int
	v           []float64 // [(row*volumes + volume)*years + year]
}

func newCrowd(m *Model) *crowd {
	c := &crowd{years: m.Settings.Horizon, rows: rowCity + len(m.Cities)}
	c.v = make([]float64, c.rows*int(volumes)*c.years)
	return c
}

func (c *crowd) of(row int, v volume) []float64 {
	at := (row*int(volumes) + int(v)) * c.years
	return c.v[at : at+c.years : at+c.years]
}

// fill counts people. Who begins in a year counts for all of that year; of those
// of the year before, the part retention stays, and of their effect the part
// decay is gone. The products are rounded one by one, so that every machine
// comes to the same cent.
func (c *crowd) fill(m *Model, participation, retention, decay float64) {
	part, stay, keep := participation/100, retention/100, 1-decay/100
	clear(c.v)
	for k, city := range m.Cities {
		row := rowCity + k
		begin, active, effect := c.of(row, volNew), c.of(row, volActive), c.of(row, volEffect)
		first, runs := c.of(row, volFirst), c.of(row, volRuns)
		a, e, on := 0.0, 0.0, 0.0
		for y := range c.years {
			n := city.invited(y) * part
			a = float64(a*stay) + n
			e = float64(float64(e*stay)*keep) + n
			if on == 0 && city.invited(y) > 0 {
				on = 1
				first[y] = 1
			}
			begin[y], active[y], effect[y], runs[y] = n, a, e, on
		}
		for v := range volumes {
			all := c.of(rowAll, v)
			for y, n := range c.of(row, v) {
				all[y] += n
			}
		}
	}
	on := 0.0
	for y, n := range c.of(rowAll, volRuns) {
		if n > 0 {
			if on == 0 {
				c.of(rowShared, volFirst)[y] = 1
			}
			on = 1
		}
		c.of(rowShared, volRuns)[y] = on
	}
}

// growth gives (1+percent)^year for each year, by multiplying.
func growth(percent float64, years int) []float64 {
	list := make([]float64, years)
	v := 1.0
	for y := range list {
		list[y] = v
		v *= 1 + percent/100
	}
	return list
}
