package api

import (
	"strconv"

	"github.com/taskhouse/taskhouse/internal/analytics"
	"github.com/taskhouse/taskhouse/internal/external"
	"github.com/taskhouse/taskhouse/internal/markdown"
	"github.com/taskhouse/taskhouse/internal/page"
	"github.com/taskhouse/taskhouse/internal/task"
)

func (a *API) tasks(c *call, q task.Query) (*page.List[task.Task], error) {
	return a.Tasks.List(c.ctx, c.caller, q)
}

func (a *API) myTasks(c *call, q task.Query) (*page.List[task.Task], error) {
	return a.Tasks.List(c.ctx, c.caller, q.Mine(c.caller))
}

func (a *API) createTask(c *call, in task.New) (Result[task.Task], error) {
	t, err := a.Tasks.Create(c.ctx, c.caller, in, c.once)
	return Result[task.Task]{Body: t, Location: "/api/tasks/" + strconv.FormatInt(t.ID, 10) + "/", Seq: t.Seq}, err
}

func (a *API) task(c *call) (*task.Task, error) {
	t, err := a.Tasks.Get(c.ctx, c.caller, c.id)
	return &t, err
}

func (a *API) changeTask(c *call, in task.Change) (Result[task.Task], error) {
	in.Match, in.Once = c.ifMatch, c.once
	t, err := a.Tasks.Update(c.ctx, c.caller, c.id, in)
	return Result[task.Task]{Body: t, Seq: t.Seq}, err
}

func (a *API) deleteTask(c *call) (Result[none], error) {
	seq, err := a.Tasks.Delete(c.ctx, c.caller, c.id, c.ifMatch, c.once)
	return Result[none]{Seq: seq}, err
}

func (a *API) changeTasks(c *call, in task.Bulk) (task.Outcome, error) {
	return a.Tasks.Bulk(c.ctx, c.caller, in)
}

func (a *API) undo(c *call, in task.Undo) (task.Outcome, error) {
	return a.Tasks.Undo(c.ctx, c.caller, in)
}

func (a *API) statistics(c *call) (task.Statistics, error) {
	return a.Tasks.Statistics(c.ctx, c.caller)
}

func (a *API) taskHistory(c *call, q task.HistoryQuery) (*page.List[task.Moment], error) {
	return a.Tasks.History(c.ctx, c.caller, c.id, q)
}

func (a *API) markdown(_ *call, in markdown.Text) (markdown.Rendered, error) {
	return markdown.Render(in), nil
}

func (a *API) externalTasks(c *call) (external.Merged, error) {
	return a.External.Merge(c.ctx, c.caller)
}

func (a *API) externalSource(c *call) (external.Setting, error) {
	return a.External.Setting(c.ctx, c.caller)
}

func (a *API) setExternalSource(c *call, in external.Change) (external.Setting, error) {
	return a.External.Set(c.ctx, c.caller, in)
}

func (a *API) unsetExternalSource(c *call) (none, error) {
	return none{}, a.External.Unset(c.ctx, c.caller)
}

func (a *API) analytics(c *call, q analytics.Query) (analytics.Report, error) {
	return a.Analytics.Of(c.ctx, c.caller, q)
}
