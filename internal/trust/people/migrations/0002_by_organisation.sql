CREATE INDEX role_grant_by_organisation ON role_grant (organisation, from_at, id);
