// Package fail defines the errors that a client may read.
//
// Every room returns these errors. Only api turns them into HTTP statuses, by the one table in api/errors.go. Any other
// error is a fault of the server: api logs it with the request id and answers a plain 500.
//
// Do not put a cause into Detail that a client must not see. Attach it with Because, which is logged and never shown.
package fail

import (
	"errors"
	"fmt"
	"time"
)

// Kind is the class of a failure; each has exactly one HTTP status.
type Kind uint8

// The kinds, each with its HTTP status.
const (
	KindMalformed       Kind = iota + 1 // 400: not JSON, not UTF-8, a wrong parameter
	KindInvalid                         // 400: fields that break a rule; Fields says which
	KindUnauthenticated                 // 401
	KindForbidden                       // 403
	KindNotFound                        // 404: absent, or another company's
	KindMethod                          // 405
	KindConflict                        // 409
	KindPrecondition                    // 412
	KindTooLarge                        // 413
	KindMediaType                       // 415
	KindReused                          // 422: an idempotency key with another body
	KindThrottled                       // 429
	KindUnavailable                     // 503
	KindFull                            // 507: the disk or a quota is full
)

// Error is a failure as a client sees it.
type Error struct {
	Kind   Kind
	Code   string // a stable word for programs: "invalid", "not_found", "token_not_valid" ...
	Detail string // one sentence for people
	// Fields holds the messages per field of a body or a query. Messages about no single field are under NonField.
	Fields map[string][]string
	// RetryAfter is the delay before a retry, for KindThrottled and KindUnavailable; 0 gives no hint.
	RetryAfter time.Duration
	// Budget names the company's budget that is used up; empty for all other failures.
	Budget string
	cause  error
}

// NonField is the key in Fields for messages about no single field.
const NonField = "non_field_errors"

func (e *Error) Error() string {
	s := e.Detail
	if len(e.Fields) > 0 {
		s = fmt.Sprintf("%s %v", s, e.Fields)
	}
	if e.cause != nil {
		s += ": " + e.cause.Error()
	}
	return s
}

// Unwrap returns the cause set with Because.
func (e *Error) Unwrap() error { return e.cause }

// Because returns a copy that carries a cause for the log; a client never sees it.
func (e *Error) Because(err error) *Error {
	c := *e
	c.cause = err
	return &c
}

// Malformed returns the error for a request that cannot be parsed.
func Malformed(format string, a ...any) *Error {
	return &Error{Kind: KindMalformed, Code: "parse_error", Detail: fmt.Sprintf(format, a...)}
}

// Invalid returns the validation error of one field.
func Invalid(field, message string) *Error {
	return InvalidFields(map[string][]string{field: {message}})
}

// InvalidFields returns all validation errors of one body or query.
func InvalidFields(fields map[string][]string) *Error {
	return &Error{Kind: KindInvalid, Code: "invalid", Detail: "Invalid input.", Fields: fields}
}

// Unauthenticated returns the error for absent credentials.
func Unauthenticated() *Error {
	return &Error{
		Kind: KindUnauthenticated, Code: "not_authenticated",
		Detail: "Authentication credentials were not provided.",
	}
}

// BadToken returns the error for a token that is forged, expired or revoked.
func BadToken() *Error {
	return &Error{
		Kind: KindUnauthenticated, Code: "token_not_valid",
		Detail: "Given token not valid for any token type",
	}
}

// BadLogin returns the error for a wrong user name or password. It never says which of the two is wrong.
func BadLogin() *Error {
	return &Error{
		Kind: KindUnauthenticated, Code: "no_active_account",
		Detail: "No active account found with the given credentials",
	}
}

// Forbidden returns the error for an action that the member's role does not allow.
func Forbidden() *Error {
	return &Error{
		Kind: KindForbidden, Code: "permission_denied",
		Detail: "You do not have permission to perform this action.",
	}
}

// MissingScope returns the error for a route that a token for programs does not open. The empty scope is a route for
// people alone.
func MissingScope(scope string) *Error {
	e := &Error{
		Kind: KindForbidden, Code: "insufficient_scope",
		Detail: "A token for programs may not do this: sign in and do it as a person.",
	}
	if scope != "" {
		e.Detail = fmt.Sprintf("This needs a token with the scope %s.", scope)
	}
	return e
}

// TokenInAddress returns the error for a token for programs in the address of a request.
func TokenInAddress() *Error {
	return &Error{
		Kind: KindUnauthenticated, Code: "token_in_address",
		Detail: "Send this token in the Authorization header. Addresses are written to logs: revoke the token if " +
			"others may have read it.",
	}
}

// CrossOrigin returns the error for a failed CSRF check: another site's page sent the browser's cookie.
func CrossOrigin() *Error {
	return &Error{Kind: KindForbidden, Code: "cross_origin", Detail: "A page of another site may not do this."}
}

// NotFound returns the error for a row that does not exist or belongs to another company. Both get the same answer.
func NotFound() *Error {
	return &Error{Kind: KindNotFound, Code: "not_found", Detail: "Not found."}
}

// BadPage returns the error for a page number outside the list.
func BadPage() *Error {
	return &Error{Kind: KindNotFound, Code: "not_found", Detail: "Invalid page."}
}

// Conflict returns the error for a change that the current state does not allow.
func Conflict(format string, a ...any) *Error {
	return &Error{Kind: KindConflict, Code: "conflict", Detail: fmt.Sprintf(format, a...)}
}

// Precondition returns the error for an If-Match that no longer matches (optimistic locking).
func Precondition() *Error {
	return &Error{
		Kind: KindPrecondition, Code: "precondition_failed",
		Detail: "The resource has changed since the version in If-Match.",
	}
}

// TooLarge returns the error for a body over the limit, in bytes.
func TooLarge(limit int64) *Error {
	return &Error{
		Kind: KindTooLarge, Code: "too_large",
		Detail: fmt.Sprintf("Request body is larger than %d bytes.", limit),
	}
}

// MediaType returns the error for a body in a media type that the API does not read.
func MediaType(got string) *Error {
	return &Error{
		Kind: KindMediaType, Code: "unsupported_media_type",
		Detail: fmt.Sprintf("Unsupported media type %q in request.", got),
	}
}

// Header returns the error for a request header that has no effect on the operation, although it promises one.
func Header(name string) *Error {
	return &Error{
		Kind: KindMalformed, Code: "header_not_supported",
		Detail: fmt.Sprintf("%s has no effect on this operation. Send the request without it.", name),
	}
}

// Method returns the error for an HTTP method that the path does not support.
func Method(method string) *Error {
	return &Error{
		Kind: KindMethod, Code: "method_not_allowed",
		Detail: fmt.Sprintf("Method %q not allowed.", method),
	}
}

// Reused returns the error for an idempotency key that was used before with another body.
func Reused() *Error {
	return &Error{
		Kind: KindReused, Code: "idempotency_key_reused",
		Detail: "This Idempotency-Key was used with another request.",
	}
}

// Throttled returns the rate-limit error. The next request is accepted after wait.
func Throttled(wait time.Duration) *Error {
	secs := int64((wait + time.Second - 1) / time.Second)
	return &Error{
		Kind: KindThrottled, Code: "throttled", RetryAfter: wait,
		Detail: fmt.Sprintf("Request was throttled. Expected available in %d seconds.", max(secs, 1)),
	}
}

// Unavailable returns the error for a dependency that does not answer. The outcome of the operation is unknown.
func Unavailable(detail string, after time.Duration) *Error {
	return &Error{Kind: KindUnavailable, Code: "unavailable", Detail: detail, RetryAfter: after}
}

// Full returns the error for a full disk or quota. Nothing was stored.
func Full() *Error {
	return &Error{
		Kind: KindFull, Code: "insufficient_storage",
		Detail: "No room is left to store this. Nothing was changed.",
	}
}

// budgetNames are the budgets of a company in the words of OverBudget.
var budgetNames = map[string]string{
	"tasks": "tasks", "bytes": "storage", "members": "members", "invitations": "open invitations",
	"invitation_mails": "invitation mails for today", "requests": "requests at once",
}

// OverBudget returns the error for a budget of the company that is used up. Nothing was stored. Time frees the budgets
// of mails and requests, so these are throttled.
func OverBudget(name string) *Error {
	e := &Error{
		Kind: KindFull, Code: "budget_reached", Budget: name,
		Detail: fmt.Sprintf("The budget of %s is used up. Nothing was changed.", budgetNames[name]),
	}
	switch name {
	case "invitation_mails":
		e.Kind, e.RetryAfter = KindThrottled, time.Hour
	case "requests":
		e.Kind, e.RetryAfter = KindThrottled, time.Second
	}
	return e
}

// Is reports whether err is a failure of this kind.
func Is(err error, k Kind) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == k
}
