CREATE TABLE person (
  id         TEXT PRIMARY KEY,
  name       TEXT NOT NULL,
  sort_key   TEXT NOT NULL,
  email      TEXT UNIQUE,
  phone      TEXT,
  language   TEXT NOT NULL,
  state      TEXT NOT NULL,
  demo       BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL
) STRICT;
CREATE UNIQUE INDEX person_by_name ON person (sort_key, id);
CREATE INDEX person_demo ON person (id) WHERE demo;

CREATE TABLE organisation (
  id         TEXT PRIMARY KEY,
  name       TEXT NOT NULL,
  sort_key   TEXT NOT NULL,
  kind       TEXT NOT NULL,
  place      TEXT NOT NULL,
  created_at BIGINT NOT NULL
) STRICT;
CREATE UNIQUE INDEX organisation_by_name ON organisation (sort_key, id);

CREATE TABLE role_grant (
  id           TEXT PRIMARY KEY,
  person       TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  role         TEXT NOT NULL,
  organisation TEXT NOT NULL REFERENCES organisation (id),
  place        TEXT NOT NULL,
  on_duty      BOOLEAN NOT NULL,
  from_at      BIGINT NOT NULL,
  until_at     BIGINT
) STRICT;
CREATE INDEX role_grant_by_person ON role_grant (person, id);
CREATE INDEX role_grant_by_place ON role_grant (role, place, from_at, id);
CREATE INDEX role_grant_on_duty ON role_grant (role, place, from_at, id) WHERE on_duty;

CREATE TABLE session (
  id            TEXT PRIMARY KEY,
  hash          BYTEA NOT NULL UNIQUE,
  person        TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  complete      BOOLEAN NOT NULL,
  second_factor BOOLEAN NOT NULL,
  method        TEXT NOT NULL,
  device        TEXT NOT NULL,
  created_at    BIGINT NOT NULL,
  seen_at       BIGINT NOT NULL,
  expires_at    BIGINT NOT NULL
) STRICT;
CREATE INDEX session_by_person ON session (person, id);
CREATE INDEX session_by_end ON session (expires_at);

CREATE TABLE api_token (
  id           TEXT PRIMARY KEY,
  hash         BYTEA NOT NULL UNIQUE,
  name         TEXT NOT NULL,
  organisation TEXT NOT NULL REFERENCES organisation (id),
  scopes       TEXT NOT NULL,
  created_at   BIGINT NOT NULL,
  expires_at   BIGINT NOT NULL
) STRICT;
CREATE INDEX api_token_by_organisation ON api_token (organisation, id);
