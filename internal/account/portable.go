package account

import "github.com/taskhouse/taskhouse/internal/event"

// Travels declares how the tables of companies, members and invitations travel with a company.
var Travels = event.Portable{
	Tables: map[string]event.Columns{
		// Accounts belong to no company. Those of a company's members travel, but not the rights of an operator.
		"users": {
			// An archive proves no address.
			Reset: map[string]event.Reset{"is_superuser": {To: int64(0)}, "confirmed_key": {To: ""}},
			Derived: map[string]event.Derived{
				"username_key": keyOf("username", UsernameKey), "email_key": keyOf("email", EmailKey),
			},
		},
		"companies": {
			IDs:     map[string]event.IDKind{"company_id": event.CompanyID},
			Derived: map[string]event.Derived{"name_key": keyOf("name", CompanyKey)},
		},
		"members": {
			IDs: map[string]event.IDKind{"company_id": event.CompanyID, "user_id": event.UserID},
			Derived: map[string]event.Derived{"search_text": {Of: func(text func(string) string) string {
				return searchText(Member{
					Username: text("username"), FirstName: text("first_name"), LastName: text("last_name"),
				})
			}}},
		},
		"invitations": {IDs: map[string]event.IDKind{
			"company_id": event.CompanyID, "id": event.InvitationID, "created_by": event.UserID,
			"accepted_by": event.UserID,
		}},
	},
	Numbers: map[string]map[string]event.IDKind{
		event.Company: {
			"id": event.CompanyID, "budget_tasks": event.NoID, "budget_bytes": event.NoID, "budget_members": event.NoID,
			"budget_invitations": event.NoID, "budget_invitation_mails": event.NoID, "budget_requests": event.NoID,
		},
		event.Member:     {"id": event.UserID, "company.id": event.CompanyID},
		event.Invitation: {"id": event.InvitationID},
	},
	Data: map[string]any{event.Company: Company{}, event.Member: MemberView{}, event.Invitation: invitationData{}},
}

// keyOf declares a column by which the values of another one are compared.
func keyOf(column string, key func(string) string) event.Derived {
	return event.Derived{Of: func(text func(string) string) string { return key(text(column)) }, Strict: true}
}
