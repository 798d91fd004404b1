-- version is raised by each change, so that of two people who edit at once the
-- second is told. A draft has no rows in initiative_list and no text to search.
ALTER TABLE initiative ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE initiative ADD COLUMN draft BOOLEAN NOT NULL DEFAULT FALSE;
-- origin is the practice package that it was taken over from.
ALTER TABLE initiative ADD COLUMN origin TEXT NOT NULL DEFAULT '';
CREATE INDEX initiative_latest ON initiative (updated_at, slug) WHERE NOT draft;
CREATE INDEX initiative_shown ON initiative (slug) WHERE NOT draft;
DROP INDEX initiative_updated;
ALTER TABLE initiative_barrier ADD COLUMN draft BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX initiative_barrier_shown ON initiative_barrier (barrier, initiative_key) WHERE NOT draft;
DROP INDEX initiative_barrier_met;

-- role is lead or partner.
CREATE TABLE initiative_owner (
	initiative TEXT NOT NULL REFERENCES initiative (slug) ON DELETE CASCADE,
	organisation TEXT NOT NULL,
	role TEXT NOT NULL,
	PRIMARY KEY (initiative, organisation)
) STRICT;
CREATE INDEX initiative_owner_organisation ON initiative_owner (organisation, initiative);

-- changed is JSON: of each field how it was and how it became. Ids follow the
-- time. version is that of the initiative after the change.
CREATE TABLE initiative_change (
	id TEXT NOT NULL PRIMARY KEY,
	initiative TEXT NOT NULL REFERENCES initiative (slug) ON DELETE CASCADE,
	at BIGINT NOT NULL,
	version BIGINT NOT NULL,
	kind TEXT NOT NULL,
	person TEXT,
	organisation TEXT NOT NULL,
	why TEXT NOT NULL,
	changed TEXT NOT NULL
) STRICT;
CREATE INDEX initiative_change_of ON initiative_change (initiative, id);
CREATE INDEX initiative_change_person ON initiative_change (person, id);

-- A proposal is for a new initiative when initiative is empty. part is the part
-- of the initiative that it changes; body is the initiative as proposed.
CREATE TABLE initiative_proposal (
	id TEXT NOT NULL PRIMARY KEY,
	initiative TEXT NOT NULL,
	part TEXT NOT NULL,
	name TEXT NOT NULL,
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
CREATE INDEX initiative_proposal_status ON initiative_proposal (status, id);
CREATE INDEX initiative_proposal_person ON initiative_proposal (person, id);
CREATE INDEX initiative_proposal_decided ON initiative_proposal (decided_by);
CREATE INDEX initiative_proposal_of ON initiative_proposal (initiative, id);

-- slug is an address that has gone; what stood there is in into_slug now.
CREATE TABLE initiative_merged (
	slug TEXT NOT NULL PRIMARY KEY,
	into_slug TEXT NOT NULL REFERENCES initiative (slug) ON DELETE CASCADE,
	at BIGINT NOT NULL
) STRICT;
CREATE INDEX initiative_merged_into ON initiative_merged (into_slug);

-- who is the id of a person, or else an e-mail address; told_at is until when
-- changes have been told.
CREATE TABLE initiative_follower (
	id TEXT NOT NULL PRIMARY KEY,
	initiative TEXT NOT NULL REFERENCES initiative (slug) ON DELETE CASCADE,
	who TEXT NOT NULL,
	email TEXT NOT NULL,
	confirmed BOOLEAN NOT NULL,
	token_hash BYTEA NOT NULL UNIQUE,
	at BIGINT NOT NULL,
	told_at BIGINT NOT NULL,
	UNIQUE (initiative, who)
) STRICT;
CREATE INDEX initiative_follower_who ON initiative_follower (who, initiative);
CREATE INDEX initiative_follower_old ON initiative_follower (at) WHERE NOT confirmed;
