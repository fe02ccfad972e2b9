package db_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// callerScopes lists the functions that may make the scope of a caller, with the proof that each relies on. A new entry
// is a decision.
var callerScopes = map[string]string{
	"auth.(*Service).Inside": "an operator whose session holds",
	"auth.(*Service).load":   "a token whose signature or hash holds, and its session and member at that epoch",
}

// systemScopes lists the functions that may make a scope without a caller, with the proof that each relies on. A new
// entry is a decision.
var systemScopes = map[string]string{
	"auth.(*Service).Refresh":        "a refresh token whose signature holds",
	"auth.(*Service).endSessionOf":   "a token of the session whose signature holds",
	"auth.(*Service).RenewWeb":       "a caller who has just been verified",
	"auth.(*Service).load":           "a token whose signature or hash holds",
	"auth.(*Service).noteUse":        "a token for programs whose hash is stored",
	"event.Follower.step":            "a follower, which reads every company's log",
	"job.claim":                      "a job that the company enqueued",
	"job.FromShell":                  "a command: it needs a shell on the machine and the database's address",
	"notify.(*Service).Digests":      "a member's own row that is due",
	"notify.(*Service).Unsubscribe":  "a link that this installation sealed",
	"analytics.(*Service).OfCompany": "an operator, who is above companies",
	"analytics.(*Service).OfAll":     "an operator, who is above companies",
	"live.(*Hub).scope":              "the hub, which verifies each subscriber before it hands out an event",
}

// spanners lists the functions that may reach rows of all companies, with the reason.
var spanners = map[string]string{
	"auth.(*Service).rehash": "accounts belong to no company",
	"auth.openSession":       "a sign-in is noted at the account",

	"auth.(*Service).operatorLogin":        "operators stand above companies",
	"auth.(*Service).OperatorLogout":       "operators stand above companies",
	"auth.(*Service).AuthenticateOperator": "operators stand above companies",
	"auth.(*Service).Inside":               "an operator is in no company, and may look into each",
	"auth.(*Service).CreateOperator":       "operators stand above companies",
	"auth.(*Service).Promote":              "operators stand above companies",
	"auth.(*Service).SignOutEverywhere":    "an account's sessions are in all its companies",
	"auth.(*Service).ResetPassword":        "a password is reset from a shell",
	"auth.(*Service).ChangeAccount":        "an operator changes an account",
	"auth.(*Service).OwnAccount":           "accounts belong to no company",
	"auth.(*Service).ChangeOwnAccount":     "accounts belong to no company",
	"auth.(*Service).ResendConfirmation":   "accounts belong to no company",
	"auth.(*Service).ConfirmAddress":       "a link in a mail says only then whose it is",
	"auth.(*Service).CancelAddressChange":  "an account's address is shown in all its companies",
	"auth.(*Service).RequestReset":         "a request to reset a password may name no account",
	"auth.(*Service).ResetByLink":          "an account's sessions are in all its companies",
	"auth.(*Service).accountOfLink":        "a link in a mail says only then whose it is",
	"auth.(*Service).CreateResetLink":      "a link that an operator prints",
	"auth.AddressWorks":                    "an address is the account's, which belongs to no company",
	"auth.(*MailQueue).Adopt":              "the mails of a process that is gone",
	"auth.(*MailQueue).Claim":              "mails to accounts belong to no company",
	"auth.(*MailQueue).Finish":             "mails to accounts belong to no company",
	"auth.(*MailQueue).Postpone":           "mails to accounts belong to no company",
	"auth.(*MailQueue).Prepare":            "mails to accounts belong to no company",
	"account.(*Service).Companies":         "an operator looks at all companies",
	"account.(*Service).CompanySummary":    "an operator looks at all companies",
	"account.(*Service).Accounts":          "an operator looks at all accounts",
	"account.(*Service).Account":           "an operator looks at all accounts",

	"task.Fold": "texts of all companies are folded anew after an update",

	"db.(*DB).Current":                   "the schema is of all companies",
	"account.(*Service).InstallationLog": "an operator reads what operators and commands did",
	"account.(*Service).NoteRead":        "an operator's read is noted in the installation's log",
	"auth.(*Service).noteFailedSignIn":   "an operator's failed sign-in is noted in the installation's log",

	"auth.(*Service).ownAccount":             "accounts belong to no company",
	"auth.(*Service).candidates":             "accounts with a name or address belong to no company",
	"auth.(*Service).saltsOf":                "the salts of accounts belong to no company",
	"auth.(*Service).matchAddress":           "an address may be that of accounts in several companies",
	"auth.(*Service).endSessionOf":           "a repeated refresh token says only then whose session it is",
	"auth.(*Service).ChangeOperatorPassword": "an operator belongs to no company",
	"auth.(*Service).ChangePassword":         "an account's sessions are in all its companies",
	"account.(*Service).ChangeAddress":       "an account's address is shown in all its companies",
	"auth.(*Service).Register":               "a new account and a new company belong to none yet",
	"auth.(*Service).findToken":              "the hash of a token for programs leads to its company",
	"auth.(*Service).CreateServiceAccount":   "a new account belongs to no company yet",
	"auth.(*Service).checkFree":              "names are unique over the installation",
	"account.(*Service).Accept":              "an invitation leads into another company",
	"auth.(*Service).ForgetSessions":         "the housekeeper sweeps all companies",
	"live.(*Hub).wakeBehind":                 "one question for the rooms of all companies",
	"event.Gaps":                             "an operator compares all logs with their heads",
	"task.Recount":                           "an operator compares all counters with a recount",
	"task.RecountUsage":                      "an operator compares all usage with a recount",
	"account.(*Service).SetBudgetsOf":        "an operator's command sets the budgets of a company",
	"task.RepairCounters":                    "an operator repairs counters",
	"task.CompareLog":                        "an operator compares all tasks with the log",
	"event.ForgetAnswers":                    "the housekeeper sweeps all companies",
	"event.ForgetActs":                       "the housekeeper sweeps the installation's log",
	"event.(*track).findNews":                "which companies have news for a follower",
	"job.Backlogs":                           "an operator looks at all companies' jobs",
	"job.waitingCompanies":                   "which companies have jobs to be run",
	"job.claim":                              "a worker serves all companies",
	"job.extendLeases":                       "a worker serves all companies",
	"job.endLeases":                          "the jobs of a process that is gone",
	"job.Count":                              "an operator looks at all companies' jobs",
	"job.Find":                               "an operator looks at all companies' jobs",
	"job.List":                               "an operator looks at all companies' jobs",
	"job.Forget":                             "the housekeeper sweeps all companies",
	"notify.Forget":                          "the housekeeper sweeps all companies",
	"notify.dueDigests":                      "whose mail of the day is due",
	"analytics.(*Service).TotalsOfAll":       "an operator looks at the sums over all companies",
	"analytics.(*Service).Companies":         "an operator looks at all companies' figures",
}

// owners lists the functions that may pass the companies' doors, with the reason.
var owners = map[string]string{
	"snapshot.Backup":            "a backup has every row",
	"snapshot.Notes":             "a backup's notes belong to no company",
	"snapshot.SumUp":             "two databases are compared",
	"transfer.(*Mover).Move":     "all of it moves",
	"transfer.(*Mover).clear":    "all of it moves",
	"transfer.(*Mover).fill":     "all of it moves",
	"transfer.(*Mover).handOver": "all of it has moved",
	"transfer.Reopen":            "a move ends, or a database that has moved is taken back",
	"transfer.Flush":             "all rows are deleted",
	"transfer.MayScrub":          "an erasure must reach the disk",
	"transfer.State":             "two states of a company are compared",
	"transfer.Export":            "all of a company goes into a file",
	"transfer.ExportForCustomer": "all of a company goes into a file, without hashes that others use",
	"transfer.(*Archive).Import": "a company comes from elsewhere",
	"transfer.NameOf":            "the command that erases a company shows its name",
	"transfer.Erase":             "a company goes for good",
	"transfer.Scrub":             "what was erased must not stay on the disk",
}

func TestWhoMakesScopes(t *testing.T) {
	for method, allowed := range map[string]map[string]string{
		"CallerScope": callerScopes, "SystemScope": systemScopes, "System": spanners, "Owner": owners,
	} {
		found := callers(t, method)
		for _, f := range found {
			if _, ok := allowed[f]; !ok {
				t.Errorf("%s calls db.%s: if it should, say what stands behind it in this test", f, method)
			}
		}
		for f := range maps.Keys(allowed) {
			if !slices.Contains(found, f) {
				t.Errorf("%s does not call db.%s any longer: take it off the list", f, method)
			}
		}
	}
}

// callers returns the functions of the product that call a method with this name on a database.
func callers(t *testing.T, method string) (found []string) {
	t.Helper()
	root := filepath.Join("..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		if strings.HasSuffix(path, "_test.go") || strings.Contains(path, "dbtest") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			ast.Inspect(f, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				sel, ok := call.Fun.(*ast.SelectorExpr)
				if ok && sel.Sel.Name == method && len(call.Args) > 0 {
					found = append(found, file.Name.Name+"."+name(f))
				}
				return true
			})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func name(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return f.Name.Name
	}
	star, ok := f.Recv.List[0].Type.(*ast.StarExpr)
	if !ok {
		return f.Recv.List[0].Type.(*ast.Ident).Name + "." + f.Name.Name
	}
	return "(*" + star.X.(*ast.Ident).Name + ")." + f.Name.Name
}
