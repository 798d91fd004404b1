-- A checklist of its own: of the place ('') or of an initiative that took one over.
-- items is JSON: it is only ever read whole.
CREATE TABLE phases_list (
  owner TEXT PRIMARY KEY,
  items TEXT NOT NULL,
  version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL
) STRICT;

-- One row per initiative that does something with its gates; version guards its forms.
CREATE TABLE phases_record (
  initiative TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL
) STRICT;

CREATE TABLE phases_mark (
  initiative TEXT NOT NULL,
  code TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'met', 'not_needed')),
  note TEXT NOT NULL,
  link TEXT NOT NULL,
  person TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (initiative, code)
) STRICT;
CREATE INDEX phases_mark_person ON phases_mark (person, initiative, code);

-- left_open, proofs and roles are JSON.
CREATE TABLE phases_decision (
  id TEXT PRIMARY KEY,
  initiative TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('pass', 'back', 'stop', 'restart')),
  from_phase TEXT NOT NULL,
  to_phase TEXT NOT NULL,
  day BIGINT NOT NULL,
  reason TEXT NOT NULL,
  lesson TEXT NOT NULL,
  open_why TEXT NOT NULL,
  left_open TEXT NOT NULL,
  proofs TEXT NOT NULL,
  roles TEXT NOT NULL,
  organisation TEXT NOT NULL,
  person TEXT NOT NULL,
  at BIGINT NOT NULL,
  demonstration BOOLEAN NOT NULL
) STRICT;
CREATE INDEX phases_decision_initiative ON phases_decision (initiative, id);
CREATE INDEX phases_decision_person ON phases_decision (person, id);

CREATE TABLE phases_decider (
  decision TEXT NOT NULL REFERENCES phases_decision (id) ON DELETE CASCADE,
  person TEXT NOT NULL,
  PRIMARY KEY (decision, person)
) STRICT;
CREATE INDEX phases_decider_person ON phases_decider (person, decision);

CREATE TABLE phases_condition (
  id TEXT PRIMARY KEY,
  decision TEXT NOT NULL REFERENCES phases_decision (id) ON DELETE CASCADE,
  initiative TEXT NOT NULL,
  body TEXT NOT NULL,
  owner TEXT NOT NULL,
  organisation TEXT NOT NULL,
  due BIGINT NOT NULL,
  done_at BIGINT,
  done_by TEXT NOT NULL
) STRICT;
CREATE INDEX phases_condition_initiative ON phases_condition (initiative, id);
CREATE INDEX phases_condition_due ON phases_condition (due, id) WHERE done_at IS NULL;
CREATE INDEX phases_condition_owner ON phases_condition (owner, id);
CREATE INDEX phases_condition_done ON phases_condition (done_by, id);

-- Does it fit here? What an organisation says of the preconditions. answers is JSON.
CREATE TABLE phases_fit (
  initiative TEXT NOT NULL,
  organisation TEXT NOT NULL,
  municipality TEXT NOT NULL,
  answers TEXT NOT NULL,
  person TEXT NOT NULL,
  version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  PRIMARY KEY (initiative, organisation)
) STRICT;
CREATE INDEX phases_fit_person ON phases_fit (person, initiative, organisation);

CREATE TABLE phases_action (
  id TEXT PRIMARY KEY,
  initiative TEXT NOT NULL,
  organisation TEXT NOT NULL,
  title TEXT NOT NULL,
  owner TEXT NOT NULL,
  due BIGINT NOT NULL,
  done_at BIGINT,
  step TEXT NOT NULL
) STRICT;
CREATE INDEX phases_action_of ON phases_action (initiative, organisation, id);
CREATE INDEX phases_action_due ON phases_action (organisation, due, id) WHERE done_at IS NULL;
CREATE INDEX phases_action_owner ON phases_action (owner, id);

-- Who changed what. subject is a slug, or '' for the lists of the place.
CREATE TABLE phases_change (
  id TEXT PRIMARY KEY,
  subject TEXT NOT NULL,
  at BIGINT NOT NULL,
  person TEXT NOT NULL,
  kind TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;
CREATE INDEX phases_change_subject ON phases_change (subject, id);
CREATE INDEX phases_change_person ON phases_change (person, id);
