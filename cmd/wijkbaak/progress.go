package main

import (
	"os"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress tells how far a long command is: a bar on a terminal, a line for each
// step elsewhere.
type progress struct {
	c    console
	bar  *progressbar.ProgressBar
	said int
}

// newProgress begins; a total of -1 is not known beforehand.
func newProgress(c console, total int, what string) *progress {
	p := &progress{c: c}
	if f, ok := c.err.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(f), progressbar.OptionSetDescription(what),
			progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(), progressbar.OptionSetWidth(30))
	}
	return p
}

// step tells what is done now.
func (p *progress) step(what string) {
	if p.bar != nil {
		p.bar.Describe(what)
		_ = p.bar.Add(1) // a bar that cannot be drawn is no fault
		return
	}
	p.c.say("%s", what)
}

// at tells how many are done.
func (p *progress) at(what string, n, of int) {
	if p.bar != nil {
		p.bar.ChangeMax(of)
		p.bar.Describe(what)
		_ = p.bar.Set(n) // a bar that cannot be drawn is no fault
		return
	}
	if n == of {
		p.c.say("%s: %d", what, n)
	}
}

// countEvery is how often count says a line where there is no terminal.
const countEvery = 2000

// count tells how many are done of a number that nobody knows.
func (p *progress) count(n int) {
	if p.bar != nil {
		_ = p.bar.Set(n) // a bar that cannot be drawn is no fault
		return
	}
	if n >= p.said+countEvery {
		p.said = n
		p.c.say("%d", n)
	}
}

func (p *progress) end() {
	if p.bar != nil {
		_ = p.bar.Finish() // a bar that cannot be drawn is no fault
	}
}
