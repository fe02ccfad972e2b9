package api

import (
	"net/http"
)

// health is the answer of a successful health check.
type health struct {
	Status string `json:"status" enum:"ok"`
}

// live answers while the process runs.
func (a *API) live(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, http.StatusOK, health{"ok"})
}

// ready answers while the process can serve.
func (a *API) ready(w http.ResponseWriter, r *http.Request) error {
	check := a.DB.Ping
	if a.Ready != nil {
		check = a.Ready
	}
	if err := check(r.Context()); err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, health{"ok"})
}
