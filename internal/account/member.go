package account

import (
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
)

// Member is a row of members.
type Member struct {
	ID        int64
	Username  string
	Email     string
	FirstName string
	LastName  string
	Phone     string
	Role      Role
	State     string
	Joined    db.Time
	Service   bool // a service account
}

// The states of a membership. The row of a removed member stays, because tasks and events refer to it. A removed member
// can be invited again.
const (
	StateActive   = "active"
	StateInactive = "inactive"
	StateRemoved  = "removed"
)

// View returns the member as the API shows it. With private it includes the fields that only admins and the member
// itself see.
func (p *Member) View(c Company, private bool) MemberView {
	u := MemberView{
		ID: p.ID, Username: p.Username, FirstName: p.FirstName, LastName: p.LastName, Role: p.Role,
		IsActive: p.State == StateActive, IsService: p.Service, Company: c, DateJoined: p.Joined,
	}
	if private {
		u.Email, u.Phone = p.Email, p.Phone
	}
	return u
}

// Name returns the member's name for messages: the full name, or else the username.
func (p *Member) Name() string {
	if n := strings.TrimSpace(p.FirstName + " " + p.LastName); n != "" {
		return n
	}
	return p.Username
}

// Active reports whether the member may act in the company and have tasks assigned.
func (p *Member) Active() bool { return p.State == StateActive }

// MemberView is a member as the API shows it.
type MemberView struct {
	ID         int64   `json:"id"`
	Username   string  `json:"username"`
	Email      string  `json:"email" doc:"Shown to admins, owners and the member itself; empty to others."`
	FirstName  string  `json:"first_name"`
	LastName   string  `json:"last_name"`
	Phone      string  `json:"phone" doc:"Shown to admins, owners and the member itself; empty to others."`
	Role       Role    `json:"role"`
	IsActive   bool    `json:"is_active"`
	IsService  bool    `json:"is_service" doc:"Whether it is a service account, which cannot sign in and gets no mail."`
	Company    Company `json:"company"`
	DateJoined db.Time `json:"date_joined"`

	encoded jsontext.Value // see encode
}

// MembersByID returns the members with these ids, removed ones included. Unknown ids are left out.
func MembersByID(tx *db.Tx, ids ...int64) (map[int64]*Member, error) {
	all, err := membersByID(tx, ids)
	found := make(map[int64]*Member, len(all))
	for i := range all {
		found[all[i].ID] = &all[i]
	}
	return found, err
}

// MembersByUsername returns the active members with these usernames. It ignores the case of ASCII letters.
func MembersByUsername(tx *db.Tx, names ...string) ([]Member, error) { return membersByName(tx, names) }

// ActiveMember returns the member with this id if tasks may be assigned to it. Otherwise it fails with a message on
// field, which is the same for an inactive member, a member of another company and an id that does not exist.
func ActiveMember(tx *db.Tx, id int64, field string) (*Member, error) {
	p, err := FindMember(tx, id)
	if fail.Is(err, fail.KindNotFound) || err == nil && p.State != StateActive {
		return nil, fail.Invalid(field, form.NoSuchID(id))
	}
	return &p, err
}

// encode keeps the member's JSON, because a page of tasks shows the same few members many times.
func (u *MemberView) encode() {
	if b, err := json.Marshal(u); err == nil {
		u.encoded = b
	}
}

// MarshalJSONTo writes the JSON that encode kept, or the fields.
func (u *MemberView) MarshalJSONTo(e *jsontext.Encoder) error {
	if u.encoded != nil {
		return e.WriteValue(u.encoded)
	}
	type fields MemberView
	return json.MarshalEncode(e, (*fields)(u))
}

// AppendJSON appends the JSON that encode kept, or the fields.
func (u *MemberView) AppendJSON(b []byte) ([]byte, error) {
	if u.encoded != nil {
		return append(b, u.encoded...), nil
	}
	j, err := json.Marshal(u)
	return append(b, j...), err
}

// MemberEvent makes an event about a member.
func MemberEvent(k event.Kind, u MemberView, c event.Changes, message string) event.Event {
	return event.Event{Kind: k, ID: u.ID, Message: message, Changes: c, Data: u}
}
