package api

import (
	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/page"
)

// eventQuery selects a part of the event log.
type eventQuery struct{ after, limit int64 }

// Read reads the query.
func (q *eventQuery) Read(f *form.Form) {
	q.after = f.Int("after", 0, 1<<62, form.Default(0), form.Doc("The number of the last event that the client has.")).V
	q.limit = 100
	if n := f.Int("limit", 1, 1000, form.Default(100), form.Doc("The maximum number of events.")); n.Set {
		q.limit = n.V
	}
}

func (a *API) events(c *call, q eventQuery) (*page.List[event.Entry], error) {
	return event.List(c.ctx, c.caller.Scope, q.after, int(q.limit))
}

func (a *API) audit(c *call, q account.AuditQuery) (*page.List[account.AuditEntry], error) {
	return a.Accounts.Audit(c.ctx, c.caller, q)
}
