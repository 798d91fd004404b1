package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"wijkbaak.nl/internal/app"
	"wijkbaak.nl/internal/base/db"
)

// program builds the real thing, once.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "wijkbaak-test-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "wijkbaak")
	build := exec.Command("go", "build", "-o", path, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := build.CombinedOutput()
	if err != nil {
		return "", errors.New(string(out))
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if built {
		path, _ := program() // it was built
		os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

var built bool

// running is the built program as a process.
type running struct {
	t      *testing.T
	cmd    *exec.Cmd
	stdout *bufio.Reader
	stderr *shared
	addr   string
	done   chan error
}

// shared is a buffer that a process writes and a test reads.
type shared struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements io.Writer.
func (s *shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *shared) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func start(t *testing.T, args ...string) *running {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	built = true
	r := &running{t: t, cmd: exec.Command(path, args...), stderr: &shared{}, done: make(chan error, 1)}
	r.cmd.Stderr = r.stderr
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	r.stdout = bufio.NewReader(out)
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.cmd.Process.Kill() }) //nolint:errcheck // it may have ended
	return r
}

var listens = regexp.MustCompile(`"msg":"ready","listen":"([^"]+)"`)

// serve starts wijkbaak serve on a free port and waits until it is ready.
func serve(t *testing.T, args ...string) *running {
	t.Helper()
	r := start(t, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
	go func() { r.done <- r.cmd.Wait() }()
	for until := time.Now().Add(30 * time.Second); ; {
		if m := listens.FindStringSubmatch(r.stderr.String()); m != nil {
			r.addr = m[1]
			return r
		}
		select {
		case err := <-r.done:
			t.Fatalf("it did not start: %v\n%s", err, r.stderr)
		case <-time.After(5 * time.Millisecond):
		}
		if time.Now().After(until) {
			t.Fatalf("it is not ready: %s", r.stderr)
		}
	}
}

// stop asks it to end and gives how it ended.
func (r *running) stop() error {
	r.t.Helper()
	if err := r.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		r.t.Fatal(err)
	}
	select {
	case err := <-r.done:
		return err
	case <-time.After(40 * time.Second):
		r.t.Fatalf("it does not stop: %s", r.stderr)
		return nil
	}
}

func page(t *testing.T, url string) (int, string) {
	t.Helper()
	resp, err := http.Get(url) //nolint:gosec,noctx // our own program
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // it was read
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// do runs a sub-command in this process.
func do(t *testing.T, args ...string) (code int, out string) {
	t.Helper()
	var b shared
	code = run(t.Context(), args, console{&b, &b, strings.NewReader("")})
	return code, b.String()
}

func must(t *testing.T, args ...string) string {
	t.Helper()
	code, out := do(t, args...)
	if code != 0 {
		t.Fatalf("%s: %d\n%s", strings.Join(args, " "), code, out)
	}
	return out
}

func refuses(t *testing.T, want string, args ...string) {
	t.Helper()
	code, out := do(t, args...)
	if code == 0 || !strings.Contains(out, want) {
		t.Errorf("%s: %d, without %q:\n%s", strings.Join(args, " "), code, want, out)
	}
}

func TestDemo(t *testing.T) {
	if _, err := program(); err != nil { // built where it outlives this test
		t.Fatal(err)
	}
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	r := start(t, "demo", "--listen", "127.0.0.1:0")
	line, err := r.stdout.ReadString('\n')
	if err != nil {
		t.Fatal(err, r.stderr)
	}
	who, err := r.stdout.ReadString('\n')
	if err != nil || !strings.Contains(who, "Marieke (coach)") || !strings.Contains(who, "Ans") {
		t.Errorf("it says %q %v", who, err)
	}
	go func() { r.done <- r.cmd.Wait() }()
	address := strings.TrimSpace(line)
	if !regexp.MustCompile(`^http://localhost:\d+$`).MatchString(address) {
		t.Fatalf("it prints %q", line)
	}
	for _, at := range []string{address, strings.Replace(address, "localhost", "127.0.0.1", 1)} {
		pressToSignIn(t, at)
	}
	if status, text := page(t, address+"/"); status != 200 || !strings.Contains(text, "Wat is uw vraag?") {
		t.Errorf("%d %.500s", status, text)
	}
	if status, text := page(t, address+"/initiatieven"); status != 200 || !strings.Contains(text, "/initiatieven/") {
		t.Errorf("%d %.500s", status, text)
	}
	if err := r.stop(); err != nil {
		t.Errorf("it ended with %v: %s", err, r.stderr)
	}
	if left, _ := filepath.Glob(filepath.Join(tmp, "wijkbaak-demo-*")); len(left) > 0 {
		t.Errorf("the demo left %v", left)
	}
}

// pressToSignIn signs in at the demo as a browser does that came by this address.
func pressToSignIn(t *testing.T, at string) {
	t.Helper()
	_, text := page(t, at+"/aanmelden")
	button := regexp.MustCompile(`name="persoon" value="([^"]+)"`).FindStringSubmatch(text)
	if button == nil {
		t.Fatalf("%s: nobody to sign in as: %.500s", at, text)
	}
	send := func(origin string) *http.Response {
		r, err := http.NewRequest(http.MethodPost, at+"/aanmelden/demo", strings.NewReader("persoon="+button[1])) //nolint:noctx // our own program
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", origin)
		resp, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close() //nolint:errcheck,gosec // only the head counts
		return resp
	}
	resp := send(at)
	if to := resp.Header.Get("Location"); resp.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to, "/") || len(resp.Cookies()) != 1 || resp.Cookies()[0].Domain != "" {
		t.Errorf("%s: %d to %q with %v", at, resp.StatusCode, to, resp.Cookies())
	}
	if resp := send("http://elders.example"); resp.StatusCode != http.StatusForbidden || len(resp.Cookies()) > 0 {
		t.Errorf("%s: a page of elsewhere signs somebody in: %d", at, resp.StatusCode)
	}
}

// TestAtHome: the name localhost, unless it leads elsewhere.
func TestAtHome(t *testing.T) {
	open := func(address string) net.Listener {
		t.Helper()
		l, err := net.Listen("tcp", address)
		if err != nil {
			t.Skip(err) // a machine without IPv6
		}
		t.Cleanup(func() { l.Close() }) //nolint:errcheck // the test is over
		return l
	}
	port := func(l net.Listener) string {
		_, p, _ := net.SplitHostPort(l.Addr().String())
		return p
	}
	if l := open("127.0.0.2:0"); atHome(l) != "http://127.0.0.2:"+port(l) {
		t.Error(atHome(l))
	}
	l := open("127.0.0.1:0")
	for range 2 { // looking whether the name leads elsewhere leaves nothing behind
		if atHome(l) != "http://localhost:"+port(l) {
			t.Error(atHome(l))
		}
	}
	six := open("[::1]:0")
	if atHome(six) != "http://localhost:"+port(six) {
		t.Error(atHome(six))
	}
	open("[::1]:" + port(l)) // another program
	if atHome(l) != "http://127.0.0.1:"+port(l) {
		t.Error(atHome(l))
	}
}

func TestDemoStaysOnThisMachine(t *testing.T) {
	refuses(t, "--let-others-in", "demo", "--listen", "0.0.0.0:0")
	refuses(t, "--let-others-in", "demo", "--listen", ":0")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "x"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	refuses(t, "not empty", "demo", "--data", dir)
	demo := t.TempDir()
	if err := os.WriteFile(filepath.Join(demo, demoMark), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	refuses(t, "folder of a demo", "serve", "--data", demo)
}

func TestPortTaken(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // the test is over
	refuses(t, "this one is free: --listen 127.0.0.1:", "demo", "--listen", l.Addr().String())
	refuses(t, "this one is free: --listen 127.0.0.1:", "serve", "--data", t.TempDir(), "--listen", l.Addr().String())
	refuses(t, "write it as address:port", "demo", "--listen", "8080", "--let-others-in")
}

func TestServeRefusesWhatCannotWork(t *testing.T) {
	dir := t.TempDir()
	refuses(t, "--base-url https://", "serve", "--data", dir, "--listen", ":0")
	refuses(t, "go together", "serve", "--data", dir, "--tls-cert", "x")
	refuses(t, "--metrics-listen", "serve", "--data", dir, "--profile")
	refuses(t, "--smtp-from", "serve", "--data", dir, "--smtp-host", "mail.example.nl")
	refuses(t, "wijkbaak migrate", "serve", "--data", dir, "--no-migrate", "--listen", "127.0.0.1:0")
	refuses(t, "rate", "serve", "--rate", "veel")
	refuses(t, "unexpected argument", "srve")
	refuses(t, "no data in", "backup", "--data", t.TempDir(), "--to", "x.age")
}

func TestServeStopsGently(t *testing.T) {
	dir := t.TempDir()
	r := serve(t, "--data", dir, "--metrics-listen", "127.0.0.1:0")
	// A request that is under way while it is told to stop is still answered.
	conn, err := net.Dial("tcp", r.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close() //nolint:errcheck // the test is over
	form := "wie=neighbourhood&vraag=Wie+kookt+er+samen+in+de+buurt"
	head := "POST /vragen HTTP/1.1\r\nHost: " + r.addr + "\r\nOrigin: http://" + r.addr + "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: " +
		strconv.Itoa(len(form)) + "\r\n\r\n"
	if _, err := conn.Write([]byte(head + form[:10])); err != nil {
		t.Fatal(err)
	}
	if status, _ := page(t, "http://"+r.addr+"/vragen"); status != 200 { // it has taken the connection by now
		t.Error(status)
	}
	stopped := make(chan error, 1)
	go func() { stopped <- r.stop() }()
	for !strings.Contains(r.stderr.String(), `"msg":"stopping"`) {
		time.Sleep(time.Millisecond)
	}
	if _, err := conn.Write([]byte(form[10:])); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("%v %v", resp, err)
	}
	if err := <-stopped; err != nil {
		t.Errorf("it ended with %v: %s", err, r.stderr)
	}
	if !strings.Contains(r.stderr.String(), `"msg":"stopped"`) {
		t.Error(r.stderr)
	}
	// The question is there at the next start, and the log is whole.
	again := serve(t, "--data", dir)
	if _, text := page(t, "http://"+again.addr+"/vragen"); !strings.Contains(text, "Wie kookt er samen in de buurt") {
		t.Error("what was acknowledged is gone")
	}
	second := serve(t, "--data", dir)
	if !strings.Contains(second.stderr.String(), "another wijkbaak serves this data folder") {
		t.Errorf("two on one folder: %s", second.stderr)
	}
	if err := errors.Join(second.stop(), again.stop()); err != nil {
		t.Error(err)
	}
	if out := must(t, "audit", "verify", "--data", dir); !strings.Contains(out, "Nothing was changed") {
		t.Error(out)
	}
}

// newer makes the data look as if a later program had been there.
func newer(t *testing.T, dir string) {
	t.Helper()
	d, err := db.Open(t.Context(), db.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close() //nolint:errcheck // it was written
	if err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO migration (room, number, name, checksum, applied_at) VALUES ('questions', 9999, '9999_later.sql', 'x', 1)`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

func TestDataOfANewerVersion(t *testing.T) {
	dir := t.TempDir()
	must(t, "migrate", "--data", dir)
	newer(t, dir)
	for _, args := range [][]string{{"serve", "--listen", "127.0.0.1:0"}, {"serve", "--no-migrate"}, {"migrate"}, {"user", "list"}, {"search", "rebuild"}} {
		refuses(t, "from a newer version of Wijkbaak", append(args, "--data", dir)...)
	}
	code, out := do(t, "doctor", "--data", dir)
	if code == 0 || !strings.Contains(out, "newer version") {
		t.Error(code, out)
	}
}

func TestMigrateShowsBeforehand(t *testing.T) {
	refuses(t, "no data", "migrate", "--data", t.TempDir(), "--dry-run")
	dir := t.TempDir()
	a, err := app.Open(t.Context(), app.Settings{Data: dir, BaseURL: "http://127.0.0.1"}, app.Parts{})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if out := must(t, "migrate", "--data", dir, "--dry-run"); !strings.Contains(out, "nothing was changed") || !strings.Contains(out, "questions/0001_questions.sql") {
		t.Error(out)
	}
	if out := must(t, "migrate", "--data", dir); !strings.Contains(out, "questions/0001_questions.sql") {
		t.Error(out)
	}
	if out := must(t, "migrate", "--data", dir); !strings.HasPrefix(out, "0 steps done") {
		t.Error(out)
	}
}
