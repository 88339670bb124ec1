//! Which rows are near the viewport.

use std::sync::Arc;

use crate::domain::{Row, RowLayout};

/// Pixels beyond the edges of the viewport, so that scrolling does not outrun the page.
const OVERSCAN_PX: f64 = 350.0;

/// One row that is in the DOM.
#[derive(Clone)]
pub struct Placed {
    /// Its index in the whole list.
    pub index: usize,
    /// CSS pixels from the list's top.
    pub top: f64,
    /// The agent.
    pub row: Arc<Row>,
}

impl PartialEq for Placed {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index
            && (self.top - other.top).abs() < 0.01
            && Arc::ptr_eq(&self.row, &other.row)
    }
}

/// The rows that are in the DOM.
#[derive(Clone, PartialEq)]
pub struct Window {
    /// In the order of the list.
    pub rows: Vec<Placed>,
}

impl Window {
    /// Heights in CSS pixels. The focused row is among them wherever it is, so that focus stays.
    pub fn of(
        all: &[Arc<Row>],
        layout: &RowLayout,
        scroll_top: f64,
        view_height: f64,
        focused: Option<&str>,
    ) -> Self {
        let placed = |index: usize, row: &Arc<Row>| Placed {
            index,
            top: layout.top(index),
            row: row.clone(),
        };
        let first = layout.index_at(scroll_top - OVERSCAN_PX);
        let last = layout.index_at(scroll_top + view_height + OVERSCAN_PX);
        let mut rows: Vec<_> = all
            .iter()
            .enumerate()
            .take(last + 1)
            .skip(first)
            .map(|(index, row)| placed(index, row))
            .collect();
        if let Some(id) = focused
            && !rows.iter().any(|placed| placed.row.id() == id)
            && let Some((index, row)) = all.iter().enumerate().find(|(_, row)| row.id() == id)
        {
            let at = if index < first { 0 } else { rows.len() };
            rows.insert(at, placed(index, row));
        }
        Self { rows }
    }
}
