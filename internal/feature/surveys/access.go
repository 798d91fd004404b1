package surveys

import "wijkbaak.nl/internal/trust/access"

// MayEdit tells whether the actor may import, publish and retire surveys of a
// place: its editors.
func MayEdit(a access.Actor, place string) bool { return a.Can(access.Editor, place) }

// MaySee tells whether the actor may see a version: what is or was published is
// for everybody, a draft for the editors of its place.
func MaySee(a access.Actor, v Survey) bool { return v.Status != Draft || MayEdit(a, v.Place) }

// MayEnter tells whether the actor may type in what somebody filled in on paper.
func MayEnter(a access.Actor, v Survey) bool {
	return a.Can(access.Coach, v.Place) || a.Has(access.Coach) && v.Status != Draft
}
