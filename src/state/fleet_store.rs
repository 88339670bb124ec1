//! The fleet as it is known now, and the clock that its statuses depend on.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::api::wire::AgentAnswer;
use crate::browser::lasting::Lasting;
use crate::browser::timers::{every, local_now};
use crate::domain::{Fleet, ServerClock};

/// How often ages and statuses are brought up to date.
const TICK_MS: u32 = 1000;

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

/// What caused a change of the fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Something was read or saved.
    Data,
    /// Time passed: statuses changed by themselves.
    Time,
}

/// The fleet. Belongs to the owner it was made in; after that's cleanup it changes nothing more.
#[derive(Clone, Copy)]
pub struct FleetStore {
    fleet: StoredValue<Fleet>,
    clock: StoredValue<ServerClock>,
    /// The fleet's revision, and what brought it.
    change: RwSignal<(u64, Cause)>,
    now: RwSignal<DateTime<Utc>>,
    loaded: RwSignal<Loaded>,
}

impl FleetStore {
    /// Empty; its clock ticks until the current owner is cleaned up.
    pub fn new() -> Self {
        let store = Self {
            fleet: StoredValue::new(Fleet::new()),
            clock: StoredValue::new(ServerClock::default()),
            change: RwSignal::new((0, Cause::Data)),
            now: RwSignal::new(local_now()),
            loaded: RwSignal::new(Loaded::Nothing),
        };
        every(TICK_MS, move || store.tick());
        store
    }

    /// Reads the fleet and tracks its changes. Panics once the owner was cleaned up: after an `await`,
    /// use [`Self::with_untracked`].
    pub fn with<T>(self, look: impl FnOnce(&Fleet) -> T) -> T {
        Lasting::from(self.change).track();
        self.fleet.with_value(look)
    }

    /// Reads the fleet without tracking it; `None` once the owner was cleaned up.
    pub fn with_untracked<T>(self, look: impl FnOnce(&Fleet) -> T) -> Option<T> {
        self.fleet.try_with_value(look)
    }

    /// What caused the last change of the fleet. Tracks the fleet's changes.
    pub fn cause(self) -> Cause {
        Lasting::from(self.change).get().1
    }

    /// The time on the server's clock, to the second.
    pub fn now(self) -> ReadSignal<DateTime<Utc>> {
        self.now.read_only()
    }

    /// How much has been read.
    pub fn loaded(self) -> ReadSignal<Loaded> {
        self.loaded.read_only()
    }

    /// Changes the fleet by an answer of the API. `change` gets the time on the server's clock.
    pub fn update(self, change: impl FnOnce(&mut Fleet, DateTime<Utc>)) {
        self.update_quietly(change);
        self.announce(Cause::Data);
    }

    /// Merges the agent of an answer to a save, or to a read of that agent alone.
    pub fn apply_saved(self, answer: AgentAnswer) {
        self.observe_clock(answer.server_time);
        self.update(|fleet, now| fleet.apply_saved(answer.agent, now));
    }

    /// Adjusts the clock to the server's time of an answer.
    pub(super) fn observe_clock(self, server_time: Option<DateTime<Utc>>) {
        self.clock
            .try_update_value(|clock| clock.observe(server_time, local_now()));
    }

    /// Like [`Self::update`], but does not notify readers before the next [`Self::update`] or
    /// [`Self::set_loaded`]. Between its first page and its last a read is not worth a new order of
    /// all rows.
    pub(super) fn update_quietly<T>(
        self,
        change: impl FnOnce(&mut Fleet, DateTime<Utc>) -> T,
    ) -> Option<T> {
        let now = self.server_now();
        self.fleet.try_update_value(|fleet| change(fleet, now))
    }

    /// More has been read.
    pub(super) fn set_loaded(self, loaded: Loaded) {
        self.announce(Cause::Data);
        if self.loaded.try_get_untracked() != Some(loaded) {
            self.loaded.try_set(loaded);
        }
    }

    /// Forgets everything.
    pub(super) fn clear(self) {
        self.fleet.set_value(Fleet::new());
        self.clock.set_value(ServerClock::default());
        self.loaded.set(Loaded::Nothing);
        self.change.set((0, Cause::Data));
    }

    /// Brings the time, and the statuses that go by it, up to date.
    pub(super) fn tick(self) {
        let now = self.server_now();
        self.now.try_set(now);
        if self.fleet.try_update_value(|fleet| fleet.set_now(now)) == Some(true) {
            self.announce(Cause::Time);
        }
    }

    fn server_now(self) -> DateTime<Utc> {
        let local = local_now();
        self.clock
            .try_with_value(|clock| clock.now(local))
            .unwrap_or(local)
    }

    fn announce(self, cause: Cause) {
        let revision = self.fleet.try_with_value(Fleet::revision);
        let before = self
            .change
            .try_get_untracked()
            .map(|(revision, _)| revision);
        if let Some(revision) = revision
            && before != Some(revision)
        {
            self.change.try_set((revision, cause));
        }
    }
}

/// Empty, as by [`FleetStore::new`].
impl Default for FleetStore {
    fn default() -> Self {
        Self::new()
    }
}
