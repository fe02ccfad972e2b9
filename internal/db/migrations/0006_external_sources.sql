-- Where a company's outside tasks come from, where it does not take the installation's source.
CREATE TABLE external_sources (
	company_id {{.Int}} NOT NULL PRIMARY KEY REFERENCES companies (company_id),
	url        {{.Text}} NOT NULL,
	fields     {{.Text}} NOT NULL, -- where the other system's objects have our fields: external.ParseFields
	header     {{.Text}} NOT NULL, -- the name of the header that carries the secret; '': none
	secret     {{.Text}} NOT NULL, -- its value, sealed: package secret
	changed_at {{.Int}} NOT NULL
) {{.Table}};
