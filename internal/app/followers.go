package app

import (
	"github.com/taskhouse/taskhouse/internal/analytics"
	"github.com/taskhouse/taskhouse/internal/config"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/notify"
)

// Followers is who follows the log. A name is that of the follower's cursors: it never changes.
func Followers(cfg config.Config, notices *notify.Service) []event.Follower {
	return []event.Follower{
		{Name: "notify", Behind: cfg.NotifyDelay, Do: notices.Follow},
		analytics.Follower,
	}
}
