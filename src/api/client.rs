//! The client of the agent API, on gloo-net.
//!
//! Every call fails with an [`ApiError`]: see there for what each means and how it is told.
#![allow(clippy::missing_errors_doc, reason = "said once, above")]

use gloo_net::http::{Method, Request, RequestBuilder};
use js_sys::{Array, Function, Object, Promise, Reflect};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, HtmlElement, RequestCredentials};

use super::decode::{self, DecodedPage, DecodedSites};
use super::error::ApiError;
use super::wire::{
    AGENTS_PATH, AgentAnswer, AgentChanges, CREDENTIALS_PATH, CreateSite, Credentials,
    MAX_PAGE_SIZE, NewSite, SITES_PATH, SiteAnswer, UpdateAgent,
};
use crate::browser::clock::local_now;
use crate::element::{CredentialsMode, Options};

/// Which agents to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AgentsQuery {
    /// The whole list, from its first page.
    Whole,
    /// What changed since this `syncToken` was given.
    ChangesSince(String),
    /// The page that this `nextPageToken` asks for.
    NextPage(String),
}

/// Speaks with the agent API for one element. Ends its requests when its owner is cleaned up.
#[derive(Clone, Copy)]
pub struct Client {
    options: RwSignal<Options>,
    host: StoredValue<HtmlElement, LocalStorage>,
    abort: StoredValue<Option<AbortController>, LocalStorage>,
}

impl Client {
    /// A client as the element's attributes ask for, with headers from its `authHeaders`.
    pub fn new(options: RwSignal<Options>, host: HtmlElement) -> Self {
        let abort = StoredValue::new_local(AbortController::new().ok());
        on_cleanup(move || {
            abort.try_with_value(|controller| {
                if let Some(controller) = controller {
                    controller.abort();
                }
            });
        });
        Self {
            options,
            host: StoredValue::new_local(host),
            abort,
        }
    }

    /// One page of agents.
    pub async fn agents(self, query: AgentsQuery) -> Result<DecodedPage, ApiError> {
        let mut path = format!("{AGENTS_PATH}?pageSize={MAX_PAGE_SIZE}");
        let token = match &query {
            AgentsQuery::Whole => None,
            AgentsQuery::ChangesSince(token) => Some(("syncToken", token)),
            AgentsQuery::NextPage(token) => Some(("pageToken", token)),
        };
        if let Some((key, token)) = token {
            path = format!("{path}&{key}={}", encode(token));
        }
        decode::agents_page(&self.send(Method::GET, &path, None).await?)
    }

    /// One agent, as it is now.
    pub async fn agent(self, id: &str) -> Result<AgentAnswer, ApiError> {
        decode::agent(&self.send(Method::GET, &agent_path(id), None).await?)
    }

    /// Changes an agent.
    pub async fn update_agent(
        self,
        id: &str,
        changes: AgentChanges,
    ) -> Result<AgentAnswer, ApiError> {
        let body = serialize(&UpdateAgent { agent: changes })?;
        decode::agent(
            &self
                .send(Method::PATCH, &agent_path(id), Some(body))
                .await?,
        )
    }

    /// Removes an agent from the list.
    pub async fn remove_agent(self, id: &str) -> Result<(), ApiError> {
        self.send(Method::DELETE, &agent_path(id), None)
            .await
            .map(|_| ())
    }

    /// All sites.
    pub async fn sites(self) -> Result<DecodedSites, ApiError> {
        decode::sites(&self.send(Method::GET, SITES_PATH, None).await?)
    }

    /// Makes a site.
    pub async fn create_site(self, site: NewSite) -> Result<SiteAnswer, ApiError> {
        let body = serialize(&CreateSite { site })?;
        decode::site(&self.send(Method::POST, SITES_PATH, Some(body)).await?)
    }

    /// The organisation's values for the install commands. Secret: keep them no longer than shown.
    pub async fn credentials(self) -> Result<Credentials, ApiError> {
        decode::credentials(&self.send(Method::GET, CREDENTIALS_PATH, None).await?)
    }

    /// Sends a request; gives the text of an answer with a 2xx status.
    async fn send(
        self,
        method: Method,
        path: &str,
        body: Option<String>,
    ) -> Result<String, ApiError> {
        let headers = self.auth_headers().await?;
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
        let mut request = RequestBuilder::new(&url)
            .method(method)
            .credentials(credentials)
            .header("Accept", "application/json")
            .abort_signal(signal.as_ref());
        for (name, value) in &headers {
            request = request.header(name, value);
        }
        let request: Request = match body {
            Some(body) => request
                .header("Content-Type", "application/json")
                .body(body),
            None => request.build(),
        }
        .map_err(|_| ApiError::Network)?;
        let response = request.send().await.map_err(|_| ApiError::Network)?;
        let text = response.text().await;
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

    /// Asks the element's `authHeaders` for headers; it may answer with a promise.
    ///
    /// What it throws stays unread, lest a secret gets into an error text.
    async fn auth_headers(self) -> Result<Vec<(String, String)>, ApiError> {
        let Some(host) = self.host.try_get_value() else {
            return Err(ApiError::Network);
        };
        let Some(function) = Reflect::get(&host, &JsValue::from_str("authHeaders"))
            .ok()
            .and_then(|value| value.dyn_into::<Function>().ok())
        else {
            return Ok(Vec::new());
        };
        let answer = function
            .call0(&host)
            .map_err(|_| ApiError::Unauthenticated)?;
        let headers = JsFuture::from(Promise::resolve(&answer))
            .await
            .map_err(|_| ApiError::Unauthenticated)?;
        if !headers.is_object() {
            return Ok(Vec::new());
        }
        Ok(Object::entries(headers.unchecked_ref())
            .iter()
            .filter_map(|entry| {
                let entry: Array = entry.dyn_into().ok()?;
                Some((entry.get(0).as_string()?, entry.get(1).as_string()?))
            })
            .collect())
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
