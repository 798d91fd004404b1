// Package decimal reads numbers and tables as people and their spreadsheets write
// them: with a decimal comma or point, points between thousands, a euro or percent
// sign, and columns cut by a semicolon, a comma or a tab.
package decimal

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// ErrForm tells that a text is no number.
var ErrForm = errors.New("this is no number")

// longest bounds what is read as a number.
const longest = 40

// Parse reads a number such as 1.234,56, 1234.56, € 1.200 or -3. A percent sign
// is taken off, not worked out: 12,5 % is 12.5. One separator followed by exactly
// three digits parts thousands when it is a point (1.200 is 1200, as people write
// in Dutch) and decimals when it is a comma (1,200 is 1.2).
func Parse(s string) (float64, error) {
	plain, err := normal(s)
	if err != nil {
		return 0, err
	}
	v, err := strconv.ParseFloat(plain, 64)
	if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
		return 0, ErrForm
	}
	return v, nil
}

// Cents reads an amount in euros and gives cents. More than two decimals are
// refused: nobody pays them.
func Cents(s string) (int64, error) {
	plain, err := normal(s)
	if err != nil {
		return 0, err
	}
	whole, part, _ := strings.Cut(plain, ".")
	if len(part) > 2 {
		return 0, ErrForm
	}
	v, err := strconv.ParseInt(whole+(part + "00")[:2], 10, 64)
	if err != nil {
		return 0, ErrForm
	}
	return v, nil
}

// normal writes a number with digits, at most one point, and a minus in front.
func normal(s string) (string, error) {
	if len(s) > longest {
		return "", ErrForm
	}
	s = strings.NewReplacer("\u00a0", "", "\u202f", "", " ", "", "€", "", "%", "", "\u2212", "-", "EUR", "", "'", "").Replace(strings.TrimSpace(s))
	s, minus := strings.CutPrefix(s, "-")
	if !minus {
		s = strings.TrimPrefix(s, "+")
	}
	s = strings.TrimSuffix(strings.TrimSuffix(s, ",-"), ",--") // € 25,-
	if s == "" || strings.Trim(s, "0123456789.,") != "" || !strings.ContainsAny(s, "0123456789") {
		return "", ErrForm
	}
	point, comma := strings.LastIndexByte(s, '.'), strings.LastIndexByte(s, ',')
	decimal := byte(0)
	switch {
	case point >= 0 && comma >= 0: // the last one parts the decimals
		decimal = s[max(point, comma)]
	case comma >= 0 && strings.Count(s, ",") == 1:
		decimal = ','
	case point >= 0 && strings.Count(s, ".") == 1 && (len(s)-point != 4 || point == 0 || point > 3 || s[:point] == "0"):
		decimal = '.'
	}
	whole, part := s, ""
	if decimal != 0 {
		k := strings.LastIndexByte(s, decimal)
		if strings.Count(s, string(decimal)) > 1 {
			return "", ErrForm
		}
		whole, part = s[:k], s[k+1:]
	}
	if whole, err := thousands(whole); err != nil {
		return "", err
	} else if part == "" {
		return sign(minus) + whole, nil
	} else {
		return sign(minus) + whole + "." + part, nil
	}
}

func sign(minus bool) string {
	if minus {
		return "-"
	}
	return ""
}

// thousands takes out separators that stand at every third digit, of one kind.
func thousands(s string) (string, error) {
	k := strings.IndexAny(s, ".,")
	if k < 0 {
		if s == "" {
			return "0", nil
		}
		return s, nil
	}
	groups := strings.Split(s, s[k:k+1])
	for i, g := range groups {
		if strings.ContainsAny(g, ".,") || len(g) > 3 || g == "" || i > 0 && len(g) != 3 {
			return "", ErrForm
		}
	}
	return strings.Join(groups, ""), nil
}
