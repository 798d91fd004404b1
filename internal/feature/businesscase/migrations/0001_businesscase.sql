-- A business case. model holds settings, cities, lines and scenarios as JSON: they
-- are only ever read together. net is the most likely net of all payers in cents,
-- for the list.
CREATE TABLE businesscase (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  initiative TEXT NOT NULL,
  organisation TEXT NOT NULL,
  person TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('draft', 'published')),
  model TEXT NOT NULL,
  net BIGINT NOT NULL,
  version BIGINT NOT NULL,
  demonstration BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL
) STRICT;
CREATE INDEX businesscase_published ON businesscase (id) WHERE status = 'published';
CREATE INDEX businesscase_drafts ON businesscase (organisation, id) WHERE status = 'draft';
CREATE INDEX businesscase_initiative ON businesscase (initiative, id);
CREATE INDEX businesscase_person ON businesscase (person, id);

-- Who changed what, when and why. detail is JSON: the figures before and after.
CREATE TABLE businesscase_change (
  id TEXT PRIMARY KEY,
  businesscase TEXT NOT NULL REFERENCES businesscase (id) ON DELETE CASCADE,
  at BIGINT NOT NULL,
  person TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  why TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;
CREATE INDEX businesscase_change_case ON businesscase_change (businesscase, id);
CREATE INDEX businesscase_change_person ON businesscase_change (person, id);
