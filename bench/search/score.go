package main

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// at is how many answers are looked at.
const at = 5

// question is what somebody asks, and what a coach would name.
type question struct {
	ID    int            `yaml:"id"`
	Text  string         `yaml:"question"`
	Theme string         `yaml:"theme"`
	Fits  map[string]int `yaml:"fits"`
}

func every(question) bool    { return true }
func isOdd(q question) bool  { return q.ID%2 == 1 }
func isEven(q question) bool { return q.ID%2 == 0 }

// gain is what an entry is worth at a place, counted from 0.
func gain(grade, place int) float64 {
	return (math.Pow(2, float64(grade)) - 1) / math.Log2(float64(place)+2)
}

// ndcg is what the first five are worth, to the best five that there are.
func (q question) ndcg(found []string) float64 {
	var got, most float64
	for i, id := range found[:min(at, len(found))] {
		got += gain(q.Fits[id], i)
	}
	best := slices.SortedFunc(maps.Values(q.Fits), func(a, b int) int { return b - a })
	for i, grade := range best[:min(at, len(best))] {
		most += gain(grade, i)
	}
	return got / most
}

// recall is which part of what helps (2 or 3) is among the first five, if five can hold it.
func (q question) recall(found []string) float64 {
	got, all := 0, 0
	for _, grade := range q.Fits {
		if grade >= 2 {
			all++
		}
	}
	for _, id := range found[:min(at, len(found))] {
		if q.Fits[id] >= 2 {
			got++
		}
	}
	return float64(got) / float64(min(at, all))
}

func (q question) wants() string {
	ids := slices.SortedFunc(maps.Keys(q.Fits), func(a, b string) int {
		return cmp.Or(q.Fits[b]-q.Fits[a], cmp.Compare(a, b))
	})
	for i, id := range ids {
		ids[i] = fmt.Sprintf("%s:%d", id, q.Fits[id])
	}
	return strings.Join(ids, " ")
}

type figures struct{ ndcg, recall float64 }

// figures are the means over the questions that are asked for.
func (w way) figures(questions []question, which func(question) bool) figures {
	var f figures
	n := 0.0
	for i, q := range questions {
		if which(q) {
			f.ndcg += q.ndcg(w.found[i])
			f.recall += q.recall(w.found[i])
			n++
		}
	}
	return figures{f.ndcg / n, f.recall / n}
}
