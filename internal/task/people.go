package task

import (
	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
)

// activeMember rejects an id that is not an active member's. Its message is the same for a person of another company
// and for an id that does not exist.
func activeMember(tx *db.Tx, who account.Caller, name string, id int64) error {
	people, err := who.People(tx, id)
	if err != nil {
		return err
	}
	if p, ok := people[id]; !ok || !p.Active {
		return fail.Invalid(name, form.NoSuchID(id))
	}
	return nil
}

// fillPeople fills in the people of tasks as the caller sees them.
func fillPeople(tx *db.Tx, who account.Caller, tasks ...*Task) error {
	people, err := peopleOf(tx, who, tasks...)
	if err != nil {
		return err
	}
	for _, t := range tasks {
		fill(t, people, who.See)
	}
	return nil
}

// fillPeopleOf fills in the people of the tasks of a list.
func fillPeopleOf(tx *db.Tx, who account.Caller, tasks []Task) error {
	pointers := make([]*Task, len(tasks))
	for i := range tasks {
		pointers[i] = &tasks[i]
	}
	return fillPeople(tx, who, pointers...)
}

func peopleOf(tx *db.Tx, who account.Caller, tasks ...*Task) (map[int64]*account.CachedMember, error) {
	ids := make([]int64, 0, 2*len(tasks))
	for _, t := range tasks {
		ids = append(ids, t.CreatedBy)
		if t.AssignedTo != nil {
			ids = append(ids, *t.AssignedTo)
		}
	}
	return who.People(tx, ids...)
}

// fill fills in the people of a task, as see shows them.
func fill(t *Task, people map[int64]*account.CachedMember, see func(*account.CachedMember) *account.MemberView) {
	t.CreatedByDetail, t.AssignedToDetail = nil, nil
	if c, ok := people[t.CreatedBy]; ok {
		t.CreatedByDetail = see(c)
	}
	if t.AssignedTo == nil {
		return
	}
	if c, ok := people[*t.AssignedTo]; ok {
		t.AssignedToDetail = see(c)
	}
}
