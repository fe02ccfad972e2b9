// Made by scripts/types.mjs from the OpenAPI document. Do not edit.

export interface paths {
    "/api/auth/register/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign up: create a company, or join the company of an invitation.
         * @description For anyone, without a token.
         */
        post: operations["register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/login/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in with username or e-mail address and password. Returns a pair of tokens.
         * @description For anyone, without a token.
         */
        post: operations["login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/token/refresh/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Exchange a refresh token for the next pair of tokens. Reusing a token ends its session, except that the same client gets the same pair again within 10 seconds.
         * @description For anyone, without a token.
         */
        post: operations["refresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/logout/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End the session of this refresh token, or all sessions of its account. Tokens become invalid at once.
         * @description For anyone, without a token.
         */
        post: operations["logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in to the web app. The session is in a cookie that scripts cannot read.
         * @description For anyone, without a token.
         */
        post: operations["signIn"];
        /**
         * End the web app's session, or all sessions of its account.
         * @description For anyone, without a token.
         */
        delete: operations["signOut"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/password/reset/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Request a mail with a link that sets a new password. The answer is the same for every name.
         * @description For anyone, without a token.
         */
        post: operations["requestPasswordReset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/password/reset/confirm/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set a new password with the token of a link. All sessions of the account end.
         * @description For anyone, without a token.
         */
        post: operations["resetPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/address/confirm/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Confirm an e-mail address with the token of a link.
         * @description For anyone, without a token.
         */
        post: operations["confirmAddress"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/address/cancel/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a change of the e-mail address with the token that the old address got. All sessions of the account end.
         * @description For anyone, without a token.
         */
        post: operations["cancelAddressChange"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/account/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get what the caller's account has in all of its companies.
         * @description For every member. Tokens for programs: none.
         */
        get: operations["ownAccount"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Choose the language of mails about the account.
         * @description For every member. Tokens for programs: none.
         */
        patch: operations["changeOwnAccount"];
        trace?: never;
    };
    "/api/auth/address/resend/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send another mail with a link that confirms the caller's address.
         * @description For every member. Tokens for programs: none.
         */
        post: operations["resendConfirmation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/profile/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the caller's profile.
         * @description For every member. Tokens for programs: any.
         */
        get: operations["profile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change the caller's names, e-mail address or phone number. A new address needs the current password.
         * @description For every member. Tokens for programs: none.
         */
        patch: operations["changeProfile"];
        trace?: never;
    };
    "/api/auth/password/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change the password. All other sessions of the account end, an operator's too.
         * @description For every member. Tokens for programs: none.
         */
        post: operations["changePassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/sessions/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the caller's active sessions in this company, newest first.
         * @description For every member. Tokens for programs: none.
         */
        get: operations["sessions"];
        put?: never;
        post?: never;
        /**
         * End all of the caller's sessions in this company except the current one.
         * @description For every member. Tokens for programs: none.
         */
        delete: operations["endOtherSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/sessions/{session}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End one of the caller's sessions. It takes effect with the next request.
         * @description For every member. Tokens for programs: none.
         */
        delete: operations["endSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/tokens/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the caller's access tokens for programs, newest first.
         * @description For every member. Tokens for programs: none.
         */
        get: operations["programTokens"];
        put?: never;
        /**
         * Create an access token for a program that acts as the caller. The answer shows it, once. Needs the password or a sign-in in the last 10 minutes.
         * @description For every member. Tokens for programs: none.
         */
        post: operations["createProgramToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/tokens/{id}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke one of the caller's access tokens. Its live connections close.
         * @description For every member. Tokens for programs: none.
         */
        delete: operations["revokeProgramToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/company/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the caller's company.
         * @description For every member. Tokens for programs: any.
         */
        get: operations["company"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Rename or describe the company.
         * @description For admins and owners. Tokens for programs: `admin`.
         */
        patch: operations["changeCompany"];
        trace?: never;
    };
    "/api/auth/company/usage/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get what the company uses, and its budgets.
         * @description For admins and owners. Tokens for programs: `admin`.
         */
        get: operations["usage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/company/tokens/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the access tokens of all members and service accounts, newest first.
         * @description For admins and owners. Tokens for programs: none.
         */
        get: operations["companyTokens"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/company/tokens/{id}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke an access token of any member or service account.
         * @description For admins and owners. Tokens for programs: none.
         */
        delete: operations["revokeCompanyToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/company/service-accounts/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the service accounts: members for programs, which cannot sign in.
         * @description For admins and owners. Tokens for programs: none.
         */
        get: operations["serviceAccounts"];
        put?: never;
        /**
         * Create a service account.
         * @description For admins and owners. Tokens for programs: none.
         */
        post: operations["createServiceAccount"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/company/service-accounts/{id}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Rename a service account, change its role, deactivate or reactivate it. Deactivation revokes its tokens.
         * @description For admins and owners. Tokens for programs: none.
         */
        patch: operations["changeServiceAccount"];
        trace?: never;
    };
    "/api/auth/company/service-accounts/{id}/tokens/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create an access token for a service account. The answer shows it, once. Needs the caller's password or a sign-in in the last 10 minutes.
         * @description For admins and owners. Tokens for programs: none.
         */
        post: operations["createServiceToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/company-users/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the company's members.
         * @description For every member. Tokens for programs: `people:read`.
         */
        get: operations["members"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/company-users/{id}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get one member.
         * @description For every member. Tokens for programs: `people:read`.
         */
        get: operations["member"];
        put?: never;
        post?: never;
        /**
         * Remove a member. Their tasks stay, unassigned or reassigned to another member.
         * @description For admins and owners. Tokens for programs: `people:write`.
         */
        delete: operations["removeMember"];
        options?: never;
        head?: never;
        /**
         * Change a member's role, deactivate or reactivate them. It takes effect with their next request.
         * @description For admins and owners. Tokens for programs: `people:write`.
         */
        patch: operations["changeMember"];
        trace?: never;
    };
    "/api/auth/company-users/{id}/sessions/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a member's active sessions in this company.
         * @description For admins and owners. Tokens for programs: `admin`.
         */
        get: operations["memberSessions"];
        put?: never;
        post?: never;
        /**
         * Sign a member out everywhere in this company. It is an event in the company's log.
         * @description For admins and owners. Tokens for programs: `admin`.
         */
        delete: operations["endMemberSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/company-users/{id}/sessions/{session}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End one session of a member. It is an event in the company's log.
         * @description For admins and owners. Tokens for programs: `admin`.
         */
        delete: operations["endMemberSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/invitations/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the open invitations.
         * @description For admins and owners. Tokens for programs: `people:read`.
         */
        get: operations["invitations"];
        put?: never;
        /**
         * Invite a person. The answer has the link, which is shown only once.
         * @description For admins and owners. Tokens for programs: `people:write`.
         */
        post: operations["invite"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/invitations/{id}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke an invitation.
         * @description For admins and owners. Tokens for programs: `people:write`.
         */
        delete: operations["revokeInvitation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/invitations/accept/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Join another company with this account.
         * @description For every member. Tokens for programs: none.
         */
        post: operations["acceptInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the company's tasks, newest first.
         * @description For every member. Tokens for programs: `tasks:read`.
         */
        get: operations["tasks"];
        put?: never;
        /**
         * Create a task.
         * @description For every member but guests. Tokens for programs: `tasks:write`.
         */
        post: operations["createTask"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/my_tasks/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the tasks assigned to the caller.
         * @description For every member. Tokens for programs: `tasks:read`.
         */
        get: operations["myTasks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/statistics/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Count the tasks by status and by assignee.
         * @description For every member. Tokens for programs: `tasks:read`.
         */
        get: operations["statistics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{id}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get one task.
         * @description For every member. Tokens for programs: `tasks:read`.
         */
        get: operations["task"];
        /**
         * Change a task. The title is required; omitted fields keep their values.
         * @description For every member but guests. Tokens for programs: `tasks:write`.
         */
        put: operations["replaceTask"];
        post?: never;
        /**
         * Delete a task. Its history stays in the log.
         * @description For every member but guests. Tokens for programs: `tasks:write`.
         */
        delete: operations["deleteTask"];
        options?: never;
        head?: never;
        /**
         * Change fields of a task.
         * @description For every member but guests. Tokens for programs: `tasks:write`.
         */
        patch: operations["changeTask"];
        trace?: never;
    };
    "/api/tasks/bulk/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change or delete several tasks, with one event for each. Many are changed in parts.
         * @description For every member but guests. Tokens for programs: `tasks:write`.
         */
        post: operations["changeTasks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/undo/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reverse changes. Rejected if the same has been changed since.
         * @description For every member but guests. Tokens for programs: `tasks:write`.
         */
        post: operations["undo"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{id}/history/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a task's changes, newest first.
         * @description For every member. Tokens for programs: `tasks:read`.
         */
        get: operations["taskHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/markdown/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Render Markdown as safe HTML, like descriptions in the web app. Nothing is stored.
         * @description For every member. Tokens for programs: any.
         */
        post: operations["markdown"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/external-tasks/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the company's newest tasks with those of an external system, even if that system fails.
         * @description For every member. Tokens for programs: `tasks:read`.
         */
        get: operations["externalTasks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/external-tasks/source/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the company's own source of external tasks. 404 if it uses the installation's.
         * @description For admins and owners. Tokens for programs: `admin`.
         */
        get: operations["externalSource"];
        /**
         * Set the company's own source of external tasks. The secret is encrypted and never shown.
         * @description For admins and owners. Tokens for programs: `admin`.
         */
        put: operations["setExternalSource"];
        post?: never;
        /**
         * Return to the installation's source of external tasks.
         * @description For admins and owners. Tokens for programs: `admin`.
         */
        delete: operations["unsetExternalSource"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/analytics/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Report statistics about the company's tasks: current, at an instant, and per day.
         * @description For every member. Tokens for programs: `tasks:read`.
         */
        get: operations["analytics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notifications/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the caller's notifications, newest first.
         * @description For every member. Tokens for programs: `notifications:read`.
         */
        get: operations["notifications"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notifications/sent/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the notifications of all members, newest first, with the state of their e-mails.
         * @description For admins and owners. Tokens for programs: `admin`.
         */
        get: operations["sentNotifications"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notifications/unread/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Count the caller's unread notifications.
         * @description For every member. Tokens for programs: `notifications:read`.
         */
        get: operations["unreadNotifications"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notifications/read/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Mark all of the caller's notifications as read.
         * @description For every member. Tokens for programs: `notifications:write`.
         */
        post: operations["readNotifications"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notifications/{id}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Mark one of the caller's notifications as read or unread.
         * @description For every member. Tokens for programs: `notifications:write`.
         */
        patch: operations["readNotification"];
        trace?: never;
    };
    "/api/notifications/preferences/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the caller's notification preferences.
         * @description For every member. Tokens for programs: `notifications:read`.
         */
        get: operations["preferences"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Choose inbox, e-mail, both or neither for each kind of notification.
         * @description For every member. Tokens for programs: `notifications:write`.
         */
        patch: operations["changePreferences"];
        trace?: never;
    };
    "/api/notifications/unsubscribe/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show a page that asks whether to turn off the e-mails with this link. It changes nothing.
         * @description For anyone, without a token.
         */
        get: operations["unsubscribePage"];
        put?: never;
        /**
         * Turn off the e-mails with this link, with one click (RFC 8058).
         * @description For anyone, without a token.
         */
        post: operations["unsubscribe"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the company's events after a sequence number, each once and in order.
         * @description For every member. Tokens for programs: `events:read`.
         */
        get: operations["events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/audit/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the audit log, newest first. Filter it by kind, person, subject and time.
         * @description For admins and owners. Tokens for programs: `admin`.
         */
        get: operations["audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/stream/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Stream new events as Server-Sent Events. Last-Event-ID resumes.
         * @description For every member. Tokens for programs: `events:read`.
         */
        get: operations["stream"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ws/tasks/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Stream new events over a WebSocket.
         * @description For every member. Tokens for programs: `events:read`.
         */
        get: operations["socket"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/presence/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the connected members and what they view.
         * @description For every member. Tokens for programs: `events:read`.
         */
        get: operations["presence"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operator/login/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in as an operator. The token works for the operators' routes only.
         * @description For anyone, without a token.
         */
        post: operations["operatorLogin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operator/session/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in to the web app as an operator. Scripts cannot read the session's cookie.
         * @description For anyone, without a token.
         */
        post: operations["operatorSignIn"];
        /**
         * End the operator's session of the web app.
         * @description For anyone, without a token.
         */
        delete: operations["operatorSignOut"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operator/logout/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End the operator's session. Its token becomes invalid at once.
         * @description For operators.
         */
        post: operations["operatorLogout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operator/password/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change the operator's password. All other sessions of the account end.
         * @description For operators.
         */
        post: operations["operatorChangePassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operator/companies/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List all companies with their sizes, oldest first.
         * @description For operators.
         */
        get: operations["operatorCompanies"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operator/companies/{company}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get one company.
         * @description For operators.
         */
        get: operations["operatorCompany"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Rename or describe a company. It is an event in the company's log.
         * @description For operators.
         */
        patch: operations["operatorChangeCompany"];
        trace?: never;
    };
    "/api/operator/companies/{company}/usage/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get what a company uses, and its budgets.
         * @description For operators.
         */
        get: operations["operatorUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Set budgets of a company. It is an event in the company's log.
         * @description For operators.
         */
        patch: operations["operatorSetBudgets"];
        trace?: never;
    };
    "/api/operator/companies/{company}/members/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a company's members.
         * @description For operators.
         */
        get: operations["operatorMembers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operator/companies/{company}/members/{id}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get one member of a company.
         * @description For operators.
         */
        get: operations["operatorMember"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change a member's role, deactivate or reactivate them. It is an event in the company's log.
         * @description For operators.
         */
        patch: operations["operatorChangeMember"];
        trace?: never;
    };
    "/api/operator/companies/{company}/tasks/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a company's tasks, newest first.
         * @description For operators.
         */
        get: operations["operatorTasks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operator/companies/{company}/tasks/{id}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get one task of a company.
         * @description For operators.
         */
        get: operations["operatorTask"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change fields of a task. It is an event in the company's log.
         * @description For operators.
         */
        patch: operations["operatorChangeTask"];
        trace?: never;
    };
    "/api/operator/companies/{company}/analytics/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Report statistics about a company's tasks.
         * @description For operators.
         */
        get: operations["operatorAnalytics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operator/companies/{company}/notifications/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the notifications of a company's members, newest first, with the state of their e-mails.
         * @description For operators.
         */
        get: operations["operatorNotifications"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operator/companies/{company}/notifications/{id}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Mark a notification in a member's inbox as read or unread.
         * @description For operators.
         */
        patch: operations["operatorMarkNotification"];
        trace?: never;
    };
    "/api/operator/analytics/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Report statistics about the tasks of each company, in the order of their ids.
         * @description For operators.
         */
        get: operations["operatorAnalyticsOfAll"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operator/analytics/totals/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sum up the tasks of all companies.
         * @description For operators.
         */
        get: operations["operatorTotals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operator/users/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List all accounts with their companies and last sign-in, oldest first.
         * @description For operators.
         */
        get: operations["operatorUsers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operator/users/{id}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get one account.
         * @description For operators.
         */
        get: operations["operatorUser"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Close or reopen an account, which is an event in each of its companies; grant or revoke operator rights.
         * @description For operators.
         */
        patch: operations["operatorChangeUser"];
        trace?: never;
    };
    "/api/operator/jobs/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the jobs of all companies, newest first.
         * @description For operators.
         */
        get: operations["operatorJobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operator/jobs/{id}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get one job.
         * @description For operators.
         */
        get: operations["operatorJob"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operator/jobs/{id}/retry/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Retry a job that has failed for good or was cancelled. It is an event in the company's log.
         * @description For operators.
         */
        post: operations["operatorRetryJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operator/jobs/{id}/cancel/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a job that has not finished. It is an event in the company's log.
         * @description For operators.
         */
        post: operations["operatorCancelJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operator/log/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what operators and commands did, newest first: sign-ins, promotions, reads and changes. What concerns one company is in its audit log too.
         * @description For operators.
         */
        get: operations["operatorLog"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/schema/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * This document, for programs.
         * @description For anyone, without a token.
         */
        get: operations["schema"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/docs/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * This document, for people.
         * @description For anyone, without a token.
         */
        get: operations["docs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/docs/style/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The style sheet of the document for people.
         * @description For anyone, without a token.
         */
        get: operations["docsStyle"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/livez/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Health check: the process runs.
         * @description For anyone, without a token.
         */
        get: operations["livez"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Health check: the database answers, its schema is current, and background work makes progress.
         * @description For anyone, without a token.
         */
        get: operations["readyz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        RegisterRequest: {
            /**
             * @description Letters, digits and @ . + - _.
             * @example ada
             */
            username: string;
            /**
             * Format: email
             * @example ada@example.com
             */
            email: string;
            /**
             * @description 8 to 128 characters, not only digits, not common, not like the name or address.
             * @example securepass123
             */
            password: string;
            /** @example securepass123 */
            password_confirm: string;
            /** @example Ada */
            first_name?: string;
            /** @example Lovelace */
            last_name?: string;
            /** @example +44 20 7946 0000 */
            phone?: string;
            /**
             * @description The language of mails about the account.
             * @enum {string}
             */
            language?: "en" | "de" | "fr";
            /**
             * @description Founds a company, with this user as its owner. Give this or invitation_token.
             * @example Acme Corp
             */
            company_name?: string;
            /** @description Joins the company that sent the invitation. Give this or company_name. */
            invitation_token?: string;
        };
        /** @description A person, as a member of one company. */
        User: {
            /** Format: int64 */
            id: number;
            /** @example ada */
            username: string;
            /**
             * @description Shown to admins, owners and the member itself; empty to others.
             * @example ada@example.com
             */
            email: string;
            /** @example Ada */
            first_name: string;
            /** @example Lovelace */
            last_name: string;
            /**
             * @description Shown to admins, owners and the member itself; empty to others.
             * @example +44 20 7946 0000
             */
            phone: string;
            /**
             * @example member
             * @enum {string}
             */
            role: "owner" | "admin" | "member" | "guest";
            /** @example true */
            is_active: boolean;
            /** @description Whether it is a service account, which cannot sign in and gets no mail. */
            is_service: boolean;
            company: components["schemas"]["Company"];
            /** Format: date-time */
            date_joined: string;
        };
        /** @description A tenant: its members share its data, nobody else sees it. */
        Company: {
            /** Format: int64 */
            id: number;
            /** @example Acme Corp */
            name: string;
            /** @example All that is worth knowing. */
            description: string;
            /** Format: date-time */
            created_at: string;
        };
        LoginRequest: {
            /**
             * @description The username or the e-mail address.
             * @example ada
             */
            username: string;
            /** @example securepass123 */
            password: string;
            /**
             * Format: int64
             * @description The company to sign in to, for an account in several; without it the one joined first.
             */
            company?: number;
        };
        /** @description The result of signing in. */
        Tokens: {
            /** @example eyJhbGciOi... */
            refresh: string;
            /** @example eyJhbGciOi... */
            access: string;
        };
        RefreshRequest: {
            /** @example eyJhbGciOi... */
            refresh: string;
        };
        LogoutRequest: {
            /** @example eyJhbGciOi... */
            refresh: string;
            /** @description true: end all sessions of the account, in all its companies, and its operator's sessions. */
            everywhere?: boolean;
        };
        SignInRequest: {
            /**
             * @description The username or the e-mail address.
             * @example ada
             */
            username: string;
            /** @example securepass123 */
            password: string;
            /**
             * Format: int64
             * @description The company to sign in to, for an account in several; without it the one joined first.
             */
            company?: number;
        };
        RequestPasswordResetRequest: {
            /** @description The username or the e-mail address. */
            identifier: string;
        };
        ResetRequested: {
            detail: string;
        };
        ResetPasswordRequest: {
            /**
             * @description The part of the link after #. It works once.
             * @example MTQ3RZ2LSKX5JJ4CJUWZ4R3GGI
             */
            token: string;
            /** @example an even better one */
            new_password: string;
        };
        ConfirmAddressRequest: {
            /**
             * @description The part of the link after #. It works once.
             * @example MTQ3RZ2LSKX5JJ4CJUWZ4R3GGI
             */
            token: string;
        };
        CancelAddressChangeRequest: {
            /**
             * @description The part of the link after #. It works once.
             * @example MTQ3RZ2LSKX5JJ4CJUWZ4R3GGI
             */
            token: string;
        };
        AddressRestored: {
            /**
             * @description Sets a new password at /api/auth/password/reset/confirm/ within an hour.
             * @example MTQ3RZ2LSKX5JJ4CJUWZ4R3GGI
             */
            token: string;
        };
        OwnAccount: {
            /** @example ada@example.com */
            email: string;
            /** @description Whether a link in a mail to this address was opened. */
            email_confirmed: boolean;
            /** @description Whether the address signs in and gets mails about tasks. */
            email_works: boolean;
            /**
             * @description The language of mails about the account.
             * @enum {string}
             */
            language: "en" | "de" | "fr";
        };
        ChangeOwnAccountRequest: {
            /**
             * @description The language of mails about the account.
             * @enum {string}
             */
            language?: "en" | "de" | "fr";
        };
        ChangeProfileRequest: {
            /**
             * Format: email
             * @example ada@example.com
             */
            email?: string;
            /** @example Ada */
            first_name?: string;
            /** @example Lovelace */
            last_name?: string;
            /** @example +44 20 7946 0000 */
            phone?: string;
            /**
             * @description Required if email is another address than now. The old address gets a mail about the change.
             * @example securepass123
             */
            current_password?: string;
        };
        ChangePasswordRequest: {
            /** @example securepass123 */
            current_password: string;
            /** @example an even better one */
            new_password: string;
        };
        /** @description A page of a list. */
        SessionList: {
            /**
             * Format: int64
             * @description The total number of results.
             */
            count: number;
            /**
             * Format: uri-reference
             * @description The URL of the next page.
             */
            next: string | null;
            /**
             * Format: uri-reference
             * @description The URL of the previous page.
             */
            previous: string | null;
            results: components["schemas"]["Session"][];
        };
        /** @description An active sign-in to a company. */
        Session: {
            id: string;
            /**
             * @description web: the web app's cookie; api: a pair of tokens.
             * @enum {string}
             */
            kind: "web" | "api";
            /** @description The User-Agent header of the sign-in, at most 200 characters. */
            agent: string;
            /** @description Whether it is the session of this request. */
            current: boolean;
            /** Format: date-time */
            created_at: string;
            /**
             * Format: date-time
             * @description When it was opened, or last renewed.
             */
            refreshed_at: string;
            /**
             * Format: date-time
             * @description When it expires unless it is renewed before.
             */
            expires_at: string;
        };
        /** @description A page of a list. */
        ProgramTokenList: {
            /**
             * Format: int64
             * @description The total number of results.
             */
            count: number;
            /**
             * Format: uri-reference
             * @description The URL of the next page.
             */
            next: string | null;
            /**
             * Format: uri-reference
             * @description The URL of the previous page.
             */
            previous: string | null;
            results: components["schemas"]["ProgramToken"][];
        };
        ProgramToken: {
            /** Format: int64 */
            id: number;
            /**
             * @description Shown once, by the answer that creates it.
             * @example MTQ3RZ2LSKX5JJ4CJUWZ4R3GGI
             */
            token?: string;
            /** @description The last characters of the token. */
            hint: string;
            /** @example Acme Corp */
            name: string;
            scopes: ("tasks:read" | "tasks:write" | "events:read" | "people:read" | "people:write" | "notifications:read" | "notifications:write" | "admin")[];
            /**
             * Format: int64
             * @description The member as whom its program acts.
             */
            user: number;
            user_detail: components["schemas"]["User"] | null;
            /** Format: int64 */
            created_by: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string;
            /**
             * Format: date-time
             * @description Within some minutes; null: not used yet.
             */
            last_used_at: string | null;
        };
        CreateProgramTokenRequest: {
            /**
             * @description What it is for. All members can read it in the log.
             * @example Acme Corp
             */
            name: string;
            /** @description The routes that the token opens. Each route names its scope; none includes another. */
            scopes: ("tasks:read" | "tasks:write" | "events:read" | "people:read" | "people:write" | "notifications:read" | "notifications:write" | "admin")[];
            /**
             * Format: int64
             * @default 90
             */
            expires_in_days: number;
            /**
             * @description Required unless this session was opened by a sign-in in the last 10 minutes.
             * @example securepass123
             */
            current_password?: string;
        };
        /** @description The company with its settings of time. */
        CompanyDetail: {
            /** Format: int64 */
            id: number;
            /** @example Acme Corp */
            name: string;
            /** @example All that is worth knowing. */
            description: string;
            /** Format: date-time */
            created_at: string;
            /** @description A name of the IANA time zone database. */
            time_zone: string;
            /**
             * @description The first day of the week.
             * @enum {string}
             */
            week_start: "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday";
            /** @description In the order of the week from Monday. */
            working_days: ("monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday")[];
        };
        ChangeCompanyRequest: {
            /** @example Acme Corp */
            name?: string;
            /** @example All that is worth knowing. */
            description?: string;
            /** @description A name of the IANA time zone database, such as Europe/Berlin. */
            time_zone?: string;
            /**
             * @description The first day of the week.
             * @enum {string}
             */
            week_start?: "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday";
            working_days?: ("monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday")[];
        };
        Usage: {
            tasks: components["schemas"]["Budget"];
            /** @description Of the texts of tasks, and of the log. */
            bytes: components["schemas"]["Budget"];
            /** @description Deactivated members count, removed ones do not. */
            members: components["schemas"]["Budget"];
            /** @description The open ones. */
            invitations: components["schemas"]["Budget"];
            /** @description In the last 24 hours. */
            invitation_mails: components["schemas"]["Budget"];
            /** @description At this moment, on the node that answers. */
            requests: components["schemas"]["Budget"];
        };
        Budget: {
            /** Format: int64 */
            used: number;
            /**
             * Format: int64
             * @description null: there is no limit.
             */
            limit: number | null;
            /** @description Whether an operator has set the limit for this company. */
            own: boolean;
        };
        /** @description A page of a list. */
        UserList: {
            /**
             * Format: int64
             * @description The total number of results.
             */
            count: number;
            /**
             * Format: uri-reference
             * @description The URL of the next page.
             */
            next: string | null;
            /**
             * Format: uri-reference
             * @description The URL of the previous page.
             */
            previous: string | null;
            results: components["schemas"]["User"][];
        };
        CreateServiceAccountRequest: {
            /**
             * @description Shown in lists, assignments and the history.
             * @example Acme Corp
             */
            name: string;
            /**
             * @default member
             * @example member
             * @enum {string}
             */
            role: "admin" | "member" | "guest";
        };
        ChangeServiceAccountRequest: {
            /** @example Acme Corp */
            name?: string;
            /**
             * @description What its tokens may do at most: admin, member, guest.
             * @example member
             * @enum {string}
             */
            role?: "admin" | "member" | "guest";
            /**
             * @description false deactivates: its tokens are revoked at once, tasks stay.
             * @example true
             */
            is_active?: boolean;
        };
        CreateServiceTokenRequest: {
            /**
             * @description What it is for. All members can read it in the log.
             * @example Acme Corp
             */
            name: string;
            /** @description The routes that the token opens. Each route names its scope; none includes another. */
            scopes: ("tasks:read" | "tasks:write" | "events:read" | "people:read" | "people:write" | "notifications:read" | "notifications:write" | "admin")[];
            /**
             * Format: int64
             * @default 90
             */
            expires_in_days: number;
            /**
             * @description Required unless this session was opened by a sign-in in the last 10 minutes.
             * @example securepass123
             */
            current_password?: string;
        };
        ChangeMemberRequest: {
            /**
             * @description What the member may do: owner, admin, member, guest.
             * @example member
             * @enum {string}
             */
            role?: "owner" | "admin" | "member" | "guest";
            /**
             * @description false deactivates: signed out everywhere at once, tasks stay.
             * @example true
             */
            is_active?: boolean;
        };
        InviteRequest: {
            /**
             * Format: email
             * @description Gets the invitation by mail. An account must have this address to accept, but addresses are not confirmed: the token is the secret.
             * @example ada@example.com
             */
            email?: string;
            /**
             * @default member
             * @example member
             * @enum {string}
             */
            role: "admin" | "member" | "guest";
        };
        /** @description Lets one person join a company, once. */
        Invitation: {
            /** Format: int64 */
            id: number;
            /**
             * @description Shown once, in the answer that creates it; only its hash is kept.
             * @example MTQ3RZ2LSKX5JJ4CJUWZ4R3GGI
             */
            token?: string;
            /**
             * Format: uri-reference
             * @description The link to send; shown once.
             * @example https://tasks.example.com/invitations/MTQ3RZ2LSKX5JJ4CJUWZ4R3GGI
             */
            url?: string;
            /**
             * @description The account that accepts must have it; empty: any account.
             * @example ada@example.com
             */
            email: string;
            /**
             * @example member
             * @enum {string}
             */
            role: "admin" | "member" | "guest";
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string;
        };
        /** @description A page of a list. */
        InvitationList: {
            /**
             * Format: int64
             * @description The total number of results.
             */
            count: number;
            /**
             * Format: uri-reference
             * @description The URL of the next page.
             */
            next: string | null;
            /**
             * Format: uri-reference
             * @description The URL of the previous page.
             */
            previous: string | null;
            results: components["schemas"]["Invitation"][];
        };
        AcceptInvitationRequest: {
            /** @example MTQ3RZ2LSKX5JJ4CJUWZ4R3GGI */
            token: string;
        };
        /** @description A page of a list. */
        TaskList: {
            /**
             * Format: int64
             * @description The total number of results.
             */
            count: number;
            /**
             * Format: uri-reference
             * @description The URL of the next page.
             */
            next: string | null;
            /**
             * Format: uri-reference
             * @description The URL of the previous page.
             */
            previous: string | null;
            results: components["schemas"]["Task"][];
        };
        /** @description One piece of work. */
        Task: {
            /** Format: int64 */
            id: number;
            /** @example Paint the fence */
            title: string;
            /** @example All that is worth knowing. */
            description: string;
            /**
             * @example in_progress
             * @enum {string}
             */
            status: "todo" | "in_progress" | "done" | "cancelled";
            /**
             * Format: int64
             * @example 1
             */
            assigned_to: number | null;
            assigned_to_detail: components["schemas"]["User"] | null;
            /** @enum {string} */
            priority: "none" | "low" | "medium" | "high" | "urgent";
            /** Format: date */
            start_date: string | null;
            /**
             * Format: date
             * @description The day of due_at.
             */
            due_date: string | null;
            /** Format: date-time */
            due_at: string | null;
            /**
             * Format: int64
             * @description Points.
             */
            estimate: number | null;
            /**
             * Format: date-time
             * @description null unless it is done.
             */
            completed_at: string | null;
            /** Format: int64 */
            created_by: number;
            created_by_detail: components["schemas"]["User"];
            /** Format: int64 */
            company: number;
            /** @description Order on the board, byte by byte: the lesser is higher up. */
            rank: string;
            /**
             * Format: int64
             * @description Counts the changes; it is in the ETag.
             */
            version: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        CreateTaskRequest: {
            /** @example Paint the fence */
            title: string;
            /** @example All that is worth knowing. */
            description?: string;
            /**
             * @default todo
             * @example in_progress
             * @enum {string}
             */
            status: "todo" | "in_progress" | "done" | "cancelled";
            /**
             * Format: int64
             * @description An active member of the company, or null.
             * @example 1
             */
            assigned_to?: number | null;
            /**
             * @default none
             * @enum {string}
             */
            priority: "none" | "low" | "medium" | "high" | "urgent";
            /**
             * Format: date
             * @description Not after due_date.
             */
            start_date?: string | null;
            /**
             * Format: date
             * @description Set alone, it moves due_at to this day at the same time of day; null removes both.
             */
            due_date?: string | null;
            /**
             * Format: date-time
             * @description Sets due_date to its day in the company's time zone.
             */
            due_at?: string | null;
            /**
             * Format: int64
             * @description Points.
             */
            estimate?: number | null;
        };
        /** @description Counts of the company's tasks. */
        Statistics: {
            /**
             * Format: int64
             * @example 6
             */
            total_tasks: number;
            /**
             * @description All four statuses.
             * @example {
             *       "todo": 3,
             *       "in_progress": 1,
             *       "done": 2,
             *       "cancelled": 0
             *     }
             */
            by_status: {
                [key: string]: number;
            };
            /**
             * @description By username: active members, and others with tasks.
             * @example {
             *       "ada": 2
             *     }
             */
            by_user: {
                [key: string]: number;
            };
        };
        ReplaceTaskRequest: {
            /** @example Paint the fence */
            title: string;
            /** @example All that is worth knowing. */
            description?: string;
            /**
             * @example in_progress
             * @enum {string}
             */
            status?: "todo" | "in_progress" | "done" | "cancelled";
            /**
             * Format: int64
             * @description An active member of the company, or null.
             * @example 1
             */
            assigned_to?: number | null;
            /** @enum {string} */
            priority?: "none" | "low" | "medium" | "high" | "urgent";
            /**
             * Format: date
             * @description Not after due_date.
             */
            start_date?: string | null;
            /**
             * Format: date
             * @description Set alone, it moves due_at to this day at the same time of day; null removes both.
             */
            due_date?: string | null;
            /**
             * Format: date-time
             * @description Sets due_date to its day in the company's time zone.
             */
            due_at?: string | null;
            /**
             * Format: int64
             * @description Points.
             */
            estimate?: number | null;
            /** @description Moves the task on the board: the ids of the tasks above and below its new place, null at an end. */
            between?: (number | null)[];
        };
        ChangeTaskRequest: {
            /** @example Paint the fence */
            title?: string;
            /** @example All that is worth knowing. */
            description?: string;
            /**
             * @example in_progress
             * @enum {string}
             */
            status?: "todo" | "in_progress" | "done" | "cancelled";
            /**
             * Format: int64
             * @description An active member of the company, or null.
             * @example 1
             */
            assigned_to?: number | null;
            /** @enum {string} */
            priority?: "none" | "low" | "medium" | "high" | "urgent";
            /**
             * Format: date
             * @description Not after due_date.
             */
            start_date?: string | null;
            /**
             * Format: date
             * @description Set alone, it moves due_at to this day at the same time of day; null removes both.
             */
            due_date?: string | null;
            /**
             * Format: date-time
             * @description Sets due_date to its day in the company's time zone.
             */
            due_at?: string | null;
            /**
             * Format: int64
             * @description Points.
             */
            estimate?: number | null;
            /** @description Moves the task on the board: the ids of the tasks above and below its new place, null at an end. */
            between?: (number | null)[];
        };
        ChangeTasksRequest: {
            /** @description In place of ids: the filters of a list, as in its address. At most 200 tasks may match. */
            query?: string;
            /** @description The tasks, unless there is a query. */
            ids?: number[];
            /**
             * @description The new status of all.
             * @example in_progress
             * @enum {string}
             */
            status?: "todo" | "in_progress" | "done" | "cancelled";
            /**
             * Format: int64
             * @description The new assignee of all: an active member of the company, or null.
             * @example 1
             */
            assigned_to?: number | null;
            /**
             * @description The new priority of all.
             * @enum {string}
             */
            priority?: "none" | "low" | "medium" | "high" | "urgent";
            /**
             * Format: date
             * @description The new start date of all, or null.
             */
            start_date?: string | null;
            /**
             * Format: date
             * @description The new due date of all, or null.
             */
            due_date?: string | null;
            /**
             * Format: int64
             * @description The new estimate of all, or null.
             */
            estimate?: number | null;
            /** @description true: they are deleted. */
            delete?: boolean;
        };
        Outcome: {
            /** @description Number of tasks that were changed or restored. */
            changed: number;
            /** @description Number of tasks that were deleted. */
            deleted: number;
            /** @description The tasks that stayed as they are, and why. */
            refused: components["schemas"]["Refusal"][];
            /** @description The numbers of the events, for POST /api/tasks/undo/. */
            seqs: number[];
        };
        Refusal: {
            /** Format: int64 */
            id: number;
            detail: string;
        };
        UndoRequest: {
            /** @description The numbers of events about tasks, as Event-Seq or a bulk change gave them. */
            seqs: number[];
        };
        /** @description A page of a list. */
        HistoryEntryList: {
            /**
             * Format: int64
             * @description The total number of results.
             */
            count: number;
            /**
             * Format: uri-reference
             * @description The URL of the next page.
             */
            next: string | null;
            /**
             * Format: uri-reference
             * @description The URL of the previous page.
             */
            previous: string | null;
            results: components["schemas"]["HistoryEntry"][];
        };
        /** @description One change of a task. */
        HistoryEntry: {
            /**
             * Format: int64
             * @description The number of the event in the company's log.
             * @example 42
             */
            seq: number;
            /**
             * @example task_updated
             * @enum {string}
             */
            type: "company_created" | "company_updated" | "external_source_changed" | "invitation_accepted" | "invitation_created" | "invitation_revoked" | "job_cancelled" | "job_retried" | "member_address_restored" | "member_deactivated" | "member_joined" | "member_reactivated" | "member_removed" | "member_role_changed" | "member_signed_out" | "member_updated" | "notification_marked" | "operator_read" | "task_created" | "task_deleted" | "task_updated" | "token_created" | "token_revoked";
            /** Format: date-time */
            at: string;
            /** @description null: the system, or an operator. */
            actor: components["schemas"]["User"] | null;
            /** @description true where an operator did it, who is no member. */
            operator?: boolean;
            /**
             * Format: int64
             * @description The task's version after it.
             */
            version: number;
            /**
             * @description By field, its old and new value.
             * @example {
             *       "status": {
             *         "old": "todo",
             *         "new": "in_progress"
             *       }
             *     }
             */
            changes: {
                [key: string]: components["schemas"]["Change"];
            };
        };
        /** @description A field's old and new value. Both are null for private fields such as an e-mail address. */
        Change: {
            old: string | number | boolean | string[] | null;
            new: string | number | boolean | string[] | null;
        };
        MarkdownRequest: {
            /** @description Markdown, as in the description of a task. */
            text: string;
        };
        Rendered: {
            /** @description Safe HTML: no scripts, styles, images or forms. */
            html: string;
        };
        /** @description The newest tasks of the company and the other system. */
        MergedTasks: {
            /** @description The company's newest five. */
            local_tasks: components["schemas"]["Task"][];
            /** @description The first five of the other system. */
            external_tasks: components["schemas"]["ExternalTask"][];
            /** @description The number of tasks in both lists. */
            merged_count: number;
            external: components["schemas"]["ExternalState"];
        };
        /** @description A task of another system. It is never stored. */
        ExternalTask: {
            /** @example 1 */
            id: number | string;
            /**
             * @description At most 200 characters; a longer one is cut.
             * @example Paint the fence
             */
            title: string;
            completed: boolean;
            /** @enum {string} */
            source: "external";
        };
        /** @description How current the other system's tasks are. */
        ExternalState: {
            /** @enum {string} */
            status: "ok" | "stale" | "unavailable";
            /**
             * @description Why the last fetch failed; absent if it succeeded.
             * @enum {string}
             */
            reason?: "off" | "unreachable" | "timeout" | "refused" | "too_large" | "malformed";
            /**
             * Format: date-time
             * @description When the other system sent these tasks; absent if it sent none.
             */
            fetched_at?: string;
        };
        Setting: {
            /**
             * Format: uri
             * @example https://tasks.example.com/invitations/MTQ3RZ2LSKX5JJ4CJUWZ4R3GGI
             */
            url: string;
            /** @description Which of the other system's fields are ours. */
            fields: string;
            /** @description The name of the header that carries the secret; empty if there is none. */
            header: string;
            /** Format: date-time */
            changed_at: string;
        };
        SetExternalSourceRequest: {
            /**
             * Format: uri
             * @description http or https, at a public address, without a user name or password.
             * @example https://tasks.example.com/invitations/MTQ3RZ2LSKX5JJ4CJUWZ4R3GGI
             */
            url: string;
            /** @description Which of the other system's fields are ours, such as list=results,id=number,title=title,completed=state:closed. */
            fields?: string;
            /** @description The name of the header that carries the secret, such as Authorization. */
            header?: string;
            /** @description The header's value. If it is absent and url and header do not change, the value stays. */
            value?: string;
        };
        /** @description Statistics about the company's tasks. */
        Report: {
            company: components["schemas"]["ReportCompany"];
            /**
             * Format: date-time
             * @description The figures hold at this instant: the first event after it is not counted.
             */
            as_of: string;
            /** @description The time zone of the days. */
            time_zone: string;
            /** @description How many days back the figures over time go, the day of as_of included. */
            days: number;
            /**
             * Format: int64
             * @description The last event of the company's log that is counted.
             * @example 42
             */
            seq: number;
            /**
             * Format: int64
             * @description How many events of the log are not counted yet: usually none.
             */
            behind: number;
            /** @description Active members and others with tasks; unassigned tasks last. */
            tasks_per_user: components["schemas"]["PersonTasks"][];
            /** @description All four statuses. */
            status_distribution: components["schemas"]["StatusShare"][];
            company_performance: components["schemas"]["Performance"];
            /** @description Each of the days, the oldest first. */
            daily_creation: components["schemas"]["DayCreated"][];
            assignment: components["schemas"]["Assignment"];
            history: components["schemas"]["History"];
        };
        /** @description The company that a report is about. */
        ReportCompany: {
            /** Format: int64 */
            id: number;
            /** @example Acme Corp */
            name: string;
        };
        PersonTasks: {
            /**
             * Format: int64
             * @description null: the tasks are unassigned.
             */
            user_id: number | null;
            /** @example ada */
            username: string;
            /** @description Whether the person was an active member. */
            active: boolean;
            /** Format: int64 */
            total: number;
            /** Format: int64 */
            todo: number;
            /** Format: int64 */
            in_progress: number;
            /** Format: int64 */
            done: number;
            /** Format: int64 */
            cancelled: number;
        };
        StatusShare: {
            /**
             * @example in_progress
             * @enum {string}
             */
            status: "todo" | "in_progress" | "done" | "cancelled";
            /** Format: int64 */
            count: number;
            /** @description Of all tasks, to one decimal. */
            percent: number;
        };
        Performance: {
            /** Format: int64 */
            tasks: number;
            /**
             * Format: int64
             * @description Tasks that are done.
             */
            completed: number;
            /** @description Completed tasks in per cent, to one decimal. */
            completion_rate: number;
            /**
             * Format: int64
             * @description Active members.
             */
            members: number;
            /** @description To two decimals; 0 without members. */
            tasks_per_member: number;
            /** @description From the creation of each done task to its last completion. */
            lead_time: components["schemas"]["Spread"];
        };
        /** @description The distribution of durations. */
        Spread: {
            /** Format: int64 */
            count: number;
            /**
             * Format: int64
             * @description Exact up to two minutes, then within 0.8 %; null: none.
             */
            median_seconds: number | null;
            /**
             * Format: int64
             * @description Nine in ten took at most as long, within 0.8 %.
             */
            p90_seconds: number | null;
        };
        DayCreated: {
            /**
             * Format: date
             * @description In the report's time zone.
             */
            date: string;
            /**
             * Format: int64
             * @description Includes tasks that were deleted later.
             */
            created: number;
        };
        Assignment: {
            /**
             * Format: int64
             * @description Tasks that are todo or in progress.
             */
            open: number;
            /**
             * Format: int64
             * @description Open tasks with an assignee.
             */
            assigned: number;
            /** Format: int64 */
            unassigned: number;
            /** @description Assigned open tasks by active member, to two decimals. */
            open_per_member: number;
            /**
             * Format: date
             * @description In UTC. null: no task is open.
             */
            oldest_open_on: string | null;
            /**
             * Format: int64
             * @description Its age in days of UTC.
             */
            oldest_open_days: number | null;
            /** @description As it is now. null with as_of, or if none is open. */
            oldest_open: components["schemas"]["Oldest"] | null;
            /** @description Active members, and others with open tasks; most open tasks first. */
            load: components["schemas"]["Load"][];
        };
        Oldest: {
            /** Format: int64 */
            id: number;
            /** @example Paint the fence */
            title: string;
            /**
             * Format: int64
             * @example 1
             */
            assigned_to: number | null;
            /** Format: date-time */
            created_at: string;
        };
        Load: {
            /** Format: int64 */
            user_id: number;
            /** @example ada */
            username: string;
            /** Format: int64 */
            open: number;
            /** @description Of all assigned open tasks, to one decimal. */
            percent: number;
        };
        History: {
            /** @description From creation to each completion in these days. */
            lead_time: components["schemas"]["Spread"];
            /** @description From a task's first start to each completion in these days. */
            cycle_time: components["schemas"]["Spread"];
            /** @description How many tasks there were at each day's end, by status. */
            cumulative_flow: components["schemas"]["DayFlow"][];
            created_and_completed: components["schemas"]["Throughput"][];
            /** @description Active members, and others with open or completed tasks. */
            workload: components["schemas"]["Workload"][];
        };
        DayFlow: {
            /** Format: date */
            date: string;
            /** Format: int64 */
            todo: number;
            /** Format: int64 */
            in_progress: number;
            /** Format: int64 */
            done: number;
            /** Format: int64 */
            cancelled: number;
        };
        Throughput: {
            /** Format: date */
            date: string;
            /** Format: int64 */
            created: number;
            /**
             * Format: int64
             * @description Completions that stand: not of tasks that were reopened or deleted since.
             */
            completed: number;
        };
        Workload: {
            /** Format: int64 */
            user_id: number;
            /** @example ada */
            username: string;
            /**
             * Format: int64
             * @description Before the first day.
             */
            open_at_start: number;
            /** Format: int64 */
            open_at_end: number;
            /**
             * Format: int64
             * @description Completions of tasks of this person that stand.
             */
            completed: number;
        };
        /** @description A page of a list. */
        NotificationList: {
            /**
             * Format: int64
             * @description The total number of results.
             */
            count: number;
            /**
             * Format: uri-reference
             * @description The URL of the next page.
             */
            next: string | null;
            /**
             * Format: uri-reference
             * @description The URL of the previous page.
             */
            previous: string | null;
            results: components["schemas"]["Notification"][];
        };
        Notification: {
            /** Format: int64 */
            id: number;
            /** @enum {string} */
            kind: "assigned" | "unassigned" | "mentioned" | "status" | "invitation";
            /**
             * @description One line for people, in English.
             * @example Task updated: Paint the fence
             */
            message: string;
            /**
             * @description The task's title then; empty if it is about no task.
             * @example Paint the fence
             */
            title: string;
            /** @description For the kind status: the status before. */
            old_status: ("todo" | "in_progress" | "done" | "cancelled") | null;
            /** @description For the kind status: the status after. */
            new_status: ("todo" | "in_progress" | "done" | "cancelled") | null;
            /**
             * Format: int64
             * @description The task's id; it may have been deleted since.
             */
            task: number | null;
            /** @description The member who caused it; null: the system. */
            actor: components["schemas"]["User"] | null;
            /**
             * Format: int64
             * @description The number of the event in the company's log.
             */
            event: number;
            read: boolean;
            /** Format: date-time */
            created_at: string;
        };
        /** @description A page of a list. */
        SentNotificationList: {
            /**
             * Format: int64
             * @description The total number of results.
             */
            count: number;
            /**
             * Format: uri-reference
             * @description The URL of the next page.
             */
            next: string | null;
            /**
             * Format: uri-reference
             * @description The URL of the previous page.
             */
            previous: string | null;
            results: components["schemas"]["SentNotification"][];
        };
        /** @description A notification as admins see it. */
        SentNotification: {
            /** Format: int64 */
            id: number;
            /**
             * Format: int64
             * @description The member who was notified.
             */
            user: number;
            /** @enum {string} */
            kind: "assigned" | "unassigned" | "mentioned" | "status" | "invitation";
            /** @example Task updated: Paint the fence */
            message: string;
            /** Format: int64 */
            task: number | null;
            /**
             * Format: int64
             * @description The number of the event in the company's log.
             */
            event: number;
            /** @description Whether the member's inbox shows it. */
            inbox: boolean;
            read: boolean;
            /** @enum {string} */
            mail: "none" | "queued" | "sent";
            /** Format: date-time */
            created_at: string;
            /**
             * Format: date-time
             * @description When the mail server accepted the e-mail.
             */
            sent_at: string | null;
        };
        Unread: {
            /** Format: int64 */
            unread: number;
        };
        ReadNotificationRequest: {
            read?: boolean;
        };
        Preferences: {
            assigned_inbox: boolean;
            assigned_email: boolean;
            unassigned_inbox: boolean;
            unassigned_email: boolean;
            mentioned_inbox: boolean;
            mentioned_email: boolean;
            status_inbox: boolean;
            status_email: boolean;
            invitation_inbox: boolean;
            invitation_email: boolean;
            /** @description Whether the member is notified of a task that they create for themselves. No other act of one's own notifies. */
            notify_own: boolean;
            /** @description Whether a daily e-mail sums up open tasks and unread notifications. */
            digest: boolean;
            /**
             * Format: int64
             * @description The hour of the day in time_zone, 0 to 23.
             */
            digest_hour: number;
            /** @description A name of the IANA time zone database. */
            time_zone: string;
        };
        ChangePreferencesRequest: {
            assigned_inbox?: boolean;
            assigned_email?: boolean;
            unassigned_inbox?: boolean;
            unassigned_email?: boolean;
            mentioned_inbox?: boolean;
            mentioned_email?: boolean;
            status_inbox?: boolean;
            status_email?: boolean;
            invitation_inbox?: boolean;
            invitation_email?: boolean;
            /** @description Whether the member is notified of a task that they create for themselves. No other act of one's own notifies. */
            notify_own?: boolean;
            digest?: boolean;
            /** Format: int64 */
            digest_hour?: number;
            /** @description A name of the IANA time zone database, such as Europe/Berlin. */
            time_zone?: string;
        };
        /** @description A page of a list. */
        EventList: {
            /**
             * Format: int64
             * @description The total number of results.
             */
            count: number;
            /**
             * Format: uri-reference
             * @description The URL of the next page.
             */
            next: string | null;
            /**
             * Format: uri-reference
             * @description The URL of the previous page.
             */
            previous: string | null;
            results: components["schemas"]["Event"][];
        };
        /** @description One change in the company, with exactly one subject: a task, member, company, invitation or job. */
        Event: {
            /**
             * @description The kind of event.
             * @example task_updated
             * @enum {string}
             */
            type: "company_created" | "company_updated" | "external_source_changed" | "invitation_accepted" | "invitation_created" | "invitation_revoked" | "job_cancelled" | "job_retried" | "member_address_restored" | "member_deactivated" | "member_joined" | "member_reactivated" | "member_removed" | "member_role_changed" | "member_signed_out" | "member_updated" | "notification_marked" | "operator_read" | "task_created" | "task_deleted" | "task_updated" | "token_created" | "token_revoked";
            /**
             * Format: int64
             * @description The sequence number in the company's event log. It starts at 1 and has no gaps.
             * @example 42
             */
            seq: number;
            /** Format: date-time */
            at: string;
            /**
             * Format: int64
             * @description The id of the member who made the change. Null for the system or an operator.
             * @example 1
             */
            actor: number | null;
            /**
             * Format: int64
             * @description The user id of the operator who made the change. Null for others.
             */
            operator: number | null;
            /**
             * @description A description in one line.
             * @example Task updated: Paint the fence
             */
            message: string;
            /**
             * @description The old and new value of each changed field.
             * @example {
             *       "status": {
             *         "old": "todo",
             *         "new": "in_progress"
             *       }
             *     }
             */
            changes: {
                [key: string]: components["schemas"]["Change"];
            };
            /** @description In `task_...` events: the task after the change, as every member sees it. */
            task?: components["schemas"]["Task"];
            /** @description In `member_...` events: the member after the change, without e-mail and phone. */
            member?: components["schemas"]["User"];
            /** @description In `company_...` events: the company after the change. */
            company?: components["schemas"]["Company"];
            /** @description In `invitation_...` events: the invitation without token and address. */
            invitation?: {
                /** Format: int64 */
                id: number;
                /** @enum {string} */
                role: "owner" | "admin" | "member" | "guest";
            };
            /** @description In `job_...` events: the company's job that an operator changed. */
            job?: {
                /** Format: int64 */
                id: number;
                kind: string;
                /** @enum {string} */
                state: "queued" | "running" | "done" | "dead" | "cancelled";
            };
        };
        /** @description A page of a list. */
        DeedList: {
            /**
             * Format: int64
             * @description The total number of results.
             */
            count: number;
            /**
             * Format: uri-reference
             * @description The URL of the next page.
             */
            next: string | null;
            /**
             * Format: uri-reference
             * @description The URL of the previous page.
             */
            previous: string | null;
            results: components["schemas"]["Deed"][];
        };
        /** @description An entry of the company's audit log. */
        Deed: {
            /**
             * Format: int64
             * @description The number of the event in the company's log.
             * @example 42
             */
            seq: number;
            /**
             * @example task_updated
             * @enum {string}
             */
            type: "company_created" | "company_updated" | "external_source_changed" | "invitation_accepted" | "invitation_created" | "invitation_revoked" | "job_cancelled" | "job_retried" | "member_address_restored" | "member_deactivated" | "member_joined" | "member_reactivated" | "member_removed" | "member_role_changed" | "member_signed_out" | "member_updated" | "notification_marked" | "operator_read" | "task_created" | "task_deleted" | "task_updated" | "token_created" | "token_revoked";
            /** Format: date-time */
            at: string;
            /** @description null: the system, or an operator. */
            actor: components["schemas"]["User"] | null;
            /** @description true if an operator did it, who is not a member. */
            operator: boolean;
            /**
             * @description The kind of the subject.
             * @enum {string}
             */
            subject: "task" | "member" | "company" | "invitation" | "job";
            /** Format: int64 */
            subject_id: number;
            /**
             * @description One line for people, in English.
             * @example Task updated: Paint the fence
             */
            message: string;
            /**
             * @description By field, its old and new value; null if the values are private.
             * @example {
             *       "status": {
             *         "old": "todo",
             *         "new": "in_progress"
             *       }
             *     }
             */
            changes: {
                [key: string]: components["schemas"]["Change"];
            };
        };
        /** @description A page of a list. */
        PresenceList: {
            /**
             * Format: int64
             * @description The total number of results.
             */
            count: number;
            /**
             * Format: uri-reference
             * @description The URL of the next page.
             */
            next: string | null;
            /**
             * Format: uri-reference
             * @description The URL of the previous page.
             */
            previous: string | null;
            results: components["schemas"]["Presence"][];
        };
        Presence: {
            /** Format: int64 */
            user: number;
            /** @description What the member's clients say they show. */
            tasks: number[];
        };
        OperatorLoginRequest: {
            /**
             * @description The username or the e-mail address.
             * @example ada
             */
            username: string;
            /** @example securepass123 */
            password: string;
        };
        /** @description The result of an operator's sign-in, without refresh. */
        OperatorToken: {
            /**
             * @description Opens the operator's routes, and no others.
             * @example eyJhbGciOi...
             */
            access: string;
            /** Format: date-time */
            expires_at: string;
        };
        OperatorSignInRequest: {
            /**
             * @description The username or the e-mail address.
             * @example ada
             */
            username: string;
            /** @example securepass123 */
            password: string;
        };
        OperatorSession: {
            /** @example ada */
            username: string;
            /** Format: date-time */
            expires_at: string;
        };
        OperatorChangePasswordRequest: {
            /** @example securepass123 */
            current_password: string;
            /** @example an even better one */
            new_password: string;
        };
        /** @description A page of a list. */
        CompanySummaryList: {
            /**
             * Format: int64
             * @description The total number of results.
             */
            count: number;
            /**
             * Format: uri-reference
             * @description The URL of the next page.
             */
            next: string | null;
            /**
             * Format: uri-reference
             * @description The URL of the previous page.
             */
            previous: string | null;
            results: components["schemas"]["CompanySummary"][];
        };
        /** @description A company as operators see it. */
        CompanySummary: {
            /** Format: int64 */
            id: number;
            /** @example Acme Corp */
            name: string;
            /** @example All that is worth knowing. */
            description: string;
            /** Format: date-time */
            created_at: string;
            /**
             * Format: int64
             * @description The active ones.
             */
            members: number;
            /** Format: int64 */
            tasks: number;
            /** Format: int64 */
            events: number;
            /**
             * Format: date-time
             * @description Its newest event, reads by operators apart.
             */
            last_activity: string | null;
        };
        OperatorChangeCompanyRequest: {
            /** @example Acme Corp */
            name?: string;
            /** @example All that is worth knowing. */
            description?: string;
            /** @description A name of the IANA time zone database, such as Europe/Berlin. */
            time_zone?: string;
            /**
             * @description The first day of the week.
             * @enum {string}
             */
            week_start?: "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday";
            working_days?: ("monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday")[];
        };
        OperatorSetBudgetsRequest: {
            /**
             * Format: int64
             * @description null: the installation's limit. 0: no limit. Left out: as it is.
             */
            tasks?: number | null;
            /**
             * Format: int64
             * @description null: the installation's limit. 0: no limit. Left out: as it is.
             */
            bytes?: number | null;
            /**
             * Format: int64
             * @description null: the installation's limit. 0: no limit. Left out: as it is.
             */
            members?: number | null;
            /**
             * Format: int64
             * @description null: the installation's limit. 0: no limit. Left out: as it is.
             */
            invitations?: number | null;
            /**
             * Format: int64
             * @description null: the installation's limit. 0: no limit. Left out: as it is.
             */
            invitation_mails?: number | null;
            /**
             * Format: int64
             * @description null: the installation's limit. 0: no limit. Left out: as it is.
             */
            requests?: number | null;
        };
        OperatorChangeMemberRequest: {
            /**
             * @description What the member may do: owner, admin, member, guest.
             * @example member
             * @enum {string}
             */
            role?: "owner" | "admin" | "member" | "guest";
            /**
             * @description false deactivates: signed out everywhere at once, tasks stay.
             * @example true
             */
            is_active?: boolean;
        };
        OperatorChangeTaskRequest: {
            /** @example Paint the fence */
            title?: string;
            /** @example All that is worth knowing. */
            description?: string;
            /**
             * @example in_progress
             * @enum {string}
             */
            status?: "todo" | "in_progress" | "done" | "cancelled";
            /**
             * Format: int64
             * @description An active member of the company, or null.
             * @example 1
             */
            assigned_to?: number | null;
            /** @enum {string} */
            priority?: "none" | "low" | "medium" | "high" | "urgent";
            /**
             * Format: date
             * @description Not after due_date.
             */
            start_date?: string | null;
            /**
             * Format: date
             * @description Set alone, it moves due_at to this day at the same time of day; null removes both.
             */
            due_date?: string | null;
            /**
             * Format: date-time
             * @description Sets due_date to its day in the company's time zone.
             */
            due_at?: string | null;
            /**
             * Format: int64
             * @description Points.
             */
            estimate?: number | null;
            /** @description Moves the task on the board: the ids of the tasks above and below its new place, null at an end. */
            between?: (number | null)[];
        };
        OperatorMarkNotificationRequest: {
            read?: boolean;
        };
        /** @description A page of a list. */
        ReportList: {
            /**
             * Format: int64
             * @description The total number of results.
             */
            count: number;
            /**
             * Format: uri-reference
             * @description The URL of the next page.
             */
            next: string | null;
            /**
             * Format: uri-reference
             * @description The URL of the previous page.
             */
            previous: string | null;
            results: components["schemas"]["Report"][];
        };
        Totals: {
            /** Format: int64 */
            companies: number;
            /** Format: int64 */
            tasks: number;
            /**
             * Format: int64
             * @description Tasks that are neither done nor cancelled.
             */
            open: number;
            /** @description How many days back created and completed go. */
            days: number;
            /** Format: int64 */
            created: number;
            /**
             * Format: int64
             * @description Completions that stand.
             */
            completed: number;
        };
        /** @description A page of a list. */
        AccountList: {
            /**
             * Format: int64
             * @description The total number of results.
             */
            count: number;
            /**
             * Format: uri-reference
             * @description The URL of the next page.
             */
            next: string | null;
            /**
             * Format: uri-reference
             * @description The URL of the previous page.
             */
            previous: string | null;
            results: components["schemas"]["Account"][];
        };
        /** @description A user account, across companies. */
        Account: {
            /** Format: int64 */
            id: number;
            /** @example ada */
            username: string;
            /** @example ada@example.com */
            email: string;
            /**
             * @description Whether it may sign in at all.
             * @example true
             */
            is_active: boolean;
            /** @description Whether it is an operator. */
            is_superuser: boolean;
            /** @description Whether it is a service account, which cannot sign in. */
            is_service: boolean;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            last_login: string | null;
            companies: components["schemas"]["Membership"][];
        };
        /** @description An account's role in one company. */
        Membership: {
            /**
             * Format: int64
             * @description The company's.
             */
            id: number;
            /** @example Acme Corp */
            name: string;
            /**
             * @example member
             * @enum {string}
             */
            role: "owner" | "admin" | "member" | "guest";
            /** @example true */
            is_active: boolean;
        };
        OperatorChangeUserRequest: {
            /**
             * @description false: the account cannot sign in to any of its companies, and all its sessions end at once.
             * @example true
             */
            is_active?: boolean;
            /** @description Whether it is an operator. */
            is_superuser?: boolean;
        };
        /** @description A page of a list. */
        JobList: {
            /**
             * Format: int64
             * @description The total number of results.
             */
            count: number;
            /**
             * Format: uri-reference
             * @description The URL of the next page.
             */
            next: string | null;
            /**
             * Format: uri-reference
             * @description The URL of the previous page.
             */
            previous: string | null;
            results: components["schemas"]["Job"][];
        };
        /** @description Background work, such as an e-mail to send. */
        Job: {
            /** Format: int64 */
            id: number;
            /** Format: int64 */
            company: number;
            kind: string;
            /** @description Identifies repetitions of the same work. */
            key: string;
            /** @enum {string} */
            state: "queued" | "running" | "done" | "dead" | "cancelled";
            attempts: number;
            /**
             * Format: date-time
             * @description When it may run; while it runs, the end of its lease.
             */
            due_at: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            finished_at: string | null;
            /** @description The error of the last attempt, or why the job failed for good. */
            error: string;
        };
        /** @description A page of a list. */
        InstallationEntryList: {
            /**
             * Format: int64
             * @description The total number of results.
             */
            count: number;
            /**
             * Format: uri-reference
             * @description The URL of the next page.
             */
            next: string | null;
            /**
             * Format: uri-reference
             * @description The URL of the previous page.
             */
            previous: string | null;
            results: components["schemas"]["InstallationEntry"][];
        };
        InstallationEntry: {
            /** Format: int64 */
            id: number;
            /** Format: date-time */
            at: string;
            /**
             * Format: date-time
             * @description The time of the last repetition.
             */
            last_at: string;
            /**
             * Format: int64
             * @description How often; repeated reads and failed sign-ins share an entry for 10 minutes.
             */
            times: number;
            /** @enum {string} */
            via: "api" | "command";
            /** @description null: a command, or a name that no account has. */
            operator: components["schemas"]["NamedID"] | null;
            act: string;
            /** @description Its name is empty if it was erased. */
            company: components["schemas"]["NamedID"] | null;
            /** @description What was read or changed. */
            subject: string;
            /** Format: int64 */
            subject_id: number | null;
            /** @description Of a sign-in, the User-Agent. */
            detail: string;
        };
        NamedID: {
            /** Format: int64 */
            id: number;
            /** @example Acme Corp */
            name: string;
        };
        /** @description The result of a successful health check. */
        Health: {
            /** @enum {string} */
            status: "ok";
        };
        /**
         * @description An error (RFC 9457).
         * @example {
         *       "type": "about:blank",
         *       "title": "Bad Request",
         *       "status": 400,
         *       "detail": "Invalid input.",
         *       "code": "invalid",
         *       "request_id": "MTQ3RZ2LSKX5JJ4CJUWZ4R3GGI",
         *       "errors": {
         *         "title": [
         *           "This field is required."
         *         ]
         *       }
         *     }
         */
        Problem: {
            /** @description Always about:blank; see code. */
            type: string;
            /** @description The name of the status. */
            title: string;
            status: number;
            /** @description A sentence for people. */
            detail: string;
            /** @description A stable word for programs. */
            code: string;
            /** @description Quote it when you report the error. */
            request_id: string;
            /** @description Messages by field. See non_field_errors too. */
            errors?: {
                [key: string]: string[];
            };
            /** @description The company's budget that is used up, as in its usage. */
            budget?: string;
        };
    };
    responses: {
        /** @description The request is malformed, or fields are invalid: `errors` lists them. */
        Invalid: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The credential is missing, wrong, expired or already used, or its session has ended. */
        Unauthenticated: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The caller's role does not allow this. */
        Forbidden: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Not found. Rows of other companies and pages past the end get the same answer. */
        NotFound: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The path does not support this method; `Allow` lists the methods that it supports. */
        MethodNotAllowed: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                Allow: components["headers"]["Allow"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The current state does not allow this. */
        Conflict: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description It has changed since the version in `If-Match`. */
        PreconditionFailed: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is larger than the installation allows. */
        TooLarge: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is not `application/json`. */
        UnsupportedMediaType: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The `Idempotency-Key` was used for a different request. */
        KeyReused: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too many requests or attempts (rate limit). `Retry-After` says how many seconds to wait, `RateLimit` names the limit. */
        Throttled: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Retry-After": components["headers"]["Retry-After"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description An internal error. The log has it under `request_id`. */
        Fault: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A component does not answer, or the server is overloaded. `Retry-After` says when to try again. */
        Unavailable: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description There is no storage space left. Nothing was changed. */
        Full: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: {
        /** @description The request's id in the log. */
        "X-Request-Id": string;
        /** @description The version and a hash of the answer, for `If-Match` and `If-None-Match`. */
        ETag: string;
        /** @description The URL of the new object. */
        Location: string;
        /** @description The sequence number of the change in the company's event log. Absent if nothing changed. */
        "Event-Seq": number;
        /** @description Sets the session (HttpOnly), or ends it. */
        "Set-Cookie": string;
        /** @description How to authenticate. */
        "WWW-Authenticate": string;
        /** @description The methods that the path supports. */
        Allow: string;
        /** @description In seconds. */
        "Retry-After": number;
        /** @description The rate limit with the fewest requests left: its name, how many are left (`r`), and the seconds until all are available again (`t`). Absent if the installation has no rate limits. */
        RateLimit: string;
        /** @description Every rate limit: its name, the number of requests (`q`), and the seconds in which that number becomes available again (`w`). */
        "RateLimit-Policy": string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    register: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RegisterRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["Invalid"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LoginRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tokens"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    refresh: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RefreshRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tokens"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    logout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LogoutRequest"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    signIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignInRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Set-Cookie": components["headers"]["Set-Cookie"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    signOut: {
        parameters: {
            query?: {
                /** @description true: end all sessions of the account, in all its companies, and its operator's sessions. */
                everywhere?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Set-Cookie": components["headers"]["Set-Cookie"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    requestPasswordReset: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RequestPasswordResetRequest"];
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResetRequested"];
                };
            };
            400: components["responses"]["Invalid"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    resetPassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResetPasswordRequest"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    confirmAddress: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConfirmAddressRequest"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    cancelAddressChange: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CancelAddressChangeRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AddressRestored"];
                };
            };
            400: components["responses"]["Invalid"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    ownAccount: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OwnAccount"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    changeOwnAccount: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeOwnAccountRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OwnAccount"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    resendConfirmation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    profile: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    changeProfile: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeProfileRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    changePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangePasswordRequest"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    sessions: {
        parameters: {
            query?: {
                /** @description The page's number from 1, or `last`. */
                page?: string;
                /** @description Results per page, at most 100; a larger value is lowered to 100. */
                page_size?: number;
                /** @description A cursor from `next` or `previous`. An empty value starts pagination by cursor. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    endOtherSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    endSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The session's id, as in the list. */
                session: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    programTokens: {
        parameters: {
            query?: {
                /** @description The page's number from 1, or `last`. */
                page?: string;
                /** @description Results per page, at most 100; a larger value is lowered to 100. */
                page_size?: number;
                /** @description A cursor from `next` or `previous`. An empty value starts pagination by cursor. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProgramTokenList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    createProgramToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateProgramTokenRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProgramToken"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    revokeProgramToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as in the list. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    company: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CompanyDetail"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    changeCompany: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeCompanyRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CompanyDetail"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    usage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Usage"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    companyTokens: {
        parameters: {
            query?: {
                /** @description The page's number from 1, or `last`. */
                page?: string;
                /** @description Results per page, at most 100; a larger value is lowered to 100. */
                page_size?: number;
                /** @description A cursor from `next` or `previous`. An empty value starts pagination by cursor. */
                cursor?: string;
                /** @description Only tokens of this member or service account. */
                user?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProgramTokenList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    revokeCompanyToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as in the list. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    serviceAccounts: {
        parameters: {
            query?: {
                /** @description The page's number from 1, or `last`. */
                page?: string;
                /** @description Results per page, at most 100; a larger value is lowered to 100. */
                page_size?: number;
                /** @description A cursor from `next` or `previous`. An empty value starts pagination by cursor. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    createServiceAccount: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateServiceAccountRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    changeServiceAccount: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as in the list. */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeServiceAccountRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    createServiceToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as in the list. */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateServiceTokenRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProgramToken"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    members: {
        parameters: {
            query?: {
                /** @description The page's number from 1, or `last`. */
                page?: string;
                /** @description Results per page, at most 100; a larger value is lowered to 100. */
                page_size?: number;
                /** @description A cursor from `next` or `previous`. An empty value starts pagination by cursor. */
                cursor?: string;
                /** @description Words that all occur in the username or name. */
                search?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    member: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as in the list. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    removeMember: {
        parameters: {
            query?: {
                /** @description The member who takes over the tasks; without it they become unassigned. */
                reassign_to?: number;
            };
            header?: never;
            path: {
                /** @description The id, as in the list. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    changeMember: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as in the list. */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeMemberRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    memberSessions: {
        parameters: {
            query?: {
                /** @description The page's number from 1, or `last`. */
                page?: string;
                /** @description Results per page, at most 100; a larger value is lowered to 100. */
                page_size?: number;
                /** @description A cursor from `next` or `previous`. An empty value starts pagination by cursor. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The id, as in the list. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    endMemberSessions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as in the list. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    endMemberSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as in the list. */
                id: number;
                /** @description The session's id, as in the list. */
                session: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    invitations: {
        parameters: {
            query?: {
                /** @description The page's number from 1, or `last`. */
                page?: string;
                /** @description Results per page, at most 100; a larger value is lowered to 100. */
                page_size?: number;
                /** @description A cursor from `next` or `previous`. An empty value starts pagination by cursor. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitationList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    invite: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InviteRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invitation"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    revokeInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as in the list. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    acceptInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AcceptInvitationRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Company"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    tasks: {
        parameters: {
            query?: {
                /** @description The page's number from 1, or `last`. */
                page?: string;
                /** @description Results per page, at most 100; a larger value is lowered to 100. */
                page_size?: number;
                /** @description A cursor from `next` or `previous`. An empty value starts pagination by cursor. */
                cursor?: string;
                /** @description Tasks with one of these statuses. */
                status?: ("todo" | "in_progress" | "done" | "cancelled")[];
                /** @description Tasks of these members. `me`: the caller; `none`: no one. */
                assigned_to?: string[];
                /** @description Tasks with one of these priorities. */
                priority?: ("none" | "low" | "medium" | "high" | "urgent")[];
                /** @description Tasks that these members created. `me`: the caller. */
                created_by?: string[];
                /** @description Words that all occur in title or description. */
                search?: string;
                /** @description At least so many. */
                estimate__gte?: number;
                /** @description At most so many. */
                estimate__lte?: number;
                /** @description At this time or later. */
                created_at__gte?: string;
                /** @description At this time or earlier. */
                created_at__lte?: string;
                /** @description At this time or later. */
                updated_at__gte?: string;
                /** @description At this time or earlier. */
                updated_at__lte?: string;
                /** @description `overdue`: open and late; `today` and `week`: due on this day, or in this calendar week; `none`: without a due date. Days are those of the time zone `tz`. */
                due?: ("overdue" | "today" | "week" | "none")[];
                /** @description Before this day: YYYY-MM-DD, `today`, or days or weeks from today such as `+7d` and `-2w`. */
                start_before?: string;
                /** @description After this day: YYYY-MM-DD, `today`, or days or weeks from today such as `+7d` and `-2w`. */
                start_after?: string;
                /** @description Before this day: YYYY-MM-DD, `today`, or days or weeks from today such as `+7d` and `-2w`. */
                due_before?: string;
                /** @description After this day: YYYY-MM-DD, `today`, or days or weeks from today such as `+7d` and `-2w`. */
                due_after?: string;
                /** @description Before this day: YYYY-MM-DD, `today`, or days or weeks from today such as `+7d` and `-2w`; or an instant. */
                completed_before?: string;
                /** @description After this day: YYYY-MM-DD, `today`, or days or weeks from today such as `+7d` and `-2w`; or an instant. */
                completed_after?: string;
                /** @description Before this day: YYYY-MM-DD, `today`, or days or weeks from today such as `+7d` and `-2w`; or an instant. */
                created_before?: string;
                /** @description After this day: YYYY-MM-DD, `today`, or days or weeks from today such as `+7d` and `-2w`; or an instant. */
                created_after?: string;
                /** @description Before this day: YYYY-MM-DD, `today`, or days or weeks from today such as `+7d` and `-2w`; or an instant. */
                updated_before?: string;
                /** @description After this day: YYYY-MM-DD, `today`, or days or weeks from today such as `+7d` and `-2w`; or an instant. */
                updated_after?: string;
                /** @description The time zone of the days in filters, a name of the IANA database such as Europe/Berlin. Without it the one of the caller's preferences, or the company's. */
                tz?: string;
                /** @description Columns to order by, comma-separated, `-` for descending: id, title, status, priority, start_date, due_date, estimate, completed_at, created_at, updated_at. Newest first without it. */
                ordering?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    createTask: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key that the client chooses for this request. Within 24 hours a repeated request with the same key and body gets the same answer and changes nothing. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateTaskRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    Location: components["headers"]["Location"];
                    "Event-Seq": components["headers"]["Event-Seq"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["KeyReused"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    myTasks: {
        parameters: {
            query?: {
                /** @description The page's number from 1, or `last`. */
                page?: string;
                /** @description Results per page, at most 100; a larger value is lowered to 100. */
                page_size?: number;
                /** @description A cursor from `next` or `previous`. An empty value starts pagination by cursor. */
                cursor?: string;
                /** @description Tasks with one of these statuses. */
                status?: ("todo" | "in_progress" | "done" | "cancelled")[];
                /** @description Tasks of these members. `me`: the caller; `none`: no one. */
                assigned_to?: string[];
                /** @description Tasks with one of these priorities. */
                priority?: ("none" | "low" | "medium" | "high" | "urgent")[];
                /** @description Tasks that these members created. `me`: the caller. */
                created_by?: string[];
                /** @description Words that all occur in title or description. */
                search?: string;
                /** @description At least so many. */
                estimate__gte?: number;
                /** @description At most so many. */
                estimate__lte?: number;
                /** @description At this time or later. */
                created_at__gte?: string;
                /** @description At this time or earlier. */
                created_at__lte?: string;
                /** @description At this time or later. */
                updated_at__gte?: string;
                /** @description At this time or earlier. */
                updated_at__lte?: string;
                /** @description `overdue`: open and late; `today` and `week`: due on this day, or in this calendar week; `none`: without a due date. Days are those of the time zone `tz`. */
                due?: ("overdue" | "today" | "week" | "none")[];
                /** @description Before this day: YYYY-MM-DD, `today`, or days or weeks from today such as `+7d` and `-2w`. */
                start_before?: string;
                /** @description After this day: YYYY-MM-DD, `today`, or days or weeks from today such as `+7d` and `-2w`. */
                start_after?: string;
                /** @description Before this day: YYYY-MM-DD, `today`, or days or weeks from today such as `+7d` and `-2w`. */
                due_before?: string;
                /** @description After this day: YYYY-MM-DD, `today`, or days or weeks from today such as `+7d` and `-2w`. */
                due_after?: string;
                /** @description Before this day: YYYY-MM-DD, `today`, or days or weeks from today such as `+7d` and `-2w`; or an instant. */
                completed_before?: string;
                /** @description After this day: YYYY-MM-DD, `today`, or days or weeks from today such as `+7d` and `-2w`; or an instant. */
                completed_after?: string;
                /** @description Before this day: YYYY-MM-DD, `today`, or days or weeks from today such as `+7d` and `-2w`; or an instant. */
                created_before?: string;
                /** @description After this day: YYYY-MM-DD, `today`, or days or weeks from today such as `+7d` and `-2w`; or an instant. */
                created_after?: string;
                /** @description Before this day: YYYY-MM-DD, `today`, or days or weeks from today such as `+7d` and `-2w`; or an instant. */
                updated_before?: string;
                /** @description After this day: YYYY-MM-DD, `today`, or days or weeks from today such as `+7d` and `-2w`; or an instant. */
                updated_after?: string;
                /** @description The time zone of the days in filters, a name of the IANA database such as Europe/Berlin. Without it the one of the caller's preferences, or the company's. */
                tz?: string;
                /** @description Columns to order by, comma-separated, `-` for descending: id, title, status, priority, start_date, due_date, estimate, completed_at, created_at, updated_at. Newest first without it. */
                ordering?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    statistics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Statistics"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    task: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that the change is based on (optimistic locking). 412 if the task has changed since. */
                "If-Match"?: string;
                /** @description The ETag of the client's copy. 304 if it is still current. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description The id, as in the list. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            /** @description The client's copy is current. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["PreconditionFailed"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    replaceTask: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key that the client chooses for this request. Within 24 hours a repeated request with the same key and body gets the same answer and changes nothing. */
                "Idempotency-Key"?: string;
                /** @description The ETag that the change is based on (optimistic locking). 412 if the task has changed since. */
                "If-Match"?: string;
            };
            path: {
                /** @description The id, as in the list. */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplaceTaskRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    "Event-Seq": components["headers"]["Event-Seq"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["KeyReused"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    deleteTask: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key that the client chooses for this request. Within 24 hours a repeated request with the same key and body gets the same answer and changes nothing. */
                "Idempotency-Key"?: string;
                /** @description The ETag that the change is based on (optimistic locking). 412 if the task has changed since. */
                "If-Match"?: string;
            };
            path: {
                /** @description The id, as in the list. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Event-Seq": components["headers"]["Event-Seq"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["PreconditionFailed"];
            422: components["responses"]["KeyReused"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    changeTask: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key that the client chooses for this request. Within 24 hours a repeated request with the same key and body gets the same answer and changes nothing. */
                "Idempotency-Key"?: string;
                /** @description The ETag that the change is based on (optimistic locking). 412 if the task has changed since. */
                "If-Match"?: string;
            };
            path: {
                /** @description The id, as in the list. */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeTaskRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    "Event-Seq": components["headers"]["Event-Seq"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["KeyReused"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    changeTasks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeTasksRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Outcome"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    undo: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UndoRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Outcome"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    taskHistory: {
        parameters: {
            query?: {
                /** @description The page's number from 1, or `last`. */
                page?: string;
                /** @description Results per page, at most 100; a larger value is lowered to 100. */
                page_size?: number;
                /** @description A cursor from `next` or `previous`. An empty value starts pagination by cursor. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The id, as in the list. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HistoryEntryList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    markdown: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MarkdownRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Rendered"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    externalTasks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MergedTasks"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    externalSource: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Setting"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    setExternalSource: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetExternalSourceRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Setting"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    unsetExternalSource: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    analytics: {
        parameters: {
            query?: {
                /** @description How many days back. */
                days?: number;
                /** @description The instant of the figures; now if it is absent or in the future. */
                as_of?: string;
                /** @description The time zone of the days: a name of the IANA database, such as Europe/Berlin. */
                tz?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Report"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    notifications: {
        parameters: {
            query?: {
                /** @description The page's number from 1, or `last`. */
                page?: string;
                /** @description Results per page, at most 100; a larger value is lowered to 100. */
                page_size?: number;
                /** @description A cursor from `next` or `previous`. An empty value starts pagination by cursor. */
                cursor?: string;
                /** @description true: only unread notifications; false: only read ones. */
                unread?: boolean;
                kind?: "assigned" | "unassigned" | "mentioned" | "status" | "invitation";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    sentNotifications: {
        parameters: {
            query?: {
                /** @description The page's number from 1, or `last`. */
                page?: string;
                /** @description Results per page, at most 100; a larger value is lowered to 100. */
                page_size?: number;
                /** @description A cursor from `next` or `previous`. An empty value starts pagination by cursor. */
                cursor?: string;
                /** @description Only notifications to this member. */
                user?: number;
                /** @description Only notifications about this task, which may have been deleted since. */
                task?: number;
                /** @description Only notifications of this kind. */
                kind?: "assigned" | "unassigned" | "mentioned" | "status" | "invitation";
                /** @description Only notifications whose e-mail is in this state. */
                mail?: "none" | "queued" | "sent";
                /** @description Words that all occur in the message. */
                search?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SentNotificationList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    unreadNotifications: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Unread"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    readNotifications: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Unread"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    readNotification: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as in the list. */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReadNotificationRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Notification"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    preferences: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Preferences"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    changePreferences: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangePreferencesRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Preferences"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    unsubscribePage: {
        parameters: {
            query: {
                /** @description The token in the link. */
                token: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            400: components["responses"]["Invalid"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    unsubscribe: {
        parameters: {
            query: {
                /** @description The token in the link. */
                token: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            400: components["responses"]["Invalid"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    events: {
        parameters: {
            query?: {
                /** @description The number of the last event that the client has. */
                after?: number;
                /** @description The maximum number of events. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    audit: {
        parameters: {
            query?: {
                /** @description The page's number from 1, or `last`. */
                page?: string;
                /** @description Results per page, at most 100; a larger value is lowered to 100. */
                page_size?: number;
                /** @description A cursor from `next` or `previous`. An empty value starts pagination by cursor. */
                cursor?: string;
                /** @description Only events of this kind. */
                kind?: "company_created" | "company_updated" | "external_source_changed" | "invitation_accepted" | "invitation_created" | "invitation_revoked" | "job_cancelled" | "job_retried" | "member_address_restored" | "member_deactivated" | "member_joined" | "member_reactivated" | "member_removed" | "member_role_changed" | "member_signed_out" | "member_updated" | "notification_marked" | "operator_read" | "task_created" | "task_deleted" | "task_updated" | "token_created" | "token_revoked";
                /** @description Only events of this actor. */
                actor?: number;
                /** @description Only events of subjects of this kind. */
                subject?: "task" | "member" | "company" | "invitation" | "job";
                /** @description Only events of the subject with this id. */
                subject_id?: number;
                /** @description Only events of this task, also of a deleted one. */
                task?: number;
                /** @description Only from this time on. */
                from?: string;
                /** @description Only up to this time. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeedList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    stream: {
        parameters: {
            query?: {
                /** @description The number of the last event that the client has. It gets every later one, once and in order. */
                since?: number;
                /** @description true: also report presence: who connects and leaves, and what they view. */
                presence?: boolean;
                /** @description true: also report changes of the member's inbox, without content. A report may be lost. */
                inbox?: boolean;
                /** @description The access token of a session, for clients that cannot set a header. No token for programs: addresses are in logs. */
                token?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    socket: {
        parameters: {
            query?: {
                /** @description The number of the last event that the client has. It gets every later one, once and in order. */
                since?: number;
                /** @description true: also report presence: who connects and leaves, and what they view. */
                presence?: boolean;
                /** @description true: also report changes of the member's inbox, without content. A report may be lost. */
                inbox?: boolean;
                /** @description The access token of a session, for clients that cannot set a header. No token for programs: addresses are in logs. */
                token?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Switching Protocols */
            101: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    presence: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PresenceList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    operatorLogin: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OperatorLoginRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperatorToken"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    operatorSignIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OperatorSignInRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Set-Cookie": components["headers"]["Set-Cookie"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperatorSession"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    operatorSignOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Set-Cookie": components["headers"]["Set-Cookie"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    operatorLogout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    operatorChangePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OperatorChangePasswordRequest"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    operatorCompanies: {
        parameters: {
            query?: {
                /** @description The page's number from 1, or `last`. */
                page?: string;
                /** @description Results per page, at most 100; a larger value is lowered to 100. */
                page_size?: number;
                /** @description A cursor from `next` or `previous`. An empty value starts pagination by cursor. */
                cursor?: string;
                /** @description Words that all occur in the name. */
                search?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CompanySummaryList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    operatorCompany: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The company's id. */
                company: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CompanySummary"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    operatorChangeCompany: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The company's id. */
                company: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OperatorChangeCompanyRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CompanySummary"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    operatorUsage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The company's id. */
                company: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Usage"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    operatorSetBudgets: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The company's id. */
                company: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OperatorSetBudgetsRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Usage"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    operatorMembers: {
        parameters: {
            query?: {
                /** @description The page's number from 1, or `last`. */
                page?: string;
                /** @description Results per page, at most 100; a larger value is lowered to 100. */
                page_size?: number;
                /** @description A cursor from `next` or `previous`. An empty value starts pagination by cursor. */
                cursor?: string;
                /** @description Words that all occur in the username or name. */
                search?: string;
            };
            header?: never;
            path: {
                /** @description The company's id. */
                company: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    operatorMember: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The company's id. */
                company: number;
                /** @description The id, as in the list. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    operatorChangeMember: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The company's id. */
                company: number;
                /** @description The id, as in the list. */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OperatorChangeMemberRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    operatorTasks: {
        parameters: {
            query?: {
                /** @description The page's number from 1, or `last`. */
                page?: string;
                /** @description Results per page, at most 100; a larger value is lowered to 100. */
                page_size?: number;
                /** @description A cursor from `next` or `previous`. An empty value starts pagination by cursor. */
                cursor?: string;
                /** @description Tasks with one of these statuses. */
                status?: ("todo" | "in_progress" | "done" | "cancelled")[];
                /** @description Tasks of these members. `me`: the caller; `none`: no one. */
                assigned_to?: string[];
                /** @description Tasks with one of these priorities. */
                priority?: ("none" | "low" | "medium" | "high" | "urgent")[];
                /** @description Tasks that these members created. `me`: the caller. */
                created_by?: string[];
                /** @description Words that all occur in title or description. */
                search?: string;
                /** @description At least so many. */
                estimate__gte?: number;
                /** @description At most so many. */
                estimate__lte?: number;
                /** @description At this time or later. */
                created_at__gte?: string;
                /** @description At this time or earlier. */
                created_at__lte?: string;
                /** @description At this time or later. */
                updated_at__gte?: string;
                /** @description At this time or earlier. */
                updated_at__lte?: string;
                /** @description `overdue`: open and late; `today` and `week`: due on this day, or in this calendar week; `none`: without a due date. Days are those of the time zone `tz`. */
                due?: ("overdue" | "today" | "week" | "none")[];
                /** @description Before this day: YYYY-MM-DD, `today`, or days or weeks from today such as `+7d` and `-2w`. */
                start_before?: string;
                /** @description After this day: YYYY-MM-DD, `today`, or days or weeks from today such as `+7d` and `-2w`. */
                start_after?: string;
                /** @description Before this day: YYYY-MM-DD, `today`, or days or weeks from today such as `+7d` and `-2w`. */
                due_before?: string;
                /** @description After this day: YYYY-MM-DD, `today`, or days or weeks from today such as `+7d` and `-2w`. */
                due_after?: string;
                /** @description Before this day: YYYY-MM-DD, `today`, or days or weeks from today such as `+7d` and `-2w`; or an instant. */
                completed_before?: string;
                /** @description After this day: YYYY-MM-DD, `today`, or days or weeks from today such as `+7d` and `-2w`; or an instant. */
                completed_after?: string;
                /** @description Before this day: YYYY-MM-DD, `today`, or days or weeks from today such as `+7d` and `-2w`; or an instant. */
                created_before?: string;
                /** @description After this day: YYYY-MM-DD, `today`, or days or weeks from today such as `+7d` and `-2w`; or an instant. */
                created_after?: string;
                /** @description Before this day: YYYY-MM-DD, `today`, or days or weeks from today such as `+7d` and `-2w`; or an instant. */
                updated_before?: string;
                /** @description After this day: YYYY-MM-DD, `today`, or days or weeks from today such as `+7d` and `-2w`; or an instant. */
                updated_after?: string;
                /** @description The time zone of the days in filters, a name of the IANA database such as Europe/Berlin. Without it the one of the caller's preferences, or the company's. */
                tz?: string;
                /** @description Columns to order by, comma-separated, `-` for descending: id, title, status, priority, start_date, due_date, estimate, completed_at, created_at, updated_at. Newest first without it. */
                ordering?: string;
            };
            header?: never;
            path: {
                /** @description The company's id. */
                company: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    operatorTask: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that the change is based on (optimistic locking). 412 if the task has changed since. */
                "If-Match"?: string;
                /** @description The ETag of the client's copy. 304 if it is still current. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description The company's id. */
                company: number;
                /** @description The id, as in the list. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            /** @description The client's copy is current. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["PreconditionFailed"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    operatorChangeTask: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that the change is based on (optimistic locking). 412 if the task has changed since. */
                "If-Match"?: string;
            };
            path: {
                /** @description The company's id. */
                company: number;
                /** @description The id, as in the list. */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OperatorChangeTaskRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    "Event-Seq": components["headers"]["Event-Seq"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    operatorAnalytics: {
        parameters: {
            query?: {
                /** @description How many days back. */
                days?: number;
                /** @description The instant of the figures; now if it is absent or in the future. */
                as_of?: string;
                /** @description The time zone of the days: a name of the IANA database, such as Europe/Berlin. */
                tz?: string;
            };
            header?: never;
            path: {
                /** @description The company's id. */
                company: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Report"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    operatorNotifications: {
        parameters: {
            query?: {
                /** @description The page's number from 1, or `last`. */
                page?: string;
                /** @description Results per page, at most 100; a larger value is lowered to 100. */
                page_size?: number;
                /** @description A cursor from `next` or `previous`. An empty value starts pagination by cursor. */
                cursor?: string;
                /** @description Only notifications to this member. */
                user?: number;
                /** @description Only notifications about this task, which may have been deleted since. */
                task?: number;
                /** @description Only notifications of this kind. */
                kind?: "assigned" | "unassigned" | "mentioned" | "status" | "invitation";
                /** @description Only notifications whose e-mail is in this state. */
                mail?: "none" | "queued" | "sent";
                /** @description Words that all occur in the message. */
                search?: string;
            };
            header?: never;
            path: {
                /** @description The company's id. */
                company: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SentNotificationList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    operatorMarkNotification: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The company's id. */
                company: number;
                /** @description The id, as in the list. */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OperatorMarkNotificationRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SentNotification"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    operatorAnalyticsOfAll: {
        parameters: {
            query?: {
                /** @description The page's number from 1, or `last`. */
                page?: string;
                /** @description Results per page, at most 100; a larger value is lowered to 100. */
                page_size?: number;
                /** @description A cursor from `next` or `previous`. An empty value starts pagination by cursor. */
                cursor?: string;
                /** @description How many days back. */
                days?: number;
                /** @description The instant of the figures; now if it is absent or in the future. */
                as_of?: string;
                /** @description The time zone of the days: a name of the IANA database, such as Europe/Berlin. */
                tz?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReportList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    operatorTotals: {
        parameters: {
            query?: {
                /** @description How many days back. */
                days?: number;
                /** @description The time zone of the days: a name of the IANA database, such as Europe/Berlin. */
                tz?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Totals"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    operatorUsers: {
        parameters: {
            query?: {
                /** @description The page's number from 1, or `last`. */
                page?: string;
                /** @description Results per page, at most 100; a larger value is lowered to 100. */
                page_size?: number;
                /** @description A cursor from `next` or `previous`. An empty value starts pagination by cursor. */
                cursor?: string;
                /** @description Words that all occur in the username or e-mail address. */
                search?: string;
                /** @description Only accounts that are in this company. */
                company?: number;
                /** @description Only operators, or with false the others. */
                is_superuser?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    operatorUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as in the list. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    operatorChangeUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as in the list. */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OperatorChangeUserRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    operatorJobs: {
        parameters: {
            query?: {
                /** @description The page's number from 1, or `last`. */
                page?: string;
                /** @description Results per page, at most 100; a larger value is lowered to 100. */
                page_size?: number;
                /** @description A cursor from `next` or `previous`. An empty value starts pagination by cursor. */
                cursor?: string;
                state?: "queued" | "running" | "done" | "dead" | "cancelled";
                /** @description Only jobs of this kind, such as mail. */
                kind?: string;
                /** @description Only jobs of this company. */
                company?: number;
                /** @description Words that must all occur in the kind, key or error. */
                search?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    operatorJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as in the list. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    operatorRetryJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as in the list. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    operatorCancelJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as in the list. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    operatorLog: {
        parameters: {
            query?: {
                /** @description The page's number from 1, or `last`. */
                page?: string;
                /** @description Results per page, at most 100; a larger value is lowered to 100. */
                page_size?: number;
                /** @description A cursor from `next` or `previous`. An empty value starts pagination by cursor. */
                cursor?: string;
                /** @description Only acts of this account. */
                operator?: number;
                /** @description Only acts on this company, also an erased one. */
                company?: number;
                /** @description Only acts of this name. */
                act?: "account_closed" | "account_opened" | "company_created" | "company_erased" | "company_imported" | "company_updated" | "external_source_changed" | "invitation_accepted" | "invitation_created" | "invitation_revoked" | "job_cancelled" | "job_retried" | "member_address_restored" | "member_deactivated" | "member_joined" | "member_reactivated" | "member_removed" | "member_role_changed" | "member_signed_out" | "member_updated" | "notification_marked" | "operator_demoted" | "operator_promoted" | "password_changed" | "read" | "sessions_ended" | "sign_in_failed" | "signed_in" | "signed_out" | "task_created" | "task_deleted" | "task_updated" | "token_created" | "token_revoked";
                /** @description Only acts by requests, or by commands. */
                via?: "api" | "command";
                /** @description Only from this time on. */
                from?: string;
                /** @description Only up to this time. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InstallationEntryList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    schema: {
        parameters: {
            query?: {
                /** @description Takes precedence over the `Accept` header. Default: `json`. */
                format?: "json" | "yaml";
            };
            header?: {
                /** @description The ETag of the client's copy. 304 if it is still current. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                    "application/yaml": Record<string, never>;
                };
            };
            /** @description The client's copy is current. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    docs: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of the client's copy. 304 if it is still current. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description The client's copy is current. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    docsStyle: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of the client's copy. 304 if it is still current. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "text/css": string;
                };
            };
            /** @description The client's copy is current. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    livez: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            500: components["responses"]["Fault"];
        };
    };
    readyz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
}
