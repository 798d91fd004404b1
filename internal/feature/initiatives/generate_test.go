package initiatives

import (
	"reflect"
	"testing"
	"time"
)

func TestTheSeedDecides(t *testing.T) {
	made := func(seed uint64) (list []Initiative) {
		g := newGenerator(seed, somePlaces, nil)
		for k := range 50 {
			list = append(list, g.initiative(k))
		}
		return list
	}
	if !reflect.DeepEqual(made(1), made(1)) {
		t.Error("one seed gave two different lists")
	}
	if reflect.DeepEqual(made(1)[0].Name, made(2)[0].Name) {
		t.Error("two seeds gave the same")
	}
}

func TestGenerateIsRepeatable(t *testing.T) {
	var first []Detail
	filled(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		began := time.Now()
		if err := s.Generate(ctx, 1, 700); err != nil {
			t.Fatal(err)
		}
		t.Logf("700 in %v", time.Since(began))
		if err := s.Generate(ctx, 1, 700); err != nil { // adds nothing
			t.Fatal(err)
		}
		l, err := s.List(ctx, Page{})
		if err != nil || l.Total != 760 {
			t.Fatalf("%d, %v", l.Total, err)
		}
		var got []Detail
		for _, slug := range []string{"voorbeeld-1-0", "voorbeeld-1-699"} {
			d, err := s.Get(ctx, slug)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, d)
		}
		if first == nil {
			first = got
		}
		if !reflect.DeepEqual(got, first) {
			t.Errorf("the same seed gave\n%+v\nand\n%+v", first, got)
		}
		for _, p := range plans() {
			if err := s.db.CheckPlan(ctx, p); err != nil {
				t.Error(err)
			}
		}
	})
}
