package scaling

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/decimal"
	"wijkbaak.nl/internal/base/fault"
)

// Line is one step as somebody types it in a hurry: titel; wie; datum; budget.
type Line struct {
	At         int // which line it was
	Title, Who string
	Due        Day
	Budget     int64
}

// linesMost is how many steps one form can bring.
const linesMost = 100

// ParseLines reads a line per step. Semicolons part what is in it, or the tabs
// that a spreadsheet puts there; all but the title may be left out.
func ParseLines(text string) ([]Line, error) {
	var list []Line
	at := 0
	for raw := range strings.Lines(text) {
		at++
		raw = strings.TrimSpace(raw)
		if raw == "" || at == 1 && strings.HasPrefix(strings.ToLower(strings.ReplaceAll(raw, "\t", ";")), "titel;") {
			continue
		}
		mark := ";"
		if strings.Contains(raw, "\t") {
			mark = "\t"
		}
		parts := strings.Split(raw, mark)
		l := Line{At: at}
		for k := range parts {
			parts[k] = strings.Join(strings.Fields(parts[k]), " ")
		}
		wrong := func(key string, args ...any) error {
			return fault.Invalid(fault.Field{Name: "regels", Key: key, Args: append([]any{"line", at}, args...)})
		}
		if len(parts) > 4 {
			return nil, wrong("scaling.wrong.parts")
		}
		parts = append(parts, "", "", "")
		l.Title, l.Who = parts[0], parts[1]
		if n := utf8.RuneCountInString(l.Title); n < 2 || n > stepTitleMost {
			return nil, wrong("scaling.wrong.linetitle", "most", stepTitleMost)
		}
		var err error
		if l.Due, err = ParseDay(parts[2]); err != nil {
			return nil, wrong("scaling.wrong.lineday", "day", cut(parts[2], 40))
		}
		if parts[3] != "" {
			if l.Budget, err = decimal.Cents(parts[3]); err != nil || l.Budget < 0 || l.Budget > budgetMost {
				return nil, wrong("scaling.wrong.linebudget", "budget", cut(parts[3], 40))
			}
		}
		if list = append(list, l); len(list) > linesMost {
			return nil, wrong("scaling.wrong.many", "most", linesMost)
		}
	}
	return list, nil
}

// cents writes an amount as a form has it.
func cents(n int64) string {
	if n == 0 {
		return ""
	}
	if n%100 == 0 {
		return fmt.Sprint(n / 100)
	}
	return fmt.Sprintf("%d,%02d", n/100, n%100)
}
