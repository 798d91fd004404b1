-- What a file is, in a package and with an initiative that was taken over.
ALTER TABLE practice_draft_file ADD COLUMN title TEXT NOT NULL DEFAULT '';
ALTER TABLE practice_draft_file ADD COLUMN kind TEXT NOT NULL DEFAULT '';
ALTER TABLE practice_draft_file ADD COLUMN licence TEXT NOT NULL DEFAULT '';

-- What became of the surveys and offers of a package: thing_key is what it is called
-- in the package, thing what it is in the room that has it now.
CREATE TABLE practice_made (
	initiative TEXT NOT NULL,
	part TEXT NOT NULL,
	thing_key TEXT NOT NULL,
	thing TEXT NOT NULL,
	PRIMARY KEY (initiative, part, thing_key)
) STRICT;
