package account

import (
	"context"
	"fmt"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/page"
)

// MemberQuery is which members are listed.
type MemberQuery struct {
	Page   page.Request
	Search string
}

// Read reads the query.
func (q *MemberQuery) Read(f *form.Form) {
	q.Page = page.Read(f)
	q.Search = f.Text("search", form.Blank, form.Max(200), form.Doc("Words that all occur in the username or name.")).V
}

// Members lists the company's members, oldest first, the removed ones left out.
func (s *Service) Members(ctx context.Context, who Caller, q MemberQuery) (list *page.List[MemberView], err error) {
	err = who.Read(ctx, func(tx *db.Tx) error {
		count, err := countMembers(tx, q.Search)
		if err != nil {
			return err
		}
		list, err = page.Keyed(s.Cursors, fmt.Sprintf("members %d %s", tx.Company(), q.Search), page.Up, q.Page, count, func(p page.Slice) ([]MemberView, error) {
			persons, err := listMembers(tx, q.Search, p)
			users := make([]MemberView, len(persons))
			for i := range persons {
				users[i] = who.viewMember(&persons[i])
			}
			return users, err
		}, func(u *MemberView) int64 { return u.ID })
		return err
	})
	return list, err
}

// Member returns one member; a removed one is fail.NotFound.
func (s *Service) Member(ctx context.Context, who Caller, id int64) (u MemberView, err error) {
	err = who.Read(ctx, func(tx *db.Tx) error {
		p, err := FindMember(tx, id)
		u = who.viewMember(&p)
		return err
	})
	return u, err
}
