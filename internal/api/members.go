package api

import (
	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/limit"
	"github.com/taskhouse/taskhouse/internal/page"
)

func (a *API) profile(c *call) (account.MemberView, error) {
	return a.Accounts.Member(c.ctx, c.caller, c.caller.Actor())
}

func (a *API) changeProfile(c *call, in auth.ProfileChange) (account.MemberView, error) {
	return a.Auth.ChangeProfile(c.ctx, c.caller, in)
}

func (a *API) company(c *call) (account.CompanyDetail, error) {
	return a.Accounts.Company(c.ctx, c.caller)
}

// changeCompany also moves the due dates that follow from the company's time zone. It does so even if the zone did not
// change, so that a repeated request completes one that was cut off.
func (a *API) changeCompany(c *call, in account.CompanyChange) (account.CompanyDetail, error) {
	company, err := a.Accounts.ChangeCompany(c.ctx, c.caller, in)
	if err != nil || !in.TimeZone.Set {
		return company, err
	}
	who, err := c.caller.Again(c.ctx)
	if err != nil {
		return company, err
	}
	return company, a.Tasks.MoveDays(c.ctx, who)
}

// usage adds the requests at this moment, which the gate knows.
func (a *API) usage(c *call) (account.Usage, error) {
	u, err := a.Accounts.Usage(c.ctx, c.caller)
	u.Requests.Used = int64(a.Gate.Held(limit.CompanyPayer(c.caller.Scope.Company())))
	return u, err
}

func (a *API) members(c *call, q account.MemberQuery) (*page.List[account.MemberView], error) {
	return a.Accounts.Members(c.ctx, c.caller, q)
}

func (a *API) member(c *call) (account.MemberView, error) {
	return a.Accounts.Member(c.ctx, c.caller, c.id)
}

func (a *API) changeMember(c *call, in account.MemberChange) (account.MemberView, error) {
	return a.Accounts.ChangeMember(c.ctx, c.caller, c.id, in)
}

func (a *API) removeMember(c *call, in account.MemberRemoval) (none, error) {
	return none{}, a.Accounts.RemoveMember(c.ctx, c.caller, c.id, in)
}

func (a *API) invite(c *call, in account.NewInvitation) (account.Invitation, error) {
	v, err := a.Accounts.Invite(c.ctx, c.caller, in)
	if err == nil {
		v.URL = account.InvitationURL(a.linkBase(c.request()), v.Token)
	}
	return v, err
}

func (a *API) invitations(c *call, q account.InvitationQuery) (*page.List[account.Invitation], error) {
	return a.Accounts.Invitations(c.ctx, c.caller, q)
}

func (a *API) revokeInvitation(c *call) (none, error) {
	return none{}, a.Accounts.RevokeInvitation(c.ctx, c.caller, c.id)
}

func (a *API) acceptInvitation(c *call, in account.InvitationToken) (account.Company, error) {
	return a.Accounts.Accept(c.ctx, c.caller, in)
}
