-- A barrier that was met. met_at is when; closed_at when it was lifted or accepted,
-- and nothing for one that stands open or is in hand.
CREATE TABLE barriers_entry (
  id TEXT PRIMARY KEY,
  barrier TEXT NOT NULL,
  title TEXT NOT NULL,
  category TEXT NOT NULL,
  initiative TEXT NOT NULL,
  thing_kind TEXT NOT NULL CHECK (thing_kind IN ('', 'pilot', 'coalition')),
  thing TEXT NOT NULL,
  municipality TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('open', 'hand', 'lifted', 'accepted')),
  owner TEXT NOT NULL,
  owner_body TEXT NOT NULL,
  due BIGINT,
  tried TEXT NOT NULL,
  worked TEXT NOT NULL,
  lifter TEXT NOT NULL,
  organisation TEXT NOT NULL,
  person TEXT NOT NULL,
  public BOOLEAN NOT NULL,
  origin TEXT NOT NULL,
  demonstration BOOLEAN NOT NULL,
  met_at BIGINT NOT NULL,
  closed_at BIGINT,
  changed_at BIGINT NOT NULL,
  version BIGINT NOT NULL
) STRICT;
CREATE INDEX barriers_entry_status ON barriers_entry (status, id);
CREATE INDEX barriers_entry_active ON barriers_entry (id) WHERE closed_at IS NULL;
CREATE INDEX barriers_entry_category ON barriers_entry (category, id);
CREATE INDEX barriers_entry_barrier ON barriers_entry (barrier, id);
CREATE INDEX barriers_entry_initiative ON barriers_entry (initiative, id);
CREATE INDEX barriers_entry_municipality ON barriers_entry (municipality, id);
CREATE INDEX barriers_entry_owner ON barriers_entry (owner, id);
CREATE INDEX barriers_entry_person ON barriers_entry (person, id);
CREATE INDEX barriers_entry_ways ON barriers_entry (barrier, id) WHERE worked <> '';
CREATE INDEX barriers_entry_ways_category ON barriers_entry (category, id) WHERE worked <> '';
CREATE INDEX barriers_entry_due ON barriers_entry (due, id) WHERE closed_at IS NULL;

-- Who changed what, when and why. detail is JSON: the fields before and after.
CREATE TABLE barriers_change (
  id TEXT PRIMARY KEY,
  entry TEXT NOT NULL REFERENCES barriers_entry (id) ON DELETE CASCADE,
  at BIGINT NOT NULL,
  person TEXT NOT NULL,
  kind TEXT NOT NULL,
  why TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;
CREATE INDEX barriers_change_entry ON barriers_change (entry, id);
CREATE INDEX barriers_change_person ON barriers_change (person, id);
