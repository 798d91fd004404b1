-- What who is inside and guests say about a plan, or about one step of it. person
-- is empty for a guest; then name is how the link calls them, and guest its id in
-- the coalition.
CREATE TABLE scaling_comment (
  id TEXT PRIMARY KEY,
  plan TEXT NOT NULL REFERENCES scaling_plan (id) ON DELETE CASCADE,
  step TEXT NOT NULL,
  person TEXT NOT NULL,
  guest TEXT NOT NULL,
  name TEXT NOT NULL,
  body TEXT NOT NULL,
  at BIGINT NOT NULL
) STRICT;
CREATE INDEX scaling_comment_plan ON scaling_comment (plan, id);
CREATE INDEX scaling_comment_step ON scaling_comment (plan, step, id);
CREATE INDEX scaling_comment_person ON scaling_comment (person, id);
