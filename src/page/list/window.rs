//! Which rows are near the viewport.

use std::sync::Arc;

use crate::domain::Row;

/// Rows beyond the edges of the viewport, so that scrolling does not outrun the page.
const OVERSCAN: usize = 8;

/// The rows that are in the DOM, each with its index in the whole list.
#[derive(Clone)]
pub struct Window {
    /// In the order of the list.
    pub rows: Vec<(usize, Arc<Row>)>,
}

impl Window {
    /// Heights in CSS pixels. The focused row is among them wherever it is, so that focus stays.
    pub fn of(
        all: &[Arc<Row>],
        scroll_top: f64,
        view_height: f64,
        row_height: f64,
        focused: Option<&str>,
    ) -> Self {
        let first = ((scroll_top / row_height) as usize)
            .saturating_sub(OVERSCAN)
            .min(all.len());
        let count = (view_height / row_height).ceil() as usize + 2 * OVERSCAN;
        let mut rows: Vec<_> = all
            .iter()
            .enumerate()
            .skip(first)
            .take(count)
            .map(|(i, row)| (i, row.clone()))
            .collect();
        if let Some(id) = focused
            && !rows.iter().any(|(_, row)| row.id() == id)
            && let Some(index) = all.iter().position(|row| row.id() == id)
            && let Some(row) = all.get(index)
        {
            let place = if index < first { 0 } else { rows.len() };
            rows.insert(place, (index, row.clone()));
        }
        Self { rows }
    }

    /// An agent's row and its index.
    pub fn get(&self, id: &str) -> Option<&(usize, Arc<Row>)> {
        self.rows.iter().find(|(_, row)| row.id() == id)
    }
}

impl PartialEq for Window {
    fn eq(&self, other: &Self) -> bool {
        self.rows.len() == other.rows.len()
            && self
                .rows
                .iter()
                .zip(&other.rows)
                .all(|(a, b)| a.0 == b.0 && Arc::ptr_eq(&a.1, &b.1))
    }
}
