-- A pilot. decide_on is the day of the next decision; due_at is set while one is
-- due, with why.
CREATE TABLE pilot (
  id TEXT PRIMARY KEY,
  initiative TEXT NOT NULL,
  name TEXT NOT NULL,
  place TEXT NOT NULL,
  place_name TEXT NOT NULL,
  place_path TEXT NOT NULL,
  lead TEXT NOT NULL,
  lead_name TEXT NOT NULL,
  lead_person TEXT,
  starts BIGINT,
  ends BIGINT,
  people BIGINT NOT NULL,
  goal TEXT NOT NULL,
  design TEXT NOT NULL CHECK (design IN ('controlled', 'before_after', 'survey', 'registration', 'estimate', 'claim')),
  compared TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('draft', 'running', 'ended')),
  outcome TEXT NOT NULL,
  adopted BOOLEAN NOT NULL,
  demonstration BOOLEAN NOT NULL,
  version BIGINT NOT NULL,
  decide_on BIGINT,
  due_at BIGINT,
  due_why TEXT NOT NULL,
  due_told BOOLEAN NOT NULL,
  decided_at BIGINT,
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL
) STRICT;
CREATE INDEX pilot_initiative ON pilot (initiative, id);
CREATE INDEX pilot_place ON pilot (place, id);
CREATE INDEX pilot_status ON pilot (status, id);
CREATE INDEX pilot_due ON pilot (id) WHERE due_at IS NOT NULL;
CREATE INDEX pilot_lead ON pilot (lead, id);
CREATE INDEX pilot_decide ON pilot (status, decide_on, id);
CREATE INDEX pilot_person ON pilot (lead_person);

-- last_* repeat the newest measurement: lists and rules read no others.
CREATE TABLE pilot_indicator (
  id TEXT PRIMARY KEY,
  pilot TEXT NOT NULL REFERENCES pilot (id) ON DELETE CASCADE,
  code TEXT NOT NULL,
  position BIGINT NOT NULL,
  name TEXT NOT NULL,
  definition TEXT NOT NULL,
  unit TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('count', 'share', 'mean', 'score', 'euro')),
  better TEXT NOT NULL CHECK (better IN ('up', 'down')),
  baseline DOUBLE PRECISION,
  target DOUBLE PRECISION,
  source TEXT NOT NULL,
  every TEXT NOT NULL CHECK (every IN ('week', 'month', 'quarter')),
  counter TEXT NOT NULL,
  last_day BIGINT,
  last_value DOUBLE PRECISION,
  last_n BIGINT NOT NULL,
  last_spread DOUBLE PRECISION,
  last_at BIGINT,
  UNIQUE (pilot, code)
) STRICT;
CREATE INDEX pilot_indicator_of ON pilot_indicator (pilot, position, id);
CREATE INDEX pilot_indicator_counter ON pilot_indicator (id) WHERE counter <> '';

CREATE TABLE pilot_measurement (
  indicator TEXT NOT NULL REFERENCES pilot_indicator (id) ON DELETE CASCADE,
  day BIGINT NOT NULL,
  value DOUBLE PRECISION NOT NULL,
  n BIGINT NOT NULL,
  spread DOUBLE PRECISION,
  note TEXT NOT NULL,
  source TEXT NOT NULL,
  person TEXT,
  at BIGINT NOT NULL,
  PRIMARY KEY (indicator, day)
) STRICT;
CREATE INDEX pilot_measurement_by ON pilot_measurement (person, indicator, day) WHERE person IS NOT NULL;

-- What a correction replaced, and when.
CREATE TABLE pilot_measurement_old (
  id TEXT PRIMARY KEY,
  pilot TEXT NOT NULL REFERENCES pilot (id) ON DELETE CASCADE,
  indicator TEXT NOT NULL,
  day BIGINT NOT NULL,
  value DOUBLE PRECISION NOT NULL,
  n BIGINT NOT NULL,
  source TEXT NOT NULL,
  person TEXT,
  at BIGINT NOT NULL,
  replaced_at BIGINT NOT NULL,
  replaced_by TEXT
) STRICT;
CREATE INDEX pilot_measurement_old_of ON pilot_measurement_old (pilot, id);
CREATE INDEX pilot_measurement_old_by ON pilot_measurement_old (person);
CREATE INDEX pilot_measurement_old_replaced ON pilot_measurement_old (replaced_by);

-- Measurements of a month together, for what is too old for the chart.
CREATE TABLE pilot_month (
  indicator TEXT NOT NULL REFERENCES pilot_indicator (id) ON DELETE CASCADE,
  month BIGINT NOT NULL,
  times BIGINT NOT NULL,
  mean DOUBLE PRECISION NOT NULL,
  least DOUBLE PRECISION NOT NULL,
  most DOUBLE PRECISION NOT NULL,
  PRIMARY KEY (indicator, month)
) STRICT;

CREATE TABLE pilot_rule (
  id TEXT PRIMARY KEY,
  pilot TEXT NOT NULL REFERENCES pilot (id) ON DELETE CASCADE,
  position BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('start', 'stop')),
  indicator TEXT NOT NULL,
  comparison TEXT NOT NULL CHECK (comparison IN ('below', 'atmost', 'above', 'atleast')),
  value DOUBLE PRECISION NOT NULL,
  week BIGINT NOT NULL
) STRICT;
CREATE INDEX pilot_rule_of ON pilot_rule (pilot, position, id);

CREATE TABLE pilot_cost (
  id TEXT PRIMARY KEY,
  pilot TEXT NOT NULL REFERENCES pilot (id) ON DELETE CASCADE,
  position BIGINT NOT NULL,
  label TEXT NOT NULL,
  planned BIGINT NOT NULL,
  spent BIGINT
) STRICT;
CREATE INDEX pilot_cost_of ON pilot_cost (pilot, position, id);

CREATE TABLE pilot_risk (
  id TEXT PRIMARY KEY,
  pilot TEXT NOT NULL REFERENCES pilot (id) ON DELETE CASCADE,
  position BIGINT NOT NULL,
  label TEXT NOT NULL,
  weight TEXT NOT NULL CHECK (weight IN ('low', 'middle', 'high')),
  answer TEXT NOT NULL
) STRICT;
CREATE INDEX pilot_risk_of ON pilot_risk (pilot, position, id);

-- What was experienced. A quote is kept with the words that were agreed to.
CREATE TABLE pilot_note (
  id TEXT PRIMARY KEY,
  pilot TEXT NOT NULL REFERENCES pilot (id) ON DELETE CASCADE,
  day BIGINT NOT NULL,
  body TEXT NOT NULL,
  quote TEXT NOT NULL,
  said_by TEXT NOT NULL,
  consent TEXT NOT NULL,
  consent_at BIGINT,
  person TEXT,
  at BIGINT NOT NULL,
  CHECK (quote = '' OR consent <> '')
) STRICT;
CREATE INDEX pilot_note_of ON pilot_note (pilot, id);
CREATE INDEX pilot_note_by ON pilot_note (person);

CREATE TABLE pilot_decision (
  id TEXT PRIMARY KEY,
  pilot TEXT NOT NULL REFERENCES pilot (id) ON DELETE CASCADE,
  day BIGINT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('go_on', 'adjust', 'stop', 'hand_on')),
  others TEXT NOT NULL,
  reason TEXT NOT NULL,
  conditions TEXT NOT NULL,
  next BIGINT,
  why TEXT NOT NULL,
  person TEXT,
  at BIGINT NOT NULL
) STRICT;
CREATE INDEX pilot_decision_of ON pilot_decision (pilot, id);
CREATE INDEX pilot_decision_by ON pilot_decision (person);

-- Who decided, for taking a person off it.
CREATE TABLE pilot_decider (
  decision TEXT NOT NULL REFERENCES pilot_decision (id) ON DELETE CASCADE,
  person TEXT NOT NULL,
  PRIMARY KEY (person, decision)
) STRICT;
CREATE INDEX pilot_decider_of ON pilot_decider (decision, person);

CREATE TABLE pilot_change (
  id TEXT PRIMARY KEY,
  pilot TEXT NOT NULL REFERENCES pilot (id) ON DELETE CASCADE,
  at BIGINT NOT NULL,
  person TEXT,
  part TEXT NOT NULL,
  why TEXT NOT NULL
) STRICT;
CREATE INDEX pilot_change_of ON pilot_change (pilot, id);
CREATE INDEX pilot_change_by ON pilot_change (person);
