package app

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/taskhouse/taskhouse/internal/config"
	"github.com/taskhouse/taskhouse/internal/db"
)

// OpenDatabase opens the configured database. It creates the folder of an embedded one.
func OpenDatabase(cfg config.Config, log *slog.Logger) (*db.DB, error) {
	return OpenDatabaseAt(cfg, log, nil)
}

// OpenDatabaseAt does the same as OpenDatabase with another clock than the machine's.
func OpenDatabaseAt(cfg config.Config, log *slog.Logger, now func() time.Time) (*db.DB, error) {
	o := db.Options{Now: now, Conns: cfg.DatabaseConns, StatementTimeout: cfg.StatementTimeout, Log: log}
	o.Budgets = db.Budgets{
		Tasks: int64(cfg.BudgetTasks), Bytes: cfg.BudgetBytes, Members: int64(cfg.BudgetMembers),
		Invitations: int64(cfg.BudgetInvitations), InvitationMails: int64(cfg.BudgetMails),
		Requests: int64(cfg.BudgetRequests),
	}
	if cfg.DatabaseURL != "" {
		o.URL, o.MigrateURL = string(cfg.DatabaseURL), string(cfg.MigrateURL)
		return db.Open(context.Background(), o)
	}
	if err := MakeDataFolder(cfg.Data); err != nil {
		return nil, err
	}
	o.Path = DatabaseFile(cfg.Data)
	return db.Open(context.Background(), o)
}

// DatabaseFile returns the place of the embedded database in a data folder.
func DatabaseFile(folder string) string { return filepath.Join(folder, "taskhouse.db") }

// KeyFile returns the place of the signing key in a data folder.
func KeyFile(folder string) string { return filepath.Join(folder, "secret.key") }

// MakeDataFolder creates the data folder, which only its owner may enter, unless it exists.
func MakeDataFolder(folder string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("create the data folder: %w: choose another with --data", err)
	}
	return nil
}
