package signin

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // RFC 6238 as authenticator apps have it
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"strings"
	"time"
)

const (
	totpPeriod = 30 // seconds
	totpBytes  = 20 // of a secret (RFC 4226, section 4)
	totpSkew   = 1  // steps that a clock may be off, either way
)

// totpCode gives the code of a step: RFC 4226 with the step as its counter.
func totpCode(secret []byte, step int64) string {
	var counter [8]byte
	binary.BigEndian.PutUint64(counter[:], uint64(step)) //nolint:gosec // a step is after 1970
	mac := hmac.New(sha1.New, secret)
	mac.Write(counter[:])
	sum := mac.Sum(nil)
	from := sum[len(sum)-1] & 0x0f
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[from:])&0x7fffffff%1_000_000)
}

// totpStep is the step in which now lies.
func totpStep(now time.Time) int64 { return now.Unix() / totpPeriod }

// totpMatch gives the step of which code is the code: one near now and after
// the last one used, so that a code works once (RFC 6238, section 5.2).
func totpMatch(secret []byte, code string, now time.Time, last int64) (step int64, ok bool) {
	for s := totpStep(now) - totpSkew; s <= totpStep(now)+totpSkew; s++ {
		if subtle.ConstantTimeCompare([]byte(totpCode(secret, s)), []byte(code)) == 1 && s > last {
			step, ok = s, true
		}
	}
	return step, ok
}

var totpBase32 = base32.StdEncoding.WithPadding(base32.NoPadding)

// totpText writes a secret as people type it over: groups of four.
func totpText(secret []byte) string {
	s := totpBase32.EncodeToString(secret)
	var groups []string
	for ; len(s) > 4; s = s[4:] {
		groups = append(groups, s[:4])
	}
	return strings.Join(append(groups, s), " ")
}

// totpAddress is what an app reads from the QR code.
func totpAddress(secret []byte, place, name string) string {
	v := url.Values{"secret": {totpBase32.EncodeToString(secret)}, "issuer": {place}}
	label := url.PathEscape(place) + ":" + url.PathEscape(name)
	return "otpauth://totp/" + label + "?" + strings.ReplaceAll(v.Encode(), "+", "%20")
}

// digits leaves the digits of what was typed: people type codes with blanks.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}
