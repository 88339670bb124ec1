//! The state of a combobox: what was typed, what it finds, and the active choice.

use leptos::prelude::*;
use web_sys::KeyboardEvent;

use crate::browser::events;
use crate::domain::combobox::{
    Choice, Choices, KeyAction, ListNote, ListState, Step, active_after_typing, choice_named,
    step_from,
};

/// The state of one combobox. Belongs to the current owner.
#[derive(Clone, Copy)]
pub struct Model {
    /// The value of the chosen one.
    value: RwSignal<String>,
    /// What was typed since it was chosen; `None`: nothing.
    query: RwSignal<Option<String>>,
    search: Callback<String, Choices>,
    /// How many choices are always listed: the first ones.
    pinned: usize,
    is_open: RwSignal<bool>,
    /// The value of the active choice, which the arrow keys move.
    active: RwSignal<Option<String>>,
    /// Its index among those found, which may change as others come and go.
    active_index: Memo<Option<usize>>,
    found: Memo<Choices>,
}

impl Model {
    /// A closed combobox. [`Combobox`](super::Combobox) explains the parameters.
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

    /// The index of the active choice.
    pub fn active_index(self) -> Option<usize> {
        self.active_index.get()
    }

    /// The choices in the list.
    pub fn choices(self) -> Vec<Choice> {
        self.found.get().choices
    }

    /// Whether the choice with this value is chosen.
    pub fn is_chosen(self, value: &str) -> bool {
        self.value.with(|chosen| chosen == value)
    }

    /// The note below the list, while that is shown.
    pub fn note(self) -> Option<ListNote> {
        if !self.is_open.get() {
            return None;
        }
        let has_query = self.query.with(Option::is_some);
        self.found
            .with(|found| ListNote::of(found, self.pinned, has_query))
    }

    /// Chooses the one at this index.
    pub fn choose_at(self, index: usize) {
        let choice = self
            .found
            .with_untracked(|found| found.choices.get(index).cloned());
        if let Some(choice) = choice {
            self.choose(choice);
        }
    }

    /// Shows or hides the list.
    pub fn toggle(self) {
        if self.is_open.get_untracked() {
            self.close();
        } else {
            self.open();
        }
    }

    /// Handles a key pressed in the field.
    pub fn on_keydown(self, event: &KeyboardEvent) {
        let Some(key) = events::key(event) else {
            return;
        };
        let list = if self.is_open.get_untracked() {
            ListState::Open {
                active: self.active_index.get_untracked(),
            }
        } else {
            ListState::Closed
        };
        let Some(action) = KeyAction::of(&key, event.alt_key(), list) else {
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

    /// Searches for what was typed.
    pub fn on_input(self, text: String) {
        let index = active_after_typing(&text, self.pinned);
        self.query.set(Some(text));
        self.is_open.set(true);
        self.activate(index);
    }

    /// Chooses what was typed if it names a choice; otherwise leaves it to be corrected.
    pub fn on_blur(self) {
        // Browsers also blur a field that is removed from the page. The state is gone by then.
        let Some(query) = self.query.try_get_untracked() else {
            return;
        };
        self.close();
        let Some(query) = query else { return };
        let found = untrack(|| self.search.run(query.clone()));
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
