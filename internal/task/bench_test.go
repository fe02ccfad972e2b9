package task_test

import (
	"strings"
	"testing"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/page"
	"github.com/taskhouse/taskhouse/internal/task"
)

// BenchmarkAppendJSON writes a page of 20 tasks, as GET /api/tasks/ does. It must not allocate.
func BenchmarkAppendJSON(b *testing.B) {
	person := &account.MemberView{ID: 7, Username: "jane", FirstName: "Jane", LastName: "Doe", IsActive: true}
	list := page.List[task.Task]{Count: 20, Results: make([]task.Task, 20)}
	for i := range list.Results {
		list.Results[i] = task.Task{
			ID: int64(i), Title: "Paint the fence", Description: strings.Repeat("white ", 40), Status: "in_progress",
			AssignedTo: new(int64(7)), AssignedToDetail: person, CreatedBy: 7, CreatedByDetail: person, Company: 1,
			Rank:    "AzL8n0Y58m7",
			Version: 3, CreatedAt: 1_790_000_000_000_000, UpdatedAt: 1_790_000_000_000_000,
		}
	}
	buffer := make([]byte, 0, 64<<10)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := list.AppendJSON(buffer); err != nil {
			b.Fatal(err)
		}
	}
}
