-- An organisation that was asked to take part, until somebody of it says yes or no.
CREATE TABLE coalition_asked (
  coalition TEXT NOT NULL REFERENCES coalition (id) ON DELETE CASCADE,
  organisation TEXT NOT NULL,
  name TEXT NOT NULL,
  place TEXT NOT NULL,
  code TEXT NOT NULL,
  person TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (coalition, organisation)
) STRICT;
CREATE INDEX coalition_asked_organisation ON coalition_asked (organisation, coalition);
CREATE INDEX coalition_asked_person ON coalition_asked (person);
CREATE INDEX coalition_asked_at ON coalition_asked (at);

-- guest tells by which link something was said, so that the name can go when the
-- link has long ended. The name of a guest whose link is gone goes now; the history
-- keeps the id of the link from here on.
ALTER TABLE coalition_comment ADD COLUMN guest TEXT NOT NULL DEFAULT '';
UPDATE coalition_comment SET guest = COALESCE((SELECT MIN(g.id) FROM coalition_guest g
  WHERE g.coalition = coalition_comment.coalition AND g.name = coalition_comment.name), '') WHERE name <> '';
UPDATE coalition_comment SET name = '' WHERE guest = '';
CREATE INDEX coalition_comment_guest ON coalition_comment (guest) WHERE guest <> '';
UPDATE coalition_change SET subject = '' WHERE kind = 'guest';
