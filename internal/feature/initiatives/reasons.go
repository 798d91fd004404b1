package initiatives

import (
	"context"
	"regexp"

	"wijkbaak.nl/internal/base/i18n"
)

// reasons give the words of a page to what is wrong with a file, which is told in
// English in the shell. What a pattern catches is filled in as a and b.
//
// keys: initiatives.reason.*
var reasons = []struct {
	form *regexp.Regexp
	word string
}{
	{regexp.MustCompile(`^this is missing$`), "missing"},
	{regexp.MustCompile(`^this is missing or does not fit$`), "misfit"},
	{regexp.MustCompile(`^this is empty$`), "empty"},
	{regexp.MustCompile(`^this has (\d+) characters; (\d+) fit$`), "long"},
	{regexp.MustCompile(`^this is too long$`), "toolong"},
	{regexp.MustCompile(`^(".*") is not one of: (.*)$`), "notoneof"},
	{regexp.MustCompile(`^(".*") is not a known theme$`), "theme"},
	{regexp.MustCompile(`^(".*") is not a year$`), "year"},
	{regexp.MustCompile(`^(".*") is not an amount$|^an amount of 0 or more is expected here$`), "amount"},
	{regexp.MustCompile(`^(".*") must be small letters, figures and hyphens$`), "slug"},
	{regexp.MustCompile(`^(".*") stands here twice$`), "twice"},
	{regexp.MustCompile(`^there is no barrier (".*")$`), "barrier"},
	{regexp.MustCompile(`^there is no other initiative (".*")$`), "initiative"},
	{regexp.MustCompile(`^there is no source (".*") with this initiative$`), "source"},
	{regexp.MustCompile(`^a number needs a unit$`), "unit"},
	{regexp.MustCompile(`^this is not a percentage$`), "percent"},
	{regexp.MustCompile(`^a (?:whole )?number (?:from (-?\d+) to (\d+) )?is expected here$`), "number"},
	{regexp.MustCompile(`^an address begins with`), "link"},
	{regexp.MustCompile(`^a text is expected here$`), "text"},
	{regexp.MustCompile(`^a list is expected here$`), "list"},
	{regexp.MustCompile(`^this name is not known here$`), "name"},
	{regexp.MustCompile(`^this column is not known here and is left out$`), "column"},
	{regexp.MustCompile(`^there is no column with the name$`), "nocolumn"},
	{regexp.MustCompile(`^there are two columns for this$`), "twocolumns"},
	{regexp.MustCompile(`^(\d+) rows that the overview does not show$`), "notshown"},
	{regexp.MustCompile(`^(".*") is part of (".*") now and is left out$`), "merged"},
	{regexp.MustCompile(`^this is not readable as a table`), "table"},
	{regexp.MustCompile(`^this is not readable as YAML|^names with values are expected here|^the file must hold one YAML document`), "yaml"},
	{regexp.MustCompile(`^the file is larger than`), "large"},
	{regexp.MustCompile(`^the file is not UTF-8 text$`), "encoding"},
	{regexp.MustCompile(`^the list has (\d+) rows; (\d+) fit$`), "rows"},
}

// told says what is wrong in the words of the page; what it does not know it says
// as it is.
func (f Fault) told(ctx context.Context) string {
	for _, r := range reasons {
		if m := r.form.FindStringSubmatch(f.Reason); m != nil {
			m = append(m, "", "")
			return i18n.T(ctx, "initiatives.reason."+r.word, "a", m[1], "b", m[2])
		}
	}
	return f.Reason
}
