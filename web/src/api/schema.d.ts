// Made by scripts/types.mjs out of the OpenAPI document. Do not edit.

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
         * Sign up: found a company, or join the one that sent an invitation.
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
         * Sign in: username or e-mail address and password give a pair of tokens.
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
         * The next pair of tokens; the given one is used up, and coming back with it ends the session.
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
         * End the session of this refresh token: all its tokens are dead at once.
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
         * Sign in to the web app: the session is in a cookie that no script can read.
         * @description For anyone, without a token.
         */
        post: operations["signIn"];
        /**
         * End the web app's session.
         * @description For anyone, without a token.
         */
        delete: operations["signOut"];
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
         * The caller.
         * @description For every member.
         */
        get: operations["profile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change the caller's names, e-mail address or telephone number.
         * @description For every member.
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
         * Change the password; all other sessions end.
         * @description For every member.
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
         * The caller's sessions in this company that can still be used, the newest first.
         * @description For every member.
         */
        get: operations["sessions"];
        put?: never;
        post?: never;
        /**
         * End all of the caller's sessions in this company but the one that asks.
         * @description For every member.
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
         * End one of the caller's sessions: who uses it is signed out with the next request.
         * @description For every member.
         */
        delete: operations["endSession"];
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
         * The caller's company.
         * @description For every member.
         */
        get: operations["company"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Rename or describe the company.
         * @description For admins and owners.
         */
        patch: operations["changeCompany"];
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
         * The company's members.
         * @description For every member.
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
         * One member.
         * @description For every member.
         */
        get: operations["member"];
        put?: never;
        post?: never;
        /**
         * Remove a member; their tasks stay, unassigned or handed to another member.
         * @description For admins and owners.
         */
        delete: operations["removeMember"];
        options?: never;
        head?: never;
        /**
         * Give a member another role, deactivate or reactivate them; it holds from their next request on.
         * @description For admins and owners.
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
         * A member's sessions in this company that can still be used.
         * @description For admins and owners.
         */
        get: operations["memberSessions"];
        put?: never;
        post?: never;
        /**
         * Sign a member out everywhere in this company; it is an event in its log.
         * @description For admins and owners.
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
         * End one session of a member; it is an event in the company's log.
         * @description For admins and owners.
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
         * Invitations that can still be accepted.
         * @description For admins and owners.
         */
        get: operations["invitations"];
        put?: never;
        /**
         * Invite somebody; the answer has the link, shown once.
         * @description For admins and owners.
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
         * @description For admins and owners.
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
         * @description For every member.
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
         * The company's tasks, newest first.
         * @description For every member.
         */
        get: operations["tasks"];
        put?: never;
        /**
         * Create a task.
         * @description For every member but guests.
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
         * The tasks assigned to the caller.
         * @description For every member.
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
         * How many tasks there are, by status and by assignee.
         * @description For every member.
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
         * One task.
         * @description For every member.
         */
        get: operations["task"];
        /**
         * Change a task; the title is required, what is left out stays.
         * @description For every member but guests.
         */
        put: operations["replaceTask"];
        post?: never;
        /**
         * Delete a task; its history stays in the log.
         * @description For every member but guests.
         */
        delete: operations["deleteTask"];
        options?: never;
        head?: never;
        /**
         * Change fields of a task.
         * @description For every member but guests.
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
         * Change several tasks in one step, or delete them; an event each.
         * @description For every member but guests.
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
         * Do the reverse of changes; refused where somebody has changed the same since.
         * @description For every member but guests.
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
         * What happened to a task, newest first.
         * @description For every member.
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
         * Markdown as HTML that is safe to show: how the web app shows descriptions. Nothing is kept.
         * @description For every member.
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
         * The company's newest tasks beside those of another system; that it fails takes nothing from the company's own.
         * @description For every member.
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
         * The company's own source of outside tasks; 404 where it takes the installation's.
         * @description For admins and owners.
         */
        get: operations["externalSource"];
        /**
         * Give the company a source of outside tasks of its own. The secret is kept sealed, and never shown.
         * @description For admins and owners.
         */
        put: operations["setExternalSource"];
        post?: never;
        /**
         * Take the company back to the installation's source of outside tasks.
         * @description For admins and owners.
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
         * The company's tasks in figures: how they stand, or stood at an instant, and what happened over days.
         * @description For every member.
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
         * What the caller was told, newest first.
         * @description For every member.
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
         * What everybody of the company was told, newest first, and what became of the mails.
         * @description For admins and owners.
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
         * How many notifications the caller has not read.
         * @description For every member.
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
         * @description For every member.
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
         * Mark one of the caller's notifications as read, or not.
         * @description For every member.
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
         * What the caller is told of, and how.
         * @description For every member.
         */
        get: operations["preferences"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change what the caller is told of: by the inbox, by e-mail, by both or by neither.
         * @description For every member.
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
         * Ask whether to turn off the e-mails that the link came with. It changes nothing.
         * @description For anyone, without a token.
         */
        get: operations["unsubscribePage"];
        put?: never;
        /**
         * Turn off the e-mails that the link came with: with one click, as RFC 8058 has it.
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
         * The company's log after a number: every change, once and in order.
         * @description For every member.
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
         * The company's log for people, newest first: what happened, by kind, person, subject and time.
         * @description For admins and owners.
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
         * The same log as Server-Sent Events, as it grows; Last-Event-ID resumes.
         * @description For every member.
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
         * The same log over a WebSocket, as it grows.
         * @description For every member.
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
         * Who of the company is connected, and what they look at.
         * @description For every member.
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
         * Sign in as an operator; the token opens the operator's routes and no others.
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
         * Sign in to the web app as an operator: the session is in a cookie that no script can read.
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
         * End the operator's session: its token is dead at once.
         * @description For operators.
         */
        post: operations["operatorLogout"];
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
         * All companies, oldest first, with how much is in them.
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
         * One company.
         * @description For operators.
         */
        get: operations["operatorCompany"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Rename or describe a company; it is an event in its log.
         * @description For operators.
         */
        patch: operations["operatorChangeCompany"];
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
         * A company's members.
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
         * One member of a company.
         * @description For operators.
         */
        get: operations["operatorMember"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Give a member another role, deactivate or reactivate them; it is an event in the company's log.
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
         * A company's tasks, newest first.
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
         * One task of a company.
         * @description For operators.
         */
        get: operations["operatorTask"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change fields of a task; it is an event in the company's log.
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
         * A company's tasks in figures.
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
         * What everybody of a company was told, newest first, and what became of the mails.
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
         * Mark a notification in somebody's inbox as read, or not.
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
         * The tasks of all companies in figures: a report each, in the order of their ids.
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
    "/api/operator/users/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All accounts, oldest first: their companies, and when they last signed in.
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
         * One account.
         * @description For operators.
         */
        get: operations["operatorUser"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Close an account or open it again, which is an event in each of its companies; make it an operator or none.
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
         * The jobs of all companies, newest first.
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
         * One job.
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
         * Queue a job again that was given up or cancelled; it is an event in its company's log.
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
         * Give a job up that has not ended; it is an event in its company's log.
         * @description For operators.
         */
        post: operations["operatorCancelJob"];
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
         * Whether the process runs.
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
         * Whether the process can serve: its database answers, the schema is this version's, and the work beside the requests goes on.
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
             * @description Founds a company, with this user as its owner. This or invitation_token.
             * @example Acme Corp
             */
            company_name?: string;
            /** @description Joins the company that invited. This or company_name. */
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
            company: components["schemas"]["Company"];
            /** Format: date-time */
            date_joined: string;
        };
        /** @description Its members share its tasks, and nothing with anybody else. */
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
             * @description Which company, for an account that belongs to several; without it the one joined first.
             */
            company?: number;
        };
        /** @description What a sign-in gives. */
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
             * @description Which company, for an account that belongs to several; without it the one joined first.
             */
            company?: number;
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
        };
        ChangePasswordRequest: {
            /** @example securepass123 */
            current_password: string;
            /** @example an even better one */
            new_password: string;
        };
        /** @description A part of a list. */
        SessionList: {
            /**
             * Format: int64
             * @description How many there are in all.
             */
            count: number;
            /**
             * Format: uri
             * @description The URL of the next page.
             */
            next: string | null;
            /**
             * Format: uri
             * @description The URL of the page before.
             */
            previous: string | null;
            results: components["schemas"]["Session"][];
        };
        /** @description A sign-in to a company that can still be used. */
        Session: {
            id: string;
            /**
             * @description web: the web app's cookie; api: a pair of tokens.
             * @enum {string}
             */
            kind: "web" | "api";
            /** @description What the client said it was when it signed in (User-Agent), 200 characters at most. */
            agent: string;
            /** @description Whether it is the one that asks. */
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
             * @description When it ends, if it is not renewed until then.
             */
            expires_at: string;
        };
        ChangeCompanyRequest: {
            /** @example Acme Corp */
            name?: string;
            /** @example All that is worth knowing. */
            description?: string;
        };
        /** @description A part of a list. */
        UserList: {
            /**
             * Format: int64
             * @description How many there are in all.
             */
            count: number;
            /**
             * Format: uri
             * @description The URL of the next page.
             */
            next: string | null;
            /**
             * Format: uri
             * @description The URL of the page before.
             */
            previous: string | null;
            results: components["schemas"]["User"][];
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
             * @description Only an account with this address can accept; without it whoever holds the token.
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
        /** @description A way into a company, for one person, once. */
        Invitation: {
            /** Format: int64 */
            id: number;
            /**
             * @description Shown once, in the answer that creates it; only its hash is kept.
             * @example MTQ3RZ2LSKX5JJ4CJUWZ4R3GGI
             */
            token?: string;
            /**
             * Format: uri
             * @description The link to send; shown once.
             * @example https://tasks.example.com/invitations/MTQ3RZ2LSKX5JJ4CJUWZ4R3GGI
             */
            url?: string;
            /**
             * @description Whom it is for; empty for whoever holds the token.
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
        /** @description A part of a list. */
        InvitationList: {
            /**
             * Format: int64
             * @description How many there are in all.
             */
            count: number;
            /**
             * Format: uri
             * @description The URL of the next page.
             */
            next: string | null;
            /**
             * Format: uri
             * @description The URL of the page before.
             */
            previous: string | null;
            results: components["schemas"]["Invitation"][];
        };
        AcceptInvitationRequest: {
            /** @example MTQ3RZ2LSKX5JJ4CJUWZ4R3GGI */
            token: string;
        };
        /** @description A part of a list. */
        TaskList: {
            /**
             * Format: int64
             * @description How many there are in all.
             */
            count: number;
            /**
             * Format: uri
             * @description The URL of the next page.
             */
            next: string | null;
            /**
             * Format: uri
             * @description The URL of the page before.
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
            /** Format: int64 */
            created_by: number;
            created_by_detail: components["schemas"]["User"];
            /** Format: int64 */
            company: number;
            /** @description Where it stands on the board: of two tasks the one with the lesser rank, byte by byte, is higher up. */
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
        };
        /** @description The company's tasks in numbers. */
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
             * @description Assigned tasks by username: every active member, and whoever else has some.
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
            /** @description Moves the task on the board, between two others: the id of the one above and of the one below, null at an end. */
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
            /** @description Moves the task on the board, between two others: the id of the one above and of the one below, null at an end. */
            between?: (number | null)[];
        };
        ChangeTasksRequest: {
            /** @description The tasks. */
            ids: number[];
            /**
             * @description What they all become.
             * @example in_progress
             * @enum {string}
             */
            status?: "todo" | "in_progress" | "done" | "cancelled";
            /**
             * Format: int64
             * @description Who gets them all: an active member of the company, or null.
             * @example 1
             */
            assigned_to?: number | null;
            /** @description true: they are deleted. */
            delete?: boolean;
        };
        Outcome: {
            /** @description How many tasks were changed, or made again. */
            changed: number;
            /** @description How many were deleted. */
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
        /** @description A part of a list. */
        HistoryEntryList: {
            /**
             * Format: int64
             * @description How many there are in all.
             */
            count: number;
            /**
             * Format: uri
             * @description The URL of the next page.
             */
            next: string | null;
            /**
             * Format: uri
             * @description The URL of the page before.
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
            type: "company_created" | "company_updated" | "external_source_changed" | "invitation_accepted" | "invitation_created" | "invitation_revoked" | "job_cancelled" | "job_retried" | "member_deactivated" | "member_joined" | "member_reactivated" | "member_removed" | "member_role_changed" | "member_signed_out" | "member_updated" | "task_created" | "task_deleted" | "task_updated";
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
        /** @description What a field was and is. Of a private field (an e-mail address) both are null. */
        Change: {
            old: string | number | boolean | null;
            new: string | number | boolean | null;
        };
        MarkdownRequest: {
            /** @description Markdown, as in the description of a task. */
            text: string;
        };
        Rendered: {
            /** @description Paragraphs, lists, tables, code, emphasis and links to http, https and mailto; no scripts, styles, images or forms. */
            html: string;
        };
        /** @description The company's newest tasks and those of another system. */
        MergedTasks: {
            /** @description The company's newest five. */
            local_tasks: components["schemas"]["Task"][];
            /** @description The first five of the other system. */
            external_tasks: components["schemas"]["ExternalTask"][];
            /** @description How many are shown. */
            merged_count: number;
            external: components["schemas"]["ExternalState"];
        };
        /** @description A task of another system: shown, never stored. */
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
             * @description What the last attempt met; absent when it succeeded.
             * @enum {string}
             */
            reason?: "off" | "unreachable" | "timeout" | "refused" | "too_large" | "malformed";
            /**
             * Format: date-time
             * @description When the other system gave these tasks; absent when it gave none.
             */
            fetched_at?: string;
        };
        Setting: {
            /**
             * Format: uri
             * @example https://tasks.example.com/invitations/MTQ3RZ2LSKX5JJ4CJUWZ4R3GGI
             */
            url: string;
            /** @description Where the other system's objects have our fields. */
            fields: string;
            /** @description The name of the header that carries the secret; empty: none. */
            header: string;
            /** Format: date-time */
            changed_at: string;
        };
        SetExternalSourceRequest: {
            /**
             * Format: uri
             * @description http or https, at a public address, without a name or password in it.
             * @example https://tasks.example.com/invitations/MTQ3RZ2LSKX5JJ4CJUWZ4R3GGI
             */
            url: string;
            /** @description Where the other system's objects have our fields, such as list=results,id=number,title=title,completed=state:closed. */
            fields?: string;
            /** @description The name of the header that carries the secret, such as Authorization. */
            header?: string;
            /** @description The header's value. Left out it stays as it is, as long as url and header do. */
            value?: string;
        };
        /** @description The company's tasks in figures. */
        Report: {
            company: components["schemas"]["ReportCompany"];
            /**
             * Format: date-time
             * @description The instant that the figures are of: the log is read up to its first event after it.
             */
            as_of: string;
            /** @description Whose days are counted. */
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
            /** @description Every active member, whoever else has tasks, and last nobody, where some are unassigned. */
            tasks_per_user: components["schemas"]["PersonTasks"][];
            /** @description All four statuses. */
            status_distribution: components["schemas"]["StatusShare"][];
            company_performance: components["schemas"]["Performance"];
            /** @description Each of the days, the oldest first. */
            daily_creation: components["schemas"]["DayCreated"][];
            assignment: components["schemas"]["Assignment"];
            history: components["schemas"]["History"];
        };
        /** @description Whose figures they are. */
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
            /** @description Whether they were an active member. */
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
            /** @description Those in a hundred tasks, to one decimal. */
            completion_rate: number;
            /**
             * Format: int64
             * @description Active ones.
             */
            members: number;
            /** @description To two decimals; 0 without members. */
            tasks_per_member: number;
            /** @description From a task's creation to when it was last done, of the tasks that are done. */
            lead_time: components["schemas"]["Spread"];
        };
        /** @description How long things took: half of them at most the median. */
        Spread: {
            /** Format: int64 */
            count: number;
            /**
             * Format: int64
             * @description Exact up to two minutes, then within 0.8 %. null: there is none.
             */
            median_seconds: number | null;
            /**
             * Format: int64
             * @description Nine in ten took at most as long, within 0.8 %. null: there is none.
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
             * @description Those that were deleted later included.
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
             * @description Of those, the ones that somebody has.
             */
            assigned: number;
            /** Format: int64 */
            unassigned: number;
            /** @description Assigned ones by active member, to two decimals; 0 without members. */
            open_per_member: number;
            /**
             * Format: date
             * @description The day of UTC on which the oldest open task was created. null: none is open.
             */
            oldest_open_on: string | null;
            /**
             * Format: int64
             * @description How many days of UTC ago that was.
             */
            oldest_open_days: number | null;
            /** @description That task as it is now. null with as_of, and when none is open. */
            oldest_open: components["schemas"]["Oldest"] | null;
            /** @description Every active member, and whoever else has open tasks; the most loaded first. */
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
            /** @description From creation, of each time in these days that a task was done. */
            lead_time: components["schemas"]["Spread"];
            /** @description From when it was first in progress, of each time in these days that a task was done that ever was. */
            cycle_time: components["schemas"]["Spread"];
            /** @description How many tasks there were at each day's end, by status. */
            cumulative_flow: components["schemas"]["DayFlow"][];
            created_and_completed: components["schemas"]["Throughput"][];
            /** @description Every active member, and whoever else had open tasks or did some. */
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
             * @description How often a task was done; one that was reopened counts again.
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
             * @description How often one of their tasks was done.
             */
            completed: number;
        };
        /** @description A part of a list. */
        NotificationList: {
            /**
             * Format: int64
             * @description How many there are in all.
             */
            count: number;
            /**
             * Format: uri
             * @description The URL of the next page.
             */
            next: string | null;
            /**
             * Format: uri
             * @description The URL of the page before.
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
             * @description The task's title when it was told; empty where it is about none.
             * @example Paint the fence
             */
            title: string;
            /** @description With the kind status: what the task's status was. */
            old_status: ("todo" | "in_progress" | "done" | "cancelled") | null;
            /** @description And what it became. */
            new_status: ("todo" | "in_progress" | "done" | "cancelled") | null;
            /**
             * Format: int64
             * @description The task it is about, which may be gone by now.
             */
            task: number | null;
            /** @description Who did it; null: the system. */
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
        /** @description A part of a list. */
        SentNotificationList: {
            /**
             * Format: int64
             * @description How many there are in all.
             */
            count: number;
            /**
             * Format: uri
             * @description The URL of the next page.
             */
            next: string | null;
            /**
             * Format: uri
             * @description The URL of the page before.
             */
            previous: string | null;
            results: components["schemas"]["SentNotification"][];
        };
        /** @description What somebody of a company was told. */
        SentNotification: {
            /** Format: int64 */
            id: number;
            /**
             * Format: int64
             * @description Who was told.
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
            /** @description Whether their inbox shows it. */
            inbox: boolean;
            read: boolean;
            /** @enum {string} */
            mail: "none" | "queued" | "sent";
            /** Format: date-time */
            created_at: string;
            /**
             * Format: date-time
             * @description When the mail was handed over.
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
            /** @description Whether a mail a day sums up what is open and unread. */
            digest: boolean;
            /**
             * Format: int64
             * @description The hour of the day there, 0 to 23.
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
            digest?: boolean;
            /** Format: int64 */
            digest_hour?: number;
            /** @description A name of the IANA time zone database, such as Europe/Berlin. */
            time_zone?: string;
        };
        /** @description A part of a list. */
        EventList: {
            /**
             * Format: int64
             * @description How many there are in all.
             */
            count: number;
            /**
             * Format: uri
             * @description The URL of the next page.
             */
            next: string | null;
            /**
             * Format: uri
             * @description The URL of the page before.
             */
            previous: string | null;
            results: components["schemas"]["Event"][];
        };
        /** @description One change in the company, with what it happened to: exactly one of task, member, company, invitation and job. */
        Event: {
            /**
             * @description What happened.
             * @example task_updated
             * @enum {string}
             */
            type: "company_created" | "company_updated" | "external_source_changed" | "invitation_accepted" | "invitation_created" | "invitation_revoked" | "job_cancelled" | "job_retried" | "member_deactivated" | "member_joined" | "member_reactivated" | "member_removed" | "member_role_changed" | "member_signed_out" | "member_updated" | "task_created" | "task_deleted" | "task_updated";
            /**
             * Format: int64
             * @description The number in the company's log: from 1, without a gap.
             * @example 42
             */
            seq: number;
            /** Format: date-time */
            at: string;
            /**
             * Format: int64
             * @description Who did it: a member's id; null is the system, or an operator.
             * @example 1
             */
            actor: number | null;
            /**
             * Format: int64
             * @description The operator who did it, who is no member: a user id; null where it was a member or the system.
             */
            operator: number | null;
            /**
             * @description One line for people.
             * @example Task updated: Paint the fence
             */
            message: string;
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
            /** @description Of `task_...`: the task after it, as every member sees it. */
            task?: components["schemas"]["Task"];
            /** @description Of `member_...`: the member after it, without e-mail address and telephone number. */
            member?: components["schemas"]["User"];
            /** @description Of `company_...`: the company after it. */
            company?: components["schemas"]["Company"];
            /** @description Of `invitation_...`: never its token or address. */
            invitation?: {
                /** Format: int64 */
                id: number;
                /** @enum {string} */
                role: "owner" | "admin" | "member" | "guest";
            };
            /** @description Of `job_...`: what an operator did to a job of the company's. */
            job?: {
                /** Format: int64 */
                id: number;
                kind: string;
                /** @enum {string} */
                state: "queued" | "running" | "done" | "dead" | "cancelled";
            };
        };
        /** @description A part of a list. */
        DeedList: {
            /**
             * Format: int64
             * @description How many there are in all.
             */
            count: number;
            /**
             * Format: uri
             * @description The URL of the next page.
             */
            next: string | null;
            /**
             * Format: uri
             * @description The URL of the page before.
             */
            previous: string | null;
            results: components["schemas"]["Deed"][];
        };
        /** @description One event of the company's log, for people. */
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
            type: "company_created" | "company_updated" | "external_source_changed" | "invitation_accepted" | "invitation_created" | "invitation_revoked" | "job_cancelled" | "job_retried" | "member_deactivated" | "member_joined" | "member_reactivated" | "member_removed" | "member_role_changed" | "member_signed_out" | "member_updated" | "task_created" | "task_deleted" | "task_updated";
            /** Format: date-time */
            at: string;
            /** @description null: the system, or an operator. */
            actor: components["schemas"]["User"] | null;
            /** @description true where an operator did it, who is no member. */
            operator: boolean;
            /**
             * @description What it happened to.
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
             * @description By field, its old and new value; null where the values are not for everybody.
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
        /** @description A part of a list. */
        PresenceList: {
            /**
             * Format: int64
             * @description How many there are in all.
             */
            count: number;
            /**
             * Format: uri
             * @description The URL of the next page.
             */
            next: string | null;
            /**
             * Format: uri
             * @description The URL of the page before.
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
        /** @description What an operator's sign-in gives; there is none to renew it with. */
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
        /** @description A part of a list. */
        CompanySummaryList: {
            /**
             * Format: int64
             * @description How many there are in all.
             */
            count: number;
            /**
             * Format: uri
             * @description The URL of the next page.
             */
            next: string | null;
            /**
             * Format: uri
             * @description The URL of the page before.
             */
            previous: string | null;
            results: components["schemas"]["CompanySummary"][];
        };
        /** @description A company as an operator sees it from above. */
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
             * @description When its log last grew.
             */
            last_activity: string | null;
        };
        OperatorChangeCompanyRequest: {
            /** @example Acme Corp */
            name?: string;
            /** @example All that is worth knowing. */
            description?: string;
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
            /** @description Moves the task on the board, between two others: the id of the one above and of the one below, null at an end. */
            between?: (number | null)[];
        };
        OperatorMarkNotificationRequest: {
            read?: boolean;
        };
        /** @description A part of a list. */
        ReportList: {
            /**
             * Format: int64
             * @description How many there are in all.
             */
            count: number;
            /**
             * Format: uri
             * @description The URL of the next page.
             */
            next: string | null;
            /**
             * Format: uri
             * @description The URL of the page before.
             */
            previous: string | null;
            results: components["schemas"]["Report"][];
        };
        /** @description A part of a list. */
        AccountList: {
            /**
             * Format: int64
             * @description How many there are in all.
             */
            count: number;
            /**
             * Format: uri
             * @description The URL of the next page.
             */
            next: string | null;
            /**
             * Format: uri
             * @description The URL of the page before.
             */
            previous: string | null;
            results: components["schemas"]["Account"][];
        };
        /** @description An account, whatever companies it belongs to. */
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
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            last_login: string | null;
            companies: components["schemas"]["Membership"][];
        };
        /** @description What an account is in a company. */
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
             * @description false: the account cannot sign in, in none of its companies, and is signed out everywhere at once.
             * @example true
             */
            is_active?: boolean;
            /** @description Whether it is an operator. */
            is_superuser?: boolean;
        };
        /** @description A part of a list. */
        JobList: {
            /**
             * Format: int64
             * @description How many there are in all.
             */
            count: number;
            /**
             * Format: uri
             * @description The URL of the next page.
             */
            next: string | null;
            /**
             * Format: uri
             * @description The URL of the page before.
             */
            previous: string | null;
            results: components["schemas"]["Job"][];
        };
        /** @description Work outside the database: a mail. */
        Job: {
            /** Format: int64 */
            id: number;
            /** Format: int64 */
            company: number;
            kind: string;
            /** @description What makes a repetition recognisable. */
            key: string;
            /** @enum {string} */
            state: "queued" | "running" | "done" | "dead" | "cancelled";
            attempts: number;
            /**
             * Format: date-time
             * @description When a worker may take it; of a running one the end of its lease.
             */
            due_at: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            finished_at: string | null;
            /** @description Of the last attempt, or why it was given up. */
            error: string;
        };
        /** @description A part that is well. */
        Health: {
            /** @enum {string} */
            status: "ok";
        };
        /**
         * @description A failure (RFC 9457).
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
            /** @description Always about:blank: code says more. */
            type: string;
            /** @description The status in words. */
            title: string;
            status: number;
            /** @description One sentence for people. */
            detail: string;
            /** @description A stable word for programs. */
            code: string;
            /** @description Name it when you report the failure. */
            request_id: string;
            /** @description By field; what concerns none stands under non_field_errors. */
            errors?: {
                [key: string]: string[];
            };
        };
    };
    responses: {
        /** @description The request cannot be read, or fields break a rule: `errors` says which. */
        Invalid: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description There is no credential, or it does not hold: wrong, expired, used up, or its session has ended. */
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
        /** @description The caller's role may not do this. */
        Forbidden: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description There is nothing here, or it is another company's: the two are one answer. Also of a page past the end. */
        NotFound: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The path does not take this method; `Allow` says which it takes. */
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
        /** @description The state does not allow it. */
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
        /** @description The body is larger than the installation takes. */
        TooLarge: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is something else than `application/json`. */
        UnsupportedMediaType: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The `Idempotency-Key` came with another request before. */
        KeyReused: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too many requests, or attempts; `Retry-After` says in how many seconds the next one is taken, and `RateLimit` which rate it was. */
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
        /** @description A fault of ours. It is in the log under `request_id`. */
        Fault: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A part does not answer now, or there is more to do than this server can; `Retry-After` says when to try again. */
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
        /** @description No room is left to store this, and nothing was changed. */
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
        /** @description The request's name in the log. */
        "X-Request-Id": string;
        /** @description The version and a hash of the answer, for `If-Match` and `If-None-Match`. */
        ETag: string;
        /** @description Where it is. */
        Location: string;
        /** @description The number of the change in the company's log; absent where nothing changed. */
        "Event-Seq": number;
        /** @description The session, HttpOnly, or its end. */
        "Set-Cookie": string;
        /** @description How to authenticate. */
        "WWW-Authenticate": string;
        /** @description The methods that the path takes. */
        Allow: string;
        /** @description In seconds. */
        "Retry-After": number;
        /** @description The rate that has the fewest requests left: its name, how many (`r`), and in how many seconds all are there again (`t`). Absent where there is none. */
        RateLimit: string;
        /** @description Every rate: its name, how many requests at once (`q`), and in how many seconds as many come again (`w`). */
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
                /** @description Results in a page; more than 100 are given as 100. */
                page_size?: number;
                /** @description Where to go on, as `next` and `previous` give it; empty starts paging by cursor. */
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
                /** @description The session's id, as the list gives it. */
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
                    "application/json": components["schemas"]["Company"];
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
                    "application/json": components["schemas"]["Company"];
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
    members: {
        parameters: {
            query?: {
                /** @description The page's number from 1, or `last`. */
                page?: string;
                /** @description Results in a page; more than 100 are given as 100. */
                page_size?: number;
                /** @description Where to go on, as `next` and `previous` give it; empty starts paging by cursor. */
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
                /** @description Its id, as the list gives it. */
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
                /** @description Its id, as the list gives it. */
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
                /** @description Its id, as the list gives it. */
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
                /** @description Results in a page; more than 100 are given as 100. */
                page_size?: number;
                /** @description Where to go on, as `next` and `previous` give it; empty starts paging by cursor. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description Its id, as the list gives it. */
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
                /** @description Its id, as the list gives it. */
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
                /** @description Its id, as the list gives it. */
                id: number;
                /** @description The session's id, as the list gives it. */
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
                /** @description Results in a page; more than 100 are given as 100. */
                page_size?: number;
                /** @description Where to go on, as `next` and `previous` give it; empty starts paging by cursor. */
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
                /** @description Its id, as the list gives it. */
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
                /** @description Results in a page; more than 100 are given as 100. */
                page_size?: number;
                /** @description Where to go on, as `next` and `previous` give it; empty starts paging by cursor. */
                cursor?: string;
                status?: "todo" | "in_progress" | "done" | "cancelled";
                /** @description Tasks of this member. */
                assigned_to?: number;
                /** @description Tasks that this member created. */
                created_by?: number;
                /** @description Words that all occur in title or description. */
                search?: string;
                /** @description At this time or later. */
                created_at__gte?: string;
                /** @description At this time or earlier. */
                created_at__lte?: string;
                /** @description At this time or later. */
                updated_at__gte?: string;
                /** @description At this time or earlier. */
                updated_at__lte?: string;
                /** @description Columns to order by, comma-separated, `-` for descending: created_at, updated_at, title, status, id. Newest first without it. */
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
                /** @description A word of the client's own for this request. Within 24 hours the same key and body get the same answer, and nothing is done twice. */
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
                /** @description Results in a page; more than 100 are given as 100. */
                page_size?: number;
                /** @description Where to go on, as `next` and `previous` give it; empty starts paging by cursor. */
                cursor?: string;
                status?: "todo" | "in_progress" | "done" | "cancelled";
                /** @description Tasks of this member. */
                assigned_to?: number;
                /** @description Tasks that this member created. */
                created_by?: number;
                /** @description Words that all occur in title or description. */
                search?: string;
                /** @description At this time or later. */
                created_at__gte?: string;
                /** @description At this time or earlier. */
                created_at__lte?: string;
                /** @description At this time or later. */
                updated_at__gte?: string;
                /** @description At this time or earlier. */
                updated_at__lte?: string;
                /** @description Columns to order by, comma-separated, `-` for descending: created_at, updated_at, title, status, id. Newest first without it. */
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
            429: components["responses"]["Throttled"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    task: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that the change is based on. 412 if the task has changed since. */
                "If-Match"?: string;
                /** @description The ETag of what the client has. 304 if it is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description Its id, as the list gives it. */
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
            /** @description What the client has is still the same. */
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
                /** @description The ETag that the change is based on. 412 if the task has changed since. */
                "If-Match"?: string;
            };
            path: {
                /** @description Its id, as the list gives it. */
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
                /** @description The ETag that the change is based on. 412 if the task has changed since. */
                "If-Match"?: string;
            };
            path: {
                /** @description Its id, as the list gives it. */
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
                /** @description The ETag that the change is based on. 412 if the task has changed since. */
                "If-Match"?: string;
            };
            path: {
                /** @description Its id, as the list gives it. */
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
                /** @description Results in a page; more than 100 are given as 100. */
                page_size?: number;
                /** @description Where to go on, as `next` and `previous` give it; empty starts paging by cursor. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description Its id, as the list gives it. */
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
                /** @description The instant that the figures are of; now if it is absent or in the future. */
                as_of?: string;
                /** @description Whose days are counted: a name of the IANA time zone database, such as Europe/Berlin. */
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
                /** @description Results in a page; more than 100 are given as 100. */
                page_size?: number;
                /** @description Where to go on, as `next` and `previous` give it; empty starts paging by cursor. */
                cursor?: string;
                /** @description Only those that are not read yet, or with false those that are. */
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
                /** @description Results in a page; more than 100 are given as 100. */
                page_size?: number;
                /** @description Where to go on, as `next` and `previous` give it; empty starts paging by cursor. */
                cursor?: string;
                /** @description Only what this person was told. */
                user?: number;
                /** @description Only what was told of this task, which may be gone by now. */
                task?: number;
                /** @description Only what was told for this reason. */
                kind?: "assigned" | "unassigned" | "mentioned" | "status" | "invitation";
                /** @description Only those whose mail is in this state. */
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
                /** @description Its id, as the list gives it. */
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
                /** @description As it stands in the link. */
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
                /** @description As it stands in the link. */
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
                /** @description How many events at most. */
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
                /** @description Results in a page; more than 100 are given as 100. */
                page_size?: number;
                /** @description Where to go on, as `next` and `previous` give it; empty starts paging by cursor. */
                cursor?: string;
                /** @description Only events of this kind. */
                kind?: "company_created" | "company_updated" | "external_source_changed" | "invitation_accepted" | "invitation_created" | "invitation_revoked" | "job_cancelled" | "job_retried" | "member_deactivated" | "member_joined" | "member_reactivated" | "member_removed" | "member_role_changed" | "member_signed_out" | "member_updated" | "task_created" | "task_deleted" | "task_updated";
                /** @description Only what this member did. */
                actor?: number;
                /** @description Only what happened to a subject of this sort. */
                subject?: "task" | "member" | "company" | "invitation" | "job";
                /** @description And to the one with this id. */
                subject_id?: number;
                /** @description Only what happened to this task, also after it was deleted. */
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
                /** @description The number of the last event that the client has: it gets every later one, once and in order. */
                since?: number;
                /** @description true: also told who connects and leaves, and what they look at. */
                presence?: boolean;
                /** @description true: also told when the member's inbox has changed; a message without content, and one may be lost. */
                inbox?: boolean;
                /** @description The access token, where a client cannot set a header. */
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
                /** @description The number of the last event that the client has: it gets every later one, once and in order. */
                since?: number;
                /** @description true: also told who connects and leaves, and what they look at. */
                presence?: boolean;
                /** @description true: also told when the member's inbox has changed; a message without content, and one may be lost. */
                inbox?: boolean;
                /** @description The access token, where a client cannot set a header. */
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
    operatorCompanies: {
        parameters: {
            query?: {
                /** @description The page's number from 1, or `last`. */
                page?: string;
                /** @description Results in a page; more than 100 are given as 100. */
                page_size?: number;
                /** @description Where to go on, as `next` and `previous` give it; empty starts paging by cursor. */
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
    operatorMembers: {
        parameters: {
            query?: {
                /** @description The page's number from 1, or `last`. */
                page?: string;
                /** @description Results in a page; more than 100 are given as 100. */
                page_size?: number;
                /** @description Where to go on, as `next` and `previous` give it; empty starts paging by cursor. */
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
                /** @description Its id, as the list gives it. */
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
                /** @description Its id, as the list gives it. */
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
                /** @description Results in a page; more than 100 are given as 100. */
                page_size?: number;
                /** @description Where to go on, as `next` and `previous` give it; empty starts paging by cursor. */
                cursor?: string;
                status?: "todo" | "in_progress" | "done" | "cancelled";
                /** @description Tasks of this member. */
                assigned_to?: number;
                /** @description Tasks that this member created. */
                created_by?: number;
                /** @description Words that all occur in title or description. */
                search?: string;
                /** @description At this time or later. */
                created_at__gte?: string;
                /** @description At this time or earlier. */
                created_at__lte?: string;
                /** @description At this time or later. */
                updated_at__gte?: string;
                /** @description At this time or earlier. */
                updated_at__lte?: string;
                /** @description Columns to order by, comma-separated, `-` for descending: created_at, updated_at, title, status, id. Newest first without it. */
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
                /** @description The ETag that the change is based on. 412 if the task has changed since. */
                "If-Match"?: string;
                /** @description The ETag of what the client has. 304 if it is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description The company's id. */
                company: number;
                /** @description Its id, as the list gives it. */
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
            /** @description What the client has is still the same. */
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
                /** @description The ETag that the change is based on. 412 if the task has changed since. */
                "If-Match"?: string;
            };
            path: {
                /** @description The company's id. */
                company: number;
                /** @description Its id, as the list gives it. */
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
                /** @description The instant that the figures are of; now if it is absent or in the future. */
                as_of?: string;
                /** @description Whose days are counted: a name of the IANA time zone database, such as Europe/Berlin. */
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
                /** @description Results in a page; more than 100 are given as 100. */
                page_size?: number;
                /** @description Where to go on, as `next` and `previous` give it; empty starts paging by cursor. */
                cursor?: string;
                /** @description Only what this person was told. */
                user?: number;
                /** @description Only what was told of this task, which may be gone by now. */
                task?: number;
                /** @description Only what was told for this reason. */
                kind?: "assigned" | "unassigned" | "mentioned" | "status" | "invitation";
                /** @description Only those whose mail is in this state. */
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
                /** @description Its id, as the list gives it. */
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
                /** @description Results in a page; more than 100 are given as 100. */
                page_size?: number;
                /** @description Where to go on, as `next` and `previous` give it; empty starts paging by cursor. */
                cursor?: string;
                /** @description How many days back. */
                days?: number;
                /** @description The instant that the figures are of; now if it is absent or in the future. */
                as_of?: string;
                /** @description Whose days are counted: a name of the IANA time zone database, such as Europe/Berlin. */
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
    operatorUsers: {
        parameters: {
            query?: {
                /** @description The page's number from 1, or `last`. */
                page?: string;
                /** @description Results in a page; more than 100 are given as 100. */
                page_size?: number;
                /** @description Where to go on, as `next` and `previous` give it; empty starts paging by cursor. */
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
                /** @description Its id, as the list gives it. */
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
                /** @description Its id, as the list gives it. */
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
                /** @description Results in a page; more than 100 are given as 100. */
                page_size?: number;
                /** @description Where to go on, as `next` and `previous` give it; empty starts paging by cursor. */
                cursor?: string;
                state?: "queued" | "running" | "done" | "dead" | "cancelled";
                /** @description Only jobs of this kind, such as mail. */
                kind?: string;
                /** @description Only jobs of this company. */
                company?: number;
                /** @description Words that all occur in the kind, the key or the error. */
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
                /** @description Its id, as the list gives it. */
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
                /** @description Its id, as the list gives it. */
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
                /** @description Its id, as the list gives it. */
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
    schema: {
        parameters: {
            query?: {
                /** @description Goes before the `Accept` header; `json` where neither says anything. */
                format?: "json" | "yaml";
            };
            header?: {
                /** @description The ETag of what the client has. 304 if it is still the same. */
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
            /** @description What the client has is still the same. */
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
                /** @description The ETag of what the client has. 304 if it is still the same. */
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
            /** @description What the client has is still the same. */
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
                /** @description The ETag of what the client has. 304 if it is still the same. */
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
            /** @description What the client has is still the same. */
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
