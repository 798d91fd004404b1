-- A vision of a coalition, or else of one organisation. questions is JSON: what
-- residents are asked. The term is that of the round that is planned or open, with
-- who it is for; empty when there is none. shelf is an id of the moment of
-- publication, empty before it. Days are text.
CREATE TABLE vision (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  intro TEXT NOT NULL,
  questions TEXT NOT NULL,
  coalition TEXT NOT NULL,
  organisation TEXT NOT NULL,
  owner_name TEXT NOT NULL,
  person TEXT NOT NULL,
  version BIGINT NOT NULL,
  newest BIGINT NOT NULL,
  blocks BIGINT NOT NULL,
  stage TEXT NOT NULL CHECK (stage IN ('draft', 'orienting', 'deciding', 'adopted', 'rejected', 'published')),
  term_from TEXT NOT NULL,
  term_until TEXT NOT NULL,
  term_public BOOLEAN NOT NULL,
  shelf TEXT NOT NULL,
  published_at BIGINT,
  demonstration BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL
) STRICT;
CREATE INDEX vision_coalition ON vision (coalition, id);
CREATE INDEX vision_organisation ON vision (organisation, id);
CREATE INDEX vision_person ON vision (person, id);
CREATE INDEX vision_open ON vision (term_public, term_until, id);
CREATE INDEX vision_shelf ON vision (shelf);

-- The text at one moment, with who saved it and why. body is JSON: the blocks.
CREATE TABLE vision_version (
  id TEXT PRIMARY KEY,
  vision TEXT NOT NULL REFERENCES vision (id) ON DELETE CASCADE,
  number BIGINT NOT NULL,
  at BIGINT NOT NULL,
  person TEXT NOT NULL,
  why TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX vision_version_number ON vision_version (vision, number);
CREATE INDEX vision_version_person ON vision_version (person, id);

-- A round lays one version of the text before its audience. ended_at is empty
-- unless the convener closed it before its term.
CREATE TABLE vision_round (
  id TEXT PRIMARY KEY,
  vision TEXT NOT NULL REFERENCES vision (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('orienting', 'deciding')),
  opens_on TEXT NOT NULL,
  closes_on TEXT NOT NULL,
  everybody BOOLEAN NOT NULL,
  method TEXT NOT NULL,
  majority TEXT NOT NULL,
  number BIGINT NOT NULL,
  person TEXT NOT NULL,
  ended_at BIGINT
) STRICT;
CREATE INDEX vision_round_vision ON vision_round (vision, id);
CREATE INDEX vision_round_person ON vision_round (person, id);

-- place is a paragraph, or q1 to q3 for a question to residents, or empty for the
-- whole. person is empty for somebody without an account; name is what they typed.
-- quote is what the paragraph said.
CREATE TABLE vision_comment (
  id TEXT PRIMARY KEY,
  vision TEXT NOT NULL REFERENCES vision (id) ON DELETE CASCADE,
  round TEXT NOT NULL,
  number BIGINT NOT NULL,
  place TEXT NOT NULL,
  quote TEXT NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  person TEXT NOT NULL,
  name TEXT NOT NULL,
  helper TEXT NOT NULL,
  channel TEXT NOT NULL,
  everybody BOOLEAN NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('shown', 'held', 'hidden')),
  state_why TEXT NOT NULL,
  state_by TEXT NOT NULL,
  answer TEXT NOT NULL CHECK (answer IN ('', 'taken', 'partly', 'not')),
  answer_text TEXT NOT NULL,
  answer_by TEXT NOT NULL,
  answered_at BIGINT,
  at BIGINT NOT NULL
) STRICT;
CREATE INDEX vision_comment_state ON vision_comment (vision, state, id);
CREATE INDEX vision_comment_place ON vision_comment (vision, state, place, id);
CREATE INDEX vision_comment_tally ON vision_comment (vision, state, kind, answer);
CREATE INDEX vision_comment_person ON vision_comment (person, id);
CREATE INDEX vision_comment_helper ON vision_comment (helper);
CREATE INDEX vision_comment_state_by ON vision_comment (state_by);
CREATE INDEX vision_comment_answer_by ON vision_comment (answer_by);

-- One of each member in a round; an objection stands until dealt says how it was
-- dealt with.
CREATE TABLE vision_vote (
  round TEXT NOT NULL REFERENCES vision_round (id) ON DELETE CASCADE,
  person TEXT NOT NULL,
  choice TEXT NOT NULL CHECK (choice IN ('for', 'against', 'abstain', 'consent', 'objection')),
  reason TEXT NOT NULL,
  dealt TEXT NOT NULL,
  dealt_by TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (round, person)
) STRICT;
CREATE INDEX vision_vote_person ON vision_vote (person, round);
CREATE INDEX vision_vote_dealt ON vision_vote (dealt_by);

-- What a deciding round came to. Counts stay when votes are erased.
CREATE TABLE vision_decision (
  round TEXT PRIMARY KEY REFERENCES vision_round (id) ON DELETE CASCADE,
  vision TEXT NOT NULL REFERENCES vision (id) ON DELETE CASCADE,
  number BIGINT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('adopted', 'rejected')),
  reason TEXT NOT NULL,
  decided_on TEXT NOT NULL,
  deciders TEXT NOT NULL,
  method TEXT NOT NULL,
  majority TEXT NOT NULL,
  yes BIGINT NOT NULL,
  against BIGINT NOT NULL,
  abstained BIGINT NOT NULL,
  dealt BIGINT NOT NULL,
  person TEXT NOT NULL,
  at BIGINT NOT NULL
) STRICT;
CREATE INDEX vision_decision_vision ON vision_decision (vision, round);
CREATE INDEX vision_decision_person ON vision_decision (person);
