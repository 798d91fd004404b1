package initiatives

// Reading and writing what people change. The rest stands in store.go.
const (
	selectDraft = `SELECT draft FROM initiative WHERE slug = $1`
	selectName  = `SELECT name FROM initiative WHERE slug = $1`
	selectPhase = `SELECT phase, phase_year, phase_note FROM initiative WHERE slug = $1`
	// selectNamed gives those that an initiative itself names as related.
	selectNamed    = `SELECT related FROM initiative_related WHERE named = $1 AND initiative = $1 ORDER BY related`
	selectChecksum = `SELECT checksum FROM initiative WHERE slug = $1`
	selectTaken    = `SELECT (SELECT COUNT(*) FROM initiative WHERE slug = $1) + (SELECT COUNT(*) FROM initiative_merged WHERE slug = $1)`
	selectVersion  = `SELECT version FROM initiative WHERE slug = $1`

	selectOwners = `SELECT organisation, role FROM initiative_owner WHERE initiative = $1 ORDER BY organisation`
	insertOwner  = `INSERT INTO initiative_owner (initiative, organisation, role) VALUES ($1, $2, $3)`
	deleteOwners = `DELETE FROM initiative_owner WHERE initiative = $1`
	selectOwned  = `SELECT i.slug, i.name FROM initiative_owner o JOIN initiative i ON i.slug = o.initiative
		WHERE o.organisation = $1 ORDER BY o.initiative LIMIT $2`

	changeColumns = `id, initiative, at, version, kind, person, organisation, why, changed`
	insertChange  = `INSERT INTO initiative_change (` + changeColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
	selectHistory = `SELECT ` + changeColumns + ` FROM initiative_change WHERE initiative = $1 AND id < $2 ORDER BY id DESC LIMIT $3`
	// selectSince gives what changed after a version, to tell whether two people
	// changed the same.
	// selectByHand gives the initiatives that people changed here.
	selectByHand    = `SELECT DISTINCT initiative FROM initiative_change WHERE kind NOT IN ('imported', 'made', 'owners', 'merged')`
	selectSince     = `SELECT ` + changeColumns + ` FROM initiative_change WHERE initiative = $1 AND version > $2 ORDER BY id DESC LIMIT 200`
	selectChangesBy = `SELECT ` + changeColumns + ` FROM initiative_change WHERE person = $1 ORDER BY id LIMIT 2000`
	selectToldNot   = `SELECT ` + changeColumns + ` FROM initiative_change WHERE initiative = $1 AND at > $2 ORDER BY id DESC LIMIT 50`
	forgetChanges   = `UPDATE initiative_change SET person = NULL, why = '' WHERE person = $1`

	// selectSpread gives of each initiative in the lists what a region looks at.
	selectSpread = `SELECT i.card, l.key, i.growth FROM initiative_list l JOIN initiative i ON i.slug = l.initiative
		WHERE l.term = 'all=' AND l.sort = 'name' AND l.key > $1 ORDER BY l.key LIMIT $2`
	selectSpreadTowns = `SELECT m.initiative, m.code FROM initiative_list l JOIN initiative_municipality m ON m.initiative = l.initiative
		WHERE l.term = 'all=' AND l.sort = 'name' AND l.key > $1 ORDER BY l.key LIMIT $2`
)

// Proposals, merging and following.
const (
	proposalColumns = `id, initiative, part, name, body, version, why, person, at, status, reason, decided_at, decided_by`
	insertProposal  = `INSERT INTO initiative_proposal (` + proposalColumns + `)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'waiting', '', NULL, NULL)`
	selectProposal  = `SELECT ` + proposalColumns + ` FROM initiative_proposal WHERE id = $1`
	selectProposals = `SELECT ` + proposalColumns + ` FROM initiative_proposal WHERE status = $1 AND id > $2 ORDER BY id LIMIT $3`
	selectProposed  = `SELECT ` + proposalColumns + ` FROM initiative_proposal WHERE person = $1 ORDER BY id DESC LIMIT $2`
	decideProposal  = `UPDATE initiative_proposal SET status = $2, reason = $3, decided_at = $4, decided_by = $5, initiative = $6
		WHERE id = $1 AND status = 'waiting'`
	moveProposals   = `UPDATE initiative_proposal SET initiative = $2 WHERE initiative = $1`
	dropProposals   = `DELETE FROM initiative_proposal WHERE person = $1 AND status = 'waiting'`
	forgetProposals = `UPDATE initiative_proposal SET person = NULL, why = '' WHERE person = $1`
	forgetDecided   = `UPDATE initiative_proposal SET decided_by = NULL WHERE decided_by = $1`

	selectMerged = `SELECT into_slug FROM initiative_merged WHERE slug = $1`
	selectGone   = `SELECT slug, into_slug FROM initiative_merged`
	insertMerged = `INSERT INTO initiative_merged (slug, into_slug, at) VALUES ($1, $2, $3)`
	moveMerged   = `UPDATE initiative_merged SET into_slug = $2 WHERE into_slug = $1`
	moveHistory  = `UPDATE initiative_change SET initiative = $2 WHERE initiative = $1`
	moveOwners   = `INSERT INTO initiative_owner (initiative, organisation, role)
		SELECT CAST($2 AS TEXT), organisation, 'partner' FROM initiative_owner WHERE initiative = $1
		ON CONFLICT (initiative, organisation) DO NOTHING`
	moveFollowers = `UPDATE initiative_follower SET initiative = $2 WHERE initiative = $1
		AND who NOT IN (SELECT who FROM initiative_follower WHERE initiative = $2)`
	moveNamed = `INSERT INTO initiative_related (initiative, related, named)
		SELECT initiative, CAST($2 AS TEXT), named FROM initiative_related WHERE related = $1 AND named = initiative AND initiative <> $2
		ON CONFLICT (initiative, related, named) DO NOTHING`
	moveNamedBack = `INSERT INTO initiative_related (initiative, related, named)
		SELECT CAST($2 AS TEXT), related, named FROM initiative_related WHERE initiative = $1 AND named = related AND related <> $2
		ON CONFLICT (initiative, related, named) DO NOTHING`
	deleteInitiative = `DELETE FROM initiative WHERE slug = $1`
	selectTowns      = `SELECT m.code, i.slug, i.name FROM initiative_list l JOIN initiative i ON i.slug = l.initiative
		JOIN initiative_municipality m ON m.initiative = l.initiative
		WHERE l.term = 'all=' AND l.sort = 'name' AND l.key > $1 ORDER BY l.key LIMIT $2`
	selectNames = `SELECT i.slug, i.name FROM initiative_list l JOIN initiative i ON i.slug = l.initiative
		WHERE l.term = 'all=' AND l.sort = 'name' AND l.key > $1 ORDER BY l.key LIMIT $2`

	insertFollower = `INSERT INTO initiative_follower (id, initiative, who, email, confirmed, token_hash, at, told_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $7) ON CONFLICT (initiative, who) DO NOTHING`
	selectFollower   = `SELECT id, confirmed FROM initiative_follower WHERE initiative = $1 AND who = $2`
	confirmFollower  = `UPDATE initiative_follower SET confirmed = TRUE WHERE token_hash = $1 RETURNING initiative`
	selectWho        = `SELECT who FROM initiative_follower WHERE token_hash = $1`
	deleteFollowing  = `DELETE FROM initiative_follower WHERE initiative = $1 AND who = $2`
	deleteOldFollows = `DELETE FROM initiative_follower WHERE NOT confirmed AND at < $1`
	selectFollowing  = `SELECT f.initiative, i.name FROM initiative_follower f JOIN initiative i ON i.slug = f.initiative
		WHERE f.who = $1 ORDER BY f.initiative LIMIT 1000`
	// selectDue gives who is to be told, one after another.
	selectDue = `SELECT who FROM initiative_follower WHERE confirmed AND told_at < $1 AND who > $2 ORDER BY who LIMIT 1`
	selectOf  = `SELECT f.id, f.initiative, f.email, f.told_at, i.name, i.draft FROM initiative_follower f JOIN initiative i ON i.slug = f.initiative
		WHERE f.who = $1 AND f.confirmed ORDER BY f.initiative LIMIT 200`
	markTold       = `UPDATE initiative_follower SET told_at = $2 WHERE who = $1`
	forgetFollower = `DELETE FROM initiative_follower WHERE who = $1`
)
