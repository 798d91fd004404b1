-- By which guest something was said, for as long as it has a name.
CREATE INDEX scaling_comment_guest ON scaling_comment (guest) WHERE name <> '';
