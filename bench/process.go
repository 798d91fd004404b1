package main

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a server of ours that runs.
type process struct {
	cmd  *exec.Cmd
	addr string
}

func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close() //nolint:errcheck // it was only to find a free port
	return l.Addr().String(), nil
}

// start runs a command that listens where it says ADDR.
func start(cmd func(args ...string) *exec.Cmd, args ...string) (*process, error) {
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "ADDR", addr)
	}
	p := &process{cmd: cmd(args...), addr: addr}
	p.cmd.Stderr = os.Stderr
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	return p, nil
}

func serve(ctx context.Context, o options, program string) (*process, error) {
	return start(func(args ...string) *exec.Cmd { return command(ctx, o, program, args...) },
		"serve", "--listen", "ADDR", "--rate", "0", "--log-level", "warn")
}

func startProgram(ctx context.Context, o options, program string) (*process, error) {
	p, err := serve(ctx, o, program)
	if err != nil {
		return nil, err
	}
	if err := p.wait(ctx, "/zoeken?vraag=rollator", 20*time.Second); err != nil { // the index is loaded then
		p.stop()
		return nil, err
	}
	return p, nil
}

func startYardstick(ctx context.Context, database string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	yardstick := func(args ...string) *exec.Cmd { return exec.CommandContext(ctx, self, args...) } //nolint:gosec // our own program
	p, err := start(yardstick, "yardstick", "-listen", "ADDR", "-database", database)
	if err != nil {
		return nil, err
	}
	if err := p.wait(ctx, "/", 10*time.Second); err != nil {
		p.stop()
		return nil, err
	}
	return p, nil
}

// wait asks until it answers.
func (p *process) wait(ctx context.Context, path string, most time.Duration) error {
	until := time.Now().Add(most)
	for {
		resp, err := http.Get("http://" + p.addr + path) //nolint:gosec,noctx // our own program, for seconds
		if err == nil {
			resp.Body.Close() //nolint:errcheck,gosec // it was only to see
			if resp.StatusCode == http.StatusOK {
				return nil
			}
			err = errors.New(resp.Status)
		}
		if ctx.Err() != nil || time.Now().After(until) {
			return fmt.Errorf("%s does not answer: %w", path, errors.Join(err, ctx.Err()))
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func (p *process) stop() {
	p.cmd.Process.Signal(syscall.SIGTERM) //nolint:errcheck,gosec // it may have gone
	p.cmd.Wait()                          //nolint:errcheck,gosec // how it ended does not matter here
}

// proc reads a file about the process.
func (p *process) proc(name string) string {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(p.cmd.Process.Pid) + "/" + name)
	if err != nil {
		return ""
	}
	return string(b)
}

// ticksPerSecond is fixed for programs on Linux.
const ticksPerSecond = 100

// cpu is the time that the process has used.
func (p *process) cpu() time.Duration {
	stat := p.proc("stat")
	f := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(f) < 13 {
		return 0
	}
	user, err1 := strconv.Atoi(f[11])
	system, err2 := strconv.Atoi(f[12])
	if err1 != nil || err2 != nil {
		return 0
	}
	return time.Duration(user+system) * time.Second / ticksPerSecond
}

// memory in bytes.
func (p *process) memory() int64 { return p.status("VmRSS:") }
func (p *process) peak() int64   { return p.status("VmHWM:") }

// mapped is the part of memory that is files: the program itself and the
// database, which the system takes back when it needs room.
func (p *process) mapped() int64 { return p.status("RssFile:") }

func (p *process) status(name string) int64 {
	for line := range strings.Lines(p.proc("status")) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			kb, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64) // the kernel wrote it
			return kb << 10
		}
	}
	return 0
}

// timed is load, with the processor time that it cost.
func timed(ctx context.Context, p *process, c int, length time.Duration, next request) (run, error) {
	before := p.cpu()
	r, err := load(ctx, p.addr, c, length, next)
	r.cpu = p.cpu() - before
	return r, err
}

// firstPages is how long it takes from the start of the program to its first
// page: the middle of seven starts.
func firstPages(ctx context.Context, o options, program string) (time.Duration, error) {
	var times []time.Duration
	for range 7 {
		began := time.Now()
		p, err := serve(ctx, o, program)
		if err != nil {
			return 0, err
		}
		err = p.wait(ctx, "/", 20*time.Second)
		times = append(times, time.Since(began))
		p.stop()
		if err != nil {
			return 0, err
		}
	}
	slices.Sort(times)
	return times[len(times)/2], nil
}

// visit is what a first page costs to fetch, in compressed bytes.
type visit struct{ html, css, js int }

var (
	styleLink  = regexp.MustCompile(`href="([^"]+\.css[^"]*)"`)
	scriptLink = regexp.MustCompile(`src="([^"]+\.js[^"]*)"`)
)

func firstVisit(addr string) (v visit, err error) {
	page, n, err := fetch(addr, "/")
	if err != nil {
		return v, err
	}
	v.html = n
	for _, m := range styleLink.FindAllStringSubmatch(page, -1) {
		_, n, err := fetch(addr, m[1])
		if err != nil {
			return v, err
		}
		v.css += n
	}
	for _, m := range scriptLink.FindAllStringSubmatch(page, -1) {
		_, n, err := fetch(addr, m[1])
		if err != nil {
			return v, err
		}
		v.js += n
	}
	return v, nil
}

func fetch(addr, path string) (text string, compressed int, err error) {
	req, err := http.NewRequest(http.MethodGet, "http://"+addr+path, nil) //nolint:noctx // our own program, for seconds
	if err != nil {
		return "", 0, err
	}
	req.Header.Set("Accept-Encoding", "gzip")
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return "", 0, err
	}
	defer resp.Body.Close() //nolint:errcheck // it was read to the end
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		return "", 0, errors.Join(err, errors.New(path+": "+resp.Status))
	}
	if resp.Header.Get("Content-Encoding") != "gzip" {
		return string(b), len(b), nil
	}
	z, err := gzip.NewReader(strings.NewReader(string(b)))
	if err != nil {
		return "", 0, err
	}
	plain, err := io.ReadAll(z)
	return string(plain), len(b), err
}

func fileSize(path string) (int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

func copyFile(from, to string) error {
	b, err := os.ReadFile(from) //nolint:gosec // in our own folder
	if err != nil {
		return err
	}
	return os.WriteFile(to, b, 0o600) //nolint:gosec // in our own folder
}

// machine says on what it was measured.
func machine() string {
	model, memory := "unknown processor", ""
	if f, err := os.Open("/proc/cpuinfo"); err == nil {
		defer f.Close() //nolint:errcheck // it was only read
		for s := bufio.NewScanner(f); s.Scan(); {
			if name, value, ok := strings.Cut(s.Text(), ":"); ok && strings.TrimSpace(name) == "model name" {
				model = strings.TrimSpace(value)
				break
			}
		}
	}
	if b, err := os.ReadFile("/proc/meminfo"); err == nil {
		if f := strings.Fields(string(b)); len(f) > 1 {
			kb, _ := strconv.Atoi(f[1]) // the kernel wrote it
			memory = fmt.Sprintf(", %d GB memory", (kb+1<<19)>>20)
		}
	}
	return model + memory
}
