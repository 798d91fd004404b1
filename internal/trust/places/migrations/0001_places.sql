-- The path of a place holds the paths of what it lies in. It is the key that
-- rights, settings and questions point to.
CREATE TABLE place (
	path TEXT PRIMARY KEY,
	kind TEXT NOT NULL,
	code TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	sort_key TEXT NOT NULL,
	parent TEXT NOT NULL,
	province TEXT NOT NULL,
	note TEXT NOT NULL,
	lat DOUBLE PRECISION NOT NULL,
	lon DOUBLE PRECISION NOT NULL,
	inhabitants BIGINT NOT NULL,
	demonstration BOOLEAN NOT NULL
) STRICT;
CREATE INDEX place_children ON place (parent, sort_key, path);

CREATE TABLE place_postcode (
	pc4 TEXT PRIMARY KEY,
	place TEXT NOT NULL REFERENCES place (path),
	lat DOUBLE PRECISION NOT NULL,
	lon DOUBLE PRECISION NOT NULL,
	inhabitants BIGINT NOT NULL,
	km2 DOUBLE PRECISION NOT NULL
) STRICT;
CREATE INDEX place_postcode_place ON place_postcode (place, pc4);

-- rings is text: "lon,lat lon,lat;…", one ring after another.
CREATE TABLE place_outline (
	path TEXT PRIMARY KEY REFERENCES place (path),
	parent TEXT NOT NULL,
	rings TEXT NOT NULL
) STRICT;
CREATE INDEX place_outline_parent ON place_outline (parent, path);

CREATE TABLE place_settings (
	path TEXT PRIMARY KEY REFERENCES place (path),
	settings TEXT NOT NULL,
	updated_at BIGINT NOT NULL
) STRICT;
