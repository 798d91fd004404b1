package outbox_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/db/dbtest"
	"wijkbaak.nl/internal/base/id"
	"wijkbaak.nl/internal/base/jobs"
	"wijkbaak.nl/internal/base/outbox"
)

func TestPublish(t *testing.T) {
	dbtest.Each(t, []db.Migrations{jobs.Migrations}, func(t *testing.T, d *db.DB) {
		bus := outbox.New(
			outbox.Subscription{Topic: "question.answered", Job: "notify"},
			outbox.Subscription{Topic: "question.answered", Job: "broken"},
			outbox.Subscription{Topic: "question.asked", Job: "index"},
		)
		q := jobs.New(d, clock.System, id.New(clock.System), slog.New(slog.DiscardHandler))
		var heard []string
		for _, job := range []string{"notify", "index"} {
			q.Handle(job, jobs.Typed(func(_ context.Context, v string) error {
				heard = append(heard, job+" "+v)
				return nil
			}))
		}
		q.Handle("broken", func(context.Context, []byte) error { return errors.New("broken") })
		undone := errors.New("undone")
		publish := func(topic, v string, end error) {
			t.Helper()
			if err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				return errors.Join(bus.Publish(ctx, tx, topic, v), end)
			}); !errors.Is(err, end) {
				t.Fatal(err)
			}
		}
		publish("question.answered", "1", nil)
		publish("question.answered", "2", undone)
		publish("question.asked", "3", nil)
		publish("nobody.listens", "4", nil)
		if err := q.Drain(t.Context()); err == nil {
			t.Fatal("the broken one is silent")
		}
		if want := []string{"notify 1", "index 3"}; !slices.Equal(heard, want) {
			t.Fatalf("heard %q, want %q", heard, want)
		}
	})
	defer func() {
		if recover() == nil {
			t.Error("one job twice for one topic")
		}
	}()
	outbox.New(outbox.Subscription{Topic: "a", Job: "b"}, outbox.Subscription{Topic: "a", Job: "b"})
}
