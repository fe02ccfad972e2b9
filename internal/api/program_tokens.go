package api

import (
	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/page"
)

func (a *API) programTokens(c *call, q auth.TokenQuery) (*page.List[auth.ProgramToken], error) {
	return a.Auth.Tokens(c.ctx, c.caller, q)
}

func (a *API) createProgramToken(c *call, in auth.NewProgramToken) (auth.ProgramToken, error) {
	return a.Auth.CreateToken(c.ctx, c.caller, in)
}

func (a *API) revokeProgramToken(c *call) (none, error) {
	return none{}, a.Auth.RevokeToken(c.ctx, c.caller, c.id)
}

func (a *API) companyTokens(c *call, q auth.CompanyTokenQuery) (*page.List[auth.ProgramToken], error) {
	return a.Auth.CompanyTokens(c.ctx, c.caller, q)
}

func (a *API) revokeCompanyToken(c *call) (none, error) {
	return none{}, a.Auth.RevokeCompanyToken(c.ctx, c.caller, c.id)
}

func (a *API) serviceAccounts(c *call, q account.ServiceAccountQuery) (*page.List[account.MemberView], error) {
	return a.Accounts.ServiceAccounts(c.ctx, c.caller, q)
}

func (a *API) createServiceAccount(c *call, in account.NewServiceAccount) (account.MemberView, error) {
	return a.Auth.CreateServiceAccount(c.ctx, c.caller, in)
}

func (a *API) changeServiceAccount(c *call, in account.ServiceAccountChange) (account.MemberView, error) {
	return a.Accounts.ChangeServiceAccount(c.ctx, c.caller, c.id, in)
}

func (a *API) createServiceToken(c *call, in auth.NewProgramToken) (auth.ProgramToken, error) {
	return a.Auth.CreateServiceToken(c.ctx, c.caller, c.id, in)
}
