-- A round: who invites whom, when, with which questionnaire, and what is measured.
-- figures are those that stay once all that is about a person is gone.
CREATE TABLE screening_round (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  place TEXT NOT NULL,
  place_name TEXT NOT NULL,
  survey TEXT NOT NULL,
  survey_title TEXT NOT NULL,
  starts_on TEXT NOT NULL,
  ends_on TEXT NOT NULL,
  ages TEXT NOT NULL,
  organisation TEXT NOT NULL,
  organisation_name TEXT NOT NULL,
  screener TEXT NOT NULL,
  screener_name TEXT NOT NULL,
  invitation TEXT NOT NULL,
  contact TEXT NOT NULL,
  locations TEXT NOT NULL,
  measures TEXT NOT NULL,
  keep_days BIGINT NOT NULL,
  remind_days BIGINT NOT NULL,
  reminders BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'open', 'closed')),
  numbers BIGINT NOT NULL,
  figures TEXT NOT NULL,
  version BIGINT NOT NULL,
  person TEXT NOT NULL,
  demonstration BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL
) STRICT;
CREATE INDEX screening_round_state ON screening_round (state, id);
CREATE INDEX screening_round_organisation ON screening_round (organisation, id);
CREATE INDEX screening_round_screener ON screening_round (screener, id);
CREATE INDEX screening_round_person ON screening_round (person, id);

-- Codes that were made at once for one postcode. form is the key of the form, so
-- that sending it twice makes no second pile.
CREATE TABLE screening_batch (
  id TEXT PRIMARY KEY,
  round TEXT NOT NULL REFERENCES screening_round (id),
  form TEXT NOT NULL,
  channel TEXT NOT NULL CHECK (channel IN ('file', 'sheet', 'mail')),
  district TEXT NOT NULL,
  district_name TEXT NOT NULL,
  codes BIGINT NOT NULL,
  withdrawn BOOLEAN NOT NULL,
  person TEXT NOT NULL,
  at BIGINT NOT NULL,
  UNIQUE (round, form, district)
) STRICT;
CREATE INDEX screening_batch_round ON screening_batch (round, id);
CREATE INDEX screening_batch_person ON screening_batch (person, id);

-- Somebody who was invited. number is what stands on the letter and on the list of
-- the day. Of who had all erased (gone) nothing is left but the district.
CREATE TABLE screening_invite (
  id TEXT PRIMARY KEY,
  round TEXT NOT NULL REFERENCES screening_round (id),
  batch TEXT NOT NULL,
  number BIGINT NOT NULL,
  district TEXT NOT NULL,
  channel TEXT NOT NULL,
  email TEXT NOT NULL,
  quiet BOOLEAN NOT NULL,
  reminded BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('asked', 'answered', 'gone')),
  shares TEXT NOT NULL CHECK (shares IN ('', 'risk', 'visit', 'none')),
  risk TEXT NOT NULL CHECK (risk IN ('', 'low', 'medium', 'high')),
  visit TEXT NOT NULL CHECK (visit IN ('', 'booked', 'came', 'missed')),
  made_at BIGINT NOT NULL,
  answered_at BIGINT,
  UNIQUE (round, number)
) STRICT;
CREATE UNIQUE INDEX screening_invite_email ON screening_invite (round, email) WHERE email <> '';
CREATE INDEX screening_invite_figures ON screening_invite (round, district, state, risk, visit);
CREATE INDEX screening_invite_remind ON screening_invite (round, channel, state, reminded, made_at, id);
CREATE INDEX screening_invite_batch ON screening_invite (batch, id);

-- The hash of each code that opens an invitation: one for each letter.
CREATE TABLE screening_code (
  hash BYTEA PRIMARY KEY,
  invite TEXT NOT NULL REFERENCES screening_invite (id),
  at BIGINT NOT NULL
) STRICT;
CREATE INDEX screening_code_invite ON screening_code (invite);

-- What was agreed to, in the words that were shown.
CREATE TABLE screening_consent (
  id TEXT PRIMARY KEY,
  invite TEXT NOT NULL REFERENCES screening_invite (id),
  kind TEXT NOT NULL,
  lang TEXT NOT NULL,
  body TEXT NOT NULL,
  given_at BIGINT NOT NULL,
  withdrawn_at BIGINT
) STRICT;
CREATE INDEX screening_consent_invite ON screening_consent (invite, id);

CREATE TABLE screening_slot (
  id TEXT PRIMARY KEY,
  round TEXT NOT NULL REFERENCES screening_round (id),
  starts_at BIGINT NOT NULL,
  minutes BIGINT NOT NULL,
  location TEXT NOT NULL,
  seats BIGINT NOT NULL,
  taken BIGINT NOT NULL,
  UNIQUE (round, starts_at, location)
) STRICT;
CREATE INDEX screening_slot_round ON screening_slot (round, starts_at, id);

-- told says that the reminder went out; email is for that alone.
CREATE TABLE screening_appointment (
  invite TEXT PRIMARY KEY REFERENCES screening_invite (id),
  round TEXT NOT NULL,
  slot TEXT NOT NULL REFERENCES screening_slot (id),
  starts_at BIGINT NOT NULL,
  email TEXT NOT NULL,
  told BOOLEAN NOT NULL,
  booked_at BIGINT NOT NULL
) STRICT;
CREATE INDEX screening_appointment_round ON screening_appointment (round, starts_at, invite);
CREATE INDEX screening_appointment_slot ON screening_appointment (slot);
CREATE INDEX screening_appointment_told ON screening_appointment (told, starts_at, invite);

-- What the professional found. readings hold name, unit and range as they were then.
CREATE TABLE screening_result (
  invite TEXT PRIMARY KEY REFERENCES screening_invite (id),
  round TEXT NOT NULL,
  readings TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('nothing', 'gp', 'follow')),
  advice TEXT NOT NULL,
  version BIGINT NOT NULL,
  entered_by TEXT NOT NULL,
  entered_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL
) STRICT;
CREATE INDEX screening_result_round ON screening_result (round);
CREATE INDEX screening_result_entered ON screening_result (entered_by, invite);
