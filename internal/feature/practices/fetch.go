package practices

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"syscall"
	"time"

	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/protocol/practice"
)

const (
	fetchTime = 30 * time.Second
	pageMost  = 4 << 20 // of JSON that another instance sends
	hopsMost  = 3
	// pagesMost bounds how often a next page is asked for: one that is kept short, or
	// empty, would else go on for ever.
	pagesMost    = 20
	logPagesMost = 400
)

var (
	errPrivate = errors.New("this address is inside a private network")
	errHops    = errors.New("too many redirects, or one to another website")
	errPlain   = errors.New("only https is allowed")
	// errExample: such names lead nowhere (RFC 2606); the demonstration has them.
	errExample = errors.New("this address is an example")
)

// newClient makes a client that asks other instances only: an address inside our
// own network is refused when the connection is made, whatever name led there.
func newClient(allowPrivate bool) *http.Client {
	dialer := &net.Dialer{Timeout: 10 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		if allowPrivate {
			return nil
		}
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return err
		}
		if ip := at.Addr().Unmap(); !outside(ip) {
			return fmt.Errorf("%w: %s", errPrivate, ip)
		}
		return nil
	}}
	return &http.Client{
		Timeout: fetchTime,
		Transport: &http.Transport{DialContext: dialer.DialContext, ForceAttemptHTTP2: true, TLSHandshakeTimeout: 10 * time.Second,
			ResponseHeaderTimeout: 20 * time.Second, MaxResponseHeaderBytes: 64 << 10, IdleConnTimeout: 30 * time.Second, MaxIdleConnsPerHost: 2,
			DisableCompression: true},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) > hopsMost || r.URL.Host != via[0].URL.Host || r.URL.Scheme != via[0].URL.Scheme {
				return errHops
			}
			return nil
		},
	}
}

// inward are the addresses that netip does not call private and that lead, or may
// lead, to something inside.
var inward = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),       // this network (RFC 1122)
	netip.MustParsePrefix("100.64.0.0/10"),   // of providers (RFC 6598)
	netip.MustParsePrefix("192.0.0.0/24"),    // RFC 6890
	netip.MustParsePrefix("192.88.99.0/24"),  // relays of 6to4 (RFC 3068)
	netip.MustParsePrefix("198.18.0.0/15"),   // for measuring (RFC 2544)
	netip.MustParsePrefix("240.0.0.0/4"),     // RFC 1112
	netip.MustParsePrefix("::/96"),           // IPv4 in another coat (RFC 4291)
	netip.MustParsePrefix("::ffff:0:0:0/96"), // so is this (RFC 2765)
	netip.MustParsePrefix("64:ff9b::/96"),    // leads to IPv4 (RFC 6052)
	netip.MustParsePrefix("64:ff9b:1::/48"),  // within one network (RFC 8215)
	netip.MustParsePrefix("100::/64"),        // leads nowhere (RFC 6666)
	netip.MustParsePrefix("2001::/32"),       // Teredo leads to IPv4 (RFC 4380)
	netip.MustParsePrefix("2001:db8::/32"),   // for examples (RFC 3849)
	netip.MustParsePrefix("2002::/16"),       // 6to4 leads to IPv4 (RFC 3056)
	netip.MustParsePrefix("fec0::/10"),       // of a site, once (RFC 3879)
}

// outside tells whether an address is one of the public internet.
func outside(ip netip.Addr) bool {
	for _, p := range inward {
		if p.Contains(ip) {
			return false
		}
	}
	return ip.IsGlobalUnicast() && !ip.IsPrivate() && !ip.IsLoopback() && !ip.IsLinkLocalUnicast() && !ip.IsUnspecified()
}

// ask sends a request to another instance and gives at most most bytes.
func (s *Service) ask(ctx context.Context, method, address string, body []byte, most int64) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if h := r.URL.Hostname(); h == "example" || strings.HasSuffix(h, ".example") {
		return nil, errExample
	}
	if r.URL.Scheme != "https" && !s.AllowPrivate {
		return nil, errPlain
	}
	r.Header.Set("User-Agent", "Wijkbaak")
	r.Header.Set("Accept", "application/json, application/gzip")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	res, err := s.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close() //nolint:errcheck // it was read
	b, err := io.ReadAll(io.LimitReader(res.Body, most+1))
	switch {
	case err != nil:
		return nil, err
	case int64(len(b)) > most:
		return nil, fmt.Errorf("more than %d bytes came", most)
	case res.StatusCode >= 300:
		return b, statusError(res.StatusCode)
	}
	return b, nil
}

// statusError is an answer that is no success.
type statusError int

func (e statusError) Error() string { return fmt.Sprintf("it answered %d", int(e)) }

func (s *Service) askJSON(ctx context.Context, address string, v any) error {
	b, err := s.ask(ctx, http.MethodGet, address, nil, pageMost)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, v)
}

// api is the address of something in the API of another instance.
func api(address, rest string) string { return address + web.APIPath + "/practices" + rest }

// fetchPackage gets a package with its signature, and proof of how the log grew
// since it had known lines.
func (s *Service) fetchPackage(ctx context.Context, address, name, version, known string) (tgz []byte, v apiVersion, err error) {
	if err := s.askJSON(ctx, api(address, "/"+name+"/"+version)+"?known="+known, &v); err != nil {
		return nil, v, err
	}
	tgz, err = s.ask(ctx, http.MethodGet, address+filePath(name, version), nil, practice.Usual.Packed)
	return tgz, v, err
}
