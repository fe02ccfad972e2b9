package account

import (
	"context"
	"fmt"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/page"
)

// MemberQuery selects the members of a list.
type MemberQuery struct {
	Page   page.Request
	Search string
}

// Read reads the query.
func (q *MemberQuery) Read(f *form.Form) {
	q.Page = page.Read(f)
	q.Search = f.Text("search", form.Blank, form.Max(200), form.Doc("Words that all occur in the username or name.")).V
}

// Members lists the members of the company, oldest first, without the removed ones.
func (s *Service) Members(ctx context.Context, who Caller, q MemberQuery) (*page.List[MemberView], error) {
	return db.Read(ctx, who, func(tx *db.Tx) (*page.List[MemberView], error) {
		count, err := countMembers(tx, q.Search)
		if err != nil {
			return nil, err
		}
		view := func(p page.Slice) ([]MemberView, error) {
			members, err := listMembers(tx, q.Search, p)
			views := make([]MemberView, len(members))
			for i := range members {
				views[i] = who.viewMember(&members[i])
			}
			return views, err
		}
		return page.Keyed(s.Cursors, fmt.Sprintf("members %d %s", tx.Company(), q.Search), page.Up, q.Page, count, view,
			func(u *MemberView) int64 { return u.ID })
	})
}

// Member returns one member; a removed one is fail.NotFound.
func (s *Service) Member(ctx context.Context, who Caller, id int64) (MemberView, error) {
	return db.Read(ctx, who, func(tx *db.Tx) (MemberView, error) {
		m, err := FindMember(tx, id)
		return who.viewMember(&m), err
	})
}
