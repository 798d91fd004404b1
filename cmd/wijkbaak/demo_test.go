package main

import (
	"regexp"
	"strings"
	"testing"
)

// TestDemoNetwork: two instances in one process. The first took a practice over
// from the second, where the results of both stand together.
func TestDemoNetwork(t *testing.T) {
	if _, err := program(); err != nil { // built where it outlives this test
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", t.TempDir())
	r := start(t, "demo", "--network", "--listen", "127.0.0.1:0")
	var said []string
	for range 4 {
		line, err := r.stdout.ReadString('\n')
		if err != nil {
			t.Fatal(err, r.stderr)
		}
		said = append(said, strings.TrimSpace(line))
	}
	go func() { r.done <- r.cmd.Wait() }()
	form := regexp.MustCompile(`^(http://(localhost|127\.0\.0\.1):\d+)  (Wijkbaak .+)\. Sign in with one press as .*Fatma \(lead\)`)
	names := map[string]string{}
	for _, line := range said[:2] {
		m := form.FindStringSubmatch(line)
		if m == nil {
			t.Fatalf("it says %q", line)
		}
		names[m[2]] = m[3]
		pressToSignIn(t, m[1])
		if status, text := page(t, m[1]+"/"); status != 200 || !strings.Contains(text, m[3]) {
			t.Errorf("%s: %d, and it is not called %s", m[1], status, m[3])
		}
	}
	if len(names) != 2 || names["localhost"] == names["127.0.0.1"] {
		t.Errorf("one browser cannot stay signed in at both: %v", names)
	}
	_, at, ok := strings.Cut(said[2], "together at ")
	status, text := page(t, at)
	if !ok || status != 200 || !strings.Contains(text, "Wijkbaak Waterkwartier") || !strings.Contains(text, "in 2 metingen samen") {
		t.Errorf("%q: %d without the results of both", said[2], status)
	}
	if err := r.stop(); err != nil {
		t.Errorf("it ended with %v: %s", err, r.stderr)
	}
	refuses(t, "this machine only", "demo", "--network", "--listen", "0.0.0.0:0", "--let-others-in")
}

// TestDemoNetworkAgain: kept in a folder, both go on from where they were.
func TestDemoNetworkAgain(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		r := start(t, "demo", "--network", "--listen", "127.0.0.1:0", "--data", dir)
		for {
			line, err := r.stdout.ReadString('\n')
			if err != nil {
				t.Fatal(err, r.stderr)
			}
			if strings.Contains(line, "Ctrl-C") {
				break
			}
		}
		go func() { r.done <- r.cmd.Wait() }()
		if err := r.stop(); err != nil {
			t.Errorf("it ended with %v: %s", err, r.stderr)
		}
	}
}
