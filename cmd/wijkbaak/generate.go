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
}

// Run implements the sub-command.
func (g *generateCmd) Run(ctx context.Context, c console) (err error) {
	if min(g.Questions, g.Answers, g.Initiatives) < 0 || max(g.Questions, g.Answers, g.Initiatives) > 1_000_000 {
		return errors.New("take numbers from 0 to 1000000")
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
	c.say("Made %d questions, %d answers and %d initiatives with seed %d.", g.Questions, g.Answers, g.Initiatives, g.Seed)
	return nil
}
