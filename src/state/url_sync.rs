//! The page's view (filter, expanded agents, open dialog), mirrored in the URL as the host allows.
//!
//! Reads the URL through `leptos_router`, but has none of its `<Router>`: that listens on the
//! window, claims the host's links and scrolls its page.

use std::cell::{Cell, RefCell};

use leptos::prelude::*;
use leptos_router::location::{BrowserUrl, LocationProvider};

use crate::browser::history::Mark;
use crate::browser::lasting::{Lasting, Published};
use crate::browser::timers::{Alarm, NextFrame};
use crate::browser::{events, history};
use crate::domain::{DialogView, ViewState, below_base};
use crate::host::{ElementOptions, UrlState};

/// The URL is written so long after the last key: browsers limit how often that may be.
const DEBOUNCE_MS: u32 = 250;
/// Marks the history entries that were made by opening a dialog over the list.
const OPENED_MARK: &str = "kp-opened";

/// The view, and its address.
#[derive(Clone, Copy)]
pub struct UrlSync {
    state: Published<ViewState>,
    slot: StoredValue<UrlSlot>,
    /// What the URL stood for when it was last read or written.
    seen: StoredValue<ViewState>,
    debounce: Alarm,
    next_frame: NextFrame,
    /// What listens to the URL's changes.
    listening: StoredValue<Owner>,
    /// What it would own once the URL is given up by the element that has it.
    waits_for: StoredValue<Option<(UrlState, String)>>,
    /// The page itself went back; its `popstate` is still to come.
    going_back: StoredValue<bool>,
    /// Asked before Back or Forward takes the open dialog away; `true`: it has to stay.
    guard: StoredValue<Option<Callback<(), bool>>>,
}

/// Where in the URL the view is.
#[derive(Clone, Default)]
struct UrlSlot {
    mode: UrlState,
    /// Without a slash at its end.
    base: String,
}

impl UrlSync {
    /// Reads the view from the URL, follows Back and Forward, and moves where the host's attributes
    /// ask for it.
    pub fn new(options: ReadSignal<ElementOptions>) -> Self {
        let url = Self {
            state: Published::new(ViewState::default()),
            slot: StoredValue::new(UrlSlot::default()),
            seen: StoredValue::new(ViewState::default()),
            debounce: Alarm::default(),
            next_frame: NextFrame::default(),
            listening: StoredValue::new(Owner::new()),
            waits_for: StoredValue::new(None),
            going_back: StoredValue::new(false),
            guard: StoredValue::new(None),
        };
        let wanted = Memo::new(move |_| {
            options.with(|options| (options.url_state, options.base_path.clone()))
        });
        let move_there = move |(mode, base): &(UrlState, String)| url.move_to(*mode, base);
        move_there(&wanted.get_untracked());
        Effect::watch(
            move || wanted.get(),
            move |wanted, _, _| move_there(wanted),
            false,
        );
        on_cleanup(move || {
            url.stop_waiting();
            url.disown();
        });
        url
    }

    /// The view.
    pub fn state(self) -> Lasting<ReadSignal<ViewState>> {
        self.state.read_only()
    }

    /// Follows Back, Forward and the host's router where the URL is the page's, and nothing else.
    fn listen(self) {
        let is_ours = self.mode() != UrlState::Memory;
        let Some(listening) = self.listening.try_get_value() else {
            return;
        };
        listening.with_cleanup(|| {
            if is_ours && let Some(window) = web_sys::window() {
                events::listen(&window, "popstate", move |_| self.on_popstate());
                history::on_change_by_script(move || self.on_change());
            }
        });
    }

    /// Takes another slot in the URL. A view that is there counts; where there is none, or a dialog
    /// is open, the present one is written. While another element has the URL, waits for it.
    fn move_to(self, mode: UrlState, base: &str) {
        self.debounce.clear();
        self.stop_waiting();
        self.disown();
        if mode == UrlState::Memory {
            self.settle(mode, base);
        } else if own_url() {
            let shows_list = self.state.with_untracked(|state| state.dialog.is_none());
            self.settle(mode, base);
            self.enter(shows_list);
        } else {
            self.settle(UrlState::Memory, base);
            WAITING.with_borrow_mut(|waiting| waiting.push(self));
            self.waits_for.set_value(Some((mode, base.to_owned())));
        }
    }

    /// The URL has been given up by the element that had it. One's own view counts, if there is any.
    fn take_over(self) {
        let Some((mode, base)) = self.waits_for.try_update_value(Option::take).flatten() else {
            return;
        };
        if own_url() {
            self.settle(mode, &base);
            self.enter(
                self.state
                    .with_untracked(|state| *state == ViewState::default()),
            );
        }
    }

    fn stop_waiting(self) {
        self.waits_for.try_set_value(None);
        WAITING.with_borrow_mut(|waiting| waiting.retain(|url| *url.state != *self.state));
    }

    fn settle(self, mode: UrlState, base: &str) {
        // As the browser writes it.
        let base = BrowserUrl::parse(base).map_or_else(
            |_| base.to_owned(),
            |url| url.path().trim_end_matches('/').to_owned(),
        );
        self.slot.set_value(UrlSlot { mode, base });
        self.listen();
    }

    /// Takes the view that the URL has, if it has one; otherwise, or where one's own counts, writes
    /// that.
    fn enter(self, may_read: bool) {
        if let Some(state) = self
            .read()
            .filter(|state| may_read && *state != ViewState::default())
        {
            self.state.set(state);
        }
        // Unknown values are dropped from the address, too.
        self.write();
    }

    fn mode(self) -> UrlState {
        self.slot
            .try_with_value(|slot| slot.mode)
            .unwrap_or_default()
    }

    fn disown(self) {
        if self.mode() == UrlState::Memory {
            return;
        }
        self.slot.try_set_value(UrlSlot::default());
        IS_URL_OWNED.set(false);
        // After the cleanup that this may be part of. The one that waits longest is first.
        queue_microtask(|| {
            let next = WAITING.with_borrow_mut(|waiting| {
                (!waiting.is_empty() && !IS_URL_OWNED.get()).then(|| waiting.remove(0))
            });
            if let Some(next) = next {
                next.take_over();
            }
        });
    }

    /// Changes the view in the present history entry.
    pub fn replace(self, change: impl FnOnce(&mut ViewState)) {
        if self.change(change) {
            self.debounce.set(DEBOUNCE_MS, move || self.write());
        }
    }

    /// Changes the view in a new history entry.
    pub fn push(self, change: impl FnOnce(&mut ViewState)) {
        self.flush();
        if self.change(change) {
            self.add_entry(Mark::Without(OPENED_MARK));
        }
    }

    /// Opens a dialog: over the list in a new history entry, in the place of another in its own.
    pub fn open_dialog(self, dialog: DialogView) {
        self.flush();
        let is_first = self.state.with_untracked(|state| state.dialog.is_none());
        if self.change(|state| state.dialog = Some(dialog)) {
            if is_first {
                self.add_entry(Mark::With(OPENED_MARK));
            } else {
                self.write();
            }
        }
    }

    /// Closes the dialog by going back to the list it was opened over, so that Back does not open
    /// it again; where there is no such entry, in its own.
    pub fn close_dialog(self) {
        self.flush();
        if !self.change(|state| state.dialog = None) {
            return;
        }
        if self.mode() != UrlState::Memory && history::has_mark(OPENED_MARK) {
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
        self.debounce.clear();
        if self.going_back.get_value() {
            self.going_back.set_value(false);
            // Where the view was changed meanwhile it counts, not what the entry had.
            if self.state.with_untracked(|state| state.dialog.is_some()) {
                self.add_entry(Mark::With(OPENED_MARK));
            } else {
                self.write();
            }
            return;
        }
        if let Some(state) = self.read() {
            self.follow(state);
        }
    }

    /// The host's router has changed the URL, or only what is not the page's in it.
    fn on_change(self) {
        if self.going_back.try_get_value() != Some(false) {
            return;
        }
        let seen = self.seen.get_value();
        if let Some(state) = self.read().filter(|state| *state != seen) {
            self.debounce.clear();
            self.follow(state);
        }
    }

    /// Shows the view of another URL.
    fn follow(self, state: ViewState) {
        let takes_dialog = self
            .state
            .with_untracked(|before| before.dialog.is_some() && before.dialog != state.dialog);
        let guard = self.guard.get_value().filter(|_| takes_dialog);
        if guard.is_some_and(|guard| guard.run(())) {
            self.add_entry(Mark::With(OPENED_MARK));
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

    /// Writes the URL now if a write is pending.
    pub fn flush(self) {
        self.debounce.clear();
        self.write();
    }

    /// Writes the URL once the browser has painted what changed: writing takes it longer than that.
    pub fn flush_after_frame(self) {
        self.next_frame
            .set(move || self.debounce.set(0, move || self.write()));
    }

    /// The view of the current URL; `None`: the URL is not the page's.
    fn read(self) -> Option<ViewState> {
        let url = BrowserUrl::current().ok()?;
        let state = self.slot.try_with_value(|slot| match slot.mode {
            UrlState::Memory => None,
            UrlState::Query => Some(ViewState::from_query(url.search())),
            UrlState::Path => below_base(url.path(), &slot.base)
                .map(|path| ViewState::from_path(path, url.search())),
        })??;
        self.seen.set_value(state.clone());
        Some(state)
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

    fn add_entry(self, mark: Mark) {
        // An entry that is about to be left gets no successor; `on_popstate` makes it.
        if self.going_back.get_value() {
            return;
        }
        if let Some((_, wanted)) = self.addresses() {
            history::push(&wanted, mark);
        }
    }

    /// What the address bar shows, and what it should; `None`: the URL is not the page's.
    fn addresses(self) -> Option<(String, String)> {
        // Before the page's own `popstate` the URL still shows the entry that is left.
        if self.going_back.try_get_value()? {
            return None;
        }
        let current = BrowserUrl::current().ok()?;
        let state = self.state.try_get_untracked()?;
        let (path, query) = self.slot.try_with_value(|slot| match slot.mode {
            UrlState::Memory => None,
            UrlState::Query => Some((current.path().to_owned(), state.to_query(current.search()))),
            UrlState::Path => {
                let below = below_base(current.path(), &slot.base)?;
                let (path, query) = state.to_path();
                // The base itself is the list, too, whether or not the host has a slash at its end.
                let path = if below.is_empty() && path == "/" {
                    ""
                } else {
                    &path
                };
                Some((format!("{}{path}", slot.base), query))
            }
        })??;
        self.seen.set_value(state);
        let hash = current.hash();
        Some((
            address(current.path(), current.search(), hash),
            address(&path, &query, hash),
        ))
    }
}

thread_local! {
    static IS_URL_OWNED: Cell<bool> = const { Cell::new(false) };
    /// Those that would own the URL, too, in the order in which they came.
    static WAITING: RefCell<Vec<UrlSync>> = const { RefCell::new(Vec::new()) };
}

/// Takes the URL; `false`: another element has it.
fn own_url() -> bool {
    !IS_URL_OWNED.replace(true)
}

fn address(path: &str, query: &str, hash: &str) -> String {
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{path}{mark}{query}{hash}")
}
