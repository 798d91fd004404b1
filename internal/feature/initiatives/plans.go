package initiatives

import (
	"slices"
	"strconv"

	"wijkbaak.nl/internal/base/db"
)

// plans are the list queries with arguments like the real ones.
func plans() []db.Plan {
	ask := []any{"theme=dementie", "name", "a", 21}
	others := []any{"kind=device", "phase=pilot", "cost=yes", "for=ouderen", "strength=claim", "place=venlo"}
	some := make([]any, someMost)
	for k := range some {
		some[k] = ""
	}
	var list []db.Plan
	for k := range othersMost + 1 {
		args := append(slices.Clone(ask), others[:k]...)
		n := strconv.Itoa(k + 1)
		list = append(list, db.Plan{Name: "initiatives after, terms " + n, SQL: selectAfter[k], Args: args},
			db.Plan{Name: "initiatives before, terms " + n, SQL: selectBefore[k], Args: args},
			db.Plan{Name: "initiatives counted, terms " + n, SQL: countList[k], Args: args},
			db.Plan{Name: "initiatives on the map, terms " + n, SQL: selectSpots[k], Args: args})
	}
	return append(list, []db.Plan{
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
		{Name: "owners of an initiative", SQL: selectOwners, Args: []any{"x"}},
		{Name: "initiatives of an organisation", SQL: selectOwned, Args: []any{"o", choicesMost}},
		{Name: "named by an initiative", SQL: selectNamed, Args: []any{"x"}},
		{Name: "history", SQL: selectHistory, Args: []any{"x", last, 50}},
		{Name: "changes not told", SQL: selectToldNot, Args: []any{"x", 1}},
		{Name: "changes by a person", SQL: selectChangesBy, Args: []any{"p"}},
		{Name: "proposals that wait", SQL: selectProposals, Args: []any{Waiting, "", 50}},
		{Name: "proposals of a person", SQL: selectProposed, Args: []any{"p", 50}},
		{Name: "followed by somebody", SQL: selectFollowing, Args: []any{"p"}},
		{Name: "followers to be told", SQL: selectDue, Args: []any{1, ""}},
		{Name: "what a follower is told of", SQL: selectOf, Args: []any{"p"}},
		{Name: "initiatives of a region", SQL: selectSpread, Args: []any{"", spreadMost}},
		{Name: "places of initiatives of a region", SQL: selectSpreadTowns, Args: []any{"", spreadTownsMost}},
		{Name: "initiatives by municipality", SQL: selectTowns, Args: []any{"", doublesRead}},
		{Name: "names of initiatives", SQL: selectNames, Args: []any{"", doublesRead}},
	}...)
}
