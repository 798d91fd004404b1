package observe

import (
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"slices"
	"strings"
)

// Logger writes JSON, one line for each event. What looks like personal data or
// a secret is taken out, also when it came in by the text of an error.
func Logger(w io.Writer, level slog.Level) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level, ReplaceAttr: clean}))
}

// secretKeys are names under which nothing may be logged.
var secretKeys = []string{"email", "phone", "name", "address", "password", "token", "secret", "cookie", "code", "body", "query"}

var (
	mailText     = regexp.MustCompile(`[\p{L}0-9._%+'-]+@[\p{L}0-9-]+(\.[\p{L}0-9-]+)+`)
	phoneText    = regexp.MustCompile(`(^|[^\w.])(\+31|0031|0)[ -]?[1-9](?:[ -]?[0-9]){8}\b`)
	passwordText = regexp.MustCompile(`(://[^\s:/@]*):[^\s@/]+@`)
	addressText  = regexp.MustCompile(`\b\d{1,3}(\.\d{1,3}){3}(:\d+)?\b|\[[0-9a-fA-F:]+\](:\d+)?`)
)

// Scrub takes mail addresses, telephone numbers and passwords out of a text.
func Scrub(s string) string {
	if strings.Contains(s, "://") {
		s = passwordText.ReplaceAllString(s, "$1:[password]@")
	}
	if strings.Contains(s, "@") {
		s = mailText.ReplaceAllStringFunc(s, func(m string) string {
			if strings.HasPrefix(m, "[password]@") {
				return m
			}
			return "[e-mail]"
		})
	}
	return phoneText.ReplaceAllString(s, "$1[telephone]")
}

func clean(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.MessageKey {
		// The server of the standard library names who it could not answer.
		return slog.String(a.Key, Scrub(addressText.ReplaceAllString(a.Value.String(), "[address]")))
	}
	if slices.Contains(secretKeys, strings.ToLower(a.Key)) {
		return slog.String(a.Key, "[left out]")
	}
	switch v := a.Value.Resolve(); v.Kind() {
	case slog.KindString:
		return slog.String(a.Key, Scrub(v.String()))
	case slog.KindAny:
		switch x := v.Any().(type) {
		case error:
			return slog.String(a.Key, Scrub(x.Error()))
		case *slog.Source:
			return a
		default:
			return slog.String(a.Key, Scrub(fmt.Sprint(x)))
		}
	}
	return a
}
