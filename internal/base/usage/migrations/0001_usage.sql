-- How often pages about a subject were opened on a day. day is midnight UTC of the
-- day in the Netherlands.
CREATE TABLE usage_day (
	kind TEXT NOT NULL,
	subject TEXT NOT NULL,
	day BIGINT NOT NULL,
	opened BIGINT NOT NULL,
	PRIMARY KEY (kind, subject, day)
) STRICT;
CREATE INDEX usage_day_old ON usage_day (day);
