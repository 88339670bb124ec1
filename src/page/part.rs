//! A part of the program that comes in a file of its own: asked for when it is due, and again where
//! it could not be had.

use std::pin::Pin;

use leptos::either::Either;
use leptos::prelude::*;
use leptos::wasm_split::SplitLoaderError;

use crate::browser::history::reload;
use crate::browser::tasks::Tasks;
use crate::browser::timers::Alarm;
use crate::domain::backoff::retry_pause_ms;
use crate::host::Host;

/// The longest time that the entry script waits for a part.
const PATIENCE_MS: u64 = 30_000;

/// Said where another build has taken the place of this one; the entry script says the same.
pub const UPDATED_TEXT: &str = "This page has been updated. Reload it.";

/// A part on its way.
pub type Arrival<T> = Pin<Box<dyn Future<Output = Result<T, SplitLoaderError>>>>;

/// Why a part is not here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// It could not be had, and is tried again.
    Unreachable,
    /// Another build has taken its place on the server.
    Replaced,
}

/// A part of the program, for one element. Belongs to the owner it was made in.
#[derive(Clone, Copy)]
pub struct Part<T: 'static> {
    host: Host,
    load: fn() -> Arrival<T>,
    content: RwSignal<Option<T>>,
    absence: RwSignal<Option<Absence>>,
    is_arriving: StoredValue<bool>,
    /// In a row.
    failures: StoredValue<u32>,
    retrying: Alarm,
    tasks: Tasks,
}

impl<T: Copy + Send + Sync + 'static> Part<T> {
    /// Not asked for yet.
    pub fn new(host: Host, load: fn() -> Arrival<T>) -> Self {
        Self {
            host,
            load,
            content: RwSignal::new(None),
            absence: RwSignal::new(None),
            is_arriving: StoredValue::new(false),
            failures: StoredValue::new(0),
            retrying: Alarm::default(),
            tasks: Tasks::here(),
        }
    }

    /// What it builds, once it is here, and until then something `instead`. Neither takes over
    /// elements of the other.
    pub fn view(
        self,
        build: impl FnOnce(T) -> AnyView,
        instead: impl FnOnce() -> AnyView,
    ) -> Either<AnyView, AnyView> {
        match self.content() {
            Some(content) => Either::Left(build(content)),
            None => Either::Right(instead()),
        }
    }

    fn content(self) -> Option<T> {
        // What has come stays, so nobody has to be told of a change any more.
        self.content.get_untracked().or_else(|| self.content.get())
    }

    /// Whether it is here, or could not be had.
    pub fn is_settled(self) -> bool {
        self.content().is_some() || self.absence.get().is_some()
    }

    /// Asks for it, unless it is here or on its way.
    pub fn request(self) {
        let is_here = self.content.with_untracked(Option::is_some);
        if is_here || self.is_arriving.get_value() {
            return;
        }
        self.retrying.clear();
        self.is_arriving.set_value(true);
        self.tasks.spawn(async move {
            if let Ok(content) = (self.load)().await {
                self.content.try_set(Some(content));
                return;
            }
            let absence = if self.host.has_been_updated().await {
                Absence::Replaced
            } else {
                self.retry_later();
                Absence::Unreachable
            };
            self.is_arriving.try_set_value(false);
            // What says it already stays as it is, with the focus.
            if self.absence.try_get_untracked() != Some(Some(absence)) {
                self.absence.try_set(Some(absence));
            }
        });
    }

    fn retry_later(self) {
        let Some(failures) = self.failures.try_get_value() else {
            return;
        };
        let failures = failures.saturating_add(1);
        self.failures.try_set_value(failures);
        let failing_ms = u64::from(failures) * PATIENCE_MS;
        let pause_ms = retry_pause_ms(failures, failing_ms, js_sys::Math::random());
        self.retrying.set(pause_ms, move || self.request());
    }
}

/// What is shown in place of a part that is not here: that it is loading, or why it is missing, with
/// a button that helps.
#[component]
pub fn PartNotice<T>(
    /// The part.
    part: Part<T>,
    /// Said where it could not be had.
    text: &'static str,
) -> impl IntoView
where
    T: Copy + Send + Sync + 'static,
{
    let notice = move |absence| {
        let (text, label) = match absence {
            Absence::Unreachable => (text, "Try again"),
            Absence::Replaced => (UPDATED_TEXT, "Reload"),
        };
        let help = move |_| match absence {
            Absence::Unreachable => part.request(),
            Absence::Replaced => reload(),
        };
        view! {
            <p role="alert">{text}</p>
            <button type="button" class="kp-text-button" on:click=help>{label}</button>
        }
    };
    view! {
        <div class="kp-part-notice">
            {move || match part.absence.get() {
                Some(absence) => notice(absence).into_any(),
                None => view! { <p role="status">"Loading…"</p> }.into_any(),
            }}
        </div>
    }
}
