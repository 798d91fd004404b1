package people

import (
	"slices"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
)

// Shell is the actor of a sub-command: who may start the program on its data
// may do what an operator of the whole instance may.
func Shell() access.Actor {
	return access.Actor{Person: "shell", Name: "shell", Channel: access.Shell, SecondFactor: true,
		Grants: []access.Grant{{Role: access.Operator, Place: "/"}}}
}

// mayManage: roles in a place are given and ended by its operator.
func mayManage(a access.Actor, place string) error {
	if !a.Can(access.Operator, place) {
		return fault.Denied()
	}
	return nil
}

// mayManagePerson: an operator manages a resident, and a professional when all
// of the roles lie in the operator's places, so that nobody can take over an
// account that reaches further than their own.
func mayManagePerson(a access.Actor, grants []Grant) error {
	if !a.Has(access.Operator) {
		return fault.Denied()
	}
	for _, g := range grants {
		if err := mayManage(a, g.Place); err != nil {
			return err
		}
	}
	return nil
}

// maySee: an operator sees who has a role in the operator's places, with roles
// that count now or will. Residents, and who works elsewhere, are seen by the
// operator of the whole instance alone.
func maySee(a access.Actor, grants []Grant) bool {
	return mayManage(a, "/") == nil || slices.ContainsFunc(grants, func(g Grant) bool { return mayManage(a, g.Place) == nil })
}
