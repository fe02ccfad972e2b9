package api

import "github.com/go-json-experiment/json"

// DocsExample is what the page for people shows of an operation, as JSON.
type DocsExample struct {
	Method, Path, ID string
	Status           string
	Body, Answer     []byte // nil where there is none
	Command          string
}

// DocsExamples are those of all operations.
func (a *API) DocsExamples() (all []DocsExample, err error) {
	p := docsView{document: a.document()}
	for _, t := range tags {
		for _, o := range p.operations(t.Name) {
			e := DocsExample{Method: o.Method, Path: o.Path, ID: o.OperationID, Status: o.Responses[0].Name}
			if body := o.Body(); body != nil {
				if e.Body, err = json.Marshal(p.bodyExample(p.resolve(body))); err != nil {
					return nil, err
				}
			}
			if content := o.Responses[0].Value.Content; len(content) > 0 && content[0].Value.Schema.Ref != "" {
				if e.Answer, err = json.Marshal(p.example(content[0].Value.Schema)); err != nil {
					return nil, err
				}
			}
			if e.Command, err = p.curl(o); err != nil {
				return nil, err
			}
			all = append(all, e)
		}
	}
	return all, nil
}
