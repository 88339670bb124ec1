//! What can go wrong between the page and the agent API, each with a sentence that a user can act
//! on.

use std::fmt;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde_json::Value;

use super::wire::{BAD_REQUEST_TYPE, FieldViolation, code};
use crate::domain::count::count;
use crate::domain::text::display_text;
use crate::domain::{MOST_AGENTS, PagingError, plural};

/// No text of a backend's is shown beyond this many characters.
const MAX_MESSAGE_CHARS: usize = 200;
/// No more violations are shown.
const MAX_VIOLATIONS: usize = 20;
/// No `Retry-After` is waited out for longer: an hour.
const MAX_RETRY_AFTER_SECS: i64 = 3_600;
/// How long to wait after a 429 that does not say how long.
const DEFAULT_WAIT_SECS: u32 = 10;

/// Why a call to the agent API failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApiError {
    /// No answer: offline, refused, cut off, or forbidden by CORS.
    Network,
    /// Nothing came for too long. What was sent may have been done all the same.
    NoAnswer,
    /// A web page came, or a redirect to another origin: a proxy may want the user to sign in.
    SignInPage,
    /// 404 or 405 where a list should be: `api-base` is wrong.
    NoApi {
        /// What was asked for.
        url: String,
    },
    /// The fleet is larger than the page can show.
    TooManyAgents,
    /// 401: the session is over.
    Unauthenticated,
    /// 403: not allowed to look, or to change.
    Forbidden,
    /// 404: the agent or site is gone.
    NotFound,
    /// 409 `ABORTED`: the `etag` is no longer current.
    Conflict,
    /// 409 `ALREADY_EXISTS`: the site's title is taken.
    AlreadyExists {
        /// The backend's.
        message: String,
    },
    /// 410: the whole list has to be read again.
    SyncTokenTooOld,
    /// 400: something that was sent is not right.
    Invalid {
        /// The backend's; may be empty.
        message: String,
        /// What is wrong with which field.
        violations: Vec<FieldViolation>,
    },
    /// 429: too many calls.
    RateLimited {
        /// How long the backend asks to wait.
        retry_after_secs: Option<u32>,
    },
    /// 408, 425, 5xx: trouble there.
    Server {
        /// Such as 503.
        http_status: u16,
        /// How long the backend asks to wait, if it does: of 503 alone.
        retry_after_secs: Option<u32>,
    },
    /// The answer is not what the agent API promises.
    Malformed {
        /// The offending field, such as `agents[3].lastContact`; empty: the answer as a whole.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// An answer that the agent API does not know.
    Unexpected {
        /// Such as 418.
        http_status: u16,
        /// The backend's; may be empty.
        message: String,
    },
}

impl ApiError {
    /// Reads the error out of an answer that is no success. The body may be anything, also HTML or
    /// nothing; `retry_after` is the header, in seconds or as an HTTP date.
    pub fn from_response(
        http_status: u16,
        retry_after: Option<&str>,
        body: &str,
        now: DateTime<Utc>,
    ) -> Self {
        let body: Value = serde_json::from_str(body).unwrap_or_default();
        let message = short(
            body.get("message")
                .and_then(Value::as_str)
                .unwrap_or_default(),
        );
        let wait_secs = retry_after.and_then(|header| retry_after_secs(header, now));
        match http_status {
            400 => Self::Invalid {
                message,
                violations: violations(&body),
            },
            401 => Self::Unauthenticated,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            409 if body.get("code").and_then(Value::as_i64)
                == Some(code::ALREADY_EXISTS.into()) =>
            {
                Self::AlreadyExists { message }
            }
            409 => Self::Conflict,
            410 => Self::SyncTokenTooOld,
            429 => Self::RateLimited {
                retry_after_secs: wait_secs,
            },
            408 | 425 | 500..=599 => Self::Server {
                http_status,
                retry_after_secs: (http_status == 503).then_some(wait_secs).flatten(),
            },
            _ => Self::Unexpected {
                http_status,
                message,
            },
        }
    }

    /// A list that has no end.
    pub fn endless(error: PagingError) -> Self {
        match error {
            PagingError::Circle => {
                Self::malformed("nextPageToken", "the same pages come again and again")
            }
            PagingError::NothingComes => Self::malformed("nextPageToken", "only empty pages come"),
            PagingError::TooManyAgents => Self::TooManyAgents,
        }
    }

    /// Nothing at this absolute URL, which shows without its query.
    pub fn no_api_at(url: &str) -> Self {
        let path = url.split(['?', '#']).next().unwrap_or_default();
        Self::NoApi { url: short(path) }
    }

    /// An answer that is not what the agent API promises.
    pub(super) fn malformed(path: &str, reason: &str) -> Self {
        Self::Malformed {
            path: short(path),
            reason: short(reason),
        }
    }

    /// How long no call may be made, as the backend asks; `None`: it does not ask.
    pub fn wait_secs(&self) -> Option<u32> {
        match self {
            Self::RateLimited { retry_after_secs } => {
                Some(retry_after_secs.unwrap_or(DEFAULT_WAIT_SECS))
            }
            Self::Server {
                retry_after_secs, ..
            } => *retry_after_secs,
            _ => None,
        }
    }

    /// Whether a change that failed like this may have been carried out all the same: the answer was
    /// lost or cannot be read, or a gateway gave up on the server behind it.
    pub fn may_have_been_done(&self) -> bool {
        match self {
            Self::Network | Self::NoAnswer | Self::Malformed { .. } => true,
            // Who asks to come back later has done nothing.
            Self::Server { .. } => self.wait_secs().is_none(),
            _ => false,
        }
    }

    /// Whether the same call may well succeed a little later.
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Network | Self::NoAnswer | Self::RateLimited { .. } | Self::Server { .. }
        )
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network => f.write_str("The server could not be reached; check your connection"),
            Self::NoAnswer => f.write_str("The server did not answer in time"),
            Self::SignInPage => {
                f.write_str("You may be signed out; the server answered with a web page")
            }
            Self::NoApi { url } => write!(f, "There is no agent API at {url}"),
            Self::TooManyAgents => {
                let most = count(MOST_AGENTS);
                write!(
                    f,
                    "There are more than {most} agents, too many for this page"
                )
            }
            Self::Unauthenticated => f.write_str("Your session has expired; sign in again"),
            Self::Forbidden => {
                f.write_str("You are not allowed to do this; ask an administrator for access")
            }
            Self::NotFound => f.write_str("This no longer exists; refresh the list"),
            Self::Conflict => f.write_str("Someone else has changed this in the meantime"),
            Self::AlreadyExists { message } => {
                or_else(f, message, "This name is taken; choose another")
            }
            Self::SyncTokenTooOld => {
                f.write_str("The list is out of date; refresh to read it again")
            }
            Self::Invalid {
                message,
                violations,
            } => {
                let first = violations
                    .first()
                    .map_or("", |violation| &violation.description);
                let message = if message.is_empty() { first } else { message };
                or_else(
                    f,
                    message,
                    "The server did not accept this; check what was entered",
                )
            }
            Self::RateLimited {
                retry_after_secs: Some(secs @ 1..),
            } => {
                let pause = plural(*secs as usize, &count(*secs as usize), "second", "seconds");
                write!(f, "Too many requests; try again in {pause}")
            }
            Self::RateLimited { .. } => f.write_str("Too many requests; try again in a moment"),
            Self::Server { http_status, .. } => {
                write!(
                    f,
                    "The server is having trouble (HTTP {http_status}); try again in a moment"
                )
            }
            Self::Malformed { path, reason } if path.is_empty() => {
                write!(f, "The server's answer could not be read: {reason}")
            }
            Self::Malformed { path, reason } => {
                write!(
                    f,
                    "The server's answer could not be read at {path}: {reason}"
                )
            }
            Self::Unexpected {
                http_status,
                message,
            } if message.is_empty() => {
                write!(
                    f,
                    "The server gave an unexpected answer (HTTP {http_status})"
                )
            }
            Self::Unexpected {
                http_status,
                message,
            } => {
                write!(
                    f,
                    "The server gave an unexpected answer (HTTP {http_status}): {message}"
                )
            }
        }
    }
}

impl std::error::Error for ApiError {}

/// Writes the backend's message, or ours where it gave none.
fn or_else(f: &mut fmt::Formatter<'_>, message: &str, ours: &str) -> fmt::Result {
    f.write_str(if message.is_empty() { ours } else { message })
}

/// The field violations in an error's details. Details of other types are passed over.
fn violations(body: &Value) -> Vec<FieldViolation> {
    let list = |value: &Value, key: &str| -> Vec<Value> {
        value
            .get(key)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default()
    };
    let text = |value: &Value, key: &str| {
        short(value.get(key).and_then(Value::as_str).unwrap_or_default())
    };
    list(body, "details")
        .iter()
        .filter(|detail| detail.get("@type").and_then(Value::as_str) == Some(BAD_REQUEST_TYPE))
        .flat_map(|detail| list(detail, "fieldViolations"))
        .map(|violation| FieldViolation {
            field: text(&violation, "field"),
            description: text(&violation, "description"),
        })
        .take(MAX_VIOLATIONS)
        .collect()
}

/// How long a `Retry-After` header asks to wait, at most an hour.
fn retry_after_secs(header: &str, now: DateTime<Utc>) -> Option<u32> {
    let header = header.trim();
    let secs = if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) {
        header.parse().unwrap_or(MAX_RETRY_AFTER_SECS)
    } else {
        let until = parse_http_date(header)?;
        // Rounds up: coming back too early would be the next refusal.
        (until.signed_duration_since(now).num_milliseconds() + 999).div_euclid(1_000)
    };
    u32::try_from(secs.clamp(0, MAX_RETRY_AFTER_SECS)).ok()
}

/// The clock that a `Retry-After` goes by: the server's, as far as that is known. A date that is past on
/// it shows that it is not known well.
pub fn clock_of_retry_after(
    retry_after: Option<&str>,
    server_now: Option<DateTime<Utc>>,
    local_now: DateTime<Utc>,
) -> DateTime<Utc> {
    let until = retry_after.and_then(parse_http_date);
    server_now
        .filter(|&now| until.is_none_or(|until| until > now))
        .unwrap_or(local_now)
}

/// Reads a date as HTTP writes it: `Mon, 02 Nov 2026 12:00:00 GMT`.
pub(super) fn parse_http_date(header: &str) -> Option<DateTime<Utc>> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let words: Vec<&str> = header.split_ascii_whitespace().collect();
    let [weekday, day, month, year, time, "GMT" | "+0000"] = words.as_slice() else {
        return None;
    };
    let (_, month) = MONTHS
        .iter()
        .zip(1..)
        .find(|(name, _)| name.eq_ignore_ascii_case(month))?;
    let parts: Vec<u32> = time
        .split(':')
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    let [hours, minutes, secs] = parts.as_slice() else {
        return None;
    };
    let date = NaiveDate::from_ymd_opt(year.parse().ok()?, month, day.parse().ok()?)?;
    let is_of_this_day = *weekday == format!("{},", date.weekday());
    let time = date.and_hms_opt(*hours, *minutes, *secs)?;
    is_of_this_day.then(|| time.and_utc())
}

/// One line of sane length, without a full stop at the end.
fn short(text: &str) -> String {
    let mut line: String = display_text(text)
        .chars()
        .take(MAX_MESSAGE_CHARS + 1)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if let Some((end, _)) = line.char_indices().nth(MAX_MESSAGE_CHARS) {
        line.truncate(end);
        line.push('…');
    }
    let line = line.trim();
    line.strip_suffix('.').unwrap_or(line).to_owned()
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use proptest::prelude::*;

    use super::*;

    fn now() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 23, 10, 0, 0).unwrap()
    }

    fn error(http_status: u16, body: &str) -> ApiError {
        ApiError::from_response(http_status, None, body, now())
    }

    const HTML: &str = "<html><body>502 Bad Gateway</body></html>";

    // agent-api.md#errors/1, #errors/2, #errors/3, #errors/4, #errors/5
    // agent-api.md#errors/7, #errors/8, #errors/9
    #[test]
    fn each_http_status_has_its_error() {
        for body in [
            "",
            HTML,
            "null",
            "[]",
            r#"{"code":"x","message":7,"details":{}}"#,
        ] {
            let (message, violations) = (String::new(), vec![]);
            assert_eq!(
                error(400, body),
                ApiError::Invalid {
                    message,
                    violations
                }
            );
            assert_eq!(error(401, body), ApiError::Unauthenticated);
            assert_eq!(error(403, body), ApiError::Forbidden);
            assert_eq!(error(404, body), ApiError::NotFound);
            assert_eq!(error(409, body), ApiError::Conflict);
            assert_eq!(error(410, body), ApiError::SyncTokenTooOld);
            assert_eq!(
                error(429, body),
                ApiError::RateLimited {
                    retry_after_secs: None
                }
            );
            for http_status in [408, 425, 500, 502, 503, 504] {
                assert_eq!(
                    error(http_status, body),
                    ApiError::Server {
                        http_status,
                        retry_after_secs: None
                    }
                );
            }
            let (http_status, message) = (418, String::new());
            assert_eq!(
                error(418, body),
                ApiError::Unexpected {
                    http_status,
                    message
                }
            );
        }
    }

    // agent-api.md#errors/5, #errors/6
    #[test]
    fn the_code_tells_a_taken_title_from_a_stale_etag() {
        let body = r#"{"code":6,"message":"site title taken.","details":[]}"#;
        assert_eq!(
            error(409, body),
            ApiError::AlreadyExists {
                message: "site title taken".into()
            }
        );
        assert_eq!(error(409, r#"{"code":10}"#), ApiError::Conflict);
        assert_eq!(error(409, r#"{"code":99}"#), ApiError::Conflict);
    }

    // agent-api.md#field-violations/1
    #[test]
    fn violations_name_their_fields() {
        let body = r#"{"code":3,"message":"invalid","details":[
            {"@type":"type.googleapis.com/google.rpc.DebugInfo","fieldViolations":[{"field":"x"}]},
            7,
            {"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[
                {"field":"agent.private_ip","description":"not an address"},
                {"field":"agent.name","description":null}
            ]},
            {"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":null}
        ]}"#;
        let violation = |field: &str, description: &str| FieldViolation {
            field: field.into(),
            description: description.into(),
        };
        let ApiError::Invalid {
            message,
            violations,
        } = error(400, body)
        else {
            panic!()
        };
        assert_eq!(message, "invalid");
        assert_eq!(
            violations,
            [
                violation("agent.private_ip", "not an address"),
                violation("agent.name", "")
            ]
        );
    }

    // agent-api.md#errors/8
    #[test]
    fn retry_after_is_seconds_or_a_date() {
        for (header, expected) in [
            ("30", Some(30)),
            (" 0 ", Some(0)),
            ("99999999999999999999999", Some(3_600)),
            ("Mon, 23 Nov 2026 10:00:20 GMT", Some(20)),
            ("Mon, 23 Nov 2026 09:00:00 GMT", Some(0)),
            ("Sun, 23 Nov 2026 10:00:00 GMT", None),
            ("Mon, 23 Nov 2026 23:00:00 GMT", Some(3_600)),
            ("-5", None),
            ("soon", None),
            ("", None),
        ] {
            let limited = ApiError::from_response(429, Some(header), "", now());
            assert_eq!(
                limited,
                ApiError::RateLimited {
                    retry_after_secs: expected
                },
                "{header:?}"
            );
        }
    }

    #[test]
    fn a_date_counts_on_the_servers_clock_unless_that_has_it_past() {
        let header = Some("Mon, 23 Nov 2026 10:00:20 GMT");
        let hours = |hours| now() + chrono::TimeDelta::hours(hours);
        let clock = |server, local| clock_of_retry_after(header, server, local);
        assert_eq!(clock(Some(now()), hours(5)), now());
        assert_eq!(clock(None, now()), now());
        assert_eq!(clock(Some(hours(1)), now()), now());
        assert_eq!(
            clock_of_retry_after(Some("30"), Some(now()), hours(1)),
            now()
        );
    }

    // agent-api.md#errors/12
    #[test]
    fn only_429_and_503_with_retry_after_ask_to_wait() {
        let wait = |status, header| ApiError::from_response(status, header, "", now()).wait_secs();
        assert_eq!(wait(429, Some("30")), Some(30));
        assert_eq!(wait(429, None), Some(DEFAULT_WAIT_SECS));
        assert_eq!(wait(503, Some("30")), Some(30));
        assert_eq!(wait(503, None), None);
        assert_eq!(wait(500, Some("30")), None);
        assert_eq!(wait(404, Some("30")), None);
    }

    #[test]
    fn a_backends_text_is_cut_to_one_short_line() {
        let body = format!(r#"{{"code":3,"message":"a\nb{}"}}"#, "é".repeat(5_000));
        let text = error(400, &body).to_string();
        assert!(text.starts_with("a bé") && text.ends_with('…'));
        assert_eq!(text.chars().count(), MAX_MESSAGE_CHARS + 1);
    }

    #[test]
    fn only_what_may_pass_by_itself_is_transient() {
        let transient = [
            ApiError::Network,
            error(429, ""),
            error(500, ""),
            error(503, ""),
            error(408, ""),
            error(425, ""),
            ApiError::NoAnswer,
        ];
        assert!(transient.iter().all(ApiError::is_transient));
        for http_status in [400, 401, 403, 404, 409, 410, 418] {
            assert!(!error(http_status, "").is_transient(), "{http_status}");
        }
        assert!(!ApiError::malformed("", "").is_transient());
    }

    // agent-api.md#errors/10, #errors/15
    #[test]
    fn a_change_whose_answer_is_lost_may_have_been_done() {
        let lost = [
            ApiError::Network,
            ApiError::NoAnswer,
            ApiError::malformed("agent", "cut short"),
            error(500, ""),
            error(502, HTML),
            error(504, ""),
        ];
        assert!(lost.iter().all(ApiError::may_have_been_done));
        for http_status in [400, 401, 403, 404, 409, 410, 418, 429] {
            assert!(
                !error(http_status, "").may_have_been_done(),
                "{http_status}"
            );
        }
        assert!(!ApiError::SignInPage.may_have_been_done());
        let closed = ApiError::from_response(503, Some("40"), "", now());
        assert!(!closed.may_have_been_done());
    }

    #[test]
    fn sentences_say_what_to_do() {
        assert_eq!(
            ApiError::RateLimited {
                retry_after_secs: Some(1)
            }
            .to_string(),
            "Too many requests; try again in 1 second"
        );
        assert_eq!(
            ApiError::no_api_at("https://portal.example.com/x/agents?pageSize=1000").to_string(),
            "There is no agent API at https://portal.example.com/x/agents"
        );
        assert_eq!(
            error(503, HTML).to_string(),
            "The server is having trouble (HTTP 503); try again in a moment"
        );
        assert_eq!(
            ApiError::malformed("agents[3].lastContact", "not a time").to_string(),
            "The server's answer could not be read at agents[3].lastContact: not a time"
        );
    }

    proptest! {
        #[test]
        fn any_answer_makes_a_sentence(
            http_status in any::<u16>(), header in any::<String>(), body in any::<String>(),
        ) {
            let text = ApiError::from_response(http_status, Some(&header), &body, now()).to_string();
            prop_assert!(!text.is_empty() && !text.ends_with('.'));
        }
    }
}
