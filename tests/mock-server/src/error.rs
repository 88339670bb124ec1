//! Error answers: a `google.rpc.Status` with the usual HTTP status.

use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kproxy_agents::api::wire::{BAD_REQUEST_TYPE, ErrorDetail, ErrorStatus, FieldViolation, code};

/// `google.rpc.Code` for a call that the API does not have.
const UNIMPLEMENTED: i32 = 12;
/// `google.rpc.Code` for what no other code fits.
const UNKNOWN: i32 = 2;

/// What a call is refused with.
#[derive(Clone, Debug)]
pub struct ApiError {
    /// The HTTP status.
    pub http: StatusCode,
    /// The body.
    pub status: ErrorStatus,
}

impl ApiError {
    fn new(http: StatusCode, code: i32, message: impl Into<String>) -> Self {
        Self {
            http,
            status: ErrorStatus {
                code,
                message: message.into(),
                details: Vec::new(),
            },
        }
    }

    /// The usual body for an HTTP status, for faults on demand.
    pub fn with_status(http: StatusCode) -> Self {
        let code = match http.as_u16() {
            400 => code::INVALID_ARGUMENT,
            401 => code::UNAUTHENTICATED,
            403 => code::PERMISSION_DENIED,
            404 => code::NOT_FOUND,
            409 => code::ABORTED,
            410 => code::FAILED_PRECONDITION,
            429 => code::RESOURCE_EXHAUSTED,
            500 => code::INTERNAL,
            405 | 501 => UNIMPLEMENTED,
            502..=504 => code::UNAVAILABLE,
            _ => UNKNOWN,
        };
        Self::new(
            http,
            code,
            http.canonical_reason().unwrap_or("Something is wrong"),
        )
    }

    /// The request itself makes no sense.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code::INVALID_ARGUMENT, message)
    }

    /// Fields of the request are at fault.
    pub fn invalid(violations: Vec<FieldViolation>) -> Self {
        let mut error = Self::bad_request("Some fields are not valid");
        error.status.details = vec![ErrorDetail {
            type_url: BAD_REQUEST_TYPE.to_owned(),
            field_violations: violations,
        }];
        error
    }

    /// There is no such agent.
    pub fn no_such_agent(id: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            code::NOT_FOUND,
            format!("There is no agent {id:?}"),
        )
    }

    /// There is no such site.
    pub fn no_such_site(id: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            code::NOT_FOUND,
            format!("There is no site {id:?}"),
        )
    }

    /// The API has no such path.
    pub fn no_such_call(path: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            code::NOT_FOUND,
            format!("There is nothing at {path}"),
        )
    }

    /// The path is there, but not with that method.
    pub fn no_such_method(method: &Method) -> Self {
        let message = format!("There is no {method} here");
        Self::new(StatusCode::METHOD_NOT_ALLOWED, UNIMPLEMENTED, message)
    }

    /// Somebody else has changed the agent.
    pub fn stale_etag() -> Self {
        let message = "The agent has been changed since: its etag is no longer current";
        Self::new(StatusCode::CONFLICT, code::ABORTED, message)
    }

    /// Another site has the title.
    pub fn title_taken(title: &str) -> Self {
        let message = format!("There is already a site with the title {title:?}");
        Self::new(StatusCode::CONFLICT, code::ALREADY_EXISTS, message)
    }

    /// The changes since that `syncToken` are no longer known.
    pub fn sync_token_too_old() -> Self {
        let message = "The syncToken is too old: read the whole list again";
        Self::new(StatusCode::GONE, code::FAILED_PRECONDITION, message)
    }
}

/// What is wrong with one field.
pub fn violation(field: &str, description: impl Into<String>) -> FieldViolation {
    FieldViolation {
        field: field.to_owned(),
        description: description.into(),
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = (self.http, axum::Json(self.status)).into_response();
        let no_store = HeaderValue::from_static("no-store");
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, no_store);
        response
    }
}

impl From<ApiError> for Response {
    fn from(error: ApiError) -> Self {
        error.into_response()
    }
}
