-- What is kept for a term only: the daily job reads what has been quiet longest.
CREATE INDEX question_quiet ON question (changed_at, id) WHERE NOT listed AND status <> 'open';
CREATE INDEX question_event_words ON question_event (at) WHERE body <> '';
CREATE INDEX report_handled ON report (handled_at) WHERE handled_at IS NOT NULL;
-- A question that was passed on names a colleague by id, who may be erased.
CREATE INDEX question_event_passed ON question_event (subject) WHERE kind = 'passed';
