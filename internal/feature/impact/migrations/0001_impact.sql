-- An impact pathway. model holds nodes and arrows as JSON: they are only ever read
-- together. assumptions, held and refuted are counted for the list.
CREATE TABLE impact (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  initiative TEXT NOT NULL,
  organisation TEXT NOT NULL,
  person TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('draft', 'published')),
  model TEXT NOT NULL,
  assumptions BIGINT NOT NULL,
  held BIGINT NOT NULL,
  refuted BIGINT NOT NULL,
  version BIGINT NOT NULL,
  demonstration BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL
) STRICT;
CREATE INDEX impact_published ON impact (id) WHERE status = 'published';
CREATE INDEX impact_drafts ON impact (organisation, id) WHERE status = 'draft';
CREATE INDEX impact_initiative ON impact (initiative, id);
CREATE INDEX impact_person ON impact (person, id);

-- Who changed what and when. subject is what it is called now, was what it said before.
CREATE TABLE impact_change (
  id TEXT PRIMARY KEY,
  impact TEXT NOT NULL REFERENCES impact (id) ON DELETE CASCADE,
  at BIGINT NOT NULL,
  person TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  was TEXT NOT NULL
) STRICT;
CREATE INDEX impact_change_impact ON impact_change (impact, id);
CREATE INDEX impact_change_person ON impact_change (person, id);
