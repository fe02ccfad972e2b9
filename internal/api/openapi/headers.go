package openapi

// sharedHeaders describes the headers of answers.
var sharedHeaders = ordered[*header]{
	{"X-Request-Id", required("string", "The request's id in the log.")},
	{"ETag", required("string", "The version and a hash of the answer, for `If-Match` and `If-None-Match`.")},
	{"Location", &header{
		Description: "The URL of the new object.", Required: true,
		Schema: &schema{Type: types{"string"}, Format: "uri-reference"},
	}},
	{"Event-Seq", &header{
		Description: "The sequence number of the change in the company's event log. Absent if nothing changed.",
		Schema:      &schema{Type: types{"integer"}, Format: "int64"},
	}},
	{"Set-Cookie", required("string", "Sets the session (HttpOnly), or ends it.")},
	{"WWW-Authenticate", required("string", "How to authenticate.")},
	{"Allow", required("string", "The methods that the path supports.")},
	{"Retry-After", optional("integer", "In seconds.")},
	{"RateLimit", optional("string", "The rate limit with the fewest requests left: its name, "+
		"how many are left (`r`), and the seconds until all are available again (`t`). "+
		"Absent if the installation has no rate limits.")},
	{"RateLimit-Policy", optional("string", "Every rate limit: its name, the number of requests (`q`), "+
		"and the seconds in which that number becomes available again (`w`).")},
}

func required(typ, doc string) *header {
	return &header{Description: doc, Required: true, Schema: &schema{Type: types{typ}}}
}

func optional(typ, doc string) *header {
	return &header{Description: doc, Schema: &schema{Type: types{typ}}}
}

// headerRefs refers to shared headers by name.
func headerRefs(names ...string) (refs ordered[*header]) {
	for _, n := range names {
		refs.add(n, &header{Ref: "#/components/headers/" + n})
	}
	return refs
}
