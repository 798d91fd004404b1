package main

import "runtime"

type versionCmd struct{}

// Run implements the sub-command.
func (*versionCmd) Run(c console) error {
	c.say("wijkbaak %s, %s %s/%s", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return nil
}
