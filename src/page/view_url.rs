//! The page's view (filter, expanded agents, open dialog), mirrored in the URL as the host allows.
//!
//! Works through `leptos_router`'s `BrowserUrl`, not its `<Router>`: that listens on the window,
//! claims the host's links and scrolls its page.

use std::cell::Cell;

use leptos::prelude::*;
use leptos_router::location::{BrowserUrl, LocationChange, LocationProvider, State, Url};

use crate::browser::clock::Alarm;
use crate::browser::events;
use crate::domain::ViewState;
use crate::element::{Options, UrlState};

/// Typing settles before the URL is written: browsers limit how often that may be.
const SETTLE_MS: u32 = 250;

/// The view, and its address.
#[derive(Clone, Copy)]
pub struct ViewUrl {
    /// The view. Change it by [`Self::replace`] and [`Self::push`].
    pub state: RwSignal<ViewState>,
    mode: UrlState,
    base: StoredValue<String>,
    browser: StoredValue<Option<BrowserUrl>>,
    settling: Alarm,
}

impl ViewUrl {
    /// Reads the view from the URL, and follows Back and Forward.
    pub fn new(options: &Options) -> Self {
        let mode = if options.url_state != UrlState::Memory && own_url() {
            options.url_state
        } else {
            UrlState::Memory
        };
        let browser = if mode == UrlState::Memory {
            None
        } else {
            BrowserUrl::new().ok()
        };
        let url = Self {
            state: RwSignal::new(ViewState::default()),
            mode,
            base: StoredValue::new(options.base_path.clone()),
            browser: StoredValue::new(browser),
            settling: Alarm::default(),
        };
        if mode != UrlState::Memory {
            url.read();
            if let Some(window) = web_sys::window() {
                events::listen(&window, "popstate", move |_| {
                    url.settling.clear();
                    url.read();
                });
            }
            // Unknown values are dropped from the address, too.
            url.write(true);
        }
        url
    }

    /// Changes the view in the present history entry.
    pub fn replace(self, change: impl FnOnce(&mut ViewState)) {
        if self.change(change) {
            self.settling.set(SETTLE_MS, move || self.write(true));
        }
    }

    /// Changes the view in a new history entry.
    pub fn push(self, change: impl FnOnce(&mut ViewState)) {
        self.settle();
        if self.change(change) {
            self.write(false);
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
        self.write(true);
    }

    fn read(self) {
        let Ok(url) = BrowserUrl::current() else {
            return;
        };
        let state = match self.mode {
            UrlState::Memory => return,
            UrlState::Query => ViewState::from_query(url.search()),
            UrlState::Path => ViewState::from_path(&self.below_base(&url), url.search()),
        };
        if self.state.with_untracked(|before| *before != state) {
            self.state.set(state);
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

    fn write(self, replace: bool) {
        let Some(Some(browser)) = self.browser.try_get_value() else {
            return;
        };
        let Ok(current) = BrowserUrl::current() else {
            return;
        };
        let (path, query) = self.state.with_untracked(|state| match self.mode {
            UrlState::Path => {
                let (path, query) = state.to_path();
                (self.base.with_value(|base| format!("{base}{path}")), query)
            }
            _ => (current.path().to_owned(), state.to_query(current.search())),
        });
        let query = if query.is_empty() {
            query
        } else {
            format!("?{query}")
        };
        let value = format!("{path}{query}{}", current.hash());
        if replace && value == address(&current) {
            return;
        }
        browser.complete_navigation(&LocationChange {
            value,
            replace,
            scroll: false,
            state: State::default(),
        });
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

fn address(url: &Url) -> String {
    let query = if url.search().is_empty() {
        String::new()
    } else {
        format!("?{}", url.search())
    };
    format!("{}{query}{}", url.path(), url.hash())
}
