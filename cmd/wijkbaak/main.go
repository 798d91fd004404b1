// Command wijkbaak is the program: a neighbourhood portal for questions,
// answers and what works elsewhere. Each sub-command has a file of its own; the
// rules are in the packages it calls.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"wijkbaak.nl/internal/base/fault"
)

// commands is the command line.
type commands struct {
	Config string `env:"WIJKBAAK_CONFIG" placeholder:"FILE" help:"Read settings from this YAML file. A flag goes before the environment, and the environment before the file."`

	Demo     demoCmd     `cmd:"" help:"Try it out: invented people and questions, in your browser." example:"wijkbaak demo"`
	Serve    serveCmd    `cmd:"" help:"Run it for real use." example:"wijkbaak serve --data /var/lib/wijkbaak --base-url https://vraag.example.nl"`
	Migrate  migrateCmd  `cmd:"" help:"Bring the data up to date with this version of the program." example:"wijkbaak migrate --data /var/lib/wijkbaak --dry-run"`
	User     userCmd     `cmd:"" help:"Accounts and roles."`
	Import   importCmd   `cmd:"" help:"Take in content from files."`
	Backup   backupCmd   `cmd:"" help:"Copy everything into one encrypted file, while the program runs." example:"wijkbaak backup --data /var/lib/wijkbaak --to backup-2026-11-21.age"`
	Restore  restoreCmd  `cmd:"" help:"Put a backup back into an empty place." example:"wijkbaak restore --from backup-2026-11-21.age --data /var/lib/wijkbaak"`
	Audit    auditCmd    `cmd:"" help:"The log of who did what."`
	Practice practiceCmd `cmd:"" help:"Practice packages: what one municipality hands on to the next."`
	Search   searchCmd   `cmd:"" help:"The search index."`
	Generate generateCmd `cmd:"" help:"Fill empty data with made-up questions, the same for the same seed." example:"wijkbaak generate --data proef --seed 1 --questions 10000 --answers 20000 --initiatives 2000"`
	Doctor   doctorCmd   `cmd:"" help:"Look at a set-up and say in words what is wrong and how to mend it." example:"wijkbaak doctor --config wijkbaak.yaml"`
	Version  versionCmd  `cmd:"" help:"Tell which version this is." example:"wijkbaak version"`
}

// console is where a sub-command writes and reads.
type console struct {
	out, err io.Writer
	in       io.Reader
}

func (c console) say(format string, args ...any) { fmt.Fprintf(c.out, format+"\n", args...) }

// tidier is how much the heap may grow before it is cleaned, in percents of what
// is in use. Go's own 100 took 123 MB with 10,000 questions after a load; this
// keeps it under the 120 MB of a small server at the same speed.
const tidier = 70

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(tidier)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], console{os.Stdout, os.Stderr, os.Stdin})
	stop()
	os.Exit(code)
}

// newParser makes the command line of kong.
func newParser(c console, exit func(int)) (*kong.Kong, *commands, error) {
	var cli commands
	k, err := kong.New(&cli, kong.Name("wijkbaak"), kong.Writers(c.out, c.err), kong.Exit(exit),
		kong.Description("Wijkbaak: a neighbourhood portal for questions, answers and what works elsewhere."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}), kong.Help(help),
		kong.WithBeforeResolve(useConfig), kong.UsageOnError(), kong.ShortUsageOnError())
	return k, &cli, err
}

// run does one command and gives the exit code: 0 done, 1 failed, 2 not
// understood.
func run(ctx context.Context, args []string, c console) int {
	left := -1
	k, _, err := newParser(c, func(code int) { left = code })
	if err != nil {
		fmt.Fprintln(c.err, "wijkbaak:", err)
		return 2
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := k.Parse(args)
	if left >= 0 {
		return left // help was shown
	}
	if err != nil {
		fmt.Fprintln(c.err, "wijkbaak:", err)
		fmt.Fprintln(c.err, `Run "wijkbaak --help" for what it can do.`)
		return 2
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	if err := parsed.Run(c); err != nil {
		if !errors.Is(err, errSaid) {
			fmt.Fprintln(c.err, "wijkbaak:", inWords(err))
		}
		return 1
	}
	return 0
}

// errSaid is for a failure that the command has told in its own words.
var errSaid = errors.New("it was said")

// inWords tells an operator what a fault is about; the sentences for residents
// are on the pages.
func inWords(err error) string {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return err.Error()
	}
	cause := ""
	if c := errors.Unwrap(f); c != nil {
		cause = ": " + c.Error()
	}
	switch f.Kind {
	case fault.KindUnavailable:
		if f.Key == "web.error.full" {
			return "the disk is full or cannot be written; nothing was changed" + cause
		}
		return "the database does not answer; check that it runs and that --database is right" + cause
	case fault.KindInvalid:
		var wrong []string
		for _, field := range f.Fields {
			wrong = append(wrong, field.Name+" ("+field.Key+")")
		}
		return "this value is not right: " + strings.Join(wrong, ", ")
	case fault.KindNotFound:
		return "there is no such thing"
	case fault.KindDenied:
		return "this is not allowed"
	}
	return err.Error()
}

// version of the program: that of the release, or of the commit it was built from.
func version() string {
	if release != "" {
		return release
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return "dev-" + s.Value[:min(12, len(s.Value))]
		}
	}
	return "dev"
}

// release is set by the linker: -ldflags "-X main.release=v1.2.3".
var release string
