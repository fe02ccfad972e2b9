package external

// Decode decodes an answer without a server.
func (f Fields) Decode(body []byte) ([]Task, error) { return f.decode(body) }

// JSON returns the id in its original JSON.
func (id ID) JSON() string { return string(id.json) }
