package app

import (
	"fmt"
	"log/slog"

	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/config"
)

// signingKeys returns the configured keys, or else the key in the data folder, which it creates if it is missing. The
// first key signs; the others only verify.
func signingKeys(cfg config.Config, log *slog.Logger) (keys []auth.Key, err error) {
	if len(cfg.SecretKey) > 0 {
		k, err := auth.NewKey(cfg.SecretKey)
		if err != nil {
			return nil, fmt.Errorf("TASKHOUSE_SECRET_KEY: %w", err)
		}
		keys = append(keys, k)
	} else {
		if err := MakeDataFolder(cfg.Data); err != nil {
			return nil, err
		}
		path := KeyFile(cfg.Data)
		k, err := auth.LoadOrCreateKey(path)
		if err != nil {
			return nil, err
		}
		if cfg.DatabaseURL != "" {
			log.Warn("the signing key is in the data folder: set TASKHOUSE_SECRET_KEY to the same key on every node",
				"file", path)
		}
		keys = append(keys, k)
	}
	for _, old := range cfg.OldSecretKeys {
		k, err := auth.NewKey(old)
		if err != nil {
			return nil, fmt.Errorf("TASKHOUSE_OLD_SECRET_KEYS: %w", err)
		}
		keys = append(keys, k)
	}
	return keys, nil
}
