-- due_at is when the job may start, 0 for at once. While a node works on it,
-- locked_by names that node and due_at is the end of its lease: a job whose
-- node died is thereby due again by itself.
CREATE TABLE job (
	id TEXT PRIMARY KEY,
	kind TEXT NOT NULL,
	payload TEXT NOT NULL,
	once_key TEXT,
	due_at BIGINT NOT NULL,
	locked_by TEXT,
	attempts BIGINT NOT NULL,
	last_error TEXT,
	created_at BIGINT NOT NULL,
	failed_at BIGINT
) STRICT;
CREATE INDEX job_due ON job (due_at, id) WHERE failed_at IS NULL;
CREATE INDEX job_failed ON job (failed_at, id) WHERE failed_at IS NOT NULL;
CREATE UNIQUE INDEX job_once ON job (kind, once_key) WHERE once_key IS NOT NULL AND locked_by IS NULL AND failed_at IS NULL;
