package account

import (
	"maps"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/taskhouse/taskhouse/internal/db"
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
}

// view returns the member as the API shows it. With private it includes the fields that only admins and the member itself see.
func (p *Member) view(c Company, private bool) MemberView {
	u := MemberView{
		ID: p.ID, Username: p.Username, FirstName: p.FirstName, LastName: p.LastName, Role: p.Role,
		IsActive: p.State == active, Company: c, DateJoined: p.Joined,
	}
	if private {
		u.Email, u.Phone = p.Email, p.Phone
	}
	return u
}

// CachedMember is a member ready to be written into an answer. It is shared between requests and must not be changed.
type CachedMember struct {
	Active          bool // tasks may be given to them
	public, private *MemberView
}

func (m Caller) cached(p *Member) *CachedMember {
	public, private := p.view(m.Company, false), p.view(m.Company, true)
	public.encode()
	private.encode()
	return &CachedMember{Active: p.State == active, public: &public, private: &private}
}

// encode keeps what the user looks like in JSON: a page of tasks shows the same few persons again and again.
func (u *MemberView) encode() {
	if b, err := json.Marshal(u); err == nil {
		u.encoded = b
	}
}

// MarshalJSONTo writes what was kept, or the fields.
func (u *MemberView) MarshalJSONTo(e *jsontext.Encoder) error {
	if u.encoded != nil {
		return e.WriteValue(u.encoded)
	}
	type fields MemberView
	return json.MarshalEncode(e, (*fields)(u))
}

// AppendJSON appends what was kept, or the fields.
func (u *MemberView) AppendJSON(b []byte) ([]byte, error) {
	if u.encoded != nil {
		return append(b, u.encoded...), nil
	}
	j, err := json.Marshal(u)
	return append(b, j...), err
}

// Name is what messages call the person.
func (p *Member) Name() string {
	if n := strings.TrimSpace(p.FirstName + " " + p.LastName); n != "" {
		return n
	}
	return p.Username
}

// Active reports whether the person may act in the company, and be given something to do.
func (p *Member) Active() bool { return p.State == active }

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

// NoSuchPerson is the one message for a person who does not exist, belongs to another company or is not active.
func NoSuchPerson(field string, id int64) error {
	return fail.Invalid(field, form.NoSuchID(id))
}

// memberCache remembers members of one company at one epoch of its authorizations. Every change of a member moves the epoch, and
// every transaction compares it, so what stands here is what the transaction would read. What a write sees is remembered once
// the write is durable.
type memberCache struct {
	epoch int64
	mu    sync.RWMutex
	byID  map[int64]*CachedMember
}

// maxPeople bounds what is remembered of one company; a larger one starts over.
const maxPeople = 20_000

// People gives the persons with these ids, as this transaction sees them; ids of nobody are left out.
func (m Caller) People(tx *db.Tx, ids ...int64) (map[int64]*CachedMember, error) {
	found := make(map[int64]*CachedMember, min(len(ids), 16))
	var missing []int64
	m.people.mu.RLock()
	for _, id := range ids {
		if _, ok := found[id]; ok {
			continue
		}
		if p, ok := m.people.byID[id]; ok {
			found[id] = p
		} else {
			missing = append(missing, id)
		}
	}
	m.people.mu.RUnlock()
	if len(missing) == 0 {
		return found, nil
	}
	persons, err := membersByID(tx, missing)
	if err != nil {
		return nil, err
	}
	fresh := make(map[int64]*CachedMember, len(persons))
	for i := range persons {
		fresh[persons[i].ID] = m.cached(&persons[i])
	}
	maps.Copy(found, fresh)
	if tx.ReadOnly() {
		m.people.remember(fresh)
	} else {
		tx.OnCommitted(func() { m.people.remember(fresh) })
	}
	return found, nil
}

func (c *memberCache) remember(fresh map[int64]*CachedMember) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.byID)+len(fresh) > maxPeople {
		clear(c.byID)
	}
	maps.Copy(c.byID, fresh)
}
