package jobs

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/db/dbtest"
)

const (
	killJobs = 300
	killEnv  = "WIJKBAAK_JOBS_KILL" // folder of the journal; set in the child only
)

// journal writes down each job that ran, so that it outlives a kill.
func journal(t testing.TB, dir string) (Handler, *os.File) {
	f, err := os.OpenFile(filepath.Join(dir, "journal"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	return Typed(func(_ context.Context, i int) error {
		mu.Lock()
		defer mu.Unlock()
		_, err := fmt.Fprintln(f, i)
		return err
	}), f
}

// TestKillChild is the process that is killed: it adds jobs, says so once each
// is acknowledged, and works on them until it dies.
func TestKillChild(t *testing.T) {
	dir := os.Getenv(killEnv)
	if dir == "" {
		t.Skip("only as the child of TestKill")
	}
	d, err := db.Open(t.Context(), db.Options{Dir: dir, URL: os.Getenv(killEnv + "_URL"), Read: 8})
	if err != nil {
		t.Fatal(err)
	}
	q := newQueue(d, clock.System)
	h, _ := journal(t, dir)
	q.Handle("count", func(ctx context.Context, payload []byte) error {
		time.Sleep(5 * time.Millisecond) // as if it did something: it must be killed halfway
		return h(ctx, payload)
	})
	for i := range killJobs {
		if i == killJobs/2 { // work waits when the workers begin
			go q.Run(t.Context()) //nolint:errcheck // it is killed
		}
		enqueue(t, d, "count", i)
		fmt.Println("kept")
	}
	for range time.Tick(time.Millisecond) {
		fmt.Println("waiting to be killed")
	}
}

func TestKill(t *testing.T) {
	dbtest.EachOptions(t, func(t *testing.T, o db.Options) {
		if o.Dir == "" {
			o.Dir = t.TempDir()
		}
		d, err := db.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Migrate(t.Context(), rooms); err != nil {
			t.Fatal(err)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		child := exec.Command(os.Args[0], "-test.run=^TestKillChild$", "-test.v") //nolint:gosec // this very program
		child.Env = append(os.Environ(), killEnv+"="+o.Dir, killEnv+"_URL="+o.URL)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		kept := 0
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if lines.Text() == "kept" {
				kept++
			}
			if kept > killJobs/2 && len(ran(t, o.Dir)) > 0 {
				break
			}
		}
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = child.Wait() // it says that it was killed

		if d, err = db.Open(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		defer d.Close() //nolint:errcheck // the test is over
		before := ran(t, o.Dir)
		// The leases of the dead have run out.
		q := newQueue(d, clock.NewFake(time.Now().Add(2*leaseTime)))
		h, f := journal(t, o.Dir)
		defer f.Close() //nolint:errcheck // the test is over
		q.Handle("count", h)
		left := state(t, q).Waiting
		drain(t, q)
		times := ran(t, o.Dir)
		twice := 0
		for i := range kept {
			switch times[i] {
			case 0:
				t.Errorf("job %d was acknowledged and never ran", i)
			case 1:
			default:
				twice++
			}
		}
		if kept == 0 || left == 0 || len(before) == 0 {
			t.Fatalf("the kill came at no interesting moment: %d kept, %d ran before it, %d left", kept, len(before), left)
		}
		if twice > workers {
			t.Errorf("%d jobs ran twice, more than were running", twice)
		}
		t.Logf("%d acknowledged, %d ran before the kill, %d after, %d twice", kept, len(before), left, twice)
	})
}

// ran counts how often each job is in the journal; a torn last line is none.
func ran(t *testing.T, dir string) map[int]int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "journal"))
	if err != nil {
		t.Fatal(err)
	}
	times := map[int]int{}
	for line := range bytes.Lines(text) {
		var i int
		if _, err := fmt.Sscanf(string(line), "%d\n", &i); err == nil {
			times[i]++
		}
	}
	return times
}
