package cli

import "errors"

// interruptible is a command that says what to do after an interruption, in the rest of one line.
type interruptible interface{ interrupted() string }

// afterInterrupt replaces the error of a command that Ctrl-C or SIGTERM has ended. The new error is one line that says
// what to do next. Commands that run until they are stopped keep their error, and so does an unusable command line.
func (p *program) afterInterrupt(command any, err error) error {
	var bad usageError
	if err == nil || p.ctx.Err() == nil || errors.As(err, &bad) {
		return err
	}
	switch command := command.(type) {
	case serveCommand, workerCommand:
		return err
	case interruptible:
		return errors.New("interrupted: " + command.interrupted())
	}
	return errors.New("interrupted: run it again")
}

func (backupCommand) interrupted() string { return "no backup was made; run it again" }

func (restoreCommand) interrupted() string {
	return "either the old data or the backup is in the data folder, whole; run it again"
}

func (verifyCommand) interrupted() string {
	return "nothing was changed; run it again to check everything"
}

func (moveCommand) interrupted() string {
	return "run the same command again, and it continues; or keep using the old database with taskhouse move --reopen"
}

func (companyExport) interrupted() string { return "no archive was made; run it again" }

func (companyImport) interrupted() string { return "nothing was imported; run it again" }

func (companyErase) interrupted() string {
	return "see taskhouse companies: run it again if the company is listed, else run taskhouse company scrub"
}

func (companyScrub) interrupted() string {
	return "run it again until it ends: erased rows may still be on the disk"
}

func (flushCommand) interrupted() string { return "all data is there, or all is gone; run it again" }

func (demoCommand) interrupted() string {
	return "the sample company may be incomplete: see taskhouse companies, and erase it with taskhouse company erase"
}

func (c doctorCommand) interrupted() string {
	if c.Recount {
		return "the counters of some companies are recounted; run it again for the others"
	}
	return "nothing was changed; run it again"
}

func (migrateUp) interrupted() string {
	return "each step is complete or undone; run it again, and it continues"
}

func (companyBudget) interrupted() string {
	return "see taskhouse company budget: run it again if the budgets are the old ones"
}

func (jobsRetry) interrupted() string { return "see taskhouse jobs list, and run it again" }

func (jobsCancel) interrupted() string { return "see taskhouse jobs list, and run it again" }

func (mailTest) interrupted() string { return "the mail may have been sent; run it again" }

func (createsuperuserCommand) interrupted() string { return "no account was created; run it again" }

func (resetpasswordCommand) interrupted() string { return "no link was printed; run it again" }

func (changepasswordCommand) interrupted() string {
	return "the password may be unchanged; run it again"
}
