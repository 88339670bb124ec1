//! Faults on demand: what `POST /__mock/faults` asks for, and the layer around the API that does
//! it. `README.md` has the table of their fields.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::sync::watch;

use crate::App;
use crate::error::ApiError;
use crate::world::lock;

/// The largest request that is read, in bytes.
const MOST_BYTES: usize = 16 * 1024 * 1024;
/// Lets what is written so far reach the caller before the connection is cut.
const BEFORE_CUTTING: Duration = Duration::from_millis(50);

/// The calls that faults can be asked for.
const ROUTES: [&str; 7] = [
    "GET /kproxy/v202611/agents",
    "GET /kproxy/v202611/agents/{id}",
    "PATCH /kproxy/v202611/agents/{id}",
    "DELETE /kproxy/v202611/agents/{id}",
    "GET /kproxy/v202611/credentials",
    "GET /site/v202509/sites",
    "POST /site/v202509/sites",
];

/// Something that goes wrong with a call.
///
/// The call is handled as ever and its answer then spoilt, with one exception: with `status`
/// alone, or `body`, it is not handled at all, unless `handled` says so.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fault {
    /// Method and path, such as `PATCH /kproxy/v202611/agents/{id}`.
    pub route: String,
    /// How often it happens; `None`: every time.
    pub times: Option<u32>,
    /// How many requests are left alone first.
    #[serde(default)]
    pub after_requests: u32,
    /// Only for requests whose query holds this text, such as `pageToken=`.
    #[serde(default)]
    pub query_contains: String,
    /// The answer comes so much later.
    #[serde(default)]
    pub latency_ms: u64,
    /// The answer waits until this name is released.
    pub hold: Option<String>,
    /// The HTTP status of the answer.
    pub status: Option<u16>,
    /// Headers added to the answer.
    #[serde(default)]
    pub headers: HashMap<String, String>,
    /// The body of the answer, as it is.
    pub body: Option<String>,
    /// Whether the call is carried out although it is answered with `status` or `body`.
    #[serde(default)]
    pub handled: bool,
    /// The connection is dropped after so many bytes of the body; with 0 before any answer.
    pub cut_off: Option<usize>,
    /// One entry of the answer's list is replaced.
    pub malformed: Option<Malformed>,
}

/// Replaces one entry of a list.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Malformed {
    /// Which agent of the page, counted from 0.
    pub agent_index: Option<usize>,
    /// Which site, counted from 0.
    pub site_index: Option<usize>,
    /// What stands there instead, as it is.
    pub json: String,
}

/// The faults of a world.
#[derive(Debug, Default)]
pub struct Faults {
    faults: Mutex<Vec<Fault>>,
    /// Dropping one lets go who waits for it.
    holds: Mutex<HashMap<String, watch::Sender<()>>>,
}

impl Faults {
    /// From now on this goes wrong, after what was asked for before.
    ///
    /// # Errors
    /// 400 where a fault cannot happen.
    pub fn add(&self, fault: Fault) -> Result<(), ApiError> {
        if !ROUTES.contains(&&*fault.route) {
            let message = format!("route is one of these: {}", ROUTES.join(", "));
            return Err(ApiError::bad_request(message));
        }
        if fault
            .status
            .is_some_and(|status| !(200..=599).contains(&status))
        {
            return Err(ApiError::bad_request("status is from 200 to 599"));
        }
        if let Some(name) = &fault.hold {
            lock(&self.holds)
                .entry(name.clone())
                .or_insert_with(|| watch::Sender::new(()));
        }
        lock(&self.faults).push(fault);
        Ok(())
    }

    /// Nothing goes wrong any more; all that is held goes on.
    pub fn clear(&self) {
        lock(&self.faults).clear();
        lock(&self.holds).clear();
    }

    /// Everything that is held under this name goes on, and nothing is any more.
    pub fn release(&self, name: &str) {
        lock(&self.faults).retain(|fault| fault.hold.as_deref() != Some(name));
        lock(&self.holds).remove(name);
    }

    /// The fault that this request meets: the first of those asked for that is not used up.
    fn next(&self, route: &str, query: &str) -> Option<Fault> {
        let mut faults = lock(&self.faults);
        let index = faults.iter_mut().position(|fault| {
            if fault.route != route || !query.contains(&fault.query_contains) {
                return false;
            }
            let is_due = fault.after_requests == 0;
            fault.after_requests = fault.after_requests.saturating_sub(1);
            is_due
        })?;
        let fault = faults.get_mut(index)?;
        let found = fault.clone();
        if let Some(times) = &mut fault.times {
            *times = times.saturating_sub(1);
            if *times == 0 {
                faults.remove(index);
            }
        }
        Some(found)
    }

    async fn wait(&self, name: &str) {
        let waiting = lock(&self.holds).get(name).map(watch::Sender::subscribe);
        if let Some(mut waiting) = waiting {
            // An error says that the sender is gone: released.
            while waiting.changed().await.is_ok() {}
        }
    }
}

/// The layer around the API: notes the request, and spoils the answer where that is asked for.
pub async fn inject(
    State(app): State<Arc<App>>,
    path: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    if !app.worlds.are_controlled() {
        return next.run(request).await;
    }
    let world = app.worlds.pick(request.headers());
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MOST_BYTES).await else {
        return ApiError::bad_request("The body cannot be received").into();
    };
    let mut request = Request::from_parts(parts, Body::from(body.clone()));
    let note = world.journal.note(&request, &body);
    let path = path
        .as_ref()
        .map_or(request.uri().path(), MatchedPath::as_str);
    let route = format!("{} {path}", request.method());
    let fault = world
        .faults
        .next(&route, request.uri().query().unwrap_or_default());
    let response = match fault {
        Some(fault) => {
            if fault.spoils() {
                // There has to be a body to spoil.
                request.headers_mut().remove(header::IF_NONE_MATCH);
            }
            let response = fault.answer(request, next).await;
            tokio::time::sleep(Duration::from_millis(fault.latency_ms)).await;
            if let Some(name) = &fault.hold {
                note.held();
                world.faults.wait(name).await;
            }
            response
        }
        None => next.run(request).await,
    };
    note.answered(response.status().as_u16());
    response
}

impl Fault {
    fn spoils(&self) -> bool {
        self.status.is_some()
            || self.body.is_some()
            || self.cut_off.is_some()
            || self.malformed.is_some()
    }

    async fn answer(&self, request: Request, next: Next) -> Response {
        let replaces = self.status.is_some() || self.body.is_some();
        let mut response = if replaces {
            if self.handled {
                next.run(request).await;
            }
            self.replacement()
        } else {
            next.run(request).await
        };
        if let Some(malformed) = &self.malformed {
            response = malformed.put_into(response).await;
        }
        if let Some(bytes) = self.cut_off {
            response = cut_off(response, bytes).await;
        }
        let headers = response.headers_mut();
        if self.spoils() {
            // Else the browser would keep it, and revalidate it with success.
            headers.remove(header::ETAG);
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
        for (name, value) in &self.headers {
            let name = HeaderName::try_from(name.as_str());
            if let (Ok(name), Ok(value)) = (name, HeaderValue::try_from(value)) {
                headers.insert(name, value);
            }
        }
        response
    }

    fn replacement(&self) -> Response {
        let status = self
            .status
            .and_then(|status| StatusCode::from_u16(status).ok());
        let status = status.unwrap_or(StatusCode::OK);
        match &self.body {
            Some(body) => {
                let json = [(header::CONTENT_TYPE, "application/json")];
                (status, json, body.clone()).into_response()
            }
            None if status.is_success() => (status, "{}").into_response(),
            None => ApiError::with_status(status).into(),
        }
    }
}

impl Malformed {
    async fn put_into(&self, response: Response) -> Response {
        let (mut parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
        parts.headers.remove(header::CONTENT_LENGTH);
        let body = self.spoilt(&body).map_or(body, Bytes::from);
        Response::from_parts(parts, Body::from(body))
    }

    /// The text with one entry replaced by what need not even be JSON; `None` where it has no
    /// such list.
    fn spoilt(&self, body: &[u8]) -> Option<String> {
        let fields: serde_json::Map<String, serde_json::Value> =
            serde_json::from_slice(body).ok()?;
        let raw: HashMap<String, Box<RawValue>> = serde_json::from_slice(body).ok()?;
        let spoilt = fields.keys().filter_map(|name| {
            let raw = raw.get(name)?.get();
            let index = match name.as_str() {
                "agents" => self.agent_index,
                "sites" => self.site_index,
                _ => None,
            };
            let value = match index {
                Some(index) => self.replaced(index, raw)?,
                None => raw.to_owned(),
            };
            Some(format!("{}:{value}", serde_json::to_string(name).ok()?))
        });
        Some(format!("{{{}}}", spoilt.collect::<Vec<_>>().join(",")))
    }

    fn replaced(&self, index: usize, list: &str) -> Option<String> {
        let items: Vec<&RawValue> = serde_json::from_str(list).ok()?;
        let items = items.into_iter().map(RawValue::get).enumerate();
        let items = items.map(|(at, item)| if at == index { &*self.json } else { item });
        Some(format!("[{}]", items.collect::<Vec<_>>().join(",")))
    }
}

/// Sends so many bytes of the body and then breaks the connection.
async fn cut_off(response: Response, bytes: usize) -> Response {
    let (mut parts, body) = response.into_parts();
    let whole = to_bytes(body, usize::MAX).await.unwrap_or_default();
    // The length that it should have been, so that the caller can tell; and as it is, so that it
    // is these bytes.
    parts
        .headers
        .insert(header::CONTENT_LENGTH, HeaderValue::from(whole.len() + 1));
    let identity = HeaderValue::from_static("identity");
    parts.headers.insert(header::CONTENT_ENCODING, identity);
    let start = whole.slice(..bytes.min(whole.len()));
    let broken = stream::once(async move {
        if bytes > 0 {
            tokio::time::sleep(BEFORE_CUTTING).await;
        }
        Err(std::io::Error::other("cut off on demand"))
    });
    let start = stream::iter((bytes > 0).then_some(Ok(start)));
    Response::from_parts(parts, Body::from_stream(start.chain(broken)))
}
