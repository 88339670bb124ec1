//! The rows that are in the DOM, kept by one effect: no row has any of its own.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use leptos::html::Div;
use leptos::prelude::*;
use web_sys::EventTarget;

use super::attention::row_id;
use super::context::RowContext;
use super::row::{AgentRow, ListState};
use crate::browser::lasting::Lasting;
use crate::domain::{PlacedRow, Row};
use crate::page::widgets::KeyedChildren;
use crate::state::highlight::Highlight;

/// What the rows follow.
#[derive(Clone, Copy)]
pub struct RowSources {
    /// The rows that are to be in the DOM.
    pub window: Memo<Vec<PlacedRow>>,
    /// The height of a collapsed row, in CSS pixels.
    pub row_height: RwSignal<f64>,
    /// The ids of the expanded agents.
    pub expanded: Memo<Vec<String>>,
    /// What is highlighted.
    pub highlight: RwSignal<Option<Highlight>>,
    /// The time on the server's clock.
    pub now: Lasting<ReadSignal<DateTime<Utc>>>,
    /// Whether the page is read-only.
    pub read_only: Memo<bool>,
}

/// The rows that are in the DOM.
#[derive(Clone, Copy)]
pub struct Rows(StoredValue<KeyedChildren<AgentRow>, LocalStorage>);

impl Rows {
    /// Keeps them at the end of `body`. Belongs to the current owner.
    pub fn keep(body: NodeRef<Div>, sources: RowSources, context: RowContext) -> Self {
        let rows = StoredValue::new_local(KeyedChildren::<AgentRow>::default());
        Effect::new(move |_| {
            let Some(body) = body.get() else { return };
            let state = sources.get();
            rows.try_update_value(|rows| {
                // First, so that the window is made for details of the height that they have.
                for row in rows.iter_mut() {
                    row.expand_or_collapse(&state);
                }
                context.detail_heights.track();
                rows.update(
                    &body,
                    sources.window.get(),
                    |placed| placed.row.id(),
                    |kept, placed| match kept {
                        Some(mut row) => {
                            row.show(placed, &state);
                            Some(row)
                        }
                        None => AgentRow::new(context, placed, &state),
                    },
                );
            });
        });
        Self(rows)
    }

    /// The agent whose row this is in.
    pub fn agent_at(self, target: EventTarget) -> Option<Arc<Row>> {
        let id = row_id(target)?;
        self.0
            .try_with_value(|rows| Some(rows.get(&id)?.placed().row.clone()))?
    }
}

impl RowSources {
    fn get(self) -> ListState {
        ListState {
            now: self.now.get(),
            read_only: self.read_only.get(),
            row_height: self.row_height.get(),
            expanded: self.expanded.get(),
            highlight: self.highlight.get(),
        }
    }
}
