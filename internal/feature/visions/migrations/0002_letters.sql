-- told is how far the letters about a round are: empty, opened or reminded. About
-- rounds of before no letter goes out that they opened.
ALTER TABLE vision_round ADD COLUMN told TEXT NOT NULL DEFAULT '';
UPDATE vision_round SET told = 'opened';
CREATE INDEX vision_round_told ON vision_round (told, closes_on, id);

-- Who commented has had a letter about the answer.
ALTER TABLE vision_comment ADD COLUMN answer_told BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE vision_comment SET answer_told = TRUE WHERE answer <> '';

-- Who wants no letters about visions.
CREATE TABLE vision_quiet (
  person TEXT PRIMARY KEY,
  at BIGINT NOT NULL
) STRICT;
