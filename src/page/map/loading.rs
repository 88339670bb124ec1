//! Loads the map library and the base map, and tries again where they could not be had.

use futures::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use leptos::html::Div;
use leptos::prelude::*;

use super::leaflet_map::MapHandle;
use crate::browser::history::reload;
use crate::browser::tasks::Tasks;
use crate::browser::timers::Alarm;
use crate::domain::backoff::retry_pause_ms;
use crate::host::Host;
use crate::leaflet::Leaflet;
use crate::page::part::UPDATED_TEXT;

/// A library that has not arrived after this counts as lost.
const PATIENCE_MS: u32 = 30_000;

/// Said where there is no map.
pub const MISSING_TEXT: &str = "Could not load the map. The list below is complete";

/// What could not be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// The map library: there is no map.
    Map,
    /// Land and borders: the markers are on water.
    BaseMap,
}

/// Loads what the map needs. Belongs to the owner it was made in.
#[derive(Clone, Copy)]
pub struct MapLoading {
    /// The map's library has been loaded, and the map been made.
    pub is_ready: RwSignal<bool>,
    /// What could not be had, and is tried again.
    pub missing: RwSignal<Option<Missing>>,
    /// It is missing because another build has taken the place of this one: only a reload helps.
    is_updated: RwSignal<bool>,
    host: Host,
    map: MapHandle,
    /// Changes when the library is to be loaded again.
    tries: Trigger,
    /// The library took too long the last time.
    is_stuck: StoredValue<bool>,
    /// In a row.
    failures: StoredValue<u32>,
    retrying: Alarm,
    notice: NodeRef<Div>,
    /// Ends with the owner, unlike those of one try.
    tasks: Tasks,
}

impl MapLoading {
    /// Nothing is loaded yet.
    pub fn new(host: Host, map: MapHandle) -> Self {
        Self {
            is_ready: RwSignal::new(false),
            missing: RwSignal::new(None),
            is_updated: RwSignal::new(false),
            host,
            map,
            tries: Trigger::new(),
            is_stuck: StoredValue::new(false),
            failures: StoredValue::new(0),
            retrying: Alarm::default(),
            notice: NodeRef::new(),
            tasks: Tasks::here(),
        }
    }

    /// Makes the map by `create`, once the map's element is due.
    pub fn make_map(
        self,
        is_due: impl Fn() -> bool + 'static,
        create: impl Fn(&Leaflet, &web_sys::HtmlElement) + Copy + 'static,
    ) {
        Effect::new(move |_| {
            let Some(node) = self.map.node.get().filter(|_| is_due()) else {
                return;
            };
            self.tries.track();
            if self.map.has_map() {
                return;
            }
            // Ends with this run of the effect: of two runs only the last makes a map.
            Tasks::here().spawn(async move {
                // What took too long the last time is not waited for again.
                let loading = self.host.load_leaflet(self.is_stuck.get_value());
                let patience = TimeoutFuture::new(PATIENCE_MS);
                match select(Box::pin(loading), patience).await {
                    Either::Left((Some(leaflet), _)) => {
                        create(&leaflet, &node);
                        self.is_ready.set(true);
                        self.succeeded();
                        self.load_base_map();
                    }
                    outcome => {
                        self.is_stuck.set_value(matches!(outcome, Either::Right(_)));
                        self.failed(Some(Missing::Map));
                    }
                }
            });
        });
    }

    fn load_base_map(self) {
        let Some(assets) = self.host.map_assets() else {
            return;
        };
        self.map
            .add_base_map(&assets, move |is_incomplete, is_missing| {
                if is_incomplete {
                    self.failed(is_missing.then_some(Missing::BaseMap));
                } else {
                    self.succeeded();
                }
            });
    }

    fn succeeded(self) {
        self.failures.try_set_value(0);
        self.retrying.clear();
        self.show(None);
        self.is_updated.try_set(false);
    }

    /// Something could not be had; `missing`: what the user misses.
    fn failed(self, missing: Option<Missing>) {
        let Some(failures) = self.failures.try_get_value() else {
            return;
        };
        let failures = failures.saturating_add(1);
        self.failures.set_value(failures);
        let failing_ms = u64::from(failures) * u64::from(PATIENCE_MS);
        let pause_ms = retry_pause_ms(failures, failing_ms, js_sys::Math::random());
        self.retrying.set(pause_ms, move || self.try_again());
        self.show(missing);
        if missing.is_some() {
            self.tasks.spawn(async move {
                let is_updated = self.host.has_been_updated().await;
                self.is_updated
                    .try_set(is_updated && self.is_missing_something());
            });
        }
    }

    fn is_missing_something(self) -> bool {
        self.missing.try_get_untracked().flatten().is_some()
    }

    fn show(self, missing: Option<Missing>) {
        let notice = self.notice.try_get_untracked().flatten();
        let has_focus = notice.is_some_and(|notice| notice.matches(":focus-within") == Ok(true));
        if missing.is_none() && has_focus {
            self.map.focus();
        }
        if self.missing.try_get_untracked() != Some(missing) {
            self.missing.try_set(missing);
        }
    }

    /// Asks again for what is missing, now.
    pub fn try_again(self) {
        self.retrying.clear();
        if self.map.has_map() {
            self.map.retry_base_map();
        } else {
            self.tries.notify();
        }
    }
}

/// Says what is missing, with a button for what helps: asking for it again, or loading the new build.
#[component]
pub fn MissingNotice(
    /// Loads what the map needs.
    loading: MapLoading,
) -> impl IntoView {
    let is_updated = loading.is_updated;
    let notice = move |missing: Missing| {
        let (class, could_not) = match missing {
            Missing::Map => ("kp-map-missing", MISSING_TEXT),
            Missing::BaseMap => (
                "kp-map-missing kp-base-map-missing",
                "Could not load the base map",
            ),
        };
        let help = move |_| {
            if is_updated.get_untracked() {
                reload();
            } else {
                loading.try_again();
            }
        };
        view! {
            <div class=class data-over-map node_ref=loading.notice>
                <p role="alert">{move || if is_updated.get() { UPDATED_TEXT } else { could_not }}</p>
                <button type="button" class="kp-text-button" on:click=help>
                    {move || if is_updated.get() { "Reload" } else { "Try again" }}
                </button>
            </div>
        }
    };
    move || loading.missing.get().map(notice)
}
