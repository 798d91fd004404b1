-- leaf is the place of the event in the tree, NULL until it is sequenced.
CREATE TABLE audit_event (
	id TEXT PRIMARY KEY,
	leaf BIGINT,
	at BIGINT NOT NULL,
	kind TEXT NOT NULL,
	action TEXT NOT NULL,
	outcome TEXT NOT NULL,
	person TEXT NOT NULL,
	role TEXT NOT NULL,
	organisation TEXT NOT NULL,
	requester TEXT NOT NULL,
	purpose TEXT NOT NULL,
	channel TEXT NOT NULL,
	node TEXT NOT NULL,
	object_type TEXT NOT NULL,
	object_id TEXT NOT NULL,
	subject TEXT NOT NULL,
	life_cycle TEXT NOT NULL,
	ground TEXT NOT NULL,
	source TEXT NOT NULL
) STRICT;
-- one event a leaf: the key of audit_hash sees to that
CREATE INDEX audit_event_leaf ON audit_event (leaf, id) WHERE leaf IS NOT NULL;
CREATE INDEX audit_event_waiting ON audit_event (id) WHERE leaf IS NULL;
CREATE INDEX audit_event_object ON audit_event (object_type, object_id, id);
CREATE INDEX audit_event_person ON audit_event (person, id) WHERE person <> '';
CREATE INDEX audit_event_subject ON audit_event (subject, id) WHERE subject <> '';
CREATE INDEX audit_event_action ON audit_event (action, id);

-- hashes: the hash of the leaf, then those of the subtrees it completes.
CREATE TABLE audit_hash (
	leaf BIGINT PRIMARY KEY,
	hashes BYTEA NOT NULL
) STRICT;

CREATE TABLE audit_checkpoint (
	size BIGINT PRIMARY KEY,
	at BIGINT NOT NULL,
	note TEXT NOT NULL
) STRICT;
CREATE INDEX audit_checkpoint_at ON audit_checkpoint (at, size);
