package offers

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"slices"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/protocol/hsds"
)

// one takes in one service; without tx it only tells what it would do.
func (i *importer) one(ctx context.Context, r db.Reader, tx *db.Tx, p piece) ([]Line, error) {
	o, by := fromHSDS(p.body)
	if by.Name == "" {
		by = Organisation{Name: i.f.Name}
	}
	line := Line{State: IsNew, Name: o.Name, Where: p.where}
	src, err := db.One(ctx, r, scanSource, selectSource, i.f.Name, p.body.Text("id"))
	if err == nil {
		return i.again(ctx, r, tx, p, src, o, by, line)
	}
	if fault.KindOf(err) != fault.KindNotFound {
		return nil, err
	}
	same, found, err := i.alike(ctx, r, &o, by.Name)
	if err != nil {
		return nil, err
	}
	if found {
		line.State = IsMerged
		full, fields := fill(same.Offer, o)
		line.Fields = fields
		if tx == nil {
			return []Line{line}, nil
		}
		if len(fields) > 0 {
			if _, err := i.s.change(ctx, tx, same, act{kind: actImported, why: i.f.Name}, func(now *Offer, _ *string) error {
				keeper := now.Keeper
				*now = full
				now.Keeper = keeper
				return nil
			}); err != nil {
				return nil, err
			}
		}
		return []Line{line}, i.source(ctx, tx, p, same.ID, o, by.Name)
	}
	if tx == nil {
		return []Line{line}, nil
	}
	org, err := i.s.organisation(ctx, tx, i.free(ctx, tx, by))
	if err != nil {
		return nil, err
	}
	o.Organisation = org.ID
	checked := i.s.clock.Now()
	if t, ok := dayText(p.body.Text("assured_date")); ok && t.Before(checked) {
		checked = t
	}
	fresh := o
	fresh.Locations = i.s.spotted(o.Locations)
	fresh.ID = p.body.Text("id") // the same as elsewhere, unless something here has that id
	if _, err := db.One(ctx, tx, scanOffer, selectByID, fresh.ID); err == nil {
		fresh.ID = ""
	} else if fault.KindOf(err) != fault.KindNotFound {
		return nil, err
	}
	v, err := i.s.add(ctx, tx, fresh, org, checked, act{kind: actImported, why: i.f.Name, as: asImport})
	if err != nil {
		return nil, err
	}
	if p.body.Text("status") == "defunct" || p.body.Text("status") == "inactive" {
		if _, err := i.s.change(ctx, tx, v, act{kind: actStopped, why: i.f.Name}, func(_ *Offer, status *string) error { *status = Stopped; return nil }); err != nil {
			return nil, err
		}
	}
	return []Line{line}, i.source(ctx, tx, p, v.ID, o, by.Name)
}

// free gives an organisation the id that the feed has for it, unless somebody else
// has that already.
func (i *importer) free(ctx context.Context, r db.Reader, o Organisation) Organisation {
	if !hsds.IsUUID(o.ID) {
		o.ID = ""
	} else if _, err := db.One(ctx, r, scanOrganisation, selectOrganisation, o.ID); err == nil {
		o.ID = ""
	}
	return o
}

func (i *importer) source(ctx context.Context, tx *db.Tx, p piece, offer string, o Offer, by string) error {
	kept, err := json.Marshal(p.body)
	if err != nil {
		return err
	}
	o.Organisation = ""
	_, err = tx.Exec(ctx, upsertSource, i.f.Name, p.body.Text("id"), offer, p.hash, db.JSON[sourceBase]{V: sourceBase{o, by}}, string(kept), i.run.id)
	return err
}

// again takes in a service that this feed brought before: of each field three states
// are compared. What the feed changed and nobody here did becomes other; what people
// here changed stays.
func (i *importer) again(ctx context.Context, r db.Reader, tx *db.Tx, p piece, src source, o Offer, by Organisation, line Line) ([]Line, error) {
	if src.hash == p.hash {
		line.State = IsSame
		if tx == nil {
			return []Line{line}, nil
		}
		_, err := tx.Exec(ctx, markSource, i.f.Name, src.id, i.run.id)
		return []Line{line}, err
	}
	v, err := db.One(ctx, r, scanOffer, selectByID, src.offer)
	if err != nil {
		return nil, err
	}
	merged, changed, kept := three(&src.base, &o, &v.Offer)
	line.State, line.Fields = IsOther, changed
	if len(changed) == 0 {
		line.State = IsSame
	}
	lines := []Line{line}
	if len(kept) > 0 {
		lines = append(lines, Line{State: IsKept, Name: v.Name, Where: p.where, Fields: kept})
	}
	if tx == nil {
		return lines, nil
	}
	if len(changed) > 0 {
		if _, err := i.s.change(ctx, tx, v, act{kind: actImported, why: i.f.Name, as: asImport}, func(now *Offer, _ *string) error {
			keeper := now.Keeper
			*now = merged
			now.Keeper, now.Organisation = keeper, v.Organisation
			now.Locations = i.s.spotted(now.Locations)
			return nil
		}); err != nil {
			return nil, err
		}
	}
	return lines, i.source(ctx, tx, p, v.ID, o, by.Name)
}

// three merges by field: base is what the feed said before, theirs what it says now,
// ours what stands here.
func three(base, theirs, ours *Offer) (merged Offer, changed, kept []string) {
	b, t, o := base.fields(), theirs.fields(), ours.fields()
	for _, f := range fieldNames {
		if f == "organisation" || bytes.Equal(b[f], t[f]) || bytes.Equal(t[f], o[f]) {
			continue
		}
		if f == "locations" && sameLocations(base.Locations, ours.Locations) || bytes.Equal(b[f], o[f]) {
			o[f] = t[f]
			changed = append(changed, f)
		} else {
			kept = append(kept, f)
		}
	}
	return ofFields(o), changed, kept
}

// sameLocations tells whether two lists differ in no more than the ids we gave.
func sameLocations(a, b []Location) bool {
	return slices.EqualFunc(a, b, func(x, y Location) bool {
		return x.line() == y.line() && x.Lat == y.Lat && x.Lon == y.Lon && slices.Equal(x.Access, y.Access)
	})
}

// ofFields is the way back of fields.
func ofFields(m map[string]json.RawMessage) (o Offer) {
	for k, v := range m {
		if v == nil {
			delete(m, k)
		}
	}
	b, err := json.Marshal(m)
	if err == nil {
		err = json.Unmarshal(b, &o)
	}
	if err != nil {
		return Offer{} // cannot be: plain data
	}
	return o
}

// fill takes from another source what an entry does not say yet.
func fill(now, other Offer) (Offer, []string) {
	o, t := now.fields(), other.fields()
	var fields []string
	for _, f := range fieldNames {
		if isEmpty(o[f]) && !isEmpty(t[f]) {
			o[f] = t[f]
			fields = append(fields, f)
		}
	}
	full := ofFields(o)
	full.ID, full.Slug = now.ID, now.Slug
	return full, fields
}

func isEmpty(v json.RawMessage) bool {
	return v == nil || bytes.Equal(v, []byte(`""`)) || bytes.Equal(v, []byte(`{}`)) || bytes.Equal(v, []byte("null"))
}

// alike finds an entry that is the same thing: of the same organisation and name,
// and at the same spot or website where both have one.
func (i *importer) alike(ctx context.Context, r db.Reader, o *Offer, by string) (row, bool, error) {
	list, err := db.All(ctx, r, scanOffer, selectMatch, matchKey(by, o.Name))
	for _, v := range list {
		if !meets(&v.Offer, o) {
			continue
		}
		// Two services of one feed are two things, however alike.
		sources, err := db.All(ctx, r, scanSource, selectSources, v.ID)
		if err != nil {
			return row{}, false, err
		}
		if !slices.ContainsFunc(sources, func(s source) bool { return s.feed == i.f.Name }) {
			return v, true, nil
		}
	}
	return row{}, false, err
}

const nearKm = 0.2

func meets(a, b *Offer) bool {
	if a.Join.URL != "" && a.Join.URL == b.Join.URL || len(a.Locations) == 0 || len(b.Locations) == 0 {
		return true
	}
	return slices.ContainsFunc(a.Locations, func(x Location) bool {
		return slices.ContainsFunc(b.Locations, func(y Location) bool {
			if x.Postcode != "" && x.Postcode == y.Postcode {
				return true
			}
			known := x.Lat != 0 && y.Lat != 0
			return known && math.Hypot((x.Lon-y.Lon)*narrow, x.Lat-y.Lat)*kmPerDegree <= nearKm
		})
	})
}

// gone stops the entries that a feed has no more. One that people here changed, or
// that another feed still has, stays.
func (i *importer) gone(ctx context.Context) error {
	after := ""
	for {
		list, err := db.All(ctx, i.s.db, scanSource, selectFeed, i.f.Name, after, importAtOnce)
		if err != nil {
			return err
		}
		var lost []source
		for _, src := range list {
			if after = src.id; !i.seen[idHash(src.id)] {
				lost = append(lost, src)
			}
		}
		for len(lost) > 0 {
			n := min(50, len(lost))
			if err := i.lose(ctx, lost[:n]); err != nil {
				return err
			}
			lost = lost[n:]
		}
		if len(list) < importAtOnce {
			return nil
		}
	}
}

func (i *importer) lose(ctx context.Context, list []source) error {
	var lines []Line
	work := func(ctx context.Context, r db.Reader, tx *db.Tx) error {
		lines = nil
		for _, src := range list {
			l, err := i.loseOne(ctx, r, tx, src)
			if err != nil {
				return err
			}
			lines = append(lines, l)
		}
		return nil
	}
	var err error
	if i.dry {
		err = i.s.db.Read(ctx, func(ctx context.Context, r db.Reader) error { return work(ctx, r, nil) })
	} else {
		err = i.s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return work(ctx, tx, tx) })
	}
	for _, l := range lines {
		i.rep.tell(l)
	}
	return err
}

func (i *importer) loseOne(ctx context.Context, r db.Reader, tx *db.Tx, src source) (Line, error) {
	v, err := db.One(ctx, r, scanOffer, selectByID, src.offer)
	if err != nil {
		return Line{}, err
	}
	others, err := db.All(ctx, r, scanSource, selectSources, src.offer)
	if err != nil {
		return Line{}, err
	}
	line := Line{State: IsGone, Name: v.Name, Reason: "it is not in the feed any more"}
	ours := v.Offer
	ours.Organisation = ""
	mine := slices.DeleteFunc(diffs(&src.base, &ours), func(d Diff) bool { return d.Field == "locations" && sameLocations(src.base.Locations, ours.Locations) })
	stays := len(others) > 1 || len(mine) > 0 || v.CheckedAs != asImport
	if stays {
		line.State, line.Reason = IsKept, "it is not in the feed any more; it stays, because another feed or people here keep it"
	}
	if tx == nil {
		return line, nil
	}
	if _, err := tx.Exec(ctx, deleteSource, src.feed, src.id); err != nil || stays {
		return line, err
	}
	_, err = i.s.change(ctx, tx, v, act{kind: actStopped, why: i.f.Name}, func(_ *Offer, status *string) error { *status = Stopped; return nil })
	return line, err
}
