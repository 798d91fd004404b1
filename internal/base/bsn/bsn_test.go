package bsn

import "testing"

func TestValid(t *testing.T) {
	for number, want := range map[string]bool{
		"111222333": true, "123456782": true, "1112.22.333": true, "111 222 333": true,
		"111222334": false, "123456789": false, "000000000": false, "11122233": false, "1112223330": false, "": false, "111111111": false,
	} {
		if Valid(number) != want {
			t.Errorf("%s: %v", number, !want)
		}
	}
}
