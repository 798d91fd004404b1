-- name_key is the name as it sorts; it ends in the slug, so that it is unique.
CREATE TABLE initiative (
	slug TEXT NOT NULL PRIMARY KEY,
	name TEXT NOT NULL,
	name_key TEXT NOT NULL UNIQUE,
	kind TEXT NOT NULL,
	summary TEXT NOT NULL,
	region TEXT NOT NULL,
	country TEXT NOT NULL,
	notes TEXT NOT NULL,
	phase TEXT NOT NULL,
	phase_year BIGINT NOT NULL,
	phase_note TEXT NOT NULL,
	-- what a list shows, in one text that is made anew with every change
	card TEXT NOT NULL,
	themes TEXT NOT NULL,
	target_groups TEXT NOT NULL,
	costs TEXT NOT NULL,
	updated_at BIGINT NOT NULL,
	founding BOOLEAN NOT NULL,
	founding_only BOOLEAN NOT NULL,
	former TEXT NOT NULL,
	funders TEXT NOT NULL,
	growth TEXT NOT NULL,
	preconditions TEXT NOT NULL,
	sources TEXT NOT NULL,
	checksum TEXT NOT NULL,
	created_at BIGINT NOT NULL
) STRICT;
CREATE INDEX initiative_updated ON initiative (updated_at, slug);

CREATE TABLE initiative_municipality (
	initiative TEXT NOT NULL REFERENCES initiative (slug) ON DELETE CASCADE,
	position BIGINT NOT NULL,
	code TEXT NOT NULL,
	name TEXT NOT NULL,
	PRIMARY KEY (initiative, position)
) STRICT;

CREATE TABLE initiative_party (
	initiative TEXT NOT NULL REFERENCES initiative (slug) ON DELETE CASCADE,
	position BIGINT NOT NULL,
	name TEXT NOT NULL,
	role TEXT NOT NULL,
	PRIMARY KEY (initiative, position)
) STRICT;

CREATE TABLE initiative_evidence (
	initiative TEXT NOT NULL REFERENCES initiative (slug) ON DELETE CASCADE,
	position BIGINT NOT NULL,
	type TEXT NOT NULL,
	metric TEXT NOT NULL,
	value DOUBLE PRECISION,
	baseline DOUBLE PRECISION,
	unit TEXT NOT NULL,
	n BIGINT NOT NULL,
	organisations BIGINT NOT NULL,
	period TEXT NOT NULL,
	comparison TEXT NOT NULL,
	strength TEXT NOT NULL,
	approximate BOOLEAN NOT NULL,
	note TEXT NOT NULL,
	source TEXT NOT NULL,
	PRIMARY KEY (initiative, position)
) STRICT;

CREATE TABLE barrier (
	slug TEXT NOT NULL PRIMARY KEY,
	name TEXT NOT NULL,
	-- category in the order of the page, then name, then slug
	list_key TEXT NOT NULL UNIQUE,
	category TEXT NOT NULL,
	description TEXT NOT NULL,
	sources TEXT NOT NULL,
	checksum TEXT NOT NULL
) STRICT;

-- initiative_key is the name_key of the initiative, so that those that met a
-- barrier are read in the order of their names.
CREATE TABLE initiative_barrier (
	initiative TEXT NOT NULL REFERENCES initiative (slug) ON DELETE CASCADE,
	position BIGINT NOT NULL,
	barrier TEXT NOT NULL REFERENCES barrier (slug),
	initiative_key TEXT NOT NULL,
	note TEXT NOT NULL,
	source TEXT NOT NULL,
	PRIMARY KEY (initiative, position)
) STRICT;
CREATE INDEX initiative_barrier_met ON initiative_barrier (barrier, initiative_key);

-- related holds each pair in both directions: named is who named it.
CREATE TABLE initiative_related (
	initiative TEXT NOT NULL REFERENCES initiative (slug) ON DELETE CASCADE,
	related TEXT NOT NULL REFERENCES initiative (slug) ON DELETE CASCADE,
	named TEXT NOT NULL,
	PRIMARY KEY (initiative, related, named)
) STRICT;
CREATE INDEX initiative_related_named ON initiative_related (named);
CREATE INDEX initiative_related_other ON initiative_related (related);

CREATE TABLE factor (
	slug TEXT NOT NULL PRIMARY KEY,
	name TEXT NOT NULL,
	description TEXT NOT NULL,
	sources TEXT NOT NULL,
	checksum TEXT NOT NULL
) STRICT;

CREATE TABLE factor_barrier (
	factor TEXT NOT NULL REFERENCES factor (slug) ON DELETE CASCADE,
	barrier TEXT NOT NULL REFERENCES barrier (slug),
	factor_name TEXT NOT NULL,
	PRIMARY KEY (barrier, factor_name, factor)
) STRICT;
CREATE INDEX factor_barrier_factor ON factor_barrier (factor);

CREATE TABLE phase_model (
	slug TEXT NOT NULL PRIMARY KEY,
	position BIGINT NOT NULL,
	name TEXT NOT NULL,
	publisher TEXT NOT NULL,
	usage TEXT NOT NULL,
	notes TEXT NOT NULL,
	stages TEXT NOT NULL,
	sources TEXT NOT NULL,
	checksum TEXT NOT NULL
) STRICT;
CREATE INDEX phase_model_position ON phase_model (position, slug);

-- A term is a name and a value, such as theme=dementie; all= has every initiative.
CREATE TABLE initiative_list (
	term TEXT NOT NULL,
	sort TEXT NOT NULL,
	key TEXT NOT NULL,
	initiative TEXT NOT NULL REFERENCES initiative (slug) ON DELETE CASCADE,
	-- a key ends in the slug; it stands here once more so that the index is enough
	PRIMARY KEY (term, sort, key, initiative)
) STRICT;
CREATE INDEX initiative_list_initiative ON initiative_list (initiative);

CREATE TABLE initiative_term (
	term TEXT NOT NULL PRIMARY KEY,
	label TEXT NOT NULL,
	n BIGINT NOT NULL
) STRICT;

CREATE TABLE initiative_revision (
	id BIGINT NOT NULL PRIMARY KEY,
	n BIGINT NOT NULL
) STRICT;
INSERT INTO initiative_revision (id, n) VALUES (1, 0);
