package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/goccy/go-yaml"
)

// text is one entry of the demonstration, as people can find it. All ways to
// search get exactly this: a title and all the rest.
type text struct {
	id, kind, title, body, keywords string
}

// findRoot gives the folder of the module.
func findRoot() (string, error) {
	dir, err := os.Getwd()
	for err == nil {
		_, err = os.Stat(filepath.Join(dir, "go.mod"))
		if err == nil {
			return dir, nil
		}
		if !errors.Is(err, fs.ErrNotExist) || filepath.Dir(dir) == dir {
			break
		}
		dir, err = filepath.Dir(dir), nil
	}
	return "", fmt.Errorf("run this inside the module: %w", err)
}

type offerFile struct {
	Offers []struct {
		Slug         string   `yaml:"slug"`
		Name         string   `yaml:"name"`
		Summary      string   `yaml:"summary"`
		Description  string   `yaml:"description"`
		Gives        string   `yaml:"gives"`
		For          string   `yaml:"for"`
		Themes       []string `yaml:"themes"`
		Organisation string   `yaml:"organisation"`
		Also         []string `yaml:"also"`
		Locations    []struct {
			Name string `yaml:"name"`
			Town string `yaml:"town"`
		} `yaml:"locations"`
		Application struct {
			Vendor string `yaml:"vendor"`
		} `yaml:"application"`
	} `yaml:"offers"`
}

type questionFile struct {
	Questions []struct {
		ID       string `yaml:"id"`
		Title    string `yaml:"title"`
		Body     string `yaml:"body"`
		Audience string `yaml:"audience"`
		Status   string `yaml:"status"`
		Answers  []struct {
			Body string `yaml:"body"`
		} `yaml:"answers"`
	} `yaml:"questions"`
	Stories []struct {
		ID    string `yaml:"id"`
		Title string `yaml:"title"`
		Body  string `yaml:"body"`
	} `yaml:"stories"`
}

type initiativeFile struct {
	Initiatives []struct {
		ID             string   `yaml:"id"`
		Name           string   `yaml:"name"`
		Summary        string   `yaml:"summary"`
		Themes         []string `yaml:"themes"`
		TargetGroup    []string `yaml:"target_group"`
		Municipalities []string `yaml:"municipalities"`
		Region         string   `yaml:"region"`
		Parties        []struct {
			Name string `yaml:"name"`
		} `yaml:"parties"`
	} `yaml:"initiatives"`
}

// loadTexts reads what the demonstration lets people find, put together as the
// rooms do.
func loadTexts(root string) ([]text, error) {
	var all []text
	names, err := filepath.Glob(filepath.Join(root, "internal/feature/offers/demo/offers-*.yaml"))
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		var f offerFile
		if err := read(name, &f); err != nil {
			return nil, err
		}
		for _, o := range f.Offers {
			words := []string{o.Organisation, o.For, themeWords(o.Themes), strings.Join(o.Also, ". "), o.Application.Vendor}
			for _, l := range o.Locations {
				words = append(words, l.Name, l.Town)
			}
			all = append(all, text{"offer/" + o.Slug, "offer", o.Name, strings.Join([]string{o.Summary, o.Gives, o.Description}, "\n"),
				strings.Join(words, "\n")})
		}
	}
	var q questionFile
	if err := read(filepath.Join(root, "internal/feature/questions/demo/questions.yaml"), &q); err != nil {
		return nil, err
	}
	for _, one := range q.Questions {
		if one.Audience != "neighbourhood" || one.Status == "merged" {
			continue // only the team sees it, or it stands under another
		}
		body := one.Body
		for _, a := range one.Answers {
			body += "\n\n" + a.Body
		}
		all = append(all, text{"question/" + one.ID, "question", one.Title, body, ""})
	}
	for _, s := range q.Stories {
		all = append(all, text{"story/" + s.ID, "story", s.Title, s.Body, ""})
	}
	var in initiativeFile
	if err := read(filepath.Join(root, "internal/feature/initiatives/demo/initiatives.yaml"), &in); err != nil {
		return nil, err
	}
	for _, i := range in.Initiatives {
		words := append([]string{themeWords(i.Themes), strings.Join(i.TargetGroup, ". "), i.Region}, i.Municipalities...)
		for _, p := range i.Parties {
			words = append(words, p.Name)
		}
		all = append(all, text{"initiative/" + i.ID, "initiative", i.Name, i.Summary, strings.Join(words, "\n")})
	}
	return all, nil
}

func themeWords(themes []string) string {
	return strings.ReplaceAll(strings.Join(themes, ". "), "-", " ")
}

func read(name string, into any) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	if err := yaml.Unmarshal(data, into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// loadQuestions reads the questions and holds them against the texts.
func loadQuestions(root string, texts []text) ([]question, error) {
	var f struct {
		Questions []question `yaml:"questions"`
	}
	if err := read(filepath.Join(root, "bench/search/questions.yaml"), &f); err != nil {
		return nil, err
	}
	there := map[string]bool{}
	for _, t := range texts {
		there[t.id] = true
	}
	for _, q := range f.Questions {
		for id, grade := range q.Fits {
			if !there[id] || grade < 1 || grade > 3 {
				return nil, fmt.Errorf("question %d names %s with %d, which is not there", q.ID, id, grade)
			}
		}
	}
	return f.Questions, nil
}
