// Command testsum runs go test and says it shortly: what failed in full, one line
// a package that is slow or failed, and the count. The counts are added to the
// file given with -counts, so that several runs end in one closing line.
//
//	go run ./scripts/testsum -counts FILE -- ./...
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"sort"
	"strings"
)

// event is a line of go test -json.
type event struct {
	Action, Package, Test, Output string
	Elapsed                       float64
	ImportPath                    string
}

type timed struct {
	name    string
	seconds float64
}

type summary struct {
	passed, failed, skipped int
	slow                    []timed
	skips                   []string
	output                  map[string][]string // of the tests that are running
}

func main() {
	counts := flag.String("counts", "", "file to which the counts are added")
	flag.Parse()
	cmd := exec.Command("go", append([]string{"test", "-json"}, flag.Args()...)...) //nolint:gosec // the arguments are those of our own script
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		fail(err)
	}
	if err := cmd.Start(); err != nil {
		fail(err)
	}
	s := summary{output: map[string][]string{}}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 8<<20)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			fmt.Println(lines.Text())
			continue
		}
		s.take(e)
	}
	err = cmd.Wait()
	s.close()
	if *counts != "" {
		if err := s.add(*counts); err != nil {
			fail(err)
		}
	}
	if err != nil || lines.Err() != nil || s.failed > 0 {
		os.Exit(1)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "testsum:", err)
	os.Exit(2)
}

func (s *summary) take(e event) {
	key := e.Package + " " + e.Test
	switch e.Action {
	case "output":
		s.output[key] = append(s.output[key], e.Output)
		return
	case "build-output":
		fmt.Print(e.Output)
		return
	case "pass", "fail", "skip":
	default:
		return
	}
	if e.Test == "" {
		s.pack(e, key)
		return
	}
	switch e.Action {
	case "pass":
		s.passed++
	case "skip":
		s.skipped++
		s.skips = append(s.skips, key+": "+reason(s.output[key]))
	case "fail":
		s.failed++
		fmt.Printf("\n%s", strings.Join(s.output[key], ""))
	}
	if !strings.Contains(e.Test, "/") {
		s.slow = append(s.slow, timed{key, e.Elapsed})
	}
	delete(s.output, key)
}

// pack closes a package: a failure without a failed test is one of its own
// (it did not build, it panicked, it ran out of time).
func (s *summary) pack(e event, key string) {
	if e.Action == "fail" {
		if s.failed == 0 {
			s.failed++
		}
		for k, lines := range s.output {
			if strings.HasPrefix(k, e.Package+" ") {
				fmt.Print(strings.Join(lines, ""))
				delete(s.output, k)
			}
		}
		fmt.Printf("FAIL  %6.1f s  %s\n", e.Elapsed, e.Package)
	} else if e.Action == "pass" {
		fmt.Printf("ok    %6.1f s  %s\n", e.Elapsed, e.Package)
	}
	delete(s.output, key)
}

// reason finds what a test said when it was skipped.
func reason(output []string) string {
	for _, line := range output {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "===") && !strings.HasPrefix(line, "---") {
			return line
		}
	}
	return ""
}

func (s *summary) close() {
	sort.Slice(s.slow, func(i, j int) bool { return s.slow[i].seconds > s.slow[j].seconds })
	for i, t := range s.slow {
		if i == 5 || t.seconds < 2 {
			break
		}
		fmt.Printf("slow  %6.1f s  %s\n", t.seconds, t.name)
	}
	for _, skip := range s.skips {
		fmt.Println("skip           ", skip)
	}
	fmt.Printf("tests: %d passed, %d failed, %d skipped\n", s.passed, s.failed, s.skipped)
}

func (s *summary) add(file string) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600) //nolint:gosec // a file of our own script
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "%d %d %d\n", s.passed, s.failed, s.skipped)
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}
