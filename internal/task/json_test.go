package task_test

import (
	"testing"

	"github.com/go-json-experiment/json"
	"pgregory.net/rapid"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/page"
	"github.com/taskhouse/taskhouse/internal/task"
)

// TestAppendJSONIsWhatThePackageWrites fails if a field is added to Task and not to fields.
func TestAppendJSONIsWhatThePackageWrites(t *testing.T) {
	type fields task.Task // without the method
	user := rapid.Custom(func(t *rapid.T) *account.MemberView {
		if rapid.Bool().Draw(t, "nobody") {
			return nil
		}
		return &account.MemberView{
			ID: rapid.Int64().Draw(t, "id"), Username: rapid.String().Draw(t, "username"),
			IsActive: rapid.Bool().Draw(t, "active"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		text, number := rapid.String(), rapid.Int64()
		instant := rapid.Int64Range(0, 4_000_000_000_000_000)
		v := task.Task{
			ID: number.Draw(t, "id"), Title: text.Draw(t, "title"), Description: text.Draw(t, "description"),
			Status:     task.Status(text.Draw(t, "status")),
			AssignedTo: rapid.Ptr(number, true).Draw(t, "assigned"), AssignedToDetail: user.Draw(t, "assignee"),
			CreatedBy: number.Draw(t, "by"), CreatedByDetail: user.Draw(t, "creator"),
			Company: number.Draw(t, "company"), Rank: text.Draw(t, "rank"),
			Version: number.Draw(t, "version"), CreatedAt: db.Time(instant.Draw(t, "created")),
			UpdatedAt: db.Time(instant.Draw(t, "updated")),
		}
		want, err := json.Marshal(fields(v))
		if err != nil {
			t.Fatal(err)
		}
		got, err := v.AppendJSON(nil)
		if err != nil || string(got) != string(want) {
			t.Fatalf("appended %s, %v\nwant     %s", got, err, want)
		}
		list := page.List[task.Task]{Count: 7, Next: &v.Title, Results: []task.Task{v, v}}
		wantList, err := json.Marshal(page.List[fields]{
			Count: 7, Next: &v.Title, Results: []fields{fields(v), fields(v)},
		})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := list.AppendJSON(nil); err != nil || string(got) != string(wantList) {
			t.Fatalf("the list is %s, %v\nwant %s", got, err, wantList)
		}
	})
}
