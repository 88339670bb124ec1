//! Tasks that end with their owner.

use std::collections::HashMap;

use futures::future::{AbortHandle, abortable};
use leptos::prelude::*;
use leptos::task::spawn_local_scoped;

/// Spawns tasks on behalf of the owner that it was made in, from wherever it is called.
#[derive(Clone, Copy)]
pub struct Tasks {
    owner: StoredValue<Owner>,
    running: StoredValue<Running>,
}

/// The tasks that are not done yet.
#[derive(Default)]
struct Running {
    by_number: HashMap<u64, AbortHandle>,
    spawned: u64,
}

impl Running {
    fn add(&mut self, task: AbortHandle) -> u64 {
        self.spawned += 1;
        self.by_number.insert(self.spawned, task);
        self.spawned
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        for task in self.by_number.values() {
            task.abort();
        }
    }
}

impl Tasks {
    /// For the current owner.
    pub fn here() -> Self {
        Self {
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
            running: StoredValue::new(Running::default()),
        }
    }

    /// Runs a task until it is done or the owner is cleaned up. Does nothing after that. A task that
    /// is done leaves nothing behind with the owner.
    pub fn spawn(self, task: impl Future<Output = ()> + 'static) {
        let (task, handle) = abortable(task);
        let Some(number) = self.running.try_update_value(|running| running.add(handle)) else {
            return;
        };
        self.with_owner(|| {
            spawn_local_scoped(async move {
                // Aborted, there is nothing left to do.
                task.await.ok();
                self.running
                    .try_update_value(|running| running.by_number.remove(&number));
            });
        });
    }

    /// Runs this in the owner; `None` once that is cleaned up.
    pub fn with_owner<T>(self, run: impl FnOnce() -> T) -> Option<T> {
        Some(self.owner.try_get_value()?.with(run))
    }
}
