CREATE TABLE search_doc (
  id          TEXT NOT NULL PRIMARY KEY,
  kind        TEXT NOT NULL,
  title       TEXT NOT NULL,
  body        TEXT NOT NULL,
  url         TEXT NOT NULL,
  tags        TEXT NOT NULL,
  terms       TEXT NOT NULL,
  weight      DOUBLE PRECISION NOT NULL,
  at          BIGINT,
  changed_at  BIGINT NOT NULL,
  analysis    BIGINT NOT NULL,
  deleted     BOOLEAN NOT NULL
) STRICT;

CREATE INDEX search_doc_changed ON search_doc (changed_at, id);
CREATE INDEX search_doc_analysis ON search_doc (analysis, id);
