//! The client of the agent API, on gloo-net.
//!
//! Every call fails with an [`ApiError`]: see there for what each means and how it is told.
#![allow(clippy::missing_errors_doc, reason = "said once, above")]

use gloo_net::http::{Method, Request, RequestBuilder};
use js_sys::{Function, Promise, Reflect};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Headers, HtmlElement, RequestCredentials};

use super::decode::{self, DecodedPage, DecodedSites};
use super::error::ApiError;
use super::session::Session;
use super::wire::{
    AGENTS_PATH, AgentAnswer, AgentChanges, CREDENTIALS_PATH, CreateSite, Credentials,
    DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE, NewSite, SITES_PATH, SiteAnswer, UpdateAgent,
};
use crate::browser::timers::local_now;
use crate::host::{CredentialsMode, HostEvent, Options};

/// Which agents to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AgentsQuery {
    /// The whole list, from its first page.
    Whole,
    /// The same, with a smaller first page, so that there is soon something to show.
    WholeSmallPageFirst,
    /// What changed since this `syncToken` was given.
    ChangesSince(String),
    /// The page that this `nextPageToken` asks for.
    NextPage(String),
}

/// Speaks with the agent API for one element, and tells the host where a call fails. Ends its calls
/// when its owner is cleaned up.
#[derive(Clone, Copy)]
pub struct Client {
    /// Whether the API takes the user for signed in.
    pub session: Session,
    options: RwSignal<Options>,
    host: StoredValue<HtmlElement, LocalStorage>,
    abort: StoredValue<Option<AbortController>, LocalStorage>,
}

impl Client {
    /// A client as the element's attributes ask for, with headers from its `authHeaders`.
    pub fn new(options: RwSignal<Options>, host: HtmlElement) -> Self {
        let client = Self {
            session: Session::default(),
            options,
            host: StoredValue::new_local(host),
            abort: StoredValue::new_local(AbortController::new().ok()),
        };
        on_cleanup(move || client.abort_calls());
        client
    }

    /// Ends all calls, since those from now on go to another API.
    pub fn begin_anew(self) {
        self.abort_calls();
        self.abort.try_set_value(AbortController::new().ok());
        self.session.forget();
    }

    fn abort_calls(self) {
        self.abort.try_with_value(|controller| {
            if let Some(controller) = controller {
                controller.abort();
            }
        });
    }

    /// One page of agents.
    pub async fn agents(self, query: AgentsQuery) -> Result<DecodedPage, ApiError> {
        let page_size = match &query {
            AgentsQuery::WholeSmallPageFirst => DEFAULT_PAGE_SIZE,
            _ => MAX_PAGE_SIZE,
        };
        let mut path = format!("{AGENTS_PATH}?pageSize={page_size}");
        let token = match &query {
            AgentsQuery::Whole | AgentsQuery::WholeSmallPageFirst => None,
            AgentsQuery::ChangesSince(token) => Some(("syncToken", token)),
            AgentsQuery::NextPage(token) => Some(("pageToken", token)),
        };
        if let Some((key, token)) = token {
            path = format!("{path}&{key}={}", encode(token));
        }
        self.call(Method::GET, &path, None, decode::agents_page)
            .await
    }

    /// One agent, as it is now.
    pub async fn agent(self, id: &str) -> Result<AgentAnswer, ApiError> {
        self.call(Method::GET, &agent_path(id), None, decode::agent)
            .await
    }

    /// Changes an agent.
    pub async fn update_agent(
        self,
        id: &str,
        changes: AgentChanges,
    ) -> Result<AgentAnswer, ApiError> {
        let body = serialize(&UpdateAgent { agent: changes })?;
        self.call(Method::PATCH, &agent_path(id), Some(body), decode::agent)
            .await
    }

    /// Removes an agent from the list.
    pub async fn remove_agent(self, id: &str) -> Result<(), ApiError> {
        self.call(Method::DELETE, &agent_path(id), None, |_| Ok(()))
            .await
    }

    /// All sites.
    pub async fn sites(self) -> Result<DecodedSites, ApiError> {
        self.call(Method::GET, SITES_PATH, None, decode::sites)
            .await
    }

    /// Makes a site.
    pub async fn create_site(self, site: NewSite) -> Result<SiteAnswer, ApiError> {
        let body = serialize(&CreateSite { site })?;
        self.call(Method::POST, SITES_PATH, Some(body), decode::site)
            .await
    }

    /// The organisation's values for the install commands. Secret: keep them no longer than shown.
    pub async fn credentials(self) -> Result<Credentials, ApiError> {
        self.call(Method::GET, CREDENTIALS_PATH, None, decode::credentials)
            .await
    }

    /// Sends a request and reads its answer; a failure is told to the host, too.
    async fn call<T>(
        self,
        method: Method,
        path: &str,
        body: Option<String>,
        read: impl FnOnce(&str) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let begun = self.session.round();
        let answer = self
            .send(method, path, body)
            .await
            .and_then(|text| read(&text));
        match &answer {
            Err(ApiError::Unauthenticated) => {
                let session = self.session;
                if session.refused(begun) {
                    let retry = Box::new(move || session.signed_in());
                    self.tell(HostEvent::AuthRequired { retry });
                }
            }
            // No failure: the list is read whole instead.
            Ok(_) | Err(ApiError::SyncTokenTooOld) => {}
            Err(error) => self.tell(HostEvent::Error {
                message: error.to_string(),
            }),
        }
        answer
    }

    /// Tells the host.
    pub fn tell(self, event: HostEvent) {
        if let Some(host) = self.host.try_get_value() {
            event.dispatch(&host);
        }
    }

    /// Sends a request; gives the text of an answer with a 2xx status.
    async fn send(
        self,
        method: Method,
        path: &str,
        body: Option<String>,
    ) -> Result<String, ApiError> {
        // Where the call goes is settled now, whatever changes while the host looks for headers.
        let (url, credentials) = self
            .options
            .try_with_untracked(|options| {
                (
                    format!("{}{path}", options.api_base),
                    credentials(options.credentials),
                )
            })
            .ok_or(ApiError::Network)?;
        let signal = self
            .abort
            .try_with_value(|controller| controller.as_ref().map(AbortController::signal))
            .flatten();
        let headers = self.headers().await?;
        let request = RequestBuilder::new(&url)
            .method(method)
            .credentials(credentials)
            .headers(gloo_net::http::Headers::from_raw(headers))
            .header("Accept", "application/json")
            .abort_signal(signal.as_ref());
        let request: Request = match body {
            Some(body) => request
                .header("Content-Type", "application/json")
                .body(body),
            None => request.build(),
        }
        .map_err(|_| ApiError::Network)?;
        let response = request.send().await.map_err(|_| ApiError::Network)?;
        // Not `text()`: a large answer would go through a JavaScript string.
        let text = response.binary().await.map(into_text);
        if response.ok() {
            return text.map_err(|_| ApiError::Network);
        }
        let retry_after = response.headers().get("Retry-After");
        Err(ApiError::from_response(
            response.status(),
            retry_after.as_deref(),
            &text.unwrap_or_default(),
            local_now(),
        ))
    }

    /// Asks the element's `authHeaders` for headers; it may answer with a promise. Without it there
    /// are none.
    ///
    /// What it throws, and what is no header, counts as signed out, and stays unread lest a secret
    /// gets into an error text.
    async fn headers(self) -> Result<Headers, ApiError> {
        let host = self.host.try_get_value().ok_or(ApiError::Network)?;
        let function: Option<Function> = Reflect::get(&host, &JsValue::from_str("authHeaders"))
            .ok()
            .and_then(|value| value.dyn_into().ok());
        let answer = match function {
            Some(function) => {
                let answer = function
                    .call0(&host)
                    .map_err(|_| ApiError::Unauthenticated)?;
                JsFuture::from(Promise::resolve(&answer))
                    .await
                    .map_err(|_| ApiError::Unauthenticated)?
            }
            None => JsValue::UNDEFINED,
        };
        headers_of(&answer).map_err(|_| ApiError::Unauthenticated)
    }
}

/// The headers in a `Headers` or in an object whose values are strings; other values are left out.
fn headers_of(answer: &JsValue) -> Result<Headers, JsValue> {
    if let Some(headers) = answer.dyn_ref::<Headers>() {
        return Headers::new_with_headers(headers);
    }
    let headers = Headers::new()?;
    if answer.is_object() {
        for name in Reflect::own_keys(answer)? {
            let value = Reflect::get(answer, &name)?;
            if let (Some(name), Some(value)) = (name.as_string(), value.as_string()) {
                headers.set(&name, &value)?;
            }
        }
    }
    Ok(headers)
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

fn credentials(mode: CredentialsMode) -> RequestCredentials {
    match mode {
        CredentialsMode::SameOrigin => RequestCredentials::SameOrigin,
        CredentialsMode::Include => RequestCredentials::Include,
        CredentialsMode::Omit => RequestCredentials::Omit,
    }
}

fn agent_path(id: &str) -> String {
    format!("{AGENTS_PATH}/{}", encode(id))
}

fn encode(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}

fn serialize(body: &impl serde::Serialize) -> Result<String, ApiError> {
    serde_json::to_string(body).map_err(|error| ApiError::Malformed {
        path: String::new(),
        reason: error.to_string(),
    })
}
