package app

import (
	"github.com/taskhouse/taskhouse/internal/analytics"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/notify"
)

// followers is who follows the log. A name is that of the follower's cursors: it never changes.
func followers(cfg Config, notices *notify.Service) []event.Follower {
	return []event.Follower{
		{Name: "notify", Behind: cfg.NotifyDelay, Do: notices.Follow},
		analytics.Follower,
	}
}
