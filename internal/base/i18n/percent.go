package i18n

import "context"

// Percent writes a part of a hundred with at most digits behind the decimal sign,
// so that the sign never stands alone on a line: 11,7 %.
func Percent(ctx context.Context, v float64, digits int) string {
	return T(ctx, "i18n.percent", "n", Decimal(ctx, v, digits))
}
