-- A scaling plan of a coalition, or else of one organisation. Days are text.
CREATE TABLE scaling_plan (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  goals TEXT NOT NULL,
  initiative TEXT NOT NULL,
  coalition TEXT NOT NULL,
  organisation TEXT NOT NULL,
  start_on TEXT NOT NULL,
  person TEXT NOT NULL,
  version BIGINT NOT NULL,
  demonstration BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL
) STRICT;
CREATE INDEX scaling_plan_coalition ON scaling_plan (coalition, id);
CREATE INDEX scaling_plan_organisation ON scaling_plan (organisation, id);
CREATE INDEX scaling_plan_initiative ON scaling_plan (initiative, id);
CREATE INDEX scaling_plan_person ON scaling_plan (person, id);

-- The track of one city. conditions is JSON: what this city needs first; barriers
-- is JSON: ids of the register.
CREATE TABLE scaling_track (
  id TEXT PRIMARY KEY,
  plan TEXT NOT NULL REFERENCES scaling_plan (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  code TEXT NOT NULL,
  organisation TEXT NOT NULL,
  conditions TEXT NOT NULL,
  barriers TEXT NOT NULL,
  version BIGINT NOT NULL
) STRICT;
CREATE INDEX scaling_track_plan ON scaling_track (plan, id);

-- A step of one track, or of all cities where track is empty. waits is JSON: ids
-- of steps of the same plan.
CREATE TABLE scaling_step (
  id TEXT PRIMARY KEY,
  plan TEXT NOT NULL REFERENCES scaling_plan (id) ON DELETE CASCADE,
  track TEXT NOT NULL,
  title TEXT NOT NULL,
  what TEXT NOT NULL,
  person TEXT NOT NULL,
  organisation TEXT NOT NULL,
  start_on TEXT NOT NULL,
  due_on TEXT NOT NULL,
  done_on TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('todo', 'doing', 'done', 'dropped')),
  budget BIGINT NOT NULL,
  waits TEXT NOT NULL,
  version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL
) STRICT;
CREATE INDEX scaling_step_plan ON scaling_step (plan, id);
CREATE INDEX scaling_step_counts ON scaling_step (plan, state, due_on);
CREATE INDEX scaling_step_person ON scaling_step (person, id);

-- A plan without days and persons, to begin another from. What was taken over
-- with a practice belongs to an initiative, the rest to an organisation.
CREATE TABLE scaling_template (
  id TEXT PRIMARY KEY,
  initiative TEXT NOT NULL,
  organisation TEXT NOT NULL,
  person TEXT NOT NULL,
  title TEXT NOT NULL,
  model TEXT NOT NULL,
  created_at BIGINT NOT NULL
) STRICT;
CREATE INDEX scaling_template_initiative ON scaling_template (initiative, id);
CREATE INDEX scaling_template_organisation ON scaling_template (organisation, id);
CREATE INDEX scaling_template_person ON scaling_template (person, id);

-- The secret link by which a calendar program of one person reads one plan. Only
-- a hash of the secret is kept.
CREATE TABLE scaling_key (
  plan TEXT NOT NULL REFERENCES scaling_plan (id) ON DELETE CASCADE,
  person TEXT NOT NULL,
  hash BYTEA NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (plan, person)
) STRICT;
CREATE UNIQUE INDEX scaling_key_hash ON scaling_key (hash);
CREATE INDEX scaling_key_person ON scaling_key (person, plan);

-- Who changed what, when and why. detail is JSON: what stood there before and after.
CREATE TABLE scaling_change (
  id TEXT PRIMARY KEY,
  plan TEXT NOT NULL REFERENCES scaling_plan (id) ON DELETE CASCADE,
  at BIGINT NOT NULL,
  person TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  why TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;
CREATE INDEX scaling_change_plan ON scaling_change (plan, id);
CREATE INDEX scaling_change_person ON scaling_change (person, id);
