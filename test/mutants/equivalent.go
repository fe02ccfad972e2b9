package main

import (
	"fmt"
	"maps"
	"slices"
)

// Reasons that several mutants share.
const (
	idsOfOwnLog = "task ids are unique in the installation, and these are of the company's own log"
	locked      = "ids are unique in the installation, and lock found this one in its company"
	found       = "task ids are unique in the installation, and find looked for this one in its company"
)

// equivalent lists the mutants without an observable effect, with the reason: each repeats a check of another lock in
// the same transaction. They run all the same, and one that is killed after all is reported as killed.
var equivalent = map[string]string{
	"internal/analytics/rows.go livesOf 1":          idsOfOwnLog,
	"internal/analytics/rows.go storeLives 1":       idsOfOwnLog,
	"internal/notify/told_sql.go notifiedThrough 1": idsOfOwnLog,
	"internal/analytics/rows.go usernames 1":        "ids are given, and a person has one username in every company",
	"internal/analytics/rows.go oldestOpen 1":       "task ids are unique, and the subqueries name the company",

	"internal/task/table.go updateSQL 1":       locked,
	"internal/task/delete.go remove 1":         locked,
	"internal/task/verify.go RepairCounters 1": "locks the heads of all companies instead of one, and changes none",
	"internal/event/event.go PageOfSubject 1":  found,
	"internal/event/event.go CountOfSubject 1": found,

	"internal/account/member_sql.go joinMember 1":        "the conflict is on (company_id, user_id), so on one company",
	"internal/account/invitation_sql.go useInvitation 1": "the id was found by its token, with the company",
	"internal/auth/session_sql.go renewSession 1":        "the request verified this id in its company",

	"internal/event/follower.go hold 2":     "runs on PostgreSQL only, where row security answers for it",
	"internal/event/follower.go findNews 2": "finds more companies than have news: their turns find nothing",
	"internal/event/once.go claim 1":        "deletes only keys that have expired and answer no request any more",

	"internal/notify/notification_sql.go markOne 1": "findInbox, which names the company, fails the same transaction",
	"internal/job/lease.go claim 1":                 "the ids come from a subquery that names the company",
	"internal/job/lease.go settle 1":                "job ids are unique, and claim found this one in its company",
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
