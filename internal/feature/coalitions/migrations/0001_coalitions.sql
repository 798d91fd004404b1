-- cities is JSON: the organisations with their municipality, few and always read
-- with the row. chosen is the slug of the initiative they chose.
CREATE TABLE coalition (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  goal TEXT NOT NULL,
  product TEXT NOT NULL,
  process TEXT NOT NULL,
  open BOOLEAN NOT NULL,
  demonstration BOOLEAN NOT NULL,
  cities TEXT NOT NULL,
  chosen TEXT NOT NULL,
  person TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  ended_at BIGINT,
  end_why TEXT NOT NULL
) STRICT;
CREATE INDEX coalition_open ON coalition (id) WHERE open AND ended_at IS NULL;
CREATE INDEX coalition_person ON coalition (person, id);

CREATE TABLE coalition_member (
  coalition TEXT NOT NULL REFERENCES coalition (id) ON DELETE CASCADE,
  person TEXT NOT NULL,
  organisation TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('convener', 'member', 'observer')),
  joined_at BIGINT NOT NULL,
  PRIMARY KEY (coalition, person)
) STRICT;
CREATE INDEX coalition_member_person ON coalition_member (person, coalition);

-- An invitation by mail, until it is taken up or withdrawn. Of the link only a
-- hash is kept.
CREATE TABLE coalition_invitation (
  id TEXT PRIMARY KEY,
  coalition TEXT NOT NULL REFERENCES coalition (id) ON DELETE CASCADE,
  email TEXT NOT NULL,
  organisation TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('convener', 'member', 'observer')),
  hash BYTEA NOT NULL UNIQUE,
  person TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
) STRICT;
CREATE INDEX coalition_invitation_coalition ON coalition_invitation (coalition, id);
CREATE INDEX coalition_invitation_email ON coalition_invitation (email);
CREATE INDEX coalition_invitation_person ON coalition_invitation (person);
CREATE INDEX coalition_invitation_expires ON coalition_invitation (expires_at);

-- Somebody asks to join an open coalition.
CREATE TABLE coalition_request (
  coalition TEXT NOT NULL REFERENCES coalition (id) ON DELETE CASCADE,
  person TEXT NOT NULL,
  organisation TEXT NOT NULL,
  why TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (coalition, person)
) STRICT;
CREATE INDEX coalition_request_person ON coalition_request (person, coalition);

-- Who reads along by a link, without an account. Of the link only a hash is kept.
CREATE TABLE coalition_guest (
  id TEXT PRIMARY KEY,
  coalition TEXT NOT NULL REFERENCES coalition (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  may_comment BOOLEAN NOT NULL,
  hash BYTEA NOT NULL UNIQUE,
  person TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  revoked_at BIGINT
) STRICT;
CREATE INDEX coalition_guest_coalition ON coalition_guest (coalition, id);
CREATE INDEX coalition_guest_person ON coalition_guest (person);
CREATE INDEX coalition_guest_expires ON coalition_guest (expires_at);

-- What members and guests say to each other. name is that of a guest.
CREATE TABLE coalition_comment (
  id TEXT PRIMARY KEY,
  coalition TEXT NOT NULL REFERENCES coalition (id) ON DELETE CASCADE,
  person TEXT NOT NULL,
  name TEXT NOT NULL,
  body TEXT NOT NULL,
  at BIGINT NOT NULL
) STRICT;
CREATE INDEX coalition_comment_coalition ON coalition_comment (coalition, id);
CREATE INDEX coalition_comment_person ON coalition_comment (person, id);

-- Where do we begin? criteria and listed (slugs) are JSON.
CREATE TABLE coalition_choice (
  coalition TEXT PRIMARY KEY REFERENCES coalition (id) ON DELETE CASCADE,
  stage TEXT NOT NULL CHECK (stage IN ('listing', 'scoring', 'revealed', 'chosen')),
  criteria TEXT NOT NULL,
  terms BIGINT NOT NULL,
  listed TEXT NOT NULL,
  version BIGINT NOT NULL,
  revealed_at BIGINT,
  why TEXT NOT NULL,
  person TEXT NOT NULL,
  chosen_at BIGINT
) STRICT;
CREATE INDEX coalition_choice_person ON coalition_choice (person);

-- Who agrees with which criteria: terms is the number of that text.
CREATE TABLE coalition_agreed (
  coalition TEXT NOT NULL REFERENCES coalition (id) ON DELETE CASCADE,
  person TEXT NOT NULL,
  terms BIGINT NOT NULL,
  PRIMARY KEY (coalition, person)
) STRICT;
CREATE INDEX coalition_agreed_person ON coalition_agreed (person);

-- What one member thinks. scores is JSON by slug and criterion. person is empty
-- where a member left.
CREATE TABLE coalition_score (
  id TEXT PRIMARY KEY,
  coalition TEXT NOT NULL REFERENCES coalition (id) ON DELETE CASCADE,
  person TEXT NOT NULL,
  scores TEXT NOT NULL,
  done BOOLEAN NOT NULL,
  at BIGINT NOT NULL
) STRICT;
CREATE INDEX coalition_score_coalition ON coalition_score (coalition, id);
CREATE UNIQUE INDEX coalition_score_person ON coalition_score (person, coalition) WHERE person <> '';

-- agenda and decisions are JSON lists of texts.
CREATE TABLE coalition_meeting (
  id TEXT PRIMARY KEY,
  coalition TEXT NOT NULL REFERENCES coalition (id) ON DELETE CASCADE,
  title TEXT NOT NULL,
  at BIGINT NOT NULL,
  minutes BIGINT NOT NULL,
  place TEXT NOT NULL,
  agenda TEXT NOT NULL,
  notes TEXT NOT NULL,
  decisions TEXT NOT NULL,
  person TEXT NOT NULL,
  version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL
) STRICT;
CREATE INDEX coalition_meeting_at ON coalition_meeting (coalition, at, id);
CREATE INDEX coalition_meeting_person ON coalition_meeting (person);

CREATE TABLE coalition_attendance (
  meeting TEXT NOT NULL REFERENCES coalition_meeting (id) ON DELETE CASCADE,
  person TEXT NOT NULL,
  PRIMARY KEY (meeting, person)
) STRICT;
CREATE INDEX coalition_attendance_person ON coalition_attendance (person, meeting);

-- Who does what by when. planned tells that the plan has it too.
CREATE TABLE coalition_action (
  id TEXT PRIMARY KEY,
  coalition TEXT NOT NULL REFERENCES coalition (id) ON DELETE CASCADE,
  meeting TEXT NOT NULL REFERENCES coalition_meeting (id) ON DELETE CASCADE,
  title TEXT NOT NULL,
  person TEXT NOT NULL,
  due BIGINT NOT NULL,
  planned BOOLEAN NOT NULL,
  done_at BIGINT
) STRICT;
CREATE INDEX coalition_action_open ON coalition_action (coalition, due, id) WHERE done_at IS NULL;
CREATE INDEX coalition_action_meeting ON coalition_action (meeting, id);
CREATE INDEX coalition_action_person ON coalition_action (person, id);

-- Who did what, when and why. It never holds a score.
CREATE TABLE coalition_change (
  id TEXT PRIMARY KEY,
  coalition TEXT NOT NULL REFERENCES coalition (id) ON DELETE CASCADE,
  at BIGINT NOT NULL,
  person TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  why TEXT NOT NULL
) STRICT;
CREATE INDEX coalition_change_coalition ON coalition_change (coalition, id);
CREATE INDEX coalition_change_person ON coalition_change (person, id);
