package api_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/taskhouse/taskhouse/internal/db/dbtest"
	"github.com/taskhouse/taskhouse/internal/testenv"
)

// inOrder lists statements that read a range of a company's rows in the wanted order, and skip rows that do not match.
var inOrder = []string{
	"FROM events WHERE company_id = $1 AND subject = $2 AND seq BETWEEN", // most of a log is about tasks
	" AND due_date IS NOT NULL ", " AND priority > 0 ",                   // in the order of a partial index
	" AND (status IN ('todo', 'in_progress') AND due_date <= $", // the due dates before some days from now
	" AND (due_date BETWEEN $",                                  // few tasks are due within some days
	// after a cursor, in an order with both ascending and descending fields
	"FROM tasks WHERE company_id = $1 AND ((",
}

// TestMain runs the tests, and then checks the query plans of all statements that they used. With ten rows, a test
// cannot see whether an answer was read from a hundred thousand.
func TestMain(m *testing.M) {
	code := testenv.Run(m)
	walks, looked, err := dbtest.CompanyScans(context.Background())
	if err != nil {
		fmt.Println("plans:", err)
		code = max(code, 1)
	}
	for text, plan := range walks {
		ordered := false
		for _, o := range inOrder {
			ordered = ordered || strings.Contains(text, o)
		}
		if !ordered {
			fmt.Printf("SQLite would read a company's rows one by one (%s) for\n\t%s\n"+
				"though an index finds them: see migration 0011, or inOrder\n", plan, text)
			code = max(code, 1)
		}
	}
	fmt.Printf("plans: of %d statements %d read a range in order\n", looked, len(walks))
	os.Exit(code)
}
