package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/taskhouse/taskhouse/internal/config"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/snapshot"
	"github.com/taskhouse/taskhouse/internal/transfer"
)

type companyCommand struct {
	Export companyExport `cmd:"" help:"Export a company into an archive."`
	Import companyImport `cmd:"" help:"Import a company from an archive."`
	Budget companyBudget `cmd:"" help:"Show what a company uses, and set its budgets."`
	Erase  companyErase  `cmd:"" help:"Delete a company for good, after a confirmation."`
	Scrub  companyScrub  `cmd:"" help:"Overwrite the disk space of erased rows, if an erasure was interrupted."`
}

type companyExport struct {
	ID          int64  `arg:"" help:"ID of the company."`
	File        string `arg:"" help:"File to create; - is standard output."`
	Replace     bool   `help:"Replace the file if it exists."`
	ForCustomer bool   `name:"for-customer" help:"Leave out password hashes of people who are elsewhere too."`
}

// Help returns the long help of the command.
func (companyExport) Help() string {
	return `The archive contains the company's members, tasks, log, invitations and notifications, as they are at one
instant: lines of JSON, compressed by gzip, with a hash at the end. The server may run. The archive contains the
members' password hashes: protect it as you protect those.

With --for-customer it lacks the password hashes of members who are in other companies too, and of operators: their
passwords open more than this company. After an import they need a new password (taskhouse changepassword).

It does not contain sessions, waiting jobs and idempotency keys, which belong to the installation, nor the figures of
analytics, which an import computes from the log.

Exit codes: 0 done, 1 failed, 2 the file exists.`
}

// Run exports.
func (c companyExport) Run(p *program) error {
	if err := p.free(c.File, c.Replace); err != nil {
		return err
	}
	d, _, err := p.openReadOnly("")
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	if err := d.Check(p.ctx); err != nil {
		return err
	}
	var tail transfer.Tail
	withheld := 0
	bar := p.newProgress("exporting", "rows")
	ctx := snapshot.Watched(p.ctx, bar.add)
	err = p.create(c.File, func(w io.Writer) error {
		if c.ForCustomer {
			tail, withheld, err = transfer.ExportForCustomer(ctx, d, c.ID, w)
		} else {
			tail, err = transfer.Export(ctx, d, c.ID, w)
		}
		return err
	})
	bar.end()
	if err != nil {
		return err
	}
	if c.ForCustomer {
		_, _ = fmt.Fprintf(p.report(c.File), "%d members are elsewhere too: their password hashes are left out\n",
			withheld)
	}
	_, err = fmt.Fprintf(p.report(c.File), "%s: company %d with %d members, %d tasks and %d events; state %s\n",
		c.File, c.ID, tail.Rows["members"], tail.Rows["tasks"], tail.Rows["events"], tail.State)
	return err
}

type companyImport struct {
	File       string `arg:"" help:"The archive file; - is standard input."`
	SamePeople bool   `name:"same-people" help:"Reuse accounts of the same username and e-mail; their passwords stay."`
}

// Help returns the long help of the command.
func (companyImport) Help() string {
	return `The company, its members and its tasks get new ids, also in the log; the sequence numbers of its events
stay. The import is complete, with the state of the archive, or changes nothing. Members sign in with the passwords
that they had. No account becomes an operator.

The server may run. With an embedded database all other changes wait until the import is done.

Exit codes: 0 done, 1 failed (a damaged archive, a company name or username that is taken).`
}

// Run imports.
func (c companyImport) Run(p *program) error {
	file, remove, err := p.input(c.File)
	if err != nil {
		return err
	}
	defer remove()
	if f, err := p.open(file); err != nil { // its absence is no damage
		return err
	} else if err := f.Close(); err != nil {
		return err
	}
	var a *transfer.Archive
	err = p.during("checking the archive", func() error {
		a, err = transfer.OpenArchive(func() (io.ReadCloser, error) { return p.open(file) })
		return err
	})
	if err != nil {
		return err
	}
	if err := p.makeDatabase(); err != nil {
		return err
	}
	return p.withDatabase(func(d *db.DB) error {
		bar := p.newProgress("importing", "rows")
		done, err := a.Import(p.ctx, d, transfer.Import{SamePeople: c.SamePeople, Show: bar.show})
		bar.end()
		if err != nil {
			return err
		}
		if done.NoPassword > 0 {
			_, _ = fmt.Fprintf(p.stdout, "%d new accounts have no password: set one with taskhouse changepassword\n",
				done.NoPassword)
		}
		_, err = fmt.Fprintf(p.stdout, "%s is company %d here: %d rows, %d new accounts, %d existing ones; state %s\n",
			config.Printable(a.Head.Name), done.Company, done.Rows, done.People, done.Known, a.Tail.State)
		return err
	})
}

// makeDatabase makes an embedded database where none exists, for an import into a new folder.
func (p *program) makeDatabase() error {
	cfg, err := p.config()
	if err != nil || p.inside != nil || exists(cfg) == nil {
		return err
	}
	return Migrate(p.ctx, cfg, io.Discard, true)
}

type companyErase struct {
	ID       int64  `arg:"" help:"ID of the company."`
	YesErase string `name:"yes-erase" placeholder:"NAME" help:"The company's name, as the confirmation."`
}

// Help returns the long help of the command.
func (companyErase) Help() string {
	return `Deletes all data of the company: its tasks, its log, its members, and the accounts that belong to no other
company. Then it overwrites the disk space: the embedded database's file and its log, or PostgreSQL's tables and
indexes, each of which is locked during that. Ids are not reused.

The data remains in your backups and archives. On PostgreSQL it also remains in the write-ahead log until that is
overwritten, in archives of that log, and on replicas: docs/backup.md has the steps.

Exit codes: 0 erased, 1 failed, 2 the name is missing or wrong, and nothing was erased.`
}

// Run erases.
func (c companyErase) Run(p *program) error {
	return p.withDatabase(func(d *db.DB) error {
		name, err := transfer.NameOf(p.ctx, d, c.ID)
		if err != nil {
			return err
		}
		if err := transfer.MayScrub(p.ctx, d); err != nil {
			return fmt.Errorf("nothing was erased: %w", err)
		}
		given := c.YesErase
		if given == "" {
			ask := p.asker(false)
			if !ask.possible() {
				return usage(fmt.Errorf("this erases company %d for good: confirm with --yes-erase and its name", c.ID))
			}
			_, _ = fmt.Fprintf(p.stderr, "This erases company %d with everything in it, for good.\n", c.ID)
			question := fmt.Sprintf("Type its name (%s) to go on: ", config.Printable(name))
			if given, err = ask.text(question, "the name", "--yes-erase"); err != nil {
				return err
			}
		}
		if given != name {
			return usage(fmt.Errorf("the name of company %d is not %q: nothing was erased", c.ID, given))
		}
		var done transfer.Erased
		err = p.during("erasing", func() error {
			done, err = transfer.Erase(p.ctx, d, c.ID)
			return err
		})
		if err != nil {
			return errors.Join(errors.New("nothing was erased"), err)
		}
		_, _ = fmt.Fprintf(p.stdout, "erased company %d: %d rows, and %d accounts\n", c.ID, done.Rows, done.People)
		if len(done.Kept) > 0 {
			_, _ = fmt.Fprintf(p.stdout, "accounts that remain, as they belong to other companies: %s\n",
				config.Printable(strings.Join(done.Kept, ", ")))
		}
		return scrubbed(p, d)
	})
}

type companyScrub struct{}

// Run overwrites the disk space of erased rows.
func (companyScrub) Run(p *program) error {
	return p.withDatabase(func(d *db.DB) error { return scrubbed(p, d) })
}

func scrubbed(p *program, d *db.DB) error {
	err := p.during("overwriting the disk space", func() error { return transfer.Scrub(p.ctx, d) })
	if err != nil {
		return fmt.Errorf("the rows are deleted, but their disk space is not overwritten yet: "+
			"run `taskhouse company scrub`: %w", err)
	}
	_, err = fmt.Fprintln(p.stdout,
		"the disk space of erased rows is overwritten; delete backups and archives yourself")
	return err
}
