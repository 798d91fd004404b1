package businesscase

import (
	"math"
	"slices"
	"strconv"
)

// take fills in what pilots measured for the figures that are linked to them. A
// link to something that is not (or no longer) shown leaves the figure as it was
// kept.
func (m *Model) take(list []Measurement) *Model {
	linked := slices.ContainsFunc(m.keys(), func(key string) bool { return m.figure(key).Pilot != nil })
	if !linked {
		return m
	}
	c := m.clone()
	for _, key := range c.keys() {
		f := c.figure(key)
		if f.Pilot == nil {
			continue
		}
		link := *f.Pilot
		for _, x := range list {
			if x.Pilot != link.Pilot || x.Indicator != link.Indicator {
				continue
			}
			v := x.Value * link.Factor
			if b := boundsOf(key); math.IsNaN(v) || v < b.least || v > b.most {
				break // such as an amount below nothing
			}
			f.Likely, f.Status, f.Source, f.URL, f.Year = &v, Measured, x.source(), "", 0
			if !x.To.IsZero() {
				f.Year = x.To.Year()
			}
			link.Path = x.Path
			if f.Low != nil && f.High != nil { // the range a person gave still holds, and holds the value too
				low, high := min(*f.Low, v), max(*f.High, v)
				f.Low, f.High = &low, &high
				if f.Shape == Normal {
					f.Shape = PERT // it need not lie in the middle any more
				}
			}
			f.Pilot = &link
			break
		}
	}
	return c
}

// portable is the model as it is handed on: with the values that were measured,
// without the links to pilots that are elsewhere.
func (m *Model) portable() Model {
	c := m.clone()
	for _, key := range c.keys() {
		f := c.figure(key)
		if f.Pilot == nil {
			continue
		}
		f.Pilot = nil
		if f.Source == "" && !f.Missing() {
			f.Status = Guessed
			if f.Low == nil {
				f.Low, f.High = f.Likely, f.Likely
			}
		}
	}
	return *c
}

// source names where the value comes from, no longer than a form takes it.
func (x Measurement) source() string {
	text := x.PilotName + ": " + x.Name
	if x.N > 0 {
		text += ", n = " + strconv.Itoa(x.N)
	}
	list := []rune(text)
	return string(list[:min(len(list), sourceMost)])
}
