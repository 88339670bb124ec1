//! The column headers; each but the last two is a button that sorts.

use leptos::prelude::*;

use crate::domain::{Column, Direction};
use crate::page::icons::{self, Icon};
use crate::state::list_model::ListModel;

/// The row of headers.
#[component]
pub fn Header(
    /// How the list is sorted.
    list_model: ListModel,
    /// Whether the page is read-only, without the columns for editing and removing.
    #[prop(into)]
    read_only: Signal<bool>,
) -> impl IntoView {
    let header = move |column: Column| {
        let sorted = move || {
            let sorting = list_model.sorting().get();
            (sorting.column == column).then_some(sorting.direction)
        };
        let aria_sort = move || match sorted() {
            Some(Direction::Ascending) => "ascending",
            Some(Direction::Descending) => "descending",
            None => "none",
        };
        view! {
            <div class=format!("kp-cell kp-cell-{}", column.slug()) role="columnheader" aria-sort=aria_sort>
                <button
                    type="button"
                    class="kp-sort"
                    on:click=move |_| list_model.sort_by(column)
                >
                    {column.label()}
                    <Icon svg=icons::CHEVRON />
                </button>
            </div>
        }
    };
    let action = |name: &'static str| {
        view! {
            <div class="kp-cell" role="columnheader"><span class="kp-visually-hidden">{name}</span></div>
        }
    };
    view! {
        <div class="kp-head" role="rowgroup">
            <div class="kp-columns" role="row" aria-rowindex="1">
                {Column::ALL.map(header)}
                <Show when=move || !read_only.get()>{action("Edit")} {action("Remove")}</Show>
            </div>
        </div>
    }
}
