//! What was typed and not saved, kept for the tab.

use leptos::prelude::*;

use crate::browser::storage;
use crate::browser::timers::local_now;
use crate::domain::{Agent, AgentEdit, KeptDraft, KeptDrafts};

/// The drafts of one agent API. Belongs to the owner it was made in.
#[derive(Clone, Copy)]
pub struct Drafts(StoredValue<String>);

impl Drafts {
    /// The drafts of the agent API at this base.
    pub fn of(api_base: &str) -> Self {
        Self(StoredValue::new(format!("kp-drafts:{api_base}")))
    }

    /// What was typed about an agent and not saved, if it is worth offering.
    pub fn offer(self, agent: &Agent) -> Option<KeptDraft> {
        self.0.with_value(|key| load(key).of(agent))
    }

    /// Keeps what is typed, or forgets it where nothing is.
    pub fn keep(self, edit: &AgentEdit) {
        self.change(|drafts| match KeptDraft::of(edit, local_now()) {
            Some(draft) => drafts.put(draft),
            None => drafts.remove(&edit.base.id),
        });
    }

    /// Forgets what was typed about an agent.
    pub fn forget(self, id: &str) {
        self.change(|drafts| drafts.remove(id));
    }

    fn change(self, change: impl FnOnce(&mut KeptDrafts)) {
        self.0.try_with_value(|key| {
            let mut drafts = load(key);
            change(&mut drafts);
            storage::save_for_tab(key, drafts.to_text().as_deref());
        });
    }
}

fn load(key: &str) -> KeptDrafts {
    let text = storage::load_for_tab(key).unwrap_or_default();
    KeptDrafts::parse(&text, local_now())
}
