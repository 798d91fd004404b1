package initiatives

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/search"
	"wijkbaak.nl/internal/trust/access"
)

// Merge makes one initiative part of another: what is known of it, its history,
// owners, followers and proposals move; its address leads on. Other rooms hear of
// it by TopicMerged.
func (s *Service) Merge(ctx context.Context, from, into, why string) error {
	if !isEditor(access.Of(ctx), s.o.Root) {
		return fault.Denied()
	}
	if from == into {
		return fault.Invalid(fault.Field{Name: "in", Key: "initiatives.wrong.same"})
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		gone, err := read(ctx, tx, from)
		if err != nil {
			return err
		}
		before, err := read(ctx, tx, into)
		if fault.KindOf(err) == fault.KindNotFound {
			return fault.Invalid(fault.Field{Name: "in", Key: "initiatives.wrong.into"})
		}
		if err != nil {
			return err
		}
		after, err := read(ctx, tx, into)
		if err != nil {
			return err
		}
		after.join(gone)
		if err := s.moveBeside(ctx, tx, from, into); err != nil {
			return err
		}
		if err := s.drop(ctx, tx, from); err != nil {
			return err
		}
		sum, err := db.One(ctx, tx, db.Value[string], selectChecksum, into)
		if err != nil {
			return err
		}
		if err := s.save(ctx, tx, after, sum, false); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, insertMerged, from, into, db.At(s.clock.Now())); err != nil {
			return err
		}
		// What the other said of itself is kept whole in the history.
		list := append([]Diff{diffOf("merged", gone, nil)}, diffs(before, after)...)
		if err := s.note(ctx, tx, into, act{kind: actMerged, why: why}, list); err != nil {
			return err
		}
		return s.o.Bus.Publish(ctx, tx, TopicMerged, Merged{From: from, Into: into})
	})
}

// moveBeside moves what hangs on an initiative.
func (s *Service) moveBeside(ctx context.Context, tx *db.Tx, from, into string) error {
	have, err := owners(ctx, tx, into)
	if err != nil {
		return err
	}
	if len(have) == 0 { // those of the other go on as they were
		theirs, err := owners(ctx, tx, from)
		if err != nil {
			return err
		}
		for _, o := range theirs {
			if _, err := tx.Exec(ctx, insertOwner, into, o.Organisation, o.Role); err != nil {
				return err
			}
		}
	}
	for _, q := range []string{moveOwners, moveHistory, moveFollowers, moveProposals, moveMerged, moveNamed, moveNamedBack} {
		if _, err := tx.Exec(ctx, q, from, into); err != nil {
			return err
		}
	}
	return nil
}

// drop removes an initiative from the tables, the counts and the search.
func (s *Service) drop(ctx context.Context, tx *db.Tx, slug string) error {
	w := newWriter(tx, s.clock.Now())
	if err := w.clear(ctx, slug); err != nil {
		return err
	}
	if err := w.exec(ctx, deleteInitiative, slug); err != nil {
		return err
	}
	if err := w.finish(ctx); err != nil {
		return err
	}
	return search.Remove(ctx, tx, docID(slug))
}

// join adds what another initiative knows and this one does not. What both say
// of themselves in words stays that of this one.
func (i *Initiative) join(o Initiative) {
	ids := map[string]string{}
	for _, s := range o.Sources {
		k := slices.IndexFunc(i.Sources, func(have Source) bool { return have.Title == s.Title && have.URL == s.URL })
		if k >= 0 {
			ids[s.ID] = i.Sources[k].ID
			continue
		}
		old := s.ID
		s.ID = i.freeSource()
		ids[old] = s.ID
		i.Sources = append(i.Sources, s)
	}
	i.Summary = cmp.Or(i.Summary, o.Summary)
	i.Region, i.Country, i.Notes = cmp.Or(i.Region, o.Region), cmp.Or(i.Country, o.Country), cmp.Or(i.Notes, o.Notes)
	if i.Phase.Status == "unknown" {
		i.Phase = o.Phase
	}
	i.Founding = i.Founding || o.Founding
	i.FoundingOnly = i.FoundingOnly && o.FoundingOnly
	i.TargetGroups, i.Themes = joined(i.TargetGroups, o.TargetGroups), joined(i.Themes, o.Themes)
	i.Preconditions = joined(i.Preconditions, o.Preconditions)
	i.Former, i.Parties = joined(i.Former, o.Former), joined(i.Parties, o.Parties)
	for _, m := range o.Municipalities {
		if !slices.ContainsFunc(i.Municipalities, func(have Municipality) bool { return placeKey(have.Name) == placeKey(m.Name) }) {
			i.Municipalities = append(i.Municipalities, m)
		}
	}
	for _, e := range o.Evidence {
		e.Source = ids[e.Source]
		i.Evidence = joinedAs(i.Evidence, e)
	}
	for _, c := range o.Costs {
		c.Source = ids[c.Source]
		i.Costs = joinedAs(i.Costs, c)
	}
	for _, f := range o.Funders {
		i.Funders = joinedAs(i.Funders, f)
	}
	for _, p := range o.Growth {
		p.Source = ids[p.Source]
		i.Growth = joinedAs(i.Growth, p)
	}
	for _, m := range o.Barriers {
		m.Source = ids[m.Source]
		if !slices.ContainsFunc(i.Barriers, func(have Met) bool { return have.Barrier == m.Barrier && have.Note == m.Note }) {
			i.Barriers = append(i.Barriers, m)
		}
	}
	for _, r := range o.Related {
		if r != i.Slug && !slices.Contains(i.Related, r) {
			i.Related = append(i.Related, r)
		}
	}
	i.Related = slices.DeleteFunc(i.Related, func(r string) bool { return r == o.Slug })
}

func joined[T comparable](a, b []T) []T {
	for _, v := range b {
		if !slices.Contains(a, v) {
			a = append(a, v)
		}
	}
	return a
}

// joinedAs adds v unless it is there already, by what it says.
func joinedAs[T any](list []T, v T) []T {
	text := string(asJSON(v))
	if slices.ContainsFunc(list, func(have T) bool { return string(asJSON(have)) == text }) {
		return list
	}
	return append(list, v)
}

// Into tells in which initiative one that is gone has gone on; "" for none.
func (s *Service) Into(ctx context.Context, slug string) (string, error) {
	into, err := db.One(ctx, s.db, db.Value[string], selectMerged, slug)
	if fault.KindOf(err) == fault.KindNotFound {
		return "", nil
	}
	return into, err
}

// Double is two initiatives that may be one.
type Double struct {
	A, B  Link
	Alike float64 // 0 to 1
}

// The bounds of the search for doubles.
const (
	doublesMost   = 100
	doublesRead   = 20_000
	townMost      = 300  // initiatives in one municipality that are compared
	alikeInTown   = 0.45 // names in one municipality
	alikeAnywhere = 0.8
)

// Doubles finds initiatives that look like one another: with alike names in the same
// municipality, or almost the same name anywhere. The most alike come first.
func (s *Service) Doubles(ctx context.Context) ([]Double, error) {
	if !isEditor(access.Of(ctx), s.o.Root) {
		return nil, fault.Denied()
	}
	type row struct {
		town string
		Link
	}
	towns, err := db.All(ctx, s.db, func(r db.Scanner) (v row, err error) {
		err = r.Scan(&v.town, &v.Slug, &v.Name)
		return
	}, selectTowns, "", doublesRead)
	if err != nil {
		return nil, err
	}
	names, err := db.All(ctx, s.db, scanLink, selectNames, "", doublesRead)
	if err != nil {
		return nil, err
	}
	grams := make(map[string][]string, len(names))
	for _, n := range names {
		grams[n.Slug] = trigrams(n.Name)
	}
	found := map[[2]string]Double{}
	pair := func(a, b Link, least float64) {
		if a.Slug > b.Slug {
			a, b = b, a
		}
		if a.Slug == b.Slug {
			return
		}
		if v := likeness(grams[a.Slug], grams[b.Slug]); v >= least {
			found[[2]string{a.Slug, b.Slug}] = Double{a, b, v}
		}
	}
	byTown := map[string][]Link{}
	for _, t := range towns {
		if t.town != "" && len(byTown[t.town]) < townMost {
			t.URL = address(t.Slug)
			byTown[t.town] = append(byTown[t.town], t.Link)
		}
	}
	for _, list := range byTown {
		for k, a := range list {
			for _, b := range list[k+1:] {
				pair(a, b, alikeInTown)
			}
		}
	}
	for k := range names { // they stand by name
		for n := k + 1; n < min(k+4, len(names)); n++ {
			pair(names[k], names[n], alikeAnywhere)
		}
	}
	list := make([]Double, 0, len(found))
	for _, d := range found {
		list = append(list, d)
	}
	slices.SortFunc(list, func(a, b Double) int {
		return cmp.Or(cmp.Compare(b.Alike, a.Alike), cmp.Compare(a.A.Slug, b.A.Slug), cmp.Compare(a.B.Slug, b.B.Slug))
	})
	return list[:min(len(list), doublesMost)], nil
}

// alike finds initiatives that a new one may double.
func (s *Service) alike(ctx context.Context, d Initiative) ([]Link, error) {
	res, err := s.search.Search(ctx, search.Query{Text: d.Name, Kinds: []string{docKind}, Limit: 10})
	if err != nil {
		return nil, err
	}
	var slugs []string
	for _, h := range res.Hits {
		slugs = append(slugs, strings.TrimPrefix(h.ID, docID("")))
	}
	cards, err := s.some(ctx, s.db, slugs)
	var list []Link
	for _, c := range cards {
		least := alikeAnywhere
		if slices.ContainsFunc(d.Municipalities, func(m Municipality) bool {
			return slices.ContainsFunc(c.Places, func(p string) bool { return placeKey(p) == placeKey(m.Name) })
		}) {
			least = alikeInTown
		}
		if likeness(trigrams(c.Name), trigrams(d.Name)) >= least {
			list = append(list, Link{c.Slug, c.Name, address(c.Slug)})
		}
	}
	return list, err
}

// trigrams are the pieces of three characters of a name, sorted.
func trigrams(name string) []string {
	name = fold(name)
	if name == "" {
		return nil
	}
	r := []rune("  " + name + " ")
	var list []string
	for k := 0; k+3 <= len(r); k++ {
		list = append(list, string(r[k:k+3]))
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// likeness is the part of all pieces that two names share (Jaccard).
func likeness(a, b []string) float64 {
	both := 0
	for x, y := 0, 0; x < len(a) && y < len(b); {
		switch c := strings.Compare(a[x], b[y]); {
		case c == 0:
			both++
			x++
			y++
		case c < 0:
			x++
		default:
			y++
		}
	}
	if all := len(a) + len(b) - both; all > 0 {
		return float64(both) / float64(all)
	}
	return 0
}
