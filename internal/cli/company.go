package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/taskhouse/taskhouse/internal/backup"
	"github.com/taskhouse/taskhouse/internal/config"
	"github.com/taskhouse/taskhouse/internal/db"
)

type companyCommand struct {
	Export companyExport `cmd:"" help:"Write a company into an archive."`
	Import companyImport `cmd:"" help:"Put a company from an archive into this installation."`
	Erase  companyErase  `cmd:"" help:"Delete a company for good. It asks for the company's name first."`
	Scrub  companyScrub  `cmd:"" help:"Write over the places where erased rows were, if an erasure was interrupted."`
}

type companyExport struct {
	ID      int64  `arg:"" help:"The company."`
	File    string `arg:"" help:"The new file."`
	Replace bool   `help:"Replace the file if there is one."`
}

// Help is the rest of the command's help.
func (companyExport) Help() string {
	return `The archive has the company's people, tasks, log, invitations and notifications, as they are at one instant: lines of JSON, compressed by gzip, with a hash at the end. The server may run. It has the password hashes of the company's people: keep it as you keep those.

What belongs to the installation stays: sessions, jobs that wait, keys of repeated requests, and figures, which are made again from the log.

Exit codes: 0 done, 1 failed, 2 the file is there.`
}

// Run exports.
func (c companyExport) Run(p *program) error {
	if _, err := os.Lstat(c.File); err == nil && !c.Replace {
		return usage(fmt.Errorf("%s is there already: choose another name, or replace it with --replace", c.File))
	}
	d, _, err := p.look("")
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	if err := d.Check(p.ctx); err != nil {
		return err
	}
	var tail backup.Tail
	err = newFile(c.File, func(w io.Writer) error {
		tail, err = backup.Export(p.ctx, d, c.ID, w)
		return err
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "%s: company %d with %d members, %d tasks and %d events; state %s\n", c.File, c.ID, tail.Rows["members"], tail.Rows["tasks"], tail.Rows["events"], tail.State)
	return err
}

// newFile writes a file that stands under its name only when it is whole and on the disk, and that only its owner may read.
func newFile(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".part*") // 0600
	if err != nil {
		return err
	}
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

type companyImport struct {
	File       string `arg:"" help:"The archive."`
	SamePeople bool   `name:"same-people" help:"Accounts here of the same username and e-mail address are the same people; they keep their passwords."`
}

// Help is the rest of the command's help.
func (companyImport) Help() string {
	return `The company gets ids of its own here, and so do its people and tasks, in its log too; the numbers of its events stay. It is there whole, in the state that it had, or not at all. Who had a password there signs in with it here; nobody becomes an operator.

An embedded database has one owner: stop the server first. On PostgreSQL the servers may run.

Exit codes: 0 done, 1 failed: the archive is damaged, the company's name or a username is taken.`
}

// Run imports.
func (c companyImport) Run(p *program) error {
	a, err := backup.OpenArchive(func() (io.ReadCloser, error) { return os.Open(c.File) })
	if err != nil {
		return err
	}
	return p.withDatabase(func(d *db.DB) error {
		bar := newProgress(p.stderr, "importing")
		done, err := a.Import(p.ctx, d, backup.Import{SamePeople: c.SamePeople, Show: func(n, of int64) { bar.show(int(n), int(of)) }})
		bar.end()
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.stdout, "%s is company %d here: %d rows, %d new accounts, %d that were here; state %s\n",
			config.Printable(a.Head.Name), done.Company, done.Rows, done.People, done.Known, a.Tail.State)
		return err
	})
}

type companyErase struct {
	ID       int64  `arg:"" help:"The company."`
	YesErase string `name:"yes-erase" placeholder:"NAME" help:"The company's name, instead of typing it when asked."`
}

// Help is the rest of the command's help.
func (companyErase) Help() string {
	return `Everything of the company is deleted: its tasks, its log, its people, and the accounts of those who are in no other company. Then the places where it stood are written over: the embedded database's file and its log, PostgreSQL's tables and indexes, each of which is locked meanwhile. Its ids are not used again.

It is still in your backups and archives; and on PostgreSQL in its own log until that is written over, in archives of that, and on replicas: docs/backup.md says what to do.

Exit codes: 0 erased, 1 failed, 2 the name was not given or is another; then nothing was erased.`
}

// Run erases.
func (c companyErase) Run(p *program) error {
	return p.withDatabase(func(d *db.DB) error {
		name, err := backup.NameOf(p.ctx, d, c.ID)
		if err != nil {
			return err
		}
		given := c.YesErase
		if given == "" {
			ask := p.asker(false)
			if !ask.possible() {
				return usage(fmt.Errorf("this erases company %d for good: say so with --yes-erase and its name", c.ID))
			}
			_, _ = fmt.Fprintf(p.stderr, "This erases company %d with everything in it, for good.\n", c.ID)
			if given, err = ask.text(fmt.Sprintf("Type its name (%s) to go on: ", config.Printable(name)), "the name", "--yes-erase"); err != nil {
				return err
			}
		}
		if given != name {
			return usage(fmt.Errorf("company %d is not called %q: nothing was erased", c.ID, given))
		}
		done, err := backup.Erase(p.ctx, d, c.ID)
		if err != nil {
			return errors.Join(errors.New("nothing was erased"), err)
		}
		_, _ = fmt.Fprintf(p.stdout, "erased company %d: %d rows, and %d accounts\n", c.ID, done.Rows, done.People)
		if len(done.Kept) > 0 {
			_, _ = fmt.Fprintf(p.stdout, "these accounts stay: %s\n", config.Printable(strings.Join(done.Kept, ", ")))
		}
		return scrubbed(p, d)
	})
}

type companyScrub struct{}

// Run writes over.
func (companyScrub) Run(p *program) error {
	return p.withDatabase(func(d *db.DB) error { return scrubbed(p, d) })
}

func scrubbed(p *program, d *db.DB) error {
	if err := d.Scrub(p.ctx); err != nil {
		return fmt.Errorf("the rows are gone, and the places where they were are not written over yet: run `taskhouse company scrub`: %w", err)
	}
	_, err := fmt.Fprintln(p.stdout, "the places where erased rows were are written over; backups and archives are yours to delete")
	return err
}
