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

// Person is a member's row.
type Person struct {
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

// user is the person as the company's members see them; all adds what only admins and the person see.
func (p *Person) user(c Company, all bool) User {
	u := User{
		ID: p.ID, Username: p.Username, FirstName: p.FirstName, LastName: p.LastName, Role: p.Role,
		IsActive: p.State == active, Company: c, DateJoined: p.Joined,
	}
	if all {
		u.Email, u.Phone = p.Email, p.Phone
	}
	return u
}

// Colleague is a person as the answers about tasks show them, ready to be written. It is shared: nobody changes it.
type Colleague struct {
	Active          bool // tasks may be given to them
	public, private *User
}

func (m Member) colleague(p *Person) *Colleague {
	public, private := p.user(m.Company, false), p.user(m.Company, true)
	public.encode()
	private.encode()
	return &Colleague{Active: p.State == active, public: &public, private: &private}
}

// encode keeps what the user looks like in JSON: a page of tasks shows the same few persons again and again.
func (u *User) encode() {
	if b, err := json.Marshal(u); err == nil {
		u.encoded = b
	}
}

// MarshalJSONTo writes what was kept, or the fields.
func (u *User) MarshalJSONTo(e *jsontext.Encoder) error {
	if u.encoded != nil {
		return e.WriteValue(u.encoded)
	}
	type fields User
	return json.MarshalEncode(e, (*fields)(u))
}

// AppendJSON appends what was kept, or the fields.
func (u *User) AppendJSON(b []byte) ([]byte, error) {
	if u.encoded != nil {
		return append(b, u.encoded...), nil
	}
	j, err := json.Marshal(u)
	return append(b, j...), err
}

// Name is what messages call the person.
func (p *Person) Name() string {
	if n := strings.TrimSpace(p.FirstName + " " + p.LastName); n != "" {
		return n
	}
	return p.Username
}

// Active reports whether the person may act in the company, and be given something to do.
func (p *Person) Active() bool { return p.State == active }

// Persons are the members with these ids, removed ones included; ids of nobody are left out.
func Persons(tx *db.Tx, ids ...int64) (map[int64]*Person, error) {
	all, err := membersByID(tx, ids)
	found := make(map[int64]*Person, len(all))
	for i := range all {
		found[all[i].ID] = &all[i]
	}
	return found, err
}

// Named are the active members with these user names, in which capitals of ASCII make no difference.
func Named(tx *db.Tx, names ...string) ([]Person, error) { return membersByName(tx, names) }

// NoSuchPerson is the one message for a person who does not exist, belongs to another company or is not active.
func NoSuchPerson(field string, id int64) error {
	return fail.Invalid(field, form.NoSuchID(id))
}

// people remembers members of one company at one epoch of its authorizations. Every change of a member moves the epoch, and
// every transaction compares it, so what stands here is what the transaction would read. What a write sees is remembered once
// the write is durable.
type people struct {
	epoch int64
	mu    sync.RWMutex
	byID  map[int64]*Colleague
}

// maxPeople bounds what is remembered of one company; a larger one starts over.
const maxPeople = 20_000

// People gives the persons with these ids, as this transaction sees them; ids of nobody are left out.
func (m Member) People(tx *db.Tx, ids ...int64) (map[int64]*Colleague, error) {
	found := make(map[int64]*Colleague, min(len(ids), 16))
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
	fresh := make(map[int64]*Colleague, len(persons))
	for i := range persons {
		fresh[persons[i].ID] = m.colleague(&persons[i])
	}
	maps.Copy(found, fresh)
	if tx.ReadOnly() {
		m.people.remember(fresh)
	} else {
		tx.After(func() { m.people.remember(fresh) })
	}
	return found, nil
}

func (c *people) remember(fresh map[int64]*Colleague) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.byID)+len(fresh) > maxPeople {
		clear(c.byID)
	}
	maps.Copy(c.byID, fresh)
}
