//! Keeps the fleet up to date: reads it, and reads it again.

use chrono::{DateTime, Utc};
use futures::FutureExt;
use futures::future::{AbortHandle, Either, abortable, join, select};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use web_sys::RequestCredentials;

use super::fleet_store::{FleetStore, Loaded};
use crate::api::ApiError;
use crate::api::client::{AgentsQuery, Client, Endpoint};
use crate::api::session::Session;
use crate::browser::tasks::Tasks;
use crate::browser::timers::{Alarm, local_now};
use crate::browser::{storage, visibility};
use crate::domain::{FleetReadKind, LastRead, NextRead, RefreshEvent, RefreshState};
use crate::host::{CredentialsMode, ElementOptions, Host, HostEvent};

const AUTO_REFRESH_KEY: &str = "kp-auto-refresh";
/// How long the first agents wait for the sites' titles, so that no "Undefined" flashes up.
const SITES_HEAD_START_MS: u32 = 400;

/// Reads the fleet into its store. Belongs to the owner it was made in, and ends with it.
#[derive(Clone, Copy)]
pub struct FleetReader {
    /// Where what is read goes.
    pub store: FleetStore,
    /// The client of the agent API.
    pub client: Client,
    host: Host,
    options: ReadSignal<ElementOptions>,
    reading: RwSignal<bool>,
    problem: RwSignal<Option<ApiError>>,
    sites_problem: RwSignal<Option<ApiError>>,
    last_read: RwSignal<Option<DateTime<Utc>>>,
    unreadable: RwSignal<usize>,
    unreadable_sites: RwSignal<usize>,
    auto_refresh: RwSignal<bool>,
    sync_token: StoredValue<Option<String>>,
    progress: StoredValue<Progress>,
    alarm: Alarm,
    tasks: Tasks,
}

#[derive(Default)]
struct Progress {
    /// Ends the read that is under way.
    task: Option<AbortHandle>,
    /// Reads that failed, one after the other.
    failures: u32,
    /// The host knows that there is something to see.
    is_ready: bool,
}

impl FleetReader {
    /// Begins to read.
    pub fn new(options: ReadSignal<ElementOptions>, host: Host) -> Self {
        let reader = Self {
            store: FleetStore::new(),
            client: client(options, host),
            host,
            options,
            reading: RwSignal::new(false),
            problem: RwSignal::new(None),
            sites_problem: RwSignal::new(None),
            last_read: RwSignal::new(None),
            unreadable: RwSignal::new(0),
            unreadable_sites: RwSignal::new(0),
            auto_refresh: RwSignal::new(storage::load(AUTO_REFRESH_KEY).as_deref() != Some("off")),
            sync_token: StoredValue::new(None),
            progress: StoredValue::new(Progress::default()),
            alarm: Alarm::default(),
            tasks: Tasks::here(),
        };
        visibility::on_visible_or_online(move || reader.on_visible_or_online());
        let endpoint = Memo::new(move |_| {
            options.with(|options| (options.api_base.clone(), options.credentials))
        });
        let interval = Memo::new(move |_| options.with(|options| options.refresh_secs));
        let session = reader.client.session;
        Effect::watch(
            move || endpoint.get(),
            move |_, _, _| reader.restart(),
            false,
        );
        Effect::watch(
            move || interval.get(),
            move |_, _, _| reader.decide(RefreshEvent::Changed),
            false,
        );
        Effect::watch(
            move || session.signed_out().get(),
            move |signed_out, _, _| reader.on_signed_out(*signed_out),
            false,
        );
        Effect::watch(
            move || session.sign_ins().track(),
            move |(), _, _| reader.resume_after_sign_in(),
            false,
        );
        reader.read();
        reader
    }

    /// Whether a read is under way.
    pub fn reading(self) -> ReadSignal<bool> {
        self.reading.read_only()
    }

    /// Why the last read failed.
    pub fn problem(self) -> ReadSignal<Option<ApiError>> {
        self.problem.read_only()
    }

    /// Why the sites could not be read the last time.
    pub fn sites_problem(self) -> ReadSignal<Option<ApiError>> {
        self.sites_problem.read_only()
    }

    /// When the fleet was last read, on the local clock.
    pub fn last_read(self) -> ReadSignal<Option<DateTime<Utc>>> {
        self.last_read.read_only()
    }

    /// How many agents of the last read could not be read.
    pub fn unreadable(self) -> ReadSignal<usize> {
        self.unreadable.read_only()
    }

    /// How many sites of the last read could not be read.
    pub fn unreadable_sites(self) -> ReadSignal<usize> {
        self.unreadable_sites.read_only()
    }

    /// Whether the fleet is read again by itself.
    pub fn auto_refresh(self) -> ReadSignal<bool> {
        self.auto_refresh.read_only()
    }

    /// Switches auto-refresh on or off, and keeps the choice.
    pub fn set_auto_refresh(self, on: bool) {
        self.auto_refresh.set(on);
        storage::save(AUTO_REFRESH_KEY, if on { "on" } else { "off" });
        self.decide(RefreshEvent::Changed);
    }

    /// Reads the fleet now, unless a read is under way or the API asked to wait: then it is read
    /// when the wait is over.
    pub fn refresh(self) {
        self.decide(RefreshEvent::Requested);
    }

    /// As [`Self::refresh`], while the page is visible and the user is signed in.
    pub fn refresh_if_visible(self) {
        self.decide(RefreshEvent::RequestedInBackground);
    }

    /// Runs a task that ends with the page.
    pub fn spawn(self, task: impl Future<Output = ()> + 'static) {
        self.tasks.spawn(task);
    }

    /// The element got `authHeaders`. Calls that went out without them are made again.
    pub fn auth_headers_set(self) {
        if self.is_signed_out() || self.reading.get_untracked() {
            self.client.session.renew();
        }
    }

    /// Reads the sites now.
    pub async fn read_sites(self) {
        let Some(read) = self
            .store
            .update_quietly(|fleet, _| fleet.begin_sites_read())
        else {
            return;
        };
        match self.client.sites().await {
            Ok(answer) => {
                let unreadable = answer.unreadable;
                let are_all = unreadable == 0;
                self.store
                    .update(|fleet, now| fleet.apply_sites(read, answer.sites, are_all, now));
                self.sites_problem.set(None);
                self.unreadable_sites.set(unreadable);
            }
            Err(error) => self.sites_problem.set(Some(error)),
        }
    }

    /// Decides when the next read begins; see [`RefreshState::next_read`].
    fn decide(self, event: RefreshEvent) {
        let next = self.state().next_read(event, js_sys::Math::random());
        if next != NextRead::AsScheduled {
            self.alarm.clear();
        }
        match next {
            NextRead::Now => self.read(),
            NextRead::After(pause_ms) => self.alarm.set(pause_ms, move || self.read()),
            NextRead::Unscheduled | NextRead::AsScheduled => {}
        }
    }

    fn state(self) -> RefreshState {
        let failures = self.progress.with_value(|progress| progress.failures);
        RefreshState {
            auto_refresh: self.auto_refresh.get_untracked(),
            interval_ms: self
                .options
                .with_untracked(|options| options.refresh_secs * 1000),
            is_reading: self.reading.get_untracked(),
            is_signed_out: self.is_signed_out(),
            is_attended: visibility::is_visible_and_online(),
            last_read: self.problem.with_untracked(|problem| match problem {
                None => LastRead::Fine,
                Some(ApiError::Unauthenticated | ApiError::Forbidden) => LastRead::Refused,
                Some(error) if error.is_transient() => LastRead::FailedForNow { failures },
                Some(_) => LastRead::Failed,
            }),
            wait_ms: self.client.rate_limit.remaining_ms(),
        }
    }

    fn on_visible_or_online(self) {
        if visibility::is_visible_and_online() {
            self.store.tick();
        }
        self.decide(RefreshEvent::VisibilityChanged);
    }

    fn is_signed_out(self) -> bool {
        self.client.session.signed_out().get_untracked()
    }

    /// The API has changed: drops all data and any pending read.
    fn restart(self) {
        self.client.restart();
        self.abort_read();
        self.sync_token.set_value(None);
        self.progress.update_value(|progress| progress.failures = 0);
        self.problem.set(None);
        self.sites_problem.set(None);
        self.last_read.set(None);
        self.unreadable.set(0);
        self.unreadable_sites.set(0);
        self.store.clear();
        self.read();
    }

    fn abort_read(self) {
        let task = self
            .progress
            .try_update_value(|progress| progress.task.take());
        if let Some(Some(task)) = task {
            task.abort();
        }
        self.reading.set(false);
    }

    /// A call, perhaps of a dialog, was refused: reads nothing more until the user has signed in.
    fn on_signed_out(self, signed_out: bool) {
        if signed_out && !self.reading.get_untracked() {
            self.alarm.clear();
            self.problem.set(Some(ApiError::Unauthenticated));
        }
    }

    fn resume_after_sign_in(self) {
        self.abort_read();
        let refusals = self.client.session.refusals();
        self.decide(RefreshEvent::SignedIn { refusals });
    }

    fn read(self) {
        if self.reading.get_untracked() {
            return;
        }
        self.alarm.clear();
        self.reading.set(true);
        let session = self.client.session;
        let begun = session.epoch();
        let (task, handle) = abortable(async move {
            let sites = self.read_sites().boxed_local().shared();
            // Both at once: a future that nobody waits for does not begin.
            let (agents, ()) = join(self.read_agents(sites.clone()), sites).await;
            self.reading.set(false);
            if agents.is_ok() {
                session.accepted(begun);
            }
            self.finish_read(agents);
            self.on_signed_out(self.is_signed_out());
            self.decide(RefreshEvent::Changed);
        });
        self.progress
            .update_value(|progress| progress.task = Some(handle));
        // Aborted, there is nothing left to do.
        self.spawn(task.map(|_| ()));
    }

    /// Notifies the host, once, that there is something to see.
    fn announce_ready(self) {
        let was_ready = self
            .progress
            .try_update_value(|progress| std::mem::replace(&mut progress.is_ready, true));
        if was_ready == Some(false) {
            self.spawn(async move {
                // After all effects: the first rows are in the list then.
                TimeoutFuture::new(0).await;
                self.host.dispatch(HostEvent::Ready);
            });
        }
    }

    fn finish_read(self, outcome: Result<(), ApiError>) {
        match outcome {
            Ok(()) => {
                self.progress.update_value(|progress| progress.failures = 0);
                self.problem.set(None);
                self.last_read.set(Some(local_now()));
                self.store.set_loaded(Loaded::Whole);
            }
            Err(error) => {
                self.progress.update_value(|progress| {
                    progress.failures = progress.failures.saturating_add(1);
                });
                self.problem.set(Some(error));
            }
        }
        self.announce_ready();
    }

    /// Reads the whole list, or the changes since the last read. Shows the first page as soon as it is here.
    async fn read_agents(self, sites: impl Future<Output = ()> + Unpin) -> Result<(), ApiError> {
        let is_first = self.store.loaded().get_untracked() == Loaded::Nothing;
        let mut sites = Some(sites).filter(|_| is_first);
        let mut token = self.sync_token.try_get_value().flatten();
        'read: loop {
            let kind = match token {
                None => FleetReadKind::Whole,
                Some(_) => FleetReadKind::Changes,
            };
            let Some(mut read) = self.store.update_quietly(|fleet, _| fleet.begin_read(kind))
            else {
                return Ok(());
            };
            let mut query = match token.clone() {
                Some(token) => AgentsQuery::ChangesSince(token),
                None if is_first => AgentsQuery::WholeSmallPageFirst,
                None => AgentsQuery::Whole,
            };
            let mut unreadable = 0;
            loop {
                let page = match self.client.agents(query.clone()).await {
                    Err(ApiError::SyncTokenTooOld) if token.take().is_some() => continue 'read,
                    answer => answer?,
                };
                self.store.observe_clock(page.server_time);
                unreadable += page.unreadable.len();
                if let Some(sites) = sites.take() {
                    let head_start = TimeoutFuture::new(SITES_HEAD_START_MS);
                    let (Either::Left(_) | Either::Right(_)) = select(sites, head_start).await;
                }
                self.store.update_quietly(|fleet, now| {
                    fleet.apply_page(&mut read, page.agents, &page.removed_ids, now);
                });
                if page.next_page_token.is_empty() {
                    self.store.update(|fleet, _| fleet.finish_read(read));
                    // After an agent that could not be read, the next read is whole.
                    let usable = unreadable == 0 && !page.sync_token.is_empty();
                    self.sync_token.set_value(usable.then_some(page.sync_token));
                    self.unreadable.set(unreadable);
                    return Ok(());
                }
                if self.store.loaded().get_untracked() == Loaded::Nothing {
                    self.store.set_loaded(Loaded::Partly);
                    self.announce_ready();
                }
                let next = AgentsQuery::NextPage(page.next_page_token);
                if next == query {
                    return Err(ApiError::Malformed {
                        path: "nextPageToken".to_owned(),
                        reason: "the same page comes again and again".to_owned(),
                    });
                }
                query = next;
            }
        }
    }
}

/// The client that the element's attributes ask for, with the headers of its `authHeaders`. Failures
/// go to the host as events.
fn client(options: ReadSignal<ElementOptions>, host: Host) -> Client {
    let endpoint = Signal::derive(move || {
        options.with(|options| Endpoint {
            base: options.api_base.clone(),
            credentials: credentials(options.credentials),
        })
    });
    let headers = UnsyncCallback::new(move |()| host.auth_headers().boxed_local());
    let session = Session::default();
    let on_failure = UnsyncCallback::new(move |error: ApiError| {
        host.dispatch(match error {
            ApiError::Unauthenticated => HostEvent::AuthRequired {
                retry: Box::new(move || session.signed_in()),
            },
            error => HostEvent::Error {
                message: error.to_string(),
            },
        });
    });
    Client::new(endpoint, headers, session, on_failure)
}

fn credentials(mode: CredentialsMode) -> RequestCredentials {
    match mode {
        CredentialsMode::SameOrigin => RequestCredentials::SameOrigin,
        CredentialsMode::Include => RequestCredentials::Include,
        CredentialsMode::Omit => RequestCredentials::Omit,
    }
}
