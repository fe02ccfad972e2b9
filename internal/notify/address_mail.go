package notify

import (
	"context"
	"fmt"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/job"
)

// addressArgs name a member of the job's company whose account has a new address. The old address is sealed: no other
// row has it any more, and a list of jobs is no place for it.
type addressArgs struct {
	User int64   `json:"user"`
	Old  string  `json:"old"`
	At   db.Time `json:"at"`
}

// addressPurpose binds a sealed address to its change.
func addressPurpose(company int64, a addressArgs) string {
	return fmt.Sprintf("company %d old address of %d at %d", company, a.User, int64(a.At))
}

// AddressChanged enqueues in tx the mail to the address that a member's account had until now.
func (s *Service) AddressChanged(tx *db.Tx, user int64, old string) error {
	a := addressArgs{User: user, At: tx.Now}
	a.Old = s.Secrets.Seal(addressPurpose(tx.Company(), a), []byte(old))
	return s.Queue.Add(tx, addressJob, fmt.Sprintf("%d.%d", user, int64(a.At)), a)
}

// mailAddressChange tells the old address of an account that it is not the account's any more.
func (s *Service) mailAddressChange(ctx context.Context, j job.Job) (func(*db.Tx) error, error) {
	var a addressArgs
	if err := j.Read(&a); err != nil {
		return nil, err
	}
	return nil, s.composeAndSend(ctx, j, func(tx *db.Tx) (Message, error) { return s.composeAddressChange(tx, a) })
}

// composeAddressChange has no condition on the member's state: a person who has left since then must be told too.
func (s *Service) composeAddressChange(tx *db.Tx, a addressArgs) (m Message, err error) {
	old, ok := s.Secrets.Open(addressPurpose(tx.Company(), a), a.Old)
	if !ok {
		return m, job.Dead(errKeyGone)
	}
	if len(account.CheckEmail(string(old))) > 0 {
		return m, job.Drop("the old address is not a valid e-mail address")
	}
	p, company, err := account.MemberWithCompany(tx, a.User)
	if isNotFound(err) {
		return m, job.Drop("the member does not exist in this company")
	}
	if err != nil {
		return m, err
	}
	m = Message{
		ID: fmt.Sprintf("%d.address.%d.%d", tx.Company(), a.User, int64(a.At)),
		To: string(old), ToName: clean(p.Name(), 100), From: senderOf(company.Name),
		Subject: "The e-mail address of your Taskhouse account was changed", Date: tx.Now.Std(),
	}
	m.Text, m.HTML, err = render("address", content{
		Name: p.Name(), Company: company.Name, Message: p.Username, Link: s.PublicURL + "/login",
	})
	return m, err
}
