// Package fail names the ways in which an operation goes wrong, in words that a client may read.
//
// Every room returns these; only api turns them into statuses (api/errors.go holds the one table). An error that is not a
// *fail.Error is a fault of ours: it is logged with the request id and shown as a plain 500.
//
// It is not for wrapping causes that a client must not see: attach those with Because, which is logged and never shown.
package fail

import (
	"errors"
	"fmt"
	"time"
)

// Kind is the class of a failure; each has exactly one HTTP status.
type Kind uint8

// The kinds, each with the status that api gives it.
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
	// Fields are the messages per field of a body or a query; what concerns no single field stands under NonField.
	Fields map[string][]string
	// RetryAfter is when to try again, of a KindThrottled or KindUnavailable; 0 says nothing.
	RetryAfter time.Duration
	cause      error
}

// NonField is the key in Fields of messages that concern no single field.
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

// Unwrap gives the cause set with Because.
func (e *Error) Unwrap() error { return e.cause }

// Because returns a copy that carries a cause for the log; a client never sees it.
func (e *Error) Because(err error) *Error {
	c := *e
	c.cause = err
	return &c
}

// Malformed is a request that cannot be read at all.
func Malformed(format string, a ...any) *Error {
	return &Error{Kind: KindMalformed, Code: "parse_error", Detail: fmt.Sprintf(format, a...)}
}

// Invalid is a rule broken by one field.
func Invalid(field, message string) *Error {
	return InvalidFields(map[string][]string{field: {message}})
}

// InvalidFields is all rules broken by the fields of one body or query.
func InvalidFields(fields map[string][]string) *Error {
	return &Error{Kind: KindInvalid, Code: "invalid", Detail: "Invalid input.", Fields: fields}
}

// Unauthenticated is an absent credential.
func Unauthenticated() *Error {
	return &Error{Kind: KindUnauthenticated, Code: "not_authenticated", Detail: "Authentication credentials were not provided."}
}

// BadToken is a credential that was given and does not hold.
func BadToken() *Error {
	return &Error{Kind: KindUnauthenticated, Code: "token_not_valid", Detail: "Given token not valid for any token type"}
}

// BadLogin is a user name and password that do not belong together; it never says which of them is wrong.
func BadLogin() *Error {
	return &Error{Kind: KindUnauthenticated, Code: "no_active_account", Detail: "No active account found with the given credentials"}
}

// Forbidden is something that this member's role may not do.
func Forbidden() *Error {
	return &Error{Kind: KindForbidden, Code: "permission_denied", Detail: "You do not have permission to perform this action."}
}

// CrossOrigin is a page of another site that would change something with a browser's cookie.
func CrossOrigin() *Error {
	return &Error{Kind: KindForbidden, Code: "cross_origin", Detail: "A page of another site may not do this."}
}

// NotFound is absent or belongs to another company: the two are one answer.
func NotFound() *Error {
	return &Error{Kind: KindNotFound, Code: "not_found", Detail: "Not found."}
}

// BadPage is a page, cursor or page number that leads nowhere.
func BadPage() *Error {
	return &Error{Kind: KindNotFound, Code: "not_found", Detail: "Invalid page."}
}

// Conflict is a state that does not allow the change.
func Conflict(format string, a ...any) *Error {
	return &Error{Kind: KindConflict, Code: "conflict", Detail: fmt.Sprintf(format, a...)}
}

// Precondition is an If-Match that no longer matches.
func Precondition() *Error {
	return &Error{Kind: KindPrecondition, Code: "precondition_failed", Detail: "The resource has changed since the version in If-Match."}
}

// TooLarge is a body over the limit, in bytes.
func TooLarge(limit int64) *Error {
	return &Error{Kind: KindTooLarge, Code: "too_large", Detail: fmt.Sprintf("Request body is larger than %d bytes.", limit)}
}

// MediaType is a body that is not JSON.
func MediaType(got string) *Error {
	return &Error{Kind: KindMediaType, Code: "unsupported_media_type", Detail: fmt.Sprintf("Unsupported media type %q in request.", got)}
}

// Method is a method that the path does not take.
func Method(method string) *Error {
	return &Error{Kind: KindMethod, Code: "method_not_allowed", Detail: fmt.Sprintf("Method %q not allowed.", method)}
}

// Reused is an idempotency key that came with another body before.
func Reused() *Error {
	return &Error{Kind: KindReused, Code: "idempotency_key_reused", Detail: "This Idempotency-Key was used with another request."}
}

// Throttled is too many requests; wait says when the next one is taken.
func Throttled(wait time.Duration) *Error {
	secs := int64((wait + time.Second - 1) / time.Second)
	return &Error{
		Kind: KindThrottled, Code: "throttled", RetryAfter: wait,
		Detail: fmt.Sprintf("Request was throttled. Expected available in %d seconds.", max(secs, 1)),
	}
}

// Unavailable is a part that does not answer now; nothing is known to have been done.
func Unavailable(detail string, after time.Duration) *Error {
	return &Error{Kind: KindUnavailable, Code: "unavailable", Detail: detail, RetryAfter: after}
}

// Full is a disk or quota without room; nothing was stored.
func Full() *Error {
	return &Error{Kind: KindFull, Code: "insufficient_storage", Detail: "No room is left to store this. Nothing was changed."}
}

// Is reports whether err is a failure of this kind.
func Is(err error, k Kind) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == k
}
