//! What a run is told: where the backend is, how to sign in, and what may be changed there.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use ureq::http::{HeaderName, HeaderValue, Uri};

use crate::CannotRun;

/// What a run is told.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the API is.
    pub api: Api,
    /// Sent with every request, to sign in. Secret.
    pub headers: Vec<Header>,
    /// An agent that may be edited; it is put back as it was.
    pub agent: Option<String>,
    /// An agent that may be edited and removed.
    pub disposable_agent: Option<String>,
    /// Whether a site may be made. The API cannot remove it.
    pub create_site: bool,
    /// The origin of a portal whose pages call the API across origins.
    pub origin: Option<String>,
    /// How long an answer may take, body and all.
    pub time_limit: Duration,
    /// How long to wait for `serverTime` to move on.
    pub patience: Duration,
    /// Once set, nothing new is asked: what was edited is put back, and the run ends.
    pub interrupted: Arc<AtomicBool>,
}

impl Options {
    /// A run that only reads, and does not sign in.
    pub fn new(api: Api) -> Self {
        Self {
            api,
            headers: Vec::new(),
            agent: None,
            disposable_agent: None,
            create_site: false,
            origin: None,
            time_limit: Duration::from_secs(30),
            patience: Duration::from_secs(4),
            interrupted: Arc::default(),
        }
    }
}

/// The base URL of an agent API, without a slash at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Api(String);

impl Api {
    /// Reads the URL; it may hold a base path.
    ///
    /// # Errors
    /// Where it is no such URL. The error repeats nothing of it, since it may hold a password.
    pub fn parse(text: &str) -> Result<Self, CannotRun> {
        let cannot = |why: &str| {
            Err(CannotRun(format!(
                "API has to be a URL such as https://portal.example.com/api: {why}"
            )))
        };
        let text = text.trim();
        let Ok(url) = text.parse::<Uri>() else {
            return cannot("it cannot be read as one");
        };
        if !matches!(url.scheme_str(), Some("http" | "https")) {
            return cannot("it has to begin with http:// or https://");
        }
        if url.host().is_none_or(str::is_empty) {
            return cannot("it names no host");
        }
        if url
            .authority()
            .is_some_and(|authority| authority.as_str().contains('@'))
        {
            return cannot("a user name or password goes into HEADER, not into the URL");
        }
        if text.contains(['?', '#']) {
            return cannot("it may have no query and no fragment");
        }
        Ok(Self(text.trim_end_matches('/').to_owned()))
    }

    /// The URL of a path that begins with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

impl fmt::Display for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A header sent with every request. `Debug` leaves its value out.
#[derive(Clone, PartialEq, Eq)]
pub struct Header {
    /// Such as `X-CH-Auth-Email`.
    pub name: HeaderName,
    /// Secret.
    pub value: HeaderValue,
}

impl Header {
    /// A header of this name and value.
    ///
    /// # Errors
    /// Where they cannot be sent. The error does not repeat the value.
    pub fn new(name: &str, value: &str) -> Result<Self, CannotRun> {
        let name = name.trim();
        let Ok(parsed) = HeaderName::try_from(name) else {
            return Err(CannotRun(
                "A header has to look like Name: value".to_owned(),
            ));
        };
        let Ok(value) = HeaderValue::try_from(value.trim()) else {
            return Err(CannotRun(format!(
                "The value of the header {parsed} holds what cannot be sent"
            )));
        };
        Ok(Self {
            name: parsed,
            value,
        })
    }
}

impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Header").field(&self.name).finish()
    }
}

/// Reads headers, one a line, as `Name: value`. Empty lines and those with `#` in front are passed
/// over.
///
/// # Errors
/// Where a line is no header.
pub fn headers_of(text: &str) -> Result<Vec<Header>, CannotRun> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let (name, value) = line.split_once(':').unwrap_or_default();
            Header::new(name, value)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_api_may_have_a_base_path() {
        for (text, url) in [
            ("http://localhost:8080", "http://localhost:8080/x"),
            (
                "https://portal.example.com/api/",
                "https://portal.example.com/api/x",
            ),
            (" http://[::1]:80// ", "http://[::1]:80/x"),
        ] {
            assert_eq!(Api::parse(text).unwrap().url("/x"), url);
        }
    }

    #[test]
    fn what_is_no_api_is_refused_without_repeating_it() {
        for text in [
            "",
            "localhost:8080",
            "/api",
            "ftp://example.com",
            "http://",
            "http://me:hush@example.com",
            "https://example.com/?token=hush",
            "https://example.com/#hush",
            "http://exa mple.com",
        ] {
            let CannotRun(why) = Api::parse(text).unwrap_err();
            assert!(why.starts_with("API has to be a URL"), "{why}");
            assert!(!why.contains("hush"), "{why}");
        }
    }

    #[test]
    fn headers_are_read_line_by_line() {
        let headers =
            headers_of("# mine\nX-CH-Auth-Email: a@b.c\n\n Cookie:session=1:2 \n").unwrap();
        let told: Vec<_> = headers
            .iter()
            .map(|header| (header.name.as_str(), header.value.to_str().unwrap()))
            .collect();
        assert_eq!(
            told,
            [("x-ch-auth-email", "a@b.c"), ("cookie", "session=1:2")]
        );
        assert!(headers_of("").unwrap().is_empty());
    }

    #[test]
    fn a_bad_header_is_refused_without_repeating_its_value() {
        for text in ["hush", ": hush", "a b: hush", "Name: hush\u{7f}"] {
            let CannotRun(why) = headers_of(text).unwrap_err();
            assert!(why.contains("header"), "{why}");
            assert!(!why.contains("hush"), "{why}");
        }
        let told = format!("{:?}", headers_of("Name: hush").unwrap());
        assert!(!told.contains("hush"), "{told}");
    }
}
