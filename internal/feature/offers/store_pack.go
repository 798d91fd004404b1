package offers

// updateProposal brings a proposal up to date that nobody decided about.
const updateProposal = `UPDATE offer_proposal SET name = $2, organisation_name = $3, body = $4, version = $5 WHERE id = $1 AND status = 'waiting'`
