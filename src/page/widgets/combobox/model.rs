//! What goes on in a combobox: what was typed, what it finds, and where the arrow keys are.

use leptos::prelude::*;
use web_sys::KeyboardEvent;

use crate::domain::combobox::{
    Choice, Choices, KeyAction, ListNote, ListState, Step, active_after_typing, choice_named,
    step_from,
};

/// The state of one combobox. Belongs to the current owner.
#[derive(Clone, Copy)]
pub struct Model {
    /// The value of the choice that was made.
    value: RwSignal<String>,
    /// What was typed since; `None`: nothing.
    query: RwSignal<Option<String>>,
    search: Callback<String, Choices>,
    /// How many choices, the first ones, are listed for every query.
    pinned: usize,
    is_open: RwSignal<bool>,
    /// The value of the choice that the arrow keys are at.
    active: RwSignal<Option<String>>,
    /// Its index among those found. Others may come and go.
    active_index: Memo<Option<usize>>,
    found: Memo<Choices>,
}

impl Model {
    /// Closed; for the meaning of each see [`Combobox`](super::Combobox).
    pub fn new(
        value: RwSignal<String>,
        query: RwSignal<Option<String>>,
        search: Callback<String, Choices>,
        pinned: usize,
    ) -> Self {
        let is_open = RwSignal::new(false);
        let found = Memo::new(move |_| {
            if is_open.get() {
                search.run(query.get().unwrap_or_default())
            } else {
                Choices::default()
            }
        });
        let active = RwSignal::new(None::<String>);
        let active_index = Memo::new(move |_| {
            let active = active.get()?;
            found.with(|found| {
                found
                    .choices
                    .iter()
                    .position(|choice| choice.value == active)
            })
        });
        Self {
            value,
            query,
            search,
            pinned,
            is_open,
            active,
            active_index,
            found,
        }
    }

    /// Whether the list is shown.
    pub fn is_open(self) -> bool {
        self.is_open.get()
    }

    /// The index of the choice that the arrow keys are at.
    pub fn active_index(self) -> Option<usize> {
        self.active_index.get()
    }

    /// The choices in the list.
    pub fn choices(self) -> Vec<Choice> {
        self.found.get().choices
    }

    /// Whether this is the choice that was made.
    pub fn is_chosen(self, value: &str) -> bool {
        self.value.with(|chosen| chosen == value)
    }

    /// What is to be said below the list while it is shown.
    pub fn note(self) -> Option<ListNote> {
        if !self.is_open.get() {
            return None;
        }
        let has_query = self.query.with(Option::is_some);
        self.found
            .with(|found| ListNote::of(found, self.pinned, has_query))
    }

    /// Makes the choice at this index.
    pub fn choose_at(self, index: usize) {
        let choice = self
            .found
            .with_untracked(|found| found.choices.get(index).cloned());
        if let Some(choice) = choice {
            self.choose(choice);
        }
    }

    /// Shows the list, or hides it.
    pub fn toggle(self) {
        if self.is_open.get_untracked() {
            self.close();
        } else {
            self.open();
        }
    }

    /// Follows a key that was pressed in the field.
    pub fn on_keydown(self, event: &KeyboardEvent) {
        if event.is_composing() {
            return;
        }
        let list = if self.is_open.get_untracked() {
            ListState::Open {
                active: self.active_index.get_untracked(),
            }
        } else {
            ListState::Closed
        };
        let Some(action) = KeyAction::of(&event.key(), event.alt_key(), list) else {
            return;
        };
        if !action.leaves_key_to_browser() {
            event.prevent_default();
        }
        if action.hides_key() {
            event.stop_propagation();
        }
        match action {
            KeyAction::Open => self.open(),
            KeyAction::OpenAndStep(step) => {
                self.open();
                if self.active_index.get_untracked().is_none() {
                    self.step(step);
                }
            }
            KeyAction::Step(step) => self.step(step),
            KeyAction::Choose(index) => self.choose_at(index),
            KeyAction::Close | KeyAction::Cancel => self.close(),
            KeyAction::EditText => self.active.set(None),
        }
    }

    /// Searches for what is typed.
    pub fn on_input(self, text: String) {
        let index = active_after_typing(&text, self.pinned);
        self.query.set(Some(text));
        self.is_open.set(true);
        self.activate(index);
    }

    /// What was typed is taken where it names a choice; else it stays, to be mended.
    pub fn on_blur(self) {
        // Browsers also blur what is taken off the page: then nothing of this is left.
        let Some(query) = self.query.try_get_untracked() else {
            return;
        };
        self.close();
        let Some(query) = query else { return };
        let found = untrack(|| self.search.run(query.trim().to_lowercase()));
        if let Some(choice) = choice_named(&query, found.choices, self.pinned) {
            self.choose(choice);
        }
    }

    fn choose(self, choice: Choice) {
        self.value.set(choice.value);
        self.query.set(None);
        self.close();
    }

    fn open(self) {
        self.is_open.set(true);
        self.active.set(Some(self.value.get_untracked()));
    }

    fn close(self) {
        self.is_open.set(false);
        self.active.set(None);
    }

    fn step(self, step: Step) {
        let len = self.found.with_untracked(|found| found.choices.len());
        if let Some(index) = step_from(self.active_index.get_untracked(), step, len) {
            self.activate(Some(index));
        }
    }

    fn activate(self, index: Option<usize>) {
        let value = self
            .found
            .with_untracked(|found| Some(found.choices.get(index?)?.value.clone()));
        self.active.set(value);
    }
}
