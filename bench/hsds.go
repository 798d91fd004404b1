package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// feedServices is how many services the feed has that is taken in.
const feedServices = 20_000

// imported are the figures of taking in a feed.
type imported struct {
	took   time.Duration
	cpu    time.Duration
	memory int64 // at most
	lines  int   // that told how far it was
	size   int64 // of the file
	// Of an import that was killed halfway and begun again.
	killed, after int
	resumed       bool
}

// What an import of the feed must reach.
const (
	importMost   = 60 * time.Second
	importMemory = 150_000_000
)

// measureImport takes a feed in, and then once more in another place where it is
// killed halfway and begun again.
func measureImport(ctx context.Context, o options, program string) (m imported, err error) {
	dir := filepath.Dir(o.data)
	feed := filepath.Join(dir, "services.json")
	if err := writeFeed(feed, feedServices); err != nil {
		return m, err
	}
	if m.size, err = fileSize(feed); err != nil {
		return m, err
	}
	whole, halved := o, o
	whole.data, halved.data = filepath.Join(dir, "import"), filepath.Join(dir, "halved")
	for _, at := range []options{whole, halved} {
		if err := quiet(ctx, at, program, "generate", "--questions", "1", "--answers", "0", "--initiatives", "1"); err != nil {
			return m, err
		}
	}
	args := []string{"import", "offers", "--feed", "meting", feed}
	say("taking in %d services", feedServices)
	c := command(ctx, whole, program, args...)
	began := time.Now()
	out, err := c.CombinedOutput()
	m.took = time.Since(began)
	if err != nil {
		return m, fmt.Errorf("import: %w\n%s", err, out)
	}
	if want := fmt.Sprintf("%d new", feedServices); !bytes.Contains(out, []byte(want)) {
		return m, fmt.Errorf("the import does not tell of %s:\n%s", want, out)
	}
	m.lines = progressLines(string(out))
	m.cpu = c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	if used, ok := c.ProcessState.SysUsage().(*syscall.Rusage); ok {
		m.memory = used.Maxrss << 10
	}
	say("    %v, %d MB", m.took, m.memory/1e6)
	if m.killed, err = killHalfway(ctx, halved, program, args); err != nil {
		return m, err
	}
	out, err = command(ctx, halved, program, args...).CombinedOutput()
	if err != nil {
		return m, fmt.Errorf("the import that was begun again: %w\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if n, err := fmt.Sscanf(line, "Went on where an earlier try had stopped, after %d services.", &m.after); n == 1 && err == nil {
			m.resumed = m.after > 0
		}
	}
	if want := fmt.Sprintf("%d new", feedServices); !bytes.Contains(out, []byte(want)) {
		return m, fmt.Errorf("the import that was begun again does not come to %s:\n%s", want, out)
	}
	return m, nil
}

func progressLines(out string) (n int) {
	for line := range strings.Lines(out) {
		if strings.Trim(line, "0123456789\n") == "" {
			n++
		}
	}
	return n
}

// killHalfway begins an import and kills it when it says that a half is done.
func killHalfway(ctx context.Context, o options, program string, args []string) (at int, err error) {
	c := command(ctx, o, program, args...)
	r, w := io.Pipe()
	c.Stdout, c.Stderr = w, w
	if err := c.Start(); err != nil {
		return 0, err
	}
	ended := make(chan error, 1)
	go func() {
		ended <- c.Wait()
		w.Close() //nolint:errcheck,gosec // a pipe always closes
	}()
	for s := bufio.NewScanner(r); s.Scan(); {
		if n, err := fmt.Sscan(s.Text(), &at); n == 1 && err == nil && at >= feedServices/2 {
			if err := c.Process.Kill(); err != nil {
				return at, err
			}
		}
	}
	if err := <-ended; err == nil {
		return at, errors.New("the import ended before it could be killed")
	}
	return at, nil
}

// writeFeed makes a file of HSDS as another catalogue would send it.
func writeFeed(name string, n int) (err error) {
	f, err := os.Create(name) //nolint:gosec // in our own folder
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := bufio.NewWriter(f)
	for k := range n {
		b, err := json.Marshal(service(k))
		if err != nil {
			return err
		}
		between := ",\n"
		if k == 0 {
			between = "[\n"
		}
		w.WriteString(between) //nolint:errcheck,gosec // Flush tells
		w.Write(b)             //nolint:errcheck,gosec // Flush tells
	}
	w.WriteString("\n]\n") //nolint:errcheck,gosec // Flush tells
	return w.Flush()
}

type object = map[string]any

func uuid(kind, k int) string { return fmt.Sprintf("%08x-0000-4000-8000-%012x", kind, k) }

func service(k int) object {
	id, organisation, place := uuid(1, k), uuid(2, k%900), uuid(3, k%4000)
	what := []string{"Koffie in het buurthuis", "Wandelen met de buren", "Hulp bij formulieren", "Maaltijden aan huis", "Taalcafé", "Eetclub", "Maatjes", "Beweegles"}[k%8]
	house := fmt.Sprintf("Buurthuis %d", k%4000)
	days := []string{"MO", "TU", "WE", "TH", "FR", "SA", "SU"}
	return object{
		"id": id, "name": fmt.Sprintf("%s %d", what, k+1), "status": "active", "url": fmt.Sprintf("https://welzijn.example/aanbod/%d", k), "email": "info@welzijn.example",
		"description": fmt.Sprintf("%s voor iedereen in de buurt. U kunt zo binnenlopen in %s; opgeven hoeft niet. Er is koffie en thee. "+
			"Komt u moeilijk de deur uit? Bel ons, dan kijken we samen hoe u er komt. Dit is een verzonnen voorbeeld.", what, house),
		"eligibility_description": "Voor bewoners vanaf 55 jaar.", "application_process": "Loop binnen, of bel.", "last_modified": "2026-10-01T09:00:00Z",
		"organization":         object{"id": organisation, "name": fmt.Sprintf("Stichting Welzijn %d", k%900), "description": "Welzijn in de wijk.", "website": "https://welzijn.example/"},
		"phones":               []object{{"id": uuid(4, k), "service_id": id, "number": "088 - 000 00 00", "languages": []object{{"id": uuid(5, k), "name": "Nederlands", "code": "nl"}}}},
		"languages":            []object{{"id": uuid(6, k), "service_id": id, "name": "Nederlands", "code": "nl"}, {"id": uuid(7, k), "service_id": id, "name": "Engels", "code": "en"}},
		"cost_options":         []object{{"id": uuid(8, k), "service_id": id, "option": "per keer", "currency": "EUR", "amount": k % 6}},
		"service_areas":        []object{{"id": uuid(9, k), "service_id": id, "name": "Lelystad"}},
		"schedules":            []object{{"id": uuid(10, k), "service_id": id, "freq": "WEEKLY", "byday": days[k%7], "opens_at": "10:00", "closes_at": "12:00", "valid_from": "2026-01-01"}},
		"service_at_locations": []object{{"id": uuid(11, k), "service_id": id, "location_id": place, "location": object{"id": place, "location_type": "physical", "name": house, "latitude": 52.45 + float64(k%4000)/40_000, "longitude": 5.40 + float64(k%397)/4000, "addresses": []object{{"id": uuid(12, k%4000), "location_id": place, "address_1": fmt.Sprintf("Dorpsstraat %d", k%400+1), "city": "Lelystad", "state_province": "Flevoland", "postal_code": "8232 ZZ", "country": "NL", "address_type": "physical"}}, "accessibility": []object{{"id": uuid(13, k%4000), "location_id": place, "description": "Toegankelijk voor een rolstoel."}}}}},
		"attributes":           []object{{"id": uuid(14, k), "link_id": id, "link_type": "taxonomy", "link_entity": "service", "taxonomy_term_id": uuid(15, k%30), "taxonomy_term": object{"id": uuid(15, k%30), "name": fmt.Sprintf("Onderwerp %d", k%30), "description": "Een onderwerp uit de lijst van de bron."}}},
		"x_source":             object{"record": k, "kept": true},
	}
}
