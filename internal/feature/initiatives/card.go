package initiatives

import (
	"strconv"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/search"
)

// Card is what a list shows of an initiative.
type Card struct {
	Slug, Name, Kind, Summary, Region string
	Phase                             Phase  // without the note
	Strength                          string // of the results; empty: none
	Evidence                          int    // figures of any type
	HasCost                           bool
	Places, Themes, Targets           []string
	Updated                           time.Time
	Found                             *search.Hit // why a search gave it
	key                               string
}

// A card is kept as one text, since to read one column of a row is several times as
// fast as to read fourteen: fields and, in a list, values are apart by the
// characters that ASCII has for it, which no text here can hold.
const (
	fieldMark = "\x1f"
	valueMark = "\x1e"
	cardSize  = 14 // fields
)

// card is the text of the card of an initiative.
func (i Initiative) card(now time.Time) string {
	var places []string
	for _, m := range i.Municipalities {
		places = append(places, m.Name)
	}
	cost := ""
	if len(i.Costs) > 0 {
		cost = "1"
	}
	return strings.Join([]string{i.Slug, i.Name, i.Kind, i.Summary, i.Region, i.Phase.Status, strconv.Itoa(i.Phase.Year), i.Strength(),
		strconv.Itoa(len(i.Evidence)), cost, strings.Join(places, valueMark),
		strings.Join(i.Themes, valueMark), strings.Join(i.TargetGroups, valueMark), strconv.FormatInt(now.UnixMicro(), 10)}, fieldMark)
}

// cardOf reads the text of a card.
func cardOf(text string) Card {
	var f [cardSize]string
	for k := range f {
		f[k], text, _ = strings.Cut(text, fieldMark)
	}
	number := func(s string) int64 {
		n, _ := strconv.ParseInt(s, 10, 64) // this room wrote it
		return n
	}
	return Card{Slug: f[0], Name: f[1], Kind: f[2], Summary: f[3], Region: f[4], Phase: Phase{Status: f[5], Year: int(number(f[6]))},
		Strength: f[7], Evidence: int(number(f[8])), HasCost: f[9] != "", Places: values(f[10]), Themes: values(f[11]), Targets: values(f[12]),
		Updated: time.UnixMicro(number(f[13])).UTC()}
}

func values(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, valueMark)
}

func scanCard(s db.Scanner) (Card, error) {
	var text, key string
	err := s.Scan(&text, &key)
	c := cardOf(text)
	c.key = key
	return c, err
}
