package offers

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"wijkbaak.nl/internal/base/i18n"
)

// fieldWord is what people call a field that history names.
//
// keys: offers.field.*
func fieldWord(ctx context.Context, field string) string { return i18n.T(ctx, "offers.field."+field) }

// stepWord is what was done.
//
// keys: offers.step.*
func stepWord(ctx context.Context, kind string) string { return i18n.T(ctx, "offers.step."+kind) }

// keys: offers.check.done.klopt offers.check.done.stop offers.check.done.wijzigen

// plainOf shows a value of a field as words, without the signs of JSON.
func plainOf(raw json.RawMessage) string {
	var v any
	if json.Unmarshal(raw, &v) != nil || v == nil {
		return "–"
	}
	return said(v)
}

func said(v any) string {
	switch v := v.(type) {
	case []any:
		var parts []string
		for _, x := range v {
			parts = append(parts, said(x))
		}
		return strings.Join(parts, ", ")
	case map[string]any:
		var keys, parts []string
		for k := range v {
			if k != "id" {
				keys = append(keys, k)
			}
		}
		slices.Sort(keys)
		for _, k := range keys {
			parts = append(parts, said(v[k]))
		}
		return strings.Join(parts, " ")
	case float64:
		return strings.Replace(fmt.Sprint(v), ".", ",", 1)
	case bool:
		if v {
			return "✓"
		}
		return "–"
	}
	return fmt.Sprint(v)
}

// share is a part in whole percents.
func share(n, of int) int {
	if of == 0 {
		return 0
	}
	return int(math.Round(100 * float64(n) / float64(of)))
}
