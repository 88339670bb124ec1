//! How many of the shown agents the map cannot show.

use leptos::html::Button;
use leptos::prelude::*;

use super::leaflet_map::MapHandle;
use crate::browser::intl;
use crate::domain::plural;
use crate::page::icons::{self, Icon};
use crate::state::list_model::ListModel;

/// How many of the shown agents have no location; absent if all have one.
#[component]
pub fn Unlocated(
    /// The map, which takes over the focus when this goes.
    map: MapHandle,
    /// The agents, filtered and sorted.
    list_model: ListModel,
    /// Called to show only these agents.
    on_click: Callback<()>,
) -> impl IntoView {
    let node = NodeRef::<Button>::new();
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
        if !has_some.get() {
            let button = node.get_untracked();
            if button.is_some_and(|button| button.matches(":focus") == Ok(true)) {
                map.focus();
            }
            return None;
        }
        Some(view! {
            <button type="button" class="kp-unlocated" data-over-map node_ref=node on:click=move |_| on_click.run(())>
                <Icon svg=icons::MAP_PIN />
                {text}
            </button>
        })
    }
}
