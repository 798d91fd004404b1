package initiatives

import "wijkbaak.nl/internal/base/db"

// plans are the list queries with arguments like the real ones.
func plans() []db.Plan {
	walk := func(after string, limit ...any) []any {
		return append([]any{"theme=dementie", "name", after, "kind=device", "phase=pilot", "", "", "", ""}, limit...)
	}
	some := make([]any, someMost)
	for k := range some {
		some[k] = ""
	}
	return []db.Plan{
		{Name: "initiatives after", SQL: selectAfter, Args: walk("", 21)},
		{Name: "initiatives before", SQL: selectBefore, Args: walk("x", 21)},
		{Name: "initiatives counted", SQL: countList, Args: walk("")},
		{Name: "initiatives on the map", SQL: selectSpots, Args: walk("", spotsMost)},
		{Name: "some initiatives", SQL: selectSome, Args: some},
		{Name: "initiatives by change", SQL: selectUpdated, Args: []any{30}},
		{Name: "all initiatives", SQL: selectAll, Args: []any{"", docsAtOnce}},
		{Name: "related initiatives", SQL: selectRelated, Args: []any{"x"}},
		{Name: "municipalities of an initiative", SQL: selectMunicipalities, Args: []any{"x"}},
		{Name: "parties of an initiative", SQL: selectParties, Args: []any{"x"}},
		{Name: "evidence of an initiative", SQL: selectEvidence, Args: []any{"x"}},
		{Name: "barriers of an initiative", SQL: selectMet, Args: []any{"x"}},
		{Name: "barriers", SQL: selectBarriers, Args: []any{"", 21}},
		{Name: "barriers of a category", SQL: selectBarriersIn, Args: []any{"01 ", "01!", 21}},
		{Name: "initiatives that met a barrier", SQL: selectMetBy, Args: []any{"x", "", metMost}},
		{Name: "factors against a barrier", SQL: selectFactors, Args: []any{"x"}},
		{Name: "phase models", SQL: selectModels},
	}
}
