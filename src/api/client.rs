//! The client of the agent API, on gloo-net.
//!
//! Every call fails with an [`ApiError`]: its variants say what each means.
#![allow(clippy::missing_errors_doc, reason = "said once, above")]

use chrono::{DateTime, Utc};
use futures::future::LocalBoxFuture;
use gloo_net::http::Method;
use leptos::prelude::*;
use web_sys::{Headers, RequestCredentials};

use super::decode::{self, DecodedPage, DecodedSites};
use super::error::{ApiError, clock_of_retry_after, parse_http_date};
use super::rate_limit::RateLimit;
use super::session::Session;
use super::transport::{Calls, EarlyAnswer, Outgoing, within_limit};
use super::wire::{
    AGENTS_PATH, AgentAnswer, AgentChanges, CREDENTIALS_PATH, CreateSite, Credentials,
    DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE, NewSite, SITES_PATH, SiteAnswer, UpdateAgent,
};
use crate::browser::timers::local_now;
use crate::domain::encode_component;

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

/// Where the agent API is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Comes before every path; no trailing slash. Empty: the page's own origin.
    pub base: String,
    /// Which of the browser's credentials go with each call.
    pub credentials: RequestCredentials,
}

/// The headers of one call, asked for before it; `None` where they cannot be had, which counts as
/// signed out.
pub type HeadersFuture = LocalBoxFuture<'static, Option<Headers>>;

/// The client of one element. Reports failed calls; aborts pending ones on cleanup.
#[derive(Clone, Copy)]
pub struct Client {
    /// Whether the API takes the user for signed in.
    pub session: Session,
    /// How long the API asks to be left alone. No call is sent before.
    pub rate_limit: RateLimit,
    endpoint: Signal<Endpoint>,
    headers: UnsyncCallback<(), HeadersFuture>,
    early_answer: EarlyAnswer,
    on_failure: UnsyncCallback<ApiError>,
    server_now: UnsyncCallback<(), Option<DateTime<Utc>>>,
    calls: Calls,
}

impl Client {
    /// A client of the present `endpoint`, with these headers; belongs to the current owner.
    /// `on_failure` is called for each failed call, and once for a sign-out. `server_now` gives the
    /// time on the server's clock, if it is known: a date until which to wait is on that.
    pub fn new(
        endpoint: Signal<Endpoint>,
        headers: UnsyncCallback<(), HeadersFuture>,
        early_answer: EarlyAnswer,
        session: Session,
        on_failure: UnsyncCallback<ApiError>,
        server_now: UnsyncCallback<(), Option<DateTime<Utc>>>,
    ) -> Self {
        Self {
            session,
            rate_limit: RateLimit::default(),
            endpoint,
            headers,
            early_answer,
            on_failure,
            server_now,
            calls: Calls::default(),
        }
    }

    /// Aborts all calls, since those from now on go to another API.
    pub fn restart(self) {
        self.calls.abort_all();
        self.session.forget();
        self.rate_limit.clear();
    }

    /// One page of agents.
    ///
    /// `is_fresh`: no stored answer will do, not even one that the server confirms. It would repeat
    /// the server's time of then.
    pub async fn agents(self, query: AgentsQuery, is_fresh: bool) -> Result<DecodedPage, ApiError> {
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
            path = format!("{path}&{key}={}", encode_component(token));
        }
        self.call_freshly(Method::GET, &path, None, is_fresh, decode::agents_page)
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
        let path = agent_path(id);
        self.call(Method::DELETE, &path, None, decode::empty_or_object)
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

    /// The organization's values for the install commands. Secret: keep them no longer than shown.
    pub async fn credentials(self) -> Result<Credentials, ApiError> {
        self.call_freshly(
            Method::GET,
            CREDENTIALS_PATH,
            None,
            true,
            decode::credentials,
        )
        .await
    }

    async fn call<T>(
        self,
        method: Method,
        path: &str,
        body: Option<String>,
        read: impl FnOnce(&str) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        self.call_freshly(method, path, body, false, read).await
    }

    /// Sends a request and reads its answer; reports a failure.
    async fn call_freshly<T>(
        self,
        method: Method,
        path: &str,
        body: Option<String>,
        is_fresh: bool,
        read: impl FnOnce(&str) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        if let Some(error) = self.refused_by_rate_limit() {
            return Err(error);
        }
        let is_change = method != Method::GET;
        let begun = self.session.epoch();
        let answer = self
            .send(method, path, body, is_fresh)
            .await
            .and_then(|text| read(&text));
        // The user has signed in without anyone telling: reads go on, too.
        if is_change && answer.is_ok() && begun == self.session.epoch() {
            self.session.signed_in();
        }
        if let Err(error) = &answer {
            self.rate_limit.note(error);
            let is_news = match error {
                ApiError::Unauthenticated => self.session.refused(begun),
                ApiError::SignInPage => self.session.suspected(begun),
                // No failure: the list is read whole instead.
                ApiError::SyncTokenTooOld => false,
                _ => true,
            };
            if is_news {
                self.on_failure.try_run(error.clone());
            }
        }
        answer
    }

    /// During a wait that the API asked for, no call is sent.
    fn refused_by_rate_limit(self) -> Option<ApiError> {
        match self.rate_limit.remaining_ms() {
            0 => None,
            remaining_ms => Some(ApiError::RateLimited {
                retry_after_secs: Some(remaining_ms.div_ceil(1_000)),
            }),
        }
    }

    /// Sends a request; gives the text of an answer with a 2xx status.
    async fn send(
        self,
        method: Method,
        path: &str,
        body: Option<String>,
        is_fresh: bool,
    ) -> Result<String, ApiError> {
        // The endpoint is fixed now: it may change while the host provides headers.
        let Endpoint { base, credentials } =
            self.endpoint.try_get_untracked().ok_or(ApiError::Network)?;
        let headers = self.headers.try_run(()).ok_or(ApiError::Network)?;
        let headers = within_limit(headers)
            .await?
            .ok_or(ApiError::Unauthenticated)?;
        let is_list =
            method == Method::GET && (path.starts_with(SITES_PATH) || is_agents_list(path));
        let outgoing = Outgoing {
            // Only a list of the present is asked for early.
            early_answer: (is_list && is_fresh).then_some(self.early_answer),
            method,
            url: format!("{base}{path}"),
            body,
            credentials,
            headers,
            is_fresh,
        };
        let answer = self.calls.send(outgoing).await?;
        match answer.http_status {
            200..=299 if answer.is_web_page => Err(ApiError::SignInPage),
            200..=299 => Ok(answer.text),
            404 | 405 if is_list => Err(ApiError::no_api_at(&answer.url)),
            http_status => {
                let date = answer.date.as_deref().and_then(parse_http_date);
                let server_now = self.server_now.try_run(()).flatten().or(date);
                let retry_after = answer.retry_after.as_deref();
                let now = clock_of_retry_after(retry_after, server_now, local_now());
                Err(ApiError::from_response(
                    http_status,
                    retry_after,
                    &answer.text,
                    now,
                ))
            }
        }
    }
}

fn is_agents_list(path: &str) -> bool {
    path.strip_prefix(AGENTS_PATH)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('?'))
}

fn agent_path(id: &str) -> String {
    format!("{AGENTS_PATH}/{}", encode_component(id))
}

fn serialize(body: &impl serde::Serialize) -> Result<String, ApiError> {
    serde_json::to_string(body).map_err(|error| ApiError::Malformed {
        path: String::new(),
        reason: error.to_string(),
    })
}
