package event

import "slices"

// Kind says what happened. It is the `type` of the message that clients get.
type Kind string

// The kinds of events. A new one is a constant and its line in kinds.
const (
	CompanyCreated Kind = "company_created"
	CompanyUpdated Kind = "company_updated"

	SourceChanged Kind = "external_source_changed"

	MemberJoined      Kind = "member_joined"
	MemberUpdated     Kind = "member_updated"
	MemberRole        Kind = "member_role_changed"
	MemberDeactivated Kind = "member_deactivated"
	MemberReactivated Kind = "member_reactivated"
	MemberRemoved     Kind = "member_removed"
	MemberSignedOut   Kind = "member_signed_out"

	TokenCreated Kind = "token_created"
	TokenRevoked Kind = "token_revoked"

	MemberAddressRestored Kind = "member_address_restored"

	InvitationCreated  Kind = "invitation_created"
	InvitationAccepted Kind = "invitation_accepted"
	InvitationRevoked  Kind = "invitation_revoked"

	TaskCreated Kind = "task_created"
	TaskUpdated Kind = "task_updated"
	TaskDeleted Kind = "task_deleted"

	JobRetried   Kind = "job_retried"
	JobCancelled Kind = "job_cancelled"

	OperatorRead       Kind = "operator_read"
	NotificationMarked Kind = "notification_marked"
)

// The subjects that events happen to.
const (
	Task       = "task"
	Member     = "member"
	Company    = "company"
	Invitation = "invitation"
	Job        = "job"
)

// Subjects lists all subjects.
var Subjects = []string{Task, Member, Company, Invitation, Job}

type kind struct {
	subject string
	// revokes means that callers verified before must be verified again. The event changes the rights of a caller, or
	// the cached facts about callers and people (account.Caller).
	revokes bool
	// grows means that the event is refused when the company's budget of bytes is used up. Others free something, or
	// must be possible in any case.
	grows bool
}

var kinds = map[Kind]kind{
	CompanyCreated: {subject: Company},
	CompanyUpdated: {subject: Company, revokes: true, grows: true},
	SourceChanged:  {subject: Company, grows: true},

	MemberJoined:      {subject: Member, revokes: true}, // a member who returns may have other cached facts
	MemberUpdated:     {subject: Member, revokes: true, grows: true},
	MemberRole:        {subject: Member, revokes: true},
	MemberDeactivated: {subject: Member, revokes: true},
	MemberReactivated: {subject: Member, revokes: true},
	MemberRemoved:     {subject: Member, revokes: true},
	MemberSignedOut:   {subject: Member, revokes: true},

	TokenCreated: {subject: Member, grows: true},
	TokenRevoked: {subject: Member, revokes: true},

	MemberAddressRestored: {subject: Member, revokes: true},

	InvitationCreated:  {subject: Invitation, grows: true},
	InvitationAccepted: {subject: Invitation},
	InvitationRevoked:  {subject: Invitation},

	TaskCreated: {subject: Task, grows: true},
	TaskUpdated: {subject: Task, grows: true},
	TaskDeleted: {subject: Task},

	JobRetried:   {subject: Job},
	JobCancelled: {subject: Job},

	OperatorRead:       {subject: Company},
	NotificationMarked: {subject: Company},
}

// Subject returns the subject that an event of this kind happens to; "" for an unknown kind.
func (k Kind) Subject() string { return kinds[k].subject }

// Kinds returns the names of all kinds, sorted.
func Kinds() []string {
	names := make([]string, 0, len(kinds))
	for k := range kinds {
		names = append(names, string(k))
	}
	slices.Sort(names)
	return names
}
