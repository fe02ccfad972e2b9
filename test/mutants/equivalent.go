package main

import (
	"fmt"
	"maps"
	"slices"
)

// equivalent lists the mutants without an observable effect, with the reason: each repeats a check of another lock in
// the same transaction. They run all the same, and one that is killed after all is reported as killed.
var equivalent = map[string]string{
	"internal/analytics/rows.go livesOf 1":               "task ids are unique over the installation, and these are of the company's own log",
	"internal/analytics/rows.go storeLives 1":            "task ids are unique over the installation, and these are of the company's own log",
	"internal/analytics/rows.go usernames 1":             "they are asked for by id, and a person has the same one in every company",
	"internal/analytics/rows.go oldestOpen 1":            "task ids are unique over the installation, and the subqueries name the company",
	"internal/task/table.go updateSQL 1":                 "ids are unique over the installation, and lock found this one in its company",
	"internal/task/delete.go remove 1":                   "ids are unique over the installation, and lock found this one in its company",
	"internal/account/member_sql.go joinMember 1":        "the conflict is on (company_id, user_id), so both rows are of one company",
	"internal/account/invitation_sql.go useInvitation 1": "the id was found by its token in the same transaction, together with the company",
	"internal/event/event.go Of 1":                       "task ids are unique over the installation, and find has looked for this one in its company",
	"internal/event/event.go CountOf 1":                  "task ids are unique over the installation, and find has looked for this one in its company",
	"internal/task/verify.go RepairCounters 1":           "locks the heads of all companies instead of one, and changes none",
	"internal/event/follower.go hold 2":                  "runs on PostgreSQL only, where row security answers for it",
	"internal/auth/session_sql.go renewSession 1":        "session ids are random, and the caller's was verified in its company by the same request",
	"internal/event/follower.go look 2":                  "finds more companies than have news: their turns find nothing",
	"internal/event/once.go claim 1":                     "deletes only what has expired and nobody may be answered with, whosever it is",

	"internal/notify/told_sql.go notifiedThrough 1": "task ids are unique over the installation, and it is asked for those of the company's own log",
	"internal/notify/notification_sql.go markOne 1": "findInbox, which names the company, fails the same transaction",
	"internal/job/lease.go claim 1":                 "the ids come from the subquery beside it, which names the company",
	"internal/job/lease.go settle 1":                "job ids are unique over the installation, and claim found this one in its company",
}

// checkEquivalent returns an error if equivalent names a mutant that does not exist, because its file or function was
// renamed.
func checkEquivalent(all []mutant) error {
	for _, name := range slices.Sorted(maps.Keys(equivalent)) {
		if !slices.ContainsFunc(all, func(m mutant) bool { return m.name == name }) {
			return fmt.Errorf("equivalent.go names %q, which is not a mutant", name)
		}
	}
	return nil
}
