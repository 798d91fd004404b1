-- A question. "listed" is what the rule Question.Listed says: everybody may see it.
CREATE TABLE question (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  theme TEXT NOT NULL,
  audience TEXT NOT NULL CHECK (audience IN ('neighbourhood', 'team')),
  place TEXT NOT NULL,
  postcode TEXT NOT NULL,
  urgent BOOLEAN NOT NULL,
  name TEXT NOT NULL,
  asker TEXT,
  entered_by TEXT,
  channel TEXT NOT NULL CHECK (channel IN ('screen', 'desk', 'telephone', 'paper', 'api')),
  code_hash BYTEA NOT NULL UNIQUE,
  status TEXT NOT NULL CHECK (status IN ('open', 'answered', 'closed', 'merged')),
  moderation TEXT NOT NULL CHECK (moderation IN ('shown', 'held', 'hidden')),
  listed BOOLEAN NOT NULL,
  demonstration BOOLEAN NOT NULL,
  asked_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  answered_at BIGINT,
  closed_at BIGINT,
  close_reason TEXT NOT NULL,
  merged_into TEXT,
  accepted_answer TEXT,
  waits_for_asker BOOLEAN NOT NULL,
  taken_by TEXT,
  passed_to TEXT,
  answers BIGINT NOT NULL,
  changed_at BIGINT NOT NULL
) STRICT;
CREATE INDEX question_listed ON question (id) WHERE listed;
CREATE INDEX question_listed_theme ON question (theme, id) WHERE listed;
CREATE INDEX question_listed_open ON question (id) WHERE listed AND status = 'open';
CREATE INDEX question_listed_theme_open ON question (theme, id) WHERE listed AND status = 'open';
-- The desk reads what waits for the team, the first promise first.
CREATE INDEX question_desk ON question (urgent DESC, due_at, id) WHERE status = 'open';
CREATE INDEX question_taken ON question (taken_by, due_at, id) WHERE status = 'open';
CREATE INDEX question_asker ON question (asker, id);
CREATE INDEX question_moderation ON question (moderation, id) WHERE moderation <> 'shown';
CREATE INDEX question_asked ON question (asked_at);

-- How to reach the asker. Seen by the team only; gone when the question closes.
CREATE TABLE question_contact (
  question TEXT PRIMARY KEY REFERENCES question (id) ON DELETE CASCADE,
  email TEXT NOT NULL,
  phone TEXT NOT NULL
) STRICT;

CREATE TABLE answer (
  id TEXT PRIMARY KEY,
  question TEXT NOT NULL REFERENCES question (id) ON DELETE CASCADE,
  person TEXT,
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('resident', 'professional')),
  role TEXT NOT NULL,
  organisation TEXT NOT NULL,
  body TEXT NOT NULL,
  sources TEXT NOT NULL,
  initiatives TEXT NOT NULL,
  moderation TEXT NOT NULL CHECK (moderation IN ('shown', 'held', 'hidden')),
  helped BOOLEAN NOT NULL,
  thanks BIGINT NOT NULL,
  at BIGINT NOT NULL,
  edited_at BIGINT
) STRICT;
CREATE INDEX answer_of ON answer (question, id);
CREATE INDEX answer_by ON answer (person, id);
CREATE INDEX answer_moderation ON answer (moderation, id) WHERE moderation <> 'shown';

-- What happened to a question: for the team, and for the asker where the kind is
-- a message. An edit keeps the text of before.
CREATE TABLE question_event (
  id TEXT PRIMARY KEY,
  question TEXT NOT NULL REFERENCES question (id) ON DELETE CASCADE,
  at BIGINT NOT NULL,
  person TEXT,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  subject TEXT NOT NULL
) STRICT;
CREATE INDEX question_event_of ON question_event (question, id);
CREATE INDEX question_event_by ON question_event (person);

-- Who wants a mail at each answer. Confirmed by a link in a mail, ended by one.
CREATE TABLE follower (
  id TEXT PRIMARY KEY,
  question TEXT NOT NULL REFERENCES question (id) ON DELETE CASCADE,
  email TEXT NOT NULL,
  token_hash BYTEA NOT NULL UNIQUE,
  confirmed BOOLEAN NOT NULL,
  at BIGINT NOT NULL,
  UNIQUE (question, email)
) STRICT;
CREATE INDEX follower_at ON follower (at) WHERE NOT confirmed;

CREATE TABLE report (
  id TEXT PRIMARY KEY,
  question TEXT REFERENCES question (id) ON DELETE CASCADE,
  answer TEXT REFERENCES answer (id) ON DELETE CASCADE,
  story TEXT,
  reason TEXT NOT NULL,
  body TEXT NOT NULL,
  at BIGINT NOT NULL,
  handled_at BIGINT,
  handled_by TEXT
) STRICT;
CREATE INDEX report_open ON report (id) WHERE handled_at IS NULL;
CREATE INDEX report_question ON report (question);
CREATE INDEX report_answer ON report (answer);

-- A resident's story, told with consent: the exact text agreed to and when.
CREATE TABLE story (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  name TEXT NOT NULL,
  theme TEXT NOT NULL,
  place TEXT NOT NULL,
  person TEXT,
  initiatives TEXT NOT NULL,
  consent TEXT NOT NULL,
  consent_at BIGINT NOT NULL,
  code_hash BYTEA NOT NULL UNIQUE,
  moderation TEXT NOT NULL CHECK (moderation IN ('shown', 'held', 'hidden')),
  demonstration BOOLEAN NOT NULL,
  at BIGINT NOT NULL
) STRICT;
CREATE INDEX story_shown ON story (id) WHERE moderation = 'shown';
CREATE INDEX story_by ON story (person);
CREATE INDEX story_moderation ON story (moderation, id) WHERE moderation <> 'shown';
