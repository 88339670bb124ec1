//! The column headers, each a button that sorts.

use leptos::prelude::*;

use crate::domain::{Column, Direction, Sorting};
use crate::page::icons::{self, Icon};

/// The row of headers.
#[component]
pub fn Header(
    /// How the list is sorted.
    sorting: RwSignal<Sorting>,
) -> impl IntoView {
    let header = move |column: Column| {
        let sorted = move || {
            let sorting = sorting.get();
            (sorting.column == column).then_some(sorting.direction)
        };
        let aria_sort = move || match sorted() {
            Some(Direction::Ascending) => "ascending",
            Some(Direction::Descending) => "descending",
            None => "none",
        };
        view! {
            <div class=format!("kp-cell kp-cell-{}", column.key()) role="columnheader" aria-sort=aria_sort>
                <button
                    type="button"
                    class="kp-sort"
                    on:click=move |_| sorting.update(|sorting| *sorting = sorting.pressed(column))
                >
                    {column.title()}
                    <Icon svg=icons::CHEVRON />
                </button>
            </div>
        }
    };
    view! {
        <div class="kp-head" role="rowgroup">
            <div class="kp-columns" role="row" aria-rowindex="1">
                {Column::ALL.map(header)}
            </div>
        </div>
    }
}
