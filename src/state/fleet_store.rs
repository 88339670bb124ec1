//! The fleet as it is known now, and the clock that its statuses depend on.

use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::*;

use crate::api::wire::AgentAnswer;
use crate::browser::intl;
use crate::browser::lasting::{Lasting, Published};
use crate::browser::timers::{local_now, local_time};
use crate::domain::text::{TextForms, use_text_forms};
use crate::domain::{AsOf, Fleet, Outdated, ServerClock, count};

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
    as_of: StoredValue<AsOf>,
    outdated: Published<Option<Outdated>>,
    has_sites: Published<bool>,
    /// The fleet's revision, and what brought it.
    change: RwSignal<(u64, Cause)>,
    now: Published<DateTime<Utc>>,
    loaded: Published<Loaded>,
    /// Reads of the whole fleet, or of all its changes, that are over.
    reads: Published<u32>,
}

impl FleetStore {
    /// Empty. Call [`Self::tick`] every second.
    pub fn new() -> Self {
        use_text_forms(TextForms {
            decompose: intl::decomposed,
            fold_case: intl::folded_case,
        });
        count::write_counts_with(intl::count);
        Self {
            fleet: StoredValue::new(Fleet::new()),
            clock: StoredValue::new(ServerClock::default()),
            as_of: StoredValue::new(AsOf::default()),
            outdated: Published::new(None),
            has_sites: Published::new(false),
            change: RwSignal::new((0, Cause::Data)),
            now: Published::new(local_now()),
            loaded: Published::new(Loaded::Nothing),
            reads: Published::new(0),
        }
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

    /// The moment for which statuses and ages hold, on the server's clock: the present one, unless
    /// the data is too old for that.
    pub fn now(self) -> Lasting<ReadSignal<DateTime<Utc>>> {
        self.now.read_only()
    }

    /// Whether the data is so old that statuses stand still, and since when, to the minute.
    pub fn outdated(self) -> Lasting<ReadSignal<Option<Outdated>>> {
        self.outdated.read_only()
    }

    /// Whether all sites are known.
    pub fn has_sites(self) -> Lasting<ReadSignal<bool>> {
        self.has_sites.read_only()
    }

    /// The time on the server's clock, if that is known. Tracks nothing.
    pub fn server_now(self) -> Option<DateTime<Utc>> {
        self.clock
            .try_with_value(|clock| (!clock.is_unknown()).then(|| clock.now(local_time())))
            .flatten()
    }

    /// How much has been read.
    pub fn loaded(self) -> Lasting<ReadSignal<Loaded>> {
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
            .try_update_value(|clock| clock.observe(server_time, local_time()));
    }

    /// Whether no answer has given the server's time yet.
    pub(super) fn is_clock_unknown(self) -> bool {
        self.clock
            .try_with_value(ServerClock::is_unknown)
            .unwrap_or_default()
    }

    /// Works on how fresh the data is.
    pub(super) fn update_as_of<T>(self, change: impl FnOnce(&mut AsOf) -> T) -> Option<T> {
        self.as_of.try_update_value(change)
    }

    /// Leaves statuses and ages as they are until [`Self::note_read_ended`].
    pub(super) fn hold(self) {
        if let Some(shown) = self.now.try_get_untracked() {
            self.update_as_of(|as_of| as_of.hold(shown));
        }
    }

    /// A read of the agents ended; `is_news`: what is on screen is as of now.
    pub(super) fn note_read_ended(self, is_news: bool) {
        self.update_as_of(|as_of| {
            as_of.release();
            if is_news {
                as_of.note_read(local_time());
            }
        });
        self.tick();
    }

    /// Like [`Self::update`], but does not notify readers before the next [`Self::update`] or
    /// [`Self::set_loaded`]. Between its first page and its last a read is not worth a new order of
    /// all rows.
    pub(super) fn update_quietly<T>(
        self,
        change: impl FnOnce(&mut Fleet, DateTime<Utc>) -> T,
    ) -> Option<T> {
        let now = self.moment();
        self.fleet.try_update_value(|fleet| change(fleet, now))
    }

    /// Counts the reads that are over, whether or not they brought a change.
    pub fn reads(self) -> Lasting<ReadSignal<u32>> {
        self.reads.read_only()
    }

    /// More has been read.
    pub(super) fn set_loaded(self, loaded: Loaded) {
        if loaded == Loaded::Whole {
            self.reads
                .try_update(|reads| *reads = reads.wrapping_add(1));
        }
        self.announce(Cause::Data);
        if self.loaded.try_get_untracked() != Some(loaded) {
            self.loaded.try_set(loaded);
        }
    }

    /// Forgets everything.
    pub(super) fn clear(self) {
        self.fleet.set_value(Fleet::new());
        self.clock.set_value(ServerClock::default());
        self.as_of.update_value(AsOf::forget);
        self.outdated.set(None);
        self.has_sites.set(false);
        self.loaded.set(Loaded::Nothing);
        self.change.set((0, Cause::Data));
    }

    /// Brings ages and statuses up to date.
    pub(super) fn tick(self) {
        let outdated = self
            .as_of
            .try_with_value(|as_of| as_of.outdated(local_time()))
            .flatten()
            .map(to_the_minute);
        if self.outdated.try_get_untracked() != Some(outdated) {
            self.outdated.try_set(outdated);
        }
        let now = self.moment();
        if self.now.try_get_untracked() != Some(now) {
            self.now.try_set(now);
        }
        if self.fleet.try_update_value(|fleet| fleet.set_now(now)) == Some(true) {
            self.announce(Cause::Time);
        }
    }

    /// The moment for which statuses and ages hold.
    fn moment(self) -> DateTime<Utc> {
        let local = local_time();
        self.clock
            .try_with_value(|clock| {
                self.as_of
                    .try_with_value(|as_of| as_of.moment(clock, local))
            })
            .flatten()
            .unwrap_or(local.wall)
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
        // After the change: who follows both finds the rows with their sites.
        let has_sites = self.fleet.try_with_value(Fleet::has_all_sites);
        if let Some(has_sites) = has_sites
            && self.has_sites.try_get_untracked() != Some(has_sites)
        {
            self.has_sites.try_set(has_sites);
        }
    }
}

/// What is said of old data changes once a minute.
fn to_the_minute(outdated: Outdated) -> Outdated {
    Outdated {
        age: TimeDelta::minutes(outdated.age.num_minutes()),
        ..outdated
    }
}

/// Empty, as by [`FleetStore::new`].
impl Default for FleetStore {
    fn default() -> Self {
        Self::new()
    }
}
