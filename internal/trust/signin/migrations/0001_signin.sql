CREATE TABLE signin_code (
  id         TEXT PRIMARY KEY,
  email      TEXT NOT NULL,
  step_hash  BYTEA NOT NULL UNIQUE,
  code_hash  BYTEA NOT NULL,
  link_hash  BYTEA NOT NULL UNIQUE,
  person     TEXT,
  goal       TEXT NOT NULL,
  tries      BIGINT NOT NULL,
  used       BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
) STRICT;
CREATE INDEX signin_code_by_email ON signin_code (email, created_at);
CREATE INDEX signin_code_by_time ON signin_code (created_at);
CREATE INDEX signin_code_by_person ON signin_code (person);

CREATE TABLE signin_flow (
  hash       BYTEA PRIMARY KEY,
  kind       TEXT NOT NULL,
  person     TEXT,
  browser    BYTEA,
  data       TEXT NOT NULL,
  expires_at BIGINT NOT NULL
) STRICT;
CREATE INDEX signin_flow_by_end ON signin_flow (expires_at);
CREATE INDEX signin_flow_by_person ON signin_flow (person);

CREATE TABLE totp (
  person       TEXT PRIMARY KEY,
  secret       BYTEA NOT NULL,
  confirmed    BOOLEAN NOT NULL,
  last_step    BIGINT NOT NULL,
  fails        BIGINT NOT NULL,
  locked_until BIGINT,
  created_at   BIGINT NOT NULL
) STRICT;

CREATE TABLE passkey (
  id         TEXT PRIMARY KEY,
  person     TEXT NOT NULL,
  credential BYTEA NOT NULL UNIQUE,
  data       TEXT NOT NULL,
  name       TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at    BIGINT
) STRICT;
CREATE INDEX passkey_by_person ON passkey (person, id);

CREATE TABLE identity (
  issuer     TEXT NOT NULL,
  subject    TEXT NOT NULL,
  person     TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (issuer, subject)
) STRICT;
CREATE INDEX identity_by_person ON identity (person, issuer);
