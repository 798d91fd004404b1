package app

import (
	"context"

	"wijkbaak.nl/internal/base/observe"
)

// Health makes the collector of how the parts fare. A part is never waited for
// longer than two seconds, and not asked more often than that.
func (a *App) Health() *observe.Collector {
	c := observe.NewCollector(a.Clock, a.Settings.Version)
	c.Add("database", true, observe.Database(a.DB))
	c.Add("disk", false, func(context.Context) observe.Part {
		free, ok := a.free(a.Settings.Data)
		switch {
		case ok && free < diskNone:
			return observe.Part{State: observe.Down, Reason: "full"}
		case ok && free < diskLeast:
			return observe.Part{State: observe.Slow, Reason: "low"}
		}
		return observe.Part{State: observe.Fine}
	})
	c.Add("search", false, observe.Search(a.Search, a.Clock))
	c.Add("jobs", false, observe.Jobs(a.Queue, a.Clock))
	c.Add("log", false, func(ctx context.Context) observe.Part {
		s, err := a.Audit.State(ctx)
		switch {
		case err != nil:
			return observe.Part{State: observe.Down, Reason: "unreachable"}
		case s.Broken:
			return observe.Part{State: observe.Down, Reason: "sealing", Waiting: s.Waiting}
		case !s.Oldest.IsZero() && a.Clock.Now().Sub(s.Oldest) > sealLate:
			return observe.Part{State: observe.Slow, Reason: "behind", Waiting: s.Waiting}
		}
		return observe.Part{State: observe.Fine, Waiting: s.Waiting}
	})
	return c
}

// Figures adds the figures of the parts to those of the requests.
func (a *App) Figures(m *observe.Metrics) {
	m.Add(observe.DatabaseFigures(a.DB))
	m.Add(observe.JobFigures(a.Queue, a.Clock))
	m.Add(observe.SearchFigures(a.Search, a.Clock))
	m.Add(func() []observe.Figure {
		ctx, cancel := context.WithTimeout(context.Background(), stateTime)
		defer cancel()
		s, err := a.Audit.State(ctx)
		if err != nil {
			return nil
		}
		return []observe.Figure{
			{Name: "wijkbaak_log_events", Help: "Events in the tree of the log.", Value: float64(s.Size)},
			{Name: "wijkbaak_log_waiting", Help: "Events that are not sealed yet.", Value: float64(s.Waiting)},
		}
	})
}
