-- The test of one version of an application. slug is that of its offer, name the name
-- it had then. body holds results, organisations and origin as JSON: they are only
-- ever read together.
CREATE TABLE assessment (
  id TEXT PRIMARY KEY,
  slug TEXT NOT NULL,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('scoring', 'settling', 'ready', 'published', 'replaced', 'stopped')),
  verdict TEXT NOT NULL,
  body TEXT NOT NULL,
  tested_at BIGINT,
  published_at BIGINT,
  lapses_at BIGINT,
  lapsed BOOLEAN NOT NULL,
  warned_at BIGINT,
  newer TEXT NOT NULL,
  newer_at BIGINT,
  demonstration BOOLEAN NOT NULL,
  person TEXT NOT NULL,
  made_at BIGINT NOT NULL
) STRICT;
CREATE UNIQUE INDEX assessment_published ON assessment (slug) WHERE status = 'published';
CREATE UNIQUE INDEX assessment_open ON assessment (slug) WHERE status IN ('scoring', 'settling', 'ready');
CREATE INDEX assessment_lapses ON assessment (lapses_at, id) WHERE status = 'published' AND NOT lapsed;
CREATE INDEX assessment_slug ON assessment (slug, id);
CREATE INDEX assessment_person ON assessment (person, id);

-- An organisation that tests, and its scores. They are for itself until all have
-- handed in.
CREATE TABLE assessment_seat (
  id TEXT PRIMARY KEY,
  assessment TEXT NOT NULL REFERENCES assessment (id) ON DELETE CASCADE,
  organisation TEXT NOT NULL,
  name TEXT NOT NULL,
  person TEXT NOT NULL,
  marks TEXT NOT NULL,
  handed_at BIGINT,
  edit BIGINT NOT NULL,
  UNIQUE (assessment, organisation)
) STRICT;
CREATE INDEX assessment_seat_organisation ON assessment_seat (organisation, assessment);
CREATE INDEX assessment_seat_person ON assessment_seat (person, id);

-- How an organisation settles a difference.
CREATE TABLE assessment_stance (
  assessment TEXT NOT NULL REFERENCES assessment (id) ON DELETE CASCADE,
  criterion TEXT NOT NULL,
  seat TEXT NOT NULL,
  score TEXT NOT NULL,
  reason TEXT NOT NULL,
  person TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (assessment, criterion, seat)
) STRICT;
CREATE INDEX assessment_stance_person ON assessment_stance (person, assessment, criterion);

-- A number that changes with what is published, and with nothing else.
CREATE TABLE assessment_revision (
  id BIGINT PRIMARY KEY,
  n BIGINT NOT NULL
) STRICT;
INSERT INTO assessment_revision (id, n) VALUES (1, 0);
