package signin

import (
	"strings"
	"testing"
	"time"
)

// The vectors of RFC 6238, appendix B, SHA-1; the last six of their eight digits.
func TestTOTPVectors(t *testing.T) {
	secret := []byte("12345678901234567890")
	for at, want := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130",
	} {
		if got := totpCode(secret, totpStep(time.Unix(at, 0))); got != want {
			t.Errorf("at %d: %s, want %s", at, got, want)
		}
	}
}

// The vectors of RFC 4226, appendix D.
func TestHOTPVectors(t *testing.T) {
	secret := []byte("12345678901234567890")
	for step, want := range []string{"755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"} {
		if got := totpCode(secret, int64(step)); got != want {
			t.Errorf("step %d: %s, want %s", step, got, want)
		}
	}
}

func TestTOTPMatch(t *testing.T) {
	secret := []byte("12345678901234567890")
	now := time.Unix(1111111111, 0)
	step := totpStep(now)
	for _, c := range []struct {
		name string
		code string
		last int64
		want int64
		ok   bool
	}{
		{"now", totpCode(secret, step), 0, step, true},
		{"one back", totpCode(secret, step-1), 0, step - 1, true},
		{"one on", totpCode(secret, step+1), 0, step + 1, true},
		{"two back", totpCode(secret, step-2), 0, 0, false},
		{"two on", totpCode(secret, step+2), 0, 0, false},
		{"used", totpCode(secret, step), step, 0, false},
		{"before a used one", totpCode(secret, step-1), step, 0, false},
		{"empty", "", 0, 0, false},
		{"short", totpCode(secret, step)[:5], 0, 0, false},
	} {
		if got, ok := totpMatch(secret, c.code, now, c.last); got != c.want || ok != c.ok {
			t.Errorf("%s: %d %v", c.name, got, ok)
		}
	}
}

func TestTOTPAddress(t *testing.T) {
	secret := []byte("12345678901234567890")
	want := "otpauth://totp/Wijkbaak%20Zeist:Marieke?issuer=Wijkbaak%20Zeist&secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	if got := totpAddress(secret, "Wijkbaak Zeist", "Marieke"); got != want {
		t.Errorf("%s", got)
	}
	if got := totpText(secret); got != "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ" {
		t.Errorf("%s", got)
	}
}

func TestLocal(t *testing.T) {
	for in, ok := range map[string]bool{
		"/vragen?deel=1": true, "/": true, "": false, "vragen": false, "//elders.example": false, "/\\elders.example": false,
		"https://elders.example": false, "javascript:alert(1)": false, "/a\r\nSet-Cookie: x": false, "/" + strings.Repeat("a", 500): false,
	} {
		if got := local(in); (got == in && in != "") != ok {
			t.Errorf("%q gives %q", in, got)
		}
	}
}

func FuzzLocal(f *testing.F) {
	for _, s := range []string{"/vragen", "//x", "/\\x", "/%2f%2fx", "/\t/x", "http:/x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := local(s)
		if got != "" && (got[0] != '/' || strings.HasPrefix(got, "//") || strings.ContainsAny(got, "\\\r\n\t")) {
			t.Errorf("%q gives %q", s, got)
		}
	})
}
