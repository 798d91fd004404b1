package initiatives

import (
	"context"
	"strconv"
	"time"

	"wijkbaak.nl/internal/base/db"
)

// Writing. Children are removed and made anew with each change.
const (
	upsertInitiative = `INSERT INTO initiative (slug, name, name_key, kind, summary, region, country, notes,
		phase, phase_year, phase_note, founding, founding_only, themes, target_groups, former, costs, funders,
		growth, preconditions, sources, card, checksum, created_at, updated_at, draft, origin)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $24, $25, $26)
	ON CONFLICT (slug) DO UPDATE SET name = excluded.name, name_key = excluded.name_key, kind = excluded.kind,
		summary = excluded.summary, region = excluded.region, country = excluded.country, notes = excluded.notes,
		phase = excluded.phase, phase_year = excluded.phase_year, phase_note = excluded.phase_note,
		founding = excluded.founding, founding_only = excluded.founding_only, themes = excluded.themes,
		target_groups = excluded.target_groups, former = excluded.former, costs = excluded.costs,
		funders = excluded.funders, growth = excluded.growth, preconditions = excluded.preconditions,
		sources = excluded.sources, card = excluded.card, checksum = excluded.checksum, updated_at = excluded.updated_at,
		draft = excluded.draft, origin = excluded.origin, version = initiative.version + 1`
	insertMunicipality = `INSERT INTO initiative_municipality (initiative, position, code, name) VALUES ($1, $2, $3, $4)`
	insertParty        = `INSERT INTO initiative_party (initiative, position, name, role) VALUES ($1, $2, $3, $4)`
	insertEvidence     = `INSERT INTO initiative_evidence (initiative, position, type, metric, value, baseline, unit, n, organisations, period, comparison, strength, approximate, note, source) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`
	insertMet          = `INSERT INTO initiative_barrier (initiative, position, barrier, initiative_key, note, source, draft) VALUES ($1, $2, $3, $4, $5, $6, $7)`
	insertRelated      = `INSERT INTO initiative_related (initiative, related, named) VALUES ($1, $2, $1), ($2, $1, $1)`
	deleteRelated      = `DELETE FROM initiative_related WHERE named = $1`
	selectTermsOf      = `SELECT term FROM initiative_list WHERE initiative = $1 AND sort = 'name'`
	deleteList         = `DELETE FROM initiative_list WHERE initiative = $1`
	// insertList takes up to 24 terms, the rest being '', with the three keys.
	insertList = `WITH t (term) AS (VALUES ($1), ($2), ($3), ($4), ($5), ($6), ($7), ($8), ($9), ($10), ($11), ($12),
			($13), ($14), ($15), ($16), ($17), ($18), ($19), ($20), ($21), ($22), ($23), ($24)),
		k (sort, key) AS (VALUES ('name', $25), ('year', $26), ('strength', $27))
	INSERT INTO initiative_list (term, sort, key, initiative)
	SELECT t.term, k.sort, k.key, $28 FROM t CROSS JOIN k WHERE t.term <> ''`
	countTerm     = `INSERT INTO initiative_term (term, label, n) VALUES ($1, $2, $3) ON CONFLICT (term) DO UPDATE SET n = initiative_term.n + excluded.n`
	raiseRevision = `UPDATE initiative_revision SET n = n + 1 WHERE id = 1`

	upsertBarrier = `INSERT INTO barrier (slug, name, list_key, category, description, sources, checksum) VALUES ($1, $2, $3, $4, $5, $6, $7)
	ON CONFLICT (slug) DO UPDATE SET name = excluded.name, list_key = excluded.list_key, category = excluded.category,
		description = excluded.description, sources = excluded.sources, checksum = excluded.checksum`
	upsertFactor = `INSERT INTO factor (slug, name, description, sources, checksum) VALUES ($1, $2, $3, $4, $5)
	ON CONFLICT (slug) DO UPDATE SET name = excluded.name, description = excluded.description, sources = excluded.sources, checksum = excluded.checksum`
	deleteFactorBarriers = `DELETE FROM factor_barrier WHERE factor = $1`
	insertFactorBarrier  = `INSERT INTO factor_barrier (factor, barrier, factor_name) VALUES ($1, $2, $3)`
	upsertModel          = `INSERT INTO phase_model (slug, position, name, publisher, usage, notes, stages, sources, checksum) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
	ON CONFLICT (slug) DO UPDATE SET position = excluded.position, name = excluded.name, publisher = excluded.publisher, usage = excluded.usage,
		notes = excluded.notes, stages = excluded.stages, sources = excluded.sources, checksum = excluded.checksum`

	selectChecksums = `SELECT 'initiative', slug, checksum FROM initiative UNION ALL SELECT 'barrier', slug, checksum FROM barrier
		UNION ALL SELECT 'factor', slug, checksum FROM factor UNION ALL SELECT 'phaseModel', slug, checksum FROM phase_model`
)

// childTables are emptied for an initiative that is written again.
var childTables = []string{
	`DELETE FROM initiative_municipality WHERE initiative = $1`, `DELETE FROM initiative_party WHERE initiative = $1`,
	`DELETE FROM initiative_evidence WHERE initiative = $1`, `DELETE FROM initiative_barrier WHERE initiative = $1`,
}

// Reading.
const (
	listFrom = ` FROM initiative_list l JOIN initiative i ON i.slug = l.initiative WHERE l.term = $1 AND l.sort = $2`
	spotFrom = ` FROM initiative_list l JOIN initiative_municipality m ON m.initiative = l.initiative WHERE l.term = $1 AND l.sort = $2`
	// selectSome takes 20 slugs, the rest being ''.
	selectSome = `SELECT i.card, i.name_key FROM initiative i WHERE NOT i.draft AND i.slug IN
		($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`
	someMost       = 20
	selectUpdated  = `SELECT i.card, i.name_key FROM initiative i WHERE NOT i.draft ORDER BY i.updated_at DESC, i.slug DESC LIMIT $1`
	selectTerms    = `SELECT term, label, n FROM initiative_term WHERE n > 0`
	selectRevision = `SELECT n FROM initiative_revision WHERE id = 1`
	selectExists   = `SELECT COUNT(*) FROM initiative WHERE slug = $1`

	selectInitiative = `SELECT slug, name, kind, summary, region, country, notes, phase, phase_year, phase_note, founding, founding_only,
		themes, target_groups, former, costs, funders, growth, preconditions, sources, updated_at, draft, origin, version FROM initiative WHERE slug = $1`
	selectAll = `SELECT slug, name, kind, summary, region, country, notes, phase, phase_year, phase_note, founding, founding_only,
		themes, target_groups, former, costs, funders, growth, preconditions, sources, updated_at, draft, origin, version FROM initiative WHERE NOT draft AND slug > $1 ORDER BY slug LIMIT $2`
	selectMunicipalities = `SELECT code, name FROM initiative_municipality WHERE initiative = $1 ORDER BY position`
	selectParties        = `SELECT name, role FROM initiative_party WHERE initiative = $1 ORDER BY position`
	selectEvidence       = `SELECT type, metric, value, baseline, unit, n, organisations, period, comparison, strength, approximate, note, source
		FROM initiative_evidence WHERE initiative = $1 ORDER BY position`
	selectMet     = `SELECT m.barrier, m.note, m.source, b.name, b.category FROM initiative_barrier m JOIN barrier b ON b.slug = m.barrier WHERE m.initiative = $1 ORDER BY m.position`
	selectRelated = `SELECT i.card, i.name_key FROM initiative_related r JOIN initiative i ON i.slug = r.related
		WHERE r.initiative = $1 AND NOT i.draft ORDER BY r.related LIMIT 24`
	// selectHelps gives the ways past the barriers that an initiative met.
	selectHelps = `SELECT m.barrier, f.slug, f.name, f.description FROM initiative_barrier m JOIN factor_barrier h ON h.barrier = m.barrier
		JOIN factor f ON f.slug = h.factor WHERE m.initiative = $1 ORDER BY m.position, h.factor_name, h.factor`

	selectBarriers = `SELECT slug, name, category, description, sources, list_key,
		(SELECT COUNT(*) FROM initiative_barrier m WHERE m.barrier = b.slug AND NOT m.draft) FROM barrier b WHERE list_key > $1 ORDER BY list_key LIMIT $2`
	selectBarriersIn = `SELECT slug, name, category, description, sources, list_key,
		(SELECT COUNT(*) FROM initiative_barrier m WHERE m.barrier = b.slug AND NOT m.draft) FROM barrier b WHERE list_key > $1 AND list_key < $2 ORDER BY list_key LIMIT $3`
	selectBarrier = `SELECT slug, name, category, description, sources, list_key,
		(SELECT COUNT(*) FROM initiative_barrier m WHERE m.barrier = b.slug AND NOT m.draft) FROM barrier b WHERE slug = $1`
	selectMetBy = `SELECT i.card, m.initiative_key, m.note FROM initiative_barrier m
		JOIN initiative i ON i.slug = m.initiative WHERE m.barrier = $1 AND NOT m.draft AND m.initiative_key > $2 ORDER BY m.initiative_key LIMIT $3`
	selectPairs   = `SELECT m.barrier, i.slug, i.name FROM initiative_barrier m JOIN initiative i ON i.slug = m.initiative WHERE NOT m.draft ORDER BY m.barrier, m.initiative_key LIMIT $1`
	selectFactors = `SELECT f.slug, f.name, f.description, f.sources FROM factor_barrier h JOIN factor f ON f.slug = h.factor
		WHERE h.barrier = $1 ORDER BY h.factor_name, h.factor`
	selectModels = `SELECT slug, name, publisher, usage, notes, stages, sources FROM phase_model ORDER BY position, slug LIMIT 100`
)

// The queries that walk one term of initiative_list and look up the others by the
// same key, by how many others there are. (One text for all, with a test for ”,
// makes SQLite prepare it anew each time.) $3 is the key to go on from, $4 the limit.
var (
	selectAfter  = withOthers(`SELECT i.card, l.key`+listFrom+` AND l.key > $3`, ` ORDER BY l.key LIMIT $4`)
	selectBefore = withOthers(`SELECT i.card, l.key`+listFrom+` AND l.key < $3`, ` ORDER BY l.key DESC LIMIT $4`)
	countList    = withOthers(`SELECT COUNT(*) FROM initiative_list l WHERE l.term = $1 AND l.sort = $2 AND l.key > $3`, ` LIMIT $4`)
	selectSpots  = withOthers(`SELECT m.name`+spotFrom+` AND l.key > $3`, ` ORDER BY l.key LIMIT $4`)
)

// othersMost is how many terms there can be beside the one that is walked.
const othersMost = 6

func withOthers(head, tail string) (texts [othersMost + 1]string) {
	for k := range texts {
		texts[k] = head + tail
		head += ` AND EXISTS (SELECT 1 FROM initiative_list f WHERE f.term = $` + strconv.Itoa(5+k) + ` AND f.sort = $2 AND f.key = l.key)`
	}
	return texts
}

// writer writes many initiatives in one transaction and counts their terms once.
type writer struct {
	tx     *db.Tx
	now    time.Time
	counts map[string]int
	labels map[string]string
}

func newWriter(tx *db.Tx, now time.Time) *writer {
	return &writer{tx: tx, now: now, counts: map[string]int{}, labels: map[string]string{}}
}

// put writes an initiative without what it is related to; fresh says that it is not
// there yet.
func (w *writer) put(ctx context.Context, i Initiative, checksum string, fresh bool) error {
	if !fresh {
		if err := w.clear(ctx, i.Slug); err != nil {
			return err
		}
	}
	keys := i.keys()
	if err := w.exec(ctx, upsertInitiative, i.Slug, i.Name, keys[0], i.Kind, i.Summary, i.Region, i.Country, i.Notes,
		i.Phase.Status, i.Phase.Year, i.Phase.Note, i.Founding, i.FoundingOnly, list(i.Themes), list(i.TargetGroups),
		list(i.Former), list(i.Costs), list(i.Funders), list(i.Growth), list(i.Preconditions), list(i.Sources),
		i.card(w.now), checksum, db.At(w.now), i.Draft, i.Origin); err != nil {
		return err
	}
	for k, m := range i.Municipalities {
		if err := w.exec(ctx, insertMunicipality, i.Slug, k, m.Code, m.Name); err != nil {
			return err
		}
	}
	for k, p := range i.Parties {
		if err := w.exec(ctx, insertParty, i.Slug, k, p.Name, p.Role); err != nil {
			return err
		}
	}
	for k, e := range i.Evidence {
		if err := w.exec(ctx, insertEvidence, i.Slug, k, e.Type, e.Metric, e.Value, e.Baseline, e.Unit, e.N, e.Organisations,
			e.Period, e.Comparison, e.Strength, e.Approximate, e.Note, e.Source); err != nil {
			return err
		}
	}
	for k, m := range i.Barriers {
		if err := w.exec(ctx, insertMet, i.Slug, k, m.Barrier, keys[0], m.Note, m.Source, i.Draft); err != nil {
			return err
		}
	}
	if i.Draft {
		return nil // in no list, and counted nowhere
	}
	return w.list(ctx, i.Slug, i.terms(), keys)
}

func (w *writer) clear(ctx context.Context, slug string) error {
	old, err := db.All(ctx, w.tx, db.Value[string], selectTermsOf, slug)
	if err != nil {
		return err
	}
	for _, t := range old {
		w.counts[t]--
	}
	for _, q := range append([]string{deleteList}, childTables...) {
		if err := w.exec(ctx, q, slug); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) list(ctx context.Context, slug string, terms []term, keys [3]string) error {
	for len(terms) > 0 {
		args := make([]any, 28)
		for k := range 24 {
			args[k] = ""
			if k < len(terms) {
				args[k] = terms[k].term
				w.counts[terms[k].term]++
				w.labels[terms[k].term] = terms[k].label
			}
		}
		args[24], args[25], args[26], args[27] = keys[0], keys[1], keys[2], slug
		if err := w.exec(ctx, insertList, args...); err != nil {
			return err
		}
		terms = terms[min(24, len(terms)):]
	}
	return nil
}

// relate writes what an initiative names as related; all of them must be there.
func (w *writer) relate(ctx context.Context, i Initiative) error {
	if err := w.exec(ctx, deleteRelated, i.Slug); err != nil {
		return err
	}
	for _, r := range i.Related {
		if err := w.exec(ctx, insertRelated, i.Slug, r); err != nil {
			return err
		}
	}
	return nil
}

// finish writes the counts and says that the overview has changed.
func (w *writer) finish(ctx context.Context) error {
	for t, n := range w.counts {
		if n != 0 {
			if err := w.exec(ctx, countTerm, t, w.labels[t], n); err != nil {
				return err
			}
		}
	}
	return w.exec(ctx, raiseRevision)
}

func (w *writer) exec(ctx context.Context, query string, args ...any) error {
	_, err := w.tx.Exec(ctx, query, args...)
	return err
}

// list keeps a list as JSON; an empty one is [].
func list[T any](v []T) db.JSON[[]T] {
	if v == nil {
		v = []T{}
	}
	return db.JSON[[]T]{V: v}
}

func scanInitiative(s db.Scanner) (Detail, error) {
	var d Detail
	var themes, targets, pre db.JSON[[]string]
	var former db.JSON[[]Former]
	var costs db.JSON[[]Cost]
	var funders db.JSON[[]Funder]
	var growth db.JSON[[]Point]
	var sources db.JSON[[]Source]
	var updated db.Time
	err := s.Scan(&d.Slug, &d.Name, &d.Kind, &d.Summary, &d.Region, &d.Country, &d.Notes, &d.Phase.Status, &d.Phase.Year,
		&d.Phase.Note, &d.Founding, &d.FoundingOnly, &themes, &targets, &former, &costs, &funders, &growth, &pre, &sources, &updated,
		&d.Draft, &d.Origin, &d.Version)
	d.Themes, d.TargetGroups, d.Former, d.Costs, d.Funders = themes.V, targets.V, former.V, costs.V, funders.V
	d.Growth, d.Preconditions, d.Sources, d.Updated = growth.V, pre.V, sources.V, updated.Time
	return d, err
}

// children reads the tables beside an initiative.
func children(ctx context.Context, r db.Reader, d *Detail) (err error) {
	if d.Municipalities, err = db.All(ctx, r, func(s db.Scanner) (m Municipality, err error) {
		err = s.Scan(&m.Code, &m.Name)
		return
	}, selectMunicipalities, d.Slug); err != nil {
		return err
	}
	if d.Parties, err = db.All(ctx, r, func(s db.Scanner) (p Party, err error) {
		err = s.Scan(&p.Name, &p.Role)
		return
	}, selectParties, d.Slug); err != nil {
		return err
	}
	if d.Evidence, err = db.All(ctx, r, func(s db.Scanner) (e Evidence, err error) {
		err = s.Scan(&e.Type, &e.Metric, &e.Value, &e.Baseline, &e.Unit, &e.N, &e.Organisations, &e.Period, &e.Comparison,
			&e.Strength, &e.Approximate, &e.Note, &e.Source)
		return
	}, selectEvidence, d.Slug); err != nil {
		return err
	}
	d.Obstacles, err = db.All(ctx, r, func(s db.Scanner) (o Obstacle, err error) {
		err = s.Scan(&o.Barrier, &o.Note, &o.Source, &o.Name, &o.Category)
		return
	}, selectMet, d.Slug)
	for _, o := range d.Obstacles {
		d.Barriers = append(d.Barriers, o.Met)
	}
	return err
}

// Entry is a barrier in a list, with how many initiatives met it and, on the page
// of all barriers, the first of them.
type Entry struct {
	Barrier
	Met  int
	Some []Link
	key  string
}

func scanEntry(s db.Scanner) (Entry, error) {
	var e Entry
	var sources db.JSON[[]Source]
	err := s.Scan(&e.Slug, &e.Name, &e.Category, &e.Description, &sources, &e.key, &e.Met)
	e.Sources = sources.V
	return e, err
}

func scanFactor(s db.Scanner) (Factor, error) {
	var f Factor
	var sources db.JSON[[]Source]
	err := s.Scan(&f.Slug, &f.Name, &f.Description, &sources)
	f.Sources = sources.V
	return f, err
}

func scanModel(s db.Scanner) (PhaseModel, error) {
	var p PhaseModel
	var stages db.JSON[[]Stage]
	var sources db.JSON[[]Source]
	err := s.Scan(&p.Slug, &p.Name, &p.Publisher, &p.Use, &p.Notes, &stages, &sources)
	p.Stages, p.Sources = stages.V, sources.V
	return p, err
}
