package practices

import (
	"context"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/protocol/practice"
)

// What came along is remembered by Adopted.Base: a part under the name of its room, a
// resource under its own name, and of a file the hash under this prefix. No room and
// no resource is called so.
const fileBase = "files/"

type joined struct {
	own, newer, merged practice.Content
	conflicts          []Conflict
}

// remember puts a content in the base, in the place of what was there of it.
func remember(base map[string]string, o source, c practice.Content) {
	for key := range base {
		kind, _, resource := strings.Cut(key, "-")
		if o.files && strings.HasPrefix(key, fileBase) || resource && slices.Contains(o.types, kind) {
			delete(base, key)
		}
	}
	if base[o.name] = string(c.Part); len(c.Part) == 0 {
		delete(base, o.name)
	}
	for name, data := range c.Resources {
		base[name] = string(data)
	}
	for name, data := range c.Files {
		base[fileBase+name] = practice.Hash(data)
	}
}

// join merges what an upgrade brings for one room with what is here. take names the
// conflicts in which the newer one wins.
func (s *Service) join(ctx context.Context, r db.Reader, v Arrival, o source, answers map[string]string, take map[string]bool) (joined, error) {
	var j joined
	var err error
	if j.own, err = o.own(ctx, r, v.Initiative); err != nil {
		return j, err
	}
	if j.newer, err = o.of(v.Package).Fill(answers); err != nil {
		return j, err
	}
	base := v.Adopted.Base
	j.merged = practice.Content{Resources: map[string][]byte{}, Files: map[string][]byte{}}
	one := func(part string, own, newer []byte) ([]byte, error) {
		at := map[string]bool{}
		for id := range take {
			if rest, ok := strings.CutPrefix(id, part); ok && (rest == "" || rest[0] == '/') {
				at[rest] = take[id]
			}
		}
		merged, conflicts, err := practice.Merge([]byte(base[part]), own, newer, at)
		for _, c := range conflicts {
			j.conflicts = append(j.conflicts, Conflict{part, c})
		}
		return merged, err
	}
	if j.merged.Part, err = one(o.name, j.own.Part, j.newer.Part); err != nil {
		return j, err
	}
	names := maps.Clone(j.own.Resources)
	if names == nil {
		names = map[string][]byte{}
	}
	maps.Copy(names, j.newer.Resources)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		merged, err := one(name, j.own.Resources[name], j.newer.Resources[name])
		if err != nil {
			return j, err
		}
		if len(merged) > 0 {
			j.merged.Resources[name] = merged
		}
	}
	j.files(base, take)
	return j, nil
}

// files merges file by file: what was changed on one side alone is as that side has
// it.
func (j *joined) files(base map[string]string, take map[string]bool) {
	names := maps.Clone(j.own.Files)
	if names == nil {
		names = map[string][]byte{}
	}
	maps.Copy(names, j.newer.Files)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		own, here := j.own.Files[name]
		newer, comes := j.newer.Files[name]
		was, is, becomes := base[fileBase+name], "", ""
		if here {
			is = practice.Hash(own)
		}
		if comes {
			becomes = practice.Hash(newer)
		}
		data, stays := own, here
		if is == was {
			data, stays = newer, comes
		} else if is != becomes && becomes != was {
			c := Conflict{"files", practice.Conflict{At: "/" + name, Own: fileText(name, own, here), New: fileText(name, newer, comes)}}
			j.conflicts = append(j.conflicts, c)
			if take[c.ID()] {
				data, stays = newer, comes
			}
		}
		if stays {
			j.merged.Files[name] = data
		}
	}
}

// fileText shows a file to compare; "" where there is none.
func fileText(name string, data []byte, there bool) string {
	switch {
	case !there:
		return ""
	case slices.Contains([]string{".md", ".txt", ".csv", ".html"}, strings.ToLower(path.Ext(name))):
		return string(data)
	}
	return strconv.Itoa(len(data)) + " bytes, " + practice.Hash(data)[:12]
}

// compare tells what an upgrade brings, beside what was changed here.
func (s *Service) compare(ctx context.Context, r db.Reader, v *Arrival) error {
	var err error
	if v.Adopted, err = s.mine(ctx, r, v.Initiative); err != nil {
		return err
	}
	v.Parameters = slices.DeleteFunc(slices.Clone(v.Parameters), func(p practice.Parameter) bool {
		_, answered := v.Adopted.Answers[p.Key]
		return answered
	})
	old := practice.Package{Parts: map[string][]byte{}, Resources: map[string][]byte{}}
	newer := practice.Package{Parts: map[string][]byte{}, Resources: map[string][]byte{}}
	var files []practice.Difference
	for _, room := range v.Pieces {
		o, _ := s.source(room)
		j, err := s.join(ctx, r, *v, o, v.Adopted.Answers, nil)
		if err != nil {
			return err
		}
		v.Conflicts = append(v.Conflicts, j.conflicts...)
		if base := v.Adopted.Base[room]; base != "" {
			old.Parts[room] = []byte(base)
		}
		newer.Parts[room] = j.newer.Part
		for name, base := range v.Adopted.Base {
			if kind, _, resource := strings.Cut(name, "-"); resource && slices.Contains(o.types, kind) {
				old.Resources[name] = []byte(base)
			}
		}
		maps.Copy(newer.Resources, j.newer.Resources)
		if o.files {
			files = fileChanges(v.Adopted.Base, j)
		}
	}
	list, err := practice.Diff(old, newer)
	v.Differences = append(list, files...)
	return err
}

// fileChanges lists the files that are other in the newer package.
func fileChanges(base map[string]string, j joined) (list []practice.Difference) {
	names := map[string]bool{}
	for name := range j.newer.Files {
		names[name] = true
	}
	for key := range base {
		if name, ok := strings.CutPrefix(key, fileBase); ok {
			names[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		data, comes := j.newer.Files[name]
		was, becomes := base[fileBase+name], ""
		if comes {
			becomes = practice.Hash(data)
		}
		if was == becomes {
			continue
		}
		d := practice.Difference{Part: "files", At: name, New: fileText(name, data, comes)}
		if own, here := j.own.Files[name]; was != "" && here {
			d.Old = fileText(name, own, true)
		} else if was != "" {
			d.Old = was[:12]
		}
		list = append(list, d)
	}
	return list
}
