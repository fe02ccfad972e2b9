package api

import (
	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/page"
)

func (a *API) register(c *call, in auth.Registration) (account.MemberView, error) {
	return a.Auth.Register(c.ctx, in, c.addr)
}

func (a *API) login(c *call, in auth.Credentials) (auth.Tokens, error) {
	in.Agent = c.agent
	return a.Auth.Login(c.ctx, in, c.addr)
}

func (a *API) refresh(c *call, in auth.RefreshToken) (auth.Tokens, error) {
	in.Agent = c.agent
	return a.Auth.Refresh(c.ctx, in, c.addr)
}

func (a *API) logout(c *call, in auth.LogoutRequest) (none, error) {
	return none{}, a.Auth.Logout(c.ctx, in)
}

func (a *API) changePassword(c *call, in auth.PasswordChange) (Result[none], error) {
	in.Device = c.device
	d, err := a.Auth.ChangePassword(c.ctx, c.caller, in)
	return Result[none]{Device: a.newDeviceCookie(c, d)}, err
}

func (a *API) requestReset(c *call, in auth.ResetRequest) (auth.ResetRequested, error) {
	return a.Auth.RequestReset(c.ctx, in, c.addr)
}

func (a *API) resetPassword(c *call, in auth.PasswordReset) (none, error) {
	return none{}, a.Auth.ResetByLink(c.ctx, in)
}

func (a *API) confirmAddress(c *call, in auth.LinkToken) (none, error) {
	return none{}, a.Auth.ConfirmAddress(c.ctx, in)
}

func (a *API) resendConfirmation(c *call) (none, error) {
	return none{}, a.Auth.ResendConfirmation(c.ctx, c.caller)
}

func (a *API) cancelAddressChange(c *call, in auth.LinkToken) (auth.AddressRestored, error) {
	return a.Auth.CancelAddressChange(c.ctx, in)
}

func (a *API) ownAccount(c *call) (auth.OwnAccount, error) {
	return a.Auth.OwnAccount(c.ctx, c.caller)
}

func (a *API) changeOwnAccount(c *call, in auth.OwnAccountChange) (auth.OwnAccount, error) {
	return a.Auth.ChangeOwnAccount(c.ctx, c.caller, in)
}

func (a *API) sessions(c *call, q auth.SessionQuery) (*page.List[auth.Session], error) {
	return a.Auth.Sessions(c.ctx, c.caller, q)
}

func (a *API) endSession(c *call) (none, error) {
	return none{}, a.Auth.EndSession(c.ctx, c.caller, c.session)
}

func (a *API) endOtherSessions(c *call) (none, error) {
	return none{}, a.Auth.EndOtherSessions(c.ctx, c.caller)
}

func (a *API) memberSessions(c *call, q auth.SessionQuery) (*page.List[auth.Session], error) {
	return a.Auth.MemberSessions(c.ctx, c.caller, c.id, q)
}

func (a *API) endMemberSessions(c *call) (none, error) {
	return none{}, a.Auth.EndMemberSessions(c.ctx, c.caller, c.id)
}

func (a *API) endMemberSession(c *call) (none, error) {
	return none{}, a.Auth.EndMemberSession(c.ctx, c.caller, c.id, c.session)
}
