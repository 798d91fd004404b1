// Package bsn recognises citizen service numbers. This product keeps none, so it has
// to know them when it sees them.
package bsn

// Valid tells whether a number of nine digits, with any marks between them, passes
// the test of eleven that such numbers pass (Logisch Ontwerp BSN: 9a+8b+…+2h-i is a
// multiple of eleven).
func Valid(number string) bool {
	sum, digits, seen := 0, 0, false
	for _, c := range number {
		if c < '0' || c > '9' {
			continue
		}
		digits++
		weight := 10 - digits
		if digits == 9 {
			weight = -1
		}
		sum += weight * int(c-'0')
		seen = seen || c != '0'
	}
	return digits == 9 && seen && sum%11 == 0
}
