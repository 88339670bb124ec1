//! One request and its answer: with time-outs, without following anyone to a sign-in page, and ended
//! when nobody waits for it any more.

use std::future::Future;

use futures::future::{Either, select};
use gloo_net::http::{Headers, Method, Request, RequestBuilder, Response};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Promise, Uint8Array};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, AbortSignal, ReadableStream, ReadableStreamDefaultReader,
    ReadableStreamReadResult, RequestCache, RequestCredentials, RequestRedirect, ResponseType,
};

use super::ApiError;

/// A call is given up after so long without headers, or without a further byte.
const SILENCE_MS: u32 = 30_000;
/// No answer is read beyond this: 10,000 agents take some 10 MB.
const MOST_BYTES: usize = 256 << 20;

/// Gives the answer to a call that was sent before there was a client, once, to who would send the same to
/// this URL with these credentials: a promise of a response. From then on the signal aborts it.
pub type EarlyAnswer = UnsyncCallback<(String, RequestCredentials, AbortSignal), Option<Promise>>;

/// What is sent.
#[derive(Clone)]
pub struct Outgoing {
    /// Gives the answer, if the very same was sent before.
    pub early_answer: Option<EarlyAnswer>,
    /// GET, PATCH, …
    pub method: Method,
    /// Where to.
    pub url: String,
    /// JSON.
    pub body: Option<String>,
    /// Which of the browser's credentials go with it.
    pub credentials: RequestCredentials,
    /// The host's headers.
    pub headers: web_sys::Headers,
    /// Whether no stored answer will do, not even one that the server confirms.
    pub is_fresh: bool,
}

/// What came back.
pub struct Answer {
    /// Such as 200.
    pub http_status: u16,
    /// Where from, after redirects; absolute.
    pub url: String,
    /// The header `Retry-After`.
    pub retry_after: Option<String>,
    /// The header `Date`, where the page may read it.
    pub date: Option<String>,
    /// The body.
    pub text: String,
    /// Whether it is a web page, such as the sign-in page of a proxy.
    pub is_web_page: bool,
}

/// The calls under way, so that all can be ended at once. Belongs to the owner it was made in.
#[derive(Clone, Copy)]
pub struct Calls(StoredValue<Vec<AbortController>, LocalStorage>);

/// None; they end with the current owner.
impl Default for Calls {
    fn default() -> Self {
        let calls = Self(StoredValue::new_local(Vec::new()));
        on_cleanup(move || calls.abort_all());
        calls
    }
}

impl Calls {
    /// Ends them all.
    pub fn abort_all(self) {
        // An abort may run other code at once: the list is not borrowed meanwhile.
        let controllers = self.0.try_update_value(std::mem::take);
        for controller in controllers.unwrap_or_default() {
            controller.abort();
        }
    }

    fn begin(self) -> Result<Call, ApiError> {
        let controller = AbortController::new().map_err(|_| ApiError::Network)?;
        self.0
            .try_update_value(|calls| calls.push(controller.clone()))
            .ok_or(ApiError::Network)?;
        Ok(Call {
            calls: self,
            controller,
        })
    }

    /// Sends a request; gives whatever answer there is, also one that is no success.
    ///
    /// # Errors
    /// [`ApiError::Network`], [`ApiError::NoAnswer`], [`ApiError::SignInPage`] for a redirect to
    /// another origin, and [`ApiError::Malformed`] for an answer beyond all measure.
    pub async fn send(self, outgoing: Outgoing) -> Result<Answer, ApiError> {
        let call = self.begin()?;
        let response = call.response(&outgoing).await?;
        let text = match response.body() {
            Some(body) => into_text(read_all(&body).await?),
            None => String::new(),
        };
        let header = |name| response.headers().get(name);
        let is_html = header("Content-Type").is_some_and(|kind| {
            kind.trim_start()
                .to_ascii_lowercase()
                .starts_with("text/html")
        });
        let begins_as_html = text.trim_start().starts_with('<');
        Ok(Answer {
            http_status: response.status(),
            url: response.url(),
            retry_after: header("Retry-After"),
            date: header("Date"),
            is_web_page: begins_as_html || (is_html && !text.trim().is_empty()),
            text,
        })
    }
}

/// A call under way. Dropping it ends it.
struct Call {
    calls: Calls,
    controller: AbortController,
}

impl Drop for Call {
    fn drop(&mut self) {
        self.calls
            .0
            .try_update_value(|calls| calls.retain(|call| *call != self.controller));
        self.controller.abort();
    }
}

impl Call {
    async fn response(&self, outgoing: &Outgoing) -> Result<Response, ApiError> {
        // A redirect that is followed to another origin ends in a refusal by CORS, which looks like
        // a lost connection. So it is looked at first.
        let response = match self.early_response(outgoing).await? {
            Some(response) => response,
            None => self.fetch(outgoing, RequestRedirect::Manual).await?,
        };
        if response.type_() != ResponseType::Opaqueredirect {
            return Ok(response);
        }
        match self.fetch(outgoing, RequestRedirect::Follow).await {
            Ok(response) if is_of_origin(&response, &outgoing.url) => Ok(response),
            Ok(_) | Err(ApiError::Network) => Err(ApiError::SignInPage),
            Err(error) => Err(error),
        }
    }

    /// The response to the same call if it was sent before; `None` also where that one failed.
    async fn early_response(&self, outgoing: &Outgoing) -> Result<Option<Response>, ApiError> {
        let signal = self.controller.signal();
        let same = (outgoing.url.clone(), outgoing.credentials, signal);
        let answer = outgoing
            .early_answer
            .and_then(|take| take.try_run(same).flatten());
        let Some(answer) = answer else {
            return Ok(None);
        };
        let response = within_limit(JsFuture::from(answer)).await?.ok();
        Ok(response.map(|response| response.unchecked_into::<web_sys::Response>().into()))
    }

    async fn fetch(
        &self,
        outgoing: &Outgoing,
        redirect: RequestRedirect,
    ) -> Result<Response, ApiError> {
        let headers =
            web_sys::Headers::new_with_headers(&outgoing.headers).map_err(|_| ApiError::Network)?;
        let request = RequestBuilder::new(&outgoing.url)
            .method(outgoing.method.clone())
            .credentials(outgoing.credentials)
            .cache(if outgoing.is_fresh {
                RequestCache::NoStore
            } else {
                RequestCache::NoCache
            })
            .redirect(redirect)
            .headers(Headers::from_raw(headers))
            .header("Accept", "application/json")
            .abort_signal(Some(&self.controller.signal()));
        let request: Request = match &outgoing.body {
            Some(body) => request
                .header("Content-Type", "application/json")
                .body(body.as_str()),
            None => request.build(),
        }
        .map_err(|_| ApiError::Network)?;
        within_limit(request.send())
            .await?
            .map_err(|_| ApiError::Network)
    }
}

/// Waits, but not for long.
///
/// # Errors
/// [`ApiError::NoAnswer`]
pub async fn within_limit<T>(task: impl Future<Output = T>) -> Result<T, ApiError> {
    let task = std::pin::pin!(task);
    match select(task, TimeoutFuture::new(SILENCE_MS)).await {
        Either::Left((done, _)) => Ok(done),
        Either::Right(_) => Err(ApiError::NoAnswer),
    }
}

/// Reads a body, for as long as something comes. Not through a JavaScript string: answers are large.
/// And into memory of just its size, once that is known: the program's memory never shrinks.
async fn read_all(body: &ReadableStream) -> Result<Vec<u8>, ApiError> {
    let reader = body
        .get_reader()
        .unchecked_into::<ReadableStreamDefaultReader>();
    let mut chunks = Vec::<Uint8Array>::new();
    let mut length = 0;
    loop {
        let chunk = within_limit(JsFuture::from(reader.read()))
            .await?
            .map_err(|_| ApiError::Network)?
            .unchecked_into::<ReadableStreamReadResult>();
        if chunk.get_done().unwrap_or(true) {
            break;
        }
        let chunk: Uint8Array = chunk.get_value().unchecked_into();
        length += chunk.length() as usize;
        if length > MOST_BYTES {
            return Err(ApiError::malformed("", "it has no end"));
        }
        chunks.push(chunk);
    }
    let mut bytes = vec![0; length];
    let mut begin = 0;
    for chunk in chunks {
        let end = begin + chunk.length() as usize;
        if let Some(room) = bytes.get_mut(begin..end) {
            chunk.copy_to(room);
        }
        begin = end;
    }
    Ok(bytes)
}

/// As `Response.text()` decodes: without a byte order mark, and with a replacement for what is not
/// UTF-8.
fn into_text(bytes: Vec<u8>) -> String {
    let text = String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    }
}

/// Whether an answer came from where it was asked for.
fn is_of_origin(response: &Response, asked: &str) -> bool {
    let base = web_sys::window()
        .and_then(|window| window.location().href().ok())
        .unwrap_or_default();
    let origin = |url: &str| {
        web_sys::Url::new_with_base(url, &base)
            .ok()
            .map(|url| url.origin())
    };
    origin(asked).is_some_and(|asked| origin(&response.url()) == Some(asked))
}
