-- What is known of the people who live in a place, as Statistics Netherlands
-- writes it. 0 is not known; age_0 to age_65 are shares that make a hundred
-- together, age_75 is part of age_65.
CREATE TABLE place_figures (
	place TEXT PRIMARY KEY REFERENCES place (path),
	inhabitants BIGINT NOT NULL,
	density DOUBLE PRECISION NOT NULL,
	addresses DOUBLE PRECISION NOT NULL,
	urbanity BIGINT NOT NULL,
	age_0 DOUBLE PRECISION NOT NULL,
	age_15 DOUBLE PRECISION NOT NULL,
	age_25 DOUBLE PRECISION NOT NULL,
	age_45 DOUBLE PRECISION NOT NULL,
	age_65 DOUBLE PRECISION NOT NULL,
	age_75 DOUBLE PRECISION NOT NULL,
	demonstration BOOLEAN NOT NULL
) STRICT;
