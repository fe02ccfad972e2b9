package app

import (
	"github.com/taskhouse/taskhouse/internal/analytics"
	"github.com/taskhouse/taskhouse/internal/config"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/notify"
)

// Followers returns the followers of the log. Never change a name: it identifies the follower's durable cursors.
func Followers(cfg config.Config, notices *notify.Service) []event.Follower {
	return []event.Follower{
		{Name: "notify", Behind: cfg.NotifyDelay, Do: notices.Follow},
		analytics.Follower,
	}
}
