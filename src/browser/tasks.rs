//! Tasks that end with their owner.

use leptos::prelude::*;
use leptos::task::spawn_local_scoped_with_cancellation;

/// Spawns tasks on behalf of the owner that it was made in, from wherever it is called.
#[derive(Clone, Copy)]
pub struct Tasks(StoredValue<Owner>);

impl Tasks {
    /// For the current owner.
    pub fn here() -> Self {
        Self(StoredValue::new(Owner::current().unwrap_or_default()))
    }

    /// Runs a task until it is done or the owner is cleaned up. Does nothing after that.
    pub fn spawn(self, task: impl Future<Output = ()> + 'static) {
        self.with_owner(|| spawn_local_scoped_with_cancellation(task));
    }

    /// Runs this in the owner; `None` once that is cleaned up.
    pub fn with_owner<T>(self, run: impl FnOnce() -> T) -> Option<T> {
        Some(self.0.try_get_value()?.with(run))
    }
}
