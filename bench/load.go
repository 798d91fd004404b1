package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// request gives the bytes of request number n; it is called by many at once.
type request func(n int64) []byte

// run is one round of load.
type run struct {
	n        int
	took     time.Duration
	times    []time.Duration // of all requests, sorted
	statuses map[int]int
	cpu      time.Duration // of the process that answered
}

func (r run) status(code int) int { return r.statuses[code] }

func (r run) quantile(q float64) time.Duration {
	if len(r.times) == 0 {
		return 0
	}
	return r.times[min(len(r.times)-1, int(q*float64(len(r.times))))]
}

// load sends requests over c connections that stay open, each as soon as the one
// before is answered, for as long as it takes.
func load(ctx context.Context, addr string, c int, length time.Duration, next request) (run, error) {
	ctx, cancel := context.WithTimeout(ctx, length+30*time.Second)
	defer cancel()
	var wg sync.WaitGroup
	var mu sync.Mutex
	all := run{statuses: map[int]int{}}
	var failed error
	var number atomic.Int64
	number.Store(time.Now().UnixNano() % 1_000_000_000)
	began := time.Now()
	for range c {
		wg.Go(func() {
			times, statuses, err := one(ctx, addr, began.Add(length), &number, next)
			mu.Lock()
			defer mu.Unlock()
			failed = errors.Join(failed, err)
			all.times = append(all.times, times...)
			for s, n := range statuses {
				all.statuses[s] += n
				all.n += n
			}
		})
	}
	wg.Wait()
	all.took = time.Since(began)
	slices.Sort(all.times)
	return all, failed
}

func one(ctx context.Context, addr string, until time.Time, number *atomic.Int64, next request) (times []time.Duration, statuses map[int]int, err error) {
	statuses = map[int]int{}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, nil, err
	}
	defer conn.Close() //nolint:errcheck // the round is over
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return nil, nil, err
		}
	}
	in := bufio.NewReaderSize(conn, 32<<10)
	for {
		at := time.Now()
		if !at.Before(until) {
			return times, statuses, nil
		}
		if _, err := conn.Write(next(number.Add(1))); err != nil {
			return times, statuses, err
		}
		status, err := answer(in)
		if err != nil {
			return times, statuses, err
		}
		times = append(times, time.Since(at))
		statuses[status]++
	}
}

// answer reads one answer and throws its body away.
func answer(in *bufio.Reader) (status int, err error) {
	length := -1
	for first := true; ; first = false {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		line = bytes.TrimRight(line, "\r\n")
		switch {
		case first:
			if len(line) < 12 {
				return 0, fmt.Errorf("no answer of HTTP: %q", line)
			}
			if status, err = strconv.Atoi(string(line[9:12])); err != nil {
				return 0, err
			}
		case len(line) == 0:
			if status == 304 || status == 204 {
				return status, nil
			}
			if length < 0 {
				return 0, errors.New("an answer without Content-Length")
			}
			_, err := io.CopyN(io.Discard, in, int64(length))
			return status, err
		case len(line) > 15 && bytes.EqualFold(line[:15], []byte("Content-Length:")):
			if length, err = strconv.Atoi(string(bytes.TrimSpace(line[15:]))); err != nil {
				return 0, err
			}
		}
	}
}
