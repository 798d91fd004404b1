-- A package is known by who offers it and its name. origin is the public key of the
-- instance that offers it; empty is this one. via is the address of who handed a
-- message on, when that was not its sender.
CREATE TABLE practice_outcome (
	public_key TEXT NOT NULL,
	message TEXT NOT NULL,
	origin TEXT NOT NULL,
	practice TEXT NOT NULL,
	state TEXT NOT NULL,
	sender TEXT NOT NULL,
	via TEXT NOT NULL,
	content TEXT NOT NULL,
	signed TEXT NOT NULL,
	at BIGINT NOT NULL,
	received_at BIGINT NOT NULL,
	PRIMARY KEY (public_key, message, origin)
) STRICT;
INSERT INTO practice_outcome (public_key, message, origin, practice, state, sender, via, content, signed, at, received_at)
	SELECT r.public_key, r.message, CASE WHEN EXISTS (SELECT 1 FROM practice p WHERE p.name = r.practice) THEN ''
		ELSE COALESCE((SELECT MIN(a.public_key) FROM practice_adopted a WHERE a.name = r.practice), '') END,
	r.practice, r.state, r.sender, '', r.content, r.signed, r.at, r.received_at FROM practice_result r;
DROP TABLE practice_result;
ALTER TABLE practice_outcome RENAME TO practice_result;
-- What an origin told in the name of an instance that we never met ourselves.
UPDATE practice_result SET state = 'told', via = COALESCE((SELECT MIN(a.address) FROM practice_adopted a
	WHERE a.public_key = practice_result.origin AND a.name = practice_result.practice), '')
	WHERE origin <> '' AND state = 'accepted' AND NOT EXISTS
	(SELECT 1 FROM practice_peer p WHERE p.address = practice_result.sender AND p.public_key = practice_result.public_key);
CREATE INDEX practice_result_practice ON practice_result (origin, practice, state, at);
CREATE INDEX practice_result_state ON practice_result (state, received_at);
CREATE INDEX practice_result_key ON practice_result (public_key, state, received_at);
CREATE INDEX practice_result_sender ON practice_result (sender, state);

DROP INDEX practice_adopted_name;
CREATE INDEX practice_adopted_from ON practice_adopted (address, name, initiative);
