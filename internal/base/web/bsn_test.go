package web_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"wijkbaak.nl/internal/base/web"
)

// 111222333 and 123456782 pass the test of citizen service numbers; nobody has them.
func TestACitizenServiceNumberIsRefusedAtItsField(t *testing.T) {
	rt := house(web.Options{})
	for text, refused := range map[string]bool{
		"Mijn BSN is 111222333.": true, "111222333": true, "bsn:123456782, en verder": true, "1112.22.333": true, "111 222 333": true, "111-222-333": true, "１１１２２２３３３": true, "111\u200b222333": true, "(123.456.782)": true,
		"BSN-111222333":            true,
		"Mijn nummer is 123456789": false, "0111222333": false, "1112223334": false, "bel +31 111222333": false, "bel 0031 111222333": false, "06 111 222 333": false,
		"zie https://example.nl/nieuws/111222333": false, "https://example.nl/?id=111222333": false, "€ 111.222.333": false, "€ 111222333,50": false,
		"a111222333b": false, "000000000": false, "110-111222333": false,
	} {
		w := ask(rt, "POST", "/vragen", "vraag="+url.QueryEscape(text), own()...)
		if (w.Code == 422) != refused {
			t.Errorf("%q in a form: %d %s", text, w.Code, w.Body)
		}
		body, err := json.Marshal(map[string]string{"naam": text})
		if err != nil {
			t.Fatal(err)
		}
		w = ask(rt, "POST", "/api/v1/dingen", string(body), "Content-Type", "application/json")
		if (w.Code == 400) != refused || refused && (!strings.Contains(w.Body.String(), `"name":"naam"`) || !strings.Contains(w.Body.String(), "Schrijf geen burgerservicenummer")) {
			t.Errorf("%q by the API: %d %s", text, w.Code, w.Body)
		}
	}
}

func FuzzCitizenServiceNumber(f *testing.F) {
	f.Add("Mijn BSN is 111222333.")
	f.Add("111 222 333")
	rt := house(web.Options{})
	f.Fuzz(func(t *testing.T, text string) {
		body, err := json.Marshal(map[string]string{"naam": text})
		if err != nil {
			t.Skip(err)
		}
		if w := ask(rt, "POST", "/api/v1/dingen", string(body), "Content-Type", "application/json"); w.Code != 201 && w.Code != 400 {
			t.Errorf("%q: %d", text, w.Code)
		}
	})
}
