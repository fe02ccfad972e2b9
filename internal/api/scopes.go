package api

import (
	"fmt"
	"slices"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/fail"
)

// scope says which tokens for programs open a route, besides the member's role. Every route of members names one.
type scope = account.TokenScope

const (
	tasksRead          = account.TasksRead
	tasksWrite         = account.TasksWrite
	eventsRead         = account.EventsRead
	peopleRead         = account.PeopleRead
	peopleWrite        = account.PeopleWrite
	notificationsRead  = account.NotificationsRead
	notificationsWrite = account.NotificationsWrite
	administer         = account.Administer

	// anyScope opens a route to every token: it tells a program who it is, and stores nothing.
	anyScope scope = "any"
	// noToken keeps a route for people who have signed in: whatever its scopes, a token makes no token, ends or opens
	// no session and changes no data of a sign-in. Routes for anyone and for operators have it too, because tokens mean
	// nothing there.
	noToken scope = "none"
)

// checkScope rejects a route without a scope, or with one that its callers cannot have.
func (r *route) checkScope() error {
	switch {
	case r.who == anyone || r.who == operator:
		if r.scope != noToken {
			return fmt.Errorf("route %s: tokens for programs mean nothing here, so its scope is noToken", r.name)
		}
	case r.scope != anyScope && r.scope != noToken && !slices.Contains(r.scope.Values(), string(r.scope)):
		return fmt.Errorf("route %s: name the scope of the tokens that open it (scopes.go)", r.name)
	}
	return nil
}

// check rejects callers with a role or a token that does not open the route.
func (r *route) check(c account.Caller) error {
	if err := r.who.check(c); err != nil {
		return err
	}
	switch {
	case c.Grant == nil || r.scope == anyScope || c.Has(r.scope):
		return nil
	case r.scope == noToken:
		return fail.MissingScope("")
	}
	return fail.MissingScope(string(r.scope))
}

// words describe the tokens that open the route.
func (r *route) tokenWords() string {
	switch {
	case r.who == anyone || r.who == operator:
		return ""
	case r.scope == anyScope:
		return " Tokens for programs: any."
	case r.scope == noToken:
		return " Tokens for programs: none."
	}
	return " Tokens for programs: `" + string(r.scope) + "`."
}
