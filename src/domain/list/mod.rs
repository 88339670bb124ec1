//! What the list shows, in which order, and where its rows lie.

mod filter;
mod reorder;
mod row_layout;
mod row_text;
mod row_window;
mod scroll_anchor;
mod scroll_scale;
mod sort;

pub use filter::{Filter, Matcher, filter_rows};
pub use reorder::items_to_keep_in_place;
pub use row_layout::RowLayout;
pub use row_text::{RowCell, RowText};
pub use row_window::{PlacedRow, index_of, row_window};
pub use scroll_anchor::{anchored_scroll_top, revealing_scroll_top};
pub use scroll_scale::{ScrollPosition, ScrollScale};
pub use sort::{Column, Direction, Sorting, keep_order, sort, worst_first};
