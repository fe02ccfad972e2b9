package transfer

import (
	"context"
	"fmt"
	"slices"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/snapshot"
)

// Erased says what an erasure deleted.
type Erased struct {
	Rows   int64
	People int
	Kept   []string // usernames of the company's people whose accounts stay, with the reason
}

// NameOf returns a company's name.
func NameOf(ctx context.Context, d *db.DB, company int64) (name string, err error) {
	door := d.Owner("the command that erases a company shows its name")
	err = snapshot.Read(ctx, door, func(s *snapshot.Reader) error {
		name, err = nameOf(s, company)
		return err
	})
	if err == nil && name == "" {
		err = fmt.Errorf("there is no company %d", company)
	}
	return name, err
}

// Erase deletes a company with all its rows, and the accounts of people who belong to no other company. Its ids are not
// given again. Call Scrub next, which overwrites the places of the deleted rows.
func Erase(ctx context.Context, d *db.DB, company int64) (done Erased, err error) {
	door := d.Owner("a company goes for good")
	err = Load(ctx, door, func(l *Loader) error {
		done = Erased{}
		var tables []snapshot.Table
		var people []int64
		if err := l.Hold("companies", "company_id", company); err != nil {
			return err
		}
		err := l.Read(func(s *snapshot.Reader) error {
			tables = s.Tables
			return s.Query(func(r db.Row) error {
				var id int64
				err := r.Scan(&id)
				people = append(people, id)
				return err
			}, `SELECT user_id FROM members WHERE company_id = $1 ORDER BY user_id`, company)
		})
		if err != nil {
			return err
		}
		for _, t := range slices.Backward(tables) { // rows are deleted before the rows that they refer to
			if !t.Owned() {
				continue
			}
			n, err := l.Delete(t, "company_id", company)
			if err != nil {
				return fmt.Errorf("erase %s: %w", t.Name, err)
			}
			done.Rows += n
		}
		users, err := l.table("users")
		if err != nil {
			return err
		}
		links, err := l.table("account_links")
		if err != nil {
			return err
		}
		for _, id := range people {
			why, name, err := staying(l, id)
			switch {
			case err != nil:
				return err
			case why != "":
				done.Kept = append(done.Kept, name+" ("+why+")")
				continue
			}
			if _, err := l.Delete(links, "user_id", id); err != nil {
				return fmt.Errorf("erase the links of an account: %w", err)
			}
			if _, err := l.Delete(users, "id", id); err != nil {
				return fmt.Errorf("erase an account: %w", err)
			}
			done.People++
		}
		return l.note(d, event.ActErased, company)
	})
	if err == nil {
		door.Forget(company)
	}
	return done, err
}

// staying returns the reason why an account is not erased; empty if there is none.
func staying(l *Loader, id int64) (why, name string, err error) {
	var operator bool
	var companies, done, sessions int64
	err = l.Read(func(s *snapshot.Reader) error {
		return s.Query(func(r db.Row) error { return r.Scan(&name, &operator, &companies, &done, &sessions) },
			`SELECT username, is_superuser, (SELECT count(*) FROM members WHERE user_id = $1),
				(SELECT count(*) FROM events WHERE operator_id = $1),
				(SELECT count(*) FROM operator_sessions WHERE user_id = $1)
				FROM users WHERE id = $1`, id)
	})
	switch {
	case operator:
		why = "an operator"
	case companies > 0:
		why = "in another company"
	case done > 0 || sessions > 0:
		why = "was an operator, and appears in logs"
	}
	return why, name, err
}

// MayScrub returns an error if Scrub would be refused.
func MayScrub(ctx context.Context, d *db.DB) error {
	return d.Owner("an erasure must reach the disk").MayScrub(ctx)
}

// Scrub overwrites the places of deleted rows: see db.Owner.Scrub.
func Scrub(ctx context.Context, d *db.DB) error {
	return d.Owner("what was erased must not stay on the disk").Scrub(ctx)
}
