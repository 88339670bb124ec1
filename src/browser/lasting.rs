//! Signals that outlive those who read them.
//!
//! A signal keeps a list of the effects and memos that read it, to tell them of a change. One that
//! is dropped, such as a row's that has left the view, stays in that list until the signal changes
//! next, and in a memo's list for as long as the memo lives: each adds memory and work.

use std::ops::Deref;
use std::panic::Location;

use leptos::prelude::*;
use leptos::reactive::computed::ArcMemo;
use leptos::reactive::graph::{AnySource, Observer, Source, ToAnySource};
use leptos::reactive::traits::IsDisposed;

/// A signal that is read by what lives shorter. Who reads it leaves its list when it ends.
#[derive(Clone, Copy)]
pub struct Lasting<S>(S);

/// A signal or memo: what [`Lasting`] can wrap.
pub trait LastingSource: Copy {
    /// Its node in the reactive graph; `None`: its owner was cleaned up.
    fn node(self) -> Option<AnySource>;
}

impl<T: Send + Sync + 'static> LastingSource for ReadSignal<T> {
    fn node(self) -> Option<AnySource> {
        (!self.is_disposed()).then(|| self.to_any_source())
    }
}

impl<T: Send + Sync + 'static> LastingSource for RwSignal<T> {
    fn node(self) -> Option<AnySource> {
        (!self.is_disposed()).then(|| self.to_any_source())
    }
}

impl<T: Send + Sync + 'static> LastingSource for Memo<T> {
    fn node(self) -> Option<AnySource> {
        self.try_with_untracked(|_| ())?;
        Some(ArcMemo::from(self).to_any_source())
    }
}

impl<S: LastingSource> From<S> for Lasting<S> {
    fn from(signal: S) -> Self {
        Self(signal)
    }
}

/// A signal that its owner writes, and others read as [`Lasting`]. The reading end is made once:
/// [`RwSignal::read_only`] leaves one behind with the current owner at each call.
pub struct Published<T: Send + Sync + 'static> {
    signal: RwSignal<T>,
    reading_end: ReadSignal<T>,
}

impl<T: Send + Sync + 'static> Copy for Published<T> {}

impl<T: Send + Sync + 'static> Clone for Published<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Published<T> {
    /// Belongs to the current owner.
    pub fn new(value: T) -> Self {
        let signal = RwSignal::new(value);
        Self {
            signal,
            reading_end: signal.read_only(),
        }
    }

    /// For those who read it.
    pub fn read_only(self) -> Lasting<ReadSignal<T>> {
        self.reading_end.into()
    }
}

impl<T: Send + Sync + 'static> Deref for Published<T> {
    type Target = RwSignal<T>;

    fn deref(&self) -> &RwSignal<T> {
        &self.signal
    }
}

impl<S: DefinedAt> DefinedAt for Lasting<S> {
    fn defined_at(&self) -> Option<&'static Location<'static>> {
        self.0.defined_at()
    }
}

impl<S: LastingSource + Track> Track for Lasting<S> {
    fn track(&self) {
        self.0.track();
        if let (Some(reader), Some(node)) = (Observer::get(), self.0.node()) {
            // The reader's own owner: it is cleaned up before each run, and at the end.
            on_cleanup(move || node.remove_subscriber(&reader));
        }
    }
}

impl<S: ReadUntracked> ReadUntracked for Lasting<S> {
    type Value = S::Value;

    fn try_read_untracked(&self) -> Option<Self::Value> {
        self.0.try_read_untracked()
    }
}

impl<T: Clone + Send + Sync + 'static> From<Lasting<ReadSignal<T>>> for Signal<T> {
    fn from(signal: Lasting<ReadSignal<T>>) -> Self {
        Self::derive(move || signal.get())
    }
}

impl<T: Send + Sync + 'static> Lasting<RwSignal<T>> {
    /// As [`Set::set`].
    pub fn set(self, value: T) {
        self.0.set(value);
    }

    /// As [`Update::update`].
    pub fn update(self, change: impl FnOnce(&mut T)) {
        self.0.update(change);
    }
}
