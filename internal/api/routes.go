package api

import (
	"fmt"
	"net/http"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/analytics"
	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/external"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/markdown"
	"github.com/taskhouse/taskhouse/internal/notify"
	"github.com/taskhouse/taskhouse/internal/page"
	"github.com/taskhouse/taskhouse/internal/task"
)

// route is a line of the table.
type route struct {
	method, path string
	who          access
	op           operation
	name         string // the operation's id in the OpenAPI document, and in logs and metrics
	summary      string
}

// access is who may call a route.
type access int

const (
	anyone   access = iota // without a token
	reader                 // every member
	writer                 // every member but guests
	manager                // admins and owners
	operator               // those above companies, with a token of their own
)

// routes is every route there is.
func (a *API) routes() []route {
	return []route{
		{"POST", "/api/auth/register/", anyone, body(201, a.register).hashing(), "register", "Sign up: found a company, or join the one that sent an invitation."},
		{"POST", "/api/auth/login/", anyone, body(200, a.login).hashing().fails(401), "login", "Sign in: username or e-mail address and password give a pair of tokens."},
		{"POST", "/api/auth/token/refresh/", anyone, body(200, a.refresh).fails(401), "refresh", "The next pair of tokens; the given one is used up, and coming back with it ends the session."},
		{"POST", "/api/auth/logout/", anyone, body(204, a.logout).fails(401), "logout", "End the session of this refresh token: all its tokens are dead at once."},
		{"POST", "/api/session/", anyone, body(200, a.signIn).hashing().about(sessionCookie).fails(401), "signIn", "Sign in to the web app: the session is in a cookie that no script can read."},
		{"DELETE", "/api/session/", anyone, get(a.signOut).answers(204).about(sessionCookie), "signOut", "End the web app's session."},
		{"GET", "/api/auth/profile/", reader, get(a.profile), "profile", "The caller."},
		{"PATCH", "/api/auth/profile/", reader, body(200, a.changeProfile), "changeProfile", "Change the caller's names, e-mail address or telephone number."},
		{"POST", "/api/auth/password/", reader, body(204, a.changePassword).hashing().fails(409), "changePassword", "Change the password; all other sessions end."},
		{"GET", "/api/auth/sessions/", reader, query(200, a.sessions), "sessions", "The caller's sessions in this company that can still be used, the newest first."},
		{"DELETE", "/api/auth/sessions/", reader, get(a.endOtherSessions).answers(204), "endOtherSessions", "End all of the caller's sessions in this company but the one that asks."},
		{"DELETE", "/api/auth/sessions/{session}/", reader, get(a.endSession).answers(204), "endSession", "End one of the caller's sessions: who uses it is signed out with the next request."},
		{"GET", "/api/auth/company/", reader, get(a.company), "company", "The caller's company."},
		{"PATCH", "/api/auth/company/", manager, body(200, a.changeCompany), "changeCompany", "Rename or describe the company."},
		{"GET", "/api/auth/company-users/", reader, query(200, a.members), "members", "The company's members."},
		{"GET", "/api/auth/company-users/{id}/", reader, get(a.member), "member", "One member."},
		{"PATCH", "/api/auth/company-users/{id}/", manager, body(200, a.changeMember).fails(409), "changeMember", "Give a member another role, deactivate or reactivate them; it holds from their next request on."},
		{"DELETE", "/api/auth/company-users/{id}/", manager, query(204, a.removeMember).fails(409), "removeMember", "Remove a member; their tasks stay, unassigned or handed to another member."},
		{"GET", "/api/auth/company-users/{id}/sessions/", manager, query(200, a.memberSessions), "memberSessions", "A member's sessions in this company that can still be used."},
		{"DELETE", "/api/auth/company-users/{id}/sessions/", manager, get(a.endMemberSessions).answers(204), "endMemberSessions", "Sign a member out everywhere in this company; it is an event in its log."},
		{"DELETE", "/api/auth/company-users/{id}/sessions/{session}/", manager, get(a.endMemberSession).answers(204), "endMemberSession", "End one session of a member; it is an event in the company's log."},
		{"POST", "/api/auth/invitations/", manager, body(201, a.invite), "invite", "Invite somebody; the answer has the link, shown once."},
		{"GET", "/api/auth/invitations/", manager, query(200, a.invitations), "invitations", "Invitations that can still be accepted."},
		{"DELETE", "/api/auth/invitations/{id}/", manager, get(a.revokeInvitation).answers(204), "revokeInvitation", "Revoke an invitation."},
		{"POST", "/api/auth/invitations/accept/", reader, body(200, a.acceptInvitation).fails(409), "acceptInvitation", "Join another company with this account."},

		{"GET", "/api/tasks/", reader, query(200, a.tasks).dearSearch(), "tasks", "The company's tasks, newest first."},
		{"POST", "/api/tasks/", writer, body(201, a.createTask).tagged().located().numbered().repeatable(), "createTask", "Create a task."},
		{"GET", "/api/tasks/my_tasks/", reader, query(200, a.myTasks).dearSearch(), "myTasks", "The tasks assigned to the caller."},
		{"GET", "/api/tasks/statistics/", reader, get(a.statistics), "statistics", "How many tasks there are, by status and by assignee."},
		{"GET", "/api/tasks/{id}/", reader, get(a.task).tagged(), "task", "One task."},
		{"PUT", "/api/tasks/{id}/", writer, body(200, a.changeTask).tagged().numbered().fails(409), "replaceTask", "Change a task; the title is required, what is left out stays."},
		{"PATCH", "/api/tasks/{id}/", writer, body(200, a.changeTask).tagged().numbered().fails(409), "changeTask", "Change fields of a task."},
		{"DELETE", "/api/tasks/{id}/", writer, get(a.deleteTask).answers(204).matched().numbered(), "deleteTask", "Delete a task; its history stays in the log."},
		{"POST", "/api/tasks/bulk/", writer, body(200, a.changeTasks), "changeTasks", "Change several tasks in one step, or delete them; an event each."},
		{"POST", "/api/tasks/undo/", writer, body(200, a.undo), "undo", "Do the reverse of changes; refused where somebody has changed the same since."},
		{"GET", "/api/tasks/{id}/history/", reader, query(200, a.taskHistory), "taskHistory", "What happened to a task, newest first."},

		{"POST", "/api/markdown/", reader, body(200, a.markdown), "markdown", "Markdown as HTML that is safe to show: how the web app shows descriptions. Nothing is kept."},

		{"GET", "/api/external-tasks/", reader, get(a.externalTasks), "externalTasks", "The company's newest tasks beside those of another system; that it fails takes nothing from the company's own."},
		{"GET", "/api/external-tasks/source/", manager, get(a.externalSource).fails(404), "externalSource", "The company's own source of outside tasks; 404 where it takes the installation's."},
		{"PUT", "/api/external-tasks/source/", manager, body(200, a.setExternalSource), "setExternalSource", "Give the company a source of outside tasks of its own. The secret is kept sealed, and never shown."},
		{"DELETE", "/api/external-tasks/source/", manager, get(a.unsetExternalSource).answers(204).fails(404), "unsetExternalSource", "Take the company back to the installation's source of outside tasks."},
		{"GET", "/api/analytics/", reader, query(200, a.analytics).dear(), "analytics", "The company's tasks in figures: how they stand, or stood at an instant, and what happened over days."},

		{"GET", "/api/notifications/", reader, query(200, a.notifications), "notifications", "What the caller was told, newest first."},
		{"GET", "/api/notifications/sent/", manager, query(200, a.sentNotifications), "sentNotifications", "What everybody of the company was told, newest first, and what became of the mails."},
		{"GET", "/api/notifications/unread/", reader, get(a.unread), "unreadNotifications", "How many notifications the caller has not read."},
		{"POST", "/api/notifications/read/", reader, get(a.markAllRead), "readNotifications", "Mark all of the caller's notifications as read."},
		{"PATCH", "/api/notifications/{id}/", reader, body(200, a.markRead), "readNotification", "Mark one of the caller's notifications as read, or not."},
		{"GET", "/api/notifications/preferences/", reader, get(a.preferences), "preferences", "What the caller is told of, and how."},
		{"PATCH", "/api/notifications/preferences/", reader, body(200, a.changePreferences), "changePreferences", "Change what the caller is told of: by the inbox, by e-mail, by both or by neither."},
		{"GET", "/api/notifications/unsubscribe/", anyone, raw(a.unsubscribePage, "text/html").asks(new(unsubscribeQuery).Read).fails(400, 404), "unsubscribePage", "Ask whether to turn off the e-mails that the link came with. It changes nothing."},
		{"POST", "/api/notifications/unsubscribe/", anyone, raw(a.unsubscribe, "text/html").asks(new(unsubscribeQuery).Read).fails(400, 404, 507), "unsubscribe", "Turn off the e-mails that the link came with: with one click, as RFC 8058 has it."},

		{"GET", "/api/events/", reader, query(200, a.events), "events", "The company's log after a number: every change, once and in order."},
		{"GET", "/api/events/audit/", manager, query(200, a.audit), "audit", "The company's log for people, newest first: what happened, by kind, person, subject and time."},

		{"GET", "/api/events/stream/", reader, stream(200, a.stream, "text/event-stream").asks(new(feedQuery).Read).fails(403), "stream", "The same log as Server-Sent Events, as it grows; Last-Event-ID resumes."},
		{"GET", "/ws/tasks/", reader, stream(101, a.socket).asks(new(feedQuery).Read).fails(403), "socket", "The same log over a WebSocket, as it grows."},
		{"GET", "/api/presence/", reader, get(a.presence), "presence", "Who of the company is connected, and what they look at."},

		{"POST", "/api/operator/login/", anyone, body(200, a.operatorLogin).hashing().fails(401), "operatorLogin", "Sign in as an operator; the token opens the operator's routes and no others."},
		{"POST", "/api/operator/session/", anyone, body(200, a.operatorSignIn).hashing().about(operatorCookie).fails(401), "operatorSignIn", "Sign in to the web app as an operator: the session is in a cookie that no script can read."},
		{"DELETE", "/api/operator/session/", anyone, get(a.operatorSignOut).answers(204).about(operatorCookie), "operatorSignOut", "End the operator's session of the web app."},
		{"POST", "/api/operator/logout/", operator, get(a.operatorLogout).answers(204), "operatorLogout", "End the operator's session: its token is dead at once."},
		{"GET", "/api/operator/companies/", operator, query(200, a.operatorCompanies), "operatorCompanies", "All companies, oldest first, with how much is in them."},
		{"GET", "/api/operator/companies/{company}/", operator, get(a.operatorCompany), "operatorCompany", "One company."},
		{"PATCH", "/api/operator/companies/{company}/", operator, body(200, a.operatorChangeCompany), "operatorChangeCompany", "Rename or describe a company; it is an event in its log."},
		{"GET", "/api/operator/companies/{company}/members/", operator, query(200, a.members), "operatorMembers", "A company's members."},
		{"GET", "/api/operator/companies/{company}/members/{id}/", operator, get(a.member), "operatorMember", "One member of a company."},
		{"PATCH", "/api/operator/companies/{company}/members/{id}/", operator, body(200, a.changeMember).fails(409), "operatorChangeMember", "Give a member another role, deactivate or reactivate them; it is an event in the company's log."},
		{"GET", "/api/operator/companies/{company}/tasks/", operator, query(200, a.tasks).dearSearch(), "operatorTasks", "A company's tasks, newest first."},
		{"GET", "/api/operator/companies/{company}/tasks/{id}/", operator, get(a.task).tagged(), "operatorTask", "One task of a company."},
		{"PATCH", "/api/operator/companies/{company}/tasks/{id}/", operator, body(200, a.changeTask).tagged().numbered().fails(409), "operatorChangeTask", "Change fields of a task; it is an event in the company's log."},
		{"GET", "/api/operator/companies/{company}/analytics/", operator, query(200, a.analytics).dear(), "operatorAnalytics", "A company's tasks in figures."},
		{"GET", "/api/operator/companies/{company}/notifications/", operator, query(200, a.sentNotifications), "operatorNotifications", "What everybody of a company was told, newest first, and what became of the mails."},
		{"PATCH", "/api/operator/companies/{company}/notifications/{id}/", operator, body(200, a.operatorMarkNotification), "operatorMarkNotification", "Mark a notification in somebody's inbox as read, or not."},
		{"GET", "/api/operator/analytics/", operator, query(200, a.operatorAnalyticsOfAll).dear(), "operatorAnalyticsOfAll", "The tasks of all companies in figures: a report each, in the order of their ids."},
		{"GET", "/api/operator/users/", operator, query(200, a.operatorUsers), "operatorUsers", "All accounts, oldest first: their companies, and when they last signed in."},
		{"GET", "/api/operator/users/{id}/", operator, get(a.operatorUser), "operatorUser", "One account."},
		{"PATCH", "/api/operator/users/{id}/", operator, body(200, a.operatorChangeUser).fails(409), "operatorChangeUser", "Close an account or open it again, which is an event in each of its companies; make it an operator or none."},
		{"GET", "/api/operator/jobs/", operator, query(200, a.operatorJobs), "operatorJobs", "The jobs of all companies, newest first."},
		{"GET", "/api/operator/jobs/{id}/", operator, get(a.operatorJob), "operatorJob", "One job."},
		{"POST", "/api/operator/jobs/{id}/retry/", operator, get(a.operatorRetryJob).fails(409), "operatorRetryJob", "Queue a job again that was given up or cancelled; it is an event in its company's log."},
		{"POST", "/api/operator/jobs/{id}/cancel/", operator, get(a.operatorCancelJob).fails(409), "operatorCancelJob", "Give a job up that has not ended; it is an event in its company's log."},

		{"GET", "/api/schema/", anyone, raw(a.schema, "application/json", "application/yaml").asks(new(schemaQuery).Read).tagged().fails(400), "schema", "This document, for programs."},
		{"GET", "/api/docs/", anyone, raw(a.docs, "text/html").tagged(), "docs", "This document, for people."},
		{"GET", "/api/docs/style/", anyone, raw(a.docsStyle, "text/css").tagged(), "docsStyle", "The style sheet of the document for people."},
		{"GET", "/livez/", anyone, raw(a.live, "application/json").shows(wellness{}).always(), "livez", "Whether the process runs."},
		{"GET", "/readyz/", anyone, raw(a.ready, "application/json").shows(wellness{}).always().fails(503), "readyz", "Whether the process can serve: its database answers, the schema is this version's, and the work beside the requests goes on."},
	}
}

func (a *API) register(c *call, in auth.Registration) (account.MemberView, error) {
	return a.Auth.Register(c.ctx, in, c.addr)
}

func (a *API) login(c *call, in auth.Credentials) (auth.Tokens, error) {
	in.Agent = c.agent
	return a.Auth.Login(c.ctx, in, c.addr)
}

func (a *API) refresh(c *call, in auth.RefreshToken) (auth.Tokens, error) {
	return a.Auth.Refresh(c.ctx, in, c.addr)
}

func (a *API) logout(c *call, in auth.RefreshToken) (none, error) {
	return none{}, a.Auth.Logout(c.ctx, in)
}

func (a *API) profile(c *call) (account.MemberView, error) {
	return a.Accounts.Member(c.ctx, c.who, c.who.Actor())
}

func (a *API) changeProfile(c *call, in account.ProfileChange) (account.MemberView, error) {
	return a.Accounts.ChangeProfile(c.ctx, c.who, in)
}

func (a *API) changePassword(c *call, in auth.PasswordChange) (none, error) {
	return none{}, a.Auth.ChangePassword(c.ctx, c.who, in, c.addr)
}

func (a *API) company(c *call) (account.Company, error) { return a.Accounts.Company(c.ctx, c.who) }

func (a *API) changeCompany(c *call, in account.CompanyChange) (account.Company, error) {
	return a.Accounts.ChangeCompany(c.ctx, c.who, in)
}

func (a *API) members(c *call, q account.MemberQuery) (*page.List[account.MemberView], error) {
	return a.Accounts.Members(c.ctx, c.who, q)
}

func (a *API) member(c *call) (account.MemberView, error) {
	return a.Accounts.Member(c.ctx, c.who, c.id)
}

func (a *API) changeMember(c *call, in account.MemberChange) (account.MemberView, error) {
	return a.Accounts.ChangeMember(c.ctx, c.who, c.id, in)
}

func (a *API) removeMember(c *call, in account.MemberRemoval) (none, error) {
	return none{}, a.Accounts.RemoveMember(c.ctx, c.who, c.id, in)
}

func (a *API) sessions(c *call, q auth.SessionQuery) (*page.List[auth.Session], error) {
	return a.Auth.Sessions(c.ctx, c.who, q)
}

func (a *API) endSession(c *call) (none, error) {
	return none{}, a.Auth.EndSession(c.ctx, c.who, c.session)
}

func (a *API) endOtherSessions(c *call) (none, error) {
	return none{}, a.Auth.EndOtherSessions(c.ctx, c.who)
}

func (a *API) memberSessions(c *call, q auth.SessionQuery) (*page.List[auth.Session], error) {
	return a.Auth.MemberSessions(c.ctx, c.who, c.id, q)
}

func (a *API) endMemberSessions(c *call) (none, error) {
	return none{}, a.Auth.EndMemberSessions(c.ctx, c.who, c.id)
}

func (a *API) endMemberSession(c *call) (none, error) {
	return none{}, a.Auth.EndMemberSession(c.ctx, c.who, c.id, c.session)
}

func (a *API) invite(c *call, in account.NewInvitation) (account.Invitation, error) {
	return a.Accounts.Invite(c.ctx, c.who, in)
}

func (a *API) invitations(c *call, q account.InvitationQuery) (*page.List[account.Invitation], error) {
	return a.Accounts.Invitations(c.ctx, c.who, q)
}

func (a *API) revokeInvitation(c *call) (none, error) {
	return none{}, a.Accounts.RevokeInvitation(c.ctx, c.who, c.id)
}

func (a *API) acceptInvitation(c *call, in account.InvitationToken) (account.Company, error) {
	return a.Accounts.Accept(c.ctx, c.who, in)
}

func (a *API) tasks(c *call, q task.Query) (*page.List[task.Task], error) {
	return a.Tasks.List(c.ctx, c.who, q)
}

func (a *API) myTasks(c *call, q task.Query) (*page.List[task.Task], error) {
	return a.Tasks.List(c.ctx, c.who, q.Mine(c.who))
}

func (a *API) createTask(c *call, in task.New) (*task.Task, error) {
	t, err := a.Tasks.Create(c.ctx, c.who, in, c.once)
	c.location, c.seq = fmt.Sprintf("/api/tasks/%d/", t.ID), t.Seq
	return &t, err
}

func (a *API) task(c *call) (*task.Task, error) {
	t, err := a.Tasks.Get(c.ctx, c.who, c.id)
	return &t, err
}

func (a *API) changeTask(c *call, in task.Change) (*task.Task, error) {
	in.Match = c.match
	t, err := a.Tasks.Update(c.ctx, c.who, c.id, in)
	c.seq = t.Seq
	return &t, err
}

func (a *API) deleteTask(c *call) (_ none, err error) {
	c.seq, err = a.Tasks.Delete(c.ctx, c.who, c.id, c.match)
	return none{}, err
}

func (a *API) changeTasks(c *call, in task.Bulk) (task.Outcome, error) {
	return a.Tasks.Bulk(c.ctx, c.who, in)
}

func (a *API) undo(c *call, in task.Undo) (task.Outcome, error) {
	return a.Tasks.Undo(c.ctx, c.who, in)
}

func (a *API) statistics(c *call) (task.Statistics, error) { return a.Tasks.Statistics(c.ctx, c.who) }

func (a *API) taskHistory(c *call, q task.HistoryQuery) (*page.List[task.Moment], error) {
	return a.Tasks.History(c.ctx, c.who, c.id, q)
}

func (a *API) markdown(_ *call, in markdown.Text) (markdown.Rendered, error) {
	return markdown.Render(in), nil
}

func (a *API) externalTasks(c *call) (external.Merged, error) { return a.External.Merge(c.ctx, c.who) }

func (a *API) externalSource(c *call) (external.Setting, error) {
	return a.External.Setting(c.ctx, c.who)
}

func (a *API) setExternalSource(c *call, in external.Change) (external.Setting, error) {
	return a.External.Set(c.ctx, c.who, in)
}

func (a *API) unsetExternalSource(c *call) (none, error) {
	return none{}, a.External.Unset(c.ctx, c.who)
}

func (a *API) analytics(c *call, q analytics.Query) (analytics.Report, error) {
	return a.Analytics.Of(c.ctx, c.who, q)
}

func (a *API) notifications(c *call, q notify.Query) (*page.List[notify.Notification], error) {
	return a.Notices.List(c.ctx, c.who, q)
}

func (a *API) sentNotifications(c *call, q notify.SentQuery) (*page.List[notify.SentNotification], error) {
	return a.Notices.ListSent(c.ctx, c.who, q)
}

func (a *API) unread(c *call) (notify.Unread, error) { return a.Notices.Unread(c.ctx, c.who) }

func (a *API) markAllRead(c *call) (notify.Unread, error) { return a.Notices.MarkAll(c.ctx, c.who) }

func (a *API) markRead(c *call, in notify.Mark) (notify.Notification, error) {
	return a.Notices.Mark(c.ctx, c.who, c.id, in)
}

func (a *API) preferences(c *call) (notify.Preferences, error) {
	return a.Notices.Preferences(c.ctx, c.who)
}

func (a *API) changePreferences(c *call, in notify.PreferencesChange) (notify.Preferences, error) {
	return a.Notices.ChangePreferences(c.ctx, c.who, in)
}

// eventQuery is which part of the log is read.
type eventQuery struct{ after, limit int64 }

// Read reads the query.
func (q *eventQuery) Read(f *form.Form) {
	q.after = f.Int("after", 0, 1<<62, form.Default(0), form.Doc("The number of the last event that the client has.")).V
	q.limit = 100
	if n := f.Int("limit", 1, 1000, form.Default(100), form.Doc("How many events at most.")); n.Set {
		q.limit = n.V
	}
}

func (a *API) events(c *call, q eventQuery) (*page.List[event.Entry], error) {
	return event.List(c.ctx, c.who.Scope, q.after, int(q.limit))
}

func (a *API) audit(c *call, q account.AuditQuery) (*page.List[account.AuditEntry], error) {
	return a.Accounts.Audit(c.ctx, c.who, q)
}

// wellness is the answer of a part that is well.
type wellness struct {
	Status string `json:"status" enum:"ok"`
}

func (a *API) live(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, http.StatusOK, wellness{"ok"})
}

func (a *API) ready(w http.ResponseWriter, r *http.Request) error {
	well := a.DB.Ping
	if a.Ready != nil {
		well = a.Ready
	}
	if err := well(r.Context()); err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, wellness{"ok"})
}
