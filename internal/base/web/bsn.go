package web

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"wijkbaak.nl/internal/base/bsn"
	"wijkbaak.nl/internal/base/fault"
)

// This product keeps no citizen service numbers (BSN). People write them down
// all the same, so each text that is sent is looked at before anything keeps it.

var (
	nineDigits  = regexp.MustCompile(`[0-9]{9}|[0-9]{4}[ .-][0-9]{2}[ .-][0-9]{3}|[0-9]{3}[ .-][0-9]{3}[ .-][0-9]{3}`)
	beforePhone = regexp.MustCompile(`(\+|\b00)[0-9]{1,3}[ -]?(\(0\))?[ -]?$`)
	partBefore  = regexp.MustCompile(`(\pL|[0-9/=_#&%@+]|[0-9][-., ]|€ ?)$`)
	partAfter   = regexp.MustCompile(`^(\pL|[0-9/_%@]|[-.,][0-9])`)
)

// hasBSN tells whether nine digits that pass the test of such numbers stand in a
// text by themselves: not in an address, a telephone number or a longer number.
func hasBSN(text string) bool {
	text = norm.NFKC.String(strings.Map(func(c rune) rune { // as it is read: wide digits, and what nobody sees
		if unicode.Is(unicode.Cf, c) {
			return -1
		}
		return c
	}, text))
	for _, at := range nineDigits.FindAllStringIndex(text, -1) {
		before, after := text[max(0, at[0]-12):at[0]], text[at[1]:]
		if bsn.Valid(text[at[0]:at[1]]) && !partBefore.MatchString(before) && !partAfter.MatchString(after) && !beforePhone.MatchString(before) {
			return true
		}
	}
	return false
}

// bsnInJSON gives the fault with the first text in a JSON body that has such a
// number, or nil. The body was decoded before.
func bsnInJSON(body []byte) error {
	d := json.NewDecoder(bytes.NewReader(body))
	name, key := "body", false
	var depth []json.Delim
	for {
		tok, err := d.Token()
		if err != nil {
			return nil //nolint:nilerr // it was decoded before, so this is the end
		}
		switch v := tok.(type) {
		case json.Delim:
			if v == '{' || v == '[' {
				depth = append(depth, v)
			} else {
				depth = depth[:len(depth)-1]
			}
			key = len(depth) > 0 && depth[len(depth)-1] == '{'
			continue
		case string:
			if key {
				name, key = v, false
				continue
			}
			if hasBSN(v) {
				return fault.Invalid(fault.Field{Name: name, Key: "web.form.bsn"})
			}
		}
		key = len(depth) > 0 && depth[len(depth)-1] == '{'
	}
}
