package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

// help shows every sub-command with an example; that of one sub-command is
// kong's own, with its example below.
func help(o kong.HelpOptions, ctx *kong.Context) error {
	node := ctx.Selected()
	if node == nil || len(node.Children) > 0 {
		root := ctx.Model.Node
		if node != nil {
			root = node
		}
		return listCommands(ctx.Stdout, root)
	}
	if err := kong.DefaultHelpPrinter(o, ctx); err != nil {
		return err
	}
	_, err := fmt.Fprintf(ctx.Stdout, "\nExample:\n  %s\n", node.Tag.Get("example"))
	return err
}

func listCommands(w io.Writer, root *kong.Node) error {
	var b strings.Builder
	path := "wijkbaak"
	if root.Parent != nil {
		path = root.FullPath()
	}
	fmt.Fprintf(&b, "%s\n\nUsage: %s <command> [settings]\n\nCommands:\n", root.Help, path)
	for _, n := range root.Leaves(true) {
		name := strings.TrimPrefix(n.FullPath(), "wijkbaak ")
		for _, p := range n.Positional {
			name += " " + p.Summary()
		}
		fmt.Fprintf(&b, "  %-24s %s\n  %-24s   %s\n", name, n.Help, "", n.Tag.Get("example"))
	}
	b.WriteString("\nRun \"wijkbaak <command> --help\" for its settings. Each can be a flag, stand in the\n" +
		"environment as WIJKBAAK_…, or in a YAML file named by --config.\n")
	_, err := io.WriteString(w, b.String())
	return err
}
