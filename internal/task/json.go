package task

// keys are the members of a task's JSON up to their values: `"title":`.
var keys = func() []string {
	all := make([]string, len(fields))
	for i, f := range fields {
		all[i] = `"` + f.key() + `":`
	}
	return all
}()

// AppendJSON appends the same bytes as the json package would. A page of tasks is the most frequent answer, and
// reflection took a third of its time. AppendJSON does not allocate, because t is a pointer: a copy would escape to the
// heap.
func (t *Task) AppendJSON(b []byte) (_ []byte, err error) {
	separator := byte('{')
	for i, f := range fields {
		b = append(append(b, separator), keys[i]...)
		if b, err = f.appendJSON(b, t); err != nil {
			return nil, err
		}
		separator = ','
	}
	return append(b, '}'), nil
}
