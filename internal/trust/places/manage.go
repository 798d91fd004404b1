package places

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

// may tells whether the actor decides what the place says.
func may(a access.Actor, path string) bool {
	return a.Can(access.Operator, path) || a.Can(access.Editor, path)
}

// Managed is one place of which the actor decides what it says.
type Managed struct {
	Place    Place
	Settings Settings  // that hold there
	From     Place     // whose settings they are; the zero Place for the defaults
	Saved    time.Time // when; zero for a place without settings of its own
}

// Own tells whether the place has settings of its own.
func (m Managed) Own() bool { return m.From.Path == m.Place.Path }

// mark stands for the settings that somebody saw before changing them.
func (m Managed) mark() string {
	b, err := json.Marshal(m.Settings)
	if err != nil {
		return "" // plain texts and numbers always can be written
	}
	sum := sha256.Sum256(append(b, m.From.Path...))
	return hex.EncodeToString(sum[:12])
}

// managed reads one place, for who may set it.
func (s *Places) managed(ctx context.Context, r db.Reader, path string) (Managed, error) {
	if !may(access.Of(ctx), path) {
		return Managed{}, fault.Denied() // the same for a place that is not there
	}
	var m Managed
	var err error
	if m.Place, err = db.One(ctx, r, scanPlace, selectPlace, path); err != nil {
		return Managed{}, err
	}
	var where string
	if m.Settings, where, err = s.SettingsIn(ctx, r, path); err != nil || where == "" {
		return m, err
	}
	m.From, err = db.One(ctx, r, scanPlace, selectPlace, where)
	return m, err
}

// Managed lists the places of which the actor decides what they say: those with
// settings of their own, that of this instance and those of the actor's roles.
// That of the instance comes first, the others follow by name.
func (s *Places) Managed(ctx context.Context) ([]Managed, error) {
	a := access.Of(ctx)
	if !a.Has(access.Operator, access.Editor) {
		return nil, fault.Denied()
	}
	var list []Managed
	err := s.db.Read(ctx, func(ctx context.Context, r db.Reader) error {
		list = nil
		own, err := db.All(ctx, r, scanManaged, selectManaged, "")
		if err != nil {
			return err
		}
		seen := map[string]bool{}
		for _, m := range own {
			seen[m.Place.Path] = true
			if may(a, m.Place.Path) {
				list = append(list, m)
			}
		}
		for _, path := range append(a.Places(access.Operator, access.Editor), s.root) {
			if seen[path] || !may(a, path) {
				continue
			}
			seen[path] = true
			m, err := s.managed(ctx, r, path)
			if fault.KindOf(err) == fault.KindNotFound {
				continue // the whole country, or a place that was never imported
			} else if err != nil {
				return err
			}
			list = append(list, m)
		}
		return nil
	})
	rank := func(m Managed) string {
		if m.Place.Path == s.root {
			return ""
		}
		return sortKey(m.Place.Name)
	}
	slices.SortStableFunc(list, func(x, y Managed) int {
		return cmp.Or(strings.Compare(rank(x), rank(y)), strings.Compare(x.Place.Path, y.Place.Path))
	})
	return list, err
}

// ChangeSettings keeps what an operator or editor of the place decided. Saw is
// the mark of the settings that were on the form; if others hold by now it
// refuses, so that nobody undoes the work of a colleague without knowing. An
// empty mark does not look.
func (s *Places) ChangeSettings(ctx context.Context, path string, v Settings, saw string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		m, err := s.managed(ctx, tx, path)
		if err != nil {
			return err
		}
		if saw != "" && saw != m.mark() {
			return fault.Conflict("places.error.changed")
		}
		if err := s.SaveSettings(ctx, tx, path, v); err != nil {
			return err
		}
		action := audit.Update
		if !m.Own() {
			action = audit.Create
		}
		return s.audit.Record(ctx, tx, audit.Event{Kind: "places.settings", Action: action, ObjectType: "place", ObjectID: path})
	})
}

// find gives the place that somebody means with a path, a CBS code, a postcode
// or the name of a municipality.
func (s *Places) find(ctx context.Context, text string) (Place, error) {
	if strings.HasPrefix(text, "/") {
		return s.ByPath(ctx, strings.TrimSuffix(text, "/"))
	}
	if _, err := ParsePostcode(text); err == nil { // 1680 is a postcode to people, not a code
		return s.ByPostcode(ctx, text)
	}
	if _, path, _, ok := ParseCode(strings.ToUpper(text)); ok {
		return s.ByPath(ctx, path)
	}
	list, err := s.Children(ctx, "")
	if err != nil {
		return Place{}, err
	}
	key := sortKey(text)
	if i := slices.IndexFunc(list, func(p Place) bool { return sortKey(p.Name) == key }); i >= 0 {
		return list[i], nil
	}
	return Place{}, fault.NotFound()
}
