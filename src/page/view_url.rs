//! The page's view (filter, expanded agents, open dialog), mirrored in the URL as the host allows.
//!
//! Reads the URL through `leptos_router`, but has none of its `<Router>`: that listens on the
//! window, claims the host's links and scrolls its page.

use std::cell::Cell;

use leptos::prelude::*;
use leptos_router::location::{BrowserUrl, LocationProvider, Url};

use crate::browser::clock::Alarm;
use crate::browser::{events, history};
use crate::domain::{DialogView, ViewState};
use crate::element::{Options, UrlState};

/// Typing settles before the URL is written: browsers limit how often that may be.
const SETTLE_MS: u32 = 250;
/// Marks the history entries that were made by opening a dialog over the list.
const OPENED_MARK: &str = "kp-opened";

/// The view, and its address.
#[derive(Clone, Copy)]
pub struct ViewUrl {
    /// The view. Change it by the methods.
    pub state: RwSignal<ViewState>,
    mode: UrlState,
    base: StoredValue<String>,
    settling: Alarm,
    /// The page itself went back; its `popstate` is still to come.
    going_back: StoredValue<bool>,
    /// Asked before Back or Forward takes the open dialog away; `true`: it has to stay.
    guard: StoredValue<Option<Callback<(), bool>>>,
}

impl ViewUrl {
    /// Reads the view from the URL, and follows Back and Forward.
    pub fn new(options: &Options) -> Self {
        let mode = if options.url_state != UrlState::Memory && own_url() {
            options.url_state
        } else {
            UrlState::Memory
        };
        let url = Self {
            state: RwSignal::new(ViewState::default()),
            mode,
            base: StoredValue::new(options.base_path.clone()),
            settling: Alarm::default(),
            going_back: StoredValue::new(false),
            guard: StoredValue::new(None),
        };
        if mode != UrlState::Memory {
            if let Some(state) = url.read() {
                url.state.set(state);
            }
            if let Some(window) = web_sys::window() {
                events::listen(&window, "popstate", move |_| url.on_popstate());
            }
            // Unknown values are dropped from the address, too.
            url.write();
        }
        url
    }

    /// Changes the view in the present history entry.
    pub fn replace(self, change: impl FnOnce(&mut ViewState)) {
        if self.change(change) {
            self.settling.set(SETTLE_MS, move || self.write());
        }
    }

    /// Changes the view in a new history entry.
    pub fn push(self, change: impl FnOnce(&mut ViewState)) {
        self.settle();
        if self.change(change) {
            self.add_entry(false);
        }
    }

    /// Opens a dialog: over the list in a new history entry, in the place of another in its own.
    pub fn open_dialog(self, dialog: DialogView) {
        self.settle();
        let is_first = self.state.with_untracked(|state| state.dialog.is_none());
        if self.change(|state| state.dialog = Some(dialog)) {
            if is_first {
                self.add_entry(true);
            } else {
                self.write();
            }
        }
    }

    /// Closes the dialog by going back to the list it was opened over, so that Back does not open
    /// it again; where there is no such entry, in its own.
    pub fn close_dialog(self) {
        self.settle();
        if !self.change(|state| state.dialog = None) {
            return;
        }
        if self.mode != UrlState::Memory && history::has_mark(OPENED_MARK) {
            self.going_back.set_value(true);
            history::back();
        } else {
            self.write();
        }
    }

    /// While the current owner lives, asks this before Back or Forward takes the dialog away.
    pub fn guard_dialog(self, has_to_stay: Callback<(), bool>) {
        self.guard.set_value(Some(has_to_stay));
        on_cleanup(move || {
            self.guard.try_set_value(None);
        });
    }

    fn on_popstate(self) {
        self.settling.clear();
        if self.going_back.get_value() {
            self.going_back.set_value(false);
            // Where the view was changed meanwhile it counts, not what the entry had.
            if self.state.with_untracked(|state| state.dialog.is_some()) {
                self.add_entry(true);
            } else {
                self.write();
            }
            return;
        }
        let Some(state) = self.read() else { return };
        let takes_dialog = self
            .state
            .with_untracked(|before| before.dialog.is_some() && before.dialog != state.dialog);
        let guard = self.guard.get_value().filter(|_| takes_dialog);
        if guard.is_some_and(|guard| guard.run(())) {
            self.add_entry(true);
        } else if self.state.with_untracked(|before| *before != state) {
            self.state.set(state);
        }
    }

    fn change(self, change: impl FnOnce(&mut ViewState)) -> bool {
        let mut state = self.state.get_untracked();
        change(&mut state);
        let changed = self.state.with_untracked(|before| *before != state);
        if changed {
            self.state.set(state);
        }
        changed
    }

    /// Writes at once what waits to be written.
    fn settle(self) {
        self.settling.clear();
        self.write();
    }

    /// The view that the URL stands for; `None`: the URL is not the page's.
    fn read(self) -> Option<ViewState> {
        let url = BrowserUrl::current().ok()?;
        match self.mode {
            UrlState::Memory => None,
            UrlState::Query => Some(ViewState::from_query(url.search())),
            UrlState::Path => Some(ViewState::from_path(&self.below_base(&url), url.search())),
        }
    }

    fn below_base(self, url: &Url) -> String {
        self.base.with_value(|base| {
            let below = url.path().strip_prefix(base.as_str()).unwrap_or_default();
            if below.starts_with('/') {
                below.to_owned()
            } else {
                "/".to_owned()
            }
        })
    }

    /// Brings the present entry's URL up to date.
    fn write(self) {
        let Some((current, wanted)) = self.addresses() else {
            return;
        };
        if current != wanted {
            history::replace(&wanted);
        }
    }

    fn add_entry(self, is_marked: bool) {
        // An entry that is about to be left gets no successor; `on_popstate` makes it.
        if self.going_back.get_value() {
            return;
        }
        if let Some((_, wanted)) = self.addresses() {
            history::push(&wanted, OPENED_MARK, is_marked);
        }
    }

    /// What stands in the address bar, and what should; `None`: the URL is not the page's.
    fn addresses(self) -> Option<(String, String)> {
        // Before the page's own `popstate` the URL still shows the entry that is left.
        if self.mode == UrlState::Memory || self.going_back.try_get_value()? {
            return None;
        }
        let current = BrowserUrl::current().ok()?;
        let (path, query) = self.state.try_with_untracked(|state| match self.mode {
            UrlState::Path => {
                let (path, query) = state.to_path();
                (self.base.with_value(|base| format!("{base}{path}")), query)
            }
            _ => (current.path().to_owned(), state.to_query(current.search())),
        })?;
        let hash = current.hash();
        Some((
            address(current.path(), current.search(), hash),
            address(&path, &query, hash),
        ))
    }
}

thread_local! {
    static IS_URL_OWNED: Cell<bool> = const { Cell::new(false) };
}

/// Takes the URL until the current owner is cleaned up; `false`: another element has it.
fn own_url() -> bool {
    let is_free = !IS_URL_OWNED.replace(true);
    if is_free {
        on_cleanup(|| IS_URL_OWNED.set(false));
    }
    is_free
}

fn address(path: &str, query: &str, hash: &str) -> String {
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{path}{mark}{query}{hash}")
}
