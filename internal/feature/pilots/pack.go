package pilots

import (
	"bytes"
	"context"
	_ "embed" // the schema
	"encoding/json"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

//go:embed schemas/pilots.json
var partSchema []byte

// PartSchema is the JSON Schema of what Pack gives.
func (s *Service) PartSchema() []byte { return bytes.Clone(partSchema) }

// What another municipality needs to try the same: no measurements, and nothing of
// persons.
type (
	packed struct {
		Design     string            `json:"design"`
		Compared   string            `json:"compared"`
		People     int               `json:"people"`
		Weeks      int               `json:"weeks"`
		Indicators []packedIndicator `json:"indicators"`
		Rules      []packedRule      `json:"rules"`
		Costs      []packedCost      `json:"costs"`
	}
	packedIndicator struct {
		Code       string   `json:"code"`
		Name       string   `json:"name"`
		Definition string   `json:"definition"`
		Unit       string   `json:"unit"`
		Kind       Kind     `json:"kind"`
		Better     string   `json:"better"`
		Target     *float64 `json:"target"`
		Source     string   `json:"source"`
		Every      string   `json:"every"`
		Counter    string   `json:"counter"`
	}
	packedRule struct {
		Kind       string  `json:"kind"`
		Indicator  string  `json:"indicator"`
		Comparison string  `json:"comparison"`
		Value      float64 `json:"value"`
		Week       int     `json:"week"`
	}
	packedCost struct {
		Label   string `json:"label"`
		Planned int64  `json:"plannedCents"`
	}
)

// Pack gives the indicator set, rules and lines of money of the newest pilot of an
// initiative that runs, ran or came from a package; nil where there is none.
func (s *Service) Pack(ctx context.Context, r db.Reader, initiative string) ([]byte, error) {
	p, err := db.One(ctx, r, scanPilot, selectPacked, initiative)
	if fault.KindOf(err) == fault.KindNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out := packed{Design: p.Design, Compared: p.Compared, People: p.People, Weeks: p.weeks(), Indicators: []packedIndicator{}, Rules: []packedRule{}, Costs: []packedCost{}}
	indicators, err := db.All(ctx, r, scanIndicator, selectIndicators, p.ID)
	if err != nil {
		return nil, err
	}
	for _, i := range indicators {
		out.Indicators = append(out.Indicators, packedIndicator{i.Code, i.Name, i.Definition, i.Unit, i.Kind, i.Better, i.Target, i.Source, i.Every, i.Counter})
	}
	rules, err := db.All(ctx, r, scanRule, selectRules, p.ID)
	if err != nil {
		return nil, err
	}
	for _, u := range rules {
		out.Rules = append(out.Rules, packedRule{u.Kind, u.Indicator, u.Comparison, u.Value, u.Week})
	}
	costs, err := db.All(ctx, r, scanCost, selectCosts, p.ID)
	if err != nil {
		return nil, err
	}
	for _, c := range costs {
		out.Costs = append(out.Costs, packedCost{c.Label, c.Planned})
	}
	return json.Marshal(out)
}

// adoptMost bounds a part of a package.
const adoptMost = 1 << 20

var errPart = &fault.Error{Kind: fault.KindInvalid, Key: "pilots.wrong.part"}

// Adopt checks a part that Pack made and makes a draft of it, in place of the
// drafts that an earlier package left for this initiative.
func (s *Service) Adopt(ctx context.Context, tx *db.Tx, initiative string, data []byte) error {
	in, rules, indicators, err := readPart(data)
	if err != nil {
		return err
	}
	drafts, err := db.All(ctx, tx, scanPilot, selectAdopted, initiative)
	if err != nil {
		return err
	}
	now := s.Clock.Now()
	p := Pilot{ID: s.IDs(), Initiative: initiative, Name: initiative, Design: in.Design, Compared: in.Compared, People: in.People,
		Status: Draft, Adopted: true, Version: 1, CreatedAt: now, ChangedAt: now, LeadPerson: access.Of(ctx).Person}
	if in.Weeks > 0 { // a period of the same length, from the next Monday
		_, monday := period("week", now)
		p.Starts = monday.AddDate(0, 0, 7)
		p.Ends = p.Starts.AddDate(0, 0, 7*in.Weeks)
	}
	led := organisations(access.Of(ctx))
	for _, d := range drafts {
		if d.Lead != "" { // a newer package moves it to nobody else
			led, p.LeadPerson = []string{d.Lead}, d.LeadPerson
		}
		p.Name, p.Goal, p.Place, p.PlaceName, p.PlacePath = d.Name, d.Goal, d.Place, d.PlaceName, d.PlacePath
		if _, err := tx.Exec(ctx, deletePilot, d.ID); err != nil {
			return err
		}
	}
	if len(drafts) == 0 {
		links, err := s.Initiatives.Links(ctx, tx, []string{initiative})
		if err != nil {
			return err
		}
		if len(links) > 0 {
			p.Name = links[0].Name
		}
	}
	if len(led) > 0 {
		p.Lead = led[0]
		if err := s.known(ctx, tx, &p); fault.KindOf(err) == fault.KindInvalid {
			p.LeadName = ""
		} else if err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, insertPilot, p.columns()...); err != nil {
		return err
	}
	for k, i := range indicators {
		i.ID, i.Pilot, i.Position = s.IDs(), p.ID, k
		if _, err := tx.Exec(ctx, insertIndicator, i.columns()...); err != nil {
			return err
		}
	}
	for k, r := range rules {
		if _, err := tx.Exec(ctx, insertRule, s.IDs(), p.ID, k, r.Kind, r.Indicator, r.Comparison, r.Value, r.Week); err != nil {
			return err
		}
	}
	costs := make([]Cost, len(in.Costs))
	for k, c := range in.Costs {
		costs[k] = Cost{Label: c.Label, Planned: c.Planned}
	}
	if err := s.addCosts(ctx, tx, p.ID, costs); err != nil {
		return err
	}
	return s.noted(ctx, tx, p.ID, "adopted", "", audit.Create)
}

// readPart holds a part to the same rules as a form.
func readPart(data []byte) (in packed, rules []Rule, indicators []Indicator, err error) {
	if len(data) > adoptMost {
		return in, nil, nil, fault.TooLarge("pilots.wrong.part")
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil || d.More() {
		return in, nil, nil, errPart
	}
	p := Pilot{Initiative: "x", Name: "xxx", Lead: "x", Status: Draft, Design: in.Design, Compared: in.Compared, People: in.People}
	if p.check() != nil || in.Weeks < 0 || in.Weeks > 520 || len(in.Indicators) > IndicatorsMost || len(in.Costs) > LinesMost {
		return in, nil, nil, errPart
	}
	seen := map[string]bool{}
	for _, i := range in.Indicators {
		one := Indicator{Code: i.Code, Name: i.Name, Definition: i.Definition, Unit: i.Unit, Kind: i.Kind, Better: i.Better,
			Target: i.Target, Source: i.Source, Every: i.Every, Counter: counterName(i.Counter)}
		if one.check() != nil || seen[i.Code] || len(i.Name) > 2*NameMost || len(i.Definition) > 2*TextMost || len(i.Unit)+len(i.Source)+len(i.Counter) > 6*ShortMost {
			return in, nil, nil, errPart
		}
		seen[i.Code] = true
		indicators = append(indicators, one)
	}
	for _, r := range in.Rules {
		rules = append(rules, Rule{Kind: r.Kind, Indicator: r.Indicator, Comparison: r.Comparison, Value: r.Value, Week: r.Week})
	}
	for _, c := range in.Costs {
		if c.Label == "" || len(c.Label) > 2*ShortMost || c.Planned < 0 || c.Planned > centsMost {
			return in, nil, nil, errPart
		}
	}
	if err := CheckRules(rules, indicators, 0); err != nil {
		return in, nil, nil, errPart
	}
	return in, rules, indicators, nil
}
