package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"wijkbaak.nl/internal/app"
)

type generateCmd struct {
	dataSettings `group:"Data"`
	Seed         uint64 `default:"1" help:"The same seed gives the same content."`
	Questions    int    `default:"1000" help:"How many questions."`
	Answers      int    `default:"2000" help:"How many answers."`
	Initiatives  int    `default:"200" help:"How many initiatives."`
	Pilots       int    `help:"How many pilots, dealt over the first 500 initiatives."`
	Measurements int    `help:"How many measurements, shared out over the pilots."`
	Coalitions   int    `help:"How many coalitions, with members, scores and meetings."`
	Offers       int    `help:"How many offers: activities, services, apps and so on."`
	Surveys      int    `help:"How many surveys."`
	Responses    int    `help:"How many filled in surveys."`
	Plans        int    `help:"How many scaling plans; each belongs to a coalition, if there are any."`
}

// The most that is made at once.
const (
	generateMost     = 1_000_000
	measurementsMost = 10_000_000
	pilotsOver       = 500 // initiatives that pilots are dealt over
	stepsOf          = 60  // steps of a scaling plan
	surveysMost      = 1000
)

// check refuses numbers that cannot be made.
func (g *generateCmd) check() error {
	switch {
	case min(g.Questions, g.Answers, g.Initiatives, g.Pilots, g.Measurements, g.Coalitions, g.Plans, g.Offers, g.Surveys, g.Responses) < 0,
		max(g.Questions, g.Answers, g.Initiatives, g.Pilots, g.Coalitions, g.Plans, g.Offers, g.Responses) > generateMost,
		g.Measurements > measurementsMost, g.Surveys > surveysMost:
		return fmt.Errorf("take numbers from 0 to %d, for measurements to %d, for surveys to %d", generateMost, measurementsMost, surveysMost)
	case min(g.Pilots, pilotsOver) > g.Initiatives:
		return fmt.Errorf("a pilot tries out an initiative: take --initiatives %d or more, or fewer --pilots", min(g.Pilots, pilotsOver))
	case g.Measurements > 0 && g.Pilots == 0:
		return errors.New("measurements belong to pilots: take --pilots above 0 too")
	case g.Responses > 0 && g.Surveys == 0:
		return errors.New("a response belongs to a survey: take --surveys above 0 too")
	}
	return nil
}

// Run implements the sub-command.
func (g *generateCmd) Run(ctx context.Context, c console) (err error) {
	if err := g.check(); err != nil {
		return err
	}
	if err := os.MkdirAll(g.Data, 0o700); err != nil {
		return err
	}
	a, err := app.Open(ctx, g.app(), app.Parts{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	fresh, err := a.Fresh(ctx)
	if err != nil {
		return err
	}
	if !fresh {
		return fmt.Errorf("there are data in %s already; made-up questions go into an empty place only", g.Data)
	}
	if err := a.Migrate(ctx); err != nil {
		return err
	}
	ctx = shell(ctx, a)
	p := newProgress(c, -1, "generate")
	defer p.end()
	p.step("initiatives")
	if err := a.Initiatives.Generate(ctx, g.Seed, g.Initiatives); err != nil {
		return err
	}
	if err := a.Questions.Generate(ctx, g.Seed, g.Questions, g.Answers, func(n int) { p.at("questions", n, g.Questions) }); err != nil {
		return err
	}
	if err := a.Pilots.Generate(ctx, g.Seed, g.Pilots, g.Measurements, func(n int) { p.at("pilots", n, g.Pilots) }); err != nil {
		return err
	}
	if g.Coalitions > 0 {
		p.step("coalitions")
	}
	if err := a.Coalitions.Generate(ctx, g.Seed, g.Coalitions); err != nil {
		return err
	}
	if err := a.Scaling.Generate(ctx, g.Seed, g.Plans, g.Plans*stepsOf, func(n int) { p.at("plans", n, g.Plans) }); err != nil {
		return err
	}
	if err := a.Offers.Generate(ctx, g.Seed, g.Offers, func(n int) { p.at("offers", n, g.Offers) }); err != nil {
		return err
	}
	if g.Surveys > 0 {
		p.step("surveys")
	}
	if err := a.Surveys.Generate(ctx, g.Seed, g.Surveys, g.Responses, func(n int) { p.at("responses", n, g.Responses) }); err != nil {
		return err
	}
	c.say("Made %d questions, %d answers, %d initiatives, %d pilots with %d measurements, %d coalitions and %d plans, with seed %d.",
		g.Questions, g.Answers, g.Initiatives, g.Pilots, g.Measurements, g.Coalitions, g.Plans, g.Seed)
	if g.Offers > 0 {
		c.say("Made %d offers.", g.Offers)
	}
	if g.Surveys > 0 {
		c.say("Made %d surveys, filled in %d times.", g.Surveys, g.Responses)
	}
	return nil
}
