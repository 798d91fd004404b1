-- One version of a questionnaire. questionnaire and plan are FHIR JSON as it came:
-- what we do not know is kept and given back.
CREATE TABLE survey (
  id TEXT PRIMARY KEY,
  url TEXT NOT NULL,
  version TEXT NOT NULL,
  slug TEXT NOT NULL,
  place TEXT NOT NULL,
  title TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('draft', 'published', 'retired')),
  questionnaire TEXT NOT NULL,
  plan TEXT NOT NULL,
  items BIGINT NOT NULL,
  person TEXT NOT NULL,
  demonstration BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  published_at BIGINT,
  UNIQUE (url, version)
) STRICT;
CREATE INDEX survey_published ON survey (slug) WHERE status = 'published';
CREATE INDEX survey_slug ON survey (slug, id);
CREATE INDEX survey_person ON survey (person);

-- What somebody filled in and asked to keep: in an account, or under a return code
-- of which this is the hash. answers is a QuestionnaireResponse.
CREATE TABLE survey_response (
  id TEXT PRIMARY KEY,
  survey TEXT NOT NULL REFERENCES survey (id),
  url TEXT NOT NULL,
  slug TEXT NOT NULL,
  series TEXT NOT NULL,
  person TEXT NOT NULL,
  code_hash BYTEA UNIQUE,
  state TEXT NOT NULL CHECK (state IN ('in-progress', 'completed')),
  channel TEXT NOT NULL CHECK (channel IN ('screen', 'paper', 'api')),
  entered_by TEXT NOT NULL,
  answers TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  completed_at BIGINT
) STRICT;
CREATE INDEX survey_response_survey ON survey_response (survey);
CREATE INDEX survey_response_person ON survey_response (person, id);
CREATE INDEX survey_response_entered ON survey_response (entered_by, id);
CREATE INDEX survey_response_old ON survey_response (state, changed_at, id);

-- Sums of scores by month, of who agreed to be counted. No row is about one person,
-- and fewer than ten are never shown.
CREATE TABLE survey_tally (
  url TEXT NOT NULL,
  score TEXT NOT NULL,
  month TEXT NOT NULL,
  n BIGINT NOT NULL,
  total DOUBLE PRECISION NOT NULL,
  PRIMARY KEY (url, score, month)
) STRICT;

-- Which filled in forms were counted, so that none is counted twice: a hash of the
-- key of the form, for as long as the form can be sent.
CREATE TABLE survey_counted (
  key_hash BYTEA PRIMARY KEY,
  at BIGINT NOT NULL
) STRICT;
CREATE INDEX survey_counted_at ON survey_counted (at);
