package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// useConfig reads the file of --config, once the flags and the environment are
// known.
func useConfig(ctx *kong.Context) error {
	var path string
	for _, f := range ctx.Flags() {
		if f.Name == "config" {
			path, _ = ctx.FlagValue(f).(string) // it is a text
		}
	}
	if path == "" {
		return nil
	}
	f, err := os.Open(path) //nolint:gosec // the operator names the file
	if err != nil {
		return fmt.Errorf("the settings file: %w", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	text, err := io.ReadAll(io.LimitReader(f, configMost+1))
	if err != nil {
		return fmt.Errorf("the settings file: %w", err)
	}
	file, err := parseConfig(path, text, settingsOf(ctx.Model.Node))
	if err != nil {
		return err
	}
	ctx.AddResolver(file)
	return nil
}

const configMost = 1 << 20

// settingsOf lists every setting of the program that may stand in a file, by
// name. All sub-commands read the same file.
func settingsOf(root *kong.Node) map[string]*kong.Flag {
	m := map[string]*kong.Flag{}
	_ = kong.Visit(root, func(n kong.Visitable, next kong.Next) error {
		if f, ok := n.(*kong.Flag); ok && isSetting(f) {
			m[f.Name] = f
		}
		return next(nil)
	})
	return m
}

// isSetting: what has a name in the environment is a setting; other flags are
// about one run of one command.
func isSetting(f *kong.Flag) bool { return len(f.Envs) > 0 && f.Name != "config" }

// settings are what a file says, and where.
type settings struct {
	path   string
	values map[string]setting
}

type setting struct {
	text string
	at   *token.Position
}

func (s settings) at(p *token.Position) string {
	return fmt.Sprintf("%s:%d:%d", s.path, p.Line, p.Column)
}

// parseConfig reads "name: value" for each setting; a list is "name: [a, b]".
func parseConfig(path string, text []byte, known map[string]*kong.Flag) (settings, error) {
	s := settings{path: path, values: map[string]setting{}}
	if len(text) > configMost {
		return s, fmt.Errorf("%s: longer than %d bytes", path, configMost)
	}
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return s, fmt.Errorf("%s: %w", path, err)
	}
	var wrong []error
	for _, doc := range file.Docs {
		var pairs []*ast.MappingValueNode
		switch body := doc.Body.(type) {
		case nil, *ast.NullNode, *ast.CommentGroupNode:
			continue
		case *ast.MappingNode:
			pairs = body.Values
		case *ast.MappingValueNode:
			pairs = []*ast.MappingValueNode{body}
		default:
			return s, fmt.Errorf("%s: write each setting as \"name: value\"", s.at(body.GetToken().Position))
		}
		for _, p := range pairs {
			if err := s.take(p, known); err != nil {
				wrong = append(wrong, err)
			}
		}
	}
	return s, errors.Join(wrong...)
}

func (s settings) take(p *ast.MappingValueNode, known map[string]*kong.Flag) error {
	key := p.Key.GetToken()
	name, at := key.Value, key.Position
	flag, ok := known[name]
	if !ok {
		hint := ""
		if near := nearest(name, known); near != "" {
			hint = "; did you mean " + near + "?"
		}
		return fmt.Errorf("%s: there is no setting %q%s", s.at(at), name, hint)
	}
	if _, twice := s.values[name]; twice {
		return fmt.Errorf("%s: the setting %s is there twice", s.at(at), name)
	}
	text, err := scalars(p.Value)
	if err != nil {
		return fmt.Errorf("%s: %s: %w", s.at(p.Value.GetToken().Position), name, err)
	}
	at = p.Value.GetToken().Position
	// The value is tried now, because only here is known where it stands.
	probe := reflect.New(flag.Target.Type()).Elem()
	if err := flag.Mapper.Decode(&kong.DecodeContext{Value: flag.Value, Scan: kong.Scan().PushTyped(text, kong.FlagValueToken)}, probe); err != nil {
		return fmt.Errorf("%s: %s: %w", s.at(at), name, err)
	}
	s.values[name] = setting{text, at}
	return nil
}

// scalars gives a value, or the values of a list with commas between.
func scalars(n ast.Node) (string, error) {
	switch v := n.(type) {
	case *ast.SequenceNode:
		var list []string
		for _, e := range v.Values {
			s, err := scalars(e)
			if err != nil || strings.Contains(s, ",") {
				return "", errors.Join(errors.New("an entry of a list is one value without a comma"), err)
			}
			list = append(list, s)
		}
		return strings.Join(list, ","), nil
	case *ast.LiteralNode:
		return v.Value.Value, nil
	case *ast.NullNode:
		return "", errors.New("the value is missing")
	case *ast.MappingNode, *ast.MappingValueNode, *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
		return "", errors.New("a setting has one value, or a list of them")
	}
	return n.GetToken().Value, nil
}

// nearest gives the known name that differs least, when it is near enough.
func nearest(name string, known map[string]*kong.Flag) string {
	best, least := "", 3
	for k := range known {
		if d := distance(name, k); d < least || d == least && best != "" && k < best {
			best, least = k, d
		}
	}
	return best
}

func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			corner, row[j+1] = row[j+1], min(corner+cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// Validate implements kong.Resolver; what is in the file was checked already.
func (s settings) Validate(*kong.Application) error { return nil }

// Resolve implements kong.Resolver: the environment goes before the file. A flag
// about one run, such as the place of a role, may have the name of a setting.
func (s settings) Resolve(_ *kong.Context, _ *kong.Path, f *kong.Flag) (any, error) {
	v, ok := s.values[f.Name]
	if !ok || !isSetting(f) || slices.ContainsFunc(f.Envs, func(e string) bool { _, set := os.LookupEnv(e); return set }) {
		return nil, nil
	}
	return v.text, nil
}
