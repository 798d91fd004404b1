package pilots

import (
	"context"
	"testing"
	"testing/fstest"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/db/dbtest"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/jobs"
	"wijkbaak.nl/internal/trust/audit"
)

func TestTheProgramMeasures(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		p := w.running()
		mood := Indicator{Code: "stemming", Name: "Stemming", Kind: Score, Better: "up", Every: "week", Counter: "questions.mood"}
		w.must(w.KeepIndicator(w.as("lead"), p.ID, 0, mood, ""))
		for _, n := range []int{0, 9} {
			w.counted.n = n
			w.must(w.CountNow(w.as("nobody")))
			if n := w.count(`SELECT COUNT(*) FROM pilot_measurement`); n != 0 {
				t.Error("a score of nine people is kept")
			}
		}
		w.counted.n = 12
		w.must(w.CountNow(w.as("nobody")))
		series := w.get("nobody", p.ID).Series[2]
		last := series.Last
		if last.Value != 7.5 || last.N != 12 || *last.Spread != 1.5 || series.Run.Points[0].Source != "program" {
			t.Errorf("%+v", last)
		}
		if a := w.counted.about; a.Initiative != "beweegcoach" || a.Pilot != p.ID || a.Place != "/0355" || a.From != date("2026-05-25") || a.Before != date("2026-06-01") {
			t.Errorf("%+v", a)
		}
		// Just after midnight the week is not complete.
		w.clock.Set(date("2026-06-08").Add(settled / 2))
		w.must(w.CountNow(w.as("nobody")))
		if n := w.count(`SELECT COUNT(*) FROM pilot_measurement`); n != 1 {
			t.Errorf("%d measurements before the week was complete", n)
		}
		w.clock.Set(date("2026-06-08").Add(settled))
		w.must(w.CountNow(w.as("nobody")))
		if n := w.count(`SELECT COUNT(*) FROM pilot_measurement`); n != 2 {
			t.Errorf("%d measurements after it", n)
		}
	})
}

func TestAnIndicatorFitsItsCounter(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		p := w.draft()
		i := Indicator{Code: "vragen", Name: "Vragen", Kind: Score, Better: "up", Every: "week", Counter: "questions.asked"}
		w.is(w.KeepIndicator(w.as("lead"), p.ID, 0, i, ""), fault.KindInvalid, "pilots.wrong.counter.count")
		i.Kind, i.Counter = Count, "surveys.gone"
		w.is(w.KeepIndicator(w.as("lead"), p.ID, 0, i, ""), fault.KindInvalid, "pilots.wrong.counter.gone")
		i.Counter = "questions.asked"
		w.must(w.KeepIndicator(w.as("lead"), p.ID, 0, i, ""))
		w.Sources = nil // the source ended; the indicator may stay as it is
		i.Definition = "Alle vragen"
		w.must(w.KeepIndicator(w.as("lead"), p.ID, 0, i, ""))
		w.must(w.CountNow(w.as("nobody")))
	})
}

// Counters of before there were sources keep counting, also out of a package.
func TestOlderCounters(t *testing.T) {
	for code, want := range map[string]string{"": "", "asked": "questions.asked", "usage.pilot": "usage.pilot"} {
		if got := counterName(code); got != want {
			t.Errorf("%q became %q", code, got)
		}
	}
	first, err := files.ReadFile("migrations/0001_pilots.sql")
	if err != nil {
		t.Fatal(err)
	}
	before := []db.Migrations{jobs.Migrations, audit.Migrations, {Room: Name, FS: fstest.MapFS{"migrations/0001_pilots.sql": {Data: first}}}}
	dbtest.Each(t, before, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		p := w.draft()
		w.must(d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE pilot_indicator SET counter = CASE WHEN code = 'klachten' THEN 'in_time' ELSE '' END`)
			return err
		}))
		if _, err := d.Migrate(t.Context(), steps); err != nil {
			t.Fatal(err)
		}
		if v := w.get("lead", p.ID); v.Series[0].Counter != "" || v.Series[1].Counter != "questions.in_time" {
			t.Errorf("%q %q", v.Series[0].Counter, v.Series[1].Counter)
		}
	})
}
