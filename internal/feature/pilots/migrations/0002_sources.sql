-- A counter is named after its source since there is more than one.
UPDATE pilot_indicator SET counter = 'questions.' || counter WHERE counter IN ('asked', 'answered', 'in_time');
