package notify

import (
	"fmt"
	"slices"
	"strings"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/markdown"
	"github.com/taskhouse/taskhouse/internal/task"
)

// Kind is the reason for a notification.
type Kind string

// Values lists every kind, the most important first.
func (Kind) Values() []string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = string(k.name)
	}
	return names
}

// declaration holds everything that the server knows about one kind of notification: exactly one of onTask and onEvent
// decides who is notified, and in which words.
type declaration struct {
	name Kind
	// onTask returns the notices about one window of a task's changes.
	onTask func(tx *db.Tx, c *taskChange) ([]notice, error)
	// onEvent returns the notices about one event of the log.
	onEvent func(tx *db.Tx, e *event.Entry) ([]notice, error)
	// outdated returns why a mail that has not been sent yet no longer holds for the task as it is now, or "" if it
	// does. Without outdated such a mail always holds.
	outdated func(t task.Task, user int64) string
}

// kinds declares every kind, the most important first: of several notices to one member about one task, record keeps
// the first.
//
// A new kind is one entry here. Its preferences, filters, API document, e-mails and unsubscribe links follow from the
// entry. The web app needs its icon and words, and docs/api.md its line; the type checker and TestKindsAreDocumented
// ask for them.
var kinds = []declaration{
	{name: "assigned", onTask: noticeAssigned, outdated: outdatedAssigned},
	{name: "unassigned", onTask: noticeUnassigned, outdated: outdatedUnassigned},
	{name: "mentioned", onTask: noticeMentioned},
	{name: "status", onTask: noticeStatus},
	{name: "invitation", onEvent: noticeInvitation},
}

// declared returns the declaration of a kind, or nil if there is no such kind.
func declared(k Kind) *declaration {
	if i := rank(k); i >= 0 {
		return &kinds[i]
	}
	return nil
}

// rank returns the place of a kind in kinds, 0 for the most important one, or -1 if there is no such kind.
func rank(k Kind) int {
	return slices.IndexFunc(kinds, func(d declaration) bool { return d.name == k })
}

// actorName is the placeholder in a notice's text for the name of the member who caused it.
const actorName = "{actor}"

// noticeAssigned notifies a task's new assignee. A member who assigns a task to themselves is notified only when they
// created it in the same window, and want to be notified of that.
func noticeAssigned(_ *db.Tx, c *taskChange) ([]notice, error) {
	to := c.now.AssignedTo
	switch {
	case !c.reassigned() || to == nil:
		return nil, nil
	case !causedBy(c.assignedBy, *to):
		return []notice{{user: *to, cause: c.assignedBy, text: actorName + " assigned you: "}}, nil
	case c.assignedBy.Kind == event.TaskCreated:
		return []notice{{user: *to, cause: c.assignedBy, text: "Your new task: ", own: true}}, nil
	}
	return nil, nil
}

// noticeUnassigned notifies a task's previous assignee, unless they gave the task away themselves.
func noticeUnassigned(_ *db.Tx, c *taskChange) ([]notice, error) {
	from := c.old.AssignedTo
	if !c.reassigned() || from == nil || causedBy(c.assignedBy, *from) {
		return nil, nil
	}
	return []notice{{user: *from, cause: c.assignedBy, text: actorName + " took this task from you: "}}, nil
}

// noticeMentioned notifies members whose @username is new in a task's title or description.
func noticeMentioned(tx *db.Tx, c *taskChange) ([]notice, error) {
	if c.textBy == nil {
		return nil, nil
	}
	users, err := newMentions(tx, mentionable(c.now.Title, c.now.Description),
		mentionable(c.old.Title, c.old.Description))
	var all []notice
	for _, user := range users {
		if !causedBy(c.textBy, user) {
			all = append(all, notice{user: user, cause: c.textBy, text: actorName + " mentioned you: "})
		}
	}
	return all, err
}

// mentionable returns the text of a task in which a @username is a mention: code and addresses are not.
func mentionable(title, description string) string {
	if !strings.Contains(description, "@") {
		return title
	}
	return title + "\n" + markdown.Prose(description)
}

// noticeStatus notifies the creator of a task whose status another member has changed.
func noticeStatus(_ *db.Tx, c *taskChange) ([]notice, error) {
	from, to := c.old.Status, c.now.Status
	if c.statusBy == nil || from == to || causedBy(c.statusBy, c.now.CreatedBy) {
		return nil, nil
	}
	return []notice{{
		user: c.now.CreatedBy, cause: c.statusBy, oldStatus: from, newStatus: to,
		text: fmt.Sprintf("%s moved your task from %s to %s: ", actorName, statusWords(from), statusWords(to)),
	}}, nil
}

// noticeInvitation notifies the member whose invitation has been accepted.
func noticeInvitation(tx *db.Tx, e *event.Entry) ([]notice, error) {
	if e.Kind != event.InvitationAccepted || e.Actor == nil {
		return nil, nil
	}
	inviter, err := account.InvitedBy(tx, e.SubjectID)
	if err != nil || causedBy(e, inviter) {
		return nil, err
	}
	return []notice{{user: inviter, cause: e, text: actorName + " accepted your invitation."}}, nil
}

// outdatedAssigned drops the mail when the task has been given to another member.
func outdatedAssigned(t task.Task, user int64) string {
	if t.AssignedTo == nil || *t.AssignedTo != user {
		return "the task is no longer assigned to this member"
	}
	return ""
}

// outdatedUnassigned drops the mail when the task has been given back.
func outdatedUnassigned(t task.Task, user int64) string {
	if t.AssignedTo != nil && *t.AssignedTo == user {
		return "the task is assigned to this member again"
	}
	return ""
}

// causedBy reports whether a member caused an event.
func causedBy(e *event.Entry, user int64) bool { return e.Actor != nil && *e.Actor == user }

// statusWords spells a status with spaces, as people write it.
func statusWords(status task.Status) string { return strings.ReplaceAll(string(status), "_", " ") }
