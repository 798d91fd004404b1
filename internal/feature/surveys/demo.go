package surveys

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/protocol/fhir"
)

// builtIn lists the questionnaires that come with the program, each with its plan.
// They are our own words; docs/surveys.md tells how they were made.
func builtIn() (list [][2][]byte, err error) {
	names, err := fs.Glob(files, "demo/*.questionnaire.json")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		var pair [2][]byte
		if pair[0], err = fs.ReadFile(files, name); err != nil {
			return nil, err
		}
		plan := path.Join("demo", strings.TrimSuffix(path.Base(name), ".questionnaire.json")+".plan.json")
		if pair[1], err = fs.ReadFile(files, plan); err != nil {
			return nil, err
		}
		list = append(list, pair)
	}
	return list, nil
}

// demo publishes what comes with the program, once.
func (s *Service) demo(ctx context.Context) error {
	list, err := builtIn()
	if err != nil {
		return err
	}
	for _, pair := range list {
		q, err := fhir.Read(pair[0], nil)
		if err != nil {
			return err
		}
		have, err := db.All(ctx, s.DB, db.Value[string], selectDemoURL, q.URL)
		if err != nil {
			return err
		}
		if len(have) > 0 {
			continue
		}
		if _, err := s.keep(ctx, s.Root, pair[0], pair[1], Published, true); err != nil {
			return fmt.Errorf("%s: %w", q.Name, err)
		}
	}
	return nil
}
