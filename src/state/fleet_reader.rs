//! Keeps the fleet up to date: reads it, and reads it again.

use chrono::{DateTime, TimeDelta, Utc};
use futures::FutureExt;
use futures::future::{AbortHandle, abortable};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use web_sys::RequestCredentials;

use super::fleet_store::{FleetStore, Loaded};
use crate::api::ApiError;
use crate::api::client::{AgentsQuery, Client, Endpoint};
use crate::api::session::Session;
use crate::browser::lasting::{Lasting, Published};
use crate::browser::tasks::Tasks;
use crate::browser::timers::{Alarm, every, local_now, local_time, monotonic_ms};
use crate::browser::{storage, visibility};
use crate::domain::{
    AsOf, Fleet, FleetReadKind, Moment, Outcome, PageWalk, PagingError, Reading, ReadingEvent,
    Target,
};
use crate::host::{CredentialsMode, ElementOptions, Host, HostEvent};

const AUTO_REFRESH_KEY: &str = "kp-auto-refresh";
/// How often ages and statuses are brought up to date.
const TICK_MS: u32 = 1_000;

/// Reads the fleet into its store. Belongs to the owner it was made in, and ends with it.
#[derive(Clone, Copy)]
pub struct FleetReader {
    /// Where what is read goes.
    pub store: FleetStore,
    /// The client of the agent API.
    pub client: Client,
    host: Host,
    options: ReadSignal<ElementOptions>,
    machine: StoredValue<Reading>,
    reading: Published<bool>,
    problem: Published<Option<ApiError>>,
    sites_problem: Published<Option<ApiError>>,
    /// When the read after a failed one begins, on the local clock.
    retry_at: Published<Option<DateTime<Utc>>>,
    last_read: Published<Option<DateTime<Utc>>>,
    unreadable: Published<usize>,
    unreadable_sites: Published<usize>,
    auto_refresh: Published<bool>,
    sync_token: StoredValue<Option<String>>,
    /// The reads under way: of the agents, and of the sites.
    under_way: StoredValue<[Option<AbortHandle>; 2]>,
    /// The machine may have slept since the server's time was last told: a stored answer will not do.
    may_have_slept: StoredValue<bool>,
    /// The host knows that there is something to see.
    is_ready: StoredValue<bool>,
    alarm: Alarm,
    /// When the alarm rings, if it is set, as in [`Moment::ms`].
    rings_at: StoredValue<Option<u64>>,
    tasks: Tasks,
}

impl FleetReader {
    /// Begins to read.
    pub fn new(options: ReadSignal<ElementOptions>, host: Host) -> Self {
        let store = FleetStore::new();
        let reader = Self {
            store,
            client: client(options, host, store),
            host,
            options,
            machine: StoredValue::new(Reading::default()),
            reading: Published::new(false),
            problem: Published::new(None),
            sites_problem: Published::new(None),
            retry_at: Published::new(None),
            last_read: Published::new(None),
            unreadable: Published::new(0),
            unreadable_sites: Published::new(0),
            auto_refresh: Published::new(storage::load(AUTO_REFRESH_KEY).as_deref() != Some("off")),
            sync_token: StoredValue::new(None),
            under_way: StoredValue::new([None, None]),
            may_have_slept: StoredValue::new(false),
            is_ready: StoredValue::new(false),
            alarm: Alarm::default(),
            rings_at: StoredValue::new(None),
            tasks: Tasks::here(),
        };
        visibility::on_change(move |is_visible| reader.on_visibility_change(is_visible));
        visibility::on_online(move || reader.send(ReadingEvent::Online));
        every(TICK_MS, move || reader.tick());
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
            move |_, _, _| reader.send_settings(),
            false,
        );
        Effect::watch(
            move || session.signed_out().get(),
            move |signed_out, _, _| reader.on_signed_out(*signed_out),
            false,
        );
        Effect::watch(
            move || session.sign_ins().get(),
            move |_, _, _| {
                let refusals = session.refusals();
                reader.send(ReadingEvent::SignedIn { refusals });
            },
            false,
        );
        if !visibility::is_visible() {
            reader.send(ReadingEvent::Hidden);
        }
        reader.look();
        reader.send_settings();
        reader.send(ReadingEvent::Started);
        reader
    }

    /// Whether a read is under way.
    pub fn reading(self) -> Lasting<ReadSignal<bool>> {
        self.reading.read_only()
    }

    /// Why the last read failed.
    pub fn problem(self) -> Lasting<ReadSignal<Option<ApiError>>> {
        self.problem.read_only()
    }

    /// Why the sites could not be read the last time.
    pub fn sites_problem(self) -> Lasting<ReadSignal<Option<ApiError>>> {
        self.sites_problem.read_only()
    }

    /// When the read that follows a failed one begins, on the local clock; `None`: not by itself.
    pub fn retry_at(self) -> Lasting<ReadSignal<Option<DateTime<Utc>>>> {
        self.retry_at.read_only()
    }

    /// When the fleet was last read, on the local clock.
    pub fn last_read(self) -> Lasting<ReadSignal<Option<DateTime<Utc>>>> {
        self.last_read.read_only()
    }

    /// How many agents of the last read could not be read.
    pub fn unreadable(self) -> Lasting<ReadSignal<usize>> {
        self.unreadable.read_only()
    }

    /// How many sites of the last read could not be read.
    pub fn unreadable_sites(self) -> Lasting<ReadSignal<usize>> {
        self.unreadable_sites.read_only()
    }

    /// Whether the fleet is read again by itself.
    pub fn auto_refresh(self) -> Lasting<ReadSignal<bool>> {
        self.auto_refresh.read_only()
    }

    /// Switches auto-refresh on or off, and keeps the choice.
    pub fn set_auto_refresh(self, on: bool) {
        self.auto_refresh.set(on);
        storage::save(AUTO_REFRESH_KEY, if on { "on" } else { "off" });
        self.send_settings();
    }

    /// Reads the fleet now, unless a read is under way or the API asked to wait: then it is read
    /// when the wait is over.
    pub fn refresh(self) {
        self.send(ReadingEvent::Requested);
    }

    /// As [`Self::refresh`], while the page is visible and the user is signed in.
    pub fn refresh_if_visible(self) {
        self.send(ReadingEvent::RequestedInBackground);
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
        // What went wrong is shown above the list.
        let (Ok(()) | Err(_)) = self.try_read_sites().await;
    }

    async fn try_read_sites(self) -> Result<(), ApiError> {
        let begun = self
            .store
            .update_quietly(|fleet, _| fleet.begin_sites_read());
        let Some(read) = begun else {
            return Ok(());
        };
        let answer = self.client.sites().await;
        self.sites_problem.try_set(answer.as_ref().err().cloned());
        let answer = answer?;
        self.unreadable_sites.try_set(answer.unreadable);
        let are_all = answer.unreadable == 0;
        self.store
            .update(|fleet, now| fleet.apply_sites(read, answer.sites, are_all, now));
        Ok(())
    }

    /// Tells the state machine what happens, and does what it says.
    fn send(self, event: ReadingEvent) {
        let moment = Moment {
            ms: monotonic_ms() as u64,
            wait_ms: self.client.rate_limit.remaining_ms(),
            random: js_sys::Math::random(),
        };
        let Some(orders) = self
            .machine
            .try_update_value(|machine| machine.on(event, moment))
        else {
            return;
        };
        if orders.give_up {
            self.give_up();
        }
        if orders.hold {
            self.store.hold();
        }
        let is_reading = self.machine.with_value(Reading::is_reading_agents);
        if self.reading.get_untracked() != is_reading {
            self.reading.set(is_reading);
        }
        self.set_alarm(event, moment, orders.ring_in_ms);
        if matches!(event, ReadingEvent::Ended(Target::Agents, _)) {
            let after = |ms: u32| local_now() + TimeDelta::milliseconds(i64::from(ms));
            self.retry_at.set(orders.agents_in_ms.map(after));
        }
        if orders.read_agents {
            self.begin(Target::Agents);
        }
        if orders.read_sites {
            self.begin(Target::Sites);
        }
    }

    /// Leaves an alarm that is set for the same time alone.
    fn set_alarm(self, event: ReadingEvent, at: Moment, ring_in_ms: Option<u32>) {
        let rings_at = ring_in_ms.map(|ms| at.ms + u64::from(ms));
        let before = self
            .rings_at
            .try_update_value(|kept| std::mem::replace(kept, rings_at))
            .flatten();
        match ring_in_ms {
            None => self.alarm.clear(),
            Some(_) if before == rings_at && event != ReadingEvent::Rang => {}
            Some(ms) => self.alarm.set(ms, move || self.send(ReadingEvent::Rang)),
        }
    }

    fn send_settings(self) {
        let interval_ms = self.interval_ms();
        self.send(ReadingEvent::Set {
            auto_refresh: self.auto_refresh.get_untracked(),
            interval_ms,
        });
        self.store
            .update_as_of(|as_of| as_of.set_interval(interval_ms));
    }

    fn interval_ms(self) -> u32 {
        self.options
            .with_untracked(|options| options.refresh_secs.saturating_mul(1_000))
    }

    /// Every second, while someone looks.
    fn tick(self) {
        if !visibility::is_visible() {
            return;
        }
        if self.look() {
            self.send(ReadingEvent::Woke);
        }
        self.store.tick();
    }

    /// Looks at the clocks; see [`AsOf::look`].
    fn look(self) -> bool {
        let look = |as_of: &mut AsOf| as_of.look(local_time());
        let has_jumped = self.store.update_as_of(look).unwrap_or_default();
        if has_jumped {
            self.may_have_slept.set_value(true);
        }
        has_jumped
    }

    fn on_visibility_change(self, is_visible: bool) {
        if !is_visible {
            self.send(ReadingEvent::Hidden);
            return;
        }
        // The time that it was hidden was no sleep.
        self.look();
        self.send(ReadingEvent::Shown);
        self.store.tick();
    }

    fn is_signed_out(self) -> bool {
        self.client.session.signed_out().get_untracked()
    }

    /// The API has changed: drops all data and any pending read.
    fn restart(self) {
        self.client.restart();
        self.sync_token.set_value(None);
        self.problem.set(None);
        self.sites_problem.set(None);
        self.last_read.set(None);
        self.unreadable.set(0);
        self.unreadable_sites.set(0);
        self.store.clear();
        self.send(ReadingEvent::Started);
    }

    /// Ends the reads under way, with nothing to be done after.
    fn give_up(self) {
        let under_way = self.under_way.try_update_value(std::mem::take);
        for task in under_way.into_iter().flatten().flatten() {
            task.abort();
        }
    }

    /// A call, perhaps of a dialog, was refused: reads nothing more until the user has signed in.
    fn on_signed_out(self, signed_out: bool) {
        if signed_out {
            self.send(ReadingEvent::SignedOut);
            if !self.reading.get_untracked() {
                self.problem.set(Some(ApiError::Unauthenticated));
            }
        }
    }

    fn begin(self, target: Target) {
        let (task, handle) = abortable(async move {
            match target {
                Target::Agents => self.read_agents_and_tell().await,
                Target::Sites => {
                    let ended = self.try_read_sites().await;
                    self.send(ReadingEvent::Ended(Target::Sites, outcome(&ended)));
                }
            }
        });
        self.under_way.update_value(|under_way| {
            if let Some(place) = under_way.get_mut(target as usize) {
                *place = Some(handle);
            }
        });
        // Aborted, there is nothing left to do.
        self.spawn(task.map(|_| ()));
    }

    async fn read_agents_and_tell(self) {
        let session = self.client.session;
        let begun = session.epoch();
        let ended = self.read_agents().await;
        if ended.is_ok() {
            session.accepted(begun);
            self.last_read.set(Some(local_now()));
        }
        if ended == Err(ApiError::TooManyAgents) {
            // What was read of them is of no use, and heavy.
            self.store.clear();
            self.sync_token.set_value(None);
        }
        self.store.note_read_ended(ended.is_ok());
        let outcome = outcome(&ended);
        self.problem.set(ended.err());
        if outcome == Outcome::Fine {
            self.store.set_loaded(Loaded::Whole);
        }
        self.announce_ready();
        self.send(ReadingEvent::Ended(Target::Agents, outcome));
        self.on_signed_out(self.is_signed_out());
    }

    /// Notifies the host, once, that there is something to see.
    fn announce_ready(self) {
        let was_ready = self
            .is_ready
            .try_update_value(|is_ready| std::mem::replace(is_ready, true));
        if was_ready == Some(false) {
            self.spawn(async move {
                // After all effects: the first rows are in the list then.
                TimeoutFuture::new(0).await;
                self.host.dispatch(HostEvent::Ready);
            });
        }
    }

    /// Reads the whole list, or the changes since the last read. Shows the first page as soon as it is here.
    async fn read_agents(self) -> Result<(), ApiError> {
        if let Some(since) = self.sync_token.try_get_value().flatten() {
            let changes = self.read_list(Some(since)).await;
            if changes != Err(ApiError::SyncTokenTooOld) {
                return changes;
            }
        }
        self.read_list(None).await
    }

    async fn read_list(self, since: Option<String>) -> Result<(), ApiError> {
        let kind = match since {
            None => FleetReadKind::Whole,
            Some(_) => FleetReadKind::Changes,
        };
        let is_first = self.store.loaded().get_untracked() == Loaded::Nothing;
        let mut query = match since {
            Some(token) => AgentsQuery::ChangesSince(token),
            None if is_first => AgentsQuery::WholeSmallPageFirst,
            None => AgentsQuery::Whole,
        };
        let Some(mut read) = self.store.update_quietly(|fleet, _| fleet.begin_read(kind)) else {
            return Ok(());
        };
        let mut walk = PageWalk::default();
        let mut unreadable = 0;
        loop {
            let is_fresh = self.store.is_clock_unknown() || self.may_have_slept.get_value();
            let page = self.client.agents(query, is_fresh).await?;
            self.may_have_slept.set_value(false);
            self.store.observe_clock(page.server_time);
            unreadable += page.unreadable.len();
            let number = page.agents.len() + page.unreadable.len();
            let next = walk.take(number, &page.next_page_token);
            if next == Err(PagingError::TooManyAgents) {
                return Err(ApiError::TooManyAgents);
            }
            self.store.update_quietly(|fleet, now| {
                fleet.apply_page(&mut read, page.agents, &page.removed_ids, now);
            });
            if !next.map_err(ApiError::endless)? {
                self.store.update(|fleet, _| fleet.finish_read(read));
                // After an agent that could not be read, the next read is whole.
                let usable = unreadable == 0 && !page.sync_token.is_empty();
                self.sync_token.set_value(usable.then_some(page.sync_token));
                self.unreadable.set(unreadable);
                return Ok(());
            }
            self.show_part();
            query = AgentsQuery::NextPage(page.next_page_token);
        }
    }

    /// Shows what there is of a fleet that has not been read to its end yet.
    fn show_part(self) {
        let loaded = self.store.loaded().get_untracked();
        if loaded == Loaded::Whole {
            return;
        }
        self.store
            .update_as_of(|as_of| as_of.note_read(local_time()));
        let is_empty = self.store.with_untracked(Fleet::is_empty);
        if loaded == Loaded::Nothing && is_empty == Some(false) {
            self.store.set_loaded(Loaded::Partly);
            self.announce_ready();
        }
    }
}

/// What the end of a read means for the reads to come.
fn outcome(ended: &Result<(), ApiError>) -> Outcome {
    match ended {
        Ok(()) => Outcome::Fine,
        Err(ApiError::Unauthenticated) => Outcome::SignedOut,
        Err(ApiError::TooManyAgents) => Outcome::FailedForGood,
        Err(error) if error.is_transient() => Outcome::FailedForNow,
        Err(_) => Outcome::Failed,
    }
}

/// The client that the element's attributes ask for, with the headers of its `authHeaders`. Failures
/// go to the host as events.
fn client(options: ReadSignal<ElementOptions>, host: Host, store: FleetStore) -> Client {
    let endpoint = Signal::derive(move || {
        options.with(|options| Endpoint {
            base: options.api_base.clone(),
            credentials: credentials(options.credentials),
        })
    });
    let headers = UnsyncCallback::new(move |()| host.auth_headers().boxed_local());
    let early_answer = UnsyncCallback::new(move |(url, credentials, signal): (String, _, _)| {
        host.early_answer(&url, credentials, &signal)
    });
    let session = Session::default();
    let on_failure = UnsyncCallback::new(move |error: ApiError| {
        host.dispatch(match error {
            ApiError::Unauthenticated | ApiError::SignInPage => HostEvent::AuthRequired {
                retry: Box::new(move || session.signed_in()),
            },
            error => HostEvent::Error {
                message: error.to_string(),
            },
        });
    });
    let server_now = UnsyncCallback::new(move |()| store.server_now());
    Client::new(
        endpoint,
        headers,
        early_answer,
        session,
        on_failure,
        server_now,
    )
}

fn credentials(mode: CredentialsMode) -> RequestCredentials {
    match mode {
        CredentialsMode::SameOrigin => RequestCredentials::SameOrigin,
        CredentialsMode::Include => RequestCredentials::Include,
        CredentialsMode::Omit => RequestCredentials::Omit,
    }
}
