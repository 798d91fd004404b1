package practice

import (
	"slices"
	"strings"
)

// Licences are those under which a package may be handed on, by their SPDX name:
// open to everybody, for any use, changes allowed.
var Licences = []string{
	"CC0-1.0", "CC-BY-4.0", "CC-BY-SA-4.0", "CC-BY-3.0", "CC-BY-SA-3.0", "EUPL-1.2", "MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause",
	"ODbL-1.0", "ODC-By-1.0", "PDDL-1.0", "GPL-3.0-or-later", "AGPL-3.0-or-later", "LGPL-3.0-or-later", "MPL-2.0",
}

// CheckLicence refuses every licence that is not known to be open.
func CheckLicence(spdx string) error {
	upper := strings.ToUpper(spdx)
	switch {
	case slices.Contains(Licences, spdx):
		return nil
	case strings.TrimSpace(spdx) == "" || upper == "NONE" || upper == "UNLICENSED" || upper == "NOASSERTION":
		return wrong(NoLicence, "license", "there is no licence, so nobody may use it")
	case strings.Contains(upper, "-NC"):
		return wrong(NoSelling, "license", "%s forbids commercial use, also by care providers", spdx)
	case strings.Contains(upper, "-ND"):
		return wrong(NoChanges, "license", "%s forbids changes, and each municipality has to change something", spdx)
	}
	return wrong(BadLicence, "license", "%q is not in the list of open licences", spdx)
}
