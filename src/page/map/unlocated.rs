//! How many of the shown agents the map cannot show.

use leptos::prelude::*;

use crate::browser::intl;
use crate::domain::plural;
use crate::page::icons::{self, Icon};
use crate::state::list_model::ListModel;

/// How many of the shown agents have no location; absent if all have one.
#[component]
pub fn Unlocated(
    /// The agents, filtered and sorted.
    list_model: ListModel,
    /// Called to show only these agents.
    on_click: Callback<()>,
) -> impl IntoView {
    let number = Memo::new(move |_| {
        list_model
            .rows
            .with(|rows| rows.iter().filter(|row| row.is_unlocated()).count())
    });
    let has_some = Memo::new(move |_| number.get() > 0);
    let text = move || {
        let number = number.get();
        let (one, many) = ("agent has no location", "agents have no location");
        plural(number, &intl::count(number), one, many)
    };
    move || {
        has_some.get().then(|| {
            view! {
                <button
                    type="button"
                    class="kp-unlocated"
                    data-over-map
                    data-focus-successor=".kp-map"
                    on:click=move |_| on_click.run(())
                >
                    <Icon svg=icons::MAP_PIN />
                    {text}
                </button>
            }
        })
    }
}
