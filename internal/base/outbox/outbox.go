// Package outbox joins rooms that do not know each other: one publishes that
// something happened, another has a job done for it. The event is kept in the
// transaction of what happened, as one job for each subscription, so that none
// is lost and one subscriber that fails does not hold up another.
package outbox

import (
	"context"
	"fmt"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/jobs"
)

// Subscription asks for a job of kind Job whenever Topic happens.
type Subscription struct{ Topic, Job string }

// Bus knows who wants to hear what.
type Bus struct{ jobs map[string][]string }

// New returns a bus with these subscriptions, which do not change afterwards.
func New(subscriptions ...Subscription) *Bus {
	b := &Bus{jobs: map[string][]string{}}
	seen := map[Subscription]bool{}
	for _, s := range subscriptions {
		if seen[s] {
			panic(fmt.Sprintf("topic %s has job %s twice", s.Topic, s.Job))
		}
		seen[s] = true
		b.jobs[s.Topic] = append(b.jobs[s.Topic], s.Job)
	}
	return b
}

// Publish tells that topic happened. Nobody need be listening.
func (b *Bus) Publish(ctx context.Context, tx *db.Tx, topic string, payload any) error {
	for _, job := range b.jobs[topic] {
		if err := jobs.Enqueue(ctx, tx, job, payload); err != nil {
			return err
		}
	}
	return nil
}
