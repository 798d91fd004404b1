package initiatives

import (
	"context"

	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/trust/access"
)

// emptyText tells who runs the website what to do about an empty list; others
// can do nothing about it.
func emptyText(ctx context.Context) string {
	if len(access.Of(ctx).Grants) > 0 {
		return i18n.T(ctx, "initiatives.empty.text")
	}
	return i18n.T(ctx, "initiatives.empty.later")
}
