package offers

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/protocol/hsds"
)

// take handles one record of the feed.
func (i *importer) take(ctx context.Context, r hsds.Record) error {
	if r.Wrong != "" {
		i.rep.tell(Line{State: IsWrong, Where: r.Where(), Reason: r.Wrong})
		return nil
	}
	if r.Part == "" {
		return i.add(ctx, piece{body: r.Body, where: r.Where()})
	}
	if !i.loose {
		i.loose = true
		if err := i.clear(ctx); err != nil { // of an earlier try
			return err
		}
	}
	if r.Part == "services" {
		r.Body["_where"] = r.Where()
	}
	body, err := json.Marshal(r.Body)
	if err != nil {
		return err
	}
	for _, key := range hsds.Keys(r.Part, r.Body) {
		i.rows++
		i.stage = append(i.stage, staged{r.Part, key, string(body), i.rows})
	}
	if len(i.stage) >= 4*importAtOnce {
		return i.put(ctx)
	}
	return nil
}

func (i *importer) put(ctx context.Context) error {
	rows := i.stage
	i.stage = nil
	return i.s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, r := range rows {
			if _, err := tx.Exec(ctx, insertStage, i.run.id, r.part, r.key, r.n, r.body); err != nil {
				return err
			}
		}
		return nil
	})
}

// assemble puts the services of loose tables together, and tells of rows that belong
// to nothing.
func (i *importer) assemble(ctx context.Context) error {
	if err := i.put(ctx); err != nil {
		return err
	}
	after := ""
	for {
		keys, err := db.All(ctx, i.s.db, db.Value[string], stageKeys, i.run.id, "services", after, importAtOnce)
		if err != nil {
			return err
		}
		for _, key := range keys {
			if key == after {
				continue
			}
			after = key
			list, err := i.staged(ctx, "services", key)
			if err != nil || len(list) == 0 {
				return err
			}
			for _, extra := range list[1:] {
				i.rep.tell(Line{State: IsWrong, Name: extra.Text("name"), Where: extra.Text("_where"), Reason: "its id stands in the table twice"})
			}
			service := list[0]
			where := service.Text("_where")
			delete(service, "_where")
			dangling, err := hsds.Put(service, func(part, key string) ([]hsds.Object, error) { return i.staged(ctx, part, key) })
			if err != nil {
				return err
			}
			if err := i.add(ctx, piece{body: service, where: where, dangling: dangling}); err != nil {
				return err
			}
		}
		if len(keys) < importAtOnce {
			return i.orphans(ctx)
		}
	}
}

func (i *importer) staged(ctx context.Context, part, key string) ([]hsds.Object, error) {
	return db.All(ctx, i.s.db, func(s db.Scanner) (hsds.Object, error) {
		var body string
		if err := s.Scan(&body); err != nil {
			return nil, err
		}
		return hsds.Decode([]byte(body))
	}, selectStage, i.run.id, part, key)
}

// orphansMost bounds how many rows of nothing are told one by one.
const orphansMost = 100

// orphans tells of rows that point to a service or location that is not there.
func (i *importer) orphans(ctx context.Context) error {
	told := 0
	for _, part := range hsds.Parts {
		after := ""
		for told < orphansMost {
			keys, err := db.All(ctx, i.s.db, db.Value[string], stageKeys, i.run.id, part, after, importAtOnce)
			if err != nil {
				return err
			}
			for _, key := range keys {
				if key == after {
					continue
				}
				after = key
				to, id, ok := hsds.Target(key)
				if !ok || told >= orphansMost {
					continue
				}
				n, err := db.One(ctx, i.s.db, db.Value[int], stagedOnce, i.run.id, to, "id:"+id)
				if err != nil {
					return err
				}
				if n == 0 {
					told++
					i.rep.tell(Line{State: IsNote, Name: part, Reason: fmt.Sprintf("%s is in no row of %s; what belongs to it was left out", strings.Replace(key, ":", " ", 1), to)})
				}
			}
			if len(keys) < importAtOnce {
				break
			}
		}
	}
	return nil
}
