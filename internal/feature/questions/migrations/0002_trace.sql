-- Questions that were merged into another: their askers hear of its answers too.
CREATE INDEX question_merged ON question (merged_into) WHERE merged_into IS NOT NULL;

-- Lists in their order (the indexes of before had the first column alone).
CREATE INDEX story_of ON story (person, id);
CREATE INDEX follower_of ON follower (question, id);
CREATE INDEX report_story ON report (story);

-- What a moderator did with a story, and why. It stays when the story goes.
CREATE TABLE story_event (
  id TEXT PRIMARY KEY,
  story TEXT NOT NULL,
  at BIGINT NOT NULL,
  person TEXT,
  kind TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX story_event_of ON story_event (story, id);
CREATE INDEX story_event_by ON story_event (person);
