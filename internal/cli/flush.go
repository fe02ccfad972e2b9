package cli

import (
	"errors"
	"fmt"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/transfer"
)

type flushCommand struct {
	YesDelete string `name:"yes-delete" placeholder:"NAME" help:"The database's name, as the confirmation."`
}

// Help returns the long help of the command.
func (flushCommand) Help() string {
	return `Deletes all companies, accounts, tasks and logs. The schema stays, and ids are not reused. The command
asks for the database's name as a confirmation. Make a backup and stop the servers first.

Exit codes: 0 deleted, 1 failed, 2 the name is missing or wrong, and nothing was deleted.`
}

// Run deletes everything.
func (c flushCommand) Run(p *program) error {
	return p.withDatabase(func(d *db.DB) error {
		place, err := d.Place(p.ctx)
		if err != nil {
			return err
		}
		given := c.YesDelete
		if given == "" {
			ask := p.asker(false)
			if !ask.possible() {
				return usage(fmt.Errorf("this deletes everything in %s: confirm with --yes-delete %s",
					place.Full, place.Name))
			}
			_, _ = fmt.Fprintf(p.stderr, "This deletes all companies, accounts, tasks and logs in %s.\n", place.Full)
			question := fmt.Sprintf("Type the database's name (%s) to go on: ", place.Name)
			if given, err = ask.text(question, "the name", "--yes-delete"); err != nil {
				return err
			}
		}
		if given != place.Name {
			return usage(fmt.Errorf("the database's name is %s, not %q: nothing was deleted", place.Name, given))
		}
		var rows map[string]int64
		err = p.during("deleting", func() error {
			rows, err = transfer.Flush(p.ctx, d)
			return err
		})
		if err != nil {
			return errors.Join(errors.New("nothing was deleted"), err)
		}
		_, err = fmt.Fprintf(p.stdout, "deleted %d companies with all their data, and %d accounts\n",
			rows["companies"], rows["users"])
		return err
	})
}
