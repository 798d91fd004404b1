-- name_key is the name as it compares, so that one organisation stands once.
-- account is the organisation of the people who keep its entries, or empty.
-- kept is what a feed said of it, as it came.
CREATE TABLE offer_organisation (
	id TEXT NOT NULL PRIMARY KEY,
	name TEXT NOT NULL,
	name_key TEXT NOT NULL UNIQUE,
	description TEXT NOT NULL,
	url TEXT NOT NULL,
	email TEXT NOT NULL,
	account TEXT NOT NULL,
	kept TEXT NOT NULL,
	revision BIGINT NOT NULL
) STRICT;
CREATE INDEX offer_organisation_account ON offer_organisation (account, name_key);
CREATE INDEX offer_organisation_revision ON offer_organisation (revision, id);

-- status is live or stopped; body is the entry as JSON. checked_as tells in which
-- role it was looked at: organisation, editor, letter or import. check_by is until
-- when it counts as fresh; asked_at when its keeper was written to, and check_hash
-- the hash of the link in that letter. match_key is what tells that two feeds speak
-- of the same thing. keeper is whom we write to about it, not public. revision is the number of offer_revision at its last change.
CREATE TABLE offer (
	id TEXT NOT NULL PRIMARY KEY,
	slug TEXT NOT NULL UNIQUE,
	organisation TEXT NOT NULL REFERENCES offer_organisation (id),
	status TEXT NOT NULL,
	body TEXT NOT NULL,
	match_key TEXT NOT NULL,
	keeper TEXT NOT NULL,
	checked_at BIGINT NOT NULL,
	checked_by TEXT,
	checked_as TEXT NOT NULL,
	check_by BIGINT NOT NULL,
	asked_at BIGINT,
	check_hash BYTEA UNIQUE,
	version BIGINT NOT NULL,
	revision BIGINT NOT NULL,
	made_at BIGINT NOT NULL,
	changed_at BIGINT NOT NULL
) STRICT;
CREATE INDEX offer_revised ON offer (revision, id);
CREATE INDEX offer_by_organisation ON offer (organisation, slug);
CREATE INDEX offer_match ON offer (match_key, id);
CREATE INDEX offer_due ON offer (check_by, id) WHERE status = 'live';
CREATE INDEX offer_live ON offer (id) WHERE status = 'live';
CREATE INDEX offer_keeper ON offer (keeper, id);
CREATE INDEX offer_checked_by ON offer (checked_by, id);

CREATE TABLE offer_revision (
	id BIGINT NOT NULL PRIMARY KEY,
	n BIGINT NOT NULL
) STRICT;
INSERT INTO offer_revision (id, n) VALUES (1, 0);

-- changed is JSON: of each field how it was and how it became. Ids follow the time.
CREATE TABLE offer_change (
	id TEXT NOT NULL PRIMARY KEY,
	offer TEXT NOT NULL REFERENCES offer (id) ON DELETE CASCADE,
	at BIGINT NOT NULL,
	version BIGINT NOT NULL,
	kind TEXT NOT NULL,
	person TEXT,
	organisation TEXT NOT NULL,
	why TEXT NOT NULL,
	changed TEXT NOT NULL
) STRICT;
CREATE INDEX offer_change_of ON offer_change (offer, id);
CREATE INDEX offer_change_person ON offer_change (person, id);

-- offer is empty when the proposal is for a new entry. organisation_name is that of
-- one that is not there yet. person is empty for who came by the link of a letter.
CREATE TABLE offer_proposal (
	id TEXT NOT NULL PRIMARY KEY,
	offer TEXT NOT NULL,
	name TEXT NOT NULL,
	organisation_name TEXT NOT NULL,
	body TEXT NOT NULL,
	version BIGINT NOT NULL,
	why TEXT NOT NULL,
	person TEXT,
	at BIGINT NOT NULL,
	status TEXT NOT NULL,
	reason TEXT NOT NULL,
	decided_at BIGINT,
	decided_by TEXT
) STRICT;
CREATE INDEX offer_proposal_status ON offer_proposal (status, id);
CREATE INDEX offer_proposal_person ON offer_proposal (person, id);
CREATE INDEX offer_proposal_decided ON offer_proposal (decided_by);

-- day is such as 2026-11-22; who pressed is kept nowhere.
CREATE TABLE offer_use (
	offer TEXT NOT NULL REFERENCES offer (id) ON DELETE CASCADE,
	day TEXT NOT NULL,
	used BIGINT NOT NULL,
	helps BIGINT NOT NULL,
	helps_not BIGINT NOT NULL,
	PRIMARY KEY (offer, day)
) STRICT;

-- kept is what a feed brought, as it came; base is how we read it then: where the
-- entry differs from base, somebody here changed it.
CREATE TABLE offer_source (
	feed TEXT NOT NULL,
	foreign_id TEXT NOT NULL,
	offer TEXT NOT NULL REFERENCES offer (id) ON DELETE CASCADE,
	hash TEXT NOT NULL,
	base TEXT NOT NULL,
	kept TEXT NOT NULL,
	run TEXT NOT NULL,
	PRIMARY KEY (feed, foreign_id)
) STRICT;
CREATE INDEX offer_source_offer ON offer_source (offer, feed, foreign_id);

-- position is how many records of the file have been taken in.
CREATE TABLE offer_run (
	id TEXT NOT NULL PRIMARY KEY,
	feed TEXT NOT NULL,
	file TEXT NOT NULL,
	digest TEXT NOT NULL,
	dry BOOLEAN NOT NULL,
	position BIGINT NOT NULL,
	counts TEXT NOT NULL,
	began_at BIGINT NOT NULL,
	ended_at BIGINT
) STRICT;
CREATE INDEX offer_run_feed ON offer_run (feed, digest, id);

-- The tables of a feed that comes as loose tables, until its services are put
-- together.
CREATE TABLE offer_stage (
	run TEXT NOT NULL,
	part TEXT NOT NULL,
	parent TEXT NOT NULL,
	n BIGINT NOT NULL,
	body TEXT NOT NULL,
	PRIMARY KEY (run, part, parent, n)
) STRICT;
