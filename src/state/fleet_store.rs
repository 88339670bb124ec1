//! The fleet, kept up to date: reads it, merges what comes, and reads it again.

use chrono::{DateTime, TimeDelta, Utc};
use futures::FutureExt;
use futures::future::{AbortHandle, Either, abortable, join, select};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local_scoped_with_cancellation;

use crate::api::backoff::retry_pause_ms;
use crate::api::client::{AgentsQuery, Client};
use crate::api::error::ApiError;
use crate::api::wire::AgentAnswer;
use crate::browser::timers::{Alarm, every, local_now};
use crate::browser::{events, storage};
use crate::domain::{Fleet, ServerClock};
use crate::host::Host;
use crate::host::{HostEvent, Options};

const AUTO_REFRESH_KEY: &str = "kp-auto-refresh";
/// How often ages and statuses are looked at.
const TICK_MS: u32 = 1000;
/// How long the first agents wait for the sites' titles, so that no "Undefined" flashes up.
const SITES_HEAD_START_MS: u32 = 400;

/// How much of the fleet has been read so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loaded {
    /// Nothing yet.
    Nothing,
    /// Its first pages.
    Partly,
    /// All of it, at least once.
    Whole,
}

/// What brought the fleet to its present state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Something was read or saved.
    Data,
    /// Time passed: statuses changed by themselves.
    Time,
}

/// The fleet and how its reading goes.
#[derive(Clone, Copy)]
pub struct LiveFleet {
    /// The way to the agent API.
    pub client: Client,
    /// Changes whenever [`Self::with`] would show something else.
    pub change: RwSignal<(u64, Cause)>,
    /// The time on the server's clock, to the second.
    pub now: RwSignal<DateTime<Utc>>,
    /// Whether a read is under way.
    pub reading: RwSignal<bool>,
    /// How much has been read.
    pub loaded: RwSignal<Loaded>,
    /// Why the last read failed.
    pub problem: RwSignal<Option<ApiError>>,
    /// Until when, on the user's clock, the API asked to be left alone.
    pub asked_to_wait_until: RwSignal<Option<DateTime<Utc>>>,
    /// When the fleet was last read, on the user's clock.
    pub last_read: RwSignal<Option<DateTime<Utc>>>,
    /// How many agents of the last read could not be read.
    pub unreadable: RwSignal<usize>,
    /// Why the sites could not be read the last time.
    pub sites_problem: RwSignal<Option<ApiError>>,
    /// Whether the fleet is read again by itself.
    pub auto_refresh: RwSignal<bool>,
    options: RwSignal<Options>,
    fleet: StoredValue<Fleet>,
    clock: StoredValue<ServerClock>,
    sync_token: StoredValue<Option<String>>,
    progress: StoredValue<Progress>,
    alarm: Alarm,
    owner: StoredValue<Owner>,
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

impl LiveFleet {
    /// Begins to read; ends when the current owner is cleaned up.
    pub fn new(options: RwSignal<Options>, host: Host) -> Self {
        let fleet = Self {
            client: Client::new(options, host.element()),
            change: RwSignal::new((0, Cause::Data)),
            now: RwSignal::new(local_now()),
            reading: RwSignal::new(false),
            loaded: RwSignal::new(Loaded::Nothing),
            problem: RwSignal::new(None),
            asked_to_wait_until: RwSignal::new(None),
            last_read: RwSignal::new(None),
            unreadable: RwSignal::new(0),
            sites_problem: RwSignal::new(None),
            auto_refresh: RwSignal::new(storage::load(AUTO_REFRESH_KEY).as_deref() != Some("off")),
            options,
            fleet: StoredValue::new(Fleet::new()),
            clock: StoredValue::new(ServerClock::default()),
            sync_token: StoredValue::new(None),
            progress: StoredValue::new(Progress::default()),
            alarm: Alarm::default(),
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
        };
        every(TICK_MS, move || fleet.tick());
        if let Some(window) = web_sys::window() {
            if let Some(document) = window.document() {
                events::listen(&document, "visibilitychange", move |_| fleet.attend());
            }
            events::listen(&window, "online", move |_| fleet.attend());
        }
        let api = Memo::new(move |_| {
            options.with(|options| (options.api_base.clone(), options.credentials))
        });
        let refresh_secs = Memo::new(move |_| options.with(|options| options.refresh_secs));
        let session = fleet.client.session;
        Effect::watch(move || api.get(), move |_, _, _| fleet.read_afresh(), false);
        Effect::watch(
            move || refresh_secs.get(),
            move |_, _, _| fleet.schedule(),
            false,
        );
        Effect::watch(
            move || session.signed_out().get(),
            move |signed_out, _, _| fleet.note_sign_out(*signed_out),
            false,
        );
        Effect::watch(
            move || session.sign_ins().track(),
            move |(), _, _| fleet.go_on_after_sign_in(),
            false,
        );
        fleet.read();
        fleet
    }

    /// Looks at the fleet; see [`Self::change`].
    pub fn with<T>(self, look: impl FnOnce(&Fleet) -> T) -> T {
        self.fleet.with_value(look)
    }

    /// Changes the fleet by an answer of the API.
    pub fn update(self, change: impl FnOnce(&mut Fleet, DateTime<Utc>)) {
        let now = self.server_now();
        self.fleet.try_update_value(|fleet| change(fleet, now));
        self.announce(Cause::Data);
    }

    /// Takes an agent from the answer to a save or to a read of it alone.
    pub fn saved(self, answer: AgentAnswer) {
        self.clock
            .try_update_value(|clock| clock.observe(answer.server_time, local_now()));
        self.update(|fleet, now| fleet.saved(answer.agent, now));
    }

    /// Switches the reading by itself on or off, and keeps the choice.
    pub fn set_auto_refresh(self, on: bool) {
        self.auto_refresh.set(on);
        storage::save(AUTO_REFRESH_KEY, if on { "on" } else { "off" });
        self.schedule();
    }

    /// Reads the fleet now, unless a read is under way or the API asked to wait: then it is read
    /// when the wait is over.
    pub fn refresh(self) {
        if !self.has_to_wait() {
            self.read();
        }
    }

    /// As [`Self::refresh`], while anybody may be looking and the user is signed in.
    pub fn look(self) {
        if is_attended() && !self.is_signed_out() {
            self.refresh();
        }
    }

    /// Runs a task that ends with the page.
    pub fn spawn(self, task: impl Future<Output = ()> + 'static) {
        if let Some(owner) = self.owner.try_get_value() {
            owner.with(|| spawn_local_scoped_with_cancellation(task));
        }
    }

    fn server_now(self) -> DateTime<Utc> {
        let local = local_now();
        self.clock
            .try_with_value(|clock| clock.now(local))
            .unwrap_or(local)
    }

    fn announce(self, cause: Cause) {
        let Some(revision) = self.fleet.try_with_value(Fleet::revision) else {
            return;
        };
        if self
            .change
            .with_untracked(|&(before, _)| before != revision)
        {
            self.change.set((revision, cause));
        }
    }

    fn tick(self) {
        let now = self.server_now();
        self.now.set(now);
        if self.fleet.try_update_value(|fleet| fleet.set_now(now)) == Some(true) {
            self.announce(Cause::Time);
        }
    }

    /// The page is shown again, or the network is back.
    fn attend(self) {
        self.alarm.clear();
        if !is_attended() {
            return;
        }
        self.tick();
        let failed_passingly = self
            .problem
            .with_untracked(|problem| problem.as_ref().is_some_and(ApiError::is_transient));
        if !self.is_signed_out()
            && !self.has_to_wait()
            && (self.auto_refresh.get_untracked() || failed_passingly)
        {
            self.read();
        } else {
            self.schedule();
        }
    }

    fn has_to_wait(self) -> bool {
        self.asked_to_wait_until
            .get_untracked()
            .is_some_and(|until| local_now() < until)
    }

    fn is_signed_out(self) -> bool {
        self.client.session.signed_out().get_untracked()
    }

    /// Another API: what was read is not its, and what is being read neither.
    fn read_afresh(self) {
        self.client.begin_anew();
        self.end_read();
        self.fleet.set_value(Fleet::new());
        self.sync_token.set_value(None);
        self.clock.set_value(ServerClock::default());
        self.progress.update_value(|progress| progress.failures = 0);
        self.loaded.set(Loaded::Nothing);
        self.problem.set(None);
        self.sites_problem.set(None);
        self.asked_to_wait_until.set(None);
        self.last_read.set(None);
        self.unreadable.set(0);
        self.change.set((0, Cause::Data));
        self.read();
    }

    /// Forgets the read that is under way.
    fn end_read(self) {
        if let Some(Some(task)) = self
            .progress
            .try_update_value(|progress| progress.task.take())
        {
            task.abort();
        }
        self.reading.set(false);
    }

    /// A call was refused, be it of a dialog: nothing more is read until the user has signed in.
    fn note_sign_out(self, signed_out: bool) {
        if signed_out && !self.reading.get_untracked() {
            self.alarm.clear();
            self.problem.set(Some(ApiError::Unauthenticated));
        }
    }

    fn go_on_after_sign_in(self) {
        self.end_read();
        // A host that reports a sign-in at each refusal shall not have the API called in a circle.
        match self.client.session.refusals() {
            0 | 1 => self.read(),
            refusals => {
                let pause_ms = retry_pause_ms(refusals.min(5) - 2, js_sys::Math::random());
                self.alarm.set(pause_ms, move || self.read());
            }
        }
    }

    /// The element got `authHeaders`. Calls that went out without them are made again.
    pub fn auth_headers_came(self) {
        if self.is_signed_out() || self.reading.get_untracked() {
            self.client.session.renew();
        }
    }

    /// Sets the alarm for the next read.
    fn schedule(self) {
        self.alarm.clear();
        if self.reading.get_untracked() || self.is_signed_out() || !is_attended() {
            return;
        }
        let refresh_ms = self
            .options
            .with_untracked(|options| options.refresh_secs * 1000);
        let due_ms = self.auto_refresh.get_untracked().then_some(refresh_ms);
        let pause_ms = self.problem.with_untracked(|problem| match problem {
            Some(ApiError::RateLimited { .. }) => {
                let until = self.asked_to_wait_until.get_untracked()?;
                u32::try_from((until - local_now()).num_milliseconds().max(0)).ok()
            }
            Some(ApiError::Unauthenticated | ApiError::Forbidden) => None,
            Some(error) if error.is_transient() => {
                let failures = self.progress.try_with_value(|progress| progress.failures)?;
                Some(retry_pause_ms(failures, js_sys::Math::random()))
            }
            _ => due_ms,
        });
        if let Some(pause_ms) = pause_ms {
            self.alarm.set(pause_ms, move || self.read());
        }
    }

    fn read(self) {
        if self.reading.get_untracked() {
            return;
        }
        self.alarm.clear();
        self.reading.set(true);
        let session = self.client.session;
        let begun = session.round();
        let (task, handle) = abortable(async move {
            let sites = self.read_sites().boxed_local().shared();
            // Both at once: a future that nobody waits for does not begin.
            let (agents, ()) = join(self.read_agents(sites.clone()), sites).await;
            self.reading.set(false);
            if agents.is_ok() {
                session.accepted(begun);
            }
            self.settle(agents);
            self.note_sign_out(self.is_signed_out());
            self.schedule();
        });
        self.progress
            .update_value(|progress| progress.task = Some(handle));
        self.spawn(async move {
            // Ended early, nothing is left to do.
            let _ = task.await;
        });
    }

    /// Tells the host, once, that there is something to see.
    fn be_ready(self) {
        let was_ready = self
            .progress
            .try_update_value(|progress| std::mem::replace(&mut progress.is_ready, true));
        if was_ready == Some(false) {
            self.spawn(async move {
                // After all effects: the first rows are in the list then.
                TimeoutFuture::new(0).await;
                self.client.tell(HostEvent::Ready);
            });
        }
    }

    fn settle(self, outcome: Result<(), ApiError>) {
        self.asked_to_wait_until.set(None);
        match outcome {
            Ok(()) => {
                self.progress.update_value(|progress| progress.failures = 0);
                self.problem.set(None);
                self.last_read.set(Some(local_now()));
                self.loaded.set(Loaded::Whole);
            }
            Err(error) => {
                self.progress.update_value(|progress| {
                    progress.failures = progress.failures.saturating_add(1);
                });
                if let ApiError::RateLimited { retry_after_secs } = &error {
                    let secs = retry_after_secs.unwrap_or(10);
                    self.asked_to_wait_until
                        .set(Some(local_now() + TimeDelta::seconds(i64::from(secs))));
                }
                self.problem.set(Some(error));
            }
        }
        self.be_ready();
    }

    /// Reads the sites now.
    pub async fn read_sites(self) {
        let Some(read) = self.fleet.try_update_value(Fleet::begin_sites_read) else {
            return;
        };
        match self.client.sites().await {
            Ok(answer) => {
                self.update(|fleet, now| fleet.apply_sites(read, answer.sites, now));
                self.sites_problem.set(None);
            }
            Err(error) => self.sites_problem.set(Some(error)),
        }
    }

    /// Reads the whole list, or the changes since the last time; shows the first page as it comes.
    async fn read_agents(self, sites: impl Future<Output = ()> + Unpin) -> Result<(), ApiError> {
        let mut sites = Some(sites).filter(|_| self.loaded.get_untracked() == Loaded::Nothing);
        let mut token = self.sync_token.try_get_value().flatten();
        'read: loop {
            let Some(mut read) = self
                .fleet
                .try_update_value(|fleet| fleet.begin_read(token.is_none()))
            else {
                return Ok(());
            };
            let mut query = match token.clone() {
                Some(token) => AgentsQuery::ChangesSince(token),
                None if self.loaded.get_untracked() == Loaded::Nothing => {
                    AgentsQuery::WholeSmallPageFirst
                }
                None => AgentsQuery::Whole,
            };
            let mut unreadable = 0;
            loop {
                let page = match self.client.agents(query.clone()).await {
                    Err(ApiError::SyncTokenTooOld) if token.take().is_some() => continue 'read,
                    answer => answer?,
                };
                self.clock
                    .update_value(|clock| clock.observe(page.server_time, local_now()));
                unreadable += page.unreadable.len();
                if let Some(sites) = sites.take() {
                    let head_start = TimeoutFuture::new(SITES_HEAD_START_MS);
                    let (Either::Left(_) | Either::Right(_)) = select(sites, head_start).await;
                }
                let now = self.server_now();
                self.fleet.try_update_value(|fleet| {
                    fleet.apply_page(&mut read, page.agents, &page.removed_ids, now);
                });
                if page.next_page_token.is_empty() {
                    self.update(|fleet, _| fleet.finish_read(read));
                    // After an agent that could not be read, the next read is whole.
                    let usable = unreadable == 0 && !page.sync_token.is_empty();
                    self.sync_token.set_value(usable.then_some(page.sync_token));
                    self.unreadable.set(unreadable);
                    return Ok(());
                }
                // Between its first page and its last a read is not worth a new order of all rows.
                if self.loaded.get_untracked() == Loaded::Nothing {
                    self.announce(Cause::Data);
                    self.loaded.set(Loaded::Partly);
                    self.be_ready();
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

/// Whether anybody may be looking, and the network may answer.
fn is_attended() -> bool {
    let Some(window) = web_sys::window() else {
        return false;
    };
    let hidden = window.document().is_some_and(|document| document.hidden());
    !hidden && window.navigator().on_line()
}
