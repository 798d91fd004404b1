CREATE TABLE practice (
	name TEXT NOT NULL PRIMARY KEY,
	initiative TEXT NOT NULL,
	title TEXT NOT NULL,
	summary TEXT NOT NULL,
	licence TEXT NOT NULL,
	author TEXT NOT NULL,
	contact TEXT NOT NULL,
	latest TEXT NOT NULL,
	lineage TEXT NOT NULL,
	changed_at BIGINT NOT NULL,
	withdrawn_at BIGINT,
	withdrawn_why TEXT NOT NULL
) STRICT;
CREATE INDEX practice_initiative ON practice (initiative, name);

CREATE TABLE practice_version (
	practice TEXT NOT NULL REFERENCES practice (name),
	version TEXT NOT NULL,
	sha256 TEXT NOT NULL,
	size BIGINT NOT NULL,
	note TEXT NOT NULL,
	at BIGINT NOT NULL,
	by_person TEXT,
	PRIMARY KEY (practice, version)
) STRICT;
CREATE INDEX practice_version_at ON practice_version (practice, at);
CREATE INDEX practice_version_person ON practice_version (by_person, at);

-- Packages as they were signed, ours and those that were adopted.
CREATE TABLE practice_file (
	sha256 TEXT NOT NULL PRIMARY KEY,
	data BYTEA NOT NULL,
	signature TEXT NOT NULL,
	-- what is in it, so that a page need not unpack it
	about TEXT NOT NULL
) STRICT;

CREATE TABLE practice_log (
	leaf BIGINT NOT NULL PRIMARY KEY,
	line TEXT NOT NULL
) STRICT;
CREATE TABLE practice_checkpoint (
	size BIGINT NOT NULL PRIMARY KEY,
	note TEXT NOT NULL,
	at BIGINT NOT NULL
) STRICT;

-- An offer in the making.
CREATE TABLE practice_draft (
	initiative TEXT NOT NULL PRIMARY KEY,
	offer TEXT NOT NULL,
	version BIGINT NOT NULL,
	at BIGINT NOT NULL,
	by_person TEXT
) STRICT;
CREATE INDEX practice_draft_person ON practice_draft (by_person, at);
CREATE TABLE practice_draft_file (
	initiative TEXT NOT NULL,
	path TEXT NOT NULL,
	data BYTEA NOT NULL,
	PRIMARY KEY (initiative, path)
) STRICT;

-- What came in and waits for somebody to say yes. Upgrades name the initiative.
CREATE TABLE practice_incoming (
	id TEXT NOT NULL PRIMARY KEY,
	initiative TEXT NOT NULL,
	address TEXT NOT NULL,
	data BYTEA NOT NULL,
	signature TEXT NOT NULL,
	at BIGINT NOT NULL,
	by_person TEXT
) STRICT;
CREATE INDEX practice_incoming_at ON practice_incoming (at);
CREATE INDEX practice_incoming_person ON practice_incoming (by_person, at);

CREATE TABLE practice_adopted (
	initiative TEXT NOT NULL PRIMARY KEY,
	address TEXT NOT NULL,
	public_key TEXT NOT NULL,
	name TEXT NOT NULL,
	title TEXT NOT NULL,
	version TEXT NOT NULL,
	sha256 TEXT NOT NULL,
	-- parts as they came, for the three-way merge
	base TEXT NOT NULL,
	answers TEXT NOT NULL,
	lineage TEXT NOT NULL,
	at BIGINT NOT NULL,
	by_person TEXT
) STRICT;
CREATE INDEX practice_adopted_name ON practice_adopted (name, initiative);
CREATE INDEX practice_adopted_person ON practice_adopted (by_person, at);

-- Other instances, with the key that was seen first.
CREATE TABLE practice_peer (
	address TEXT NOT NULL PRIMARY KEY,
	public_key TEXT NOT NULL UNIQUE,
	checkpoint TEXT NOT NULL,
	offers TEXT NOT NULL,
	trouble TEXT NOT NULL,
	pinned_at BIGINT NOT NULL,
	checked_at BIGINT
) STRICT;

CREATE TABLE practice_result (
	public_key TEXT NOT NULL,
	message TEXT NOT NULL,
	practice TEXT NOT NULL,
	state TEXT NOT NULL,
	sender TEXT NOT NULL,
	content TEXT NOT NULL,
	signed TEXT NOT NULL,
	at BIGINT NOT NULL,
	received_at BIGINT NOT NULL,
	PRIMARY KEY (public_key, message)
) STRICT;
CREATE INDEX practice_result_practice ON practice_result (practice, state, at);
CREATE INDEX practice_result_state ON practice_result (state, received_at);

CREATE TABLE practice_sent (
	id TEXT NOT NULL PRIMARY KEY,
	initiative TEXT NOT NULL,
	address TEXT NOT NULL,
	practice TEXT NOT NULL,
	content TEXT NOT NULL,
	signed TEXT NOT NULL,
	trouble TEXT NOT NULL,
	at BIGINT NOT NULL,
	sent_at BIGINT,
	by_person TEXT
) STRICT;
CREATE INDEX practice_sent_initiative ON practice_sent (initiative, at);
CREATE INDEX practice_sent_waiting ON practice_sent (at) WHERE sent_at IS NULL;
CREATE INDEX practice_sent_person ON practice_sent (by_person, at);
