//! Asks the backend. Every request has limits of time and size, and what is told of it holds no
//! secret.

use std::cell::{Cell, RefCell};
use std::fmt::Write as _;
use std::io::Read as _;
use std::rc::Rc;
use std::time::{Duration, Instant};

use kproxy_agents::api::wire::AGENTS_PATH;
use serde_json::Value;
use ureq::http::{HeaderMap, Method, Request};
use ureq::tls::{RootCerts, TlsConfig};

use crate::answer::{Answer, CUT, shorten};
use crate::report::Fault;
use crate::run::{Checked, Stop};
use crate::{Header, Options};

/// A longer body is not received.
const MOST_BYTES: u64 = 64 * 1024 * 1024;
/// What is read and written at once.
const BUFFER_BYTES: usize = 16 * 1024;
/// So many requests without an answer, one after the other, and nothing more is asked.
const MOST_SILENCES: u32 = 3;
/// How long a run waits, in all, because of 429.
const MOST_WAITING: Duration = Duration::from_mins(2);
/// How long it waits for one 429 that does not say.
const USUAL_WAITING: Duration = Duration::from_secs(2);
/// Shorter texts are no secrets: hiding them would only garble what is told.
const SHORTEST_SECRET: usize = 4;
/// Stands where a secret was.
const HIDDEN: &str = "[secret]";

/// What is asked.
#[derive(Clone, Debug)]
pub struct Ask {
    method: Method,
    path: String,
    body: Option<String>,
    headers: Vec<(&'static str, String)>,
    without_sign_in: bool,
    is_secret: bool,
}

impl Ask {
    fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            body: None,
            headers: Vec::new(),
            without_sign_in: false,
            is_secret: false,
        }
    }

    /// `GET`.
    pub fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    /// `PATCH`.
    pub fn patch(path: impl Into<String>, body: &Value) -> Self {
        Self {
            body: Some(body.to_string()),
            ..Self::new(Method::PATCH, path)
        }
    }

    /// `POST`.
    pub fn post(path: impl Into<String>, body: &Value) -> Self {
        Self {
            body: Some(body.to_string()),
            ..Self::new(Method::POST, path)
        }
    }

    /// `DELETE`.
    pub fn delete(path: impl Into<String>) -> Self {
        Self::new(Method::DELETE, path)
    }

    /// What a browser asks before it lets a page make a call across origins.
    pub fn preflight(path: impl Into<String>) -> Self {
        Self {
            without_sign_in: true,
            ..Self::new(Method::OPTIONS, path)
        }
    }

    /// With one more header.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Without what signs in.
    pub fn without_sign_in(self) -> Self {
        Self {
            without_sign_in: true,
            ..self
        }
    }

    /// Nothing of the answer's body is told.
    pub fn secret(self) -> Self {
        Self {
            is_secret: true,
            ..self
        }
    }

    fn route(&self) -> String {
        let path = self.path.split('?').next().unwrap_or_default();
        let is_one = path
            .strip_prefix(AGENTS_PATH)
            .is_some_and(|id| !id.is_empty());
        let path = if is_one {
            format!("{AGENTS_PATH}/{{id}}")
        } else {
            path.to_owned()
        };
        format!("{} {path}", self.method)
    }

    /// As it is told: method, path and body; headers may be secret.
    fn told(&self) -> String {
        let mut told = format!("{} {}", self.method, shorten(&self.path, 160));
        let headers = self
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}"));
        let mut with: Vec<_> = headers.collect();
        if self.without_sign_in && self.method != Method::OPTIONS {
            with.push("without signing in".to_owned());
        }
        if !with.is_empty() {
            let _ = write!(told, " ({})", shorten(&with.join("; "), 160));
        }
        if let Some(body) = &self.body {
            let _ = write!(told, " {}", shorten(body, 200));
        }
        told
    }
}

/// Why there is no answer.
struct Trouble {
    why: String,
    /// No connection came about.
    is_unreachable: bool,
}

/// What was asked and, in the main, what came.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Method and path, with `{id}` for that of an agent.
    pub route: String,
    /// What was asked, as it is told.
    pub asked: String,
    /// The HTTP status.
    pub status: u16,
    /// The `Content-Type`; empty where there is none.
    pub content_type: String,
    /// Whether there was a body.
    pub has_body: bool,
}

/// The backend, and all that was asked of it.
#[derive(Debug)]
pub struct Backend {
    agent: ureq::Agent,
    options: Rc<Options>,
    secrets: RefCell<Vec<String>>,
    seen: RefCell<Vec<Seen>>,
    silences: Cell<u32>,
    waited: Cell<Duration>,
}

impl Backend {
    /// A backend as the options tell.
    pub fn new(options: Rc<Options>) -> Self {
        let roots = RootCerts::PlatformVerifier;
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(options.time_limit))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            // A connection that a fault broke is not used again.
            .max_idle_connections(0)
            .max_idle_connections_per_host(0)
            // Every connection has its own.
            .input_buffer_size(BUFFER_BYTES)
            .output_buffer_size(BUFFER_BYTES)
            .tls_config(TlsConfig::builder().root_certs(roots).build())
            .user_agent(concat!(
                "kproxy-agents-conformance/",
                env!("CARGO_PKG_VERSION")
            ))
            .accept("application/json")
            .build()
            .new_agent();
        let secrets = options.headers.iter().flat_map(secrets_of).collect();
        Self {
            agent,
            options,
            secrets: RefCell::new(secrets),
            seen: RefCell::default(),
            silences: Cell::default(),
            waited: Cell::default(),
        }
    }

    /// What the run was told.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// All that was answered so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.borrow().clone()
    }

    /// From now on this is not told, either.
    pub fn keep_secret(&self, text: &str) {
        if text.len() >= SHORTEST_SECRET {
            self.secrets.borrow_mut().push(text.to_owned());
        }
    }

    /// A text as it may be told: without secrets, on one line.
    pub fn tell(&self, text: &str) -> String {
        let mut told = text.to_owned();
        for secret in self.secrets.borrow().iter() {
            told = told.replace(secret.as_str(), HIDDEN);
            told = without_start(&told, secret);
        }
        told.chars().map(printable).collect()
    }

    /// Whether the run was ended from outside.
    pub fn is_interrupted(&self) -> bool {
        self.options
            .interrupted
            .load(std::sync::atomic::Ordering::Relaxed)
    }

    /// Asks, unless the run is over or the backend has gone silent.
    pub fn ask(&self, ask: Ask) -> Checked<Answer> {
        if self.is_interrupted() {
            return Err(Stop::Skipped("the run was interrupted".to_owned()));
        }
        if self.silences.get() >= MOST_SILENCES {
            return Err(Stop::Skipped(format!(
                "the backend gave no answer {MOST_SILENCES} times in a row"
            )));
        }
        self.insist(ask)
    }

    /// Asks, come what may: to put back what was changed.
    pub fn insist(&self, ask: Ask) -> Checked<Answer> {
        loop {
            let answer = self
                .send(&ask)
                .map_err(|trouble| no_answer(&ask, trouble.why))?;
            if answer.status != 429 || !self.wait_out(&answer) {
                return Ok(answer);
            }
        }
    }

    /// Asks for the first time.
    ///
    /// # Errors
    /// Where no connection comes about: why. Other trouble is for the checks to tell.
    pub fn reach(&self, ask: &Ask) -> Result<Option<Answer>, String> {
        match self.send(ask) {
            Ok(answer) => Ok(Some(answer)),
            Err(trouble) if trouble.is_unreachable => Err(trouble.why),
            Err(_) => Ok(None),
        }
    }

    /// Nothing so far counts as silence.
    pub fn forgive(&self) {
        self.silences.set(0);
    }

    /// Waits as a 429 asks; `false` where the run has waited enough.
    fn wait_out(&self, answer: &Answer) -> bool {
        let secs = answer.header("retry-after").parse().ok();
        let wait = secs
            .map_or(USUAL_WAITING, Duration::from_secs)
            .max(Duration::from_millis(200));
        let waited = self.waited.get().saturating_add(wait);
        if waited > MOST_WAITING || self.is_interrupted() {
            return false;
        }
        self.waited.set(waited);
        std::thread::sleep(wait);
        true
    }

    fn send(&self, ask: &Ask) -> Result<Answer, Trouble> {
        let answer = self.exchange(ask);
        match &answer {
            Ok(answer) => {
                self.silences.set(0);
                self.seen.borrow_mut().push(Seen {
                    route: ask.route(),
                    asked: answer.asked.clone(),
                    status: answer.status,
                    content_type: answer.header("content-type"),
                    has_body: !answer.body.is_empty(),
                });
            }
            Err(_) => self.silences.set(self.silences.get() + 1),
        }
        answer
    }

    fn exchange(&self, ask: &Ask) -> Result<Answer, Trouble> {
        let mut request = Request::builder()
            .method(&ask.method)
            .uri(self.options.api.url(&ask.path));
        if !ask.without_sign_in {
            for Header { name, value } in &self.options.headers {
                request = request.header(name, value);
            }
        }
        for (name, value) in &ask.headers {
            request = request.header(*name, value);
        }
        let begun = Instant::now();
        let response = match &ask.body {
            Some(body) => {
                let request = request.header("content-type", "application/json");
                let request = request.body(body.as_str()).map_err(cannot_be_sent)?;
                self.agent.run(request)
            }
            None => self.agent.run(request.body(()).map_err(cannot_be_sent)?),
        };
        let (parts, body) = response
            .map_err(|error| trouble(&error, begun))?
            .into_parts();
        let mut bytes = Vec::new();
        let mut reader = body.into_reader().take(MOST_BYTES + 1);
        if let Err(error) = reader.read_to_end(&mut bytes) {
            return Err(broken(&parts.headers, &bytes, error, begun));
        }
        if bytes.len() as u64 > MOST_BYTES {
            return Err(Trouble {
                why: format!("the answer has more than {} MiB", MOST_BYTES >> 20),
                is_unreachable: false,
            });
        }
        Ok(Answer {
            asked: ask.told(),
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: bytes,
            is_secret: ask.is_secret,
        })
    }
}

fn no_answer(ask: &Ask, why: String) -> Stop {
    Stop::Fails(vec![Fault {
        wrong: why,
        asked: ask.told(),
        came: String::new(),
    }])
}

fn cannot_be_sent(error: ureq::http::Error) -> Trouble {
    Trouble {
        why: format!("the request cannot be sent: {error}"),
        is_unreachable: false,
    }
}

fn took(begun: Instant) -> String {
    format!(
        "no whole answer came within {:.1} s",
        begun.elapsed().as_secs_f64()
    )
}

fn trouble(error: &ureq::Error, begun: Instant) -> Trouble {
    use std::io::ErrorKind;
    use ureq::{Error, Timeout};

    let (why, is_unreachable) = match error {
        Error::HostNotFound => ("its host name is not known".to_owned(), true),
        Error::ConnectionFailed => ("no connection comes about".to_owned(), true),
        Error::Timeout(Timeout::Connect | Timeout::Resolve) => {
            ("no connection comes about in time".to_owned(), true)
        }
        Error::Timeout(_) => (took(begun), false),
        Error::Io(error) => match error.kind() {
            // What can only happen once there is a connection.
            ErrorKind::BrokenPipe
            | ErrorKind::ConnectionAborted
            | ErrorKind::ConnectionReset
            | ErrorKind::UnexpectedEof => {
                let why = format!("the connection broke before an answer came: {error}");
                (why, false)
            }
            // From rustls, such as for a certificate that nobody here trusts.
            ErrorKind::InvalidData => (format!("no secure connection: {error}"), true),
            // Among them a name that cannot be looked up, which has no kind of its own.
            _ => (error.to_string(), true),
        },
        Error::Tls(_) | Error::Rustls(_) => (format!("no secure connection: {error}"), true),
        Error::InvalidProxyUrl => (error.to_string(), true),
        _ => (format!("what came is no answer in HTTP: {error}"), false),
    };
    Trouble {
        why: shorten(&why, 200),
        is_unreachable,
    }
}

/// Why the body of an answer could not be received.
fn broken(headers: &HeaderMap, bytes: &[u8], error: std::io::Error, begun: Instant) -> Trouble {
    let told = error.to_string();
    let is_late = error.kind() == std::io::ErrorKind::TimedOut
        || matches!(ureq::Error::from(error), ureq::Error::Timeout(_));
    let why = if is_late {
        took(begun)
    } else {
        let promised = headers.get("content-length");
        let of = promised.and_then(|length| length.to_str().ok());
        let of = of.map_or(String::new(), |length| {
            format!(" of {}", shorten(length, 20))
        });
        format!(
            "the answer broke off after {}{of} bytes: {}",
            bytes.len(),
            shorten(&told, 100)
        )
    };
    Trouble {
        why,
        is_unreachable: false,
    }
}

/// A text without the start of a secret that it was cut in the middle of.
fn without_start(text: &str, secret: &str) -> String {
    let mut pieces: Vec<_> = text.split(CUT).map(str::to_owned).collect();
    let last = pieces.len().saturating_sub(1);
    for piece in pieces.iter_mut().take(last) {
        let mut starts = secret
            .char_indices()
            .map(|(end, _)| secret.split_at(end).0)
            .rev();
        let start = starts.find(|start| start.len() >= SHORTEST_SECRET && piece.ends_with(start));
        if let Some(start) = start {
            piece.truncate(piece.len() - start.len());
            piece.push_str(HIDDEN);
        }
    }
    pieces.join(CUT)
}

/// A character that neither moves the cursor nor turns the direction of the text.
fn printable(c: char) -> char {
    let turns =
        matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if c.is_control() || turns { ' ' } else { c }
}

/// What of a header must not be told: its value, and the pieces that it is made of.
fn secrets_of(header: &Header) -> Vec<String> {
    let value = String::from_utf8_lossy(header.value.as_bytes()).into_owned();
    // The whole first, lest a piece of it hide the rest.
    std::iter::once(value.as_str())
        .chain(value.split([' ', ';', ',', '=']))
        .filter(|secret| secret.len() >= SHORTEST_SECRET)
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Api, headers_of};

    #[test]
    fn nothing_secret_is_told() {
        let mut options = Options::new(Api::parse("http://localhost").unwrap());
        let lines = "X-CH-Auth-API-Token: 0123456789\nCookie: id=abcdefgh; x=1\nAuthorization: Bearer qwertz";
        options.headers = headers_of(lines).unwrap();
        let backend = Backend::new(Rc::new(options));
        backend.keep_secret("from the answer");
        for (text, told) in [
            ("t 0123456789.", "t [secret]."),
            ("abcdefgh", "[secret]"),
            ("Bearer qwertz", "[secret]"),
            ("qwertz", "[secret]"),
            ("it came from the answer\u{7}", "it came [secret] "),
            ("cut 01234…", "cut [secret]…"),
            ("cut Bearer qw… and id=abcd…", "cut [secret]… and [secret]…"),
            ("012 is short…", "012 is short…"),
            ("turned \u{202e}round", "turned  round"),
        ] {
            assert_eq!(backend.tell(text), told);
        }
    }

    #[test]
    fn a_request_is_told_without_the_headers_that_sign_in() {
        let ask =
            Ask::patch("/agents/1", &serde_json::json!({"agent": {}})).with("origin", "https://a");
        assert_eq!(
            ask.told(),
            r#"PATCH /agents/1 (origin: https://a) {"agent":{}}"#
        );
        let ask = Ask::get("/agents").without_sign_in();
        assert_eq!(ask.told(), "GET /agents (without signing in)");
    }
}
