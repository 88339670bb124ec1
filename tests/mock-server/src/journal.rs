//! The journal of the requests that the API has seen, for tests: `GET /__mock/requests`.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;

use axum::extract::Request;
use axum::http::{HeaderMap, Method, Uri};
use serde::Serialize;

use crate::world::lock;

/// Older requests are forgotten.
const MOST_REQUESTS: usize = 10_000;

/// What was asked.
#[derive(Debug, Default)]
pub struct Journal {
    entries: Mutex<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    next: u64,
    seen: VecDeque<Seen>,
}

impl Entries {
    fn find(&mut self, number: u64) -> Option<&mut Seen> {
        self.seen
            .iter_mut()
            .rev()
            .find(|seen| seen.number == number)
    }
}

/// One request and what became of it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Seen {
    /// Counts up.
    pub number: u64,
    /// Such as `GET`.
    pub method: String,
    /// As it was asked for, still percent-encoded.
    pub path: String,
    /// Without the question mark.
    pub query: String,
    /// Names in lower case.
    pub headers: BTreeMap<String, String>,
    /// As text.
    pub body: String,
    /// What became of it.
    pub state: State,
    /// The HTTP status of the answer; `None` before there is one.
    pub status: Option<u16>,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum State {
    /// It has no answer yet.
    Pending,
    /// A fault holds its answer.
    Held,
    /// Its answer was begun.
    Answered,
    /// The caller went away before.
    Aborted,
}

impl Journal {
    /// Notes a request. What it returns is to be told of the answer; dropped without, the request
    /// counts as aborted.
    pub fn note(&self, request: &Request, body: &[u8]) -> Note<'_> {
        let (method, uri, headers) = (request.method(), request.uri(), request.headers());
        let mut entries = lock(&self.entries);
        let number = entries.next;
        entries.next += 1;
        entries
            .seen
            .push_back(seen(number, method, uri, headers, body));
        if entries.seen.len() > MOST_REQUESTS {
            entries.seen.pop_front();
        }
        Note {
            journal: self,
            number,
            status: None,
        }
    }

    /// All requests, the oldest first.
    pub fn all(&self) -> Vec<Seen> {
        lock(&self.entries).seen.iter().cloned().collect()
    }

    /// Forgets all requests.
    pub fn clear(&self) {
        lock(&self.entries).seen.clear();
    }
}

fn seen(number: u64, method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Seen {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in headers {
        let value = text(value.as_bytes());
        all.entry(name.as_str().to_owned())
            .and_modify(|before| *before = format!("{before}, {value}"))
            .or_insert(value);
    }
    Seen {
        number,
        method: method.to_string(),
        path: uri.path().to_owned(),
        query: uri.query().unwrap_or_default().to_owned(),
        headers: all,
        body: text(body),
        state: State::Pending,
        status: None,
    }
}

/// A request that waits for its answer.
#[derive(Debug)]
pub struct Note<'a> {
    journal: &'a Journal,
    number: u64,
    status: Option<u16>,
}

impl Note<'_> {
    /// A fault holds the answer.
    pub fn held(&self) {
        if let Some(seen) = lock(&self.journal.entries).find(self.number) {
            seen.state = State::Held;
        }
    }

    /// The answer is there.
    pub fn answered(mut self, status: u16) {
        self.status = Some(status);
    }
}

impl Drop for Note<'_> {
    fn drop(&mut self) {
        let mut entries = lock(&self.journal.entries);
        if let Some(seen) = entries
            .seen
            .iter_mut()
            .find(|seen| seen.number == self.number)
        {
            seen.status = self.status;
            seen.state = if self.status.is_some() {
                State::Answered
            } else {
                State::Aborted
            };
        }
    }
}
