//! What others ask of the list: to show a row, or to take the focus.

use leptos::prelude::*;

/// Asks the list for a row. Belongs to the owner it was made in.
#[derive(Clone, Copy)]
pub struct ListHandle {
    wanted_row: RwSignal<Option<WantedRow>>,
    wants_focus: RwSignal<bool>,
}

/// A row that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedRow {
    /// The agent's id.
    pub id: String,
    /// What is to be done with it.
    pub action: RowRequest,
}

/// What is to be done with a row that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowRequest {
    /// The list is scrolled to it.
    Show,
    /// As [`Self::Show`], and it takes the focus; the list as a whole where the row is not in it.
    Focus,
    /// As [`Self::Focus`], and the host's page is scrolled to the list.
    Reveal,
}

impl RowRequest {
    /// Whether the row takes the focus.
    pub fn takes_focus(self) -> bool {
        self != Self::Show
    }
}

impl Default for ListHandle {
    fn default() -> Self {
        Self {
            wanted_row: RwSignal::new(None),
            wants_focus: RwSignal::new(false),
        }
    }
}

impl ListHandle {
    /// Asks for an agent's row.
    pub fn request(self, id: String, action: RowRequest) {
        self.wanted_row.set(Some(WantedRow { id, action }));
    }

    /// As [`RowRequest::Focus`].
    pub fn focus(self, id: String) {
        self.request(id, RowRequest::Focus);
    }

    /// Focuses the list as a whole.
    pub fn focus_list(self) {
        self.wants_focus.set(true);
    }

    /// The row that is asked for, once; follows what is asked.
    pub fn take_wanted_row(self) -> Option<WantedRow> {
        let wanted = self.wanted_row.get()?;
        self.wanted_row.set(None);
        Some(wanted)
    }

    /// Whether the list is to be focused, once; follows what is asked.
    pub fn take_wants_focus(self) -> bool {
        let wants_focus = self.wants_focus.get();
        if wants_focus {
            self.wants_focus.set(false);
        }
        wants_focus
    }
}
