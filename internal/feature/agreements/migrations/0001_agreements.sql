-- An agreement on results. model holds parties, indicator, table and terms as JSON:
-- they are only ever read together.
CREATE TABLE agreement (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  initiative TEXT NOT NULL,
  organisation TEXT NOT NULL,
  person TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('draft', 'published')),
  model TEXT NOT NULL,
  version BIGINT NOT NULL,
  demonstration BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL
) STRICT;
CREATE INDEX agreement_published ON agreement (id) WHERE status = 'published';
CREATE INDEX agreement_initiative ON agreement (initiative, id);
CREATE INDEX agreement_person ON agreement (person, id);

-- The organisations that may read an agreement: its owner and its known parties.
CREATE TABLE agreement_party (
  organisation TEXT NOT NULL,
  agreement TEXT NOT NULL REFERENCES agreement (id) ON DELETE CASCADE,
  PRIMARY KEY (organisation, agreement)
) STRICT;
CREATE INDEX agreement_party_agreement ON agreement_party (agreement);

-- A day on which is looked, and what came of it. steps is the calculation as it was
-- then, JSON; settled_at is empty before that. public is that of the agreement, for the list of what is due.
CREATE TABLE agreement_check (
  id TEXT PRIMARY KEY,
  agreement TEXT NOT NULL REFERENCES agreement (id) ON DELETE CASCADE,
  due BIGINT NOT NULL,
  public BOOLEAN NOT NULL,
  settled BOOLEAN NOT NULL,
  settled_at BIGINT,
  person TEXT NOT NULL,
  cents BIGINT NOT NULL,
  source TEXT NOT NULL,
  steps TEXT NOT NULL
) STRICT;
CREATE INDEX agreement_check_agreement ON agreement_check (agreement, due);
CREATE INDEX agreement_check_due ON agreement_check (due, id) WHERE public AND NOT settled;
CREATE INDEX agreement_check_person ON agreement_check (person, id);

-- Who changed what, when and why.
CREATE TABLE agreement_change (
  id TEXT PRIMARY KEY,
  agreement TEXT NOT NULL REFERENCES agreement (id) ON DELETE CASCADE,
  at BIGINT NOT NULL,
  person TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  why TEXT NOT NULL
) STRICT;
CREATE INDEX agreement_change_agreement ON agreement_change (agreement, id);
CREATE INDEX agreement_change_person ON agreement_change (person, id);
