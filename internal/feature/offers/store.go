package offers

import (
	"context"
	"time"

	"wijkbaak.nl/internal/base/db"
)

const (
	offerColumns = `id, slug, organisation, status, body, keeper, checked_at, checked_by, checked_as, check_by, asked_at, version, made_at, changed_at`

	selectRevision = `SELECT n FROM offer_revision WHERE id = 1`
	raiseRevision  = `UPDATE offer_revision SET n = n + 1 WHERE id = 1 RETURNING n`

	selectSince  = `SELECT ` + offerColumns + ` FROM offer WHERE revision > $1 ORDER BY revision, id`
	selectBySlug = `SELECT ` + offerColumns + ` FROM offer WHERE slug = $1`
	selectByID   = `SELECT ` + offerColumns + ` FROM offer WHERE id = $1`
	selectByHash = `SELECT ` + offerColumns + ` FROM offer WHERE check_hash = $1`
	selectLive   = `SELECT ` + offerColumns + ` FROM offer WHERE status = 'live' AND id > $1 ORDER BY id LIMIT $2`
	selectOwn    = `SELECT ` + offerColumns + ` FROM offer WHERE organisation = $1 AND slug > $2 ORDER BY slug LIMIT $3`
	selectDue    = `SELECT ` + offerColumns + ` FROM offer WHERE status = 'live' AND check_by < $1 AND asked_at IS NULL
		ORDER BY check_by, id LIMIT $2`
	selectOldest = `SELECT ` + offerColumns + ` FROM offer WHERE status = 'live' AND check_by < $1 ORDER BY check_by, id LIMIT $2`
	// selectMatch takes more than one only where somebody made doubles by hand.
	selectMatch = `SELECT ` + offerColumns + ` FROM offer WHERE match_key = $1 ORDER BY id LIMIT 20`

	selectKept    = `SELECT ` + offerColumns + ` FROM offer WHERE keeper = $1 AND id > $2 ORDER BY keeper, id LIMIT $3`
	selectChecked = `SELECT ` + offerColumns + ` FROM offer WHERE checked_by = $1 AND id > $2 ORDER BY checked_by, id LIMIT $3`

	slugTaken = `SELECT COUNT(id) FROM offer WHERE slug = $1`

	insertOffer = `INSERT INTO offer (id, slug, organisation, status, body, match_key, checked_at, checked_by, checked_as, check_by, version, revision, made_at, changed_at, keeper)
		VALUES ($1, $2, $3, 'live', $4, $5, $6, $7, $8, $9, 1, $10, $11, $11, $12)`
	updateOffer = `UPDATE offer SET organisation = $2, status = $3, body = $4, match_key = $5, version = version + 1, revision = $6, changed_at = $7, keeper = $8 WHERE id = $1`
	setChecked  = `UPDATE offer SET checked_at = $2, checked_by = $3, checked_as = $4, check_by = $5, asked_at = NULL, check_hash = NULL, revision = $6 WHERE id = $1`
	setAsked    = `UPDATE offer SET asked_at = $2, check_hash = $3 WHERE id = $1`

	organisationColumns      = `id, name, description, url, email, account, kept`
	selectOrganisation       = `SELECT ` + organisationColumns + ` FROM offer_organisation WHERE id = $1`
	selectOrganisationByKey  = `SELECT ` + organisationColumns + ` FROM offer_organisation WHERE name_key = $1`
	selectOrganisationsSince = `SELECT ` + organisationColumns + ` FROM offer_organisation WHERE revision > $1 ORDER BY revision, id`
	selectOrganisationsOf    = `SELECT ` + organisationColumns + ` FROM offer_organisation WHERE account = $1 ORDER BY name_key`
	selectOrganisations      = `SELECT ` + organisationColumns + ` FROM offer_organisation WHERE name_key > $1 ORDER BY name_key LIMIT $2`
	insertOrganisation       = `INSERT INTO offer_organisation (id, name, name_key, description, url, email, account, kept, revision)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
	updateOrganisation = `UPDATE offer_organisation SET name = $2, name_key = $3, description = $4, url = $5, email = $6, account = $7, kept = $8, revision = $9 WHERE id = $1`

	stepColumns     = `id, offer, at, version, kind, person, organisation, why, changed`
	insertChange    = `INSERT INTO offer_change (` + stepColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
	selectHistory   = `SELECT ` + stepColumns + ` FROM offer_change WHERE offer = $1 AND id < $2 ORDER BY id DESC LIMIT $3`
	selectChangesBy = `SELECT ` + stepColumns + ` FROM offer_change WHERE person = $1 ORDER BY id`

	proposalColumns = `id, offer, name, organisation_name, body, version, why, person, at, status, reason, decided_at, decided_by`
	insertProposal  = `INSERT INTO offer_proposal (` + proposalColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'waiting', '', NULL, NULL)`
	selectProposal  = `SELECT ` + proposalColumns + ` FROM offer_proposal WHERE id = $1`
	selectProposals = `SELECT ` + proposalColumns + ` FROM offer_proposal WHERE status = $1 AND id > $2 ORDER BY id LIMIT $3`
	selectProposed  = `SELECT ` + proposalColumns + ` FROM offer_proposal WHERE person = $1 AND id > $2 ORDER BY person, id LIMIT $3`
	decideProposal  = `UPDATE offer_proposal SET status = $2, reason = $3, decided_at = $4, decided_by = $5, offer = $6 WHERE id = $1`

	forgetKeeper    = `UPDATE offer SET keeper = '' WHERE keeper = $1`
	forgetChecks    = `UPDATE offer SET checked_by = NULL WHERE checked_by = $1`
	forgetChanges   = `UPDATE offer_change SET person = NULL WHERE person = $1`
	dropProposals   = `DELETE FROM offer_proposal WHERE person = $1 AND status = 'waiting'`
	forgetProposals = `UPDATE offer_proposal SET person = NULL WHERE person = $1`
	forgetDecided   = `UPDATE offer_proposal SET decided_by = NULL WHERE decided_by = $1`

	addUse = `INSERT INTO offer_use (offer, day, used, helps, helps_not) VALUES ($1, $2, 1, $3, $4)
		ON CONFLICT (offer, day) DO UPDATE SET used = offer_use.used + 1, helps = offer_use.helps + excluded.helps, helps_not = offer_use.helps_not + excluded.helps_not`
	selectUse = `SELECT CAST(COALESCE(SUM(used), 0) AS BIGINT), CAST(COALESCE(SUM(helps), 0) AS BIGINT), CAST(COALESCE(SUM(helps_not), 0) AS BIGINT)
		FROM offer_use WHERE offer = $1 AND day >= $2`
)

// row is an offer as it is kept.
type row struct {
	Offer
	Status    string
	Checked   time.Time
	CheckedBy string // person
	CheckedAs string
	CheckBy   time.Time
	Asked     time.Time // when its keeper was written to
	Version   int64
	Made      time.Time
	Changed   time.Time
}

// The states of an entry.
const (
	Live    = "live"
	Stopped = "stopped"
)

func scanOffer(s db.Scanner) (r row, err error) {
	var id, slug, organisation, keeper string
	var body db.JSON[Offer]
	var by db.Null
	var checked, checkBy, asked, made, changed db.Time
	err = s.Scan(&id, &slug, &organisation, &r.Status, &body, &keeper, &checked, &by, &r.CheckedAs, &checkBy, &asked, &r.Version, &made, &changed)
	r.Offer = body.V
	r.ID, r.Slug, r.Organisation, r.Keeper = id, slug, organisation, keeper
	r.Checked, r.CheckedBy, r.CheckBy, r.Asked, r.Made, r.Changed = checked.Time, string(by), checkBy.Time, asked.Time, made.Time, changed.Time
	return r, err
}

// Organisation is who offers something. Account is the organisation of people with
// a role who keep its entries; it may be empty.
type Organisation struct {
	ID, Name, Description, URL, Email, Account string

	kept string
}

func scanOrganisation(s db.Scanner) (o Organisation, err error) {
	err = s.Scan(&o.ID, &o.Name, &o.Description, &o.URL, &o.Email, &o.Account, &o.kept)
	return
}

func raise(ctx context.Context, tx *db.Tx) (int64, error) {
	return db.One(ctx, tx, db.Value[int64], raiseRevision)
}

// plans are the list queries with arguments like the real ones.
func plans() []db.Plan {
	return []db.Plan{
		{Name: "offers that changed", SQL: selectSince, Args: []any{1}},
		{Name: "offers that are live", SQL: selectLive, Args: []any{"", 200}},
		{Name: "offers of an organisation", SQL: selectOwn, Args: []any{"o", "", 200}},
		{Name: "offers to ask about", SQL: selectDue, Args: []any{1, 200}},
		{Name: "offers looked at longest ago", SQL: selectOldest, Args: []any{1, 200}},
		{Name: "offers that may be the same", SQL: selectMatch, Args: []any{"k"}},
		{Name: "organisations that changed", SQL: selectOrganisationsSince, Args: []any{1}},
		{Name: "organisations of an account", SQL: selectOrganisationsOf, Args: []any{"a"}},
		{Name: "organisations that offer", SQL: selectOrganisations, Args: []any{"", 200}},
		{Name: "history of an offer", SQL: selectHistory, Args: []any{"x", "z", 50}},
		{Name: "changes of offers by a person", SQL: selectChangesBy, Args: []any{"p"}},
		{Name: "proposals of offers that wait", SQL: selectProposals, Args: []any{"waiting", "", 50}},
		{Name: "proposals of offers by a person", SQL: selectProposed, Args: []any{"p", "", 50}},
		{Name: "offers that an address keeps", SQL: selectKept, Args: []any{"a", "", 50}},
		{Name: "offers a person looked at", SQL: selectChecked, Args: []any{"p", "", 50}},
	}
}
