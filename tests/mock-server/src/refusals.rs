//! The answers that say no, as the contract describes them.
#![expect(dead_code, reason = "these only describe; `error.rs` is what answers")]

use kproxy_agents::api::wire::ErrorStatus;
use utoipa::IntoResponses;

/// What any call may be refused with.
#[derive(Clone, Debug, IntoResponses)]
pub enum Refusals {
    /// `UNAUTHENTICATED`: the session is over
    #[response(status = 401)]
    Unauthenticated(ErrorStatus),
    /// `PERMISSION_DENIED`: may look but not change, or not look
    #[response(status = 403)]
    PermissionDenied(ErrorStatus),
    /// `RESOURCE_EXHAUSTED`: too many calls; `Retry-After` in seconds may be given
    #[response(status = 429)]
    ResourceExhausted(ErrorStatus),
    /// `INTERNAL`: trouble there
    #[response(status = 500)]
    Internal(ErrorStatus),
    /// `UNAVAILABLE`: trouble there
    #[response(status = 503)]
    Unavailable(ErrorStatus),
}

/// The request is at fault.
#[derive(Clone, Debug, IntoResponses)]
pub enum Invalid {
    /// `INVALID_ARGUMENT`: `details` name the fields at fault
    #[response(status = 400)]
    InvalidArgument(ErrorStatus),
}

/// What it is about is not there.
#[derive(Clone, Debug, IntoResponses)]
pub enum Missing {
    /// `NOT_FOUND`: there is no such agent
    #[response(status = 404)]
    NotFound(ErrorStatus),
}

/// Somebody else was faster.
#[derive(Clone, Debug, IntoResponses)]
pub enum Conflict {
    /// `ABORTED`: the `etag` is no longer current
    #[response(status = 409)]
    Aborted(ErrorStatus),
}

/// The name is another's.
#[derive(Clone, Debug, IntoResponses)]
pub enum TitleTaken {
    /// `ALREADY_EXISTS`: another site has that title
    #[response(status = 409)]
    AlreadyExists(ErrorStatus),
}

/// Too late for changes alone.
#[derive(Clone, Debug, IntoResponses)]
pub enum TooOld {
    /// `FAILED_PRECONDITION`: the `syncToken` is too old, or unknown; the list has to be read whole
    #[response(status = 410)]
    FailedPrecondition(ErrorStatus),
}
