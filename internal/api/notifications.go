package api

import (
	"github.com/taskhouse/taskhouse/internal/notify"
	"github.com/taskhouse/taskhouse/internal/page"
)

func (a *API) notifications(c *call, q notify.Query) (*page.List[notify.Notification], error) {
	return a.Notices.List(c.ctx, c.caller, q)
}

func (a *API) sentNotifications(c *call, q notify.SentQuery) (*page.List[notify.SentNotification], error) {
	return a.Notices.ListSent(c.ctx, c.caller, q)
}

func (a *API) unread(c *call) (notify.Unread, error) { return a.Notices.Unread(c.ctx, c.caller) }

func (a *API) markAllRead(c *call) (notify.Unread, error) { return a.Notices.MarkAll(c.ctx, c.caller) }

func (a *API) markRead(c *call, in notify.Mark) (notify.Notification, error) {
	return a.Notices.Mark(c.ctx, c.caller, c.id, in)
}

func (a *API) preferences(c *call) (notify.Preferences, error) {
	return a.Notices.Preferences(c.ctx, c.caller)
}

func (a *API) changePreferences(c *call, in notify.PreferencesChange) (notify.Preferences, error) {
	return a.Notices.ChangePreferences(c.ctx, c.caller, in)
}
